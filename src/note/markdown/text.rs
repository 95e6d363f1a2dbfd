//! Running text: highlights, tags, inline footnotes, addresses and block ids, which the parser leaves in it.
//!
//! In: a text with the places of its pieces in the source. Out: HTML, tags, links. An escaped mark is no mark.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::CowStr;

use super::autolink;
use super::block_id::BlockId;
use super::inline_footnote::InlineFootnote;
use super::output::offset;
use super::shorthand;
use super::writer::Writer;
use crate::note::{Fill, Link, LinkKind};
use crate::text::Span;

/// In elements deeper than this there are no highlights.
const LEVELS: usize = 100;

/// The marks that are open within a block.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) highlights: Vec<Highlight>,
    pub(super) footnote: Option<InlineFootnote>,
    /// How many inline footnotes there were, to name them.
    pub(super) footnotes: usize,
    /// The place of every tag among the note's.
    tags: HashMap<String, usize>,
    /// The block id that the last text ended with.
    pub(super) block_id: Option<BlockId>,
}

/// How deep in what a place is: elements, links, raw elements, texts that are written aside.
pub(super) type Level = (usize, usize, usize, usize);

#[derive(Debug)]
pub(super) struct Highlight {
    html: usize,
    /// Where it stands in the visible text, if it is seen.
    text: Option<usize>,
    place: (usize, usize),
    level: Level,
}

impl Marks {
    /// A line break before these marks was removed from the HTML and from the text.
    pub(super) fn removed(&mut self, html: usize, text: usize, place: (usize, usize)) {
        for mark in self.highlights.iter_mut().rev().take_while(|mark| mark.place == place && mark.html > html) {
            mark.html -= 1;
            mark.text = mark.text.map(|at| at - usize::from(at > text));
        }
    }
}

impl<'a> Writer<'a> {
    /// Writes a text in which nothing is looked for but abbreviations.
    pub(super) fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = self.clean(text.into());
        self.show(&text, true);
        if self.abbreviations.is_empty() || self.raw.in_code() {
            self.out.text(&text);
            return;
        }
        let mut done = 0;
        for (found, meaning) in self.abbreviations.find(&text) {
            self.out.text(&text[done..found.start]);
            self.out.push("<abbr title=\"");
            self.out.attribute(&meaning);
            self.out.push("\">");
            self.out.text(&text[found.clone()]);
            self.out.push("</abbr>");
            done = found.end;
        }
        self.out.text(&text[done..]);
    }

    /// A text of the parser.
    pub(super) fn text(&mut self, text: CowStr<'a>, range: &Range<usize>) {
        if self.raw.is_left_out() {
            return;
        }
        if self.raw.is_verbatim() {
            let text = self.clean(text);
            self.out.text(&text);
            return;
        }
        if self.in_bare_wikilink() {
            let text = super::link::wikilink_text(&self.clean(text));
            self.plain(&text);
            return;
        }
        if !self.options.extensions {
            self.plain(&text);
            return;
        }
        let mut done = self.skip_marker(&text);
        if self.raw.in_code() {
            self.plain(&text[done..]);
            return;
        }
        done += self.task_state(&text[done..]);
        let in_link = self.inline.links_open() > 0 || self.raw.in_link();
        let mut addresses =
            if !in_link && autolink::may_hold(&text) { autolink::addresses(&text) } else { Vec::new() }.into_iter().peekable();
        let bytes = text.as_bytes();
        let mut at = done;
        let (mut emoji_end, mut script_end) = (None, None);
        while at < bytes.len() {
            if let Some((mut found, mut target)) = addresses.next_if(|(found, _)| found.start <= at) {
                if found.start < at {
                    continue;
                }
                if text[found.clone()].ends_with("==") && self.in_highlight() {
                    found.end -= "==".len();
                    target.truncate(target.len() - "==".len());
                }
                if self.marks.footnote.is_some()
                    && let Some(at) = closing_bracket(&text[found.clone()])
                {
                    target.truncate(target.len() - (found.len() - at));
                    found.end = found.start + at;
                }
                self.plain(&text[done..at]);
                self.address(&text[found.clone()], target, self.span(&text, &found, range));
                at = found.end;
                done = at;
                continue;
            }
            match bytes[at] {
                b'=' => {
                    let run = bytes[at..].iter().take_while(|byte| **byte == b'=').count();
                    if run == 2 && self.is_literal(at) && self.is_literal(at + 1) {
                        self.plain(&text[done..at]);
                        let (before, behind) = self.around(&text, &(at..at + 2), range);
                        self.highlight(before, behind);
                        done = at + 2;
                    }
                    at += run;
                    continue;
                }
                b'#' if !in_link && self.is_literal(at) => {
                    if let Some(length) = tag_length(&text[at + 1..], self.around(&text, &(at..at + 1), range).0) {
                        self.plain(&text[done..at]);
                        let place = self.span(&text, &(at + 1..at + 1 + length), range);
                        self.tag_link(&text[at + 1..at + 1 + length], place);
                        at += 1 + length;
                        done = at;
                        continue;
                    }
                }
                b':' if self.is_literal(at) => {
                    let before = self.around(&text, &(at..at + 1), range).0.filter(|_| emoji_end != Some(at));
                    if let Some((length, emoji)) = shorthand::emoji(&text[at + 1..], before)
                        && self.is_literal(at + 1 + length)
                    {
                        self.plain(&text[done..at]);
                        self.emoji(&text[at..at + length + 2], emoji);
                        at += length + 2;
                        done = at;
                        emoji_end = Some(at);
                        continue;
                    }
                }
                mark @ (b'^' | b'~') if let Some(length) = self.script(&text, at, range, script_end == Some(at)) => {
                    let (start, end) = if mark == b'^' { ("<sup>", "</sup>") } else { ("<sub>", "</sub>") };
                    self.plain(&text[done..at]);
                    self.out.push(start);
                    self.plain(&text[at + 1..at + 1 + length]);
                    self.out.push(end);
                    at += length + 2;
                    done = at;
                    script_end = Some(at);
                    continue;
                }
                b'^' if bytes[at + 1..].starts_with(b"[")
                    && !bytes[at + 2..].starts_with(b"]")
                    && !in_link
                    && self.marks.footnote.is_none()
                    && self.is_literal(at) =>
                {
                    self.plain(&text[done..at]);
                    self.start_footnote();
                    at += 2;
                    done = at;
                    continue;
                }
                bracket @ (b'[' | b']') if self.marks.footnote.is_some() && self.is_literal(at) => {
                    let level = self.level();
                    // Raw elements that are open end with it.
                    let is_here = |note: &&mut InlineFootnote| (note.level.0, note.level.1, note.level.3) == (level.0, level.1, level.3);
                    if let Some(note) = self.marks.footnote.as_mut().filter(is_here) {
                        if bracket == b'[' {
                            note.brackets += 1;
                        } else {
                            note.brackets -= 1;
                            if note.brackets == 0 {
                                self.plain(&text[done..at]);
                                self.end_footnote();
                                done = at + 1;
                            }
                        }
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.plain(&text[done..]);
        self.marks.block_id = if in_link { None } else { self.block_id(&text, done, range) };
    }

    /// Whether the byte is written as it is, neither escaped nor as an entity.
    pub(super) fn is_literal(&self, at: usize) -> bool {
        let number = self.pieces_of_text.partition_point(|piece| piece.text <= at);
        let Some(piece) = number.checked_sub(1).map(|number| self.pieces_of_text[number]) else { return false };
        if self.source.as_bytes().get(piece.source) == Some(&b'&') && piece.end > piece.source + 1 && piece.text == at {
            return false;
        }
        let is_first = at == piece.text;
        let is_escaped = is_first && piece.source > 0 && self.source.as_bytes()[piece.source - 1] == b'\\';
        // A backslash that is text itself escapes nothing.
        !is_escaped || number.checked_sub(2).is_some_and(|before| self.pieces_of_text[before].end == piece.source)
    }

    /// The place of a part of the text in the file.
    pub(super) fn span(&self, text: &str, part: &Range<usize>, range: &Range<usize>) -> Span {
        let number = self.pieces_of_text.partition_point(|piece| piece.text <= part.start);
        if let Some(piece) = number.checked_sub(1).map(|number| self.pieces_of_text[number]) {
            let start = piece.source + (part.start - piece.text);
            let end = start + part.len();
            if self.source.get(start..end) == Some(&text[part.clone()]) {
                return Span::new(start, end);
            }
        }
        Span::from(range.clone())
    }

    /// The characters around a part of the text, also where others than text stand there.
    pub(super) fn around(&self, text: &str, part: &Range<usize>, range: &Range<usize>) -> (Option<char>, Option<char>) {
        let before = text[..part.start].chars().next_back().or_else(|| self.source.get(..range.start)?.chars().next_back());
        let behind = text[part.end..].chars().next().or_else(|| self.source.get(range.end..)?.chars().next());
        (before, behind)
    }

    pub(super) fn level(&self) -> Level {
        (self.nesting_level(), self.inline.links_open(), self.raw.depth(), self.outer.len())
    }

    /// Whether a highlight may end here.
    fn in_highlight(&self) -> bool {
        let place = self.visible.place();
        self.marks.highlights.last().is_some_and(|open| open.level == self.level() && open.place == place)
    }

    /// `==`: ends a highlight, or may begin one.
    fn highlight(&mut self, before: Option<char>, behind: Option<char>) {
        let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
        let is_space = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
        // `a==b` is a comparison.
        let is_inside = is_word(before) && is_word(behind);
        let level = self.level();
        let place = self.visible.place();
        if !is_inside
            && !is_space(before)
            && self.in_highlight()
            && let Some(open) = self.marks.highlights.pop()
        {
            let added = "<mark>".len() - "==".len();
            self.out.replace(open.html, "==".len(), "<mark>");
            self.inline.moved(open.html, added);
            if let Some(at) = open.text
                && self.visible.here().text.get(at..at + 2) == Some("==")
            {
                self.visible.remove(at, 2);
            }
            self.out.push("</mark>");
            return;
        }
        let text = (!self.raw.hides()).then(|| self.visible.here().text.len());
        if !is_inside && !is_space(behind) && level.0 <= LEVELS {
            // One that has not ended by now stays text, and what is moved when one ends stays short.
            self.marks.highlights.pop_if(|open| open.level == level);
            self.marks.highlights.push(Highlight { html: self.out.html.len(), text, place, level });
        }
        self.has_content = true;
        self.out.push("==");
        if text.is_some() {
            self.visible.push("==");
        }
    }

    /// The length of what the `^` or `~` at `at` raises or lowers. `is_second`: whether another one ends here, as in `SO~4~^2-^`.
    fn script(&self, text: &str, at: usize, range: &Range<usize>, is_second: bool) -> Option<usize> {
        let before = if is_second { Some(')') } else { self.around(text, &(at..at + 1), range).0 };
        let rest = &text[at + 1..];
        let length = if text.as_bytes()[at] == b'^' { shorthand::superscript(rest, before) } else { shorthand::subscript(rest, before) }?;
        (self.is_literal(at) && self.is_literal(at + 1 + length)).then_some(length)
    }

    /// An emoji by its name, which stands between colons.
    fn emoji(&mut self, name: &str, emoji: &str) {
        self.show(emoji, true);
        self.out.push(emoji);
        if let Some(heading) = &mut self.heading {
            heading.emojis.push((name.to_owned(), emoji.to_owned()));
        }
    }

    fn tag_link(&mut self, name: &str, place: Span) {
        let is_exact = self.source.get(place.range()) == Some(name);
        let name = self.clean(name.into()).into_string();
        self.show(&format!("#{name}"), false);
        if self.marks.tags.is_empty() {
            self.marks.tags = self.tags.iter().cloned().zip(0..).collect();
        }
        let next = self.tags.len();
        let number = *self.marks.tags.entry(name.clone()).or_insert(next);
        if number == next {
            self.tags.push(name);
        }
        if is_exact {
            self.occurrences.tags.push((offset(number), place));
        }
        self.out.hole(Fill::Tag(offset(number)));
    }

    fn address(&mut self, address: &str, target: String, span: Span) {
        let text = self.clean(address.into()).into_string();
        let target = self.clean(target.into()).into_string();
        self.show(&text, true);
        let link = self.link(Link { kind: LinkKind::Link, target, title: String::new(), text: text.clone(), span });
        if !self.raw.hides() {
            let start = self.visible.here().text.len() - text.len();
            self.visible.end_link(link, start);
        }
        self.out.hole(Fill::LinkStart(link));
        self.out.text(&text);
        self.out.hole(Fill::LinkEnd(link));
    }

    /// An element, a link or a raw element has ended, or is about to: what was opened in it and is deeper than `level` stays text.
    pub(super) fn end_marks(&mut self, nesting: usize, links: usize) {
        let is_deeper = |level: &Level| level.0 > nesting || level.1 > links;
        if self.marks.footnote.as_ref().is_some_and(|note| is_deeper(&note.level)) {
            self.undo_footnote();
        }
        while self.marks.highlights.last().is_some_and(|mark| is_deeper(&mark.level)) {
            self.marks.highlights.pop();
        }
    }

    /// Raw elements have started or ended.
    pub(super) fn end_marks_in_raw(&mut self) {
        let depth = self.raw.depth();
        while self.marks.highlights.last().is_some_and(|mark| mark.level.2 > depth) {
            self.marks.highlights.pop();
        }
    }

    /// A run of text has ended with its block.
    pub(super) fn end_text(&mut self) {
        self.undo_footnote();
        self.marks.highlights.clear();
    }
}

/// Where an address has a bracket that was not opened in it.
fn closing_bracket(address: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in address.bytes().enumerate() {
        match byte {
            b'[' => open += 1,
            b']' if open == 0 => return Some(at),
            b']' => open -= 1,
            _ => {}
        }
    }
    None
}

/// The length of the tag's name that stands behind a `#`; `None` where it is none.
fn tag_length(text: &str, before: Option<char>) -> Option<usize> {
    let may_precede = |letter: char| {
        letter.is_whitespace()
            || matches!(letter, '(' | '[' | '"' | '\'' | '|' | ',' | ';' | '*' | '_' | '~' | '=')
            || (!letter.is_ascii() && !letter.is_alphanumeric())
    };
    if !before.is_none_or(may_precede) {
        return None;
    }
    let is_part = |letter: char| {
        letter.is_alphanumeric()
            || matches!(letter, '_' | '-' | '/' | '\u{200d}' | '\u{fe0f}')
            || matches!(letter, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
    };
    let name = &text[..text.find(|letter| !is_part(letter)).unwrap_or(text.len())];
    let name = name.trim_end_matches('/');
    let has_letter = name.chars().any(|letter| !letter.is_numeric() && !matches!(letter, '_' | '-' | '/' | '\u{200d}' | '\u{fe0f}'));
    (has_letter && !name.starts_with('/') && !text[name.len()..].starts_with('#')).then_some(name.len())
}

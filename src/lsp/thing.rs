//! What stands at a place of a note: a link, a heading, a tag and so on, with the exact place of the part that names something.
//!
//! In: a note and a byte of its text. Out: [`Thing`]. Pure; looks at no other note.

use std::ops::Range;

use crate::note::{Link, LinkKind, Note};
use crate::path::Anchor;
use crate::text::Span;

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A link, by its number.
    Link(usize, Part),
    /// A heading, by its number.
    Heading(usize),
    /// The name of a block, with its `^`.
    Block(Anchor, Span),
    /// A tag, by its number in the note, and the place of its name.
    Tag(usize, Span),
    /// A footnote's label, where it is referred to or defined.
    Footnote(String, Span),
    /// A code block that shows a file, by its number.
    Include(usize),
}

/// Which part of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What names a note or file, or the text that is shown.
    Name,
    /// What stands behind `#`.
    Fragment,
}

/// What stands at a byte of a note's text.
#[must_use]
pub fn at(note: &Note, offset: usize) -> Option<Thing> {
    let text = &*note.file.text;
    if let Some((tag, span)) = note.occurrences.tags.iter().find(|(_, span)| touches(span.range(), offset, text)) {
        return Some(Thing::Tag(*tag as usize, *span));
    }
    let areas = note.links.iter().enumerate().map(|(at, link)| (area(note, at, link), at));
    if let Some((_, at)) = areas.filter(|(area, _)| area.contains(&offset) || area.end == offset).min_by_key(|(area, _)| area.len()) {
        let part = match written(note, at).map(|written| split(text, written)) {
            Some((_, Some(fragment))) if fragment.start <= offset && offset <= fragment.end => Part::Fragment,
            _ => Part::Name,
        };
        return Some(Thing::Link(at, part));
    }
    let blocks = note.occurrences.anchors.iter().filter(|(anchor, _)| anchor.as_str().starts_with('^'));
    if let Some((anchor, span)) = blocks.clone().find(|(_, span)| span.range().contains(&offset) || span.range().end == offset) {
        return Some(Thing::Block(anchor.clone(), *span));
    }
    if let Some(heading) =
        note.outline.iter().position(|heading| heading.span.range().contains(&offset) || heading.span.range().end == offset)
    {
        return Some(Thing::Heading(heading));
    }
    if let Some(block) = note.code.iter().position(|block| block.attributes.include.is_some() && block.span.range().contains(&offset)) {
        return Some(Thing::Include(block));
    }
    footnotes(text).find(|label| label.start <= offset + 2 && offset <= label.end + 1).map(|label| {
        let name = text[label.clone()].trim().to_lowercase();
        Thing::Footnote(name, Span::from(label))
    })
}

/// Whether an offset is at a name or right before its `#`.
fn touches(name: Range<usize>, offset: usize, text: &str) -> bool {
    let has_sign = name.start > 0 && text.as_bytes()[name.start - 1] == b'#';
    name.start - usize::from(has_sign) <= offset && offset <= name.end
}

/// The place of a link's target as it is written, without the white space around it. `None` where what is written is not what was read, so that it cannot
/// be told which part is which.
#[must_use]
pub fn written(note: &Note, link: usize) -> Option<Range<usize>> {
    let text = &*note.file.text;
    let known = note.links.get(link)?;
    let number = u32::try_from(link).ok()?;
    let definition = note.occurrences.definitions.iter().find(|(of, _)| *of == number).map(|(_, span)| *span);
    let range = definition.unwrap_or(known.span).range();
    let raw = text.get(range.clone())?;
    let target = known.target.trim();
    if raw == target || unescape(raw) == target {
        return Some(range);
    }
    // An attribute of HTML, one of several addresses in it.
    let at = raw.find(target).filter(|_| !target.is_empty())?;
    Some(range.start + at..range.start + at + target.len())
}

/// Markdown's backslashes taken away, and the entity of `&`.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next) if letter == '\\' && next.is_ascii_punctuation() => {}
            _ => out.push(letter),
        }
    }
    out.replace("&amp;", "&")
}

/// A written target cut in two: what names the file, and what stands behind `#`.
#[must_use]
pub fn split(text: &str, written: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    match text[written.clone()].find('#') {
        Some(at) => (written.start..written.start + at, Some(written.start + at + 1..written.end)),
        None => (written, None),
    }
}

/// The place of a whole link, with its text and its brackets.
#[must_use]
pub fn area(note: &Note, number: usize, link: &Link) -> Range<usize> {
    let text = &*note.file.text;
    let span = link.span.range();
    let (before, behind) = (&text[..text.floor_char_boundary(span.start)], &text[text.floor_char_boundary(span.end)..]);
    let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line_end = span.end + behind.find(['\n', '\r']).unwrap_or(behind.len());
    match link.kind {
        LinkKind::Wikilink | LinkKind::Embed => {
            let start = before[line_start..].rfind("[[").map_or(span.start, |at| line_start + at);
            let start = if link.kind == LinkKind::Embed && text[..start].ends_with('!') { start - 1 } else { start };
            let end = text.get(span.end..line_end).and_then(|rest| rest.find("]]")).map_or(span.end, |at| span.end + at + 2);
            start..end
        }
        LinkKind::Link | LinkKind::Image if written(note, number).is_some_and(|written| written == span) => {
            let head = before.trim_end_matches('<').trim_end();
            let Some(inside) = head.strip_suffix("](") else { return span };
            let mut depth = 1_usize;
            let start = inside.char_indices().rev().take(2_000).find(|(_, letter)| {
                match letter {
                    ']' => depth += 1,
                    '[' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            let end = text.get(span.end..line_end).and_then(|rest| rest.find(')')).map_or(span.end, |at| span.end + at + 1);
            start.map_or(span.start, |(at, _)| at)..end
        }
        _ => span,
    }
}

/// The labels of all `[^label]` of a text, in order: references and definitions.
pub fn footnotes(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("[^").filter_map(|(at, _)| {
        let start = at + 2;
        let length = text[start..].find([']', '\n', '['])?;
        (length > 0 && text[start + length..].starts_with(']')).then_some(start..start + length)
    })
}

/// Whether the label at a place is that of a definition: it starts a line, and a colon follows.
#[must_use]
pub fn is_definition(text: &str, label: &Range<usize>) -> bool {
    let before = &text[..label.start - 2];
    let line = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
    line.trim_matches([' ', '>', '\t']).is_empty() && text[label.end..].starts_with("]:")
}

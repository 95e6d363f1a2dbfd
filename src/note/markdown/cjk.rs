//! Emphasis beside full-width punctuation, as writers of Chinese, Japanese and Korean mean it.
//!
//! In: a note's text. Out: the text that the parser is given, and how its offsets and its events lead back. Knows no Markdown beyond what
//! stands left and right of a run of `*` or `~~`.
//!
//! CommonMark lets a run open or close emphasis by the white space and the punctuation around it, which works where words have spaces
//! between them. In `**注意：**后` the closing run has punctuation before and a letter behind and therefore may not close. The rule here is the
//! one proposed to CommonMark: where the letter or the mark is of a script written without spaces, the mark does not count against the run.
//!
//! The parser has no switch for it, so the text is changed for it: on the letter's side of such a run a placeholder is put, a punctuation
//! character that occurs nowhere in the text. Then the run has punctuation on both sides and may open and close. The placeholder changes nothing
//! else: it stands between a letter and a run, where no syntax begins or ends, and is taken out of every event again, be it text, code, an
//! address, a title or a formula. Text in which no such letter or mark touches a run is given to the parser as it is.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Parser, Tag};

/// Candidates for the placeholder: punctuation of scripts that nobody mixes with Markdown.
const PLACEHOLDERS: [char; 9] =
    ['\u{12470}', '\u{12471}', '\u{12472}', '\u{12473}', '\u{10a50}', '\u{10a51}', '\u{10a52}', '\u{10a53}', '\u{10a54}'];

/// A text prepared for the parser.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What the parser is given.
    pub(super) text: String,
    placeholder: char,
    /// The offsets of the placeholders in `text`, ascending.
    inserted: Vec<usize>,
}

/// Prepares a text; `None` when it can be given to the parser as it is.
pub(super) fn prepare(source: &str) -> Option<Prepared> {
    let places = places(source);
    if places.is_empty() {
        return None;
    }
    let placeholder = PLACEHOLDERS.into_iter().find(|letter| !source.contains(*letter))?;
    let mut text = String::with_capacity(source.len() + places.len() * placeholder.len_utf8());
    let mut inserted = Vec::with_capacity(places.len());
    let mut from = 0;
    for place in places {
        text.push_str(&source[from..place]);
        inserted.push(text.len());
        text.push(placeholder);
        from = place;
    }
    text.push_str(&source[from..]);
    Some(Prepared { text, placeholder, inserted })
}

impl Prepared {
    /// The offset in the source that an offset of the prepared text stands for.
    pub(super) fn place(&self, at: usize) -> usize {
        let before = self.inserted.partition_point(|inserted| *inserted < at);
        let size = self.placeholder.len_utf8();
        // An offset within a placeholder stands for the place where it was put.
        let within = before.checked_sub(1).and_then(|last| self.inserted.get(last)).map_or(0, |last| (last + size).saturating_sub(at));
        at + within - before * size
    }

    /// A text of the parser without placeholders.
    pub(super) fn without_placeholders(&self, text: &str) -> String {
        text.replace(self.placeholder, "")
    }

    fn clean<'t>(&self, text: CowStr<'t>) -> CowStr<'t> {
        if text.contains(self.placeholder) { text.replace(self.placeholder, "").into() } else { text }
    }

    /// An event without placeholders.
    pub(super) fn event<'t>(&self, event: Event<'t>) -> Event<'t> {
        match event {
            Event::Text(text) => Event::Text(self.clean(text)),
            Event::Code(text) => Event::Code(self.clean(text)),
            Event::InlineMath(text) => Event::InlineMath(self.clean(text)),
            Event::DisplayMath(text) => Event::DisplayMath(self.clean(text)),
            Event::Html(text) => Event::Html(self.clean(text)),
            Event::InlineHtml(text) => Event::InlineHtml(self.clean(text)),
            Event::FootnoteReference(label) => Event::FootnoteReference(self.clean(label)),
            Event::Start(tag) => Event::Start(self.tag(tag)),
            Event::End(_) | Event::SoftBreak | Event::HardBreak | Event::Rule | Event::TaskListMarker(_) => event,
        }
    }

    fn tag<'t>(&self, tag: Tag<'t>) -> Tag<'t> {
        match tag {
            Tag::Link { link_type, dest_url, title, id } => {
                Tag::Link { link_type, dest_url: self.clean(dest_url), title: self.clean(title), id: self.clean(id) }
            }
            Tag::Image { link_type, dest_url, title, id } => {
                Tag::Image { link_type, dest_url: self.clean(dest_url), title: self.clean(title), id: self.clean(id) }
            }
            Tag::Heading { level, id, classes, attrs } => Tag::Heading {
                level,
                id: id.map(|id| self.clean(id)),
                classes: classes.into_iter().map(|class| self.clean(class)).collect(),
                attrs: attrs.into_iter().map(|(name, value)| (self.clean(name), value.map(|value| self.clean(value)))).collect(),
            },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Tag::CodeBlock(CodeBlockKind::Fenced(self.clean(info))),
            Tag::FootnoteDefinition(label) => Tag::FootnoteDefinition(self.clean(label)),
            tag => tag,
        }
    }
}

/// Where a placeholder has to go, ascending.
fn places(source: &str) -> Vec<usize> {
    let bytes = source.as_bytes();
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| matches!(byte, b'*' | b'~')) {
        let mut start = at + found;
        let mark = bytes[start];
        let end = start + bytes[start..].iter().take_while(|byte| **byte == mark).count();
        at = end;
        // A backslash makes the first of them text.
        let backslashes = bytes[..start].iter().rev().take_while(|byte| **byte == b'\\').count();
        start += backslashes % 2;
        let length = end - start;
        if length == 0 || (mark == b'~' && length != 2) {
            continue;
        }
        let (Some(before), Some(behind)) = (source[..start].chars().next_back(), source[end..].chars().next()) else { continue };
        if before.is_ascii() && behind.is_ascii() {
            continue;
        }
        if blocks(length, before, behind, || source[end + behind.len_utf8()..].chars().next()) {
            places.push(start);
        } else if blocks(length, behind, before, || source[..start - before.len_utf8()].chars().next_back()) {
            places.push(end);
        }
    }
    places
}

/// Whether a mark beside a run would keep it from opening or closing, since a letter stands on the other side, and should not. `beyond`: what
/// stands on the mark's other side.
fn blocks(length: usize, letter: char, mark: char, beyond: impl FnOnce() -> Option<char>) -> bool {
    if letter.is_whitespace() || mark.is_whitespace() || !(is_wide(letter) || is_wide(mark) || is_shared(mark)) {
        return false;
    }
    // `3*（4+5）*6` is a product.
    if length == 1 && letter.is_ascii_digit() {
        return false;
    }
    // The marks that Chinese shares with other scripts count as Chinese where they stand beside it.
    let is_ours = is_wide(letter) || is_wide(mark) || (is_shared(mark) && beyond().is_some_and(is_wide));
    is_ours && is_punctuation(mark) && !is_punctuation(letter)
}

/// Quotation marks, ellipsis, dash and middle dot: one character for the full-width and for the narrow mark.
pub(super) fn is_shared(mark: char) -> bool {
    matches!(mark, '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// Letters and marks of scripts that are written without spaces between words, or with marks that have the space within them.
pub(super) fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{318f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3200}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ffee}' | '\u{20000}'..='\u{3ffff}')
}

/// Han, kana and full-width punctuation: letters that are set without spaces between them.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether the parser takes a character for punctuation. It is asked itself, so that the two never differ: a letter between the stars lets
/// them be emphasis, punctuation does not.
fn is_punctuation(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_punctuation();
    }
    if letter.is_alphanumeric() {
        return false;
    }
    let probe = format!("a*{letter}a*");
    !Parser::new(&probe).any(|event| matches!(event, Event::Start(Tag::Emphasis)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_punctuation_to_the_parser() {
        assert!(PLACEHOLDERS.into_iter().all(is_punctuation));
    }

    #[test]
    fn offsets_lead_back() {
        let source = "中**“引号”**文 **注意：**后";
        let prepared = prepare(source).expect("there is something to prepare");
        let mut expected = 0;
        for (at, letter) in prepared.text.char_indices() {
            assert_eq!(prepared.place(at), expected, "{at}");
            if letter != prepared.placeholder {
                expected += letter.len_utf8();
            }
        }
        assert_eq!(prepared.place(prepared.text.len()), source.len());
        assert_eq!(prepared.inserted.len(), 3);
    }

    #[test]
    fn nothing_is_prepared_where_the_specification_is_enough() {
        for text in
            ["", "**a:** b", "a*(b)*c", "**中文** 后", "* 中\n* 文", "\\*（中）\\*", "`a**`（", "**“a”**b", "3*（4+5）*6", "é*(b)*é"]
        {
            assert!(prepare(text).is_none(), "{text}");
        }
    }
}

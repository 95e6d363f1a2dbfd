//! What may be written at a place of a text that is being typed.
//!
//! In: the text as it is now, and a byte of it. Out: [`Context`], with where the word begun starts. Looks at the line, and at what the line is part of: front
//! matter, a block of code. Pure. The text need not be a note that can be parsed: it is one that is not finished.

use std::ops::Range;

use crate::note::front_matter;

/// What may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// What it is.
    pub kind: Kind,
    /// The part that is already there and is replaced: up to the place.
    pub begun: Range<usize>,
}

/// Kinds of what may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A note or file in `[[`; in `![[` where `is_embed`.
    Wikilink {
        /// Whether other files come first.
        is_embed: bool,
    },
    /// A path in `](`.
    Path {
        /// Whether it is that of an image.
        is_image: bool,
        /// Whether it stands in `<`.
        is_bracketed: bool,
    },
    /// A heading of a note, which is named as it is written: `""` for the note itself.
    Heading {
        /// The note.
        of: String,
        /// Whether it is for a wikilink.
        is_wikilink: bool,
    },
    /// The name of a block of a note.
    Block {
        /// The note.
        of: String,
        /// Whether it is for a wikilink.
        is_wikilink: bool,
    },
    /// A tag.
    Tag,
    /// A key of the front matter.
    Key,
    /// The type of a callout.
    Callout,
    /// The language of a code block.
    Language,
}

/// What may be written at a byte of a text.
#[must_use]
pub fn at(text: &str, offset: usize) -> Option<Context> {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let before = &text[start..offset];
    let body = front_matter::body_start(text);
    if offset < body {
        return in_front_matter(text, start, before);
    }
    if let Some(is_opening) = in_code(&text[body..], start - body.min(start)) {
        let word = before.trim_start().trim_start_matches(['`', '~']);
        let is_word = word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '+' | '-' | '#' | '_' | '.'));
        return (is_opening && is_word).then(|| context(Kind::Language, offset, word));
    }
    wikilink(before, offset).or_else(|| reference(before, offset)).or_else(|| callout(before, offset)).or_else(|| tag(before, offset))
}

fn context(kind: Kind, offset: usize, begun: &str) -> Context {
    Context { kind, begun: offset - begun.len()..offset }
}

fn in_front_matter(text: &str, start: usize, before: &str) -> Option<Context> {
    let offset = start + before.len();
    let is_tags = |line: &str| {
        let key = line.split([':', '=']).next().unwrap_or_default().trim().to_lowercase();
        matches!(key.as_str(), "tags" | "tag" | "keywords" | "categories" | "category")
    };
    let begun = |text: &str| {
        let at = text
            .rfind([' ', ',', '[', '"', '\'', '#', '，', '、', ':', '=', '-'])
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        text[at..].to_owned()
    };
    if let Some(at) = before.find([':', '=']) {
        return is_tags(before).then(|| context(Kind::Tag, offset, &begun(&before[at..])));
    }
    let item = before.trim_start().strip_prefix('-');
    if item.is_some() || before.starts_with([' ', '\t']) {
        let key = text[..start].lines().rev().find(|line| !line.trim_start().starts_with('-') && line.contains([':', '=']));
        return (key.is_some_and(is_tags)).then(|| context(Kind::Tag, offset, &begun(before)));
    }
    (start > 0).then(|| context(Kind::Key, offset, before))
}

/// Whether the line at `start` stands in a fenced block of code, and if so whether it is the line that opens it.
fn in_code(body: &str, start: usize) -> Option<bool> {
    let mut open: Option<(char, usize)> = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let sign = content.chars().next().filter(|sign| matches!(sign, '`' | '~'));
        let length = sign.map_or(0, |sign| content.chars().take_while(|letter| *letter == sign).count());
        let is_here = at + line.len() > start || at == start;
        match (open, sign) {
            (None, Some(sign)) if length >= 3 && !(sign == '`' && content[length..].contains('`')) => {
                if is_here {
                    return Some(true);
                }
                open = Some((sign, length));
            }
            (Some((fence, least)), sign) => {
                if is_here {
                    return Some(false);
                }
                if sign == Some(fence) && length >= least && content.len() == length {
                    open = None;
                }
            }
            _ => {}
        }
        if is_here {
            return None;
        }
        at += line.len();
    }
    open.map(|_| false)
}

fn wikilink(before: &str, offset: usize) -> Option<Context> {
    let open = before.rfind("[[")?;
    let inner = &before[open + 2..];
    if inner.contains("]]") || inner.contains('|') {
        return None;
    }
    let is_embed = before[..open].ends_with('!');
    let Some((of, fragment)) = inner.split_once('#') else { return Some(context(Kind::Wikilink { is_embed }, offset, inner)) };
    Some(fragment_context(of, fragment, offset, true))
}

fn fragment_context(of: &str, fragment: &str, offset: usize, is_wikilink: bool) -> Context {
    let last = fragment.rsplit('#').next().unwrap_or(fragment);
    let of = of.trim().to_owned();
    match last.strip_prefix('^') {
        Some(block) => context(Kind::Block { of, is_wikilink }, offset, block),
        None => context(Kind::Heading { of, is_wikilink }, offset, last),
    }
}

fn reference(before: &str, offset: usize) -> Option<Context> {
    let open = before.rfind("](")?;
    let inner = &before[open + 2..];
    let is_bracketed = inner.starts_with('<');
    let inner = inner.trim_start_matches('<');
    let is_open = if is_bracketed { !inner.contains('>') } else { !inner.contains([')', ' ', '\t']) };
    if !is_open || inner.contains("://") || inner.starts_with("mailto:") {
        return None;
    }
    let text_start = before[..open].rfind('[').unwrap_or(0);
    let is_image = before[..text_start].ends_with('!');
    Some(match inner.split_once('#') {
        Some((of, fragment)) => fragment_context(of, fragment, offset, false),
        None => context(Kind::Path { is_image, is_bracketed }, offset, inner),
    })
}

fn callout(before: &str, offset: usize) -> Option<Context> {
    let quoted = before.trim_start();
    let inner = quoted.trim_start_matches(['>', ' ']);
    let name = inner.strip_prefix("[!").filter(|_| quoted.starts_with('>'))?;
    name.chars().all(|letter| letter.is_alphanumeric() || letter == '-').then(|| context(Kind::Callout, offset, name))
}

fn tag(before: &str, offset: usize) -> Option<Context> {
    let at = before.rfind('#')?;
    let name = &before[at + 1..];
    let ahead = before[..at].chars().next_back();
    let may_stand = ahead.is_none_or(|letter| letter.is_whitespace() || matches!(letter, '(' | '[' | ',' | ';' | '"' | '\''));
    let is_name = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '/') || !letter.is_ascii());
    let is_name = is_name && !name.contains(char::is_whitespace);
    // A sign alone at the beginning of a line is more likely to begin a heading.
    let is_heading = name.is_empty() && before[..at].trim().is_empty();
    (may_stand && is_name && !is_heading).then(|| context(Kind::Tag, offset, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_written() {
        let heading = |of: &str, is_wikilink| Kind::Heading { of: of.into(), is_wikilink };
        let path = Kind::Path { is_image: false, is_bracketed: false };
        // The place is the `‸`.
        for (text, found) in [
            ("see [[no‸", Some((Kind::Wikilink { is_embed: false }, "no"))),
            ("看 ![[图‸]]", Some((Kind::Wikilink { is_embed: true }, "图"))),
            ("[[a]] b‸", None),
            ("[[a|b‸", None),
            ("[[a#he‸", Some((heading("a", true), "he"))),
            ("[[#he‸]]", Some((heading("", true), "he"))),
            ("[[a#b#c‸", Some((heading("a", true), "c"))),
            ("[[a#^bl‸", Some((Kind::Block { of: "a".into(), is_wikilink: true }, "bl"))),
            ("[x](a/b‸", Some((path.clone(), "a/b"))),
            ("[x](‸)", Some((path, ""))),
            ("![x](p‸", Some((Kind::Path { is_image: true, is_bracketed: false }, "p"))),
            ("[x](<a b‸", Some((Kind::Path { is_image: false, is_bracketed: true }, "a b"))),
            ("[x](a.md#h‸", Some((heading("a.md", false), "h"))),
            ("[x](#h‸", Some((heading("", false), "h"))),
            ("[x](https://e‸", None),
            ("[x](a \"t‸", None),
            ("> [!wa‸", Some((Kind::Callout, "wa"))),
            ("[!wa‸", None),
            ("a #标‸", Some((Kind::Tag, "标"))),
            ("#ta‸", Some((Kind::Tag, "ta"))),
            ("#‸", None),
            ("a#b‸", None),
            ("# He‸", None),
            ("---\ntags: [a, b‸]\n---\n", Some((Kind::Tag, "b"))),
            ("---\ntags:\n  - x\n  - 笔‸\n---\n", Some((Kind::Tag, "笔"))),
            ("---\ntitle: x‸\n---\n", None),
            ("---\nti‸\n---\n", Some((Kind::Key, "ti"))),
            ("```ru‸", Some((Kind::Language, "ru"))),
            ("a\n\n~~~py‸\nx\n~~~\n", Some((Kind::Language, "py"))),
            ("```\n[[a‸\n```\n", None),
            ("```\nx\n```\n[[a‸", Some((Kind::Wikilink { is_embed: false }, "a"))),
            ("---\na: b\n---\n[[q‸", Some((Kind::Wikilink { is_embed: false }, "q"))),
        ] {
            let offset = text.find('‸').expect("a place");
            let text = text.replace('‸', "");
            let got = at(&text, offset).map(|context| (context.kind, text[context.begun].to_owned()));
            assert_eq!(got, found.map(|(kind, begun)| (kind, begun.to_owned())), "{text}");
        }
    }
}

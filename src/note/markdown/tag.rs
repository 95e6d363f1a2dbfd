//! The tokens of raw HTML: tags with their attributes, comments, text.
//!
//! In: raw HTML. Out: tokens as byte ranges, as a browser would cut it. Keeps no state between calls.

use std::ops::Range;

/// One token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Text up to the next tag.
    Text(Range<usize>),
    /// A comment, a declaration or a processing instruction; false when it has no end.
    Comment(Range<usize>, bool),
    /// A start tag.
    Open(Tag),
    /// An end tag.
    Close { range: Range<usize>, name: String },
    /// `<` and what follows, of a tag without end.
    Unfinished(Range<usize>),
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) range: Range<usize>,
    /// Lower case.
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    /// Whether it ends with `/>`.
    pub(super) is_closed: bool,
}

/// An attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// Lower case.
    pub(super) name: String,
    /// Where the name starts.
    pub(super) start: usize,
    /// The value, without quotes; `None` when there is no `=`.
    pub(super) value: Option<Range<usize>>,
    /// The value with its quotes.
    pub(super) quoted: Range<usize>,
}

impl Tag {
    /// The attribute of that name, if it is there.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// The token that starts at `at`, which is before the end of `html`.
pub(super) fn token(html: &str, at: usize) -> Token {
    let bytes = html.as_bytes();
    if bytes[at] != b'<' {
        let end = html[at..].find('<').map_or(html.len(), |length| at + length);
        return Token::Text(at..end);
    }
    match bytes.get(at + 1) {
        Some(b'!') if html[at..].starts_with("<!--") => comment(html, at),
        Some(b'!' | b'?') => match html[at..].find('>') {
            Some(length) => Token::Comment(at..at + length + 1, true),
            None => Token::Comment(at..html.len(), false),
        },
        Some(b'/') if bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic) => match tag(html, at, at + 2) {
            Some(tag) => Token::Close { range: tag.range, name: tag.name },
            None => Token::Unfinished(at..html.len()),
        },
        Some(letter) if letter.is_ascii_alphabetic() => tag(html, at, at + 1).map_or(Token::Unfinished(at..html.len()), Token::Open),
        _ => {
            let end = html[at + 1..].find('<').map_or(html.len(), |length| at + 1 + length);
            Token::Text(at..end)
        }
    }
}

fn comment(html: &str, at: usize) -> Token {
    // `<!-->` and `<!--->` are whole comments.
    for short in ["<!-->", "<!--->"] {
        if html[at..].starts_with(short) {
            return Token::Comment(at..at + short.len(), true);
        }
    }
    let inside = at + 4;
    let end = ["-->", "--!>"].into_iter().filter_map(|end| html[inside..].find(end).map(|length| inside + length + end.len())).min();
    match end {
        Some(end) => Token::Comment(at..end, true),
        None => Token::Comment(at..html.len(), false),
    }
}

fn tag(html: &str, start: usize, name_start: usize) -> Option<Tag> {
    let bytes = html.as_bytes();
    let ends_name = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let until = |from: usize, stop: &dyn Fn(u8) -> bool| bytes[from..].iter().position(|byte| stop(*byte)).map(|length| from + length);
    let mut at = until(name_start, &ends_name)?;
    let name = html[name_start..at].to_ascii_lowercase();
    let mut attributes = Vec::new();
    let mut is_closed = false;
    loop {
        match *bytes.get(at)? {
            b'>' => return Some(Tag { range: start..at + 1, name, attributes, is_closed }),
            b'/' => {
                is_closed = bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                // An `=` in front belongs to the name.
                let end = until(at + 1, &|byte| ends_name(byte) || byte == b'=')?;
                let start = at;
                let name = html[at..end].to_ascii_lowercase();
                let equals = until(end, &|byte| !byte.is_ascii_whitespace())?;
                if bytes[equals] != b'=' {
                    attributes.push(Attribute { name, start, value: None, quoted: end..end });
                    at = end;
                    continue;
                }
                let open = until(equals + 1, &|byte| !byte.is_ascii_whitespace())?;
                let (value, quoted) = match bytes[open] {
                    quote @ (b'"' | b'\'') => {
                        let close = until(open + 1, &|byte| byte == quote)?;
                        (open + 1..close, open..close + 1)
                    }
                    b'>' => (open..open, open..open),
                    _ => {
                        let close = until(open, &|byte| byte.is_ascii_whitespace() || byte == b'>')?;
                        (open..close, open..close)
                    }
                };
                at = quoted.end;
                attributes.push(Attribute { name, start, value: Some(value), quoted });
            }
        }
    }
}

/// Text with its entities replaced, as the Markdown parser would: it has the table of names.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end =
            rest.bytes().skip(1).position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#')).map_or(rest.len(), |length| length + 1);
        // The longest name there is has 31 letters.
        if end < 40 && rest.as_bytes().get(end) == Some(&b';') {
            for event in pulldown_cmark::Parser::new(&rest[..=end]) {
                if let pulldown_cmark::Event::Text(text) = event {
                    out.push_str(&text);
                }
            }
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Whether a start tag ends the element before it.
pub(super) fn replaces(name: &str, open: &str) -> bool {
    match name {
        "td" | "th" => matches!(open, "td" | "th"),
        "dt" | "dd" => matches!(open, "dt" | "dd"),
        "rt" | "rp" => matches!(open, "rt" | "rp"),
        "thead" | "tbody" | "tfoot" => matches!(open, "thead" | "tbody" | "tfoot"),
        _ => name == open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        let html = "<a HREF = x/ b='1>2' c/>t<br/></A >< 3<!-- x --><d";
        let Token::Open(tag) = token(html, 0) else { panic!("a tag") };
        let attributes: Vec<_> =
            tag.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.value.clone().map(|range| &html[range]))).collect();
        assert_eq!(attributes, [("href", Some("x/")), ("b", Some("1>2")), ("c", None)]);
        assert!(tag.is_closed);
        let mut at = 0;
        let mut tokens = Vec::new();
        while at < html.len() {
            let (name, range) = match token(html, at) {
                Token::Text(range) => ("text", range),
                Token::Comment(range, _) => ("comment", range),
                Token::Open(tag) => ("open", tag.range),
                Token::Close { range, .. } => ("close", range),
                Token::Unfinished(range) => ("unfinished", range),
            };
            tokens.push(name);
            at = range.end;
        }
        assert_eq!(tokens, ["open", "text", "open", "close", "text", "comment", "unfinished"]);
    }

    #[test]
    fn entities() {
        for (text, decoded) in [("a &amp; b", "a & b"), ("&#x9759;&nbsp;", "静\u{a0}"), ("&nope; & &", "&nope; & &"), ("&lt;", "<")] {
            assert_eq!(decode(text), decoded);
        }
    }
}

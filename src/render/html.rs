//! The little HTML that rendering itself writes and reads: escaping, and the tags of a finished piece.
//!
//! In: text or HTML. Out: escaped text, tags with their places. Knows nothing of notes.

use std::ops::Range;

use pulldown_cmark_escape::escape_href;

/// Appends `text` escaped for element content and for attribute values in double quotes.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// `text` escaped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape_into(&mut out, text);
    out
}

/// Appends an address as an escaped attribute value; what no URL can hold is percent-encoded.
pub(super) fn address_into(out: &mut String, address: &str) {
    // Writing to a `String` does not fail.
    let _ = escape_href(out, address);
}

/// Elements whose content is no HTML. What is in a `title`, which SVG has too, the note's body has escaped.
const VERBATIM: &[&str] = &["script", "style", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// Elements in which none is verbatim, and those in them in which that starts anew.
const FOREIGN: &[(&str, bool)] = &[
    ("svg", true),
    ("math", true),
    ("foreignobject", false),
    ("desc", false),
    ("title", false),
    ("annotation-xml", false),
    ("mi", false),
    ("mo", false),
    ("mn", false),
    ("ms", false),
    ("mtext", false),
];

/// One tag of a piece of HTML.
pub(super) struct Tag<'a> {
    /// The place of the whole tag.
    pub(super) range: Range<usize>,
    /// The name as written.
    pub(super) name: &'a str,
    /// True for `</name>`.
    pub(super) end: bool,
    /// The attributes that have a quoted value: name and the value's place.
    pub(super) attributes: Vec<(&'a str, Range<usize>)>,
}

/// The tags of `html` in order; comments, declarations and the inside of scripts, styles and the like are passed over.
pub(super) fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    let mut open: Vec<&str> = Vec::new();
    std::iter::from_fn(move || {
        loop {
            let start = at + html.get(at..)?.find('<')?;
            if html[start..].starts_with("<!--") {
                at = start + comment(&html[start..]);
                continue;
            }
            if html[start..].starts_with("<!") || html[start..].starts_with("<?") {
                at = html[start..].find('>').map_or(html.len(), |offset| start + offset + 1);
                continue;
            }
            let bytes = html.as_bytes();
            let end = bytes.get(start + 1) == Some(&b'/');
            let name_start = start + 1 + usize::from(end);
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
            let name_end = name_start + bytes[name_start..].iter().take_while(|byte| is_name(byte)).count();
            if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
                at = start + 1;
                continue;
            }
            let name = &html[name_start..name_end];
            let (attributes, close) = attributes(html, name_end);
            at = close;
            if FOREIGN.iter().any(|(foreign, _)| name.eq_ignore_ascii_case(foreign)) {
                match open.iter().rposition(|open| name.eq_ignore_ascii_case(open)) {
                    Some(last) if end => open.truncate(last),
                    _ if !end && !html[..close].ends_with("/>") => open.push(name),
                    _ => {}
                }
            }
            let is_foreign =
                open.last().is_some_and(|open| FOREIGN.iter().any(|(name, is_foreign)| *is_foreign && open.eq_ignore_ascii_case(name)));
            if !end && !is_foreign && VERBATIM.iter().any(|verbatim| name.eq_ignore_ascii_case(verbatim)) {
                at = closing(html, at, name);
            }
            return Some(Tag { range: start..close, name, end, attributes });
        }
    })
}

/// The length of the comment that `html` starts with, as HTML has it: `<!-->` and `<!--->` are whole ones.
fn comment(html: &str) -> usize {
    if let Some(short) = ["<!-->", "<!--->"].into_iter().find(|short| html.starts_with(short)) {
        return short.len();
    }
    let ends = html.match_indices("--").map(|(at, _)| at).filter(|at| *at >= 4);
    let length = |at: usize| ["-->", "--!>"].into_iter().find(|end| html[at..].starts_with(end)).map(|end| at + end.len());
    // `match_indices` does not see the second of overlapping hyphens.
    ends.flat_map(|at| [at, at + 1]).find_map(length).unwrap_or(html.len())
}

/// The place of `</name` from `at` on, or the end.
fn closing(html: &str, at: usize, name: &str) -> usize {
    let is_closing = |start: usize| {
        let behind = html.as_bytes().get(start + 2..start + 2 + name.len());
        behind.is_some_and(|behind| behind.eq_ignore_ascii_case(name.as_bytes()))
    };
    html[at..].match_indices("</").map(|(offset, _)| at + offset).find(|start| is_closing(*start)).unwrap_or(html.len())
}

/// The quoted attributes from `at` on, and the place behind the tag's `>`.
fn attributes(html: &str, mut at: usize) -> (Vec<(&str, Range<usize>)>, usize) {
    let bytes = html.as_bytes();
    let mut found = Vec::new();
    while at < bytes.len() && bytes[at] != b'>' {
        if bytes[at].is_ascii_whitespace() || bytes[at] == b'/' {
            at += 1;
            continue;
        }
        let name_start = at;
        while at < bytes.len() && !matches!(bytes[at], b'=' | b'>' | b' ' | b'\t' | b'\n' | b'\r' | b'/') {
            at += 1;
        }
        let name = &html[name_start..at];
        if bytes.get(at) != Some(&b'=') {
            // A stray `=` or quote must not stop the scan.
            at = at.max(name_start + 1);
            continue;
        }
        at += 1;
        match bytes.get(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let value_start = at + 1;
                let value_end =
                    bytes[value_start..].iter().position(|byte| byte == quote).map_or(bytes.len(), |offset| value_start + offset);
                found.push((name, value_start..value_end));
                at = (value_end + 1).min(bytes.len());
            }
            _ => {
                while at < bytes.len() && !bytes[at].is_ascii_whitespace() && bytes[at] != b'>' {
                    at += 1;
                }
            }
        }
    }
    (found, (at + 1).min(bytes.len()))
}

/// HTML without its comments.
pub(super) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    out.push_str(rest);
    out
}

/// Text with the character references that rendering writes resolved.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// What an element says: the text of the one whose start tag begins at `start`, its tags and comments left out. `""` where none begins.
pub(super) fn text_of(html: &str, start: usize) -> String {
    let (mut text, mut from, mut depth) = (String::new(), None, 0_usize);
    let element = &html[start..];
    let Some(name) = tags(element).next().filter(|tag| tag.range.start == 0).map(|tag| tag.name) else { return text };
    for tag in tags(element) {
        if let Some(from) = from {
            text.push_str(&decode(&without_comments(&element[from..tag.range.start])));
            // Words of two blocks are two words.
            if !matches!(tag.name, "a" | "b" | "code" | "em" | "i" | "mark" | "span" | "strong" | "sub" | "sup") {
                text.push(' ');
            }
        }
        from = Some(tag.range.end);
        if tag.name.eq_ignore_ascii_case(name) {
            depth = if tag.end { depth.saturating_sub(1) } else { depth + 1 };
        }
        if depth == 0 {
            break;
        }
    }
    text.trim().to_owned()
}

/// Elements that have no end tag.
pub(super) fn is_void(name: &str) -> bool {
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
        .iter()
        .any(|void| name.eq_ignore_ascii_case(void))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tags_are_found_whatever_stands_around_them() {
        let html = "a < b <!-- <i id=\"no\"> --><p id=\"x\" hidden class='y'>t<br/></p><!--><!---><? <b> ?><!x <b>><!-- <b> --!><script>if (a<b) \"<u>\"</script><img src=x";
        let names: Vec<String> = tags(html).map(|tag| format!("{}{}", if tag.end { "/" } else { "" }, tag.name)).collect();
        assert_eq!(names, ["p", "br", "/p", "script", "/script", "img"]);
        let values: Vec<&str> = tags(html).next().unwrap().attributes.iter().map(|(_, value)| &html[value.clone()]).collect();
        assert_eq!(values, ["x", "y"]);
        for broken in ["<", "</", "<a", "<a b=", "<a b=\"", "<a =\"\">", "<a / =x", "<!--", "<a \"=\"'", "<script>", "<é"] {
            let _ = tags(broken).count();
        }
    }
}

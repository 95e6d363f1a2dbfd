//! The style sheet of the pages: one file made of parts, each a layer of the cascade.
//!
//! In: the static files, the site's own over the embedded ones. Out: `biji/biji.css` in place of the parts under `biji/css/`. A page so waits for one file, while each
//! part has one job and a site can replace a single one. What a site's own sheet says outside layers wins over all of them, however it selects.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::UrlPath;

/// Where the parts are.
const FOLDER: &str = "biji/css/";
/// What is made of them.
const SHEET: &str = "biji/biji.css";

/// The parts, which are layers of the same names: a later one wins over an earlier one.
const PARTS: [&str; 8] = ["properties", "text", "frame", "code", "parts", "lists", "web", "print"];

/// Puts the sheet in place of its parts. A site that brings a `biji/biji.css` of its own keeps that.
pub(super) fn join(statics: &mut BTreeMap<UrlPath, Arc<[u8]>>) {
    let mut sheet = format!("@layer {};\n", PARTS.join(","));
    for part in PARTS {
        let bytes = UrlPath::new(&format!("{FOLDER}{part}.css")).and_then(|url| statics.remove(&url));
        if let Some(bytes) = bytes {
            sheet.push_str(&format!("@layer {part}{{\n{}}}\n", compact(&String::from_utf8_lossy(&bytes))));
        }
    }
    if let Some(url) = UrlPath::new(SHEET) {
        statics.entry(url).or_insert_with(|| Arc::from(sheet.into_bytes()));
    }
}

/// The same rules without comments, indentation and empty lines. Strings stay as they are.
fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            Some(_) if c == '\\' => {
                out.push(c);
                if let Some(escaped) = rest.chars().next() {
                    out.push(escaped);
                    rest = &rest[escaped.len_utf8()..];
                }
                continue;
            }
            // A line begins without space; a rule goes on without more than the break between two lines.
            None if c.is_whitespace() && (out.is_empty() || out.ends_with('\n')) => continue,
            None if c.is_whitespace() && c != '\n' && out.ends_with(['{', ';']) => continue,
            _ => {}
        }
        out.push(c);
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn comments_and_indentation_go_and_strings_stay() {
        for (from, to) in [
            ("/* A */\na { b: c; }\n", "a {b: c;}\n"),
            ("a {\n  b: c;\n\n  d: e;\n}\n\n/* x */\nf { g: h }", "a {\nb: c;\nd: e;\n}\nf {g: h }\n"),
            ("a::before { content: \"/* { \\\" ;  x */\"; }", "a::before {content: \"/* { \\\" ;  x */\";}\n"),
            ("a/**/ b{c:d}/* open", "a b{c:d}\n"),
            ("a { b: '  \"'; }", "a {b: '  \"';}\n"),
        ] {
            assert_eq!(compact(from), to, "{from}");
        }
    }
}

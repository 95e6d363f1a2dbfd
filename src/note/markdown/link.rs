//! Where in the source a link's target stands, and how a wikilink is shown.
//!
//! In: source text and ranges of the parser. Out: spans and texts.

use crate::text::Span;

/// The place of the target of `[text](target)`: `link` is the whole link, `text_end` where the text between the brackets ends.
/// `None` when it does not look as expected, as in a reference link.
pub(super) fn inline_target(source: &str, link: std::ops::Range<usize>, text_end: usize) -> Option<Span> {
    let tail = source.get(text_end..link.end)?;
    let mut at = text_end + tail.find("](")? + 2;
    let bytes = source.as_bytes();
    // White space, and the marks of quotes that the link runs through.
    while at < link.end && (bytes[at].is_ascii_whitespace()) {
        at += 1;
    }
    if bytes.get(at) == Some(&b'<') {
        let start = at + 1;
        let length = scan(source, start, link.end, |byte, _| byte == b'>')?;
        return Some(Span::new(start, start + length));
    }
    let mut depth = 0_usize;
    let length = scan(source, at, link.end, |byte, _| match byte {
        b'(' => {
            depth += 1;
            false
        }
        b')' if depth == 0 => true,
        b')' => {
            depth -= 1;
            false
        }
        byte => byte.is_ascii_whitespace(),
    })?;
    Some(Span::new(at, at + length))
}

/// How many bytes from `start` on there are before `stop`; backslashes hide what follows them.
fn scan(source: &str, start: usize, end: usize, mut stop: impl FnMut(u8, usize) -> bool) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut at = start;
    while at < end {
        match bytes[at] {
            b'\\' => at += 1,
            byte if stop(byte, at) => return Some(at - start),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The place of the target of `[[target|text]]`.
pub(super) fn wikilink_target(source: &str, link: std::ops::Range<usize>) -> Option<Span> {
    let inside = source.get(link.clone())?;
    let start = inside.find("[[")? + 2;
    let length = inside[start..].find(['|', ']'])?;
    let target = inside[start..start + length].trim_end_matches('\\');
    let lead = target.len() - target.trim_start().len();
    Some(Span::new(link.start + start + lead, link.start + start + target.trim_end().len().max(lead)))
}

/// What a wikilink without text shows: `note > heading`, as Obsidian does.
pub(super) fn wikilink_text(target: &str) -> String {
    let mut parts = target.split('#').map(str::trim).filter(|part| !part.is_empty());
    let mut text = parts.next().unwrap_or(target).to_owned();
    for part in parts {
        text.push_str(" > ");
        text.push_str(part);
    }
    text
}

/// The `|` in a wikilink that ends the table's cell at `cell`, though its writer meant a text for the link: `| [[note|text]] |`.
pub(super) fn cut_by_cell(source: &str, cell: &std::ops::Range<usize>) -> Option<Span> {
    let inside = source.get(cell.clone())?.trim_end().trim_end_matches('|');
    let open = inside.rfind("[[").filter(|open| !inside[*open..].contains("]]"))?;
    let bar = source.get(cell.start + inside.len()..)?.find('|').map(|length| cell.start + inside.len() + length)?;
    let rest = source[bar + 1..].split(['\n', '\r']).next().unwrap_or("");
    let close = rest.find("]]").filter(|close| !rest[..*close].contains(['|', '[']))?;
    (source[cell.start + inside.len()..bar].trim().is_empty()).then(|| Span::new(cell.start + open, bar + 1 + close + 2))
}

/// The length of `alt` without the size that Obsidian lets people write behind it: `alt|100`, `alt|100x50`, or nothing but a size.
pub(super) fn without_size(alt: &str) -> usize {
    let (before, size) = alt.rsplit_once('|').unwrap_or(("", alt));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_size = is_number(size) || size.split_once('x').is_some_and(|(width, height)| is_number(width) && is_number(height));
    if is_size && (alt.contains('|') || before.is_empty()) { before.len() } else { alt.len() }
}

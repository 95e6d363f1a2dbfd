//! Names as they can stand in a link.
//!
//! In: a name. Out: the same, encoded or without what means something there. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::path::PATH;

/// What must be encoded in the address of a Markdown link, which parentheses enclose.
const ADDRESS: &AsciiSet = &PATH.add(b'(').add(b')');

/// Everything but what stands in addresses that programs wrote.
const ALL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'&').remove(b'=');

/// A text as part of an address, encoded as far as `like` is: letters of other scripts stay where it has some, or none of either kind.
#[must_use]
pub fn encode_like(like: &str, text: &str) -> String {
    let bytes = like.as_bytes();
    let is_wide =
        |at: usize| bytes[at] == b'%' && bytes.get(at + 1).is_some_and(|digit| matches!(digit, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F'));
    if like.is_ascii() && (0..bytes.len()).any(is_wide) {
        return utf8_percent_encode(text, ALL).to_string();
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            out.extend(utf8_percent_encode(letter.encode_utf8(&mut [0; 4]), ADDRESS));
        } else {
            out.push(letter);
        }
    }
    out
}

/// A heading's text as a wikilink can hold it: signs that mean something there become spaces.
#[must_use]
pub fn wikilink_text(text: &str) -> String {
    let text: String = text.chars().map(|letter| if matches!(letter, '#' | '|' | '^' | '[' | ']' | '\\') { ' ' } else { letter }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Traditional Han characters to their Simplified form.

/// The Simplified form of a character, or the character itself.
pub(crate) fn simplify(ch: char) -> char {
    ch
}

//! Places in text: byte spans, the lines and columns that people read, and the order of names.
//!
//! In: text. Out: positions and orders. Knows nothing of files, notes or the terminal.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in the text of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both byte offsets. Offsets past 4 GiB saturate.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The same as a range for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A line and a column, both counted from 1; columns count characters (Unicode scalar values), not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The position of byte `offset` in `text`. An offset past the end, or inside a character, is moved back to the nearest
    /// place that exists. Lines end with `\n`, `\r\n` or a lone `\r`, as in CommonMark.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let bytes = before.as_bytes();
        let mut line = 1;
        let mut line_start = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                line += 1;
                line_start = at + 1;
            }
        }
        Self { line, column: before[line_start..].chars().count() + 1 }
    }
}

/// The order in which people expect names: runs of digits count as numbers (`ch2` before `ch10`), case does not matter, other scripts follow
/// their code points (so Chinese is *not* in order of pronunciation). Names that differ in nothing else are ordered by their bytes, which makes
/// the order total.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, rest) = split_number(left);
            let (other, other_rest) = split_number(right);
            (left, right) = (rest, other_rest);
            number.len().cmp(&other.len()).then_with(|| number.cmp(other))
        } else {
            (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
            if x == y { Ordering::Equal } else { x.to_lowercase().cmp(y.to_lowercase()) }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The digits that `text` starts with, without leading zeros, and what follows them.
fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_people_expect() {
        for (first, second) in [
            ("ch2", "ch10"),
            ("ch02", "ch10"),
            ("a", "B"),
            ("Chapter 9", "chapter 10"),
            ("v1.9", "v1.10"),
            ("2", "a"),
            ("a", "a1"),
            ("", "a"),
            ("第2章", "第10章"),
            ("7", "007a"),
            ("99999999999999999999998", "99999999999999999999999"),
            ("A", "a"),
        ] {
            assert_eq!(natural_order(first, second), Ordering::Less, "{first} {second}");
            assert_eq!(natural_order(second, first), Ordering::Greater, "{first} {second}");
        }
        assert_eq!(natural_order("a1", "a1"), Ordering::Equal);
    }

    #[test]
    fn columns_count_characters() {
        let text = "一二\r\n三x四";
        let at = |needle: &str| Position::of(text, text.find(needle).expect("present"));
        assert_eq!(at("二"), Position { line: 1, column: 2 });
        assert_eq!(at("x"), Position { line: 2, column: 2 });
        assert_eq!(Position::of(text, 999), Position { line: 2, column: 4 });
        assert_eq!(Position::of(text, 1), Position { line: 1, column: 1 });
    }
}

//! Places as editors count them: lines from 0, and columns in the units that editor and server agreed on.
//!
//! In: a text and an offset, or a line and a column. Out: the other. Lines end with `\n`, `\r\n` or a lone `\r`. Whatever an editor names is taken to the
//! nearest place that exists.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::Span;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: an emoji is two.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The best of those that an editor offers: bytes are what is counted here.
    #[must_use]
    pub fn choose(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has = |kind: &PositionEncodingKind| offered.is_some_and(|offered| offered.contains(kind));
        if has(&PositionEncodingKind::UTF8) {
            Self::Utf8
        } else if has(&PositionEncodingKind::UTF32) && !has(&PositionEncodingKind::UTF16) {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// Its name in the protocol.
    #[must_use]
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }
}

/// Where the lines of a text start.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    /// Finds the lines.
    #[must_use]
    pub fn new(text: &'a str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts, encoding }
    }

    /// The position of a byte.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let units = self.encoding.units(&self.text[self.starts[line]..offset]);
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Position { line: number(line), character: number(units) }
    }

    /// The range of a span.
    #[must_use]
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.range().start), end: self.position(span.range().end) }
    }

    /// The byte of a position: the end of the line where the column is behind it, the end of the text where the line is.
    #[must_use]
    pub fn offset(&self, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else { return self.text.len() };
        let end = self.starts.get(position.line as usize + 1).copied().unwrap_or(self.text.len());
        let line = self.text[start..end].trim_end_matches(['\n', '\r']);
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, letter) in line.char_indices() {
            // A place inside a character is taken back to its start.
            units += self.encoding.units(letter.encode_utf8(&mut [0; 4]));
            if units > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The span of a range.
    #[must_use]
    pub fn span(&self, range: Range) -> Span {
        Span::new(self.offset(range.start), self.offset(range.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_agreed() {
        let text = "一😀x\r\ny\rz";
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 3), (Encoding::Utf32, 2)] {
            let lines = Lines::new(text, encoding);
            let x = text.find('x').expect("there");
            assert_eq!(lines.position(x), Position { line: 0, character: column }, "{encoding:?}");
            assert_eq!(lines.offset(Position { line: 0, character: column }), x, "{encoding:?}");
            for (at, _) in text.char_indices().filter(|(at, letter)| *letter != '\n' && *at != 9) {
                assert_eq!(lines.offset(lines.position(at)), at, "{encoding:?} {at}");
            }
            assert_eq!(lines.position(99), Position { line: 2, character: 1 });
            assert_eq!(lines.offset(Position { line: 9, character: 9 }), text.len());
            assert_eq!(lines.offset(Position { line: 0, character: 99 }), x + 1, "not into the line break");
        }
        // In the middle of an emoji.
        assert_eq!(Lines::new(text, Encoding::Utf16).offset(Position { line: 0, character: 2 }), 3);
    }
}

//! The excerpt under a message: one line of the file with the place marked, fit for a terminal.
//!
//! In: a text and a span. Out: the line cut to a window, control characters made visible, and the marks in terminal cells. Pure.

use unicode_width::UnicodeWidthChar;

use crate::text::Span;

/// What is shown of a long line: so many cells, of which so many before the place.
const WINDOW: usize = 100;
const BEFORE: usize = 50;

/// One line with a marked place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, or the part of it around the place.
    pub(super) line: String,
    /// Cells before the marks.
    pub(super) indent: usize,
    /// Cells marked, at least one.
    pub(super) width: usize,
}

/// The line at the start of `span`.
pub(super) fn excerpt(text: &str, span: Span) -> Excerpt {
    let at = text.floor_char_boundary(span.start as usize);
    let is_end = |c: char| c == '\n' || c == '\r';
    let start = text[..at].rfind(is_end).map_or(0, |end| end + 1);
    let end = text[at..].find(is_end).map_or(text.len(), |end| at + end);
    let marked_end = text.floor_char_boundary(span.end as usize).clamp(at, end);

    // A line that fits is shown whole.
    let cells: usize = text[start..end].chars().take(WINDOW + 1).map(|letter| visible(letter).1).sum();
    let room = if cells <= WINDOW && end - start <= 4 * WINDOW { WINDOW } else { BEFORE };

    let mut before: Vec<(String, usize)> = Vec::new();
    let mut indent = 0;
    let mut first = at;
    for (offset, letter) in text[start..at].char_indices().rev() {
        let cell = visible(letter);
        if indent + cell.1 > room {
            break;
        }
        indent += cell.1;
        first = start + offset;
        before.push(cell);
    }
    let mut line = String::new();
    if first > start {
        line.push('…');
        indent += 1;
    }
    line.extend(before.into_iter().rev().map(|(text, _)| text));
    let (mut cells, mut width) = (indent, 0);
    for (offset, letter) in text[at..end].char_indices() {
        let (shown, size) = visible(letter);
        if cells + size > WINDOW {
            line.push('…');
            break;
        }
        cells += size;
        if at + offset < marked_end {
            width += size;
        }
        line.push_str(&shown);
    }
    Excerpt { line, indent, width: width.max(1) }
}

/// A text on one line that can do nothing to a terminal.
pub(super) fn tame(text: &str) -> String {
    text.chars().map(|letter| visible(letter).0).collect()
}

/// A character as it is shown, and its cells. Control characters get their pictures; what reorders or hides text its number.
fn visible(letter: char) -> (String, usize) {
    match letter {
        '\t' => ("  ".into(), 2),
        '\0'..='\u{1f}' => (char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}').into(), 1),
        '\u{7f}' => ('\u{2421}'.into(), 1),
        '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            let shown = format!("<U+{:04X}>", letter as u32);
            let width = shown.len();
            (shown, width)
        }
        _ => (letter.into(), letter.width().unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_in_cells() {
        let at = |text: &str, needle: &str| {
            let start = text.find(needle).expect("present");
            excerpt(text, Span::new(start, start + needle.len()))
        };
        assert_eq!(at("a\n见 [静态](x.md)。\nb", "x.md"), Excerpt { line: "见 [静态](x.md)。".into(), indent: 10, width: 4 });
        assert_eq!(at("\t\u{1b}[31mred", "red"), Excerpt { line: "  ␛[31mred".into(), indent: 7, width: 3 });
        let long = format!("{}静态{}", "x".repeat(1000), "y".repeat(1000));
        let found = at(&long, "静态");
        assert_eq!((found.indent, found.width, found.line.starts_with('…'), found.line.ends_with('…')), (51, 4, true, true));
        assert_eq!(excerpt("ab", Span::new(9, 12)), Excerpt { line: "ab".into(), indent: 2, width: 1 });
    }
}

//! Brackets and line numbers in an info string.
//!
//! In: text. Out: where a bracket is closed; lines from and to.

/// Lines from and to, counted from 1.
pub type Lines = Vec<(u32, u32)>;

/// A line number that is larger is a slip.
pub(super) const LARGEST: u32 = 10_000_000;

/// Where the bracket at `at` is closed.
pub(super) fn closing(text: &str, at: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (open, close) = if bytes[at] == b'{' { (b'{', b'}') } else { (b'[', b']') };
    let mut depth = 0_usize;
    let mut quote = None;
    for (place, byte) in bytes.iter().enumerate().take(end).skip(at) {
        match quote {
            Some(open) if open == *byte => quote = None,
            Some(_) => {}
            None if *byte == b'"' => quote = Some(*byte),
            None if *byte == open => depth += 1,
            None if *byte == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(place);
                }
            }
            None => {}
        }
    }
    None
}

/// `1,3-5`, `1 3-5`, `"1-3", 5`. `None` when something else stands there, or nothing.
pub(super) fn ranges(text: &str) -> Option<Lines> {
    let parts = text.split([' ', '\t', ',', ';']).map(|part| part.trim_matches(['"', '\''])).filter(|part| !part.is_empty());
    let mut ranges = Vec::new();
    for part in parts {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| (1..=LARGEST).contains(number));
        let (from, to) = (number(from)?, number(to)?);
        if from > to {
            return None;
        }
        ranges.push((from, to));
    }
    (!ranges.is_empty()).then_some(ranges)
}

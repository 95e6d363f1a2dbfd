//! Traditional Han characters to their Simplified form, so that `靜態` finds `静态` and the other way round.
//!
//! The table, `han.txt`, is one line of Traditional characters in ascending order and one line of their Simplified forms. It is made from
//! OpenCC's `t2s` conversion (version 1.4.2, Apache License 2.0), taken character by character over the basic plane. A character that
//! stands for several in the other script folds to one of them, on both sides of a search alike.

use std::sync::OnceLock;

static TABLE: &str = include_str!("han.txt");

/// The Simplified form of a character, or the character itself.
pub(crate) fn simplify(ch: char) -> char {
    if !('\u{3400}'..='\u{FAFF}').contains(&ch) {
        return ch;
    }
    // A direct look-up by code: text is folded character by character, so this is worth 40 kB of memory.
    static MAP: OnceLock<Vec<u16>> = OnceLock::new();
    const FIRST: u32 = 0x3400;
    let map = MAP.get_or_init(|| {
        let mut map: Vec<u16> = (FIRST as u16..=0xFAFF).collect();
        let mut lines = TABLE.lines();
        let (traditional, simplified) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        for (from, to) in traditional.chars().zip(simplified.chars()) {
            if let (Some(slot), Ok(to)) = (map.get_mut((from as u32).wrapping_sub(FIRST) as usize), u16::try_from(to as u32)) {
                *slot = to;
            }
        }
        map
    });
    map.get((ch as u32 - FIRST) as usize).and_then(|&code| char::from_u32(u32::from(code))).unwrap_or(ch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_whole() {
        let lines: Vec<_> = TABLE.lines().map(|line| line.chars().collect::<Vec<_>>()).collect();
        assert_eq!(lines[0].len(), lines[1].len());
        assert!(lines[0].windows(2).all(|pair| pair[0] < pair[1]));
        assert!(lines[1].iter().all(|&ch| simplify(simplify(ch)) == simplify(ch)));
    }

    #[test]
    fn folds_traditional_characters() {
        for (from, to) in [('靜', '静'), ('態', '态'), ('網', '网'), ('静', '静'), ('容', '容'), ('か', 'か'), ('é', 'é')] {
            assert_eq!(simplify(from), to);
        }
    }
}

//! The tables of folding: `table.bin`, a seventh of the size that the same facts have in a normalization library, since every page loads them.
//!
//! *In*: characters. *Out*: what each folds to, its class as a combining mark, what two characters compose to, its Simplified form. The bytes are
//! differences in numbers of seven-bit groups, unpacked at first use. `tests/fold.rs` says what must be in them, makes them and checks them:
//!
//! ```bash
//! BIJI_WRITE_TABLES=1 cargo test -p biji-search --test fold tables_are_current
//! ```

use crate::record::Cursor;
use std::ops::Range;
use std::sync::OnceLock;

static BYTES: &[u8] = include_bytes!("table.bin");

/// Han characters that may have a Simplified form: the first.
const HAN: u32 = 0x3400;
/// And the one after the last.
const HAN_END: u32 = 0xFB00;

/// The tables, unpacked.
#[derive(Default)]
struct Tables {
    /// Runs of marks with their class, ascending.
    marks: Vec<(u32, u32, u8)>,
    /// What a character folds to, a range of `texts`; ascending.
    folds: Vec<(u32, Range<u32>)>,
    texts: Vec<char>,
    /// Where the folds of each 256 characters begin: text is folded character by character.
    pages: Vec<u16>,
    /// Two characters and what they compose to, ascending.
    pairs: Vec<(u32, u32, u32)>,
    /// The Simplified form of each character from [`HAN`] on.
    simplified: Vec<u16>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    // A test reads the same bytes, so they are whole.
    TABLES.get_or_init(|| unpack(BYTES).unwrap_or_default())
}

fn unpack(bytes: &[u8]) -> Option<Tables> {
    let mut cursor = Cursor(bytes);
    let mut next = || cursor.number().and_then(|number| u32::try_from(number).ok());
    let mut tables = Tables::default();
    let mut at = 0;
    for _ in 0..next()? {
        let start = at + next()?;
        at = start + next()?;
        tables.marks.push((start, at, next()? as u8));
    }
    at = 0;
    for _ in 0..next()? {
        at += next()?;
        tables.folds.push((at, 0..1));
    }
    let count = tables.folds.len();
    let mut end = 0;
    for place in 0..count {
        let start = end;
        end += next()?;
        tables.folds[place].1 = start..end;
    }
    let mut before = 0;
    let mut distance = 0;
    for place in 0..count {
        let (from, range) = tables.folds[place].clone();
        let single = range.len() == 1;
        for _ in range {
            // Most characters that fold to one lie as far from it as their neighbours do; parts of others lie near each other.
            let code = if single {
                distance = apply(distance, next()?);
                from.wrapping_add(distance)
            } else {
                before = apply(before, next()?);
                before
            };
            tables.texts.push(char::from_u32(code)?);
        }
    }
    for page in 0..=0x1100 {
        tables.pages.push(tables.folds.partition_point(|(from, _)| *from < page << 8) as u16);
    }
    for _ in 0..next()? {
        tables.pairs.push((next()?, next()?, next()?));
    }
    tables.simplified = (HAN as u16..HAN_END as u16).collect();
    let mut froms = Vec::new();
    at = 0;
    for _ in 0..next()? {
        at += next()?;
        froms.push(at);
    }
    let mut to = 0;
    for from in froms {
        to = apply(to, next()?);
        *tables.simplified.get_mut(from.wrapping_sub(HAN) as usize)? = to as u16;
    }
    Some(tables)
}

/// Adds a difference whose lowest bit is its sign.
fn apply(before: u32, difference: u32) -> u32 {
    if difference & 1 == 0 { before.wrapping_add(difference >> 1) } else { before.wrapping_sub((difference >> 1) + 1) }
}

/// What a character folds to; `None` when to itself.
pub(super) fn fold(ch: char) -> Option<&'static [char]> {
    let code = ch as u32;
    let tables = tables();
    let page = code as usize >> 8;
    let (&start, &end) = (tables.pages.get(page)?, tables.pages.get(page + 1)?);
    let of_page = tables.folds.get(usize::from(start)..usize::from(end))?;
    let place = of_page.binary_search_by_key(&code, |(from, _)| *from).ok()?;
    let range = &of_page[place].1;
    tables.texts.get(range.start as usize..range.end as usize)
}

/// The class of a combining mark, by which marks are put in order: 0 for those that keep their place, `None` for what is no mark.
pub(super) fn mark(ch: char) -> Option<u8> {
    let code = ch as u32;
    if code < 0x300 || (HAN..0xA66F).contains(&code) {
        return None;
    }
    let marks = &tables().marks;
    let place = marks.partition_point(|(_, end, _)| *end <= code);
    marks.get(place).filter(|(start, _, _)| *start <= code).map(|(_, _, class)| *class)
}

/// What two characters compose to.
pub(super) fn compose(first: char, second: char) -> Option<char> {
    let (a, b) = (first as u32, second as u32);
    // Hangul is computed: a leading consonant and a vowel, and a trailing consonant behind them.
    const SYLLABLES: u32 = 0xAC00;
    if (0x1100..0x1113).contains(&a) && (0x1161..0x1176).contains(&b) {
        return char::from_u32(SYLLABLES + ((a - 0x1100) * 21 + (b - 0x1161)) * 28);
    }
    if (SYLLABLES..SYLLABLES + 11_172).contains(&a) && (a - SYLLABLES).is_multiple_of(28) && (0x11A8..0x11C3).contains(&b) {
        return char::from_u32(a + b - 0x11A7);
    }
    let pairs = &tables().pairs;
    let place = pairs.binary_search_by(|pair| (pair.0, pair.1).cmp(&(a, b))).ok()?;
    char::from_u32(pairs[place].2)
}

/// The Simplified form of a character, or the character itself. One that stands for several in the other script folds to one of them, on both
/// sides of a search alike.
pub(super) fn simplify(ch: char) -> char {
    let code = ch as u32;
    if !(HAN..HAN_END).contains(&code) {
        return ch;
    }
    tables().simplified.get((code - HAN) as usize).and_then(|&code| char::from_u32(u32::from(code))).unwrap_or(ch)
}

//! Folds text to the form in which it is compared: compatibility forms, case, diacritics, width and Traditional Han.
//!
//! *In*: text. *Out*: folded characters, each with the byte range of the original characters it came from. Knows nothing of words or queries.
//! Texts that a reader holds to be the same (`Ｃａｆé`, `cafe`; `ｶﾞ`, `ガ`; `靜態`, `静态`) come out the same.

use crate::record::Cursor;
use std::sync::OnceLock;

/// What characters decompose to, and which are marks; `examples/fold_table.rs` makes it and describes its form.
static TABLE: &[u8] = include_bytes!("fold.bin");

/// One folded character and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    /// The character, lower case, without diacritics.
    pub ch: char,
    /// True when the original was an upper-case letter (word borders inside `camelCase`).
    pub upper: bool,
    /// Start of the original in bytes.
    pub start: u32,
    /// End of the original in bytes.
    pub end: u32,
}

/// Appends the folded characters of `text` to `out`; `base` is added to every offset.
pub fn fold_into(text: &str, base: u32, out: &mut Vec<Folded>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = base + at as u32;
        let byte = bytes[at];
        // An ASCII character that no combining mark follows: by far the most frequent case.
        if byte < 0x80 && bytes.get(at + 1).is_none_or(|&next| next < 0xCC) {
            out.push(Folded { ch: byte.to_ascii_lowercase() as char, upper: byte.is_ascii_uppercase(), start, end: start + 1 });
            at += 1;
            continue;
        }
        let Some(ch) = text[at..].chars().next() else { break };
        let len = ch.len_utf8();
        if ('\u{4E00}'..='\u{9FFF}').contains(&ch) {
            out.push(Folded { ch: crate::han::simplify(ch), upper: false, start, end: start + len as u32 });
            at += len;
            continue;
        }
        let mut cluster = len;
        for next in text[at + len..].chars() {
            if !(is_combining_mark(next) || matches!(next, '\u{FF9E}' | '\u{FF9F}')) || cluster > 64 {
                break;
            }
            cluster += next.len_utf8();
        }
        fold_cluster(&text[at..at + cluster], start, out);
        at += cluster;
    }
}

/// Folds a character together with the marks that follow it.
fn fold_cluster(cluster: &str, start: u32, out: &mut Vec<Folded>) {
    let end = start + cluster.len() as u32;
    let upper = cluster.chars().next().is_some_and(char::is_uppercase);
    let mut push = |ch: char| {
        for lower in ch.to_lowercase() {
            if !is_diacritic(lower) && !is_ignorable(lower) {
                out.push(Folded { ch: crate::han::simplify(lower), upper, start, end });
            }
        }
    };
    let mut parts: Vec<char> = Vec::with_capacity(4);
    for ch in cluster.chars() {
        match (parts.last().and_then(|&last| voiced(last, ch)), decomposed(ch)) {
            (Some(voiced), _) => {
                parts.pop();
                parts.push(voiced);
            }
            (None, Some(more)) => parts.extend_from_slice(more),
            (None, None) => parts.push(ch),
        }
    }
    parts.into_iter().map(expand).for_each(&mut push);
}

/// A kana with its mark of voice.
fn voiced(kana: char, mark: char) -> Option<char> {
    let code = match (mark, kana) {
        ('\u{3099}' | '\u{FF9E}', 'う') => 'ゔ' as u32,
        ('\u{3099}' | '\u{FF9E}', 'ウ') => 'ヴ' as u32,
        ('\u{3099}' | '\u{FF9E}', 'ワ'..='ヲ') => kana as u32 + 8,
        ('\u{3099}' | '\u{FF9E}', 'ゝ' | 'ヽ') => kana as u32 + 1,
        // Each stands right before its voiced form.
        ('\u{3099}' | '\u{FF9E}', 'か'..='ぢ' | 'カ'..='ヂ') if is_plain(kana) => kana as u32 + 1,
        ('\u{3099}' | '\u{FF9E}', 'つ' | 'て' | 'と' | 'ツ' | 'テ' | 'ト') => kana as u32 + 1,
        ('\u{3099}' | '\u{FF9E}', 'は' | 'ひ' | 'ふ' | 'へ' | 'ほ' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ') => kana as u32 + 1,
        ('\u{309A}' | '\u{FF9F}', 'は' | 'ひ' | 'ふ' | 'へ' | 'ほ' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ') => kana as u32 + 2,
        _ => return None,
    };
    char::from_u32(code)
}

/// From `か` to `ぢ` plain and voiced kana take turns.
fn is_plain(kana: char) -> bool {
    let first = if kana < 'カ' { 'か' } else { 'カ' };
    (kana as u32 - first as u32).is_multiple_of(2)
}

/// The table, read once.
struct Table {
    /// Characters that decompose, ascending, and where their parts begin.
    entries: Vec<(char, u32)>,
    parts: Vec<char>,
    /// Ranges of marks: first, and the one after the last.
    marks: Vec<(u32, u32)>,
}

fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| {
        let mut table = Table { entries: Vec::new(), parts: Vec::new(), marks: Vec::new() };
        // It is part of the program, and a test compares all of it.
        let _ = read_table(&mut table);
        table
    })
}

fn read_table(table: &mut Table) -> Option<()> {
    let mut cursor = Cursor(TABLE);
    let mut number = || cursor.number().and_then(|number| u32::try_from(number).ok());
    let (mut ch, mut part) = (0u32, 0u32);
    for _ in 0..number()? {
        ch += number()?;
        table.entries.push((char::from_u32(ch)?, table.parts.len() as u32));
        for _ in 0..number()? {
            let step = number()?;
            part = part.wrapping_add(step >> 1 ^ (step & 1).wrapping_neg());
            table.parts.push(char::from_u32(part)?);
        }
    }
    let mut end = 0;
    for _ in 0..number()? {
        let start = end + number()?;
        end = start + number()?;
        table.marks.push((start, end));
    }
    Some(())
}

/// What a character is made of, if it is not itself.
fn decomposed(ch: char) -> Option<&'static [char]> {
    let table = table();
    let at = table.entries.binary_search_by_key(&ch, |(ch, _)| *ch).ok()?;
    let end = table.entries.get(at + 1).map_or(table.parts.len(), |(_, start)| *start as usize);
    table.parts.get(table.entries[at].1 as usize..end)
}

/// Whether a character is a mark on the one before it.
pub(crate) fn is_combining_mark(ch: char) -> bool {
    if ch < '\u{300}' {
        return false;
    }
    let (code, marks) = (u32::from(ch), &table().marks);
    marks.get(marks.partition_point(|(_, end)| *end <= code)).is_some_and(|(start, _)| *start <= code)
}

/// Letters whose mark is part of the letter, so that no decomposition removes it.
fn expand(ch: char) -> char {
    match ch {
        'ß' => 's',
        'ø' | 'Ø' => 'o',
        'đ' | 'Đ' | 'ð' | 'Ð' => 'd',
        'ł' | 'Ł' => 'l',
        'ħ' | 'Ħ' => 'h',
        'ı' | 'İ' => 'i',
        'ς' => 'σ',
        _ => ch,
    }
}

/// Marks of Latin, Greek and Cyrillic letters, which are dropped. The marks of kana, Thai or Devanagari make another letter and are kept.
fn is_diacritic(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36F}')
}

/// Characters that are not seen: soft hyphen, zero-width spaces and joiners, direction marks, variation selectors.
fn is_ignorable(ch: char) -> bool {
    matches!(ch, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Folds a short text to a string, for comparing names.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = Vec::new();
    fold_into(text, 0, &mut out);
    out.iter().map(|folded| folded.ch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization as _;

    #[test]
    fn table_is_what_the_normalizer_says() {
        for ch in '\u{80}'..=char::MAX {
            let composed = matches!(ch, '\u{3040}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF65}'..='\u{FF9F}');
            let expected: Vec<char> = if composed { std::iter::once(ch).nfkc().collect() } else { std::iter::once(ch).nfkd().collect() };
            assert_eq!(decomposed(ch).unwrap_or(&[ch]), expected, "{:x}", ch as u32);
            assert_eq!(is_combining_mark(ch), unicode_normalization::char::is_combining_mark(ch), "{:x}", ch as u32);
            for mark in ['\u{3099}', '\u{309A}'] {
                assert_eq!(voiced(ch, mark), unicode_normalization::char::compose(ch, mark), "{:x}", ch as u32);
            }
        }
    }

    #[test]
    fn texts_that_look_the_same_fold_to_the_same() {
        for (text, folded) in [
            ("Ｃａｆé CAFE\u{301}", "cafe cafe"),
            ("ｶﾞ ガ カ\u{3099} ﾊﾟ", "ガ ガ ガ パ"),
            ("靜態 ﬁ ② ㎏", "静态 fi 2 kg"),
            ("Straße Øre Ångström", "strase ore angstrom"),
            ("Ёлка Άλφα Ὠ", "елка αλφα ω"),
            ("한국 क़ क\u{93C}", "한국 क\u{93C} क\u{93C}"),
            ("a\u{200B}b\u{AD}c", "abc"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}

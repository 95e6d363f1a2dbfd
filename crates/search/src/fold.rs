//! Folds text to the form in which it is compared: compatibility forms, case, diacritics, width and Traditional Han.
//!
//! *In*: text. *Out*: folded characters, each with the byte range of the original characters it came from. Knows nothing of words or queries.
//! Texts that a reader holds to be the same (`Ｃａｆé`, `cafe`; `ｶﾞ`, `ガ`; `靜態`, `静态`) come out the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

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
    for ch in cluster.nfkc() {
        if has_diacritics(ch) {
            std::iter::once(ch).nfd().filter(|part| !is_combining_mark(*part)).map(expand).for_each(&mut push);
        } else {
            push(expand(ch));
        }
    }
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

/// Latin, Greek and Cyrillic letters, whose marks are dropped. The marks of kana, Thai or Devanagari make another letter and are kept.
fn has_diacritics(ch: char) -> bool {
    matches!(ch, '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{52F}' | '\u{1E00}'..='\u{1FFF}')
}

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

//! Folds text to the form in which it is compared: compatibility forms, case, diacritics, width and Traditional Han.
//!
//! *In*: text. *Out*: folded characters, each with the byte range of the original characters it came from. Knows nothing of words or queries.
//! Texts that a reader holds to be the same (`Ｃａｆé`, `cafe`; `ｶﾞ`, `ガ`; `靜態`, `静态`) come out the same.

mod table;

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
            out.push(Folded { ch: table::simplify(ch), upper: false, start, end: start + len as u32 });
            at += len;
            continue;
        }
        let mut cluster = len;
        for next in text[at + len..].chars() {
            if !(is_mark(next) || is_syllable_part(next) || matches!(next, '\u{FF9E}' | '\u{FF9F}')) || cluster > 64 {
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
    let mut chars = cluster.chars();
    let Some(first) = chars.next() else { return };
    let upper = first.is_uppercase();
    let mut push = |ch: char| {
        if !is_diacritic(ch) {
            out.push(Folded { ch: table::simplify(ch), upper, start, end });
        }
    };
    if chars.as_str().is_empty() {
        match table::fold(first) {
            Some(folded) => folded.iter().copied().for_each(push),
            None => push(first),
        }
        return;
    }
    let mut parts: Vec<char> = Vec::with_capacity(8);
    for ch in cluster.chars() {
        match table::fold(ch) {
            Some(folded) => parts.extend(folded),
            None => parts.push(ch),
        }
    }
    order(&mut parts);
    compose(&mut parts);
    parts.into_iter().for_each(&mut push);
}

/// Puts marks of different classes in the one order that stands for all.
fn order(parts: &mut [char]) {
    for at in 1..parts.len() {
        let mut place = at;
        while place > 0 && class(parts[place]) > 0 && class(parts[place - 1]) > class(parts[place]) {
            parts.swap(place - 1, place);
            place -= 1;
        }
    }
}

/// Joins what has a character of its own together: kana and their voicing, the parts of a Hangul syllable.
fn compose(parts: &mut Vec<char>) {
    let mut base = 0;
    let mut last = 0;
    let mut at = 1;
    while let (Some(&first), Some(&next)) = (parts.get(base), parts.get(at)) {
        let own = class(next);
        // A mark of the same class between the two keeps them apart, and so does any character that is no mark.
        let free = at == base + 1 || (last < own && last > 0);
        match table::compose(first, next).filter(|_| free) {
            Some(whole) => {
                parts[base] = whole;
                parts.remove(at);
            }
            None => {
                if own == 0 {
                    base = at;
                }
                last = own;
                at += 1;
            }
        }
    }
}

fn class(ch: char) -> u8 {
    table::mark(ch).unwrap_or(0)
}

/// Whether a character is a combining mark.
#[must_use]
pub fn is_mark(ch: char) -> bool {
    table::mark(ch).is_some()
}

fn is_diacritic(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36F}')
}

/// The later parts of a Hangul syllable, where it is written in parts.
fn is_syllable_part(ch: char) -> bool {
    matches!(ch, '\u{1160}'..='\u{11FF}')
}

/// Folds a short text to a string, for comparing names.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = Vec::new();
    fold_into(text, 0, &mut out);
    out.iter().map(|folded| folded.ch).collect()
}

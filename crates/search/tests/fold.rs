//! What folding means, said with a normalization library; makes the tables that folding works with, and compares the two over all of Unicode.
//!
//! `han.txt` is one line of Traditional characters in ascending order and one line of their Simplified forms. It is made from OpenCC's `t2s`
//! conversion (version 1.4.2, Apache License 2.0), taken character by character over the basic plane.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use biji_search::fold::{fold, is_mark};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, compose, is_combining_mark};

const HAN: &str = include_str!("../src/fold/han.txt");

/// The definition: compatibility forms composed, then without diacritics and case.
fn reference(text: &str) -> String {
    let mut out = String::new();
    for ch in text.nfkc() {
        let parts: Vec<char> =
            if has_diacritics(ch) { std::iter::once(ch).nfd().filter(|part| !is_combining_mark(*part)).collect() } else { vec![ch] };
        let lower = parts.into_iter().map(expand).flat_map(char::to_lowercase);
        out.extend(lower.filter(|ch| !is_diacritic(*ch) && !is_ignorable(*ch)));
    }
    out
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

/// Characters that are not seen: soft hyphen, zero-width spaces and joiners, direction marks, variation selectors.
fn is_ignorable(ch: char) -> bool {
    matches!(ch, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// All characters but surrogates.
fn all() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

fn is_diacritic(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36F}')
}

/// A number in groups of seven bits, all but the last marked.
fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn difference(from: u32, to: u32) -> u64 {
    let difference = i64::from(to) - i64::from(from);
    if difference >= 0 { (difference as u64) << 1 } else { ((-difference as u64 - 1) << 1) | 1 }
}

fn tables() -> Vec<u8> {
    let mut out = Vec::new();

    let mut marks: Vec<(u32, u32, u8)> = Vec::new();
    for ch in all() {
        let (code, class) = (ch as u32, canonical_combining_class(ch));
        if class == 0 && !is_combining_mark(ch) {
            continue;
        }
        match marks.last_mut() {
            Some(run) if run.1 == code && run.2 == class => run.1 += 1,
            _ => marks.push((code, code + 1, class)),
        }
    }
    put_number(marks.len() as u64, &mut out);
    let mut at = 0;
    for (start, end, class) in marks {
        put_number(u64::from(start - at), &mut out);
        put_number(u64::from(end - start), &mut out);
        put_number(u64::from(class), &mut out);
        at = end;
    }

    // Diacritics stand until marks have been composed, and are dropped then.
    let folds: Vec<(u32, Vec<char>)> = all()
        .filter(|ch| !is_diacritic(*ch))
        .map(|ch| (ch, reference(&ch.to_string()).chars().collect::<Vec<_>>()))
        .filter(|(ch, folded)| *folded != [*ch])
        .map(|(ch, folded)| (ch as u32, folded))
        .collect();
    put_number(folds.len() as u64, &mut out);
    let mut at = 0;
    for (from, _) in &folds {
        put_number(u64::from(from - at), &mut out);
        at = *from;
    }
    for (_, folded) in &folds {
        put_number(folded.len() as u64, &mut out);
    }
    let (mut before, mut distance) = (0, 0u32);
    for (from, folded) in &folds {
        if let [to] = folded[..] {
            let new = (to as u32).wrapping_sub(*from);
            put_number(difference(0, new.wrapping_sub(distance)).min(signed(distance, new)), &mut out);
            distance = new;
        } else {
            for to in folded {
                put_number(difference(before, *to as u32), &mut out);
                before = *to as u32;
            }
        }
    }

    let stays = |ch: char| !has_diacritics(ch) && reference(&ch.to_string()) == ch.to_string();
    let pairs: Vec<(char, char, char)> = all()
        .filter(|ch| !('\u{AC00}'..='\u{D7A3}').contains(ch) && stays(*ch))
        .filter_map(|whole| {
            let parts: Vec<char> = whole.to_string().nfd().collect();
            let last = *parts.last()?;
            let first: String = parts[..parts.len() - 1].iter().collect::<String>().nfc().collect();
            let mut first = first.chars();
            let (Some(first), None) = (first.next(), first.next()) else { return None };
            (compose(first, last) == Some(whole)).then_some((first, last, whole))
        })
        .collect();
    let mut pairs = pairs;
    pairs.sort_unstable();
    put_number(pairs.len() as u64, &mut out);
    for (first, last, whole) in pairs {
        for ch in [first, last, whole] {
            put_number(u64::from(ch as u32), &mut out);
        }
    }

    let mut lines = HAN.lines().map(|line| line.chars().map(u32::from).collect::<Vec<_>>());
    let (from, to) = (lines.next().unwrap(), lines.next().unwrap());
    assert_eq!(from.len(), to.len());
    put_number(from.len() as u64, &mut out);
    let mut before = 0;
    for code in from {
        put_number(u64::from(code - before), &mut out);
        before = code;
    }
    before = 0;
    for code in to {
        put_number(difference(before, code), &mut out);
        before = code;
    }
    out
}

/// A difference between two distances, which may be below nothing.
fn signed(from: u32, to: u32) -> u64 {
    let difference = i64::from(to.wrapping_sub(from) as i32);
    if difference >= 0 { (difference as u64) << 1 } else { ((-difference as u64 - 1) << 1) | 1 }
}

#[test]
fn tables_are_current() {
    let made = tables();
    if std::env::var_os("BIJI_WRITE_TABLES").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/fold/table.bin"), &made).unwrap();
    } else {
        assert!(made == *include_bytes!("../src/fold/table.bin"), "the tables are not what the reference gives: see the head of table.rs");
    }
}

/// Simplified as the last step.
fn expected(text: &str) -> String {
    static SIMPLIFIED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
        let mut lines = HAN.lines();
        lines.next().unwrap().chars().zip(lines.next().unwrap().chars()).collect()
    });
    reference(text).chars().map(|ch| SIMPLIFIED.get(&ch).copied().unwrap_or(ch)).collect()
}

#[test]
fn every_character_folds_as_the_reference_says() {
    for ch in all() {
        let text = ch.to_string();
        assert_eq!(fold(&text), expected(&text), "U+{:04X}", ch as u32);
        assert_eq!(is_mark(ch), canonical_combining_class(ch) > 0 || is_combining_mark(ch), "U+{:04X}", ch as u32);
    }
}

#[test]
fn decomposed_text_folds_like_composed_text() {
    for ch in all() {
        let text = ch.to_string();
        let apart: String = text.nfd().collect();
        // The vowels of Kirat Rai are made of letters that are no marks; nobody has asked for them yet.
        if apart != text && !('\u{16D68}'..='\u{16D6A}').contains(&ch) {
            assert_eq!(fold(&apart), expected(&text), "U+{:04X}", ch as u32);
        }
    }
}

#[test]
fn marks_in_any_order_fold_as_the_reference_says() {
    let bases = ['a', 'Z', '中', 'か', 'カ', 'ｶ', 'ハ', 'é', 'Ω', 'й', '=', 'ا', 'ב', 'ก', 'क', 'ড', 'ﷺ', '①', '가', '\u{1FBD}'];
    let marks = [
        '\u{300}', '\u{301}', '\u{327}', '\u{338}', '\u{345}', '\u{3099}', '\u{309A}', '\u{FF9E}', '\u{64E}', '\u{651}', '\u{653}',
        '\u{5BC}', '\u{5C1}', '\u{E38}', '\u{E48}', '\u{93C}', '\u{94D}', '\u{9BC}', '\u{20DD}',
    ];
    for base in bases {
        for one in marks {
            for two in marks {
                for text in
                    [format!("{base}{one}"), format!("{base}{one}{two}"), format!("{base}{one}{two}\u{323}"), format!("{base}{one}x{two}")]
                {
                    assert_eq!(fold(&text), expected(&text), "{}", text.escape_unicode());
                }
            }
        }
    }
}

#[test]
fn names_that_a_reader_holds_to_be_the_same() {
    for (one, other) in [
        ("Ｃａｆé", "cafe"),
        ("ｶﾞ", "ガ"),
        ("靜態", "静态"),
        ("網絡", "网络"),
        ("\u{1112}\u{1161}\u{11AB}글", "한글"),
        ("ﬁle", "file"),
        ("①", "1"),
        ("Straße", "strase"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("か\u{3099}", "が"),
    ] {
        assert_eq!(fold(one), fold(other));
    }
}

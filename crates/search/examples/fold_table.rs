//! Writes `src/fold.bin`: what characters decompose to, and which are combining marks, so that the reader needs no normalizer.
//!
//! `cargo run -p biji-search --example fold_table -- crates/search/src/fold.bin`. The bytes are groups of numbers of seven bits each. First how
//! many characters decompose, and of each the distance to the one before, how many characters it becomes, and each of them as the distance
//! from the one before in all of the table. Then how many ranges of marks, and of each the distance from the one before and its length.
//! A test beside `src/fold.rs` compares the table with the normalizer.
#![allow(clippy::print_stderr, missing_docs)]

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

fn main() {
    let Some(path) = std::env::args().nth(1) else { return eprintln!("fold_table FILE") };
    if let Err(error) = std::fs::write(&path, table()) {
        eprintln!("`{path}` cannot be written: {error}");
    }
}

fn table() -> Vec<u8> {
    let mut out = Vec::new();
    let mut entries: Vec<(char, Vec<char>)> = Vec::new();
    for ch in '\u{80}'..=char::MAX {
        // Hangul and kana stay composed; of the others the parts are compared.
        let composed = matches!(ch, '\u{3040}'..='\u{30FF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF65}'..='\u{FF9F}');
        let parts: Vec<char> = if composed { std::iter::once(ch).nfkc().collect() } else { std::iter::once(ch).nfkd().collect() };
        if parts != [ch] {
            entries.push((ch, parts));
        }
    }
    number(entries.len() as u32, &mut out);
    let (mut before, mut before_part) = (0, 0);
    for (ch, parts) in entries {
        number(ch as u32 - before, &mut out);
        before = ch as u32;
        number(parts.len() as u32, &mut out);
        for part in parts {
            let step = i64::from(part as u32) - before_part;
            before_part = i64::from(part as u32);
            number(((step << 1) ^ (step >> 63)) as u32, &mut out);
        }
    }
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for mark in ('\u{80}'..=char::MAX).filter(|&ch| is_combining_mark(ch)).map(u32::from) {
        match ranges.last_mut() {
            Some((start, len)) if *start + *len == mark => *len += 1,
            _ => ranges.push((mark, 1)),
        }
    }
    number(ranges.len() as u32, &mut out);
    let mut end = 0;
    for (start, len) in ranges {
        number(start - end, &mut out);
        number(len, &mut out);
        end = start + len;
    }
    out
}

fn number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

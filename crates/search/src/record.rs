//! What is stored of a note for showing it as a result, and how: a compact, versionless byte form (the schema's version covers it).
//!
//! *In*: a [`Document`]. *Out*: bytes, and the same parts again from bytes. Damaged bytes give `None`, never a panic.

use crate::{Document, Section};

/// Appends a number in groups of seven bits.
pub(crate) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes numbers and texts off the front of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(crate) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let len = self.size()?;
        std::str::from_utf8(self.bytes(len)?).ok()
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

/// Writes what a result shows of a document.
#[cfg_attr(not(feature = "build"), allow(dead_code))]
pub(crate) fn encode(document: &Document) -> Vec<u8> {
    let texts: usize = document.sections.iter().map(|section| section.text.len() + section.heading.len() + section.anchor.len() + 8).sum();
    let mut out = Vec::with_capacity(texts + document.url.len() + document.source.len() + document.title.len() + 16);
    put_text(&document.url, &mut out);
    put_text(&document.source, &mut out);
    put_text(&document.title, &mut out);
    put_number(document.sections.len() as u64, &mut out);
    for section in &document.sections {
        put_text(&section.anchor, &mut out);
        put_text(&section.heading, &mut out);
        put_text(&section.text, &mut out);
        put_number(section.code.len() as u64, &mut out);
        let mut end = 0;
        for range in &section.code {
            put_number(u64::from(range.start.saturating_sub(end)), &mut out);
            put_number(u64::from(range.end.saturating_sub(range.start)), &mut out);
            end = range.end;
        }
    }
    out
}

/// Reads back what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Option<Document> {
    let mut cursor = Cursor(bytes);
    let mut document = Document {
        url: cursor.text()?.to_owned(),
        source: cursor.text()?.to_owned(),
        title: cursor.text()?.to_owned(),
        ..Document::default()
    };
    for _ in 0..cursor.number()? {
        let mut section = Section {
            anchor: cursor.text()?.to_owned(),
            heading: cursor.text()?.to_owned(),
            text: cursor.text()?.to_owned(),
            code: Vec::new(),
        };
        let mut end = 0u32;
        for _ in 0..cursor.number()? {
            let start = end.checked_add(u32::try_from(cursor.number()?).ok()?)?;
            end = start.checked_add(u32::try_from(cursor.number()?).ok()?)?;
            section.code.push(start..end);
        }
        document.sections.push(section);
    }
    Some(document)
}

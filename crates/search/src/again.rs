//! Brings an index up to date: the bytes of a whole [`crate::build`] for the price of the documents that changed.
//!
//! *In*: what each document is called and a hash of it, and a way to get its text. *Out*: the pack. [`Memo`] keeps the last segment. When a few documents
//! have another hash, came, went or lie elsewhere, `patch` takes their old words out of its lists and puts the new ones in; all other lists are copied, with other
//! numbers where documents behind have them. Where anything does not look as expected, the index is written as a whole. Blocks that were compressed before are not compressed again.

mod saved;

use crate::patch::{self, Change};
use crate::schema::FIELDS;
use crate::write::{BuildError, Files, Packed, pack_files, write_segment_of};
use crate::{Document, Pack, Section};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// One document to be indexed, without its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// All but the sections, which are empty.
    pub head: Document,
    /// A hash of everything in the document, sections included: equal only for equal documents.
    pub hash: [u8; 32],
    /// How many bytes the texts of its sections have.
    pub text: usize,
}

/// The last index, from which the next one is made. What is in it changes nothing but the time that takes.
#[derive(Debug, Default)]
pub struct Memo {
    pub(crate) base: Option<Base>,
    pub(crate) packed: Packed,
    patched: usize,
}

impl Memo {
    /// The documents of the last index, in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.base.as_ref().map_or(&[], |base| &base.entries)
    }

    /// How often only what changed was written.
    #[must_use]
    pub fn patched(&self) -> usize {
        self.patched
    }
}

/// A segment and what it was made of.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) files: Files,
    /// How many tokens the fields of each document have.
    pub(crate) lengths: Vec<[u32; FIELDS]>,
    pub(crate) entries: Vec<Entry>,
}

/// At most so many documents are changed in a segment: one in so many, and some more.
const SHARE: usize = 50;
const ALWAYS: usize = 16;

/// Writes the index of `entries`, in their order: the same as [`crate::build`] of these documents. `sections` gives the text of one by its place.
///
/// # Errors
/// When tantivy refuses, which no input should bring about.
pub fn build_again(memo: &mut Memo, entries: Vec<Entry>, sections: &(dyn Fn(usize) -> Vec<Section> + Sync)) -> Result<Pack, BuildError> {
    let document = |at: usize| Document { sections: sections(at), ..entries[at].head.clone() };
    let known = memo.base.take().and_then(|base| {
        let changes = changes(&base.entries, &entries)?;
        if changes.is_empty() { Some((base.files, base.lengths)) } else { patch::patch(&base, &entries, &changes, &document) }
    });
    let (mut files, lengths) = match known {
        Some(known) => {
            memo.patched += 1;
            known
        }
        None => write_segment_of(entries.len(), text_of(&entries), &heads(&entries), &|at| Cow::Owned(document(at)))?,
    };
    let pack = pack_files(&mut files, &mut memo.packed);
    memo.base = Some(Base { files, lengths, entries });
    pack
}

/// How many bytes of text there are.
pub(crate) fn text_of(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.text).sum()
}

/// The documents without their text.
pub(crate) fn heads(entries: &[Entry]) -> Vec<&Document> {
    entries.iter().map(|entry| &entry.head).collect()
}

/// Which documents are other ones, came or went; `None` when they are too many.
fn changes(base: &[Entry], entries: &[Entry]) -> Option<Vec<Change>> {
    // Most often none came or went and all lie as they did.
    let is_aligned = base.len() == entries.len() && base.iter().zip(entries).all(|(old, new)| old.head.source == new.head.source);
    let pairs = if is_aligned { (0..base.len()).map(|at| (at, at)).collect() } else { pairs(base, entries) };
    let mut changes: Vec<Change> = Vec::new();
    let mut add = |old: Range<usize>, new: Range<usize>| {
        let [old, new] = [old, new].map(|range| range.start as u32..range.end as u32);
        match changes.last_mut() {
            Some(last) if last.old.end == old.start && last.new.end == new.start => (last.old.end, last.new.end) = (old.end, new.end),
            _ if old.is_empty() && new.is_empty() => {}
            _ => changes.push(Change { old, new }),
        }
    };
    let mut next = (0, 0);
    for (old, new) in pairs {
        if (old, new) != next {
            add(next.0..old, next.1..new);
        }
        if base[old] != entries[new] {
            add(old..old + 1, new..new + 1);
        }
        next = (old + 1, new + 1);
    }
    add(next.0..base.len(), next.1..entries.len());
    let count: usize = changes.iter().map(|change| change.old.len().max(change.new.len())).sum();
    (count <= ALWAYS + entries.len() / SHARE).then_some(changes)
}

/// The documents that are there in both, as many as lie in the same order in both.
fn pairs(base: &[Entry], entries: &[Entry]) -> Vec<(usize, usize)> {
    let old: BTreeMap<&str, usize> = base.iter().enumerate().map(|(at, entry)| (entry.head.source.as_str(), at)).collect();
    // The longest ascending row: for each length, the pair with the least old place that ends a row of it, and of each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut rows: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for (new, entry) in entries.iter().enumerate() {
        let Some(&at) = old.get(entry.head.source.as_str()) else { continue };
        let length = ends.partition_point(|&row| rows[row].0 < at);
        rows.push((at, new, length.checked_sub(1).map(|length| ends[length])));
        match ends.get_mut(length) {
            Some(end) => *end = rows.len() - 1,
            None => ends.push(rows.len() - 1),
        }
    }
    let mut pairs = Vec::with_capacity(ends.len());
    let mut row = ends.last().copied();
    while let Some((old, new, before)) = row.and_then(|row| rows.get(row)) {
        pairs.push((*old, *new));
        row = *before;
    }
    pairs.reverse();
    pairs
}

//! Brings an index up to date: the bytes of a whole [`crate::build`] for the price of the documents that changed.
//!
//! *In*: what each document is called and a hash of it, and a way to get its text. *Out*: the pack. [`Memo`] keeps the last segment. When a few documents
//! have another hash, `patch` takes their old words out of its lists and puts the new ones in; all other lists are copied as they are. Where
//! anything does not look as expected, the index is written as a whole. Blocks that were compressed before are not compressed again.

mod saved;

use crate::schema::FIELDS;
use crate::write::{BuildError, Files, Packed, pack_files, write_segment_of};
use crate::{Document, Pack, Section, patch};
use std::borrow::Cow;

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
        let changed = changed(&base, &entries)?;
        if changed.is_empty() { Some((base.files, base.lengths)) } else { patch::patch(&base, &entries, &changed, &document) }
    });
    let (files, lengths) = match known {
        Some(known) => {
            memo.patched += 1;
            known
        }
        None => write_segment_of(entries.len(), text_of(&entries), &heads(&entries), &|at| Cow::Owned(document(at)))?,
    };
    let pack = pack_files(&files, &mut memo.packed);
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

/// Which documents are other ones; `None` when they are too many, or some came or went.
fn changed(base: &Base, entries: &[Entry]) -> Option<Vec<usize>> {
    if base.entries.len() != entries.len() {
        return None;
    }
    let pairs = base.entries.iter().zip(entries).enumerate();
    let changed: Vec<usize> = pairs.filter(|(_, (old, new))| old != new).map(|(at, _)| at).collect();
    (changed.len() <= ALWAYS + entries.len() / SHARE).then_some(changed)
}

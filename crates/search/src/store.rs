//! The stored notes of a segment: what a result shows, read by number.
//!
//! *In*: tantivy's file of stored documents. *Out*: the bytes of one ([`crate::record`]). The form is that of tantivy 0.27 (`store/footer.rs`,
//! `store/index`, `store/writer.rs`) without compression, as [`crate::write`] makes it. tantivy's own reader believes every length that it
//! reads, so a damaged one could ask for more memory than there is; here every length is compared with the bytes that are there.

use crate::index::{Stop, damaged};
use crate::record::Cursor;
use crate::segment::{at_most, number, take_number, take_size};
use std::ops::Range;
use tantivy::HasLen as _;
use tantivy::directory::FileSlice;

/// Bytes behind all others: the form's version, where the index of blocks begins, how blocks are compressed, and some without meaning.
const FOOTER: usize = 4 + 8 + 1 + 15;
/// What stands before a record: one field, its number ([`crate::schema::RECORD`]), and that it is bytes.
const HEAD: [u8; 6] = [0x81, 2, 0, 0, 0, 4];

/// The opened file.
pub(crate) struct Store {
    data: FileSlice,
    blocks: Vec<Block>,
}

/// Where the notes up to a number are.
struct Block {
    end: u32,
    bytes: Range<usize>,
}

impl Store {
    /// Reads where the blocks are.
    pub(crate) fn open(file: &FileSlice) -> Result<Self, Stop> {
        let (rest, footer) = file.clone().split_from_end(at_most(file, FOOTER)?);
        let footer = footer.read_bytes()?;
        let offset = number(&footer.as_slice()[4..]).unwrap_or(usize::MAX);
        let (data, index) = rest.clone().split(at_most(&rest, offset)?);
        let blocks = index_of(index.read_bytes()?.as_slice(), data.len());
        Ok(Self { data, blocks: blocks.ok_or_else(|| damaged("the notes cannot be found"))? })
    }

    /// What is stored of a note.
    pub(crate) fn record(&self, doc: u32) -> Result<Vec<u8>, Stop> {
        let at = self.blocks.partition_point(|block| block.end <= doc);
        let block = self.blocks.get(at).ok_or_else(|| damaged("a note is missing"))?;
        let bytes = self.data.slice(block.bytes.clone()).read_bytes()?;
        let first = if at == 0 { 0 } else { self.blocks[at - 1].end };
        let record = in_block(bytes.as_slice(), (doc - first) as usize).map(<[u8]>::to_vec);
        record.ok_or_else(|| damaged("a note cannot be read"))
    }
}

/// The blocks by the index, which is in layers: the last one names them all.
fn index_of(mut rest: &[u8], data: usize) -> Option<Vec<Block>> {
    let layers = take_number(&mut rest)?;
    let (mut begin, mut end) = (0, 0);
    for _ in 0..layers {
        (begin, end) = (end, take_size(&mut rest)?);
    }
    let mut layer = rest.get(begin..end)?;
    let mut blocks: Vec<Block> = Vec::new();
    while !layer.is_empty() {
        let count = take_number(&mut layer)?;
        if count == 0 {
            continue;
        }
        let (mut doc, mut at) = (u32::try_from(take_number(&mut layer)?).ok()?, take_size(&mut layer)?);
        for _ in 0..count {
            // No note is left out and none is twice.
            if doc != blocks.last().map_or(0, |block| block.end) {
                return None;
            }
            doc = doc.checked_add(u32::try_from(take_number(&mut layer)?).ok()?)?;
            let begin = at;
            at = at.checked_add(take_size(&mut layer)?).filter(|&end| end <= data)?;
            blocks.push(Block { end: doc, bytes: begin..at });
        }
    }
    Some(blocks)
}

/// The record of the note at `at` in a block: behind the notes stands where each begins, and how many they are.
fn in_block(block: &[u8], at: usize) -> Option<&[u8]> {
    let (rest, count) = block.split_last_chunk::<4>()?;
    let (notes, begins) = rest.split_at_checked(rest.len().checked_sub(number(count)?.checked_mul(4)?)?)?;
    let (begins, _) = begins.as_chunks::<4>();
    let begin = number(begins.get(at)?)?;
    let end = begins.get(at + 1).and_then(|next| number(next)).unwrap_or(notes.len());
    let mut cursor = Cursor(notes.get(begin..end)?);
    if cursor.bytes(HEAD.len())? != HEAD {
        return None;
    }
    let length = take_size(&mut cursor.0)?;
    cursor.bytes(length)
}

#[cfg(feature = "build")]
pub(crate) mod change;

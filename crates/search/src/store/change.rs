//! Changes some of the stored notes; all others stay as they are, compressed.
//!
//! *In*: the old file, which notes change, and the records of the new ones. *Out*: the new file, the bytes being those that tantivy writes. A block ends where
//! it has become large enough, so behind a change blocks are cut anew only until an old cut comes again, which is soon.

use super::{FOOTER, Store};
use crate::patch::{Change, footer};
use crate::segment::{number, put_number};
use crate::write::content::{Content, Piece};
use std::ops::Range;

/// At most so many blocks, or blocks of these, share an entry of the index (tantivy 0.27: `CHECKPOINT_PERIOD`).
const PERIOD: usize = 8;

impl Store {
    /// Where the blocks end, ascending.
    pub(crate) fn ends(&self) -> Vec<usize> {
        self.blocks.iter().map(|block| block.bytes.end).collect()
    }
}

/// Blocks as they are cut.
struct Cutter {
    size: usize,
    open: Vec<u8>,
    /// Where the notes of the open block begin.
    begins: Vec<u32>,
    pieces: Vec<Piece>,
    /// For each piece, how many notes it has.
    notes: Vec<u32>,
}

impl Cutter {
    fn push(&mut self, record: &[u8]) {
        self.begins.push(self.open.len() as u32);
        self.open.extend_from_slice(record);
        if is_full(self.open.len(), self.begins.len(), self.size) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let mut block = std::mem::take(&mut self.open);
        if self.begins.is_empty() {
            return;
        }
        for begin in self.begins.iter().copied().chain([self.begins.len() as u32]) {
            block.extend_from_slice(&begin.to_le_bytes());
        }
        self.take(Piece::Plain(block.into()), self.begins.len() as u32);
        self.begins.clear();
    }

    fn take(&mut self, piece: Piece, notes: u32) {
        self.pieces.push(piece);
        self.notes.push(notes);
    }
}

/// Whether tantivy ends a block with so many bytes and notes; it counts a word of the machine for each note.
fn is_full(bytes: usize, notes: usize, size: usize) -> bool {
    bytes + notes * size_of::<usize>() > size
}

/// The records of a block.
fn records(block: &[u8]) -> Option<impl Iterator<Item = Option<&[u8]>>> {
    let (rest, count) = block.split_last_chunk::<4>()?;
    let (notes, begins) = rest.split_at_checked(rest.len().checked_sub(number(count)?.checked_mul(4)?)?)?;
    let begin = |at: usize| begins.get(at * 4..).and_then(number).unwrap_or(notes.len());
    Some((0..begins.len() / 4).map(move |at| notes.get(begin(at)..begin(at + 1))))
}

/// Puts other notes in the place of those that `changes` names. `added` gives the records of the new ones in their order; `sizes` is the least size of
/// a block that ended, as it was and as it will be.
pub(crate) fn change(
    old: &Content,
    store: &Store,
    changes: &[Change],
    added: &dyn Fn(usize) -> Option<Vec<u8>>,
    sizes: (usize, usize),
) -> Option<Content> {
    let mut cutter = Cutter { size: sizes.1, open: Vec::new(), begins: Vec::new(), pieces: Vec::new(), notes: Vec::new() };
    let mut changes = changes.iter().peekable();
    let (mut first, mut gone, mut new) = (0, 0, 0);
    for block in &store.blocks {
        let end = block.end;
        let is_last = store.blocks.last().is_some_and(|last| last.end == end);
        let is_touched = gone > first || changes.peek().is_some_and(|change| change.old.start < end + u32::from(is_last));
        let piece = match old.piece(&block.bytes) {
            Some(piece) => piece.clone(),
            None => Piece::Plain(old.read(block.bytes.clone()).ok()?.as_slice().into()),
        };
        let count = (end - first) as usize;
        if cutter.begins.is_empty() && !is_touched && is_cut(&piece, count, sizes, is_last)? {
            cutter.take(piece, end - first);
        } else {
            let bytes = piece.read().ok()?;
            for (doc, record) in (first..end).zip(records(&bytes)?) {
                gone = gone.max(put(&mut changes, doc, added, &mut new, &mut cutter)?);
                if doc >= gone {
                    cutter.push(record?);
                }
            }
        }
        first = end;
    }
    put(&mut changes, first, added, &mut new, &mut cutter)?;
    cutter.cut();
    changes.next().is_none().then_some(())?;

    let lengths: Vec<usize> = cutter.pieces.iter().map(Piece::len).collect();
    let mut end = index(&cutter.notes, &lengths);
    let tail = old.read(old.len().saturating_sub(TAIL)..old.len()).ok()?;
    let (before, foot) = footer(&tail)?;
    let mut form = before.last_chunk::<FOOTER>()?.to_owned();
    form[4..12].copy_from_slice(&(lengths.iter().sum::<usize>() as u64).to_le_bytes());
    end.extend_from_slice(&form);
    let mut sum = crc32fast::Hasher::new();
    for piece in &cutter.pieces {
        match piece {
            Piece::Plain(bytes) => sum.update(bytes),
            Piece::Packed(member) => sum.combine(&crc32fast::Hasher::new_with_initial_len(member.checksum(), member.len() as u64)),
        }
    }
    sum.update(&end);
    end.extend_from_slice(&foot.with_checksum(sum.finalize())?);
    Some(cutter.pieces.into_iter().chain([Piece::Plain(end.into())]).collect())
}

/// More bytes than tantivy's footers have.
const TAIL: usize = 4 << 10;

/// Puts the notes that come before the old note `doc`, and tells which old one is the next that stays.
fn put<'a>(
    changes: &mut std::iter::Peekable<impl Iterator<Item = &'a Change>>,
    doc: u32,
    added: &dyn Fn(usize) -> Option<Vec<u8>>,
    new: &mut usize,
    cutter: &mut Cutter,
) -> Option<u32> {
    let Some(change) = changes.next_if(|change| change.old.start == doc) else { return Some(0) };
    for _ in change.new.clone() {
        cutter.push(&added(*new)?);
        *new += 1;
    }
    Some(change.old.end)
}

/// Whether a block of so many notes would be cut as it is. The last one need not be full.
fn is_cut(piece: &Piece, notes: usize, sizes: (usize, usize), is_last: bool) -> Option<bool> {
    let bytes = piece.len().checked_sub((notes + 1) * 4)?;
    if !is_last && !is_full(bytes, notes, sizes.1) {
        return Some(false);
    }
    if sizes.1 >= sizes.0 {
        return Some(true);
    }
    let block = piece.read().ok()?;
    let last = records(&block)?.last()??.len();
    Some(!is_full(bytes.checked_sub(last)?, notes - 1, sizes.1))
}

/// What lies somewhere: notes by number, bytes by place.
#[derive(Clone)]
struct Lies {
    notes: Range<u32>,
    bytes: Range<usize>,
}

/// One layer of the index: what is finished, and what is open.
#[derive(Default)]
struct Layer {
    done: Vec<u8>,
    open: Vec<Lies>,
}

impl Layer {
    /// Finishes the open entry and tells what it is of; `None` where nothing is in it.
    fn flush(&mut self) -> Option<Lies> {
        let (first, last) = (self.open.first()?.clone(), self.open.last()?.clone());
        let begin = self.done.len();
        put_number(self.open.len(), &mut self.done);
        put_number(first.notes.start as usize, &mut self.done);
        put_number(first.bytes.start, &mut self.done);
        for Lies { notes, bytes } in self.open.drain(..) {
            put_number(notes.len(), &mut self.done);
            put_number(bytes.len(), &mut self.done);
        }
        Some(Lies { notes: first.notes.start..last.notes.end, bytes: begin..self.done.len() })
    }
}

/// Where the blocks are, in layers, the topmost first: of blocks with so many notes and bytes.
fn index(notes: &[u32], lengths: &[usize]) -> Vec<u8> {
    let mut layers: Vec<Layer> = Vec::new();
    let (mut note, mut byte) = (0, 0);
    for (count, length) in notes.iter().zip(lengths) {
        let mut next = Some(Lies { notes: note..note + count, bytes: byte..byte + length });
        (note, byte) = (note + count, byte + length);
        let mut at = 0;
        while let Some(lies) = next.take() {
            if at == layers.len() {
                layers.push(Layer::default());
            }
            layers[at].open.push(lies);
            if layers[at].open.len() >= PERIOD {
                next = layers[at].flush();
            }
            at += 1;
        }
    }
    let mut last = None;
    for layer in &mut layers {
        layer.open.extend(last.take());
        last = layer.flush();
    }
    let mut out = Vec::new();
    put_number(layers.len(), &mut out);
    let mut end = 0;
    for layer in layers.iter().rev() {
        end += layer.done.len();
        put_number(end, &mut out);
    }
    layers.iter().rev().for_each(|layer| out.extend_from_slice(&layer.done));
    out
}

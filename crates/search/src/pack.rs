//! The form of a pack: an entry that names the hot block, a table in that block that says where each piece of each file lies, and blocks.
//!
//! *Reading*: [`read_entry`] and [`Table::decode`], then [`Blocks`] holds what has arrived, answers reads and notes what is missing. *Writing*:
//! [`Table::encode`] and [`write_entry`]. Knows that files have names and pieces, not what they mean. Every number from outside is checked.

use crate::PackError;
use crate::directory::Source;
use crate::record::Cursor;
#[cfg(feature = "build")]
use crate::record::put_number;
use crate::schema::VERSION;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 4] = b"BIJI";

/// Bytes of a block's name.
pub(crate) const NAME: usize = 6;

/// A block's name in numbers, and its length before compression.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BlockId {
    pub(crate) hash: u64,
    pub(crate) len: u32,
}

impl BlockId {
    pub(crate) fn name(self) -> String {
        format!("{:012x}", self.hash)
    }
}

/// A piece of a file: the next `len` bytes of it are at `offset` in block `block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) len: u32,
    pub(crate) block: u32,
    pub(crate) offset: u32,
}

/// Where every piece of every file lies. Block 0 is the hot one, which begins with this table. In every block the pieces lie in the order of
/// the files' names and then of the files, so lengths say it all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) blocks: Vec<BlockId>,
    pub(crate) files: BTreeMap<String, Vec<Extent>>,
    /// The first term of each block of posting lists, ascending: which block a word needs is known before the dictionary has arrived.
    pub(crate) guide: Vec<(Vec<u8>, u32)>,
}

/// Writes the entry.
#[cfg(feature = "build")]
pub(crate) fn write_entry(hot: BlockId) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    put_hash(hot.hash, &mut out);
    put_number(u64::from(hot.len), &mut out);
    out
}

/// Reads the entry.
pub(crate) fn read_entry(entry: &[u8]) -> Result<BlockId, PackError> {
    let damaged = || PackError::Entry("it is cut short".to_owned());
    let mut cursor = Cursor(entry);
    if cursor.bytes(4) != Some(MAGIC) {
        return Err(PackError::Entry("it does not begin as one".to_owned()));
    }
    let version = cursor.bytes(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes).ok_or_else(damaged)?;
    if version != VERSION {
        return Err(PackError::Version(version));
    }
    let hash = take_hash(&mut cursor).ok_or_else(damaged)?;
    let len = cursor.number().and_then(|len| u32::try_from(len).ok()).ok_or_else(damaged)?;
    Ok(BlockId { hash, len })
}

#[cfg(feature = "build")]
fn put_hash(hash: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&hash.to_be_bytes()[8 - NAME..]);
}

fn take_hash(cursor: &mut Cursor<'_>) -> Option<u64> {
    Some(cursor.bytes(NAME)?.iter().fold(0, |hash, &byte| hash << 8 | u64::from(byte)))
}

impl Table {
    /// Writes the table, without the hot block's name.
    #[cfg(feature = "build")]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(self.blocks.len() as u64 - 1, &mut out);
        for id in &self.blocks[1..] {
            put_hash(id.hash, &mut out);
        }
        put_number(self.files.len() as u64, &mut out);
        for (name, extents) in &self.files {
            put_number(name.len() as u64, &mut out);
            out.extend_from_slice(name.as_bytes());
            put_number(extents.len() as u64, &mut out);
            let mut before = 0;
            for extent in extents {
                put_step(before, extent.block, &mut out);
                put_number(u64::from(extent.len), &mut out);
                before = extent.block;
            }
        }
        put_number(self.guide.len() as u64, &mut out);
        let mut before: (&[u8], u32) = (&[], 0);
        for (term, block) in &self.guide {
            let same = before.0.iter().zip(term).take_while(|(a, b)| a == b).count();
            put_number(same as u64, &mut out);
            put_number((term.len() - same) as u64, &mut out);
            out.extend_from_slice(&term[same..]);
            put_step(before.1, *block, &mut out);
            before = (term, *block);
        }
        out
    }

    /// Reads the table that stands at the front of the hot block.
    pub(crate) fn decode(bytes: &[u8], hot: BlockId) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let mut table = Self { blocks: vec![hot], ..Self::default() };
        for _ in 0..cursor.number()? {
            table.blocks.push(BlockId { hash: take_hash(&mut cursor)?, len: 0 });
        }
        for _ in 0..cursor.number()? {
            let name = cursor.text()?.to_owned();
            let mut extents = Vec::new();
            let (mut block, mut total) = (0, 0u32);
            for _ in 0..cursor.number()? {
                block = take_step(block, &mut cursor)?;
                table.blocks.get(block as usize)?;
                let len = u32::try_from(cursor.number()?).ok()?;
                total = total.checked_add(len)?;
                extents.push(Extent { len, block, offset: 0 });
            }
            table.files.insert(name, extents);
        }
        let (mut term, mut block) = (Vec::new(), 0);
        for _ in 0..cursor.number()? {
            let same = cursor.size()?;
            if same > term.len() {
                return None;
            }
            term.truncate(same);
            let len = cursor.size()?;
            term.extend_from_slice(cursor.bytes(len)?);
            block = take_step(block, &mut cursor)?;
            table.blocks.get(block as usize)?;
            table.guide.push((term.clone(), block));
        }
        let len = bytes.len() - cursor.0.len();
        let filled = table.set_offsets(u32::try_from(len).ok()?)?;
        if *filled.first()? != u64::from(hot.len) {
            return None;
        }
        for (id, filled) in table.blocks.iter_mut().zip(filled) {
            id.len = u32::try_from(filled).ok()?;
        }
        Some(table)
    }

    /// Sets where in its block each piece lies, and returns the blocks' lengths. The first `head` bytes of the hot block are this table.
    pub(crate) fn set_offsets(&mut self, head: u32) -> Option<Vec<u64>> {
        let mut filled = vec![u64::from(head)];
        for extent in self.files.values_mut().flatten() {
            let block = extent.block as usize;
            if block >= filled.len() {
                filled.resize(block + 1, 0);
            }
            extent.offset = u32::try_from(filled[block]).ok()?;
            filled[block] += u64::from(extent.len);
        }
        Some(filled)
    }

    /// For each block the pieces of files that it consists of, in order.
    #[cfg(feature = "build")]
    pub(crate) fn contents(&self) -> Vec<Vec<(&str, Range<usize>)>> {
        let mut contents = vec![Vec::new()];
        for (name, extents) in &self.files {
            let mut at = 0;
            for extent in extents {
                let block = extent.block as usize;
                if block >= contents.len() {
                    contents.resize(block + 1, Vec::new());
                }
                contents[block].push((name.as_str(), at..at + extent.len as usize));
                at += extent.len as usize;
            }
        }
        contents
    }
}

/// Writes a number as its distance from another.
#[cfg(feature = "build")]
fn put_step(from: u32, to: u32, out: &mut Vec<u8>) {
    let step = i64::from(to) - i64::from(from);
    put_number((step << 1 ^ step >> 63) as u64, out);
}

fn take_step(from: u32, cursor: &mut Cursor<'_>) -> Option<u32> {
    let step = cursor.number()?;
    let step = (step >> 1) as i64 ^ -((step & 1) as i64);
    u32::try_from(i64::from(from).checked_add(step)?).ok()
}

/// The blocks that have arrived, and the reads that had to be put off.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    table: Table,
    /// Where each extent of a file begins.
    starts: BTreeMap<String, Vec<usize>>,
    loaded: Vec<Option<Arc<[u8]>>>,
    missing: BTreeSet<u32>,
}

impl Blocks {
    /// Only the hot block is known at first.
    pub(crate) fn new(hot: BlockId) -> Self {
        let blocks = Self::default();
        blocks.set_table(Table { blocks: vec![hot], ..Table::default() });
        blocks
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_table(&self, table: Table) {
        let state = &mut *self.state();
        state.starts.clear();
        state.starts.extend(table.files.iter().map(|(name, extents)| {
            let mut at = 0;
            let starts = extents.iter().map(|extent| {
                let start = at;
                at += extent.len as usize;
                start
            });
            (name.clone(), starts.collect())
        }));
        state.loaded.resize(table.blocks.len(), None);
        state.table = table;
    }

    /// Takes a block. One that is not of this pack is ignored: it may have been asked for before a reload.
    pub(crate) fn provide(&self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        let state = &mut *self.state();
        let hash = u64::from_str_radix(name, 16).ok().filter(|_| name.len() == NAME * 2);
        // Two blocks of the same bytes have the same name.
        let places: Vec<usize> = state.table.blocks.iter().enumerate().filter(|(_, id)| Some(id.hash) == hash).map(|(at, _)| at).collect();
        let Some(&first) = places.first() else { return Ok(()) };
        if bytes.len() != state.table.blocks[first].len as usize || !has_name(&bytes, name) {
            return Err(PackError::Block(name.to_owned()));
        }
        let bytes: Arc<[u8]> = bytes.into();
        for at in places {
            state.loaded[at] = Some(Arc::clone(&bytes));
            state.missing.remove(&(at as u32));
        }
        Ok(())
    }

    /// Takes a block whatever its bytes are, as a pack would have it whose author means harm.
    #[cfg(all(test, feature = "build"))]
    pub(crate) fn force(&self, name: &str, bytes: Vec<u8>) {
        let state = &mut *self.state();
        for (id, loaded) in state.table.blocks.iter().zip(&mut state.loaded).filter(|(id, _)| id.name() == name) {
            debug_assert_eq!(id.len as usize, bytes.len());
            *loaded = Some(bytes.as_slice().into());
        }
    }

    /// Forgets what an earlier search missed.
    pub(crate) fn forget_missing(&self) {
        self.state().missing.clear();
    }

    /// A block's bytes, or a note that it is missing.
    pub(crate) fn block(&self, at: u32) -> Option<Arc<[u8]>> {
        let state = &mut *self.state();
        let block = state.loaded.get(at as usize)?.clone();
        if block.is_none() {
            state.missing.insert(at);
        }
        block
    }

    /// The names of the blocks that were missed since the last call.
    pub(crate) fn take_missing(&self) -> Vec<String> {
        let state = &mut *self.state();
        let missing = std::mem::take(&mut state.missing);
        let mut names = BTreeSet::new();
        names.extend(missing.iter().filter_map(|&at| state.table.blocks.get(at as usize)).map(|id| id.name()));
        names.into_iter().collect()
    }
}

/// Whether the name is the hash of the bytes.
fn has_name(bytes: &[u8], name: &str) -> bool {
    block_hash(bytes) == u64::from_str_radix(name, 16).unwrap_or_default()
}

/// The number that names a block: FNV-1a over words of eight bytes, mixed once more at the end, of which the lower 48 bits. It tells bytes that were
/// damaged or mistaken from those that were asked for, and is short enough to be in the engine; it is no protection against who writes both.
pub(crate) fn block_hash(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        // A multiplication carries upwards only: without the turn, a change of high bits would not reach low ones.
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(PRIME).rotate_left(29);
    }
    for byte in rest {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    }
    hash = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ hash >> 32) & ((1 << (8 * NAME)) - 1)
}

impl Source for Blocks {
    fn len(&self, name: &str) -> Option<usize> {
        let state = self.state();
        let extents = state.table.files.get(name)?;
        Some(extents.iter().map(|extent| extent.len as usize).sum())
    }

    fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes> {
        let state = &mut *self.state();
        let (Some(extents), Some(starts)) = (state.table.files.get(name), state.starts.get(name)) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let first = starts.partition_point(|&start| start <= range.start).saturating_sub(1);
        let pieces = || extents.iter().zip(starts).skip(first).take_while(|&(_, &start)| start < range.end);
        let absent = pieces().map(|(extent, _)| extent.block).filter(|&block| state.loaded[block as usize].is_none());
        let absent: Vec<u32> = absent.collect();
        if !absent.is_empty() {
            state.missing.extend(absent);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut joined = Vec::new();
        for (extent, &start) in pieces() {
            let Some(block) = &state.loaded[extent.block as usize] else { continue };
            let from = range.start.max(start) - start + extent.offset as usize;
            let to = range.end.min(start + extent.len as usize) - start + extent.offset as usize;
            if to - from == range.len() {
                return Ok(OwnedBytes::new(Arc::clone(block)).slice(from..to));
            }
            joined.extend_from_slice(&block[from..to]);
        }
        if joined.len() == range.len() { Ok(OwnedBytes::new(joined)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn expect(&self, from: &[u8], to: &[u8]) {
        let state = &mut *self.state();
        let guide = &state.table.guide;
        let first = guide.partition_point(|(term, _)| term.as_slice() <= from).saturating_sub(1);
        let blocks = guide[first..].iter().take_while(|(term, _)| term.as_slice() <= to).map(|(_, block)| *block);
        let absent: Vec<u32> = blocks.filter(|&block| state.loaded[block as usize].is_none()).collect();
        state.missing.extend(absent);
    }
}

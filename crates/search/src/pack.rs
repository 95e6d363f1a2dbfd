//! The form of a pack: an entry that names the hot blocks, a table in the hot blocks that says where each piece of each file lies, and blocks.
//!
//! *Reading*: [`read_entry`] and [`Table::decode`], then [`Blocks`] holds what has arrived, answers reads and notes what is missing. *Writing*:
//! [`Table::encode`] and [`write_entry`]. Knows that files have names and pieces, not what they mean. Every number from outside is checked.

use crate::PackError;
use crate::directory::Source;
use crate::record::{Cursor, put_number};
use crate::schema::VERSION;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 4] = b"BIJI";

/// A block's name in numbers, and its length before compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockId {
    pub(crate) hash: u64,
    pub(crate) len: u32,
}

impl BlockId {
    pub(crate) fn name(self) -> String {
        format!("{:016x}", self.hash)
    }
}

/// A piece of a file: the next `len` bytes of it are at `offset` in block `block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) len: u32,
    pub(crate) block: u32,
    pub(crate) offset: u32,
}

/// Where every piece of every file lies. The first blocks of `blocks` are the hot ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) blocks: Vec<BlockId>,
    pub(crate) files: BTreeMap<String, Vec<Extent>>,
}

/// Writes the entry.
#[cfg(feature = "build")]
pub(crate) fn write_entry(hot: &[BlockId]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    put_number(hot.len() as u64, &mut out);
    for id in hot {
        put_id(*id, &mut out);
    }
    out
}

/// Reads the entry.
pub(crate) fn read_entry(entry: &[u8]) -> Result<Vec<BlockId>, PackError> {
    let damaged = || PackError::Entry("it is cut short".to_owned());
    let mut cursor = Cursor(entry);
    if cursor.bytes(4) != Some(MAGIC) {
        return Err(PackError::Entry("it does not begin as one".to_owned()));
    }
    let version = cursor.bytes(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes).ok_or_else(damaged)?;
    if version != VERSION {
        return Err(PackError::Version(version));
    }
    let count = cursor.number().ok_or_else(damaged)?;
    if count == 0 {
        return Err(PackError::Entry("it names no block".to_owned()));
    }
    (0..count).map(|_| take_id(&mut cursor).ok_or_else(damaged)).collect()
}

fn put_id(id: BlockId, out: &mut Vec<u8>) {
    out.extend_from_slice(&id.hash.to_be_bytes());
    put_number(u64::from(id.len), out);
}

fn take_id(cursor: &mut Cursor<'_>) -> Option<BlockId> {
    let hash = u64::from_be_bytes(cursor.bytes(8)?.try_into().ok()?);
    Some(BlockId { hash, len: u32::try_from(cursor.number()?).ok()? })
}

impl Table {
    /// Writes the table without the hot blocks' names, which the entry has.
    #[cfg_attr(not(feature = "build"), allow(dead_code))]
    pub(crate) fn encode(&self, hot: usize) -> Vec<u8> {
        let mut out = Vec::new();
        put_number((self.blocks.len() - hot) as u64, &mut out);
        for id in &self.blocks[hot..] {
            put_id(*id, &mut out);
        }
        put_number(self.files.len() as u64, &mut out);
        for (name, extents) in &self.files {
            put_number(name.len() as u64, &mut out);
            out.extend_from_slice(name.as_bytes());
            put_number(extents.len() as u64, &mut out);
            for extent in extents {
                put_number(u64::from(extent.len), &mut out);
                put_number(u64::from(extent.block), &mut out);
                put_number(u64::from(extent.offset), &mut out);
            }
        }
        out
    }

    /// Reads the table that stands at the front of `bytes`; `hot` are the blocks that the entry named.
    pub(crate) fn decode(bytes: &[u8], hot: &[BlockId]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let mut blocks = hot.to_vec();
        for _ in 0..cursor.number()? {
            blocks.push(take_id(&mut cursor)?);
        }
        let mut files = BTreeMap::new();
        for _ in 0..cursor.number()? {
            let name = cursor.text()?.to_owned();
            let mut extents = Vec::new();
            let mut total = 0u32;
            for _ in 0..cursor.number()? {
                let mut number = || u32::try_from(cursor.number()?).ok();
                let extent = Extent { len: number()?, block: number()?, offset: number()? };
                let end = extent.offset.checked_add(extent.len)?;
                total = total.checked_add(extent.len)?;
                if end > blocks.get(extent.block as usize)?.len {
                    return None;
                }
                extents.push(extent);
            }
            files.insert(name, extents);
        }
        Some(Self { blocks, files })
    }
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
    /// Only the hot blocks are known at first.
    pub(crate) fn new(hot: &[BlockId]) -> Self {
        let blocks = Self::default();
        blocks.set_table(Table { blocks: hot.to_vec(), files: BTreeMap::new() });
        blocks
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_table(&self, table: Table) {
        let state = &mut *self.state();
        state.starts = table
            .files
            .iter()
            .map(|(name, extents)| {
                let mut at = 0;
                let starts = extents.iter().map(|extent| {
                    let start = at;
                    at += extent.len as usize;
                    start
                });
                (name.clone(), starts.collect())
            })
            .collect();
        state.loaded.resize(table.blocks.len(), None);
        state.table = table;
    }

    /// Takes a block. One that is not of this pack is ignored: it may have been asked for before a reload.
    pub(crate) fn provide(&self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        let state = &mut *self.state();
<<<<<<< HEAD
        // Blocks of the same content have one name: a small index has several.
        let named = state.table.blocks.iter().enumerate().filter(|(_, id)| id.name() == name);
        let places: Vec<(usize, u32)> = named.map(|(at, id)| (at, id.len)).collect();
        if places.is_empty() {
            return Ok(());
        }
        if places.iter().any(|&(_, len)| bytes.len() != len as usize) || !has_name(&bytes, name) {
            return Err(PackError::Block(name.to_owned()));
        }
        let bytes: Arc<[u8]> = bytes.into();
        for (at, _) in places {
=======
        let hash = u64::from_str_radix(name, 16).ok().filter(|_| name.len() == 16);
        // Two blocks of the same bytes have the same name.
        let places: Vec<usize> = state.table.blocks.iter().enumerate().filter(|(_, id)| Some(id.hash) == hash).map(|(at, _)| at).collect();
        let Some(&first) = places.first() else { return Ok(()) };
        if bytes.len() != state.table.blocks[first].len as usize || !has_name(&bytes, name) {
            return Err(PackError::Block(name.to_owned()));
        }
        let bytes: Arc<[u8]> = bytes.into();
        for at in places {
>>>>>>> wip/search
            state.loaded[at] = Some(Arc::clone(&bytes));
            state.missing.remove(&(at as u32));
        }
        Ok(())
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
        let names: BTreeSet<String> = missing.iter().filter_map(|&at| state.table.blocks.get(at as usize)).map(|id| id.name()).collect();
        names.into_iter().collect()
    }
}

/// Whether the name is the hash of the bytes. Browsers check the compressed form's checksum themselves.
fn has_name(bytes: &[u8], name: &str) -> bool {
    #[cfg(feature = "build")]
    return crate::write::block_hash(bytes) == u64::from_str_radix(name, 16).unwrap_or_default();
    #[cfg(not(feature = "build"))]
    {
        let _ = (bytes, name);
        true
    }
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
}

//! The form of a pack: an entry, which holds what every query needs, and volumes, files in which blocks lie one behind the other, each
//! compressed by itself. A block is what one read brings: small. A volume is what a host keeps: large enough that there are not too many.
//!
//! *Reading*: [`read_entry`], then [`Blocks`] holds what has arrived, answers reads and notes what is missing. *Writing*: [`Table::encode`] and
//! [`write_entry`]. Knows that files have names and pieces, not what they mean. Every number from outside is checked.

use crate::PackError;
use crate::directory::Source;
use crate::docs::sort_numbers;
use crate::record::Cursor;
#[cfg(feature = "build")]
use crate::record::put_number;
use crate::schema::VERSION;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 4] = b"BIJI";

/// Bytes of a volume's name.
const NAME: usize = 6;

/// Where a block lies, and its length before compression.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index into [`Table::volumes`].
    pub(crate) volume: u32,
    /// Where in it the compressed bytes begin, and how many they are.
    pub(crate) from: u32,
    pub(crate) packed: u32,
    pub(crate) len: u32,
}

/// A piece of a file: the next `len` bytes of it are at `offset` in block `block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) len: u32,
    pub(crate) block: u32,
    pub(crate) offset: u32,
    /// Where in the file it begins.
    pub(crate) start: u32,
}

/// Where every piece of every file lies. Block 0 is the entry itself, behind this table. In every block the pieces lie in the order of
/// the files' names and then of the files, so lengths say it all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// The volumes' names.
    pub(crate) volumes: Vec<u64>,
    /// Ascending: by volume, then by where they begin.
    pub(crate) blocks: Vec<Place>,
    /// Names and pieces, in the order of the names.
    pub(crate) files: Vec<(String, Vec<Extent>)>,
    /// The first term of each block of posting lists, ascending: which block a word needs is known before the dictionary has arrived.
    pub(crate) guide: Vec<(Vec<u8>, u32)>,
}

/// Writes the entry: the table, and behind it the pieces that lie in block 0.
#[cfg(feature = "build")]
pub(crate) fn write_entry(table: &Table, hot: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &VERSION.to_le_bytes(), &table.encode(), hot].concat()
}

/// Reads the entry's table.
pub(crate) fn read_entry(entry: &[u8]) -> Result<Table, PackError> {
    let damaged = || PackError::Entry("it is cut short".to_owned());
    let mut cursor = Cursor(entry);
    if cursor.bytes(4) != Some(MAGIC) {
        return Err(PackError::Entry("it does not begin as one".to_owned()));
    }
    let version = cursor.bytes(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes).ok_or_else(damaged)?;
    if version != VERSION {
        return Err(PackError::Version(version));
    }
    Table::decode(entry, cursor).ok_or_else(damaged)
}

/// The parts of a block's name.
pub(crate) fn parse_name(name: &str) -> Option<(&str, u32, u32)> {
    let mut parts = name.split(':');
    let volume = parts.next().filter(|volume| volume.len() == NAME * 2)?;
    Some((volume, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The name of a volume of these bytes.
#[cfg(feature = "build")]
pub(crate) fn volume_name(volume: u64) -> String {
    format!("{volume:012x}")
}

impl Table {
    /// Writes the table.
    #[cfg(feature = "build")]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(self.volumes.len() as u64, &mut out);
        for (at, volume) in self.volumes.iter().enumerate() {
            out.extend_from_slice(&volume.to_be_bytes()[8 - NAME..]);
            put_number(self.blocks[1..].iter().filter(|place| place.volume as usize == at).count() as u64, &mut out);
        }
        put_column(self.blocks[1..].iter().map(|place| place.packed), &mut out);
        put_number(self.files.len() as u64, &mut out);
        for (name, extents) in &self.files {
            put_number(name.len() as u64, &mut out);
            out.extend_from_slice(name.as_bytes());
            put_number(extents.len() as u64, &mut out);
            let mut before = 0;
            for extent in extents {
                put_step(before, extent.block, &mut out);
                before = extent.block;
            }
            put_column(extents.iter().map(|extent| extent.len), &mut out);
        }
        put_number(self.guide.len() as u64, &mut out);
        let mut before: (&[u8], u32) = (&[], 0);
        let mut rests = Vec::new();
        // What is alike lies together: numbers, then letters.
        for (term, block) in &self.guide {
            let same = before.0.iter().zip(term).take_while(|(a, b)| a == b).count();
            put_number(same as u64, &mut out);
            put_number((term.len() - same) as u64, &mut out);
            put_step(before.1, *block, &mut out);
            rests.extend_from_slice(&term[same..]);
            before = (term, *block);
        }
        out.extend_from_slice(&rests);
        out
    }

    /// Reads the table out of the entry, of which `cursor` is the rest.
    fn decode(entry: &[u8], mut cursor: Cursor<'_>) -> Option<Self> {
        let mut table = Self { blocks: vec![Place::default()], ..Self::default() };
        for volume in 0..u32::try_from(cursor.number()?).ok()? {
            table.volumes.push(cursor.bytes(NAME)?.iter().fold(0, |hash, &byte| hash << 8 | u64::from(byte)));
            // Each block has at least a byte below.
            let count = cursor.size().filter(|&count| count <= entry.len())?;
            table.blocks.extend((0..count).map(|_| Place { volume, ..Place::default() }));
            if table.blocks.len() > entry.len() {
                return None;
            }
        }
        let packed = take_column(table.blocks.len() - 1, &mut cursor)?;
        let mut end = (0, 0u32);
        for (place, packed) in table.blocks[1..].iter_mut().zip(packed) {
            let from = if place.volume == end.0 { end.1 } else { 0 };
            end = (place.volume, from.checked_add(packed)?);
            (place.from, place.packed) = (from, packed);
        }
        for _ in 0..cursor.number()? {
            let name = cursor.text()?.to_owned();
            let count = cursor.size().filter(|&count| count <= entry.len())?;
            let (mut block, mut total) = (0, 0u32);
            let mut extents = Vec::new();
            for _ in 0..count {
                block = take_step(block, &mut cursor)?;
                table.blocks.get(block as usize)?;
                extents.push(Extent { len: 0, block, offset: 0, start: 0 });
            }
            for (extent, len) in extents.iter_mut().zip(take_column(count, &mut cursor)?) {
                total = total.checked_add(len)?;
                extent.len = len;
            }
            table.files.push((name, extents));
        }
        let count = cursor.size().filter(|&count| count <= entry.len())?;
        let mut numbers = Vec::new();
        let mut block = 0;
        for _ in 0..count {
            let (same, len) = (cursor.size()?, cursor.size()?);
            block = take_step(block, &mut cursor)?;
            table.blocks.get(block as usize)?;
            numbers.push((same, len, block));
        }
        let mut term = Vec::new();
        for (same, len, block) in numbers {
            if same > term.len() {
                return None;
            }
            term.truncate(same);
            term.extend_from_slice(cursor.bytes(len)?);
            table.guide.push((term.clone(), block));
        }
        let head = entry.len() - cursor.0.len();
        let filled = table.set_offsets(u32::try_from(head).ok()?)?;
        if *filled.first()? != entry.len() as u64 {
            return None;
        }
        for (place, filled) in table.blocks.iter_mut().zip(filled) {
            place.len = u32::try_from(filled).ok()?;
        }
        Some(table)
    }

    /// Sets where in its block each piece lies, and returns the blocks' lengths. The first `head` bytes of block 0 are this table.
    pub(crate) fn set_offsets(&mut self, head: u32) -> Option<Vec<u64>> {
        let mut filled = vec![u64::from(head)];
        for (_, extents) in &mut self.files {
            let mut at = 0u32;
            for extent in extents {
                let block = extent.block as usize;
                if block >= filled.len() {
                    filled.resize(block + 1, 0);
                }
                extent.offset = u32::try_from(filled[block]).ok()?;
                filled[block] += u64::from(extent.len);
                extent.start = at;
                at = at.checked_add(extent.len)?;
            }
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

    /// A block's name: `VOLUME:FROM:LENGTH`, as it lies compressed.
    pub(crate) fn name(&self, block: usize) -> Option<String> {
        let place = self.blocks.get(block)?;
        let volume = self.volumes.get(place.volume as usize)?;
        Some(format!("{volume:012x}:{}:{}", place.from, place.packed))
    }

    fn extents(&self, file: &str) -> Option<&[Extent]> {
        self.files.iter().find(|(name, _)| name == file).map(|(_, extents)| extents.as_slice())
    }

    /// The blocks of this name. Two volumes of the same bytes have the same name.
    fn named(&self, name: &str) -> Vec<usize> {
        let Some((volume, from, packed)) = parse_name(name) else { return Vec::new() };
        let Ok(volume) = u64::from_str_radix(volume, 16) else { return Vec::new() };
        let volumes = self.volumes.iter().enumerate().filter(|(_, known)| **known == volume).map(|(at, _)| at as u32);
        let block = |volume| {
            let at = 1 + self.blocks[1..].partition_point(|place| (place.volume, place.from) < (volume, from));
            self.blocks.get(at).filter(|place| (place.volume, place.from, place.packed) == (volume, from, packed)).map(|_| at)
        };
        volumes.filter_map(block).collect()
    }
}

/// Writes numbers of which the lower eight bits are noise: those first, then what is above them.
#[cfg(feature = "build")]
fn put_column(numbers: impl Iterator<Item = u32> + Clone, out: &mut Vec<u8>) {
    out.extend(numbers.clone().map(|number| number as u8));
    numbers.for_each(|number| put_number(u64::from(number >> 8), out));
}

fn take_column(count: usize, cursor: &mut Cursor<'_>) -> Option<Vec<u32>> {
    let low = cursor.bytes(count)?;
    let number = |low: &u8| u32::try_from(cursor.number()?).ok()?.checked_mul(256)?.checked_add(u32::from(*low));
    low.iter().map(number).collect()
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
#[derive(Debug)]
pub(crate) struct Blocks {
    table: Table,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    loaded: Vec<Option<Arc<[u8]>>>,
    missing: Vec<u32>,
}

impl Blocks {
    /// Block 0, the entry, is there.
    pub(crate) fn new(table: Table, entry: &[u8]) -> Self {
        let mut loaded = vec![None; table.blocks.len()];
        loaded[0] = Some(entry.into());
        Self { table, state: Mutex::new(State { loaded, missing: Vec::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a block. One that is not of this pack is ignored: it may have been asked for before a reload.
    pub(crate) fn provide(&self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        let state = &mut *self.state();
        let bytes: Arc<[u8]> = bytes.into();
        for at in self.table.named(name) {
            // What is in a block, its compressed form vouches for by a checksum; whose block it is, the volume's name.
            if bytes.len() != self.table.blocks[at].len as usize {
                return Err(PackError::Block(name.to_owned()));
            }
            state.loaded[at] = Some(Arc::clone(&bytes));
        }
        Ok(())
    }

    /// Forgets what an earlier search missed.
    pub(crate) fn forget_missing(&self) {
        self.state().missing.clear();
    }

    /// The names of the blocks that were missed since the last call, in the order in which they lie.
    pub(crate) fn take_missing(&self) -> Vec<String> {
        let mut missing = std::mem::take(&mut self.state().missing);
        sort_numbers(&mut missing);
        let mut names: Vec<String> = missing.iter().filter_map(|&at| self.table.name(at as usize)).collect();
        names.dedup();
        names
    }
}

/// The number that names a volume: FNV-1a over words of eight bytes, mixed once more at the end, of which the lower 48 bits.
#[cfg(feature = "build")]
pub(crate) fn volume_hash(bytes: &[u8]) -> u64 {
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
        Some(self.table.extents(name)?.last().map_or(0, |last| last.start as usize + last.len as usize))
    }

    fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes> {
        let state = &mut *self.state();
        let Some(extents) = self.table.extents(name) else { return Err(io::ErrorKind::NotFound.into()) };
        let first = extents.partition_point(|extent| extent.start as usize <= range.start).saturating_sub(1);
        let pieces = || extents[first..].iter().take_while(|extent| (extent.start as usize) < range.end);
        let absent = pieces().map(|extent| extent.block).filter(|&block| state.loaded[block as usize].is_none());
        let absent: Vec<u32> = absent.collect();
        if !absent.is_empty() {
            state.missing.extend(absent);
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut joined = Vec::new();
        for extent in pieces() {
            let Some(block) = &state.loaded[extent.block as usize] else { continue };
            let start = extent.start as usize;
            let from = range.start.max(start) - start + extent.offset as usize;
            let to = range.end.min(start + extent.len as usize) - start + extent.offset as usize;
            if to - from == range.len() {
                return Ok(OwnedBytes::new(Arc::clone(block)).slice(from..to));
            }
            joined.extend_from_slice(&block[from..to]);
        }
        if joined.len() == range.len() { Ok(OwnedBytes::new(joined)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn expect(&self, from: &[u8], to: &[u8], most: usize, positions: u32) {
        let state = &mut *self.state();
        let guide = &self.table.guide;
        let first = guide.partition_point(|(term, _)| term.as_slice() <= from).saturating_sub(1);
        let end = guide.partition_point(|(term, _)| term.as_slice() <= to);
        if end - first.min(end) > most {
            return;
        }
        for at in first..end {
            // Positions that were too many to lie with the postings lie in the blocks behind.
            let block = guide[at].1;
            let next = guide.get(at + 1).map_or(block, |(_, next)| *next);
            let more = self.table.blocks.get(block as usize + 1..next as usize).unwrap_or_default();
            let more = if more.iter().map(|place| place.packed).sum::<u32>() <= positions { more.len() as u32 } else { 0 };
            let absent = (block..=block + more).filter(|&block| state.loaded.get(block as usize).is_some_and(Option::is_none));
            state.missing.extend(absent);
        }
    }
}

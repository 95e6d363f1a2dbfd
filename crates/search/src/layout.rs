//! Decides which pieces of tantivy's files lie together in a block.
//!
//! *In*: the files. *Out*: a [`Table`] whose blocks have no places yet. What opening the index reads becomes block 0: the code that will
//! read the pack is run over it once and watched. The postings and positions of neighbouring terms share a block, so that a word needs one block
//! and not one a field and kind; a note's text is never cut in two.

use crate::directory::Source;
use crate::index::Opened;
use crate::pack::{Extent, Table};
use crate::segment::number;
use crate::write::{BuildError, Files};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::directory::OwnedBytes;
use tantivy::postings::TermInfo;

/// Files in memory that note what is read of them.
#[derive(Debug)]
struct Watched {
    files: Files,
    reads: Mutex<Vec<(String, Range<usize>)>>,
}

impl Watched {
    fn take(&self) -> Vec<(String, Range<usize>)> {
        std::mem::take(&mut *self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was read last of the file with this ending.
    fn last(&self, ending: &str) -> Option<Range<usize>> {
        self.take().into_iter().rev().find(|(name, _)| name.ends_with(ending)).map(|(_, range)| range)
    }
}

impl Source for Watched {
    fn len(&self, name: &str) -> Option<usize> {
        self.files.get(name).map(|bytes| bytes.len())
    }

    fn read(&self, name: &str, range: Range<usize>) -> std::io::Result<OwnedBytes> {
        let file = self.files.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), range.clone()));
        file.read(range)
    }
}

/// Bytes of a block before compression. Small, so that a read brings little else; but each block takes some bytes of the entry, which every reader
/// loads, so blocks of a large index are larger: with the square root of it, the sum is least.
fn block_size(bytes: usize) -> usize {
    LEAST_BLOCK.max(bytes.isqrt() * 3 / 2)
}

/// The least bytes of a block: below, compression finds too little to work on.
const LEAST_BLOCK: usize = 4 << 10;

/// Bytes of notes that are stored together, of so many in all.
pub(crate) fn store_block(bytes: usize) -> usize {
    block_size(bytes)
}

/// Says where each piece of each file lies.
pub(crate) fn lay_out(files: &Files) -> Result<Table, BuildError> {
    let watched = Arc::new(Watched { files: files.clone(), reads: Mutex::default() });
    let opened = Opened::open(&watched).map_err(|_| lost())?;
    let mut hot: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for (name, range) in watched.take() {
        hot.entry(name).or_default().push(range);
    }
    let bytes = |ending: &str| files.iter().filter(|(name, _)| name.ends_with(ending)).map(|(_, bytes)| bytes.len()).sum::<usize>();
    let size = block_size(bytes(".idx") + bytes(".pos"));
    let mut pieces = Pieces { hot, size, ..Pieces::default() };
    lay_lists(&opened, &watched, size, &mut pieces)?;
    let ends = dictionary_ends(&opened, &watched)?;
    pieces.fill(".term", &ends, LEAST_BLOCK, files);
    // Whoever needs this file needs all of it.
    let block = pieces.block();
    pieces.put(crate::facet::FILE, files.get(crate::facet::FILE).map_or(0, |bytes| bytes.len()), block);
    // The writer was told how much goes into one.
    pieces.fill(".store", &opened.store.ends(), 1, files);
    Ok(pieces.finish(files))
}

/// The bytes of a block.
pub(crate) fn block_of(files: &Files, content: &[(&str, Range<usize>)]) -> Vec<u8> {
    let mut block = Vec::with_capacity(content.iter().map(|(_, range)| range.len()).sum());
    for (name, range) in content {
        if let Some(Ok(bytes)) = files.get(*name).map(|file| file.read(range.clone())) {
            block.extend_from_slice(&bytes);
        }
    }
    block
}

/// What was decided so far.
#[derive(Default)]
struct Pieces {
    hot: BTreeMap<String, Vec<Range<usize>>>,
    /// For each file, the ends of ranges that lie in a block, ascending.
    cold: BTreeMap<String, Vec<(usize, u32)>>,
    guide: Vec<(Vec<u8>, u32)>,
    blocks: u32,
    size: usize,
}

impl Pieces {
    fn block(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    /// The bytes of the file up to `end`, from where the last piece ended, lie in `block`.
    fn put(&mut self, file: &str, end: usize, block: u32) {
        if !self.cold.contains_key(file) {
            self.cold.insert(file.to_owned(), Vec::new());
        }
        let Some(ends) = self.cold.get_mut(file) else { return };
        match ends.last_mut() {
            Some(last) if last.0 == end || last.1 == block => *last = (end, block),
            _ => ends.push((end, block)),
        }
    }

    /// Cuts a file at some of `ends`, into pieces of about `size` bytes.
    fn fill(&mut self, ending: &str, ends: &[usize], size: usize, files: &Files) {
        let Some(name) = files.keys().find(|name| name.ends_with(ending)).cloned() else { return };
        let mut from = 0;
        let mut last = 0;
        for &end in ends {
            // Ends a piece before what would make it too large.
            if end - from > size && last > from {
                let block = self.block();
                self.put(&name, last, block);
                from = last;
            }
            last = end;
        }
        if last > from {
            let block = self.block();
            self.put(&name, last, block);
        }
    }

    /// Extents of all files: hot ones, those decided, and the rest in blocks of their own.
    fn finish(mut self, files: &Files) -> Table {
        let mut table = Table::default();
        for (name, bytes) in files {
            let mut is_hot = self.hot.remove(name).unwrap_or_default();
            is_hot.sort_by_key(|range| (range.start, range.end));
            let mut ends = self.cold.remove(name).unwrap_or_default().into_iter().peekable();
            let mut extents: Vec<Extent> = Vec::new();
            let mut push = |len: usize, block: u32| match extents.last_mut() {
                _ if len == 0 => {}
                Some(last) if last.block == block => last.len += len as u32,
                _ => extents.push(Extent { len: len as u32, block, offset: 0, start: 0 }),
            };
            let mut at = 0;
            let mut cold = |mut from: usize, to: usize, push: &mut dyn FnMut(usize, u32), blocks: &mut u32| {
                while from < to {
                    while ends.peek().is_some_and(|(end, _)| *end <= from) {
                        ends.next();
                    }
                    let (end, block) = ends.peek().copied().unwrap_or_else(|| {
                        *blocks += 1;
                        ((from + self.size).min(to), *blocks)
                    });
                    push(end.min(to) - from, block);
                    from = end.min(to);
                }
            };
            for range in is_hot {
                if range.end > at {
                    cold(at, range.start.max(at), &mut push, &mut self.blocks);
                    push(range.end - range.start.max(at), 0);
                    at = range.end;
                }
            }
            cold(at, bytes.len(), &mut push, &mut self.blocks);
            table.files.push((name.clone(), extents));
        }
        table.guide = self.guide;
        table.set_offsets(0);
        table
    }
}

/// Puts neighbouring terms' postings and positions together. What is too large for that gets blocks of its own, postings and positions apart.
fn lay_lists(opened: &Opened, watched: &Watched, size: usize, pieces: &mut Pieces) -> Result<(), BuildError> {
    let Some(dictionary) = opened.terms.terms() else { return Ok(()) };
    let mut stream = dictionary.stream()?;
    let mut bases = None;
    let name = |ending: &str| watched.files.keys().find(|name| name.ends_with(ending)).cloned().unwrap_or_default();
    let (idx, pos) = (name(".idx"), name(".pos"));
    let mut open: Option<(u32, usize)> = None;
    let mut before: Vec<u8> = Vec::new();
    while let Some((term, info)) = stream.next() {
        let (idx_base, pos_base) = match bases {
            Some(bases) => bases,
            None => *bases.insert(bases_of(opened, watched, info)?),
        };
        let len = info.postings_range.len() + info.positions_range.len();
        let (idx_end, pos_end) = (idx_base + info.postings_range.end, pos_base + info.positions_range.end);
        let fits = open.is_some_and(|(_, filled)| filled + len <= size);
        if !fits {
            let block = pieces.block();
            let same = before.iter().zip(term).take_while(|(a, b)| a == b).count();
            pieces.guide.push((term[..(same + 1).min(term.len())].to_vec(), block));
            open = Some((block, 0));
        }
        if let Some((block, filled)) = &mut open {
            *filled += len;
            pieces.put(&idx, idx_end, *block);
            if len <= size {
                pieces.put(&pos, pos_end, *block);
            }
        }
        if len > size {
            let mut at = pos_base + info.positions_range.start;
            while at < pos_end {
                at = (at + size).min(pos_end);
                let block = pieces.block();
                pieces.put(&pos, at, block);
            }
            open = None;
        }
        before.clear();
        before.extend_from_slice(term);
    }
    Ok(())
}

/// Where in their files the postings and positions of the text begin.
fn bases_of(opened: &Opened, watched: &Watched, info: &TermInfo) -> Result<(usize, usize), BuildError> {
    watched.take();
    let list = opened.list(info).map_err(|_| lost())?;
    let idx = watched.last(".idx").ok_or_else(lost)?.start - info.postings_range.start;
    opened.positions(info, &list, &[0]).map_err(|_| lost())?;
    let read = watched.take();
    let pos = read.iter().find(|(name, _)| name.ends_with(".pos")).ok_or_else(lost)?.1.start;
    Ok((idx, pos - info.positions_range.start))
}

fn lost() -> BuildError {
    BuildError::new("the index that was written cannot be read")
}

/// Where the blocks of the dictionary end, in the order of the file. Each begins with its length; behind the last one stands a zero.
fn dictionary_ends(opened: &Opened, watched: &Watched) -> Result<Vec<usize>, BuildError> {
    let Some(dictionary) = opened.terms.terms() else { return Ok(Vec::new()) };
    watched.take();
    let bytes = dictionary.file_slice_for_range(.., None).read_bytes()?;
    let mut end = watched.last(".term").ok_or_else(lost)?.start;
    let mut rest = bytes.as_slice();
    let mut ends = Vec::new();
    while let Some(length) = number(rest).filter(|&length| length > 0) {
        rest = rest.get(4 + length..).ok_or_else(lost)?;
        end += 4 + length;
        ends.push(end);
    }
    Ok(ends)
}

//! A file of the cache folder that holds many parts: written piece by piece, read by many threads.
//!
//! In: what the file is, and bytes. Out: the same bytes, or nothing where the file is another, or damaged. Behind the parts stand the length and the hash
//! of each, and the hash of these, which is the name of all that is in the file.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::record::Hash;

/// So many parts are made at once, and then written.
const AT_ONCE: usize = 16;
/// What the table holds of a part: its length and its hash.
const ENTRY: usize = 8 + 32;

/// A file that was read.
#[derive(Debug)]
pub(super) struct Shelf {
    bytes: Vec<u8>,
    parts: Vec<Range<usize>>,
    /// The hash of all that is in it.
    pub(super) id: Hash,
}

impl Shelf {
    /// Reads what [`write`] wrote; `None` for anything else.
    pub(super) fn read(magic: &[u8], file: &Path) -> Option<Self> {
        let bytes = fs::read(file).ok()?;
        let rest = bytes.strip_prefix(magic)?;
        let (rest, id) = rest.split_last_chunk::<32>()?;
        let (rest, count) = rest.split_last_chunk::<8>()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let (content, table) = rest.split_at_checked(rest.len().checked_sub(count.checked_mul(ENTRY)?)?)?;
        if hash_of(magic, table) != *id {
            return None;
        }
        let mut from = 0_usize;
        let mut parts = Vec::with_capacity(count);
        for entry in table.chunks_exact(ENTRY) {
            let (length, hash) = entry.split_first_chunk::<8>()?;
            let to = from.checked_add(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
            parts.push((from..to, hash));
            from = to;
        }
        let is_whole = |(range, hash): &(Range<usize>, &[u8])| {
            content.get(range.clone()).is_some_and(|part| blake3::hash(part).as_bytes().as_slice() == *hash)
        };
        if from != content.len() || !parts.par_iter().all(is_whole) {
            return None;
        }
        let start = magic.len();
        let parts = parts.into_iter().map(|(range, _)| start + range.start..start + range.end).collect();
        let id = *id;
        Some(Self { bytes, parts, id })
    }

    /// The first part; nothing where there is none.
    pub(super) fn first(&self) -> &[u8] {
        self.parts.first().map_or(&[], |range| &self.bytes[range.clone()])
    }

    /// The parts in order.
    pub(super) fn parts(&self) -> Vec<&[u8]> {
        self.parts.iter().map(|range| &self.bytes[range.clone()]).collect()
    }
}

/// Writes so many parts in one step, and returns the hash of all. `None` where a part cannot be made, or the file cannot be written; then there is none.
pub(super) fn write<'p>(magic: &[u8], file: &Path, count: usize, part: impl Fn(usize) -> Option<Cow<'p, [u8]>> + Sync) -> Option<Hash> {
    let written = replace(file, |new| fill(magic, new, count, &part));
    if written.is_err() {
        let _ = fs::remove_file(file);
    }
    written.ok()
}

fn fill<'p>(magic: &[u8], file: File, count: usize, part: &(impl Fn(usize) -> Option<Cow<'p, [u8]>> + Sync)) -> io::Result<Hash> {
    let mut out = BufWriter::with_capacity(1 << 20, file);
    out.write_all(magic)?;
    let mut table = Vec::with_capacity(count * ENTRY);
    for from in (0..count).step_by(AT_ONCE) {
        let made = (from..count.min(from + AT_ONCE)).into_par_iter().map(|at| {
            let bytes = part(at)?;
            let hash = *blake3::hash(&bytes).as_bytes();
            Some((bytes, hash))
        });
        let made: Vec<Option<(Cow<'p, [u8]>, Hash)>> = made.collect();
        for part in made {
            let (bytes, hash) = part.ok_or(io::ErrorKind::InvalidData)?;
            out.write_all(&bytes)?;
            table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            table.extend_from_slice(&hash);
        }
    }
    let id = hash_of(magic, &table);
    out.write_all(&table)?;
    out.write_all(&(count as u64).to_le_bytes())?;
    out.write_all(&id)?;
    out.flush()?;
    Ok(id)
}

/// Writes a file in one step: another beside it is filled and takes its place. What was there stays where that fails.
pub(super) fn replace<T>(file: &Path, fill: impl FnOnce(File) -> io::Result<T>) -> io::Result<T> {
    let temporary = file.with_extension(std::process::id().to_string());
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fill(create(&temporary)?));
    let written = written.and_then(|done| fs::rename(&temporary, file).map(|()| done));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Creates a file that nobody else can read, where the system knows of that: it may hold private notes.
fn create(file: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn hash_of(magic: &[u8], table: &[u8]) -> Hash {
    *blake3::Hasher::new().update(magic).update(table).finalize().as_bytes()
}

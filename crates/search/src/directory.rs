//! Files for tantivy's readers over something that may not have all bytes yet.
//!
//! *In*: a [`Source`], which answers reads of named files. *Out*: tantivy's `FileSlice`. A read that cannot be answered yet is an error of
//! the kind `WouldBlock`, which tantivy hands back to the caller. Nothing waits, as a browser cannot.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use tantivy::HasLen;
use tantivy::directory::{FileHandle, FileSlice, OwnedBytes};

/// Named files that can be read in pieces.
pub(crate) trait Source: fmt::Debug + Send + Sync + 'static {
    /// A file's length; `None` when there is no such file.
    fn len(&self, name: &str) -> Option<usize>;
    /// Reads a piece that lies inside the file.
    fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes>;
    /// Says that the lists of terms in this range will be read, and their positions where these are at most so many compressed bytes: what is missing
    /// of them may be named together with what is missing already, unless it is more than `most` blocks.
    fn expect(&self, _from: &[u8], _to: &[u8], _most: usize, _positions: u32) {}
}

/// A file as a whole; nothing of it is read yet.
pub(crate) fn file<S: Source>(source: &Arc<S>, name: &str) -> io::Result<FileSlice> {
    let len = source.len(name).ok_or(io::ErrorKind::NotFound)?;
    Ok(FileSlice::new(Arc::new(File { source: Arc::clone(source), name: name.to_owned(), len })))
}

#[derive(Debug)]
struct File<S> {
    source: Arc<S>,
    name: String,
    len: usize,
}

impl<S: Source> HasLen for File<S> {
    fn len(&self) -> usize {
        self.len
    }
}

impl<S: Source> FileHandle for File<S> {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start >= range.end {
            return Ok(OwnedBytes::empty());
        }
        if range.end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.source.read(&self.name, range)
    }
}

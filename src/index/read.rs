//! Asks a built site's index: what the page's scripts do, for the terminal and for tests.
//!
//! In: the bytes of the entry, and a closure that reads a file of the site. Out: answers. Opens no file itself.

use std::fmt;
use std::io::{self, Read as _};

use biji_search::{PackError, Request, Response, Searcher, Step};
use flate2::read::MultiGzDecoder;

use super::files;

/// The index of a built site.
#[derive(Debug)]
pub struct Index {
    searcher: Searcher,
}

/// Why a built site's index gives no answer.
#[derive(Debug)]
pub enum ReadError {
    /// A file of the site, relative to its root, cannot be read.
    Unreadable(String, io::Error),
    /// A file of the site, relative to its root, does not hold what it should.
    Damaged(String, String),
    /// The index was built by a version of Biji with another format.
    Version(u32),
}

impl Index {
    /// Opens an index by the bytes of the file [`files::ENTRY`].
    ///
    /// # Errors
    /// When they are damaged or of another version.
    pub fn open(entry: &[u8]) -> Result<Self, ReadError> {
        let damaged = |what: String| ReadError::Damaged(files::ENTRY.to_owned(), what);
        let entry = gunzip(entry).map_err(|error| damaged(error.to_string()))?;
        let line = entry.iter().position(|byte| *byte == b'\n').filter(|_| entry.starts_with(files::MARK.as_bytes()));
        let line = line.ok_or_else(|| damaged("it does not begin like an index of Biji's".to_owned()))?;
        let searcher = Searcher::open(&entry[line + 1..]).map_err(|error| match error {
            PackError::Version(found) => ReadError::Version(found),
            PackError::Entry(what) | PackError::Block(what) => damaged(what),
        })?;
        Ok(Self { searcher })
    }

    /// Answers a query. `read` is given paths relative to the site's root; what was read once is kept.
    ///
    /// # Errors
    /// When a file of the index cannot be read or is damaged.
    pub fn search(&mut self, request: &Request, mut read: impl FnMut(&str) -> io::Result<Vec<u8>>) -> Result<Response, ReadError> {
        loop {
            let names = match self.searcher.search(request) {
                Step::Done(response) => return Ok(response),
                Step::Need(names) => names,
            };
            for name in names {
                let path = files::block(&name);
                let bytes = read(&path).map_err(|error| ReadError::Unreadable(path.clone(), error))?;
                let bytes = gunzip(&bytes).map_err(|error| ReadError::Damaged(path.clone(), error.to_string()))?;
                self.searcher.provide(&name, bytes).map_err(|error| match error {
                    PackError::Version(found) => ReadError::Version(found),
                    PackError::Entry(what) | PackError::Block(what) => ReadError::Damaged(path.clone(), what),
                })?;
            }
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "cannot read `{path}`: {error}"),
            Self::Damaged(path, what) => write!(f, "`{path}` is damaged: {what}"),
            Self::Version(found) => write!(f, "the index has format version {found}, which this version of Biji does not read"),
        }
    }
}

impl std::error::Error for ReadError {}

fn gunzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut out)?;
    Ok(out)
}

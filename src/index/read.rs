//! Asks a built site's index: what the page's scripts do, for the terminal and for tests.
//!
//! In: the bytes of the entry, and a closure that reads a file of the site. Out: answers. Opens no file itself.

use std::{fmt, io};

use biji_search::{PackError, Part, Request, Response, Searcher, decompress, unpack};

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
    Damaged(String, io::Error),
    /// The files are whole, but what is in them is damaged or of another version.
    Pack(PackError),
}

impl Index {
    /// Opens an index by the bytes of the file [`files::ENTRY`].
    ///
    /// # Errors
    /// When they are damaged or of another version.
    pub fn open(entry: &[u8]) -> Result<Self, ReadError> {
        let damaged = |error| ReadError::Damaged(files::ENTRY.to_owned(), error);
        let entry = decompress(entry).map_err(damaged)?;
        let pack = files::pack_of(&entry)
            .ok_or_else(|| damaged(io::Error::new(io::ErrorKind::InvalidData, "it does not begin like an index of Biji's")))?;
        Ok(Self { searcher: Searcher::open(pack)? })
    }

    /// Answers a query. `read` is given paths relative to the site's root; what was read once is kept.
    ///
    /// # Errors
    /// When a file of the index cannot be read or is damaged.
    pub fn search(&mut self, request: &Request, mut read: impl FnMut(&str) -> io::Result<Vec<u8>>) -> Result<Response, ReadError> {
        self.searcher.search_with(request, |name| {
            let part = Part::of(name).ok_or_else(|| PackError::Block(name.to_owned()))?;
            let path = files::volume(part.volume);
            let bytes = read(&path).map_err(|error| ReadError::Unreadable(path.clone(), error))?;
            unpack(&bytes, part.range).map_err(|error| ReadError::Damaged(path, error))
        })
    }
}

impl From<PackError> for ReadError {
    fn from(error: PackError) -> Self {
        Self::Pack(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "cannot read `{path}`: {error}"),
            Self::Damaged(path, error) => write!(f, "`{path}` is damaged: {error}"),
            Self::Pack(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

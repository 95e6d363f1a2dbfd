//! A tantivy directory over something that may not have all bytes yet.
//!
//! *In*: a [`Source`], which answers reads of named files. *Out*: a read-only `Directory`. A read that cannot be answered yet is an error of
//! the kind `WouldBlock`, which tantivy hands back to the caller. Locks do nothing, as nothing is written; nothing waits, as a browser cannot.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr};

/// Named files that can be read in pieces.
pub(crate) trait Source: fmt::Debug + Send + Sync + 'static {
    /// A file's length; `None` when there is no such file.
    fn len(&self, name: &str) -> Option<usize>;
    /// Reads a piece that lies inside the file.
    fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes>;
    /// Says that the lists of terms in this range will be read: what is missing of them may be named together with what is missing already.
    fn expect(&self, _from: &[u8], _to: &[u8]) {}
}

/// The directory.
#[derive(Debug)]
pub(crate) struct ReadOnly<S>(pub(crate) Arc<S>);

impl<S> Clone for ReadOnly<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
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

fn name(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn read_only() -> io::Error {
    io::ErrorKind::ReadOnlyFilesystem.into()
}

impl<S: Source> Directory for ReadOnly<S> {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let name = name(path).to_owned();
        let len = self.0.len(&name).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))?;
        Ok(Arc::new(File { source: Arc::clone(&self.0), name, len }))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.0.len(name(path)).is_some())
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let len = self.0.len(name(path)).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))?;
        let bytes = self.0.read(name(path), 0..len);
        bytes.map(|bytes| bytes.as_slice().to_vec()).map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

//! What stops publishing: each with its path and verb. The old site stays whole.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::guard::Refusal;
use crate::diagnostic::reason;

/// What stopped publishing.
#[derive(Debug)]
pub enum PublishError {
    /// The output folder is not one that Biji may publish to.
    Refused(PathBuf, Refusal),
    /// A page wants the place of a file that Biji did not write.
    Taken(PathBuf),
    /// The operating system refused.
    Io {
        /// What was tried: `write`, `create`…
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A published file that was to be kept is another one than it was when the site was made.
    Changed(PathBuf),
    /// A test stopped it.
    Interrupted,
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(path, refusal) => write!(f, "will not publish to `{}`: {refusal}", path.display()),
            Self::Taken(path) => {
                write!(f, "`{}` was not written by Biji, and the site has a file of that name; move one of them", path.display())
            }
            Self::Io { verb, path, source } => {
                write!(f, "cannot {verb} `{}`: {}", path.display(), reason(source))?;
                match source.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                        f.write_str("; free some space, the old site is untouched")
                    }
                    io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => {
                        f.write_str("; a mount point cannot be swapped, name a folder inside it with `--output`")
                    }
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                        f.write_str("; Biji works in the folder that the output lies in, and needs to write there")
                    }
                    _ => Ok(()),
                }
            }
            Self::Changed(path) => write!(f, "`{}` was changed while the site was built; build it again", path.display()),
            Self::Interrupted => f.write_str("publishing was interrupted"),
        }
    }
}

impl std::error::Error for PublishError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Adds verb and path to what the operating system says.
pub(super) trait Doing<T> {
    fn doing(self, verb: &'static str, path: &Path) -> Result<T, PublishError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, verb: &'static str, path: &Path) -> Result<T, PublishError> {
        self.map_err(|source| PublishError::Io { verb, path: path.to_owned(), source })
    }
}

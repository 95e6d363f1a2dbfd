//! What the operating system says of files, as values that can be kept and compared.
//!
//! In: metadata, paths. Out: a [`Stamp`]. A stamp says nothing of a file that was written moments ago: it may be written again without a new time.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::bundle::Stamp;

/// The stamp of a plain file; `None` for anything else, and where the system has no times.
#[must_use]
pub fn stamp(path: &Path) -> Option<Stamp> {
    fs::symlink_metadata(path).ok().as_ref().and_then(of)
}

/// The same of what was looked at before.
pub(super) fn of(metadata: &Metadata) -> Option<Stamp> {
    let modified = metadata.is_file().then(|| metadata.modified().ok())??;
    let modified = u64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()?;
    #[cfg(unix)]
    let (changed, number) = {
        use std::os::unix::fs::MetadataExt;
        ((metadata.ctime(), metadata.ctime_nsec()), metadata.ino())
    };
    #[cfg(not(unix))]
    let (changed, number) = ((0, 0), 0);
    Some(Stamp { size: metadata.len(), modified, changed, number })
}

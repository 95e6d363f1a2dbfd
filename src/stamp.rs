//! SHELL: what the operating system says of files, as values that can be kept and compared.
//!
//! In: metadata, paths. Out: a [`Stamp`], and whether it tells a later change. Knows nothing of what the files are for.
#![allow(clippy::disallowed_methods, reason = "every door to the file system asks what a file was when it was last looked at")]

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::bundle::Stamp;

/// A file that was written so lately may be written again without a new time: the coarsest clock of a file system in use is FAT's.
const TICK: Duration = Duration::from_secs(2);

/// The stamp of a plain file; `None` for anything else, and where the system has no times.
#[must_use]
pub fn stamp(path: &Path) -> Option<Stamp> {
    fs::symlink_metadata(path).ok().as_ref().and_then(of)
}

/// The same of what was looked at before.
#[must_use]
pub fn of(metadata: &Metadata) -> Option<Stamp> {
    let modified = metadata.is_file().then(|| metadata.modified().ok())??;
    // A time before 1970 is one that somebody set, and tells nothing.
    let modified = u64::try_from(modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()).ok()?;
    #[cfg(unix)]
    let (changed, number) = {
        use std::os::unix::fs::MetadataExt;
        ((metadata.ctime(), metadata.ctime_nsec()), metadata.ino())
    };
    #[cfg(not(unix))]
    let (changed, number) = ((0, 0), 0);
    Some(Stamp { size: metadata.len(), modified, changed, number })
}

/// Whether the file was at rest for a while at this time: then any later change gives it another stamp.
#[must_use]
pub fn is_sure(stamp: Stamp, now: SystemTime) -> bool {
    let age = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().checked_sub(stamp.modified.into());
    age.is_some_and(|age| age >= TICK.as_nanos())
}

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

/// The same of what a handle's folder says of a file.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "the types of the fields are other ones on other systems"
)]
#[must_use]
pub fn of_stat(stat: &rustix::fs::Stat) -> Option<Stamp> {
    let is_file = rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile;
    let (seconds, nanoseconds) = is_file.then_some((stat.st_mtime, stat.st_mtime_nsec))?;
    let modified = match u64::try_from(seconds) {
        Ok(seconds) => seconds.checked_mul(1_000_000_000)?.checked_add(u64::try_from(nanoseconds).ok()?)?,
        Err(_) => 0,
    };
    let changed = (i64::try_from(stat.st_ctime).ok()?, i64::try_from(stat.st_ctime_nsec).ok()?);
    Some(Stamp { size: u64::try_from(stat.st_size).ok()?, modified, changed, number: u64::try_from(stat.st_ino).ok()? })
}

/// Whether the file was at rest for a while at this time: then any later change gives it another stamp.
#[must_use]
pub fn is_sure(stamp: Stamp, now: SystemTime) -> bool {
    let age = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().checked_sub(stamp.modified.into());
    age.is_some_and(|age| age >= TICK.as_nanos())
}

#[cfg(all(test, any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_handle_says_what_a_path_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let handle = fs::File::open(folder.path()).expect("opens");
        let said = |name: &str| {
            let stat = rustix::fs::statat(handle.as_fd(), name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).expect("is there");
            (of_stat(&stat), stamp(&folder.path().join(name)))
        };
        let times = [Duration::from_nanos(1_700_000_000_123_456_789), Duration::ZERO].map(|age| UNIX_EPOCH + age);
        for time in times.into_iter().chain([UNIX_EPOCH - Duration::from_secs(5)]) {
            let path = folder.path().join("页.html");
            fs::write(&path, "page").expect("writes");
            fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("sets");
            let (by_handle, by_path) = said("页.html");
            assert_eq!(by_handle, by_path);
            assert_eq!(by_handle.map(|stamp| stamp.size), Some(4));
        }
        fs::create_dir(folder.path().join("folder")).expect("makes");
        std::os::unix::fs::symlink("页.html", folder.path().join("link")).expect("links");
        assert_eq!((said("folder"), said("link")), ((None, None), (None, None)));
    }
}

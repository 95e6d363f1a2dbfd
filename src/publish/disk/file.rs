//! SHELL: one file: written, copied, linked, compared.
//!
//! In: paths, bytes. Out: a new file, or what the files hold. Never writes into a file that is there. Knows nothing of what the files are for.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use crate::publish::Hash;
use crate::publish::error::{Doing, PublishError};

/// An attachment's time stamp is only trusted when the file had been at rest this long when it was copied: two changes within one tick of
/// the file system's clock have one time stamp.
const AT_REST: Duration = Duration::from_secs(2);

/// Writes a new file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    let mut file = File::create_new(path).doing("create", path)?;
    file.write_all(bytes).doing("write", path)
}

/// Which time stamp a copy gets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Kept,
    WhenAtRest,
}

/// Copies contents, not permissions: a private file that is published is readable like the others.
pub(super) fn copy(from: &Path, to: &Path, times: Times) -> Result<u64, PublishError> {
    let mut source = File::open(from).doing("read", from)?;
    let metadata = source.metadata().doing("read", from)?;
    let mut target = File::create_new(to).doing("create", to)?;
    let size = io::copy(&mut source, &mut target).doing("copy to", to)?;
    let now = target.metadata().and_then(|metadata| metadata.modified());
    if let (Ok(modified), Ok(now)) = (metadata.modified(), now)
        && (times == Times::Kept || now.duration_since(modified).is_ok_and(|age| age >= AT_REST))
    {
        // Where time stamps cannot be set, the file is copied again by the next build.
        let _ = target.set_times(FileTimes::new().set_modified(modified));
    }
    Ok(size)
}

/// A second name for a file; a copy where the file system has no hard links.
pub(super) fn link(from: &Path, to: &Path) -> Result<(), PublishError> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error).doing("create", to),
        Err(_) => copy(from, to, Times::Kept).map(drop),
    }
}

/// Makes the same symbolic link in another place.
#[cfg(unix)]
pub(super) fn link_again(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

/// Makes the same symbolic link in another place.
#[cfg(windows)]
pub(super) fn link_again(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if fs::metadata(from).is_ok_and(|metadata| metadata.is_dir()) {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

/// The hash of what a file holds.
pub(super) fn hash_file(path: &Path) -> Result<Hash, PublishError> {
    let mut file = File::open(path).doing("read", path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).doing("read", path)? {
            0 => return Ok(Hash::from_hasher(&hasher)),
            length => hasher.update(&buffer[..length]),
        };
    }
}

/// Whether two files hold the same.
pub(super) fn same_contents(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (File::open(a)?, File::open(b)?);
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    loop {
        of_a.clear();
        of_b.clear();
        let length = (&mut a).take(1 << 20).read_to_end(&mut of_a)?;
        (&mut b).take(1 << 20).read_to_end(&mut of_b)?;
        if of_a != of_b || length == 0 {
            return Ok(of_a == of_b);
        }
    }
}

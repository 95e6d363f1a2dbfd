//! SHELL: an open folder, whose files are named by the last part of their paths alone.
//!
//! In: a folder's path. Out: what lies in it, what its files are, links, new folders, removals. Never through a symbolic link. On Linux and Apple's
//! systems by a handle, so that the way to each file is not looked up again; elsewhere by path. Knows nothing of what the files are for.

use std::ffi::OsString;

/// What lies in a folder under one name.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: OsString,
    pub(super) kind: Kind,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    /// Symbolic links, devices.
    Other,
}

pub(super) use system::Folder;

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod system {
    use std::ffi::{OsStr, OsString};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStringExt;
    use std::path::Path;

    use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, linkat, mkdirat, open, statat, unlinkat};

    use super::{Entry, Kind};
    use crate::bundle::Stamp;
    use crate::stamp;

    /// An open folder.
    #[derive(Debug)]
    pub(in crate::publish::disk) struct Folder(OwnedFd);

    impl Folder {
        /// Opens a folder.
        pub(in crate::publish::disk) fn open(path: &Path) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(Self(open(path, flags, Mode::empty())?))
        }

        /// What lies in it, in no order.
        pub(in crate::publish::disk) fn entries(&self) -> io::Result<Vec<Entry>> {
            let mut entries = Vec::new();
            for entry in Dir::new(self.0.try_clone()?)? {
                let entry = entry?;
                let name = entry.file_name();
                if matches!(name.to_bytes(), b"." | b"..") {
                    continue;
                }
                let found = match entry.file_type() {
                    // Some file systems do not say.
                    FileType::Unknown => FileType::from_raw_mode(statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode),
                    other => other,
                };
                let kind = match found {
                    FileType::Directory => Kind::Folder,
                    FileType::RegularFile => Kind::File,
                    _ => Kind::Other,
                };
                entries.push(Entry { name: OsString::from_vec(name.to_bytes().to_vec()), kind });
            }
            Ok(entries)
        }

        /// The stamp of a plain file; `None` of anything else.
        pub(in crate::publish::disk) fn stamp(&self, name: &OsStr) -> io::Result<Option<Stamp>> {
            Ok(stamp::of_stat(&statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
        }

        /// Gives a file a second name, the same in another folder.
        pub(in crate::publish::disk) fn link(&self, name: &OsStr, to: &Self) -> io::Result<()> {
            Ok(linkat(&self.0, name, &to.0, name, AtFlags::empty())?)
        }

        /// Makes a folder in it.
        pub(in crate::publish::disk) fn create_folder(&self, name: &OsStr) -> io::Result<()> {
            Ok(mkdirat(&self.0, name, Mode::RWXU | Mode::RWXG | Mode::RWXO)?)
        }

        /// Removes what is no folder.
        pub(in crate::publish::disk) fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(unlinkat(&self.0, name, AtFlags::empty())?)
        }

        /// Removes an empty folder.
        pub(in crate::publish::disk) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
            Ok(unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod system {
    use std::ffi::OsStr;
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};

    use super::{Entry, Kind};
    use crate::bundle::Stamp;
    use crate::stamp;

    /// A folder that was there.
    #[derive(Debug)]
    pub(in crate::publish::disk) struct Folder(PathBuf);

    impl Folder {
        /// Looks for a folder.
        pub(in crate::publish::disk) fn open(path: &Path) -> io::Result<Self> {
            if fs::symlink_metadata(path)?.is_dir() { Ok(Self(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
        }

        /// What lies in it, in no order.
        pub(in crate::publish::disk) fn entries(&self) -> io::Result<Vec<Entry>> {
            let entry = |entry: io::Result<fs::DirEntry>| {
                let entry = entry?;
                let found = entry.file_type()?;
                let kind = match (found.is_dir(), found.is_file()) {
                    (true, _) => Kind::Folder,
                    (_, true) => Kind::File,
                    _ => Kind::Other,
                };
                Ok(Entry { name: entry.file_name(), kind })
            };
            fs::read_dir(&self.0)?.map(entry).collect()
        }

        /// The stamp of a plain file; `None` of anything else.
        pub(in crate::publish::disk) fn stamp(&self, name: &OsStr) -> io::Result<Option<Stamp>> {
            let metadata = fs::symlink_metadata(self.0.join(name))?;
            // Where the system has no times, a file has a size all the same.
            let untold = Stamp { size: metadata.len(), modified: 0, changed: (0, 0), number: 0 };
            Ok(metadata.is_file().then(|| stamp::of(&metadata).unwrap_or(untold)))
        }

        /// Gives a file a second name, the same in another folder.
        pub(in crate::publish::disk) fn link(&self, name: &OsStr, to: &Self) -> io::Result<()> {
            fs::hard_link(self.0.join(name), to.0.join(name))
        }

        /// Makes a folder in it.
        pub(in crate::publish::disk) fn create_folder(&self, name: &OsStr) -> io::Result<()> {
            fs::create_dir(self.0.join(name))
        }

        /// Removes what is no folder.
        pub(in crate::publish::disk) fn remove(&self, name: &OsStr) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        /// Removes an empty folder.
        pub(in crate::publish::disk) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
            fs::remove_dir(self.0.join(name))
        }
    }
}

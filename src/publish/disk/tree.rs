//! What lies in a folder that was published: our files and those of others.
//!
//! In: a folder. Out: its files by their paths, never through a symbolic link.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::publish::error::PublishError;

/// A published folder as it is.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Regular files whose names are UTF-8, by their paths with `/`.
    pub(super) files: BTreeMap<String, Metadata>,
    /// Everything else that is no folder: symbolic links, names that are not UTF-8, devices.
    pub(super) others: Vec<PathBuf>,
    /// Folders, parents first.
    pub(super) folders: Vec<PathBuf>,
}

impl Tree {
    /// Reads a folder; one that does not exist is empty.
    pub(super) fn read(folder: &Path) -> Result<Self, PublishError> {
        let mut tree = Self::default();
        for entry in WalkDir::new(folder).min_depth(1).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() == 0 && error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => break,
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    return Err(PublishError::Io { verb: "look into", path, source: error.into() });
                }
            };
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            if entry.file_type().is_dir() {
                tree.folders.push(relative.to_owned());
                continue;
            }
            match (entry.file_type().is_file(), name(relative)) {
                (true, Some(name)) => {
                    let metadata = entry.metadata().map_err(|e| PublishError::Io {
                        verb: "look at",
                        path: entry.path().to_owned(),
                        source: e.into(),
                    })?;
                    tree.files.insert(name, metadata);
                }
                _ => tree.others.push(relative.to_owned()),
            }
        }
        Ok(tree)
    }
}

/// A relative path with `/`, when it is UTF-8.
fn name(relative: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// A path of the site below a folder.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/').fold(folder.to_owned(), |mut path, part| {
        path.push(part);
        path
    })
}

//! What lies in a folder that was published: our files and those of others.
//!
//! In: a folder. Out: its files by their paths, never through a symbolic link. Folders of one depth are read at the same time, each by one thread,
//! since the system lets only one at a time into a folder.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folder::{Entry, Folder, Kind};
use crate::bundle::Stamp;
use crate::publish::error::{Doing, PublishError};

/// A published folder as it is.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Regular files whose paths are UTF-8, by their paths with `/`, sorted.
    pub(super) files: Vec<(String, Stamp)>,
    /// Everything else that is no folder: symbolic links, names that are not UTF-8, devices.
    pub(super) others: Vec<PathBuf>,
    /// Folders, parents first.
    pub(super) folders: Vec<PathBuf>,
}

impl Tree {
    /// Reads a folder; one that does not exist is empty.
    pub(super) fn read(folder: &Path) -> Result<Self, PublishError> {
        let mut tree = Self::default();
        let look = |place: &Place, open: &Folder, entries: &[Entry]| {
            let mut found = Self::default();
            for Entry { name, .. } in entries.iter().filter(|entry| entry.kind != Kind::Folder) {
                let (path, file) = (place.path.join(name), place.name_of(name));
                let stamp = match file {
                    Some(_) => open.stamp(name).doing("look at", &folder.join(&path))?,
                    None => None,
                };
                match (file, stamp) {
                    (Some(file), Some(stamp)) => found.files.push((file, stamp)),
                    _ => found.others.push(path),
                }
            }
            Ok(found)
        };
        for level in visit(folder, look)? {
            for (place, found) in level {
                tree.files.extend(found.files);
                tree.others.extend(found.others);
                if !place.path.as_os_str().is_empty() {
                    tree.folders.push(place.path);
                }
            }
        }
        tree.files.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        tree.others.sort();
        Ok(tree)
    }
}

/// A folder below the one that is visited.
#[derive(Debug)]
pub(super) struct Place {
    /// Its path below that; empty for that itself.
    pub(super) path: PathBuf,
    /// The same with `/`, when it is UTF-8.
    name: Option<String>,
}

impl Place {
    /// The path of what lies in it, with `/`, when it is UTF-8.
    pub(super) fn name_of(&self, name: &OsStr) -> Option<String> {
        let (folder, name) = (self.name.as_deref()?, name.to_str()?);
        Some(if folder.is_empty() { name.to_owned() } else { [folder, "/", name].concat() })
    }
}

/// Visits a folder and all below it, parents first, and gives what each visit came to, depth by depth; those of one parent side by side.
pub(super) fn visit<T: Send, A>(root: &Path, act: A) -> Result<Vec<Vec<(Place, T)>>, PublishError>
where
    A: Fn(&Place, &Folder, &[Entry]) -> Result<T, PublishError> + Sync,
{
    let mut levels = Vec::new();
    let mut is_root = true;
    let mut level = vec![Place { path: PathBuf::new(), name: Some(String::new()) }];
    while !level.is_empty() {
        let visited = level.into_par_iter().map(|place| {
            let path = if is_root { root.to_owned() } else { root.join(&place.path) };
            let open = match Folder::open(&path) {
                Err(error) if is_root && error.kind() == io::ErrorKind::NotFound => return Ok(None),
                other => other.doing("look into", &path)?,
            };
            let entries = open.entries().doing("look into", &path)?;
            let came_to = act(&place, &open, &entries)?;
            let folders = entries.iter().filter(|entry| entry.kind == Kind::Folder).map(|Entry { name, .. }| name);
            let mut below: Vec<Place> = folders.map(|name| Place { path: place.path.join(name), name: place.name_of(name) }).collect();
            below.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            Ok(Some(((place, came_to), below)))
        });
        let visited = visited.collect::<Result<Vec<_>, PublishError>>()?;
        let (done, below): (Vec<_>, Vec<_>) = visited.into_iter().flatten().unzip();
        levels.push(done);
        is_root = false;
        level = below.into_iter().flatten().collect();
    }
    Ok(levels)
}

/// A path of the site below a folder.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/').filter(|part| !part.is_empty()).fold(folder.to_owned(), |mut path, part| {
        path.push(part);
        path
    })
}

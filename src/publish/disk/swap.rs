//! The swap, and putting in order what a killed build left: steps 2, 5, 6 and 7 of the protocol.
//!
//! In: the work folder. Out: the output folder is old or new and whole. Removes only what Biji wrote.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folder::{Entry, Folder, Kind};
use super::tree::{Place, visit};
use super::{Known, MARKER, Options, Swap, Work, waiting};
use crate::publish::error::{Doing, PublishError};
use crate::publish::{MANIFEST, Manifest};

/// Up to so many new files and folders are flushed one by one, which does not wait for what other programs wrote.
const FEW: usize = 64;

/// Puts in order what a killed build left.
pub(super) fn recover(work: &Work) -> Result<(), PublishError> {
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    if there(&work.old) && !there(&work.output) {
        // Killed between the two renames.
        fs::rename(&work.old, &work.output).doing("restore", &work.output)?;
    }
    if there(&work.new) && !there(&work.output.join(MARKER)) {
        // An unfinished stage: it holds nothing but new files and links.
        remove_stage(&work.new)?;
    }
    settle(work, None, &Options::default())
}

/// Makes the old site `old`, takes the marker out of the output, removes the old site. `known`: its manifest, if that was read.
pub(super) fn settle(work: &Work, known: Option<&Known>, options: &Options<'_>) -> Result<(), PublishError> {
    let marker = work.output.join(MARKER);
    match fs::rename(&work.new, &work.old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            // A leftover `old` that could not be removed yet.
            discard(&work.old, &work.output, None)?;
            fs::rename(&work.new, &work.old).or(Err(error)).doing("move", &work.new)?;
        }
        _ => {}
    }
    options.step("old site aside")?;
    match fs::remove_file(&marker) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).doing("remove", &marker),
        _ => {}
    }
    options.step("marker removed")?;
    discard(&work.old, &work.output, known)?;
    options.step("old site removed")
}

/// Exchanges the staged folder with the output.
pub(super) fn swap(work: &Work, options: &Options<'_>) -> Result<(), PublishError> {
    let is_first = fs::symlink_metadata(&work.output).is_err();
    if is_first {
        fs::rename(&work.new, &work.output).doing("publish", &work.output)?;
    } else if options.swap == Swap::TwoRenames || !exchange(&work.new, &work.output).doing("swap", &work.output)? {
        // A leftover of a build that could not remove it.
        discard(&work.old, &work.output, None)?;
        fs::rename(&work.output, &work.old).doing("move", &work.output)?;
        options.step("old site moved")?;
        fs::rename(&work.new, &work.output).doing("publish", &work.output)?;
    }
    options.step("swapped")?;
    flush_folder(&work.folder);
    flush_folder(&work.parent);
    Ok(())
}

/// Exchanges two folders in one step; false where that is impossible.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(new: &Path, output: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, new, CWD, output, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// Exchanges two folders in one step; false where that is impossible.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Writes what was staged through to the disk: new files and all folders.
pub(super) fn flush(fresh: &[PathBuf], folders: &[PathBuf]) -> Result<(), PublishError> {
    // Every folder is new, also where its files are not, and a disk may take milliseconds for each.
    #[cfg(target_os = "linux")]
    if let Some(staged) = folders.first().filter(|_| fresh.len() + folders.len() > FEW) {
        let folder = File::open(staged).doing("flush", staged)?;
        return rustix::fs::syncfs(&folder).map_err(io::Error::from).doing("flush", staged);
    }
    fresh.par_iter().with_max_len(FEW).try_for_each(|path| flush_file(path).doing("flush", path))?;
    folders.par_iter().for_each(|folder| flush_folder(folder));
    Ok(())
}

/// Apple's full flush empties the drive's own cache for every file, which takes minutes for a site; order is kept without it.
#[cfg(target_vendor = "apple")]
fn flush_file(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::fsync(File::open(path)?)?)
}

#[cfg(not(target_vendor = "apple"))]
fn flush_file(path: &Path) -> io::Result<()> {
    File::options().write(true).open(path)?.sync_all()
}

/// Flushes renames. Folders cannot be opened on Windows, and some file systems refuse: no reason to stop.
fn flush_folder(path: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(path)
    {
        let _ = folder.sync_all();
    }
}

/// Removes a site that is not published any more: what its manifest names, and what the published folder has as well. Anything else turned
/// up after it was staged, and is moved there.
fn discard(site: &Path, output: &Path, known: Option<&Known>) -> Result<(), PublishError> {
    if fs::symlink_metadata(site).is_err() {
        return Ok(());
    }
    waiting(|| discard_there(site, output, known))
}

fn discard_there(site: &Path, output: &Path, known: Option<&Known>) -> Result<(), PublishError> {
    // Without a manifest it was empty but for files of others.
    let bytes = fs::read(site.join(MANIFEST)).unwrap_or_default();
    let parsed = match known.filter(|known| known.bytes == bytes) {
        Some(_) => Manifest::default(),
        None => Manifest::parse(&bytes).unwrap_or_default(),
    };
    let ours = known.filter(|known| known.bytes == bytes).map_or(&parsed, |known| &known.manifest);
    let remove = |place: &Place, folder: &Folder, entries: &[Entry]| {
        let mut others = Vec::new();
        for Entry { name, kind } in entries.iter().filter(|entry| entry.kind != Kind::Folder) {
            let path = place.name_of(name).filter(|_| *kind == Kind::File);
            match path.as_deref() {
                // Last, because it says what is ours.
                Some(MANIFEST) => {}
                Some(path) if path == MARKER || ours.files.contains_key(path) => {
                    folder.remove(name).doing("remove", &site.join(path))?;
                }
                _ => others.push(place.path.join(name)),
            }
        }
        Ok(others)
    };
    let levels = visit(site, remove)?;
    let others: Vec<&PathBuf> = levels.iter().flatten().flat_map(|(_, others)| others).collect();
    others.into_par_iter().try_for_each(|path| rescue(&site.join(path), &output.join(path)))?;
    match fs::remove_file(site.join(MANIFEST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).doing("remove", &site.join(MANIFEST)),
        _ => {}
    }
    remove_folders(site, &levels)
}

/// Removes a folder that holds nothing but the folders that were visited.
fn remove_folders<T: Sync>(site: &Path, levels: &[Vec<(Place, T)>]) -> Result<(), PublishError> {
    // What is in a folder goes before it; the system lets only one thread at a time into the folder that they lie in.
    for level in levels.iter().skip(1).rev() {
        let siblings: Vec<_> = level.chunk_by(|(a, _), (b, _)| a.path.parent() == b.path.parent()).collect();
        siblings.into_par_iter().try_for_each(|siblings| {
            let parent = site.join(siblings.first().and_then(|(place, _)| place.path.parent()).unwrap_or(Path::new("")));
            let open = Folder::open(&parent).doing("look into", &parent)?;
            siblings
                .iter()
                .filter_map(|(place, _)| place.path.file_name())
                .try_for_each(|name| open.remove_folder(name).doing("remove", &parent.join(name)))
        })?;
    }
    fs::remove_dir(site).doing("remove", site)
}

/// Removes a file that was carried over, or moves it where it belongs when it was changed or added since.
fn rescue(from: &Path, to: &Path) -> Result<(), PublishError> {
    let (Ok(old), Ok(new)) = (fs::symlink_metadata(from), fs::symlink_metadata(to)) else {
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).doing("create", parent)?;
        }
        return fs::rename(from, to).doing("restore", to);
    };
    let is_newer = matches!((old.modified(), new.modified()), (Ok(old), Ok(new)) if old > new);
    if is_newer && !old.file_type().is_symlink() {
        fs::rename(from, to).doing("restore", to)
    } else {
        fs::remove_file(from).doing("remove", from)
    }
}

/// Removes a folder and all that is in it.
fn remove_stage(stage: &Path) -> Result<(), PublishError> {
    let remove = |place: &Place, folder: &Folder, entries: &[Entry]| {
        entries
            .iter()
            .filter(|entry| entry.kind != Kind::Folder)
            .try_for_each(|Entry { name, .. }| folder.remove(name).doing("remove", &stage.join(&place.path).join(name)))
    };
    waiting(|| remove_folders(stage, &visit(stage, remove)?))
}

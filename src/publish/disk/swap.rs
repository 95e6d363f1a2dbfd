//! The swap, and putting in order what a killed build left: steps 2, 5, 6 and 7 of the protocol.
//!
//! In: the work folder. Out: the output folder is old or new and whole. Removes only what Biji wrote.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::tree::Tree;
use super::{MARKER, Options, Swap, Work};
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
    settle(work, &Options::default())
}

/// Makes the old site `old`, takes the marker out of the output, removes the old site.
pub(super) fn settle(work: &Work, options: &Options<'_>) -> Result<(), PublishError> {
    let marker = work.output.join(MARKER);
    match fs::rename(&work.new, &work.old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            // A leftover `old` that could not be removed yet.
            discard(&work.old, &work.output)?;
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
    discard(&work.old, &work.output)?;
    options.step("old site removed")
}

/// Exchanges the staged folder with the output.
pub(super) fn swap(work: &Work, options: &Options<'_>) -> Result<(), PublishError> {
    let is_first = fs::symlink_metadata(&work.output).is_err();
    if is_first {
        fs::rename(&work.new, &work.output).doing("publish", &work.output)?;
    } else if options.swap == Swap::TwoRenames || !exchange(&work.new, &work.output).doing("swap", &work.output)? {
        // A leftover of a build that could not remove it.
        discard(&work.old, &work.output)?;
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

/// Writes the staged folder through to the disk.
pub(super) fn flush(work: &Work, fresh: &[PathBuf]) -> Result<(), PublishError> {
    let folders = Tree::read(&work.new)?.folders;
    // Every folder is new, also where its files are not, and a disk may take milliseconds for each.
    #[cfg(target_os = "linux")]
    if fresh.len() + folders.len() > FEW {
        let folder = File::open(&work.new).doing("flush", &work.new)?;
        return rustix::fs::syncfs(&folder).map_err(io::Error::from).doing("flush", &work.new);
    }
    fresh.par_iter().with_max_len(FEW).try_for_each(|path| flush_file(path).doing("flush", path))?;
    folders.par_iter().for_each(|folder| flush_folder(&work.new.join(folder)));
    flush_folder(&work.new);
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
fn discard(site: &Path, output: &Path) -> Result<(), PublishError> {
    if fs::symlink_metadata(site).is_err() {
        return Ok(());
    }
    // Without a manifest it was empty but for files of others.
    let ours = fs::read(site.join(MANIFEST)).ok().and_then(|bytes| Manifest::parse(&bytes).ok()).unwrap_or_default();
    let tree = Tree::read(site)?;
    let files: Vec<(PathBuf, bool)> = tree
        .files
        .keys()
        .filter(|path| *path != MANIFEST)
        .map(|path| (PathBuf::from(path), ours.files.contains_key(path) || path == MARKER))
        .chain(tree.others.into_iter().map(|path| (path, false)))
        .collect();
    files.into_par_iter().try_for_each(|(path, is_ours)| {
        let from = site.join(&path);
        if is_ours { fs::remove_file(&from).doing("remove", &from) } else { rescue(&from, &output.join(&path)) }
    })?;
    // Last, because it says what is ours.
    match fs::remove_file(site.join(MANIFEST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).doing("remove", &site.join(MANIFEST)),
        _ => {}
    }
    // What is in a folder goes before it.
    let mut by_depth: BTreeMap<usize, Vec<PathBuf>> = BTreeMap::new();
    for folder in &tree.folders {
        by_depth.entry(folder.components().count()).or_default().push(site.join(folder));
    }
    for folders in by_depth.into_values().rev().chain([vec![site.to_owned()]]) {
        folders.par_iter().try_for_each(|folder| fs::remove_dir(folder).doing("remove", folder))?;
    }
    Ok(())
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

fn remove_stage(stage: &Path) -> Result<(), PublishError> {
    fs::remove_dir_all(stage).doing("remove", stage)
}

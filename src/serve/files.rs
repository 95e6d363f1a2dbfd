//! SHELL: the content folder, read again and again: only what changed is read.
//!
//! In: the folder, and which files may have changed. Out: the `SourceTree` that [`disk::read`] would give. A file is taken from memory when nobody
//! named it and the operating system says what it said last time: size, times and number of the file. One that was written moments before it was read is
//! not trusted, since it may have been written twice in one tick of the file system's clock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use super::Changes;
use crate::bundle::Stamp;
use crate::diagnostic::Diagnostic;
use crate::path::SourcePath;
use crate::source::disk::{self, Folder, ReadNote};
use crate::source::{Attachment, SHOWN, SourceTree};
use crate::stamp;

/// An attachment, what the operating system said of it, and whether that tells a later change.
type Seen = (Attachment, Option<Stamp>, bool);

/// A note as it was read.
#[derive(Debug)]
struct Known {
    /// `None` where the system does not say.
    stamp: Option<Stamp>,
    /// Whether the stamp tells a later change.
    is_sure: bool,
    disk: PathBuf,
    read: ReadNote,
}

/// The content folder as it was read last.
#[derive(Debug, Default)]
pub struct Files {
    /// The folder, the prefix, what is excluded: with other ones, all is read anew.
    settings: Option<(PathBuf, String, Vec<String>)>,
    notes: BTreeMap<SourcePath, Known>,
    attachments: BTreeMap<SourcePath, Seen>,
    has_links: bool,
    /// What walking told.
    found: Vec<Diagnostic>,
}

/// What reading gave.
#[derive(Debug)]
pub struct Reading {
    /// The folder now.
    pub tree: SourceTree,
    /// What is wrong with its files.
    pub found: Vec<Diagnostic>,
    /// Attachments that are there as before, with other bytes.
    pub touched: BTreeSet<SourcePath>,
}

impl Files {
    /// Reads what changed. `real` is the content folder without symbolic links, below which `changes` name files.
    pub fn read(&mut self, folder: Folder<'_>, real: &Path, changes: &Changes) -> Reading {
        let settings = (folder.path.to_owned(), folder.prefix.to_owned(), folder.exclude.to_vec());
        let is_new = self.settings.as_ref() != Some(&settings);
        if is_new {
            *self = Self { settings: Some(settings), ..Self::default() };
        }
        let mut touched = BTreeSet::new();
        match self.named(real, changes).filter(|_| !is_new) {
            Some(named) => self.read_named(folder, named, &mut touched),
            None => self.walk(folder, real, changes, &mut touched),
        }
        let mut tree = SourceTree::default();
        let mut found = self.found.clone();
        for known in self.notes.values() {
            match &known.read {
                Ok((note, diagnostic)) => {
                    tree.notes.push(note.clone());
                    found.extend(diagnostic.clone());
                }
                Err(diagnostic) => found.push(diagnostic.clone()),
            }
        }
        tree.attachments = self.attachments.values().map(|(attachment, ..)| attachment.clone()).collect();
        Reading { tree, found, touched }
    }

    /// The known files that the changes name, when they name nothing else: then the folder need not be walked. A file that came, went or is no plain one
    /// may change what the walk finds.
    fn named(&self, real: &Path, changes: &Changes) -> Option<Vec<(SourcePath, fs::Metadata)>> {
        if changes.all || self.has_links {
            return None;
        }
        let mut named = Vec::new();
        for path in &changes.paths {
            let Ok(relative) = path.strip_prefix(real) else { continue };
            let parts: Vec<&str> = relative.components().map(|part| part.as_os_str().to_str()).collect::<Option<_>>()?;
            if parts.iter().any(|part| part.starts_with('.') && !SHOWN.contains(part)) {
                continue;
            }
            let name = SourcePath::new(&parts.join("/"))?;
            let is_known = self.notes.contains_key(&name) || self.attachments.contains_key(&name);
            match fs::symlink_metadata(path) {
                Ok(metadata) if is_known && metadata.is_file() && metadata.len() <= disk::LARGEST_NOTE => named.push((name, metadata)),
                // What an editor writes beside the file and takes away.
                Err(error) if !is_known && error.kind() == std::io::ErrorKind::NotFound && !self.has_below(&name) => {}
                _ => return None,
            }
        }
        Some(named)
    }

    /// Whether a known file lies in the folder of this name.
    fn has_below(&self, name: &SourcePath) -> bool {
        let prefix = format!("{name}/");
        let is_below = |path: &SourcePath| path.as_str().starts_with(&prefix);
        self.notes.keys().any(is_below) || self.attachments.keys().any(is_below)
    }

    fn read_named(&mut self, folder: Folder<'_>, named: Vec<(SourcePath, fs::Metadata)>, touched: &mut BTreeSet<SourcePath>) {
        let now = SystemTime::now();
        for (name, metadata) in named {
            let stamp = stamp::of(&metadata);
            if let Some(known) = self.notes.get_mut(&name) {
                let read = disk::read_note(folder.prefix, name, &known.disk);
                *known = Known {
                    is_sure: tells_changes(stamp, now),
                    stamp,
                    disk: std::mem::take(&mut known.disk),
                    read: kept(read, &known.read),
                };
            } else if let Some((attachment, known, is_sure)) = self.attachments.get_mut(&name) {
                attachment.size = metadata.len();
                attachment.pixels = disk::measure(folder.path, &name);
                *is_sure = tells_changes(stamp, now);
                *known = stamp;
                touched.insert(name);
            }
        }
    }

    fn walk(&mut self, folder: Folder<'_>, real: &Path, changes: &Changes, touched: &mut BTreeSet<SourcePath>) {
        let now = SystemTime::now();
        let (listing, found) = disk::list(folder);
        let mut old = std::mem::take(&mut self.notes);
        let is_named = |disk: &Path| {
            let relative = disk.strip_prefix(folder.path).unwrap_or(disk);
            changes.paths.contains(&real.join(relative))
        };
        let work: Vec<_> = listing.notes.into_iter().map(|(name, disk, metadata)| (old.remove(&name), name, disk, metadata)).collect();
        let read = |(old, name, disk, metadata): (Option<Known>, SourcePath, PathBuf, fs::Metadata)| {
            let stamp = stamp::of(&metadata);
            match old {
                Some(known) if known.is_sure && known.stamp == stamp && !is_named(&disk) => (name, Known { disk, ..known }),
                old => {
                    let read = disk::read_note(folder.prefix, name.clone(), &disk);
                    let read = match &old {
                        Some(old) => kept(read, &old.read),
                        None => read,
                    };
                    (name, Known { is_sure: tells_changes(stamp, now), stamp, disk, read })
                }
            }
        };
        self.notes = work.into_par_iter().map(read).collect::<Vec<_>>().into_iter().collect();
        let mut old = std::mem::take(&mut self.attachments);
        let work: Vec<_> = listing.attachments.into_iter().map(|(file, metadata)| (old.remove(&file.path), file, metadata)).collect();
        let measured = |(old, file, metadata): (Option<Seen>, Attachment, fs::Metadata)| {
            let stamp = stamp::of(&metadata);
            let is_named = changes.paths.contains(&disk::locate(real, &file.path));
            let is_touched = is_named || old.as_ref().is_some_and(|(_, old, _)| *old != stamp);
            let pixels = match old {
                Some((old, _, true)) if !is_touched => old.pixels,
                _ => disk::measure(folder.path, &file.path),
            };
            (is_touched, Attachment { pixels, ..file }, stamp)
        };
        for (is_touched, file, stamp) in work.into_par_iter().map(measured).collect::<Vec<_>>() {
            if is_touched {
                touched.insert(file.path.clone());
            }
            let is_sure = tells_changes(stamp, now);
            self.attachments.insert(file.path.clone(), (file, stamp, is_sure));
        }
        self.has_links = listing.has_links;
        self.found = found;
    }
}

/// Whether a stamp tells a later change.
fn tells_changes(stamp: Option<Stamp>, now: SystemTime) -> bool {
    stamp.is_some_and(|stamp| stamp::is_sure(stamp, now))
}

/// What was read before, when it is the same: then everybody who holds it sees at a glance that nothing changed.
fn kept(new: ReadNote, old: &ReadNote) -> ReadNote {
    match (&new, old) {
        (Ok((new_note, new_said)), Ok((note, said))) if new_note.file == note.file && new_said == said => Ok((note.clone(), said.clone())),
        _ => new,
    }
}

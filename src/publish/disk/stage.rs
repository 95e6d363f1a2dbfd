//! The staged folder: the whole new site beside the old one.
//!
//! In: the bundle, the old manifest and what lies in the output. Out: a filled folder and its manifest. Unchanged files are hard links to
//! the published ones; a changed file is always a new one, so that no write goes through such a link.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::file::{Times, copy, hash_file, link, link_again, same_contents, write};
use super::folder::Folder;
use super::tree::{Tree, below};
use super::{Known, Left, MARKER, Options, Published, Work};
use crate::bundle::{Artifact, Bundle, Payload, Stamp};
use crate::path::SourcePath;
use crate::publish::error::{Doing, PublishError};
use crate::publish::{Hash, MANIFEST, Manifest, Plan, plan};
use crate::stamp;

/// What will be staged, compared with what is published.
pub(super) struct Stage<'a> {
    bundle: &'a Bundle,
    content: &'a Path,
    work: &'a Work,
    /// What was published before; `None` when there is no manifest, so that an empty site is still published.
    old: Option<&'a Known>,
    plan: Plan,
    /// For each artifact.
    compared: Vec<Compared<'a>>,
    /// What in the output is not ours and stays: paths below it.
    foreign: Vec<PathBuf>,
    /// The folders of the site by their paths, parents first; `""` is the site itself.
    shelves: BTreeMap<&'a str, Shelf<'a>>,
    /// The manifest's bytes, when the site was staged.
    manifest: OnceLock<Vec<u8>>,
}

/// An artifact beside what is published in its place.
struct Compared<'a> {
    /// The hash of what is wanted, where that is at hand.
    hash: Option<Hash>,
    /// The hash of what was published, by the manifest.
    before: Option<&'a Hash>,
    /// The file that lies there.
    there: Option<Stamp>,
    /// Whether that file is ours and holds what is wanted.
    same: bool,
}

/// What goes into one folder.
#[derive(Debug, Default)]
struct Shelf<'a> {
    /// The names of folders.
    folders: Vec<&'a str>,
    /// Artifacts.
    files: Vec<usize>,
}

/// Compares the bundle with the published folder: the manifest says what is ours, the disk what it holds.
pub(super) fn prepare<'a>(
    bundle: &'a Bundle,
    content: &'a Path,
    work: &'a Work,
    old: Option<&'a Known>,
    options: &Options<'_>,
) -> Result<Stage<'a>, PublishError> {
    let tree = Tree::read(&work.output)?;
    let hashes: Vec<Option<Hash>> = bundle.artifacts().par_iter().map(|artifact| artifact_hash(&artifact.payload)).collect();
    let paths = || bundle.artifacts().iter().map(|artifact| artifact.path.as_str());
    let plan = {
        let wanted: Vec<(&str, Option<&Hash>)> = paths().zip(hashes.iter().map(Option::as_ref)).collect();
        old.map_or_else(|| plan(&Manifest::default(), &wanted), |old| plan(&old.manifest, &wanted))
    };
    let there: Vec<Option<Stamp>> = beside(paths(), tree.files.iter().map(|(path, stamp)| (path.as_str(), *stamp))).collect();
    let each = hashes.into_iter().zip(beside(paths(), ours(old))).zip(there);
    let mut compared: Vec<Compared<'_>> = each.map(|((hash, before), there)| Compared { hash, before, there, same: false }).collect();
    let is_kept = |at: &usize| compared[*at].there.is_some_and(|there| is_same(&bundle.artifacts()[*at], there, work, content, options));
    let same: Vec<usize> = plan.keep.par_iter().copied().filter(is_kept).collect();
    for at in same {
        compared[at].same = true;
    }
    // Of what is not in the bundle itself there must be the file that was seen.
    let changed = |(artifact, file): &(&Artifact, &Compared<'_>)| !file.same && matches!(artifact.payload, Payload::Published(_));
    if let Some((artifact, _)) = bundle.artifacts().iter().zip(&compared).find(changed) {
        return Err(PublishError::Changed(below(&work.output, artifact.path.as_str())));
    }
    let foreign = foreign(&tree, old, bundle, work)?;
    Ok(Stage { bundle, content, work, old, plan, compared, foreign, shelves: shelves(bundle), manifest: OnceLock::new() })
}

/// The files of the manifest in the order of their paths.
fn ours(old: Option<&Known>) -> impl Iterator<Item = (&str, &Hash)> {
    old.into_iter().flat_map(|old| &old.manifest.files).map(|(path, hash)| (path.as_str(), hash))
}

/// For each path what stands beside the same path in a list; both are in the order of paths.
fn beside<'a, 'b, T>(paths: impl Iterator<Item = &'a str>, list: impl Iterator<Item = (&'b str, T)>) -> impl Iterator<Item = Option<T>> {
    let mut list = list.peekable();
    paths.map(move |path| {
        while list.next_if(|(other, _)| *other < path).is_some() {}
        list.next_if(|(other, _)| *other == path).map(|(_, value)| value)
    })
}

impl Compared<'_> {
    /// The size of the file that lies there.
    fn size(&self) -> u64 {
        self.there.map_or(0, |stamp| stamp.size)
    }
}

impl Stage<'_> {
    /// Whether the output is already what it should be.
    pub(super) fn is_published(&self) -> bool {
        self.old.is_some() && self.plan.write.is_empty() && self.plan.remove.is_empty() && self.compared.iter().all(|file| file.same)
    }

    /// The figures when nothing needs to be done.
    pub(super) fn published(&self) -> Published {
        let bytes = self.compared.iter().map(Compared::size).sum();
        Published { kept: self.compared.len(), foreign: self.foreign.len(), bytes, ..Published::default() }
    }

    /// The staged paths of the files that are not links to published ones.
    pub(super) fn fresh(&self) -> Vec<PathBuf> {
        let artifacts = self.bundle.artifacts().iter().zip(&self.compared);
        let mut fresh: Vec<PathBuf> =
            artifacts.filter(|(_, file)| !file.same).map(|(artifact, _)| below(&self.work.new, artifact.path.as_str())).collect();
        fresh.push(self.work.new.join(MANIFEST));
        fresh
    }

    /// The staged folders, those of others included; the site's own is the first.
    pub(super) fn all_folders(&self) -> Vec<PathBuf> {
        let mut folders: BTreeSet<PathBuf> = self.shelves.keys().map(|folder| below(&self.work.new, folder)).collect();
        for path in &self.foreign {
            let staged = self.work.new.join(path);
            let above = staged.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.work.new));
            let new: Vec<PathBuf> = above.take_while(|folder| !folders.contains(*folder)).map(Path::to_owned).collect();
            folders.extend(new);
            if staged.is_dir() {
                folders.insert(staged);
            }
        }
        folders.into_iter().collect()
    }

    /// Makes the staged folder.
    pub(super) fn fill(&self, options: &Options<'_>) -> Result<Published, PublishError> {
        let new = &self.work.new;
        fs::create_dir(new).doing("create", new)?;
        if let Ok(metadata) = fs::metadata(&self.work.output) {
            let _ = fs::set_permissions(new, metadata.permissions());
        }
        options.step("stage folder")?;
        // Parents first, and no two threads in one folder: the system would let only one of them in.
        let mut levels: Vec<Vec<(&str, &Shelf<'_>)>> = Vec::new();
        for (folder, shelf) in &self.shelves {
            let depth = folder.split_terminator('/').count();
            levels.resize_with(levels.len().max(depth + 1), Vec::new);
            levels[depth].push((folder, shelf));
        }
        let mut made: Vec<Option<(Hash, u64)>> = Vec::new();
        made.resize_with(self.compared.len(), || None);
        for level in levels {
            let staged = level.into_par_iter().map(|(folder, shelf)| self.stock(folder, shelf, options));
            for (at, hash, size) in staged.collect::<Result<Vec<_>, PublishError>>()?.into_iter().flatten() {
                made[at] = Some((hash, size));
            }
        }
        self.carry(options)?;
        let each = self.bundle.artifacts().iter().zip(&self.compared).zip(&made);
        let files = each.map(|((artifact, file), made)| {
            let hash = made.as_ref().map(|(hash, _)| hash).or(file.before).expect("a file is made, or kept as the manifest has it");
            (artifact.path.as_str(), hash)
        });
        let files: Vec<(&str, &Hash)> = files.collect();
        let manifest = self.manifest.get_or_init(|| Manifest::bytes_of(&files));
        write(&new.join(MANIFEST), manifest)?;
        options.step("manifest")?;
        write(&new.join(MARKER), b"")?;
        let kept = self.compared.iter().filter(|file| file.same).count();
        let sizes = self.compared.iter().zip(&made).map(|(file, made)| made.as_ref().map_or_else(|| file.size(), |(_, size)| *size));
        let bytes = sizes.sum();
        Ok(Published { written: self.compared.len() - kept, kept, removed: self.plan.remove.len(), foreign: self.foreign.len(), bytes })
    }

    /// Stages what lies in one folder, which is there: folders, links to files that are kept, then new files. Of each new file its hash and size.
    fn stock(&self, folder: &str, shelf: &Shelf<'_>, options: &Options<'_>) -> Result<Vec<(usize, Hash, u64)>, PublishError> {
        let path = below(&self.work.new, folder);
        let to = Folder::open(&path).doing("look into", &path)?;
        for name in &shelf.folders {
            to.create_folder(OsStr::new(name)).doing("create", &path.join(name))?;
        }
        options.step("folders")?;
        let (kept, fresh): (Vec<usize>, Vec<usize>) = shelf.files.iter().partition(|at| self.compared[**at].same);
        if !kept.is_empty() {
            let path = below(&self.work.output, folder);
            let from = Folder::open(&path).doing("look into", &path)?;
            for at in kept {
                self.keep(self.bundle.artifacts()[at].path.as_str(), &from, &to)?;
                options.step("file")?;
            }
        }
        let fresh = fresh.into_par_iter().map(|at| {
            let (hash, size) = self.put(&self.bundle.artifacts()[at], self.compared[at].hash.as_ref())?;
            options.step("file")?;
            Ok((at, hash, size))
        });
        fresh.collect()
    }

    /// Stages a file that is published and stays.
    fn keep(&self, path: &str, from: &Folder, to: &Folder) -> Result<(), PublishError> {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        match from.link(OsStr::new(name), to) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error).doing("create", &below(&self.work.new, path)),
            // The file system has no hard links.
            Err(_) => copy(&below(&self.work.output, path), &below(&self.work.new, path), Times::Kept).map(drop),
        }
    }

    /// Stages a new file: its hash and size.
    fn put(&self, artifact: &Artifact, hash: Option<&Hash>) -> Result<(Hash, u64), PublishError> {
        let to = below(&self.work.new, artifact.path.as_str());
        match &artifact.payload {
            Payload::Bytes(bytes) => {
                write(&to, bytes)?;
                Ok((hash.cloned().unwrap_or_else(|| Hash::of(bytes)), bytes.len() as u64))
            }
            Payload::Attachment(source) => {
                let from = source_path(self.content, source);
                let size = copy(&from, &to, Times::WhenAtRest)?;
                Ok((hash_file(&to)?, size))
            }
            Payload::Published(_) => Err(PublishError::Changed(below(&self.work.output, artifact.path.as_str()))),
        }
    }

    /// Tells what the published files are now, unless somebody took one away.
    pub(super) fn left(&self, tell: &dyn Fn(Left)) {
        let Some(manifest) = self.manifest.get().or(self.old.map(|old| &old.bytes)) else { return };
        let shelves: Vec<(&&str, &Shelf<'_>)> = self.shelves.iter().collect();
        let look = |(folder, shelf): (&&str, &Shelf<'_>)| {
            let open = Folder::open(&below(&self.work.output, folder)).ok()?;
            let files = shelf.files.iter().map(|at| {
                let path = self.bundle.artifacts()[*at].path.as_str();
                let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
                Some((path.to_owned(), open.stamp(OsStr::new(name)).ok()??))
            });
            files.collect::<Option<Vec<_>>>()
        };
        if let Some(files) = shelves.into_par_iter().map(look).collect::<Option<Vec<_>>>() {
            tell(Left { manifest: *blake3::hash(manifest).as_bytes(), files: files.into_iter().flatten().collect() });
        }
    }

    /// Takes over what others put into the output.
    fn carry(&self, options: &Options<'_>) -> Result<(), PublishError> {
        for path in &self.foreign {
            let (from, to) = (self.work.output.join(path), self.work.new.join(path));
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).map_err(|_| PublishError::Taken(from.clone()))?;
            }
            let kind = fs::symlink_metadata(&from).doing("look at", &from)?.file_type();
            let carried = if kind.is_dir() {
                fs::create_dir_all(&to).doing("create", &to)
            } else if kind.is_symlink() {
                link_again(&from, &to).doing("link", &to)
            } else {
                link(&from, &to)
            };
            match carried {
                Err(PublishError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(PublishError::Taken(from));
                }
                other => other?,
            }
            options.step("foreign file")?;
        }
        Ok(())
    }
}

/// What goes into which folder.
fn shelves(bundle: &Bundle) -> BTreeMap<&str, Shelf<'_>> {
    let mut shelves = BTreeMap::from([("", Shelf::default())]);
    for (at, artifact) in bundle.artifacts().iter().enumerate() {
        let mut folder = artifact.path.parent();
        if let Some(shelf) = shelves.get_mut(folder) {
            shelf.files.push(at);
            continue;
        }
        shelves.insert(folder, Shelf { folders: Vec::new(), files: vec![at] });
        while !folder.is_empty() {
            let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
            let is_there = shelves.contains_key(parent);
            shelves.entry(parent).or_default().folders.push(name);
            if is_there {
                break;
            }
            folder = parent;
        }
    }
    shelves
}

/// What in the output is not ours: neither in the manifest nor wanted. A published file that someone changed and that the new site does not
/// have is not ours any more.
fn foreign(tree: &Tree, old: Option<&Known>, bundle: &Bundle, work: &Work) -> Result<Vec<PathBuf>, PublishError> {
    let paths = || tree.files.iter().map(|(path, _)| path.as_str());
    let is_wanted = beside(paths(), bundle.artifacts().iter().map(|artifact| (artifact.path.as_str(), ())));
    let mut foreign = tree.others.clone();
    let mut used: BTreeSet<&Path> = BTreeSet::new();
    let mut last = None;
    for ((path, before), wanted) in paths().zip(beside(paths(), ours(old))).zip(is_wanted) {
        if path == MANIFEST || path == MARKER {
            continue;
        }
        match (before, wanted.is_some()) {
            (None, true) => return Err(PublishError::Taken(below(&work.output, path))),
            (None, false) => foreign.push(below(Path::new(""), path)),
            (Some(hash), false) if hash_file(&below(&work.output, path))? != *hash => foreign.push(below(Path::new(""), path)),
            (Some(_), _) => {}
        }
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        if last.replace(parent) == Some(parent) {
            continue;
        }
        let mut folder = Some(Path::new(parent));
        while let Some(parent) = folder.filter(|parent| used.insert(parent)) {
            folder = parent.parent();
        }
    }
    // Empty folders that someone made; those that hold our files come and go with them.
    let holds_other = |folder: &Path| tree.others.iter().any(|other| other.starts_with(folder));
    foreign.extend(tree.folders.iter().filter(|folder| !used.contains(folder.as_path()) && !holds_other(folder)).cloned());
    foreign.sort();
    Ok(foreign)
}

fn artifact_hash(payload: &Payload) -> Option<Hash> {
    match payload {
        Payload::Bytes(bytes) => Some(Hash::of(bytes)),
        Payload::Attachment(_) | Payload::Published(_) => None,
    }
}

/// Whether the published file, of which the manifest tells what is wanted, still holds it. An attachment of the same size and time stamp is the same,
/// as `make` and `rsync` have it; with another time stamp its contents decide.
fn is_same(artifact: &Artifact, published: Stamp, work: &Work, content: &Path, options: &Options<'_>) -> bool {
    let path = artifact.path.as_str();
    match &artifact.payload {
        Payload::Bytes(bytes) => {
            let is_read = || fs::read(below(&work.output, path)).is_ok_and(|old| *old == **bytes);
            published.size == bytes.len() as u64 && ((options.seen)(path) == Some(published) || is_read())
        }
        Payload::Published(seen) => published == *seen,
        Payload::Attachment(source) => {
            let source = source_path(content, source);
            fs::metadata(&source).is_ok_and(|metadata| {
                let same_time = stamp::of(&metadata).is_some_and(|stamp| stamp.modified != 0 && stamp.modified == published.modified);
                metadata.len() == published.size && (same_time || same_contents(&source, &below(&work.output, path)).unwrap_or(false))
            })
        }
    }
}

fn source_path(content: &Path, source: &SourcePath) -> PathBuf {
    below(content, source.as_str())
}

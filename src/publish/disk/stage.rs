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
    tree: Tree,
    /// For each artifact: its hash where known, and whether the published file holds the same.
    compared: Vec<(Option<Hash>, bool)>,
    /// What in the output is not ours and stays: paths below it.
    foreign: Vec<PathBuf>,
    /// The folders of the site by their paths, parents first; `""` is the site itself.
    shelves: BTreeMap<&'a str, Shelf<'a>>,
    /// The manifest's bytes, when the site was staged.
    manifest: OnceLock<Vec<u8>>,
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
    let nothing = Manifest::default();
    let ours = old.map_or(&nothing, |old| &old.manifest);
    let tree = Tree::read(&work.output)?;
    let hashes: Vec<Option<Hash>> = bundle.artifacts().par_iter().map(|artifact| artifact_hash(&artifact.payload)).collect();
    let wanted: Vec<(&str, Option<Hash>)> = bundle.artifacts().iter().map(|a| a.path.as_str()).zip(hashes).collect();
    let plan = plan(ours, &wanted);
    let mut compared: Vec<(Option<Hash>, bool)> = wanted.into_iter().map(|(_, hash)| (hash, false)).collect();
    let same: Vec<usize> = plan
        .keep
        .par_iter()
        .copied()
        .filter(|at| {
            let artifact = &bundle.artifacts()[*at];
            tree.get(artifact.path.as_str()).is_some_and(|published| is_same(artifact, published, work, content, options))
        })
        .collect();
    for at in same {
        compared[at].1 = true;
    }
    // Of what is not in the bundle itself there must be the file that was seen.
    let changed = |(artifact, (_, same)): &(&Artifact, &(Option<Hash>, bool))| !same && matches!(artifact.payload, Payload::Published(_));
    if let Some((artifact, _)) = bundle.artifacts().iter().zip(&compared).find(changed) {
        return Err(PublishError::Changed(below(&work.output, artifact.path.as_str())));
    }
    let foreign = foreign(&tree, ours, bundle, work)?;
    Ok(Stage { bundle, content, work, old, plan, tree, compared, foreign, shelves: shelves(bundle), manifest: OnceLock::new() })
}

impl Stage<'_> {
    /// Whether the output is already what it should be.
    pub(super) fn is_published(&self) -> bool {
        self.old.is_some() && self.plan.write.is_empty() && self.plan.remove.is_empty() && self.compared.iter().all(|(_, same)| *same)
    }

    /// The figures when nothing needs to be done.
    pub(super) fn published(&self) -> Published {
        let bytes = self.bundle.artifacts().iter().map(|a| self.size(a.path.as_str())).sum();
        Published { kept: self.compared.len(), foreign: self.foreign.len(), bytes, ..Published::default() }
    }

    /// The staged paths of the files that are not links to published ones.
    pub(super) fn fresh(&self) -> Vec<PathBuf> {
        let artifacts = self.bundle.artifacts().iter().zip(&self.compared);
        let mut fresh: Vec<PathBuf> =
            artifacts.filter(|(_, (_, same))| !same).map(|(artifact, _)| below(&self.work.new, artifact.path.as_str())).collect();
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
        let mut files: Vec<Option<(Hash, u64)>> = vec![None; self.compared.len()];
        for level in levels {
            let staged = level.into_par_iter().map(|(folder, shelf)| self.stock(folder, shelf, options));
            let staged: Vec<Vec<(usize, Hash, u64)>> = staged.collect::<Result<_, PublishError>>()?;
            for (at, hash, size) in staged.into_iter().flatten() {
                files[at] = Some((hash, size));
            }
        }
        self.carry(options)?;
        let paths = self.bundle.artifacts().iter().map(|artifact| artifact.path.as_str().to_owned());
        let bytes = files.iter().flatten().map(|(_, size)| size).sum();
        let manifest = Manifest { files: paths.zip(files).filter_map(|(path, file)| Some((path, file?.0))).collect() };
        let manifest = self.manifest.get_or_init(|| manifest.to_bytes());
        write(&new.join(MANIFEST), manifest)?;
        options.step("manifest")?;
        write(&new.join(MARKER), b"")?;
        let kept = self.compared.iter().filter(|(_, same)| *same).count();
        Ok(Published { written: self.compared.len() - kept, kept, removed: self.plan.remove.len(), foreign: self.foreign.len(), bytes })
    }

    /// Stages what lies in one folder, which is there: folders, links to files that are kept, then new files. Of each file its hash and size.
    fn stock(&self, folder: &str, shelf: &Shelf<'_>, options: &Options<'_>) -> Result<Vec<(usize, Hash, u64)>, PublishError> {
        let path = below(&self.work.new, folder);
        let to = Folder::open(&path).doing("look into", &path)?;
        for name in &shelf.folders {
            to.create_folder(OsStr::new(name)).doing("create", &path.join(name))?;
        }
        options.step("folders")?;
        let (kept, fresh): (Vec<usize>, Vec<usize>) = shelf.files.iter().partition(|at| self.compared[**at].1);
        let mut staged = Vec::with_capacity(shelf.files.len());
        if !kept.is_empty() {
            let path = below(&self.work.output, folder);
            let from = Folder::open(&path).doing("look into", &path)?;
            for at in kept {
                let path = self.bundle.artifacts()[at].path.as_str();
                let (hash, size) = self.keep(path, self.compared[at].0.as_ref(), &from, &to)?;
                staged.push((at, hash, size));
                options.step("file")?;
            }
        }
        let fresh = fresh.into_par_iter().map(|at| {
            let (hash, size) = self.put(&self.bundle.artifacts()[at], self.compared[at].0.as_ref())?;
            options.step("file")?;
            Ok((at, hash, size))
        });
        staged.extend(fresh.collect::<Result<Vec<_>, PublishError>>()?);
        Ok(staged)
    }

    /// Stages a file that is published and stays: its hash and size.
    fn keep(&self, path: &str, hash: Option<&Hash>, from: &Folder, to: &Folder) -> Result<(Hash, u64), PublishError> {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        match from.link(OsStr::new(name), to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error).doing("create", &below(&self.work.new, path)),
            // The file system has no hard links.
            Err(_) => drop(copy(&below(&self.work.output, path), &below(&self.work.new, path), Times::Kept)?),
        }
        let hash = hash.or_else(|| self.old?.manifest.files.get(path)).cloned();
        let hash = hash.map_or_else(|| hash_file(&below(&self.work.output, path)), Ok)?;
        Ok((hash, self.size(path)))
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

    /// The size of a published file.
    fn size(&self, path: &str) -> u64 {
        self.tree.get(path).map_or(0, |stamp| stamp.size)
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
fn foreign(tree: &Tree, old: &Manifest, bundle: &Bundle, work: &Work) -> Result<Vec<PathBuf>, PublishError> {
    let is_wanted = |path: &str| bundle.artifacts().binary_search_by(|artifact| artifact.path.as_str().cmp(path)).is_ok();
    let mut foreign = tree.others.clone();
    let mut used: BTreeSet<&Path> = BTreeSet::new();
    let mut last = None;
    for (path, _) in &tree.files {
        if path == MANIFEST || path == MARKER {
            continue;
        }
        match (old.files.get(path), is_wanted(path)) {
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
fn is_same(artifact: &Artifact, published: &Stamp, work: &Work, content: &Path, options: &Options<'_>) -> bool {
    let path = artifact.path.as_str();
    match &artifact.payload {
        Payload::Bytes(bytes) => {
            let is_read = || fs::read(below(&work.output, path)).is_ok_and(|old| *old == **bytes);
            published.size == bytes.len() as u64 && ((options.seen)(path) == Some(*published) || is_read())
        }
        Payload::Published(seen) => published == seen,
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

//! The staged folder: the whole new site beside the old one.
//!
//! In: the bundle, the old manifest and what lies in the output. Out: a filled folder and its manifest. Unchanged files are hard links to
//! the published ones; a changed file is always a new one, so that no write goes through such a link.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;

use super::tree::{Tree, below};
use super::{MARKER, Options, Published, Work};
use crate::bundle::{Artifact, Bundle, Payload};
use crate::path::SourcePath;
use crate::publish::error::{Doing, PublishError};
use crate::publish::{Hash, MANIFEST, Manifest, Plan, plan};
use crate::stamp;

/// An attachment's time stamp is only trusted when the file had been at rest this long when it was copied: two changes within one tick of
/// the file system's clock have one time stamp.
const AT_REST: Duration = Duration::from_secs(2);

/// What will be staged, compared with what is published.
pub(super) struct Stage<'a> {
    bundle: &'a Bundle,
    content: &'a Path,
    work: &'a Work,
    old: Manifest,
    /// Whether there is a manifest, so that an empty site is still published.
    is_ours: bool,
    plan: Plan,
    tree: Tree,
    /// For each artifact: its hash where known, and whether the published file holds the same.
    compared: Vec<(Option<Hash>, bool)>,
    /// What in the output is not ours and stays: paths below it.
    foreign: Vec<PathBuf>,
}

/// Compares the bundle with the published folder: the manifest says what is ours, the disk what it holds.
pub(super) fn prepare<'a>(
    bundle: &'a Bundle,
    content: &'a Path,
    work: &'a Work,
    old: Option<&Manifest>,
) -> Result<Stage<'a>, PublishError> {
    let is_ours = old.is_some();
    let old = old.cloned().unwrap_or_default();
    let tree = Tree::read(&work.output)?;
    let hashes: Vec<Option<Hash>> = bundle.artifacts().par_iter().map(|artifact| artifact_hash(&artifact.payload)).collect();
    let wanted: Vec<(&str, Option<Hash>)> = bundle.artifacts().iter().map(|a| a.path.as_str()).zip(hashes).collect();
    let plan = plan(&old, &wanted);
    let mut compared: Vec<(Option<Hash>, bool)> = wanted.into_iter().map(|(_, hash)| (hash, false)).collect();
    let same: Vec<(usize, Option<Hash>)> = plan
        .keep
        .par_iter()
        .filter_map(|at| {
            let artifact = &bundle.artifacts()[*at];
            let published = tree.files.get(artifact.path.as_str())?;
            let same = is_same(artifact, published, &below(&work.output, artifact.path.as_str()), content);
            same.then(|| (*at, old.files.get(artifact.path.as_str()).cloned()))
        })
        .collect();
    for (at, hash) in same {
        compared[at] = (hash, true);
    }
    // Of what is not in the bundle itself there must be the file that was seen.
    let changed = |(artifact, (_, same)): &(&Artifact, &(Option<Hash>, bool))| !same && matches!(artifact.payload, Payload::Published(_));
    if let Some((artifact, _)) = bundle.artifacts().iter().zip(&compared).find(changed) {
        return Err(PublishError::Changed(below(&work.output, artifact.path.as_str())));
    }
    let foreign = foreign(&tree, &old, bundle, work)?;
    Ok(Stage { bundle, content, work, old, is_ours, plan, tree, compared, foreign })
}

impl Stage<'_> {
    /// Whether the output is already what it should be.
    pub(super) fn is_published(&self) -> bool {
        self.is_ours && self.plan.write.is_empty() && self.plan.remove.is_empty() && self.compared.iter().all(|(_, same)| *same)
    }

    /// The figures when nothing needs to be done.
    pub(super) fn published(&self) -> Published {
        let bytes = self.bundle.artifacts().iter().map(|a| self.tree.files.get(a.path.as_str()).map_or(0, Metadata::len)).sum();
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

    /// Makes the staged folder.
    pub(super) fn fill(&self, options: &Options<'_>) -> Result<Published, PublishError> {
        let new = &self.work.new;
        fs::create_dir(new).doing("create", new)?;
        if let Ok(metadata) = fs::metadata(&self.work.output) {
            let _ = fs::set_permissions(new, metadata.permissions());
        }
        options.step("stage folder")?;
        for folder in self.folders() {
            let path = below(new, folder);
            fs::create_dir(&path).doing("create", &path)?;
        }
        options.step("folders")?;
        let files: Vec<(Hash, u64)> = self
            .bundle
            .artifacts()
            .par_iter()
            .zip(&self.compared)
            .map(|(artifact, (hash, same))| {
                let staged = self.put(artifact, hash.as_ref(), *same)?;
                options.step("file")?;
                Ok(staged)
            })
            .collect::<Result<_, PublishError>>()?;
        self.carry(options)?;
        let paths = self.bundle.artifacts().iter().map(|artifact| artifact.path.as_str().to_owned());
        let bytes = files.iter().map(|(_, size)| size).sum();
        let manifest = Manifest { files: paths.zip(files).map(|(path, (hash, _))| (path, hash)).collect() };
        write(&new.join(MANIFEST), &manifest.to_bytes())?;
        options.step("manifest")?;
        write(&new.join(MARKER), b"")?;
        let kept = self.compared.iter().filter(|(_, same)| *same).count();
        Ok(Published { written: self.compared.len() - kept, kept, removed: self.plan.remove.len(), foreign: self.foreign.len(), bytes })
    }

    /// The folders of the site, parents first.
    fn folders(&self) -> BTreeSet<&str> {
        let mut folders = BTreeSet::new();
        for artifact in self.bundle.artifacts() {
            let mut folder = artifact.path.parent();
            while !folder.is_empty() && folders.insert(folder) {
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        }
        folders
    }

    /// Stages one file: its hash and size.
    fn put(&self, artifact: &Artifact, hash: Option<&Hash>, same: bool) -> Result<(Hash, u64), PublishError> {
        let path = artifact.path.as_str();
        let to = below(&self.work.new, path);
        if same {
            let from = below(&self.work.output, path);
            link(&from, &to)?;
            let size = self.tree.files.get(path).map_or(0, Metadata::len);
            let hash = hash.or_else(|| self.old.files.get(path)).cloned();
            return hash.map_or_else(|| hash_file(&from), Ok).map(|hash| (hash, size));
        }
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
            Payload::Published(_) => Err(PublishError::Changed(below(&self.work.output, path))),
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

/// What in the output is not ours: neither in the manifest nor wanted. A published file that someone changed and that the new site does not
/// have is not ours any more.
fn foreign(tree: &Tree, old: &Manifest, bundle: &Bundle, work: &Work) -> Result<Vec<PathBuf>, PublishError> {
    let wanted: BTreeSet<&str> = bundle.artifacts().iter().map(|artifact| artifact.path.as_str()).collect();
    let mut foreign = tree.others.clone();
    let mut used: BTreeSet<PathBuf> = BTreeSet::new();
    for path in tree.files.keys() {
        let disk = below(&work.output, path);
        if path == MANIFEST || path == MARKER {
            continue;
        }
        match (old.files.get(path), wanted.contains(path.as_str())) {
            (None, true) => return Err(PublishError::Taken(disk)),
            (None, false) => foreign.push(disk.strip_prefix(&work.output).unwrap_or(&disk).to_owned()),
            (Some(hash), false) if hash_file(&disk)? != *hash => foreign.push(disk.strip_prefix(&work.output).unwrap_or(&disk).to_owned()),
            (Some(_), _) => {}
        }
        let mut folder = Path::new(path).parent();
        while let Some(parent) = folder.filter(|parent| used.insert((*parent).to_owned())) {
            folder = parent.parent();
        }
    }
    // Empty folders that someone made; those that hold our files come and go with them.
    let holds_other = |folder: &Path| tree.others.iter().any(|other| other.starts_with(folder));
    foreign.extend(tree.folders.iter().filter(|folder| !used.contains(*folder) && !holds_other(folder)).cloned());
    foreign.sort();
    Ok(foreign)
}

fn artifact_hash(payload: &Payload) -> Option<Hash> {
    match payload {
        Payload::Bytes(bytes) => Some(Hash::of(bytes)),
        Payload::Attachment(_) | Payload::Published(_) => None,
    }
}

/// Whether the published file holds what is wanted. An attachment of the same size and time stamp is the same, as `make` and `rsync` have it;
/// with another time stamp its contents decide.
fn is_same(artifact: &Artifact, published: &Metadata, disk: &Path, content: &Path) -> bool {
    match &artifact.payload {
        Payload::Bytes(bytes) => published.len() == bytes.len() as u64 && fs::read(disk).is_ok_and(|old| *old == **bytes),
        Payload::Published(seen) => stamp::of(published) == Some(*seen),
        Payload::Attachment(source) => {
            let path = source_path(content, source);
            fs::metadata(&path).is_ok_and(|source| {
                let same_time = matches!((source.modified(), published.modified()), (Ok(a), Ok(b)) if a == b);
                source.len() == published.len() && (same_time || same_contents(&path, disk).unwrap_or(false))
            })
        }
    }
}

fn same_contents(a: &Path, b: &Path) -> io::Result<bool> {
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

fn source_path(content: &Path, source: &SourcePath) -> PathBuf {
    below(content, source.as_str())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    let mut file = File::create_new(path).doing("create", path)?;
    file.write_all(bytes).doing("write", path)
}

/// Which time stamp a copy gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Kept,
    WhenAtRest,
}

/// Copies contents, not permissions: a private file that is published is readable like the others.
fn copy(from: &Path, to: &Path, times: Times) -> Result<u64, PublishError> {
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
fn link(from: &Path, to: &Path) -> Result<(), PublishError> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error).doing("create", to),
        Err(_) => copy(from, to, Times::Kept).map(drop),
    }
}

#[cfg(unix)]
fn link_again(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(windows)]
fn link_again(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if fs::metadata(from).is_ok_and(|metadata| metadata.is_dir()) {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}

fn hash_file(path: &Path) -> Result<Hash, PublishError> {
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

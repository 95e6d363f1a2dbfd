//! SHELL: staging, swapping and recovering the output folder.
//!
//! In: a `Bundle` and the places of things. Out: the published folder, or an error and the old folder. Knows nothing of notes or pages.
//!
//! # The protocol
//!
//! Beside the output folder `public` lies, while Biji publishes, the work folder `.public.biji`, on the same file system:
//!
//! 1. *lock*: an exclusive lock on `.public.biji/lock`; another build waits.
//! 2. *recover*: what a killed build left is put in order (below).
//! 3. *look*: `public` must be absent, hold nothing visible, or have our manifest. Nothing is written when nothing changed.
//! 4. *stage* `.public.biji/new`: every file, unchanged ones as hard links to the old (so they keep their time stamps), what others put
//!    into `public` too (`CNAME`, `.git`); the manifest; last a marker file. Nothing in `public` is touched.
//! 5. *flush* to the disk.
//! 6. *swap*: `new` and `public` are exchanged in one atomic step (Linux, macOS). Where the system or file system cannot: `public` is
//!    renamed to `old`, then `new` to `public`.
//! 7. *settle*: `new`, which now is the old site, becomes `old`; the marker in `public` goes; `old` is removed file by file: only what
//!    Biji wrote, anything else that turned up since is moved into `public`. The work folder goes.
//!
//! Killed before 6, `public` is the old site; after 6, the new one. Between the two renames of the fallback `old` is whole, and the next
//! build begins by renaming it back. The marker tells what `new` is: with a marker in `public`, the old site (go on with 7); else an
//! unfinished stage (remove it). Every state that a kill can leave is thus recognised, and recovery itself can be killed at any point.
//!
//! # What is the same
//!
//! A file is linked when the manifest names the wanted hash and the disk agrees: the file holds the wanted bytes, or it is, by its stamp, what it was
//! right behind the publishing that wrote the manifest, which a caller may remember ([`Options::seen`], [`Left`]). The manifest alone is not believed:
//! somebody may have written into the file.
//!
//! # Time
//!
//! What is done for each file counts: it is one look, one link, one look at what became of it, one removal. Each is made from an open folder (`folder`),
//! and each folder is worked through by one thread, since the system lets only one at a time into it; different folders are worked through side by side.
//!
//! # Power loss
//!
//! On Linux the file system is flushed once before the swap when there are many new files and folders (`syncfs`), else each of them; on other systems each
//! new file is flushed, in parallel. Folders that renames touch are flushed before and after the swap on Unix. So after power loss the
//! old or the new site is there, with the contents of its files (measured with 10,000 files of 10 kB on ext4: written in 0.7 to 1.6 s,
//! flushed by one `syncfs` in 0.2 to 0.5 s; a flush of each would be 10,000 commits of the journal); on Windows that holds for the files, renames are journalled by NTFS.
#![allow(clippy::disallowed_methods, reason = "this is the door through which the site is written")]

mod file;
mod folder;
mod stage;
mod swap;
mod tree;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::{Doing, PublishError};
use super::guard::{self, Places, Refusal};
use super::{MANIFEST, Manifest};
use crate::bundle::{Bundle, Stamp};

/// How the swap is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// In one step where the system can, else by two renames.
    Atomic,
    /// By two renames, as on systems that cannot exchange folders.
    TwoRenames,
}

/// What a caller may watch and decide; tests stop publishing at any step with it.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How the swap is made.
    pub swap: Swap,
    /// Called after each step with its name; false stops at once, as a kill would. Called from many threads.
    pub step: &'a (dyn Fn(&'static str) -> bool + Sync),
    /// What a published file was right behind the publishing of which the manifest in the output tells; `None` where nobody remembers. A file that
    /// still is that holds what the manifest says, and is not read to find out.
    pub seen: &'a (dyn Fn(&str) -> Option<Stamp> + Sync),
    /// Called when all is done, while nobody else can publish there, with what the published files are. Looking costs something.
    pub left: Option<&'a (dyn Fn(Left) + Sync)>,
}

/// What publishing left, as it was while nobody else could publish there.
#[derive(Debug, Clone)]
pub struct Left {
    /// The BLAKE3 hash of the manifest.
    pub manifest: [u8; 32],
    /// What each file that the manifest names is.
    pub files: BTreeMap<String, Stamp>,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("swap", &self.swap).finish_non_exhaustive()
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { swap: Swap::Atomic, step: &|_| true, seen: &|_| None, left: None }
    }
}

impl Options<'_> {
    fn step(&self, name: &'static str) -> Result<(), PublishError> {
        if (self.step)(name) { Ok(()) } else { Err(PublishError::Interrupted) }
    }
}

/// What publishing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Files written, new or changed.
    pub written: usize,
    /// Files taken over unchanged.
    pub kept: usize,
    /// Files removed.
    pub removed: usize,
    /// Files of others that were left in place.
    pub foreign: usize,
    /// Bytes of the whole site.
    pub bytes: u64,
}

/// Resolves the output folder and says whether Biji may publish there, before any work is done.
///
/// # Errors
/// The refusal, or what the operating system says.
pub fn check(places: &Places) -> Result<(), PublishError> {
    judge(places).map(drop)
}

/// Says the same, and what lies there.
fn judge(places: &Places) -> Result<Option<Known>, PublishError> {
    let refused = |refusal| PublishError::Refused(places.output.clone(), refusal);
    if let Some(refusal) = guard::refuse(places) {
        return Err(refused(refusal));
    }
    // A killed build of the fallback may have left the site in the work folder: that is not ours to judge here.
    look(&places.output, None)
}

/// The real path of a folder that need not exist yet: symbolic links followed as far as there are any.
///
/// # Errors
/// When the current folder is gone, or a symbolic link leads nowhere.
pub fn resolve(path: &Path) -> Result<PathBuf, PublishError> {
    use std::path::Component;
    let absolute = std::path::absolute(path).doing("find", path)?;
    let mut real = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(real.pop()),
            Component::Prefix(_) | Component::RootDir => real.push(part),
            Component::Normal(name) => {
                real.push(name);
                match fs::symlink_metadata(&real) {
                    Ok(metadata) if metadata.file_type().is_symlink() => {
                        real = fs::canonicalize(&real).map_err(|_| PublishError::Refused(path.to_owned(), Refusal::DanglingLink))?;
                    }
                    _ => {}
                }
            }
        }
    }
    // Case and short names as the file system spells them.
    Ok(fs::canonicalize(&real).unwrap_or(real))
}

/// A manifest that was read, and its bytes: where they lie again they need not be taken apart again.
struct Known {
    bytes: Vec<u8>,
    manifest: Manifest,
}

/// What lies in the output folder: our manifest, or nothing that counts (`None`). `before`: what lay there a moment ago.
fn look(output: &Path, before: Option<Known>) -> Result<Option<Known>, PublishError> {
    let refused = |refusal| PublishError::Refused(output.to_owned(), refusal);
    match fs::metadata(output) {
        Ok(metadata) if !metadata.is_dir() => return Err(refused(Refusal::File)),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(refused(Refusal::File)),
        Err(error) => return Err(error).doing("look into", output),
    }
    let manifest = output.join(MANIFEST);
    match fs::read(&manifest) {
        Ok(bytes) if before.as_ref().is_some_and(|before| before.bytes == bytes) => return Ok(before),
        Ok(bytes) => {
            let manifest = Manifest::parse(&bytes).map_err(|why| refused(Refusal::Manifest(why)))?;
            return Ok(Some(Known { bytes, manifest }));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).doing("read", &manifest),
    }
    // `.git`, `.DS_Store`, `.nojekyll` are no reason to refuse: hidden files are carried over.
    for entry in fs::read_dir(output).doing("look into", output)? {
        let name = entry.doing("look into", output)?.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && name != "CNAME" {
            return Err(refused(Refusal::Foreign(name.to_string_lossy().into_owned())));
        }
    }
    Ok(None)
}

/// Publishes a bundle: the output folder is the old site until it is the new one.
///
/// # Errors
/// What stopped it, with path and verb.
pub fn publish(bundle: &Bundle, places: &Places, options: &Options<'_>) -> Result<Published, PublishError> {
    let before = judge(places)?;
    let work = Work::open(&places.output, options)?;
    let result = publish_locked(bundle, places, &work, before, options);
    match &result {
        // As a kill would: leave everything as it is.
        Err(PublishError::Interrupted) => {}
        Err(_) => swap::recover(&work).unwrap_or(()),
        Ok(_) => {}
    }
    if !matches!(result, Err(PublishError::Interrupted)) {
        work.close();
    }
    result
}

fn publish_locked(
    bundle: &Bundle,
    places: &Places,
    work: &Work,
    before: Option<Known>,
    options: &Options<'_>,
) -> Result<Published, PublishError> {
    options.step("locked")?;
    swap::recover(work)?;
    options.step("recovered")?;
    let old = look(&work.output, before)?;
    let stage = stage::prepare(bundle, &places.content, work, old.as_ref(), options)?;
    options.step("compared")?;
    let published = if stage.is_published() {
        stage.published()
    } else {
        waiting(|| {
            let published = stage.fill(options)?;
            options.step("staged")?;
            swap::flush(&stage.fresh(), &stage.all_folders())?;
            options.step("flushed")?;
            swap::swap(work, options)?;
            swap::settle(work, old.as_ref(), options)?;
            Ok(published)
        })?
    };
    // Until the lock is given back nobody else publishes here.
    if let Some(left) = options.left {
        stage.left(left);
    }
    options.step("published")?;
    Ok(published)
}

/// So many threads link, write, flush and remove files, whatever the number of processors: where a disk is told at once what is freed, or a server keeps the
/// files, they mostly wait, each for its own file or folder. Measured with 1,730 folders and 16,300 files on ext4 without a journal, which discards at
/// once: the old site is removed by two threads in 1.4 to 3.4 s, by eight in 0.3 to 0.6 s; where nothing waits, eight cost nothing.
const WAITING: usize = 8;

/// Does what mostly waits with enough threads.
fn waiting<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if rayon::current_num_threads() >= WAITING {
        return work();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(WAITING).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// The work folder beside the output, locked.
struct Work {
    output: PathBuf,
    /// The folder that both lie in.
    parent: PathBuf,
    folder: PathBuf,
    new: PathBuf,
    old: PathBuf,
    lock: PathBuf,
    /// `None` where the file system has no locks.
    _held: Option<File>,
}

/// In the staged folder, until it is published and the old one is safely aside.
const MARKER: &str = ".biji-staged";

impl Work {
    fn open(output: &Path, options: &Options<'_>) -> Result<Self, PublishError> {
        let parent = output.parent().unwrap_or(output).to_owned();
        fs::create_dir_all(&parent).doing("create", &parent)?;
        let mut name = std::ffi::OsString::from(".");
        name.push(output.file_name().unwrap_or_default());
        name.push(".biji");
        let folder = parent.join(name);
        loop {
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error).doing("create", &folder),
                _ => {}
            }
            if fs::symlink_metadata(&folder).is_ok_and(|metadata| !metadata.is_dir()) {
                return Err(PublishError::Taken(folder));
            }
            let lock = folder.join("lock");
            let opened = File::options().create(true).truncate(false).read(true).write(true).open(&lock);
            let file = match opened {
                // The build before us has just removed its work folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.doing("create", &lock)?,
            };
            let held = hold(&file, options).doing("lock", &lock)?;
            // The build that we waited for removed the file that we have locked now: begin again.
            if held && !is_at(&file, &lock) {
                continue;
            }
            let (new, old) = (folder.join("new"), folder.join("old"));
            return Ok(Self { output: output.to_owned(), parent, folder, new, old, lock, _held: held.then_some(file) });
        }
    }

    /// Removes the work folder. What is left of it (a file of someone else's) stays, and the next build looks again.
    fn close(self) {
        if fs::symlink_metadata(&self.new).is_err() && fs::symlink_metadata(&self.old).is_err() {
            let _ = fs::remove_file(&self.lock);
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Waits for the lock; false where there are none.
fn hold(file: &File, options: &Options<'_>) -> io::Result<bool> {
    let locked = match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => {
            (options.step)("waiting");
            file.lock()
        }
        Err(fs::TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(()),
    };
    match locked {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(false),
        other => other.map(|()| true),
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    let here = file.try_clone().and_then(same_file::Handle::from_file);
    let there = same_file::Handle::from_path(path);
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

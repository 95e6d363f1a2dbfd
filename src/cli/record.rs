//! The record of the last build of a site: when nothing changed since, nothing is done again, and the report is the same; else what is still the same is
//! not made again.
//!
//! In: the opened site, what was read of it, the published folder. Out: what the last build said, where this one would say the same; the published files
//! that this one would make the same ([`Known`]). One file a site in the user's cache folder ([`cache`]), replaced in one step. It holds hashes of
//! what a build and each of its files depend on, and what the operating system says of every file that was published: size, times, number. Where
//! that is another, or the record cannot be read, the file is made as if there were none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::cache;
use super::kept::{self, Linked};
use super::open::Opened;
use super::pipeline::{Built, Read};
use super::shelf::{self, Shelf};
use crate::bundle::Stamp;
use crate::diagnostic::{self, Diagnostic, File};
use crate::path::UrlPath;
use crate::publish::MANIFEST;
use crate::publish::disk::{Left, Published};
use crate::render::Key;
use crate::site::PageId;
use crate::source::disk;
use crate::stamp::{is_sure, stamp};
use crate::{index, offline};

/// What the files begin with.
const MAGIC: &[u8] = concat!("biji build ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
const INDEX: &[u8] = concat!("biji index ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();

/// The hash of anything.
pub(super) type Hash = [u8; 32];

/// What this build depends on, and what the last one left.
#[derive(Debug)]
pub(super) struct Record {
    file: PathBuf,
    /// What the published index does not say of itself.
    index: PathBuf,
    program: Hash,
    /// The program, the configuration and the theme.
    base: Hash,
    /// These, the notes and all other files, but not what the repository tells. `None` where files are too new for their stamps to say anything.
    key: Option<Hash>,
    /// The hashes of the notes' texts.
    texts: Vec<Hash>,
    /// Where the notes are kept as they were parsed.
    kept: kept::Place,
    /// What the last build left, where that is still published.
    last: Option<Written>,
}

/// The record as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    base: Hash,
    key: Option<Hash>,
    /// The hash of what the repository told.
    history: Hash,
    /// The name of the site's outline and what differs from the site that is kept under it.
    outline: Option<(Hash, BTreeSet<PageId>)>,
    /// The published files.
    output: Output,
    notes: usize,
    pages: usize,
    attachments: usize,
    search: u64,
    faults: Vec<diagnostic::Kept>,
}

/// The published files, as they are right behind publishing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Output {
    /// The hash of the manifest.
    manifest: Hash,
    /// Every file: its stamp, and the hash of what it was made of, where there is one.
    files: BTreeMap<String, (Stamp, Option<Key>)>,
}

impl From<Left> for Output {
    fn from(Left { manifest, files }: Left) -> Self {
        Self { manifest, files: files.into_iter().map(|(path, stamp)| (path, (stamp, None))).collect() }
    }
}

impl Record {
    /// The record of a site. `None` where there is no cache.
    pub(super) fn of(opened: &Opened, read: &Read) -> Option<Self> {
        let folder = cache::folder()?;
        let name = name(opened);
        let [file, index] = ["build", "index"].map(|kind| folder.join(format!("{kind}-{name}")));
        let program = program()?;
        let base = base(program, opened, read);
        let texts = kept::texts(&read.tree.notes);
        let kept = kept(opened)?;
        let last = Shelf::read(MAGIC, &file).and_then(|shelf| postcard::from_bytes::<Written>(shelf.first()).ok());
        let last = last.filter(|last| Some(last.output.manifest) == manifest(&opened.places.output) && !is_at_work(opened));
        let key = key(base, opened, read, &texts);
        Some(Self { file, index, program, base, key, texts, kept, last })
    }

    /// What this build would say, when it would publish what is published already.
    pub(super) fn unchanged(&self, opened: &Opened, read: &mut Read) -> Option<(Built, Published)> {
        let last = self.last.as_ref().filter(|last| last.base == self.base && last.key.is_some() && last.key == self.key)?;
        if history(read) != last.history {
            return None;
        }
        let output = &opened.places.output;
        let files = &last.output.files;
        if !files.par_iter().all(|(path, (seen, _))| stamp(&below(output, path)) == Some(*seen)) {
            return None;
        }
        let known = self::files(opened, read);
        let diagnostics =
            last.faults.iter().map(|fault| fault.clone().read(|path| known.get(path).cloned())).collect::<Option<Vec<_>>>()?;
        let bytes = files.values().map(|(stamp, _)| stamp.size).sum();
        let published = Published { kept: files.len(), bytes, ..Published::default() };
        let (notes, pages, attachments, search) = (last.notes, last.pages, last.attachments, last.search);
        Some((Built { diagnostics, notes, pages, attachments, search, ..Built::default() }, published))
    }

    /// What a published file was right behind the last build, where its manifest lies there still.
    pub(super) fn seen(&self, path: &str) -> Option<Stamp> {
        self.last.as_ref()?.output.files.get(path).map(|(stamp, _)| *stamp)
    }

    /// What the last build left that this one may take over.
    pub(super) fn known(&self, opened: &Opened) -> Known {
        let of = |last: &Written| {
            let is_same = last.base == self.base;
            let entry = |(path, (stamp, key)): (&String, &(Stamp, Option<Key>))| (path.clone(), (*stamp, key.filter(|_| is_same)));
            last.output.files.iter().map(entry).collect()
        };
        Known {
            output: opened.places.output.clone(),
            is_offline: opened.config.offline,
            files: self.last.as_ref().map(of).unwrap_or_default(),
            fingerprints: Mutex::default(),
            outline: self.last.as_ref().filter(|last| last.base == self.base).and_then(|last| last.outline.clone()),
            texts: self.texts.clone(),
            place: self.kept.clone(),
            index: (self.index.clone(), self.last.as_ref().map(|last| [INDEX, &self.program, &last.output.manifest].concat())),
        }
    }

    /// Writes the record of what was published just now. Whatever keeps it from that only makes the next build take its time.
    pub(super) fn save(&self, known: &BTreeMap<String, File>, built: &Built, mut output: Output) {
        for (url, key) in &built.keys {
            if let Some((_, made_of)) = output.files.get_mut(url.as_str()) {
                *made_of = Some(*key);
            }
        }
        let faults = built.diagnostics.iter().map(|one| fault(one, known)).collect::<Option<_>>();
        let (key, faults) = faults.map_or((None, Vec::new()), |faults| (self.key, faults));
        if let Some(index) = &built.index {
            let magic = [INDEX, &self.program, &output.manifest].concat();
            shelf::write(&magic, &self.index, 1, |_| Some(index.as_slice().into()));
        }
        let Built { notes, pages, attachments, search, history, .. } = *built;
        let outline = built.outline.clone();
        let written = Written { base: self.base, key, history, outline, output, notes, pages, attachments, search, faults };
        if let Ok(bytes) = postcard::to_allocvec(&written) {
            shelf::write(MAGIC, &self.file, 1, |_| Some(bytes.as_slice().into()));
        }
        if let Some(folder) = self.file.parent() {
            cache::tidy(folder);
        }
    }
}

/// The files that the last build published, and what it made them of.
#[derive(Debug)]
pub(super) struct Known {
    output: PathBuf,
    is_offline: bool,
    files: BTreeMap<String, (Stamp, Option<Key>)>,
    /// The name of the site's outline, and what differed from the site that is kept under it.
    outline: Option<(Hash, BTreeSet<PageId>)>,
    /// The hashes of the notes' texts.
    texts: Vec<Hash>,
    /// Where the notes are kept as they were parsed.
    place: kept::Place,
    /// Where the rest of the index is, and what it must begin with.
    index: (PathBuf, Option<Vec<u8>>),
    /// Of those that were asked for and are there: what the site's service worker must know.
    fingerprints: Mutex<BTreeMap<UrlPath, (String, u64)>>,
}

impl Known {
    /// The file at an address, if it was made of this and nobody wrote into it since.
    pub(super) fn published(&self, url: &UrlPath, key: Key) -> Option<Stamp> {
        self.files.get(url.as_str()).filter(|(_, made_of)| *made_of == Some(key))?;
        self.kept(url)
    }

    /// The file at an address, if nobody wrote into it since: for those that are called by what is in them.
    pub(super) fn kept(&self, url: &UrlPath) -> Option<Stamp> {
        let (seen, _) = self.files.get(url.as_str())?;
        let path = below(&self.output, url.as_str());
        if self.is_offline {
            let print = offline::fingerprint(url, fs::File::open(&path).ok()?).ok()?;
            self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner).insert(url.clone(), print);
        }
        stamp(&path).filter(|stamp| stamp == seen)
    }

    /// What the file at an address was made of.
    pub(super) fn key(&self, url: &UrlPath) -> Option<Key> {
        self.files.get(url.as_str()).and_then(|(_, key)| *key)
    }

    /// The pages that may not be what they were when the files were published, where the site had the outline that it has now.
    pub(super) fn touched(&self, linked: &Linked) -> Option<BTreeSet<PageId>> {
        let (name, touched) = self.outline.as_ref()?;
        (linked.name == Some(*name)).then(|| touched | &linked.touched)
    }

    /// Where the notes are kept as they were parsed, and the hashes of the texts of those that there are.
    pub(super) fn notes(&self) -> (&kept::Place, &[Hash]) {
        (&self.place, &self.texts)
    }

    /// The index that is published, if nobody wrote into its files since.
    pub(super) fn index(&self) -> Option<index::Memo> {
        let (file, magic) = &self.index;
        let saved = Shelf::read(magic.as_ref()?, file)?;
        let read = |name: &str| {
            let (seen, _) = self.files.get(name)?;
            let path = below(&self.output, name);
            let bytes = fs::read(&path).ok()?;
            (stamp(&path) == Some(*seen)).then_some(bytes)
        };
        index::Memo::load(saved.first(), &read)
    }

    /// The fingerprints of the files that are kept, where the site has a service worker.
    pub(super) fn fingerprints(self) -> BTreeMap<UrlPath, (String, u64)> {
        self.fingerprints.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What tells the files of a site from those of others.
fn name(opened: &Opened) -> String {
    let mut site = blake3::Hasher::new();
    for path in [&opened.places.root, &opened.places.content, &opened.places.output] {
        add(&mut site, path.as_os_str().as_encoded_bytes());
    }
    site.finalize().to_hex()[..16].to_owned()
}

/// Where the notes of a site are kept as they were parsed; `None` where there is no cache.
pub(super) fn kept(opened: &Opened) -> Option<kept::Place> {
    let mut parser = blake3::Hasher::new();
    parser.update(&program()?);
    add(&mut parser, opened.prefix.as_bytes());
    number(&mut parser, usize::from(opened.config.untrusted));
    Some(kept::Place::new(&cache::folder()?, &name(opened), *parser.finalize().as_bytes()))
}

/// A fault as it is kept; `None` for one in a file whose text the next build would not have at hand.
fn fault(fault: &Diagnostic, known: &BTreeMap<String, File>) -> Option<diagnostic::Kept> {
    let is_known = fault.file.as_ref().is_none_or(|file| known.get(&*file.path) == Some(file));
    is_known.then(|| fault.into())
}

/// The files that faults can be in, by their names for people.
pub(super) fn files(opened: &Opened, read: &Read) -> BTreeMap<String, File> {
    let notes = read.tree.notes.iter().map(|note| &note.file);
    let all = notes.chain(opened.diagnostics.iter().filter_map(|fault| fault.file.as_ref()));
    all.map(|file| (file.path.to_string(), file.clone())).collect()
}

/// A hash of this program.
fn program() -> Option<Hash> {
    let program = stamp(&fs::canonicalize(std::env::current_exe().ok()?).ok()?)?;
    Some(*blake3::hash(format!("{:?}", (env!("CARGO_PKG_VERSION"), crate::engine::name(), program)).as_bytes()).as_bytes())
}

/// A hash of this program, the configuration and what the site has of a theme.
fn base(program: Hash, opened: &Opened, read: &Read) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&program);
    let settings = ((&opened.config, &opened.prefix, opened.is_configured, &opened.diagnostics), opened.places.root.file_name());
    add(&mut hasher, format!("{settings:?}").as_bytes());
    let (overrides, found) = &read.overrides;
    add(&mut hasher, format!("{:?} {found:?}", overrides.templates).as_bytes());
    number(&mut hasher, overrides.statics.len());
    for (url, bytes) in &overrides.statics {
        add(&mut hasher, url.as_str().as_bytes());
        add(&mut hasher, bytes);
    }
    *hasher.finalize().as_bytes()
}

/// A hash of everything else that a build depends on: the notes and the other files.
fn key(base: Hash, opened: &Opened, read: &Read, texts: &[Hash]) -> Option<Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&base);
    add(&mut hasher, format!("{:?}", read.found).as_bytes());
    number(&mut hasher, read.tree.notes.len());
    for (note, text) in read.tree.notes.iter().zip(texts) {
        add(&mut hasher, note.path.as_str().as_bytes());
        hasher.update(text);
    }
    let now = SystemTime::now();
    let stamps = read.tree.attachments.par_iter().map(|file| {
        // A symbolic link stands for its file.
        let disk = fs::canonicalize(disk::locate(&opened.content, &file.path)).ok()?;
        stamp(&disk).filter(|stamp| is_sure(*stamp, now)).map(|stamp| format!("{stamp:?}"))
    });
    let stamps: Vec<String> = stamps.collect::<Option<_>>()?;
    number(&mut hasher, stamps.len());
    for (file, stamp) in read.tree.attachments.iter().zip(stamps) {
        add(&mut hasher, format!("{file:?}").as_bytes());
        add(&mut hasher, stamp.as_bytes());
    }
    Some(*hasher.finalize().as_bytes())
}

/// A hash of what the repository tells.
pub(super) fn history(read: &mut Read) -> Hash {
    let told = read.history.wait();
    *blake3::hash(format!("{told:?}").as_bytes()).as_bytes()
}

fn number(hasher: &mut blake3::Hasher, number: usize) {
    hasher.update(&(number as u64).to_le_bytes());
}

/// A part stands behind its length, so no two rows of parts give the same bytes.
fn add(hasher: &mut blake3::Hasher, part: &[u8]) {
    number(hasher, part.len());
    hasher.update(part);
}

/// The hash of the manifest in the output folder.
fn manifest(output: &Path) -> Option<Hash> {
    fs::read(output.join(MANIFEST)).ok().map(|bytes| *blake3::hash(&bytes).as_bytes())
}

/// Whether another build is publishing, or one was killed while it did.
fn is_at_work(opened: &Opened) -> bool {
    let output = &opened.places.output;
    let mut name = std::ffi::OsString::from(".");
    name.push(output.file_name().unwrap_or_default());
    name.push(".biji");
    fs::symlink_metadata(output.with_file_name(name)).is_ok()
}

fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/').fold(folder.to_owned(), |mut path, part| {
        path.push(part);
        path
    })
}

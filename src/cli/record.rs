//! The record of the last build of a site: when nothing changed since, nothing is done again, and the report is the same.
//!
//! In: the opened site, what was read of it, the published folder. Out: what the last build said, where this one would say the same. One file a site in the
//! user's cache folder ([`cache`]), replaced in one step. It holds a hash of everything that a build depends on, and what the operating system says of every file
//! that was published: size, times, number. Where one of them is another, or the record cannot be read, the site is built as if there were none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::cache;
use super::open::Opened;
use super::pipeline::{Built, Read, Times};
use crate::diagnostic::{Code, Diagnostic, File};
use crate::path::SourcePath;
use crate::publish::disk::Published;
use crate::publish::{MANIFEST, Manifest};
use crate::source::disk;
use crate::text::Span;
use crate::theme::Overrides;

/// A file that was written so lately may be written again without a new time: the coarsest clock of a file system in use is FAT's.
const TICK: Duration = Duration::from_secs(2);

/// Where the record of a site is, and what it must say to hold.
#[derive(Debug)]
pub(super) struct Record {
    file: PathBuf,
    key: String,
}

/// The record as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    /// The hash of all that the build depended on.
    key: String,
    /// The hash of the published manifest.
    manifest: String,
    /// What the operating system said of each published file.
    files: BTreeMap<String, Stamp>,
    notes: usize,
    pages: usize,
    attachments: usize,
    errors: usize,
    search: u64,
    faults: Vec<Fault>,
}

/// A diagnostic without the text of its file.
#[derive(Debug, Serialize, Deserialize)]
struct Fault {
    code: String,
    file: Option<String>,
    span: Option<(u32, u32)>,
    message: String,
    hint: Option<String>,
    suggestion: Option<String>,
}

/// What the operating system says of a file: its size, when its bytes changed, when anything of it changed, its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(u64, u128, i64, i64, u64);

impl Stamp {
    /// `None` for what is no plain file.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        #[cfg(unix)]
        let inner = {
            use std::os::unix::fs::MetadataExt;
            (metadata.ctime(), metadata.ctime_nsec(), metadata.ino())
        };
        #[cfg(not(unix))]
        let inner = (0, 0, 0);
        Some(Self(metadata.len(), modified, inner.0, inner.1, inner.2))
    }

    /// Whether the file was at rest for a while.
    fn is_sure(self, now: SystemTime) -> bool {
        let age = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().checked_sub(self.1);
        age.is_some_and(|age| age >= TICK.as_nanos())
    }
}

impl Record {
    /// The record that holds for what was read. `None` where there is no cache, or where files are too new for their stamps to say anything.
    pub(super) fn of(opened: &Opened, read: &Read) -> Option<Self> {
        let folder = cache::folder()?;
        let mut site = blake3::Hasher::new();
        for path in [&opened.places.root, &opened.places.content, &opened.places.output] {
            add(&mut site, path.as_os_str().as_encoded_bytes());
        }
        let file = folder.join(format!("build-{}", &site.finalize().to_hex()[..16]));
        Some(Self { file, key: key(opened, read)? })
    }

    /// What this build would say, when it would publish what is published already.
    pub(super) fn unchanged(&self, opened: &Opened, read: &Read) -> Option<(Built, Published)> {
        let written: Written = serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?;
        if written.key != self.key || written.errors > 0 || written.manifest != manifest(&opened.places.output)? || is_at_work(opened) {
            return None;
        }
        let output = &opened.places.output;
        let is_same = |(path, stamp): (&String, &Stamp)| Stamp::of(&below(output, path)) == Some(*stamp);
        if !written.files.par_iter().all(is_same) {
            return None;
        }
        let known = files(opened, read);
        let diagnostics = written.faults.iter().map(|fault| fault.read(&known)).collect::<Option<Vec<_>>>()?;
        let bytes = written.files.values().map(|stamp| stamp.0).sum();
        let published = Published { kept: written.files.len(), bytes, ..Published::default() };
        let built = Built {
            bundle: None,
            diagnostics,
            errors: written.errors,
            notes: written.notes,
            pages: written.pages,
            attachments: written.attachments,
            search: written.search,
            times: Times::new(),
            audit: Vec::new(),
            advice: Vec::new(),
            external: None,
        };
        Some((built, published))
    }

    /// Writes the record of what was published just now. Whatever keeps it from that only makes the next build take its time.
    pub(super) fn save(&self, opened: &Opened, read_files: &BTreeMap<String, File>, built: &Built) {
        let _ = self.written(opened, read_files, built).map(|written| cache::replace(&self.file, &written));
    }

    fn written(&self, opened: &Opened, known: &BTreeMap<String, File>, built: &Built) -> Option<Vec<u8>> {
        let output = &opened.places.output;
        let bytes = fs::read(output.join(MANIFEST)).ok()?;
        let names: Vec<String> = Manifest::parse(&bytes).ok()?.files.into_keys().collect();
        let stamps: Vec<Stamp> = names.par_iter().map(|name| Stamp::of(&below(output, name))).collect::<Option<_>>()?;
        let written = Written {
            key: self.key.clone(),
            manifest: blake3::hash(&bytes).to_string(),
            files: names.into_iter().zip(stamps).collect(),
            notes: built.notes,
            pages: built.pages,
            attachments: built.attachments,
            errors: built.errors,
            search: built.search,
            faults: built.diagnostics.iter().map(|fault| Fault::of(fault, known)).collect::<Option<_>>()?,
        };
        serde_json::to_vec(&written).ok()
    }
}

impl Fault {
    /// `None` for one in a file whose text the next build would not have at hand.
    fn of(fault: &Diagnostic, known: &BTreeMap<String, File>) -> Option<Self> {
        let Diagnostic { code, file, span, message, hint, suggestion } = fault;
        if file.as_ref().is_some_and(|file| known.get(&*file.path) != Some(file)) {
            return None;
        }
        Some(Self {
            code: code.as_str().to_owned(),
            file: file.as_ref().map(|file| file.path.to_string()),
            span: span.map(|span| (span.start, span.end)),
            message: message.clone(),
            hint: hint.clone(),
            suggestion: suggestion.clone(),
        })
    }

    fn read(&self, known: &BTreeMap<String, File>) -> Option<Diagnostic> {
        let file = match &self.file {
            Some(path) => Some(known.get(path)?.clone()),
            None => None,
        };
        Some(Diagnostic {
            code: Code::ALL.iter().copied().find(|code| code.as_str() == self.code)?,
            file,
            span: self.span.map(|(start, end)| Span { start, end }),
            message: self.message.clone(),
            hint: self.hint.clone(),
            suggestion: self.suggestion.clone(),
        })
    }
}

/// The files that faults can be in, by their names for people.
pub(super) fn files(opened: &Opened, read: &Read) -> BTreeMap<String, File> {
    let notes = read.tree.notes.iter().map(|note| &note.file);
    let all = notes.chain(opened.diagnostics.iter().filter_map(|fault| fault.file.as_ref()));
    all.map(|file| (file.path.to_string(), file.clone())).collect()
}

/// A hash of everything that a build depends on: this program, the configuration, the notes, the other files, what the site has of a theme.
fn key(opened: &Opened, read: &Read) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    let program = Stamp::of(&fs::canonicalize(std::env::current_exe().ok()?).ok()?)?;
    let settings = (
        (env!("CARGO_PKG_VERSION"), crate::engine::name(), program),
        (&opened.config, &opened.prefix, opened.is_configured, &opened.diagnostics),
        (opened.places.root.file_name(), &read.found, &read.history),
    );
    add(&mut hasher, format!("{settings:?}").as_bytes());
    number(&mut hasher, read.tree.notes.len());
    for note in &read.tree.notes {
        add(&mut hasher, note.path.as_str().as_bytes());
        add(&mut hasher, note.text().as_bytes());
    }
    let now = SystemTime::now();
    let stamp = |path: &SourcePath| {
        // A symbolic link stands for its file.
        let disk = fs::canonicalize(disk::locate(&opened.content, path)).ok()?;
        Stamp::of(&disk).filter(|stamp| stamp.is_sure(now)).map(|stamp| format!("{stamp:?}"))
    };
    let stamps: Vec<String> = read.tree.attachments.par_iter().map(|file| stamp(&file.path)).collect::<Option<_>>()?;
    number(&mut hasher, stamps.len());
    for (file, stamp) in read.tree.attachments.iter().zip(stamps) {
        add(&mut hasher, format!("{file:?}").as_bytes());
        add(&mut hasher, stamp.as_bytes());
    }
    if opened.is_configured {
        let (Overrides { templates, statics }, found) = disk::read_overrides(&opened.root);
        add(&mut hasher, format!("{templates:?} {found:?}").as_bytes());
        number(&mut hasher, statics.len());
        for (url, bytes) in &statics {
            add(&mut hasher, url.as_str().as_bytes());
            add(&mut hasher, bytes);
        }
    }
    Some(hasher.finalize().to_string())
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
fn manifest(output: &Path) -> Option<String> {
    fs::read(output.join(MANIFEST)).ok().map(|bytes| blake3::hash(&bytes).to_string())
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

//! The notes as the last build parsed them, and the site as it was linked, so that of ten thousand notes only those that changed are read anew.
//!
//! In: the notes as they are, with the hashes of their texts. Out: those that were parsed before, and what [`site::kept`] makes of the last site. Two files
//! a site in the user's cache folder. The first holds notes, and is written anew only when many of them changed; the second holds the notes that
//! differ from these, and the site. A note is known by its text and its place, so nothing here can be out of date, only useless.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::record::Hash;
use super::shelf::{self, Shelf};
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, File};
use crate::note::{self, Note, Outcome, markdown};
use crate::path::SourcePath;
use crate::serve::Known;
use crate::site::{self, Memo, Origin, PageId, Scope, Site};
use crate::source::{Attachment, SourceFile};

/// What the files begin with.
const NOTES: &[u8] = concat!("biji notes ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
const SITE: &[u8] = concat!("biji site ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();
/// So many notes are in one part.
const AT_ONCE: usize = 64;
/// When more notes than these, and more than one in so many, differ from those of the first file, it is written anew.
const FEW: usize = 64;
const SHARE: usize = 50;

/// Where the files of a site are, and what they must begin with.
#[derive(Debug, Clone)]
pub(super) struct Place {
    notes: PathBuf,
    site: PathBuf,
    /// A hash of all that parsing depends on besides the notes: the program and its options.
    parser: Hash,
}

/// A note as it was parsed.
#[derive(Debug, Clone)]
struct Parsed {
    path: SourcePath,
    /// The hash of its text.
    text: Hash,
    /// `None` for one that cannot be read.
    note: Option<Arc<Note>>,
    faults: Vec<diagnostic::Kept>,
}

/// The same as bytes.
type Row = (SourcePath, Hash, Option<Note>, Vec<diagnostic::Kept>);

/// What the last build left.
#[derive(Debug)]
pub(super) struct Kept {
    place: Place,
    /// Sorted by path.
    notes: Vec<Parsed>,
    /// The name of the first file, where there is one.
    first: Option<Hash>,
    /// The notes that it holds, by path, and the hashes of their texts.
    held: BTreeMap<SourcePath, Hash>,
    /// The site, and the name of its outline.
    site: Option<(Hash, Shelf)>,
    /// The notes as they are now.
    now: Vec<Parsed>,
}

/// What assembling a site left.
#[derive(Debug, Default)]
pub(super) struct Linked {
    memo: Memo,
    /// The name of its outline: sites with the same differ in the text of notes alone.
    pub(super) name: Option<Hash>,
    /// The pages that are not what they are in the site that is kept under this name.
    pub(super) touched: BTreeSet<PageId>,
    /// Whether one is kept.
    is_kept: bool,
}

impl Parsed {
    fn new(source: &SourceFile, text: Hash, (note, faults): &Outcome) -> Self {
        Self { path: source.path.clone(), text, note: note.clone(), faults: faults.iter().map(diagnostic::Kept::from).collect() }
    }

    /// What was wrong with it.
    fn faults(&self, file: &File) -> Option<Vec<Diagnostic>> {
        let find = |path: &str| (*path == *file.path).then(|| file.clone());
        self.faults.iter().map(|fault| fault.clone().read(find)).collect()
    }

    /// `None` where it cannot be written.
    fn write(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(&(&self.path, self.text, self.note.as_deref(), &self.faults)).ok()
    }

    fn read((path, text, note, faults): Row, now: &Now<'_>) -> Self {
        let note = note.map(|note| Arc::new(Note { file: now.file(&path, text), ..note }));
        Self { path, text, note, faults }
    }
}

/// The notes that there are, sorted by path: the hashes of their texts, and what stands before their paths for people.
#[derive(Debug, Clone, Copy)]
struct Now<'a> {
    sources: &'a [SourceFile],
    texts: &'a [Hash],
    prefix: &'a str,
}

impl Now<'_> {
    /// The file of a note. Nobody asks for a text that is no more.
    fn file(&self, path: &SourcePath, text: Hash) -> File {
        match self.sources.binary_search_by(|source| source.path.cmp(path)) {
            Ok(at) if self.texts.get(at) == Some(&text) => self.sources[at].file.clone(),
            _ => SourceFile::new(path.clone(), self.prefix, "").file,
        }
    }
}

impl Place {
    /// The files of a site in the cache folder. `parser`: a hash of all that parsing depends on besides the notes.
    pub(super) fn new(folder: &Path, site: &str, parser: Hash) -> Self {
        let [notes, site] = ["notes", "site"].map(|kind| folder.join(format!("{kind}-{site}")));
        Self { notes, site, parser }
    }

    /// Reads what the last build left; nothing where it left nothing that can be read.
    fn load(&self, now: Now<'_>) -> Kept {
        let nothing = Kept { place: self.clone(), notes: Vec::new(), first: None, held: BTreeMap::new(), site: None, now: Vec::new() };
        let Some(shelf) = Shelf::read(&self.magic(NOTES, &[]), &self.notes) else { return nothing };
        let read: Option<Vec<Vec<Parsed>>> = shelf.parts().par_iter().map(|part| rows(part, &now)).collect();
        let Some(read) = read else { return nothing };
        let notes: Vec<Parsed> = read.into_iter().flatten().collect();
        let held = notes.iter().map(|note| (note.path.clone(), note.text)).collect();
        let mut kept = Kept { notes, held, first: Some(shelf.id), ..nothing };
        drop(shelf);
        let site = Shelf::read(&self.magic(SITE, &kept.first.unwrap_or_default()), &self.site);
        let others = site.as_ref().and_then(|site| others(site.parts().first()?, &now));
        if let (Some(site), Some((name, gone, others))) = (site, others) {
            kept.put(&gone, others);
            kept.site = Some((name, site));
        }
        kept
    }

    fn magic(&self, kind: &[u8], tie: &[u8]) -> Vec<u8> {
        [kind, &self.parser, tie].concat()
    }
}

/// Parses notes, sorted by path. Those that were parsed with the same text before are taken as they were. `kept`: where that is, and the hashes of the notes'
/// texts. `prefix` stands before their paths for people. `done` is called for each.
pub(super) fn parse(
    kept: Option<(&Place, &[Hash])>,
    (sources, prefix): (&[SourceFile], &str),
    options: markdown::Options,
    done: impl Fn() + Sync,
) -> (Vec<Outcome>, Option<Kept>) {
    let texts = kept.map(|(_, texts)| texts).unwrap_or_default();
    let mut kept = kept.map(|(place, texts)| place.load(Now { sources, texts, prefix }));
    let one = |(at, source): (usize, &SourceFile)| {
        let known = kept.as_ref().zip(texts.get(at)).and_then(|(kept, text)| kept.find(&source.path, *text));
        let again = known.and_then(|known| Some((known.note.clone(), known.faults(&source.file)?)));
        done();
        again.unwrap_or_else(|| {
            let (note, faults) = note::parse(source, options);
            (note.map(Arc::new), faults)
        })
    };
    let parsed: Vec<_> = sources.par_iter().enumerate().map(one).collect();
    if let Some(kept) = &mut kept {
        let all = sources.iter().zip(texts).zip(&parsed);
        kept.now = all.map(|((source, text), outcome)| Parsed::new(source, *text, outcome)).collect();
    }
    (parsed, kept)
}

impl Kept {
    /// The note at a place, if it was parsed with this text.
    fn find(&self, path: &SourcePath, text: Hash) -> Option<&Parsed> {
        let at = self.notes.binary_search_by(|note| note.path.cmp(path)).ok()?;
        Some(&self.notes[at]).filter(|note| note.text == text)
    }

    /// Assembles the site of the notes as they are now.
    pub(super) fn assemble(
        &self,
        origin: Origin<'_>,
        config: Config,
        notes: Vec<Arc<Note>>,
        attachments: &[Attachment],
    ) -> (Site, Vec<Diagnostic>, Linked) {
        let (mut memo, name) = match self.last(origin, &config, attachments) {
            Some((memo, name)) => (memo, Some(name)),
            None => (Memo::keeping(), None),
        };
        let outline = memo.outline();
        let before = memo.site().map(|site| site.pages.clone()).unwrap_or_default();
        let (site, diagnostics) = site::assemble_again(Scope::Published, &mut memo, origin, config, notes, attachments);
        let linked = match name.filter(|_| memo.outline() == outline) {
            Some(name) => {
                let pages = before.iter().zip(&site.pages).zip((0..).map(PageId));
                let touched = pages.filter(|((before, now), _)| !Arc::ptr_eq(before, now)).map(|(_, id)| id).collect();
                Linked { memo, name: Some(name), touched, is_kept: true }
            }
            None => Linked { name: memo.given().map(|given| self.name(&self.now, given)), memo, touched: BTreeSet::new(), is_kept: false },
        };
        (site, diagnostics, linked)
    }

    /// What assembling the last site left, if these are its inputs, and the name of its outline.
    fn last(&self, origin: Origin<'_>, config: &Config, attachments: &[Attachment]) -> Option<(Memo, Hash)> {
        let (name, shelf) = self.site.as_ref()?;
        let notes = self.notes.iter().filter_map(|note| note.note.clone()).collect();
        let memo = site::kept::load(shelf.parts().get(1..)?, origin, config, notes, attachments)?;
        // The site tells its notes by their number: they must be the very ones that it was made of.
        (self.name(&self.notes, memo.given()?) == *name).then_some((memo, *name))
    }

    /// The name of a site that is made of these notes.
    fn name(&self, notes: &[Parsed], given: [u8; 32]) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.place.parser).update(&given);
        for Parsed { path, text, .. } in notes {
            hasher.update(&(path.as_str().len() as u64).to_le_bytes()).update(path.as_str().as_bytes()).update(text);
        }
        *hasher.finalize().as_bytes()
    }

    /// Keeps the notes and the site that was made of them, unless one with the same outline is kept. Returns its name and what differs from it; `None` where
    /// it could not be kept.
    pub(super) fn save(self, Linked { memo, name, touched, is_kept }: Linked) -> Option<(Hash, BTreeSet<PageId>)> {
        let name = name?;
        if !is_kept {
            self.write(name, &memo)?;
        }
        Some((name, touched))
    }

    fn write(&self, name: Hash, memo: &Memo) -> Option<()> {
        let notes = &self.now;
        let site = site::kept::save(memo)?;
        let mut others: Vec<&Parsed> = notes.iter().filter(|note| self.held.get(&note.path) != Some(&note.text)).collect();
        let is_there = |path: &SourcePath| notes.binary_search_by(|note| note.path.cmp(path)).is_ok();
        let mut gone: Vec<&SourcePath> = self.held.keys().filter(|path| !is_there(path)).collect();
        let differ = others.len() + gone.len();
        let first = match self.first {
            Some(first) if differ <= FEW.max(notes.len() / SHARE) => first,
            _ => {
                (others, gone) = (Vec::new(), Vec::new());
                let parts: Vec<&[Parsed]> = notes.chunks(AT_ONCE).collect();
                let part = |at: usize| Some(parts[at].iter().map(Parsed::write).collect::<Option<Vec<_>>>()?.concat().into());
                shelf::write(&self.place.magic(NOTES, &[]), &self.place.notes, parts.len(), part)?
            }
        };
        let mut head = postcard::to_allocvec(&(name, gone)).ok()?;
        for note in &others {
            head.extend(note.write()?);
        }
        let part = |at: usize| if at == 0 { Some(head.as_slice().into()) } else { site.get(at - 1).map(|part| part.as_slice().into()) };
        shelf::write(&self.place.magic(SITE, &first), &self.place.site, site.len() + 1, part).map(drop)
    }

    /// Takes notes that differ from those of the first file.
    fn put(&mut self, gone: &[SourcePath], others: Vec<Parsed>) {
        let mut all: BTreeMap<SourcePath, Parsed> =
            std::mem::take(&mut self.notes).into_iter().map(|note| (note.path.clone(), note)).collect();
        gone.iter().for_each(|path| drop(all.remove(path)));
        all.extend(others.into_iter().map(|note| (note.path.clone(), note)));
        self.notes = all.into_values().collect();
    }
}

fn rows(mut bytes: &[u8], now: &Now<'_>) -> Option<Vec<Parsed>> {
    let mut rows = Vec::with_capacity(AT_ONCE);
    while !bytes.is_empty() {
        let (row, rest) = postcard::take_from_bytes(bytes).ok()?;
        rows.push(Parsed::read(row, now));
        bytes = rest;
    }
    Some(rows)
}

/// The name of an outline, and what differs from the first file: paths that are gone, and notes.
fn others(bytes: &[u8], now: &Now<'_>) -> Option<(Hash, Vec<SourcePath>, Vec<Parsed>)> {
    let ((name, gone), bytes) = postcard::take_from_bytes(bytes).ok()?;
    Some((name, gone, rows(bytes, now)?))
}

/// The same for the preview.
#[derive(Debug)]
pub(super) struct Start {
    place: Place,
    prefix: String,
    /// How the notes that are kept are parsed.
    options: markdown::Options,
    kept: Option<Kept>,
    /// The number of the outline that was taken over.
    outline: Option<u64>,
}

impl Start {
    pub(super) fn new(place: Place, prefix: &str, options: markdown::Options) -> Self {
        Self { place, prefix: prefix.to_owned(), options, kept: None, outline: None }
    }
}

impl Known for Start {
    fn parse(&mut self, sources: &[SourceFile], options: markdown::Options) -> Vec<Outcome> {
        let texts = texts(sources);
        let kept = (options == self.options).then_some((&self.place, texts.as_slice()));
        let (parsed, kept) = parse(kept, (sources, &self.prefix), options, || ());
        self.kept = kept;
        parsed
    }

    fn memo(&mut self, origin: Origin<'_>, config: &Config, attachments: &[Attachment]) -> Option<Memo> {
        let (memo, _) = self.kept.as_ref()?.last(origin, config, attachments)?;
        self.outline = Some(memo.outline());
        Some(memo)
    }

    fn keep(&mut self, memo: &Memo) {
        let (Some(kept), Some(given)) = (self.kept.take(), memo.given()) else { return };
        let parsed = kept.now.iter().filter_map(|note| note.note.as_ref());
        // Changes have come since: they are there when the preview starts again.
        let is_other = !memo.notes().iter().map(Arc::as_ptr).eq(parsed.map(Arc::as_ptr));
        if is_other || self.outline == Some(memo.outline()) {
            return;
        }
        let name = kept.name(&kept.now, given);
        // Where that fails the next start takes its time.
        let _ = kept.write(name, memo);
    }
}

/// The hashes of the texts of notes.
pub(super) fn texts(sources: &[SourceFile]) -> Vec<Hash> {
    sources.par_iter().map(|source| *blake3::hash(source.text().as_bytes()).as_bytes()).collect()
}

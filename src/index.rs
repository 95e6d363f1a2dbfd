//! Site to search index: the search crate's documents, and the pack as artifacts.
//!
//! In: `Site`. Out: artifacts under `biji/search/` and diagnostics. Knows nothing of templates or disks.
//!
//! What is indexed is what a reader sees of a published note, and the names it goes by: title, aliases, tags, headings, text, code. Notes
//! that are not published are not in `Site`, so nothing of them can get here.

mod base64;
pub mod files;
pub mod read;
pub mod titles;

use std::collections::BTreeMap;
use std::sync::Arc;

use biji_search::{BuildError, Document, Entry, Pack, Section};
use rayon::prelude::*;

use crate::bundle::{Artifact, Stamp};
use crate::diagnostic::{Code, Diagnostic};
use crate::note::Note;
use crate::path::UrlPath;
use crate::site::{Page, Site};
use crate::text::Span;

/// What indexing a site leaves for the next time: the index is the same with it and without.
#[derive(Debug, Default)]
pub struct Memo {
    search: biji_search::Memo,
    /// The notes of the last pages: one whose note and names are the same has the same hash.
    notes: Vec<Arc<Note>>,
}

impl Memo {
    /// What the memo of another run left, with the published files of its index. `saved` must be of the same program; damaged and other bytes give `None`.
    #[must_use]
    pub fn load(saved: &[u8], file: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync)) -> Option<Self> {
        let entry = biji_search::decompress(&file(files::ENTRY)?).ok()?;
        let search = biji_search::Memo::load(saved, files::pack_of(&entry)?, &|name| file(&files::volume(name)))?;
        Some(Self { search, notes: Vec::new() })
    }
}

/// For whom the files are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// For those who have a server, and those who open pages from a disk.
    All,
    /// For those who have a server alone: half of the work.
    OfServer,
}

/// Indexes every page of the site.
#[must_use]
pub fn index(site: &Site) -> (Vec<Artifact>, Vec<Diagnostic>) {
    // What is left for the next time is let go before the files are made.
    let pack = pack(site, &mut Memo::default());
    made(site, pack, Readers::All, &|_| None)
}

/// The same, whatever `memo` holds, and what another run can load of it ([`Memo::load`]). `published` tells what the system says of a file that was
/// published with the index of the memo, if nobody wrote into it since; of those that are called by their content it is asked.
#[must_use]
pub fn index_and_save(
    site: &Site,
    mut memo: Memo,
    published: &(dyn Fn(&UrlPath) -> Option<Stamp> + Sync),
) -> (Vec<Artifact>, Vec<Diagnostic>, Option<Vec<u8>>) {
    let pack = pack(site, &mut memo);
    let saved = pack.as_ref().ok().and_then(|pack| memo.search.save(&pack.entry));
    drop(memo);
    let (artifacts, faults) = made(site, pack, Readers::All, published);
    (artifacts, faults, saved)
}

/// The same as [`index`], whatever `memo` holds; faster when it is that of a site that differs little.
#[must_use]
pub fn index_again(site: &Site, memo: &mut Memo, readers: Readers) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let pack = pack(site, memo);
    made(site, pack, readers, &|_| None)
}

fn pack(site: &Site, memo: &mut Memo) -> Result<Pack, BuildError> {
    let address = |note: &Arc<Note>| Arc::as_ptr(note).addr();
    let known: BTreeMap<usize, &Entry> = memo.notes.iter().map(address).zip(memo.search.entries()).collect();
    let entry = |page: &Arc<Page>| {
        let head = head(site, page);
        let known = known.get(&address(&page.note)).filter(|entry| entry.head == head);
        let hash = known.map_or_else(|| hash(&head, &page.note), |entry| entry.hash);
        Entry { text: page.note.sections.iter().map(|section| section.text.len()).sum(), hash, head }
    };
    let entries: Vec<Entry> = site.pages.par_iter().map(entry).collect();
    memo.notes = site.pages.iter().map(|page| Arc::clone(&page.note)).collect();
    biji_search::build_again(&mut memo.search, entries, &|at| sections(&site.pages[at].note))
}

fn made(
    site: &Site,
    pack: Result<Pack, BuildError>,
    readers: Readers,
    published: &files::Published<'_>,
) -> (Vec<Artifact>, Vec<Diagnostic>) {
    match pack {
        Ok(pack) => {
            let mut artifacts = files::artifacts_again(&pack, readers, published);
            artifacts.push(titles::artifact(site.pages.iter().map(|page| titles(page))));
            (artifacts, Vec::new())
        }
        Err(error) => {
            let fault = Diagnostic::site(Code::Search, format!("the search index could not be built: {error}"));
            (Vec::new(), vec![fault.hint("this is a fault of Biji's: please report it with the notes that cause it")])
        }
    }
}

/// The documents that the index is made of, one a page, in the order of the pages.
#[must_use]
pub fn documents(site: &Site) -> Vec<Document> {
    site.pages.iter().map(|page| Document { sections: sections(&page.note), ..head(site, page) }).collect()
}

/// What a page and its headings are called.
fn titles(page: &Page) -> titles::Titles<'_> {
    let headings = parts(&page.note).filter(|(_, heading, ..)| !heading.is_empty());
    (page.url.as_str(), &page.note.title, headings.map(|(anchor, heading, ..)| (anchor, heading)).collect())
}

/// The document of a page without its text.
fn head(site: &Site, page: &Page) -> Document {
    let note = &page.note;
    Document {
        url: page.url.as_str().to_owned(),
        source: note.path.as_str().to_owned(),
        title: note.title.clone(),
        aliases: note.front_matter.aliases.clone(),
        tags: page.tags.iter().filter_map(|tag| site.tags.get(tag.0 as usize)).map(|tag| tag.name.clone()).collect(),
        language: page.language.clone(),
        original: page
            .translations
            .first()
            .and_then(|first| site.pages.get(first.0 as usize))
            .map_or(String::new(), |page| page.url.as_str().to_owned()),
        is_list: is_list(note),
        sections: Vec::new(),
    }
}

/// Whether a note is hardly more than links, as a table of contents is.
fn is_list(note: &Note) -> bool {
    let sections = || note.sections.iter();
    let linked: usize = sections().flat_map(|section| &section.links).map(|(_, span)| span.range().len()).sum();
    let all: usize = sections().map(|section| section.text.len()).sum();
    linked > 0 && linked * 5 >= all * 4
}

/// A hash of a whole document. Every part stands behind its length, so no two documents give the same bytes.
fn hash(head: &Document, note: &Note) -> [u8; 32] {
    // In one row: many small pieces take several times as long.
    let mut row = Vec::new();
    let number = |row: &mut Vec<u8>, number: usize| row.extend_from_slice(&(number as u64).to_le_bytes());
    let text = |row: &mut Vec<u8>, text: &str| {
        number(row, text.len());
        row.extend_from_slice(text.as_bytes());
    };
    for part in [&head.url, &head.source, &head.title, &head.language, &head.original] {
        text(&mut row, part);
    }
    number(&mut row, usize::from(head.is_list));
    for parts in [&head.aliases, &head.tags] {
        number(&mut row, parts.len());
        parts.iter().for_each(|part| text(&mut row, part));
    }
    for (anchor, heading, words, code) in parts(note) {
        text(&mut row, anchor);
        text(&mut row, heading);
        text(&mut row, words);
        number(&mut row, code.len());
        for span in code {
            number(&mut row, span.start as usize);
            number(&mut row, span.end as usize);
        }
    }
    *blake3::hash(&row).as_bytes()
}

/// A section's anchor, heading, text and what of that is code.
type Part<'a> = (&'a str, &'a str, &'a str, &'a [Span]);

/// The note's sections. The first is what stands before any heading, also where nothing does.
fn parts(note: &Note) -> impl Iterator<Item = Part<'_>> {
    let is_missing = note.sections.first().is_none_or(|first| first.heading.is_some());
    let nothing: Part<'_> = ("", "", "", &[]);
    is_missing.then_some(nothing).into_iter().chain(note.sections.iter().map(|section| {
        let heading = section.heading.and_then(|at| note.outline.get(at as usize)).filter(|heading| !heading.is_title);
        let (anchor, title) = heading.map_or(("", ""), |heading| (heading.anchor.as_str(), heading.text.as_str()));
        (anchor, title, section.text.as_str(), section.code.as_slice())
    }))
}

fn sections(note: &Note) -> Vec<Section> {
    let section = |(anchor, heading, text, code): Part<'_>| Section {
        anchor: anchor.to_owned(),
        heading: heading.to_owned(),
        text: text.to_owned(),
        code: code.iter().map(|span| span.start..span.end).collect(),
    };
    parts(note).map(section).collect()
}

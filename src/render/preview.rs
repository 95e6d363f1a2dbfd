//! The beginnings of notes and of their sections, for the previews of links: classic scripts, so that a page opened from a disk can load them too.
//!
//! In: `Site`. Out: some scripts of a few pages each, told apart by a hash of the page's address. A page loads the one that it needs, so no page grows with
//! the site, and one that is older than the page shows an older text at worst. Plain text only; what is not published is not in `Site`, and so not here.

use serde_json::{Value, json};

use super::html::{escape, text_of};
use super::metadata::beginning;
use super::naming;
use super::page::Shared;
use crate::note::{Note, Section};
use crate::path::UrlPath;
use crate::site::{FolderId, PageId, Site, TagId};

/// How many pages a script holds, about.
const NOTES: usize = 8;
/// There are no more scripts than this.
const MOST: usize = 4096;
/// How many characters of a note are shown.
const NOTE: usize = 320;
/// How many characters of a section are shown.
const SECTION: usize = 200;
/// Of how many sections of a note, and of how many named blocks; a link to one behind them shows the note.
const SECTIONS: usize = 60;
/// How many notes of a folder or tag are named.
const NAMED: usize = 12;

/// What a link may lead to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    Note(PageId),
    /// The index of a folder that no note is.
    Folder(FolderId),
    Tag(TagId),
}

/// Which pages are in which script: the pages of each.
#[derive(Debug, Default)]
pub(super) struct Shards(Vec<Vec<Shown>>);

impl Shards {
    /// Spreads the pages over scripts; over none where there are no previews.
    pub(super) fn new(site: &Site) -> Self {
        if !site.config.previews || site.pages.is_empty() {
            return Self::default();
        }
        let pages = (0..).map(PageId).zip(&site.pages).map(|(id, page)| (&page.url, Shown::Note(id)));
        let folders = (0..).map(FolderId).zip(&site.folders).filter(|(_, folder)| folder.index.is_none());
        let folders = folders.map(|(id, folder)| (&folder.url, Shown::Folder(id)));
        let tags = (0..).map(TagId).zip(&site.tags).map(|(id, tag)| (&tag.url, Shown::Tag(id)));
        let all: Vec<(&UrlPath, Shown)> = pages.chain(folders).chain(tags).collect();
        // A power of two, so that it seldom changes: the pages name it.
        let count = all.len().div_ceil(NOTES).next_power_of_two().min(MOST);
        let mut shards = vec![Vec::new(); count];
        for (url, shown) in all {
            shards[hash(url.as_str()) as usize % count].push(shown);
        }
        Self(shards)
    }

    /// The pages in a script.
    pub(super) fn pages(&self, at: usize) -> &[Shown] {
        self.0.get(at).map_or(&[], Vec::as_slice)
    }

    /// How many scripts there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

/// The scripts and their addresses.
pub(super) fn files(shards: &Shards) -> impl Iterator<Item = (usize, UrlPath)> {
    (0..shards.count()).filter_map(|at| Some((at, UrlPath::new(&format!("biji/preview/{at}.js"))?)))
}

/// One script: a call of `bijiPreview` with a list of pages by their addresses. A page is its title, its language, its beginning, and its sections: anchor,
/// heading and beginning of each. A named block is a section without a heading; a folder or tag begins with the names of its notes.
pub(super) fn script(shared: &Shared<'_>, at: usize) -> String {
    let pages: serde_json::Map<String, Value> = shared.facts.previews.pages(at).iter().map(|shown| one(shared, *shown)).collect();
    format!("bijiPreview({});\n", Value::Object(pages))
}

/// The address of a page and what is shown of it.
pub(super) fn one(shared: &Shared<'_>, shown: Shown) -> (String, Value) {
    let site = shared.site;
    match shown {
        Shown::Note(PageId(id)) => {
            let page = &site.pages[id as usize];
            (page.url.as_str().to_owned(), note(&page.note, &page.language))
        }
        Shown::Folder(id) => {
            let folder = &site.folders[id.0 as usize];
            let language = &shared.facts.language;
            let folders = folder.folders.iter().map(|child| naming::folder(site, language, *child, language).title);
            let notes = folder.pages.iter().map(|page| &*site.pages[page.0 as usize].note.title);
            let text = list(shared, shared.facts.counts[id.0 as usize], folders.chain(notes));
            (folder.url.as_str().to_owned(), json!([folder.title, language, text, []]))
        }
        Shown::Tag(id) => {
            let tag = &site.tags[id.0 as usize];
            let notes = tag.pages.iter().map(|page| &*site.pages[page.0 as usize].note.title);
            let text = list(shared, tag.pages.len(), notes);
            (tag.url.as_str().to_owned(), json!([format!("#{}", tag.name), shared.facts.language, text, []]))
        }
    }
}

/// How many notes there are, and the first names.
fn list<'n>(shared: &Shared<'_>, notes: usize, names: impl Iterator<Item = &'n str>) -> String {
    let words = shared.theme.words(&shared.facts.language);
    let mut names: Vec<&str> = names.take(NAMED + 1).collect();
    if names.len() > NAMED {
        names[NAMED] = "…";
    }
    let separator = words.get("list_comma");
    format!("{} · {}", crate::theme::counted(words.get("notes"), notes as i64), names.join(separator))
}

fn note(note: &Note, language: &str) -> Value {
    let headings = note.outline.iter().enumerate().filter(|(_, heading)| !heading.is_title).take(SECTIONS);
    let mut sections: Vec<Value> = headings
        .map(|(at, heading)| {
            let next = note.outline.iter().skip(at + 1).position(|other| other.level <= heading.level);
            let end = next.map_or(note.outline.len(), |next| at + 1 + next);
            let is_inside = |heading: Option<u32>| heading.is_some_and(|heading| (at..end).contains(&(heading as usize)));
            let from = note.sections.partition_point(|section| section.heading.is_none_or(|heading| (heading as usize) < at));
            let inside = note.sections[from..].iter().take_while(|section| is_inside(section.heading)).count();
            json!([heading.anchor.as_str(), heading.text, beginning(&note.sections[from..from + inside], SECTION)])
        })
        .collect();
    sections.extend(blocks(note));
    let written = note.front_matter.description.as_deref().filter(|written| !written.trim().is_empty());
    // What stands before the first heading, where there is any.
    let lead = note.sections.iter().take_while(|section| section.heading.is_none()).count();
    let text =
        || Some(beginning(&note.sections[..lead], NOTE)).filter(|text| !text.is_empty()).unwrap_or_else(|| beginning(&note.sections, NOTE));
    let text = written.map_or_else(text, str::to_owned);
    json!([note.title, language, text, sections])
}

/// The blocks that a note names (`^id`), each with what it says; one that is all made of what is filled in later, such as code, shows the note.
fn blocks(note: &Note) -> impl Iterator<Item = Value> {
    let named = note.anchors.iter().filter(|anchor| anchor.as_str().starts_with('^')).take(SECTIONS);
    named.filter_map(|anchor| {
        let html = &note.body.html;
        let id = html.find(&format!(" id=\"{}\"", escape(anchor.as_str())))?;
        let text = text_of(html, html[..id].rfind('<')?);
        let text = beginning(&[Section { text, ..Section::default() }], SECTION);
        (!text.is_empty()).then(|| json!([anchor.as_str(), "", text]))
    })
}

/// FNV-1a of 32 bits (<https://www.rfc-editor.org/rfc/rfc9923>): `preview.js` works it out too.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

//! The beginnings of notes and of their sections, for the previews of links: classic scripts, so that a page opened from a disk can load them too.
//!
//! In: `Site`. Out: some scripts of a few notes each, told apart by a hash of the note's address. A page loads the one that it needs, so no page grows with
//! the site, and one that is older than the page shows an older text at worst. Plain text only; what is not published is not in `Site`, and so not here.

use serde_json::{Value, json};

use super::metadata::beginning;
use crate::note::Note;
use crate::path::UrlPath;
use crate::site::{PageId, Site};

/// How many notes a script holds, about.
const NOTES: usize = 8;
/// There are no more scripts than this.
const MOST: usize = 4096;
/// How many characters of a note are shown.
const NOTE: usize = 320;
/// How many characters of a section are shown.
const SECTION: usize = 200;
/// Of how many sections of a note; a link to one behind them shows the note.
const SECTIONS: usize = 60;

/// Which notes are in which script: the pages of each.
#[derive(Debug, Default)]
pub(super) struct Shards(Vec<Vec<PageId>>);

impl Shards {
    /// Spreads the notes over scripts; over none where there are no previews.
    pub(super) fn new(site: &Site) -> Self {
        if !site.config.previews || site.pages.is_empty() {
            return Self::default();
        }
        // A power of two, so that it seldom changes: the pages name it.
        let count = site.pages.len().div_ceil(NOTES).next_power_of_two().min(MOST);
        let mut shards = vec![Vec::new(); count];
        for (id, page) in (0..).map(PageId).zip(&site.pages) {
            shards[hash(page.url.as_str()) as usize % count].push(id);
        }
        Self(shards)
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

/// One script: a call of `bijiPreview` with a list of notes by their addresses. A note is its title, its language, its beginning, and its sections: anchor,
/// heading and beginning of each.
pub(super) fn script(site: &Site, shards: &Shards, at: usize) -> String {
    let pages = shards.0.get(at).into_iter().flatten().filter_map(|id| site.pages.get(id.0 as usize));
    let notes: serde_json::Map<String, Value> =
        pages.map(|page| (page.url.as_str().to_owned(), note(&page.note, &page.language))).collect();
    format!("bijiPreview({});\n", Value::Object(notes))
}

fn note(note: &Note, language: &str) -> Value {
    let headings = note.outline.iter().enumerate().filter(|(_, heading)| !heading.is_title).take(SECTIONS);
    let sections: Vec<Value> = headings
        .map(|(at, heading)| {
            let next = note.outline.iter().skip(at + 1).position(|other| other.level <= heading.level);
            let end = next.map_or(note.outline.len(), |next| at + 1 + next);
            let is_inside = |heading: Option<u32>| heading.is_some_and(|heading| (at..end).contains(&(heading as usize)));
            let from = note.sections.partition_point(|section| section.heading.is_none_or(|heading| (heading as usize) < at));
            let inside = note.sections[from..].iter().take_while(|section| is_inside(section.heading)).count();
            json!([heading.anchor.as_str(), heading.text, beginning(&note.sections[from..from + inside], SECTION)])
        })
        .collect();
    let written = note.front_matter.description.as_deref().filter(|written| !written.trim().is_empty());
    // What stands before the first heading, where there is any.
    let lead = note.sections.iter().take_while(|section| section.heading.is_none()).count();
    let text =
        || Some(beginning(&note.sections[..lead], NOTE)).filter(|text| !text.is_empty()).unwrap_or_else(|| beginning(&note.sections, NOTE));
    let text = written.map_or_else(text, str::to_owned);
    json!([note.title, language, text, sections])
}

/// FNV-1a of 32 bits (<https://www.rfc-editor.org/rfc/rfc9923>): `preview.js` works it out too.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

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

use biji_search::{Document, Section};

use crate::bundle::Artifact;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::Note;
use crate::site::{Page, Site};

/// Indexes every page of the site.
#[must_use]
pub fn index(site: &Site) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let documents = documents(site);
    match biji_search::build(&documents) {
        Ok(pack) => {
            let mut artifacts = files::artifacts(&pack);
            artifacts.push(titles::artifact(&documents));
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
    site.pages.iter().map(|page| document(site, page)).collect()
}

fn document(site: &Site, page: &Page) -> Document {
    let note = &page.note;
    Document {
        url: page.url.as_str().to_owned(),
        source: note.path.as_str().to_owned(),
        title: note.title.clone(),
        aliases: note.front_matter.aliases.clone(),
        tags: page.tags.iter().filter_map(|tag| site.tags.get(tag.0 as usize)).map(|tag| tag.name.clone()).collect(),
        language: page.language.clone(),
        sections: sections(note),
    }
}

/// The note's sections. The first is what stands before any heading, also where nothing does.
fn sections(note: &Note) -> Vec<Section> {
    let mut sections = Vec::with_capacity(note.sections.len() + 1);
    if note.sections.first().is_none_or(|first| first.heading.is_some()) {
        sections.push(Section::default());
    }
    for section in &note.sections {
        let heading = section.heading.and_then(|at| note.outline.get(at as usize)).filter(|heading| !heading.is_title);
        sections.push(Section {
            anchor: heading.map_or_else(String::new, |heading| heading.anchor.as_str().to_owned()),
            heading: heading.map_or_else(String::new, |heading| heading.text.clone()),
            text: section.text.clone(),
            code: section.code.iter().map(|span| span.start..span.end).collect(),
        });
    }
    sections
}

//! Backlinks: which pages refer to a page, and in which sentences.
//!
//! In: the pages, and what each of their links leads to. Out: for each page who refers to it, each other page once, in order, with the first few
//! sentences. Sentences are kept as places in the text, which is the published one: comments and private notes are not in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sentence::{self, Quote};
use super::{Folder, Page, PageId, Target};
use crate::note::Note;
use crate::text::Span;

/// How many sentences of one page are kept.
const SENTENCES: usize = 3;

/// A page that refers to another, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlink {
    /// The page that refers.
    pub from: PageId,
    /// The first few sentences in which it does, as they come. None where the reference is all there is, as in a list of links.
    pub places: Vec<Passage>,
}

/// A sentence of a page's visible text, and a place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Which text.
    pub within: Within,
    /// The sentence.
    pub sentence: Span,
    /// The place in it.
    pub place: Span,
}

/// A text of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    /// One of `Note::sections`.
    Section(u32),
    /// The text of one of the headings in `Note::outline`.
    Heading(u32),
}

impl Within {
    fn text(self, note: &Note) -> Option<&str> {
        match self {
            Self::Section(at) => note.sections.get(at as usize).map(|section| &*section.text),
            Self::Heading(at) => note.outline.get(at as usize).map(|heading| &*heading.text),
        }
    }
}

impl Passage {
    /// The passage at a place of a note's text; `None` when there are no words around the place.
    pub(super) fn of(note: &Note, within: Within, place: Span) -> Option<Self> {
        let text = within.text(note)?;
        text.get(place.range())?;
        let sentence = sentence::around(text, place);
        let has_words = |part: Option<&str>| part.is_some_and(|part| part.chars().any(char::is_alphanumeric));
        let is_alone = !has_words(text.get(sentence.range().start..place.range().start))
            && !has_words(text.get(place.range().end..sentence.range().end));
        (!is_alone).then_some(Self { within, sentence, place })
    }

    /// The words.
    #[must_use]
    pub fn quote(&self, note: &Note) -> Option<Quote> {
        sentence::quote(self.within.text(note)?, self.sentence, self.place)
    }
}

/// Who refers to each page.
#[must_use]
pub fn collect(pages: &[Page], targets: &[Vec<Target>], folders: &[Folder]) -> Vec<Vec<Backlink>> {
    let mut backlinks: Vec<Vec<Backlink>> = vec![Vec::new(); pages.len()];
    for ((from, page), targets) in (0..).map(PageId).zip(pages).zip(targets) {
        for (to, backlink) in of_note(from, &page.note, targets, folders) {
            backlinks[to.0 as usize].push(backlink);
        }
    }
    backlinks
}

/// What one page refers to, each page once.
pub(super) fn of_note(from: PageId, note: &Note, targets: &[Target], folders: &[Folder]) -> Vec<(PageId, Backlink)> {
    let mut found: Vec<(PageId, Backlink)> = Vec::new();
    let mut known: BTreeMap<PageId, usize> = BTreeMap::new();
    let mut places = None;
    for (link, target) in targets.iter().enumerate() {
        let Some(to) = page_of(target, folders).filter(|to| *to != from) else { continue };
        let at = *known.entry(to).or_insert_with(|| {
            found.push((to, Backlink { from, places: Vec::new() }));
            found.len() - 1
        });
        let backlink = &mut found[at].1;
        if backlink.places.len() >= SENTENCES {
            continue;
        }
        let places = places.get_or_insert_with(|| places_of(note));
        let passage = places.get(link).copied().flatten().and_then(|(within, place)| Passage::of(note, within, place));
        // A sentence with two links to one page is quoted once.
        let is_new = |new: &Passage| backlink.places.iter().all(|old| (old.within, old.sentence) != (new.within, new.sentence));
        if let Some(passage) = passage.filter(is_new) {
            backlink.places.push(passage);
        }
    }
    found
}

/// The page that a reference leads to.
pub(super) fn page_of(target: &Target, folders: &[Folder]) -> Option<PageId> {
    match target {
        Target::Page(page, _) => Some(*page),
        Target::Folder(folder) => folders[folder.0 as usize].index,
        Target::External(_) | Target::Attachment(..) | Target::Broken | Target::Private | Target::Refused => None,
    }
}

/// Where each link of a note shows its text.
fn places_of(note: &Note) -> Vec<Option<(Within, Span)>> {
    let mut places = vec![None; note.links.len()];
    for (at, section) in (0..).zip(&note.sections) {
        for (link, span) in &section.links {
            if let Some(place) = places.get_mut(*link as usize) {
                *place = Some((Within::Section(at), *span));
            }
        }
    }
    // What stands in a heading is in no section. Both come in the order of the text.
    let mut headings = (0..).zip(&note.outline).peekable();
    for (link, place) in note.links.iter().zip(&mut places).filter(|(_, place)| place.is_none()) {
        while headings.next_if(|(_, heading)| heading.span.end <= link.span.start).is_some() {}
        if let Some((at, heading)) = headings.peek()
            && heading.span.start <= link.span.start
            && let Some(start) = (!link.text.is_empty()).then(|| heading.text.find(&link.text)).flatten()
        {
            *place = Some((Within::Heading(*at), Span::new(start, start + link.text.len())));
        }
    }
    places
}

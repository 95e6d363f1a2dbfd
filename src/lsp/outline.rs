//! The outline of a note, the names in all notes, what can be folded.
//!
//! In: a note, or a state of the notes. Out: places. Pure.

use super::state::State;
use crate::note::{Note, front_matter};
use crate::path::SourcePath;
use crate::site::PageId;
use crate::text::Span;

/// So many names are given for one question.
const FOUND: usize = 300;

/// A heading, what lies under it, and the headings below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the outline.
    pub heading: usize,
    /// From the heading to the next one of its level or above.
    pub whole: Span,
    /// The headings below it.
    pub children: Vec<Self>,
}

/// The headings of a note as a tree.
#[must_use]
pub fn tree(note: &Note) -> Vec<Entry> {
    let ends = ends(note);
    let mut open: Vec<(u8, Entry)> = Vec::new();
    let mut top = Vec::new();
    let close = |open: &mut Vec<(u8, Entry)>, top: &mut Vec<Entry>| {
        if let Some((_, entry)) = open.pop() {
            open.last_mut().map_or(top, |(_, parent)| &mut parent.children).push(entry);
        }
    };
    for (number, (heading, end)) in note.outline.iter().zip(ends).enumerate() {
        while open.last().is_some_and(|(level, _)| *level >= heading.level) {
            close(&mut open, &mut top);
        }
        let whole = Span::new(heading.span.range().start, end);
        open.push((heading.level, Entry { heading: number, whole, children: Vec::new() }));
    }
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    top
}

/// Where what lies under each heading ends.
fn ends(note: &Note) -> Vec<usize> {
    let text = &*note.file.text;
    let mut ends = vec![text.trim_end().len(); note.outline.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, heading) in note.outline.iter().enumerate() {
        while let Some(last) = open.pop_if(|last| note.outline[*last].level >= heading.level) {
            let end = text[..heading.span.range().start].trim_end().len();
            ends[last] = end.max(note.outline[last].span.range().end);
        }
        open.push(at);
    }
    ends.iter().zip(&note.outline).map(|(end, heading)| (*end).max(heading.span.range().end)).collect()
}

/// What can be folded: front matter, what lies under headings, code blocks.
#[must_use]
pub fn folds(note: &Note) -> Vec<Span> {
    let text = &*note.file.text;
    let mut folds = Vec::new();
    let body = front_matter::body_start(text);
    if body > 0 {
        folds.push(Span::new(0, text[..body].trim_end().len()));
    }
    folds.extend(note.outline.iter().zip(ends(note)).map(|(heading, end)| Span::new(heading.span.range().start, end)));
    folds
}

/// A name in the notes: that of a note, or of a heading in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// The note.
    pub page: PageId,
    /// The heading, by its number.
    pub heading: Option<usize>,
}

/// The names that hold every word of a question: notes first, those that begin with it first.
#[must_use]
pub fn names(state: &State, question: &str) -> Vec<Name> {
    let folded = SourcePath::fold(question);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let fits = |text: &str| {
        let text = SourcePath::fold(text);
        words.iter().all(|word| text.contains(word)).then(|| (!text.starts_with(&*folded), text.len()))
    };
    let mut found: Vec<((bool, bool, usize), Name)> = Vec::new();
    for (page, of) in state.pages() {
        let name = fits(&of.note.title).or_else(|| fits(of.note.path.as_str()));
        let alias = || of.note.front_matter.aliases.iter().find_map(|alias| fits(alias));
        if let Some((far, length)) = name.or_else(alias) {
            found.push(((false, far, length), Name { page, heading: None }));
        }
        let headings = of.note.outline.iter().enumerate().filter(|(_, heading)| !heading.is_title && !heading.text.is_empty());
        for (heading, of) in headings.filter(|_| !words.is_empty()) {
            if let Some((far, length)) = fits(&of.text) {
                found.push(((true, far, length), Name { page, heading: Some(heading) }));
            }
        }
    }
    found.sort_by_key(|(rank, name)| (*rank, name.page, name.heading));
    found.into_iter().take(FOUND).map(|(_, name)| name).collect()
}

//! Other names for headings, blocks and tags: the edits that keep every link to them.
//!
//! In: a state of the notes, what is renamed, its new name. Out: [`Edits`]: places in files and what is to stand there. Pure. A link is changed when it leads
//! to what is renamed, or would lead elsewhere afterwards, as when one of two headings of the same text gets another.

use std::collections::BTreeMap;

use super::headings::{self, Shift, changed};
use super::state::State;
use super::thing::written;
use crate::note::{Heading, Note, markdown};
use crate::path::{Anchor, SourcePath};
use crate::site::link::anchor::Anchors;
use crate::site::{PageId, Target};
use crate::text::Span;

/// What is to be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// For each file its places, in order and apart from each other, and what is to stand there.
    pub files: BTreeMap<SourcePath, Vec<(Span, String)>>,
    /// Links that should be changed and cannot: what they mean cannot be written there.
    pub left: Vec<(SourcePath, Span)>,
}

impl Edits {
    /// Adds a change.
    pub fn add(&mut self, path: &SourcePath, span: Span, text: impl Into<String>) {
        self.files.entry(path.clone()).or_default().push((span, text.into()));
    }

    /// What is to stand at exactly this place.
    #[must_use]
    pub fn at(&self, path: &SourcePath, span: Span) -> Option<&str> {
        self.files.get(path)?.iter().find(|(other, _)| *other == span).map(|(_, text)| &**text)
    }

    /// The same in order; of two that overlap the first stays.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        for edits in self.files.values_mut() {
            edits.sort();
            edits.dedup();
            let mut end = 0;
            edits.retain(|(span, _)| {
                let is_free = span.range().start >= end;
                end = end.max(span.range().end);
                is_free
            });
        }
        self
    }

    /// A text with its changes made.
    #[must_use]
    pub fn apply(&self, path: &SourcePath, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (span, new) in self.files.get(path).into_iter().flatten() {
            out.push_str(&text[done..span.range().start]);
            out.push_str(new);
            done = span.range().end;
        }
        out.push_str(&text[done..]);
        out
    }
}

/// The place of a heading's text: without its signs and its attributes.
#[must_use]
pub fn heading_text(note: &Note, heading: &Heading) -> Span {
    let range = heading.span.range();
    let whole = note.file.text.get(range.clone()).unwrap_or_default();
    let trimmed = whole.trim_start();
    let lead = whole.len() - trimmed.len();
    let signs = trimmed.bytes().take_while(|byte| *byte == b'#').count();
    let behind = &trimmed[signs.min(trimmed.len())..];
    let is_atx = signs == usize::from(heading.level) && (behind.is_empty() || behind.starts_with([' ', '\t']));
    let (start, mut text) = if is_atx {
        let inside = behind.trim_start();
        let start = range.start + lead + trimmed.len() - inside.len();
        let inside = inside.trim_end();
        // Signs at the end are markup where a space stands before them.
        let bare = inside.trim_end_matches('#');
        (start, if bare.is_empty() || bare.ends_with([' ', '\t']) { bare.trim_end() } else { inside })
    } else {
        let lines = trimmed.trim_end();
        (range.start + lead, lines.rfind('\n').map_or(lines, |at| lines[..at].trim_end()))
    };
    // `{#id .class}`, unless it is shown.
    if text.ends_with('}')
        && !heading.text.ends_with('}')
        && let Some(at) = text.rfind('{')
    {
        text = text[..at].trim_end();
    }
    Span::new(start, start + text.len())
}

/// Another text for a heading.
///
/// # Errors
/// A sentence, when the text makes no heading.
pub fn heading(state: &State, options: markdown::Options, page: PageId, heading: usize, text: &str) -> Result<Edits, String> {
    let note = &state.page(page).note;
    let text = text.trim();
    if text.is_empty() || text.contains(['\n', '\r']) {
        return Err("a heading is one line of text".to_owned());
    }
    let place = heading_text(note, note.outline.get(heading).ok_or("there is no heading any more")?);
    let mut edits = Edits::default();
    edits.add(&note.path, place, text);
    let new = changed(note, &edits, options).ok_or_else(|| format!("`{text}` cannot be the text of a heading"))?;
    let shift = Shift { old: note, new: &new, renamed: Some(heading), before: Anchors::of(note), after: Anchors::of(&new) };
    headings::links_to(state, page, &shift, &mut edits);
    Ok(headings::follow(state, options, edits))
}

/// Another name for a block.
///
/// # Errors
/// A sentence, when the name is none or taken.
pub fn block(state: &State, options: markdown::Options, page: PageId, anchor: &Anchor, name: &str) -> Result<Edits, String> {
    let note = &state.page(page).note;
    let name = name.trim().trim_start_matches('^');
    if name.is_empty() || !name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')) {
        return Err("the name of a block has letters, digits, `-` and `_`".to_owned());
    }
    let new = format!("^{name}");
    if new != anchor.as_str() && note.anchors.iter().any(|other| other.as_str() == new) {
        return Err(format!("there is a block `{new}` in the note"));
    }
    let mut edits = Edits::default();
    for (_, span) in note.occurrences.anchors.iter().filter(|(other, _)| other == anchor) {
        if note.file.text.get(span.range()) != Some(anchor.as_str()) {
            return Err("the name of the block cannot be told from what stands around it".to_owned());
        }
        edits.add(&note.path, *span, new.clone());
    }
    for (_, other) in state.pages() {
        for (at, target) in other.links.iter().enumerate() {
            if !matches!(target, Target::Page(to, Some(to_anchor)) if *to == page && to_anchor == anchor) {
                continue;
            }
            let text = &*other.note.file.text;
            let place = written(&other.note, at).and_then(|range| {
                let raw = &text[range.clone()];
                let found = raw.rfind('^').map(|at| at + 1).or_else(|| Some(raw.to_ascii_lowercase().rfind("%5e")? + 3));
                found.map(|at| Span::new(range.start + at, range.end))
            });
            match place {
                Some(span) => edits.add(&other.note.path, span, name),
                None => edits.left.push((other.note.path.clone(), other.note.links[at].span)),
            }
        }
    }
    Ok(headings::follow(state, options, edits))
}

/// Another name for a tag and for those that are nested in it, wherever they stand.
///
/// # Errors
/// A sentence, when the name is none.
pub fn tag(state: &State, options: markdown::Options, old: &str, name: &str) -> Result<Edits, String> {
    let name = name.trim().trim_start_matches('#').trim_matches('/');
    let is_part = |letter: char| {
        letter.is_alphanumeric()
            || !(letter.is_ascii() || letter.is_whitespace() || letter.is_control())
            || matches!(letter, '_' | '-' | '/')
    };
    let has_letter = name.chars().any(|letter| !letter.is_numeric() && !matches!(letter, '_' | '-' | '/'));
    if !has_letter || !name.chars().all(is_part) || name.contains("//") {
        return Err("a tag has letters, digits, `-`, `_` and `/`, and no spaces".to_owned());
    }
    let (old, parts) = (fold_tag(old), old.split('/').count());
    let mut edits = Edits::default();
    for (_, page) in state.pages() {
        for (tag, span) in &page.note.occurrences.tags {
            let Some(written) = page.note.tags.get(*tag as usize) else { continue };
            let folded = fold_tag(written);
            let is_nested = folded.strip_prefix(&old).is_some_and(|rest| rest.starts_with('/'));
            if folded != old && !is_nested {
                continue;
            }
            let rest: Vec<&str> = written.split('/').skip(parts).collect();
            let rest = if rest.is_empty() { String::new() } else { format!("/{}", rest.join("/")) };
            edits.add(&page.note.path, *span, format!("{name}{rest}"));
        }
    }
    Ok(headings::follow(state, options, edits))
}

/// A tag as it is compared with others.
#[must_use]
pub fn fold_tag(tag: &str) -> String {
    let parts: Vec<&str> = tag.trim().trim_start_matches('#').split('/').map(str::trim).filter(|part| !part.is_empty()).collect();
    SourcePath::fold(&parts.join("/"))
}

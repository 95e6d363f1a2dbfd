//! Headings that change: the edits that keep links to them, however it came about.
//!
//! In: a state of the notes, a note before and after. Out: edits of the fragments that would lead elsewhere. Pure. A heading changes by its own new text, but
//! also by a tag or a link in it that is renamed, or since another heading of the same text has got another one.

use std::collections::BTreeSet;

use super::address::{encode_like, wikilink_text};
use super::rename::Edits;
use super::state::State;
use super::thing::{split, written};
use crate::diagnostic::File;
use crate::note::{self, Link, LinkKind, Note, markdown};
use crate::path::SourcePath;
use crate::site::link::anchor::{Anchors, letters_of};
use crate::site::link::reference::decode;
use crate::site::{PageId, Target};
use crate::source::SourceFile;
use crate::text::Span;

/// How often what was changed is looked at for what that changes: a link in a heading that is linked to in a heading, and so on.
const ROUNDS: usize = 4;

/// A note with its edits made; `None` when it has not as many headings as before.
pub(super) fn changed(note: &Note, edits: &Edits, options: markdown::Options) -> Option<Note> {
    let text = edits.apply(&note.path, &note.file.text);
    let file = File { path: note.file.path.clone(), text: text.into() };
    let (new, _) = note::parse(&SourceFile { path: note.path.clone(), file }, options);
    new.filter(|new| new.outline.len() == note.outline.len())
}

/// A note before and after its headings changed.
pub(super) struct Shift<'a> {
    pub(super) old: &'a Note,
    pub(super) new: &'a Note,
    /// The heading that people gave another text: links to it follow also where they need not.
    pub(super) renamed: Option<usize>,
    pub(super) before: Anchors<'a>,
    pub(super) after: Anchors<'a>,
}

/// Adds the edits for links to a page whose headings change.
pub(super) fn links_to(state: &State, page: PageId, shift: &Shift<'_>, edits: &mut Edits) {
    for (_, other) in state.pages() {
        let note = &other.note;
        for (at, (link, target)) in note.links.iter().zip(&other.links).enumerate() {
            if !matches!(target, Target::Page(to, _) if *to == page) || !link.target.contains('#') {
                continue;
            }
            let Some(range) = written(note, at) else {
                if shift.is_touched(link) {
                    edits.left.push((note.path.clone(), link.span));
                }
                continue;
            };
            let (_, Some(fragment)) = split(&note.file.text, range.clone()) else { continue };
            let raw = &note.file.text[fragment.clone()];
            let span = Span::from(fragment);
            let now = edits.at(&note.path, span).unwrap_or(raw);
            // What stands in a text that is replaced is no link any more.
            let is_gone =
                |(other, _): &(Span, String)| *other != span && other.range().start <= range.start && range.end <= other.range().end;
            let Some(new) = shift.fragment(link, raw, now).filter(|new| new != now) else { continue };
            if edits.files.get(&note.path).is_some_and(|list| list.iter().any(is_gone)) {
                continue;
            }
            if let Some(list) = edits.files.get_mut(&note.path) {
                list.retain(|(other, _)| *other != span);
            }
            if new != raw {
                edits.add(&note.path, span, new);
            }
        }
    }
}

/// The edits, and those for headings that change with them.
pub(super) fn follow(state: &State, options: markdown::Options, edits: Edits) -> Edits {
    let mut edits = edits.sorted();
    for _ in 0..ROUNDS {
        let before = edits.clone();
        let in_heading = |path: &SourcePath, list: &[(Span, String)]| {
            let id = state.find(path)?;
            let outline = &state.page(id).note.outline;
            let is_in = |span: &Span| outline.iter().any(|heading| heading.span.start <= span.start && span.end <= heading.span.end);
            list.iter().any(|(span, _)| is_in(span)).then_some(id)
        };
        let pages: BTreeSet<PageId> = edits.files.iter().filter_map(|(path, list)| in_heading(path, list)).collect();
        for id in pages {
            let note = &state.page(id).note;
            let Some(new) = changed(note, &edits, options) else { continue };
            let shift = Shift { old: note, new: &new, renamed: None, before: Anchors::of(note), after: Anchors::of(&new) };
            links_to(state, id, &shift, &mut edits);
            edits = edits.sorted();
        }
        if edits == before {
            break;
        }
    }
    edits
}

impl Shift<'_> {
    /// Whether a link leads to a heading that changes.
    fn is_touched(&self, link: &Link) -> bool {
        let to = link.target.split_once('#').and_then(|(_, fragment)| self.before.heading(fragment));
        to.is_some_and(|to| Some(to) == self.renamed || self.old.outline[to].anchor != self.new.outline[to].anchor)
    }

    /// What is to stand behind the `#` of a link to the note; `None` where it stays. `raw`: what stands there; `now`: what is to stand there by now.
    fn fragment(&self, link: &Link, raw: &str, now: &str) -> Option<String> {
        let to = self.before.heading(raw)?;
        if (self.renamed != Some(to) || now != raw) && self.after.heading(now) == Some(to) {
            return None;
        }
        let (old, new) = (&self.old.outline[to], &self.new.outline[to]);
        let decoded = decode(raw);
        let is_anchor = SourcePath::fold(&decoded) == SourcePath::fold(old.anchor.as_str());
        let mut forms: Vec<String> = Vec::new();
        if is_wikilink(link) {
            let text = wikilink_text(&new.text);
            if is_anchor && *decoded != *old.text {
                forms.push(new.anchor.as_str().to_owned());
                forms.push(text);
            } else {
                if decoded.contains('#') {
                    forms.push(self.nested(&decoded));
                }
                forms.push(text);
                forms.push(new.anchor.as_str().to_owned());
            }
        } else {
            let anchor = encode_like(raw, new.anchor.as_str());
            if is_anchor || letters_of(&decoded).is_empty() || !raw.contains(['%', ' ']) {
                forms.push(anchor);
            } else {
                // As Obsidian writes links where wikilinks are switched off: the heading's own text.
                forms.push(encode_like(raw, &wikilink_text(&new.text)));
                forms.push(anchor);
            }
        }
        let fits = |form: &&String| !form.is_empty() && self.after.heading(form) == Some(to);
        let exact = || if is_wikilink(link) { new.anchor.as_str().to_owned() } else { encode_like(raw, new.anchor.as_str()) };
        Some(forms.iter().find(fits).cloned().unwrap_or_else(exact))
    }

    /// `one#two` with the new texts of headings in the place of the old ones.
    fn nested(&self, fragment: &str) -> String {
        let new_text = |part: &str| {
            let letters = letters_of(part);
            let mut pairs = self.old.outline.iter().zip(&self.new.outline);
            pairs.find(|(old, new)| old.text != new.text && letters_of(&old.text) == letters).map(|(_, new)| wikilink_text(&new.text))
        };
        fragment.split('#').map(|part| new_text(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join("#")
    }
}

fn is_wikilink(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Wikilink | LinkKind::Embed)
}

//! What can be done about a fault: the name that was meant, the whole path, the note that is missing.
//!
//! In: a state of the notes, a fault in one of them. Out: [`Mend`]. Pure.

use super::address::encode_like;
use super::rename::Edits;
use super::state::State;
use super::thing::{split, written};
use crate::diagnostic::{Code, Diagnostic};
use crate::note::{LinkKind, Note};
use crate::path::SourcePath;
use crate::site::PageId;
use crate::site::link::names::{Names, Place};
use crate::site::link::reference::{self, decode, join};
use crate::text::Span;

/// One way to mend a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What it does, for people.
    pub title: String,
    /// The changes.
    pub edits: Edits,
    /// A note that is made, and its text.
    pub new: Option<(SourcePath, String)>,
}

/// The ways to mend a fault of a note, the most likely first.
#[must_use]
pub fn mends(state: &State, page: PageId, fault: &Diagnostic) -> Vec<Mend> {
    let note = &state.page(page).note;
    let Some(span) = fault.span else { return Vec::new() };
    let link = || note.links.iter().position(|link| link.span == span);
    let suggestion = fault.suggestion.as_deref();
    match fault.code {
        Code::BrokenLink | Code::BrokenImage => {
            let Some(link) = link() else { return Vec::new() };
            let near = suggestion.and_then(|name| other_path(note, link, name));
            near.into_iter().chain(missing_note(note, link)).collect()
        }
        Code::BrokenAnchor => link().zip(suggestion).and_then(|(link, name)| other_fragment(note, link, name)).into_iter().collect(),
        Code::CaseMismatch => link().zip(suggestion).and_then(|(link, real)| same_case(note, link, real)).into_iter().collect(),
        Code::AmbiguousLink => link().map(|link| whole_paths(state, note, link)).unwrap_or_default(),
        Code::UnknownLanguage => {
            let text = note.file.text.get(span.range()).unwrap_or_default();
            let start = text.find(|letter: char| letter.is_alphanumeric()).unwrap_or(0);
            let end = text[start..].find([' ', ',', '{', '}', '\t']).map_or(text.len(), |at| start + at);
            let word = Span::new(span.range().start + start, span.range().start + end);
            let named = |name: &str| replace(note, word, name);
            suggestion.map(named).into_iter().chain([named("text")]).collect()
        }
        _ => suggestion.map(|name| replace(note, span, name)).into_iter().collect(),
    }
}

fn replace(note: &Note, span: Span, name: &str) -> Mend {
    let mut edits = Edits::default();
    edits.add(&note.path, span, name);
    Mend { title: format!("Write `{name}`"), edits, new: None }
}

fn is_wikilink(note: &Note, link: usize) -> bool {
    matches!(note.links[link].kind, LinkKind::Wikilink | LinkKind::Embed)
}

/// The part of a link before `#` and where it stands.
fn path_of(note: &Note, link: usize) -> Option<(Span, &str)> {
    let (path, _) = split(&note.file.text, written(note, link)?);
    Some((Span::from(path.clone()), note.file.text.get(path)?))
}

fn other_path(note: &Note, link: usize, name: &str) -> Option<Mend> {
    let (span, raw) = path_of(note, link)?;
    let name = if is_wikilink(note, link) { name.to_owned() } else { encode_like(raw, name) };
    Some(replace(note, span, &name))
}

fn other_fragment(note: &Note, link: usize, name: &str) -> Option<Mend> {
    let (_, fragment) = split(&note.file.text, written(note, link)?);
    let fragment = fragment?;
    let raw = &note.file.text[fragment.clone()];
    let name = if is_wikilink(note, link) { name.to_owned() } else { encode_like(raw, name) };
    let mend = replace(note, fragment.into(), &name);
    Some(Mend { title: format!("Write `#{name}`"), ..mend })
}

/// The written path with its parts in the case that they have.
fn same_case(note: &Note, link: usize, real: &str) -> Option<Mend> {
    let (span, raw) = path_of(note, link)?;
    let decoded = decode(raw);
    let mut real_parts = real.rsplit('/');
    let bare = |text: &str| SourcePath::fold(text.rsplit_once('.').map_or(text, |(stem, _)| stem));
    let mut parts: Vec<String> = Vec::new();
    for part in decoded.rsplit('/') {
        let known = if matches!(part, "." | ".." | "") { None } else { real_parts.next() };
        let same = known.filter(|known| SourcePath::fold(known) == SourcePath::fold(part));
        // `Note` for `note.md`.
        let stem =
            known.filter(|known| bare(known) == SourcePath::fold(part)).and_then(|known| known.rsplit_once('.')).map(|(stem, _)| stem);
        parts.push(same.or(stem).unwrap_or(part).to_owned());
    }
    parts.reverse();
    let path = parts.join("/");
    let path = if is_wikilink(note, link) { path } else { encode_like(raw, &path) };
    (path != raw).then(|| replace(note, span, &path))
}

/// The whole paths that an ambiguous name may mean.
fn whole_paths(state: &State, note: &Note, link: usize) -> Vec<Mend> {
    let Some((span, raw)) = path_of(note, link) else { return Vec::new() };
    let names: Names<'_> = state.names();
    let folded = SourcePath::fold(&decode(raw));
    let notes = names.note_end(&folded).iter().map(|id| names.entry(*id)).filter(|entry| entry.place != Place::Attachment);
    let files = names.file_end(&folded).iter().map(|id| names.entry(*id));
    let mut mends: Vec<Mend> = Vec::new();
    for entry in notes.chain(files).take(5) {
        let path = entry.path.as_str();
        let written = match (is_wikilink(note, link), entry.place == Place::Attachment) {
            (true, false) => super::state::without_extension(path).to_owned(),
            (true, true) => path.to_owned(),
            (false, _) => encode_like(raw, &crate::site::link::report::relative(note.path.parent(), path)),
        };
        let mend = replace(note, span, &written);
        if !mends.contains(&mend) {
            mends.push(mend);
        }
    }
    mends
}

/// The note that a broken link asks for.
fn missing_note(note: &Note, link: usize) -> Option<Mend> {
    let known = &note.links[link];
    if matches!(known.kind, LinkKind::Image | LinkKind::HtmlSource) || reference::read(known.target.trim()) != reference::Reference::Path {
        return None;
    }
    let is_wikilink = is_wikilink(note, link);
    let parts = reference::split(known.target.trim(), !is_wikilink);
    let written = if is_wikilink { parts.path.trim().to_owned() } else { decode(parts.path).into_owned() };
    let name = written.rsplit('/').next().unwrap_or(&written);
    let has_other_extension = name.rsplit_once('.').is_some_and(|(_, end)| {
        (2..=5).contains(&end.len())
            && end.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !matches!(&*end.to_lowercase(), "md" | "markdown")
    });
    if name.is_empty() || name.starts_with('.') || has_other_extension || name.contains(['\\', ':', '*', '?', '"', '<', '>', '|']) {
        return None;
    }
    let bare = super::state::without_extension(&written);
    // A name alone is made beside the note; a wikilink's path starts at the content folder.
    let is_from_root = is_wikilink && bare.contains('/') && !bare.starts_with('.');
    let path = join(if is_from_root { "" } else { note.path.parent() }, bare)?;
    let path = SourcePath::new(&format!("{path}.md"))?;
    let title = path.stem().to_owned();
    Some(Mend { title: format!("Create `{path}`"), edits: Edits::default(), new: Some((path, format!("# {title}\n\n"))) })
}

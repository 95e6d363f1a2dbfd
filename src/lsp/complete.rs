//! What can be written at a place: notes, headings, blocks, tags and so on, best first.
//!
//! In: a state of the notes, the note that is written in as it is now, a [`Context`]. Out: items. Pure. The state may be a moment older than the text: what is
//! offered is about other places.

use super::address::encode_like;
use super::context::{Context, Kind};
use super::state::{Aim, State, without_extension};
use crate::note::{Link, LinkKind, Note, front_matter, markdown};
use crate::path::SourcePath;
use crate::render::highlight;
use crate::site::Tag;
use crate::site::link::report::relative;
use crate::text::Span;

/// So many are offered; who types on is offered others.
const OFFERED: usize = 200;

/// What can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is shown.
    pub label: String,
    /// What is written in place of what was begun.
    pub text: String,
    /// What editors compare with what was begun.
    pub filter: String,
    /// More about it.
    pub detail: String,
    /// What it is.
    pub sort: Sort,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A note.
    Note,
    /// Another file.
    File,
    /// A heading or block.
    Place,
    /// A tag.
    Tag,
    /// A word of Biji's.
    Word,
}

/// What can be written in the note at `path`, whose text is parsed as `note` where it can be. `behind`: what stands behind the place.
#[must_use]
pub fn items(state: &State, path: &SourcePath, note: Option<&Note>, context: &Context, begun: &str, behind: &str) -> Vec<Item> {
    let wanted = SourcePath::fold(begun.trim());
    let word = |name: &str| Item {
        label: name.to_owned(),
        text: name.to_owned(),
        filter: name.to_owned(),
        detail: String::new(),
        sort: Sort::Word,
    };
    let words = |names: &mut dyn Iterator<Item = &'static str>| {
        let mut found: Vec<&str> = names.filter(|name| name.contains(&*wanted)).collect();
        found.sort_by_key(|name| (!name.starts_with(&*wanted), name.len()));
        found.into_iter().take(OFFERED).map(word).collect()
    };
    match &context.kind {
        Kind::Wikilink { is_embed } => wikilinks(state, &wanted, *is_embed, if behind.starts_with("]]") { "" } else { "]]" }),
        Kind::Path { is_image, is_bracketed } => paths(state, path, begun, *is_image, *is_bracketed),
        Kind::Heading { of, is_wikilink } => match target(state, path, note, of, *is_wikilink) {
            Some(note) => headings(note, &wanted, *is_wikilink),
            None => Vec::new(),
        },
        Kind::Block { of, is_wikilink } => {
            target(state, path, note, of, *is_wikilink).map(|note| blocks(note, &wanted)).unwrap_or_default()
        }
        Kind::Tag => tags(state, path, &wanted),
        Kind::Key => words(&mut front_matter::keys()),
        Kind::Callout => words(&mut markdown::callouts()),
        Kind::Language => words(&mut highlight::languages().iter().copied()),
    }
}

/// How well a name fits what is wanted: small numbers well, `None` not at all. Both are folded.
fn rank(name: &str, wanted: &str) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    let at = name.find(wanted)?;
    let is_start = at == 0 || !name[..at].ends_with(char::is_alphanumeric);
    Some(if name.len() == wanted.len() {
        0
    } else if at == 0 {
        1
    } else if is_start {
        2
    } else {
        3
    })
}

fn wikilinks(state: &State, wanted: &str, is_embed: bool, end: &str) -> Vec<Item> {
    let mut found: Vec<(usize, Item)> = Vec::new();
    for page in &state.site.pages {
        let note = &page.note;
        let name = state.wikilink_name(note);
        let detail =
            if note.title == note.path.stem() { note.path.as_str().to_owned() } else { format!("{} · {}", note.title, note.path) };
        let by_name = rank(&SourcePath::fold(name), wanted);
        let by_title = || rank(&SourcePath::fold(&note.title), wanted).map(|rank| rank + 4);
        let by_path = || rank(&SourcePath::fold(without_extension(note.path.as_str())), wanted).map(|rank| rank + 8);
        if let Some(rank) = by_name.or_else(by_title).or_else(by_path) {
            let filter = if by_name.is_some() { name.to_owned() } else { format!("{} {} {name}", note.title, note.path) };
            let item = Item { label: name.to_owned(), text: format!("{name}{end}"), filter, detail: detail.clone(), sort: Sort::Note };
            found.push((rank + if is_embed { 1 } else { 0 }, item));
        }
        for alias in note.front_matter.aliases.iter().filter(|alias| !alias.contains(['/', '|', ']', '['])) {
            if let Some(rank) = rank(&SourcePath::fold(alias), wanted).filter(|_| !wanted.is_empty() || !is_embed) {
                let text = format!("{name}|{alias}{end}");
                let detail = format!("→ {detail}");
                found.push((rank + 1, Item { label: alias.clone(), text, filter: alias.clone(), detail, sort: Sort::Note }));
            }
        }
    }
    for file in &state.attachments {
        let name = file.path.file_name();
        if let Some(rank) = rank(&SourcePath::fold(name), wanted) {
            let same = state.attachments.iter().filter(|other| SourcePath::fold(other.path.file_name()) == SourcePath::fold(name)).take(2);
            let written = if found.len() < OFFERED && same.count() > 1 { file.path.as_str() } else { name };
            let item = Item {
                label: name.to_owned(),
                text: format!("{written}{end}"),
                filter: name.to_owned(),
                detail: file.path.as_str().to_owned(),
                sort: Sort::File,
            };
            found.push((rank + if is_embed { 0 } else { 6 }, item));
        }
    }
    best(found)
}

fn paths(state: &State, from: &SourcePath, begun: &str, is_image: bool, is_bracketed: bool) -> Vec<Item> {
    let from_root = begun.starts_with('/');
    let wanted = SourcePath::fold(&crate::site::link::reference::decode(begun));
    let wanted = wanted.trim_start_matches(['/', '.']);
    let mut found: Vec<(usize, Item)> = Vec::new();
    let notes = state.site.pages.iter().map(|page| (&page.note.path, &*page.note.title, Sort::Note));
    let files = state.attachments.iter().map(|file| (&file.path, "", Sort::File));
    for (path, title, sort) in notes.chain(files) {
        if path == from {
            continue;
        }
        let by_name = rank(&SourcePath::fold(path.file_name()), wanted);
        let by_path = || rank(&SourcePath::fold(path.as_str()), wanted).map(|rank| rank + 2);
        let by_title = || rank(&SourcePath::fold(title), wanted).filter(|_| !title.is_empty()).map(|rank| rank + 4);
        let Some(rank) = by_name.or_else(by_path).or_else(by_title) else { continue };
        let written = if from_root { format!("/{path}") } else { relative(from.parent(), path.as_str()) };
        let rank = rank + if (sort == Sort::File) == is_image { 0 } else { 10 };
        let far = written.matches("../").count();
        let item = Item {
            label: written.clone(),
            text: if is_bracketed { written.clone() } else { encode_like("", &written) },
            filter: format!("{begun} {written} {title}"),
            detail: title.to_owned(),
            sort,
        };
        found.push((rank * 16 + far.min(15), item));
    }
    best(found)
}

fn best(mut found: Vec<(usize, Item)>) -> Vec<Item> {
    found.sort_by(|(a, left), (b, right)| {
        a.cmp(b).then(left.label.len().cmp(&right.label.len())).then_with(|| left.label.cmp(&right.label))
    });
    found.truncate(OFFERED);
    found.into_iter().map(|(_, item)| item).collect()
}

/// The note that a target means: the one that is written in for none.
fn target<'a>(state: &'a State, path: &SourcePath, note: Option<&'a Note>, of: &str, is_wikilink: bool) -> Option<&'a Note> {
    let page = state.find(path);
    if of.is_empty() {
        return note.or_else(|| page.map(|page| &*state.page(page).note));
    }
    let kind = if is_wikilink { LinkKind::Wikilink } else { LinkKind::Link };
    let link = Link { kind, target: of.to_owned(), title: String::new(), text: String::new(), span: Span::default() };
    // A note that is new is nowhere yet; then names are looked up from the first.
    let from = page.or_else(|| state.pages().next().map(|(id, _)| id))?;
    match state.look_up(&state.names(), from, &link)? {
        Aim::Note(path, _) => state.find(&path).map(|id| &*state.page(id).note),
        Aim::Folder(_) | Aim::File(_) => None,
    }
}

fn headings(note: &Note, wanted: &str, is_wikilink: bool) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for heading in note.outline.iter().filter(|heading| !heading.text.is_empty()) {
        if rank(&SourcePath::fold(&heading.text), wanted).is_none() && rank(heading.anchor.as_str(), wanted).is_none() {
            continue;
        }
        let is_again = note.outline.iter().take_while(|other| other.span != heading.span).any(|other| other.text == heading.text);
        let is_plain = !heading.text.contains(['#', '|', '^', '[', ']']);
        let text = match (is_wikilink, is_plain && !is_again) {
            (true, true) => heading.text.clone(),
            (true, false) => heading.anchor.as_str().to_owned(),
            (false, _) => encode_like("", heading.anchor.as_str()),
        };
        let label = format!("{} {}", "#".repeat(usize::from(heading.level)), heading.text);
        found.push(Item { label, text, filter: format!("{} {}", heading.text, heading.anchor), detail: String::new(), sort: Sort::Place });
    }
    found
}

fn blocks(note: &Note, wanted: &str) -> Vec<Item> {
    let text = &*note.file.text;
    let mut found = Vec::new();
    for (anchor, span) in &note.occurrences.anchors {
        let Some(name) = anchor.as_str().strip_prefix('^').filter(|name| rank(&SourcePath::fold(name), wanted).is_some()) else { continue };
        let before = text[..span.range().start].trim_end();
        let line = before.lines().next_back().unwrap_or_default().trim();
        let detail: String = line.chars().take(80).collect();
        found.push(Item { label: format!("^{name}"), text: name.to_owned(), filter: name.to_owned(), detail, sort: Sort::Place });
    }
    found
}

fn tags(state: &State, path: &SourcePath, wanted: &str) -> Vec<Item> {
    let mut found = Vec::new();
    // The word that is being typed is no tag that there is.
    let own = state.find(path);
    let is_own = |tag: &Tag| SourcePath::fold(&tag.name) == wanted && tag.pages.iter().all(|page| Some(*page) == own);
    for tag in state.site.tags.iter().filter(|tag| !is_own(tag)) {
        let Some(rank) = rank(&SourcePath::fold(&tag.name), wanted) else { continue };
        let detail = format!("{} notes", tag.pages.len());
        let item = Item { label: tag.name.clone(), text: tag.name.clone(), filter: tag.name.clone(), detail, sort: Sort::Tag };
        // The most used first.
        found.push((rank * 100_000 + 99_999 - tag.pages.len().min(99_999), item));
    }
    best(found)
}

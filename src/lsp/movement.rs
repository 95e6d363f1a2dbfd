//! Files and folders that get another path: the edits that keep every link leading where it led.
//!
//! In: a state of the notes, and which paths become which. Out: [`Edits`], in files by their old paths. Pure. The site is assembled as it will be, and every
//! link that leads elsewhere in it, or nowhere, is written anew in the form it has: wikilinks by name or path, Markdown links relative or from the root, with
//! or without extension. What is written is looked up before it is taken. Links that go on working stay: those by an alias, or by a part of the path.

use std::sync::Arc;

use super::address::encode_like;
use super::headings;
use super::rename::Edits;
use super::state::{Aim, State, without_extension};
use super::thing::{split, written};
use crate::note::{Link, LinkKind, Note, markdown};
use crate::path::SourcePath;
use crate::site::link::names::Names;
use crate::site::link::reference::{decode, join};
use crate::site::link::report::relative;
use crate::site::{self, Memo, Origin, PageId, Scope};
use crate::source::Attachment;

/// A file or folder and its new path, both relative to the content folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The path it has.
    pub from: SourcePath,
    /// The path it gets.
    pub to: SourcePath,
}

/// The path that a path becomes.
fn moved_path(moves: &[Move], path: &str) -> Option<String> {
    moves.iter().find_map(|one| {
        let rest = path.strip_prefix(one.from.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", one.to))
    })
}

fn moved(moves: &[Move], path: &SourcePath) -> SourcePath {
    moved_path(moves, path.as_str()).and_then(|path| SourcePath::new(&path)).unwrap_or_else(|| path.clone())
}

/// The edits for files that move.
#[must_use]
pub fn edits(state: &State, options: markdown::Options, moves: &[Move]) -> Edits {
    let note = |note: &Arc<Note>| {
        let path = moved(moves, &note.path);
        if path == note.path { Arc::clone(note) } else { Arc::new(Note { path, ..Note::clone(note) }) }
    };
    let notes = state.site.pages.iter().map(|page| note(&page.note)).collect();
    let mut attachments: Vec<Attachment> =
        state.attachments.iter().map(|file| Attachment { path: moved(moves, &file.path), ..file.clone() }).collect();
    attachments.sort_by(|a, b| a.path.cmp(&b.path));
    let held_back: Vec<SourcePath> = state.held_back.iter().map(|path| moved(moves, path)).collect();
    let origin = Origin { held_back: &held_back, ..Origin::default() };
    let (site, _) = site::assemble_again(Scope::Everything, &mut Memo::default(), origin, state.site.config.clone(), notes, &attachments);
    let after = State::new(site, attachments, held_back);
    let names = after.names();

    let mut edits = Edits::default();
    for (_, page) in state.pages() {
        let Some(id) = after.find(&moved(moves, &page.note.path)) else { continue };
        for (at, (link, target)) in page.note.links.iter().zip(&page.links).enumerate() {
            let Some(old) = state.aim(target) else { continue };
            let aim = aim_after(moves, old.clone());
            let is_kept = after.page(id).links.get(at).and_then(|target| after.aim(target)).as_ref() == Some(&aim);
            // Other programs follow a path only from where it is written.
            let is_plain = !matches!(link.kind, LinkKind::Wikilink | LinkKind::Embed);
            let was_direct = is_plain && is_direct(page.note.path.parent(), link, path_of(&old));
            let stays_direct = || is_direct(after.page(id).note.path.parent(), link, path_of(&aim));
            if is_kept && (!was_direct || stays_direct()) {
                continue;
            }
            let place = written(&page.note, at).map(|range| split(&page.note.file.text, range).0).filter(|range| !range.is_empty());
            let new = place.clone().and_then(|range| {
                let raw = &page.note.file.text[range.clone()];
                let is_bare = !page.note.file.text[..range.start].ends_with('<');
                let writer = Writer { after: &after, names: &names, page: id, old_here: page.note.path.parent(), link, raw, is_bare };
                writer.write(&aim, path_of(&old))
            });
            match (place, new) {
                (Some(range), Some(new)) => edits.add(&page.note.path, range.into(), new),
                _ => edits.left.push((page.note.path.clone(), link.span)),
            }
        }
    }
    headings::follow(state, options, edits)
}

fn path_of(aim: &Aim) -> &str {
    match aim {
        Aim::Note(path, _) | Aim::File(path) => path.as_str(),
        Aim::Folder(path) => path,
    }
}

/// Whether the path of a link, followed from the folder `here`, is that of its target, with or without extension, or of the folder that it stands for.
fn is_direct(here: &str, link: &Link, target: &str) -> bool {
    let written = link.target.split(['#', '?']).next().unwrap_or_default();
    if written.is_empty() {
        return true;
    }
    let Some(path) = join(here, &decode(written)) else { return false };
    let bare = |path: &str| without_extension(path.strip_suffix(".html").unwrap_or(path)).to_owned();
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    path == target || bare(&path) == bare(target) || target.strip_prefix(&*folder).is_some_and(|rest| !rest.contains('/'))
}

fn aim_after(moves: &[Move], aim: Aim) -> Aim {
    match aim {
        Aim::Note(path, anchor) => Aim::Note(moved(moves, &path), anchor),
        Aim::File(path) => Aim::File(moved(moves, &path)),
        Aim::Folder(path) => Aim::Folder(moved_path(moves, &path).unwrap_or(path)),
    }
}

/// Writes one link anew.
struct Writer<'a> {
    after: &'a State,
    names: &'a Names<'a>,
    page: PageId,
    /// The folder that the note lay in.
    old_here: &'a str,
    link: &'a Link,
    /// What stands before `#`, as it is written.
    raw: &'a str,
    /// False between `<` and `>`, where spaces may stand.
    is_bare: bool,
}

impl Writer<'_> {
    /// The path to be written for an aim whose path was `old`; `None` where none leads there.
    fn write(&self, aim: &Aim, old: &str) -> Option<String> {
        let is_wikilink = matches!(self.link.kind, LinkKind::Wikilink | LinkKind::Embed);
        let decoded = decode(self.raw);
        let (path, query) = match decoded.split_once('?').filter(|_| !is_wikilink) {
            Some((path, query)) => (path, format!("?{query}")),
            None => (&*decoded, String::new()),
        };
        let wanted: Vec<String> = self.targets(aim, old, path);
        let forms =
            wanted.iter().flat_map(|target| if is_wikilink { self.wikilinks(path, target) } else { self.references(path, old, target) });
        let mut written = forms.map(|form| {
            if is_wikilink {
                return form;
            }
            let form = if self.is_bare { encode_like(self.raw, &form) } else { form };
            format!("{form}{query}")
        });
        written.find(|form| self.leads_to(form, aim, is_wikilink))
    }

    /// The paths of the aim in the way that the link spells them: with the extension it has, or as the folder that it stands for. Best first.
    fn targets(&self, aim: &Aim, old: &str, path: &str) -> Vec<String> {
        let path = path.trim_end_matches('/');
        let lower = path.to_lowercase();
        let new = match aim {
            Aim::Folder(path) => return vec![path.clone()],
            Aim::File(path) => return vec![path.as_str().to_owned()],
            Aim::Note(path, _) => path.as_str(),
        };
        let bare = without_extension(new).to_owned();
        let name = SourcePath::fold(path.rsplit('/').next().unwrap_or(path));
        let old_folder = old.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_of_folder = SourcePath::fold(old_folder.rsplit('/').next().unwrap_or_default()) == name
            && SourcePath::fold(without_extension(old).rsplit('/').next().unwrap_or_default()) != name;
        let folder = new.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let file = if lower.ends_with(".md") || lower.ends_with(".markdown") {
            new.to_owned()
        } else if lower.ends_with(".html") || lower.ends_with(".htm") {
            format!("{bare}.html")
        } else {
            bare
        };
        let mut targets = Vec::new();
        if is_of_folder || self.raw.ends_with('/') {
            targets.extend(folder);
        }
        targets.push(file);
        targets.push(new.to_owned());
        targets
    }

    fn here(&self) -> &str {
        self.after.page(self.page).note.path.parent()
    }

    fn wikilinks(&self, path: &str, target: &str) -> Vec<String> {
        let name = target.rsplit('/').next().unwrap_or(target).to_owned();
        if path.starts_with("./") || path.starts_with("../") {
            let relative = relative(self.here(), target);
            return vec![if relative.starts_with("../") { relative } else { format!("./{relative}") }, format!("/{target}")];
        }
        if path.starts_with('/') {
            return vec![format!("/{target}")];
        }
        let count = path.split('/').count();
        let parts: Vec<&str> = target.split('/').collect();
        let end = parts[parts.len().saturating_sub(count)..].join("/");
        if count > 1 { vec![end, target.to_owned(), format!("/{target}")] } else { vec![name, target.to_owned(), format!("/{target}")] }
    }

    fn references(&self, path: &str, old: &str, target: &str) -> Vec<String> {
        let slash = if path.ends_with('/') && !target.is_empty() { "/" } else { "" };
        if path.starts_with('/') {
            return vec![format!("/{target}{slash}")];
        }
        let from_here = relative(self.here(), target);
        let from_here = if path.starts_with("./") && !from_here.starts_with("../") { format!("./{from_here}") } else { from_here };
        let mut forms = Vec::new();
        let was = join(self.old_here, path).unwrap_or_default();
        if !path.starts_with('.') && without_extension(&was) != without_extension(old) && old.ends_with(path.trim_end_matches('/')) {
            // By the end of the path, or from the root without `/`, as Obsidian writes it.
            let parts: Vec<&str> = target.split('/').collect();
            let end = parts.len().saturating_sub(path.split('/').count());
            forms.extend([parts[end..].join("/"), target.to_owned()]);
        }
        forms.push(format!("{from_here}{slash}"));
        forms.push(format!("/{target}{slash}"));
        forms
    }

    /// Whether a link with this path leads to the aim.
    fn leads_to(&self, form: &str, aim: &Aim, is_wikilink: bool) -> bool {
        if form.is_empty() || (is_wikilink && form.contains(['[', ']', '|', '#', '^', '\\'])) {
            return false;
        }
        if !self.is_bare && form.contains(['<', '>', '\n']) {
            return false;
        }
        let link = Link { target: form.to_owned(), ..self.link.clone() };
        let found = self.after.look_up(self.names, self.page, &link);
        match (found, aim) {
            (Some(Aim::Note(found, _)), Aim::Note(wanted, _)) => found == *wanted,
            (Some(found), wanted) => found == *wanted,
            (None, _) => false,
        }
    }
}

//! One state of the notes as an editor sees them: every note, also those that are not published, with all links resolved.
//!
//! In: an assembled site and the names of all files. Out: what requests ask for. Immutable. Pure.

use std::collections::HashMap;

use crate::note::{Link, Note};
use crate::path::{Anchor, SourcePath};
use crate::site::link::Hidden;
use crate::site::link::lookup::{self, Goal};
use crate::site::link::names::Names;
use crate::site::{FolderId, Page, PageId, Site, Target};
use crate::source::Attachment;
use crate::text::Span;

/// A state of the notes.
#[derive(Debug)]
pub struct State {
    /// Every note that can be read. Mentions are not looked for.
    pub site: Site,
    /// Every file that is no note, by path.
    pub attachments: Vec<Attachment>,
    /// Notes that could never be read.
    pub held_back: Vec<SourcePath>,
    /// How many files and notes have a name: the last part of their path, of notes without extension, folded.
    names: HashMap<String, u32>,
}

/// A file, and a place in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub path: SourcePath,
    /// The place.
    pub span: Span,
}

/// What a link leads to, in terms of files: equal for two links that lead to one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// A note, and a place in it.
    Note(SourcePath, Option<Anchor>),
    /// A folder without a note of its own.
    Folder(String),
    /// Another file.
    File(SourcePath),
}

impl State {
    /// The state that a site makes.
    #[must_use]
    pub fn new(site: Site, attachments: Vec<Attachment>, held_back: Vec<SourcePath>) -> Self {
        let mut names = HashMap::with_capacity(site.pages.len() + attachments.len());
        let notes = site.pages.iter().map(|page| page.note.path.stem());
        for name in notes.chain(attachments.iter().map(|file| file.path.file_name())) {
            *names.entry(SourcePath::fold(name)).or_insert(0) += 1;
        }
        Self { site, attachments, held_back, names }
    }

    /// The page of a note.
    #[must_use]
    pub fn page(&self, id: PageId) -> &Page {
        &self.site.pages[id.0 as usize]
    }

    /// The note at a path.
    #[must_use]
    pub fn find(&self, path: &SourcePath) -> Option<PageId> {
        let at = self.site.pages.binary_search_by(|page| page.note.path.cmp(path)).ok()?;
        u32::try_from(at).ok().map(PageId)
    }

    /// All pages with their numbers.
    pub fn pages(&self) -> impl Iterator<Item = (PageId, &Page)> {
        (0..).map(PageId).zip(self.site.pages.iter().map(|page| &**page))
    }

    /// The shortest name by which a wikilink finds a note: its file's, or its path where others have the same.
    #[must_use]
    pub fn wikilink_name<'a>(&self, note: &'a Note) -> &'a str {
        let name = note.path.stem();
        if self.names.get(&SourcePath::fold(name)).copied().unwrap_or(0) <= 1 { name } else { without_extension(note.path.as_str()) }
    }

    /// The names that links are looked up by.
    #[must_use]
    pub fn names(&self) -> Names<'_> {
        let hidden: Vec<Hidden<'_>> = self.held_back.iter().map(|path| Hidden { path, aliases: &[], addresses: &[] }).collect();
        let attachments: Vec<&Attachment> = self.attachments.iter().collect();
        Names::new(&self.site.pages, &self.site.folders, &self.site.redirects, &hidden, &attachments)
    }

    /// What a link of a page leads to; `None` where that is no file of the notes.
    #[must_use]
    pub fn aim(&self, target: &Target) -> Option<Aim> {
        match target {
            Target::Page(id, anchor) => Some(Aim::Note(self.page(*id).note.path.clone(), anchor.clone())),
            Target::Folder(id) => Some(self.aim_of_folder(*id)),
            Target::Attachment(at, _) => self.site.attachments.get(*at as usize).map(|(path, _)| Aim::File(path.clone())),
            Target::External(_) | Target::Broken | Target::Private | Target::Refused => None,
        }
    }

    fn aim_of_folder(&self, id: FolderId) -> Aim {
        Aim::Folder(self.site.folders[id.0 as usize].path.clone())
    }

    /// What a link that is not written yet would lead to, its fragment left aside.
    #[must_use]
    pub fn look_up(&self, names: &Names<'_>, page: PageId, link: &Link) -> Option<Aim> {
        match lookup::find(names, self.page(page), link).goal {
            Goal::Page(id, _) => Some(Aim::Note(self.page(id).note.path.clone(), None)),
            Goal::Folder(id) => Some(self.aim_of_folder(id)),
            Goal::Attachment(path, _) => Some(Aim::File(path.clone())),
            Goal::External(_) | Goal::Private | Goal::Refused(_) | Goal::Missing(_) => None,
        }
    }

    /// Where a place of a note stands: the beginning without an anchor.
    #[must_use]
    pub fn place_of(&self, id: PageId, anchor: Option<&Anchor>) -> Place {
        let note = &self.page(id).note;
        let heading = |anchor: &Anchor| note.outline.iter().find(|heading| heading.anchor == *anchor).map(|heading| heading.span);
        let other = |anchor: &Anchor| note.occurrences.anchors.iter().find(|(other, _)| other == anchor).map(|(_, span)| *span);
        let span = anchor.and_then(|anchor| heading(anchor).or_else(|| other(anchor)));
        Place { path: note.path.clone(), span: span.unwrap_or_default() }
    }
}

/// A path of a note without `.md` or `.markdown`.
#[must_use]
pub fn without_extension(path: &str) -> &str {
    let is_extension = |end: &&str| end.eq_ignore_ascii_case("md") || end.eq_ignore_ascii_case("markdown");
    match path.rsplit_once('.').filter(|(_, end)| is_extension(end)) {
        Some((stem, _)) if !stem.is_empty() && !stem.ends_with('/') => stem,
        _ => path,
    }
}

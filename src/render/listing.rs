//! Pages that list notes: folders, tags, all notes.
//!
//! In: `Site`. Out: views. Knows nothing of templates.

use super::letters::INDEX as INDEX_PAGE;
use super::naming::{self, foreign_title};
use super::page::Shared;
use super::view::{EntryView, FolderView, GroupView, LinkView, MoreView, TagView};
use crate::path::UrlPath;
use crate::site::{FolderId, Page, PageId, Site, Tag};

/// How many entries a generated folder index lists.
const INDEX: usize = 1000;
/// How many entries stand under the text of a folder's index note.
const UNDER_NOTE: usize = 200;

/// How many notes the list of all notes names; where there are more it names the folders only.
const ALL_NOTES: usize = 1000;

/// The address of the search as a page.
pub(super) const SEARCH: &str = "search.html";
/// The address of the list of all notes.
pub(super) const ALL: &str = "biji/all.html";
/// The address of the list of notes by their last change.
pub(super) const RECENT: &str = "biji/recent.html";
/// The addresses of all notes, as a script that hands them over.
pub(super) const NOTES: &str = "biji/notes.js";
/// The address of the list of tags.
pub(super) const TAGS: &str = "biji/tags/index.html";

/// The contents of a folder, for its generated index or under its index note.
pub(super) fn folder(shared: &Shared<'_>, id: FolderId, (from, language): (&UrlPath, &str), under_note: bool) -> FolderView {
    let site = shared.site;
    let folder = &site.folders[id.0 as usize];
    let limit = if under_note { UNDER_NOTE } else { INDEX };
    let total = folder.folders.len() + folder.pages.len();
    let folders: Vec<EntryView> = folder
        .folders
        .iter()
        .take(limit)
        .map(|child| {
            let index = site.folders[child.0 as usize].index.map(|page| naming::page(site, page, language));
            let name = naming::folder(site, &shared.facts.language, *child, language);
            EntryView {
                title: name.title.to_owned(),
                url: name.url.href_from(from),
                description: index.and_then(|page| page.note.front_matter.description.clone()).unwrap_or_default(),
                lang: foreign_title(name.title, name.language, language),
                date: String::new(),
                notes: shared.facts.counts[child.0 as usize],
            }
        })
        .collect();
    let notes: Vec<EntryView> = folder
        .pages
        .iter()
        .take(limit - folders.len())
        .map(|page| self::page(naming::page(site, *page, language), from, language))
        .collect();
    let more = (folders.len() + notes.len() < total).then(|| MoreView { total, url: whole_list(site, id, from) });
    FolderView { folders, notes, more }
}

/// Where a folder's entries are all listed: its generated index when that is long enough, else the list of all notes, else the index.
pub(super) fn whole_list(site: &Site, id: FolderId, from: &UrlPath) -> String {
    let folder = &site.folders[id.0 as usize];
    let total = folder.folders.len() + folder.pages.len();
    let limit = if folder.index.is_some() { UNDER_NOTE } else { INDEX };
    if total <= limit {
        return folder.url.href_from(from);
    }
    if site.pages.len() > ALL_NOTES {
        return UrlPath::new(INDEX_PAGE).map(|index| index.href_from(from)).unwrap_or_default();
    }
    UrlPath::new(ALL).map(|all| format!("{}#{}", all.href_from(from), anchor(id))).unwrap_or_default()
}

/// How many notes each folder holds, in its folders too.
pub(super) fn counts(site: &Site) -> Vec<usize> {
    let mut counts: Vec<usize> = site.folders.iter().map(|folder| folder.pages.len() + usize::from(folder.index.is_some())).collect();
    // Parents come before children.
    for at in (1..counts.len()).rev() {
        let parent = site.folders[at].parent.0 as usize;
        if parent != at {
            counts[parent] += counts[at];
        }
    }
    counts
}

/// One note in a list of a page in `language`.
pub(super) fn entry(site: &Site, id: PageId, from: &UrlPath, language: &str) -> EntryView {
    page(&site.pages[id.0 as usize], from, language)
}

fn page(page: &Page, from: &UrlPath, language: &str) -> EntryView {
    EntryView {
        title: page.note.title.clone(),
        url: page.url.href_from(from),
        description: page.note.front_matter.description.clone().unwrap_or_default(),
        lang: foreign_title(&page.note.title, &page.language, language),
        date: day(page.created.as_deref()),
        notes: 0,
    }
}

/// The file [`NOTES`]: a call of `bijiNotes` with the addresses of all notes, relative to the site's root.
pub(super) fn addresses(site: &Site) -> String {
    let all: Vec<String> = site.pages.iter().map(|page| page.url.encoded()).collect();
    format!("bijiNotes({});\n", serde_json::Value::from(all))
}

/// All tags, parents before children.
pub(super) fn tags(site: &Site, from: &UrlPath) -> Vec<TagView> {
    site.tags.iter().map(|tag| self::tag(tag, from)).collect()
}

/// One tag.
pub(super) fn tag(tag: &Tag, from: &UrlPath) -> TagView {
    TagView {
        title: tag.name.clone(),
        name: tag.name.rsplit('/').next().unwrap_or(&tag.name).to_owned(),
        url: tag.url.href_from(from),
        notes: tag.pages.len(),
        depth: tag.name.matches('/').count(),
    }
}

/// All notes, folder by folder; of a large site the folders only.
pub(super) fn groups(shared: &Shared<'_>, from: &UrlPath) -> Vec<GroupView> {
    let (site, language) = (shared.site, &shared.facts.language);
    (0_u32..)
        .zip(&site.folders)
        .filter(|(_, folder)| folder.index.is_some() || !folder.pages.is_empty())
        .map(|(at, folder)| GroupView {
            title: if folder.path.is_empty() { folder.title.clone() } else { folder.path.replace('/', " / ") },
            url: folder.url.href_from(from),
            anchor: anchor(FolderId(at)),
            total: folder.pages.len() + usize::from(folder.index.is_some()),
            notes: match site.pages.len() > ALL_NOTES {
                true => Vec::new(),
                false => folder.index.iter().chain(&folder.pages).map(|page| link(site, *page, from, language)).collect(),
            },
        })
        .collect()
}

/// A note's title and address, for a page in `language`.
pub(super) fn link(site: &Site, page: PageId, from: &UrlPath, language: &str) -> LinkView {
    let page = &site.pages[page.0 as usize];
    LinkView {
        title: page.note.title.clone(),
        url: page.url.href_from(from),
        lang: foreign_title(&page.note.title, &page.language, language),
    }
}

/// The day of an RFC 3339 date or date-time.
pub(super) fn day(date: Option<&str>) -> String {
    date.map(|date| date.get(..10).unwrap_or(date).to_owned()).unwrap_or_default()
}

/// Whether a date is one of RFC 3339's, with or without a time.
pub(super) fn is_date(date: &str) -> bool {
    let digit = |at: usize, byte: u8| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    let is_day = |day: &str| day.len() == 10 && day.bytes().enumerate().all(|(at, byte)| digit(at, byte));
    date.get(..10).is_some_and(is_day) && (date.len() == 10 || date.as_bytes().get(10) == Some(&b'T'))
}

fn anchor(FolderId(id): FolderId) -> String {
    format!("folder-{id}")
}

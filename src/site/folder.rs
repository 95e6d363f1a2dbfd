//! Folders: which there are, which note is a folder's index page, and the order in which a reader goes through the site.
//!
//! In: the published notes' paths; later the pages with their titles. Out: folders in a fixed order, and previous and next of every page.
//! Knows nothing of links, tags or HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::address::Spelling;
use super::order::Order;
use super::{Folder, FolderId, Page, PageId, plan};
use crate::note::Note;
use crate::path::{SourcePath, UrlPath};
use crate::text::natural_order;

/// The folders that hold a published note, and which note is whose index.
#[derive(Debug)]
pub struct Plan {
    /// The paths of the folders, the root (`""`) first, parents before children.
    pub paths: Vec<String>,
    /// The index note of each folder, as a position among the notes.
    pub index: Vec<Option<usize>>,
    /// The folder that each note is listed in, and whether it is that folder's index.
    pub home: Vec<(FolderId, bool)>,
}

/// Finds folders and their index notes. The first of these that exists is a folder's index, names compared without regard to case:
///
/// 1. a note in it that asks for the address of its index page (`permalink: /` in `home.md`),
/// 2. `index.md` in it,
/// 3. `_index.md` in it (as Hugo has it),
/// 4. `README.md` in it,
/// 5. a note in it that is called as the folder (`k8s/k8s.md`),
/// 6. a note beside it that is called as the folder (`k8s.md` beside `k8s/`).
///
/// The others are ordinary notes under their own names.
#[must_use]
pub fn plan(spelling: Spelling, notes: &[Arc<Note>]) -> Plan {
    let mut set: BTreeSet<&str> = BTreeSet::from([""]);
    for note in notes {
        let parent = note.path.parent();
        // The deepest first: where one is known, so are those above it.
        let mut ways = std::iter::once(parent.len()).chain(parent.rmatch_indices('/').map(|(at, _)| at));
        while ways.next().is_some_and(|at| set.insert(&parent[..at])) {}
    }
    let paths: Vec<String> = set.into_iter().map(str::to_owned).collect();
    let ids: BTreeMap<&str, usize> = paths.iter().enumerate().map(|(id, path)| (&**path, id)).collect();
    let folded: BTreeMap<String, usize> = paths.iter().enumerate().map(|(id, path)| (SourcePath::fold(path), id)).collect();

    let mut best: Vec<Option<(u8, usize)>> = vec![None; paths.len()];
    for (at, note) in notes.iter().enumerate() {
        let parent = note.path.parent();
        let rank = if plan::asks_for_index(spelling, note) { Some(0) } else { rank_inside(note.path.stem(), parent) };
        if let (Some(rank), Some(&id)) = (rank, ids.get(parent))
            && best[id].is_none_or(|(other, _)| rank < other)
        {
            best[id] = Some((rank, at));
        }
    }
    let mut taken: BTreeSet<usize> = best.iter().flatten().map(|(_, at)| *at).collect();
    for (at, note) in notes.iter().enumerate() {
        let beside =
            if note.path.parent().is_empty() { note.path.stem().into() } else { format!("{}/{}", note.path.parent(), note.path.stem()) };
        if let Some(&id) = ids.get(&*beside).or_else(|| folded.get(&SourcePath::fold(&beside)))
            && best[id].is_none()
            && taken.insert(at)
        {
            best[id] = Some((u8::MAX, at));
        }
    }
    let index: Vec<Option<usize>> = best.iter().map(|found| found.map(|(_, at)| at)).collect();
    let mut home: Vec<(FolderId, bool)> =
        notes.iter().map(|note| (ids.get(note.path.parent()).copied().map_or(FolderId(0), folder_id), false)).collect();
    for (id, at) in index.iter().enumerate().filter_map(|(id, at)| at.map(|at| (id, at))) {
        home[at] = (folder_id(id), true);
    }
    Plan { paths, index, home }
}

fn folder_id(at: usize) -> FolderId {
    FolderId(u32::try_from(at).unwrap_or(u32::MAX))
}

fn rank_inside(stem: &str, folder: &str) -> Option<u8> {
    let stem = SourcePath::fold(stem);
    match &*stem {
        "index" => Some(1),
        "_index" => Some(2),
        "readme" => Some(3),
        _ => {
            let name = folder.rsplit('/').next().unwrap_or("");
            (!name.is_empty() && SourcePath::fold(name) == stem).then_some(4)
        }
    }
}

/// Makes the folders of a plan, everything in reading order: as the configuration lists it, then by `order`, then by title in natural order, then by path.
#[must_use]
pub fn build(plan: &Plan, pages: &[Page], listed: &Order, urls: Vec<UrlPath>, site_title: &str) -> Vec<Folder> {
    let ids: BTreeMap<&str, FolderId> = plan.paths.iter().zip(0..).map(|(path, id)| (&**path, FolderId(id))).collect();
    let mut folders: Vec<Folder> = Vec::with_capacity(plan.paths.len());
    for ((path, url), index) in plan.paths.iter().zip(urls).zip(&plan.index) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let index = index.map(|at| PageId(u32::try_from(at).unwrap_or(u32::MAX)));
        let title = match index {
            _ if path.is_empty() => site_title.to_owned(),
            Some(id) => pages[id.0 as usize].note.title.clone(),
            None => name.to_owned(),
        };
        let parent = ids.get(above).copied().unwrap_or(FolderId(0));
        folders.push(Folder { path: path.clone(), title, parent, url, index, pages: Vec::new(), folders: Vec::new() });
    }
    for (id, page) in (0..).map(PageId).zip(pages) {
        if !page.is_index && !page.is_translation {
            folders[page.folder.0 as usize].pages.push(id);
        }
    }
    for at in 1..folders.len() {
        let parent = folders[at].parent;
        folders[parent.0 as usize].folders.push(folder_id(at));
    }
    let page_key = |id: PageId| {
        let page = &pages[id.0 as usize];
        (listed.note(page.note.path.as_str()), order_of(page), &*page.note.title, id.0)
    };
    for folder in &mut folders {
        folder.pages.sort_by(|a, b| compare(page_key(*a), page_key(*b)));
    }
    let keys: Vec<(f64, String)> = folders
        .iter()
        .map(|folder| (folder.index.map_or(f64::INFINITY, |id| order_of(&pages[id.0 as usize])), folder.title.clone()))
        .collect();
    let paths: Vec<String> = folders.iter().map(|folder| folder.path.clone()).collect();
    let folder_key = |id: FolderId| {
        let (order, title) = &keys[id.0 as usize];
        (listed.folder(&paths[id.0 as usize]), *order, &**title, id.0)
    };
    for folder in &mut folders {
        folder.folders.sort_by(|a, b| compare(folder_key(*a), folder_key(*b)));
    }
    folders
}

fn order_of(page: &Page) -> f64 {
    page.note.front_matter.order.filter(|order| !order.is_nan()).unwrap_or(f64::INFINITY)
}

/// The place in the configuration's list, the note's own `order`, the title, the number.
type Key<'a> = (usize, f64, &'a str, u32);

fn compare(a: Key<'_>, b: Key<'_>) -> std::cmp::Ordering {
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(|| natural_order(a.2, b.2)).then(a.3.cmp(&b.3))
}

/// Every page once, as a reader goes through: a folder's index, its pages, then its folders, depth first. Pages that the configuration lists come
/// first, in the order of the list, which may go to and fro between folders.
#[must_use]
pub fn reading_order(folders: &[Folder], pages: &[Page], listed: &Order) -> Vec<PageId> {
    let mut order = by_folder(folders);
    order.sort_by_key(|id| listed.note(pages[id.0 as usize].note.path.as_str()));
    order
}

fn by_folder(folders: &[Folder]) -> Vec<PageId> {
    let mut order = Vec::new();
    let mut open = vec![FolderId(0)];
    while let Some(id) = open.pop() {
        let folder = &folders[id.0 as usize];
        order.extend(folder.index);
        order.extend(&folder.pages);
        open.extend(folder.folders.iter().rev());
    }
    order
}

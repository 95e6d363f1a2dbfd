//! The neighbourhood of a page in the tree of folders, small however many notes there are.
//!
//! In: `Site`. Out: one value for all pages that share it: the pages of one folder, in runs of [`HERE`] entries; and for each folder a script with its entries,
//! which a page loads when a reader opens the folder in the tree. A script, because a page opened from disk cannot fetch data. Knows nothing of templates.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::json;
use tera::Value;

use super::view::{MoreView, NavItemView, NavView};
use crate::path::UrlPath;
use crate::site::{FolderId, PageId, Site};

/// How many entries of the page's own folder are listed.
const HERE: usize = 30;
/// How many entries of each folder above are listed.
const ABOVE: usize = 14;
/// How many levels are open. Below that the tree starts at the first folder that is still in it, not at the root: else every page of a deep
/// folder would list the whole way, and templates nest at most 20 components.
const LEVELS: usize = 10;

/// How many entries a folder shows that is opened in the tree.
const OPENED: usize = 200;
/// Where the scripts of the folders are.
const TREE: &str = "biji/tree/";

/// What decides how a page's neighbourhood looks: its folder, the run of entries it is in, and the folder that references start from.
type Key<'a> = (FolderId, usize, &'a str);

/// The neighbourhoods of all pages.
pub(super) struct Navs {
    values: Vec<Value>,
    /// For each page, which of `values`.
    of_page: Vec<usize>,
    /// For each folder, which of `values` its generated index shows.
    of_folder: Vec<usize>,
}

impl Navs {
    /// Works out the neighbourhood of every page and every generated folder index.
    pub(super) fn new(site: &Site) -> Self {
        let mut runs = vec![0; site.pages.len()];
        for folder in &site.folders {
            for (at, page) in folder.pages.iter().enumerate() {
                runs[page.0 as usize] = (folder.folders.len() + at) / HERE;
            }
        }
        let mut keys: BTreeMap<Key<'_>, (usize, &UrlPath)> = BTreeMap::new();
        let pages = site.pages.iter().enumerate().map(|(at, page)| (page.folder, runs[at], &page.url));
        let folders = site.folders.iter().enumerate().map(|(at, folder)| (FolderId(u32::try_from(at).unwrap_or(0)), 0, &folder.url));
        let wanted: Vec<(FolderId, usize, &UrlPath)> = pages.chain(folders).collect();
        for (folder, run, url) in &wanted {
            keys.entry((*folder, *run, url.parent())).or_insert((0, url));
        }
        for (at, (number, _)) in keys.values_mut().enumerate() {
            *number = at;
        }
        let all: Vec<usize> = wanted.iter().map(|(folder, run, url)| keys[&(*folder, *run, url.parent())].0).collect();
        let list: Vec<(Key<'_>, &UrlPath)> = keys.iter().map(|(key, (_, url))| (*key, *url)).collect();
        let values = list.into_par_iter().map(|((folder, run, _), url)| Value::from_serializable(&view(site, folder, run, url))).collect();
        let (of_page, of_folder) = all.split_at(site.pages.len());
        Self { values, of_page: of_page.to_vec(), of_folder: of_folder.to_vec() }
    }

    /// The neighbourhood of a page.
    pub(super) fn page(&self, page: PageId) -> Value {
        self.values[self.of_page[page.0 as usize]].clone()
    }

    /// The neighbourhood of a folder's generated index.
    pub(super) fn folder(&self, folder: FolderId) -> Value {
        self.values[self.of_folder[folder.0 as usize]].clone()
    }
}

/// The neighbourhood of a page that is nowhere in the tree (tags, all notes): the root's entries.
pub(super) fn outside(site: &Site, from: &UrlPath) -> Value {
    match site.folders.first() {
        Some(_) => Value::from_serializable(&view(site, FolderId(0), 0, from)),
        None => Value::from_serializable(&NavView { items: Vec::new(), more: None }),
    }
}

/// The address of a folder's script: that of its page below `biji/tree/`, so that a page's script can tell it from the link. `None` where it can have none.
pub(super) fn script_url(site: &Site, FolderId(folder): FolderId) -> Option<UrlPath> {
    let page = site.folders[folder as usize].url.as_str();
    UrlPath::new(&format!("{TREE}{}.js", page.strip_suffix(".html")?))
}

/// The script: one call of `bijiTree` with the page of the folder, its entries (title, address from the root, 1 for a folder that can be opened) and, when
/// there are more than it lists, their number and where all are.
pub(super) fn script(site: &Site, id: FolderId) -> String {
    let folder = &site.folders[id.0 as usize];
    let root = UrlPath::new("index.html").unwrap_or_else(|| folder.url.clone());
    let folders = folder.folders.iter().map(|FolderId(child)| {
        let child = &site.folders[*child as usize];
        if is_empty(child) { json!([child.title, child.url.encoded()]) } else { json!([child.title, child.url.encoded(), 1]) }
    });
    let pages = folder.pages.iter().map(|PageId(page)| {
        let page = &site.pages[*page as usize];
        json!([page.note.title, page.url.encoded()])
    });
    let entries: Vec<serde_json::Value> = folders.chain(pages).take(OPENED).collect();
    let total = folder.folders.len() + folder.pages.len();
    let more = if total > OPENED { json!([total, super::listing::whole_list(site, id, &root)]) } else { json!(null) };
    format!("bijiTree({},{},{more});\n", json!(folder.url.encoded()), json!(entries))
}

/// Whether a folder has nothing but its own page.
fn is_empty(folder: &crate::site::Folder) -> bool {
    folder.folders.is_empty() && folder.pages.is_empty()
}

fn view(site: &Site, folder: FolderId, run: usize, from: &UrlPath) -> NavView {
    // The folders from the root down to the page's.
    let mut way = vec![folder];
    while let Some(&FolderId(last)) = way.last().filter(|last| last.0 != 0 && way.len() <= site.folders.len()) {
        way.push(site.folders[last as usize].parent);
    }
    way.truncate(LEVELS);
    way.reverse();
    let (items, more) = level(site, &way, run, from);
    if way[0].0 == 0 {
        return NavView { items, more };
    }
    let top = &site.folders[way[0].0 as usize];
    let item = NavItemView { title: top.title.clone(), url: top.url.href_from(from), folder: true, open: true, children: items, more };
    NavView { items: vec![item], more: None }
}

/// The entries of `way[0]`; on the way to the page its next folder is open.
fn level(site: &Site, way: &[FolderId], run: usize, from: &UrlPath) -> (Vec<NavItemView>, Option<MoreView>) {
    let folder = &site.folders[way[0].0 as usize];
    let total = folder.folders.len() + folder.pages.len();
    let window = match way.get(1) {
        // The page's own folder: the run of entries that it is in.
        None => run * HERE..((run + 1) * HERE).min(total),
        // A folder above: as much as fits around the one that is open.
        Some(open) => {
            let at = folder.folders.iter().position(|other| other == open).unwrap_or(0);
            let start = at.saturating_sub(ABOVE / 2).min(total.saturating_sub(ABOVE));
            start..(start + ABOVE).min(total)
        }
    };
    let mut items = Vec::with_capacity(window.len());
    for at in window.clone() {
        if let Some(child) = folder.folders.get(at) {
            let below = &site.folders[child.0 as usize];
            let open = way.get(1) == Some(child);
            let (children, more) = if open { level(site, &way[1..], run, from) } else { (Vec::new(), None) };
            let can_open = !is_empty(below);
            items.push(NavItemView {
                title: below.title.clone(),
                url: below.url.href_from(from),
                folder: can_open,
                open: open && can_open,
                children,
                more,
            });
        } else if let Some(PageId(page)) = folder.pages.get(at - folder.folders.len()) {
            let page = &site.pages[*page as usize];
            items.push(NavItemView {
                title: page.note.title.clone(),
                url: page.url.href_from(from),
                folder: false,
                open: false,
                children: Vec::new(),
                more: None,
            });
        }
    }
    let more = (window.len() < total).then(|| MoreView { total, url: super::listing::whole_list(site, way[0], from) });
    (items, more)
}

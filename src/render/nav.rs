//! The neighbourhood of a page in the tree of folders, small however many notes there are.
//!
//! In: `Site`. Out: one value for all pages that share it: the pages of one folder, in runs of [`HERE`] entries; and for each folder a script with its entries,
//! which a page loads when a reader opens the folder in the tree. A script, because a page opened from disk cannot fetch data. Knows nothing of templates.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde_json::json;
use tera::Value;

use super::naming;
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

/// What decides how a page's neighbourhood looks: its folder, the run of entries it is in, the folder that references start from, and the page's language.
type Key<'a> = (FolderId, usize, &'a str, &'a str);

/// A folder, a run of its entries, a page that shows it, and the language of that page.
type Place = (FolderId, usize, UrlPath, String);

/// The neighbourhoods of all pages.
pub(super) struct Navs {
    /// As the templates take them: made when a page asks, and kept while all pages are made ([`Navs::forget`]).
    values: Vec<Mutex<Option<Value>>>,
    /// Where each of `values` is seen.
    places: Vec<Place>,
    /// For each page, which of `values`.
    of_page: Vec<usize>,
    /// For each folder, which of `values` its generated index shows.
    of_folder: Vec<usize>,
}

impl Navs {
    /// Works out the neighbourhood of every page and every generated folder index.
    pub(super) fn new(site: &Site, site_language: &str) -> Self {
        let mut runs = vec![0; site.pages.len()];
        for folder in &site.folders {
            for (at, page) in folder.pages.iter().enumerate() {
                runs[page.0 as usize] = (folder.folders.len() + at) / HERE;
            }
        }
        let mut keys: BTreeMap<Key<'_>, (usize, &UrlPath)> = BTreeMap::new();
        let pages = site.pages.iter().enumerate().map(|(at, page)| (page.folder, runs[at], &page.url, &*page.language));
        let folders =
            site.folders.iter().enumerate().map(|(at, folder)| (FolderId(u32::try_from(at).unwrap_or(0)), 0, &folder.url, site_language));
        let wanted: Vec<(FolderId, usize, &UrlPath, &str)> = pages.chain(folders).collect();
        for (folder, run, url, language) in &wanted {
            keys.entry((*folder, *run, url.parent(), language)).or_insert((0, url));
        }
        for (at, (number, _)) in keys.values_mut().enumerate() {
            *number = at;
        }
        let all: Vec<usize> = wanted.iter().map(|(folder, run, url, language)| keys[&(*folder, *run, url.parent(), *language)].0).collect();
        let list: Vec<(Key<'_>, &UrlPath)> = keys.iter().map(|(key, (_, url))| (*key, *url)).collect();
        let place = |((folder, run, _, language), url): (Key<'_>, &UrlPath)| (folder, run, url.clone(), language.to_owned());
        let places: Vec<Place> = list.into_iter().map(place).collect();
        let values = places.iter().map(|_| Mutex::default()).collect();
        let (of_page, of_folder) = all.split_at(site.pages.len());
        Self { values, places, of_page: of_page.to_vec(), of_folder: of_folder.to_vec() }
    }

    /// The distinct neighbourhoods, each worked out again.
    pub(super) fn views(&self, site: &Site, site_language: &str) -> impl IndexedParallelIterator<Item = NavView> {
        self.places.par_iter().map(move |place| seen(site, site_language, place))
    }

    /// One of them.
    pub(super) fn view(&self, site: &Site, site_language: &str, at: usize) -> NavView {
        seen(site, site_language, &self.places[at])
    }

    /// Which of [`Self::views`] is that of a page.
    pub(super) fn place(&self, page: PageId) -> usize {
        self.of_page[page.0 as usize]
    }

    /// The neighbourhood of a page.
    pub(super) fn page(&self, site: &Site, site_language: &str, page: PageId) -> Value {
        self.value(site, site_language, self.place(page))
    }

    /// The neighbourhood of a folder's generated index.
    pub(super) fn folder(&self, site: &Site, site_language: &str, folder: FolderId) -> Value {
        self.value(site, site_language, self.of_folder[folder.0 as usize])
    }

    /// Gives back the values that were made: those of ten thousand notes come to some fifty megabytes.
    pub(super) fn forget(&self) {
        self.values.iter().for_each(|value| *value.lock().unwrap_or_else(PoisonError::into_inner) = None);
    }

    fn value(&self, site: &Site, site_language: &str, at: usize) -> Value {
        let mut value = self.values[at].lock().unwrap_or_else(PoisonError::into_inner);
        value.get_or_insert_with(|| Value::from_serializable(&seen(site, site_language, &self.places[at]))).clone()
    }
}

/// The neighbourhood of a page that is nowhere in the tree (tags, all notes): the root's entries.
pub(super) fn outside(site: &Site, site_language: &str, from: &UrlPath) -> Value {
    match site.folders.first() {
        Some(_) => Value::from_serializable(&view(&Seen { site, site_language, from, language: site_language }, FolderId(0), 0)),
        None => Value::from_serializable(&NavView { items: Vec::new(), more: None }),
    }
}

/// The address of a folder's script: that of its page below `biji/tree/`, so that a page's script can tell it from the link. `None` where it can have none.
pub(super) fn script_url(site: &Site, FolderId(folder): FolderId) -> Option<UrlPath> {
    let page = site.folders[folder as usize].url.as_str();
    UrlPath::new(&format!("{TREE}{}.js", page.strip_suffix(".html")?))
}

/// The script: one call of `bijiTree` with the page of the folder, its entries and, when there are more than it lists, their number and where all are. An
/// entry is a title, an address from the root, 1 for a folder that can be opened, the title's language where it is not the site's, and title and address in
/// other languages; of these as much as there is.
pub(super) fn script(site: &Site, site_language: &str, id: FolderId) -> String {
    let folder = &site.folders[id.0 as usize];
    let root = UrlPath::new("index.html").unwrap_or_else(|| folder.url.clone());
    let folders = folder.folders.iter().map(|child| {
        let name = naming::folder(site, site_language, *child, site_language);
        let below = &site.folders[child.0 as usize];
        entry(site, (name.title, name.url, name.language), !is_empty(below), site_language, below.index)
    });
    let pages = folder.pages.iter().map(|id| {
        let page = naming::page(site, *id, site_language);
        entry(site, (&page.note.title, &page.url, &page.language), false, site_language, Some(*id))
    });
    let entries: Vec<serde_json::Value> = folders.chain(pages).take(OPENED).collect();
    let total = folder.folders.len() + folder.pages.len();
    let more = if total > OPENED { json!([total, super::listing::whole_list(site, id, &root)]) } else { json!(null) };
    format!("bijiTree({},{},{more});\n", json!(folder.url.encoded()), json!(entries))
}

fn entry(
    site: &Site,
    (title, url, language): (&str, &UrlPath, &str),
    can_open: bool,
    site_language: &str,
    page: Option<PageId>,
) -> serde_json::Value {
    let mut others = serde_json::Map::new();
    for other in page.into_iter().flat_map(|page| &site.pages[page.0 as usize].translations) {
        let other = &site.pages[other.0 as usize];
        // As a page in that language calls it.
        if page.is_some_and(|page| naming::page(site, page, &other.language).url == other.url) && other.url != *url {
            others.insert(other.language.clone(), json!([other.note.title, other.url.encoded()]));
        }
    }
    let mut entry = vec![json!(title), json!(url.encoded())];
    let lang = naming::foreign_title(title, language, site_language);
    if can_open || !lang.is_empty() || !others.is_empty() {
        entry.push(json!(u8::from(can_open)));
    }
    if !lang.is_empty() || !others.is_empty() {
        entry.push(json!(lang));
    }
    if !others.is_empty() {
        entry.push(others.into());
    }
    entry.into()
}

/// Whether a folder has nothing but its own page.
fn is_empty(folder: &crate::site::Folder) -> bool {
    folder.folders.is_empty() && folder.pages.is_empty()
}

/// Where the tree is seen from.
struct Seen<'a> {
    site: &'a Site,
    site_language: &'a str,
    /// The page that references start from.
    from: &'a UrlPath,
    /// Its language.
    language: &'a str,
}

impl Seen<'_> {
    fn folder(&self, id: FolderId) -> NavItemView {
        let name = naming::folder(self.site, self.site_language, id, self.language);
        let main = &self.site.folders[id.0 as usize].url;
        let main = if main == name.url { String::new() } else { main.href_from(self.from) };
        NavItemView { main, ..self.item(name.title, name.url, name.language) }
    }

    fn page(&self, id: PageId) -> NavItemView {
        let page = naming::page(self.site, id, self.language);
        self.item(&page.note.title, &page.url, &page.language)
    }

    fn item(&self, title: &str, url: &UrlPath, language: &str) -> NavItemView {
        let lang = naming::foreign_title(title, language, self.language);
        let (title, url) = (title.to_owned(), url.href_from(self.from));
        NavItemView { title, url, lang, main: String::new(), folder: false, open: false, children: Vec::new(), more: None }
    }
}

fn seen(site: &Site, site_language: &str, (folder, run, from, language): &Place) -> NavView {
    view(&Seen { site, site_language, from, language }, *folder, *run)
}

fn view(seen: &Seen<'_>, folder: FolderId, run: usize) -> NavView {
    let site = seen.site;
    // The folders from the root down to the page's.
    let mut way = vec![folder];
    while let Some(&FolderId(last)) = way.last().filter(|last| last.0 != 0 && way.len() <= site.folders.len()) {
        way.push(site.folders[last as usize].parent);
    }
    way.truncate(LEVELS);
    way.reverse();
    let (items, more) = level(seen, &way, run);
    if way[0].0 == 0 {
        return NavView { items, more };
    }
    let item = NavItemView { folder: true, open: true, children: items, more, ..seen.folder(way[0]) };
    NavView { items: vec![item], more: None }
}

/// The entries of `way[0]`; on the way to the page its next folder is open.
fn level(seen: &Seen<'_>, way: &[FolderId], run: usize) -> (Vec<NavItemView>, Option<MoreView>) {
    let site = seen.site;
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
            let open = way.get(1) == Some(child);
            let (children, more) = if open { level(seen, &way[1..], run) } else { (Vec::new(), None) };
            let can_open = !is_empty(&site.folders[child.0 as usize]);
            items.push(NavItemView { folder: can_open, open: open && can_open, children, more, ..seen.folder(*child) });
        } else if let Some(page) = folder.pages.get(at - folder.folders.len()) {
            items.push(seen.page(*page));
        }
    }
    let more = (window.len() < total).then(|| MoreView { total, url: super::listing::whole_list(site, way[0], seen.from) });
    (items, more)
}

//! What a page calls others: their name in its own language where there is one beside them, else their name with its language said.
//!
//! In: `Site`. Out: titles, addresses, languages. Used by everything around a text that names pages: the tree, the way to here, previous and next, lists.

use super::passage;
use crate::path::UrlPath;
use crate::site::{FolderId, Page, PageId, Site};

/// A folder, as a page in some language calls it.
pub(super) struct Name<'s> {
    pub(super) title: &'s str,
    pub(super) url: &'s UrlPath,
    pub(super) language: &'s str,
}

/// The page, or its translation beside it into `language`. A translation in a folder of its own stands in that folder's list.
pub(super) fn page<'s>(site: &'s Site, PageId(id): PageId, language: &str) -> &'s Page {
    let page = &site.pages[id as usize];
    let others = page.translations.iter().map(|PageId(other)| &*site.pages[*other as usize]);
    others.filter(|other| other.folder == page.folder).find(|other| other.language == language).unwrap_or(page)
}

/// A folder: as its index page, or that one's translation beside it. The root is called as the site is; what no note gives a name is in the site's language.
pub(super) fn folder<'s>(site: &'s Site, site_language: &'s str, id: FolderId, language: &str) -> Name<'s> {
    let folder = &site.folders[id.0 as usize];
    let Some(index) = folder.index else { return Name { title: &folder.title, url: &folder.url, language: site_language } };
    let page = page(site, index, language);
    if id.0 == 0 {
        return Name { title: &folder.title, url: &page.url, language: site_language };
    }
    let is_translation = page.url != folder.url;
    Name { title: if is_translation { &page.note.title } else { &folder.title }, url: &page.url, language: &page.language }
}

/// What is said of a title's language: that of its note, unless its letters say another, as of a Chinese title over an English text.
pub(super) fn foreign_title(title: &str, language: &str, of_page: &str) -> String {
    let own = passage::foreign(title, language, of_page);
    foreign(own.as_deref().unwrap_or(language), of_page)
}

/// What is said of a language: nothing where it is the page's.
pub(super) fn foreign(language: &str, of_page: &str) -> String {
    if language == of_page { String::new() } else { language.to_owned() }
}

//! The links between the published notes, in both directions.
//!
//! In: `Site`. Out: for each page the pages that it links to and that link to it, and which pages the graph of the whole site draws. A link to a folder is one to its index note; folders without one are left
//! out, as is a note's link to itself.

use crate::site::{PageId, Site, Target};

/// Who links to whom.
#[derive(Debug, Default)]
pub(in crate::render) struct Web {
    to: Vec<Vec<PageId>>,
    from: Vec<Vec<PageId>>,
    /// The pages that are drawn, in order.
    drawn: Vec<PageId>,
}

/// So many notes are drawn.
const MOST: usize = 800;

impl Web {
    /// The links of a site; none where it shows no graph.
    pub(in crate::render) fn new(site: &Site) -> Self {
        if !site.config.graph {
            return Self::default();
        }
        let page_of = |target: &Target| match target {
            Target::Page(page, _) => Some(*page),
            Target::Folder(folder) => site.folders.get(folder.0 as usize).and_then(|folder| folder.index),
            Target::External(_) | Target::Attachment(..) | Target::Broken | Target::Private | Target::Refused => None,
        };
        let mut from = vec![Vec::new(); site.pages.len()];
        let mut to = Vec::with_capacity(site.pages.len());
        for (id, page) in (0..).map(PageId).zip(&site.pages) {
            let mut all: Vec<PageId> = page.links.iter().filter_map(page_of).filter(|other| *other != id).collect();
            all.sort_unstable();
            all.dedup();
            all.iter().for_each(|other| from[other.0 as usize].push(id));
            to.push(all);
        }
        let mut web = Self { to, from, drawn: (0..).map(PageId).take(site.pages.len()).collect() };
        web.draw_most_linked();
        web
    }

    /// Leaves of very many pages those with most links to be drawn.
    fn draw_most_linked(&mut self) {
        if self.drawn.len() > MOST {
            let mut drawn = std::mem::take(&mut self.drawn);
            drawn.sort_by_key(|page| (std::cmp::Reverse(self.degree(*page)), *page));
            drawn.truncate(MOST);
            drawn.sort_unstable();
            self.drawn = drawn;
        }
    }

    /// The pages that the graph of the whole site draws, in order.
    pub(super) fn drawn(&self) -> &[PageId] {
        &self.drawn
    }

    /// Where the graph of the whole site draws a page.
    pub(super) fn place_of(&self, page: PageId) -> Option<usize> {
        self.drawn.binary_search(&page).ok()
    }

    /// The pages that a page links to, in order.
    pub(super) fn to(&self, page: PageId) -> &[PageId] {
        self.to.get(page.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The pages that link to a page, in order.
    pub(super) fn from(&self, page: PageId) -> &[PageId] {
        self.from.get(page.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// How many pages a page is linked with, one in both directions counted twice.
    pub(super) fn degree(&self, page: PageId) -> usize {
        self.to(page).len() + self.from(page).len()
    }

    /// Whether one of two pages links to the other.
    pub(super) fn are_linked(&self, a: PageId, b: PageId) -> bool {
        self.to(a).binary_search(&b).is_ok() || self.to(b).binary_search(&a).is_ok()
    }

    /// Whether any page links to another.
    pub(in crate::render) fn has_links(&self) -> bool {
        self.to.iter().any(|all| !all.is_empty())
    }
}

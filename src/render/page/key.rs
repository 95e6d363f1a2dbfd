//! What a page is made of, as one number: while that is the same the page is the same, and need not be made again.
//!
//! In: what the page is made from ([`Shared::note`], `body`). Out: a [`Key`]. It covers what the page shows of its own note, of the notes that it embeds and
//! quotes, the titles and addresses of those that it names, and what all pages share; not the theme and the program, of which whoever compares keys
//! knows. It may cover more than the page shows, never less: [`Page`] and [`Facts`] are taken apart without `..`, so whoever adds a field says here what it
//! means, and a test compares the pages that were kept with those of a clean build.

use std::collections::BTreeSet;

use blake3::Hasher;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{BACKLINKS, Facts, MENTIONS, Shared, above};
use crate::note::{LinkKind, Note};
use crate::path::UrlPath;
use crate::render::graph::local;
use crate::render::preview::{self, Shown};
use crate::render::{feed, listing, naming};
use crate::site::backlink::Backlink;
use crate::site::{FolderId, Page, PageId, Site, Target};

/// The hash of what a file is made of: the first 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key([u8; 16]);

impl Key {
    /// The key of a file that depends on nothing but the outline of the site, by the name of that.
    #[must_use]
    pub fn of_outline(name: [u8; 32]) -> Self {
        Parts::new().text("outline").add(&name).done()
    }
}

/// What keys are put together from.
pub(in crate::render) struct Keys<'a> {
    shared: Shared<'a>,
    /// What every page shows.
    common: Key,
    /// What is in the keys of many pages; `None` where few are asked for, and each finds it out for itself.
    parts: Option<Known>,
}

/// Parts of keys.
struct Known {
    /// What other pages show of a page: its title, its address, its language.
    faces: Vec<Key>,
    /// The text of each page and what it says of itself.
    texts: Vec<Key>,
    /// The HTML of each page, with what its holes are filled with.
    bodies: Vec<Key>,
    /// The neighbourhoods in the tree.
    navs: Vec<Key>,
}

/// Takes parts one behind the other. Each stands behind its length, so that no two rows of parts give the same bytes.
struct Parts(Hasher);

impl Parts {
    fn new() -> Self {
        Self(Hasher::new())
    }

    fn add(&mut self, part: &[u8]) -> &mut Self {
        self.number(part.len());
        self.0.update(part);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.add(text.as_bytes())
    }

    fn number(&mut self, number: usize) -> &mut Self {
        self.0.update(&(number as u64).to_le_bytes());
        self
    }

    fn key(&mut self, key: Key) -> &mut Self {
        self.0.update(&key.0);
        self
    }

    /// Something small, as it prints itself.
    fn shown(&mut self, value: &impl std::fmt::Debug) -> &mut Self {
        self.text(&format!("{value:?}"))
    }

    /// A view, as a template sees it. Not what Tera makes of it, which has no order.
    fn view(&mut self, value: &impl Serialize) -> &mut Self {
        // What cannot be written as JSON cannot be shown by a template.
        self.add(&serde_json::to_vec(value).unwrap_or_default())
    }

    fn done(&self) -> Key {
        let mut key = [0; 16];
        key.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        Key(key)
    }
}

impl<'a> Keys<'a> {
    /// For the keys of all pages.
    pub(in crate::render) fn new(shared: Shared<'a>) -> Self {
        let site = shared.site;
        let texts: Vec<Key> = site.pages.par_iter().map(|page| text(&page.note)).collect();
        let faces: Vec<Key> = site.pages.par_iter().map(|page| face(page)).collect();
        let bodies =
            site.pages.par_iter().zip(&texts).map(|(page, text)| body(site, page, *text, |other| faces[other.0 as usize])).collect();
        let navs = shared.facts.navs.views(site, &shared.facts.language).map(|nav| Parts::new().view(&nav).done()).collect();
        Self { shared, common: common(shared), parts: Some(Known { faces, texts, bodies, navs }) }
    }

    /// For the keys of few pages.
    pub(in crate::render) fn some(shared: Shared<'a>) -> Self {
        Self { shared, common: common(shared), parts: None }
    }

    fn page(&self, id: PageId) -> &'a Page {
        &self.shared.site.pages[id.0 as usize]
    }

    fn face(&self, id: PageId) -> Key {
        self.parts.as_ref().map_or_else(|| face(self.page(id)), |parts| parts.faces[id.0 as usize])
    }

    fn text(&self, id: PageId) -> Key {
        self.parts.as_ref().map_or_else(|| text(&self.page(id).note), |parts| parts.texts[id.0 as usize])
    }

    fn body(&self, id: PageId) -> Key {
        let of = || body(self.shared.site, self.page(id), self.text(id), |other| self.face(other));
        self.parts.as_ref().map_or_else(of, |parts| parts.bodies[id.0 as usize])
    }

    fn nav(&self, id: PageId) -> Key {
        let Shared { site, facts, .. } = self.shared;
        let at = facts.navs.place(id);
        let of = || Parts::new().view(&facts.navs.view(site, &facts.language, at)).done();
        self.parts.as_ref().map_or_else(of, |parts| parts.navs[at])
    }

    /// Whether what a page is made of may have changed with some pages, which all have the addresses, the titles and the links that they had.
    pub(in crate::render) fn shows(&self, id: PageId, touched: &BTreeSet<PageId>) -> bool {
        let page = self.page(id);
        let mut quoted = page.backlinks.iter().take(BACKLINKS).chain(page.mentions.iter().take(MENTIONS));
        touched.contains(&id)
            || quoted.any(|quoted| touched.contains(&quoted.from))
            || self.embedded(id).iter().any(|other| touched.contains(other))
    }

    /// The key of a note's page, and of its copy as Markdown.
    pub(in crate::render) fn note(&self, id: PageId) -> Key {
        let site = self.shared.site;
        let Page {
            note: _,
            url,
            folder,
            is_index,
            // The text, what it leads to and its tags in it.
            links: _,
            tag_targets: _,
            backlinks,
            mentions,
            tags,
            previous,
            next,
            language,
            translations,
            is_translation,
            created,
            updated,
            contributors,
        } = &*site.pages[id.0 as usize];
        let mut parts = Parts::new();
        parts.key(self.common).key(self.body(id));
        for other in self.embedded(id) {
            parts.number(other.0 as usize).key(self.body(other)).key(self.face(other));
        }
        self.above(&mut parts, &above(site, *folder, *is_index), language);
        parts.number(usize::from(*is_index));
        if *is_index {
            parts.view(&listing::folder(&self.shared, *folder, (url, language), true));
        }
        for (all, most) in [(backlinks, BACKLINKS), (mentions, MENTIONS)] {
            parts.number(all.len());
            all.iter().take(most).for_each(|one| self.backlink(&mut parts, one));
        }
        for tag in tags.iter().filter_map(|tag| site.tags.get(tag.0 as usize)) {
            parts.text(&tag.name).text(tag.url.as_str());
        }
        for neighbour in [previous, next] {
            parts.number(usize::from(neighbour.is_some()));
            if let Some(other) = neighbour {
                parts.key(self.face(*other));
            }
        }
        parts.number(translations.len());
        for other in translations {
            parts.key(self.face(*other));
        }
        parts.shown(&(is_translation, created, updated, contributors));
        parts.key(self.nav(id));
        let (mut names, mut numbers) = (Parts::new(), Parts::new());
        let mut name = |page: PageId| {
            names.key(self.face(page));
        };
        let mut number = |number| {
            numbers.number(number);
        };
        local::depends(&self.shared.facts.web, id, &mut name, &mut number);
        parts.key(names.done()).key(numbers.done());
        parts.done()
    }

    /// The key of a script of previews.
    pub(in crate::render) fn previews(&self, pages: &[Shown]) -> Key {
        let mut parts = Parts::new();
        for page in pages {
            match page {
                Shown::Note(page) => parts.key(self.text(*page)).key(self.face(*page)),
                Shown::Folder(_) | Shown::Tag(_) => parts.view(&preview::one(&self.shared, *page)),
            };
        }
        parts.done()
    }

    /// The key of a page that leads to another.
    pub(in crate::render) fn redirect(&self, at: usize) -> Key {
        Parts::new().key(self.common).key(self.face(self.shared.site.redirects[at].1)).done()
    }

    /// The pages that a page embeds, directly or by way of others; itself left out.
    fn embedded(&self, id: PageId) -> BTreeSet<PageId> {
        let page = &self.shared.site.pages[id.0 as usize];
        if page.note.links.iter().zip(&page.links).all(|(link, target)| shown(link.kind, target).is_none()) {
            return BTreeSet::new();
        }
        let mut all = crate::render::plan::embedded(self.shared.site, &[id]);
        all.remove(&id);
        all
    }

    fn above(&self, parts: &mut Parts, above: &[FolderId], language: &str) {
        parts.number(above.len());
        for id in above {
            let name = naming::folder(self.shared.site, &self.shared.facts.language, *id, language);
            parts.text(name.title).text(name.url.as_str()).text(name.language);
        }
    }

    /// What is quoted is somewhere in the text.
    fn backlink(&self, parts: &mut Parts, Backlink { from, places }: &Backlink) {
        parts.key(self.face(*from)).key(self.text(*from)).shown(places);
    }
}

/// The page that a reference shows a part of, or more of than its address.
fn shown(kind: LinkKind, target: &Target) -> Option<PageId> {
    match (kind, target) {
        (LinkKind::Embed | LinkKind::Image, Target::Page(page, _)) => Some(*page),
        _ => None,
    }
}

/// What all pages show: the settings, the addresses of the site's own pages.
fn common(shared: Shared<'_>) -> Key {
    let Facts {
        // Told page by page.
        navs: _,
        counts: _,
        web: _,
        // Pages of their own.
        names: _,
        // Their number is in the site's view.
        previews: _,
        // Of the pages that are in several languages each tells its own.
        translated: _,
        language,
        home,
        homes,
        all,
        tags,
        index,
        search,
        graph,
        has_recent,
        recent,
        // Made of the view that follows.
        site_view: _,
        site: site_view,
    } = shared.facts;
    let site = shared.site;
    let mut parts = Parts::new();
    parts.shown(&site.config).view(site_view).shown(&(language, home, homes, all, tags, index, search, graph, has_recent, recent));
    parts.text(&shared.title()).number(usize::from(feed::has(&shared)));
    for way in site.config.reward.iter().flat_map(|reward| &reward.ways) {
        let at = site.attachments.binary_search_by(|(source, _)| source.as_str().cmp(&way.picture));
        parts.shown(&at.ok().map(|at| &site.attachments[at].1));
    }
    parts.done()
}

fn face(page: &Page) -> Key {
    Parts::new().text(&page.note.title).text(page.url.as_str()).text(&page.language).done()
}

/// All that a note's file says. What else is in the note follows from the text, but for what assembling puts into it: a title, a permanent address, the
/// texts of files that code blocks show.
fn text(note: &Note) -> Key {
    let mut parts = Parts::new();
    parts.text(note.path.as_str()).text(&note.file.path).text(&note.file.text).text(&note.title).shown(&note.front_matter.permalink);
    for block in note.code.iter().filter(|block| block.attributes.include.is_some()) {
        parts.text(&block.text);
    }
    parts.done()
}

fn body(site: &Site, page: &Page, text: Key, face: impl Fn(PageId) -> Key) -> Key {
    let mut parts = Parts::new();
    parts.key(text).text(page.url.as_str()).text(&page.language).number(page.links.len());
    let address = |parts: &mut Parts, kind: usize, url: Option<&UrlPath>| {
        parts.number(kind).text(url.map_or("", UrlPath::as_str));
    };
    for (link, target) in page.note.links.iter().zip(&page.links) {
        match target {
            Target::External(url) => {
                parts.number(0).text(url);
            }
            Target::Page(to, anchor) => {
                address(&mut parts, 1, site.pages.get(to.0 as usize).map(|page| &page.url));
                parts.shown(anchor);
                if shown(link.kind, target).is_some() {
                    parts.key(face(*to));
                }
            }
            Target::Folder(to) => address(&mut parts, 2, site.folders.get(to.0 as usize).map(|folder| &folder.url)),
            Target::Attachment(at, rest) => {
                address(&mut parts, 3, site.attachments.get(*at as usize).map(|(_, url)| url));
                parts.text(rest).shown(&site.pixels.get(*at as usize).copied().flatten());
            }
            Target::Broken => address(&mut parts, 4, None),
            Target::Private => address(&mut parts, 5, None),
            Target::Refused => address(&mut parts, 6, None),
        }
    }
    parts.number(page.tag_targets.len());
    for tag in &page.tag_targets {
        address(&mut parts, 7, tag.and_then(|tag| site.tags.get(tag.0 as usize)).map(|tag| &tag.url));
    }
    parts.done()
}

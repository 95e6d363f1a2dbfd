//! One page's values for its template.
//!
//! In: `Site` and what is shared by all pages. Out: a Tera context. Knows nothing of HTML but the finished body.

mod key;

use std::collections::BTreeMap;

use tera::{Context, Value};

use super::around;
use super::graph::local;
use super::graph::web::Web;
use super::letters::{INDEX, Index};
use super::listing::{self, ALL, RECENT, SEARCH, TAGS, day};
use super::metadata;
use super::naming;
use super::nav::{self, Navs};
use super::passage;
use super::preview::Shards;
use super::sheets;
use super::view::{BacklinkView, ContextView, LanguageView, LinkView, NoteView, PageView, SiteView, TocView};
use crate::note::Heading;
use crate::path::{SourcePath, UrlPath};
use crate::site::backlink::Backlink;
use crate::site::{FolderId, Page, PageId, Site, Tag};
use crate::theme::Theme;

pub use key::Key;
pub(super) use key::Keys;

/// How many folders above a page are named.
const BREADCRUMBS: usize = 12;
/// How many backlinks a page lists.
const BACKLINKS: usize = 100;
/// How many mentions a page lists.
const MENTIONS: usize = 20;

/// What all pages share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) site: &'a Site,
    pub(super) theme: &'a Theme,
    pub(super) facts: &'a Facts,
}

/// What is worked out once for all pages of a site.
pub(super) struct Facts {
    pub(super) navs: Navs,
    pub(super) counts: Vec<usize>,
    /// The language of pages that no note gives one.
    pub(super) language: String,
    /// The root index page, written or generated.
    home: UrlPath,
    /// The same in other languages.
    homes: Vec<(String, UrlPath)>,
    /// The pages that are in several languages.
    translated: BTreeMap<UrlPath, PageId>,
    all: UrlPath,
    tags: UrlPath,
    index: UrlPath,
    /// Where the search as a page is, unless a note has that address.
    search: Option<UrlPath>,
    pub(super) names: Index,
    pub(super) previews: Shards,
    pub(super) web: Web,
    /// Where the graph is drawn, if there is one.
    graph: Option<UrlPath>,
    /// Whether any note tells when it was changed.
    pub(super) has_recent: bool,
    recent: UrlPath,
    site: SiteView,
    site_view: Value,
}

/// What a page is, apart from what only notes have.
pub(super) struct About<'a> {
    pub(super) kind: &'static str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) language: &'a str,
    pub(super) url: &'a UrlPath,
    /// The folders above it, from the root; the page's own one left out when it is that folder's index.
    pub(super) above: Vec<FolderId>,
    pub(super) image: &'a str,
    pub(super) structured: &'a str,
}

impl Facts {
    pub(super) fn new(site: &Site, theme: &Theme) -> Self {
        let fixed = |path: &str| UrlPath::new(path).expect("a constant path is clean");
        let language = site_language(site);
        let previews = Shards::new(site);
        let web = Web::new(site);
        let view = SiteView {
            offline: site.config.offline,
            previews: previews.count(),
            title: title(site),
            description: site.config.description.clone(),
            lang: language.clone(),
            base_url: site.config.base_url.clone().unwrap_or_default(),
            has_tags: !site.tags.is_empty(),
            custom_css: theme.statics().any(|(url, _)| url.as_str() == "custom.css"),
            engine: crate::engine::name(),
            notes: site.pages.len(),
        };
        Self {
            navs: Navs::new(site, &language),
            counts: listing::counts(site),
            homes: homes(site),
            translated: (0..)
                .map(PageId)
                .zip(&site.pages)
                .filter(|(_, page)| !page.translations.is_empty())
                .map(|(id, page)| (page.url.clone(), id))
                .collect(),
            home: site.folders.first().map_or_else(|| fixed("index.html"), |root| root.url.clone()),
            all: fixed(ALL),
            tags: fixed(TAGS),
            index: fixed(INDEX),
            search: Some(fixed(SEARCH)).filter(|url| !super::plan::taken(site).contains(&SourcePath::fold(url.as_str()))),
            names: Index::new(site),
            previews,
            graph: Some(fixed(super::graph::PAGE)).filter(|_| web.has_links()),
            web,
            has_recent: super::recent::has(site),
            recent: fixed(RECENT),
            site_view: Value::from_serializable(&view),
            site: view,
            language,
        }
    }
}

impl Facts {
    /// The first page for readers of a language.
    fn home_in(&self, language: &str) -> &UrlPath {
        self.homes.iter().find(|(other, _)| other == language).map_or(&self.home, |(_, url)| url)
    }
}

impl Shared<'_> {
    /// The context that every template sees.
    pub(super) fn context(&self, about: &About<'_>, nav: Value) -> Context {
        let from = about.url;
        let view = PageView {
            kind: about.kind,
            title: about.title.to_owned(),
            title_lang: passage::foreign(about.title, about.language, &self.facts.language).unwrap_or_default(),
            description: about.description.to_owned(),
            lang: about.language.to_owned(),
            locale: metadata::locale(about.language),
            root: from.to_root(),
            url: from.href_from(from),
            canonical: self.absolute(from).unwrap_or_default(),
            image: about.image.to_owned(),
            markdown: self.markdown(about).map(|url| url.href_from(from)).unwrap_or_default(),
            structured: about.structured.to_owned(),
            feeds: metadata::feeds(self, from),
            languages: self.languages(from),
            home: self.facts.home_in(about.language).href_from(from),
            is_home: *from == self.facts.home || self.facts.homes.iter().any(|(_, url)| url == from),
            tags_url: self.facts.tags.href_from(from),
            all_url: self.facts.all.href_from(from),
            index_url: self.facts.index.href_from(from),
            graph_url: self.facts.graph.as_ref().map(|graph| graph.href_from(from)).unwrap_or_default(),
            recent_url: if self.facts.has_recent { self.facts.recent.href_from(from) } else { String::new() },
            search_url: self.facts.search.as_ref().map(|search| search.href_from(from)).unwrap_or_default(),
            breadcrumbs: self.breadcrumbs(&about.above, from, about.language),
        };
        let mut context = Context::new();
        context.insert_value("site", self.facts.site_view.clone());
        context.insert_value("page", Value::from_serializable(&view));
        context.insert_value("nav", nav);
        context.insert_value("t", self.theme.words(about.language).value());
        context
    }

    /// The copy of a note as Markdown.
    fn markdown(&self, about: &About<'_>) -> Option<UrlPath> {
        let is_wanted = self.site.config.markdown && about.kind == "note";
        UrlPath::new(&super::plan::copy_of(about.url)).filter(|_| is_wanted)
    }

    /// The languages that a page is in, when they are several.
    fn languages(&self, from: &UrlPath) -> Vec<LanguageView> {
        let Some(PageId(id)) = self.facts.translated.get(from) else { return Vec::new() };
        let translations = self.site.pages[*id as usize].translations.iter().map(|PageId(other)| &self.site.pages[*other as usize]);
        translations
            .map(|page| {
                let url = page.url.href_from(from);
                LanguageView {
                    lang: page.language.clone(),
                    locale: metadata::locale(&page.language),
                    title: self.theme.language_name(&page.language).to_owned(),
                    href: self.absolute(&page.url).unwrap_or_else(|| url.clone()),
                    url,
                    here: page.url == *from,
                }
            })
            .collect()
    }

    /// The folders above a page, the middle of a very long way left out.
    fn breadcrumbs(&self, above: &[FolderId], from: &UrlPath, language: &str) -> Vec<LinkView> {
        let folder = |id: &FolderId| naming::folder(self.site, &self.facts.language, *id, language);
        let link = |id: &FolderId| {
            let name = folder(id);
            LinkView {
                title: name.title.to_owned(),
                url: name.url.href_from(from),
                lang: naming::foreign_title(name.title, name.language, language),
            }
        };
        if above.len() <= BREADCRUMBS {
            return above.iter().map(link).collect();
        }
        let (left_out, shown) = above.split_at(above.len() - (BREADCRUMBS - 2));
        let middle = left_out.last().map(|id| LinkView::new("…", folder(id).url.href_from(from)));
        above.first().map(link).into_iter().chain(middle).chain(shown.iter().map(link)).collect()
    }

    /// The context of a page that is nowhere in the tree of folders.
    pub(super) fn outside(&self, about: &About<'_>) -> Context {
        self.context(about, nav::outside(self.site, &self.facts.language, about.url))
    }

    /// The site's name.
    pub(super) fn title(&self) -> String {
        title(self.site)
    }

    /// The site's first page.
    pub(super) fn home(&self) -> &UrlPath {
        &self.facts.home
    }

    /// A page's full address, where the site's is known. `index.html` is left out, as hosts do.
    pub(super) fn absolute(&self, url: &UrlPath) -> Option<String> {
        let base = self.site.config.base_url.as_deref()?;
        let path = url.encoded();
        let path = match path.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => &path,
        };
        Some(format!("{}/{path}", base.trim_end_matches('/')))
    }

    /// The language of a text that nobody says one of, where it is surely another than the page's.
    pub(super) fn foreign(&self, text: &str, page: &Page) -> String {
        passage::foreign(text, &page.language, &self.facts.language).unwrap_or_default()
    }

    /// The context of a note whose body is finished.
    pub(super) fn note(&self, id: PageId, body: &str) -> Context {
        let site = self.site;
        let page = &site.pages[id.0 as usize];
        let front_matter = &page.note.front_matter;
        let above = above(site, page.folder, page.is_index);
        let description = metadata::description(&page.note);
        let about = About {
            kind: "note",
            title: &page.note.title,
            description: &description,
            language: &page.language,
            url: &page.url,
            image: &metadata::image(front_matter),
            structured: &metadata::structured(self, page, &description, &above),
            above,
        };
        let mut context = self.context(&about, self.facts.navs.page(self.site, &self.facts.language, id));
        let link = |id: PageId| listing::link(site, id, &page.url, &page.language);
        let tags = page.tags.iter().filter_map(|tag| site.tags.get(tag.0 as usize));
        let tag = |tag: &Tag| LinkView { lang: self.foreign(&tag.name, page), ..LinkView::new(&*tag.name, tag.url.href_from(&page.url)) };
        let view = NoteView {
            date: day(page.created.as_deref()),
            updated: day(page.updated.as_deref()),
            tags: tags.map(tag).collect(),
            words: page.note.length.total(),
            minutes: page.note.length.minutes(),
            toc: toc(&page.note.outline, &page.language, &self.facts.language),
            previous: page.previous.map(link),
            next: page.next.map(link),
            backlinks: page.backlinks.iter().take(BACKLINKS).map(|backlink| self.backlink(backlink, page)).collect(),
            more_backlinks: page.backlinks.len().saturating_sub(BACKLINKS),
            mentions: page.mentions.iter().take(MENTIONS).map(|mention| self.backlink(mention, page)).collect(),
            more_mentions: page.mentions.len().saturating_sub(MENTIONS),
            license: front_matter.license.as_ref().or(site.config.license.as_ref()).cloned().unwrap_or_default(),
            around: around::view(self, page),
            graph: local::around(site, &self.facts.web, id, self.facts.graph.as_ref()),
            source: page.note.path.as_str().to_owned(),
            sheets: sheets::of(body),
            extra: front_matter.extra.clone(),
        };
        let folder = self.contents_under(page);
        context.insert_value("note", Value::from_serializable(&view));
        context.insert_value("content", Value::safe_string(body));
        context.insert_value("folder", folder);
        context
    }

    /// A page that refers to another, as that one shows it.
    fn backlink(&self, backlink: &Backlink, to: &Page) -> BacklinkView {
        let from = &self.site.pages[backlink.from.0 as usize];
        let quotes = backlink.places.iter().filter_map(|passage| passage.quote(&from.note));
        let contexts = quotes.map(|quote| ContextView { before: quote.before, text: quote.marked, after: quote.behind }).collect();
        let lang = naming::foreign(&from.language, &to.language);
        BacklinkView { title: from.note.title.clone(), url: from.url.href_from(&to.url), lang, contexts }
    }

    /// What stands under a folder's index note: the folder's contents.
    fn contents_under(&self, page: &Page) -> Value {
        if !page.is_index {
            return Value::none();
        }
        Value::from_serializable(&listing::folder(self, page.folder, (&page.url, &page.language), true))
    }
}

/// The first page in other languages than the one that stands at the root.
fn homes(site: &Site) -> Vec<(String, UrlPath)> {
    let Some(PageId(start)) = site.folders.first().and_then(|root| root.index) else { return Vec::new() };
    let translations = site.pages[start as usize].translations.iter().map(|PageId(id)| &site.pages[*id as usize]);
    translations.map(|page| (page.language.clone(), page.url.clone())).collect()
}

/// The site's name.
pub(super) fn title(site: &Site) -> String {
    let root = || site.folders.first().map(|root| root.title.clone());
    site.config.title.clone().or_else(root).unwrap_or_default()
}

/// The folders above a page, from the root.
pub(super) fn above(site: &Site, folder: FolderId, is_index: bool) -> Vec<FolderId> {
    let mut way = Vec::new();
    let mut at = folder;
    if !is_index {
        way.push(at);
    }
    while at.0 != 0 && way.len() <= site.folders.len() {
        at = site.folders[at.0 as usize].parent;
        way.push(at);
    }
    way.reverse();
    way
}

/// The language of the site: the configured one, else the one of most pages, the root's index first among equals.
fn site_language(site: &Site) -> String {
    if let Some(language) = &site.config.language {
        return language.clone();
    }
    let mut languages: Vec<&str> = site.pages.iter().map(|page| page.language.as_str()).collect();
    languages.sort_unstable();
    languages.chunk_by(|a, b| a == b).rev().max_by_key(|chunk| chunk.len()).map_or("en", |chunk| chunk[0]).to_owned()
}

/// The headings as a tree; a level that is skipped counts as one step.
fn toc(outline: &[Heading], language: &str, site: &str) -> Vec<TocView> {
    let headings: Vec<&Heading> = outline.iter().filter(|heading| !heading.is_title).collect();
    let mut rest = headings.as_slice();
    let mut tree = Vec::new();
    while !rest.is_empty() {
        let (entry, behind) = branch(rest, language, site);
        tree.push(entry);
        rest = behind;
    }
    tree
}

fn branch<'h, 'n>(headings: &'h [&'n Heading], language: &str, site: &str) -> (TocView, &'h [&'n Heading]) {
    let first = headings[0];
    let end = headings.iter().skip(1).position(|heading| heading.level <= first.level).map_or(headings.len(), |at| at + 1);
    let (mut below, behind) = (&headings[1..end], &headings[end..]);
    let mut children = Vec::new();
    while !below.is_empty() {
        let (child, rest) = branch(below, language, site);
        children.push(child);
        below = rest;
    }
    let lang = passage::foreign(&first.text, language, site).unwrap_or_default();
    (TocView { title: first.text.clone(), url: format!("#{}", first.anchor.encoded()), lang, children }, behind)
}

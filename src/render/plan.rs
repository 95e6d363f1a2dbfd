//! What will be rendered: every file that rendering makes, by address, before any is made.
//!
//! In: `Site` and `Theme`. Out: [`Plan`], which makes one file or all. A file depends on nothing but site, theme and its job, so that a preview can make the
//! one page that is asked for and has the bytes of a whole build.

mod again;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::highlight::{self, Blocks};
use super::page::{Facts, Shared};
use super::{around, extra, feed, graph, letters, listing, nav, once, preview, recent, words};
use crate::bundle::{Artifact, Payload};
use crate::diagnostic::Diagnostic;
use crate::note::LinkKind;
use crate::offline;
use crate::path::{SourcePath, UrlPath};
use crate::site::{FolderId, PageId, Site, Target};
use crate::theme::Theme;

pub use again::{Checked, Last, Made};

/// The files that rendering makes of one site in one theme, and what they share. It depends on the outlines of notes, not on their text
/// ([`crate::site::Memo::outline`]).
#[derive(Clone)]
pub struct Plan {
    facts: Arc<Facts>,
    /// Sorted by address.
    jobs: Arc<[(UrlPath, Job)]>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("files", &self.jobs.len()).finish_non_exhaustive()
    }
}

/// One file to be made.
#[derive(Debug, Clone, Copy)]
enum Job {
    Note(PageId),
    Folder(FolderId),
    Tag(usize),
    Tags,
    All,
    /// A page of the index: the first, or one behind it.
    Index(Option<usize>),
    Recent,
    Search,
    Redirect(usize),
    NotFound,
    /// The picture of the graph.
    Web,
    Graph,
    GraphScript,
    Tree(FolderId),
    /// The site as an app.
    WebManifest,
    /// The addresses of all notes, for a random one.
    Notes,
    /// What scripts say in one of the languages.
    Words,
    /// The beginnings of some notes.
    Preview(usize),
    Static,
    Atom,
    JsonFeed,
    Sitemap,
    Robots,
    Llms,
    Headers,
    /// A note as Markdown.
    Copy(PageId),
}

impl Plan {
    /// Works out what there will be. A note or attachment at the address of a file that Biji makes for itself takes its place, and a static file of the
    /// site that of a feed or list.
    #[must_use]
    pub fn new(site: &Site, theme: &Theme) -> Self {
        let facts = Arc::new(Facts::new(site, theme));
        let shared = Shared { site, theme, facts: &facts };
        let mut taken = taken(site);
        let free = |path: &str, taken: &BTreeSet<String>| UrlPath::new(path).filter(|url| !taken.contains(&SourcePath::fold(url.as_str())));

        let mut jobs: Vec<(UrlPath, Job)> =
            (0..).map(PageId).zip(&site.pages).map(|(id, page)| (page.url.clone(), Job::Note(id))).collect();
        let folders = (0..).map(FolderId).zip(&site.folders).filter(|(_, folder)| folder.index.is_none());
        jobs.extend(folders.map(|(id, folder)| (folder.url.clone(), Job::Folder(id))));
        jobs.extend(site.tags.iter().enumerate().map(|(at, tag)| (tag.url.clone(), Job::Tag(at))));
        if !site.tags.is_empty() {
            jobs.extend(free(listing::TAGS, &taken).map(|url| (url, Job::Tags)));
        }
        jobs.extend(free(listing::ALL, &taken).map(|url| (url, Job::All)));
        jobs.extend(free(letters::INDEX, &taken).map(|url| (url, Job::Index(None))));
        let parts = (0..facts.names.parts()).map(|part| (facts.names.url(part), Job::Index(Some(part))));
        jobs.extend(parts.filter_map(|(url, job)| Some((free(url.as_str(), &taken)?, job))));
        if facts.web.has_links() {
            jobs.extend(free(graph::PAGE, &taken).map(|url| (url, Job::Web)));
        }
        if facts.has_recent {
            jobs.extend(free(listing::RECENT, &taken).map(|url| (url, Job::Recent)));
        }
        jobs.extend(free(listing::SEARCH, &taken).map(|url| (url, Job::Search)));
        jobs.extend(site.redirects.iter().enumerate().map(|(at, (url, _))| (url.clone(), Job::Redirect(at))));
        jobs.extend(free("404.html", &taken).map(|url| (url, Job::NotFound)));

        if site.config.markdown {
            let copies =
                (0..).map(PageId).zip(&site.pages).filter_map(|(id, page)| Some((free(&copy_of(&page.url), &taken)?, Job::Copy(id))));
            jobs.extend(copies.collect::<Vec<_>>());
        }
        taken.extend(jobs.iter().map(|(url, _)| SourcePath::fold(url.as_str())));
        if site.config.graph {
            jobs.extend(free(graph::JSON, &taken).map(|url| (url, Job::Graph)));
            jobs.extend(free(graph::SCRIPT, &taken).map(|url| (url, Job::GraphScript)));
        }
        for id in (0..site.folders.len()).filter_map(|at| u32::try_from(at).ok()).map(FolderId) {
            jobs.extend(
                nav::script_url(site, id).filter(|url| !taken.contains(&SourcePath::fold(url.as_str()))).map(|url| (url, Job::Tree(id))),
            );
        }
        jobs.extend(free(listing::NOTES, &taken).map(|url| (url, Job::Notes)));
        let words = words::languages(site, &facts.language).into_iter().filter_map(|language| words::url(&language));
        jobs.extend(words.filter_map(|url| free(url.as_str(), &taken)).map(|url| (url, Job::Words)));
        jobs.extend(preview::files(&facts.previews).map(|(at, url)| (url, Job::Preview(at))));
        if site.config.offline {
            jobs.extend(free(offline::MANIFEST, &taken).map(|url| (url, Job::WebManifest)));
        }
        let is_wanted = |url: &UrlPath| site.config.offline || !url.as_str().starts_with(offline::FOLDER);
        let statics = theme.statics().filter(|(url, _)| is_wanted(url) && !taken.contains(&SourcePath::fold(url.as_str())));
        jobs.extend(statics.map(|(url, _)| (url.clone(), Job::Static)));
        let has_address = site.config.base_url.is_some();
        let listings = [
            (feed::ATOM, Job::Atom, feed::has(&shared)),
            (feed::JSON, Job::JsonFeed, feed::has(&shared)),
            ("sitemap.xml", Job::Sitemap, has_address),
            ("robots.txt", Job::Robots, has_address),
            ("llms.txt", Job::Llms, site.config.llms),
            ("_headers", Job::Headers, site.config.headers),
        ];
        for (path, job, _) in listings.into_iter().filter(|(.., wanted)| *wanted) {
            jobs.extend(free(path, &taken).filter(|url| theme.statics().all(|(other, _)| other != url)).map(|url| (url, job)));
        }
        jobs.sort_by(|a, b| a.0.cmp(&b.0));
        Self { facts, jobs: jobs.into() }
    }

    /// The addresses, sorted. Two that are equal are a fault, which [`crate::bundle::Bundle::new`] finds.
    pub fn addresses(&self) -> impl Iterator<Item = &UrlPath> {
        self.jobs.iter().map(|(url, _)| url)
    }

    /// Makes the file at an address; `None` when there is none. `site` and `theme` are those that the plan was made of.
    ///
    /// # Errors
    /// The fault of the template, when it cannot be rendered. Other faults are told by [`Plan::check`].
    pub fn make(&self, site: &Site, theme: &Theme, cache: &highlight::Cache, url: &UrlPath) -> Option<Result<Artifact, Diagnostic>> {
        let (url, job) = &self.jobs[self.jobs.binary_search_by(|(other, _)| other.cmp(url)).ok()?];
        let shared = Shared { site, theme, facts: &self.facts };
        let code = match job {
            Job::Note(page) | Job::Copy(page) => highlight::some(site, &embedded(site, &[*page]), cache),
            Job::Atom | Job::JsonFeed => highlight::some(site, &embedded(site, &feed::pages(&shared)), cache),
            _ => Blocks::default(),
        };
        Some(work(&shared, &code, url, *job, &mut Vec::new()))
    }

    /// Makes every file, in parallel. One whose template fails is left out.
    #[must_use]
    pub fn make_all(&self, site: &Site, theme: &Theme, cache: &highlight::Cache) -> (Vec<Artifact>, Vec<Diagnostic>) {
        let (code, mut diagnostics) = highlight::blocks(site, cache);
        let shared = Shared { site, theme, facts: &self.facts };
        let one = |(url, job): &(UrlPath, Job)| {
            let mut faults = Vec::new();
            let made = work(&shared, &code, url, *job, &mut faults).map_err(|fault| faults.push(fault)).ok();
            (made, faults)
        };
        let all: Vec<(Option<Artifact>, Vec<Diagnostic>)> = self.jobs.par_iter().map(one).collect();
        let mut artifacts = Vec::with_capacity(all.len());
        for (made, faults) in all {
            artifacts.extend(made);
            diagnostics.extend(faults);
        }
        self.facts.navs.forget();
        (artifacts, once(diagnostics))
    }

    /// Every fault that making the pages of some notes would tell, those of what they embed included.
    #[must_use]
    pub fn check_notes(&self, site: &Site, theme: &Theme, cache: &highlight::Cache, pages: &[PageId]) -> Vec<Diagnostic> {
        let (code, mut diagnostics) = highlight::some_with_faults(site, &embedded(site, pages), cache);
        let shared = Shared { site, theme, facts: &self.facts };
        let one = |id: &PageId| {
            let mut faults = Vec::new();
            let made = site.pages.get(id.0 as usize).map(|page| work(&shared, &code, &page.url, Job::Note(*id), &mut faults));
            faults.extend(made.and_then(Result::err));
            faults
        };
        let told: Vec<Vec<Diagnostic>> = pages.par_iter().map(one).collect();
        diagnostics.extend(told.into_iter().flatten());
        once(diagnostics)
    }
}

/// Makes one file.
fn work(shared: &Shared<'_>, code: &Blocks, url: &UrlPath, job: Job, faults: &mut Vec<Diagnostic>) -> Result<Artifact, Diagnostic> {
    let text = |text: Option<String>| Ok(Artifact::new(url.clone(), text.unwrap_or_default().into_bytes()));
    match job {
        Job::Note(id) => super::note(shared, code, id, faults),
        Job::Folder(id) => super::folder(shared, id),
        Job::Tag(at) => super::tag(shared, at),
        Job::Tags => super::tags(shared, url),
        Job::All => super::all(shared, url),
        Job::Index(part) => extra::index(shared, url, part),
        Job::Web => graph::whole::page(shared, url),
        Job::Recent => recent::page(shared, url),
        Job::Search => extra::search(shared, url),
        Job::Redirect(at) => extra::redirect(shared, at),
        Job::NotFound => extra::not_found(shared, url),
        Job::Graph => text(Some(graph::json(shared.site))),
        Job::GraphScript => text(Some(graph::script(shared.site))),
        Job::Tree(id) => text(Some(nav::script(shared.site, &shared.facts.language, id))),
        Job::WebManifest => text(Some(extra::web_manifest(shared))),
        Job::Words => text(Some(words::script(shared.theme.words(words::language(url))))),
        Job::Notes => text(Some(listing::addresses(shared.site))),
        Job::Preview(at) => text(Some(preview::script(shared, at))),
        Job::Static => {
            let bytes = shared.theme.statics().find(|(other, _)| *other == url).map(|(_, bytes)| bytes.clone());
            Ok(Artifact { path: url.clone(), payload: Payload::Bytes(bytes.unwrap_or_default()) })
        }
        Job::Atom => text(Some(feed::atom_feed(shared, code))),
        Job::JsonFeed => text(Some(feed::json_feed(shared, code))),
        Job::Sitemap => text(extra::sitemap(shared)),
        Job::Robots => text(extra::robots(shared)),
        Job::Llms => text(feed::llms(shared)),
        Job::Headers => text(around::headers(shared)),
        Job::Copy(id) => Ok(super::copy_of(shared, code, id, url)),
    }
}

/// The address of a page's copy as Markdown.
pub(super) fn copy_of(url: &UrlPath) -> String {
    format!("{}.md", url.as_str().strip_suffix(".html").unwrap_or(url.as_str()))
}

/// The addresses that the site's own files have, folded.
pub(super) fn taken(site: &Site) -> BTreeSet<String> {
    let pages = site.pages.iter().map(|page| &page.url);
    let all = pages.chain(site.attachments.iter().map(|(_, url)| url)).chain(site.redirects.iter().map(|(url, _)| url));
    all.map(|url| SourcePath::fold(url.as_str())).collect()
}

/// These pages and all that they may embed, directly or by way of others.
pub(super) fn embedded(site: &Site, pages: &[PageId]) -> BTreeSet<PageId> {
    let mut known: BTreeSet<PageId> = pages.iter().copied().collect();
    let mut open: Vec<PageId> = pages.to_vec();
    while let Some(page) = open.pop().and_then(|id| site.pages.get(id.0 as usize)) {
        for (link, target) in page.note.links.iter().zip(&page.links) {
            if let (LinkKind::Embed | LinkKind::Image, Target::Page(to, _)) = (link.kind, target)
                && known.insert(*to)
            {
                open.push(*to);
            }
        }
    }
    known
}

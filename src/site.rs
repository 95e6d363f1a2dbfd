//! The site as a whole: addresses, folders, tags, resolved links, backlinks. Immutable once assembled.
//!
//! In: notes, attachments, configuration. Out: `Site` and diagnostics. Knows nothing of HTML, templates or search.

pub mod address;
mod again;
pub mod backlink;
pub mod date;
pub mod folder;
pub mod include;
pub mod kept;
pub mod language;
pub mod link;
pub mod mention;
pub mod order;
mod permalink;
pub mod pinyin;
pub mod plan;
pub mod privacy;
pub mod review;
pub mod reward;
pub mod sentence;
pub mod tag;
pub mod translation;

pub use self::again::Memo;

use self::address::{Claims, Spelling};
use self::backlink::Backlink;
use self::language::Letters;
use self::privacy::Rules;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::note::Note;
use crate::path::{Anchor, SourcePath, UrlPath};
use crate::source::Attachment;
use crate::source::history::History;
use crate::source::picture::Pixels;

/// Index of a page in `Site::pages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageId(pub u32);

/// Index of a folder in `Site::folders`. 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FolderId(pub u32);

/// Index of a tag in `Site::tags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TagId(pub u32);

/// What the reader gets, without its looks. Every vector is in a fixed order.
#[derive(Debug, Clone)]
pub struct Site {
    /// The configuration.
    pub config: Config,
    /// The published notes in order of their source paths. Shared by sites that differ in others.
    pub pages: Vec<Arc<Page>>,
    /// The folders that hold a published note, the root first, parents before children.
    pub folders: Vec<Folder>,
    /// The tags in use, sorted by name; parents of nested tags (`a` of `a/b`) included.
    pub tags: Vec<Tag>,
    /// The attachments that a published note refers to, by source path, and their addresses.
    pub attachments: Vec<(SourcePath, UrlPath)>,
    /// How large each of the attachments is as a picture, index for index.
    pub pixels: Vec<Option<Pixels>>,
    /// Pages that only lead elsewhere (`aliases` that are paths): address and target. Sorted.
    pub redirects: Vec<(UrlPath, PageId)>,
    /// Which notes show the text of which files in code blocks: the note and the file. Sorted, each pair once.
    pub includes: Vec<(SourcePath, SourcePath)>,
}

/// One published note and its place among the others.
#[derive(Debug, Clone)]
pub struct Page {
    /// The note.
    pub note: Arc<Note>,
    /// Its address.
    pub url: UrlPath,
    /// The folder it is listed in. The index note of a folder belongs to that folder.
    pub folder: FolderId,
    /// True when it is its folder's index page.
    pub is_index: bool,
    /// What each of `note.links` leads to, index for index.
    pub links: Vec<Target>,
    /// The pages that link here, each once, in order; itself left out.
    pub backlinks: Vec<Backlink>,
    /// The pages that mention this one without a link, each once, in order.
    pub mentions: Vec<Backlink>,
    /// Its tags, each once.
    pub tags: Vec<TagId>,
    /// What each of `note.tags` is, index for index.
    pub tag_targets: Vec<Option<TagId>>,
    /// The page before it in reading order.
    pub previous: Option<PageId>,
    /// The page after it in reading order.
    pub next: Option<PageId>,
    /// `lang` of the page (BCP 47): front matter's, else what its place tells (`note.en.md`), else guessed from the text (`zh` or the site's), never empty.
    pub language: String,
    /// When it was written, as an RFC 3339 date or moment: `date` of its front matter, else what its repository tells.
    pub created: Option<String>,
    /// When it was last changed, likewise.
    pub updated: Option<String>,
    /// The names of those who changed it, as its repository tells.
    pub contributors: Vec<String>,
    /// The same note in every language that there is, itself among them, the site's language first; none for a note in one language.
    pub translations: Vec<PageId>,
    /// True for a page that lists leave out, since its translation in the same folder stands for it.
    pub is_translation: bool,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Another site, `mailto:` and the like: the address as written.
    External(String),
    /// A page, and a place in it.
    Page(PageId, Option<Anchor>),
    /// A folder's index page.
    Folder(FolderId),
    /// A published attachment: index into `Site::attachments`, and what follows it (`#page=3`, `?raw`), as written.
    Attachment(u32, String),
    /// Nothing: reported. Rendered as marked text.
    Broken,
    /// A note that is not published: rendered as plain text, without a trace.
    Private,
    /// An address that must not be published (`javascript:` and the like).
    Refused,
}

/// One folder with published notes somewhere below.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Folder {
    /// Its path in the content folder: `""` for the root.
    pub path: String,
    /// What it is called: its index note's title, else its last component (the site's title for the root).
    pub title: String,
    /// The folder above; the root's is itself.
    pub parent: FolderId,
    /// The address of its index page, written or generated.
    pub url: UrlPath,
    /// Its index note, when it has one.
    pub index: Option<PageId>,
    /// Its other pages, in reading order (`order`, then title in natural order).
    pub pages: Vec<PageId>,
    /// Its folders, in reading order.
    pub folders: Vec<FolderId>,
}

/// One tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tag {
    /// Its name as first written, without `#`: `笔记/读书`.
    pub name: String,
    /// The address of its page.
    pub url: UrlPath,
    /// The pages that carry it or a tag below it, by title.
    pub pages: Vec<PageId>,
    /// The tag above it: `笔记` of `笔记/读书`.
    pub parent: Option<TagId>,
    /// The tags right below it, in order.
    pub children: Vec<TagId>,
}

impl Site {
    /// The pages that no other page links to, in order. The site's first page is none of them: it is where readers start; nor is a
    /// page that lists leave out for its translation.
    #[must_use]
    pub fn orphans(&self) -> Vec<PageId> {
        let start = self.folders.first().and_then(|root| root.index);
        let pages = (0..).map(PageId).zip(&self.pages);
        pages.filter(|(id, page)| page.backlinks.is_empty() && !page.is_translation && Some(*id) != start).map(|(id, _)| id).collect()
    }
}

/// What the folder of notes says beyond its notes and attachments.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The name of the folder: the site's title where nothing else gives one. `""` where it has none.
    pub name: &'a str,
    /// Notes that could not be read and were held back: links to them are links to private notes, not broken ones.
    pub held_back: &'a [SourcePath],
    /// The texts of the files that notes include in code blocks: those that [`include::wanted`] names. `None` where there are none.
    pub texts: Option<&'a include::Texts>,
    /// What the repository tells of the notes. `None` where there is none, or nobody asks it.
    pub history: Option<&'a History>,
}

/// Assembles the site: leaves out what is not published, gives addresses, resolves links.
#[must_use]
pub fn assemble(config: Config, notes: Vec<impl Into<Arc<Note>>>, attachments: &[Attachment]) -> (Site, Vec<Diagnostic>) {
    assemble_from(Origin::default(), config, notes, attachments)
}

/// The same, knowing where the notes come from. `config.title` and `config.language` of the result are always filled. Notes that are shared stay
/// shared: a site that differs in one note from the last one costs no copy of the others.
#[must_use]
pub fn assemble_from(
    origin: Origin<'_>,
    config: Config,
    notes: Vec<impl Into<Arc<Note>>>,
    attachments: &[Attachment],
) -> (Site, Vec<Diagnostic>) {
    assemble_again(Scope::Published, &mut Memo::default(), origin, config, notes.into_iter().map(Into::into).collect(), attachments)
}

/// Which notes a site is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that are published.
    Published,
    /// Every one: what an editor knows of the notes. No page is ever made of it.
    Everything,
}

/// The same as [`assemble_from`] for the notes in `scope`, whatever `memo` holds; faster when it is that of a site which differs little.
#[must_use]
pub fn assemble_again(
    scope: Scope,
    memo: &mut Memo,
    origin: Origin<'_>,
    mut config: Config,
    mut notes: Vec<Arc<Note>>,
    all_attachments: &[Attachment],
) -> (Site, Vec<Diagnostic>) {
    notes.sort_by(|a, b| a.path.cmp(&b.path));
    if scope == Scope::Published
        && let Some(made) = again::texts_alone(memo, origin, &config, &notes, all_attachments)
    {
        return made;
    }
    memo.outline += 1;
    let given = (config.clone(), notes.clone());
    let rules = match scope {
        Scope::Published => Rules::of(&config),
        Scope::Everything => Rules::open(&config),
    };
    let (order, order_faults) = order::Order::of(&config, &notes);
    order.name(&mut notes);
    permalink::give(&config, &mut notes);
    let (mut published, private): (Vec<Arc<Note>>, Vec<Arc<Note>>) = notes.into_iter().partition(|note| rules.note(note).is_none());
    // A file in a private folder is to a reference what a private note is.
    let (private_files, attachments): (Vec<&Attachment>, Vec<&Attachment>) =
        all_attachments.iter().partition(|attachment| rules.file(&attachment.path).is_some());
    let mut diagnostics = order_faults;

    let includes = include::fill(&rules, &mut published, all_attachments, origin.texts, &mut diagnostics);
    let spelling = Spelling::of(&config);
    let plan = folder::plan(spelling, &published);
    let mut claims = Claims::default();
    let addresses = plan::addresses(spelling, &published, &plan, &attachments, &mut claims, &mut diagnostics);
    memo.letters = language::count(&published, &memo.letters);
    let letters: Vec<Letters> = memo.letters.iter().map(|(_, letters)| *letters).collect();
    settle(&mut config, origin.name, &published, &plan, &letters);
    let site_language = config.language.clone().unwrap_or_default();
    let places = translation::places(&config, &published, &plan);
    let mut pages: Vec<Page> = published
        .into_iter()
        .zip(addresses.pages)
        .zip(plan.home.iter().zip(letters).zip(&places))
        .map(|((note, url), (((folder, is_index), letters), place))| {
            let record = origin.history.and_then(|history| history.of(&note.path));
            let (created, updated) = date::of(&note.front_matter, record);
            Page {
                created,
                updated,
                contributors: record.map(|record| record.people.clone()).unwrap_or_default(),
                language: own_language(&note)
                    .or_else(|| place.language.clone())
                    .unwrap_or_else(|| language::of_note(letters, &site_language)),
                url,
                folder: *folder,
                is_index: *is_index,
                links: Vec::new(),
                backlinks: Vec::new(),
                mentions: Vec::new(),
                tags: Vec::new(),
                tag_targets: Vec::new(),
                previous: None,
                next: None,
                translations: Vec::new(),
                is_translation: false,
                note,
            }
        })
        .collect();
    translation::group(&mut pages, &places, &site_language);
    let folders = folder::build(&plan, &pages, &order, addresses.folders, config.title.as_deref().unwrap_or_default());
    let (tags, own_tags) = tag::collect(spelling, &pages, &mut claims);

    let wishes: Vec<Vec<UrlPath>> = private.iter().map(|note| plan::wishes(spelling, note)).collect();
    let hidden: Vec<link::Hidden> = private
        .iter()
        .zip(&wishes)
        .map(|(note, addresses)| link::Hidden { path: &note.path, aliases: &note.front_matter.aliases, addresses })
        .chain(origin.held_back.iter().map(|path| link::Hidden { path, aliases: &[], addresses: &[] }))
        .chain(private_files.iter().map(|file| link::Hidden { path: &file.path, aliases: &[], addresses: &[] }))
        .collect();
    let pictures = reward::pictures(&config, &attachments, &mut diagnostics);
    let resolved = link::resolve(&pages, &folders, &addresses.redirects, &hidden, (&attachments, &pictures), &mut diagnostics);
    let mut published_attachments = Vec::with_capacity(resolved.attachments.len());
    for path in resolved.attachments {
        let wanted = address::attachment(spelling, &path);
        let (url, other) = claims.take(wanted.clone(), &format!("`{}{path}`", prefix(&config)));
        if let Some(other) = other {
            let message = format!("`{}{path}` and {other} both want the address `{wanted}`", prefix(&config));
            diagnostics.push(Diagnostic::site(Code::AddressCollision, message).hint("rename one of them"));
        }
        published_attachments.push((path, url));
    }

    let backlinks = backlink::collect(&pages, &resolved.targets, &folders);
    for ((page, links), (backlinks, tags)) in pages.iter_mut().zip(resolved.targets).zip(backlinks.into_iter().zip(own_tags)) {
        page.links = links;
        page.backlinks = backlinks;
        page.tag_targets = tags;
        let mut seen = BTreeSet::new();
        page.tags = page.tag_targets.iter().copied().flatten().filter(|tag| seen.insert(*tag)).collect();
    }
    if config.mentions {
        for (page, mentions) in mention::collect(&pages, &folders, &mut memo.mentions).into_iter().enumerate() {
            pages[page].mentions = mentions;
        }
    }
    for pair in folder::reading_order(&folders, &pages, &order).windows(2) {
        pages[pair[0].0 as usize].next = Some(pair[1]);
        pages[pair[1].0 as usize].previous = Some(pair[0]);
    }
    translation::neighbours(&mut pages);
    let pixels = pixels(&attachments, &published_attachments);
    let pages = pages.into_iter().map(Arc::new).collect();
    let site = Site { config, pages, folders, tags, attachments: published_attachments, pixels, redirects: addresses.redirects, includes };
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    if memo.is_kept && scope == Scope::Published {
        memo.last = Some(again::Last::new(origin, given.0, given.1, all_attachments, (&site, &diagnostics)));
    }
    reviewed(site, diagnostics)
}

/// Adds what is said of the site as it is.
fn reviewed(site: Site, mut diagnostics: Vec<Diagnostic>) -> (Site, Vec<Diagnostic>) {
    diagnostics.extend(review::review(&site, |code| site.config.severity(code) != Severity::Allow));
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    (site, diagnostics)
}

/// How large the published attachments are, index for index. Both lists are sorted by path.
fn pixels(all: &[&Attachment], published: &[(SourcePath, UrlPath)]) -> Vec<Option<Pixels>> {
    let of = |path: &SourcePath| all.binary_search_by(|file| file.path.cmp(path)).ok().and_then(|at| all[at].pixels);
    published.iter().map(|(path, _)| of(path)).collect()
}

/// Fills the title and the language that the configuration leaves open.
fn settle(config: &mut Config, name: &str, notes: &[Arc<Note>], plan: &folder::Plan, letters: &[Letters]) {
    if config.language.as_deref().is_none_or(|language| language.trim().is_empty()) {
        let mut all = Letters::default();
        letters.iter().for_each(|letters| all += *letters);
        config.language = Some(language::of_site(all));
    }
    if config.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        let start = plan.index.first().copied().flatten().map(|at| notes[at].title.clone());
        let start = start.or_else(|| (!name.is_empty()).then(|| name.to_owned()));
        let chinese = config.language.as_deref().is_some_and(|language| language.starts_with("zh"));
        config.title = Some(start.unwrap_or_else(|| if chinese { "笔记".into() } else { "Notes".into() }));
    }
}

fn own_language(note: &Note) -> Option<String> {
    note.front_matter.lang.as_deref().map(str::trim).filter(|lang| !lang.is_empty()).map(str::to_owned)
}

/// What stands before content paths when they are shown to people.
fn prefix(config: &Config) -> String {
    if config.content.is_empty() { String::new() } else { format!("{}/", config.content) }
}

//! The template contract: every value that a template sees, and nothing else.
//!
//! In: strings and numbers that rendering has worked out. Out: what Tera is given. All text is plain and escaped by the template engine; all
//! `url`s are references relative to the page that is rendered and name a file. A missing text is `""` and a missing thing `null`, both
//! false in `{% if %}`.
//!
//! Every template sees `site` ([`SiteView`]), `page` ([`PageView`]), `nav` ([`NavView`]) and `t`, the interface's words in the page's language
//! (`templates/strings/`; a text with `{n}` goes through the filter: `{{ t.notes | count(n=3) }}`). Besides these:
//!
//! | template | page | sees also |
//! |---|---|---|
//! | `note.html` | a note, or the one its front matter names | `content` (HTML), `note` ([`NoteView`]), `folder` ([`FolderView`]) or `null` |
//! | `folder.html` | the index of a folder that has no index note | `folder` ([`FolderView`]) |
//! | `tags.html` | all tags | `tags` (list of [`TagView`]) |
//! | `tag.html` | one tag | `tag` ([`TagView`]), `entries` (list of [`EntryView`]), `parents` and `children` (lists of [`TagView`]) |
//! | `all.html` | all notes, folder by folder | `groups` (list of [`GroupView`]), `orphans` (list of [`LinkView`]: notes that no other links to) |
//! | `index.html` | the index: notes, headings and tags by letter, on one page or several | `letters` (list of [`LetterView`]), `groups` (list of [`NamesView`]), `previous` and `next` ([`LinkView`] or `null`) |
//! | `graph.html` | the graph of all notes | `graph` ([`GraphView`]) |
//! | `recent.html` | the notes by their last change | `groups` (list of [`MonthView`]) |
//! | `search.html` | the search as a page | |
//! | `redirect.html` | a page that leads elsewhere | `target` ([`LinkView`]) |
//! | `404.html` | for addresses that do not exist | |
//!
//! All but `redirect.html` extend `base.html`.

mod graph;
mod list;

use std::collections::BTreeMap;

use serde::Serialize;

pub use graph::{GraphChoiceView, GraphNodeView, GraphView, LocalGraphView, LocalNodeView};
pub use list::{
    EntryView, FolderView, GroupView, LetterView, MonthView, MoreView, NameView, NamesView, NavItemView, NavView, PartView, TagView,
};

/// The site as a whole.
#[derive(Debug, Serialize)]
pub struct SiteView {
    /// Its name.
    pub title: String,
    /// What it is about; may be `""`.
    pub description: String,
    /// Its main language.
    pub lang: String,
    /// Where it is hosted, with its final `/`; `""` while unknown.
    pub base_url: String,
    /// Whether any note has a tag.
    pub has_tags: bool,
    /// How many notes are published.
    pub notes: usize,
    /// Whether the site has a `static/custom.css`.
    pub custom_css: bool,
    /// Whether it opens without a network once it was visited.
    pub offline: bool,
    /// Over how many scripts the previews of notes are spread; 0 for no previews.
    pub previews: usize,
    /// The name of the search engine's file: the page's script loads it together with the index.
    pub engine: String,
}

/// The page that is rendered.
#[derive(Debug, Serialize)]
pub struct PageView {
    /// `note`, `folder`, `tag`, `tags`, `all`, `index`, `graph`, `recent`, `search`, `redirect` or `404`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// The title's language where it is surely another than the page's, else `""`.
    pub title_lang: String,
    /// What it is about: of a note its own words, else the beginning of its text; may be `""`.
    pub description: String,
    /// Its language (BCP 47).
    pub lang: String,
    /// Its language and country as Open Graph has them (`zh_CN`); `""` where a language does not tell its country.
    pub locale: String,
    /// What leads back to the site's root: `""` or `../` once per folder.
    pub root: String,
    /// The page's own name, as other pages of its folder would refer to it: equal to `url` of a link that leads here.
    pub url: String,
    /// Its full address where `base_url` is known, else `""`.
    pub canonical: String,
    /// The full address of its picture; may be `""`.
    pub image: String,
    /// The note as Markdown, where the site has that; else `""`.
    pub markdown: String,
    /// Its facts as JSON-LD, safe inside `<script type="application/ld+json">`; `""` where `canonical` is.
    pub structured: String,
    /// The feeds: their media type as the title. Empty without `base_url`, or when no note has a date.
    pub feeds: Vec<LinkView>,
    /// The page in every language that it is in, itself among them, the site's own language first; empty for a page in one language.
    pub languages: Vec<LanguageView>,
    /// The site's first page, in the language of this one where it has that.
    pub home: String,
    /// True for the site's first page, in any language.
    pub is_home: bool,
    /// The list of tags.
    pub tags_url: String,
    /// The list of all notes.
    pub all_url: String,
    /// The index of notes, headings and tags by letter.
    pub index_url: String,
    /// The graph; `""` where there is none.
    pub graph_url: String,
    /// The notes by their last change; `""` where no note tells it.
    pub recent_url: String,
    /// The search as a page; `""` where a note has its address.
    pub search_url: String,
    /// The folders above it, the site's first page first; of very many the middle ones are one entry called `…`, which leads to the last of them.
    pub breadcrumbs: Vec<LinkView>,
}

/// A page in one of its languages.
#[derive(Debug, Serialize)]
pub struct LanguageView {
    /// The language (BCP 47).
    pub lang: String,
    /// The same as Open Graph has it; may be `""`.
    pub locale: String,
    /// What the language calls itself.
    pub title: String,
    /// Where the page is.
    pub url: String,
    /// Its full address where `base_url` is known, else the same as `url`.
    pub href: String,
    /// True for the page that is rendered.
    pub here: bool,
}

/// A title and where it leads.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    /// What it is called.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// The title's language where it is another than the page's, else `""`.
    pub lang: String,
}

impl LinkView {
    /// A title in the page's language, or in none.
    pub(super) fn new(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self { title: title.into(), url: url.into(), lang: String::new() }
    }
}

/// A note that refers to the page, and in which words.
#[derive(Debug, Clone, Serialize)]
pub struct BacklinkView {
    /// What the note is called.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Its language where it is another than the page's, else `""`.
    pub lang: String,
    /// The first few sentences that refer to the page; none where there are no words around the link.
    pub contexts: Vec<ContextView>,
}

/// A sentence around a link or a mention, in plain text.
#[derive(Debug, Clone, Serialize)]
pub struct ContextView {
    /// What stands before the link; begins with `…` where it is cut.
    pub before: String,
    /// What the link shows; may be `""` for a picture or an embedded note.
    pub text: String,
    /// What stands behind it; ends with `…` where it is cut.
    pub after: String,
}

/// What only a note has.
#[derive(Debug, Serialize)]
pub struct NoteView {
    /// Day of writing, `2026-11-23`; may be `""`.
    pub date: String,
    /// Day of the last change; may be `""`.
    pub updated: String,
    /// Its tags.
    pub tags: Vec<LinkView>,
    /// How long it is: Han characters and other words together, blocks of code left out.
    pub words: u32,
    /// How many minutes reading takes, rounded up; 0 for an empty note.
    pub minutes: u32,
    /// Its headings as a tree.
    pub toc: Vec<TocView>,
    /// The note before it in reading order, or `null`.
    pub previous: Option<LinkView>,
    /// The note after it in reading order, or `null`.
    pub next: Option<LinkView>,
    /// The notes that link here.
    pub backlinks: Vec<BacklinkView>,
    /// How many more link here than `backlinks` lists.
    pub more_backlinks: usize,
    /// The notes that mention this one without a link.
    pub mentions: Vec<BacklinkView>,
    /// How many more mention it than `mentions` lists.
    pub more_mentions: usize,
    /// The notes around it as a graph, or `null` where there are none.
    pub graph: Option<LocalGraphView>,
    /// The licence as it is written, the note's own or the site's; may be `""`. `around.license` leads to its text.
    pub license: String,
    /// Authors, licence, links to the source, thanks and comments.
    pub around: AroundView,
    /// Path of the source in the content folder.
    pub source: String,
    /// The style sheets that its text needs besides the one that all pages have: `containers`, `diagram`, `lines`, `tasks`.
    pub sheets: Vec<&'static str>,
    /// `extra` of the front matter, and every key that Biji does not know.
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// What stands around a note. All of it is empty unless the site or the note asks for it.
#[derive(Debug, Serialize)]
pub struct AroundView {
    /// Who wrote it; a `url` may be `""`.
    pub authors: Vec<LinkView>,
    /// The names of those who changed it, where the site shows them.
    pub contributors: Vec<String>,
    /// The note's full address as people read it, where a licence or attribution asks for it and it is known; else `""`.
    pub address: String,
    /// The licence in pieces, each with the address of its text or `""`.
    pub license: Vec<LinkView>,
    /// Whether those who copy it are asked to keep the source.
    pub attribution: bool,
    /// Where it can be edited; may be `""`.
    pub edit: String,
    /// Where its source can be read; may be `""`.
    pub source: String,
    /// Where mistakes are reported; may be `""`.
    pub report: String,
    /// How to say thanks, or `null`.
    pub reward: Option<RewardView>,
    /// The comments, or `null`.
    pub comments: Option<CommentsView>,
}

/// How to say thanks.
#[derive(Debug, Serialize)]
pub struct RewardView {
    /// A sentence of the site's own; may be `""`.
    pub text: String,
    /// Its language where it is surely another than the page's, else `""`.
    pub lang: String,
    /// The ways, at least one.
    pub ways: Vec<WayView>,
}

/// One way to say thanks.
#[derive(Debug, Serialize)]
pub struct WayView {
    /// What it is called.
    pub title: String,
    /// The name's language where it is surely another than the page's, else `""`.
    pub lang: String,
    /// A picture with a payment code; may be `""`.
    pub picture: String,
    /// Where it leads; may be `""`.
    pub url: String,
}

/// Comments that another host keeps: nothing is loaded before a reader asks for it.
#[derive(Debug, Serialize)]
pub struct CommentsView {
    /// `giscus`, `utterances`, `waline` or `script`.
    pub provider: &'static str,
    /// The script to load: an address, or a path from the site's root.
    pub script: String,
    /// The style sheet to load, likewise; may be `""`.
    pub style: String,
    /// Attributes of the script as JSON; `{theme}` in them is `light` or `dark`.
    pub attributes: String,
    /// Attributes of the element that the comments come into, likewise.
    pub container: String,
    /// The hosts that are talked to; none when the script is the site's own.
    pub hosts: Vec<String>,
    /// Where they can be read without scripts; may be `""`.
    pub elsewhere: String,
}

/// One heading of the table of contents.
#[derive(Debug, Serialize)]
pub struct TocView {
    /// Its text.
    pub title: String,
    /// `#anchor`.
    pub url: String,
    /// Its language where it is surely another than the page's, else `""`.
    pub lang: String,
    /// The headings below it.
    pub children: Vec<Self>,
}

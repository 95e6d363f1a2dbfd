//! The search engine of Biji: one tokenizer, one schema, one ranking, compiled natively and to wasm.
//!
//! *Writing* (feature `build`): [`Document`]s in, a [`Pack`] out. *Reading*: [`Searcher::open`] takes the pack's entry;
//! [`Searcher::search`] either answers or names the blocks it needs, which the caller fetches and gives to [`Searcher::provide`] before it
//! asks again. So the same synchronous code serves memory, disk, HTTP and scripts. Never touches a file system or a clock.

#[cfg(feature = "build")]
mod again;
mod directory;
mod docs;
mod facet;
pub mod fold;
mod index;
#[cfg(feature = "build")]
mod layout;
mod lengths;
mod pack;
#[cfg(feature = "build")]
mod patch;
mod pinyin;
#[cfg(feature = "build")]
mod prepare;
mod query;
mod rank;
mod record;
mod schema;
mod searcher;
mod segment;
mod snippet;
mod spelling;
mod store;
mod terms;
pub mod token;
mod traits;
#[cfg(feature = "build")]
mod write;

#[cfg(feature = "build")]
pub use again::{Entry, Memo, build_again};
pub use schema::VERSION;
pub use searcher::Searcher;
#[cfg(feature = "build")]
pub use write::{BuildError, build, decompress, describe, kinds, unpack};

/// One note to be indexed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Address relative to the site's root, not percent-encoded.
    pub url: String,
    /// Path of the source relative to the content folder.
    pub source: String,
    /// Title.
    pub title: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Tags without `#`.
    pub tags: Vec<String>,
    /// Language (BCP 47).
    pub language: String,
    /// What it shares with its translations and with nothing else, such as the address of one of them; `""` for a document without any.
    pub original: String,
    /// Whether the text is hardly more than links to other documents, as a table of contents is: what it says then is said better where they lead.
    pub is_list: bool,
    /// The visible text, cut at headings; at least one section, the first being what stands before any heading.
    pub sections: Vec<Section>,
}

/// The text under one heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading's anchor; `""` for the text before the first heading.
    pub anchor: String,
    /// The heading; `""` for the text before the first heading.
    pub heading: String,
    /// The visible text in order, blocks separated by line breaks.
    pub text: String,
    /// Byte ranges of `text` that are code blocks, ascending.
    pub code: Vec<std::ops::Range<u32>>,
}

/// An index ready to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pack {
    /// The entry: what every query needs, and where everything else is. The only file whose name is not a content hash; not compressed.
    pub entry: Vec<u8>,
    /// The volumes: content hash as name, and blocks one behind the other, each a gzip member.
    pub volumes: Vec<(String, std::sync::Arc<[u8]>)>,
}

/// Where a block is that a search needs: bytes of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// The volume's name.
    pub volume: &'a str,
    /// Which of its bytes are the block, compressed.
    pub range: std::ops::Range<usize>,
}

impl<'a> Part<'a> {
    /// Reads the name of a block, `VOLUME:FROM:LENGTH`.
    #[must_use]
    pub fn of(name: &'a str) -> Option<Self> {
        let (volume, from, len) = pack::parse_name(name)?;
        let from = from as usize;
        Some(Self { volume, range: from..from + len as usize })
    }
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The query as typed. Any text is a query.
    pub query: String,
    /// How many hits to return at most.
    pub limit: usize,
    /// Which pages count. With a filter, a query without a word finds all pages that pass it.
    pub filters: Filters,
    /// Whether the answer is to say how many pages each filter would leave. That and filters need a file that a plain search does not.
    pub facets: bool,
    /// The reader's language (BCP 47): of translations the one in it comes first, at the place of the best, and the others last; pages in it come before others of
    /// nearly the same worth. `""` for none: then languages do not matter.
    pub language: String,
}

/// What a page must be to be found. Empty texts filter nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The folder of the source that it lies in, at any depth: `k8s/network`.
    pub folder: String,
    /// The tag that it has, or one nested in it: `k8s`.
    pub tag: String,
    /// Its language, exactly: `zh`.
    pub language: String,
}

impl Filters {
    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folder.is_empty() && self.tag.is_empty() && self.language.is_empty()
    }
}

/// Either an answer or what is missing for one.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Names of blocks to fetch ([`Part::of`]), then ask again.
    Need(Vec<String>),
    /// The answer.
    Done(Response),
    /// The pack is damaged: no answer can be given.
    Broken(PackError),
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// How many pages match in all.
    pub total: usize,
    /// True when no page has all the words, and these have the most of them.
    pub partial: bool,
    /// The best pages, best first.
    pub hits: Vec<Hit>,
    /// What the pages could be narrowed down to, when that was asked.
    pub facets: Option<Facets>,
}

/// For each filter the choices there are. The pages of a choice are those that match when it is made and the other two filters stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// The folders of the root; when one is chosen, those it lies in, itself, and those right in it. In the order of their names.
    pub folders: Vec<Facet>,
    /// Tags, those of most pages first. A tag counts for those it is nested in, too.
    pub tags: Vec<Facet>,
    /// Languages, those of most pages first.
    pub languages: Vec<Facet>,
}

/// One choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facet {
    /// What [`Filters`] calls it.
    pub name: String,
    /// How many pages there are of it.
    pub pages: u32,
}

/// One page that matches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hit {
    /// Address relative to the site's root, not percent-encoded.
    pub url: String,
    /// Path of the source relative to the content folder.
    pub source: String,
    /// Title, and what matches in it.
    pub title: Snippet,
    /// Score; only comparable within one response.
    pub score: f32,
    /// The best sections, best first, at most three; at least one.
    pub sections: Vec<SectionHit>,
    /// The words to be marked on the opened page, as they stand in the text.
    pub words: Vec<String>,
}

/// A section of a page that matches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SectionHit {
    /// The heading's anchor, `""` for the top of the page.
    pub anchor: String,
    /// The heading, and what matches in it.
    pub heading: Snippet,
    /// A piece of the text with the densest match.
    pub excerpt: Snippet,
}

/// Text with marked ranges; never HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text.
    pub text: String,
    /// Byte ranges of `text` to be marked, ascending, on character boundaries.
    pub highlights: Vec<std::ops::Range<u32>>,
}

/// What is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackError {
    /// The entry is not one, or is damaged.
    Entry(String),
    /// The entry is of another version of the format.
    Version(u32),
    /// A block is not as long as it should be.
    Block(String),
    /// The index inside is damaged.
    Index(String),
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(what) => write!(f, "the search index has no usable entry: {what}"),
            Self::Version(version) => write!(f, "the search index is of version {version}, this program reads version {VERSION}"),
            Self::Block(name) => write!(f, "block `{name}` of the search index is damaged"),
            Self::Index(what) => write!(f, "the search index is damaged: {what}"),
        }
    }
}

impl std::error::Error for PackError {}

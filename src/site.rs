//! The site as a whole: addresses, folders, tags, resolved links, backlinks. Immutable once assembled.
//!
//! In: notes, attachments, configuration. Out: `Site` and diagnostics. Knows nothing of HTML, templates or search.

pub mod address;
pub mod folder;
pub mod link;
pub mod tag;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::note::Note;
use crate::path::{Anchor, SourcePath, UrlPath};
use crate::source::Attachment;

/// Index of a page in `Site::pages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

/// Index of a folder in `Site::folders`. 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub u32);

/// Index of a tag in `Site::tags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(pub u32);

/// What the reader gets, without its looks. Every vector is in a fixed order.
#[derive(Debug, Clone)]
pub struct Site {
    /// The configuration.
    pub config: Config,
    /// The published notes in order of their source paths.
    pub pages: Vec<Page>,
    /// The folders that hold a published note, the root first, parents before children.
    pub folders: Vec<Folder>,
    /// The tags in use, sorted by name; parents of nested tags (`a` of `a/b`) included.
    pub tags: Vec<Tag>,
    /// The attachments that a published note refers to, by source path, and their addresses.
    pub attachments: Vec<(SourcePath, UrlPath)>,
    /// Pages that only lead elsewhere (`aliases` that are paths): address and target. Sorted.
    pub redirects: Vec<(UrlPath, PageId)>,
}

/// One published note and its place among the others.
#[derive(Debug, Clone)]
pub struct Page {
    /// The note.
    pub note: Note,
    /// Its address.
    pub url: UrlPath,
    /// The folder it is listed in. The index note of a folder belongs to that folder.
    pub folder: FolderId,
    /// True when it is its folder's index page.
    pub is_index: bool,
    /// What each of `note.links` leads to, index for index.
    pub links: Vec<Target>,
    /// The pages that link here, each once, in order; itself left out.
    pub backlinks: Vec<PageId>,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// The page before it in reading order.
    pub previous: Option<PageId>,
    /// The page after it in reading order.
    pub next: Option<PageId>,
    /// `lang` of the page (BCP 47): front matter's, else guessed from the text (`zh` or the site's), never empty.
    pub language: String,
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Tag {
    /// Its name as first written, without `#`: `笔记/读书`.
    pub name: String,
    /// The address of its page.
    pub url: UrlPath,
    /// The pages that carry it, by title.
    pub pages: Vec<PageId>,
}

/// Assembles the site: leaves out what is not published, gives addresses, resolves links.
#[must_use]
pub fn assemble(config: Config, notes: Vec<Note>, attachments: &[Attachment]) -> (Site, Vec<Diagnostic>) {
    let _ = (notes, attachments);
    (Site { config, pages: Vec::new(), folders: Vec::new(), tags: Vec::new(), attachments: Vec::new(), redirects: Vec::new() }, Vec::new())
}

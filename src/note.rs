//! One note, read by itself: front matter, outline, links, visible text and the body's HTML with holes for what needs neighbours.
//!
//! In: a `SourceFile` and the Markdown options. Out: `Note` and diagnostics. Parsed once; nothing is looked up elsewhere.

pub mod address;
pub mod code;
pub mod front_matter;
mod kept;
pub mod length;
pub mod markdown;

pub use code::CodeBlock;
pub use front_matter::{FrontMatter, Places};
pub use length::Length;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, File};
use crate::path::{Anchor, SourcePath};
use crate::source::SourceFile;
use crate::text::Span;

/// What the writer wrote: the facts of one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Note {
    /// Where it lies.
    pub path: SourcePath,
    /// Its name for people and its text. Not kept with the note: whoever reads it again has the file.
    #[serde(skip, default = "kept::no_file")]
    pub file: File,
    /// What stands between the `---` or `+++` lines; defaults where nothing stands.
    pub front_matter: FrontMatter,
    /// Front matter's title, else the heading that opens the note or the first level-1 heading, else the file's stem. Plain text.
    pub title: String,
    /// The headings in order.
    pub outline: Vec<Heading>,
    /// Every reference in order of appearance: links, images, embeds, raw HTML's `href` and `src`.
    pub links: Vec<Link>,
    /// The code blocks in order.
    pub code: Vec<CodeBlock>,
    /// The body.
    pub body: Body,
    /// The visible text, cut at headings: what search indexes. At least one section.
    pub sections: Vec<Section>,
    /// `id`s in the body that are no headings (raw HTML, explicit anchors, footnotes, blocks: `^id`), for anchor checks. Sorted.
    pub anchors: Vec<Anchor>,
    /// Its tags: the front matter's, then those in the text as they come, each spelling once.
    pub tags: Vec<String>,
    /// How long its visible text is.
    pub length: Length,
    /// Where names stand in the file that no other field has a place for.
    pub occurrences: Occurrences,
}

/// Where names stand in a note's file: for tools that find and change them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Occurrences {
    /// Tags: an index into `Note::tags`, and the place of the name without its `#`. In no order.
    pub tags: Vec<(u32, Span)>,
    /// Blocks (`^id`, the sign included) and ids of raw HTML and containers. The place of what is no block may be wider than the id.
    pub anchors: Vec<(Anchor, Span)>,
    /// Addresses that stand in a definition `[label]: address`: an index into `Note::links`, and the place of the address.
    pub definitions: Vec<(u32, Span)>,
}

/// One heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its plain text.
    pub text: String,
    /// Its `id`, unique in the note and never empty.
    pub anchor: Anchor,
    /// Its place in the file.
    pub span: Span,
    /// Byte offset in `Body::html` of its opening tag.
    pub html_start: u32,
    /// True for the heading that opens the note and is its title: the page shows the title itself, so the body leaves it out.
    pub is_title: bool,
}

/// How a reference is written, which decides how it is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// `[text](target)`, a reference link or an autolink.
    Link,
    /// `![alt](target)`.
    Image,
    /// `[[target]]`.
    Wikilink,
    /// `![[target]]`.
    Embed,
    /// An `href` of raw HTML.
    HtmlLink,
    /// A `src`, `poster` or `srcset` candidate of raw HTML.
    HtmlSource,
}

/// One reference as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// How it is written.
    pub kind: LinkKind,
    /// The target as written, entities and backslashes resolved, percent-encoding kept.
    pub target: String,
    /// `title` of `[text](target "title")`; `""` when there is none.
    pub title: String,
    /// The plain text between the brackets: link text, alt text, or what stands behind `|` (`""` for a bare wikilink).
    pub text: String,
    /// The place of the target, or of the whole link where the target cannot be told apart.
    pub span: Span,
}

/// A run of visible text: what stands under one heading, or before the first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// Index into `Note::outline`; `None` before the first heading, and for the text under the title heading.
    pub heading: Option<u32>,
    /// The visible text without the heading itself; blocks, list items and table cells end with a line break.
    pub text: String,
    /// Byte ranges of `text` that are code (blocks, not inline code).
    pub code: Vec<Span>,
    /// The references in `text`: an index into `Note::links`, and the bytes that it shows; none for a picture.
    pub links: Vec<(u32, Span)>,
    /// The code blocks whose text is included from a file: an index into `Note::code`, and the byte of `text` where it goes.
    pub included: Vec<(u32, u32)>,
    /// Byte ranges of `text` that are no running words: inline code, formulas, tags.
    pub verbatim: Vec<Span>,
}

/// The body's HTML, with holes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Body {
    /// HTML, complete but for the holes.
    pub html: String,
    /// The holes by ascending offset; several at one offset are filled in order.
    pub holes: Vec<Hole>,
}

/// A place in the body that rendering fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// Byte offset in `Body::html`.
    pub at: u32,
    /// What goes there.
    pub fill: Fill,
}

/// The key of a word of the interface. A name of its own, since serde takes a plain reference for a part of what it reads.
pub type WordKey = &'static str;

/// What fills a hole. Numbers are indexes into the note's vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fill {
    /// The start tag of a link: `<a href=…>`, or what stands for a broken one.
    LinkStart(u32),
    /// Its end tag.
    LinkEnd(u32),
    /// A whole element: image, or the embedded thing. Alt text is `Link::text`.
    Embed(u32),
    /// The value of a raw HTML attribute (inside its quotes).
    Attribute(u32),
    /// A whole code block element.
    Code(u32),
    /// The value of a heading's `id` attribute (inside its quotes).
    HeadingId(u32),
    /// What stands behind a heading's text: its permalink.
    HeadingEnd(u32),
    /// A whole tag, as a link to its page.
    Tag(u32),
    /// A word of the interface in the language of the note, by its key.
    #[serde(with = "kept::word")]
    Word(WordKey),
}

impl Note {
    /// Whether the note says itself what it is called, in its front matter or by a heading; else it is called by its file's name.
    #[must_use]
    pub fn has_own_title(&self) -> bool {
        self.front_matter.title.is_some() || self.title != title_of(&self.path)
    }

    /// Gives back what was reserved while the parts grew: notes are kept long, and there are many.
    fn shrink(&mut self) {
        self.outline.shrink_to_fit();
        self.links.shrink_to_fit();
        self.code.shrink_to_fit();
        self.code.iter_mut().for_each(|block| block.text.shrink_to_fit());
        self.body.html.shrink_to_fit();
        self.body.holes.shrink_to_fit();
        self.sections.shrink_to_fit();
        for section in &mut self.sections {
            section.text.shrink_to_fit();
            section.code.shrink_to_fit();
            section.links.shrink_to_fit();
            section.verbatim.shrink_to_fit();
        }
        self.occurrences.tags.shrink_to_fit();
        self.occurrences.anchors.shrink_to_fit();
        self.occurrences.definitions.shrink_to_fit();
    }
}

/// What parsing a note gives: the note, where it can be read, and what is wrong with it.
pub type Outcome = (Option<Arc<Note>>, Vec<Diagnostic>);

/// Reads one note. `None` when its front matter cannot be read: the note might have said `publish: false`, so it is held back, and a
/// diagnostic says so.
#[must_use]
pub fn parse(source: &SourceFile, options: markdown::Options) -> (Option<Note>, Vec<Diagnostic>) {
    let read = match front_matter::read(&source.file) {
        Ok(read) => read,
        Err(fault) => return (None, vec![*fault]),
    };
    let front_matter = read.front_matter;
    let mut diagnostics = read.diagnostics;
    let (mut body, faults) = markdown::read(&source.file, read.body, front_matter.title.as_deref(), front_matter.tags.clone(), options);
    body.occurrences.tags.extend(front_matter.places.tags.iter().copied());
    diagnostics.extend(faults);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    let title = front_matter.title.clone().or(body.first_heading).unwrap_or_else(|| title_of(&source.path));
    let length = Length::of(&body.outline, &body.sections);
    let mut note = Note {
        path: source.path.clone(),
        file: source.file.clone(),
        front_matter,
        title,
        outline: body.outline,
        links: body.links,
        code: body.code,
        body: body.body,
        sections: body.sections,
        anchors: body.anchors,
        tags: body.tags,
        length,
        occurrences: body.occurrences,
    };
    note.shrink();
    (Some(note), diagnostics)
}

/// The title of a note that has none: its file's name, or its folder's where the file stands for the folder.
fn title_of(path: &SourcePath) -> String {
    let stem = path.stem();
    let stands_for_folder = ["index", "_index", "readme"].iter().any(|name| stem.eq_ignore_ascii_case(name));
    let folder = path.parent().rsplit('/').next().unwrap_or("");
    if stands_for_folder && !folder.is_empty() { folder.to_owned() } else { stem.to_owned() }
}

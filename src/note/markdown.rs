//! Markdown to a note's body: one pass over the events of the parser.
//!
//! In: the text behind the front matter. Out: HTML with holes, outline, links, code blocks, visible text and anchors. Looks at nothing
//! outside the note; what needs neighbours stays a hole.

mod abbreviation;
mod anchor;
mod autolink;
mod block;
mod block_id;
mod callout;
mod cjk;
mod code;
mod comment;
mod container;
mod events;
mod footnote;
mod heading;
mod inline;
mod inline_footnote;
mod link;
mod math;
mod output;
mod raw;
mod shorthand;
mod start_tag;
mod tag;
mod text;
mod title;
mod untrusted;
mod unused;
mod visible;
mod writer;

use super::{Body, CodeBlock, Heading, Link, Occurrences, Section};
use crate::diagnostic::{Diagnostic, File};
use crate::path::Anchor;

/// What of Markdown is switched on. The default is everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Everything beyond CommonMark.
    pub extensions: bool,
    /// Whether the writers are not trusted: of raw HTML only what formats text passes, and no attributes of the writer's own.
    pub untrusted: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { extensions: true, untrusted: false }
    }
}

/// A body that was read. The fields are those of `Note`.
pub(super) struct Markdown {
    pub(super) outline: Vec<Heading>,
    pub(super) links: Vec<Link>,
    pub(super) code: Vec<CodeBlock>,
    pub(super) body: Body,
    pub(super) sections: Vec<Section>,
    pub(super) anchors: Vec<Anchor>,
    /// The front matter's tags and those in the text.
    pub(super) tags: Vec<String>,
    /// The text of the first level-1 heading that has one.
    pub(super) first_heading: Option<String>,
    /// Where the tags in the text, explicit ids and the addresses of reference links stand.
    pub(super) occurrences: Occurrences,
}

/// The names of all types of callouts.
pub fn callouts() -> impl Iterator<Item = &'static str> {
    callout::names()
}

/// A word of the interface that stands in notes, by its key.
pub(super) fn word(key: &str) -> Option<&'static str> {
    callout::word(key).or_else(|| (key == container::DETAILS).then_some(container::DETAILS))
}

/// Reads the body that starts at byte `from`. `title` and `tags` are the front matter's.
pub(super) fn read(file: &File, from: usize, title: Option<&str>, tags: Vec<String>, options: Options) -> (Markdown, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (masked, abbreviations) = if options.extensions { comment::mask(file, from, &mut diagnostics) } else { Default::default() };
    let source = writer::Source { file, text: masked.as_deref().unwrap_or(&file.text), from, abbreviations };
    let read = writer::write(source, title, tags, options, &mut diagnostics);
    (read, diagnostics)
}

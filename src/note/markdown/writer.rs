//! Events to HTML with holes: the state and the loop. Headings are written by `heading`, code by `code`, the other blocks by `block`, lines by `inline`, raw HTML
//! by `raw`.
//!
//! In: the events of the Markdown parser with their places. Out: `Markdown`. Every element that is opened is closed; nesting has a limit.

use pulldown_cmark::{Alignment, CowStr, Event, Options as Extensions};

use super::abbreviation::{Abbreviation, Abbreviations};
use super::anchor::{self, Explicit};
use super::block_id::Blocks;
use super::callout::Callouts;
use super::container::{Containers, fence};
use super::events::{Events, Piece};
use super::footnote::Footnotes;
use super::heading::OpenHeading;
use super::output::{Output, offset};
use super::raw::Raw;
use super::text::Marks;
use super::unused::{self, References};
use super::visible::Visible;
use super::{Markdown, Options, cjk};
use crate::diagnostic::{Code, Diagnostic, File};
use crate::note::{CodeBlock, Heading, Link, Occurrences};
use crate::text::Span;

/// The deepest nesting of quotes, lists and emphasis that is written; what lies deeper stands at this depth.
const DEPTH: usize = 100;

/// What is being written.
pub(super) struct Writer<'a> {
    pub(super) file: &'a File,
    /// The text that was parsed: the file's, comments masked.
    pub(super) source: &'a str,
    pub(super) options: Options,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    pub(super) out: Output,
    pub(super) visible: Visible,
    pub(super) raw: Raw,
    pub(super) footnotes: Footnotes,
    pub(super) references: References,
    pub(super) abbreviations: Abbreviations,
    pub(super) outline: Vec<Heading>,
    pub(super) links: Vec<Link>,
    pub(super) code: Vec<CodeBlock>,
    pub(super) fences: super::code::Fences,
    pub(super) explicit: Vec<Explicit>,
    /// Whether texts may hold NUL or masked bytes.
    pub(super) is_dirty: bool,
    /// Whether something was written that a reader sees.
    pub(super) has_content: bool,
    /// For every open element of limited nesting, whether it was written.
    nesting: Vec<bool>,
    depth: usize,
    is_too_deep: bool,
    /// The open heading.
    pub(super) heading: Option<OpenHeading>,
    pub(super) table: Table,
    /// What was being written when a footnote's definition started.
    pub(super) outer: Vec<(Output, String, usize)>,
    has_label: bool,
    /// A block of raw HTML or code being collected, with where each piece comes from.
    pub(super) collected: String,
    pub(super) pieces: Vec<(usize, usize)>,
    pub(super) inline: super::inline::Inline,
    pub(super) marks: Marks,
    pub(super) blocks: Blocks,
    pub(super) callouts: Callouts,
    pub(super) containers: Containers<'a>,
    pub(super) tags: Vec<String>,
    pub(super) occurrences: Occurrences,
    /// Where the pieces of the text that is being written stand.
    pub(super) pieces_of_text: Vec<Piece>,
    pub(super) title: Option<&'a str>,
    pub(super) first_heading: Option<String>,
}

#[derive(Default)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    pub(super) cell: usize,
    pub(super) in_head: bool,
    pub(super) has_body: bool,
}

/// What is written.
pub(super) struct Source<'a> {
    pub(super) file: &'a File,
    /// The file's text, comments masked.
    pub(super) text: &'a str,
    /// Where the Markdown starts in it.
    pub(super) from: usize,
    /// The abbreviations that it explains.
    pub(super) abbreviations: Vec<Abbreviation>,
}

/// Writes Markdown.
pub(super) fn write(
    source: Source<'_>,
    title: Option<&str>,
    tags: Vec<String>,
    options: Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Markdown {
    let Source { file, text: source, from, abbreviations } = source;
    let found = if options.extensions { fence::find(source, from, extensions(options)) } else { None };
    let containers = found.as_ref().map_or_else(Containers::default, |found| Containers::new(&found.fences, source));
    let source = found.as_ref().map_or(source, |found| &found.masked);
    let prepared = if options.extensions { cjk::prepare(&source[from..]) } else { None };
    let mut writer = Writer {
        file,
        source,
        options,
        diagnostics,
        out: Output::default(),
        visible: Visible::new(),
        raw: Raw::default(),
        footnotes: Footnotes::default(),
        references: References::default(),
        abbreviations: Abbreviations::new(abbreviations),
        outline: Vec::new(),
        links: Vec::new(),
        code: Vec::new(),
        fences: super::code::Fences::default(),
        explicit: Vec::new(),
        is_dirty: source.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')),
        has_content: false,
        nesting: Vec::new(),
        depth: 0,
        is_too_deep: false,
        heading: None,
        table: Table::default(),
        outer: Vec::new(),
        has_label: false,
        collected: String::new(),
        pieces: Vec::new(),
        inline: super::inline::Inline::default(),
        marks: Marks::default(),
        blocks: Blocks::default(),
        callouts: Callouts::default(),
        containers,
        tags,
        occurrences: Occurrences::default(),
        pieces_of_text: Vec::new(),
        title,
        first_heading: None,
    };
    writer.out.html.reserve(source.len() - from + (source.len() - from) / 4);
    let mut events = Events::new(source, from, prepared.as_ref(), extensions(options));
    while let Some((event, range)) = events.next() {
        std::mem::swap(&mut writer.pieces_of_text, &mut events.pieces);
        writer.event(event, range);
    }
    writer.unused_references(&events);
    writer.finish()
}

pub(super) fn extensions(options: Options) -> Extensions {
    if !options.extensions {
        return Extensions::empty();
    }
    Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_HEADING_ATTRIBUTES
        | Extensions::ENABLE_MATH
        | Extensions::ENABLE_DEFINITION_LIST
        | Extensions::ENABLE_WIKILINKS
}

impl<'a> Writer<'a> {
    pub(super) fn event(&mut self, event: Event<'a>, range: std::ops::Range<usize>) {
        self.settle_code(&event);
        if self.container_event(&event, &range) {
            self.inline.last_end = range.end;
            return;
        }
        if self.callout_event(&event, &range) {
            self.inline.last_end = range.end;
            return;
        }
        // An image's description is text and nothing else.
        if self.inline.in_image() && self.image_event(&event, &range) {
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag, &range),
            Event::Html(html) => {
                self.pieces.push((self.collected.len(), range.start));
                self.collected.push_str(&html);
            }
            Event::Text(text) if self.inline.in_code_block => self.collected.push_str(&text),
            Event::Rule => {
                self.block();
                self.forget_block();
                self.out.push_block("<hr />\n");
                self.has_content = true;
            }
            event => self.inline_event(event, &range),
        }
        self.inline.last_end = range.end;
    }

    /// What every start of a block has in common: the line before it ends.
    pub(super) fn block(&mut self) {
        self.end_line();
        if self.options.extensions {
            self.end_verbatim();
        }
        self.visible.end_line();
    }

    /// The text of an item ends, by another block or with the item.
    pub(super) fn end_line(&mut self) {
        self.end_text();
        self.name_block();
        self.end_label();
    }

    pub(super) fn end_label(&mut self) {
        self.leave_label();
        self.push_label_end();
    }

    /// What raw HTML opened in a task's label ends.
    pub(super) fn leave_label(&mut self) {
        if self.has_label {
            self.leave_raw();
        }
    }

    pub(super) fn push_label_end(&mut self) {
        if std::mem::take(&mut self.has_label) {
            self.out.push("</label>");
        }
    }

    /// Whether nothing was written yet of the item that is open.
    pub(super) fn starts_item(&self) -> bool {
        !self.out.has_hole_here() && self.raw.is_clear() && ["<li>\n<p>", "<li>"].iter().any(|start| self.out.html.ends_with(start))
    }

    /// The box of a task, whose label is the rest of its line. `state`: what stands in the box, where that is neither a space nor an `x`.
    pub(super) fn task(&mut self, is_done: bool, state: Option<char>) {
        let mut data = String::new();
        if let Some(state) = state {
            let mut value = Output::default();
            value.attribute(state.encode_utf8(&mut [0; 4]));
            data = format!(" data-task=\"{}\"", value.html);
        }
        for start in ["<li>\n<p>", "<li>"] {
            if self.out.html.ends_with(start) {
                let at = self.out.html.len() - start.len() + "<li".len();
                self.out.html.insert_str(at, &format!(" class=\"task\"{data}"));
                break;
            }
        }
        let checked = if is_done { " checked=\"\"" } else { "" };
        self.out.push(&format!("<label><input type=\"checkbox\"{data}{checked} disabled=\"\" /> "));
        self.raw.enter(false);
        self.has_label = true;
        self.has_content = true;
    }

    /// How many elements of limited nesting are open.
    pub(super) fn nesting_level(&self) -> usize {
        self.nesting.len()
    }

    /// Starts an element of limited nesting that takes `levels`; false when it is not written.
    pub(super) fn nest(&mut self, levels: usize, range: &std::ops::Range<usize>) -> bool {
        let fits = self.depth + levels <= DEPTH;
        if fits {
            self.depth += 1;
        } else if !self.is_too_deep {
            self.too_deep(Span::from(range.clone()));
        }
        self.nesting.push(fits);
        fits
    }

    /// Starts an element that only ever stands in another, and is written if that was.
    pub(super) fn nest_inner(&mut self) -> bool {
        let fits = self.nesting.last().copied().unwrap_or(true);
        self.depth += usize::from(fits);
        self.nesting.push(fits);
        fits
    }

    /// Ends an element of limited nesting.
    pub(super) fn unnest(&mut self, html: &str, on_new_line: bool) {
        let was_written = self.nesting.pop().unwrap_or(false);
        if html.ends_with('\n') {
            self.visible.end_line();
        }
        if was_written {
            self.depth -= 1;
            if on_new_line {
                self.out.start_line();
            }
            self.out.push(html);
        }
    }

    /// Reports, once a note, that something is nested too deeply. Only the start of it is shown.
    pub(super) fn too_deep(&mut self, span: Span) {
        if std::mem::replace(&mut self.is_too_deep, true) {
            return;
        }
        let text = &self.file.text;
        let start = text.floor_char_boundary(span.range().start);
        let end = text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length);
        let end = text.floor_char_boundary(end.min(start + 40)).max(start);
        self.diagnostics.push(
            Diagnostic::at(
                Code::NestedTooDeep,
                self.file.clone(),
                Span::new(start, end),
                "quotes, lists or elements are nested too deeply here",
            )
            .hint(format!("what lies deeper than {DEPTH} levels stands at that level")),
        );
    }

    /// A text as it may be written: NUL and masked bytes are gone.
    pub(super) fn clean<'t>(&self, text: CowStr<'t>) -> CowStr<'t> {
        if !self.is_dirty || !text.bytes().any(|byte| byte == 0 || byte == super::comment::MASK) {
            return text;
        }
        let extensions = self.options.extensions;
        let letters = text.chars().filter(|letter| !extensions || *letter != char::from(super::comment::MASK));
        letters.map(|letter| if letter == '\0' { '\u{fffd}' } else { letter }).collect::<String>().into()
    }

    /// The footnote whose definition is being written.
    pub(super) fn footnote(&self) -> Option<&str> {
        self.outer.last().map(|(_, label, _)| label.as_str())
    }

    /// Reports addresses of reference links that no link uses.
    fn unused_references(&mut self, events: &Events<'_>) {
        let found = events.definitions(|label, address, range| self.references.report(label, address, Span::from(range), self.file));
        self.diagnostics.extend(found);
        self.occurrences.definitions = self.references.places(events, self.source);
        self.diagnostics.extend(self.abbreviations.unused(self.file));
    }

    fn finish(mut self) -> Markdown {
        self.push_code(None);
        self.end_containers();
        self.finish_raw();
        let footnotes = std::mem::take(&mut self.footnotes);
        let placed = footnotes.finish(&mut self.out, &mut self.visible);
        for (headings, base) in placed.moved {
            for heading in headings {
                let start = &mut self.outline[heading].html_start;
                *start = start.saturating_add(offset(base));
            }
        }
        // The headings of a footnote that is not shown stay in the outline, as holes count them; they lead nowhere.
        for heading in placed.hidden {
            self.outline[heading].html_start = offset(self.out.html.len());
        }
        self.diagnostics.extend(placed.unused.iter().map(|(label, span)| unused::footnote(label, *span, self.file)));
        let mut reserved = placed.anchors;
        reserved.append(&mut self.fences.anchors);
        let own = self.explicit.iter().filter(|id| id.heading.is_none() && id.is_id);
        self.occurrences.anchors = own.map(|id| (id.anchor.clone(), id.span)).collect();
        let anchors = anchor::assign(&mut self.outline, self.explicit, reserved, self.file, self.diagnostics);
        Markdown {
            outline: self.outline,
            links: self.links,
            code: self.code,
            body: self.out.into_body(),
            sections: self.visible.into_sections(),
            anchors,
            tags: self.tags,
            first_heading: self.first_heading,
            occurrences: self.occurrences,
        }
    }
}

//! Events to HTML with holes: what stands in a line.
//!
//! In: inline events. Out: HTML, links, visible text. Blocks are the writer's.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::cjk::{is_shared, is_unspaced};
use super::link::{inline_target, wikilink_target, wikilink_text, without_size};
use super::math::to_mathml;
use super::output::offset;
use super::shorthand::{self, Tilde};
use super::writer::Writer;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::{Fill, Link, LinkKind};
use crate::text::Span;

/// The state within a line.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pub(super) in_code_block: bool,
    /// Where the event before ended.
    pub(super) last_end: usize,
    /// How many images are open, one in the description of the other.
    images: usize,
    /// The open links, and the open image.
    open: Vec<Open>,
    /// A soft break that goes away if wide text follows.
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Open {
    link: usize,
    /// Where its text starts, and the place that counts from.
    text: usize,
    place: (usize, usize),
    /// Where the event started, to tell a link without any text.
    start: usize,
    is_inline: bool,
}

#[derive(Debug, Clone, Copy)]
struct Pending {
    html: usize,
    text: usize,
    place: (usize, usize),
    /// Whether wide text stands before it, so that the marks which Chinese shares with other scripts are Chinese.
    is_behind_wide: bool,
}

impl Inline {
    pub(super) fn in_image(&self) -> bool {
        self.images > 0
    }

    /// How many links are open.
    pub(super) fn links_open(&self) -> usize {
        self.open.len()
    }

    /// The last soft break stays.
    pub(super) fn forget_break(&mut self) {
        self.pending = None;
    }

    /// The HTML behind `from` moved by `by` bytes.
    pub(super) fn moved(&mut self, from: usize, by: usize) {
        if let Some(pending) = self.pending.as_mut().filter(|pending| pending.html > from) {
            pending.html += by;
        }
    }
}

impl<'a> Writer<'a> {
    /// Adds a link and returns its number.
    pub(super) fn link(&mut self, link: Link) -> u32 {
        self.links.push(link);
        offset(self.links.len() - 1)
    }

    pub(super) fn inline_event(&mut self, event: Event<'a>, range: &std::ops::Range<usize>) {
        match event {
            Event::Text(text) => self.text(text, range),
            Event::Code(text) => {
                let text = self.clean(text);
                self.show(&text, false);
                self.out.push("<code>");
                self.out.text(&text);
                self.out.push("</code>");
            }
            Event::InlineMath(tex) => self.math(&tex, false, range),
            Event::DisplayMath(tex) => self.math(&tex, true, range),
            Event::InlineHtml(html) => {
                self.inline.pending = None;
                let start = range.start;
                let source = self.source.get(range.clone()).unwrap_or("");
                let offsets = (source != &*html).then(|| align(&html, source));
                let place = |at: usize| start + offsets.as_ref().map_or(at, |offsets| offsets.get(at).copied().unwrap_or(0));
                self.raw_html(&html, false, &place);
                self.end_marks_in_raw();
            }
            Event::FootnoteReference(label) => {
                self.inline.pending = None;
                let label = self.clean(label);
                let within = self.footnote().map(str::to_owned);
                let section = self.visible.section();
                self.footnotes.refer(&label, within.as_deref(), section, &mut self.out);
            }
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => {
                self.inline.pending = None;
                self.out.push("<br />\n");
                if !self.raw.hides() {
                    self.visible.end_line();
                }
            }
            Event::TaskListMarker(is_done) => self.task(is_done, None),
            Event::Start(_) | Event::End(_) | Event::Html(_) | Event::Rule => {}
        }
    }

    /// Whether the text is the target of a wikilink.
    pub(super) fn in_bare_wikilink(&self) -> bool {
        self.inline.open.last().is_some_and(|open| {
            let link = &self.links[open.link];
            link.kind == LinkKind::Wikilink && link.text.is_empty()
        })
    }

    pub(super) fn start_inline(&mut self, tag: Tag<'a>, range: &std::ops::Range<usize>) {
        if self.options.extensions {
            self.end_verbatim();
        }
        match tag {
            Tag::Emphasis => self.start_element("<em>", range),
            Tag::Strong => self.start_element("<strong>", range),
            Tag::Strikethrough => match self.tilde(range) {
                Some(Tilde::Text) => self.plain("~"),
                Some(Tilde::Subscript) => self.start_element("<sub>", range),
                Some(Tilde::Deleted) | None => self.start_element("<del>", range),
            },
            Tag::Superscript => self.start_element("<sup>", range),
            Tag::Subscript => self.start_element("<sub>", range),
            Tag::Link { link_type, dest_url, title, id } => {
                self.references.used(&id);
                let link = self.open_link(link_type, &dest_url, &title, range, false);
                self.references.named(link, &id);
                self.out.hole(Fill::LinkStart(link));
                self.raw.enter(false);
            }
            Tag::Image { link_type, dest_url, title, id } => {
                self.references.used(&id);
                self.inline.pending = None;
                let link = self.open_link(link_type, &dest_url, &title, range, true);
                self.references.named(link, &id);
                self.inline.images = 1;
            }
            _ => {}
        }
    }

    pub(super) fn end_inline(&mut self, tag: TagEnd, range: &std::ops::Range<usize>) {
        let links = self.inline.open.len();
        let tilde = if tag == TagEnd::Strikethrough { self.tilde(range) } else { None };
        if tilde == Some(Tilde::Text) {
            self.plain("~");
            return;
        }
        match tag {
            TagEnd::Link => self.end_marks(self.nesting_level(), links.saturating_sub(1)),
            _ => self.end_marks(self.nesting_level().saturating_sub(1), links),
        }
        match tag {
            TagEnd::Emphasis => self.end_element("</em>"),
            TagEnd::Strong => self.end_element("</strong>"),
            TagEnd::Strikethrough if tilde == Some(Tilde::Subscript) => self.end_element("</sub>"),
            TagEnd::Strikethrough => self.end_element("</del>"),
            TagEnd::Superscript => self.end_element("</sup>"),
            TagEnd::Subscript => self.end_element("</sub>"),
            TagEnd::Link => {
                self.leave_raw();
                if let Some((link, text)) = self.close_link(range) {
                    // `[[note|]]` shows what `[[note]]` does: a link without a text cannot be seen.
                    if self.links[link].kind == LinkKind::Wikilink && text.is_empty() && self.out.has_hole_here() {
                        let shown = wikilink_text(&self.links[link].target);
                        self.out.text(&shown);
                        self.show(&shown, true);
                    }
                    if self.links[link].kind != LinkKind::Wikilink || !self.links[link].text.is_empty() {
                        self.links[link].text = text;
                    }
                    self.out.hole(Fill::LinkEnd(offset(link)));
                }
            }
            _ => {}
        }
    }

    /// An event within an image: only its text counts. False for the end of the outermost image's surroundings.
    pub(super) fn image_event(&mut self, event: &Event<'a>, range: &std::ops::Range<usize>) -> bool {
        match event {
            Event::Start(Tag::Image { id, .. }) => {
                self.references.used(id);
                self.inline.images += 1;
            }
            Event::Start(Tag::Link { id, .. }) => self.references.used(id),
            Event::End(TagEnd::Image) => {
                self.inline.images -= 1;
                if self.inline.images == 0 {
                    self.end_image(range);
                }
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let text = self.clean(text.clone());
                self.visible.push(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.visible.push(" "),
            _ => {}
        }
        self.inline.last_end = range.end;
        true
    }

    fn end_image(&mut self, range: &std::ops::Range<usize>) {
        let start = self.inline.open.last().map_or(0, |open| open.text);
        let Some((link, text)) = self.close_link(range) else { return };
        let is_bare = self.links[link].kind == LinkKind::Embed && self.links[link].text.is_empty();
        // The size that may stand behind the text, and a name that is shown only when the picture is not, are no text.
        let length = if is_bare {
            0
        } else if self.options.extensions {
            without_size(&text)
        } else {
            text.len()
        };
        let length = if self.raw.hides() { 0 } else { length };
        self.visible.truncate(start + length);
        if !is_bare {
            self.links[link].text = text;
        }
        self.out.hole(Fill::Embed(offset(link)));
        self.has_content = true;
    }

    /// What a deletion with single tildes is.
    fn tilde(&self, range: &std::ops::Range<usize>) -> Option<Tilde> {
        if self.options.extensions { shorthand::tilde(self.source, range) } else { None }
    }

    fn start_element(&mut self, html: &str, range: &std::ops::Range<usize>) {
        if self.nest(1, range) {
            self.out.push(html);
        }
        self.raw.enter(false);
    }

    /// An element ends, and what raw HTML opened in it.
    fn end_element(&mut self, html: &str) {
        self.leave_raw();
        self.unnest(html, false);
    }

    fn open_link(&mut self, link_type: LinkType, target: &str, title: &str, range: &std::ops::Range<usize>, is_image: bool) -> u32 {
        let target = self.clean(target.into()).into_string();
        let title = self.clean(title.into()).into_string();
        let mut span = Span::from(range.clone());
        let mut text = String::new();
        let mut is_inline = false;
        let (kind, target) = match link_type {
            LinkType::WikiLink { has_pothole } => {
                span = wikilink_target(self.source, range.clone()).unwrap_or(span);
                if has_pothole {
                    // Replaced when the link ends; tells until then that there is a text.
                    text.push('|');
                }
                // In a table the `|` is escaped, and the backslash is none of the target's.
                let target = target.trim_end_matches('\\').trim().to_owned();
                (if is_image { LinkKind::Embed } else { LinkKind::Wikilink }, target)
            }
            LinkType::Email => {
                span = Span::new(range.start + 1, range.end.saturating_sub(1).max(range.start + 1));
                (LinkKind::Link, format!("mailto:{target}"))
            }
            LinkType::Autolink => {
                span = Span::new(range.start + 1, range.end.saturating_sub(1).max(range.start + 1));
                (LinkKind::Link, target)
            }
            link_type => {
                is_inline = link_type == LinkType::Inline;
                (if is_image { LinkKind::Image } else { LinkKind::Link }, target)
            }
        };
        let number = self.link(Link { kind, target, title, text, span });
        let start = self.visible.here().text.len();
        let place = self.visible.place();
        self.inline.open.push(Open { link: number as usize, text: start, place, start: range.start, is_inline });
        number
    }

    /// Ends the innermost link or image; returns its number and text.
    fn close_link(&mut self, range: &std::ops::Range<usize>) -> Option<(usize, String)> {
        let open = self.inline.open.pop()?;
        if open.is_inline {
            // The event before is the link's own start when it has no text.
            let text_end = if self.inline.last_end >= range.end { open.start + 1 } else { self.inline.last_end };
            if let Some(span) = inline_target(self.source, range.clone(), text_end) {
                self.links[open.link].span = span;
            }
        }
        let is_here = open.place == self.visible.place();
        let text = if is_here { self.visible.here().text.get(open.text..).unwrap_or("").to_owned() } else { String::new() };
        if is_here && !self.raw.hides() {
            self.visible.end_link(offset(open.link), open.text);
        }
        Some((open.link, text))
    }

    /// Counts a text as seen. `may_join`: whether it is running text, which wide letters join across a line break.
    pub(super) fn show(&mut self, text: &str, may_join: bool) {
        let Some(first) = text.chars().next() else { return };
        if let Some(pending) = self.inline.pending.take()
            && may_join
            && (is_unspaced(first) || (pending.is_behind_wide && is_shared(first)))
            && pending.place == self.visible.place()
            && self.out.html.as_bytes().get(pending.html) == Some(&b'\n')
        {
            self.out.remove_break(pending.html);
            self.marks.removed(pending.html, pending.text, pending.place);
            let here = self.visible.here();
            if here.text.as_bytes().get(pending.text) == Some(&b' ') {
                here.text.remove(pending.text);
                for open in self.inline.open.iter_mut().filter(|open| open.text > pending.text) {
                    open.text -= 1;
                }
            }
        }
        self.has_content = true;
        if self.raw.hides() {
            return;
        }
        self.visible.push(text);
        if !may_join || self.raw.in_code() {
            let start = self.visible.here().text.len() - text.len();
            self.visible.end_verbatim(start);
        }
    }

    fn soft_break(&mut self) {
        let place = self.visible.place();
        let here = &mut self.visible.here().text;
        let mut before = here.chars().rev();
        let last = before.next();
        let is_behind_wide = last.is_some_and(is_unspaced);
        let is_shared = last.is_some_and(is_shared) && before.find(|letter| !is_shared(*letter)).is_some_and(is_unspaced);
        if self.options.extensions && (is_behind_wide || is_shared) {
            self.inline.pending = Some(Pending { html: self.out.html.len(), text: here.len(), place, is_behind_wide });
        } else {
            self.inline.pending = None;
        }
        self.out.push("\n");
        if !self.raw.hides() && !here.is_empty() && !here.ends_with(char::is_whitespace) {
            here.push(' ');
        }
    }

    fn math(&mut self, tex: &str, is_display: bool, range: &std::ops::Range<usize>) {
        let tex = self.clean(tex.into());
        self.show(&tex, false);
        match to_mathml(&tex, is_display) {
            Ok(mathml) => self.out.push(&mathml),
            Err(message) => {
                self.out.push("<code class=\"math\">");
                self.out.text(&tex);
                self.out.push("</code>");
                self.diagnostics.push(
                    Diagnostic::at(
                        Code::Math,
                        self.file.clone(),
                        Span::from(range.clone()),
                        format!("the formula cannot be read: {message}"),
                    )
                    .hint("it is shown as written; if it is no formula, write `\\$` for a dollar sign"),
                );
            }
        }
    }
}

/// Where each byte of a tag stands in the source, which has the marks of quotes and lists at the start of its lines.
fn align(html: &str, source: &str) -> Vec<usize> {
    let mut at = 0;
    let mut offsets = Vec::with_capacity(html.len() + 1);
    for byte in html.bytes() {
        let skipped = source.as_bytes()[at..].iter().position(|other| *other == byte).unwrap_or(0);
        at = (at + skipped).min(source.len());
        offsets.push(at);
        at = (at + 1).min(source.len());
    }
    offsets.push(at);
    // A match that went astray must not end inside a character.
    offsets.iter().map(|at| source.floor_char_boundary(*at)).collect()
}

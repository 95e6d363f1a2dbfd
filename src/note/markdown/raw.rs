//! Raw HTML: passed through, but kept from reaching beyond its place.
//!
//! In: pieces of raw HTML as Markdown has them. Out: HTML whose open elements, comments and tags end where their surroundings end;
//! references become holes, ids anchors, text visible text. Without extensions the HTML stays as it is, but for the holes.

use super::tag::{self, Tag, Token, decode, replaces};
use super::writer::Writer;
use crate::text::Span;

/// Open elements and what hides text.
#[derive(Debug, Default)]
pub(super) struct Raw {
    open: Vec<Element>,
    /// Where in `open` the elements of each Markdown block start.
    barriers: Vec<Barrier>,
    /// The element whose content is no HTML: `script`, `style`…
    verbatim: Option<String>,
    /// Whether that element is left out, with its content.
    is_left_out: bool,
    hidden: usize,
    /// Whether an end tag ended a paragraph, so that the rest of it may be empty.
    pub(super) has_left: bool,
}

#[derive(Debug)]
struct Element {
    name: String,
    is_hidden: bool,
    /// The link it makes and where its text starts.
    link: Option<(usize, (usize, usize), usize)>,
}

#[derive(Debug, Clone, Copy)]
struct Barrier {
    start: usize,
    /// Whether an end tag inside may close what was opened before it: only in paragraphs.
    is_soft: bool,
}

/// How deep elements may nest.
const DEPTH: usize = 200;

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "keygen", "frame"];

/// Elements whose end tag may be left out.
const OPTIONAL: &[&str] =
    &["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "caption", "rt", "rp"];

/// Elements whose content is no HTML.
const VERBATIM: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// Elements that belong to the page as a whole, which a note must not touch.
const OF_PAGE: &[&str] = &["html", "head", "body", "base", "frameset", "frame", "plaintext"];

/// Elements that go on inside a line of text.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "input", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb", "rp", "rt", "ruby", "s", "samp", "select", "small", "source",
    "span", "strike", "strong", "sub", "sup", "svg", "textarea", "time", "tt", "u", "var", "video", "wbr", "path", "g", "use",
];

/// Whether an element may have this name: that of HTML, SVG, MathML or a custom element.
fn is_name(name: &str) -> bool {
    name.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.' | ':'))
}

impl Raw {
    /// Whether text here is not seen.
    pub(super) fn hides(&self) -> bool {
        self.hidden > 0 || self.is_left_out || self.verbatim.as_deref().is_some_and(|name| name != "textarea" && name != "xmp")
    }

    /// Whether raw HTML has a link open here.
    pub(super) fn in_link(&self) -> bool {
        self.open.iter().any(|element| element.name == "a")
    }

    /// Whether raw HTML says that what follows is code.
    pub(super) fn in_code(&self) -> bool {
        self.open.iter().any(|element| matches!(element.name.as_str(), "code" | "pre" | "kbd" | "samp" | "svg" | "math"))
    }

    /// Whether what follows is no HTML at all.
    pub(super) fn is_verbatim(&self) -> bool {
        self.verbatim.is_some()
    }

    /// Whether what follows belongs to an element that is left out with its content.
    pub(super) fn is_left_out(&self) -> bool {
        self.is_left_out
    }

    /// Whether a browser reads what follows as SVG or MathML, where no element's content is verbatim and any may close itself.
    fn is_foreign(&self) -> bool {
        let html = |name: &str| matches!(name, "foreignobject" | "desc" | "title" | "annotation-xml" | "mi" | "mo" | "mn" | "ms" | "mtext");
        let names = self.open.iter().rev().map(|element| element.name.as_str());
        names.take_while(|name| !html(name)).any(|name| matches!(name, "svg" | "math"))
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether raw HTML has nothing open in the innermost Markdown block.
    pub(super) fn is_clear(&self) -> bool {
        self.open.len() <= self.barriers.last().map_or(0, |barrier| barrier.start)
    }

    /// The innermost Markdown block turns out to be none: what was opened in it belongs to the one around it.
    pub(super) fn merge(&mut self) {
        self.barriers.pop();
    }

    /// A Markdown block starts.
    pub(super) fn enter(&mut self, is_soft: bool) {
        self.barriers.push(Barrier { start: self.open.len(), is_soft });
    }
}

impl Writer<'_> {
    /// A Markdown block ends: so does what was opened in it.
    pub(super) fn leave_raw(&mut self) {
        let start = self.raw.barriers.pop().map_or(0, |barrier| barrier.start);
        self.close_raw(start);
    }

    /// The note ends.
    pub(super) fn finish_raw(&mut self) {
        self.raw.barriers.clear();
        self.close_raw(0);
    }

    /// A piece of raw HTML. `place` maps an offset in it to the file.
    pub(super) fn raw_html(&mut self, html: &str, is_block: bool, place: &dyn Fn(usize) -> usize) {
        // Tags are cut as they will be written, without what is masked in them.
        if self.options.extensions
            && self.is_dirty
            && let Some((html, offsets)) = super::comment::unmasked(html)
        {
            return self.raw_html(&html, is_block, &|at| place(offsets[at]));
        }
        let mut at = 0;
        while at < html.len() {
            if let Some(name) = self.raw.verbatim.clone() {
                at = self.verbatim(html, at, &name);
                continue;
            }
            at = match tag::token(html, at) {
                Token::Open(Tag { name, range, .. }) | Token::Close { name, range } if self.options.extensions && !is_name(&name) => {
                    // A browser makes an element of `<p<…>` whose end tag no reader of the body would find.
                    self.raw_text("<");
                    range.start + 1
                }
                Token::Text(range) => {
                    self.raw_text(&html[range.clone()]);
                    range.end
                }
                Token::Comment(range, _) if self.options.untrusted => range.end,
                Token::Comment(range, has_end) => {
                    if self.options.extensions {
                        // Nothing in it may be taken for a tag by whoever reads the body later.
                        self.out.push("<");
                        self.push_raw(&html[range.start + 1..range.end].replace('<', "&lt;"));
                    } else {
                        self.push_raw(&html[range.clone()]);
                    }
                    if !has_end && self.options.extensions {
                        // A line comment's end is no end: the comment would swallow the page.
                        self.out.push(if html[range.clone()].starts_with("<!--") { "-->" } else { ">" });
                    }
                    range.end
                }
                Token::Unfinished(range) => {
                    if self.options.extensions {
                        let text = self.clean(html[range.clone()].into());
                        self.out.text(&text);
                    } else {
                        self.push_raw(&html[range.clone()]);
                    }
                    range.end
                }
                Token::Open(tag) => {
                    self.open(html, &tag, place);
                    tag.range.end
                }
                Token::Close { range, name } => {
                    let end = format!("</{name}>");
                    self.close(if self.options.untrusted { &end } else { &html[range.clone()] }, &name);
                    range.end
                }
            };
        }
        if is_block && self.options.extensions {
            self.end_verbatim();
        }
    }

    /// What stands in a `script` and the like, up to its end tag.
    fn verbatim(&mut self, html: &str, at: usize, name: &str) -> usize {
        let rest = &html[at..];
        let end = rest.match_indices("</").map(|(end, _)| end).find(|end| {
            let tag = &rest.as_bytes()[end + 2..];
            tag.len() >= name.len()
                && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && tag.get(name.len()).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
        });
        let text = &rest[..end.unwrap_or(rest.len())];
        if self.raw.is_left_out {
            // Neither is what it holds.
        } else if self.options.extensions && matches!(name, "textarea" | "title") {
            // It may hold entities, so nothing in it need look like a tag.
            self.push_raw(&text.replace('<', "&lt;"));
        } else {
            self.push_raw(text);
        }
        if !self.raw.hides() {
            let text = decode(text);
            self.visible.push(&text);
        }
        let Some(end) = end else { return html.len() };
        let length = rest[end..].find('>').map_or(rest.len() - end, |length| length + 1);
        self.raw.verbatim = None;
        if std::mem::take(&mut self.raw.is_left_out) {
            // Its start was not written.
        } else if rest[end..].contains('>') {
            self.push_raw(&rest[end..end + length]);
        } else {
            self.out.push(&format!("</{name}>"));
        }
        at + end + length
    }

    /// Ends an element whose content is no HTML: what Markdown writes next would be swallowed by it.
    pub(super) fn end_verbatim(&mut self) {
        if let Some(name) = self.raw.verbatim.take()
            && !std::mem::take(&mut self.raw.is_left_out)
        {
            self.out.push(&format!("</{name}>"));
        }
    }

    fn raw_text(&mut self, text: &str) {
        if self.options.extensions && text.starts_with('<') {
            self.out.push("&lt;");
            self.push_raw(&text[1..]);
        } else {
            self.push_raw(text);
        }
        if self.raw.hides() {
            return;
        }
        let decoded = self.clean(decode(text).into());
        let here = &mut self.visible.here().text;
        for piece in decoded.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            here.push_str(word);
            if word.len() < piece.len() && !here.is_empty() && !here.ends_with(char::is_whitespace) {
                here.push(' ');
            }
        }
        if !text.trim().is_empty() {
            self.has_content = true;
        }
    }

    fn open(&mut self, html: &str, tag: &Tag, place: &dyn Fn(usize) -> usize) {
        let name = tag.name.as_str();
        if !self.may_open(tag, place) {
            if VERBATIM.contains(&name) {
                self.raw.verbatim = Some(name.to_owned());
                self.raw.is_left_out = true;
            }
            return;
        }
        if self.options.extensions && OF_PAGE.contains(&name) {
            return;
        }
        self.has_content = true;
        let is_foreign = self.raw.is_foreign();
        let is_void = VOID.contains(&name) || (tag.is_closed && is_foreign);
        if self.options.extensions && OPTIONAL.contains(&name) && self.raw.open.last().is_some_and(|element| replaces(name, &element.name))
        {
            let start = self.raw.barriers.last().map_or(0, |barrier| barrier.start);
            if self.raw.open.len() > start {
                self.pop_raw();
            }
        }
        if !INLINE.contains(&name) || name == "br" {
            self.visible.end_line();
        }
        if !is_void && self.raw.open.len() >= DEPTH {
            self.too_deep(Span::new(place(tag.range.start), place(tag.range.end)));
            return;
        }
        let link = self.start_tag_of_html(html, tag, place);
        if is_void {
            return;
        }
        if VERBATIM.contains(&name) && !is_foreign {
            self.raw.verbatim = Some(name.to_owned());
            return;
        }
        let is_hidden = matches!(name, "template" | "script" | "style") || tag.attribute("hidden").is_some();
        self.raw.hidden += usize::from(is_hidden);
        let start = self.visible.here().text.len();
        let link = link.map(|link| (link, self.visible.place(), start));
        self.raw.open.push(Element { name: name.to_owned(), is_hidden, link });
    }

    fn close(&mut self, html: &str, name: &str) {
        if !INLINE.contains(&name) {
            self.visible.end_line();
        }
        if !self.options.extensions {
            // Nothing is mended, but what hides text must still end.
            self.push_raw(html);
            if let Some(found) = self.raw.open.iter().rposition(|element| element.name == name) {
                while self.raw.open.len() > found {
                    self.pop_raw();
                }
            }
            return;
        }
        if OF_PAGE.contains(&name) {
            return;
        }
        if name == "br" {
            // A browser makes a line break of it, and so do we.
            self.out.push("<br>");
            return;
        }
        let mut floor = 0;
        for barrier in self.raw.barriers.iter().rev() {
            if !barrier.is_soft {
                floor = barrier.start;
                break;
            }
        }
        // An end tag without a start would close something of the page.
        let Some(found) = self.raw.open[floor.min(self.raw.open.len())..].iter().rposition(|element| element.name == name) else { return };
        let found = floor + found;
        // Closed from within a paragraph, it ends the paragraph.
        let paragraph = self.raw.barriers.last().filter(|barrier| barrier.is_soft && found < barrier.start).map(|barrier| barrier.start);
        if let Some(start) = paragraph {
            self.close_raw(start);
            self.out.push("</p>\n");
        }
        self.close_raw(found + 1);
        self.pop_raw();
        self.push_raw(html);
        if paragraph.is_some() {
            self.out.push("\n<p>");
            self.raw.has_left = true;
        }
        for barrier in &mut self.raw.barriers {
            barrier.start = barrier.start.min(self.raw.open.len());
        }
    }

    /// Ends all elements from `start` on, the innermost first.
    fn close_raw(&mut self, start: usize) {
        if self.options.extensions && self.raw.open.len() <= start && self.raw.verbatim.is_none() {
            return;
        }
        if self.options.extensions {
            self.end_verbatim();
        }
        while self.raw.open.len() > start {
            let Some(name) = self.pop_raw() else { break };
            if self.options.extensions && !OPTIONAL.contains(&name.as_str()) {
                self.out.push("</");
                self.out.push(&name);
                self.out.push(">");
            }
        }
    }

    fn pop_raw(&mut self) -> Option<String> {
        let element = self.raw.open.pop()?;
        self.raw.hidden -= usize::from(element.is_hidden);
        if let Some((link, place, start)) = element.link
            && place == self.visible.place()
            && let Some(text) = self.visible.here().text.get(start..)
        {
            let text = text.trim().to_owned();
            self.links[link].text = text;
            if self.raw.hidden == 0 {
                self.visible.end_link(super::output::offset(link), start);
            }
        }
        Some(element.name)
    }

    pub(super) fn push_raw(&mut self, html: &str) {
        if self.is_dirty {
            let html = self.clean(html.into());
            self.out.push(&html);
        } else {
            self.out.push(html);
        }
    }
}

//! Headings: their attributes, their text for the outline, and which of them is the note's title.
//!
//! In: the start and the end of a heading. Out: HTML with holes for its id and its permalink, and an entry of the outline.

use pulldown_cmark::CowStr;

use super::anchor::Explicit;
use super::output::offset;
use super::writer::Writer;
use crate::note::{Fill, Heading};
use crate::path::Anchor;
use crate::text::Span;

/// The heading being written.
pub(super) struct OpenHeading {
    html: usize,
    holes: usize,
    is_first: bool,
    /// What stands in braces at its end and was taken for attributes, but is text.
    braces: String,
    /// The emojis written by their names: the name with its colons, the emoji.
    pub(super) emojis: Vec<(String, String)>,
}

impl<'a> Writer<'a> {
    /// A heading starts.
    pub(super) fn start_heading(
        &mut self,
        level: u8,
        id: Option<CowStr<'a>>,
        classes: &[CowStr<'a>],
        attributes: &[(CowStr<'a>, Option<CowStr<'a>>)],
        range: &std::ops::Range<usize>,
    ) {
        self.block();
        self.forget_block();
        self.out.start_line();
        // `{b}` and `{{ x }}` are text: what asks for something has an id, a class or a value.
        let is_text = id.is_none() && classes.is_empty() && attributes.iter().all(|(_, value)| value.is_none());
        let braces = if is_text && self.options.extensions { self.braces(range) } else { String::new() };
        let is_first = self.first_heading.is_none()
            && !self.has_content
            && self.outer.is_empty()
            && (level == 1 || super::title::stands_alone(&self.source[range.end..], level));
        self.heading = Some(OpenHeading { html: self.out.html.len(), holes: self.out.holes.len(), is_first, braces, emojis: Vec::new() });
        let index = self.outline.len();
        let start = range.start;
        let end = start + self.source[range.clone()].trim_end().len();
        let mut heading = Heading {
            level,
            text: String::new(),
            anchor: Anchor::default(),
            span: Span::new(start, end),
            html_start: offset(self.out.html.len()),
            is_title: false,
        };
        if let Some(id) = id {
            let anchor = Anchor::explicit(&self.clean(id));
            heading.anchor = anchor.clone();
            self.explicit.push(Explicit { anchor, span: heading.span, heading: Some(index), is_id: true });
        }
        self.outline.push(heading);
        self.out.push(&format!("<h{level}"));
        if self.options.extensions {
            self.out.push(" id=\"");
            self.out.hole(Fill::HeadingId(offset(index)));
            self.out.push("\"");
        }
        // An untrusted writer's classes could imitate the page's own parts.
        let own = !classes.is_empty() || (!is_text && !attributes.is_empty());
        if own && self.options.untrusted {
            self.left_out(Span::new(start, end), "an attribute of the heading");
        }
        if !classes.is_empty() && !self.options.untrusted {
            let classes: Vec<&str> = classes.iter().map(|class| &**class).collect();
            let classes = self.clean(classes.join(" ").into());
            self.out.push(" class=\"");
            self.out.attribute(&classes);
            self.out.push("\"");
        }
        let mut seen: Vec<&str> = vec!["id", "class"];
        let may_have = !is_text && !self.options.untrusted;
        for (name, value) in attributes.iter().filter(|_| may_have) {
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'));
            if !is_name || seen.iter().any(|known| known.eq_ignore_ascii_case(name)) || seen.len() > 20 {
                continue;
            }
            seen.push(name);
            let value = self.clean(value.clone().unwrap_or_else(|| "".into()));
            if self.is_refused(name, &value, Span::new(start, end)) {
                continue;
            }
            self.out.push(&format!(" {name}=\""));
            self.out.attribute(&value);
            self.out.push("\"");
        }
        self.out.push(">");
        self.visible.start_aside();
        self.raw.enter(false);
    }

    /// What the parser takes for attributes at a heading's end, with the space before it.
    fn braces(&self, range: &std::ops::Range<usize>) -> String {
        let text = self.source[range.clone()].trim_end();
        let text = if text.starts_with('#') { text } else { text.trim_end_matches(['=', '-', '>', ' ', '\t', '\n', '\r']) };
        let inside = text.strip_suffix('}').unwrap_or("");
        let Some(start) = inside.rfind(['{', '}', '<', '>', '\\', '\n', '\r']).filter(|at| inside[*at..].starts_with('{')) else {
            return String::new();
        };
        text[text[..start].trim_end().len()..].to_owned()
    }

    /// It ends.
    pub(super) fn end_heading(&mut self) {
        if let Some(braces) = self.heading.as_mut().map(|heading| std::mem::take(&mut heading.braces)).filter(|braces| !braces.is_empty()) {
            let braces = self.clean(braces.into());
            self.out.text(&braces);
            self.show(&braces, true);
        }
        self.end_text();
        self.leave_label();
        self.leave_raw();
        self.push_label_end();
        let written = self.visible.end_aside().text;
        let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let index = self.outline.len().saturating_sub(1);
        let Some(open) = self.heading.take() else { return };
        let Some(heading) = self.outline.last_mut() else { return };
        heading.text.clone_from(&text);
        if heading.anchor.as_str().is_empty() {
            // GitHub counts every space, and the names of emojis.
            heading.anchor = Anchor::from_heading(&with_names(written, &open.emojis));
        }
        let level = heading.level;
        let is_title = open.is_first && !text.is_empty() && self.title.is_none_or(|title| title.trim() == text);
        if (level == 1 || open.is_first) && self.first_heading.is_none() && !text.is_empty() {
            self.first_heading = Some(text);
        }
        if is_title && self.options.extensions {
            heading.is_title = true;
            self.out.truncate(open.html, open.holes);
        } else {
            if self.options.extensions {
                self.out.hole(Fill::HeadingEnd(offset(index)));
            }
            self.out.push(&format!("</h{level}>\n"));
        }
        self.has_content = true;
        if self.outer.is_empty() {
            self.visible.start_section((!self.outline[index].is_title).then(|| offset(index)));
        }
    }
}

/// The text with the emojis that were written by their names as they were written.
fn with_names(text: String, emojis: &[(String, String)]) -> String {
    if emojis.is_empty() {
        return text;
    }
    let mut rest = text.as_str();
    let mut named = String::with_capacity(text.len());
    for (name, emoji) in emojis {
        let Some(at) = rest.find(emoji.as_str()) else { continue };
        named.push_str(&rest[..at]);
        named.push_str(name);
        rest = &rest[at + emoji.len()..];
    }
    named.push_str(rest);
    named
}

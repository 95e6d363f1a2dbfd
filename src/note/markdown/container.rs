//! Containers: what stands between `:::name` and `:::`, as Pandoc, VitePress and Docusaurus write it.
//!
//! In: fences, in the events between which they stand. Out: the markup around the content, which is ordinary Markdown. A container ends with its fence, with
//! the quote, item or footnote that it was opened in, or with the note. `container::fence` finds the fences, `container::title` writes titles.

pub(super) mod fence;
mod tabs;
mod title;

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use self::fence::{Fence, Header};
use super::callout;
use super::writer::Writer;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::note::Fill;
use crate::text::Span;

/// The word on a fold that has no title, by its key.
pub(super) const DETAILS: &str = "container_details";

/// The names that are no callouts.
const NAMES: &[&str] = &["details", "tabs", "tab", "code-group", "steps", "cards", "card", "figure"];

/// How many open containers a closing fence is compared with.
const DEPTH: usize = 200;

/// The containers of a note.
#[derive(Debug, Default)]
pub(super) struct Containers<'a> {
    /// The fences, and the text in which they are not masked.
    fences: &'a [Fence],
    plain: &'a str,
    is_in_fence: bool,
    open: Vec<Open>,
    /// How many groups of tabs there were, to name them.
    groups: usize,
}

/// An open container.
#[derive(Debug)]
struct Open {
    what: What,
    name: String,
    colons: usize,
    span: Span,
    /// How many elements of limited nesting are open around it.
    level: usize,
    /// How many texts are written aside around it.
    aside: usize,
    is_written: bool,
    end: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// Tabs, each a container or a code block: the group's number, and how many tabs it has by now.
    Tabs { group: usize, count: usize, is_code: bool },
    /// Cards.
    Cards,
    /// Something with a caption, if that is not empty.
    Figure(Range<usize>),
    /// Anything else.
    Other,
}

impl<'a> Containers<'a> {
    pub(super) fn new(fences: &'a [Fence], plain: &'a str) -> Self {
        Self { fences, plain, ..Self::default() }
    }
}

impl<'a> Writer<'a> {
    /// Looks at an event before anyone else does; true when it was all about a fence.
    pub(super) fn container_event(&mut self, event: &Event<'_>, range: &Range<usize>) -> bool {
        if self.containers.fences.is_empty() {
            return false;
        }
        match event {
            Event::Start(Tag::HtmlBlock) => {
                if let Some(number) = fence::at(self.containers.fences, self.source, range) {
                    self.fence(number);
                    // Not before: a title has events of its own.
                    self.containers.is_in_fence = true;
                }
            }
            Event::Html(_) if !self.containers.is_in_fence => {
                let Some(number) = fence::at(self.containers.fences, self.source, range) else { return false };
                // It ends the HTML that it stands in, too.
                self.end_html_block();
                self.fence(number);
                return true;
            }
            Event::End(TagEnd::HtmlBlock) => return std::mem::take(&mut self.containers.is_in_fence),
            _ => {}
        }
        self.containers.is_in_fence
    }

    fn fence(&mut self, number: usize) {
        let fences = self.containers.fences;
        let Some(fence) = fences.get(number) else { return };
        self.block();
        match &fence.header {
            Some(header) => self.open_container(fence, header),
            None => self.close_fence(fence),
        }
    }

    /// A fence that ends the innermost container of its length, else the innermost that is shorter.
    fn close_fence(&mut self, fence: &Fence) {
        let here = self.containers_here();
        let found = here
            .iter()
            .position(|open| self.containers.open[*open].colons == fence.colons)
            .or_else(|| here.iter().position(|open| self.containers.open[*open].colons < fence.colons));
        match found.map(|found| here[found]) {
            Some(found) => {
                while self.containers.open.len() > found + 1 {
                    self.end_unclosed();
                }
                self.end_container();
            }
            None => {
                self.start_paragraph();
                let text = &self.containers.plain[fence.range.clone()];
                self.show(text, false);
                self.out.text(text);
                self.end_paragraph();
                let message = format!("`{text}` ends no container");
                let hint = if here.is_empty() {
                    "remove it, or write a name behind it: `::: tip`"
                } else {
                    "it needs as many colons as the line that starts the container"
                };
                let span = Span::from(fence.range.clone());
                self.diagnostics.push(Diagnostic::at(Code::UnclosedContainer, self.file.clone(), span, message).hint(hint));
            }
        }
    }

    /// The containers that may end here, the innermost first: those opened in the quote, item or footnote that is written.
    fn containers_here(&self) -> Vec<usize> {
        let (mut level, aside) = (self.nesting_level(), self.outer.len());
        let mut here = Vec::new();
        for (number, open) in self.containers.open.iter().enumerate().rev().take(DEPTH) {
            if open.aside != aside || open.level + 1 != level {
                break;
            }
            level = open.level;
            here.push(number);
        }
        here
    }

    /// The container in which the next block stands.
    fn container(&mut self) -> Option<&mut Open> {
        let (level, aside) = (self.nesting_level(), self.outer.len());
        self.containers.open.last_mut().filter(|open| open.aside == aside && open.level + 1 == level)
    }

    /// A quote, an item, a footnote or the note ends, and so do the containers in it.
    pub(super) fn end_containers(&mut self) {
        while self.container().is_some() {
            self.block();
            self.end_unclosed();
        }
    }

    fn end_unclosed(&mut self) {
        if let Some(open) = self.containers.open.last() {
            let message = format!("the container `{}` has no end", open.name);
            let hint = format!("end it with a line of {} colons: `{}`", open.colons, ":".repeat(open.colons.min(20)));
            self.diagnostics.push(Diagnostic::at(Code::UnclosedContainer, self.file.clone(), open.span, message).hint(hint));
        }
        self.end_container();
    }

    fn end_container(&mut self) {
        let Some(open) = self.containers.open.pop() else { return };
        self.leave_raw();
        if let What::Figure(caption) = open.what
            && !caption.is_empty()
        {
            if open.is_written {
                self.out.push_block("<figcaption>");
            }
            self.container_title(caption);
            if open.is_written {
                self.out.push("</figcaption>\n");
            }
        }
        self.unnest(open.end, true);
        self.close_block();
    }

    fn open_container(&mut self, fence: &Fence, header: &Header) {
        let name = header.name.as_str();
        let span = Span::from(fence.range.clone());
        self.forget_block();
        self.open_block();
        self.has_content = true;
        let parent = self.container().map(|open| open.what.clone());
        let mut what = What::Other;
        let level = self.nesting_level();
        let is_written = self.nest(2, &fence.range);
        let mut end = "</div>\n";
        // Quarto writes `callout-tip`.
        if let Some((class, word)) = callout::known(name.strip_prefix("callout-").unwrap_or(name)) {
            self.start_tag(is_written, "div", &format!("callout {class}"), "role=\"note\"", header);
            self.title_in(is_written, "<p class=\"callout-title\">", "</p>\n", header, Some(word));
        } else {
            match (name, &parent) {
                ("details", _) => {
                    let open = if header.says("open") { "open=\"\"" } else { "" };
                    self.start_tag(is_written, "details", "details", open, header);
                    self.title_in(is_written, "<summary>", "</summary>\n", header, Some(DETAILS));
                    end = "</details>\n";
                }
                ("tabs" | "code-group", _) => {
                    self.containers.groups += 1;
                    let is_code = name == "code-group";
                    what = What::Tabs { group: self.containers.groups, count: 0, is_code };
                    self.start_tag(is_written, "div", if is_code { "tabs code-group" } else { "tabs" }, "", header);
                    self.title_in(is_written, "<p class=\"container-title\">", "</p>\n", header, None);
                }
                ("tab", Some(What::Tabs { group, count, is_code: false })) => {
                    let (group, count) = (*group, *count);
                    if let Some(What::Tabs { count, .. }) = self.containers.open.last_mut().map(|open| &mut open.what) {
                        *count += 1;
                    }
                    self.start_tag(is_written, "div", "tab", "", header);
                    self.start_label(is_written, group, count);
                    if header.title.is_empty() {
                        let number = (count + 1).to_string();
                        self.show(&number, false);
                        self.out.push(&number);
                    } else {
                        self.container_title(header.title.clone());
                    }
                    self.end_tab_label(is_written);
                    end = "</div></div>\n";
                }
                ("steps", _) => {
                    self.start_tag(is_written, "div", "steps", "", header);
                    self.title_in(is_written, "<p class=\"container-title\">", "</p>\n", header, None);
                }
                ("cards", _) => {
                    what = What::Cards;
                    self.start_tag(is_written, "div", "cards", "", header);
                    self.title_in(is_written, "<p class=\"container-title\">", "</p>\n", header, None);
                }
                ("card", Some(What::Cards)) => {
                    self.start_tag(is_written, "div", "card", "", header);
                    self.title_in(is_written, "<p class=\"card-title\">", "</p>\n", header, None);
                }
                ("figure", _) => {
                    what = What::Figure(header.title.clone());
                    self.start_tag(is_written, "figure", "", "", header);
                    end = "</figure>\n";
                }
                _ => {
                    self.unknown_container(header);
                    let mut value = super::output::Output::default();
                    value.attribute(name);
                    self.start_tag(is_written, "div", "container", &format!("data-container=\"{}\"", value.html), header);
                    self.title_in(is_written, "<p class=\"container-title\">", "</p>\n", header, None);
                }
            }
        }
        self.visible.end_line();
        self.forget_names();
        self.raw.enter(false);
        let aside = self.outer.len();
        self.containers.open.push(Open { what, name: header.name.clone(), colons: fence.colons, span, level, aside, is_written, end });
    }

    fn unknown_container(&mut self, header: &Header) {
        let name = header.name.as_str();
        let home = match name {
            "tab" => Some("tabs"),
            "card" => Some("cards"),
            _ => None,
        };
        let near = if home.is_none() { nearest(name, NAMES.iter().copied().chain(callout::names())) } else { None };
        let (message, hint) = match home {
            Some(home) => (format!("a `{name}` stands directly in `{home}`"), format!("put `::::{home}` and `::::` around all of them")),
            None => {
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                let all = || format!("containers are {}, and the types of callouts", NAMES.join(", "));
                (format!("there is no container `{name}`"), hint.unwrap_or_else(all))
            }
        };
        let span = Span::from(header.name_range.clone());
        let fault = Diagnostic::at(Code::UnknownContainer, self.file.clone(), span, message).hint(hint);
        self.diagnostics.push(Diagnostic { suggestion: near.map(str::to_owned), ..fault });
    }

    /// A start tag with the writer's attributes behind those of the container.
    fn start_tag(&mut self, is_written: bool, element: &str, class: &str, attribute: &str, header: &Header) {
        if let Some(id) = header.id.clone() {
            let text = self.containers.plain;
            let anchor = crate::path::Anchor::explicit(&self.clean(text[id.clone()].into()));
            self.explicit.push(super::anchor::Explicit { anchor, span: Span::from(id), heading: None, is_id: true });
        }
        // An untrusted writer's classes could imitate the page's own parts.
        let is_own = !header.classes.is_empty() || header.values.iter().any(|(name, _)| name != "open");
        if is_own && self.options.untrusted {
            self.left_out(Span::new(header.name_range.start, header.name_range.end), "an attribute of the container");
        }
        if !is_written {
            return;
        }
        self.out.start_line();
        self.out.push("<");
        self.out.push(element);
        let classes: Vec<&str> = std::iter::once(class)
            .chain(header.classes.iter().map(String::as_str).filter(|_| !self.options.untrusted))
            .filter(|class| !class.is_empty())
            .collect();
        let classes = classes.join(" ");
        self.push_attribute("class", &classes);
        if let Some(id) = header.id.clone() {
            let text = self.containers.plain;
            self.push_attribute("id", &text[id]);
        }
        if !attribute.is_empty() {
            self.out.push(" ");
            self.out.push(attribute);
        }
        let mut seen: Vec<&str> = vec!["container", "open"];
        let is_trusted = !self.options.untrusted;
        for (name, value) in header.values.iter().filter(|_| is_trusted) {
            if !seen.contains(&name.as_str()) {
                seen.push(name);
                self.push_attribute(&format!("data-{name}"), value);
            }
        }
        self.out.push(">\n");
    }

    fn push_attribute(&mut self, name: &str, value: &str) {
        if value.is_empty() && !name.starts_with("data-") {
            return;
        }
        let value = self.clean(value.into());
        self.out.push(&format!(" {name}=\""));
        self.out.attribute(&value);
        self.out.push("\"");
    }

    /// The title in its element, or the interface's word where there is none.
    fn title_in(&mut self, is_written: bool, start: &str, end: &str, header: &Header, word: Option<&'static str>) {
        if header.title.is_empty() && word.is_none() {
            return;
        }
        if is_written {
            self.out.push(start);
        }
        match word.filter(|_| header.title.is_empty()) {
            Some(word) if is_written => self.out.hole(Fill::Word(word)),
            Some(_) => {}
            None => self.container_title(header.title.clone()),
        }
        if is_written {
            self.out.push(end);
        }
        self.visible.end_line();
    }
}

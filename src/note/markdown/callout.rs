//! Callouts: quotes that begin with `[!type]`, as Obsidian and GitHub write them.
//!
//! In: the first line of a quote. Out: its type, whether it folds, and the markup around its title and its content.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::writer::Writer;
use crate::note::Fill;

/// The names there are: what people write, the class that decides on the looks, the title in the interface's words.
const NAMES: &[(&str, &str, &str)] = &[
    ("note", "note", "callout_note"),
    ("abstract", "abstract", "callout_abstract"),
    ("summary", "abstract", "callout_summary"),
    ("tldr", "abstract", "callout_tldr"),
    ("info", "info", "callout_info"),
    ("todo", "todo", "callout_todo"),
    ("tip", "tip", "callout_tip"),
    ("hint", "tip", "callout_hint"),
    ("important", "important", "callout_important"),
    ("success", "success", "callout_success"),
    ("check", "success", "callout_check"),
    ("done", "success", "callout_done"),
    ("question", "question", "callout_question"),
    ("help", "question", "callout_help"),
    ("faq", "question", "callout_faq"),
    ("warning", "warning", "callout_warning"),
    ("attention", "warning", "callout_attention"),
    ("caution", "caution", "callout_caution"),
    ("failure", "failure", "callout_failure"),
    ("fail", "failure", "callout_fail"),
    ("missing", "failure", "callout_missing"),
    ("danger", "danger", "callout_danger"),
    ("error", "danger", "callout_error"),
    ("bug", "bug", "callout_bug"),
    ("example", "example", "callout_example"),
    ("quote", "quote", "callout_quote"),
    ("cite", "quote", "callout_cite"),
];

/// The class and the title of a callout that has a type of this name, in lower case.
pub(super) fn known(name: &str) -> Option<(&'static str, &'static str)> {
    NAMES.iter().find(|(known, ..)| *known == name).map(|(_, class, word)| (*class, *word))
}

/// The word of a title by its key.
pub(super) fn word(key: &str) -> Option<&'static str> {
    NAMES.iter().map(|(_, _, word)| *word).find(|word| *word == key)
}

/// The names of all types.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, ..)| *name)
}

/// The first line of a callout.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    /// Where `[!` stands.
    start: usize,
    /// The length of `[!type]±`.
    length: usize,
    /// The type as written.
    name: String,
    fold: Option<Fold>,
    has_title: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Open,
    Closed,
}

/// The callouts being written.
#[derive(Debug, Default)]
pub(super) struct Callouts {
    /// A quote that has started and may be one: whether it is written at all, and its first line.
    candidate: Option<(bool, Header)>,
    title: Option<Title>,
    /// The end tag of every open quote.
    ends: Vec<&'static str>,
}

#[derive(Debug)]
struct Title {
    is_written: bool,
    /// How many bytes of text are still markup.
    skip: usize,
    /// The nesting at which a line break ends the title.
    level: (usize, usize),
    end: &'static str,
}

impl<'a> Writer<'a> {
    /// A quote starts.
    pub(super) fn start_quote(&mut self, range: &std::ops::Range<usize>) {
        self.block();
        self.open_block();
        let fits = self.nest(1, range);
        match header(self.source, range.clone()).filter(|_| self.options.extensions) {
            // What it is shows in the next event.
            Some(header) => self.callouts.candidate = Some((fits, header)),
            None => self.plain_quote(fits),
        }
    }

    fn plain_quote(&mut self, fits: bool) {
        if fits {
            self.out.push_block("<blockquote>\n");
        }
        self.callouts.ends.push("</blockquote>\n");
        self.raw.enter(false);
    }

    /// A quote ends.
    pub(super) fn end_quote(&mut self) {
        self.leave_raw();
        let end = self.callouts.ends.pop().unwrap_or("</blockquote>\n");
        self.unnest(end, true);
    }

    /// Looks at an event before anyone else does; true when it was all about a callout.
    pub(super) fn callout_event(&mut self, event: &Event<'a>, range: &std::ops::Range<usize>) -> bool {
        if let Some((fits, header)) = self.callouts.candidate.take() {
            if matches!(event, Event::Start(Tag::Paragraph)) && range.start == header.start {
                self.start_callout(fits, &header);
                return true;
            }
            self.plain_quote(fits);
            return false;
        }
        let Some(title) = &self.callouts.title else { return false };
        let is_here = title.level == self.title_level();
        match event {
            Event::SoftBreak | Event::HardBreak if is_here => {
                self.end_title();
                self.start_paragraph();
                true
            }
            Event::End(TagEnd::Paragraph) => {
                self.end_title();
                true
            }
            _ => false,
        }
    }

    /// How deep in elements and links the place is.
    fn title_level(&self) -> (usize, usize) {
        (self.nesting_level(), self.inline.links_open())
    }

    fn start_callout(&mut self, fits: bool, header: &Header) {
        let lower = header.name.to_lowercase();
        let known = known(&lower);
        let class = known.map_or("note", |(class, _)| class);
        let (element, title_element) = if header.fold.is_some() { ("details", "summary") } else { ("div", "p") };
        if fits {
            self.out.start_line();
            self.out.push(&format!("<{element} class=\"callout {class}\""));
            if known.is_none() {
                self.out.push(" data-callout=\"");
                self.out.attribute(&lower);
                self.out.push("\"");
            }
            self.out.push(match header.fold {
                None => " role=\"note\"",
                Some(Fold::Open) => " open=\"\"",
                Some(Fold::Closed) => "",
            });
            self.out.push(&format!(">\n<{title_element} class=\"callout-title\">"));
        }
        self.callouts.ends.push(if header.fold.is_some() { "</details>\n" } else { "</div>\n" });
        self.raw.enter(false);
        self.raw.enter(true);
        self.has_content = true;
        let title = Title {
            is_written: fits,
            skip: header.length,
            level: self.title_level(),
            end: if header.fold.is_some() { "</summary>\n" } else { "</p>\n" },
        };
        self.callouts.title = Some(title);
        if header.has_title {
            return;
        }
        match known {
            Some((_, word)) if fits => self.out.hole(Fill::Word(word)),
            Some(_) => {}
            None => {
                let mut letters = header.name.chars();
                let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
                self.show(&title, false);
                self.out.text(&title);
            }
        }
    }

    fn end_title(&mut self) {
        self.end_text();
        let Some(title) = self.callouts.title.take() else { return };
        self.leave_raw();
        if title.is_written {
            self.out.push(title.end);
        }
        self.visible.end_line();
    }

    /// How much of a text is the markup in front of a callout's title.
    pub(super) fn skip_marker(&mut self, text: &str) -> usize {
        let Some(title) = &mut self.callouts.title else { return 0 };
        let skip = std::mem::take(&mut title.skip);
        if skip == 0 {
            return 0;
        }
        let rest = text.get(skip..).unwrap_or("");
        text.len() - rest.trim_start().len()
    }
}

/// The first line of the quote at `range`, if it is that of a callout.
fn header(source: &str, range: std::ops::Range<usize>) -> Option<Header> {
    let quote = source.get(range.clone())?;
    let content = quote.trim_start_matches([' ', '\t']).strip_prefix('>')?.trim_start_matches([' ', '\t']);
    let start = range.start + quote.len() - content.len();
    // The line is looked at only when it is worth it: quotes may be nested without end on one.
    let content = if content.starts_with("[!") { content.lines().next()? } else { return None };
    let (name, rest) = content.strip_prefix("[!")?.split_once(']')?;
    // Behind `|` stands what only Obsidian's themes know.
    let name = name.split('|').next().unwrap_or(name).trim();
    let is_name = !name.is_empty() && !name.contains(|letter: char| letter == '[' || letter.is_control());
    let (fold, title) = match rest.as_bytes().first() {
        Some(b'+') => (Some(Fold::Open), &rest[1..]),
        Some(b'-') => (Some(Fold::Closed), &rest[1..]),
        _ => (None, rest),
    };
    let is_end = title.is_empty() || title.starts_with(|letter: char| letter.is_whitespace());
    let has_title = !title.trim_matches(|letter: char| letter.is_whitespace() || letter == char::from(super::comment::MASK)).is_empty();
    (is_name && is_end).then(|| Header { start, length: content.len() - title.len(), name: name.to_owned(), fold, has_title })
}

//! Pieces of notes for embedding: which part of a body is meant, and how it keeps its ids apart from the page's.
//!
//! In: a note, an anchor, finished HTML. Out: ranges and rewritten HTML. Knows nothing of addresses.

use std::collections::BTreeSet;
use std::ops::Range;

use super::html::{Tag, is_void, tags};
use crate::note::Note;
use crate::path::Anchor;

/// What the list of footnotes starts with.
const FOOTNOTES: &str = "<section class=\"footnotes\"";

/// The part of the body that `note#anchor` means: from a heading to the next of its level or above; the element of another anchor; all
/// without an anchor. `None` when there is no such place, or the part cannot be cut out whole.
pub(super) fn part(note: &Note, anchor: Option<&Anchor>) -> Option<Range<usize>> {
    let html = &note.body.html;
    let Some(anchor) = anchor else { return Some(0..html.len()) };
    match note.outline.iter().position(|heading| heading.anchor == *anchor) {
        Some(at) if note.outline[at].is_title => Some(0..html.len()),
        Some(at) => {
            let level = note.outline[at].level;
            let next = note.outline[at + 1..].iter().find(|heading| heading.level <= level);
            // The footnotes at the end belong to the note as a whole; references to them lead to its page.
            let end = html.rfind(FOOTNOTES).unwrap_or(html.len()).max(note.outline[at].html_start as usize);
            let range = note.outline[at].html_start as usize..next.map_or(end, |heading| heading.html_start as usize);
            html.get(range.clone()).is_some_and(is_whole).then_some(range)
        }
        None => element(html, anchor),
    }
}

/// The element whose `id` is `anchor`.
fn element(html: &str, anchor: &Anchor) -> Option<Range<usize>> {
    let id = super::html::escape(anchor.as_str());
    let written = format!("id=\"{id}\"");
    let has_id = |tag: &Tag<'_>, from: usize| {
        tag.attributes.iter().any(|(name, value)| name.eq_ignore_ascii_case("id") && html[from + value.start..from + value.end] == id)
    };
    // The text may also stand in a code block or another attribute; the first tag that really has the id counts.
    html.match_indices(&written).find_map(|(at, _)| {
        let start = html[..at].rfind('<')?;
        let mut rest = tags(&html[start..]);
        let first = rest.next().filter(|tag| tag.range.start == 0 && !tag.end && has_id(tag, start))?;
        let mut depth = 1_usize;
        for tag in rest.filter(|tag| tag.name.eq_ignore_ascii_case(first.name)) {
            depth = if tag.end { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return Some(start..start + tag.range.end);
            }
        }
        None
    })
}

/// Whether every container that Markdown opens in this piece is closed in it, and none is closed that was opened before.
fn is_whole(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(html).filter(|tag| is_container(tag.name)) {
        if !tag.end {
            open.push(tag.name);
        } else if open.pop().is_none_or(|name| !name.eq_ignore_ascii_case(tag.name)) {
            return false;
        }
    }
    open.is_empty()
}

fn is_container(name: &str) -> bool {
    ["blockquote", "ul", "ol", "li", "div", "section", "details", "aside", "figure", "table", "td", "th", "dl", "dd"]
        .iter()
        .any(|container| name.eq_ignore_ascii_case(container))
}

/// What a place in the flow of a body allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Blocks may stand here.
    Flow,
    /// Directly in a paragraph, which a block must interrupt.
    Paragraph,
    /// In a heading, a link, emphasis: no block may stand here.
    Inline,
}

/// What places of a body allow, asked from front to back: the body is read once, as no look back from a place can tell a tag from what only looks like
/// one, in a comment or an attribute.
#[derive(Debug)]
pub(super) struct Places<'a> {
    at: usize,
    /// The open elements, and which are titles of callouts and containers: paragraphs that nothing interrupts.
    open: Vec<(&'a str, bool)>,
}

impl<'a> Places<'a> {
    /// The places of a part that starts at `at`, where blocks may stand.
    pub(super) fn new(at: usize) -> Self {
        Self { at, open: Vec::new() }
    }

    /// What the place `at` allows, which is not before the one asked last.
    pub(super) fn at(&mut self, html: &'a str, at: usize) -> Place {
        let Some(between) = html.get(self.at..at) else { return Place::Inline };
        for tag in tags(between).filter(|tag| !is_void(tag.name)) {
            if tag.end {
                if let Some(last) = self.open.iter().rposition(|(name, _)| name.eq_ignore_ascii_case(tag.name)) {
                    self.open.truncate(last);
                }
                continue;
            }
            // A paragraph of raw HTML may have no end tag.
            if is_block(tag.name) && self.open.last().is_some_and(|(name, _)| name.eq_ignore_ascii_case("p")) {
                self.open.pop();
            }
            let is_title = ["callout-title", "container-title", "card-title"]
                .iter()
                .any(|class| between[tag.range.clone()].contains(&format!("class=\"{class}\"")));
            self.open.push((tag.name, is_title));
        }
        self.at = at;
        match self.open.last() {
            None => Place::Flow,
            Some((_, true)) => Place::Inline,
            Some((name, _)) if name.eq_ignore_ascii_case("p") => Place::Paragraph,
            Some((name, _)) if is_container(name) || ["main", "article"].contains(name) => Place::Flow,
            Some(_) => Place::Inline,
        }
    }
}

fn is_block(name: &str) -> bool {
    is_container(name) || ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt"].iter().any(|block| name.eq_ignore_ascii_case(block))
}

/// The numbers of embeds that the ids of a note look like: 3 for `e3-one`.
pub(super) fn taken_numbers(note: &Note) -> BTreeSet<usize> {
    let number = |id: &str| {
        let (number, _) = id.strip_prefix('e')?.split_once('-')?;
        number.parse().ok()
    };
    let ids = note.anchors.iter().chain(note.outline.iter().map(|heading| &heading.anchor));
    ids.filter_map(|anchor| number(anchor.as_str())).collect()
}

/// Attributes whose value is one id or several.
const ID_LISTS: &[&str] = &["id", "for", "headers", "aria-describedby", "aria-labelledby", "aria-controls", "aria-owns"];

/// Puts `prefix` before every id of the piece and before every reference to one of them. References to places outside the piece lead to
/// `source`, the page that the piece is from.
pub(super) fn prefix_ids(html: &str, prefix: &str, source: &str) -> String {
    let all: Vec<Tag<'_>> = tags(html).collect();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for tag in &all {
        for (name, value) in &tag.attributes {
            if name.eq_ignore_ascii_case("id") {
                ids.insert(&html[value.clone()]);
            }
        }
    }
    let mut out = String::with_capacity(html.len() + ids.len() * prefix.len() * 2);
    let mut from = 0;
    for tag in &all {
        for (name, value) in &tag.attributes {
            let text = &html[value.clone()];
            // Buttons of one name exclude each other.
            let is_group = name.eq_ignore_ascii_case("name") && tag.name.eq_ignore_ascii_case("input");
            let written = if is_group {
                format!("{prefix}{text}")
            } else if ID_LISTS.iter().any(|list| name.eq_ignore_ascii_case(list)) {
                let parts = text.split(' ').map(|id| if ids.contains(id) { format!("{prefix}{id}") } else { id.to_owned() });
                parts.collect::<Vec<_>>().join(" ")
            } else if let Some(id) = text.strip_prefix('#').filter(|_| name.eq_ignore_ascii_case("href")) {
                if ids.contains(id) { format!("#{prefix}{id}") } else { format!("{source}#{id}") }
            } else if let Some(id) = text.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')).filter(|id| ids.contains(id)) {
                // A part of a drawing refers to another.
                format!("url(#{prefix}{id})")
            } else {
                continue;
            };
            out.push_str(&html[from..value.start]);
            out.push_str(&written);
            from = value.end;
        }
    }
    out.push_str(&html[from..]);
    out
}

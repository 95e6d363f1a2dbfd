//! Definitions: the address of a link `[label]: …`, or a footnote. Which of them nothing refers to, and where addresses stand.
//!
//! In: the definitions that the parser found, and the labels that links named. Out: diagnostics and places. A definition that is a remark by its looks
//! (`[//]: # (…)`, as Markdown's writers hide a line) is none.

use std::collections::{HashMap, HashSet};

use super::events::Events;
use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;

/// The definitions of link addresses and what used them.
#[derive(Debug, Default)]
pub(super) struct References {
    used: HashSet<String>,
    /// Links and the labels that they name.
    links: Vec<(u32, String)>,
}

impl References {
    /// A link named a label.
    pub(super) fn used(&mut self, label: &str) {
        if !label.is_empty() {
            self.used.insert(fold(label));
        }
    }

    /// A link has the address of a label.
    pub(super) fn named(&mut self, link: u32, label: &str) {
        if !label.is_empty() {
            self.links.push((link, fold(label)));
        }
    }

    /// Where the addresses of the links that name a label stand.
    pub(super) fn places(&self, events: &Events<'_>, source: &str) -> Vec<(u32, Span)> {
        if self.links.is_empty() {
            return Vec::new();
        }
        let found = events.definitions(|label, _, range| Some((fold(label), address(source, range)?)));
        let places: HashMap<String, Span> = found.into_iter().collect();
        self.links.iter().filter_map(|(link, label)| Some((*link, *places.get(label)?))).collect()
    }

    /// Reports a definition that was not used. `span` is the whole definition.
    pub(super) fn report(&self, label: &str, address: &str, span: Span, file: &File) -> Option<Diagnostic> {
        let is_remark = matches!(address, "" | "#" | "<>") || label.chars().all(|letter| !letter.is_alphanumeric());
        if is_remark || self.used.contains(&fold(label)) {
            return None;
        }
        let text = file.text.get(span.range()).unwrap_or_default();
        let end = text.find("]:").map_or(text.len(), |at| at + 1);
        let place = Span::new(span.range().start, span.range().start + end);
        let fault = Diagnostic::at(Code::UnusedReference, file.clone(), place, format!("no link uses the address of `[{}]`", label.trim()));
        Some(fault.hint("remove the line, or check how the link spells its label"))
    }
}

/// The place of the address in a definition.
fn address(source: &str, definition: std::ops::Range<usize>) -> Option<Span> {
    let text = source.get(definition.clone())?;
    let behind = text.find("]:")? + 2;
    let rest = text[behind..].trim_start();
    let start = text.len() - rest.len();
    let (start, length) = match rest.strip_prefix('<') {
        Some(inside) => (start + 1, inside.find('>')?),
        None => (start, rest.find(char::is_whitespace).unwrap_or(rest.len())),
    };
    Some(Span::new(definition.start + start, definition.start + start + length))
}

/// Labels match without regard to case and white space.
fn fold(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A footnote that nothing on the page refers to.
pub(super) fn footnote(label: &str, span: Span, file: &File) -> Diagnostic {
    Diagnostic::at(Code::UnusedReference, file.clone(), span, format!("nothing refers to the footnote `[^{label}]`"))
        .hint(format!("it is not shown: refer to it with `[^{label}]`, or remove it"))
}

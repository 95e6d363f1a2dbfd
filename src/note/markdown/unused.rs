//! Definitions that nothing refers to: the address of a link `[label]: …`, or a footnote.
//!
//! In: the definitions that the parser found, and the labels that links named. Out: diagnostics. A definition that is a remark by its looks
//! (`[//]: # (…)`, as Markdown's writers hide a line) is none.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;

/// The definitions of link addresses and what used them.
#[derive(Debug, Default)]
pub(super) struct References {
    used: HashSet<String>,
}

impl References {
    /// A link named a label.
    pub(super) fn used(&mut self, label: &str) {
        if !label.is_empty() {
            self.used.insert(fold(label));
        }
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

/// Labels match without regard to case and white space.
fn fold(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A footnote that nothing on the page refers to.
pub(super) fn footnote(label: &str, span: Span, file: &File) -> Diagnostic {
    Diagnostic::at(Code::UnusedReference, file.clone(), span, format!("nothing refers to the footnote `[^{label}]`"))
        .hint(format!("it is not shown: refer to it with `[^{label}]`, or remove it"))
}

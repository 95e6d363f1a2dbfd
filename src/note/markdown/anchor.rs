//! Gives every heading its anchor, once all explicit ids are known.
//!
//! In: headings with what they ask for, and the ids of raw HTML. Out: unique anchors, and a diagnostic for every id that was given twice.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, File};
use crate::note::Heading;
use crate::path::Anchor;
use crate::text::Span;

/// An id that the writer gave.
pub(super) struct Explicit {
    pub(super) anchor: Anchor,
    pub(super) span: Span,
    /// The heading it belongs to; `None` for raw HTML.
    pub(super) heading: Option<usize>,
    /// False for `name`, which HTML does not count as an id.
    pub(super) is_id: bool,
}

/// Sets the anchors of `outline` and returns those of everything else, sorted.
pub(super) fn assign(
    outline: &mut [Heading],
    explicit: Vec<Explicit>,
    reserved: Vec<Anchor>,
    file: &File,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Anchor> {
    let mut taken: HashSet<Anchor> = reserved.iter().cloned().collect();
    let mut given = vec![false; outline.len()];
    let mut others = reserved;
    for id in explicit {
        if id.anchor.as_str().is_empty() {
            continue;
        }
        if !id.is_id {
            others.push(id.anchor);
            continue;
        }
        let is_new = taken.insert(id.anchor.clone());
        if !is_new {
            diagnostics.push(
                Diagnostic::at(
                    Code::DuplicateAnchor,
                    file.clone(),
                    id.span,
                    format!("the id `{}` was given before in this note", id.anchor),
                )
                .hint("links lead to the first place: give this one another id"),
            );
        }
        match id.heading {
            Some(heading) if is_new => {
                outline[heading].anchor = id.anchor;
                given[heading] = true;
            }
            // It is numbered like a repeated heading.
            Some(heading) => outline[heading].anchor = id.anchor,
            None => others.push(id.anchor),
        }
    }
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (heading, given) in outline.iter_mut().zip(given) {
        if given {
            continue;
        }
        let wish = if heading.anchor.as_str().is_empty() { Anchor::from_heading(&heading.text) } else { heading.anchor.clone() };
        let wish = if wish.as_str().is_empty() { "section".to_owned() } else { wish.as_str().to_owned() };
        let number = numbers.entry(wish.clone()).or_insert(0);
        heading.anchor = loop {
            let anchor = if *number == 0 { Anchor::explicit(&wish) } else { Anchor::explicit(&format!("{wish}-{number}")) };
            *number += 1;
            if taken.insert(anchor.clone()) {
                break anchor;
            }
        };
    }
    others.sort();
    others.dedup();
    others
}

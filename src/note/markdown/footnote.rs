//! Footnotes: numbered by their first reference, collected at the end of the note, as on GitHub.
//!
//! In: references and definitions as they come. Out: the list of notes that are referred to. A definition that nothing visible refers to is
//! not shown.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::output::Output;
use super::visible::Visible;
use crate::note::Section;
use crate::path::Anchor;
use crate::text::Span;

/// A definition's label and place.
type Place = (String, Span);

/// All footnotes of one note.
#[derive(Debug, Default)]
pub(super) struct Footnotes {
    labels: HashMap<String, usize>,
    notes: Vec<Footnote>,
    /// How many have a number.
    numbered: usize,
    /// The headings of all definitions so far: what stands in a definition in a definition belongs to the inner one.
    headings: BTreeSet<usize>,
    /// Definitions of a label that has one already: their headings and places.
    repeated: Vec<(Vec<usize>, Option<Place>)>,
}

#[derive(Debug, Default)]
struct Footnote {
    /// From 1, by the first reference; 0 while there is none.
    number: usize,
    /// What refers to it: the footnote in which the reference stands, or `None` for the body; and the section.
    references: Vec<(Option<usize>, usize)>,
    definition: Option<Definition>,
}

#[derive(Debug)]
struct Definition {
    output: Output,
    text: Section,
    /// The headings in it, whose `html_start` moves with it.
    headings: Vec<usize>,
    /// Its label and place; `None` for an inline footnote.
    place: Option<Place>,
}

/// Where a footnote's parts came to lie.
pub(super) struct Placed {
    /// Headings of the outline whose `html_start` grows by the offset.
    pub(super) moved: Vec<(Vec<usize>, usize)>,
    /// Headings that are not shown.
    pub(super) hidden: Vec<usize>,
    /// The ids that were written.
    pub(super) anchors: Vec<Anchor>,
    /// Labels and places of the definitions that nothing shown refers to.
    pub(super) unused: Vec<Place>,
}

impl Footnotes {
    /// The index of a label.
    pub(super) fn index(&mut self, label: &str) -> usize {
        // Labels match as those of links do: without regard to case.
        let key = label.trim().to_lowercase();
        let next = self.notes.len();
        let index = *self.labels.entry(key).or_insert(next);
        if index == next {
            self.notes.push(Footnote::default());
        }
        index
    }

    /// Writes a reference.
    pub(super) fn refer(&mut self, label: &str, within: Option<&str>, section: usize, output: &mut Output) {
        let within = within.map(|label| self.index(label));
        let index = self.index(label);
        let note = &mut self.notes[index];
        if note.number == 0 {
            self.numbered += 1;
            note.number = self.numbered;
        }
        note.references.push((within, section));
        let number = note.number;
        let reference = reference_id(number, note.references.len());
        output.push(&format!(
            "<sup class=\"footnote-ref\"><a href=\"#fn:{number}\" id=\"{reference}\" role=\"doc-noteref\">{number}</a></sup>"
        ));
    }

    /// An inline footnote turns out to be text: what it refers to is referred to from around it.
    pub(super) fn undone(&mut self, label: &str, within: Option<&str>, section: usize) {
        let within = within.map(|label| self.index(label));
        let index = self.index(label);
        self.notes[index].references.push((within, section));
    }

    /// Takes a definition. Of several with one label the first counts.
    pub(super) fn define(&mut self, label: &str, output: Output, text: Section, headings: std::ops::Range<usize>, span: Option<Span>) {
        let index = self.index(label);
        let place = span.map(|span| (label.to_owned(), span));
        let headings: Vec<usize> = headings.filter(|heading| self.headings.insert(*heading)).collect();
        if self.notes[index].definition.is_some() {
            self.repeated.push((headings, place));
        } else {
            self.notes[index].definition = Some(Definition { output, text, headings, place });
        }
    }

    /// Writes the list, and the notes' text to the sections that refer to them first.
    pub(super) fn finish(mut self, output: &mut Output, visible: &mut Visible) -> Placed {
        let mut placed = Placed { moved: Vec::new(), hidden: Vec::new(), anchors: Vec::new(), unused: Vec::new() };
        let shown = self.shown();
        for (headings, place) in std::mem::take(&mut self.repeated) {
            placed.hidden.extend(headings);
            placed.unused.extend(place);
        }
        let mut is_open = false;
        let mut order: Vec<usize> = (0..self.notes.len()).collect();
        order.sort_by_key(|index| self.notes[*index].number);
        let mut position = 0;
        for index in order {
            let note = &mut self.notes[index];
            let Some(definition) = note.definition.take() else { continue };
            if !shown[index] {
                placed.hidden.extend(definition.headings);
                placed.unused.extend(definition.place);
                continue;
            }
            if !is_open {
                output.push_block("<section class=\"footnotes\" role=\"doc-endnotes\">\n<ol>\n");
                is_open = true;
            }
            let number = note.number;
            position += 1;
            let value = if position == number { String::new() } else { format!(" value=\"{number}\"") };
            position = number;
            output.push(&format!("<li id=\"fn:{number}\"{value}>\n"));
            placed.anchors.push(Anchor::explicit(&format!("fn:{number}")));
            let mut back = String::new();
            let visible_references =
                note.references.iter().enumerate().filter(|(_, (within, _))| within.is_none_or(|within| shown[within]));
            let mut first = None;
            for (repeat, (_, section)) in visible_references {
                first = first.or(Some(*section));
                let id = reference_id(number, repeat + 1);
                let _ = write!(back, " <a href=\"#{id}\" class=\"footnote-backref\" role=\"doc-backlink\" aria-label=\"{number}\">↩</a>");
                placed.anchors.push(Anchor::explicit(&id));
            }
            placed.moved.push((definition.headings, output.html.len()));
            let mut html = definition.output;
            let end = html.html.trim_end().len();
            // The way back stands at the end of the last paragraph.
            match html.html[..end].strip_suffix("</p>").map(str::len) {
                Some(at) if html.holes.last().is_none_or(|hole| hole.at as usize <= at) => html.html.insert_str(at, &back),
                _ => {
                    html.start_line();
                    html.push(back.trim_start());
                    html.push("\n");
                }
            }
            output.append(html);
            output.start_line();
            output.push("</li>\n");
            visible.append(first.unwrap_or(0), &definition.text);
        }
        if is_open {
            output.push("</ol>\n</section>\n");
        }
        placed
    }

    /// Which footnotes can be reached from the body.
    fn shown(&self) -> Vec<bool> {
        let mut from: Vec<Vec<usize>> = vec![Vec::new(); self.notes.len()];
        let mut shown = vec![false; self.notes.len()];
        let mut open = Vec::new();
        for (index, note) in self.notes.iter().enumerate() {
            for (within, _) in &note.references {
                match within {
                    Some(within) => from[*within].push(index),
                    None if !shown[index] => {
                        shown[index] = true;
                        open.push(index);
                    }
                    None => {}
                }
            }
        }
        while let Some(index) = open.pop() {
            for target in std::mem::take(&mut from[index]) {
                if !shown[target] {
                    shown[target] = true;
                    open.push(target);
                }
            }
        }
        shown
    }
}

fn reference_id(number: usize, repeat: usize) -> String {
    if repeat == 1 { format!("fnref:{number}") } else { format!("fnref:{number}-{repeat}") }
}

//! The text that a reader sees, cut at headings.
//!
//! In: pieces of visible text in order. Out: sections. Headings and footnotes are collected aside, as they belong elsewhere.

use crate::note::Section;
use crate::text::Span;

/// Where visible text goes: the last section, or what is collected aside.
#[derive(Debug)]
pub(super) struct Visible {
    sections: Vec<Section>,
    aside: Vec<Section>,
}

impl Visible {
    pub(super) fn new() -> Self {
        Self { sections: vec![Section::default()], aside: Vec::new() }
    }

    /// The section or aside that is being written.
    pub(super) fn here(&mut self) -> &mut Section {
        // There is always the section before the first heading.
        let Self { sections, aside } = self;
        if aside.is_empty() && sections.is_empty() {
            sections.push(Section::default());
        }
        aside.last_mut().or(sections.last_mut()).expect("a section was pushed above")
    }

    pub(super) fn push(&mut self, text: &str) {
        self.here().text.push_str(text);
    }

    /// Ends a block, an item or a cell.
    pub(super) fn end_line(&mut self) {
        let text = &mut self.here().text;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }

    /// A block of code.
    pub(super) fn push_code(&mut self, code: &str) {
        self.end_line();
        let here = self.here();
        let start = here.text.len();
        here.text.push_str(code);
        here.code.push(Span::new(start, here.text.len()));
        self.end_line();
    }

    /// The text of a code block that is included from a file goes here.
    pub(super) fn include(&mut self, block: u32) {
        self.end_line();
        let here = self.here();
        let at = Span::new(0, here.text.len()).end;
        here.included.push((block, at));
    }

    /// A reference that ends here shows what stands from `start` on.
    pub(super) fn end_link(&mut self, link: u32, start: usize) {
        let here = self.here();
        let end = here.text.len();
        here.links.push((link, Span::new(start.min(end), end)));
    }

    /// What ends here and starts at `start` is no running text.
    pub(super) fn end_verbatim(&mut self, start: usize) {
        let here = self.here();
        here.verbatim.push(Span::new(start, here.text.len()));
    }

    /// Takes back all behind `length`.
    pub(super) fn truncate(&mut self, length: usize) {
        let here = self.here();
        here.text.truncate(length);
        let end = Span::new(length, length).end;
        for (_, span) in here.links.iter_mut().rev().take_while(|(_, span)| span.end > end) {
            *span = Span { start: span.start.min(end), end };
        }
        while here.verbatim.last().is_some_and(|span| span.end > end) {
            here.verbatim.pop();
        }
    }

    /// Takes out `length` bytes at `at`; what lies behind moves.
    pub(super) fn remove(&mut self, at: usize, length: usize) {
        let here = self.here();
        here.text.replace_range(at..at + length, "");
        let back = |offset: u32| if offset as usize > at { offset.saturating_sub(Span::new(0, length).end) } else { offset };
        for (_, span) in here.links.iter_mut().rev().take_while(|(_, span)| span.end as usize > at) {
            *span = Span { start: back(span.start), end: back(span.end) };
        }
        for span in here.verbatim.iter_mut().rev().take_while(|span| span.end as usize > at) {
            *span = Span { start: back(span.start), end: back(span.end) };
        }
    }

    /// Adds what was collected aside after all as if it had been written here.
    pub(super) fn merge(&mut self, aside: &Section) {
        extend(self.here(), aside);
    }

    pub(super) fn start_section(&mut self, heading: Option<u32>) {
        self.sections.push(Section { heading, ..Section::default() });
    }

    pub(super) fn start_aside(&mut self) {
        self.aside.push(Section::default());
    }

    pub(super) fn end_aside(&mut self) -> Section {
        self.aside.pop().unwrap_or_default()
    }

    /// A number that says which text `here` is, for telling whether an offset still belongs to it.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.sections.len(), self.aside.len())
    }

    /// The index of the section that is being written, asides not counted.
    pub(super) fn section(&self) -> usize {
        self.sections.len().saturating_sub(1)
    }

    /// Adds what was collected aside to a section.
    pub(super) fn append(&mut self, section: usize, aside: &Section) {
        let Some(section) = self.sections.get_mut(section) else { return };
        if !section.text.is_empty() && !section.text.ends_with('\n') {
            section.text.push('\n');
        }
        extend(section, aside);
        if !section.text.is_empty() && !section.text.ends_with('\n') {
            section.text.push('\n');
        }
    }

    /// The sections. One under no heading is left out when it is empty and there are others.
    pub(super) fn into_sections(mut self) -> Vec<Section> {
        let is_empty = |section: &Section| section.heading.is_none() && section.text.trim().is_empty();
        let empty = self.sections.iter().take_while(|section| is_empty(section)).count();
        self.sections.drain(..empty.min(self.sections.len().saturating_sub(1)));
        self.sections
    }
}

fn extend(section: &mut Section, aside: &Section) {
    let base = section.text.len();
    section.text.push_str(&aside.text);
    let moved = |span: &Span| Span::new(base + span.start as usize, base + span.end as usize);
    section.code.extend(aside.code.iter().map(moved));
    section.links.extend(aside.links.iter().map(|(link, span)| (*link, moved(span))));
    section.verbatim.extend(aside.verbatim.iter().map(moved));
    section.included.extend(aside.included.iter().map(|(block, at)| (*block, Span::new(0, base + *at as usize).end)));
}

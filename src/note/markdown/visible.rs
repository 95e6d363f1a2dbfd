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
        let base = section.text.len();
        section.text.push_str(&aside.text);
        section.code.extend(aside.code.iter().map(|code| Span::new(base + code.start as usize, base + code.end as usize)));
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

//! Footnotes written where they are referred to: `^[…]`.
//!
//! In: the start and the end of one, found in running text. Out: a footnote, or the text as it was when its bracket does not end.

use super::output::Output;
use super::text::Level;
use super::writer::Writer;

/// The inline footnote that is open.
#[derive(Debug)]
pub(super) struct InlineFootnote {
    pub(super) level: Level,
    pub(super) brackets: usize,
    pub(super) highlights: usize,
}

impl Writer<'_> {
    /// `^[`: what follows is written aside until its bracket ends.
    pub(super) fn start_footnote(&mut self) {
        self.inline.forget_break();
        self.marks.footnotes += 1;
        let label = format!("\0{}", self.marks.footnotes);
        let outer = std::mem::take(&mut self.out);
        self.outer.push((outer, label, self.outline.len()));
        self.visible.start_aside();
        self.raw.enter(false);
        self.marks.footnote = Some(InlineFootnote { level: self.level(), brackets: 1, highlights: self.marks.highlights.len() });
    }

    pub(super) fn end_footnote(&mut self) {
        let Some(note) = self.marks.footnote.take() else { return };
        self.inline.forget_break();
        self.marks.highlights.truncate(note.highlights);
        self.leave_raw();
        let Some((outer, label, headings)) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.out, outer);
        let text = self.visible.end_aside();
        let within = self.footnote().map(str::to_owned);
        let section = self.visible.section();
        self.has_content = true;
        self.footnotes.refer(&label, within.as_deref(), section, &mut self.out);
        let mut definition = Output::default();
        definition.push("<p>");
        definition.append(inner);
        definition.push("</p>\n");
        self.footnotes.define(&label, definition, text, headings..self.outline.len(), None);
    }

    /// An inline footnote without an end was none.
    pub(super) fn undo_footnote(&mut self) {
        let Some(note) = self.marks.footnote.take() else { return };
        self.inline.forget_break();
        self.marks.highlights.truncate(note.highlights);
        self.raw.merge();
        let Some((outer, label, _)) = self.outer.pop() else { return };
        let within = self.footnote().map(str::to_owned);
        self.footnotes.undone(&label, within.as_deref(), self.visible.section());
        let inner = std::mem::replace(&mut self.out, outer);
        let text = self.visible.end_aside();
        self.out.push("^[");
        self.out.append(inner);
        if !self.raw.hides() {
            self.visible.push("^[");
        }
        self.visible.merge(&text);
    }
}

//! Blocks that have a name: `^id` at the end of a paragraph or an item, or in a paragraph of its own behind a block.
//!
//! In: where blocks start and end. Out: `id` attributes in what was written, and anchors.

use std::ops::Range;

use super::anchor::Explicit;
use super::writer::Writer;
use crate::note::{Fill, LinkKind};
use crate::path::Anchor;
use crate::text::Span;

/// Where blocks stand in the HTML.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The start of every open block.
    open: Vec<usize>,
    /// The block that ended last: its start, its end, how many texts are written aside around it.
    last: Option<(usize, usize, usize)>,
    /// Behind the name of the start tag of the paragraph or item that text now goes to.
    tag: Option<usize>,
}

/// `^id` at the end of a block.
#[derive(Debug)]
pub(super) struct BlockId {
    pub(super) id: String,
    pub(super) span: Span,
    /// Where the text ended with it.
    pub(super) end: usize,
}

impl Writer<'_> {
    /// The block id that a text ends with; what is behind `done` was just written.
    pub(super) fn block_id(&self, text: &str, done: usize, range: &Range<usize>) -> Option<BlockId> {
        let tail = text[done..].trim_end_matches([' ', '\t', char::from(super::comment::MASK)]);
        let at = done + tail.rfind('^')?;
        let id = text[at + 1..done + tail.len()].to_owned();
        let is_id = !id.is_empty() && id.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        let (before, _) = self.around(text, &(at..at + 1), range);
        let is_block = is_id && self.is_literal(at) && before.is_none_or(char::is_whitespace);
        let span = self.span(text, &(at..at + 1 + id.len()), range);
        is_block.then_some(BlockId { id, span, end: self.out.html.len() })
    }

    /// A block that may be named starts with what is written next.
    pub(super) fn open_block(&mut self) {
        self.out.start_line();
        self.blocks.open.push(self.out.html.len());
    }

    /// It has ended.
    pub(super) fn close_block(&mut self) {
        if let Some(start) = self.blocks.open.pop() {
            self.blocks.last = Some((start, self.out.html.len(), self.outer.len()));
        }
        self.blocks.tag = None;
    }

    /// Something that has no name ends or starts.
    pub(super) fn forget_block(&mut self) {
        self.blocks.last = None;
        self.blocks.tag = None;
    }

    /// An item was started.
    pub(super) fn start_item(&mut self) {
        self.blocks.last = None;
        self.blocks.tag = Some(self.out.html.len() - 1);
    }

    /// A paragraph starts.
    pub(super) fn start_paragraph(&mut self) {
        // The first paragraph of an item stands for the item.
        let is_first = self.out.html.ends_with("<li>") && !self.out.has_hole_here() && self.raw.is_clear();
        self.open_block();
        self.out.push("<p>");
        if !(is_first && self.blocks.tag.is_some()) {
            self.blocks.tag = Some(self.out.html.len() - 1);
        }
        self.raw.enter(true);
    }

    /// A paragraph ends.
    pub(super) fn end_paragraph(&mut self) {
        self.end_text();
        self.leave_label();
        self.leave_raw();
        let has_moved = self.name_block();
        self.push_label_end();
        let is_empty = self.out.html.ends_with("<p>") && !self.out.has_hole_here();
        if is_empty && (self.is_dirty || has_moved || self.raw.has_left) {
            // What is left of a paragraph that was a comment or a name.
            let (start, holes) = (self.out.html.len() - "<p>".len(), self.out.holes.len());
            self.out.truncate(start, holes);
            self.blocks.open.pop();
        } else if let Some(caption) = self.caption() {
            let start = self.out.html.len() - "<p>".len();
            self.out.replace(start, "<p>".len(), "<figure>");
            self.out.push("<figcaption>");
            self.out.text(&caption);
            self.out.push("</figcaption></figure>\n");
            if !self.raw.hides() {
                self.visible.end_line();
                self.visible.push(&caption);
            }
            self.close_block();
        } else {
            self.out.push("</p>\n");
            self.close_block();
        }
        self.visible.end_line();
    }

    /// The title of the picture that is all there is of the paragraph: it becomes a caption, as readers without a mouse see no title.
    fn caption(&mut self) -> Option<String> {
        let here = self.out.html.len() as u64;
        let mut holes = self.out.holes.iter().rev().take_while(|hole| u64::from(hole.at) == here);
        let (Some(Fill::Embed(link)), None) = (holes.next().map(|hole| hole.fill), holes.next()) else { return None };
        let link = self.links.get_mut(link as usize)?;
        let is_alone = self.options.extensions && self.out.html.ends_with("<p>") && link.kind == LinkKind::Image;
        (is_alone && !link.title.trim().is_empty()).then(|| std::mem::take(&mut link.title))
    }

    /// Gives the block its name if its text ends with one. True when the name was meant for the block before.
    pub(super) fn name_block(&mut self) -> bool {
        let Some(name) = self.marks.block_id.take() else { return false };
        let Some(tag) = self.blocks.tag else { return false };
        let written = name.id.len() + "^".len();
        let written_name = format!("^{}", name.id);
        let end = self.out.html.trim_end_matches(' ').len();
        if name.end != self.out.html.len() || self.out.has_hole_here() || !self.out.html[..end].ends_with(&written_name) {
            return false;
        }
        let text = self.out.html[..end - written].trim_end_matches([' ', '\t', '\n']).len();
        let holes = self.out.holes.len();
        // The white space in front goes too, unless something is filled in behind it.
        let text = text.max(self.out.holes.last().map_or(0, |hole| hole.at as usize));
        self.out.truncate(text, holes);
        if !self.raw.hides() {
            let here = &mut self.visible.here().text;
            if let Some(before) = here.trim_end_matches(' ').strip_suffix(&written_name) {
                let end = before.trim_end_matches([' ', '\t']).len();
                here.truncate(end);
            }
        }
        let anchor = Anchor::explicit(&written_name);
        self.explicit.push(Explicit { anchor, span: name.span, heading: None, is_id: true });
        let is_alone = self.out.html.ends_with("<p>") && !self.out.has_hole_here();
        if is_alone && let Some((start, end, aside)) = self.blocks.last {
            let paragraph = self.out.html.len() - "<p>".len();
            if end == paragraph && aside == self.outer.len() {
                self.out.truncate(paragraph, holes);
                if !self.out.html.ends_with('\n') {
                    self.out.push("\n");
                }
                self.out.push("</div>\n<p>");
                self.insert(start, &format!("<div id=\"^{}\">\n", name.id));
                return true;
            }
        }
        self.insert(tag, &format!(" id=\"^{}\"", name.id));
        false
    }

    /// Puts markup into what was written.
    fn insert(&mut self, at: usize, html: &str) {
        self.out.replace(at, 0, html);
        let first = self.outer.last().map_or(0, |(_, _, first)| *first);
        for heading in self.outline[first..].iter_mut().rev().take_while(|heading| heading.html_start as usize >= at) {
            heading.html_start += super::output::offset(html.len());
        }
    }
}

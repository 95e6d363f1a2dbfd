//! The HTML being written, and its holes.
//!
//! In: pieces of HTML and text. Out: a string that is well formed as long as the pieces are. Knows no Markdown.

use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use crate::note::{Body, Fill, Hole};

/// HTML with holes, and whether a line was just begun.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) html: String,
    pub(super) holes: Vec<Hole>,
}

/// Offsets are `u32`, as in `Hole`: a text of 4 GiB saturates long after memory ran out.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Output {
    /// Markup, as it is.
    pub(super) fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Markup that starts on a line of its own.
    pub(super) fn push_block(&mut self, html: &str) {
        self.start_line();
        self.html.push_str(html);
    }

    /// A line break unless there is one.
    pub(super) fn start_line(&mut self) {
        if !(self.html.is_empty() || self.html.ends_with('\n')) || self.has_hole_here() {
            self.html.push('\n');
        }
    }

    /// Whether the last thing written is a hole.
    pub(super) fn has_hole_here(&self) -> bool {
        self.holes.last().is_some_and(|hole| hole.at as usize == self.html.len())
    }

    /// Text, escaped for an element's content.
    pub(super) fn text(&mut self, text: &str) {
        // Writing into a `String` cannot fail.
        let _ = escape_html_body_text(&mut self.html, text);
    }

    /// Text, escaped for an attribute's value.
    pub(super) fn attribute(&mut self, text: &str) {
        let _ = escape_html(&mut self.html, text);
    }

    /// A hole here.
    pub(super) fn hole(&mut self, fill: Fill) {
        self.holes.push(Hole { at: offset(self.html.len()), fill });
    }

    /// Appends what was written aside.
    pub(super) fn append(&mut self, other: Self) {
        let base = self.html.len();
        self.html.push_str(&other.html);
        self.holes.extend(other.holes.iter().map(|hole| Hole { at: offset(base + hole.at as usize), fill: hole.fill }));
    }

    /// Takes back everything from byte `at` on.
    pub(super) fn truncate(&mut self, at: usize, holes: usize) {
        self.html.truncate(at);
        self.holes.truncate(holes);
    }

    /// Replaces `length` bytes at `at`, in which there is no hole. A hole at the place itself comes behind what is put there.
    pub(super) fn replace(&mut self, at: usize, length: usize, html: &str) {
        self.html.replace_range(at..at + length, html);
        for hole in self.holes.iter_mut().rev().take_while(|hole| hole.at as usize >= at + length) {
            hole.at = offset(hole.at as usize + html.len() - length);
        }
    }

    /// Removes the one byte at `at`, a line break.
    pub(super) fn remove_break(&mut self, at: usize) {
        self.html.remove(at);
        for hole in self.holes.iter_mut().rev().take_while(|hole| hole.at as usize > at) {
            hole.at -= 1;
        }
    }

    pub(super) fn into_body(self) -> Body {
        Body { html: self.html, holes: self.holes }
    }
}

//! Events to HTML with holes: where blocks start and end.
//!
//! In: start and end events. Out: tags. Headings and code are the writer's, what stands in a line is `inline`'s.

use pulldown_cmark::{Alignment, Tag, TagEnd};

use super::writer::{Table, Writer};
use crate::diagnostic::{Code, Diagnostic};
use crate::text::Span;

impl<'a> Writer<'a> {
    /// `[/] ` and the like at the start of an item: a task in a state that only Obsidian's users know. Returns its length.
    pub(super) fn task_state(&mut self, text: &str) -> usize {
        let mut letters = text.chars();
        let (Some('['), Some(state), Some(']'), Some(' ' | '\t')) = (letters.next(), letters.next(), letters.next(), letters.next()) else {
            return 0;
        };
        // What Obsidian's themes know; `[1]` and `[@]` stay text, as on GitHub.
        let is_state = state.is_ascii_alphabetic() || matches!(state, '/' | '-' | '>' | '<' | '!' | '?' | '*' | '"' | '+' | '~' | '=');
        if !is_state || !self.is_literal(0) || !self.starts_item() {
            return 0;
        }
        self.task(false, Some(state));
        text.len() - letters.as_str().trim_start().len()
    }

    /// A block, or an inline element, starts.
    pub(super) fn start(&mut self, tag: Tag<'a>, range: &std::ops::Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.block();
                self.start_paragraph();
            }
            Tag::Heading { level, id, classes, attrs } => self.start_heading(level as u8, id, &classes, &attrs, range),
            Tag::BlockQuote(_) => self.start_quote(range),
            Tag::CodeBlock(kind) => self.start_code(kind, range),
            Tag::HtmlBlock => {
                self.block();
                self.forget_block();
                self.out.start_line();
                self.collected.clear();
                self.pieces.clear();
            }
            Tag::List(start) => {
                self.block();
                self.open_block();
                let is_written = self.nest(2, range);
                self.start_annotations(start.filter(|_| is_written));
                if is_written {
                    match start {
                        None => self.out.push_block("<ul>\n"),
                        Some(1) => self.out.push_block("<ol>\n"),
                        Some(start) => self.out.push_block(&format!("<ol start=\"{start}\">\n")),
                    }
                }
            }
            Tag::Item => {
                self.block();
                if self.nest_inner() {
                    self.out.push_block("<li>");
                    self.start_item();
                    self.annotate_item();
                } else {
                    self.forget_block();
                }
                self.raw.enter(false);
            }
            Tag::DefinitionList => {
                self.block();
                self.open_block();
                if self.nest(2, range) {
                    self.out.push_block("<dl>\n");
                }
            }
            Tag::DefinitionListTitle => {
                self.block();
                self.forget_block();
                if self.nest_inner() {
                    self.out.push_block("<dt>");
                }
                self.raw.enter(false);
            }
            Tag::DefinitionListDefinition => {
                self.block();
                self.forget_block();
                if self.nest_inner() {
                    self.out.push_block("<dd>");
                }
                self.raw.enter(false);
            }
            Tag::FootnoteDefinition(label) => {
                self.block();
                self.forget_block();
                let label = self.clean(label).into_string();
                let outer = std::mem::take(&mut self.out);
                self.outer.push((outer, label, self.outline.len()));
                self.visible.start_aside();
                self.raw.enter(false);
            }
            Tag::Table(alignments) => {
                self.block();
                self.open_block();
                self.table = Table { alignments, ..Table::default() };
                self.out.push_block("<div class=\"table\"><table>\n");
            }
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.cell = 0;
                self.out.push("<thead>\n<tr>\n");
            }
            Tag::TableRow => {
                if !self.table.has_body {
                    self.table.has_body = true;
                    self.out.push("<tbody>\n");
                }
                self.table.cell = 0;
                self.out.push("<tr>\n");
            }
            Tag::TableCell => {
                self.forget_block();
                self.out.push(if self.table.in_head { "<th" } else { "<td" });
                self.out.push(match self.table.alignments.get(self.table.cell) {
                    Some(Alignment::Left) => " class=\"align-left\">",
                    Some(Alignment::Center) => " class=\"align-center\">",
                    Some(Alignment::Right) => " class=\"align-right\">",
                    Some(Alignment::None) | None => ">",
                });
                self.raw.enter(false);
            }
            Tag::MetadataBlock(_) => {}
            tag => self.start_inline(tag, range),
        }
    }

    /// A block, or an inline element, ends.
    pub(super) fn end(&mut self, tag: TagEnd, range: &std::ops::Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) => {
                self.end_containers();
                self.end_quote();
                self.close_block();
            }
            TagEnd::CodeBlock => {
                self.end_code();
                self.close_block();
                self.end_code_tab();
            }
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::List(is_ordered) => {
                self.end_annotations();
                self.unnest(if is_ordered { "</ol>\n" } else { "</ul>\n" }, false);
                self.close_block();
            }
            TagEnd::Item => {
                self.end_containers();
                self.end_line();
                self.leave_raw();
                self.unnest("</li>\n", false);
            }
            TagEnd::DefinitionList => {
                self.unnest("</dl>\n", false);
                self.close_block();
            }
            TagEnd::DefinitionListTitle => {
                self.end_text();
                self.end_label();
                self.leave_raw();
                self.unnest("</dt>\n", false);
            }
            TagEnd::DefinitionListDefinition => {
                self.end_containers();
                self.end_text();
                self.leave_raw();
                self.unnest("</dd>\n", false);
            }
            TagEnd::FootnoteDefinition => {
                self.end_containers();
                self.end_text();
                self.leave_raw();
                if let Some((outer, label, headings)) = self.outer.pop() {
                    let definition = std::mem::replace(&mut self.out, outer);
                    let text = self.visible.end_aside();
                    let line = self.source[range.clone()].find(']').map_or(range.end, |at| range.start + at + 1);
                    let span = Span::new(range.start, line);
                    self.footnotes.define(&label, definition, text, headings..self.outline.len(), Some(span));
                }
                self.forget_block();
            }
            TagEnd::Table => {
                self.out.push(if self.table.has_body { "</tbody>\n</table></div>\n" } else { "</table></div>\n" });
                self.close_block();
            }
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.out.push("</tr>\n</thead>\n");
            }
            TagEnd::TableRow => self.out.push("</tr>\n"),
            TagEnd::TableCell => {
                self.check_cell(range);
                self.end_text();
                self.leave_raw();
                self.out.push(if self.table.in_head { "</th>\n" } else { "</td>\n" });
                self.table.cell += 1;
                self.visible.end_line();
            }
            TagEnd::MetadataBlock(_) => {}
            tag => self.end_inline(tag, range),
        }
    }

    /// Reports a wikilink that the cell's end cuts in two.
    fn check_cell(&mut self, range: &std::ops::Range<usize>) {
        let Some(span) = super::link::cut_by_cell(self.source, range).filter(|_| self.options.extensions) else { return };
        let fault = Diagnostic::at(Code::UnescapedBar, self.file.clone(), span, "the `|` in this wikilink ends the cell of the table");
        self.diagnostics.push(fault.hint("write `\\|` in tables: `[[note\\|text]]`"));
    }

    /// A block of raw HTML ends.
    pub(super) fn end_html_block(&mut self) {
        let html = std::mem::take(&mut self.collected);
        let pieces = std::mem::take(&mut self.pieces);
        let place = |at: usize| {
            let piece = pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
            pieces.get(piece).map_or(0, |(start, source)| source + (at - start))
        };
        self.raw_html(&html, true, &place);
        self.collected = html;
        self.pieces = pieces;
        self.collected.clear();
        self.pieces.clear();
    }
}

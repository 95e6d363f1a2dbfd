//! Blocks of code in Markdown, and the lists behind them whose items explain their lines.
//!
//! In: where fences start and end, and what comes next. Out: code blocks, their visible text, ids of the items that annotations lead to.
//!
//! Whether `(1)` in a comment is an annotation depends on what follows the block, so a block is read when the next event is known.

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use super::output::offset;
use super::writer::Writer;
use crate::note::{CodeBlock, Fill};
use crate::path::Anchor;
use crate::text::Span;

/// The code that waits for what follows it, and the lists that are open.
#[derive(Debug, Default)]
pub(super) struct Fences {
    /// The info string and the place of the block that is being read.
    open: (String, Span),
    /// Whether the block is a tab, whose label shows its title.
    is_tab: bool,
    /// A block that has ended: its text, and whether a reader sees it.
    waiting: Option<(String, bool)>,
    /// The block that was read last, for the event that followed it.
    last: Option<usize>,
    /// For every open list the block that it explains, and the number of its next item.
    lists: Vec<Option<(usize, u32)>>,
    /// The ids of the items.
    pub(super) anchors: Vec<Anchor>,
}

impl<'a> Writer<'a> {
    /// A block of code starts.
    pub(super) fn start_code(&mut self, kind: CodeBlockKind<'a>, range: &std::ops::Range<usize>) {
        self.block();
        let (info, span) = match kind {
            CodeBlockKind::Indented => (String::new(), Span::from(range.clone())),
            CodeBlockKind::Fenced(info) => {
                let info = self.clean(info).into_string();
                let span = self.info_span(range);
                (info, span)
            }
        };
        self.fences.is_tab = self.start_code_tab(&info);
        self.fences.open = (info, span);
        self.open_block();
        self.collected.clear();
        self.inline.in_code_block = true;
    }

    /// It ends.
    pub(super) fn end_code(&mut self) {
        self.inline.in_code_block = false;
        self.has_content = true;
        let text = std::mem::take(&mut self.collected);
        let text = self.clean(text.into()).into_string();
        self.fences.waiting = Some((text, !self.raw.hides()));
        self.out.start_line();
        self.out.hole(Fill::Code(offset(self.code.len())));
        self.out.push("\n");
    }

    /// The event behind a block is known.
    pub(super) fn settle_code(&mut self, event: &Event<'a>) {
        if self.fences.waiting.is_some() {
            let first = match event {
                Event::Start(Tag::List(Some(first))) => u32::try_from(*first).ok().filter(|_| self.options.extensions),
                _ => None,
            };
            self.push_code(first);
        } else {
            self.fences.last = None;
        }
    }

    /// Reads the block that waits. `first`: the number of the first item of the ordered list right behind it.
    pub(super) fn push_code(&mut self, first: Option<u32>) {
        let Some((text, is_seen)) = self.fences.waiting.take() else { return };
        let (info, span) = std::mem::take(&mut self.fences.open);
        let (mut block, faults) = if self.options.extensions {
            CodeBlock::new(info, text, span, first.map(|first| first..first))
        } else {
            (CodeBlock::plain(info, text, span), Vec::new())
        };
        let file = self.file;
        self.diagnostics.extend(faults.into_iter().map(|fault| fault.report(file, &block)));
        if self.fences.is_tab {
            block.attributes.title.clear();
        }
        if is_seen && block.attributes.include.is_some() {
            self.visible.include(offset(self.code.len()));
        } else if is_seen {
            self.visible.push_code(&block.words());
        }
        self.fences.last = Some(self.code.len());
        self.code.push(block);
    }

    /// A list starts. `first`: the number of its first item, where it is ordered and written.
    pub(super) fn start_annotations(&mut self, first: Option<u64>) {
        let last = self.fences.last.take();
        let block = last.filter(|block| self.code[*block].has_annotations());
        let first = first.and_then(|first| u32::try_from(first).ok());
        self.fences.lists.push(block.zip(first));
    }

    /// An item of it starts: its start tag was written. Annotations lead here.
    pub(super) fn annotate_item(&mut self) {
        let Some(Some((block, number))) = self.fences.lists.last_mut() else { return };
        let (block, current) = (*block, *number);
        *number = number.saturating_add(1);
        let id = CodeBlock::annotation_id(block, current);
        // The item itself may get a name of its own: `^id`.
        self.out.push(&format!("<span id=\"{id}\"></span>"));
        self.fences.anchors.push(Anchor::explicit(&id));
        if let Some(items) = &mut self.code[block].items {
            items.end = current.saturating_add(1);
        }
    }

    /// A list ends.
    pub(super) fn end_annotations(&mut self) {
        let Some((block, _)) = self.fences.lists.pop().flatten() else { return };
        let block = &self.code[block];
        for fault in block.unexplained() {
            self.diagnostics.push(fault.report(self.file, block));
        }
    }

    /// The place of a fence's info string, or of the fence.
    fn info_span(&self, range: &std::ops::Range<usize>) -> Span {
        let line = self.source[range.clone()].lines().next().unwrap_or("");
        let fence = line.trim_start_matches(['`', '~']);
        let info = fence.trim();
        if info.is_empty() {
            return Span::new(range.start, range.start + line.trim_end().len());
        }
        let start = range.start + line.len() - fence.trim_start().len();
        Span::new(start, start + info.len())
    }
}

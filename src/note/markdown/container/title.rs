//! Titles of containers and captions: Markdown in one line.
//!
//! In: the place of a title. Out: HTML without a block around it. A title that would be more than a line of text, a list or a heading, is shown as written.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::note::markdown::cjk;
use crate::note::markdown::events::Events;
use crate::note::markdown::writer::{Writer, extensions};

impl Writer<'_> {
    /// Writes the title at this place.
    pub(super) fn container_title(&mut self, range: Range<usize>) {
        let plain = self.containers.plain;
        let masked = std::mem::replace(&mut self.source, plain);
        let prepared = cjk::prepare(&plain[range.clone()]);
        let mut events = Events::new(&plain[..range.end], range.start, prepared.as_ref(), extensions(self.options));
        self.raw.enter(false);
        if matches!(events.next(), Some((Event::Start(Tag::Paragraph), _))) {
            while let Some((event, place)) = events.next() {
                if matches!(event, Event::End(TagEnd::Paragraph)) {
                    break;
                }
                std::mem::swap(&mut self.pieces_of_text, &mut events.pieces);
                self.event(event.into_static(), place);
            }
        } else {
            let text = self.clean(plain[range].into());
            self.show(&text, true);
            self.out.text(&text);
        }
        self.end_text();
        self.leave_raw();
        self.inline.forget_break();
        self.source = masked;
    }

    /// What a title ends with names no block.
    pub(super) fn forget_names(&mut self) {
        self.marks.block_id = None;
        self.forget_block();
    }
}

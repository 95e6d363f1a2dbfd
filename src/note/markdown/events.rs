//! The parser's events, with places in the file and with neighbouring texts as one.
//!
//! In: the text to parse. Out: events without placeholders, and for each text where its pieces stand in the source.

use pulldown_cmark::{CowStr, Event, OffsetIter, Options as Extensions, Parser};

use super::cjk::Prepared;

/// A part of a text and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Offset in the text.
    pub(super) text: usize,
    /// Offset in the source.
    pub(super) source: usize,
    /// Where it ends in the source.
    pub(super) end: usize,
}

/// Events in order.
pub(super) struct Events<'a> {
    parser: OffsetIter<'a>,
    prepared: Option<&'a Prepared>,
    from: usize,
    ahead: Option<(Event<'a>, std::ops::Range<usize>)>,
    /// The pieces of the text that was given last.
    pub(super) pieces: Vec<Piece>,
}

impl<'a> Events<'a> {
    /// The events of `source` from byte `from` on; `prepared` is made from just that part.
    pub(super) fn new(source: &'a str, from: usize, prepared: Option<&'a Prepared>, extensions: Extensions) -> Self {
        let text = prepared.map_or(&source[from..], |prepared| prepared.text.as_str());
        Self { parser: Parser::new_ext(text, extensions).into_offset_iter(), prepared, from, ahead: None, pieces: Vec::new() }
    }

    /// What `report` says of each definition of a link's address: its label, the address, its place. In order of the label.
    pub(super) fn definitions<T>(&self, report: impl Fn(&str, &str, std::ops::Range<usize>) -> Option<T>) -> Vec<T> {
        let mut definitions: Vec<_> = self.parser.reference_definitions().iter().collect();
        definitions.sort_by_key(|(_, definition)| definition.span.start);
        let place = |at: usize| self.from + self.prepared.map_or(at, |prepared| prepared.place(at));
        let text = |text: &str| self.prepared.map_or_else(|| text.to_owned(), |prepared| prepared.without_placeholders(text));
        let found = definitions.into_iter().filter_map(|(label, definition)| {
            let range = place(definition.span.start)..place(definition.span.end);
            report(&text(label), &text(&definition.dest), range)
        });
        found.collect()
    }

    fn one(&mut self) -> Option<(Event<'a>, std::ops::Range<usize>)> {
        if let Some(ahead) = self.ahead.take() {
            return Some(ahead);
        }
        let (event, range) = self.parser.next()?;
        Some(match self.prepared {
            None => (event, self.from + range.start..self.from + range.end),
            Some(prepared) => (prepared.event(event), self.from + prepared.place(range.start)..self.from + prepared.place(range.end)),
        })
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Option<(Event<'a>, std::ops::Range<usize>)> {
        let (event, mut range) = self.one()?;
        let Event::Text(first) = event else { return Some((event, range)) };
        self.pieces.clear();
        self.pieces.push(Piece { text: 0, source: range.start, end: range.end });
        let mut joined = String::new();
        loop {
            match self.one() {
                Some((Event::Text(text), place)) => {
                    if joined.is_empty() {
                        joined.push_str(&first);
                    }
                    self.pieces.push(Piece { text: joined.len(), source: place.start, end: place.end });
                    joined.push_str(&text);
                    range.end = place.end;
                }
                other => {
                    self.ahead = other;
                    break;
                }
            }
        }
        let text = if self.pieces.len() == 1 { first } else { CowStr::from(joined) };
        Some((Event::Text(text), range))
    }
}

//! The terms of a segment's fields, walked once: what the changed documents had is taken out, what they have is put in, all else is copied.
//!
//! *In*: the opened segment, and the changed documents as small segments of their own, as they were and as they are. *Out*: the three files that tell of terms.
//! Knows nothing of stored notes.

use super::{Memory, Numbers};
use crate::index::{List, Opened};
use crate::schema;
use crate::segment::{Terms, parts};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;
use tantivy::directory::{CompositeWrite, OwnedBytes};
use tantivy::positions::{PositionReader, PositionSerializer};
use tantivy::postings::TermInfo;
use tantivy::postings::serializer::PostingsSerializer;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::termdict::TermDictionaryBuilder;

/// The terms of one field, and the files that tell of them.
pub(super) struct Words<'a> {
    field: Field,
    documents: u32,
    terms: &'a Terms,
    /// How many tokens there are.
    tokens: u64,
    lists: OwnedBytes,
    positions: OwnedBytes,
}

impl<'a> Words<'a> {
    pub(super) fn of(source: &Arc<Memory>, opened: &'a Opened, field: Field) -> Option<Self> {
        let terms = if field == schema::TEXT { &opened.terms } else { &opened.meta };
        let bytes = |extension| {
            let part = parts(source, extension).ok()?.open_read(field);
            part.map_or_else(|| Some(OwnedBytes::empty()), |part| part.read_bytes().ok())
        };
        // The number of all tokens stands in front; of no tokens there is no file.
        let (lists, positions) = (bytes("idx")?, bytes("pos")?);
        let (tokens, lists) = match lists.as_slice().first_chunk() {
            Some(tokens) => (u64::from_le_bytes(*tokens), lists.slice(8..lists.len())),
            None => (0, lists),
        };
        Some(Self { field, documents: opened.documents, terms, tokens, lists, positions })
    }

    /// Which documents have a term, and where only where that is asked for.
    fn entries(&self, info: &TermInfo, with_steps: bool) -> Option<Entries> {
        let List { docs, mut counts, .. } = self.terms.list(info, self.documents).ok()?;
        let mut steps = Vec::new();
        if self.field != schema::TEXT {
            counts = vec![0; docs.len()];
        } else if with_steps {
            let total: usize = counts.iter().map(|count| *count as usize).sum();
            if info.positions_range.end > self.positions.len() || total > self.positions.len() * 128 {
                return None;
            }
            steps.resize(total, 0);
            PositionReader::open(self.positions.slice(info.positions_range.clone())).ok()?.read(0, &mut steps);
        }
        Some(Entries { documents: docs, counts, steps })
    }
}

/// Which documents have a term, how often, and where: distances from place to place, all documents in one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entries {
    documents: Vec<u32>,
    counts: Vec<u32>,
    steps: Vec<u32>,
}

impl Entries {
    /// The documents, each with its count and steps.
    fn each(&self) -> impl Iterator<Item = (u32, u32, &[u32])> {
        let mut rest = self.steps.as_slice();
        self.documents.iter().enumerate().map(move |(at, &doc)| {
            let count = self.counts.get(at).copied().unwrap_or_default();
            let (steps, behind) = rest.split_at((count as usize).min(rest.len()));
            rest = behind;
            (doc, count, steps)
        })
    }

    fn push(&mut self, doc: u32, count: u32, steps: &[u32]) {
        self.documents.push(doc);
        self.counts.push(count);
        self.steps.extend_from_slice(steps);
    }

    /// These without the documents of `minus` and with those of `plus`, under their new numbers. `None` when one is not there that should be.
    fn changed(&self, minus: &Self, plus: &Self, numbers: &[u32]) -> Option<Self> {
        let mut out = Self::default();
        let (mut minus, mut plus) = (minus.each().peekable(), plus.each().peekable());
        for (old, count, steps) in self.each() {
            let doc = *numbers.get(old as usize)?;
            if minus.next_if(|(gone, ..)| *gone == old).is_some() {
                continue;
            }
            while let Some((new, count, steps)) = plus.next_if(|(new, ..)| *new < doc) {
                out.push(new, count, steps);
            }
            out.push(doc, count, steps);
        }
        plus.for_each(|(doc, count, steps)| out.push(doc, count, steps));
        (minus.next().is_none() && out.documents.is_sorted_by(|a, b| a < b)).then_some(out)
    }
}

/// The three files that tell of terms.
pub(super) struct Out<'a> {
    pub(super) terms: CompositeWrite<&'a mut Vec<u8>>,
    pub(super) lists: CompositeWrite<&'a mut Vec<u8>>,
    pub(super) positions: CompositeWrite<&'a mut Vec<u8>>,
}

/// Walks the terms of one field.
pub(super) fn merge(
    base: Words<'_>,
    minus: Words<'_>,
    plus: Words<'_>,
    numbers: &Numbers,
    option: IndexRecordOption,
    out: &mut Out<'_>,
) -> Option<()> {
    let mut changes: BTreeMap<Vec<u8>, (Entries, Entries)> = BTreeMap::new();
    for (side, places, is_new) in [(&minus, &numbers.gone, false), (&plus, &numbers.come, true)] {
        let Some(dictionary) = side.terms.terms() else { continue };
        let mut stream = dictionary.stream().ok()?;
        while let Some((term, info)) = stream.next() {
            let mut entries = side.entries(info, true)?;
            for doc in &mut entries.documents {
                *doc = *places.get(*doc as usize)?;
            }
            let both = changes.entry(term.to_vec()).or_default();
            *(if is_new { &mut both.1 } else { &mut both.0 }) = entries;
        }
    }
    let are_moved = numbers.first != u32::MAX;
    changes.retain(|_, (old, new)| are_moved || old != new);

    let tokens = base.tokens.checked_sub(minus.tokens)?.checked_add(plus.tokens)?;
    let lists = out.lists.for_field(base.field);
    lists.write_all(&tokens.to_le_bytes()).ok()?;
    let mut writer = Lists {
        lists,
        positions: out.positions.for_field(base.field),
        terms: TermDictionaryBuilder::create(out.terms.for_field(base.field)).ok()?,
        list_at: 0,
        position_at: 0,
        option,
        run: (0..0, 0..0),
        old: (base.lists.as_slice(), base.positions.as_slice()),
    };
    let mut changes = changes.into_iter().peekable();
    let mut stream = base.terms.terms()?.stream().ok()?;
    while let Some((term, info)) = stream.next() {
        while let Some((new, (_, entries))) = changes.next_if(|(new, _)| new.as_slice() < term) {
            writer.add(&new, &entries)?;
        }
        match changes.next_if(|(changed, _)| changed == term) {
            Some((_, (minus, plus))) => writer.add(term, &base.entries(info, true)?.changed(&minus, &plus, &numbers.new)?)?,
            None if are_moved => writer.renumber(term, info, base.entries(info, false)?, numbers)?,
            None => writer.copy(term, info)?,
        }
    }
    for (term, (old, new)) in changes {
        // A word that is taken out of where it never was.
        if !old.documents.is_empty() {
            return None;
        }
        writer.add(&term, &new)?;
    }
    writer.flush()?;
    writer.terms.finish().ok()?;
    Some(())
}

/// Writes terms in their order.
struct Lists<'a, T: Write, L: Write, P: Write> {
    terms: TermDictionaryBuilder<T>,
    lists: L,
    positions: P,
    list_at: usize,
    position_at: usize,
    option: IndexRecordOption,
    /// What is to be copied next, of the old lists and positions: neighbours are copied at once.
    run: (Range<usize>, Range<usize>),
    old: (&'a [u8], &'a [u8]),
}

impl<T: Write, L: Write, P: Write> Lists<'_, T, L, P> {
    fn name(&mut self, term: &[u8], documents: u32, list: usize, positions: usize) -> Option<()> {
        let (list_end, position_end) = (self.list_at + list, self.position_at + positions);
        let info =
            TermInfo { doc_freq: documents, postings_range: self.list_at..list_end, positions_range: self.position_at..position_end };
        (self.list_at, self.position_at) = (list_end, position_end);
        self.terms.insert(term, &info).ok()
    }

    /// A term whose documents are the same.
    fn copy(&mut self, term: &[u8], info: &TermInfo) -> Option<()> {
        let (list, positions) = (&info.postings_range, &info.positions_range);
        if self.run.0.end != list.start || self.run.1.end != positions.start {
            self.flush()?;
            self.run = (list.start..list.start, positions.start..positions.start);
        }
        self.run.0.end = list.end;
        self.run.1.end = positions.end;
        self.name(term, info.doc_freq, list.len(), positions.len())
    }

    /// A term whose documents are the same, of which some have other numbers.
    fn renumber(&mut self, term: &[u8], info: &TermInfo, mut entries: Entries, numbers: &Numbers) -> Option<()> {
        if entries.documents.last().is_none_or(|&last| last < numbers.first) {
            return self.copy(term, info);
        }
        for doc in &mut entries.documents {
            *doc = *numbers.new.get(*doc as usize)?;
        }
        self.flush()?;
        let list = self.list(&entries)?;
        self.lists.write_all(&list).ok()?;
        let positions = &info.positions_range;
        self.positions.write_all(self.old.1.get(positions.clone())?).ok()?;
        self.name(term, info.doc_freq, list.len(), positions.len())
    }

    /// A list as tantivy writes it.
    fn list(&self, entries: &Entries) -> Option<Vec<u8>> {
        let documents = u32::try_from(entries.documents.len()).ok()?;
        let mut list = Vec::new();
        let mut postings = PostingsSerializer::new(0.0, self.option, None);
        postings.new_term(documents, self.has_positions());
        for (doc, count) in entries.documents.iter().zip(&entries.counts) {
            postings.write_doc(*doc, *count);
        }
        postings.close_term(documents, &mut list).ok()?;
        Some(list)
    }

    fn has_positions(&self) -> bool {
        self.option == IndexRecordOption::WithFreqsAndPositions
    }

    fn flush(&mut self) -> Option<()> {
        let (list, positions) = std::mem::take(&mut self.run);
        self.lists.write_all(self.old.0.get(list)?).ok()?;
        self.positions.write_all(self.old.1.get(positions)?).ok()
    }

    /// A term with these documents; none where there are none.
    fn add(&mut self, term: &[u8], entries: &Entries) -> Option<()> {
        if entries.documents.is_empty() {
            return Some(());
        }
        self.flush()?;
        let documents = u32::try_from(entries.documents.len()).ok()?;
        let list = self.list(entries)?;
        let mut positions = Vec::new();
        if self.has_positions() {
            let mut serializer = PositionSerializer::new(&mut positions);
            serializer.write_positions_delta(&entries.steps);
            serializer.close_term().ok()?;
            serializer.close().ok()?;
        }
        self.lists.write_all(&list).ok()?;
        self.positions.write_all(&positions).ok()?;
        // A run goes on only behind what was read.
        self.name(term, documents, list.len(), positions.len())
    }
}

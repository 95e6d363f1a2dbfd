//! Changes some documents of a segment, the bytes being those of a segment that is written anew.
//!
//! *In*: the segment, which documents changed, and what they are now. *Out*: the files of the new one, or `None` where they cannot be told: the caller then
//! writes all of them. The old and the new forms of the changed documents are indexed by themselves, by tantivy, so that nothing of how it counts words and places
//! is told here twice; then the terms are walked once. Each term's list and places are a run of bytes that depends on no other, so all but those of
//! the changed documents' words are copied.

use crate::again::{Base, Entry, heads, text_of};
use crate::directory::Source;
use crate::index::{List, Opened};
use crate::layout::store_block;
use crate::lengths;
use crate::record;
use crate::schema::{self, FIELDS};
use crate::segment::{SEGMENT, Terms, body, parts};
use crate::write::{Files, write_segment_of};
use crate::{Document, facet, traits};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tantivy::directory::{CompositeWrite, Directory as _, OwnedBytes, RamDirectory};
use tantivy::positions::{PositionReader, PositionSerializer};
use tantivy::postings::TermInfo;
use tantivy::postings::serializer::PostingsSerializer;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::{Compressor, StoreReader, StoreWriter};
use tantivy::termdict::TermDictionaryBuilder;

/// Files in memory.
#[derive(Debug)]
struct Memory(Files);

impl Source for Memory {
    fn len(&self, name: &str) -> Option<usize> {
        self.0.get(name).map(|bytes| bytes.len())
    }

    fn read(&self, name: &str, range: Range<usize>) -> std::io::Result<OwnedBytes> {
        let bytes = self.0.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(OwnedBytes::new(Arc::clone(bytes)).slice(range))
    }
}

/// Puts other documents in the place of those at `changed`, which are ascending.
pub(crate) fn patch(
    base: &Base,
    entries: &[Entry],
    changed: &[usize],
    document: &(dyn Fn(usize) -> Document + Sync),
) -> Option<(Files, Vec<[u32; FIELDS]>)> {
    let source = Arc::new(Memory(base.files.clone()));
    let opened = Opened::open(&source).ok()?;
    let places: Vec<u32> = changed.iter().map(|&at| u32::try_from(at).ok()).collect::<Option<_>>()?;
    let old: Vec<Document> =
        changed.iter().zip(&places).map(|(&at, &doc)| old_document(&opened, &base.entries[at], doc)).collect::<Option<_>>()?;
    let new: Vec<Document> = changed.iter().map(|&at| document(at)).collect();

    let (minus, plus) = (Side::of(&old)?, Side::of(&new)?);
    let mut lengths = base.lengths.clone();
    for ((at, before), after) in changed.iter().zip(&minus.lengths).zip(&plus.lengths) {
        // What was in the segment is what is taken out of it.
        if lengths.get(*at)? != before {
            return None;
        }
        lengths[*at] = *after;
    }

    let (mut terms, mut lists, mut positions) = (Vec::new(), Vec::new(), Vec::new());
    {
        let mut out = Out {
            terms: CompositeWrite::wrap(&mut terms),
            lists: CompositeWrite::wrap(&mut lists),
            positions: CompositeWrite::wrap(&mut positions),
        };
        for (field, option) in [(schema::TEXT, IndexRecordOption::WithFreqsAndPositions), (schema::META, IndexRecordOption::Basic)] {
            let sides = [(&source, &opened), (&minus.source, &minus.opened), (&plus.source, &plus.opened)];
            let [base, minus, plus] = sides.map(|(source, opened)| Words::of(source, opened, field));
            merge(base?, minus?, plus?, &places, option, &mut out)?;
        }
        out.terms.close().ok()?;
        out.lists.close().ok()?;
        out.positions.close().ok()?;
    }
    let blocks = store_block(text_of(entries));
    let store = store(&source, &plus, &places, entries.len(), blocks)?;

    let mut files = base.files.clone();
    for (extension, bytes) in [("term", terms), ("idx", lists), ("pos", positions), ("store", store)] {
        let name = format!("{SEGMENT}.{extension}");
        let whole = with_footer(bytes, files.get(&name)?)?;
        files.insert(name, whole.into());
    }
    files.insert(schema::LENGTHS.to_owned(), lengths::encode(&lengths).into());
    files.insert(facet::FILE.to_owned(), facet::encode(&heads(entries)).into());
    files.insert(traits::FILE.to_owned(), traits::encode(&heads(entries)).into());
    let meta = str::from_utf8(files.get("meta.json")?).ok()?;
    let (before, behind) = meta.split_once("\"docstore_blocksize\": ")?;
    let behind = behind.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let meta = format!("{before}\"docstore_blocksize\": {blocks}{behind}");
    files.insert("meta.json".to_owned(), meta.into_bytes().into());
    Some((files, lengths))
}

/// A document as the segment has it.
fn old_document(opened: &Opened, entry: &Entry, doc: u32) -> Option<Document> {
    let decoded = record::decode(&opened.record(doc).ok()?)?;
    let document = Document { sections: decoded.sections, ..entry.head.clone() };
    let is_same = (&document.url, &document.source, &document.title) == (&decoded.url, &decoded.source, &decoded.title);
    is_same.then_some(document)
}

/// The changed documents by themselves, as they were or as they are.
struct Side {
    source: Arc<Memory>,
    opened: Opened,
    lengths: Vec<[u32; FIELDS]>,
}

impl Side {
    fn of(documents: &[Document]) -> Option<Self> {
        let text = documents.iter().flat_map(|document| &document.sections).map(|section| section.text.len()).sum();
        let heads: Vec<&Document> = documents.iter().collect();
        let (files, lengths) = write_segment_of(documents.len(), text, &heads, &|at| Cow::Borrowed(&documents[at])).ok()?;
        let source = Arc::new(Memory(files));
        let opened = Opened::open(&source).ok()?;
        Some(Self { source, opened, lengths })
    }
}

/// The terms of one field, and the files that tell of them.
struct Words<'a> {
    field: Field,
    documents: u32,
    terms: &'a Terms,
    /// How many tokens there are.
    tokens: u64,
    lists: OwnedBytes,
    positions: OwnedBytes,
}

impl<'a> Words<'a> {
    fn of(source: &Arc<Memory>, opened: &'a Opened, field: Field) -> Option<Self> {
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

    fn entries(&self, info: &TermInfo) -> Option<Entries> {
        let List { docs, mut counts, .. } = self.terms.list(info, self.documents).ok()?;
        let mut steps = Vec::new();
        if self.field == schema::TEXT {
            let total: usize = counts.iter().map(|count| *count as usize).sum();
            if info.positions_range.end > self.positions.len() || total > self.positions.len() * 128 {
                return None;
            }
            steps.resize(total, 0);
            PositionReader::open(self.positions.slice(info.positions_range.clone())).ok()?.read(0, &mut steps);
        } else {
            counts = vec![0; docs.len()];
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

    /// These without the documents of `minus` and with those of `plus`. `None` when one is not there that should be.
    fn changed(&self, minus: &Self, plus: &Self) -> Option<Self> {
        let mut out = Self::default();
        let (mut minus, mut plus) = (minus.each().peekable(), plus.each().peekable());
        for (doc, count, steps) in self.each() {
            while let Some((new, count, steps)) = plus.next_if(|(new, ..)| *new < doc) {
                out.push(new, count, steps);
            }
            if minus.next_if(|(old, ..)| *old == doc).is_none() {
                out.push(doc, count, steps);
            }
        }
        plus.for_each(|(doc, count, steps)| out.push(doc, count, steps));
        (minus.next().is_none() && out.documents.is_sorted_by(|a, b| a < b)).then_some(out)
    }
}

/// The three files that tell of terms.
struct Out<'a> {
    terms: CompositeWrite<&'a mut Vec<u8>>,
    lists: CompositeWrite<&'a mut Vec<u8>>,
    positions: CompositeWrite<&'a mut Vec<u8>>,
}

/// Walks the terms of one field.
fn merge(base: Words<'_>, minus: Words<'_>, plus: Words<'_>, places: &[u32], option: IndexRecordOption, out: &mut Out<'_>) -> Option<()> {
    let mut changes: BTreeMap<Vec<u8>, (Entries, Entries)> = BTreeMap::new();
    for (side, is_new) in [(&minus, false), (&plus, true)] {
        let Some(dictionary) = side.terms.terms() else { continue };
        let mut stream = dictionary.stream().ok()?;
        while let Some((term, info)) = stream.next() {
            let mut entries = side.entries(info)?;
            for doc in &mut entries.documents {
                *doc = *places.get(*doc as usize)?;
            }
            let both = changes.entry(term.to_vec()).or_default();
            *(if is_new { &mut both.1 } else { &mut both.0 }) = entries;
        }
    }
    changes.retain(|_, (old, new)| old != new);

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
            Some((_, (minus, plus))) => writer.add(term, &base.entries(info)?.changed(&minus, &plus)?)?,
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
        let has_positions = self.option == IndexRecordOption::WithFreqsAndPositions;
        let mut list = Vec::new();
        let mut postings = PostingsSerializer::new(0.0, self.option, None);
        postings.new_term(documents, has_positions);
        for (doc, count, _) in entries.each() {
            postings.write_doc(doc, count);
        }
        postings.close_term(documents, &mut list).ok()?;
        let mut positions = Vec::new();
        if has_positions {
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

/// The stored notes, cut into blocks as a new segment's are.
fn store(source: &Arc<Memory>, plus: &Side, places: &[u32], documents: usize, block_size: usize) -> Option<Vec<u8>> {
    let old = StoreReader::open(body(source, "store").ok()?, 1).ok()?;
    let new = StoreReader::open(body(&plus.source, "store").ok()?, 1).ok()?;
    let ram = RamDirectory::create();
    let path = Path::new("store");
    let mut writer = StoreWriter::new(ram.open_write(path).ok()?, Compressor::None, block_size, false).ok()?;
    let mut changed = (0..).zip(places).peekable();
    for doc in 0..u32::try_from(documents).ok()? {
        let bytes = match changed.next_if(|(_, place)| **place == doc) {
            Some((at, _)) => new.get_document_bytes(at),
            None => old.get_document_bytes(doc),
        };
        writer.store_bytes(bytes.ok()?.as_slice()).ok()?;
    }
    writer.close().ok()?;
    ram.atomic_read(path).ok()
}

/// A file with tantivy's footer: that of another one, with its own checksum.
fn with_footer(mut body: Vec<u8>, other: &[u8]) -> Option<Vec<u8>> {
    // Behind the footer stand its length and a mark.
    let (rest, mark) = other.split_last_chunk::<4>()?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let footer = rest.get(rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?..)?;
    let footer = str::from_utf8(footer).ok()?;
    let (before, checksum) = footer.split_once("\"crc\":")?;
    let behind = checksum.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let mut crc = flate2::Crc::new();
    crc.update(&body);
    let footer = format!("{before}\"crc\":{}{behind}", crc.sum());
    body.extend_from_slice(footer.as_bytes());
    body.extend_from_slice(&u32::try_from(footer.len()).ok()?.to_le_bytes());
    body.extend_from_slice(mark);
    Some(body)
}

//! An opened tantivy segment: term look-ups, posting lists and positions, read straight from tantivy's files.
//!
//! Goes through tantivy's readers of single files, not through its index or its queries, which would bring a JSON parser, the column store and
//! a regular expression engine along.
//! A read of bytes that have not arrived stops with [`Stop::Missing`]; the reader of the directory has noted which.

use crate::directory::Source;
use crate::facet;
use crate::lengths::Lengths;
use crate::schema;
use crate::segment::{Detail, Terms, body, parts, put_number, take_size};
use crate::store::Store;
use crate::traits::{self, Traits};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy::positions::PositionReader;
use tantivy::postings::TermInfo;
use tantivy::{HasLen as _, TantivyError};

/// Why a step could not be finished.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Blocks are missing; the store of blocks knows which.
    Missing,
    /// The index does not hold what it should.
    Damaged(String),
}

/// A stop for what is not as it should be.
pub(crate) fn damaged(what: &str) -> Stop {
    Stop::Damaged(what.to_owned())
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        error.kind().into()
    }
}

impl From<io::ErrorKind> for Stop {
    fn from(kind: io::ErrorKind) -> Self {
        match kind {
            io::ErrorKind::WouldBlock => Self::Missing,
            io::ErrorKind::NotFound => Self::Damaged("a file is missing".to_owned()),
            io::ErrorKind::UnexpectedEof => Self::Damaged("a file is cut short".to_owned()),
            _ => Self::Damaged("a file does not hold what it should".to_owned()),
        }
    }
}

impl From<TantivyError> for Stop {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::IoError(error) => error.kind().into(),
            // Not by its own words: printing every error that tantivy knows would be a tenth of the engine.
            _ => Self::Damaged("a file does not hold what it should".to_owned()),
        }
    }
}

/// The reads of a query. All those of one step are tried before the step stops, so that all missing blocks are named at once.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    missing: bool,
    /// Lists that were decoded, by where they begin; ascending.
    lists: Vec<(usize, Rc<List>)>,
}

impl Reads {
    /// A read's value, or `None` when it is missing.
    pub(crate) fn take<T, E: Into<Stop>>(&mut self, read: Result<T, E>) -> Result<Option<T>, Stop> {
        match read.map_err(Into::into) {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Missing) => {
                self.missing = true;
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }

    /// The posting list of a term, or `None` when it is missing.
    pub(crate) fn list(&mut self, opened: &Opened, info: &TermInfo) -> Result<Option<Rc<List>>, Stop> {
        let begin = info.postings_range.start;
        let at = self.lists.partition_point(|(known, _)| *known < begin);
        if let Some((_, list)) = self.lists.get(at).filter(|(known, _)| *known == begin) {
            return Ok(Some(Rc::clone(list)));
        }
        let list = self.take(opened.list(info))?.map(Rc::new);
        if let Some(list) = &list {
            self.lists.insert(at, (begin, Rc::clone(list)));
        }
        Ok(list)
    }

    /// Stops when anything was missing since the last call.
    pub(crate) fn finish(&mut self) -> Result<(), Stop> {
        if std::mem::take(&mut self.missing) { Err(Stop::Missing) } else { Ok(()) }
    }
}

/// An opened segment.
pub(crate) struct Opened {
    pub(crate) documents: u32,
    /// The terms of all text fields.
    pub(crate) terms: Terms,
    positions: FileSlice,
    pub(crate) lengths: Lengths,
    pub(crate) traits: Traits,
    pub(crate) meta: Terms,
    pub(crate) store: Store,
    source: Arc<dyn Source>,
}

/// A posting list, decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    pub(crate) docs: Vec<u32>,
    pub(crate) counts: Vec<u32>,
    /// Number of positions before each document's.
    pub(crate) offsets: Vec<u32>,
}

impl Opened {
    /// Opens the only segment.
    pub(crate) fn open<S: Source>(source: &Arc<S>) -> Result<Self, Stop> {
        let (dictionaries, postings, positions) = (parts(source, "term")?, parts(source, "idx")?, parts(source, "pos")?);
        let lengths = source.read(schema::LENGTHS, 0..source.len(schema::LENGTHS).unwrap_or_default())?;
        let lengths = Lengths::decode(&lengths).ok_or_else(|| damaged("the lengths of the notes cannot be read"))?;
        let traits = source.read(traits::FILE, 0..source.len(traits::FILE).unwrap_or_default())?;
        let traits = Traits::decode(&traits, lengths.documents());
        Ok(Self {
            documents: lengths.documents(),
            terms: Terms::open(&dictionaries, &postings, schema::TEXT, Detail::Positions)?,
            positions: positions.open_read(schema::TEXT).unwrap_or_else(FileSlice::empty),
            lengths,
            traits: traits.ok_or_else(|| damaged("the traits of the notes cannot be read"))?,
            meta: Terms::open(&dictionaries, &postings, schema::META, Detail::Documents)?,
            store: Store::open(&body(source, "store")?)?,
            source: Arc::clone(source) as Arc<dyn Source>,
        })
    }

    /// A document's stored record.
    pub(crate) fn record(&self, doc: u32) -> Result<Vec<u8>, Stop> {
        self.store.record(doc)
    }

    /// Which folder, tags and language each document has. Not part of opening: a plain search needs none of it.
    pub(crate) fn facets(&self) -> Result<facet::Table, Stop> {
        let bytes = self.source.read(facet::FILE, 0..self.source.len(facet::FILE).unwrap_or_default())?;
        facet::Table::decode(&bytes, self.documents).ok_or_else(|| damaged("the folders and tags cannot be read"))
    }

    /// Says that a word's posting lists will be read, before it is known where they are, and its positions if it is part of a phrase.
    pub(crate) fn expect(&self, word: &str, in_phrase: bool) {
        let term = |field| format!("{word}{}", schema::mark(field));
        let positions = if in_phrase { LIKELY_POSITIONS } else { 0 };
        self.source.expect(term(0).as_bytes(), term(schema::FIELDS - 1).as_bytes(), usize::MAX, positions);
    }

    /// Says the same of the lists of its other forms and longer words, which lie between `from` and `to`, unless they are many.
    pub(crate) fn expect_forms(&self, from: &[u8], to: &[u8]) {
        self.source.expect(from, to, LIKELY_FORMS, 0);
    }

    /// The posting list of a term.
    pub(crate) fn list(&self, info: &TermInfo) -> Result<List, Stop> {
        let list = self.terms.list(info, self.documents)?;
        // A byte of positions stands for at most 128 of them.
        let most = info.positions_range.len().saturating_add(1).saturating_mul(POSITIONS_A_BLOCK as usize);
        let last = list.offsets.last().zip(list.counts.last()).map_or(0, |(offset, count)| offset.saturating_add(*count));
        if last as usize > most || list.counts.iter().any(|&count| count > MOST_TIMES) {
            return Err(damaged("a word stands in a note more often than can be"));
        }
        Ok(list)
    }

    /// The documents that have a tag, a path or a language.
    pub(crate) fn meta_list(&self, info: &TermInfo) -> Result<Vec<u32>, Stop> {
        Ok(self.meta.list(info, self.documents)?.docs)
    }

    /// Reads positions of a term: of the documents at `places` in its list.
    pub(crate) fn positions(&self, info: &TermInfo, list: &List, places: &[usize]) -> Result<Positions, Stop> {
        let range = &info.positions_range;
        let read: u64 = places.iter().map(|&place| u64::from(list.counts[place])).sum();
        if range.start > range.end || range.end > self.positions.len() || read > u64::from(MOST_TIMES) {
            return Err(damaged("positions of words cannot be read"));
        }
        Positions::open(&self.positions.slice(range.clone()), list, places)
    }
}

/// How many bytes of positions are fetched before it is known that they are needed: they save waiting, most often.
const LIKELY_POSITIONS: u32 = 12 << 10;
/// In how many blocks the other forms of a word may lie that are fetched likewise.
const LIKELY_FORMS: usize = 4;
/// Positions in one block of tantivy's format.
const POSITIONS_A_BLOCK: u32 = 128;
/// How often a word may stand in all the notes that one step reads its positions of: 64 MB.
const MOST_TIMES: u32 = 1 << 24;
/// A term's positions are read as a whole up to this many bytes, in parts above.
const WHOLE_POSITIONS: usize = 12 << 10;

/// The positions of a term, or the parts of them that were asked for.
pub(crate) struct Positions {
    /// First block, block after the last, and their reader.
    runs: Vec<(u32, u32, PositionReader)>,
}

impl Positions {
    fn open(slice: &FileSlice, list: &List, places: &[usize]) -> Result<Self, Stop> {
        let len = slice.len();
        if len <= WHOLE_POSITIONS {
            return Ok(Self { runs: vec![(0, u32::MAX, PositionReader::open(slice.read_bytes()?)?)] });
        }
        // The head: the number of packed blocks, then the bit width of each. What follows them is one short block in another coding.
        let head = slice.slice_to(10).read_bytes()?;
        let mut behind = head.as_slice();
        let count = take_size(&mut behind).filter(|&count| count < len).ok_or_else(|| damaged("positions of words cannot be read"))?;
        let start = 10 - behind.len();
        let widths = slice.slice(start..(start + count).min(len)).read_bytes()?;
        let mut begins = vec![start + count];
        for &width in widths.as_slice() {
            begins.push(begins.last().copied().unwrap_or_default() + usize::from(width) * POSITIONS_A_BLOCK as usize / 8);
        }
        let mut wanted: Vec<(u32, u32)> = Vec::new();
        for &place in places {
            let from = list.offsets[place] / POSITIONS_A_BLOCK;
            let to = (list.offsets[place] + list.counts[place].max(1) - 1) / POSITIONS_A_BLOCK + 1;
            match wanted.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => wanted.push((from, to)),
            }
        }
        let mut reads = Reads::default();
        let mut runs = Vec::new();
        for (from, to) in wanted {
            let packed = (to as usize).min(count);
            let begin = begins.get((from as usize).min(count)).copied().unwrap_or(len).min(len);
            let end = if to as usize > count { len } else { begins.get(packed).copied().unwrap_or(len) }.min(len);
            if let Some(data) = reads.take(slice.slice(begin..end.max(begin)).read_bytes())? {
                let kept = widths.as_slice().get(from as usize..packed).unwrap_or_default();
                let mut bytes = Vec::with_capacity(10 + kept.len() + data.len());
                put_number(kept.len(), &mut bytes);
                bytes.extend_from_slice(kept);
                bytes.extend_from_slice(data.as_slice());
                runs.push((from, to, PositionReader::open(OwnedBytes::new(bytes))?));
            }
        }
        reads.finish()?;
        Ok(Self { runs })
    }

    /// Appends the positions of the document at `place` in the list, ascending.
    pub(crate) fn read(&mut self, list: &List, place: usize, out: &mut Vec<u32>) {
        let (offset, count) = (list.offsets[place], list.counts[place]);
        let block = offset / POSITIONS_A_BLOCK;
        let Some((from, _, reader)) = self.runs.iter_mut().find(|(from, to, _)| (*from..*to).contains(&block)) else { return };
        let start = out.len();
        out.resize(start + count as usize, 0);
        reader.read(u64::from(offset - *from * POSITIONS_A_BLOCK), &mut out[start..]);
        let mut position = 0u32;
        for slot in &mut out[start..] {
            position = position.wrapping_add(*slot);
            *slot = position;
        }
    }
}

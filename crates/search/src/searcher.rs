//! Answers queries over a pack, of which any part may be missing yet.
//!
//! *In*: the entry, blocks, a request. *Out*: an answer, or the names of all blocks that the next step needs. A search is started anew each
//! time something arrives; what is there is read from memory, so that costs little.

use crate::directory::{ReadOnly, Source};
use crate::pack::{BlockId, Blocks, Table, read_entry};
use crate::{Hit, PackError, Request, Response, SectionHit, Snippet, Step, record, schema, token};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{Index, InvertedIndexReader, SegmentReader};
use tantivy::postings::Postings as _;
use tantivy::schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize, ValueDeserializer};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{DocSet as _, TERMINATED, TantivyError};

/// Reads a pack.
pub struct Searcher {
    hot: Vec<BlockId>,
    blocks: Arc<Blocks>,
    opened: OnceLock<Opened>,
}

impl fmt::Debug for Searcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Searcher")
    }
}

/// Why a step could not be finished.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Blocks are missing; the store of blocks knows which.
    Missing,
    /// The index does not hold what it should.
    Damaged(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::WouldBlock { Self::Missing } else { Self::Damaged(error.to_string()) }
    }
}

impl From<TantivyError> for Stop {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::IoError(error) if error.kind() == io::ErrorKind::WouldBlock => Self::Missing,
            TantivyError::OpenReadError(tantivy::directory::error::OpenReadError::IoError { io_error, .. })
                if io_error.kind() == io::ErrorKind::WouldBlock =>
            {
                Self::Missing
            }
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl Searcher {
    /// Opens a pack by its entry. No block is needed yet.
    ///
    /// # Errors
    /// When the entry is damaged or of another version.
    pub fn open(entry: &[u8]) -> Result<Self, PackError> {
        let hot = read_entry(entry)?;
        let blocks = Arc::new(Blocks::new(&hot));
        Ok(Self { hot, blocks, opened: OnceLock::new() })
    }

    /// Takes a block's decompressed bytes. A block of another pack is ignored.
    ///
    /// # Errors
    /// When they are not the bytes of that block.
    pub fn provide(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        self.blocks.provide(name, bytes)
    }

    /// Answers, or says which blocks are missing.
    #[must_use]
    pub fn search(&self, request: &Request) -> Step {
        match self.try_search(request) {
            Ok(response) => Step::Done(response),
            Err(Stop::Damaged(what)) => Step::Broken(PackError::Index(what)),
            Err(Stop::Missing) => {
                let missing = self.blocks.take_missing();
                if missing.is_empty() {
                    return Step::Broken(PackError::Index("a read was put off for no block".to_owned()));
                }
                Step::Need(missing)
            }
        }
    }

    /// Answers, getting what is missing through `fetch`, which is given a block's name and returns its decompressed bytes.
    ///
    /// # Errors
    /// When `fetch` fails or the pack is damaged.
    pub fn search_with<E: From<PackError>>(
        &mut self,
        request: &Request,
        mut fetch: impl FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Response, E> {
        loop {
            match self.search(request) {
                Step::Done(response) => return Ok(response),
                Step::Broken(error) => return Err(error.into()),
                Step::Need(names) => {
                    for name in names {
                        let bytes = fetch(&name)?;
                        self.provide(&name, bytes)?;
                    }
                }
            }
        }
    }

    fn opened(&self) -> Result<&Opened, Stop> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let hot: Vec<_> = (0..self.hot.len()).map(|at| self.blocks.block(at as u32)).collect();
        let hot: Vec<_> = hot.into_iter().collect::<Option<_>>().ok_or(Stop::Missing)?;
        let first = hot.first().ok_or(Stop::Missing)?;
        let table = Table::decode(first, &self.hot).ok_or_else(|| Stop::Damaged("the table of files cannot be read".to_owned()))?;
        self.blocks.set_table(table);
        let opened = Opened::open(ReadOnly(Arc::clone(&self.blocks)))?;
        Ok(self.opened.get_or_init(|| opened))
    }

    fn try_search(&self, request: &Request) -> Result<Response, Stop> {
        let opened = self.opened()?;
        let words = token::tokens(&request.query);
        let mut required: Vec<BTreeMap<u32, f32>> = Vec::new();
        let mut missing = false;
        let mut infos = Vec::new();
        for (at, word) in words.iter().enumerate() {
            // The pairs of a longer run have its last character already.
            let covered = word.kind == token::Kind::Last && at > 0 && words[at - 1].kind == token::Kind::Pair;
            if covered || matches!(word.kind, token::Kind::Whole | token::Kind::Marked) {
                continue;
            }
            let mut of_word = Vec::new();
            for (field, reader) in &opened.fields {
                match reader.terms().get(word.text.as_bytes()) {
                    Ok(Some(info)) => of_word.push((*field, reader, info)),
                    Ok(None) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => missing = true,
                    Err(error) => return Err(error.into()),
                }
            }
            infos.push(of_word);
        }
        if missing {
            return Err(Stop::Missing);
        }
        for of_word in &infos {
            let mut scores: BTreeMap<u32, f32> = BTreeMap::new();
            for (field, reader, info) in of_word {
                let mut postings = match reader.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs) {
                    Ok(postings) => postings,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        missing = true;
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
                let boost = if *field == schema::TITLE {
                    8.0
                } else if *field == schema::HEADING {
                    3.0
                } else {
                    1.0
                };
                let idf = (1.0 + opened.documents as f32 / info.doc_freq.max(1) as f32).ln();
                while postings.doc() != TERMINATED {
                    let tf = postings.term_freq() as f32;
                    *scores.entry(postings.doc()).or_default() += boost * idf * tf / (tf + 1.2);
                    postings.advance();
                }
            }
            required.push(scores);
        }
        if missing {
            return Err(Stop::Missing);
        }
        let mut all = required.into_iter();
        let mut matched = all.next().unwrap_or_default();
        for next in all {
            matched.retain(|doc, score| {
                next.get(doc).is_some_and(|more| {
                    *score += more;
                    true
                })
            });
        }
        let total = matched.len();
        let mut ranked: Vec<(u32, f32)> = matched.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(request.limit);
        let mut hits = Vec::new();
        for (doc, score) in ranked {
            match opened.store.get::<Record>(doc) {
                Ok(Record(bytes)) => {
                    let document = record::decode(&bytes).ok_or_else(|| Stop::Damaged("a stored note cannot be read".to_owned()))?;
                    hits.push(hit(document, score, &words));
                }
                Err(error) => match Stop::from(error) {
                    Stop::Missing => missing = true,
                    other => return Err(other),
                },
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        Ok(Response { total, partial: false, hits })
    }
}

fn hit(document: crate::Document, score: f32, words: &[token::Token]) -> Hit {
    let mark = |text: &str| {
        let mut highlights: Vec<std::ops::Range<u32>> = Vec::new();
        token::tokenize(text, 0, &mut |token| {
            if words.iter().any(|word| word.text == token.text) {
                match highlights.last_mut() {
                    Some(last) if last.end >= token.start => last.end = last.end.max(token.end),
                    _ => highlights.push(token.start..token.end),
                }
            }
        });
        Snippet { text: text.to_owned(), highlights }
    };
    let mut sections: Vec<(usize, SectionHit)> = Vec::new();
    for section in &document.sections {
        let heading = mark(&section.heading);
        let mut excerpt = mark(&section.text);
        let count = heading.highlights.len() * 4 + excerpt.highlights.len();
        let first = excerpt.highlights.first().map_or(0, |range| range.start as usize);
        let mut from = first.saturating_sub(60);
        while !section.text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (first + 180).min(section.text.len());
        while !section.text.is_char_boundary(to) {
            to += 1;
        }
        excerpt.highlights.retain(|range| range.start as usize >= from && range.end as usize <= to);
        for range in &mut excerpt.highlights {
            *range = range.start - from as u32..range.end - from as u32;
        }
        excerpt.text = section.text[from..to].to_owned();
        sections.push((count, SectionHit { anchor: section.anchor.clone(), heading, excerpt }));
    }
    sections.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut sections: Vec<(usize, SectionHit)> =
        sections.into_iter().enumerate().filter(|(i, (count, _))| *i == 0 || *count > 0).map(|(_, section)| section).collect();
    sections.truncate(3);
    Hit {
        title: mark(&document.title),
        url: document.url,
        source: document.source,
        score,
        sections: sections.into_iter().map(|(_, section)| section).collect(),
        words: words.iter().map(|word| word.text.clone()).collect(),
    }
}

/// An opened segment.
pub(crate) struct Opened {
    pub(crate) documents: u32,
    pub(crate) fields: Vec<(Field, Arc<InvertedIndexReader>)>,
    #[allow(dead_code)]
    pub(crate) norms: Vec<(Field, FieldNormReader)>,
    pub(crate) store: StoreReader,
}

impl Opened {
    pub(crate) fn open<S: Source>(directory: ReadOnly<S>) -> tantivy::Result<Self> {
        let index = Index::open(directory)?;
        let segments = index.searchable_segments()?;
        let segment = segments.first().ok_or_else(|| TantivyError::InternalError("no segment".to_owned()))?;
        let reader = SegmentReader::open(segment)?;
        let mut fields = Vec::new();
        let mut norms = Vec::new();
        for field in schema::TEXT_FIELDS {
            fields.push((field, reader.inverted_index(field)?));
            norms.push((field, reader.get_fieldnorms_reader(field)?));
        }
        reader.inverted_index(schema::META)?;
        Ok(Self { documents: reader.max_doc(), fields, norms, store: reader.get_store_reader(0)? })
    }
}

/// The bytes of a stored record, read without the types of all the values that a tantivy document could have.
pub(crate) struct Record(pub(crate) Vec<u8>);

struct Bytes(Vec<u8>);

impl ValueDeserialize for Bytes {
    fn deserialize<'de, D: ValueDeserializer<'de>>(deserializer: D) -> Result<Self, DeserializeError> {
        deserializer.deserialize_bytes().map(Self)
    }
}

impl DocumentDeserialize for Record {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(mut deserializer: D) -> Result<Self, DeserializeError> {
        Ok(Self(deserializer.next_field::<Bytes>()?.map(|(_, bytes)| bytes.0).unwrap_or_default()))
    }
}

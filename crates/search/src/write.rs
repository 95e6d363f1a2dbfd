//! Writes an index: documents in, a pack out.
//!
//! Tokenising runs on all threads and hands each field to tantivy as one prepared string; a single writer adds the documents in order, so
//! the same documents give the same bytes on any machine. What opening the index reads becomes the hot blocks: the same code
//! that will read the pack is run over it once and watched.

use crate::index::Opened;
use crate::pack::{BlockId, Extent, Table, write_entry};
use crate::token::tokenize;
use crate::{Document, Pack, directory, record, schema};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::directory::{Directory, OwnedBytes, RamDirectory};
use tantivy::schema::Field;
use tantivy::store::Compressor;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument};

/// Why an index could not be written.
#[derive(Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

impl From<tantivy::TantivyError> for BuildError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self(format!("the index could not be written: {error}"))
    }
}

impl From<std::io::Error> for BuildError {
    fn from(error: std::io::Error) -> Self {
        Self(format!("the index could not be written: {error}"))
    }
}

/// How many documents are prepared ahead of the writer.
const BATCH: usize = 256;
/// The writer never flushes before the end: one segment.
const WRITER_MEMORY: usize = 1 << 30;

/// What is read at least for one document, in bytes: little more than the document.
const STORE_BLOCK: usize = 4096;

/// Writes the index of `documents`, in their order.
///
/// # Errors
/// When tantivy refuses, which no input should bring about.
pub fn build(documents: &[Document]) -> Result<Pack, BuildError> {
    let files = write_segment(documents)?;
    pack_files(files, documents.len())
}

pub(crate) fn write_segment(documents: &[Document]) -> Result<BTreeMap<String, Vec<u8>>, BuildError> {
    let ram = RamDirectory::create();
    let tokenizers = TokenizerManager::new();
    // tantivy asks for a tokenizer of this name for fields that are not indexed, too.
    tokenizers.register("default", Prepared::default());
    tokenizers.register(schema::TOKENIZER, Prepared::default());
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: STORE_BLOCK,
        ..IndexSettings::default()
    };
    let builder = Index::builder().schema(schema::schema()).settings(settings).tokenizers(tokenizers);
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(ram.clone(), WRITER_MEMORY)?;
    for batch in documents.chunks(BATCH) {
        for prepared in batch.par_iter().map(prepare).collect::<Vec<_>>() {
            let mut document = TantivyDocument::default();
            for (field, text) in &prepared.fields {
                document.add_text(*field, text);
            }
            document.add_bytes(schema::RECORD, &prepared.record);
            writer.add_document(document)?;
        }
    }
    let index = writer.finalize()?;
    let mut files = BTreeMap::new();
    let meta = ram.atomic_read(Path::new("meta.json")).map_err(tantivy::TantivyError::from)?;
    let segment = index.searchable_segment_metas()?.into_iter().next().ok_or_else(|| BuildError("the index has no segment".to_owned()))?;
    let id = segment.id().uuid_string();
    let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    let fixed = crate::segment::SEGMENT;
    let fixed_dashed = format!("{}-{}-{}-{}-{}", &fixed[..8], &fixed[8..12], &fixed[12..16], &fixed[16..20], &fixed[20..]);
    let meta = String::from_utf8_lossy(&meta).replace(&dashed, &fixed_dashed).replace(&id, fixed);
    files.insert("meta.json".to_owned(), meta.into_bytes());
    for extension in ["term", "idx", "pos", "store", "fast", "fieldnorm"] {
        let bytes = ram.atomic_read(Path::new(&format!("{id}.{extension}"))).map_err(tantivy::TantivyError::from)?;
        files.insert(format!("{fixed}.{extension}"), bytes);
    }
    Ok(files)
}

/// A document's fields as prepared strings, and its record.
struct PreparedDocument {
    fields: Vec<(Field, String)>,
    record: Vec<u8>,
}

fn prepare(document: &Document) -> PreparedDocument {
    let mut fields = Vec::new();
    let mut add = |field, texts: &mut dyn Iterator<Item = &str>| {
        let mut line = Line::default();
        for text in texts {
            line.add(text);
        }
        if !line.out.is_empty() {
            fields.push((field, line.out));
        }
    };
    add(schema::TITLE, &mut std::iter::once(document.title.as_str()));
    add(schema::ALIAS, &mut document.aliases.iter().map(String::as_str).chain(std::iter::once(stem(&document.source))));
    add(schema::HEADING, &mut document.sections.iter().map(|section| section.heading.as_str()));
    add(schema::BODY, &mut document.sections.iter().flat_map(|section| split(&section.text, &section.code, false)));
    add(schema::CODE, &mut document.sections.iter().flat_map(|section| split(&section.text, &section.code, true)));
    let mut meta = Line::default();
    for tag in &document.tags {
        meta.mark(schema::TAG_MARK, tag);
    }
    meta.mark(schema::PATH_MARK, &document.source);
    meta.whole(schema::LANGUAGE_MARK, &document.language);
    fields.push((schema::META, meta.out));
    PreparedDocument { fields, record: record::encode(document) }
}

/// A path's last name without its extension.
fn stem(source: &str) -> &str {
    let name = source.rsplit('/').next().unwrap_or(source);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The pieces of a text that are code, or those that are not.
fn split<'a>(text: &'a str, code: &'a [Range<u32>], want_code: bool) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in code {
        let (start, end) = (range.start as usize, range.end as usize);
        let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else { continue };
        pieces.push(if want_code { inside } else { before });
        at = end;
    }
    if !want_code {
        pieces.push(text.get(at..).unwrap_or_default());
    }
    pieces
}

/// Positions that separate two texts of one field.
const TEXT_GAP: u32 = 8;

/// A field's tokens as one string: each token behind a character that says how far its position is from the one before.
#[derive(Debug, Default)]
struct Line {
    out: String,
    /// Position of the token written last.
    last: u32,
    next: u32,
}

impl Line {
    fn add(&mut self, text: &str) {
        let Self { out, last, next } = self;
        let end = tokenize(text, *next, &mut |token| {
            let step = token.position - *last;
            *last = token.position;
            out.push(char::from(0x01 + step.min(0x1E) as u8));
            out.push_str(&token.text);
        });
        if end > self.next {
            self.next = end + TEXT_GAP;
        }
    }

    fn mark(&mut self, mark: char, text: &str) {
        let out = &mut self.out;
        tokenize(text, 0, &mut |token| {
            out.push('\u{1}');
            out.push(mark);
            out.push_str(&token.text);
        });
        self.whole(mark, text);
    }

    fn whole(&mut self, mark: char, text: &str) {
        self.out.push('\u{1}');
        self.out.push(mark);
        self.out.push(mark);
        self.out.extend(crate::fold::fold(text).chars().filter(|&ch| ch >= ' ').take(200));
    }
}

/// Splits a prepared string again; all the work is done by then.
#[derive(Debug, Clone, Default)]
struct Prepared {
    token: Token,
}

#[derive(Debug)]
struct PreparedStream<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Prepared {
    type TokenStream<'a> = PreparedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PreparedStream<'a> {
        self.token.reset();
        self.token.position = 0;
        PreparedStream { rest: text, token: &mut self.token }
    }
}

impl TokenStream for PreparedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&step) = self.rest.as_bytes().first() else { return false };
        let body = &self.rest[1..];
        let end = body.bytes().position(|byte| byte < 0x20).unwrap_or(body.len());
        self.token.position += usize::from(step - 1);
        self.token.text.clear();
        self.token.text.push_str(&body[..end]);
        self.rest = &body[end..];
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Files in memory that note what is read of them.
#[derive(Debug)]
struct Watched {
    files: BTreeMap<String, Arc<[u8]>>,
    reads: Mutex<Vec<(String, Range<usize>)>>,
}

impl Watched {
    fn take(&self) -> Vec<(String, Range<usize>)> {
        std::mem::take(&mut *self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl directory::Source for Watched {
    fn len(&self, name: &str) -> Option<usize> {
        self.files.get(name).map(|bytes| bytes.len())
    }

    fn read(&self, name: &str, range: Range<usize>) -> std::io::Result<OwnedBytes> {
        let bytes = self.files.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), range.clone()));
        Ok(OwnedBytes::new(Arc::clone(bytes)).slice(range))
    }
}

/// Bytes of a block before compression, by the kind of file: small, so that a read brings little else, but large enough that a large index does
/// not become too many files.
fn block_size(name: &str, len: usize) -> usize {
    match name.rsplit('.').next() {
        Some("term") => (4 << 10).max(len / 100),
        Some("store") => (12 << 10).max(len / 1000),
        _ => (4 << 10).max(len / 450),
    }
}

fn pack_files(files: BTreeMap<String, Vec<u8>>, documents: usize) -> Result<Pack, BuildError> {
    let files = files.into_iter().map(|(name, bytes)| (name, Arc::from(bytes))).collect();
    let watched = Arc::new(Watched { files, reads: Mutex::new(Vec::new()) });
    let _ = documents;
    Opened::open(&watched).map_err(|_| BuildError("the index that was written cannot be read".to_owned()))?;
    let mut hot_ranges: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for (name, range) in watched.take() {
        hot_ranges.entry(name).or_default().push(range);
    }
    let mut hot = Vec::new();
    let mut cold: Vec<Vec<u8>> = Vec::new();
    let mut table = Table::default();
    for (name, bytes) in &watched.files {
        let mut extents = Vec::new();
        for (range, is_hot) in cut(bytes.len(), hot_ranges.remove(name).unwrap_or_default(), block_size(name, bytes.len())) {
            let piece = &bytes[range];
            if is_hot {
                extents.push(Extent { len: piece.len() as u32, block: 0, offset: hot.len() as u32 });
                hot.extend_from_slice(piece);
            } else {
                extents.push(Extent { len: piece.len() as u32, block: cold.len() as u32 + 1, offset: 0 });
                cold.push(piece.to_vec());
            }
        }
        table.files.insert(name.clone(), extents);
    }
    let cold: Vec<(BlockId, Vec<u8>)> = cold.par_iter().map(|bytes| (block_id(bytes), compress(bytes))).collect();
    table.blocks.push(BlockId { hash: 0, len: 0 });
    table.blocks.extend(cold.iter().map(|(id, _)| *id));
    let encoded = finish_table(table, hot.len());
    let mut first = encoded;
    first.extend_from_slice(&hot);
    let hot_id = block_id(&first);
    let mut blocks = vec![(hot_id.name(), compress(&first))];
    blocks.extend(cold.into_iter().map(|(id, bytes)| (id.name(), bytes)));
    blocks.sort();
    blocks.dedup();
    Ok(Pack { entry: write_entry(&[hot_id]), blocks })
}

/// Writes the table so that offsets into the hot block count the table itself, whose length depends on them.
fn finish_table(mut table: Table, hot: usize) -> Vec<u8> {
    let mut shift = 0;
    loop {
        let encoded = table.encode(1);
        if encoded.len() <= shift {
            let mut padded = encoded;
            padded.resize(shift, 0);
            return padded;
        }
        let more = (encoded.len() + 16 - shift) as u32;
        for extent in table.files.values_mut().flatten().filter(|extent| extent.block == 0) {
            extent.offset += more;
        }
        shift += more as usize;
        table.blocks[0].len = (shift + hot) as u32;
    }
}

/// Cuts a file of `len` bytes into pieces that are hot and pieces of at most `size` bytes that are not.
fn cut(len: usize, mut hot: Vec<Range<usize>>, size: usize) -> Vec<(Range<usize>, bool)> {
    hot.sort_by_key(|range| (range.start, range.end));
    let mut pieces: Vec<(Range<usize>, bool)> = Vec::new();
    let mut at = 0;
    let push_cold = |from: usize, to: usize, pieces: &mut Vec<(Range<usize>, bool)>| {
        let mut from = from;
        while from < to {
            let end = (from + size).min(to);
            pieces.push((from..end, false));
            from = end;
        }
    };
    for range in hot {
        let start = range.start.max(at);
        if range.end <= start {
            continue;
        }
        push_cold(at, start, &mut pieces);
        match pieces.last_mut() {
            Some((last, true)) if last.end == start => last.end = range.end,
            _ => pieces.push((start..range.end, true)),
        }
        at = range.end;
    }
    push_cold(at, len, &mut pieces);
    pieces
}

/// The number that names a block.
pub(crate) fn block_hash(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(bytes).as_bytes()[..8]);
    u64::from_be_bytes(first)
}

fn block_id(bytes: &[u8]) -> BlockId {
    BlockId { hash: block_hash(bytes), len: bytes.len() as u32 }
}

/// One gzip member, without a time stamp or a name.
fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::new(9));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// The bytes of a block as they were before compression.
///
/// # Errors
/// When they are not a gzip member, or its checksum is wrong.
pub fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut out)?;
    Ok(out)
}

/// What a pack consists of, for people: bytes of each file before compression and in how many blocks they lie.
#[must_use]
pub fn describe(pack: &Pack) -> String {
    let Ok(hot) = crate::pack::read_entry(&pack.entry) else { return String::new() };
    let block = |name: &str| pack.blocks.iter().find(|(block, _)| block == name).map(|(_, bytes)| bytes);
    let Some(first) = hot.first().and_then(|id| block(&id.name())) else { return String::new() };
    let Some(table) = decompress(first).ok().and_then(|bytes| Table::decode(&bytes, &hot)) else { return String::new() };
    let mut out = format!("hot: {} bytes, {} compressed", hot[0].len, first.len());
    for (name, extents) in &table.files {
        let cold: std::collections::BTreeSet<u32> = extents.iter().map(|extent| extent.block).filter(|&block| block > 0).collect();
        let bytes = |hot: bool| extents.iter().filter(|extent| (extent.block == 0) == hot).map(|extent| u64::from(extent.len)).sum::<u64>();
        let packed: usize = cold.iter().filter_map(|&at| block(&table.blocks[at as usize].name())).map(Vec::len).sum();
        let name = name.rsplit('.').next().unwrap_or(name);
        out.push_str(&format!(
            "\n{name:>10}: {:>9} bytes hot, {:>9} in {:>5} blocks, {packed:>9} compressed",
            bytes(true),
            bytes(false),
            cold.len()
        ));
    }
    out
}

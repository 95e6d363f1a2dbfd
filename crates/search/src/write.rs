//! Writes an index: documents in, a pack out.
//!
//! Tokenising runs on all threads (`prepare`) and hands each field to tantivy as one prepared string; a single writer adds the documents in
//! order, so the same documents give the same bytes on any machine. `layout` then cuts tantivy's files into blocks.

use crate::layout::{block_of, lay_out};
use crate::pack::{BlockId, Table, read_entry, write_entry};
use crate::prepare::{Prepared, prepare};
use crate::{Document, Pack, facet, lengths, schema};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use tantivy::directory::{Directory, RamDirectory};
use tantivy::store::Compressor;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument};

/// Why an index could not be written.
#[derive(Debug)]
pub struct BuildError(String);

impl BuildError {
    pub(crate) fn new(what: &str) -> Self {
        Self(what.to_owned())
    }
}

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

/// The least and the most of stored notes that are read at once: bytes, and a share of all of them, so that a large index does not become too many
/// files.
const STORE_BLOCK: usize = 8 << 10;
const STORE_BLOCKS: usize = 750;

/// Writes the index of `documents`, in their order.
///
/// # Errors
/// When tantivy refuses, which no input should bring about.
pub fn build(documents: &[Document]) -> Result<Pack, BuildError> {
    pack_files(write_segment(documents)?)
}

pub(crate) fn write_segment(documents: &[Document]) -> Result<BTreeMap<String, Vec<u8>>, BuildError> {
    let ram = RamDirectory::create();
    let tokenizers = TokenizerManager::new();
    // tantivy asks for a tokenizer of this name for fields that are not indexed, too.
    tokenizers.register("default", Prepared::default());
    tokenizers.register(schema::TOKENIZER, Prepared::default());
    let text: usize = documents.iter().flat_map(|document| &document.sections).map(|section| section.text.len()).sum();
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: STORE_BLOCK.max(text / STORE_BLOCKS),
        ..IndexSettings::default()
    };
    let builder = Index::builder().schema(schema::schema()).settings(settings).tokenizers(tokenizers);
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(ram.clone(), WRITER_MEMORY)?;
    let mut of_documents = Vec::with_capacity(documents.len());
    for batch in documents.chunks(BATCH) {
        for prepared in batch.par_iter().map(prepare).collect::<Vec<_>>() {
            let mut document = TantivyDocument::default();
            for text in &prepared.texts {
                document.add_text(schema::TEXT, text);
            }
            document.add_text(schema::META, &prepared.meta);
            of_documents.push(prepared.lengths);
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
    files.insert(schema::LENGTHS.to_owned(), lengths::encode(&of_documents));
    files.insert(facet::FILE.to_owned(), facet::encode(documents));
    for extension in ["term", "idx", "pos", "store", "fast", "fieldnorm"] {
        let path = format!("{id}.{extension}");
        let bytes = ram.atomic_read(Path::new(&path)).map_err(tantivy::TantivyError::from)?;
        // It was copied: a large index should not be in memory twice.
        ram.delete(Path::new(&path)).map_err(|_| BuildError("the index could not be written: a file in memory is gone".to_owned()))?;
        files.insert(format!("{fixed}.{extension}"), bytes);
    }
    Ok(files)
}

/// Compresses the blocks and names them.
fn pack_files(files: BTreeMap<String, Vec<u8>>) -> Result<Pack, BuildError> {
    let files: BTreeMap<String, std::sync::Arc<[u8]>> = files.into_iter().map(|(name, bytes)| (name, bytes.into())).collect();
    let mut table = lay_out(&files)?;
    let mut contents = table.contents().into_iter();
    let hot = block_of(&files, &contents.next().unwrap_or_default());
    let cold = contents.collect::<Vec<_>>().into_par_iter().map(|content| {
        let bytes = block_of(&files, &content);
        (block_id(&bytes), compress(&bytes))
    });
    let cold: Vec<(BlockId, Vec<u8>)> = cold.collect();
    table.blocks = std::iter::once(BlockId::default()).chain(cold.iter().map(|(id, _)| *id)).collect();
    let mut first = table.encode();
    first.extend_from_slice(&hot);
    let hot = block_id(&first);
    let mut blocks = vec![(hot.name(), compress(&first))];
    blocks.extend(cold.into_iter().map(|(id, bytes)| (id.name(), bytes)));
    blocks.sort();
    blocks.dedup();
    Ok(Pack { entry: write_entry(hot), blocks })
}

fn block_id(bytes: &[u8]) -> BlockId {
    BlockId { hash: crate::pack::block_hash(bytes), len: bytes.len() as u32 }
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
    let kinds = kinds(pack);
    let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, bytes) in &pack.blocks {
        let sum = sums.entry(kinds.get(name).map_or("?", String::as_str)).or_default();
        *sum = (sum.0 + 1, sum.1 + bytes.len());
    }
    let line = |(kind, (count, bytes)): (&str, (usize, usize))| format!("{kind:>10}: {count:>5} blocks, {bytes:>9} bytes compressed");
    sums.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What each block of a pack has in it, by its name: the kinds of files, as in `idx+pos`.
#[must_use]
pub fn kinds(pack: &Pack) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    let Ok(hot) = read_entry(&pack.entry) else { return kinds };
    let first = pack.blocks.iter().find(|(block, _)| *block == hot.name()).and_then(|(_, bytes)| decompress(bytes).ok());
    let Some(table) = first.and_then(|bytes| Table::decode(&bytes, hot)) else { return kinds };
    for (id, content) in table.blocks.iter().zip(table.contents()).skip(1) {
        let mut names: Vec<&str> = content.iter().map(|(name, _)| name.rsplit('.').next().unwrap_or(name)).collect();
        names.dedup();
        kinds.insert(id.name(), names.join("+"));
    }
    kinds.insert(hot.name(), "hot".to_owned());
    kinds
}

//! Writes an index: documents in, a pack out.
//!
//! Tokenising runs on all threads (`prepare`) and hands each field to tantivy as one prepared string; a single writer adds the documents in
//! order, so the same documents give the same bytes on any machine. `layout` then cuts tantivy's files into blocks.

use crate::layout::{block_of, lay_out, store_block};
use crate::pack::{Place, read_entry, volume_hash, volume_name, write_entry};
use crate::prepare::{Prepared, prepare};
use crate::schema::FIELDS;
use crate::{Document, Pack, facet, lengths, schema, traits};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
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

/// About how many bytes of blocks lie in a volume, and how many volumes there are about at most. Where a host gives no parts of files, a block
/// costs its volume; everywhere a volume costs some bytes of the entry, and a site a file.
const VOLUME: usize = 6 << 10;
const VOLUMES: usize = 2_300;

/// Files by name.
pub(crate) type Files = BTreeMap<String, Arc<[u8]>>;

/// Blocks that were compressed before, by the hash of what is in them: the volume that holds each, and where.
#[derive(Debug, Default)]
pub(crate) struct Packed(pub(crate) BTreeMap<u64, (Arc<[u8]>, Place)>);

impl Packed {
    /// The compressed form of `bytes`, which have this hash.
    fn get(&self, hash: u64, bytes: &[u8]) -> Option<&[u8]> {
        let (volume, place) = self.0.get(&hash)?;
        let packed = volume.get(place.from as usize..)?.get(..place.packed as usize)?;
        // A gzip member ends with another hash, and the length.
        let (rest, length) = packed.split_last_chunk()?;
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let is_it = u32::from_le_bytes(*length) as usize == bytes.len() && rest.last_chunk() == Some(&crc.sum().to_le_bytes());
        is_it.then_some(packed)
    }
}

/// Writes the index of `documents`, in their order.
///
/// # Errors
/// When tantivy refuses, which no input should bring about.
pub fn build(documents: &[Document]) -> Result<Pack, BuildError> {
    pack_files(&write_segment(documents)?, &mut Packed::default())
}

pub(crate) fn write_segment(documents: &[Document]) -> Result<Files, BuildError> {
    let text: usize = documents.iter().flat_map(|document| &document.sections).map(|section| section.text.len()).sum();
    let heads: Vec<&Document> = documents.iter().collect();
    Ok(write_segment_of(documents.len(), text, &heads, &|at| Cow::Borrowed(&documents[at]))?.0)
}

/// Writes the files of a segment and tells how many tokens the fields of each document have. `text` is how many bytes of text there are, `heads` are the
/// documents with or without their text, and `document` gives one whole, on any thread.
pub(crate) fn write_segment_of<'a>(
    count: usize,
    text: usize,
    heads: &[&Document],
    document: &(dyn Fn(usize) -> Cow<'a, Document> + Sync),
) -> Result<(Files, Vec<[u32; FIELDS]>), BuildError> {
    let ram = RamDirectory::create();
    let tokenizers = TokenizerManager::new();
    // tantivy asks for a tokenizer of this name for fields that are not indexed, too.
    tokenizers.register("default", Prepared::default());
    tokenizers.register(schema::TOKENIZER, Prepared::default());
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: store_block(text),
        ..IndexSettings::default()
    };
    let builder = Index::builder().schema(schema::schema()).settings(settings).tokenizers(tokenizers);
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(ram.clone(), WRITER_MEMORY)?;
    let mut of_documents = Vec::with_capacity(count);
    for start in (0..count).step_by(BATCH) {
        let batch = (start..count.min(start + BATCH)).into_par_iter();
        for prepared in batch.map(|at| prepare(&document(at))).collect::<Vec<_>>() {
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
    let mut files = Files::new();
    let meta = ram.atomic_read(Path::new("meta.json")).map_err(tantivy::TantivyError::from)?;
    let segment = index.searchable_segment_metas()?.into_iter().next().ok_or_else(|| BuildError("the index has no segment".to_owned()))?;
    let id = segment.id().uuid_string();
    let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    let fixed = crate::segment::SEGMENT;
    let fixed_dashed = format!("{}-{}-{}-{}-{}", &fixed[..8], &fixed[8..12], &fixed[12..16], &fixed[16..20], &fixed[20..]);
    let meta = String::from_utf8_lossy(&meta).replace(&dashed, &fixed_dashed).replace(&id, fixed);
    files.insert("meta.json".to_owned(), meta.into_bytes().into());
    files.insert(schema::LENGTHS.to_owned(), lengths::encode(&of_documents).into());
    files.insert(facet::FILE.to_owned(), facet::encode(heads).into());
    files.insert(traits::FILE.to_owned(), traits::encode(heads).into());
    for extension in ["term", "idx", "pos", "store", "fast", "fieldnorm"] {
        let path = format!("{id}.{extension}");
        let bytes = ram.atomic_read(Path::new(&path)).map_err(tantivy::TantivyError::from)?;
        // It was copied: a large index should not be in memory twice.
        ram.delete(Path::new(&path)).map_err(|_| BuildError("the index could not be written: a file in memory is gone".to_owned()))?;
        files.insert(format!("{fixed}.{extension}"), bytes.into());
    }
    Ok((files, of_documents))
}

/// Compresses the blocks and puts them into volumes. Those in `packed` need not be compressed; the new ones are put there, and those of no use are let go.
pub(crate) fn pack_files(files: &Files, packed: &mut Packed) -> Result<Pack, BuildError> {
    let mut table = lay_out(files)?;
    let mut contents = table.contents().into_iter();
    let hot = block_of(files, &contents.next().unwrap_or_default());
    let known = std::mem::take(packed);
    let blocks = contents.collect::<Vec<_>>().into_par_iter().map(|content| {
        let bytes = block_of(files, &content);
        let hash = volume_hash(&bytes);
        (hash, known.get(hash, &bytes).map_or_else(|| Cow::Owned(compress(&bytes)), Cow::Borrowed))
    });
    let blocks: Vec<(u64, Cow<'_, [u8]>)> = blocks.collect();
    let size = VOLUME.max(blocks.iter().map(|(_, block)| block.len()).sum::<usize>() / VOLUMES);
    let mut volumes: Vec<Vec<u8>> = Vec::new();
    let mut hashes = Vec::with_capacity(blocks.len());
    table.blocks = vec![Place::default()];
    for (hash, block) in blocks {
        if volumes.last().is_none_or(|volume| volume.len() + block.len() / 2 > size) {
            volumes.push(Vec::with_capacity(size * 2));
        }
        let at = volumes.len() - 1;
        let place = Place { volume: at as u32, from: volumes[at].len() as u32, packed: block.len() as u32, len: 0 };
        table.blocks.push(place);
        hashes.push(hash);
        volumes[at].extend_from_slice(&block);
    }
    table.volumes = volumes.iter().map(|volume| volume_hash(volume)).collect();
    let entry = write_entry(&table, &hot);
    let volumes: Vec<Arc<[u8]>> = volumes.into_iter().map(Arc::from).collect();
    *packed = Packed(
        hashes.into_iter().zip(table.blocks[1..].iter().map(|place| (Arc::clone(&volumes[place.volume as usize]), *place))).collect(),
    );
    let mut volumes: Vec<(String, Arc<[u8]>)> = table.volumes.iter().map(|hash| volume_name(*hash)).zip(volumes).collect();
    volumes.sort();
    volumes.dedup();
    Ok(Pack { entry, volumes })
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

/// The bytes of a block by its name ([`crate::Part`]), as they were before compression, out of a volume's.
///
/// # Errors
/// When the volume does not hold the block, or it is damaged.
pub fn unpack(volume: &[u8], range: Range<usize>) -> std::io::Result<Vec<u8>> {
    decompress(volume.get(range).ok_or(std::io::ErrorKind::UnexpectedEof)?)
}

/// What a pack consists of, for people: bytes of each file before compression and in how many blocks they lie; bytes of the entry's parts.
#[must_use]
pub fn describe(pack: &Pack) -> String {
    let mut sums: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, kind) in kinds(pack) {
        let sum = sums.entry(kind).or_default();
        *sum = (sum.0 + 1, sum.1 + crate::Part::of(&name).map_or(0, |part| part.range.len()));
    }
    let line = |(kind, (count, bytes)): (&String, &(usize, usize))| format!("{kind:>10}: {count:>5} blocks, {bytes:>9} bytes compressed");
    let mut lines: Vec<String> = sums.iter().map(line).collect();
    if let Ok(table) = read_entry(&pack.entry) {
        let head = table
            .files
            .iter()
            .flat_map(|(_, extents)| extents)
            .filter(|extent| extent.block == 0)
            .map(|extent| extent.offset as usize)
            .min();
        let mut part = |name: &str, bytes: &[u8]| {
            lines.push(format!("{name:>10}: {:>9} bytes of the entry, {:>7} compressed", bytes.len(), compress(bytes).len()));
        };
        part("table", &pack.entry[..head.unwrap_or(pack.entry.len())]);
        for (name, extents) in &table.files {
            let of_file = extents.iter().filter(|extent| extent.block == 0);
            let bytes: Vec<&[u8]> = of_file.map(|extent| &pack.entry[extent.offset as usize..][..extent.len as usize]).collect();
            part(name.rsplit('.').next().unwrap_or(name), &bytes.concat());
        }
    }
    lines.join("\n")
}

/// What each block of a pack has in it, by its name: the kinds of files, as in `idx+pos`.
#[must_use]
pub fn kinds(pack: &Pack) -> BTreeMap<String, String> {
    let mut kinds = BTreeMap::new();
    let Ok(table) = read_entry(&pack.entry) else { return kinds };
    for (at, content) in table.contents().iter().enumerate().skip(1) {
        let mut names: Vec<&str> = content.iter().map(|(name, _)| name.rsplit('.').next().unwrap_or(name)).collect();
        names.dedup();
        kinds.extend(table.name(at).map(|name| (name, names.join("+"))));
    }
    kinds
}

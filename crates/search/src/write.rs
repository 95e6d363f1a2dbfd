//! Writes an index: documents in, a pack out.
//!
//! Tokenising runs on all threads (`prepare`) and hands each field to tantivy as one prepared string; a single writer adds the documents in
//! order, so the same documents give the same bytes on any machine. `layout` then cuts tantivy's files into blocks.

pub(crate) mod content;

use crate::layout::{block_of, lay_out, store_block};
use crate::pack::{Extent, Place, Table, read_entry, volume_hash, volume_name, write_entry};
use crate::prepare::{Prepared, prepare};
use crate::schema::FIELDS;
use crate::{Document, Pack, facet, lengths, schema, traits};
use content::{Content, Member, Piece, Volume};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tantivy::directory::{Directory, OwnedBytes, RamDirectory};
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
pub(crate) type Files = BTreeMap<String, Content>;

/// Blocks that were compressed before, by the hash of what is in them.
#[derive(Debug, Default)]
pub(crate) struct Packed(pub(crate) BTreeMap<u64, Member>);

impl Packed {
    /// The compressed form of `bytes`, which have this hash.
    fn get(&self, hash: u64, bytes: &[u8]) -> Option<&Member> {
        let member = self.0.get(&hash)?;
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        (member.len() == bytes.len() && member.checksum() == crc.sum()).then_some(member)
    }
}

/// Writes the index of `documents`, in their order.
///
/// # Errors
/// When tantivy refuses, which no input should bring about.
pub fn build(documents: &[Document]) -> Result<Pack, BuildError> {
    pack_files(&mut write_segment(documents)?, &mut Packed::default())
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

/// A block to be put into a volume.
enum Block {
    Known(Member),
    Made(Vec<u8>),
}

impl Block {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Known(member) => member.bytes(),
            Self::Made(bytes) => bytes,
        }
    }

    fn known(&self) -> Option<&Member> {
        match self {
            Self::Known(member) => Some(member),
            Self::Made(_) => None,
        }
    }
}

/// Compresses the blocks and puts them into volumes. Those in `packed` need not be compressed; the new ones are put there, and those of no use are let go.
/// The stored notes in `files` are kept as they lie in the volumes from then on.
pub(crate) fn pack_files(files: &mut Files, packed: &mut Packed) -> Result<Pack, BuildError> {
    let mut table = lay_out(files)?;
    let known = std::mem::take(packed);
    let contents = table.contents();
    let hot = block_of(files, &contents[0]);
    // With a hash where others may ask for the block.
    let blocks = contents[1..].par_iter().map(|content| {
        if let [(name, range)] = content.as_slice()
            && let Some(member) = files.get(*name).and_then(|file| file.packed(range))
        {
            return (None, Block::Known(member.clone()));
        }
        let bytes = block_of(files, content);
        let hash = volume_hash(&bytes);
        (Some(hash), known.get(hash, &bytes).map_or_else(|| Block::Made(compress(&bytes)), |member| Block::Known(member.clone())))
    });
    let (hashes, blocks): (Vec<Option<u64>>, Vec<Block>) = blocks.unzip();
    drop(known);
    let size = VOLUME.max(blocks.iter().map(|block| block.bytes().len()).sum::<usize>() / VOLUMES);
    let mut ends: Vec<usize> = Vec::new();
    let mut filled = 0;
    let mut places = vec![Place::default()];
    for (at, block) in blocks.iter().map(Block::bytes).enumerate() {
        if ends.is_empty() || filled + block.len() / 2 > size {
            ends.push(at);
            filled = 0;
        }
        places.push(Place { volume: ends.len() as u32 - 1, from: filled as u32, packed: block.len() as u32, len: 0 });
        filled += block.len();
        if let Some(end) = ends.last_mut() {
            *end = at + 1;
        }
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let groups: Vec<&[Block]> = starts.zip(&ends).map(|(start, end)| &blocks[start..*end]).collect();
    let volume = |blocks: &&[Block]| {
        Member::whole(blocks.iter().map(Block::known)).unwrap_or_else(|| {
            let bytes = blocks.iter().map(Block::bytes).collect::<Vec<_>>().concat();
            Arc::new(Volume { hash: volume_hash(&bytes), bytes: bytes.into() })
        })
    };
    let volumes: Vec<Arc<Volume>> = groups.par_iter().map(volume).collect();
    drop(groups);
    drop(blocks);
    table.blocks = places;
    table.volumes = volumes.iter().map(|volume| volume.hash).collect();
    let entry = write_entry(&table, &hot);
    let member = |place: &Place| Member::of(volumes.get(place.volume as usize)?, place.from, place.packed);
    packed.0 = hashes.iter().zip(&table.blocks[1..]).filter_map(|(hash, place)| Some(((*hash)?, member(place)?))).collect();
    if let Some(file) = files.get(&stored_notes()) {
        let plain = |extent: &Extent| file.read(extent.start as usize..(extent.start + extent.len) as usize).ok();
        if let Some(kept) = keep_packed(&table, &volumes, &plain) {
            files.insert(stored_notes(), kept);
        }
    }
    let mut volumes: Vec<(String, Arc<[u8]>)> =
        volumes.iter().map(|volume| (volume_name(volume.hash), Arc::clone(&volume.bytes))).collect();
    volumes.sort();
    volumes.dedup();
    Ok(Pack { entry, volumes })
}

/// The file of the stored notes.
pub(crate) fn stored_notes() -> String {
    format!("{}.store", crate::segment::SEGMENT)
}

/// The stored notes as they lie in the volumes. `plain` gives the bytes of what shares a block with other files.
pub(crate) fn keep_packed(table: &Table, volumes: &[Arc<Volume>], plain: &dyn Fn(&Extent) -> Option<OwnedBytes>) -> Option<Content> {
    let (_, extents) = table.files.iter().find(|(name, _)| *name == stored_notes())?;
    let piece = |extent: &Extent| {
        if extent.block > 0 {
            let place = table.blocks.get(extent.block as usize)?;
            let member = Member::of(volumes.get(place.volume as usize)?, place.from, place.packed)?;
            if extent.offset == 0 && member.len() == extent.len as usize {
                return Some(Piece::Packed(member));
            }
        }
        Some(Piece::Plain(plain(extent)?.as_slice().into()))
    };
    extents.iter().map(piece).collect()
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

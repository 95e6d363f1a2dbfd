//! The files of a tantivy segment, opened one by one: a field's dictionary and postings, and the bodies of the other files.
//!
//! *In*: a [`Source`]. *Out*: [`Terms`] and slices for tantivy's other readers. tantivy's own `Index` would do the same after reading `meta.json`
//! and every file's JSON footer, and with them come a JSON parser, the column store, checksums and all that writes: half of the engine
//! that a page loads. What is in these files is fixed by [`schema::VERSION`], so none of it says anything new. A test reads a segment both ways.
//!
//! Terms are walked and lists decoded here, not by tantivy's streams: those believe the bytes, and a damaged length makes them ask for more memory
//! than there is, which ends the process. Here every length is compared with the bytes that are there.

use crate::directory::{Source, file};
use crate::index::{List, Stop, damaged};
use crate::record::Cursor;
use bitpacking::{BitPacker as _, BitPacker4x};
use std::ops::Bound;
use std::sync::Arc;
use tantivy::directory::{CompositeFile, FileSlice};
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;

/// The only file names of the segment: tantivy draws a random id, which would make every build different.
pub(crate) const SEGMENT: &str = "00000000000000000000000000000001";

/// Documents in one block of tantivy's postings.
const BLOCK: usize = BitPacker4x::BLOCK_LEN;

/// What the postings of a field hold beside the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing.
    Documents,
    /// How often a term stands in each, and where: positions have a file of their own.
    Positions,
}

impl Detail {
    /// Bytes that describe one packed block.
    fn skip(self) -> usize {
        match self {
            Self::Documents => 5,
            Self::Positions => 12,
        }
    }
}

/// The terms of a field.
pub(crate) struct Terms {
    dictionary: Option<TermDictionary>,
    postings: FileSlice,
    detail: Detail,
}

/// A file of the segment without tantivy's footer.
pub(crate) fn body<S: Source>(source: &Arc<S>, extension: &str) -> Result<FileSlice, Stop> {
    let file = file(source, &format!("{SEGMENT}.{extension}"))?;
    // Behind the footer stand its length and a mark.
    let length = at_most(&file, 8)?;
    let (rest, end) = file.split_from_end(length);
    let footer = number(end.read_bytes()?.as_slice()).unwrap_or(usize::MAX);
    let length = at_most(&rest, footer)?;
    Ok(rest.split_from_end(length).0)
}

/// A file of the segment that has a part for each field.
pub(crate) fn parts<S: Source>(source: &Arc<S>, extension: &str) -> Result<CompositeFile, Stop> {
    let body = body(source, extension)?;
    at_most(&body, 4)?;
    Ok(CompositeFile::open(&body)?)
}

impl Terms {
    /// Opens a field. One that no note has, has no part in the files.
    pub(crate) fn open(dictionaries: &CompositeFile, postings: &CompositeFile, field: Field, detail: Detail) -> Result<Self, Stop> {
        let (Some(dictionary), Some(postings)) = (dictionaries.open_read(field), postings.open_read(field)) else {
            return Ok(Self { dictionary: None, postings: FileSlice::empty(), detail });
        };
        let length = at_most(&postings, 8)?;
        // The number of all tokens stands in front.
        let (_, postings) = postings.split(length);
        Ok(Self { dictionary: Some(TermDictionary::open(dictionary)?), postings, detail })
    }

    /// The dictionary, if any note has this field.
    #[cfg(feature = "build")]
    pub(crate) fn terms(&self) -> Option<&TermDictionary> {
        self.dictionary.as_ref()
    }

    /// Calls `visit` with the terms from `from` to before `to`, in their order, of which no more than `most`.
    pub(crate) fn scan(&self, from: &[u8], to: &[u8], most: u64, visit: &mut dyn FnMut(&[u8], &TermInfo)) -> Result<(), Stop> {
        let Some(dictionary) = &self.dictionary else { return Ok(()) };
        let bytes = dictionary.file_slice_for_range((Bound::Included(from), Bound::Excluded(to)), Some(most)).read_bytes()?;
        let mut left = most;
        let walked = walk(bytes.as_slice(), &mut |term, info| {
            // Blocks begin before the range and end behind it.
            let is_inside = left > 0 && term < to;
            if is_inside && term >= from {
                left -= 1;
                visit(term, info);
            }
            is_inside
        });
        walked.ok_or_else(|| damaged("the words cannot be read"))
    }

    /// Reads the posting list of a term as a whole: notes in ascending order, all of the `documents` that there are.
    pub(crate) fn list(&self, info: &TermInfo, documents: u32) -> Result<List, Stop> {
        let range = &info.postings_range;
        if info.doc_freq > documents || range.start > range.end || range.end > tantivy::HasLen::len(&self.postings) {
            return Err(damaged("a list of notes cannot be read"));
        }
        let bytes = self.postings.slice(range.clone()).read_bytes()?;
        decode(bytes.as_slice(), info.doc_freq as usize, self.detail)
            .filter(|list| list.docs.is_sorted_by(|a, b| a < b) && list.docs.last().is_none_or(|&last| last < documents))
            .ok_or_else(|| damaged("a list of notes cannot be read"))
    }
}

/// Goes over the blocks of a dictionary until `visit` says that it is enough. A block is its length, how it is compressed (not at all), what is
/// known of each of its terms, and the terms, each as so many bytes of the one before and others behind them
/// (tantivy-sstable 0.7: `delta.rs`, tantivy 0.27: `TermInfoValueWriter`).
fn walk(mut rest: &[u8], visit: &mut dyn FnMut(&[u8], &TermInfo) -> bool) -> Option<()> {
    /// Stands for lengths that do not fit into one byte.
    const LONG: u8 = 1;
    let mut term = Vec::new();
    while !rest.is_empty() {
        let length = number(rest)?;
        // The end of all blocks.
        if length <= 1 {
            break;
        }
        let block;
        (block, rest) = rest.get(4..)?.split_at_checked(length)?;
        let (&compression, mut infos) = block.split_first()?;
        let count = take_number(&mut infos)?;
        if compression != 0 || count > infos.len() as u64 {
            return None;
        }
        // Two numbers where the lists and the positions begin, and three for each term.
        let mut keys = Cursor(infos);
        for _ in 0..2 + 3 * count {
            take_number(&mut keys.0)?;
        }
        let (mut list, mut position) = (take_size(&mut infos)?, take_size(&mut infos)?);
        term.clear();
        for _ in 0..count {
            let doc_freq = u32::try_from(take_number(&mut infos)?).ok()?;
            let ends = (list.checked_add(take_size(&mut infos)?)?, position.checked_add(take_size(&mut infos)?)?);
            let info = TermInfo { doc_freq, postings_range: list..ends.0, positions_range: position..ends.1 };
            (list, position) = ends;
            let (kept, added) = match keys.bytes(1)?[0] {
                LONG => (keys.size()?, keys.size()?),
                both => (usize::from(both & 0x0F), usize::from(both >> 4)),
            };
            if kept > term.len() {
                return None;
            }
            term.truncate(kept);
            term.extend_from_slice(keys.bytes(added)?);
            if !visit(&term, &info) {
                return Some(());
            }
        }
    }
    Some(())
}

/// tantivy's form of a posting list: descriptions of the packed blocks, the blocks, and what does not fill a block as numbers of seven-bit groups.
fn decode(bytes: &[u8], documents: usize, detail: Detail) -> Option<List> {
    let mut rest = bytes;
    let mut skips: &[u8] = &[];
    if documents >= BLOCK {
        let length = take_size(&mut rest)?;
        (skips, rest) = rest.split_at_checked(length)?;
    }
    let mut list = List::default();
    let packer = BitPacker4x::new();
    let mut block = [0u32; BLOCK];
    let mut last = 0;
    for _ in 0..documents / BLOCK {
        let skip;
        (skip, skips) = skips.split_at_checked(detail.skip())?;
        // The first document is packed as a difference to nothing.
        let width = skip[4] & 0x1F;
        let packed;
        (packed, rest) = rest.split_at_checked(BitPacker4x::compressed_block_size(width))?;
        packer.decompress_strictly_sorted((last > 0).then_some(last), packed, &mut block, width);
        list.docs.extend_from_slice(&block);
        last = block[BLOCK - 1];
        if detail == Detail::Positions {
            let width = skip[5].min(32);
            let packed;
            (packed, rest) = rest.split_at_checked(BitPacker4x::compressed_block_size(width))?;
            packer.decompress(packed, &mut block, width);
            list.counts.extend(block.iter().map(|less_one| less_one.wrapping_add(1)));
        }
    }
    for _ in 0..documents % BLOCK {
        last = last.wrapping_add(take_number(&mut rest)? as u32);
        list.docs.push(last);
    }
    if detail == Detail::Positions {
        for _ in 0..documents % BLOCK {
            list.counts.push(take_number(&mut rest)? as u32);
        }
    }
    let mut offset = 0u32;
    list.offsets.extend(list.counts.iter().map(|count| {
        let before = offset;
        offset = offset.saturating_add(*count);
        before
    }));
    Some(list)
}

/// tantivy's number: groups of seven bits, the last one marked.
pub(crate) fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 != 0 {
            return Some(number);
        }
    }
    None
}

/// Appends tantivy's number.
pub(crate) fn put_number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 & 0x7F);
        number >>= 7;
    }
    out.push(number as u8 | 0x80);
}

/// A number that counts bytes.
pub(crate) fn take_size(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(take_number(rest)?).ok()
}

/// A little-endian number of four bytes.
pub(crate) fn number(bytes: &[u8]) -> Option<usize> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize)
}

/// `length`, if the file has as much.
pub(crate) fn at_most(file: &FileSlice, length: usize) -> Result<usize, Stop> {
    if length <= tantivy::HasLen::len(file) { Ok(length) } else { Err(damaged("a file is cut short")) }
}

#[cfg(all(test, feature = "build"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::index::Opened;
    use crate::{Document, Section, schema};
    use std::io;
    use std::ops::Range;
    use std::path::Path;
    use tantivy::directory::{Directory as _, OwnedBytes, RamDirectory};
    use tantivy::postings::Postings as _;
    use tantivy::schema::IndexRecordOption;
    use tantivy::schema::Value as _;
    use tantivy::{DocAddress, DocSet as _, Index, TERMINATED, TantivyDocument};

    #[derive(Debug)]
    struct Files(crate::write::Files);

    impl Source for Files {
        fn len(&self, name: &str) -> Option<usize> {
            self.0.get(name).map(|bytes| bytes.len())
        }

        fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes> {
            self.0[name].read(range)
        }
    }

    /// Enough documents for several packed blocks of frequent words, with counts that differ.
    fn documents() -> Vec<Document> {
        let note = |at: usize| {
            let text = format!("{} 静态 {}", "pod ".repeat(at % 7), if at.is_multiple_of(3) { "kubelet\nkubelet" } else { "网络" });
            let section = Section { text: format!("{text} w{at} {}", "x ".repeat(at % 300)), ..Section::default() };
            Document {
                url: format!("{at}.html"),
                title: format!("第 {at} 页"),
                language: "zh".into(),
                sections: vec![section],
                ..Document::default()
            }
        };
        (0..700).map(note).collect()
    }

    #[test]
    fn a_segment_is_read_as_tantivy_reads_it() {
        let files = crate::write::write_segment(&documents()).unwrap();
        let ram = RamDirectory::create();
        for (name, bytes) in &files {
            ram.atomic_write(Path::new(name), bytes.whole().unwrap()).unwrap();
        }
        let index = Index::open(ram).unwrap();
        let reader = index.reader().unwrap().searcher();
        let theirs = reader.segment_reader(0);
        let ours = Opened::open(&Arc::new(Files(files))).unwrap();
        assert_eq!(ours.documents, theirs.max_doc());
        let mut packed = 0;
        for (field, terms) in [(schema::TEXT, &ours.terms), (schema::META, &ours.meta)] {
            let inverted = theirs.inverted_index(field).unwrap();
            assert_eq!(terms.terms().map_or(0, TermDictionary::num_terms), inverted.terms().num_terms());
            let mut stream = inverted.terms().stream().unwrap();
            while let Some((term, info)) = stream.next() {
                let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs).unwrap();
                let (mut docs, mut counts) = (Vec::new(), Vec::new());
                while postings.doc() != TERMINATED {
                    docs.push(postings.doc());
                    counts.push(postings.term_freq());
                    postings.advance();
                }
                packed += usize::from(docs.len() >= BLOCK);
                let found = terms.terms().unwrap().get(term).unwrap().unwrap();
                let list = terms.list(&found, ours.documents).unwrap();
                assert_eq!(list.docs, docs, "{}", String::from_utf8_lossy(term));
                if field != schema::META {
                    assert_eq!(list.counts, counts, "{}", String::from_utf8_lossy(term));
                }
            }
            let mut all = inverted.terms().stream().unwrap();
            let mut count = 0;
            terms
                .scan(b"", b"\xFF", 1 << 32, &mut |term, info| {
                    assert_eq!(all.next(), Some((term, info)));
                    count += 1;
                })
                .unwrap();
            assert_eq!(count, inverted.terms().num_terms());
            let mut part = inverted.terms().range().ge(b"p").lt(b"w2").into_stream().unwrap();
            terms.scan(b"p", b"w2", 1 << 32, &mut |term, info| assert_eq!(part.next(), Some((term, info)))).unwrap();
            assert!(part.next().is_none());
            let mut few = 0;
            terms.scan(b"", b"\xFF", 3, &mut |_, _| few += 1).unwrap();
            assert_eq!(few, count.min(3));
        }
        for doc in 0..ours.documents {
            let stored: TantivyDocument = reader.doc(DocAddress::new(0, doc)).unwrap();
            let record = stored.get_first(schema::RECORD).and_then(|value| value.as_bytes()).unwrap();
            assert_eq!(ours.record(doc).unwrap(), record);
        }
        assert!(ours.record(ours.documents).is_err());
        assert!(packed > 5, "only {packed} lists have packed blocks");
    }

    #[test]
    fn a_list_that_is_cut_short_is_no_list() {
        let mut whole = vec![];
        for number in [3u8, 1, 9] {
            whole.push(number | 0x80);
        }
        assert_eq!(decode(&whole, 3, Detail::Documents).unwrap().docs, [3, 4, 13]);
        assert!(decode(&whole[..2], 3, Detail::Documents).is_none());
        assert!(decode(&whole, 3, Detail::Positions).is_none());
        assert!(decode(&whole, 128, Detail::Positions).is_none());
        assert!(decode(&[0x7F; 9], 1, Detail::Documents).is_none());
    }
}

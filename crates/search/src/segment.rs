//! The files of a tantivy segment, opened one by one: a field's dictionary and postings, and the bodies of the other files.
//!
//! *In*: a [`Source`]. *Out*: [`Terms`] and slices for tantivy's other readers. tantivy's own `Index` would do the same after reading `meta.json`
//! and every file's JSON footer, and with them come a JSON parser, the column store, checksums and all that writes: half of the engine
//! that a page loads. What is in these files is fixed by [`schema::VERSION`], so none of it says anything new. A test reads a segment both ways.

use crate::directory::{Source, file};
use crate::index::{List, Stop};
use bitpacking::{BitPacker as _, BitPacker4x};
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
    pub(crate) fn terms(&self) -> Option<&TermDictionary> {
        self.dictionary.as_ref()
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

/// tantivy's form of a posting list: descriptions of the packed blocks, the blocks, and what does not fill a block as numbers of seven-bit groups.
fn decode(bytes: &[u8], documents: usize, detail: Detail) -> Option<List> {
    let mut rest = bytes;
    let mut skips: &[u8] = &[];
    if documents >= BLOCK {
        let length = take_number(&mut rest)? as usize;
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
        last = last.wrapping_add(take_number(&mut rest)?);
        list.docs.push(last);
    }
    if detail == Detail::Positions {
        for _ in 0..documents % BLOCK {
            list.counts.push(take_number(&mut rest)?);
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
fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 != 0 {
            return Some(number);
        }
    }
    None
}

/// A little-endian number of four bytes.
fn number(bytes: &[u8]) -> Option<usize> {
    bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize)
}

/// `length`, if the file has as much.
fn at_most(file: &FileSlice, length: usize) -> Result<usize, Stop> {
    if length <= tantivy::HasLen::len(file) { Ok(length) } else { Err(damaged("a file is cut short")) }
}

fn damaged(what: &str) -> Stop {
    Stop::Damaged(what.to_owned())
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
    use tantivy::{DocSet as _, Index, TERMINATED};

    #[derive(Debug)]
    struct Files(crate::write::Files);

    impl Source for Files {
        fn len(&self, name: &str) -> Option<usize> {
            self.0.get(name).map(|bytes| bytes.len())
        }

        fn read(&self, name: &str, range: Range<usize>) -> io::Result<OwnedBytes> {
            Ok(OwnedBytes::new(self.0[name][range].to_vec()))
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
            ram.atomic_write(Path::new(name), bytes).unwrap();
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
        }
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

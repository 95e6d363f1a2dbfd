//! Changes some documents of a segment, the bytes being those of a segment that is written anew.
//!
//! *In*: the segment, which documents changed, and what they are now. *Out*: the files of the new one, or `None` where they cannot be told: the caller then
//! writes all of them. The old and the new forms of the changed documents are indexed by themselves, by tantivy, so that nothing of how it counts words and places
//! is told here twice; then the terms are walked once. Each term's list and places are a run of bytes that depends on no other, so all but those of
//! the changed documents' words are copied. Where documents came or went, those behind have other numbers: lists are written again, places are copied still.

mod merge;

use crate::again::{Base, Entry, heads, text_of};
use crate::directory::Source;
use crate::index::Opened;
use crate::layout::store_block;
use crate::lengths;
use crate::record;
use crate::schema::{self, FIELDS};
use crate::segment::{SEGMENT, body};
use crate::store::change::change as change_store;
use crate::write::content::Content;
use crate::write::{Files, write_segment_of};
use crate::{Document, facet, traits};
use merge::{Out, Words, merge};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use tantivy::directory::{CompositeWrite, OwnedBytes};
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;

/// Files in memory.
#[derive(Debug)]
struct Memory(Files);

impl Source for Memory {
    fn len(&self, name: &str) -> Option<usize> {
        self.0.get(name).map(|bytes| bytes.len())
    }

    fn read(&self, name: &str, range: Range<usize>) -> std::io::Result<OwnedBytes> {
        self.0.get(name).ok_or(std::io::ErrorKind::NotFound)?.read(range)
    }
}

/// Documents in the place of others: those that were, by their old numbers, and those that are, by their new ones. Either may be none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) old: Range<u32>,
    pub(crate) new: Range<u32>,
}

/// Makes `changes`, which are ascending and do not touch.
pub(crate) fn patch(
    base: &Base,
    entries: &[Entry],
    changes: &[Change],
    document: &(dyn Fn(usize) -> Document + Sync),
) -> Option<(Files, Vec<[u32; FIELDS]>)> {
    let source = Arc::new(Memory(base.files.clone()));
    let opened = Opened::open(&source).ok()?;
    let numbers = Numbers::of(changes, opened.documents);
    let old = numbers.gone.iter().map(|&doc| old_document(&opened, base.entries.get(doc as usize)?, doc));
    let old: Vec<Document> = old.collect::<Option<_>>()?;
    let new: Vec<Document> = numbers.come.iter().map(|&doc| document(doc as usize)).collect();

    let (minus, plus) = (Side::of(&old)?, Side::of(&new)?);
    let lengths =
        changed_lengths(&base.lengths, changes, &minus.lengths, &plus.lengths).filter(|lengths| lengths.len() == entries.len())?;

    // About as much as before: nothing of this grows twofold.
    let room = |extension: &str| Vec::with_capacity(base.files.get(&name(extension)).map_or(0, Content::len) + (64 << 10));
    let (mut terms, mut lists, mut positions) = (room("term"), room("idx"), room("pos"));
    {
        let mut out = Out {
            terms: CompositeWrite::wrap(&mut terms),
            lists: CompositeWrite::wrap(&mut lists),
            positions: CompositeWrite::wrap(&mut positions),
        };
        for (field, option) in [(schema::TEXT, IndexRecordOption::WithFreqsAndPositions), (schema::META, IndexRecordOption::Basic)] {
            let sides = [(&source, &opened), (&minus.source, &minus.opened), (&plus.source, &plus.opened)];
            let [base, minus, plus] = sides.map(|(source, opened)| Words::of(source, opened, field));
            merge(base?, minus?, plus?, &numbers, option, &mut out)?;
        }
        out.terms.close().ok()?;
        out.lists.close().ok()?;
        out.positions.close().ok()?;
    }
    let sizes = (store_block(text_of(&base.entries)), store_block(text_of(entries)));
    let added = StoreReader::open(body(&plus.source, "store").ok()?, 1).ok()?;
    let added = |at: usize| Some(added.get_document_bytes(u32::try_from(at).ok()?).ok()?.to_vec());
    let store = change_store(base.files.get(&name("store"))?, &opened.store, changes, &added, sizes)?;

    let mut files = base.files.clone();
    let fast = rows(files.get(&name("fast"))?.whole()?, opened.documents, u32::try_from(entries.len()).ok()?)?;
    for (extension, bytes) in [("term", terms), ("idx", lists), ("pos", positions), ("fast", fast)] {
        let whole = with_footer(bytes, files.get(&name(extension))?.whole()?)?;
        files.insert(name(extension), whole.into());
    }
    files.insert(name("store"), store);
    files.insert(schema::LENGTHS.to_owned(), lengths::encode(&lengths).into());
    files.insert(facet::FILE.to_owned(), facet::encode(&heads(entries)).into());
    files.insert(traits::FILE.to_owned(), traits::encode(&heads(entries)).into());
    let meta = str::from_utf8(files.get("meta.json")?.whole()?).ok()?;
    let meta = with_number(meta, "\"docstore_blocksize\": ", sizes.1)?;
    let meta = with_number(&meta, "\"max_doc\": ", entries.len())?;
    files.insert("meta.json".to_owned(), meta.into_bytes().into());
    Some((files, lengths))
}

/// A file of the segment.
fn name(extension: &str) -> String {
    format!("{SEGMENT}.{extension}")
}

/// JSON with another number behind a name.
fn with_number(json: &str, name: &str, number: usize) -> Option<String> {
    let (before, behind) = json.split_once(name)?;
    let behind = behind.trim_start_matches(|letter: char| letter.is_ascii_digit());
    Some(format!("{before}{name}{number}{behind}"))
}

/// The body of tantivy's file of columns, which has none, for so many documents: behind the columns and their length stands the number of documents, then the
/// form's version and a mark.
fn rows(file: &[u8], old: u32, new: u32) -> Option<Vec<u8>> {
    let (body, _) = footer(file)?;
    let mut body = body.to_vec();
    let end = body.len().checked_sub(8)?;
    let number = body[..end].last_chunk_mut::<4>()?;
    (*number == old.to_le_bytes()).then(|| *number = new.to_le_bytes())?;
    Some(body)
}

/// The lengths of the documents behind the changes. What was in the segment is what is taken out of it.
fn changed_lengths(
    old: &[[u32; FIELDS]],
    changes: &[Change],
    minus: &[[u32; FIELDS]],
    plus: &[[u32; FIELDS]],
) -> Option<Vec<[u32; FIELDS]>> {
    let mut lengths = Vec::with_capacity(old.len() + plus.len());
    let (mut at, mut minus, mut plus) = (0, minus, plus);
    for Change { old: range, new } in changes {
        lengths.extend_from_slice(old.get(at..range.start as usize)?);
        at = range.end as usize;
        let (gone, less) = minus.split_at_checked(range.len())?;
        let (come, more) = plus.split_at_checked(new.len())?;
        (old.get(range.start as usize..at)? == gone).then(|| lengths.extend_from_slice(come))?;
        (minus, plus) = (less, more);
    }
    lengths.extend_from_slice(old.get(at..)?);
    Some(lengths)
}

/// Which numbers documents have behind the changes.
struct Numbers {
    gone: Vec<u32>,
    come: Vec<u32>,
    /// The first document that has another number; none where all keep theirs.
    first: u32,
    /// The new number of each that had one, by its old one.
    new: Vec<u32>,
}

impl Numbers {
    fn of(changes: &[Change], documents: u32) -> Self {
        let moved = changes.iter().find(|change| change.old.len() != change.new.len()).map_or(u32::MAX, |change| change.old.start);
        let (mut at, mut next, mut new) = (0, 0, Vec::with_capacity(documents as usize));
        for change in changes.iter().chain([&Change { old: documents..documents, new: 0..0 }]) {
            new.extend((at..change.old.start).zip(next..).map(|(_, number)| number));
            new.extend(change.old.clone().zip(change.new.start..).map(|(_, number)| number));
            (at, next) = (change.old.end, change.new.end);
        }
        let of = |side: fn(&Change) -> &Range<u32>| changes.iter().flat_map(|change| side(change).clone()).collect();
        Self { gone: of(|change| &change.old), come: of(|change| &change.new), first: moved, new }
    }
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

/// tantivy's footer of a file.
pub(crate) struct Footer<'a> {
    /// JSON around the checksum.
    before: &'a str,
    behind: &'a str,
    mark: [u8; 4],
}

/// A file, or the end of one, without tantivy's footer, and that.
pub(crate) fn footer(file: &[u8]) -> Option<(&[u8], Footer<'_>)> {
    // Behind the footer stand its length and a mark.
    let (rest, mark) = file.split_last_chunk::<4>()?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let (body, footer) = rest.split_at_checked(rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?)?;
    let (before, checksum) = str::from_utf8(footer).ok()?.split_once("\"crc\":")?;
    let behind = checksum.trim_start_matches(|letter: char| letter.is_ascii_digit());
    Some((body, Footer { before, behind, mark: *mark }))
}

impl Footer<'_> {
    /// The footer of a file with another checksum.
    pub(crate) fn with_checksum(&self, sum: u32) -> Option<Vec<u8>> {
        let mut footer = format!("{}\"crc\":{sum}{}", self.before, self.behind).into_bytes();
        let length = u32::try_from(footer.len()).ok()?;
        footer.extend_from_slice(&length.to_le_bytes());
        footer.extend_from_slice(&self.mark);
        Some(footer)
    }
}

/// A file with tantivy's footer: that of another one, with its own checksum.
fn with_footer(mut body: Vec<u8>, other: &[u8]) -> Option<Vec<u8>> {
    let footer = footer(other)?.1.with_checksum(crc32fast::hash(&body))?;
    body.extend_from_slice(&footer);
    Some(body)
}

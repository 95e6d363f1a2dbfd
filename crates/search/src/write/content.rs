//! What is in the files of a segment: bytes as they are, or pieces that are still compressed as they lie in the pack.
//!
//! *In*: bytes, volumes. *Out*: any range of a file. The stored notes are most of an index and a change touches few of them, so they are kept only as the
//! pack has them, which is kept anyway, and unpacked where they are looked at. A piece is exactly what a block of the pack holds: it can be taken over as it is.

use std::io::{self, Read as _};
use std::ops::Range;
use std::sync::Arc;
use tantivy::directory::OwnedBytes;

/// A file of the pack: blocks, each a gzip member, one behind the other.
#[derive(Debug)]
pub(crate) struct Volume {
    /// The number that names it ([`crate::pack::volume_hash`]).
    pub(crate) hash: u64,
    pub(crate) bytes: Arc<[u8]>,
}

/// A block as it lies in a volume.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    volume: Arc<Volume>,
    from: u32,
    end: u32,
}

impl Member {
    /// The block of a volume that begins at `from` and has `len` bytes; `None` where it has not.
    pub(crate) fn of(volume: &Arc<Volume>, from: u32, len: u32) -> Option<Self> {
        let end = from.checked_add(len)?;
        volume.bytes.get(from as usize..end as usize).filter(|bytes| bytes.len() >= 8)?;
        Some(Self { volume: Arc::clone(volume), from, end })
    }

    /// Its compressed bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.volume.bytes[self.from as usize..self.end as usize]
    }

    /// How many bytes it has before compression, as it says itself.
    pub(crate) fn len(&self) -> usize {
        let length = self.bytes().last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
        length as usize
    }

    /// The checksum of its bytes before compression, as it says itself.
    pub(crate) fn checksum(&self) -> u32 {
        let rest = self.bytes().split_last_chunk::<4>().map_or(&[][..], |(rest, _)| rest);
        rest.last_chunk().map_or(0, |sum| u32::from_le_bytes(*sum))
    }

    /// Its bytes before compression.
    pub(crate) fn unpack(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.len());
        flate2::read::GzDecoder::new(self.bytes()).read_to_end(&mut bytes)?;
        if bytes.len() == self.len() { Ok(bytes) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// The volume that consists of just these blocks, if it is one of theirs.
    pub(crate) fn whole<'a>(members: impl Iterator<Item = Option<&'a Self>>) -> Option<Arc<Volume>> {
        let mut volume: Option<&Arc<Volume>> = None;
        let mut at = 0;
        for member in members {
            let member = member.filter(|member| member.from == at && volume.is_none_or(|volume| Arc::ptr_eq(volume, &member.volume)))?;
            (volume, at) = (Some(&member.volume), member.end);
        }
        volume.filter(|volume| volume.bytes.len() == at as usize).cloned()
    }
}

/// What is in a file.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Whole(OwnedBytes),
    /// Pieces that lie one behind the other, each with its end.
    Pieces(Arc<[(usize, Piece)]>),
}

/// A part of a file.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Plain(Arc<[u8]>),
    Packed(Member),
}

impl Piece {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Packed(member) => member.len(),
        }
    }

    /// Its bytes.
    pub(crate) fn read(&self) -> io::Result<OwnedBytes> {
        match self {
            Self::Plain(bytes) => Ok(OwnedBytes::new(Arc::clone(bytes))),
            Self::Packed(member) => member.unpack().map(OwnedBytes::new),
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(OwnedBytes::new(bytes))
    }
}

impl FromIterator<Piece> for Content {
    fn from_iter<T: IntoIterator<Item = Piece>>(pieces: T) -> Self {
        let ended = pieces.into_iter().filter(|piece| piece.len() > 0).scan(0, |end, piece| {
            *end += piece.len();
            Some((*end, piece))
        });
        Self::Pieces(ended.collect())
    }
}

impl Content {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Pieces(pieces) => pieces.last().map_or(0, |(end, _)| *end),
        }
    }

    /// All bytes, if they lie in one row.
    pub(crate) fn whole(&self) -> Option<&[u8]> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Pieces(_) => None,
        }
    }

    /// The bytes of a range.
    pub(crate) fn read(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let pieces = match self {
            Self::Whole(bytes) => return Ok(bytes.slice(range)),
            Self::Pieces(pieces) => pieces,
        };
        let first = pieces.partition_point(|(end, _)| *end <= range.start);
        let mut joined = Vec::new();
        for (end, piece) in &pieces[first..] {
            let start = end - piece.len();
            if start >= range.end {
                break;
            }
            let (from, to) = (range.start.max(start) - start, range.end.min(*end) - start);
            let bytes = piece.read()?;
            if to - from == range.len() {
                return Ok(bytes.slice(from..to));
            }
            joined.extend_from_slice(&bytes[from..to]);
        }
        Ok(OwnedBytes::new(joined))
    }

    /// The piece that is just this range.
    pub(crate) fn piece(&self, range: &Range<usize>) -> Option<&Piece> {
        let Self::Pieces(pieces) = self else { return None };
        let (end, piece) = pieces.get(pieces.partition_point(|(end, _)| *end <= range.start))?;
        (*end == range.end && piece.len() == range.len()).then_some(piece)
    }

    /// The same as a block of the pack has it, if it is a whole one.
    pub(crate) fn packed(&self, range: &Range<usize>) -> Option<&Member> {
        match self.piece(range)? {
            Piece::Packed(member) => Some(member),
            Piece::Plain(_) => None,
        }
    }
}

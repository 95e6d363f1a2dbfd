//! Takes up an index where another run of the program left it: most of it lies in the published pack, and only the rest has to be kept.
//!
//! *In*: a [`Memo`]; later the kept bytes and the pack. *Out*: bytes; later the memo again. Damaged bytes, and those of another pack, give `None`; whoever keeps
//! them sees to it that they are of the same program.

use super::{Base, Entry, Memo};
use crate::pack::{Extent, read_entry, volume_hash, volume_name};
use crate::record::{self, Cursor, put_number};
use crate::schema::FIELDS;
use crate::write::content::{Member, Volume};
use crate::write::{Files, Packed, keep_packed, stored_notes};
use rayon::prelude::*;
use std::sync::Arc;
use tantivy::directory::OwnedBytes;

/// Bytes of an entry's hash.
const HASH: usize = 32;

impl Memo {
    /// What the pack does not say of the last index. `entry` is the pack's; `None` before there was an index.
    #[must_use]
    pub fn save(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let base = self.base.as_ref()?;
        let mut out = volume_hash(entry).to_le_bytes().to_vec();
        put_number(base.entries.len() as u64, &mut out);
        for (Entry { head, hash, text }, lengths) in base.entries.iter().zip(&base.lengths) {
            let stored = record::encode(head);
            put_number(stored.len() as u64, &mut out);
            out.extend_from_slice(&stored);
            put_number(u64::from(head.is_list), &mut out);
            let own = [&head.language, &head.original];
            for texts in [own.as_slice(), &head.aliases.iter().collect::<Vec<_>>(), &head.tags.iter().collect::<Vec<_>>()] {
                put_number(texts.len() as u64, &mut out);
                for text in texts {
                    put_number(text.len() as u64, &mut out);
                    out.extend_from_slice(text.as_bytes());
                }
            }
            out.extend_from_slice(hash);
            put_number(*text as u64, &mut out);
            lengths.iter().for_each(|length| put_number(u64::from(*length), &mut out));
        }
        Some(out)
    }

    /// The memo that was saved, with the pack's entry and a way to get its volumes by their names.
    #[must_use]
    pub fn load(saved: &[u8], entry: &[u8], volume: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync)) -> Option<Self> {
        let (hash, rest) = saved.split_first_chunk()?;
        if u64::from_le_bytes(*hash) != volume_hash(entry) {
            return None;
        }
        let (entries, lengths) = entries(rest)?;
        let table = read_entry(entry).ok()?;
        let read = |hash: &u64| {
            let bytes = volume(&volume_name(*hash)).filter(|bytes| volume_hash(bytes) == *hash)?;
            Some(Arc::new(Volume { hash: *hash, bytes: bytes.into() }))
        };
        let volumes: Vec<Arc<Volume>> = table.volumes.par_iter().map(read).collect::<Option<_>>()?;
        let mut is_needed = vec![false; table.blocks.len()];
        for extent in table.files.iter().filter(|(name, _)| *name != stored_notes()).flat_map(|(_, extents)| extents) {
            is_needed[extent.block as usize] = true;
        }
        let unpacked = table.blocks.par_iter().zip(is_needed).skip(1).map(|(place, is_needed)| {
            let member = Member::of(volumes.get(place.volume as usize)?, place.from, place.packed)?;
            let bytes = if is_needed { member.unpack().ok()? } else { Vec::new() };
            (member.len() == place.len as usize).then_some((member, bytes))
        });
        let blocks: Vec<(Member, Vec<u8>)> = unpacked.collect::<Option<_>>()?;
        let piece = |extent: &Extent| {
            let block =
                (extent.block as usize).checked_sub(1).map_or(Some(entry), |at| blocks.get(at).map(|(_, bytes)| bytes.as_slice()))?;
            block.get(extent.offset as usize..(extent.offset as usize).checked_add(extent.len as usize)?)
        };
        let mut files = Files::new();
        for (name, extents) in table.files.iter().filter(|(name, _)| *name != stored_notes()) {
            let mut bytes = Vec::with_capacity(extents.iter().map(|extent| extent.len as usize).sum());
            for extent in extents {
                bytes.extend_from_slice(piece(extent)?);
            }
            files.insert(name.clone(), bytes.into());
        }
        let notes = keep_packed(&table, &volumes, &|extent| Some(OwnedBytes::new(piece(extent)?.to_vec())))?;
        files.insert(stored_notes(), notes);
        let packed = blocks.into_par_iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(member, bytes)| (volume_hash(&bytes), member));
        let packed = packed.collect::<Vec<_>>().into_iter().collect();
        Some(Self { base: Some(Base { files, lengths, entries }), packed: Packed(packed), patched: 0 })
    }
}

/// What is kept of every document.
fn entries(bytes: &[u8]) -> Option<(Vec<Entry>, Vec<[u32; FIELDS]>)> {
    let mut cursor = Cursor(bytes);
    let (mut entries, mut lengths) = (Vec::new(), Vec::new());
    for _ in 0..cursor.number()? {
        let stored = cursor.size()?;
        let mut head = record::decode(cursor.bytes(stored)?)?;
        head.is_list = cursor.number()? == 1;
        let mut texts = [const { Vec::new() }; 3];
        for texts in &mut texts {
            for _ in 0..cursor.number()? {
                texts.push(cursor.text()?.to_owned());
            }
        }
        let [own, aliases, tags] = texts;
        let [language, original] = <[String; 2]>::try_from(own).ok()?;
        (head.language, head.original, head.aliases, head.tags) = (language, original, aliases, tags);
        let hash = *cursor.bytes(HASH)?.first_chunk()?;
        let text = cursor.size()?;
        let mut of_fields = [0; FIELDS];
        for length in &mut of_fields {
            *length = u32::try_from(cursor.number()?).ok()?;
        }
        entries.push(Entry { head, hash, text });
        lengths.push(of_fields);
    }
    cursor.0.is_empty().then_some((entries, lengths))
}

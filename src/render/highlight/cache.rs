//! Highlighted blocks by content, kept between builds.
//!
//! In: keys (the hash of language and text) and HTML. Out: the same from bytes to bytes. Damaged or foreign bytes are an empty cache: the
//! build is slower then, never wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the bytes start with. Its end comes from `build.rs` and changes with the code of this module and the crates, so with the format, the
/// classes and the syntax definitions: what another build made is not taken for this one's.
const MAGIC: &str = concat!("biji highlight ", env!("BIJI_HIGHLIGHT"), "\n");

/// The hash of a block's language and text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn of(language: &str, text: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(language.as_bytes()).update(&[0]).update(text.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }
}

/// Highlighted blocks by content, shared by all threads of a build and kept between builds by the shell.
#[derive(Debug, Default)]
pub struct Cache {
    /// What earlier builds made.
    known: BTreeMap<Key, Arc<str>>,
    /// What this build used.
    used: Mutex<BTreeMap<Key, Arc<str>>>,
}

impl Cache {
    /// Reads what `to_bytes` wrote. Damaged or foreign bytes give an empty cache.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { known: read(bytes).unwrap_or_default(), used: Mutex::default() }
    }

    /// The blocks that this build used, for the next one. The same blocks give the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = MAGIC.as_bytes().to_vec();
        for (key, html) in &*used {
            // No block is longer than 4 GiB.
            let Ok(length) = u32::try_from(html.len()) else { continue };
            bytes.extend_from_slice(&key.0);
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(html.as_bytes());
        }
        let check = *blake3::hash(&bytes).as_bytes();
        bytes.extend_from_slice(&check);
        bytes
    }

    /// The cache that the next build in this process starts with: what this one used.
    #[must_use]
    pub fn successor(&self) -> Self {
        Self { known: self.used.lock().unwrap_or_else(PoisonError::into_inner).clone(), used: Mutex::default() }
    }

    /// A block that an earlier build made, or an earlier run of this one.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<str>> {
        self.known.get(key).cloned()
    }

    /// Says what this build used.
    pub(super) fn keep(&self, used: BTreeMap<Key, Arc<str>>) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = used;
    }
}

fn read(bytes: &[u8]) -> Option<BTreeMap<Key, Arc<str>>> {
    let (content, check) = bytes.split_last_chunk::<32>()?;
    if blake3::hash(content).as_bytes() != check {
        return None;
    }
    let mut rest = content.strip_prefix(MAGIC.as_bytes())?;
    let mut known = BTreeMap::new();
    while !rest.is_empty() {
        let (key, behind) = rest.split_first_chunk::<32>()?;
        let (length, behind) = behind.split_first_chunk::<4>()?;
        let (html, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        known.insert(Key(*key), Arc::from(std::str::from_utf8(html).ok()?));
        rest = behind;
    }
    Some(known)
}

//! The user's cache folder: a convenience, so that nothing about it is ever an error. The highlight cache, and what is removed with time; how other files are
//! kept there is in [`super::shelf`].
//!
//! In: ROOT. Out: the blocks of the last build of this site, and a place to save those of this one. One small file a site, because a build
//! saves only the blocks that it used.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;

use super::shelf;
use crate::render::highlight;

/// How the names of files begin that belong to one site each.
const KINDS: [&str; 5] = ["build-", "index-", "notes-", "site-", "highlight-"];
/// What was not written for so long is removed.
const LONG: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The blocks of one site and where they are kept.
#[derive(Debug)]
pub(super) struct Cache {
    /// The blocks.
    pub(super) blocks: highlight::Cache,
    file: Option<PathBuf>,
    /// The hash of what was read, to save nothing when nothing changed.
    read: Option<blake3::Hash>,
}

/// Reads the cache of a site; an empty one when there is none that can be read.
pub(super) fn load(root: &Path) -> Cache {
    let file = folder().map(|folder| {
        let site = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        folder.join(format!("highlight-{}", &site[..16]))
    });
    let bytes = file.as_ref().and_then(|file| fs::read(file).ok());
    let blocks = highlight::Cache::from_bytes(bytes.as_deref().unwrap_or_default());
    Cache { blocks, read: bytes.map(|bytes| blake3::hash(&bytes)), file }
}

impl Cache {
    /// Saves the cache; another build may do the same at the same time.
    pub(super) fn save(&self) {
        self.save_blocks(&self.blocks);
    }

    /// Saves other blocks of the same site in its place.
    pub(super) fn save_blocks(&self, blocks: &highlight::Cache) {
        let Some(file) = &self.file else { return };
        let bytes = blocks.to_bytes();
        if self.read == Some(blake3::hash(&bytes)) || (self.read.is_none() && bytes.is_empty()) {
            return;
        }
        // Where that cannot be, the next build takes its time.
        let _ = shelf::replace(file, |mut new| new.write_all(&bytes));
    }
}

/// Removes what was written for sites that were not built for long: whoever builds them again waits once.
pub(super) fn tidy(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let is_ours = KINDS.iter().any(|kind| name.as_encoded_bytes().starts_with(kind.as_bytes()));
        let age = entry.metadata().ok().filter(fs::Metadata::is_file).and_then(|file| file.modified().ok()?.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > LONG) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `BIJI_CACHE_DIR`, or `biji` in the system's folder for caches.
pub(super) fn folder() -> Option<PathBuf> {
    match std::env::var_os("BIJI_CACHE_DIR") {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => Some(folder.into()),
        None => etcetera::base_strategy::choose_native_strategy().ok().map(|strategy| strategy.cache_dir().join("biji")),
    }
}

//! The site as a value: every file that will be published.
//!
//! In: artifacts from `render` and `index`. Out: `Bundle`, sorted by path, no path twice. Knows nothing of disks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::path::{SourcePath, UrlPath};

/// The content of one published file.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Made by Biji.
    Bytes(Arc<[u8]>),
    /// An attachment, copied from the content folder when the site is published.
    Attachment(SourcePath),
    /// What lies there already, of the last build: not made again, as it would be the same. What it was when that was found out.
    Published(Stamp),
}

/// What the operating system says of a file: while all of it is the same, nobody wrote into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// When its bytes changed, in nanoseconds since 1970.
    pub modified: u64,
    /// When anything of it changed, in seconds and nanoseconds since 1970; zeros where the system does not say.
    pub changed: (i64, i64),
    /// Its number; zero where the system does not say.
    pub number: u64,
}

/// One file of the published site.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Where it goes.
    pub path: UrlPath,
    /// What it holds.
    pub payload: Payload,
}

impl Artifact {
    /// A file made by Biji.
    #[must_use]
    pub fn new(path: UrlPath, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { path, payload: Payload::Bytes(bytes.into()) }
    }
}

/// Every file of the site, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    artifacts: Vec<Artifact>,
}

impl Bundle {
    /// Sorts the artifacts. Of two with one path the error names it: addresses are checked before, so that is a fault of Biji's.
    ///
    /// # Errors
    /// The path that two artifacts share. Paths that differ only in case count as one, since some file systems fold case.
    pub fn new(mut artifacts: Vec<Artifact>) -> Result<Self, UrlPath> {
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        match collision(artifacts.iter().map(|artifact| &artifact.path)) {
            Some(path) => Err(path.clone()),
            None => Ok(Self { artifacts }),
        }
    }

    /// The bytes of every file. `attachment` gives those of an attachment.
    #[must_use]
    pub fn sizes(&self, attachment: impl Fn(&SourcePath) -> u64) -> Vec<(&UrlPath, u64)> {
        let size = |payload: &Payload| match payload {
            Payload::Bytes(bytes) => bytes.len() as u64,
            Payload::Attachment(path) => attachment(path),
            Payload::Published(stamp) => stamp.size,
        };
        self.artifacts.iter().map(|artifact| (&artifact.path, size(&artifact.payload))).collect()
    }

    /// The artifacts in order of their paths.
    #[must_use]
    pub fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }
}

/// The first path that is there twice. Paths that differ only in case count as one.
#[must_use]
pub fn collision<'a>(paths: impl Iterator<Item = &'a UrlPath>) -> Option<&'a UrlPath> {
    let mut folded: Vec<(String, &UrlPath)> = paths.map(|path| (SourcePath::fold(path.as_str()), path)).collect();
    folded.sort();
    folded.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1)
}

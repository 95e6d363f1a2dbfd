//! The folder of notes as values: which files there are, and the text of the notes.
//!
//! In: what `disk` read. Out: `SourceTree`. Attachments are only named here, and pictures measured; their bytes stay on disk until publishing copies them.

pub mod decode;
pub mod disk;
pub mod git;
pub mod history;
pub mod picture;

use std::sync::Arc;

use crate::diagnostic::File;
use crate::path::SourcePath;

/// Hidden folders whose attachments are content all the same: where GitBook keeps the pictures of its notes.
pub const SHOWN: [&str; 1] = [".gitbook"];

/// One note as it was read, decoded to UTF-8 without a byte order mark.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Where it lies in the content folder.
    pub path: SourcePath,
    /// Its name for people and its text, shared with every diagnostic.
    pub file: File,
}

impl SourceFile {
    /// A note of the given text whose path for people is `prefix` and its path.
    #[must_use]
    pub fn new(path: SourcePath, prefix: &str, text: impl Into<Arc<str>>) -> Self {
        let shown = format!("{prefix}{path}");
        Self { path, file: File { path: shown.into(), text: text.into() } }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.file.text
    }
}

/// An attachment: any file of the content folder that is no note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Where it lies in the content folder.
    pub path: SourcePath,
    /// Size in bytes.
    pub size: u64,
    /// How large a picture it is, where it is one and says so.
    pub pixels: Option<picture::Pixels>,
}

/// Everything in the content folder, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    /// The notes (`.md`, `.markdown`).
    pub notes: Vec<SourceFile>,
    /// All other files.
    pub attachments: Vec<Attachment>,
}

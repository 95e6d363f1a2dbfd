//! The notes as they were parsed last: one is parsed again only when its text changed.
//!
//! In: the files of notes as they are now, and how they are to be parsed. Out: a [`Parsed`] for each. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::note::{self, Note, markdown};
use crate::path::SourcePath;
use crate::source::SourceFile;

/// A note as it was parsed last.
#[derive(Debug)]
pub struct Parsed {
    /// The file that was parsed.
    pub source: SourceFile,
    /// `None` when it cannot be read.
    pub note: Option<Arc<Note>>,
    /// The last one that could be read.
    pub good: Option<Arc<Note>>,
    /// What is wrong with the note by itself.
    pub faults: Vec<Diagnostic>,
}

impl Parsed {
    /// Parses the files whose text is not the known one, and says of each whether it was parsed. What is left in `known` is of files that are gone.
    pub fn again(known: &mut BTreeMap<SourcePath, Self>, sources: Vec<SourceFile>, options: markdown::Options) -> Vec<(Self, bool)> {
        let work: Vec<(Option<Self>, SourceFile)> = sources.into_iter().map(|source| (known.remove(&source.path), source)).collect();
        let one = |(old, source): (Option<Self>, SourceFile)| match old {
            Some(old) if old.source.file == source.file => (old, false),
            old => (Self::new(source, old.and_then(|old| old.good), options), true),
        };
        work.into_par_iter().map(one).collect()
    }

    fn new(source: SourceFile, old: Option<Arc<Note>>, options: markdown::Options) -> Self {
        let (note, faults) = note::parse(&source, options);
        // A change that was taken back leaves the note as it was.
        let note = note.map(|note| match &old {
            Some(old) if old.file == note.file => Arc::clone(old),
            _ => Arc::new(note),
        });
        let good = note.clone().or(old);
        Self { source, note, good, faults }
    }
}

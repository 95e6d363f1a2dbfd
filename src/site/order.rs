//! The reading order that the configuration gives: the list `order`, or the links of the note that `summary` names, as mdBook and GitBook have it.
//!
//! In: the configuration and the notes. Out: the place of every note and folder that is listed, and what a summary calls notes that have no title of
//! their own. What is not listed comes behind, as ever.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::link::reference::{decode, join, split};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::{LinkKind, Note};
use crate::path::SourcePath;

/// The places of what is listed; the first is 0.
#[derive(Debug, Clone, Default)]
pub struct Order {
    notes: BTreeMap<String, usize>,
    folders: BTreeMap<String, usize>,
    titles: BTreeMap<String, String>,
}

impl Order {
    /// Reads the order. `notes` are all notes, also those that are not published.
    #[must_use]
    pub fn of(config: &Config, notes: &[Arc<Note>]) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        if config.order.is_empty() && config.summary.is_empty() {
            return (Self::default(), found);
        }
        let paths: BTreeMap<String, &str> = notes.iter().map(|note| (SourcePath::fold(note.path.as_str()), note.path.as_str())).collect();
        let mut order = Self::default();
        for entry in &config.order {
            let entry = entry.trim_matches('/');
            let folded = SourcePath::fold(entry);
            let is_folder = |path: &&String| path.strip_prefix(&folded).is_some_and(|rest| rest.starts_with('/'));
            if let Some(path) = paths.get(&folded) {
                order.add(path);
            } else if let Some(inside) = paths.range(folded.clone()..).map(|(path, _)| path).find(is_folder) {
                let path = paths[inside].get(..entry.len()).unwrap_or(entry).to_owned();
                let place = order.next();
                order.folders.entry(path).or_insert(place);
            } else {
                let fault = Diagnostic::site(Code::BrokenLink, format!("`order` in biji.toml names `{entry}`, which is no note or folder"));
                found.push(fault.hint("write its path in the content folder, like `guide/index.md`"));
            }
        }
        if !config.summary.is_empty() {
            match paths.get(&SourcePath::fold(&config.summary)).and_then(|path| notes.iter().find(|note| note.path.as_str() == *path)) {
                Some(summary) => {
                    for link in summary.links.iter().filter(|link| matches!(link.kind, LinkKind::Link | LinkKind::HtmlLink)) {
                        let target = join(summary.path.parent(), &decode(split(link.target.trim(), true).path));
                        if let Some(path) = target.and_then(|target| paths.get(&SourcePath::fold(&target))) {
                            order.add(path);
                            let title = link.text.split_whitespace().collect::<Vec<_>>().join(" ");
                            if !title.is_empty() {
                                order.titles.entry((*path).to_owned()).or_insert(title);
                            }
                        }
                    }
                }
                None => {
                    let message = format!("`summary` in biji.toml names `{}`, which is no note", config.summary);
                    found.push(Diagnostic::site(Code::BrokenLink, message).hint("write its path in the content folder, like `SUMMARY.md`"));
                }
            }
        }
        (order, found)
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.folders.is_empty()
    }

    /// The place of a note; the largest number when it is not listed.
    #[must_use]
    pub fn note(&self, path: &str) -> usize {
        self.notes.get(path).copied().unwrap_or(usize::MAX)
    }

    /// The place of a folder: its own, or that of the first note in it.
    #[must_use]
    pub fn folder(&self, path: &str) -> usize {
        self.folders.get(path).copied().unwrap_or(usize::MAX)
    }

    /// Calls notes that have no title of their own by the words of the summary.
    pub(super) fn name(&self, notes: &mut [Arc<Note>]) {
        for note in notes.iter_mut().filter(|note| !note.has_own_title()) {
            if let Some(title) = self.titles.get(note.path.as_str()) {
                Arc::make_mut(note).title.clone_from(title);
            }
        }
    }

    /// Lists a note, and the folders that it is the first of.
    fn add(&mut self, path: &str) {
        let place = self.next();
        self.notes.entry(path.to_owned()).or_insert(place);
        for (at, _) in path.match_indices('/') {
            self.folders.entry(path[..at].to_owned()).or_insert(place);
        }
    }

    fn next(&self) -> usize {
        self.notes.len() + self.folders.len()
    }
}

//! A few notes through every phase up to the finished pages, without a disk: what `build` does, on values.
#![allow(dead_code, reason = "each test file uses a part")]

use biji::bundle::{Artifact, Payload};
use biji::config::Config;
use biji::diagnostic::{Diagnostic, File};
use biji::note::{self, Note, markdown};
use biji::path::SourcePath;
use biji::render::{highlight::Cache, render};
use biji::site::include::Texts;
use biji::site::privacy::Rules;
use biji::site::{self, Origin, Site};
use biji::source::{Attachment, SourceFile};
use biji::theme::{Overrides, Theme};

/// What came of the notes.
pub(crate) struct Whole {
    /// The site, the notes in it.
    pub(crate) site: Site,
    /// Every page and file.
    pub(crate) artifacts: Vec<Artifact>,
    /// Every fault, sorted as they are reported.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Whole {
    /// The text of the page at this address.
    pub(crate) fn page(&self, url: &str) -> Option<&str> {
        self.artifacts.iter().find(|artifact| artifact.path.as_str() == url).and_then(|artifact| match &artifact.payload {
            Payload::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            Payload::Attachment(_) | Payload::Published(_) => None,
        })
    }
}

/// Reads files given as path and text; what does not end with `.md` is an attachment. Notes whose front matter cannot be read are held back.
pub(crate) fn read(files: &[(&str, &str)]) -> (Vec<Note>, Vec<SourcePath>, Vec<Attachment>, Vec<Diagnostic>) {
    read_as(markdown::Options::default(), files)
}

fn read_as(options: markdown::Options, files: &[(&str, &str)]) -> (Vec<Note>, Vec<SourcePath>, Vec<Attachment>, Vec<Diagnostic>) {
    let (mut notes, mut held_back, mut attachments, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files {
        let path = SourcePath::new(path).expect("clean path");
        if !path.as_str().ends_with(".md") {
            attachments.push(Attachment { path, size: 1, pixels: None });
            continue;
        }
        let (note, faults) = note::parse(&SourceFile::new(path.clone(), "", *text), options);
        match note {
            Some(note) => notes.push(note),
            None => held_back.push(path),
        }
        diagnostics.extend(faults);
    }
    notes.sort_by(|a, b| a.path.cmp(&b.path));
    attachments.sort_by(|a, b| a.path.cmp(&b.path));
    (notes, held_back, attachments, diagnostics)
}

/// Takes files through all phases.
pub(crate) fn build(theme: &Theme, config: Config, files: &[(&str, &str)]) -> Whole {
    let options = markdown::Options { untrusted: config.untrusted, ..markdown::Options::default() };
    let (notes, held_back, attachments, mut diagnostics) = read_as(options, files);
    let wanted = site::include::wanted(&Rules::of(&config), &notes, &attachments);
    let text = |path: &SourcePath| files.iter().find(|(name, _)| *name == path.as_str()).map_or("", |(_, text)| text);
    let texts: Texts = wanted.into_iter().map(|path| (path.clone(), Ok(text(&path).into()))).collect();
    let origin = Origin { name: "site", held_back: &held_back, texts: Some(&texts), history: None };
    let (site, faults) = site::assemble_from(origin, config, notes, &attachments);
    diagnostics.extend(faults);
    let (artifacts, faults) = render(&site, theme, &Cache::default());
    diagnostics.extend(faults);
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    diagnostics.dedup();
    Whole { site, artifacts, diagnostics }
}

/// The embedded theme, or one whose note pages are nothing but the note's body.
pub(crate) fn theme(bodies_alone: bool) -> Theme {
    let body = File { path: "templates/note.html".into(), text: "{{ content }}".into() };
    let templates = if bodies_alone { vec![("note.html".to_owned(), body)] } else { Vec::new() };
    let (theme, faults) = Theme::new(Overrides { templates, statics: Vec::new() });
    assert!(faults.is_empty(), "{faults:?}");
    theme
}

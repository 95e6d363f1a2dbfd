//! SHELL: the files of the notes and the texts that are open in the editor, which override them.
//!
//! In: where the site is, what changed on the disk, what was typed. Out: [`Inputs`], of which a state is assembled. A note is parsed again only when its text
//! changed. What is open and was never saved is a note like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::position::{Encoding, Lines};
use super::uri;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::note::{Note, markdown};
use crate::path::SourcePath;
use crate::serve::files::Files;
use crate::serve::{Changes, Parsed, Place};
use crate::site::include::{self, Texts};
use crate::site::privacy::Rules;
use crate::source::disk::{self, Folder};
use crate::source::{Attachment, SourceFile};

/// A text that is open.
#[derive(Debug, Clone)]
pub(super) struct Buffer {
    /// The address by which the editor calls it.
    pub(super) uri: Uri,
    /// The editor's number of this state.
    pub(super) version: i32,
    /// The text as it is now.
    pub(super) text: Arc<str>,
}

/// What a state is assembled of.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The configuration.
    pub(super) config: Config,
    /// The name of the folder.
    pub(super) name: String,
    /// The notes that can be read, as they are.
    pub(super) notes: Vec<Arc<Note>>,
    /// Those that cannot.
    pub(super) held_back: Vec<SourcePath>,
    /// The same as they were when they could be read.
    pub(super) older: Vec<Arc<Note>>,
    /// All other files.
    pub(super) attachments: Vec<Attachment>,
    /// The texts that code blocks include.
    pub(super) texts: Texts,
    /// What is wrong with the configuration, with files and with notes by themselves.
    pub(super) faults: Vec<Diagnostic>,
    /// The notes whose text is not that of the inputs before.
    pub(super) changed: BTreeSet<SourcePath>,
    /// The notes that are open.
    pub(super) open: BTreeSet<SourcePath>,
    /// Where everything is.
    pub(super) place: Place,
}

/// The files and what is open of them.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Where the site is.
    pub(super) place: Place,
    /// The content folder, absolute, as it is written.
    content: PathBuf,
    buffers: BTreeMap<SourcePath, Buffer>,
    files: Files,
    notes: BTreeMap<SourcePath, Parsed>,
    /// What reading gave last.
    read: Option<(Vec<SourceFile>, Vec<Attachment>, Vec<Diagnostic>)>,
    options: markdown::Options,
    changed: BTreeSet<SourcePath>,
    /// What was opened or closed since then.
    opened: BTreeSet<SourcePath>,
}

impl Workspace {
    /// A workspace of which nothing was read yet.
    pub(super) fn new(place: Place) -> Self {
        let mut workspace = Self {
            content: PathBuf::new(),
            buffers: BTreeMap::new(),
            files: Files::default(),
            notes: BTreeMap::new(),
            read: None,
            options: markdown::Options::default(),
            changed: BTreeSet::new(),
            opened: BTreeSet::new(),
            place: place.clone(),
        };
        workspace.settle(place);
        workspace
    }

    /// Takes the place anew: the configuration may have changed.
    pub(super) fn settle(&mut self, place: Place) {
        let content = std::path::absolute(&place.content).unwrap_or_else(|_| place.content.clone());
        self.content = content.components().collect();
        let options = markdown::Options { untrusted: place.config.untrusted, ..Default::default() };
        if self.options != options {
            self.options = options;
            self.notes.clear();
        }
        self.place = place;
    }

    /// How notes are parsed.
    pub(super) fn options(&self) -> markdown::Options {
        self.options
    }

    /// The file of an address, relative to the content folder. `None` when it is elsewhere.
    pub(super) fn source_path(&self, uri: &Uri) -> Option<SourcePath> {
        self.relative(&uri::to_path(uri.as_str())?)
    }

    /// The same of a path.
    pub(super) fn relative(&self, path: &Path) -> Option<SourcePath> {
        let real = || {
            // By another way through symbolic links; the file itself need not be there yet.
            let parent = std::fs::canonicalize(path.parent()?).ok()?;
            Some(parent.join(path.file_name()?))
        };
        let inside = |path: &Path| {
            let inside = path.strip_prefix(&self.content).or_else(|_| path.strip_prefix(&self.place.real)).ok()?;
            let parts: Vec<&str> = inside.components().map(|part| part.as_os_str().to_str()).collect::<Option<_>>()?;
            SourcePath::new(&parts.join("/"))
        };
        inside(path).or_else(|| inside(&real()?))
    }

    /// The address of a file: the editor's own where it is open.
    pub(super) fn uri(&self, path: &SourcePath) -> Option<Uri> {
        self.buffers.get(path).map(|buffer| buffer.uri.clone()).or_else(|| uri::of_path(&disk::locate(&self.content, path)))
    }

    /// The address of a file that messages call by this name: a path from ROOT.
    pub(super) fn uri_of_name(&self, name: &str) -> Option<Uri> {
        let inside = name.strip_prefix(self.place.prefix.as_str()).and_then(SourcePath::new);
        if let Some(path) = inside.filter(|path| self.buffers.contains_key(path) || disk::locate(&self.content, path).exists()) {
            return self.uri(&path);
        }
        let root = std::path::absolute(&self.place.root).ok()?;
        uri::of_path(&root.join(name).components().collect::<PathBuf>())
    }

    /// An open text.
    pub(super) fn buffer(&self, path: &SourcePath) -> Option<&Buffer> {
        self.buffers.get(path)
    }

    /// The note as it is now, parsed when it was looked at last.
    pub(super) fn note(&self, path: &SourcePath) -> Option<&Arc<Note>> {
        self.notes.get(path).and_then(|parsed| parsed.note.as_ref())
    }

    /// A text was opened.
    pub(super) fn open(&mut self, path: SourcePath, uri: Uri, version: i32, text: String) {
        self.opened.insert(path.clone());
        self.buffers.insert(path, Buffer { uri, version, text: text.into() });
    }

    /// A text was closed: the file counts again. True when it was open.
    pub(super) fn close(&mut self, path: &SourcePath) -> bool {
        self.buffers.remove(path).is_some()
    }

    /// An open text was changed. False when it was not open.
    pub(super) fn change(
        &mut self,
        path: &SourcePath,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> bool {
        let Some(buffer) = self.buffers.get_mut(path) else { return false };
        let mut text = String::from(&*buffer.text);
        for change in changes {
            match change.range {
                Some(range) => {
                    let span = Lines::new(&text, encoding).span(range).range();
                    text.replace_range(span, &change.text);
                }
                None => text = change.text,
            }
        }
        buffer.text = text.into();
        buffer.version = version;
        true
    }

    /// Reads what changed on the disk and parses what changed there or in the editor. `None` when all is as it was.
    pub(super) fn refresh(&mut self, changes: &Changes) -> Option<Inputs> {
        let is_first = self.read.is_none();
        let is_touched = is_first || changes.all || !changes.paths.is_empty();
        if is_touched {
            let place = &self.place;
            let folder =
                Folder { path: &place.content, prefix: &place.prefix, exclude: &place.config.exclude, output: Some(&place.output) };
            let all = Changes::all();
            let reading = self.files.read(folder, &place.real, if is_first { &all } else { changes });
            self.read = Some((reading.tree.notes, reading.tree.attachments, reading.found));
        }
        let (files, attachments, found) = self.read.as_ref()?;
        let mut sources: BTreeMap<&SourcePath, SourceFile> = files.iter().map(|file| (&file.path, file.clone())).collect();
        for (path, buffer) in self.buffers.iter().filter(|(path, _)| is_note(path)) {
            // What lies there and was not found by the walk is no content.
            let is_hidden = path.as_str().split('/').any(|part| part.starts_with('.'));
            if !sources.contains_key(path) && (is_hidden || disk::locate(&self.place.real, path).exists()) {
                continue;
            }
            let text = buffer.text.strip_prefix('\u{feff}').map_or_else(|| Arc::clone(&buffer.text), Arc::from);
            sources.insert(path, SourceFile::new(path.clone(), &self.place.prefix, text));
        }
        let mut known = std::mem::take(&mut self.notes);
        let parsed = Parsed::again(&mut known, sources.into_values().collect(), self.options);
        let is_gone = !known.is_empty();
        for (one, is_new) in parsed {
            if is_new {
                self.changed.insert(one.source.path.clone());
            }
            self.notes.insert(one.source.path.clone(), one);
        }
        // Of notes that are not published it is told what is wrong while they are open.
        let rules = Rules::of(&self.place.config);
        let is_private =
            |path: &SourcePath| self.notes.get(path).and_then(|parsed| parsed.note.as_ref()).is_some_and(|note| rules.note(note).is_some());
        let is_seen = std::mem::take(&mut self.opened).iter().any(is_private);
        if self.changed.is_empty() && !is_gone && !is_touched && !is_seen {
            return None;
        }
        let (attachments, found) = (attachments.clone(), found.clone());
        Some(self.inputs(attachments, found))
    }

    fn inputs(&mut self, attachments: Vec<Attachment>, found: Vec<Diagnostic>) -> Inputs {
        let mut inputs = Inputs {
            config: self.place.config.clone(),
            name: self.place.name.clone(),
            notes: Vec::with_capacity(self.notes.len()),
            held_back: Vec::new(),
            older: Vec::new(),
            attachments,
            texts: Texts::new(),
            faults: self.place.diagnostics.iter().cloned().chain(found).collect(),
            changed: std::mem::take(&mut self.changed),
            open: self.buffers.keys().cloned().collect(),
            place: self.place.clone(),
        };
        for (path, parsed) in &self.notes {
            match &parsed.note {
                Some(note) => inputs.notes.push(Arc::clone(note)),
                None => {
                    inputs.held_back.push(path.clone());
                    inputs.older.extend(parsed.good.clone());
                }
            }
            inputs.faults.extend(parsed.faults.iter().cloned());
        }
        let wanted = include::wanted(&Rules::of(&inputs.config), &inputs.notes, &inputs.attachments);
        let place = &self.place;
        let folder = Folder { path: &place.content, prefix: &place.prefix, exclude: &place.config.exclude, output: Some(&place.output) };
        inputs.texts = disk::read_texts(folder, wanted);
        inputs
    }
}

/// Whether a file is a note by its name.
pub(super) fn is_note(path: &SourcePath) -> bool {
    ["md", "markdown"].iter().any(|extension| path.extension().eq_ignore_ascii_case(extension))
}

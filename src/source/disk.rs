//! SHELL: walks the content folder and reads it; nothing is skipped silently.
//!
//! In: the content folder and what of it is no content. Out: `SourceTree`, sorted, and diagnostics. No content, by rule and so without a
//! report: hidden files and folders (`.git`, `.obsidian`, `.trash`; not the pictures in `.gitbook`), `node_modules`, folders that Biji published, what `exclude` names.
//! Everything else is a note, an attachment or a diagnostic. Symbolic links are followed while they stay in the content folder.
#![allow(clippy::disallowed_methods, reason = "this is the door through which notes are read")]

mod overrides;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::decode::{Decoded, decode};
use super::picture::{self, Pixels};
use super::{Attachment, SHOWN, SourceFile, SourceTree};
use crate::config::glob;
use crate::diagnostic::{Code, Diagnostic, File, reason};
use crate::offline;
use crate::path::SourcePath;
use crate::publish::MANIFEST;
use crate::text::Span;

pub use overrides::read_overrides;

/// No note is larger.
pub const LARGEST_NOTE: u64 = 64 << 20;
/// No file that a code block includes is larger: nobody reads so much code in a page.
const LARGEST_INCLUDED: u64 = 1 << 20;

/// The content folder as the disk knows it.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    /// The folder itself.
    pub path: &'a Path,
    /// What stands before a source path in messages: `content/`, or nothing.
    pub prefix: &'a str,
    /// Globs of what is no content.
    pub exclude: &'a [String],
    /// The output folder, which is no content wherever it lies.
    pub output: Option<&'a Path>,
}

/// What the content folder holds, before any note is read.
#[derive(Debug)]
pub struct Listing {
    /// The notes: their names, where the operating system has them, and what it says of them.
    pub notes: Vec<(SourcePath, PathBuf, fs::Metadata)>,
    /// All other files.
    pub attachments: Vec<(Attachment, fs::Metadata)>,
    /// Whether a symbolic link was followed, so that one file may be here under several names.
    pub has_links: bool,
}

/// Walks the content folder.
#[must_use]
pub fn list(folder: Folder<'_>) -> (Listing, Vec<Diagnostic>) {
    let mut walk = Walk::new(folder);
    walk.run();
    (walk.listing, walk.found)
}

/// What reading a note gives: the note and what is to be said of its encoding, or why there is none.
pub type ReadNote = Result<(SourceFile, Option<Diagnostic>), Diagnostic>;

/// Reads every note, names every attachment and measures the pictures.
#[must_use]
pub fn read(folder: Folder<'_>) -> (SourceTree, Vec<Diagnostic>) {
    let (Listing { notes, attachments, .. }, mut found) = list(folder);
    let measured = |(attachment, _): (Attachment, _)| Attachment { pixels: measure(folder.path, &attachment.path), ..attachment };
    let mut attachments: Vec<Attachment> = attachments.into_par_iter().map(measured).collect();
    let results: Vec<ReadNote> = notes.into_par_iter().map(|(path, disk, _)| read_note(folder.prefix, path, &disk)).collect();
    let mut tree = SourceTree { notes: Vec::with_capacity(results.len()), attachments: Vec::new() };
    for result in results {
        match result {
            Ok((note, diagnostic)) => {
                tree.notes.push(note);
                found.extend(diagnostic);
            }
            Err(diagnostic) => found.push(diagnostic),
        }
    }
    tree.notes.sort_by(|a, b| a.path.cmp(&b.path));
    attachments.sort_by(|a: &Attachment, b| a.path.cmp(&b.path));
    tree.attachments = attachments;
    (tree, found)
}

/// So much of a picture's file is read to measure it; of the few that say their size further behind, all.
const HEAD: u64 = 16 << 10;
/// A picture that is larger and does not say its size at its beginning has none.
const LARGEST_PICTURE: u64 = 64 << 20;

/// How large the picture in an attachment is. `None` where it is no picture, or one that cannot be read or does not say.
#[must_use]
pub fn measure(content: &Path, path: &SourcePath) -> Option<Pixels> {
    if !picture::is_measured(path.extension()) {
        return None;
    }
    let mut file = fs::File::open(locate(content, path)).ok()?;
    let mut bytes = Vec::new();
    for length in [HEAD, LARGEST_PICTURE] {
        file.by_ref().take(length - bytes.len() as u64).read_to_end(&mut bytes).ok()?;
        let found = picture::measure(path.extension(), &bytes);
        if found.is_some() || (bytes.len() as u64) < length {
            return found;
        }
    }
    None
}

/// Opens each attachment that will be published, so that one that cannot be read is reported before anything is written.
#[must_use]
pub fn check_attachments(folder: Folder<'_>, attachments: &[(SourcePath, crate::path::UrlPath)]) -> Vec<Diagnostic> {
    let unreadable = |path: &SourcePath| {
        let error = fs::File::open(locate(folder.path, path)).err()?;
        Some(cannot_read(shown(folder.prefix, path.as_str()), &error))
    };
    attachments.par_iter().filter_map(|(path, _)| unreadable(path)).collect()
}

/// The hashes of attachments for the site's service worker. One that cannot be read has none: [`check_attachments`] reports it.
#[must_use]
pub fn fingerprints(folder: Folder<'_>, attachments: &[(SourcePath, crate::path::UrlPath)]) -> BTreeMap<SourcePath, (String, u64)> {
    let fingerprint = |(path, url): &(SourcePath, crate::path::UrlPath)| {
        let file = fs::File::open(locate(folder.path, path)).ok()?;
        Some((path.clone(), offline::fingerprint(url, file).ok()?))
    };
    attachments.par_iter().filter_map(fingerprint).collect::<Vec<_>>().into_iter().collect()
}

/// The texts of files that code blocks include, or a sentence that says why one cannot be shown.
#[must_use]
pub fn read_texts(folder: Folder<'_>, files: Vec<SourcePath>) -> BTreeMap<SourcePath, Result<Arc<str>, String>> {
    let read = |path: &SourcePath| {
        let disk = locate(folder.path, path);
        let cannot = |error: io::Error| format!("cannot be read: {}", reason(&error));
        let size = fs::metadata(&disk).map_err(cannot)?.len();
        if size > LARGEST_INCLUDED {
            return Err(format!("has {} kB, more than the {} kB that a code block shows", size >> 10, LARGEST_INCLUDED >> 10));
        }
        let text = String::from_utf8(fs::read(&disk).map_err(cannot)?).map_err(|_| "is not UTF-8".to_owned())?;
        if text.contains('\0') {
            return Err("is a binary file".to_owned());
        }
        Ok(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").into())
    };
    files.into_par_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// A source path as the operating system spells it.
#[must_use]
pub fn locate(content: &Path, path: &SourcePath) -> PathBuf {
    path.as_str().split('/').fold(content.to_owned(), |mut folder, part| {
        folder.push(part);
        folder
    })
}

/// Reads one note; `prefix` stands before its name in messages.
///
/// # Errors
/// When the file cannot be read or its text cannot be decoded.
pub fn read_note(prefix: &str, path: SourcePath, disk: &Path) -> ReadNote {
    let name = shown(prefix, path.as_str());
    let bytes = fs::read(disk).map_err(|error| cannot_read(name.clone(), &error))?;
    match decode(bytes) {
        Decoded::Utf8(text) => Ok((SourceFile::new(path, prefix, text), None)),
        Decoded::Other(text, encoding) => {
            let note = SourceFile::new(path, prefix, text);
            let quoted = note.path.file_name().replace('\'', "'\\''");
            let diagnostic = Diagnostic::file(Code::Decoded, name, format!("decoded from {encoding}"))
                .hint(format!("make it UTF-8, other programs will thank you: `iconv -f {encoding} -t UTF-8 '{quoted}' > new.md`"));
            Ok((note, Some(diagnostic)))
        }
        Decoded::Unknown { lossy, at, offset, byte } => {
            let file = File { path: name.path, text: lossy.into() };
            let span = Span::new(at, at + '\u{fffd}'.len_utf8());
            Err(Diagnostic::at(Code::Encoding, file, span, format!("not UTF-8: byte 0x{byte:02X} at offset {offset}"))
                .hint("save it as UTF-8, or convert it: `iconv -f ENCODING -t UTF-8 FILE > new.md`"))
        }
        Decoded::Binary => Err(Diagnostic::file(Code::Encoding, name, "a binary file with a note's name")
            .hint("give it the extension of what it is, or leave it out with `exclude` in biji.toml")),
    }
}

fn shown(prefix: &str, path: &str) -> File {
    File { path: format!("{prefix}{path}").into(), text: "".into() }
}

fn cannot_read(file: File, error: &io::Error) -> Diagnostic {
    Diagnostic::file(Code::Unreadable, file, format!("cannot read: {}", reason(error)))
        .hint("make it readable, or leave it out with `exclude` in biji.toml")
}

fn is_note(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("markdown"))
}

/// The walk: what it needs to know, and what it found.
struct Walk<'a> {
    folder: Folder<'a>,
    /// The content folder without symbolic links.
    real: PathBuf,
    output: Option<PathBuf>,
    exclude: GlobSet,
    listing: Listing,
    found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    fn new(folder: Folder<'a>) -> Self {
        let mut exclude = globset::GlobSetBuilder::new();
        // Wrong globs are diagnostics of the configuration.
        folder.exclude.iter().filter_map(|text| glob(text).ok()).for_each(|glob| {
            exclude.add(glob);
        });
        Self {
            folder,
            real: fs::canonicalize(folder.path).unwrap_or_else(|_| folder.path.to_owned()),
            output: folder.output.map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())),
            exclude: exclude.build().unwrap_or_else(|_| GlobSet::empty()),
            listing: Listing { notes: Vec::new(), attachments: Vec::new(), has_links: false },
            found: Vec::new(),
        }
    }

    fn run(&mut self) {
        let mut entries = WalkDir::new(self.folder.path).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.failed(&error);
                    continue;
                }
            };
            if entry.depth() == 0 {
                continue;
            }
            if !self.take(&entry) && entry.file_type().is_dir() {
                entries.skip_current_dir();
            }
        }
    }

    /// Takes one entry; false when it is no content or was reported, so that a folder is not entered.
    fn take(&mut self, entry: &DirEntry) -> bool {
        let relative = entry.path().strip_prefix(self.folder.path).unwrap_or(entry.path());
        if self.is_no_content(relative) || self.is_output(entry) {
            return false;
        }
        let is_folder = entry.file_type().is_dir();
        let Some(path) = source_path(relative) else {
            self.bad_name(relative, is_folder || is_note(relative));
            return false;
        };
        if entry.path_is_symlink() {
            if !self.may_follow(entry, &path) {
                return false;
            }
            self.listing.has_links = true;
        }
        if is_folder {
            return true;
        }
        if !entry.file_type().is_file() {
            let (code, what) = (if is_note(relative) { Code::Unreadable } else { Code::SkippedFile }, special(entry.file_type()));
            self.found.push(Diagnostic::file(code, shown(self.folder.prefix, path.as_str()), what).hint("move it out of the notes"));
            return false;
        }
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => {
                self.failed(&error);
                return false;
            }
        };
        let size = metadata.len();
        if !is_note(relative) {
            self.listing.attachments.push((Attachment { path, size, pixels: None }, metadata));
        } else if size > LARGEST_NOTE {
            let message = format!("{} MB are more than a note may have ({} MB)", size >> 20, LARGEST_NOTE >> 20);
            self.found.push(
                Diagnostic::file(Code::Unreadable, shown(self.folder.prefix, path.as_str()), message)
                    .hint("split it, or leave it out with `exclude` in biji.toml"),
            );
        } else {
            self.listing.notes.push((path, entry.path().to_owned(), metadata));
        }
        true
    }

    fn is_no_content(&self, relative: &Path) -> bool {
        let name = relative.file_name().unwrap_or_default();
        let is_hidden = name.as_encoded_bytes().starts_with(b".") && !SHOWN.iter().any(|shown| name == *shown);
        let in_shown = || relative.components().any(|part| SHOWN.iter().any(|shown| part.as_os_str() == *shown));
        is_hidden || name == "node_modules" || self.exclude.is_match(relative) || (is_note(relative) && in_shown())
    }

    /// Whether it is the output folder, or one that Biji published earlier.
    fn is_output(&self, entry: &DirEntry) -> bool {
        if !entry.file_type().is_dir() {
            return false;
        }
        let same = |output: &PathBuf| {
            output.file_name() == Some(entry.file_name()) && fs::canonicalize(entry.path()).is_ok_and(|real| real == *output)
        };
        entry.path().join(MANIFEST).symlink_metadata().is_ok() || self.output.as_ref().is_some_and(same)
    }

    /// Whether a symbolic link leads to content; reports it when it does not.
    fn may_follow(&mut self, entry: &DirEntry, path: &SourcePath) -> bool {
        let (message, hint) = match fs::canonicalize(entry.path()) {
            Err(error) => (format!("a symbolic link that cannot be followed: {}", reason(&error)), "mend or remove it"),
            Ok(target) => match target.strip_prefix(&self.real) {
                Err(_) => {
                    ("a symbolic link that leaves the content folder".to_owned(), "put the file itself here, Biji reads nothing outside")
                }
                Ok(inside) if inside.ancestors().any(|part| part.file_name().is_some() && self.is_no_content(part)) => (
                    "a symbolic link to what is no content".to_owned(),
                    "hidden and excluded files are not published; copy it if it should be",
                ),
                Ok(_) if entry.file_type().is_dir() && self.is_within_link(entry.path()) => {
                    ("a linked folder in a linked folder".to_owned(), "link to the folder itself")
                }
                Ok(_) => return true,
            },
        };
        self.found.push(Diagnostic::file(Code::Symlink, shown(self.folder.prefix, path.as_str()), message).hint(hint));
        false
    }

    /// Linked folders that link on could be entered in exponentially many ways.
    fn is_within_link(&self, path: &Path) -> bool {
        let parent = path.parent().unwrap_or(path);
        let written = self.real.join(parent.strip_prefix(self.folder.path).unwrap_or(parent));
        fs::canonicalize(parent).is_ok_and(|real| real != written)
    }

    fn bad_name(&mut self, relative: &Path, error: bool) {
        let code = if error { Code::FileName } else { Code::SkippedFile };
        let name = relative.to_string_lossy().replace('\\', "/");
        self.found.push(
            Diagnostic::file(code, shown(self.folder.prefix, &name), "the file name is not UTF-8")
                .hint("rename it; `convmv -f GB18030 -t UTF-8` converts the names of a whole folder"),
        );
    }

    fn failed(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(self.folder.path);
        let relative = path.strip_prefix(self.folder.path).unwrap_or(path);
        // A broken link is met here, before `take` could leave it out.
        if relative.file_name().is_some() && self.is_no_content(relative) {
            return;
        }
        let name = relative.to_string_lossy();
        let file = shown(self.folder.prefix, if name.is_empty() { "." } else { &name });
        let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.file_type().is_symlink());
        let diagnostic = match (error.loop_ancestor(), error.io_error()) {
            (Some(_), _) => Diagnostic::file(Code::Symlink, file, "a symbolic link that goes in a circle").hint("remove it"),
            (None, Some(error)) if is_link => {
                Diagnostic::file(Code::Symlink, file, format!("a symbolic link that cannot be followed: {}", reason(error)))
                    .hint("mend or remove it")
            }
            (None, Some(error)) => cannot_read(file, error),
            (None, None) => Diagnostic::file(Code::Unreadable, file, error.to_string()),
        };
        self.found.push(diagnostic);
    }
}

/// The path with `/`, as the file system spells it; `None` when it is not UTF-8.
fn source_path(relative: &Path) -> Option<SourcePath> {
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    SourcePath::new(&parts?.join("/"))
}

/// What a file is that is neither file nor folder.
fn special(kind: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a named pipe, which is not read";
        }
        if kind.is_socket() {
            return "a socket, which is not read";
        }
    }
    let _ = kind;
    "a device, which is not read"
}

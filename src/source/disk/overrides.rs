//! A site's own templates and static files.
//!
//! In: ROOT of a configured site. Out: `Overrides` and diagnostics: what cannot be read is reported.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use walkdir::WalkDir;

use super::{cannot_read, shown, source_path};
use crate::diagnostic::{Code, Diagnostic, File};
use crate::path::UrlPath;
use crate::theme::Overrides;

/// Left behind by other programs, and never meant to be published.
const LITTER: &[&str] = &[".DS_Store", "Thumbs.db", ".git", ".gitkeep", ".gitignore"];

/// Reads `templates/` and `static/`. Symbolic links are followed while they stay in ROOT.
#[must_use]
pub fn read_overrides(root: &Path) -> (Overrides, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut overrides = Overrides::default();
    for (name, bytes) in files(root, "templates", &mut found) {
        match String::from_utf8(bytes) {
            Ok(text) => {
                let file = File { path: format!("templates/{name}").into(), text: text.into() };
                overrides.templates.push((name, file));
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
                let file = File { path: format!("templates/{name}").into(), text };
                found.push(Diagnostic::at(Code::Encoding, file, (at..at + 3).into(), "the template is not UTF-8").hint("save it as UTF-8"));
            }
        }
    }
    for (name, bytes) in files(root, "static", &mut found) {
        match UrlPath::new(&name).filter(|_| !name.starts_with(".biji")) {
            Some(url) => overrides.statics.push((url, bytes.into())),
            None => {
                found.push(Diagnostic::file(Code::FileName, shown("static/", &name), "a name that Biji keeps for itself").hint("rename it"))
            }
        }
    }
    (overrides, found)
}

fn files(root: &Path, folder: &str, found: &mut Vec<Diagnostic>) -> Vec<(String, Vec<u8>)> {
    let top = root.join(folder);
    if fs::symlink_metadata(&top).is_err() {
        return Vec::new();
    }
    let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let prefix = format!("{folder}/");
    let mut files = Vec::new();
    let is_litter = |name: &std::ffi::OsStr| LITTER.iter().any(|litter| name == *litter);
    for entry in WalkDir::new(&top).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| !is_litter(entry.file_name())) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&top);
                let name = path.strip_prefix(&top).unwrap_or(path).to_string_lossy().into_owned();
                let reason = error.io_error().map_or_else(|| error.to_string(), crate::diagnostic::reason);
                found.push(
                    Diagnostic::file(Code::Unreadable, shown(&prefix, &name), format!("cannot read: {reason}")).hint("mend or remove it"),
                );
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let relative = entry.path().strip_prefix(&top).unwrap_or(entry.path());
        let Some(path) = source_path(relative) else {
            let name = relative.to_string_lossy();
            found.push(Diagnostic::file(Code::FileName, shown(&prefix, &name), "the file name is not UTF-8").hint("rename it"));
            continue;
        };
        if !entry.file_type().is_file() {
            found.push(Diagnostic::file(Code::Unreadable, shown(&prefix, path.as_str()), "not a file, and not read").hint("remove it"));
            continue;
        }
        // A linked folder shows in the file's real place too.
        if !fs::canonicalize(entry.path()).is_ok_and(|target| target.starts_with(&real)) {
            let message = "a symbolic link that leaves the site's folder";
            found.push(Diagnostic::file(Code::Symlink, shown(&prefix, path.as_str()), message).hint("put the file itself here"));
            continue;
        }
        match fs::read(entry.path()) {
            Ok(bytes) => files.push((path.as_str().to_owned(), bytes)),
            Err(error) => found.push(cannot_read(shown(&prefix, path.as_str()), &error)),
        }
    }
    files
}

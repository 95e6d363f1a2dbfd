//! The titles and headings of all notes as a script: what the page looks through where the engine may not run.
//!
//! In: what notes are called. Out: one artifact, loaded only then. A script and not data, so that it also serves a page from a disk.

use super::files::FOLDER;
use crate::bundle::Artifact;
use crate::path::UrlPath;

/// A note's address, its title, and its headings as anchor and text.
pub type Titles<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

/// One entry a note.
#[must_use]
pub fn artifact<'a>(notes: impl Iterator<Item = Titles<'a>>) -> Artifact {
    let mut script = String::from("bijiTitles([");
    for (at, entry) in notes.enumerate() {
        script.push_str(if at > 0 { ",\n" } else { "\n" });
        script.push_str(&serde_json::json!(entry).to_string());
    }
    script.push_str("\n]);\n");
    let path = UrlPath::new(&format!("{FOLDER}titles.js")).expect("a file name of ours has no empty, `.` or `..` part");
    Artifact::new(path, script.into_bytes())
}

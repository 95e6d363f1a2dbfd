//! The titles and headings of all notes as a script: what the page looks through where the engine may not run.
//!
//! In: documents. Out: one artifact, loaded only then. A script and not data, so that it also serves a page from a disk.

use biji_search::Document;

use super::files::FOLDER;
use crate::bundle::Artifact;
use crate::path::UrlPath;

/// One entry a note: its address, its title, and its headings as anchor and text.
#[must_use]
pub fn artifact(documents: &[Document]) -> Artifact {
    let mut script = String::from("bijiTitles([");
    for (at, document) in documents.iter().enumerate() {
        let headings = document.sections.iter().filter(|section| !section.heading.is_empty());
        let headings: Vec<(&str, &str)> = headings.map(|section| (section.anchor.as_str(), section.heading.as_str())).collect();
        let entry = serde_json::json!([document.url, document.title, headings]);
        script.push_str(if at > 0 { ",\n" } else { "\n" });
        script.push_str(&entry.to_string());
    }
    script.push_str("\n]);\n");
    let path = UrlPath::new(&format!("{FOLDER}titles.js")).expect("a file name of ours has no empty, `.` or `..` part");
    Artifact::new(path, script.into_bytes())
}

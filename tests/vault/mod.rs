//! A vault in a few lines of text, parsed and assembled as `build` does it.
#![allow(dead_code, reason = "each test file uses a part")]

use biji::config::Config;
use biji::diagnostic::Diagnostic;
use biji::note::{self, markdown};
use biji::path::SourcePath;
use biji::site::{self, Site, Target};
use biji::source::{Attachment, SourceFile};

/// Assembles files given as path and text; what does not end with `.md` or `.markdown` is an attachment.
pub(crate) fn assemble(config: Config, files: &[(&str, &str)]) -> (Site, Vec<Diagnostic>) {
    let path = |text: &str| SourcePath::new(text).expect("clean path");
    let is_note = |name: &str| name.ends_with(".md") || name.ends_with(".markdown");
    let notes = files.iter().filter(|(name, _)| is_note(name)).map(|(name, text)| {
        let (note, _) = note::parse(&SourceFile::new(path(name), "", *text), markdown::Options::default());
        note.expect("readable front matter")
    });
    let mut attachments: Vec<Attachment> =
        files.iter().filter(|(name, _)| !is_note(name)).map(|(name, _)| Attachment { path: path(name), size: 1, pixels: None }).collect();
    attachments.sort_by(|a, b| a.path.cmp(&b.path));
    site::assemble(config, notes.collect(), &attachments)
}

/// Where a reference leads, in words: `a/b.md`, `a/b.md#anchor`, `folder a`, `file a/b.png?x`, `external …`, `broken`, `private`, `refused`.
pub(crate) fn words(site: &Site, target: &Target) -> String {
    match target {
        Target::External(address) => format!("external {address}"),
        Target::Page(id, anchor) => {
            let path = &site.pages[id.0 as usize].note.path;
            anchor.as_ref().map_or(path.to_string(), |anchor| format!("{path}#{anchor}"))
        }
        Target::Folder(id) => format!("folder {}", site.folders[id.0 as usize].path),
        Target::Attachment(at, suffix) => format!("file {}{suffix}", site.attachments[*at as usize].0),
        Target::Broken => "broken".into(),
        Target::Private => "private".into(),
        Target::Refused => "refused".into(),
    }
}

//! mdBook, and GitBook before it: `book.toml`, and the order of `SUMMARY.md`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::settings::Settings;
use super::{Imported, content, language, scan};
use crate::cli::Failure;
use crate::note::{self, markdown};
use crate::path::SourcePath;
use crate::site::link::reference::{decode, join, split};
use crate::source::SourceFile;

const SIGNS: &[scan::Sign] = &[
    ("{{#include", "an included file is shown as `{{#include …}}`: a code block includes one with ```` ```rust file=\"…\" ````"),
    ("{{#rustdoc_include", "an included file is shown as `{{#rustdoc_include …}}`"),
    ("{{#playground", "a playground is shown as text"),
    ("{{#title", "a title for the page alone is shown as text: write `title` into the front matter"),
];

const SUMMARY: &str = "SUMMARY.md";

pub(super) fn read(path: &Path, prefix: &str) -> Result<(Imported, String), Failure> {
    let mut imported = Imported::default();
    let config = Settings::read(path, &["book.toml", "book.json"])?;
    let source = format!("{prefix}{}", if config.name.is_empty() { "book.toml" } else { &config.name });
    let is_gitbook = config.name == "book.json";
    let book = |key: &'static str| if is_gitbook { vec![key] } else { vec!["book", key] };
    for key in ["title", "description"] {
        if let Some(text) = config.text(&book(key)) {
            imported.text(key, &text, "");
        }
    }
    if let Some(code) = config.text(&book("language")) {
        imported.text("language", &language(&code), "");
    }
    // Where nothing says it, the chapters lie where their list lies.
    let default = if !path.join("src").join(SUMMARY).is_file() && path.join(SUMMARY).is_file() { "" } else { "src" };
    let folder = config.text(if is_gitbook { &["root"] } else { &["book", "src"] }).unwrap_or_else(|| default.into());
    imported.text("content", &content(prefix, &folder), "");
    if let Some(url) = config.text(&["output", "html", "site-url"]).filter(|url| url.contains("://")) {
        imported.text("base_url", &url, "");
    }
    let notes_folder = path.join(&folder);
    let below = content(prefix, &folder);
    let below = if below == "." { String::new() } else { below + "/" };
    let notes = scan::notes(&notes_folder);
    if notes_folder.join(SUMMARY).is_file() {
        imported.text("summary", SUMMARY, "pages are read in the order of this note's links");
        let build = config.text(&["build", "build-dir"]).unwrap_or_else(|| "book".into());
        summary(&mut imported, &notes_folder, &below, &notes, !is_gitbook && !config.name.is_empty(), &build);
    } else {
        imported.lose(&format!("{below}{SUMMARY}"), None, "there is no such file: pages are read in the order of their titles");
    }
    let more: [(&[&str], &str); 7] = [
        (&["preprocessor"], "preprocessors"),
        (&["output", "html", "redirect"], "redirections: write the old address into `aliases` of the note"),
        (&["output", "html", "additional-css"], "style sheets: see the manual on themes"),
        (&["output", "html", "additional-js"], "scripts"),
        (&["output", "html", "theme"], "the theme: Biji has its own, see the manual on templates"),
        (&["output", "html", "playground"], "playgrounds of Rust"),
        (&["plugins"], "plugins"),
    ];
    for (keys, what) in more {
        if config.has(keys) {
            let key = keys.last().copied().unwrap_or_default();
            let line = config.line(&format!("[{}", keys.join("."))).or_else(|| config.line(key));
            imported.lose(&source, line, what);
        }
    }
    if let Value::Object(outputs) = config.at(&["output"]) {
        for output in outputs.keys().filter(|output| *output != "html") {
            imported.lose(&source, config.line(&format!("[output.{output}")), format!("the output `{output}`"));
        }
    }
    scan::signs(&mut imported, &notes_folder, &below, &notes, SIGNS);
    Ok((imported, source))
}

/// Chapters that are called otherwise than they call themselves, and notes that are none, which mdBook does not publish.
fn summary(imported: &mut Imported, folder: &Path, below: &str, notes: &[String], only_listed: bool, build: &str) {
    let parse = |path: &str| {
        let bytes = std::fs::read(folder.join(path)).ok()?;
        let source = SourceFile::new(SourcePath::new(path)?, "", &*String::from_utf8_lossy(&bytes));
        let (note, _) = note::parse(&source, markdown::Options::default());
        Some((note?, source))
    };
    let Some((list, source)) = parse(SUMMARY) else { return };
    let mut listed: BTreeSet<String> = BTreeSet::from([SUMMARY.to_owned()]);
    for link in &list.links {
        let line = source.file.text[..link.span.range().start.min(source.file.text.len())].lines().count();
        let target = join("", &decode(split(link.target.trim(), true).path)).unwrap_or_default();
        if target.is_empty() {
            if link.target.trim().is_empty() {
                imported.lose(&format!("{below}{SUMMARY}"), Some(line), format!("`{}` is a chapter not yet written", link.text));
            }
            continue;
        }
        listed.insert(target.clone());
        match parse(&target) {
            Some((chapter, _)) if chapter.has_own_title() && chapter.title.trim() != link.text.trim() => {
                let what = format!(
                    "the chapter is called `{}`, its page calls itself `{}`, and is listed so",
                    link.text.trim(),
                    chapter.title.trim()
                );
                imported.lose(&format!("{below}{SUMMARY}"), Some(line), what);
            }
            None if target.ends_with(".md") => {
                imported.lose(&format!("{below}{SUMMARY}"), Some(line), format!("there is no `{target}`"));
            }
            _ => {}
        }
    }
    if only_listed {
        let is_built = |note: &&String| note.starts_with(&format!("{build}/"));
        let mut others: Vec<String> =
            notes.iter().filter(|note| !listed.contains(*note) && !is_built(note)).map(|note| format!("/{note}")).collect();
        others.push(format!("/{SUMMARY}"));
        // The list itself is read for its order, and is no page.
        others.pop();
        imported.list("exclude", &others, "mdBook publishes only what SUMMARY.md lists");
    }
}

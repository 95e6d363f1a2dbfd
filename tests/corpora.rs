//! Whole builds of the shared corpora, as a user with a folder of notes would run them: no configuration at all.
//!
//! Asserts what can be said of any folder: every note has a page, and every internal reference of every page leads to a file (and an `id`)
//! that exists, unless a diagnostic of that note said it does not.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests read the disk and may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of a corpus, or `None` (said on stderr) where it is not there.
fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(name);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is missing and BIJI_REQUIRE_ALL is set", path.display());
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// Builds `root` into a temporary folder. Returns it and the diagnostics as (source path, code).
fn build(root: &Path) -> (tempfile::TempDir, BTreeSet<(String, String)>) {
    let out = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_biji"))
        .args(["build", "--format", "json", "--output"])
        .arg(out.path().join("public"))
        .arg(root)
        .env("BIJI_CACHE_DIR", out.path().join("cache"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&run.stderr);
    let stdout = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{stderr}\n{stdout}");
    let reported = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|value| Some((value.get("file")?.as_str()?.to_owned(), value.get("code")?.as_str()?.to_owned())))
        .collect();
    (out, reported)
}

/// All files under `folder` whose names end with `extension`, relative and `/`-separated.
fn files(folder: &Path) -> BTreeSet<String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect()
}

/// The values of the attribute `name` in tags of `html` (text between tags and comments is passed over).
fn attributes(html: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let mut quote = None;
        let end = rest
            .char_indices()
            .find(|(_, c)| match (quote, c) {
                (None, '"' | '\'') => {
                    quote = Some(*c);
                    false
                }
                (Some(open), c) if open == *c => {
                    quote = None;
                    false
                }
                (None, '>') => true,
                _ => false,
            })
            .map_or(rest.len(), |(at, _)| at);
        let tag = &rest[..end];
        let mut search = tag;
        while let Some(at) = search.find(name) {
            let before = search[..at].chars().next_back();
            let after = &search[at + name.len()..];
            if before.is_some_and(char::is_whitespace)
                && let Some(value) = after.strip_prefix('=')
            {
                let value = match value.chars().next() {
                    Some(q @ ('"' | '\'')) => value[1..].split(q).next().unwrap_or(""),
                    _ => value.split(char::is_whitespace).next().unwrap_or(""),
                };
                found.push(
                    value
                        .replace("&amp;", "&")
                        .replace("&quot;", "\"")
                        .replace("&#39;", "'")
                        .replace("&#x27;", "'")
                        .replace("&lt;", "<")
                        .replace("&gt;", ">"),
                );
            }
            search = after;
        }
        rest = &rest[end..];
    }
    found
}

/// The file (and fragment) that `reference` on page `page` means, or `None` when it is of another site.
fn resolve(page: &str, reference: &str) -> Option<(String, String)> {
    let scheme = reference
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)));
    if scheme || reference.starts_with("//") {
        return None;
    }
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let path = decode(path.split('?').next().unwrap_or(""));
    if path.is_empty() {
        return Some((page.to_owned(), decode(fragment)));
    }
    let mut parts: Vec<&str> =
        if path.starts_with('/') { Vec::new() } else { page.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    Some((parts.join("/"), decode(fragment)))
}

fn check(name: &str) {
    let Some(root) = corpus(name) else { return };
    let (out, reported) = build(&root);
    let public = out.path().join("public");
    let published = files(&public);
    let pages: BTreeMap<&str, String> = published
        .iter()
        .filter(|path| path.ends_with(".html"))
        .map(|path| (path.as_str(), std::fs::read_to_string(public.join(path)).unwrap()))
        .collect();
    let is_note = |path: &String| path.ends_with(".md") && !path.split('/').any(|part| part.starts_with('.'));
    let is_private =
        |path: &String| std::fs::read_to_string(root.join(path)).unwrap().lines().take(12).any(|line| line == "publish: false");
    let notes: Vec<String> = files(&root).into_iter().filter(|path| is_note(path) && !is_private(path)).collect();
    let note_pages = pages.values().filter(|html| html.contains("data-source=")).count();
    assert_eq!(note_pages, notes.len(), "{name}: every note has a page");

    let ids: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|(page, html)| (*page, attributes(html, "id").into_iter().chain(attributes(html, "name")).collect())).collect();
    let mut dead = Vec::new();
    for (page, html) in &pages {
        let source = attributes(html, "data-source").into_iter().next().unwrap_or_default();
        for reference in attributes(html, "href").into_iter().chain(attributes(html, "src")) {
            let Some((file, fragment)) = resolve(page, &reference) else { continue };
            let exists = published.contains(&file);
            let place_exists = fragment.is_empty() || ids.get(file.as_str()).is_none_or(|ids| ids.contains(&fragment));
            let said = ["broken-link", "broken-image", "broken-anchor", "link-outside"]
                .iter()
                .any(|code| reported.contains(&(source.clone(), (*code).to_owned())));
            if (!exists || !place_exists) && !said {
                dead.push(format!("{page}: {reference}"));
            }
        }
    }
    assert!(dead.is_empty(), "{name}: dead references that no diagnostic reported:\n{}", dead.join("\n"));
}

#[test]
fn k8s_zh_has_a_page_for_every_note_and_no_silent_dead_link() {
    check("k8s-zh");
}

#[test]
fn rust_book_has_a_page_for_every_note_and_no_silent_dead_link() {
    check("rust-book");
}

#[test]
fn obsidian_tasks_has_a_page_for_every_note_and_no_silent_dead_link() {
    check("obsidian-tasks");
}

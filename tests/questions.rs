//! The notes answer: questions that a Kubernetes engineer asks in Chinese (`questions.jsonl`, judged by reading), asked through the real binary of
//! this repository's own site. The first result has to be a page that answers; two of twenty may fall short. And the notes are knit and set as
//! Chinese is: links in and out of each, full-width punctuation, no spaces by hand.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

#[test]
fn questions_are_answered_by_the_first_result() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let questions = lines(&fs::read_to_string(root.join("tests/questions.jsonl")).unwrap());
    assert_eq!(questions.len(), 20);

    let site = site();
    let asked = questions.iter().map(|question| format!("{}\n", question["query"].as_str().unwrap())).collect::<String>();
    let mut command = biji(site);
    command.args(["search", "--stdin", "--json", "--site"]).arg(site);
    let mut search = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    search.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let answers = lines(&String::from_utf8(search.wait_with_output().unwrap().stdout).unwrap());
    assert_eq!(answers.len(), questions.len());

    let mut missed = Vec::new();
    for (question, answer) in questions.iter().zip(&answers) {
        let pages = question["pages"].as_array().unwrap();
        for page in pages {
            assert!(root.join("content").join(page.as_str().unwrap()).is_file(), "no such note: {page}");
        }
        let first = &answer["hits"][0]["source"];
        if !pages.contains(first) {
            missed.push(format!("{}: found {first}, not one of {}", question["query"], question["pages"]));
        }
    }
    assert!(missed.len() <= 2, "{}", missed.join("\n"));
}

/// This repository's site, built once for all tests of this file.
fn site() -> &'static Path {
    static SITE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &SITE
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let site = folder.path().join("site");
            let built = biji(folder.path()).arg("build").arg(env!("CARGO_MANIFEST_DIR")).arg("--output").arg(&site).output().unwrap();
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            (folder, site)
        })
        .1
}

#[test]
fn every_note_has_two_links_in_and_two_out() {
    let graph: serde_json::Value = serde_json::from_str(&fs::read_to_string(site().join("biji/graph.json")).unwrap()).unwrap();
    let urls: Vec<&str> = graph["nodes"].as_array().unwrap().iter().map(|node| node["url"].as_str().unwrap()).collect();
    let mut links = vec![(0, 0); urls.len()];
    for edge in graph["edges"].as_array().unwrap() {
        let end = |at: usize| usize::try_from(edge[at].as_u64().unwrap()).unwrap();
        links[end(0)].1 += 1;
        links[end(1)].0 += 1;
    }
    let notes: Vec<_> = urls.iter().zip(&links).filter(|(url, _)| url.starts_with("kubernetes/")).collect();
    assert!(notes.len() > 33, "{}", notes.len());
    let loose: Vec<_> = notes.iter().filter(|(_, (into, out))| *into < 2 || *out < 2).collect();
    assert!(loose.is_empty(), "links into and out of notes: {loose:?}");
}

/// A note's text without what is not set as prose: front matter, code, addresses and names of notes.
fn prose(note: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let (mut is_code, mut is_matter) = (false, note.starts_with("---"));
    for (number, line) in note.lines().enumerate() {
        let is_title = is_matter && line.starts_with("title: ");
        if number > 0 && is_matter {
            is_matter = line != "---";
        } else if line.trim_start_matches(['>', ' ']).starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_title || (!is_matter && !is_code) {
            let text = line.trim_start_matches("title: ");
            lines.push((number + 1, cut(&cut(&cut(text, "`", "`"), "](", ")"), "://", " ")));
        }
    }
    lines
}

/// The text, with one letter for everything from `open` to `close`.
fn cut(text: &str, open: &str, close: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once(open) {
        let Some((_, after)) = behind.split_once(close) else { break };
        kept.push_str(before);
        kept.push('x');
        rest = after;
    }
    kept + rest
}

#[test]
fn chinese_notes_are_set_as_chinese() {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut faults = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("content/kubernetes")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        for (number, line) in prose(&fs::read_to_string(&path).unwrap()) {
            let letters: Vec<char> = line.chars().collect();
            let beside = |letters: &[char]| {
                let (first, second) = (letters[0], letters[1]);
                let is_half = |letter: char| matches!(letter, ',' | ';' | ':' | '!' | '?' | '(' | ')');
                let spaced = letters.len() > 2 && second == ' ' && (is_han(first) != is_han(letters[2]));
                let spaced = spaced && [first, letters[2]].iter().all(|letter| is_han(*letter) || letter.is_ascii_alphanumeric());
                (is_han(first) && is_half(second)) || (is_half(first) && is_han(second)) || spaced
            };
            if letters.windows(3).any(beside) || letters.windows(2).last().is_some_and(beside) {
                faults.push(format!("{}:{number}: {line}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "half-width punctuation or a space by hand:\n{}", faults.join("\n"));
}

fn biji(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
    command.current_dir(folder).env("HOME", folder).env("BIJI_CACHE_DIR", folder.join("cache")).stdin(Stdio::null());
    command
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

//! Recall: whatever a reader sees on a page finds that page.
//!
//! Runs of 1 to 8 Han characters, with whatever stands between them in a line, are cut from the rendered pages of the corpora at places drawn by a seed and asked as
//! they stand. The page must be among the answers, and all words must be found. `BIJI_RECALL=100` cuts that many from every page instead of a sample of
//! pages; `BIJI_RECALL_SEED=2` cuts at other places.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "a test reads the disk and may fail loudly")]

#[path = "common/random.rs"]
mod random;
#[path = "recall/rendered.rs"]
mod rendered;

use std::path::Path;
use std::process::{Command, Stdio};

use biji::index::{files, read::Index};
use biji_search::Request;
use random::Random;

/// How many runs are cut from a corpus where nothing is said.
const SAMPLE: usize = 300;

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// A run of `count` Han characters of a line from a place on, with what stands between them; shorter where the line ends.
fn cut(line: &str, from: usize, count: usize) -> &str {
    let mut end = from;
    let mut seen = 0;
    for (at, letter) in line[from..].char_indices() {
        if is_han(letter) {
            seen += 1;
            end = from + at + letter.len_utf8();
            if seen == count {
                break;
            }
        }
    }
    &line[from..end]
}

/// The `count` words that start at a place of a line; fewer where the line ends.
fn words(line: &str, from: usize, count: usize) -> &str {
    let rest = &line[from..];
    let end = rest.match_indices(' ').nth(count - 1).map_or(rest.len(), |(at, _)| at);
    &rest[..end]
}

/// A page of a note: its address and the lines that a reader sees.
struct Page {
    url: String,
    lines: Vec<String>,
}

fn pages(public: &Path) -> Vec<Page> {
    let mut pages = Vec::new();
    for entry in walkdir::WalkDir::new(public).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let html = std::fs::read_to_string(entry.path()).unwrap();
        let path = entry.path().strip_prefix(public).unwrap().components();
        let url: Vec<String> = path.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if let Some(lines) = rendered::lines(&html) {
            pages.push(Page { url: url.join("/"), lines });
        }
    }
    pages
}

/// What is cut from the pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    /// 1 to 8 Han characters.
    Han,
    /// 1 to 5 words.
    Words,
}

fn check(name: &str, runs: Runs) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(name);
    if !corpus.is_dir() {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is not there", corpus.display());
        eprintln!("skipped: {} is not there", corpus.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let public = folder.path().join("public");
    let mut build = Command::new(env!("CARGO_BIN_EXE_biji"));
    build.arg("build").arg(&corpus).arg("--quiet").arg("--output").arg(&public).env("HOME", folder.path());
    let status = build.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.code().is_some_and(|code| code < 2));

    let mut index = Index::open(&std::fs::read(public.join(files::ENTRY)).unwrap()).unwrap();
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<usize>().ok());
    let mut random = Random(number("BIJI_RECALL_SEED").unwrap_or(1) as u64);
    let pages = pages(&public);
    let places: Vec<(usize, Vec<(usize, usize)>)> = pages
        .iter()
        .enumerate()
        .map(|(number, page)| {
            let lines = page.lines.iter().enumerate();
            let places = lines.flat_map(|(line, text)| {
                let starts_word = |at: usize, letter: char| letter.is_alphanumeric() && (at == 0 || text[..at].ends_with(' '));
                let starts = |(at, letter): &(usize, char)| if runs == Runs::Han { is_han(*letter) } else { starts_word(*at, *letter) };
                text.char_indices().filter(starts).map(move |(at, _)| (line, at)).collect::<Vec<_>>()
            });
            (number, places.collect::<Vec<_>>())
        })
        .filter(|(_, places)| !places.is_empty())
        .collect();
    let each = number("BIJI_RECALL");
    let rounds = each.map_or(SAMPLE, |each| each * places.len());
    let (mut asked, mut missed) = (0, Vec::new());
    for round in 0..rounds {
        let (page, places) = if each.is_some() { &places[round % places.len()] } else { &places[random.below(places.len())] };
        let (line, at) = places[random.below(places.len())];
        let line = &pages[*page].lines[line];
        let query = match runs {
            Runs::Han => cut(line, at, 1 + random.below(8)),
            Runs::Words => words(line, at, 1 + random.below(5)),
        };
        let request = Request { query: query.to_owned(), limit: usize::MAX, ..Request::default() };
        let response = index.search(&request, |path| std::fs::read(public.join(path))).unwrap();
        asked += 1;
        if response.partial || !response.hits.iter().any(|hit| hit.url == pages[*page].url) {
            let what = if response.partial { "only partly found" } else { "not found" };
            missed.push(format!("{}: {what}: `{query}`", pages[*page].url));
        }
    }
    eprintln!("{name}: {asked} runs asked, {} missed", missed.len());
    let shown = missed.len().min(40);
    assert!(missed.is_empty(), "{} of {asked} missed:\n{}", missed.len(), missed[..shown].join("\n"));
}

#[test]
fn k8s_zh_is_found_by_whatever_it_shows() {
    check("k8s-zh", Runs::Han);
}

#[test]
fn rust_book_is_found_by_whatever_it_shows() {
    check("rust-book", Runs::Words);
}

#[test]
fn obsidian_tasks_is_found_by_whatever_it_shows() {
    check("obsidian-tasks", Runs::Words);
}

#[test]
fn rendered_text_is_cut_into_lines() {
    let html = "<article class=\"note\" data-source=\"a.md\"><header><h1>题</h1><div class=\"meta\">2020</div></header><div class=\"body\"><p>一<b>二</b>\n三&amp;</p>\
                <pre><code>a\nb</code></pre><img alt=\"图\" src=\"x\"></div></article>";
    assert_eq!(rendered::lines(html).unwrap(), ["题", "一二 三&", "a", "b", "图"]);
    assert!(rendered::lines("<article>x</article>").is_none());
}

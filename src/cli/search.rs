//! `biji search`: asks the index of a built site, with the code that its pages run.
//!
//! In: queries and a published folder. Out: hits, for people or as one JSON object a query.

use std::fs;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Instant;

use biji_search::{Hit, Request, Response, Snippet};
use serde_json::json;

use super::arguments::{Overrides, Search, Site};
use super::open::open;
use super::report::{Report, search};
use super::{Failure, Outcome, pick};
use crate::diagnostic::reason;
use crate::index::files;
use crate::index::read::{Index, ReadError};
use crate::path::{Anchor, UrlPath};

/// Answers one query, or one a line of the standard input. Clean also when nothing is found: that is an answer.
pub(super) fn run(command: &Search, report: &mut Report) -> Result<Outcome, Failure> {
    let site = site(command)?;
    let entry_path = below(&site, files::ENTRY);
    let entry = fs::read(&entry_path).map_err(|error| no_index(&site, &entry_path, &error))?;
    let mut index = Index::open(&entry).map_err(|error| damaged(&site, &error))?;
    let mut ask = |query: &str| -> Result<Response, Failure> {
        let language = command.lang.clone().unwrap_or_default();
        let request = Request { query: query.to_owned(), limit: command.limit, language, ..Request::default() };
        index.search(&request, |path| fs::read(below(&site, path))).map_err(|error| damaged(&site, &error))
    };
    if command.interactive {
        if !std::io::stderr().is_terminal() {
            return Err(Failure::new("`--interactive` needs a terminal").hint("ask with a QUERY, or with `--stdin`"));
        }
        if let Some((url, anchor)) = pick::run(command.query.as_deref().unwrap_or_default(), report.colours(), ask)? {
            report.line(&address(&site, &url, &anchor));
        }
        return Ok(Outcome::Clean);
    }
    let mut answer = |query: &str, report: &mut Report| -> Result<bool, Failure> {
        let start = Instant::now();
        let response = ask(query)?;
        let took = start.elapsed();
        if command.json {
            return Ok(report.line(&as_json(query, &response, took.as_secs_f64() * 1000.0).to_string()));
        }
        Ok(report.text(&search::human(query, &response, &site)))
    };
    if !command.stdin {
        let query = command.query.as_deref().unwrap_or_default();
        answer(query, report)?;
        return Ok(Outcome::Clean);
    }
    let mut line = Vec::new();
    let mut input = std::io::stdin().lock();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::new(format!("cannot read the standard input: {}", reason(&error))))? == 0 {
            return Ok(Outcome::Clean);
        }
        let query = String::from_utf8_lossy(&line);
        // Nobody reads any more: no reason to go on, nor to complain.
        if !answer(query.trim_end_matches(['\n', '\r']), report)? {
            return Ok(Outcome::Clean);
        }
    }
}

/// The published folder.
fn site(command: &Search) -> Result<PathBuf, Failure> {
    // With `--stdin` the only argument is ROOT.
    let root = if command.stdin { command.query.as_deref().map(PathBuf::from) } else { command.root.clone() };
    match (&command.site, root) {
        (Some(site), None) => Ok(site.clone()),
        (Some(_), Some(_)) => Err(Failure::new("both ROOT and `--site` say where to search").hint("give one of them")),
        (None, root) => {
            let root = root.unwrap_or_else(|| ".".into());
            // A built site is not looked for below itself.
            if below(&root, files::ENTRY).is_file() {
                return Ok(root);
            }
            Ok(open(&Site { root, overrides: Overrides::default() })?.output)
        }
    }
}

fn below(site: &Path, path: &str) -> PathBuf {
    path.split('/').fold(site.to_owned(), |folder, part| folder.join(part))
}

fn no_index(site: &Path, entry: &Path, error: &std::io::Error) -> Failure {
    let shown = site.display();
    if error.kind() == std::io::ErrorKind::NotFound {
        return Failure::new(format!("no site with a search index in `{shown}`"))
            .hint("build it first: `biji build`, or name it with `--site DIR`");
    }
    Failure::new(format!("cannot read `{}`: {}", entry.display(), reason(error)))
}

fn damaged(site: &Path, error: &ReadError) -> Failure {
    Failure::new(format!("cannot search `{}`: {error}", site.display())).hint("build the site again: `biji build`")
}

fn as_json(query: &str, response: &Response, took_ms: f64) -> serde_json::Value {
    let hits: Vec<serde_json::Value> = response.hits.iter().enumerate().map(|(at, hit)| hit_json(at + 1, hit)).collect();
    json!({
        "query": query,
        "took_ms": (took_ms * 1000.0).round() / 1000.0,
        "total": response.total,
        "partial": response.partial,
        "hits": hits,
    })
}

fn hit_json(rank: usize, hit: &Hit) -> serde_json::Value {
    let section = hit.sections.first().cloned().unwrap_or_default();
    json!({
        "rank": rank,
        "url": hit.url,
        "source": hit.source,
        "title": hit.title.text,
        "heading": section.heading.text,
        "anchor": section.anchor,
        "score": hit.score,
        "excerpt": section.excerpt.text,
        "highlights": ranges(&section.excerpt),
        "sections": hit.sections.iter().map(|section| json!({
            "heading": section.heading.text,
            "anchor": section.anchor,
            "excerpt": section.excerpt.text,
            "highlights": ranges(&section.excerpt),
        })).collect::<Vec<_>>(),
    })
}

/// Byte ranges of the excerpt, as pairs.
fn ranges(snippet: &Snippet) -> Vec<[u32; 2]> {
    snippet.highlights.iter().map(|range| [range.start, range.end]).collect()
}

/// A hit's address in the published folder, ready to be opened.
pub(super) fn address(site: &Path, url: &str, anchor: &str) -> String {
    let file = below(site, UrlPath::new(url).as_ref().map_or(url, UrlPath::as_str)).display().to_string();
    if anchor.is_empty() { file } else { format!("{file}#{}", Anchor::explicit(anchor).as_str()) }
}

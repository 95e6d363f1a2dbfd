//! How well the search ranks: MRR@10, success@1 and success@5 of labelled queries, kind by kind, beside other engines on the same text. Run with
//! `cargo bench --bench ranking` (`-- k8s-zh` for one set, `-- misses` for the queries whose right note is not first).
//!
//! In: the corpora and queries beside the checkout. Biji reads the notes as a build does. The others get what Biji indexes, title, headings, text and
//! code of each note: MiniSearch by `ranking/minisearch.js`, tuned as well as a careful page would have it, where node is and `MINISEARCH` names the
//! `node_modules` with the npm package; Pagefind as plain pages in Chromium, where `PAGEFIND` names its program. What is absent is said. A kind in which Biji is not
//! above the better of them is marked with `<`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench prints, and may fail loudly"
)]
#![allow(dead_code, reason = "the browser tests use the rest of these modules")]

#[path = "../tests/browser/cdp.rs"]
mod cdp;
#[path = "../tests/browser/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use biji::config::Config;
use biji::note::{self, markdown};
use biji::{index, site, source};
use biji_search::{Document, Part, Request, Searcher, unpack};
use serde_json::{Value, json};

const SETS: [&str; 3] = ["k8s-zh", "rust-book", "obsidian-tasks"];
const KINDS: [&str; 11] = ["title", "heading", "term", "phrase", "identifier", "typo", "prefix", "zh-word", "mixed", "question", "multi"];

/// A labelled query.
struct Query {
    text: String,
    kind: String,
    relevant: Vec<String>,
}

/// The place of the first right note of each query among the first ten; 0 for none.
type Ranks = Vec<usize>;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    for name in SETS {
        if SETS.iter().any(|set| has(set)) && !has(name) {
            continue;
        }
        let Ok(queries) = std::fs::read_to_string(shared.join("queries").join(name).with_extension("jsonl")) else {
            println!("skipped: no queries for {name} in {}", shared.display());
            continue;
        };
        let queries: Vec<Query> = queries.lines().map(query).collect();
        let documents = documents(&shared.join("corpora").join(name));
        println!("\n{name}: {} notes, {} queries", documents.len(), queries.len());
        let biji = biji(&documents, &queries, has("misses"));
        let mut others = Vec::new();
        for (engine, ranks) in [("MiniSearch", minisearch(&documents, &queries)), ("Pagefind", pagefind(&documents, &queries))] {
            match ranks {
                Ok(ranks) => others.push((engine, ranks)),
                Err(why) => println!("{engine}: absent, {why}"),
            }
        }
        table(&queries, &biji, &others);
    }
}

fn query(line: &str) -> Query {
    let line: Value = serde_json::from_str(line).unwrap();
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    let relevant = line["relevant"].as_array().unwrap().iter().map(text).collect();
    Query { text: text(&line["q"]), kind: text(&line["kind"]), relevant }
}

/// What a build indexes.
fn documents(folder: &Path) -> Vec<Document> {
    let (tree, _) = source::disk::read(source::disk::Folder { path: folder, prefix: "", exclude: &[], output: None });
    let notes: Vec<note::Note> = tree.notes.iter().filter_map(|file| note::parse(file, markdown::Options::default()).0).collect();
    let (site, _) = site::assemble(Config::default(), notes, &tree.attachments);
    index::documents(&site)
}

fn rank(query: &Query, sources: &mut dyn Iterator<Item = String>) -> usize {
    let mut seen: Vec<String> = Vec::new();
    for source in sources {
        if !seen.contains(&source) {
            seen.push(source);
        }
    }
    seen.iter().take(10).position(|source| query.relevant.contains(source)).map_or(0, |at| at + 1)
}

fn biji(documents: &[Document], queries: &[Query], misses: bool) -> Ranks {
    let pack = biji_search::build(documents).unwrap();
    let volumes: BTreeMap<&str, &[u8]> = pack.volumes.iter().map(|(name, bytes)| (name.as_str(), &**bytes)).collect();
    let mut searcher = Searcher::open(&pack.entry).unwrap();
    let mut ranks = Vec::new();
    for query in queries {
        let request = Request { query: query.text.clone(), limit: 10, ..Request::default() };
        let response = searcher.search_with::<biji_search::PackError>(&request, |name| {
            let part = Part::of(name).unwrap();
            Ok(unpack(volumes[part.volume], part.range).unwrap())
        });
        let hits = response.unwrap().hits;
        let rank = rank(query, &mut hits.iter().map(|hit| hit.source.clone()));
        if misses && rank != 1 {
            println!("  {:10} `{}`: {rank}, right {:?}", query.kind, query.text, query.relevant.first());
            for hit in hits.iter().take(3) {
                println!("             {:8.2} {}", hit.score, hit.source);
            }
        }
        ranks.push(rank);
    }
    ranks
}

/// Title, headings, text and code of a note.
fn minisearch(documents: &[Document], queries: &[Query]) -> Result<Ranks, String> {
    let package = std::env::var("MINISEARCH").map_err(|_| "MINISEARCH names no node_modules with the npm package".to_owned())?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/ranking/minisearch.js");
    let note = |document: &Document| {
        let join = |of: &dyn Fn(&biji_search::Section) -> String| document.sections.iter().map(of).collect::<Vec<_>>().join("\n");
        json!({ "id": document.source, "title": document.title, "headings": join(&|section| section.heading.clone()),
                "text": join(&|section| section.text.clone()) })
    };
    let input = json!({ "notes": documents.iter().map(note).collect::<Vec<_>>(),
                        "queries": queries.iter().map(|query| &query.text).collect::<Vec<_>>() });
    let mut child = Command::new("node")
        .arg(script)
        .env("NODE_PATH", package)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("node does not start: {error}"))?;
    // A script that ends at once takes nothing; its status says so.
    let _ = child.stdin.take().unwrap().write_all(input.to_string().as_bytes());
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        return Err("its script failed".to_owned());
    }
    let found: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    Ok(queries.iter().zip(found).map(|(query, found)| rank(query, &mut found.into_iter())).collect())
}

fn pagefind(documents: &[Document], queries: &[Query]) -> Result<Ranks, String> {
    let program = std::env::var("PAGEFIND").map_err(|_| "PAGEFIND names no program".to_owned())?;
    let folder = tempfile::tempdir().unwrap();
    let mut sources = BTreeMap::new();
    let chinese = documents.iter().filter(|document| document.language.starts_with("zh")).count() * 2 > documents.len();
    for (at, document) in documents.iter().enumerate() {
        let name = format!("{at}.html");
        std::fs::write(folder.path().join(&name), page(document, if chinese { "zh" } else { "en" })).unwrap();
        sources.insert(name, document.source.clone());
    }
    let run = Command::new(program).arg("--site").arg(folder.path()).stdout(Stdio::null()).status();
    if !run.is_ok_and(|status| status.success()) {
        return Err("its program failed".to_owned());
    }
    std::fs::write(folder.path().join("ask.html"), "<!DOCTYPE html><title>x</title><script type=\"module\" src=\"ask.js\"></script>")
        .unwrap();
    let script = "window.ask = async (query) => { window.found ??= await import('./pagefind/pagefind.js'); const all = await window.found.search(query); \
                  const data = await Promise.all(all.results.slice(0, 10).map((one) => one.data())); return data.map((one) => one.url).join(' '); }; \
                  window.ready = true;";
    std::fs::write(folder.path().join("ask.js"), script).unwrap();
    let mut page = cdp::Page::start().ok_or("there is no Chromium")?;
    let server = server::Server::start(folder.path());
    page.open(&server.root("/ask.html"));
    page.wait("window.ready");
    let mut ranks = Vec::new();
    for query in queries {
        let found = page.eval(&format!("window.ask({})", json!(query.text)));
        let urls = found.as_str().unwrap_or_default().split_whitespace();
        let mut found = urls.filter_map(|url| sources.get(url.rsplit('/').next()?).cloned());
        ranks.push(rank(query, &mut found));
    }
    Ok(ranks)
}

/// A plain page of a note.
fn page(document: &Document, language: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let title = escape(&document.title);
    let mut html = format!("<!DOCTYPE html><html lang=\"{language}\"><title>{title}</title><body><h1>{title}</h1>\n");
    for section in &document.sections {
        if !section.heading.is_empty() {
            writeln!(html, "<h2 id=\"{}\">{}</h2>", escape(&section.anchor).replace('"', "&quot;"), escape(&section.heading)).unwrap();
        }
        let mut at = 0;
        for range in section.code.iter().map(|range| range.start as usize..range.end as usize) {
            section.text[at..range.start].lines().for_each(|line| writeln!(html, "<p>{}</p>", escape(line)).unwrap());
            writeln!(html, "<pre>{}</pre>", escape(&section.text[range.clone()])).unwrap();
            at = range.end;
        }
        section.text[at..].lines().for_each(|line| writeln!(html, "<p>{}</p>", escape(line)).unwrap());
    }
    html
}

/// MRR@10, success@1 and success@5 of some queries.
fn figures(ranks: &[usize]) -> [f64; 3] {
    let mean = |of: &dyn Fn(usize) -> f64| ranks.iter().map(|rank| of(*rank)).sum::<f64>() / ranks.len().max(1) as f64;
    [
        mean(&|rank| if rank == 0 { 0.0 } else { 1.0 / rank as f64 }),
        mean(&|rank| f64::from(rank == 1)),
        mean(&|rank| f64::from((1..=5).contains(&rank))),
    ]
}

fn table(queries: &[Query], biji: &Ranks, others: &[(&str, Ranks)]) {
    let mut head = format!("{:<11} {:>3}  {:<21}", "kind", "n", "Biji: MRR@10 s@1 s@5");
    others.iter().for_each(|(name, _)| write!(head, "  {name:<20}").unwrap());
    println!("{head}");
    for kind in KINDS.iter().chain(&["all"]) {
        let of: Vec<usize> = (0..queries.len()).filter(|at| *kind == "all" || queries[*at].kind == *kind).collect();
        if of.is_empty() {
            continue;
        }
        let of_engine = |ranks: &Ranks| figures(&of.iter().map(|at| ranks[*at]).collect::<Vec<_>>());
        let own = of_engine(biji);
        let theirs: Vec<[f64; 3]> = others.iter().map(|(_, ranks)| of_engine(ranks)).collect();
        let best = theirs.iter().map(|figures| figures[0]).fold(0.0, f64::max);
        let show = |figures: &[f64; 3]| figures.iter().map(|figure| format!("{figure:.3}")).collect::<Vec<_>>().join("  ");
        let mut line = format!("{kind:<11} {:>3}  {} {}", of.len(), show(&own), if own[0] + 1e-9 < best { "<" } else { " " });
        line.push_str("  ");
        theirs.iter().for_each(|figures| write!(line, "  {}", show(figures)).unwrap());
        println!("{line}");
    }
}

//! Measures the engine on folders of real notes: ranking against labelled queries, and the size, rounds and time of an index.
//!
//! `cargo run --release -p biji-search --features build --example bench -- rank CORPUS QUERIES.jsonl [--misses]` prints MRR@10, success@1 and
//! success@5 a kind. `… -- size NOTES [QUERIES.jsonl …]` prints what an index costs. Notes are read by a few rules that are good enough to
//! compare engines; the product's own parser is in the root package.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use biji_search::{Document, Pack, PackError, Part, Request, Response, Searcher, Section, Step, build, unpack};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["rank", corpus, queries] => rank(corpus, queries, false),
        ["rank", corpus, queries, "--misses"] => rank(corpus, queries, true),
        ["ask", corpus, query] => ask(corpus, query),
        ["size", notes, queries @ ..] => size(notes, queries),
        _ => println!("rank CORPUS QUERIES.jsonl [--misses] | ask CORPUS QUERY | size NOTES [QUERIES.jsonl …]"),
    }
}

fn ask(corpus: &str, query: &str) {
    let pack = build(&read_notes(Path::new(corpus))).unwrap();
    let kinds = biji_search::kinds(&pack);
    let mut client = Client::new(&pack, &kinds);
    let response = client.ask(query, 10);
    println!("{} pages, partial: {}", response.total, response.partial);
    for hit in response.hits {
        println!("{:8.3}  {}  {}", hit.score, hit.source, hit.title.text);
        for section in hit.sections {
            println!("            #{}  {}", section.anchor, section.excerpt.text.replace('\n', " "));
        }
    }
}

fn rank(corpus: &str, queries: &str, misses: bool) {
    let documents = read_notes(Path::new(corpus));
    let pack = build(&documents).unwrap();
    let kinds = biji_search::kinds(&pack);
    let mut client = Client::new(&pack, &kinds);
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for line in std::fs::read_to_string(queries).unwrap().lines() {
        let query: serde_json::Value = serde_json::from_str(line).unwrap();
        let (text, kind) = (query["q"].as_str().unwrap(), query["kind"].as_str().unwrap());
        let relevant: BTreeSet<&str> = query["relevant"].as_array().unwrap().iter().filter_map(|path| path.as_str()).collect();
        let response = client.ask(text, 10);
        let rank = response.hits.iter().position(|hit| relevant.contains(hit.source.as_str())).map_or(usize::MAX, |at| at + 1);
        if misses && rank > 1 {
            println!(
                "{kind:10} {text:40} rank {}  want {:?}",
                if rank > 10 { 0 } else { rank },
                relevant.iter().take(2).collect::<Vec<_>>()
            );
            for hit in response.hits.iter().take(3) {
                println!("            {:8.3} {}", hit.score, hit.source);
            }
        }
        kinds.entry(kind.to_owned()).or_default().push(rank);
    }
    let all: Vec<usize> = kinds.values().flatten().copied().collect();
    let mean = |ranks: &[usize], f: &dyn Fn(usize) -> f64| ranks.iter().map(|&rank| f(rank)).sum::<f64>() / ranks.len() as f64;
    println!("{:12} {:>4} {:>7} {:>7} {:>7}", "kind", "n", "MRR@10", "s@1", "s@5");
    let order = ["title", "heading", "term", "phrase", "identifier", "typo", "prefix", "zh-word", "mixed", "question", "multi"];
    for (kind, ranks) in order.iter().filter_map(|&kind| Some((kind, kinds.get(kind)?))).chain([("all", &all)]) {
        let mrr = mean(ranks, &|rank| if rank <= 10 { 1.0 / rank as f64 } else { 0.0 });
        let (one, five) = (mean(ranks, &|rank| f64::from(rank <= 1)), mean(ranks, &|rank| f64::from(rank <= 5)));
        println!("{kind:12} {:>4} {mrr:>7.3} {one:>7.3} {five:>7.3}", ranks.len());
    }
}

fn size(notes: &str, queries: &[&str]) {
    let documents = read_notes(Path::new(notes));
    let text: usize = documents.iter().flat_map(|document| &document.sections).map(|section| section.text.len()).sum();
    let start = Instant::now();
    let pack = build(&documents).unwrap();
    println!(
        "{} notes, {:.1} MB of text, built in {:.2} s, peak {} MB",
        documents.len(),
        text as f64 / 1e6,
        start.elapsed().as_secs_f64(),
        peak_megabytes()
    );
    let bytes: usize = pack.volumes.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} volumes, {:.1} MB, entry {} bytes", pack.volumes.len(), bytes as f64 / 1e6, pack.entry.len());
    println!("{}", biji_search::describe(&pack));
    let entry = compressed(&pack.entry);
    let mut first = Vec::new();
    let mut later = Vec::new();
    let kinds = biji_search::kinds(&pack);
    let mut client = Client::new(&pack, &kinds);
    let mut times = Vec::new();
    let mut worst = Vec::new();
    let mut by_kind: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for file in queries {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let query: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = query["q"].as_str().unwrap();
            let mut fresh = Client::new(&pack, &kinds);
            fresh.ask(text, 5);
            // One round more: the entry.
            first.push((fresh.bytes + entry, fresh.rounds + 1, fresh.whole + entry, fresh.requests + 1));
            client.forget();
            client.ask(text, 5);
            later.push((client.bytes, client.rounds, client.whole, client.requests));
            for (kind, bytes) in &client.kinds {
                by_kind.entry(kind).or_default().push(*bytes);
            }
            worst.push((client.bytes, client.rounds, text.to_owned()));
            let start = Instant::now();
            client.ask(text, 5);
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    for (name, figures) in [("first", &mut first), ("later", &mut later)] {
        if figures.is_empty() {
            continue;
        }
        let mut rounds: Vec<usize> = figures.iter().map(|figure| figure.1).collect();
        rounds.sort_unstable();
        figures.sort_unstable();
        let at = |share: f64| ((figures.len() - 1) as f64 * share) as usize;
        let median = |mut of: Vec<usize>| {
            of.sort_unstable();
            of[of.len() / 2]
        };
        println!(
            "{name} query: {} requests; {} kB from a host that sends whole files only (medians)",
            median(figures.iter().map(|figure| figure.3).collect()),
            median(figures.iter().map(|figure| figure.2).collect()) / 1000
        );
        println!(
            "{name} query: {} kB median, {} kB 95th percentile, {} kB most; rounds {} median, {} 95th percentile, {} most",
            figures[at(0.5)].0 / 1000,
            figures[at(0.95)].0 / 1000,
            figures[at(1.0)].0 / 1000,
            rounds[at(0.5)],
            rounds[at(0.95)],
            rounds[at(1.0)]
        );
    }
    for (kind, bytes) in &by_kind {
        println!("    {kind:10} {:>7.1} kB a later query", bytes.iter().sum::<usize>() as f64 / 1000.0 / later.len() as f64);
    }
    worst.sort_unstable();
    for (bytes, rounds, text) in worst.iter().rev().take(8) {
        println!("    {} kB in {rounds} rounds: {text}", bytes / 1000);
    }
    times.sort_by(f64::total_cmp);
    if !times.is_empty() {
        println!(
            "query time with all blocks present: {:.2} ms median, {:.2} ms 95th percentile, {:.2} ms most",
            times[times.len() / 2],
            times[times.len() * 95 / 100],
            times[times.len() - 1]
        );
    }
}

fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn peak_megabytes() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    peak.map_or_else(|| "?".to_owned(), |kilobytes| (kilobytes / 1000).to_string())
}

/// A reader's browser: keeps every block it has fetched, or none after `forget`.
struct Client<'a> {
    pack: &'a Pack,
    volumes: BTreeMap<&'a str, &'a [u8]>,
    searcher: Searcher,
    bytes: usize,
    /// What a host would send that gives no parts of files.
    whole: usize,
    seen: BTreeSet<String>,
    requests: usize,
    rounds: usize,
    /// Bytes by what the blocks hold.
    kinds: BTreeMap<&'a str, usize>,
    of_block: &'a BTreeMap<String, String>,
}

impl<'a> Client<'a> {
    fn new(pack: &'a Pack, of_block: &'a BTreeMap<String, String>) -> Self {
        let volumes = pack.volumes.iter().map(|(name, bytes)| (name.as_str(), &**bytes)).collect();
        let searcher = Searcher::open(&pack.entry).unwrap();
        let (kinds, seen) = (BTreeMap::new(), BTreeSet::new());
        Self { pack, volumes, searcher, bytes: 0, whole: 0, seen, requests: 0, rounds: 0, kinds, of_block }
    }

    /// As after a first query that touched nothing but the entry.
    fn forget(&mut self) {
        self.searcher = Searcher::open(&self.pack.entry).unwrap();
        (self.bytes, self.whole, self.requests, self.rounds) = (0, 0, 0, 0);
        self.seen.clear();
        self.kinds.clear();
    }

    fn ask(&mut self, query: &str, limit: usize) -> Response {
        let request = Request { query: query.to_owned(), limit, ..Request::default() };
        loop {
            match self.searcher.search(&request) {
                Step::Done(response) => return response,
                Step::Broken(error) => panic!("{}", PackError::to_string(&error)),
                Step::Need(names) => {
                    self.rounds += 1;
                    let mut end = ("", 0);
                    for name in &names {
                        let part = Part::of(name).unwrap();
                        let volume = self.volumes[part.volume];
                        self.bytes += part.range.len();
                        // Neighbours come in one request.
                        self.requests += usize::from(end != (part.volume, part.range.start));
                        end = (part.volume, part.range.end);
                        if self.seen.insert(part.volume.to_owned()) {
                            self.whole += volume.len();
                        }
                        *self.kinds.entry(self.of_block.get(name).map_or("?", String::as_str)).or_default() += part.range.len();
                        self.searcher.provide(name, unpack(volume, part.range).unwrap()).unwrap();
                    }
                }
            }
        }
    }
}

fn read_notes(root: &Path) -> Vec<Document> {
    let mut paths = Vec::new();
    walk(root, &mut paths);
    paths.sort();
    let file_names_are_titles = root.to_string_lossy().contains("obsidian");
    let note = |path: &PathBuf| {
        let source = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        split_note(&source, &text, file_names_are_titles)
    };
    paths.iter().map(note).collect()
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            out.push(path);
        }
    }
}

fn split_note(source: &str, text: &str, file_name_is_title: bool) -> Document {
    let mut body = text;
    let mut front = "";
    if let Some(rest) = text.strip_prefix("---\n")
        && let Some((head, tail)) = rest.split_once("\n---\n")
    {
        (front, body) = (head, tail);
    }
    let field = |name: &str| {
        front.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().trim_matches(['"', '[', ']']).to_owned())
    };
    let list = |name: &str| field(name).map(|value| value.split(',').map(|item| item.trim().to_owned()).collect()).unwrap_or_default();
    let mut document = Document {
        url: source.replace(".md", ".html"),
        source: source.to_owned(),
        title: field("title:").unwrap_or_default(),
        aliases: list("aliases:"),
        tags: list("tags:"),
        language: "zh".to_owned(),
        original: String::new(),
        is_list: false,
        sections: vec![Section::default()],
    };
    let mut fence: Option<&str> = None;
    for line in body.lines() {
        let trimmed = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
        let section = document.sections.last_mut().unwrap();
        match (fence, marker) {
            (Some(open), Some(close)) if open == close => fence = None,
            (Some(_), _) => {
                let start = section.text.len() as u32;
                section.text.push_str(line);
                section.text.push('\n');
                let end = section.text.len() as u32;
                match section.code.last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    _ => section.code.push(start..end),
                }
            }
            (None, Some(open)) => fence = Some(open),
            (None, None) => {
                let level = trimmed.bytes().take_while(|&byte| byte == b'#').count();
                if (1..=6).contains(&level) && trimmed[level..].starts_with(' ') {
                    let heading = plain(trimmed[level..].trim().trim_end_matches('#').trim());
                    if level == 1 && document.title.is_empty() && !file_name_is_title {
                        document.title = heading;
                    } else {
                        document.sections.push(Section { anchor: heading.to_lowercase().replace(' ', "-"), heading, ..Section::default() });
                    }
                } else if !trimmed.is_empty() {
                    section.text.push_str(&plain(trimmed));
                    section.text.push('\n');
                }
            }
        }
    }
    if document.title.is_empty() {
        let name = source.rsplit('/').next().unwrap_or(source);
        document.title = name.trim_end_matches(".md").to_owned();
    }
    document
}

/// A line's visible text, roughly.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim_start_matches(['>', ' ']);
    while let Some(ch) = rest.chars().next() {
        if rest.starts_with("](") {
            rest = rest.find(')').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        if ch == '<'
            && rest[1..].starts_with(|next: char| next.is_ascii_lowercase() || next == '/')
            && rest.contains('>')
            && !out.ends_with(char::is_alphanumeric)
        {
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        if !matches!(ch, '*' | '`' | '[' | ']') {
            out.push(ch);
        }
        rest = &rest[ch.len_utf8()..];
    }
    out
}

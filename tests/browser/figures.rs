//! Figures of the search in a real browser: bytes, dependent rounds and times, on sites built from the shared corpora.
//!
//! In: `BIJI_PRINT_FIGURES`, a folder with a site in each folder (`biji build … --output FOLDER/NAME`). Out: a table on stderr. No
//! figure fails a test.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::ANSWERED;
use crate::cdp::Page;
use crate::server::Server;

/// What one stretch of work asked of the network.
#[derive(Debug, Default)]
struct Traffic {
    requests: usize,
    bytes: usize,
    rounds: usize,
}

/// Queries of one row: the first is a cold start's, all are later ones.
const QUERIES: &[&str] = &[
    "静态 Pod",
    "livenessProbe",
    "探针",
    "ownership",
    "borrow checker",
    "recurring tasks",
    "容器网络接口",
    "--pod-manifest-path",
    "污点和容忍度",
    "kube-proxy",
    "smart pointers",
    "due date",
    "持久卷",
    "how to install",
    "std::sync::Arc",
    "filters",
    "滚动更新",
    "error handling",
];

/// A request as the dialog makes it.
fn wish(query: &str) -> String {
    format!("{{ query: {query}, limit: 5, filters: {{ folder: '', tag: '', language: '' }}, facets: false }}")
}

/// Prints the figures of every site in the folder.
pub(crate) fn print(sites: &Path) {
    let Some(mut page) = Page::start() else { return };
    let mut folders: Vec<_> = std::fs::read_dir(sites).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        measure(&mut page, &folder);
    }
}

fn measure(page: &mut Page, folder: &Path) {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let search = std::fs::read_dir(folder.join("biji/search")).unwrap();
    let sizes: Vec<(String, u64)> =
        search.map(|file| file.unwrap()).map(|file| (file.file_name().into_string().unwrap(), file.metadata().unwrap().len())).collect();
    let sum = |end: &str| sizes.iter().filter(|(name, _)| name.ends_with(end)).map(|(_, size)| size).sum::<u64>() / 1000;
    eprintln!("{name}: {} search files, {} kB of .bin, {} kB of .js", sizes.len(), sum(".bin"), sum(".js"));

    let server = Server::start(folder);
    // Enough for the order of requests to show what depends on what.
    server.state.lock().unwrap().delay = Duration::from_millis(60);
    for query in ["静态 Pod", "ownership", "recurring tasks"] {
        page.call("Network.clearBrowserCache", &serde_json::json!({}));
        page.open(&server.root("/index.html"));
        page.eval("sessionStorage.clear()");
        std::thread::sleep(Duration::from_millis(300));
        server.state.lock().unwrap().log.clear();
        let before = page.requests().len();
        page.press("Control+k");
        page.insert(query);
        page.wait(ANSWERED);
        let first = traffic(page, &server, before);
        eprintln!("  first `{query}`: {} kB, {} requests, {} rounds", first.bytes / 1000, first.requests, first.rounds);
    }
    let mut later: Vec<Traffic> = Vec::new();
    for query in QUERIES {
        server.state.lock().unwrap().log.clear();
        let before = page.requests().len();
        let wish = wish(&format!("{query:?}"));
        page.eval(&format!("biji.part('loader').ask({wish}, () => true).then((answer) => answer.total)"));
        later.push(traffic(page, &server, before));
    }
    let median = |of: &dyn Fn(&Traffic) -> usize| {
        let mut values: Vec<usize> = later.iter().map(of).collect();
        values.sort_unstable();
        (values[values.len() / 2], values[values.len() - 1])
    };
    eprintln!("  later: kB {:?} (median, most), rounds {:?}", median(&|one| one.bytes / 1000), median(&|one| one.rounds));

    let script = format!(
        "(async () => {{ const times = []; for (let again = 0; again < 8; again++) for (const query of {}) {{ \
         const start = performance.now(); await biji.part('loader').ask({}, () => true); times.push(performance.now() - start); }} \
         times.sort((a, b) => a - b); const at = (part) => times[Math.floor(times.length * part)].toFixed(2); \
         return `${{at(0.5)}} median, ${{at(0.95)}} p95, ${{at(0.999)}} most`; }})()",
        serde_json::to_string(QUERIES).unwrap(),
        wish("query")
    );
    eprintln!("  query with blocks present, ms: {}", page.eval(&script).as_str().unwrap());
}

/// What was asked since request number `before`: bodies as the server sent them; a request depends on all that had ended before it began.
fn traffic(page: &mut Page, server: &Server, before: usize) -> Traffic {
    std::thread::sleep(Duration::from_millis(150));
    let time = |event: &Value| event["timestamp"].as_f64().unwrap();
    let ended: BTreeMap<String, f64> =
        page.events("Network.loadingFinished").iter().map(|event| (event["requestId"].as_str().unwrap().to_owned(), time(event))).collect();
    let mut done: Vec<(f64, usize)> = Vec::new();
    let sent = page.events("Network.requestWillBeSent");
    for event in &sent[before..] {
        let begin = time(event);
        let round = 1 + done.iter().filter(|(end, _)| *end <= begin).map(|(_, round)| *round).max().unwrap_or(0);
        let end = ended.get(event["requestId"].as_str().unwrap()).copied().unwrap_or(begin);
        done.push((end, round));
    }
    let bytes = server.state.lock().unwrap().log.iter().map(|(_, bytes)| bytes).sum();
    Traffic { requests: sent.len() - before, bytes, rounds: done.iter().map(|(_, round)| *round).max().unwrap_or(0) }
}

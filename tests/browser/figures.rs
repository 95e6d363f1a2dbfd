//! Figures of the search in a real browser: bytes, dependent rounds and times, on sites built from the shared corpora.
//!
//! With `PAGEFIND=PROGRAM` the same pages are indexed by Pagefind too, and asked the same in the same run: its `pagefind.js`, five results with their
//! excerpts, without its own interface.
//!
//! In: `BIJI_PRINT_FIGURES`, a folder with a site in each folder (`biji build … --output FOLDER/NAME`). Out: a table on stderr. No
//! figure fails a test.

use std::collections::BTreeMap;
use std::io::Write as _;
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
        if let Some(program) = std::env::var_os("PAGEFIND") {
            pagefind(&mut page, &folder, Path::new(&program));
        }
    }
}

/// The same for Pagefind, whose index is put into the site's folder.
fn pagefind(page: &mut Page, folder: &Path, program: &Path) {
    let start = std::time::Instant::now();
    let run = std::process::Command::new(program).arg("--site").arg(folder).stdout(std::process::Stdio::null()).status();
    if !run.is_ok_and(|status| status.success()) {
        eprintln!("  Pagefind: skipped, {} did not run", program.display());
        return;
    }
    let seconds = start.elapsed().as_secs_f64();
    let files = walkdir::WalkDir::new(folder.join("pagefind"))
        .into_iter()
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_type().is_file()));
    eprintln!("  Pagefind: {} files, indexed in {seconds:.1} s", files.count());
    let interface = ["pagefind-ui.js", "pagefind-ui.css"].map(|name| compressed(&folder.join("pagefind").join(name)));
    eprintln!("  Pagefind: its interface would be {} kB more", interface.iter().sum::<usize>() / 1000);
    std::fs::write(
        folder.join("pagefind-bench.html"),
        "<!DOCTYPE html><html lang=\"zh\"><title>x</title><script type=\"module\" src=\"pagefind-bench.js\"></script>",
    )
    .unwrap();
    let script = "window.ask = async (query) => { window.found ??= await import('./pagefind/pagefind.js'); const all = await window.found.search(query); \
                  const shown = await Promise.all(all.results.slice(0, 5).map((one) => one.data())); return `${all.results.length} ${shown.length}`; }; window.ready = true;";
    std::fs::write(folder.join("pagefind-bench.js"), script).unwrap();
    let server = Server::start(folder);
    server.state.lock().unwrap().delay = Duration::from_millis(60);
    for query in FIRST {
        page.call("Network.clearBrowserCache", &serde_json::json!({}));
        page.open(&server.root("/pagefind-bench.html"));
        page.wait("window.ready");
        server.state.lock().unwrap().log.clear();
        let before = page.requests().len();
        page.eval(&format!("window.ask({query:?})"));
        let first = traffic(page, &server, before);
        eprintln!("  Pagefind, first `{query}`: {} kB, {} requests, {} rounds", first.bytes / 1000, first.requests, first.rounds);
    }
    let mut later: Vec<Traffic> = Vec::new();
    for query in QUERIES {
        server.state.lock().unwrap().log.clear();
        let before = page.requests().len();
        page.eval(&format!("window.ask({query:?})"));
        later.push(traffic(page, &server, before));
    }
    let (bytes, rounds) = medians(&later);
    eprintln!("  Pagefind, later: kB {bytes:?} (median, most), rounds {rounds:?}");
    let script = format!(
        "(async () => {{ const times = []; for (let again = 0; again < 8; again++) for (const query of {}) {{ \
         const start = performance.now(); await window.ask(query); times.push(performance.now() - start); }} \
         times.sort((a, b) => a - b); const at = (part) => times[Math.floor(times.length * part)].toFixed(2); \
         return `${{at(0.5)}} median, ${{at(0.95)}} p95, ${{at(0.999)}} most`; }})()",
        serde_json::to_string(QUERIES).unwrap(),
    );
    eprintln!("  Pagefind, query with its files present, ms: {}", page.eval(&script).as_str().unwrap());
}

/// Bytes of a file as the server would send it.
fn compressed(path: &Path) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(&std::fs::read(path).unwrap_or_default()).unwrap();
    encoder.finish().unwrap().len()
}

/// Queries of a cold start.
const FIRST: [&str; 3] = ["静态 Pod", "ownership", "recurring tasks"];

/// A mobile network: 1.6 Mbit/s, 150 ms.
fn slow(page: &mut Page, is_on: bool) {
    let (latency, down, up) = if is_on { (150, 200_000, 94_000) } else { (0, -1, -1) };
    let conditions = serde_json::json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
    page.call("Network.emulateNetworkConditions", &conditions);
}

/// Median and most of kilobytes and of rounds.
fn medians(traffic: &[Traffic]) -> ((usize, usize), (usize, usize)) {
    let median = |of: &dyn Fn(&Traffic) -> usize| {
        let mut values: Vec<usize> = traffic.iter().map(of).collect();
        values.sort_unstable();
        (values[values.len() / 2], values[values.len() - 1])
    };
    (median(&|one| one.bytes / 1000), median(&|one| one.rounds))
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
    for query in FIRST {
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
    later(page, &server, "");

    let script = format!(
        "(async () => {{ const times = []; for (let again = 0; again < 8; again++) for (const query of {}) {{ \
         const start = performance.now(); await biji.part('loader').ask({}, () => true); times.push(performance.now() - start); }} \
         times.sort((a, b) => a - b); const at = (part) => times[Math.floor(times.length * part)].toFixed(2); \
         return `${{at(0.5)}} median, ${{at(0.95)}} p95, ${{at(0.999)}} most`; }})()",
        serde_json::to_string(QUERIES).unwrap(),
        wish("query")
    );
    eprintln!("  query with blocks present, ms: {}", page.eval(&script).as_str().unwrap());
    page.call("HeapProfiler.collectGarbage", &serde_json::json!({}));
    let memory = page.eval("`${(performance.memory.usedJSHeapSize / 1e6).toFixed(1)} MB`");
    eprintln!("  JavaScript's heap after these: {}", memory.as_str().unwrap());

    server.state.lock().unwrap().parts = false;
    page.call("Network.clearBrowserCache", &serde_json::json!({}));
    page.open(&server.root("/search.html"));
    page.wait("window.biji?.parts.loader");
    page.eval("biji.part('loader').ready().then(() => 0)");
    later(page, &server, ", from a host that sends whole files only");

    server.state.lock().unwrap().delay = Duration::ZERO;
    page.call("Network.clearBrowserCache", &serde_json::json!({}));
    page.open(&server.root("/index.html"));
    page.eval("sessionStorage.clear()");
    std::thread::sleep(Duration::from_millis(300));
    slow(page, true);
    let start = std::time::Instant::now();
    page.press("Control+k");
    page.insert(FIRST[0]);
    page.wait(ANSWERED);
    eprintln!("  first results on 1.6 Mbit/s with 150 ms: {:.2} s", start.elapsed().as_secs_f64());
    slow(page, false);
}

/// Prints what later queries cost, asked one after the other.
fn later(page: &mut Page, server: &Server, of_host: &str) {
    let mut all: Vec<Traffic> = Vec::new();
    for query in QUERIES {
        server.state.lock().unwrap().log.clear();
        let before = page.requests().len();
        let wish = wish(&format!("{query:?}"));
        page.eval(&format!("biji.part('loader').ask({wish}, () => true).then((answer) => answer.total)"));
        all.push(traffic(page, server, before));
    }
    let (bytes, rounds) = medians(&all);
    eprintln!("  later{of_host}: kB {bytes:?} (median, most), rounds {rounds:?}");
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

//! What the search costs a reader, in real Chromium: bytes and dependent rounds to the first results and of later queries, time of a query.
//! Run with `cargo bench --bench browser` (`-- 1000` for other sizes than 1,000 and 10,000 notes). Needs Chromium, python3 and the shared corpora. `PAGEFIND=PROGRAM` has Pagefind do
//! the same on the same pages in the same run.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a bench prints, and may fail loudly")]
#![allow(dead_code, reason = "the browser tests use the rest of these modules")]

#[path = "../tests/browser/cdp.rs"]
mod cdp;
#[path = "../tests/browser/figures.rs"]
mod figures;
#[path = "../tests/browser/server.rs"]
mod server;

use std::path::Path;
use std::process::{Command, Stdio};

/// The dialog shows results; the browser tests wait for the same.
const ANSWERED: &str = "document.querySelector('.search-results .search-option') && document.querySelector('.search-dialog').open";

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    let work = tempfile::tempdir().unwrap();
    let sites = work.path().join("sites");
    std::fs::create_dir(&sites).unwrap();
    for size in sizes {
        let notes = work.path().join(size.to_string());
        let corpus = shared.join("bench/corpus.py");
        let made = Command::new("python3").arg(&corpus).arg(size.to_string()).arg(&notes).stdout(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: python3 {} could not make {size} notes", corpus.display());
            return;
        }
        let built = Command::new(env!("CARGO_BIN_EXE_biji"))
            .args(["build", "--quiet", "--output"])
            .arg(sites.join(format!("{size:06} notes")))
            .arg(&notes)
            .env("BIJI_CACHE_DIR", "")
            .status()
            .unwrap();
        assert!(built.success());
    }
    figures::print(&sites);
}

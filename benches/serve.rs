//! What the preview costs: from a saved file to the served page, to the reload event and to the search, and memory. Run with `cargo bench --bench serve`
//! (`-- 1000` for other sizes than 1,000 and 10,000 notes). Needs python3 and the shared corpora.
//!
//! The time starts before the file is written. Peak memory is the kernel's figure (Linux).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench prints, and may fail loudly"
)]

#[path = "../tests/serve/client.rs"]
mod client;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use client::{Served, found};

/// How often each change is made.
const ROUNDS: usize = 5;
/// What a start or a change may take.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    let work = tempfile::tempdir().unwrap();
    println!("{:<8} {:<14} {:>10} {:>10} {:>10} {:>10}", "notes", "change", "served ms", "worst ms", "found ms", "worst ms");
    for size in sizes {
        let notes = work.path().join(size.to_string());
        let made =
            Command::new("python3").arg(shared.join("bench/corpus.py")).arg(size.to_string()).arg(&notes).stdout(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: python3 could not make {size} notes");
            continue;
        }
        let start = Instant::now();
        let served = Served::start_with_patience(&notes, &["--verbose"], PATIENCE);
        let shown = start.elapsed();
        served.line("searchable", PATIENCE);
        println!("{size:<8} {:<14} {:>10.0} {:>10} {:>10.0}", "start", ms(shown), "", ms(start.elapsed()));
        let files = files(&notes);
        measure(&served, size, "body", |round| {
            let file = &files[round * 97 % files.len()];
            let text = std::fs::read_to_string(file).unwrap();
            let word = format!("bodyword{round}x{size}");
            std::fs::write(file, format!("{text}\n\nAdded {word}.\n")).unwrap();
            word
        });
        measure(&served, size, "title", |round| {
            let file = &files[round * 89 % files.len()];
            let text = std::fs::read_to_string(file).unwrap();
            let word = format!("titleword{round}x{size}");
            std::fs::write(file, format!("---\ntitle: New {word}\n---\n{text}")).unwrap();
            word
        });
        measure(&served, size, "new note", |round| {
            let word = format!("newword{round}x{size}");
            std::fs::write(notes.join(format!("made-{round}.md")), format!("# Made {word}\n")).unwrap();
            word
        });
        println!("{size:<8} {:<14} {}", "memory", memory(served.child.id()));
    }
}

/// Makes a change several times. The page `index.html`'s state, the event and the search are asked for as a browser does.
fn measure(served: &Served, size: usize, what: &str, change: impl Fn(usize) -> String) {
    let (mut shown, mut searched) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut events = served.events(PATIENCE);
        // The work behind the last change must not count for this one.
        std::thread::sleep(Duration::from_millis(if size > 2_000 { 4_000 } else { 1_000 }));
        let start = Instant::now();
        let word = change(round);
        events.reload();
        assert_eq!(served.get("/").status, 200);
        shown.push(start.elapsed());
        while found(served, &word) == 0 {
            assert!(start.elapsed() < PATIENCE, "{word} is never found");
            std::thread::sleep(Duration::from_millis(5));
        }
        searched.push(start.elapsed());
    }
    let (median, worst) = figures(&mut shown);
    let (found, worst_found) = figures(&mut searched);
    println!("{size:<8} {what:<14} {median:>10.1} {worst:>10.1} {found:>10.1} {worst_found:>10.1}");
}

fn figures(times: &mut [Duration]) -> (f64, f64) {
    times.sort();
    (ms(times[times.len() / 2]), ms(times[times.len() - 1]))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The notes, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    all.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn memory(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        value.map_or("?".to_owned(), |kilobytes| (kilobytes / 1000).to_string())
    };
    format!("now {} MB, peak {} MB", line("VmRSS:"), line("VmHWM:"))
}

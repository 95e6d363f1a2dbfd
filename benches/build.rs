//! What a whole `biji build` costs: time by phase, peak memory, what it ships. Run with `cargo bench --bench build`.
//!
//! For the shared corpora and for made corpora of 1,000 and 10,000 notes (`-- 1000 10000` or other sizes), each once with no highlight cache, once
//! with the cache of that build, and once over the site that is there. Two peers are timed in turn with Biji in the same run where their programs
//! are named: `HUGO_SITE=FOLDER` with `HUGO=PROGRAM` and `PAGEFIND=PROGRAM`, `ZOLA_SITE=FOLDER` with `ZOLA=PROGRAM`. Machines drift: read the ratios.
//! Peak memory is the kernel's figure for the child, by way of GNU time (`/usr/bin/time`); without it the column is empty.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench prints, and may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    if !shared.is_dir() {
        println!("skipped: {} is not there", shared.display());
        return;
    }
    let work = tempfile::tempdir().unwrap();
    println!("{:<16} {:<6} {:>8} {:>9}  phases", "corpus", "cache", "seconds", "peak MB");
    for name in ["k8s-zh", "rust-book", "obsidian-tasks"] {
        biji(work.path(), name, &shared.join("corpora").join(name));
    }
    for size in sizes {
        let notes = work.path().join(format!("notes-{size}"));
        let made =
            Command::new("python3").arg(shared.join("bench/corpus.py")).arg(size.to_string()).arg(&notes).stdout(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: python3 could not make {size} notes");
            continue;
        }
        biji(work.path(), &format!("{size} notes"), &notes);
        peers(work.path(), size, &notes);
    }
}

/// Three builds of one corpus, and what the last one ships.
fn biji(work: &Path, name: &str, notes: &Path) {
    let out = work.join("public");
    let cache = work.join("cache");
    let _ = std::fs::remove_dir_all(&out);
    let _ = std::fs::remove_dir_all(&cache);
    for state in ["cold", "warm", "again"] {
        if state == "warm" {
            let _ = std::fs::remove_dir_all(&out);
        }
        let mut command = timed(env!("CARGO_BIN_EXE_biji"));
        command.args(["build", "--format", "short", "--output"]).arg(&out).arg(notes).env("BIJI_CACHE_DIR", &cache);
        let (seconds, peak, stderr) = run(command);
        let phases = stderr
            .lines()
            .rev()
            .find(|line| line.starts_with("published"))
            .and_then(|line| line.rsplit_once('('))
            .map_or("", |(_, phases)| phases);
        println!("{name:<16} {state:<6} {seconds:>8.2} {peak:>9}  {}", phases.trim_end_matches(')'));
    }
    let files: Vec<(PathBuf, u64)> = walkdir::WalkDir::new(&out)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().strip_prefix(&out).unwrap().to_owned(), entry.metadata().unwrap().len()))
        .collect();
    let (mut search, mut binary, mut engine) = (0, 0, 0);
    for (path, size) in files.iter().filter(|(path, _)| path.starts_with("biji/search")) {
        search += 1;
        if path.extension().is_some_and(|extension| extension == "bin") {
            binary += size;
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("engine")) {
                engine = *size;
            }
        }
    }
    println!(
        "{:<16} ships  {} files, {:.1} MB; search: {search} files, {:.1} MB in binary form; engine {} kB gzip",
        "",
        files.len(),
        files.iter().map(|(_, size)| size).sum::<u64>() as f64 / 1e6,
        binary as f64 / 1e6,
        engine / 1000
    );
}

/// The peers that the environment names, on the same notes.
fn peers(work: &Path, size: usize, notes: &Path) {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if let (Some(site), Some(hugo)) = (path("HUGO_SITE"), path("HUGO")) {
        let out = work.join("hugo");
        let _ = std::fs::remove_dir_all(&out);
        let mut command = timed(&hugo.to_string_lossy());
        command.args(["--quiet", "-s"]).arg(&site).arg("--contentDir").arg(notes).arg("-d").arg(&out);
        let (seconds, peak, _) = run(command);
        println!("{:<16} {:<6} {seconds:>8.2} {peak:>9}", format!("{size} notes"), "Hugo");
        if let Some(pagefind) = path("PAGEFIND") {
            let mut command = timed(&pagefind.to_string_lossy());
            command.arg("--site").arg(&out);
            let (more, peak, _) = run(command);
            println!("{:<16} {:<6} {:>8.2} {peak:>9}  Hugo + Pagefind", format!("{size} notes"), "both", seconds + more);
        }
    }
    if let (Some(site), Some(zola)) = (path("ZOLA_SITE"), path("ZOLA")) {
        let mut command = timed(&zola.to_string_lossy());
        command.arg("--root").arg(site.join(size.to_string())).args(["build", "--force", "--output-dir"]).arg(work.join("zola"));
        let (seconds, peak, _) = run(command);
        println!("{:<16} {:<6} {seconds:>8.2} {peak:>9}  with its search index", format!("{size} notes"), "Zola");
    }
}

fn timed(program: &str) -> Command {
    if Path::new("/usr/bin/time").exists() {
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "peak %M", program]);
        command
    } else {
        Command::new(program)
    }
}

/// Seconds, peak memory in MB, standard error.
fn run(mut command: Command) -> (f64, String, String) {
    let start = Instant::now();
    let output = command.output().unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        println!("failed: {}", stderr.lines().rev().take(5).collect::<Vec<_>>().join(" | "));
    }
    let peak = stderr.lines().rev().find_map(|line| line.strip_prefix("peak ")?.parse::<u64>().ok());
    (seconds, peak.map_or(String::new(), |kilobytes| (kilobytes / 1000).to_string()), stderr)
}

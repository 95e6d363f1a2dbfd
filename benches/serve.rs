//! What the preview costs: from a saved file to the served page, to the reload event and to the search, and memory; and what a build costs in which nothing
//! changed. Run with `cargo bench --bench serve` (`-- 1000` for other sizes than 1,000 and 10,000 notes). Needs python3 and the shared corpora.
//!
//! `BIJI_EDITS=1000` makes so many edits at the end, to see whether memory grows. `HUGO=/path/to/hugo` measures `hugo server` on the same notes.
//! The time starts before the file is written. Processor time and memory are the kernel's figures (Linux).
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
const ROUNDS: usize = 20;
/// What a start or a change may take.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    let work = tempfile::tempdir().unwrap();
    println!(
        "{:<8} {:<14} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "notes", "change", "served ms", "worst ms", "found ms", "worst ms", "cpu ms"
    );
    for size in sizes {
        let notes = work.path().join(size.to_string());
        let made =
            Command::new("python3").arg(shared.join("bench/corpus.py")).arg(size.to_string()).arg(&notes).stdout(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: python3 could not make {size} notes");
            continue;
        }
        let cache = work.path().join(format!("cache-{size}"));
        let begin = |what: &str| {
            let start = Instant::now();
            let served = Served::start_with_cache(&notes, &["--verbose"], &cache, PATIENCE);
            let shown = start.elapsed();
            served.line("searchable", PATIENCE);
            println!("{size:<8} {what:<14} {:>10.0} {:>10} {:>10.0}", ms(shown), "", ms(start.elapsed()));
            served
        };
        let first = begin("first start");
        let is_kept = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().starts_with("site-");
        while !std::fs::read_dir(&cache).is_ok_and(|mut files| files.any(is_kept)) {
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(first);
        let served = begin("start");
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
        let edits = std::env::var("BIJI_EDITS").ok().and_then(|edits| edits.parse().ok()).unwrap_or(0);
        for round in 0..edits {
            let file = &files[round * 53 % files.len()];
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, format!("{text}\nEdit {round}.\n")).unwrap();
            served.line("searchable", PATIENCE);
            if (round + 1) % 100 == 0 {
                println!("{size:<8} {:<14} {}", format!("{} edits", round + 1), memory(served.child.id()));
            }
        }
        drop(served);
        unchanged(&notes, &work.path().join(format!("out-{size}")), size);
        if let Some(hugo) = std::env::var_os("HUGO") {
            hugo_server(Path::new(&hugo), &notes, &work.path().join(format!("hugo-{size}")), size, &files);
        }
    }
}

/// Builds twice.
fn unchanged(notes: &Path, out: &Path, size: usize) {
    for what in ["whole build", "unchanged"] {
        let start = Instant::now();
        let mut build = Command::new(env!("CARGO_BIN_EXE_biji"));
        build.args(["build", "--quiet", "--output"]).arg(out.join("public")).arg(notes).env("BIJI_CACHE_DIR", out.join("cache"));
        assert!(build.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        println!("{size:<8} {what:<14} {:>10.0}", ms(start.elapsed()));
    }
}

/// The same body edits with Hugo, whose site has a template of one line for each kind of page. Search is none.
fn hugo_server(hugo: &Path, notes: &Path, site: &Path, size: usize, files: &[PathBuf]) {
    let write = |path: &str, text: &str| {
        let file = site.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "hugo.toml",
        "baseURL = \"http://localhost/\"\ntitle = \"Notes\"\ndisableKinds = [\"RSS\"]\nuglyURLs = true\nbuildFuture = true\nbuildDrafts = true\n",
    );
    write("layouts/_default/single.html", "<h1>{{ .Title }}</h1>{{ .Content }}\n");
    write("layouts/_default/list.html", "{{ range .Pages }}<a href=\"{{ .RelPermalink }}\">{{ .Title }}</a>{{ end }}\n");
    for file in files {
        write(&format!("content/{}", file.strip_prefix(notes).unwrap().display()), &std::fs::read_to_string(file).unwrap());
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new(hugo);
    server
        .args(["server", "--renderToMemory", "--port", &port.to_string(), "--source"])
        .arg(site)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut server = server.spawn().unwrap();
    let page = |path: &str| -> Option<String> {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
        let encoded: String =
            path.bytes().map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
        stream.write_all(format!("GET /{encoded} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut times = Vec::new();
    for round in 0..=ROUNDS {
        let name = files[round * 97 % files.len()].strip_prefix(notes).unwrap().display().to_string();
        let path = format!("{}.html", name.trim_end_matches(".md").to_lowercase());
        let start = Instant::now();
        let file = site.join("content").join(&name);
        while round == 0 && !page(&path).is_some_and(|text| text.contains("200 OK")) {
            assert!(start.elapsed() < PATIENCE, "Hugo never serves {path}");
            std::thread::sleep(Duration::from_millis(100));
        }
        let start = Instant::now();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}\n\nAdded hugoword{round}.\n")).unwrap();
        while !page(&path).is_some_and(|text| text.contains(&format!("hugoword{round}."))) {
            assert!(start.elapsed() < PATIENCE, "Hugo never shows the change of {path}");
            std::thread::sleep(Duration::from_millis(5));
        }
        times.push(start.elapsed());
        std::thread::sleep(Duration::from_millis(1_000));
    }
    let _ = server.kill();
    let _ = server.wait();
    let (median, worst) = figures(&mut times);
    println!("{size:<8} {:<14} {median:>10.1} {worst:>10.1}", "hugo server");
}

/// Makes a change several times. The page `index.html`'s state, the event and the search are asked for as a browser does.
fn measure(served: &Served, size: usize, what: &str, change: impl Fn(usize) -> String) {
    let (mut shown, mut searched) = (Vec::new(), Vec::new());
    let before = processor(served.child.id());
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
    let used = (processor(served.child.id()) - before) / ROUNDS as f64;
    println!("{size:<8} {what:<14} {median:>10.1} {worst:>10.1} {found:>10.1} {worst_found:>10.1} {used:>10.0}");
}

/// Processor time so far, in milliseconds; all that is done for a change counts, also what nobody waits for.
fn processor(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<f64> = stat.rsplit(") ").next().unwrap_or("").split(' ').map(|field| field.parse().unwrap_or(0.0)).collect();
    // User and system time in ticks, of which a second has a hundred.
    fields.get(11).zip(fields.get(12)).map_or(0.0, |(user, system)| (user + system) * 10.0)
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

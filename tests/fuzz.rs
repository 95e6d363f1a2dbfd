//! Whatever a note holds: no panic, and what comes out is sound.
//!
//! `tests/fuzz/corpus/` holds inputs that once failed, and runs first; then come new ones, the same for the same seed. By hand, for as many as one likes:
//! `BIJI_FUZZ=1000000 BIJI_FUZZ_SEED=7 BIJI_FUZZ_NOTES=FOLDER cargo test --release --test fuzz -- --nocapture` (`BIJI_FUZZ_NOTES`: more notes to take
//! pieces from). A failing input is made small and printed; it lies in the system's temporary folder (`biji-fuzz-….md`), also when the process died of it.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "a test reads the disk and may fail loudly")]

#[path = "fuzz/check.rs"]
mod check;
#[path = "fuzz/html.rs"]
mod html;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "fuzz/shapes.rs"]
mod shapes;
mod whole;

use std::path::{Path, PathBuf};
use std::time::Instant;

use check::Checker;
use mutate::Random;

fn variable(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}")))
}

fn notes(folder: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "md" || extension == "txt"))
        .collect();
    files.sort();
    files.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

/// Checks one input; a fault is made small first.
fn run(checker: &Checker, text: &str, secrets: &[String], current: &Path) {
    std::fs::write(current, text).unwrap();
    if let Err(fault) = checker.check(text, secrets) {
        // What is left out may be what made a comment: the whole input is worth keeping.
        let small = if secrets.is_empty() { shrink(checker, text, secrets) } else { text.to_owned() };
        std::fs::write(current, &small).unwrap();
        eprintln!("{fault}\n--- in {}\n{small}\n--- {small:?}", current.display());
        panic!("{fault}");
    }
}

/// Leaves out what is not needed to fail.
fn shrink(checker: &Checker, text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    let mut size = text.len() / 2;
    let mut tries = 0;
    while size > 0 && tries < 5_000 {
        let mut at = 0;
        let mut has_shrunk = false;
        while at < text.len() && tries < 5_000 {
            let (start, end) = (text.ceil_char_boundary(at), text.ceil_char_boundary((at + size).min(text.len())));
            let less = format!("{}{}", &text[..start], &text[end..]);
            tries += 1;
            if end > start && checker.check(&less, secrets).is_err() {
                text = less;
                has_shrunk = true;
            } else {
                at += size;
            }
        }
        if !has_shrunk || size > 1 {
            size /= 2;
        }
    }
    text
}

fn current(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("biji-fuzz-{}-{name}.md", std::process::id()))
}

#[test]
fn inputs_that_once_failed() {
    let checker = Checker::new();
    let file = current("corpus");
    let corpus = notes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus"));
    assert!(!corpus.is_empty());
    for text in corpus {
        run(&checker, &text, &[], &file);
    }
    let _ = std::fs::remove_file(file);
}

#[test]
fn shapes_that_are_hard_on_parsers() {
    let checker = Checker::new();
    let file = current("shapes");
    for (_, make) in shapes::SHAPES {
        for size in [1, 300, 6_000] {
            run(&checker, &make(size), &[], &file);
        }
    }
    let _ = std::fs::remove_file(file);
}

#[test]
fn comments_are_never_published() {
    let checker = Checker::new();
    let mut random = Random(variable("BIJI_FUZZ_SEED", 1) as u64);
    let file = current("comments");
    for _ in 0..variable("BIJI_FUZZ", 8_000) / 4 {
        let (text, secrets) = mutate::with_secrets(&mut random);
        run(&checker, &text, &secrets, &file);
    }
    let _ = std::fs::remove_file(file);
}

#[test]
fn damaged_notes() {
    let checker = Checker::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = notes(&root.join("content"));
    seeds.extend(notes(&root.join("tests")));
    if let Some(folder) = std::env::var_os("BIJI_FUZZ_NOTES") {
        seeds.extend(notes(Path::new(&folder)));
    }
    let seed = variable("BIJI_FUZZ_SEED", 1);
    let count = variable("BIJI_FUZZ", 8_000);
    let mut random = Random(seed as u64);
    let file = current("damaged");
    let mut bytes = 0;
    let mut slowest = (0.0, 0);
    let start = Instant::now();
    for number in 1..=count {
        let text = mutate::input(&mut random, &seeds);
        let began = Instant::now();
        run(&checker, &text, &[], &file);
        let seconds = began.elapsed().as_secs_f64();
        bytes += text.len();
        if seconds > slowest.0 {
            slowest = (seconds, text.len());
            if std::env::var_os("BIJI_FUZZ").is_some() {
                let _ = std::fs::copy(&file, current("slowest"));
            }
        }
        if number % 10_000 == 0 || number == count {
            eprintln!(
                "seed {seed}: {number} inputs, {bytes} bytes, {:.0} s; slowest {:.3} s for {} bytes",
                start.elapsed().as_secs_f64(),
                slowest.0,
                slowest.1
            );
        }
    }
    let _ = std::fs::remove_file(file);
}

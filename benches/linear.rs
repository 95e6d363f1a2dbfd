//! How the time for one note grows with its size, for shapes that are hard on parsers. Run with `cargo bench --bench linear`.
//!
//! Each shape grows by doubling up to 10 MB (`-- SIZE` in bytes, or `-- NAME` for the shapes whose name holds that), or until a phase takes 20 seconds. For each
//! phase the last size's seconds and the ratio to the size before are printed: about 2 is linear. Ratios over 2.6 where it took long are listed again at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a bench prints, and may fail loudly")]

#[path = "../tests/fuzz/shapes.rs"]
mod shapes;
#[path = "../tests/whole/mod.rs"]
mod whole;

use std::time::Instant;

use biji::config::Config;
use biji::render::{highlight::Cache, render};
use biji::site::{self, Origin};

const PHASES: [&str; 3] = ["parse", "link", "render"];
const START: usize = 40_000;
const TOO_LONG: f64 = 20.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let limit = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(10_000_000);
    let wanted = arguments.iter().find(|argument| argument.parse::<usize>().is_err());
    let theme = whole::theme(false);
    println!("{:<36} {:>9}  {:>8} {:>5}  {:>8} {:>5}  {:>8} {:>5}", "shape", "bytes", PHASES[0], "", PHASES[1], "", PHASES[2], "");
    let mut steep = Vec::new();
    for (name, make) in shapes::SHAPES {
        if wanted.is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let mut before = [0.0; 3];
        let mut size = START.min(limit);
        let (bytes, seconds) = loop {
            let text = make(size);
            let seconds = phases(&theme, &text);
            if size >= limit || seconds.iter().any(|seconds| *seconds > TOO_LONG) {
                break (text.len(), seconds);
            }
            before = seconds;
            size = (size * 2).min(limit);
            // The last step is a whole doubling.
            if size * 2 > limit && size < limit {
                size = limit / 2;
                before = phases(&theme, &make(size));
                size = limit;
            }
        };
        let ratio = |at: usize| if before[at] > 0.0 { seconds[at] / before[at] } else { 0.0 };
        print!("{name:<36} {bytes:>9}");
        for at in 0..3 {
            print!("  {:>8.3} {:>5.1}", seconds[at], ratio(at));
            if ratio(at) > 2.6 && seconds[at] > 0.1 {
                steep.push(format!("{name}: {} {:.1} at {bytes} bytes, {:.3} s", PHASES[at], ratio(at), seconds[at]));
            }
        }
        println!();
    }
    println!("\nsteeper than linear: {}", steep.len());
    for line in steep {
        println!("  {line}");
    }
}

fn phases(theme: &biji::theme::Theme, text: &str) -> [f64; 3] {
    let start = Instant::now();
    let (notes, held_back, attachments, _) = whole::read(&[("note.md", text), ("target.md", "# Target\n\ntext\n")]);
    let parse = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let (site, _) = site::assemble_from(
        Origin { name: "site", held_back: &held_back, texts: None, history: None },
        Config::default(),
        notes,
        &attachments,
    );
    let link = start.elapsed().as_secs_f64();
    let start = Instant::now();
    drop(render(&site, theme, &Cache::default()));
    [parse, link, start.elapsed().as_secs_f64()]
}

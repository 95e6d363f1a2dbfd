//! What a command has to say at its end, as text.
//!
//! In: what the phases made and how long they took. Out: [`Summary`], and its lines. Prints nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::{BLUE, RED, YELLOW, count};
use crate::cli::excerpt::tame;
use crate::cli::external;
use crate::cli::pipeline::{Built, Times};
use crate::diagnostic::Code;
use crate::publish::disk::Published;

/// What a command has to say at its end.
#[derive(Debug)]
pub(in crate::cli) struct Summary<'a> {
    /// Notes read.
    pub(in crate::cli) notes: usize,
    /// Pages of notes.
    pub(in crate::cli) pages: usize,
    /// Attachments published.
    pub(in crate::cli) attachments: usize,
    /// Faults that are errors.
    pub(in crate::cli) errors: usize,
    /// The others.
    pub(in crate::cli) warnings: usize,
    /// How many of each code, the most first.
    pub(in crate::cli) codes: Vec<(Code, usize)>,
    /// How much advice there is that is not listed, by code.
    pub(super) advice: Vec<(Code, usize)>,
    /// What was found out about other sites.
    pub(super) external: Option<external::Found>,
    /// How many bytes of the site are for searching.
    pub(in crate::cli) search: u64,
    /// What publishing did, when it did.
    pub(in crate::cli) published: Option<Published>,
    /// The output folder as people write it.
    pub(in crate::cli) output: &'a Path,
    /// Whether to give each phase a line.
    pub(in crate::cli) timings: bool,
}

impl<'a> Summary<'a> {
    /// What the phases made, not yet published.
    pub(in crate::cli) fn of(built: &Built, output: &'a Path, timings: bool) -> Self {
        let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
        for diagnostic in &built.diagnostics {
            *counts.entry(diagnostic.code).or_default() += 1;
        }
        let mut codes: Vec<(Code, usize)> = counts.into_iter().collect();
        codes.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
        Self {
            notes: built.notes,
            pages: built.pages,
            attachments: built.attachments,
            errors: built.errors,
            warnings: built.diagnostics.len() - built.errors,
            codes,
            advice: built.advice.clone(),
            external: built.external.clone(),
            search: built.search,
            published: None,
            output,
            timings,
        }
    }
}

/// How many errors and warnings, and of which codes.
pub(super) fn faults(summary: &Summary<'_>) -> String {
    let counts = match (summary.errors, summary.warnings) {
        (0, 0) => String::new(),
        (0, warnings) => format!("{YELLOW}{}{YELLOW:#}\n", count(warnings, "warning")),
        (errors, warnings) => format!("{RED}{}{RED:#}, {}\n", count(errors, "error"), count(warnings, "warning")),
    };
    counts + &groups(summary)
}

/// What came of asking other sites.
pub(super) fn asked(summary: &Summary<'_>, all: bool) -> String {
    let Some(found) = &summary.external else { return String::new() };
    let addresses = if found.addresses == 1 { "address" } else { "addresses" };
    let mut text = format!("{BLUE}external{BLUE:#} {} {addresses}, {} asked", found.addresses, found.asked);
    if !found.unclear.is_empty() {
        let how = if all { "" } else { ", each with `-v`" };
        text.push_str(&format!(", {} unclear (the host answers, but not to programs{how})", found.unclear.len()));
    }
    text.push('\n');
    for (address, said) in found.unclear.iter().filter(|_| all) {
        text.push_str(&format!("  {} {}\n", tame(address), tame(said)));
    }
    text
}

/// How many of each code, where there are several codes.
pub(super) fn groups(summary: &Summary<'_>) -> String {
    if summary.codes.len() < 2 {
        return String::new();
    }
    summary.codes.iter().map(|(code, count)| format!("{count:>7} {}\n", code.as_str())).collect()
}

/// The phases and their seconds in one line.
pub(super) fn phases(times: &Times) -> String {
    let phases: Vec<String> = times.phases.iter().map(|(name, time)| format!("{name} {:.2}", time.as_secs_f64())).collect();
    phases.join(", ")
}

/// A line a phase: its time, its share, and a bar of it.
pub(super) fn table(times: &Times) -> String {
    let total = times.total();
    let share = |time: Duration| time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
    let line = |name: &str, time: Duration| {
        let bar = "━".repeat((share(time) * 30.0).round() as usize);
        format!("{name:>10} {:>9.1} ms {:>3.0} % {bar}", time.as_secs_f64() * 1000.0, share(time) * 100.0).trim_end().to_owned() + "\n"
    };
    let phases: Duration = times.phases.iter().map(|(_, time)| *time).sum();
    let mut text: String = times.phases.iter().map(|(name, time)| line(name, *time)).collect();
    text.push_str(&line("the rest", total.saturating_sub(phases)));
    text.push_str(&format!("{:>10} {:>9.1} ms\n", "total", total.as_secs_f64() * 1000.0));
    text
}

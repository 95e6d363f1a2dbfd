//! The only place that prints. Messages for people go to the standard error output, data to the standard output.
//!
//! In: diagnostics, failures, counts. Out: text. Decides nothing: severities come from the configuration, exit codes from `cli`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the only printer")]

mod audit;
mod diagnostics;
mod formats;
pub(super) mod progress;
pub(super) mod search;
mod summary;
mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::Failure;
use super::arguments::{Color, Common, Format};
use super::excerpt::tame;
use super::pipeline::Times;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::site::privacy::Verdict;
use progress::{Count, Progress};
pub(super) use summary::Summary;
use summary::{asked, faults, groups, phases, table};

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const BLUE: Style = AnsiColor::Blue.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const BOLD: Style = Style::new().bold();

/// Prints in one of the formats.
#[derive(Debug)]
pub(super) struct Report {
    format: Format,
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
    /// The line that says what is being done, while there is one.
    progress: Option<Progress>,
    /// Whether messages go to a terminal that can draw a line anew.
    is_terminal: bool,
    /// What stands before a file's name, seen from the current folder: ROOT as it was given, `""` for the current folder.
    above: String,
    /// Whether messages may hold characters that are no ASCII.
    unicode: bool,
}

impl Report {
    pub(super) fn new(common: &Common) -> Self {
        let color = match common.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        let is_terminal = io::stderr().is_terminal();
        Self {
            format: common.format,
            color,
            quiet: common.quiet,
            verbose: common.verbose > 0,
            progress: None,
            is_terminal: is_terminal && !terminal::is_dumb(),
            above: String::new(),
            unicode: !is_terminal || terminal::shows_unicode(),
        }
    }

    /// Says where the site is, for formats that name files from the current folder on.
    pub(super) fn root(&mut self, root: &Path) {
        let root = root.components().collect::<std::path::PathBuf>().display().to_string().replace('\\', "/");
        self.above = if matches!(&*root, "" | ".") { String::new() } else { root.trim_end_matches('/').to_owned() + "/" };
    }

    /// Whether the standard error output is to be coloured.
    pub(super) fn colours(&self) -> bool {
        match self.color {
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(&io::stderr()) != ColorChoice::Never,
            ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
        }
    }

    /// Says what is being done, on a terminal only. The work counts its pieces, `total` of them, or 0 where nobody knows how many.
    pub(super) fn progress(&mut self, phase: &'static str, total: usize) -> Count {
        if !self.is_terminal || self.quiet || self.format != Format::Human {
            return Count::default();
        }
        self.progress.get_or_insert_with(|| Progress::start(self.unicode)).phase(phase, total)
    }

    /// Prints every fault, or the first of each kind where there are many.
    pub(super) fn diagnostics(&mut self, found: &[Diagnostic], config: &Config) {
        let is_shown = |diagnostic: &&Diagnostic| !self.quiet || config.severity(diagnostic.code) == Severity::Error;
        let shown: Vec<&Diagnostic> = found.iter().filter(is_shown).collect();
        match self.format {
            Format::Human => self.err(&diagnostics::human(&shown, config, self.verbose)),
            Format::Short => self.err(&diagnostics::short(&shown, config)),
            Format::Json => drop(self.out(&diagnostics::json(&shown, config))),
            Format::Github => drop(self.out(&formats::github(&shown, config, &self.above))),
            Format::Sarif => drop(self.out(&formats::sarif(&shown, config, &self.above))),
        }
    }

    /// Lists what is published and what is held back: an answer, so it goes to the standard output.
    pub(super) fn audit(&mut self, verdicts: &[Verdict], prefix: &str) {
        let text = match self.format {
            Format::Human | Format::Short | Format::Github | Format::Sarif => audit::human(verdicts, prefix),
            Format::Json => audit::json(verdicts, prefix),
        };
        drop(self.out(&text));
    }

    /// Says why Biji could not do its work.
    pub(super) fn failure(&mut self, failure: &Failure) {
        let mut text = format!("{RED}error{RED:#}{BOLD}: {}{BOLD:#}\n", tame(&failure.message));
        if let Some(hint) = &failure.hint {
            text.push_str(&format!("  {BLUE}help{BLUE:#}: {}\n", tame(hint)));
        }
        if self.format == Format::Json {
            let line = serde_json::json!({ "type": "failure", "message": failure.message, "hint": failure.hint });
            drop(self.out(&format!("{line}\n")));
        }
        self.err(&text);
    }

    /// The last lines of a build that published.
    pub(super) fn published(&mut self, summary: &Summary<'_>, times: &Times) {
        let Some(published) = summary.published else { return };
        let output = summary.output.display().to_string();
        let changed = match (published.written, published.removed) {
            (0, 0) => "nothing changed".to_owned(),
            (written, 0) => format!("{written} files written"),
            (written, removed) => format!("{written} files written, {removed} removed"),
        };
        let mut text = faults(summary);
        text.push_str(&format!(
            "{GREEN}published{GREEN:#} {}, {}, {} ({} for searching) to `{}` in {}; {changed} ({})\n",
            count(summary.pages, "page"),
            count(summary.attachments, "attachment"),
            size(published.bytes),
            size(summary.search),
            tame(&output),
            seconds(times.total()),
            phases(times)
        ));
        if summary.timings {
            text.push_str(&table(times));
        }
        text.push_str(&format!("open {}\n", tame(&summary.output.join("index.html").display().to_string())));
        self.end(&text, summary, times);
    }

    /// What the host of a site must allow that talks to others.
    pub(super) fn policy(&mut self, policy: &str, is_published: bool) {
        if self.format == Format::Human && !self.quiet && !is_published {
            self.err(&format!("the comments need a host that sends no stricter policy than this: {policy}\n"));
        }
    }

    /// The last line of a build that did not publish.
    pub(super) fn not_published(&mut self, summary: &Summary<'_>, times: &Times) {
        let mut text = format!(
            "{RED}nothing published{RED:#}: {}, {}; the old site stays as it is ({})\n",
            count(summary.errors, "error"),
            count(summary.warnings, "warning"),
            phases(times)
        );
        text.push_str(&groups(summary));
        if summary.timings {
            text.push_str(&table(times));
        }
        self.end(&text, summary, times);
    }

    /// The last line of a check.
    pub(super) fn checked(&mut self, summary: &Summary<'_>, times: &Times) {
        let mut text = faults(summary);
        text.push_str(&asked(summary, self.verbose));
        if !summary.advice.is_empty() {
            let counts: Vec<String> = summary.advice.iter().map(|(code, count)| format!("{count} {}", code.as_str())).collect();
            text.push_str(&format!("{BLUE}advice{BLUE:#} {} (each with `--advice`)\n", counts.join(", ")));
        }
        text.push_str(&format!(
            "{GREEN}checked{GREEN:#} {} in {} ({})\n",
            count(summary.notes, "note"),
            seconds(times.total()),
            phases(times)
        ));
        if summary.timings {
            text.push_str(&table(times));
        }
        self.end(&text, summary, times);
    }

    /// Where the preview is.
    pub(super) fn serving(&mut self, address: &str) {
        if self.format == Format::Json {
            drop(self.out(&format!("{}\n", serde_json::json!({ "type": "serving", "address": address }))));
        }
        self.err(&format!("{GREEN}serving{GREEN:#} {BOLD}{}{BOLD:#} (Ctrl-C stops)\n", tame(address)));
    }

    /// The faults that were not told yet; `told` becomes what there is now.
    pub(super) fn changes(&mut self, found: &[Diagnostic], config: &Config, told: &mut BTreeSet<String>) {
        let key = |fault: &Diagnostic| diagnostics::short(&[fault], config);
        let new: Vec<Diagnostic> = found.iter().filter(|fault| !told.contains(&key(fault))).cloned().collect();
        *told = found.iter().map(key).collect();
        self.diagnostics(&new, config);
    }

    /// A change is shown.
    pub(super) fn shown(&mut self, warnings: usize, took: Duration) {
        let warnings = if warnings == 0 { String::new() } else { format!(", {}", count(warnings, "warning")) };
        self.live("shown", took, &format!("{GREEN}shown{GREEN:#} after {}{warnings}\n", milliseconds(took)));
    }

    /// A change cannot be shown.
    pub(super) fn faulty(&mut self) {
        self.err(&format!("{RED}not shown{RED:#}: what was shown before stays until this is mended\n"));
    }

    /// A change can be found.
    pub(super) fn searchable(&mut self, took: Duration) {
        if self.verbose || self.format == Format::Json {
            self.live("searchable", took, &format!("searchable after {}\n", milliseconds(took)));
        }
    }

    fn live(&mut self, what: &str, took: Duration, text: &str) {
        if self.format == Format::Json {
            drop(self.out(&format!("{}\n", serde_json::json!({ "type": what, "took_ms": took.as_secs_f64() * 1000.0 }))));
        } else if !self.quiet {
            self.err(text);
        }
    }

    /// What came of reading another tool's settings: the configuration, and what it cannot say, each with its file and line.
    pub(super) fn imported(&mut self, tool: &str, file: &Path, text: &str, lost: &[(String, Option<usize>, String)]) {
        if self.format == Format::Json {
            for (file, line, what) in lost {
                let line = serde_json::json!({ "type": "not-carried-over", "file": file, "line": line, "message": what });
                drop(self.out(&format!("{line}\n")));
            }
            return;
        }
        if self.quiet {
            return;
        }
        let mut out = format!("{GREEN}made{GREEN:#} {} from the settings of {tool}:\n\n", tame(&file.display().to_string()));
        text.lines().for_each(|line| out.push_str(&format!("  {}\n", tame(line))));
        out.push_str(&lost_of(lost, self.verbose || self.format == Format::Short));
        self.err(&out);
    }

    /// Something that was done, for people.
    pub(super) fn say(&mut self, text: &str) {
        if !self.quiet {
            self.err(&format!("{}\n", tame(text)));
        }
    }

    /// A line of data. False when nobody reads any more.
    pub(super) fn line(&mut self, text: &str) -> bool {
        self.text(&format!("{text}\n"))
    }

    /// A piece of data. False when nobody reads any more.
    pub(super) fn text(&mut self, text: &str) -> bool {
        self.out(text).is_ok()
    }

    fn end(&mut self, text: &str, summary: &Summary<'_>, times: &Times) {
        if self.format == Format::Json {
            let phases: serde_json::Map<String, serde_json::Value> =
                times.phases.iter().map(|(name, time)| ((*name).to_owned(), (time.as_millis() as u64).into())).collect();
            let numbers = |codes: &[(Code, usize)]| -> serde_json::Map<String, serde_json::Value> {
                codes.iter().map(|(code, count)| (code.as_str().to_owned(), (*count).into())).collect()
            };
            let external = summary.external.as_ref().map(|found| {
                let unclear = found.unclear.iter().map(|(address, said)| serde_json::json!({ "address": address, "said": said }));
                serde_json::json!({ "addresses": found.addresses, "asked": found.asked, "unclear": unclear.collect::<Vec<_>>() })
            });
            let line = serde_json::json!({
                "type": "summary", "notes": summary.notes, "pages": summary.pages, "attachments": summary.attachments,
                "errors": summary.errors, "warnings": summary.warnings, "codes": numbers(&summary.codes),
                "advice": numbers(&summary.advice), "external": external, "published": summary.published.is_some(),
                "bytes": summary.published.map(|published| published.bytes), "written": summary.published.map(|published| published.written),
                "output": summary.output.display().to_string(), "took_ms": times.total().as_millis() as u64, "phases": phases,
            });
            drop(self.out(&format!("{line}\n")));
        } else if !self.quiet || summary.errors > 0 {
            self.err(text);
        }
    }

    /// Messages: nobody to tell when even that fails.
    fn err(&mut self, text: &str) {
        self.progress = None;
        let mut stream = AutoStream::new(io::stderr(), self.color).lock();
        let text = if self.unicode { text.into() } else { terminal::ascii(text) };
        let _ = stream.write_all(text.as_bytes());
    }

    fn out(&mut self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout(), self.color).lock();
        stream.write_all(text.as_bytes())?;
        stream.flush()
    }
}

/// A remark in the middle of the work, from any thread.
pub(super) fn note(text: &str) {
    // A line that says what is being done may stand there.
    let clear = if io::stderr().is_terminal() && !terminal::is_dumb() { "\r\x1b[K" } else { "" };
    let _ = writeln!(io::stderr(), "{clear}{}", tame(text));
}

/// A line for whoever looks for the reason of something, where the standard output is spoken for.
pub(super) fn log(what: &str) {
    let _ = writeln!(io::stderr(), "{}", tame(what));
}

/// What the panic hook says.
pub(super) fn fault_of_ours(what: &str) {
    let _ = writeln!(
        io::stderr(),
        "error: Biji itself has failed; the published site is untouched\n  help: please report it with the note that causes it: {}",
        tame(what)
    );
}

/// What could not be carried over; the first of each kind, unless all are asked for.
fn lost_of(lost: &[(String, Option<usize>, String)], all: bool) -> String {
    if lost.is_empty() {
        return "\nEverything was carried over.\n".into();
    }
    let mut out = format!("\n{YELLOW}not carried over{YELLOW:#} ({}):\n\n", lost.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, line, what) in lost {
        let number = counts.entry(what).or_default();
        *number += 1;
        if all || *number <= LOST_SHOWN {
            let line = line.map_or_else(String::new, |line| format!(":{line}"));
            out.push_str(&format!("  {}{line}: {}\n", tame(file), tame(what)));
        }
    }
    for (what, count) in counts.into_iter().filter(|(_, count)| !all && *count > LOST_SHOWN) {
        out.push_str(&format!("  … and {} more: {} (all with `-v`)\n", count - LOST_SHOWN, tame(what)));
    }
    out
}

/// So many of what could not be carried over are shown of each kind.
const LOST_SHOWN: usize = 5;

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn milliseconds(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { seconds(time) }
}

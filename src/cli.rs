//! SHELL: the command line. One command a file; `report` is the only place that prints, and here alone the exit code is decided.
//!
//! In: arguments and environment. Out: output, messages, an exit code: 0 clean, 1 the site has faults, 2 Biji could not do its work.
#![allow(clippy::disallowed_methods, reason = "the command line reads the environment, the clock and the site's files")]

mod arguments;
mod browser;
mod build;
mod cache;
mod check;
mod excerpt;
mod external;
mod help;
mod import;
mod init;
mod kept;
mod lsp;
mod manual;
mod new;
mod open;
mod pick;
mod pipeline;
mod record;
mod report;
mod sample;
mod search;
mod serve;
mod shelf;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use report::Report;

/// How a command ended, when it could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// The site has faults; they were reported.
    Faults,
}

/// Why a command could not do its work: a sentence, and what to do.
#[derive(Debug)]
struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<crate::publish::PublishError> for Failure {
    fn from(error: crate::publish::PublishError) -> Self {
        Self::new(error.to_string())
    }
}

/// Runs the program with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        // A diagram that the drawing crate fails on is a diagnostic.
        if std::thread::current().name() != Some(crate::render::diagram::THREAD) {
            report::fault_of_ours(&info.to_string());
        }
    }));
    match panic::catch_unwind(AssertUnwindSafe(|| run(std::env::args_os()))) {
        Ok(code) => code,
        // The hook has said it.
        Err(_) => ExitCode::from(2),
    }
}

fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        // Help and version are no errors: clap knows where they go and what they are worth.
        Err(error) => {
            let _ = error.print();
            if let Some(hint) = help::folder_for_command(&error, |path| std::path::Path::new(path).is_dir()) {
                report::note(&hint);
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut report = Report::new(&arguments.common);
    // It has threads of its own, for what must not wait for each other.
    if let Command::Lsp(command) = &arguments.command {
        let result = lsp::run(command, arguments.common.threads);
        return exit_code(result, &mut report);
    }
    if let Command::Serve(command) = &arguments.command {
        let result = serve::run(command, arguments.common.threads, &mut report);
        return exit_code(result, &mut report);
    }
    let mut threads = rayon::ThreadPoolBuilder::new().stack_size(STACK);
    if let Some(number) = arguments.common.threads {
        threads = threads.num_threads(usize::from(number));
    }
    let pool = match threads.build() {
        Ok(pool) => pool,
        Err(error) => {
            report.failure(&Failure::new(format!("cannot start threads: {error}")).hint("fewer with `--threads N`"));
            return ExitCode::from(2);
        }
    };
    let result = pool.install(|| match &arguments.command {
        Command::Build(command) => build::run(command, &mut report),
        Command::Check(command) => check::run(command, &mut report),
        Command::Init(command) => init::run(command, &mut report),
        Command::New(command) => new::run(command, &mut report),
        Command::Search(command) => search::run(command, &mut report),
        Command::Serve(command) => serve::run(command, arguments.common.threads, &mut report),
        Command::Completions(command) => manual::completions(command, &mut report),
        Command::Man(command) => manual::pages(command, &mut report),
        Command::Lsp(command) => lsp::run(command, arguments.common.threads),
    });
    exit_code(result, &mut report)
}

fn exit_code(result: Result<Outcome, Failure>, report: &mut Report) -> ExitCode {
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(1),
        Err(failure) => {
            report.failure(&failure);
            ExitCode::from(2)
        }
    }
}

/// The phases run on threads with room for deeply nested notes; only what is touched is used.
const STACK: usize = 64 << 20;

//! `biji lsp`: the language server for editors, on standard input and output.

use std::io;
use std::path::Path;

use super::arguments::{Lsp, Site};
use super::open::open;
use super::{Failure, Outcome, cache, report};
use crate::diagnostic::{Code, Diagnostic};
use crate::lsp;

/// Serves until the editor ends it. `threads` as on the command line.
pub(super) fn run(command: &Lsp, threads: Option<u16>) -> Result<Outcome, Failure> {
    let fault = |failure: Failure| {
        let fault = Diagnostic::site(Code::Unreadable, failure.message);
        match failure.hint {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    };
    let find = |root: &Path| {
        let opened = open(&Site { root: root.to_owned(), overrides: command.overrides.clone() }).map_err(fault)?;
        if !opened.is_configured && opened.places.home.as_ref() == Some(&opened.places.root) {
            let fault = Diagnostic::site(Code::Unreadable, "the home folder is no folder of notes");
            return Err(fault.hint("open the folder of the notes, or name it: `biji lsp FOLDER`"));
        }
        Ok(opened.into_place(command.overrides.config.clone()))
    };
    let options = lsp::Options {
        root: command.root.clone(),
        threads: threads.map(usize::from),
        open: &find,
        cache: &|place| cache::load(&std::fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone())).blocks,
        log: &report::log,
    };
    match lsp::serve(&options, io::BufReader::new(io::stdin()), io::BufWriter::new(io::stdout())) {
        Ok(true) => Ok(Outcome::Clean),
        Ok(false) => Ok(Outcome::Faults),
        Err(message) => Err(Failure::new(message)),
    }
}

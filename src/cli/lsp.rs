//! `biji lsp`: the language server for editors, on standard input and output.

use std::io;
use std::path::Path;

use super::arguments::{Lsp, Site};
use super::open::{Opened, open};
use super::{Failure, Outcome, cache, report};
use crate::diagnostic::{Code, Diagnostic};
use crate::lsp;
use crate::serve::Place;

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
        Ok(place(opened, command))
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

fn place(opened: Opened, command: &Lsp) -> Place {
    let name = opened.places.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Place {
        root: opened.root,
        content: opened.content,
        real: opened.places.content,
        prefix: opened.prefix,
        output: opened.places.output,
        name,
        config: opened.config,
        config_file: command.overrides.config.clone(),
        is_configured: opened.is_configured,
        diagnostics: opened.diagnostics,
    }
}

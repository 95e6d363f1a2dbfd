//! `biji serve`: the live preview. Binds the address, and tells on the terminal what happens.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;

use super::arguments::Serve;
use super::open::open;
use super::report::Report;
use super::{Failure, Outcome, browser, cache, kept, record};
use crate::diagnostic::{Code, Diagnostic, reason};
use crate::serve::{self, Event, Options};

/// So many ports behind the wanted one are tried.
const PORTS: u16 = 100;

/// Serves the site until Ctrl-C. `threads` as on the command line.
pub(super) fn run(command: &Serve, threads: Option<u16>, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&command.site)?;
    let mut stored = cache::load(&opened.places.root);
    let config_file = &command.site.overrides.config;
    let known =
        record::kept(&opened).map(|place| Box::new(kept::Start::new(place, &opened.prefix, opened.markdown())) as Box<dyn serve::Known>);
    let first = opened.into_place(config_file.clone());
    let listener = listen(&command.host, command.port, report)?;
    let options = Options {
        listener,
        host: command.host.clone(),
        poll: command.poll,
        threads: threads.map(usize::from),
        cache: std::mem::take(&mut stored.blocks),
        known,
    };
    let again = || {
        open(&command.site).map(|opened| opened.into_place(config_file.clone())).map_err(|failure| {
            let fault = Diagnostic::site(Code::Unreadable, failure.message);
            match failure.hint {
                Some(hint) => fault.hint(hint),
                None => fault,
            }
        })
    };
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut tell = |event: Event<'_>| match event {
        Event::Listening(address) => {
            report.serving(&address);
            if command.open {
                browser::open(&address, report);
            }
        }
        Event::Shown { preview, took } => {
            let (all, config) = (preview.diagnostics(), preview.config());
            report.changes(&all, &config, &mut told);
            if let Some(took) = took {
                report.shown(all.len(), took);
            }
        }
        Event::Faulty(preview) => {
            let (all, config) = (preview.diagnostics(), preview.config());
            report.changes(&all, &config, &mut told);
            report.faulty();
        }
        Event::Found(took) => report.searchable(took),
        Event::Notice(text) => report.say(&text),
        Event::Cache(blocks) => stored.save_blocks(blocks),
        Event::Stopped => report.say("stopped"),
    };
    serve::serve(options, &again, first, &mut tell).map_err(Failure::new)?;
    Ok(Outcome::Clean)
}

/// Binds the wanted port or, when something else has it, the next that is free.
fn listen(host: &str, port: u16, report: &mut Report) -> Result<TcpListener, Failure> {
    for candidate in port..=port.saturating_add(PORTS) {
        match TcpListener::bind((host, candidate)) {
            Ok(listener) => {
                if candidate != port {
                    report.say(&format!("port {port} is taken; this is the next that is free"));
                }
                return Ok(listener);
            }
            // Windows says of some taken ports that they are forbidden.
            Err(error) if error.kind() == ErrorKind::AddrInUse || (cfg!(windows) && error.kind() == ErrorKind::PermissionDenied) => {}
            Err(error) => {
                return Err(Failure::new(format!("cannot listen on `{host}`, port {candidate}: {}", reason(&error)))
                    .hint("`--host 127.0.0.1` serves this computer alone, `--host 0.0.0.0` its network; ports below 1024 need rights"));
            }
        }
    }
    Err(Failure::new(format!("no free port from {port} to {}", port.saturating_add(PORTS))).hint("choose another with `--port N`"))
}

//! SHELL: the language server: it answers an editor's questions about notes, tells it what is wrong with them, and works out the edits for renaming.
//!
//! In: messages of the Language Server Protocol on a stream, from whoever writes notes. Out: messages on another one, and nothing else there. Writes no file:
//! changes are proposed to the editor, which makes them.
//!
//! 1. `wire` reads and writes messages, each by itself, so that a broken one costs nothing but itself.
//! 2. `workspace` holds the files and the texts that are open; a note is parsed again only when its text changed.
//! 3. `worker` assembles the next [`state::State`] on a thread of its own, with every note, and collects what is wrong.
//! 4. `dispatch` gives each request to `answer` or `change`, which turn it into questions that pure functions answer: [`refer`], [`complete`], [`outline`], [`rename`], [`movement`], [`mend`].
//!
//! A question about other notes waits until the state has all that was typed before it; what is offered while typing does not, and is about the state before.
#![allow(clippy::disallowed_methods, reason = "a door of its own: it reads the site's files, watches them, and speaks to the editor")]

pub mod address;
mod answer;
mod change;
mod client;
pub mod complete;
pub mod context;
mod dispatch;
mod faults;
mod headings;
pub mod mend;
pub mod movement;
pub mod outline;
pub mod position;
pub mod refer;
pub mod rename;
mod server;
pub mod state;
pub mod thing;
pub mod uri;
mod wire;
mod worker;
mod workspace;

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;

use lsp_server::Message;

use crate::diagnostic::Diagnostic;
use crate::render::highlight;
use crate::serve::{Changes, Place};

/// How to serve.
pub struct Options<'a> {
    /// ROOT, where the command line names one; else it is the folder that the editor has open.
    pub root: Option<PathBuf>,
    /// How many threads work; `None` for one per processor.
    pub threads: Option<usize>,
    /// Finds the site at ROOT, again when its configuration changed.
    pub open: &'a (dyn Fn(&Path) -> Result<Place, Diagnostic> + Sync),
    /// What earlier builds of the site at ROOT highlighted.
    pub cache: &'a (dyn Fn(&Place) -> highlight::Cache + Sync),
    /// Told what may help to find out why something does not work.
    pub log: &'a (dyn Fn(&str) + Sync),
}

/// What the server's loop is told.
enum Event {
    /// The editor sent a message, or what is none.
    Message(wire::Incoming),
    /// The editor is gone.
    End,
    /// Files changed.
    Changed(Changes),
    /// The worker made something.
    Made(worker::Made),
}

/// Threads with room for deeply nested notes; only what is touched is used.
const STACK: usize = 64 << 20;

/// Serves until the editor says that it is enough. True when it said goodbye first, as it should.
///
/// # Errors
/// A sentence, when threads cannot be started or nothing can be written.
pub fn serve(options: &Options<'_>, input: impl BufRead + Send + 'static, output: impl Write + Send) -> Result<bool, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot start threads: {error}");
    let pool = |threads| rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(threads).build();
    let front = pool(options.threads.unwrap_or(0)).map_err(|error| failed(&error))?;
    // What is typed must not wait behind what is checked.
    let half = std::thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2));
    let behind = pool(options.threads.unwrap_or(half)).map_err(|error| failed(&error))?;
    let (sender, events) = mpsc::channel();
    let reading = sender.clone();
    std::thread::Builder::new().spawn(move || read(input, &reading)).map_err(|error| failed(&error))?;
    let queue = Arc::new(worker::Queue::default());
    let mut server = server::Server::new(options, sender, Arc::clone(&queue), behind, output);
    let result = front.install(|| server.run(events));
    queue.stop();
    result
}

/// Reads messages until there are no more.
fn read(mut input: impl BufRead, events: &mpsc::Sender<Event>) {
    while let Ok(Some(incoming)) = wire::read(&mut input) {
        let is_exit = matches!(&incoming, Ok(Message::Notification(notification)) if notification.method == "exit");
        if events.send(Event::Message(incoming)).is_err() || is_exit {
            break;
        }
    }
    let _ = events.send(Event::End);
}

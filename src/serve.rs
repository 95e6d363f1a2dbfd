//! SHELL: the live preview. Watches the files of a site, keeps its newest good state in memory, serves it, and tells open pages when it changed.
//!
//! In: where the site is, from the command line. Out: HTTP on one address, and [`Event`]s for the terminal. Writes no file itself.
//!
//! 1. `watch` says that something may have changed.
//! 2. [`Preview`] reads and parses what did and assembles the next [`World`], or says which faults keep it from that.
//! 3. `state` holds what is shown; `http` answers from it and makes pages when they are asked for.
//! 4. Behind that, on threads of their own, the search index is made anew and all pages are made once, to find their faults.
#![allow(clippy::disallowed_methods, reason = "the third door: it watches and reads the site's files, and answers browsers")]

mod content_type;
mod fault;
pub mod files;
mod http;
mod known;
mod memory;
mod parsed;
mod place;
mod preview;
mod state;
pub(crate) mod watch;
mod world;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use known::Known;
pub use parsed::Parsed;
pub use place::Place;
pub use preview::{Preview, Update};
pub use world::{CheckMemo, World};

use crate::diagnostic::Diagnostic;
use crate::index;
use crate::render::highlight;
use state::State;

/// Which files may have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// These, by their real paths, and what is below them.
    pub paths: BTreeSet<PathBuf>,
    /// Any.
    pub all: bool,
}

impl Changes {
    /// Anything may have changed.
    #[must_use]
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.all |= other.all;
        self.paths.extend(other.paths);
    }
}

/// What the loop of the builder is told.
enum Message {
    Changed(Changes),
    /// All pages of a state were made; what that said.
    Checked(Arc<World>, Vec<Diagnostic>),
    /// A state can be searched.
    Found(Duration),
    Stop,
}

/// What happens, for the terminal.
#[derive(Debug)]
pub enum Event<'a> {
    /// The server answers at this address.
    Listening(String),
    /// A state of the site is shown, or its faults are known only now.
    Shown {
        /// The builder, for its diagnostics.
        preview: &'a Preview,
        /// How long it took from the change; `None` where only faults are new.
        took: Option<Duration>,
    },
    /// A change has errors; what was shown before stays.
    Faulty(&'a Preview),
    /// All notes can be searched, so long after their change.
    Found(Duration),
    /// Something to know.
    Notice(String),
    /// The highlighted code of the whole site, for the next start.
    Cache(&'a highlight::Cache),
    /// The server stops.
    Stopped,
}

/// How to serve.
#[derive(Debug)]
pub struct Options {
    /// Where to listen: a bound socket.
    pub listener: TcpListener,
    /// The name under which the server was asked to listen: a `Host` that is let in.
    pub host: String,
    /// Whether to look at the files instead of being told of changes.
    pub poll: bool,
    /// How many threads work; `None` for one per processor.
    pub threads: Option<usize>,
    /// What earlier builds highlighted.
    pub cache: highlight::Cache,
    /// What else they left.
    pub known: Option<Box<dyn Known>>,
}

/// After so long without a change what is free is given back to the system: not between two changes that come together.
const PAUSE: Duration = Duration::from_millis(300);

/// Threads with room for deeply nested notes; only what is touched is used.
const STACK: usize = 64 << 20;

/// Serves until it is told to stop. `open` finds the site, again after every change; `tell` is told what happens.
///
/// # Errors
/// A sentence, when threads cannot be started or the socket has no address.
pub fn serve(
    options: Options,
    open: &dyn Fn() -> Result<Place, Diagnostic>,
    first: Place,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot start threads: {error}");
    memory::set_up();
    // What a reader waits for must not wait behind the index.
    let pool = |threads| rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(threads).build();
    let threads = options.threads.unwrap_or(0);
    let front = Arc::new(pool(threads).map_err(|error| failed(&error))?);
    let answering = Arc::new(pool(2).map_err(|error| failed(&error))?);
    let behind = pool(threads).map_err(|error| failed(&error))?;

    let (sender, messages) = mpsc::channel();
    let state = Arc::new(State::new(run()));
    let address = options.listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    let shown = if options.host.contains(':') { format!("[{}]", options.host) } else { options.host.clone() };
    http::start(options.listener, options.host, Arc::clone(&state), answering);
    let work = Arc::new(Work::default());
    let worker = {
        let (work, state, sender) = (Arc::clone(&work), Arc::clone(&state), sender.clone());
        std::thread::Builder::new().spawn(move || behind.install(|| work.run(&state, &sender)))
    };
    worker.map_err(|error| failed(&error))?;
    let stop = sender.clone();
    // A second Ctrl-C kills.
    let _ = ctrlc::set_handler(move || drop(stop.send(Message::Stop)));

    let mut preview = Preview::knowing(options.cache, options.known);
    let mut place = first;
    let (mut watch, notice) = watch::Watch::start(&place, options.poll, &sender);
    if let Some(notice) = notice {
        tell(Event::Notice(notice));
    }
    tell(Event::Listening(format!("http://{shown}:{}/", address.port())));
    let mut waiting = Some(Message::Changed(Changes::all()));
    let mut before: Option<Arc<World>> = None;
    let mut has_saved = false;
    // The faults that pages were told last.
    let mut told = "[]".to_owned();
    while let Some(message) = watch::next(&messages, &mut waiting) {
        match message {
            Message::Stop => break,
            Message::Found(took) => tell(Event::Found(took)),
            Message::Checked(world, faults) => {
                if preview.world().is_none_or(|now| !Arc::ptr_eq(now, &world)) {
                    continue;
                }
                let is_good = preview.checked(&world, faults, before.as_ref());
                let faults = fault::list(&preview.blocking().iter().collect::<Vec<_>>(), &preview.config());
                match &before {
                    Some(before) if !is_good => state.show(Arc::clone(before), true, faults.clone()),
                    _ => state.tell(faults.clone()),
                }
                told = faults;
                if !is_good {
                    tell(Event::Faulty(&preview));
                } else {
                    tell(Event::Shown { preview: &preview, took: None });
                    if !std::mem::replace(&mut has_saved, true) {
                        tell(Event::Cache(&world.cache));
                        preview.keep();
                    }
                    before = Some(world);
                }
            }
            Message::Changed(changes) => {
                let start = Instant::now();
                match open() {
                    Ok(now) => place = now,
                    Err(fault) => {
                        let faults = fault::list(&[&fault], &preview.config());
                        if faults != told {
                            state.tell(faults.clone());
                            tell(Event::Notice(fault.message));
                            told = faults;
                        }
                        continue;
                    }
                }
                if let Err(error) = watch.cover(&place, &changes) {
                    tell(Event::Notice(format!(
                        "some folders cannot be watched ({error}): changes there show with the next one elsewhere, or with `--poll`"
                    )));
                }
                let update = front.install(|| preview.update(&place, &changes));
                let faults = fault::list(&preview.blocking().iter().collect::<Vec<_>>(), &preview.config());
                match update {
                    Update::Same | Update::Faulty if faults != told => {
                        state.tell(faults.clone());
                        tell(if preview.is_behind() { Event::Faulty(&preview) } else { Event::Shown { preview: &preview, took: None } });
                    }
                    Update::Same | Update::Faulty => {}
                    Update::Styles(world) => {
                        state.show(Arc::clone(&world), false, faults.clone());
                        tell(Event::Shown { preview: &preview, took: Some(start.elapsed()) });
                        before = Some(world);
                    }
                    Update::Next { world, checked } => {
                        state.show(Arc::clone(&world), true, faults.clone());
                        tell(Event::Shown { preview: &preview, took: Some(start.elapsed()) });
                        if checked {
                            before = Some(Arc::clone(&world));
                        }
                        work.give(Task { world, checked, start });
                    }
                }
                told = faults;
            }
        }
    }
    state.stop();
    work.stop();
    tell(Event::Stopped);
    Ok(())
}

/// What tells this run from any other.
fn run() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}", now.as_nanos(), std::process::id())
}

/// What is done behind a state that is shown already.
struct Task {
    world: Arc<World>,
    /// Whether its pages were made already.
    checked: bool,
    /// When the change came.
    start: Instant,
}

/// The newest task. An older one that was not begun is forgotten.
#[derive(Default)]
struct Work {
    slot: Mutex<(Option<Task>, bool)>,
    changed: Condvar,
}

impl Work {
    fn give(&self, task: Task) {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(task);
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.changed.notify_all();
    }

    fn take(&self) -> Option<Task> {
        let lock = || self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let is_idle = |slot: &mut (Option<Task>, bool)| slot.0.is_none() && !slot.1;
        let (mut slot, pause) = self.changed.wait_timeout_while(lock(), PAUSE, is_idle).unwrap_or_else(PoisonError::into_inner);
        if pause.timed_out() {
            drop(slot);
            memory::give_back();
            slot = self.changed.wait_while(lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        }
        if slot.1 { None } else { slot.0.take() }
    }

    /// Whether there is something newer to do, or nothing any more.
    fn is_waited_for(&self) -> bool {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.0.is_some() || slot.1
    }

    /// Makes the index of each state and then its pages, for as long as there is nothing newer.
    fn run(&self, state: &State, sender: &Sender<Message>) {
        let (mut memo, mut checks) = (index::Memo::default(), CheckMemo::default());
        while let Some(task) = self.take() {
            // Scripts are for pages opened from a disk.
            let (artifacts, mut faults) = task.world.search(&mut memo, index::Readers::OfServer);
            // With a fault the older index answers on.
            if faults.is_empty() {
                state.found(artifacts);
                let _ = sender.send(Message::Found(task.start.elapsed()));
            }
            // The last index and the pieces of this one are as much as a quarter of all that is kept.
            memory::give_back();
            // It may make every page, so it makes way for what is newer.
            if !task.checked
                && let Some(more) = task.world.check(&mut checks, &|| self.is_waited_for())
            {
                faults.extend(more);
                let _ = sender.send(Message::Checked(task.world, faults));
            }
        }
    }
}

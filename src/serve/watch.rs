//! SHELL: tells that files changed.
//!
//! In: the folders to watch. Out: [`Changes`], one for a burst of changes. What is told are hints: the files are read to see what really changed. Where the
//! operating system tells nothing, the files are looked at every half second.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{Changes, Message, Place};
use crate::source::SHOWN;

/// How long it must be quiet after a change: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(8);
/// The same when much changes, as when another branch is checked out.
const BURST_QUIET: Duration = Duration::from_millis(80);
/// So many paths are a burst.
const BURST: usize = 20;
/// However much goes on changing, it is shown after this time.
const LONGEST: Duration = Duration::from_secs(2);
/// How often files are looked at where nothing is told.
pub(super) const POLL: Duration = Duration::from_millis(500);

/// Watches the folders of a site.
pub(super) struct Watch {
    /// `None` where files are looked at instead.
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<(PathBuf, bool)>,
}

impl Watch {
    /// Starts watching. `poll`: look at the files instead of being told. The sentence says why they are looked at although that was not asked for.
    pub(super) fn start(place: &Place, poll: bool, messages: &Sender<Message>) -> (Self, Option<String>) {
        let mut watch = Self { watcher: None, watched: BTreeSet::new() };
        let mut why = None;
        if !poll {
            let (sender, output) = (messages.clone(), place.output.clone());
            let root = place.real.clone();
            let told = move |event: notify::Result<notify::Event>| {
                let changes = match event {
                    Ok(event) => changes_of(event, &root, &output),
                    Err(_) => Changes { all: true, ..Changes::default() },
                };
                if changes.all || !changes.paths.is_empty() {
                    // Nobody listens when the server stops.
                    let _ = sender.send(Message::Changed(changes));
                }
            };
            match notify::recommended_watcher(told) {
                Ok(watcher) => watch.watcher = Some(watcher),
                Err(error) => why = Some(error),
            }
            if let Err(error) = watch.cover(place, &Changes::default()) {
                why = Some(error);
                watch.watcher = None;
            }
        }
        if watch.watcher.is_none() {
            look(messages.clone());
        }
        (watch, why.map(|error| format!("the system cannot tell of changes ({error}); looking at the files every half second instead")))
    }

    /// Watches what is there now: a folder may have come, or have been taken away and made again.
    pub(super) fn cover(&mut self, place: &Place, changes: &Changes) -> notify::Result<()> {
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let root = std::fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone());
        let is_own = root == place.real;
        let mut wanted = vec![(place.real.clone(), true)];
        if !is_own {
            // The configuration, and the folders below when they come.
            wanted.push((root.clone(), false));
        }
        if place.is_configured && !is_own {
            wanted.extend(["templates", "static"].map(|folder| (root.join(folder), true)));
        }
        for config in place.config_file.iter().filter_map(|file| std::fs::canonicalize(file).ok()) {
            wanted.extend(config.parent().filter(|parent| *parent != root).map(|parent| (parent.to_owned(), false)));
        }
        for (folder, below) in wanted {
            let is_there = folder.is_dir();
            let key = (folder.clone(), below);
            if (!is_there || changes.all || changes.paths.contains(&folder)) && self.watched.remove(&key) {
                // It is not watched any more when it is gone.
                let _ = watcher.unwatch(&folder);
            }
            if is_there && !self.watched.contains(&key) {
                watcher.watch(&folder, if below { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive })?;
                self.watched.insert(key);
            }
        }
        Ok(())
    }
}

/// Says every half second that anything may have changed.
fn look(messages: Sender<Message>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(POLL);
            if messages.send(Message::Changed(Changes { all: true, ..Changes::default() })).is_err() {
                return;
            }
        }
    });
}

/// What an event means: nothing when it is about reading, or about what is no part of the site.
pub(crate) fn changes_of(event: notify::Event, content: &Path, output: &Path) -> Changes {
    let is_reading = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    };
    let all = event.need_rescan();
    if is_reading && !all {
        return Changes::default();
    }
    let work = output.file_name().map(|name| format!(".{}.biji", name.to_string_lossy()));
    let is_ours = |path: &PathBuf| {
        let inside = path.strip_prefix(content).unwrap_or(Path::new(""));
        let is_hidden = inside.iter().any(|part| {
            let is_dotted = part.as_encoded_bytes().starts_with(b".") && !SHOWN.iter().any(|shown| part == *shown);
            is_dotted || part == "node_modules"
        });
        let is_work = path.iter().any(|part| work.as_deref().is_some_and(|work| part == work));
        !is_hidden && !is_work && !path.starts_with(output)
    };
    Changes { all, paths: event.paths.into_iter().filter(is_ours).collect() }
}

/// Waits for a message; changes that follow each other closely are one.
pub(super) fn next(messages: &Receiver<Message>, waiting: &mut Option<Message>) -> Option<Message> {
    let first = match waiting.take() {
        Some(message) => message,
        None => messages.recv().ok()?,
    };
    let Message::Changed(mut changes) = first else { return Some(first) };
    let start = Instant::now();
    while start.elapsed() < LONGEST {
        let quiet = if changes.all || changes.paths.len() < BURST { QUIET } else { BURST_QUIET };
        match messages.recv_timeout(quiet) {
            Ok(Message::Changed(more)) => changes.add(more),
            Ok(other) => {
                *waiting = Some(other);
                break;
            }
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
    Some(Message::Changed(changes))
}

//! What the server shows at the moment, shared by the threads that answer and the one that builds.
//!
//! In: states from the builder. Out: snapshots for answers, and a wait for the next change. The search's files come later than the pages: until the index of
//! a state is there, that of the last one answers, and its files stay for a page that still has its entry.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::world::World;
use crate::bundle::{Artifact, Payload};
use crate::path::UrlPath;

/// Files by address.
type Made = BTreeMap<UrlPath, Arc<[u8]>>;

/// What pages are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    /// Changes when a page must be loaded again; other than any version of another run.
    pub(super) version: String,
    /// Changes when style sheets must be loaded again.
    pub(super) styles: u64,
    /// The faults of the last change, as a JSON list.
    pub(super) faults: Arc<str>,
}

impl News {
    /// As data of an event.
    pub(super) fn to_json(&self) -> String {
        format!("{{\"version\":\"{}\",\"styles\":{},\"faults\":{}}}", self.version, self.styles, self.faults)
    }
}

struct Inner {
    world: Option<Arc<World>>,
    number: u64,
    news: News,
    search: Arc<Made>,
    /// The search's files of the state before.
    old_search: Arc<Made>,
    is_stopping: bool,
}

/// What the server shows.
pub(super) struct State {
    run: String,
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl State {
    /// Nothing to show yet. `run` tells this run of the server from others.
    pub(super) fn new(run: String) -> Self {
        let news = News { version: format!("{run}-0"), styles: 0, faults: "[]".into() };
        let (search, old_search) = (Arc::default(), Arc::default());
        let inner = Inner { world: None, number: 0, news, search, old_search, is_stopping: false };
        Self { run, inner: Mutex::new(inner), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a state. `reload`: whether open pages must be loaded again; else they load their style sheets again.
    pub(super) fn show(&self, world: Arc<World>, reload: bool, faults: String) {
        let mut inner = self.lock();
        inner.world = Some(world);
        if reload {
            inner.number += 1;
            inner.news.version = format!("{}-{}", self.run, inner.number);
        } else {
            inner.news.styles += 1;
        }
        inner.news.faults = faults.into();
        self.changed.notify_all();
    }

    /// Tells the faults of a change that is not shown; `[]` when all is well again.
    pub(super) fn tell(&self, faults: String) {
        self.lock().news.faults = faults.into();
        self.changed.notify_all();
    }

    /// Answers searches with these files from now on.
    pub(super) fn found(&self, artifacts: Vec<Artifact>) {
        let bytes = |artifact: Artifact| match artifact.payload {
            Payload::Bytes(bytes) => Some((artifact.path, bytes)),
            Payload::Attachment(_) | Payload::Published(_) => None,
        };
        let made: Made = artifacts.into_iter().filter_map(bytes).collect();
        let mut inner = self.lock();
        let old = std::mem::replace(&mut inner.search, Arc::new(made));
        let search = Arc::clone(&inner.search);
        let gone = old.iter().filter(|(url, _)| !search.contains_key(*url)).map(|(url, bytes)| (url.clone(), Arc::clone(bytes)));
        inner.old_search = Arc::new(gone.collect());
        self.changed.notify_all();
    }

    /// What is shown now.
    pub(super) fn now(&self) -> (Option<Arc<World>>, News) {
        let inner = self.lock();
        (inner.world.clone(), inner.news.clone())
    }

    /// Waits until there is something to show: a state, or the faults for which there is none.
    pub(super) fn wait_for_first(&self, patience: Duration) {
        let is_waiting = |inner: &mut Inner| inner.world.is_none() && &*inner.news.faults == "[]" && !inner.is_stopping;
        drop(self.changed.wait_timeout_while(self.lock(), patience, is_waiting));
    }

    /// Waits until something can be found.
    pub(super) fn wait_for_index(&self, patience: Duration) {
        let is_waiting = |inner: &mut Inner| inner.world.is_some() && inner.search.is_empty() && !inner.is_stopping;
        drop(self.changed.wait_timeout_while(self.lock(), patience, is_waiting));
    }

    /// A file of the search.
    pub(super) fn search_file(&self, url: &UrlPath) -> Option<Arc<[u8]>> {
        let inner = self.lock();
        inner.search.get(url).or_else(|| inner.old_search.get(url)).cloned()
    }

    /// Waits until the news are others than `known`, for so long. `None` when the server stops.
    pub(super) fn wait(&self, known: Option<&News>, patience: Duration) -> Option<News> {
        let inner = self.lock();
        let is_known = |inner: &mut Inner| Some(&inner.news) == known && !inner.is_stopping;
        let (inner, _) = self.changed.wait_timeout_while(inner, patience, is_known).unwrap_or_else(PoisonError::into_inner);
        (!inner.is_stopping).then(|| inner.news.clone())
    }

    /// Ends every wait.
    pub(super) fn stop(&self) {
        self.lock().is_stopping = true;
        self.changed.notify_all();
    }
}

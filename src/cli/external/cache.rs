//! Which addresses answered, and when: a file in the cache folder, a convenience, so that nothing about it is ever an error.
//!
//! One line an address: the second since 1970 in which it answered, a tab, the address. Sites share it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cli::cache::folder;

/// Older answers are forgotten.
const OLDEST: u64 = 90 * 24 * 60 * 60;

/// The addresses that answered.
#[derive(Debug)]
pub(super) struct Known {
    answered: BTreeMap<String, u64>,
    now: u64,
    max_age: u64,
    file: Option<PathBuf>,
    is_changed: bool,
}

impl Known {
    /// Reads what is known.
    pub(super) fn load(max_age: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let file = folder().map(|folder| folder.join("external"));
        let text = file.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let lines = String::from_utf8_lossy(&text).into_owned();
        let entry = |line: &str| {
            let (time, address) = line.split_once('\t')?;
            let time: u64 = time.parse().ok()?;
            (time <= now && now - time < OLDEST).then(|| (address.to_owned(), time))
        };
        Self { answered: lines.lines().filter_map(entry).collect(), now, max_age: max_age.as_secs(), file, is_changed: false }
    }

    /// Whether the address answered lately.
    pub(super) fn has(&self, address: &str) -> bool {
        self.answered.get(address).is_some_and(|time| self.now - time < self.max_age)
    }

    /// The address answered.
    pub(super) fn add(&mut self, address: &str) {
        self.is_changed = true;
        self.answered.insert(address.to_owned(), self.now);
    }

    /// Writes what is known; another check may do the same at the same time.
    pub(super) fn save(&self) {
        let Some(file) = self.file.as_ref().filter(|_| self.is_changed) else { return };
        let text: String = self.answered.iter().map(|(address, time)| format!("{time}\t{address}\n")).collect();
        let temporary = file.with_extension(std::process::id().to_string());
        let saved = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&temporary, text))
            .and_then(|()| fs::rename(&temporary, file));
        if saved.is_err() {
            let _ = fs::remove_file(&temporary);
        }
    }
}

//! The line that says on a terminal what a long command is at: its phase, a bar where the phase counts its work, and the seconds. A thread
//! draws it, a few times a second and only once a command takes a while.
//!
//! In: the phase's name and a number that its work adds to. Out: one line of the standard error output, which is gone before anything else is printed.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::Term;

/// How often the line is drawn. What is over before shows nothing.
const EVERY: Duration = Duration::from_millis(120);
/// Cells of the bar.
const BAR: usize = 30;

/// How much of a phase's work is done; counted from any thread. What comes out of the work never depends on it.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Count(Arc<AtomicUsize>);

impl Count {
    /// One more piece is done.
    pub(in crate::cli) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Debug, Clone)]
struct Phase {
    name: &'static str,
    start: Instant,
    /// What is done, and of how many; 0 where nobody knows.
    count: Count,
    total: usize,
}

/// The line, and the thread that draws it.
#[derive(Debug)]
pub(super) struct Progress {
    shared: Arc<(Mutex<Option<Phase>>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts drawing. `unicode`: whether the terminal shows it.
    pub(super) fn start(unicode: bool) -> Self {
        let shared = Arc::new((Mutex::new(None), Condvar::new()));
        let seen = shared.clone();
        let first = Phase { name: "start", start: Instant::now(), count: Count::default(), total: 0 };
        *lock(&shared.0) = Some(first);
        // Without the thread there is no line, and nothing else is missing.
        let thread = std::thread::Builder::new().name("progress".into()).spawn(move || draw(&seen, unicode)).ok();
        Self { shared, thread }
    }

    /// The next phase.
    pub(super) fn phase(&self, name: &'static str, total: usize) -> Count {
        let count = Count::default();
        *lock(&self.shared.0) = Some(Phase { name, start: Instant::now(), count: count.clone(), total });
        count
    }
}

impl Drop for Progress {
    /// Stops drawing; the line is gone.
    fn drop(&mut self) {
        *lock(&self.shared.0) = None;
        self.shared.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(mutex: &Mutex<Option<Phase>>) -> std::sync::MutexGuard<'_, Option<Phase>> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn draw(shared: &(Mutex<Option<Phase>>, Condvar), unicode: bool) {
    let terminal = Term::stderr();
    let mut is_drawn = false;
    let mut phase = lock(&shared.0);
    while phase.is_some() {
        phase = shared.1.wait_timeout(phase, EVERY).unwrap_or_else(PoisonError::into_inner).0;
        let Some(now) = phase.as_ref() else { break };
        let width = usize::from(terminal.size().1).saturating_sub(1);
        let line = line(now.name, now.count.0.load(Ordering::Relaxed), now.total, now.start.elapsed(), width, unicode);
        let _ = write!(io::stderr(), "\r\x1b[K{line}");
        is_drawn = true;
    }
    if is_drawn {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

/// `render ━━━━━━───── 120/400 1.2 s`, no wider than `width`.
fn line(name: &str, done: usize, total: usize, time: Duration, width: usize, unicode: bool) -> String {
    let (full, empty) = if unicode { ('━', '─') } else { ('#', '-') };
    let bar = (BAR * done.min(total)).checked_div(total).map_or_else(String::new, |filled| {
        let cells: String = (0..BAR).map(|cell| if cell < filled { full } else { empty }).collect();
        format!(" {cells} {}/{total}", done.min(total))
    });
    let line = format!("{name:<7}{bar} {:.1} s", time.as_secs_f64());
    line.chars().take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let line = |done, total, width, unicode| line("render", done, total, Duration::from_millis(1240), width, unicode);
        assert_eq!(line(0, 0, 80, true), "render  1.2 s");
        assert_eq!(line(200, 400, 80, true), format!("render  {}{} 200/400 1.2 s", "━".repeat(15), "─".repeat(15)));
        assert_eq!(line(500, 400, 80, false), format!("render  {} 400/400 1.2 s", "#".repeat(30)));
        assert_eq!(line(1, 400, 20, false).len(), 20);
    }
}

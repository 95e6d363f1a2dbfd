//! SHELL: asks `git` for the history of the content folder, in one pass for all notes.
//!
//! In: the folder. Out: a [`History`], and a diagnostic where the history is there but not whole. The program `git` is used and no library: it is where a repository is,
//! reads every form of one, and adds nothing to ours. Where there is no repository or no `git`, there is no history and nothing is said.
#![allow(clippy::disallowed_methods, reason = "this is the door through which the history of the notes is read")]

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use super::history::{FORMAT, History};
use crate::diagnostic::{Code, Diagnostic};

/// The history that was read last, for as long as it is that of the newest commit.
#[derive(Debug, Clone, Default)]
pub struct Memo {
    commit: String,
    history: Arc<History>,
    fault: Option<Diagnostic>,
}

/// The history of a folder.
#[must_use]
pub fn read(folder: &Path) -> (Arc<History>, Option<Diagnostic>) {
    let mut memo = Memo::default();
    memo.read(folder);
    (memo.history, memo.fault)
}

impl Memo {
    /// The history of a folder: read anew when there is a newer commit.
    pub fn read(&mut self, folder: &Path) -> (Arc<History>, Option<Diagnostic>) {
        if !has_repository(folder) {
            *self = Self::default();
        } else {
            // A repository without a commit has no history, and one that is not there any more neither.
            match run(folder, &["rev-parse", "--is-shallow-repository", "HEAD"]) {
                Said::Text(said) if said == self.commit => {}
                Said::Text(said) => {
                    let (history, fault) = if said.starts_with("true") { (History::default(), Some(shallow())) } else { whole(folder) };
                    *self = Self { commit: said, history: Arc::new(history), fault };
                }
                Said::Nothing => *self = Self::default(),
                Said::Fault(words) => *self = Self { fault: unwilling(&words), ..Self::default() },
            }
        }
        (Arc::clone(&self.history), self.fault.clone())
    }
}

/// Reads the whole history.
fn whole(folder: &Path) -> (History, Option<Diagnostic>) {
    let format = format!("--format={FORMAT}");
    let renames = match run(folder, &["config", "--get", "extensions.partialclone"]) {
        // Only renames without a change can be seen without the files' texts, which a partial clone lacks.
        Said::Text(_) => "--find-renames=100%",
        _ => "--find-renames",
    };
    let log = run(
        folder,
        &[
            "-c",
            "log.showSignature=false",
            "-c",
            "diff.renameLimit=1000",
            "log",
            "--no-merges",
            "--topo-order",
            "--date=iso-strict",
            &format,
            "--name-status",
            "-z",
            renames,
            "--no-ext-diff",
            "--no-textconv",
            "--relative",
            "--",
            ".",
        ],
    );
    match log {
        Said::Text(text) => (History::parse(&text), None),
        Said::Nothing => (History::default(), None),
        Said::Fault(words) => (History::default(), unwilling(&words)),
    }
}

/// What `git` said.
enum Said {
    Text(String),
    /// The program is not installed.
    Nothing,
    /// Its own words.
    Fault(String),
}

fn run(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    // What a hook or a worktree sets for itself would lead to another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF"] {
        command.env_remove(name);
    }
    // Nothing is asked of a network or a person, nothing is written, and messages are in English.
    for (name, value) in [("GIT_NO_LAZY_FETCH", "1"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_OPTIONAL_LOCKS", "0"), ("LC_ALL", "C")] {
        command.env(name, value);
    }
    match command.output() {
        Ok(Output { status, stdout, .. }) if status.success() => Said::Text(String::from_utf8_lossy(&stdout).into_owned()),
        Ok(Output { stderr, .. }) => Said::Fault(String::from_utf8_lossy(&stderr).lines().next().unwrap_or_default().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Said::Nothing,
        Err(error) => Said::Fault(crate::diagnostic::reason(&error)),
    }
}

/// Whether the folder lies in a work tree.
fn has_repository(folder: &Path) -> bool {
    std::fs::canonicalize(folder).is_ok_and(|folder| folder.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok()))
}

fn shallow() -> Diagnostic {
    let message = "the repository is a shallow clone: git knows no dates of the notes, and none are shown";
    Diagnostic::site(Code::History, message)
        .hint("fetch the whole history (`git fetch --unshallow`, in GitHub's checkout action `fetch-depth: 0`), or set `git = false` in biji.toml")
}

/// `git` is there and does not answer. A repository without a commit is no fault.
fn unwilling(words: &str) -> Option<Diagnostic> {
    let is_empty = words.contains("ambiguous argument 'HEAD'")
        || words.contains("does not have any commits")
        || words.contains("not a git repository");
    let message = format!("git tells no dates of the notes: {}", words.trim_start_matches("fatal: "));
    (!is_empty).then(|| {
        Diagnostic::site(Code::History, message).hint("mend that, or set `git = false` in biji.toml; the notes' own dates are shown")
    })
}

//! Opens an address in the person's browser: a convenience, so that a failure is told and no more.

use std::process::{Command, Stdio};

use super::report::Report;

/// Opens the address.
pub(super) fn open(address: &str, report: &mut Report) {
    let program = if cfg!(windows) {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let started = Command::new(program).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match started {
        // Nobody waits for it to end, but someone must take note of it.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(_) => report.say(&format!("no browser could be started (`{program}` is missing): open {address}")),
    }
}

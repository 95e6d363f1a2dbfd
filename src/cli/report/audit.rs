//! What is published and what is held back, for people and for programs.
//!
//! In: a verdict for every file of the content folder. Out: text with ANSI styles, or JSON lines.

use std::fmt::Write;

use serde_json::json;

use super::{BOLD, count};
use crate::cli::excerpt::tame;
use crate::site::privacy::Verdict;

/// Two lists: what is published and where, what is held back and why.
pub(super) fn human(verdicts: &[Verdict], prefix: &str) -> String {
    let (mut published, mut held_back) = (String::new(), String::new());
    let mut numbers = [0_usize; 2];
    for verdict in verdicts {
        let source = format!("{prefix}{}", verdict.source);
        match &verdict.fate {
            Ok(url) => {
                numbers[0] += 1;
                let _ = writeln!(published, "  {} → {}", tame(&source), tame(url.as_str()));
            }
            Err(reason) => {
                numbers[1] += 1;
                let _ = writeln!(held_back, "  {}: {}", tame(&source), tame(&reason.to_string()));
            }
        }
    }
    let heading = |number: usize, what: &str| format!("{BOLD}{what}: {}{BOLD:#}\n", count(number, "file"));
    format!("{}{published}\n{}{held_back}", heading(numbers[0], "published"), heading(numbers[1], "held back"))
}

/// One object a file.
pub(super) fn json(verdicts: &[Verdict], prefix: &str) -> String {
    let mut text = String::new();
    for verdict in verdicts {
        let file = format!("{prefix}{}", verdict.source);
        let line = match &verdict.fate {
            Ok(url) => json!({ "type": "audit", "file": file, "published": true, "url": url.encoded() }),
            Err(reason) => {
                json!({ "type": "audit", "file": file, "published": false, "reason": reason.as_str(), "message": reason.to_string() })
            }
        };
        let _ = writeln!(text, "{line}");
    }
    text
}

//! `biji new`: a note with front matter, named after its title. Never overwrites a note.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use super::arguments::{New, Overrides, Site};
use super::open::open;
use super::report::Report;
use super::{Failure, Outcome};
use crate::diagnostic::reason;
use crate::path::SourcePath;

/// Makes the note and prints its path.
pub(super) fn run(command: &New, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&Site { root: command.root.clone(), overrides: Overrides::default() })?;
    let title = command.title.trim();
    let name = file_name(title);
    if name.is_empty() {
        return Err(Failure::new(format!("`{title}` leaves no name for a file")).hint("give a title with letters"));
    }
    let folder = command.folder.as_deref().unwrap_or_default().trim_matches('/');
    let path = if folder.is_empty() { format!("{name}.md") } else { format!("{folder}/{name}.md") };
    let Some(path) = SourcePath::new(&path) else {
        return Err(Failure::new(format!("`{folder}` is no folder in the content folder")));
    };
    let file = crate::source::disk::locate(&opened.content, &path);
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("`{}` exists", file.display())).hint("give another title, or another folder with `--in`")
        }
        _ => Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error))),
    };
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let quoted = serde_json::to_string(title).unwrap_or_default();
    let draft = if command.draft { "draft: true\n" } else { "" };
    let text = format!("---\ntitle: {quoted}\ndate: {}\n{draft}---\n\n", today());
    File::create_new(&file).and_then(|mut created| created.write_all(text.as_bytes())).map_err(failed)?;
    report.line(&file.display().to_string());
    Ok(Outcome::Clean)
}

/// The title as a file name that every system takes: what Windows or URLs reserve becomes a hyphen.
fn file_name(title: &str) -> String {
    let reserved = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '#' | '^' | '[' | ']');
    let mut name: String = title.chars().map(|c| if reserved(c) { '-' } else { c }).collect();
    while name.len() > 200 {
        name.pop();
    }
    let trimmed = name.trim_matches(['.', ' ', '-']);
    trimmed.to_owned()
}

/// The date in UTC: `2026-01-31`.
fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the leap day is their last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (days, date) in [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (11_017, (2000, 3, 1)), (20_780, (2026, 11, 23))] {
            assert_eq!(civil(days), date);
        }
    }

    #[test]
    fn file_names() {
        for (title, name) in [("静态 Pod", "静态 Pod"), ("What? A/B: C", "What- A-B- C"), ("../x", "x"), ("...", ""), ("a\nb", "a-b")] {
            assert_eq!(file_name(title), name);
        }
    }
}

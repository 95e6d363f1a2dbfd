//! `biji init`: a new site that builds without a fault. Never overwrites anything.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};

use super::arguments::{Init, Language};
use super::open::CONFIG;
use super::report::Report;
use super::{Failure, Outcome, sample};
use crate::diagnostic::reason;

/// Makes the site's first files.
pub(super) fn run(command: &Init, report: &mut Report) -> Result<Outcome, Failure> {
    let folder = &command.folder;
    let shown = folder.display();
    if fs::symlink_metadata(folder.join(CONFIG)).is_ok() {
        return Err(Failure::new(format!("`{shown}` is a site already: it has a {CONFIG}")).hint(format!("build it: `biji build {shown}`")));
    }
    let mut files = sample::files(command.language.unwrap_or_else(system_language));
    // Someone's notes are there already: they need no samples beside them.
    let has_content = fs::read_dir(folder.join("content")).is_ok_and(|mut entries| entries.next().is_some());
    files.retain(|(path, _)| !(has_content && path.starts_with("content/")));
    for (path, text) in files {
        let file = folder.join(path);
        let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error)));
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        match File::create_new(&file) {
            Ok(mut created) => {
                created.write_all(text.as_bytes()).map_err(failed)?;
                report.say(&format!("made {}", file.display()));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => report.say(&format!("kept {}, it was there", file.display())),
            Err(error) => return Err(failed(error)),
        }
    }
    report.say(&format!("now: biji build {shown}"));
    Ok(Outcome::Clean)
}

/// Chinese when the system says so, else English.
fn system_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    if set.is_some_and(|value| value.starts_with("zh")) { Language::Zh } else { Language::En }
}

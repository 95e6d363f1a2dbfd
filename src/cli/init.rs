//! `biji init`: a new site that builds without a fault, or a biji.toml for notes that are there. Never overwrites anything.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::arguments::{Init, Language};
use super::open::CONFIG;
use super::report::Report;
use super::{Failure, Outcome, import, sample};
use crate::diagnostic::reason;

/// Makes the site's first files.
pub(super) fn run(command: &Init, report: &mut Report) -> Result<Outcome, Failure> {
    if let Some(from) = &command.from {
        let (tool, path, target) = import::arguments(from, command.folder.as_deref(), command.target.as_deref())?;
        return import::run(tool, &path, target.as_deref(), report);
    }
    // Without `--from` there is a folder, as clap sees to it.
    let Some(folder) = &command.folder else { return Err(Failure::new("no folder is named")) };
    let shown = folder.display();
    if fs::symlink_metadata(folder.join(CONFIG)).is_ok() {
        return Err(Failure::new(format!("`{shown}` is a site already: it has a {CONFIG}")).hint(format!("build it: `biji build {shown}`")));
    }
    if let Some(tool) = import::Tool::guess(folder).filter(|_| command.language.is_none()) {
        return import::run(Some(tool), folder, None, report);
    }
    let mut files = sample::files(command.language.unwrap_or_else(system_language));
    let content = folder.join("content");
    let has_content = fs::read_dir(&content).is_ok_and(|mut entries| entries.next().is_some());
    // Someone's notes are there already: they need no samples beside them.
    let notes_beside = !content.exists() && import::has_notes(folder);
    files.retain(|(path, _)| !((has_content || notes_beside) && path.starts_with("content/")));
    for (path, text) in files {
        let of_notes = if notes_beside && path == CONFIG { "content = \".\"\n" } else { "" };
        write(&folder.join(path), &format!("{of_notes}{text}"), report)?;
    }
    report.say(&format!("now: biji build {shown}"));
    Ok(Outcome::Clean)
}

/// Writes a file, unless it is there.
fn write(file: &Path, text: &str, report: &mut Report) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error)));
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match File::create_new(file) {
        Ok(mut created) => {
            created.write_all(text.as_bytes()).map_err(failed)?;
            report.say(&format!("made {}", file.display()));
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => report.say(&format!("kept {}, it was there", file.display())),
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

/// Chinese when the system says so, else English.
fn system_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    if set.is_some_and(|value| value.starts_with("zh")) { Language::Zh } else { Language::En }
}

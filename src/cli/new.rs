//! `biji new`: a note named after its title, made of an archetype where the site has one. Never overwrites a note.

mod archetype;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::ZonedDateTime;
use jiff::civil::DateTime;

use super::arguments::{New, Overrides, Site};
use super::open::{Opened, open};
use super::report::Report;
use super::{Failure, Outcome};
use crate::diagnostic::{nearest, reason};
use crate::path::SourcePath;
use crate::site::pinyin;
use archetype::{Facts, fill};

/// What a note is made of where the site says nothing.
const PLAIN: &str = "---\ntitle: {{ title }}\ndate: {{ date }}\n---\n\n";

/// The archetype of notes that have none of their own.
const DEFAULT: &str = "default";

/// Makes the note and prints its path.
pub(super) fn run(command: &New, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&Site { root: command.root.clone(), overrides: Overrides::default() })?;
    let title = command.title.trim();
    let spelled = if command.pinyin { pinyin::spell(title) } else { title.to_owned() };
    let name = file_name(&spelled);
    if name.is_empty() {
        return Err(Failure::new(format!("`{title}` leaves no name for a file")).hint("give a title with letters"));
    }
    let folder = command.folder.as_deref().unwrap_or_default().replace('\\', "/");
    let folder = folder.trim_matches('/');
    let path = if folder.is_empty() { format!("{name}.md") } else { format!("{folder}/{name}.md") };
    let Some(path) = SourcePath::new(&path) else {
        return Err(Failure::new(format!("`{folder}` is no folder in the content folder")));
    };
    let file = crate::source::disk::locate(&opened.content, &path);
    let template = archetype(&opened, command.kind.as_deref(), folder)?;
    // In the time zone of the computer, or UTC where that cannot be told.
    let now = ZonedDateTime::now().datetime();
    let date: DateTime = command.date.map_or(now, |date| date.to_datetime(now.time()));
    let facts = Facts { title, name: &name, folder, date };
    let text = fill(template.as_deref().unwrap_or(PLAIN), &facts, command.draft);
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("`{}` exists", file.display())).hint("give another title, or another folder with `--in`")
        }
        _ => Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error))),
    };
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    File::create_new(&file).and_then(|mut created| created.write_all(text.as_bytes())).map_err(failed)?;
    report.line(&file.display().to_string());
    Ok(Outcome::Clean)
}

/// The text of the archetype: the one that is asked for, or else that of the folder or one above it, or else `default`.
fn archetype(opened: &Opened, kind: Option<&str>, folder: &str) -> Result<Option<String>, Failure> {
    let known = opened.is_configured && !opened.config.archetypes.is_empty();
    let place = opened.root.join(&opened.config.archetypes);
    if let Some(kind) = kind {
        let found = if known { read(&place, kind)? } else { None };
        return found.map(Some).ok_or_else(|| missing(&place, kind, opened.is_configured));
    }
    if !known {
        return Ok(None);
    }
    let mut above = Some(folder);
    while let Some(folder) = above.filter(|folder| !folder.is_empty()) {
        if let Some(text) = read(&place, folder)? {
            return Ok(Some(text));
        }
        above = folder.rsplit_once('/').map(|(above, _)| above);
    }
    read(&place, DEFAULT)
}

/// The text of `NAME.md` in the folder of archetypes, when there is one.
fn read(place: &Path, name: &str) -> Result<Option<String>, Failure> {
    let name = name.strip_suffix(".md").unwrap_or(name);
    let Some(path) = SourcePath::new(&format!("{name}.md")) else {
        return Err(Failure::new(format!("`{name}` is no name of an archetype")));
    };
    let file: PathBuf = crate::source::disk::locate(place, &path);
    match fs::read(&file) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
            Err(_) => Err(Failure::new(format!("`{}` is not UTF-8", file.display())).hint("save it as UTF-8")),
        },
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Failure::new(format!("cannot read `{}`: {}", file.display(), reason(&error)))),
    }
}

fn missing(place: &Path, kind: &str, is_configured: bool) -> Failure {
    let failure = Failure::new(format!("no archetype `{kind}`"));
    if !is_configured {
        return failure.hint("archetypes belong to a site with a biji.toml: `biji init` makes one");
    }
    let mut names: Vec<String> = fs::read_dir(place)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".md").map(str::to_owned))
        .collect();
    names.sort();
    let near = nearest(kind, names.iter().map(String::as_str)).map(str::to_owned);
    failure.hint(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("write it as `{}`", place.join(format!("{kind}.md")).display()),
        None => format!("there are {}", names.join(", ")),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        for (title, name) in [("静态 Pod", "静态 Pod"), ("What? A/B: C", "What- A-B- C"), ("../x", "x"), ("...", ""), ("a\nb", "a-b")] {
            assert_eq!(file_name(title), name);
        }
    }
}

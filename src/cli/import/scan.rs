//! What stands in the notes of another tool and means something to that tool only.
//!
//! In: a folder of notes and signs to look for. Out: file, line and what was found. Reads; code blocks are passed over, as they show such signs.

use std::path::Path;

use walkdir::WalkDir;

use super::Imported;

/// A sign and what is said where it stands. A line that has it outside of code is reported.
pub(super) type Sign = (&'static str, &'static str);

/// The notes below a folder, as paths relative to it, `/`-separated and sorted; hidden folders are passed over.
pub(super) fn notes(folder: &Path) -> Vec<String> {
    files(folder, |name| {
        let name = name.to_lowercase();
        name.ends_with(".md") || name.ends_with(".markdown")
    })
}

/// The files below a folder whose name is wanted.
pub(super) fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let is_hidden = |name: &str| name.starts_with('.') || name == "node_modules";
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    walk.filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_str().is_some_and(is_hidden))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.file_name().to_str().is_some_and(&wanted))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(folder).ok()?;
            Some(path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/"))
        })
        .collect()
}

/// Reports every line of the notes that has one of the signs. `prefix` stands before their paths.
pub(super) fn signs(imported: &mut Imported, folder: &Path, prefix: &str, notes: &[String], signs: &[Sign]) {
    for note in notes {
        let Ok(bytes) = std::fs::read(folder.join(note)) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let mut fence: Option<&str> = None;
        for (number, line) in text.lines().enumerate() {
            let trimmed = line.trim_start();
            let mark = &trimmed[..trimmed.len() - trimmed.trim_start_matches(['`', '~']).len()];
            match fence {
                Some(open) if mark.len() >= open.len() && mark.starts_with(open) && trimmed.trim_end() == mark => fence = None,
                Some(_) => continue,
                None if mark.len() >= 3 => {
                    fence = Some(mark);
                    // The language of a block may itself be a sign: ```dataview.
                    let language = trimmed[mark.len()..].trim();
                    if let Some((_, what)) =
                        signs.iter().find(|(sign, _)| sign.strip_prefix("```").is_some_and(|sign| starts(language, sign)))
                    {
                        imported.lose(&format!("{prefix}{note}"), Some(number + 1), *what);
                    }
                    continue;
                }
                None => {}
            }
            if let Some((_, what)) = signs.iter().find(|(sign, _)| !sign.starts_with("```") && in_text(line, sign)) {
                imported.lose(&format!("{prefix}{note}"), Some(number + 1), *what);
            }
        }
    }
}

fn starts(language: &str, sign: &str) -> bool {
    language.strip_prefix(sign).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric()))
}

/// Whether a line has the sign outside of code between backticks; one that begins with `^` only at its beginning.
fn in_text(line: &str, sign: &str) -> bool {
    match sign.strip_prefix('^') {
        Some(sign) => line.trim_start().starts_with(sign),
        None => line.split('`').step_by(2).any(|text| text.contains(sign)),
    }
}

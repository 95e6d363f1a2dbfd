//! Obsidian: the vault's `.obsidian/` says what is left out and where templates lie; names, links and attachments Biji reads as Obsidian does.

use std::path::Path;

use super::settings::Settings;
use super::{Imported, content, scan};
use crate::cli::Failure;

/// What other programs make of a note while it is shown, and a site cannot.
const SIGNS: &[scan::Sign] = &[
    ("```dataview", "a query of the plugin Dataview is shown as code"),
    ("```dataviewjs", "a script of the plugin Dataview is shown as code"),
    ("```tasks", "a query of the plugin Tasks is shown as code"),
    ("```query", "an embedded search is shown as code"),
    ("```base", "a base is shown as code"),
    ("```button", "a button of the plugin Buttons is shown as code"),
    ("```excalidraw", "a drawing of Excalidraw is shown as code"),
    ("<%", "a command of the plugin Templater is shown as text"),
];

pub(super) fn read(path: &Path, prefix: &str) -> Result<(Imported, String), Failure> {
    let mut imported = Imported::default();
    let folder = path.join(".obsidian");
    let app = Settings::read(&folder, &["app.json"])?;
    let source = format!("{prefix}.obsidian/app.json");
    imported.text("content", &content(prefix, ""), "the notes lie beside this file");

    let mut exclude = Vec::new();
    for filter in app.texts(&["userIgnoreFilters"]) {
        if filter.starts_with('/') && filter.ends_with('/') && filter.len() > 2 {
            imported.lose(
                &source,
                app.line(&filter),
                format!("excluded files by the regular expression `{filter}`: write globs into `exclude`"),
            );
        } else {
            exclude.push(glob(&filter));
        }
    }
    imported.list("exclude", &exclude, "Obsidian's excluded files; to keep them as pages, remove them here");

    let templates = Settings::read(&folder, &["templates.json"])?;
    let templater = Settings::read(&folder, &["plugins/templater-obsidian/data.json"])?;
    if let Some(folder) = templates.text(&["folder"]).or_else(|| templater.text(&["templates_folder"])) {
        imported.text("archetypes", &content(prefix, &folder), "templates are no notes; `biji new` makes notes of them");
    }
    let daily = Settings::read(&folder, &["daily-notes.json"])?;
    if daily.has(&["format"]) {
        let what = "the names of daily notes: `biji new` names a note by its title, give it the date";
        imported.lose(&format!("{prefix}.obsidian/daily-notes.json"), daily.line("format"), what);
    }
    if !app.has(&["strictLineBreaks"]) {
        let what = "line breaks in a paragraph are shown as breaks by Obsidian, as spaces by Biji: end such lines with two spaces or `\\`";
        imported.lose(&source, app.line("strictLineBreaks"), what);
    }
    let appearance = Settings::read(&folder, &["appearance.json"])?;
    for key in ["cssTheme", "enabledCssSnippets"] {
        if appearance.has(&[key]) {
            imported.lose(
                &format!("{prefix}.obsidian/appearance.json"),
                appearance.line(key),
                format!("the looks of Obsidian ({key}): write styles into `static/`"),
            );
        }
    }
    for file in scan::files(path, |name| name.ends_with(".canvas") || name.ends_with(".base") || name.ends_with(".excalidraw.md")) {
        imported.lose(&format!("{prefix}{file}"), None, "a canvas, base or drawing has no page");
    }
    let notes = scan::notes(path);
    scan::signs(&mut imported, path, prefix, &notes, SIGNS);
    Ok((imported, source))
}

/// A path of Obsidian's, a folder or a file, as a glob.
fn glob(filter: &str) -> String {
    let escaped: String =
        filter.chars().flat_map(|c| ['*', '?', '[', ']', '{', '}', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect();
    format!("/{}", escaped.trim_matches('/'))
}

//! Hugo: `hugo.toml` and its other names, the notes in `content/`.

use std::path::Path;

use serde_json::Value;

use super::settings::Settings;
use super::{Imported, content, language, scan};
use crate::cli::Failure;
use crate::config::permalinks;

/// Every name that Hugo gives its settings, newest first.
const NAMES: &[&str] = &[
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
    "config/_default/hugo.toml",
    "config/_default/hugo.yaml",
    "config/_default/config.toml",
    "config/_default/config.yaml",
];

const SIGNS: &[scan::Sign] = &[
    ("{{< figure", "write the picture as Markdown: `![words](file)`"),
    ("{{< ref", "write the link as `[[note]]` or Markdown"),
    ("{{< relref", "write the link as `[[note]]` or Markdown"),
    ("{{% ref", "write the link as `[[note]]` or Markdown"),
    ("{{% relref", "write the link as `[[note]]` or Markdown"),
    ("{{< highlight", "write the code between lines of three backticks"),
    ("{{<", "a shortcode is shown as text"),
    ("{{%", "a shortcode is shown as text"),
];

/// Whether the folder is one of Hugo's.
pub(super) fn is(folder: &Path) -> bool {
    let has = |name: &&str| folder.join(name).is_file();
    NAMES.iter().any(|name| name.contains("hugo") && has(name))
        || (NAMES.iter().any(has) && (folder.join("content").is_dir() || folder.join("layouts").is_dir()))
}

pub(super) fn read(path: &Path, prefix: &str) -> Result<(Imported, String), Failure> {
    let mut imported = Imported::default();
    let config = Settings::read(path, NAMES)?;
    let source = format!("{prefix}{}", if config.name.is_empty() { "hugo.toml" } else { &config.name });
    if let Some(title) = config.text(&["title"]) {
        imported.text("title", &title, "");
    }
    if let Some(text) = config.text(&["params", "description"]) {
        imported.text("description", &text, "");
    }
    if let Some(code) =
        config.text(&["languageCode"]).or_else(|| config.text(&["locale"])).or_else(|| config.text(&["defaultContentLanguage"]))
    {
        imported.text("language", &language(&code), "");
    }
    if let Some(url) = config.text(&["baseURL"]).filter(|url| !url.contains("//example.org") && *url != "/") {
        imported.text("base_url", &url, "");
    }
    let folder = config.text(&["contentDir"]).unwrap_or_else(|| "content".into());
    imported.text("content", &content(prefix, &folder), "");
    imported.text("output", "public-biji", "Hugo's own `public` stays as it is");
    if config.at(&["buildDrafts"]).as_bool() == Some(true) {
        imported.keys.push(("drafts", "true".into(), String::new()));
    }
    if path.join("archetypes").is_dir() && prefix.is_empty() {
        imported.text("archetypes", "", "Hugo's are templates of Go: write others, and name their folder here");
        imported.lose(&format!("{prefix}archetypes"), None, "archetypes are templates of Go: see the manual on `biji new`");
    }
    match config.at(&["permalinks"]) {
        Value::Object(sections) => {
            // Newer ones have a table for pages and one for sections.
            let pages = sections.get("page").filter(|value| value.is_object()).unwrap_or(config.at(&["permalinks"]));
            for (section, pattern) in pages.as_object().into_iter().flatten() {
                let pattern = if let Value::String(pattern) = pattern { pattern.clone() } else { pattern.to_string() };
                let known = pattern.replace(":sections", section).replace(":section", section);
                let known = [":slugorcontentbasename", ":slugorfilename"].iter().fold(known, |known, name| known.replace(name, ":slug"));
                let known = known.replace(":contentbasename", ":name").replace(":filename", ":name");
                match permalinks::check(&known) {
                    Ok(pattern) => imported.permalinks.push((section.clone(), pattern)),
                    Err((message, _)) => {
                        let what = format!(
                            "addresses of `{section}` by the pattern `{pattern}`: {message}; one that must stay is said in the note, `permalink: /…/`"
                        );
                        imported.lose(&source, config.line(section), what);
                    }
                }
            }
        }
        _ if config.at(&["uglyURLs"]).as_bool() != Some(true) => {
            let what = "addresses are `a/b.html` instead of `a/b/`: one that must stay is said in the note, `permalink: /a/b/`";
            imported.lose(&source, None, what);
        }
        _ => {}
    }
    let more = [
        ("languages", "several languages side by side: notes say theirs with `lang`"),
        ("taxonomies", "taxonomies: categories and tags become tags, others stay in the front matter"),
        ("menu", "menus: pages are listed as their files lie"),
        ("menus", "menus: pages are listed as their files lie"),
        ("theme", "the theme: Biji has its own, see the manual on templates"),
        ("module", "modules"),
        ("ignoreFiles", "files left out by regular expressions: write globs into `exclude`"),
        ("mediaTypes", "media types"),
        ("outputs", "other forms of output"),
        ("googleAnalytics", "a counter: pages make no request to other hosts"),
        ("disqusShortname", "comments: pages make no request to other hosts"),
    ];
    for (key, what) in more {
        if config.has(&[key]) {
            imported.lose(&source, config.line(key), what);
        }
    }
    for (name, what) in
        [("layouts", "layouts: Biji's templates lie in `templates/`"), ("data", "data files"), ("assets", "assets of Hugo Pipes")]
    {
        if path.join(name).is_dir() {
            imported.lose(&format!("{prefix}{name}"), None, what);
        }
    }
    if path.join("static").is_dir() {
        let what =
            "files in `static/` are published, but a link of a note does not find them there: move the pictures of notes to the notes";
        imported.lose(&format!("{prefix}static"), None, what);
    }
    let notes_folder = path.join(&folder);
    let notes = scan::notes(&notes_folder);
    scan::signs(&mut imported, &notes_folder, &format!("{prefix}{folder}/"), &notes, SIGNS);
    Ok((imported, source))
}

//! MkDocs: `mkdocs.yml`, the notes in `docs/`, the order of `nav`.

use std::path::Path;

use serde_json::Value;

use super::settings::Settings;
use super::{Imported, content, language, scan};
use crate::cli::Failure;

const SIGNS: &[scan::Sign] = &[
    ("^!!! ", "an admonition is shown as text: write it as a callout, `> [!note] Title`"),
    ("^??? ", "a block that opens is shown as text: write it as a callout, `> [!note]- Title`"),
    ("^???+ ", "a block that opens is shown as text: write it as a callout, `> [!note]+ Title`"),
    ("^=== \"", "a tab is shown as text: see the manual on containers"),
    ("--8<--", "an included snippet is shown as text"),
    ("{{ ", "a macro is shown as text"),
];

/// Extensions whose Markdown Biji reads, too.
const KNOWN: &[&str] = &[
    "toc",
    "tables",
    "footnotes",
    "fenced_code",
    "attr_list",
    "def_list",
    "abbr",
    "meta",
    "md_in_html",
    "sane_lists",
    "smarty",
    "admonition",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "pymdownx.caret",
    "pymdownx.mark",
    "pymdownx.emoji",
    "pymdownx.arithmatex",
    "pymdownx.magiclink",
    "pymdownx.betterem",
    "pymdownx.tabbed",
    "pymdownx.snippets",
    "codehilite",
    "extra",
];

pub(super) fn read(path: &Path, prefix: &str) -> Result<(Imported, String), Failure> {
    let mut imported = Imported::default();
    let config = Settings::read(path, &["mkdocs.yml", "mkdocs.yaml"])?;
    let source = format!("{prefix}{}", if config.name.is_empty() { "mkdocs.yml" } else { &config.name });
    for (key, from) in [("title", "site_name"), ("description", "site_description"), ("base_url", "site_url")] {
        if let Some(text) = config.text(&[from]) {
            imported.text(key, &text, "");
        }
    }
    if let Some(code) = config.text(&["theme", "language"]).or_else(|| config.text(&["theme", "locale"])) {
        imported.text("language", &language(&code), "");
    }
    let folder = config.text(&["docs_dir"]).unwrap_or_else(|| "docs".into());
    imported.text("content", &content(prefix, &folder), "");
    imported.list("exclude", &globs(config.at(&["exclude_docs"])), "");
    imported.list("private", &globs(config.at(&["draft_docs"])), "drafts");
    let mut order = Vec::new();
    nav(&mut imported, config.at(&["nav"]), &config, &source, path, &folder, &mut order);
    imported.list("order", &order, "the order of `nav`");

    if config.at(&["use_directory_urls"]).as_bool() != Some(false) {
        let what = "addresses are `a/b.html` instead of `a/b/`: one that must stay is said in the note, `permalink: /a/b/`";
        imported.lose(&source, config.line("use_directory_urls"), what);
    }
    let more = [
        ("theme", "the theme and its features: Biji has its own, see the manual on templates"),
        ("hooks", "hooks in Python"),
        ("extra_css", "style sheets: see the manual on themes"),
        ("extra_javascript", "scripts"),
        ("extra", "settings of the theme"),
        ("copyright", "a line on copyright"),
    ];
    for (key, what) in more {
        if config.has(&[key]) {
            imported.lose(&source, config.line(key), what);
        }
    }
    for (list, what) in [("plugins", "the plugin"), ("markdown_extensions", "the extension of Markdown")] {
        for name in names(config.at(&[list])) {
            if name != "search" && !KNOWN.contains(&name.trim_start_matches("markdown.extensions.")) {
                imported.lose(&source, config.line(&name), format!("{what} `{name}`"));
            }
        }
    }
    let notes_folder = path.join(&folder);
    let notes = scan::notes(&notes_folder);
    scan::signs(&mut imported, &notes_folder, &format!("{prefix}{folder}/"), &notes, SIGNS);
    Ok((imported, source))
}

/// The names in a list of texts and of tables with one key, or of a table.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(keys) => keys.keys().cloned().collect(),
        Value::String(name) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// Patterns as in `.gitignore`, one a line; `!` brings back what a pattern took, which globs of Biji do not.
fn globs(value: &Value) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!'])).map(str::to_owned).collect()
}

/// Goes through `nav`: notes in order; other titles and addresses are reported.
fn nav(imported: &mut Imported, value: &Value, config: &Settings, source: &str, path: &Path, folder: &str, order: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| nav(imported, item, config, source, path, folder, order)),
        Value::Object(entries) => {
            for (title, entry) in entries {
                if entry.is_array() {
                    imported.lose(source, config.line(title), format!("the section `{title}`: pages are listed as their folders lie"));
                } else if entry.as_str().is_some_and(|target| !target.contains("://")) {
                    imported.lose(
                        source,
                        config.line(title),
                        format!("the page is called `{title}`: pages are listed by their own titles"),
                    );
                }
                nav(imported, entry, config, source, path, folder, order);
            }
        }
        Value::String(target) if target.contains("://") => {
            imported.lose(source, config.line(target), format!("the address `{target}` in `nav`"));
        }
        Value::String(target) => {
            let target = target.trim_start_matches("./").trim_matches('/').to_owned();
            if path.join(folder).join(&target).exists() {
                order.push(target);
            } else {
                imported.lose(source, config.line(&target), format!("there is no `{target}`"));
            }
        }
        _ => {}
    }
}

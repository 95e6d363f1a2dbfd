//! What the manual says can be changed is what there is: values, blocks, components, custom properties.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

type Lists = BTreeMap<String, BTreeSet<String>>;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The tables of the manual: of each heading the names in its table's first column.
fn documented() -> Lists {
    let mut lists = Lists::new();
    let mut heading = String::new();
    for line in read("content/manual/theme.md").lines() {
        if let Some(text) = line.strip_prefix('#') {
            heading = text.trim_start_matches('#').trim().to_owned();
        } else if let Some(cell) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) {
            assert!(lists.entry(heading.clone()).or_default().insert(cell.to_owned()), "{heading}: `{cell}` stands twice");
        }
    }
    lists
}

fn same(what: &str, documented: Option<&BTreeSet<String>>, real: &BTreeSet<String>) {
    let none = BTreeSet::new();
    let documented = documented.unwrap_or(&none);
    let missing: Vec<&String> = real.difference(documented).collect();
    let extra: Vec<&String> = documented.difference(real).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "content/manual/theme.md, {what}: lacks {missing:?}; names what is not there: {extra:?}"
    );
}

fn templates() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found: Vec<(String, String)> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "html"))
        .map(|entry| {
            let name = entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// What stands behind `{% WORD ` in a template, up to the end of the name.
fn named<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let opening = format!("{{% {word} ");
    text.split(&opening).skip(1).filter_map(|rest| rest.split([' ', '(', '%']).next()).collect()
}

#[test]
fn the_manual_lists_every_value_of_the_templates() {
    let mut files = vec![read("src/render/view.rs")];
    let mut below: Vec<_> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/view"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    below.sort();
    files.extend(below.iter().map(|path| std::fs::read_to_string(path).unwrap()));
    let values = values(&files);
    let manual = read("content/manual/theme.md");
    let at = manual.find(VALUES).expect("the manual has a section for the values");
    let at = at + manual[at..].find("\n### ").unwrap() + 1;
    if std::env::var_os("BIJI_UPDATE").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/theme.md"), format!("{}{values}", &manual[..at]))
            .unwrap();
        return;
    }
    let wrong = manual[at..].lines().zip(values.lines()).find(|(is, should)| is != should);
    assert!(
        manual[at..] == values,
        "content/manual/theme.md differs from src/render/view.rs, first in {wrong:?}; `BIJI_UPDATE=1 cargo test --test theme manual` writes it anew"
    );
}

/// The section of the values: the last one, made of the comments in `src/render/view.rs`.
const VALUES: &str = "\n## Values\n";

/// The types that templates see under a name.
const NAMES: [(&str, &str); 5] =
    [("SiteView", "site"), ("PageView", "page"), ("NavView", "nav"), ("NoteView", "note"), ("FolderView", "folder")];

fn values(files: &[String]) -> String {
    let mut out = String::new();
    let mut comment = String::new();
    for line in files.iter().flat_map(|text| text.lines()) {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            let gap = if comment.is_empty() { "" } else { " " };
            comment = format!("{comment}{gap}{}", text.trim());
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split([' ', '{']).next().unwrap();
            let seen =
                NAMES.iter().find(|(of, _)| *of == name).map_or(String::new(), |(_, seen)| format!(" Templates see it as `{seen}`."));
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}### `{name}`\n\n{comment}{seen}\n\n| value | what it is |\n|---|---|");
            comment.clear();
        } else if line.starts_with("pub use") || line.starts_with("mod ") || line.contains("fn ") {
            comment.clear();
        } else if let Some((field, _)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(':')) {
            let _ = writeln!(out, "| `{field}` | {comment} |");
            comment.clear();
        }
    }
    out
}

#[test]
fn the_manual_lists_every_block_and_component() {
    let documented = documented();
    let mut components = BTreeSet::new();
    let mut blocks = BTreeSet::new();
    for (name, text) in templates() {
        components.extend(named(&text, "component").into_iter().map(str::to_owned));
        if !name.contains('/') {
            blocks.extend(named(&text, "block").into_iter().map(str::to_owned));
        }
    }
    same("Blocks", documented.get("Blocks"), &blocks);
    same("Components", documented.get("Components"), &components);
}

#[test]
fn the_manual_lists_properties_that_there_are() {
    let css = read("static/biji/css/properties.css");
    let real: BTreeSet<String> =
        css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(':').map(|(name, _)| format!("--{name}"))).collect();
    let documented = documented();
    let listed = &documented["Properties"];
    assert!(listed.len() > 15);
    let extra: Vec<&String> = listed.difference(&real).collect();
    assert!(extra.is_empty(), "content/manual/theme.md names what is not there: {extra:?}");
    // Those of code and of the kinds of callouts are for whoever reads the file.
    let small = ["--code-", "--line-ground", "--ins-ground", "--del-ground"];
    let missing: Vec<&String> = real.difference(listed).filter(|name| !small.iter().any(|start| name.starts_with(start))).collect();
    assert!(missing.is_empty(), "content/manual/theme.md lacks {missing:?}");
}

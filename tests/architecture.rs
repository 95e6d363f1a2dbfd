//! The house rules that a compiler does not know: who may import what (the table in ARCHITECTURE.md), how long a file may be, and that every
//! file says what it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests read the sources and may fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// No source file is longer.
const LINES: usize = 500;

/// Files that are longer for now, each to be split.
const LONGER: [&str; 1] = ["src/note/markdown/writer.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder of the repository, sorted; `/`-separated paths relative to it.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name: PathBuf = path.strip_prefix(root()).unwrap().components().collect();
            found.push((name.to_str().unwrap().replace('\\', "/"), fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn every_source_file_says_what_it_is_and_is_short() {
    let mut faults = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("crates")) {
        if !text.starts_with("//!") {
            faults.push(format!("{path}: does not begin with `//!` and a paragraph that says what the file is"));
        }
        let lines = text.lines().count();
        if lines > LINES && !LONGER.contains(&&*path) {
            faults.push(format!("{path}: {lines} lines; a file over 400 is two files, over {LINES} fails this test"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let Ok(text) = fs::read_to_string(root().join("ARCHITECTURE.md")) else { panic!("ARCHITECTURE.md is missing") };
    let rows = table(&text);
    assert!(rows.len() >= 5, "ARCHITECTURE.md has no table `| module | may know | never imports |` with a row for each module");
    let named: BTreeSet<&str> = rows.iter().flat_map(|(modules, _)| modules).map(String::as_str).collect();
    let mut faults = Vec::new();
    for (modules, forbidden) in &rows {
        for module in modules {
            let files = files_of(module, &named);
            if files.is_empty() {
                faults.push(format!("ARCHITECTURE.md: the module `{module}` has no source file"));
            }
            for (path, text) in files {
                for (line, import) in imports(&path, &text) {
                    if let Some(name) = forbidden.iter().find(|name| is_below(&import, &full_name(name))) {
                        faults.push(format!("{path}:{line}: `{module}` must never import `{name}`, but here is `{import}`"));
                    }
                }
            }
        }
    }
    faults.dedup();
    assert!(faults.is_empty(), "\n{}\nThe rule is the table in ARCHITECTURE.md.", faults.join("\n"));
}

/// The rows of the table: the modules of a row, and what they never import.
fn table(text: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let mut lines = text.lines().skip_while(|line| !(line.contains("| module") && line.contains("never imports")));
    lines.next();
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').collect();
            (backquoted(cells[0]), backquoted(cells.last().unwrap()))
        })
        .collect()
}

fn backquoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The files of a module, those left out that belong to a module with a row of its own.
fn files_of(module: &str, named: &BTreeSet<&str>) -> Vec<(String, String)> {
    if module.starts_with("crates/") {
        return sources(&format!("{module}/src"));
    }
    let belongs = |path: &str, module: &str| path == format!("src/{module}.rs") || path.starts_with(&format!("src/{module}/"));
    let inner = |path: &str| named.iter().any(|other| other.starts_with(&format!("{module}/")) && belongs(path, other));
    sources("src").into_iter().filter(|(path, _)| belongs(path, module) && !inner(path)).collect()
}

/// `note` is a module of ours, `tera` a crate.
fn full_name(name: &str) -> String {
    let first = name.split("::").next().unwrap();
    if root().join(format!("src/{first}.rs")).is_file() { format!("crate::{name}") } else { name.to_owned() }
}

fn is_below(path: &str, above: &str) -> bool {
    path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with("::"))
}

/// Every path that a file names, with its line: `use` trees taken apart, `super` and `self` resolved. Its unit tests are passed over.
fn imports(file: &str, text: &str) -> Vec<(usize, String)> {
    let code = without_comments_and_strings(text.split("#[cfg(test)]\nmod ").next().unwrap());
    let here: Vec<&str> = match file.strip_prefix("src/") {
        Some(path) => std::iter::once("crate").chain(path.trim_end_matches(".rs").split('/')).collect(),
        None => vec!["crate"],
    };
    let mut found = Vec::new();
    let mut rest = 0;
    while rest < code.len() {
        let Some(at) = code[rest..].find(|c: char| c.is_alphanumeric() || c == '_').map(|at| rest + at) else { break };
        let line = code[..at].matches('\n').count() + 1;
        let (paths, end) = tree(&code, at);
        let mut paths = paths;
        rest = end.max(at + 1);
        if paths == ["use"] {
            let start = rest + code[rest..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
            (paths, rest) = tree(&code, start);
            rest = rest.max(start + 1);
            found.extend(paths.iter().map(|path| (line, resolve(&here, path))));
        } else {
            found.extend(paths.iter().filter(|path| path.contains("::")).map(|path| (line, resolve(&here, path))));
        }
    }
    found
}

/// The paths of the use tree (or plain path) at a place, and where it ends.
fn tree(code: &str, start: usize) -> (Vec<String>, usize) {
    let mut end = start;
    let mut path = String::new();
    loop {
        let rest = &code[end..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if word > 0 {
            path.push_str(&rest[..word]);
            end += word;
        } else if rest.starts_with('{') && (path.is_empty() || path.ends_with("::")) {
            let mut paths = Vec::new();
            end += 1;
            loop {
                end += code[end..].find(|c: char| !c.is_whitespace() && c != ',').unwrap_or(code.len() - end);
                if end >= code.len() || code[end..].starts_with('}') {
                    return (paths, (end + 1).min(code.len()));
                }
                let (inner, next) = tree(code, end);
                paths.extend(inner.into_iter().map(|inner| format!("{path}{inner}")));
                end = next.max(end + 1);
                // `name as other` and `*` end at the next comma or brace.
                end += code[end..].find([',', '}']).unwrap_or(code.len() - end);
            }
        }
        if !code[end..].starts_with("::") {
            return (vec![path.trim_end_matches("::").to_owned()], end);
        }
        path.push_str("::");
        end += 2;
        let next = code[end..].chars().next();
        if !next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '{') {
            return (vec![path.trim_end_matches("::").to_owned()], end);
        }
    }
}

fn resolve(here: &[&str], path: &str) -> String {
    let mut base: Vec<&str> = Vec::new();
    for part in path.split("::") {
        match part {
            "super" => {
                if base.is_empty() {
                    base = here.to_vec();
                }
                base.pop();
            }
            "self" if base.is_empty() => base = here.to_vec(),
            "self" => {}
            "biji" if base.is_empty() && here.len() > 1 => base.push("crate"),
            part => base.push(part),
        }
    }
    base.join("::")
}

/// The same text with comments and the contents of strings blanked, line breaks kept.
fn without_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if letter == 'r'
            && (rest.starts_with("r\"") || rest.starts_with("r#\""))
            && !out.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            let close = if rest.starts_with("r#") { "\"#" } else { "\"" };
            let open = if rest.starts_with("r#") { 3 } else { 2 };
            rest[open..].find(close).map_or(rest.len(), |end| open + end + close.len())
        } else if letter == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c: char| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\\"'") || rest.starts_with("'\\''") || rest.starts_with("'\\\\'") {
            4
        } else {
            out.push(letter);
            rest = &rest[letter.len_utf8()..];
            continue;
        };
        out.extend(rest[..taken].chars().filter(|c| *c == '\n'));
        out.push(' ');
        rest = &rest[taken..];
    }
    out
}

#[test]
fn the_reader_of_imports_sees_through_use_trees() {
    let text = "//! tera::x\nuse crate::{note::{self, Note}, site as s};\nuse std::{collections::*, fs};\nfn f() { super::theme::g(\"syntect::x\"); std::env::var(); }\n";
    let found: Vec<String> = imports("src/render/page.rs", text).into_iter().map(|(_, path)| path).collect();
    for path in
        ["crate::note", "crate::note::Note", "crate::site", "std::collections", "std::fs", "crate::render::theme::g", "std::env::var"]
    {
        assert!(found.iter().any(|found| found == path), "{path} in {found:?}");
    }
    assert!(!found.iter().any(|path| path.contains("tera") || path.contains("syntect")), "{found:?}");
}

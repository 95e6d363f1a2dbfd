//! What is not published must not be anywhere in the output: a unique word stands in every place of every private note, and no byte of
//! the site may hold it, compressed parts included.
//!
//! A public note may name a private one: its own text stays, as its writer published it (`[[name]]` shows `name`), but what stands
//! behind it, the address and the title, does not.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes a note private: its name, and the line in its front matter.
const PRIVATE: &[(&str, &str)] = &[
    ("one", "draft: true"),
    ("two", "publish: false"),
    ("three", "publish: perhaps"),
    ("four", "private: yes"),
    ("five", "publish: [open"),
    // These by the configuration: a folder, names of files, and whatever is not marked.
    ("six", "publish: true"),
    ("seven", "publish: true"),
    ("eight", "date: 2026-01-01"),
];

/// Ends every word that must not be found.
const CANARY: &str = "zzq";

fn private(name: &str, line: &str) -> String {
    let word = |place: &str| format!("{place}{name}{CANARY}");
    let (title, alias, tag, about, extra) = (word("title"), word("alias"), word("tag"), word("about"), word("extra"));
    let front_matter = format!(
        "---\ntitle: {title}\naliases: [{alias}, /old/{alias}/]\ntags: [{tag}]\ndescription: {about}\n{extra}: {extra}\npermalink: /{}.html\n{line}\n---\n",
        word("link")
    );
    let (heading, body, inline, image, code, block) =
        (word("heading"), word("body"), word("inline"), word("image"), word("code"), word("block"));
    format!(
        "{front_matter}# {heading}\n\n%%remark{name}{CANARY}%% {body} #{inline} ![]({image}.png)\n\n```rust title=\"{code}\"\nlet {code} = 1;\n```\n\ntext ^{block}\n\n[[public]]\n"
    )
}

/// A public note that refers to a private one in every way.
fn public(name: &str) -> String {
    let file = format!("folder{name}{CANARY}/file{name}{CANARY}.md");
    let stem = format!("file{name}{CANARY}");
    let heading = format!("heading{name}{CANARY}");
    format!(
        "[plain]({file}) [section]({file}#{heading}) [folder](folder{name}{CANARY}/) [reference][r]\n\n![alt]({file}) ![[{stem}]] ![[{stem}#{heading}]] \
         ![[{stem}#^block{name}{CANARY}]]\n\n[[{stem}|wiki]] [[{stem}#{heading}|wiki]] [[alias{name}{CANARY}|wiki]] [old](/old/alias{name}{CANARY}/) \
         [new](/link{name}{CANARY}.html)\n\n<a href=\"{file}\">html</a> <img src=\"{file}\" alt=\"html\">\n\n[r]: {file} \"title\"\n\n"
    )
}

const COMMENTS: &str = "# Public %%aZZQ%%\n\n---\n\nshown %%bZZQ%% text\n\n%%\ncZZQ\n\ndZZQ\n%%\n\n- [ ] task %%eZZQ%%\n\n| a | %%fZZQ%% |\n|---|---|\n| b | c |\n\n\
                        note[^1]\n\n[^1]: foot %%gZZQ%%\n\n## Section %%hZZQ%%\n\n> quoted %%iZZQ%%\n\n[link %%jZZQ%%](public.md)\n\n";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn nothing_private_is_in_the_output() {
    look(false);
}

#[test]
fn nothing_unmarked_is_in_the_output() {
    look(true);
}

fn look(is_marked: bool) {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &[u8]| {
        let file = folder.path().join("vault").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    let mut text = COMMENTS.replace("ZZQ", CANARY);
    for (name, line) in PRIVATE.iter().filter(|(name, _)| is_marked || *name != "eight") {
        put(&format!("folder{name}{CANARY}/file{name}{CANARY}.md"), private(name, line).as_bytes());
        put(&format!("folder{name}{CANARY}/image{name}{CANARY}.png"), b"picture");
        // What a note calls itself cannot be known of one that cannot be read.
        let readable = |line: &&str| *name != "five" || !line.contains("/old/");
        text.extend(public(name).split_inclusive("\n\n").filter(readable));
    }
    put("public.md", format!("---\npublish: true\n---\n{text}").as_bytes());
    // A note that could mention a private one, be mentioned by it, or share its alias.
    put("other.md", b"---\npublish: true\naliases: [Widget page, text]\n---\nAnother [note](public.md) here.\n");
    let publish = if is_marked { "marked" } else { "all" };
    let private = format!("[\"FOLDERsix{CANARY}\", \"fileseven*\", \"imageseven*\"]");
    put("biji.toml", format!("content = \".\"\npublish = \"{publish}\"\nprivate = {private}\n").as_bytes());
    put(&format!("open{CANARY}.md"), format!("---\ntitle: {CANARY}\npublish: false\n\nwithout end {CANARY}\n").as_bytes());
    put(&format!("unused{CANARY}.png"), b"picture");
    put(&format!(".obsidian/hidden{CANARY}.md"), CANARY.as_bytes());

    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        command.args(args).current_dir(folder.path()).env("HOME", folder.path()).env("BIJI_CACHE_DIR", folder.path().join("cache"));
        command.output().unwrap()
    };
    let built = run(&["build", "vault", "--base-url", "https://example.org/notes/"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));

    let output = folder.path().join("vault/public");
    let mut all = Vec::new();
    files(&output, &mut all);
    let mut compressed = 0;
    for file in &all {
        let mut bytes = fs::read(file).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut inside = Vec::new();
            flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut inside).unwrap();
            // The engine is a program, and random bytes hold every short word.
            bytes = if inside.starts_with(b"\0asm") { Vec::new() } else { inside };
            compressed += 1;
        }
        let is_engine = file.file_name().unwrap().to_string_lossy().starts_with("engine-");
        let text = if is_engine { String::new() } else { String::from_utf8_lossy(&bytes).to_lowercase() };
        let at = text.find(CANARY).map(|at| &text[text.floor_char_boundary(at.saturating_sub(80))..text.floor_char_boundary(at + 20)]);
        assert_eq!(at, None, "in {}", file.display());
        assert!(!file.strip_prefix(&output).unwrap().to_string_lossy().contains(CANARY), "{}", file.display());
    }
    assert!(compressed > 2 && all.len() > 10 && output.join("biji/graph.json").is_file(), "{all:?}");
    // The index holds its words in pieces: ask it.
    for query in [
        "bodyone",
        "titletwo",
        "inlineone",
        "headingthree",
        "codetwo",
        "filefour",
        "tagfive",
        "aliasone",
        "bodysix",
        "remarkseven",
        "titleseven",
        "blocksix",
        "a",
        "c",
        "g",
        "h",
        "",
    ] {
        let found = run(&["search", &format!("{query}{CANARY}"), "vault", "--json"]);
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        assert!(found.contains("\"total\":0"), "{query}: {found}");
    }
}

//! Every command that the manual and the README show is run: the blocks of `bash` of a page one after the other, in a folder with some notes.
//!
//! A block that cannot be run here has the reason in the line above it: `%% not run: … %%` in a note, `<!-- not run: … -->` elsewhere; neither is
//! seen by a reader. In a block of `console` the lines behind `$ ` are run. A block whose title is a path is that file from there on. `biji serve` is
//! stopped as soon as it tells its address.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests read and write files and may fail loudly")]
#![cfg(unix)]

#[path = "manual/fence.rs"]
mod fence;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fence::{Fence, fences};
use rayon::prelude::*;

/// What the pages talk about: a vault, and a wiki with notes for colleagues.
const FILES: &[(&str, &str)] = &[
    ("my-notes/index.md", "# My notes\n\n[[静态 Pod]], [[probes]]\n"),
    ("my-notes/probes.md", "# Probes\n\n`livenessProbe` has the kubelet restart a container.\n"),
    ("my-notes/静态 Pod.md", "# 静态 Pod\n\n由kubelet直接运行，见[[probes]]。\n"),
    ("我的笔记/静态Pod.md", "# 静态 Pod\n\n由kubelet直接运行，用livenessProbe检查。\n"),
    // `~/blog`: the folder above is the home.
    ("../blog/hugo.toml", "title = \"Blog\"\n"),
    ("../blog/content/posts/one.md", "+++\ntitle = \"One\"\n+++\nText.\n"),
    ("queries.txt", "kubelet\n静态Pod\n"),
    ("wiki/content/index.md", "# Guide\n\n[Install](guide/install.md)\n"),
    ("wiki/content/guide/install.md", "# Install\n\nAnyone may read this.\n"),
    ("wiki/content/guide/install.team.md", "# Install in our data centre\n\nThe jump host is zebra-host.\n"),
    ("wiki/content/team/on-call.md", "# On call\n\n![[zebra.png]] [[install]]\n"),
    ("wiki/content/team/zebra.png", "no real picture"),
];

/// `biji` as the pages call it. A preview takes any port, opens no browser and ends when it is ready.
const WRAPPER: &str = r#"#!/bin/bash
if [ "$1" != serve ]; then exec "$BIJI" "$@"; fi
arguments=()
for argument in "$@"; do [ "$argument" = --open ] || arguments+=("$argument"); done
case " $* " in *" --port "*) ;; *) arguments+=(--port 0) ;; esac
log=$(mktemp)
"$BIJI" "${arguments[@]}" >"$log" 2>&1 </dev/null &
for _ in $(seq 600); do
    if grep -q http:// "$log"; then break; fi
    if ! kill -0 $! 2>/dev/null; then break; fi
    sleep 0.05
done
kill $! 2>/dev/null
cat "$log"
grep -q http:// "$log"
"#;

#[derive(Debug)]
enum Block {
    /// Commands, the line of their fence, and why they are not run.
    Commands(String, usize, Option<String>),
    /// A file's path and text.
    File(String, String),
}

/// The blocks of commands and the files of a page.
fn blocks(page: &str) -> Vec<Block> {
    let lines: Vec<&str> = page.lines().map(|line| line.strip_prefix("> ").unwrap_or(line)).collect();
    let block = |fence: Fence| {
        let text = fence.text.trim_end();
        let script = match fence.info.split([' ', '{']).next().unwrap_or_default() {
            "bash" | "sh" | "shell" => text.to_owned(),
            "console" => text.lines().filter_map(|line| line.strip_prefix("$ ")).collect::<Vec<_>>().join("\n"),
            _ => {
                let title = fence.title().filter(|title| title.contains('.') && !title.starts_with('/') && !title.contains(".."))?;
                return Some(Block::File(title.to_owned(), fence.text.clone()));
            }
        };
        let above = lines[..fence.lines.start].last().map_or("", |line| line.trim());
        let reason = above.split_once("not run: ").map(|(_, reason)| reason.trim_end_matches(['%', '-', '>', ' ']).to_owned());
        Some(Block::Commands(script, fence.lines.start + 1, reason))
    };
    fences(&lines).into_iter().filter_map(block).collect()
}

/// The README files, and every page of the manual.
fn pages(root: &Path) -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = Vec::new();
    for folder in [root.to_owned(), root.join("content/manual")] {
        pages.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join("work").join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        write(folder.path(), path, text);
    }
    fs::create_dir_all(folder.path().join("bin")).unwrap();
    let wrapper = folder.path().join("bin/biji");
    fs::write(&wrapper, WRAPPER).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn run(folder: &Path, script: &str) -> Result<(), String> {
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).current_dir(folder.join("work")).stdin(Stdio::null());
    command.env("PATH", path).env("BIJI", env!("CARGO_BIN_EXE_biji")).env("HOME", folder).env("BIJI_CACHE_DIR", folder.join("cache"));
    command.env_remove("BIJI_UPDATE").env("LANG", "C.UTF-8").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn every_command_that_the_pages_show_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let faults: Vec<String> = pages(root)
        .par_iter()
        .flat_map_iter(|page| {
            let name = page.strip_prefix(root).unwrap().display().to_string();
            let folder = folder();
            let mut faults = Vec::new();
            for block in blocks(&fs::read_to_string(page).unwrap()) {
                match block {
                    Block::File(path, text) => write(folder.path(), &path, &text),
                    Block::Commands(_, _, Some(reason)) if reason.len() > 8 => {}
                    Block::Commands(_, line, Some(_)) => faults.push(format!("{name}:{line}: say why it is not run")),
                    Block::Commands(script, line, None) => {
                        if let Err(printed) = run(folder.path(), &script) {
                            faults.push(format!("{name}:{line}:\n{script}\n{printed}"));
                        }
                    }
                }
            }
            faults
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What `content/manual/team-wiki.md` promises: its two configurations, one vault, and no trace in the public site of what is for colleagues.
#[test]
fn a_wiki_for_two_audiences_keeps_them_apart() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/team-wiki.md")).unwrap();
    let folder = folder();
    let wiki = folder.path().join("work/wiki");
    for block in blocks(&page) {
        if let Block::File(path, text) = block {
            write(folder.path(), &path, &text);
        }
    }
    run(folder.path(), "biji build wiki --base-url https://example.org/ && biji build wiki --config wiki/team.toml").unwrap();
    let traces = ["zebra", "on-call", "On call", "data centre", "install.team", "team/"];
    let found = |site: &str| {
        let mut found = Vec::new();
        let mut open = vec![wiki.join(site)];
        while let Some(path) = open.pop() {
            let name = path.strip_prefix(wiki.join(site)).unwrap().display().to_string();
            let text = if path.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                String::new()
            } else {
                String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()
            };
            found.extend(
                traces.iter().filter(|trace| name.contains(*trace) || text.contains(*trace)).map(|trace| format!("{name}: {trace}")),
            );
        }
        found
    };
    assert_eq!(found("public"), Vec::<String>::new());
    for trace in traces {
        assert!(found("public-team").iter().any(|place| place.ends_with(trace)), "the colleagues' site has no {trace}");
    }
    // The search is packed, so it is asked.
    for (site, answer) in [("public", "0"), ("public-team", "1")] {
        let ask =
            format!("test \"$(biji search --json zebra-host --site wiki/{site} | grep -o '\"total\":[0-9]*')\" = '\"total\":{answer}'");
        run(folder.path(), &ask).unwrap();
    }
    // A link that would name a private note stops the public build.
    fs::write(wiki.join("content/index.md"), "# Guide\n\n[[on-call]]\n").unwrap();
    let printed = run(folder.path(), "biji build wiki --format short").unwrap_err();
    assert!(printed.contains("error[link-to-private]"), "{printed}");
}

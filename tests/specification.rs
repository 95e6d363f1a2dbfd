//! The examples of the manual's Markdown reference, `content/manual/markdown/*.md`: every one is a test.
//!
//! An example is a block of `markdown` followed by a block of `html`: the body of the page that it becomes, as `build` makes it. Several blocks of `markdown`, each with
//! a `title="path.md"`, are one example too: a folder of notes, of which the first is shown. A block of `text` behind the HTML holds the faults that are reported, one line
//! each: `line:column code`, with the note's path in front where it is not the first. `␣` is a space, `␉` a tab.
//!
//! `BIJI_UPDATE=1` writes the HTML and the faults anew from what is found, also where they are missing; whoever does that reads the difference.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "a test reads the disk and may fail loudly")]

mod whole;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use biji::config::Config;
use biji::diagnostic::Diagnostic;
use biji::text::Position;
use biji::theme::Theme;

/// What stands beside an example of one note.
const BESIDE: &[(&str, &str)] =
    &[("a.md", "# A\n\n## One\n\nText. ^block\n"), ("b.md", "# B\n"), ("c.md", "# C\n"), ("文档.md", "# 文档\n\n## 一、安装\n")];

/// Attachments beside every example.
const FILES: &[(&str, &str)] = &[("a.png", ""), ("a.mp3", ""), ("a.mp4", ""), ("a.pdf", ""), ("a.zip", "")];

/// Gives a note a title, so that its first heading stays in its body.
const TITLE: &str = "---\ntitle: An example\n---\n";

/// A part of a page.
enum Part {
    Prose(String),
    Example(Example),
}

#[derive(Default)]
struct Example {
    line: usize,
    /// Info strings and texts.
    files: Vec<(String, String)>,
    html: Option<String>,
    faults: Option<String>,
}

/// A fence's info string and text.
struct Fence {
    line: usize,
    info: String,
    text: String,
}

/// Cuts a page into prose and examples.
fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut prose = String::new();
    let mut example = Example::default();
    let mut blank = String::new();
    let mut lines = page.split_inclusive('\n').enumerate();
    while let Some((at, line)) = lines.next() {
        let length = line.bytes().take_while(|byte| *byte == b'`').count();
        if length < 3 {
            if line.trim().is_empty() && !example.files.is_empty() {
                blank.push_str(line);
                continue;
            }
            if !example.files.is_empty() {
                parts.push(Part::Example(std::mem::take(&mut example)));
                prose.push_str(&std::mem::take(&mut blank));
            }
            prose.push_str(line);
            continue;
        }
        let marks = &line[..length];
        let mut fence = Fence { line: at + 1, info: line[length..].trim().to_owned(), text: String::new() };
        for (_, line) in lines.by_ref().take_while(|(_, line)| line.trim_end() != marks) {
            fence.text.push_str(line);
        }
        match fence.info.split(' ').next().unwrap_or("") {
            "markdown" if example.html.is_none() => {
                if example.files.is_empty() {
                    example.line = fence.line;
                    if !prose.is_empty() {
                        parts.push(Part::Prose(std::mem::take(&mut prose)));
                    }
                }
                example.files.push((fence.info, fence.text));
            }
            "html" if !example.files.is_empty() && example.html.is_none() => example.html = Some(fence.text),
            "text" if example.html.is_some() => example.faults = Some(fence.text),
            other => panic!("line {}: a block of `{other}` is no part of an example here", fence.line),
        }
        blank.clear();
    }
    if !example.files.is_empty() {
        parts.push(Part::Example(example));
    }
    if !prose.is_empty() {
        parts.push(Part::Prose(prose));
    }
    parts
}

/// A block whose fence is longer than any in it.
fn block(info: &str, text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{text}{end}{fence}\n")
}

/// The body and the faults of an example.
fn render(theme: &Theme, example: &Example) -> (String, String) {
    let title = |info: &str| info.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(title, _)| title.to_owned());
    let mut files: Vec<(String, String)> = Vec::new();
    for (info, text) in &example.files {
        let path = title(info).unwrap_or_else(|| "note.md".into());
        files.push((path, text.replace('␣', " ").replace('␉', "\t")));
    }
    let first = files[0].0.clone();
    let has_title = files[0].1.starts_with("---\n") || files[0].1.starts_with("+++\n") || files.len() > 1;
    if !has_title {
        files[0].1.insert_str(0, TITLE);
    }
    let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    if files.len() == 1 {
        all.extend(BESIDE);
    }
    all.extend(FILES);
    let config = Config { language: Some("en".into()), ..Config::default() };
    let whole = whole::build(theme, config, &all);
    let page = whole.site.pages.iter().find(|page| page.note.path.as_str() == first);
    let mut html = page.and_then(|page| whole.page(page.url.as_str())).unwrap_or("").to_owned();
    // The examples are about other things than the language of passages.
    if files.iter().all(|(_, text)| !text.contains("lang=")) {
        for language in ["zh", "ja", "ko"] {
            html = html.replace(&format!(" lang=\"{language}\""), "");
        }
    }
    let mut faults = String::new();
    for fault in &whole.diagnostics {
        let _ = writeln!(faults, "{}", printed(fault, &first, if has_title { 0 } else { 3 }));
    }
    (html.trim().to_owned(), faults.trim().to_owned())
}

fn printed(fault: &Diagnostic, first: &str, lines: usize) -> String {
    let Some(file) = &fault.file else { return fault.code.as_str().to_owned() };
    let at = Position::of(&file.text, fault.span.unwrap_or_default().start as usize);
    let (path, line) = if &*file.path == first { (String::new(), at.line - lines) } else { (format!("{}:", file.path), at.line) };
    format!("{path}{line}:{} {}", at.column, fault.code.as_str())
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/markdown");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.file_stem().is_some_and(|stem| stem != "index"));
    pages.sort();
    pages
}

#[test]
fn the_manual_says_what_is_so() {
    let is_update = std::env::var_os("BIJI_UPDATE").is_some();
    let theme = whole::theme(true);
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in pages() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut written = String::new();
        for part in parts(&text) {
            let example = match part {
                Part::Prose(prose) => {
                    written.push_str(&prose);
                    continue;
                }
                Part::Example(example) => example,
            };
            count += 1;
            let (html, faults) = render(&theme, &example);
            let expected = (example.html.as_deref().unwrap_or("").trim_end(), example.faults.as_deref().unwrap_or("").trim_end());
            if (html.as_str(), faults.as_str()) != expected {
                wrong.push(format!(
                    "content/manual/markdown/{name}:{}\n{}--- expected\n{}\n{}\n--- found\n{html}\n{faults}\n",
                    example.line, example.files[0].1, expected.0, expected.1
                ));
            }
            let mut blocks: Vec<String> = example.files.iter().map(|(info, text)| block(info, text)).collect();
            blocks.push(block("html", &html));
            if !faults.is_empty() {
                blocks.push(block("text", &faults));
            }
            written.push_str(&blocks.join("\n"));
        }
        if is_update && written != text {
            std::fs::write(&path, written).unwrap();
        }
    }
    eprintln!("{count} examples");
    assert!(count >= 250, "the reference has {count} examples");
    assert!(wrong.is_empty() || is_update, "{} of {count} examples:\n{}", wrong.len(), wrong.join("\n"));
}

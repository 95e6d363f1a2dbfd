//! What Biji adds to CommonMark, by examples: `tests/markdown/*.txt`.
//!
//! An example is a line `@@ what it shows`, the Markdown, a line `=>`, and the HTML with its holes filled in the plainest way, one line
//! `! code line:column` for each fault, one line `# tag` for each tag. `␣` is a space at the end of a line. `BIJI_UPDATE=1` writes the files anew from what is
//! found; whoever does that reads the difference.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod plain;

use std::fmt::Write as _;
use std::path::Path;

use biji::note::{markdown::Options, parse};
use biji::path::SourcePath;
use biji::source::SourceFile;
use biji::text::Position;

fn render(markdown: &str) -> String {
    // With a title of its own the note's first heading stays in the body.
    let head = "---\ntitle: an example\n---\n";
    let source = SourceFile::new(SourcePath::new("note.md").unwrap(), "", format!("{head}{markdown}"));
    let (note, faults) = parse(&source, Options::default());
    let note = note.unwrap();
    let mut out = plain::plain(&note);
    for fault in faults {
        let at = Position::of(&source.file.text, fault.span.unwrap_or_default().start as usize);
        let _ = writeln!(out, "! {} {}:{}", fault.code.as_str(), at.line - 3, at.column);
    }
    for tag in &note.tags {
        let _ = writeln!(out, "# {tag}");
    }
    out
}

#[test]
fn examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markdown");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut faults = Vec::new();
    let mut count = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut written = text.split("@@ ").next().unwrap().to_owned();
        for example in format!("\n{text}").split("\n@@ ").skip(1) {
            count += 1;
            let (title, rest) = example.split_once('\n').unwrap_or_else(|| panic!("{name}: {example}"));
            let (markdown, html) = rest.split_once("\n=>").unwrap_or_else(|| panic!("{name}: `{title}` has no `=>`"));
            let found = render(&markdown.replace('␣', " "));
            if found.trim_end() != html.trim() {
                faults.push(format!(
                    "{name}: {title}\n--- markdown\n{markdown}\n--- expected\n{}\n--- found\n{}\n",
                    html.trim(),
                    found.trim_end()
                ));
            }
            let _ = write!(written, "@@ {title}\n{markdown}\n=>\n{}\n\n", found.trim_end());
        }
        if std::env::var_os("BIJI_UPDATE").is_some() {
            std::fs::write(&path, written.trim_end().to_owned() + "\n").unwrap();
        }
    }
    eprintln!("{count} examples");
    let is_update = std::env::var_os("BIJI_UPDATE").is_some();
    assert!(faults.is_empty() || is_update, "{} of {count} examples:\n{}", faults.len(), faults.join("\n"));
}

//! What a page weighs: its own HTML and the files it asks for, without the search, which loads when it is opened.

use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::vault;

/// Bytes of HTML, style and scripts of a plain note, without its text.
const PAGE: usize = 60_000;
/// Bytes of all scripts but those of the search, compressed.
const SCRIPTS: usize = 25_000;
/// Bytes of HTML before a note's own text, on a site of very many notes.
const FRAME: usize = 40_000;

#[test]
fn a_plain_note_is_light() {
    let folder = tempfile::tempdir().unwrap();
    let text = "一句话，没有别的。";
    std::fs::write(folder.path().join("note.md"), format!("# 平常的笔记\n\n{text}\n")).unwrap();
    let root = folder.path().join("public");
    vault::build_at(folder.path(), &root);
    let html = std::fs::read_to_string(root.join("note.html")).unwrap();
    let asked: Vec<&str> = html
        .split(['<', '>'])
        .filter(|tag| tag.starts_with("script ") || tag.starts_with("link rel=\"stylesheet\""))
        .filter_map(|tag| tag.split(" src=\"").nth(1).or_else(|| tag.split(" href=\"").nth(1))?.split('"').next())
        .collect();
    assert!(asked.contains(&"biji/biji.css") && asked.contains(&"biji/main.js"), "{asked:?}");
    assert_eq!(asked.iter().filter(|file| file.ends_with(".css")).count(), 1, "the first paint waits for one style sheet: {asked:?}");
    let sizes: Vec<(&str, usize)> = asked.iter().map(|file| (*file, size(&root.join(file)))).collect();
    let total = html.len() - text.len() + sizes.iter().map(|(_, size)| size).sum::<usize>();
    assert!(total <= PAGE, "{total} bytes, more than {PAGE}: {} of HTML, {sizes:?}", html.len());
}

#[test]
fn all_scripts_together_are_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/biji");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "js") {
            names.push(entry.path());
        }
    }
    names.sort();
    let mut each = 0;
    for name in &names {
        let text = std::fs::read(name).unwrap();
        encoder.write_all(&text).unwrap();
        let mut alone = GzEncoder::new(Vec::new(), Compression::new(9));
        alone.write_all(&text).unwrap();
        each += alone.finish().unwrap().len();
    }
    // A server compresses each by itself.
    assert!(each <= SCRIPTS, "{each} bytes, more than {SCRIPTS} ({} together): {names:?}", encoder.finish().unwrap().len());
}

#[test]
fn a_page_does_not_grow_with_the_site() {
    let folder = tempfile::tempdir().unwrap();
    for part in 0..12 {
        for below in 0..12 {
            let place = folder.path().join(format!("part {part}/below {below}"));
            std::fs::create_dir_all(&place).unwrap();
            for at in 0..7 {
                std::fs::write(place.join(format!("note {at} of a length that names have.md")), "text of the note\n").unwrap();
            }
        }
    }
    let root = folder.path().join("public");
    vault::build_at(folder.path(), &root);
    let html = std::fs::read_to_string(root.join("part-7/below-3/note-4-of-a-length-that-names-have.html")).unwrap();
    let frame = html.find("text of the note</p>").unwrap();
    assert!(frame < FRAME, "{frame} bytes before the text, more than {FRAME}");
    // The rest of the tree is there for whoever opens it.
    let script = std::fs::read_to_string(root.join("biji/tree/part-3/index.js")).unwrap();
    assert!(script.starts_with("bijiTree(\"part-3/index.html\",[[\"below 0\",\"part-3/below-0/index.html\",1],"), "{script}");
}

fn size(path: &Path) -> usize {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).len() as usize
}

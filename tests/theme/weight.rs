//! What a page weighs: its own HTML and the files it asks for, as they are published; without the search, which loads when it is opened.

use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::vault;

/// Bytes of HTML, style and scripts of a page of any kind, without its own text.
const PAGE: usize = 60_000;
/// The same of a plain note: no code, no headings, no special parts.
const PLAIN: usize = 48_000;
/// Bytes of the one script that stands before the first paint.
const FIRST: usize = 300;
/// Bytes of all scripts but those of the search, compressed.
const SCRIPTS: usize = 25_000;
/// Bytes of HTML before a note's own text, on a site of very many notes.
const FRAME: usize = 40_000;

/// The files that a page asks for: attributes of the element, and the file.
fn asked<'h>(html: &'h str, url: &str) -> Vec<(&'h str, String)> {
    let folder = url.rsplit_once('/').map_or("", |(folder, _)| folder);
    html.split(['<', '>'])
        .filter(|tag| tag.starts_with("script ") || tag.starts_with("link rel=\"stylesheet\""))
        .filter_map(|tag| {
            let reference = tag.split(" src=\"").nth(1).or_else(|| tag.split(" href=\"").nth(1))?.split('"').next()?;
            let (mut folder, mut file) = (folder, reference);
            while let Some(rest) = file.strip_prefix("../") {
                (folder, file) = (folder.rsplit_once('/').map_or("", |(above, _)| above), rest);
            }
            Some((tag, if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }))
        })
        .collect()
}

/// What a page is about, as HTML: of a note its text, of a list its entries.
fn own(html: &str) -> usize {
    let between = |start: &str, end: &str| Some(html.split_once(start)?.1.split_once(end)?.0.len());
    between("<div class=\"body\">", "</article>").or_else(|| between("<article", "</article>")).unwrap_or(0)
}

#[test]
fn every_page_is_light() {
    let (_keep, root) = vault::build();
    let put = tempfile::tempdir().unwrap();
    std::fs::write(put.path().join("平常.md"), "# 平常的笔记\n\n一句话，没有别的。\n").unwrap();
    let plain = put.path().join("public");
    vault::build_at(put.path(), &plain);
    let kinds = vault::KINDS.map(|(kind, url)| (kind, url, &root, PAGE)).into_iter();
    for (kind, url, root, most) in kinds.chain([("404", "404.html", &root, PAGE), ("plain", "平常.html", &plain, PLAIN)]) {
        let html = std::fs::read_to_string(root.join(url)).unwrap();
        let asked = asked(&html, url);
        let sizes: Vec<(&str, usize)> = asked.iter().map(|(_, file)| (&**file, size(&root.join(file)))).collect();
        let total = html.len() - own(&html) + sizes.iter().map(|(_, size)| size).sum::<usize>();
        assert!(total <= most, "{kind}: {total} bytes, more than {most}: {} of HTML, {sizes:?}", html.len());
        // What the first paint waits for.
        let blocking: Vec<&str> =
            asked.iter().filter(|(tag, _)| tag.starts_with("script ") && !tag.contains(" defer ")).map(|(_, file)| &**file).collect();
        assert_eq!(blocking, ["biji/theme.js"], "{kind}");
        let sheets = asked.iter().filter(|(tag, _)| tag.starts_with("link ")).count();
        assert!(kind != "plain" || sheets == 1, "the first paint waits for one style sheet: {asked:?}");
    }
    let first = size(&root.join("biji/theme.js"));
    assert!(first <= FIRST, "{first} bytes of script before the first paint, more than {FIRST}");
}

#[test]
fn all_scripts_together_are_small() {
    let (_keep, root) = vault::build();
    let mut each = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("static/biji")).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "js") {
            let text = std::fs::read(root.join("biji").join(entry.file_name())).unwrap();
            // A server compresses each by itself.
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(9));
            encoder.write_all(&text).unwrap();
            each += encoder.finish().unwrap().len();
        }
    }
    assert!(each <= SCRIPTS, "{each} bytes, more than {SCRIPTS}");
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

//! The CommonMark, GFM and parser's own examples, through `note::parse`.
//!
//! Holes are filled in the plainest way. What differs on purpose is listed one by one; an exception that starts to pass fails the test.
#![allow(clippy::unwrap_used)]

mod plain;

use std::collections::BTreeMap;
use std::path::Path;

use biji::note::{markdown::Options, parse};
use biji::path::SourcePath;
use biji::source::SourceFile;
use plain::plain;

#[derive(serde::Deserialize)]
struct Example {
    markdown: String,
    html: String,
    example: u32,
    section: String,
}

fn render(markdown: &str, extensions: bool) -> String {
    // With a title of its own the note's first heading stays in the body, and a line of dashes is no front matter.
    let source = SourceFile::new(SourcePath::new("note.md").unwrap(), "", format!("---\ntitle: an example\n---\n{markdown}"));
    let (note, _) = parse(&source, Options { extensions, ..Options::default() });
    plain(&note.unwrap_or_else(|| panic!("{markdown}")))
}

/// What is not significant, or differs throughout and on purpose.
fn normalize(html: &str, extensions: bool) -> String {
    let mut html = html.replace("&quot;", "\"").replace("<br>", "<br />").replace("<hr>", "<hr />");
    // Raw HTML's addresses go through `Link::target`, which has entities resolved.
    html = html.replace("\"&ouml;", "\"ö").replace("ö&ouml;", "öö");
    if extensions {
        for (ours, theirs) in [
            ("<div class=\"table\"><table>", "<table>"),
            ("</table></div>", "</table>"),
            (" class=\"align-left\"", " align=\"left\""),
            (" class=\"align-center\"", " align=\"center\""),
            (" class=\"align-right\"", " align=\"right\""),
            (" style=\"text-align: left\"", " align=\"left\""),
            (" style=\"text-align: center\"", " align=\"center\""),
            (" style=\"text-align: right\"", " align=\"right\""),
            ("<li class=\"task\">", "<li>"),
            ("<label>", ""),
            ("</label>", ""),
            // Ids that no heading can have, and what screen readers are told.
            ("\"#fn:", "\"#fn"),
            ("\"fn:", "\"fn"),
            ("\"#fnref:", "\"#fnref"),
            ("\"fnref:", "\"fnref"),
            (" role=\"doc-noteref\"", ""),
            (" role=\"doc-backlink\"", ""),
            (" role=\"doc-endnotes\"", ""),
        ] {
            html = html.replace(ours, theirs);
        }
        for number in 1..10 {
            html = html.replace(&format!(" aria-label=\"{number}\""), "");
        }
        html = without_heading_ids(&html);
        // The order of attributes, and white space between blocks.
        for checkbox in [
            "<input type=\"checkbox\" checked=\"\" disabled=\"\" />",
            "<input checked=\"\" disabled=\"\" type=\"checkbox\">",
            "<input checked=\"\" disabled=\"\" type=\"checkbox\" />",
            "<input disabled=\"\" type=\"checkbox\" checked=\"\"/>",
            "<input type=\"checkbox\" checked=\"\" disabled=\"\">",
        ] {
            html = html.replace(checkbox, "[x]");
        }
        for checkbox in [
            "<input type=\"checkbox\" disabled=\"\" />",
            "<input disabled=\"\" type=\"checkbox\">",
            "<input disabled=\"\" type=\"checkbox\" />",
            "<input disabled=\"\" type=\"checkbox\"/>",
        ] {
            html = html.replace(checkbox, "[ ]");
        }
        let mut out = String::new();
        for piece in html.split_inclusive('>') {
            let (text, tag) = piece.find('<').map_or((piece, ""), |at| piece.split_at(at));
            out.push_str(text.split('\n').map(str::trim).collect::<Vec<_>>().join("\n").trim_matches('\n'));
            out.push_str(tag);
        }
        html = out.replace("<tbody></tbody>", "").replace("[ ]\n", "[ ] ").replace("[x]\n", "[x] ");
    }
    html.trim_end().to_owned()
}

fn without_heading_ids(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<h") {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let is_heading = tag.as_bytes().get(2).is_some_and(|level| (b'1'..=b'6').contains(level));
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        if is_heading {
            let start = tag[..end].find(" id=\"");
            match start.and_then(|start| tag[start + 5..end].find('"').map(|length| (start, start + 5 + length + 1))) {
                Some((start, stop)) => {
                    out.push_str(&tag[..start]);
                    out.push_str(&tag[stop..end]);
                }
                None => out.push_str(&tag[..end]),
            }
        } else {
            out.push_str(&tag[..end]);
        }
        rest = &tag[end..];
    }
    out + rest
}

/// Runs a file's examples of the chosen sections. `exceptions` maps numbers to reasons.
#[must_use]
fn run(file: &str, extensions: bool, wanted: impl Fn(&Example) -> bool, exceptions: &[(u32, &str)]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/commonmark").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "the examples of {file} are absent");
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: the examples of {file} are absent");
        }
        return Vec::new();
    };
    let examples: Vec<Example> = serde_json::from_str(&text).unwrap();
    let exceptions: BTreeMap<u32, &str> = exceptions.iter().copied().collect();
    let mut faults = Vec::new();
    let mut count = 0;
    for example in examples.iter().filter(|example| wanted(example)) {
        count += 1;
        let found = normalize(&render(&example.markdown, extensions), extensions);
        let expected = normalize(&example.html, extensions);
        match (found == expected, exceptions.get(&example.example)) {
            (true, Some(reason)) => faults.push(format!("{file}: example {} passes although: {reason}", example.example)),
            (false, None) => faults.push(format!(
                "{file}: example {} ({})\n--- markdown\n{}\n--- expected\n{expected}\n--- found\n{found}\n",
                example.example, example.section, example.markdown
            )),
            _ => {}
        }
    }
    assert!(count > 0, "no example was chosen");
    faults
}

fn check(faults: &[String]) {
    assert!(faults.is_empty(), "{} examples:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn commonmark() {
    check(&run("commonmark.json", false, |_| true, &[]));
}

#[test]
fn gfm() {
    let sections = ["Tables (extension)", "Task list items (extension)", "Strikethrough (extension)", "Autolinks (extension)"];
    check(&run("gfm.json", true, |example| sections.contains(&example.section.as_str()), &[]));
}

#[test]
fn gfm_extensions() {
    let exceptions =
        [(20, "the example says only that nothing crashes"), (22, "raw HTML is not filtered, but kept from reaching beyond its paragraph")];
    check(&run("gfm-extensions.json", true, |_| true, &exceptions));
}

/// Why some examples differ.
const TAG: &str = "a word behind `#` is a tag";

const SUBSCRIPT: &str = "a word between two tildes behind a letter is a subscript";
const BRACES: &str = "braces that ask for nothing are text, as in `## {{ .Values }}`";

/// The parser's own examples of the extensions that are on.
#[test]
fn parser() {
    let mut faults = Vec::new();
    // Not here: `footnotes` and `blockquotes_tags`, which show the parser's own layout (`note.rs` tests ours), and `math`, which shows no
    // MathML.
    for (file, exceptions) in [
        ("table", &[][..]),
        ("strikethrough", &[(8, SUBSCRIPT), (9, SUBSCRIPT)]),
        ("definition_lists", &[]),
        (
            "heading_attrs",
            &[
                (6, "an address in running text becomes a link"),
                (12, TAG),
                (13, TAG),
                (14, TAG),
                (20, "an attribute whose name HTML cannot have is left out"),
                (23, BRACES),
                (28, BRACES),
                (36, BRACES),
                (38, BRACES),
                (39, BRACES),
            ],
        ),
        (
            "wikilinks",
            &[
                (5, "an address in running text becomes a link"),
                (16, "a link without text cannot be seen, so it shows its target"),
                (22, "the backslash of an escaped `|`, as tables need it, is none of the target's"),
                (23, "a `#` starts a heading's name, and is shown as such"),
            ],
        ),
    ] {
        faults.extend(run(&format!("pulldown-cmark/{file}.json"), true, |_| true, exceptions));
    }
    check(&faults);
}

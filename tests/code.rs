//! Blocks of code through all phases: what is included is searched where it is shown, and what is private leaves nothing.
#![allow(clippy::unwrap_used)]

mod whole;

use biji::config::Config;
use biji::diagnostic::Code;
use biji::path::SourcePath;
use biji::site::privacy::audit;
use biji::source::Attachment;

fn private() -> Config {
    Config { private: vec!["secret".into()], ..Config::default() }
}

#[test]
fn an_included_file_is_searched_where_it_is_shown_and_known_as_a_dependency() {
    let note = "# A\n\nBefore [link](b.md) `x`.\n\n```yaml file=\"pod.yaml\"\n```\n\nAfter `y` [link](b.md).\n\n```js\nf();\n```\n\n## B\n\n```text file=\"pod.yaml\" lines=\"2\"\n```\n\nEnd.\n";
    let files = [("k8s/a.md", note), ("k8s/b.md", "# B\n"), ("k8s/pod.yaml", "种类: Pod\nname: web\n"), ("k8s/other.txt", "x")];
    let whole = whole::build(&whole::theme(true), Config::default(), &files);
    assert_eq!(whole.diagnostics, []);
    let note = &whole.site.pages[0].note;
    let section = &note.sections[0];
    assert_eq!(section.text, "Before link x.\n种类: Pod\nname: web\nAfter y link.\nf();\n");
    let code: Vec<&str> = section.code.iter().map(|span| &section.text[span.range()]).collect();
    assert_eq!(code, ["种类: Pod\nname: web\n", "f();\n"]);
    let verbatim: Vec<&str> = section.verbatim.iter().map(|span| &section.text[span.range()]).collect();
    assert_eq!(verbatim, ["x", "y"]);
    let links: Vec<&str> = section.links.iter().map(|(_, span)| &section.text[span.range()]).collect();
    assert_eq!(links, ["link", "link"]);
    assert_eq!(note.sections[1].text, "name: web\nEnd.\n");
    let includes: Vec<String> = whole.site.includes.iter().map(|(note, file)| format!("{note} {file}")).collect();
    assert_eq!(includes, ["k8s/a.md k8s/pod.yaml"]);
    let attachments: Vec<Attachment> =
        ["k8s/other.txt", "k8s/pod.yaml"].map(|path| Attachment { path: SourcePath::new(path).unwrap(), size: 1, pixels: None }).into();
    let fates: Vec<Option<&str>> = audit(&whole.site, Vec::new(), &attachments)
        .iter()
        .map(|verdict| verdict.fate.as_ref().err().map(|reason| reason.as_str()))
        .collect();
    assert_eq!(fates, [None, None, Some("unused"), Some("included")]);
    // The file itself is no part of the site.
    assert!(whole.artifacts.iter().all(|artifact| !artifact.path.as_str().contains("pod.yaml")));
}

#[test]
fn a_private_file_leaves_nothing() {
    let note =
        "# A\n\n```yaml file=\"secret/key.yaml\" title=\"密码文件\" region=\"one\"\n```\n\n```yaml file=\"../secret/key.yaml\"\n```\n";
    let files = [("a.md", note), ("secret/key.yaml", "# region one\npassword: 12345\n# endregion\n"), ("b.md", "# B\n")];
    let whole = whole::build(&whole::theme(false), private(), &files);
    let codes: Vec<Code> = whole.diagnostics.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, [Code::CodeInclude, Code::CodeInclude]);
    assert!(whole.site.includes.is_empty());
    for artifact in &whole.artifacts {
        let text = whole.page(artifact.path.as_str()).unwrap_or("");
        for secret in ["12345", "key.yaml", "密码文件"] {
            assert!(!text.contains(secret), "{} has {secret}", artifact.path);
        }
    }
    for document in biji::index::documents(&whole.site) {
        assert!(!format!("{document:?}").contains("12345"));
    }
}

#[test]
fn a_private_note_reads_no_file() {
    let files = [("a.md", "---\npublish: false\n---\n```text file=\"x.txt\"\n```\n"), ("x.txt", "geheim"), ("b.md", "# B\n")];
    let whole = whole::build(&whole::theme(false), Config::default(), &files);
    assert!(whole.site.includes.is_empty());
    assert!(whole.artifacts.iter().all(|artifact| !whole.page(artifact.path.as_str()).unwrap_or("").contains("geheim")));
}

/// Where faults stand: the words themselves, in the file.
#[test]
fn faults_point_at_the_word() {
    for (info, wanted) in [
        ("js tilte=\"x\"", vec!["tilte"]),
        ("js {1} blink, wobble", vec!["blink", "wobble"]),
        ("js hl_lines=\"a\"", vec!["hl_lines=\"a\""]),
        ("js {1", vec!["{1"]),
        ("js title=\"x", vec!["title=\"x"]),
        ("js:wobble", vec!["wobble"]),
        ("js 中文 =x", vec!["中文", "=", "x"]),
        ("js {} [", vec!["{}", "["]),
        ("js linenums=\"many\" region=x", vec!["linenums=\"many\"", "region=x"]),
    ] {
        let note = format!("# A\n\n```{info}\nf();\n```\n");
        let whole = whole::build(&whole::theme(true), Config::default(), &[("a.md", &note)]);
        let found: Vec<&str> = whole.diagnostics.iter().map(|fault| &note[fault.span.unwrap().range()]).collect();
        assert!(whole.diagnostics.iter().all(|fault| fault.code == Code::CodeAttribute && fault.hint.is_some()), "{info}");
        assert_eq!(found, wanted, "{info}: {:?}", whole.diagnostics);
    }
}

/// Spellings that say the same.
#[test]
fn spellings_of_other_tools() {
    let page = |info: &str| {
        let note = format!("# A\n\n```{info}\none\ntwo\nthree\nfour\nfive\n```\n");
        let whole = whole::build(&whole::theme(true), Config::default(), &[("a.md", &note)]);
        assert_eq!(whole.diagnostics, [], "{info}");
        whole.page("a.html").unwrap().to_owned()
    };
    for same in [
        vec![
            "js {1,3-5}",
            "js{1,3-5}",
            "js hl_lines=\"1 3-5\"",
            "js highlight=1,3-5",
            "js mark={1,3-5}",
            "{.js hl_lines=\"1 3-5\"}",
            "js, hl_lines=1 3-5",
            "js {hl_lines=[1,\"3-5\"]}",
        ],
        vec![
            "js title=\"a b.js\"",
            "js title='a b.js'",
            "js [a b.js]",
            "js filename=\"a b.js\"",
            "js file=\"a b.js\"",
            "{.js title=\"a b.js\"}",
        ],
        vec!["js title=\"a.js\"", "js:a.js", "js title=a.js", "js [a.js]"],
        vec![
            "js linenums=\"1\"",
            "js showLineNumbers",
            "js:line-numbers",
            "js linenos",
            "js {linenos=table}",
            "{.js .numberLines}",
            "js :line-numbers=1",
        ],
        vec![
            "js linenums=\"7\"",
            "js showLineNumbers=7",
            "js:line-numbers=7",
            "js linenos linenostart=7",
            "{.js .numberLines startFrom=\"7\"}",
            "js showLineNumbers startLineNumber=7",
        ],
        vec!["js", "js:no-line-numbers", "js linenos=false", "JS", "{.js}", "js copy", ".js"],
        vec!["js del={1} ins={2-3}", "js del=\"1\" ins=\"2 3\""],
        vec!["", "{}", "text"].into_iter().filter(|info| *info != "{}").collect(),
    ] {
        let first = page(same[0]);
        for other in &same[1..] {
            assert_eq!(page(other), first, "{other} and {}", same[0]);
        }
    }
}

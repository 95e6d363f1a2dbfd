//! Notes: tables of what is written and what is read from it.
#![allow(clippy::unwrap_used)]

use biji::note::markdown::Options;
use biji::note::{Fill, LinkKind, Note, parse};
use biji::path::SourcePath;
use biji::source::SourceFile;
use biji::text::Position;
use proptest::prelude::*;

fn read(text: &str) -> (Option<Note>, Vec<String>) {
    let source = SourceFile::new(SourcePath::new("folder/note.md").unwrap(), "", text);
    let (note, diagnostics) = parse(&source, Options::default());
    let printed = diagnostics.iter().map(|diagnostic| {
        let at = Position::of(text, diagnostic.span.unwrap_or_default().start as usize);
        format!("{}:{} {}", at.line, at.column, diagnostic.code.as_str())
    });
    (note, printed.collect())
}

fn note(text: &str) -> Note {
    read(text).0.unwrap_or_else(|| panic!("{text}"))
}

fn visible(text: &str) -> String {
    note(text).sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("¦")
}

#[test]
fn containers_hold_what_notes_hold() {
    let text = "A\n::: details More **here** [[b]]\n## Part\n- [c](c.md)\n:::\n\n::: code-group\n```sh [npm]\na b\n```\n:::\n\n::: figure Caption\n![alt](p.png)\n:::\n";
    let note = note(text);
    assert_eq!(note.outline.iter().map(|heading| heading.text.as_str()).collect::<Vec<_>>(), ["Part"]);
    assert_eq!(note.links.iter().map(|link| link.target.as_str()).collect::<Vec<_>>(), ["b", "c.md", "p.png"]);
    assert_eq!(visible(text), "A\nMore here b\n¦c\nnpm\na b\nalt\nCaption\n");
    assert_eq!((note.code[0].info.as_str(), note.code[0].text.as_str()), ("sh [npm]", "a b\n"));
    assert_eq!(note.code[0].attributes.title, "", "the tab's label has it");
    assert_eq!(&text[note.links[0].span.range()], "b");
    // Where the fences of a container stand inside code, they are code.
    assert_eq!(visible("::: tip\n```\n::: tip\n:::\n```\n:::\n"), "::: tip\n:::\n");
}

#[test]
fn front_matter_faults() {
    for (text, is_read, faults) in [
        ("---\ntitle: a\n---\n", true, ""),
        ("---\r\ntitle: a\r\ndraft: maybe\r\n---\r\nx", true, "3:8 wrong-type"),
        ("---\ntitle: [a]\n---\n", true, "2:8 wrong-type"),
        ("---\ntitel: a\n---\n", true, "2:1 unknown-key"),
        ("---\nauthor: a\ncssclass: b\nx: 1\n---\n", true, ""),
        ("---\ndate: yesterday\n---\n", true, "2:7 wrong-type"),
        ("---\na: 1\nb: [1\n---\n", false, "3:4 front-matter"),
        ("---\ntitle: a: b\n---\n", false, "2:9 front-matter"),
        ("---\npublish:false\n---\n", false, "2:1 front-matter"),
        ("---\npublish: false\n\n# no end\n", false, "1:1 front-matter"),
        ("+++\ntitle = \"a\"\ndraft = \"no idea\"\n+++\n", true, "3:9 wrong-type"),
        ("+++\ntitle = a\n+++\n", false, "2:9 front-matter"),
        ("---\n\ntext\n---\n", true, ""),
        ("---\n---\n", true, ""),
        ("\n---\ntitle: [\n---\n", true, ""),
        ("---\norder: first\ntags: {a: b}\n---\n", true, "2:8 wrong-type, 3:7 wrong-type"),
    ] {
        let (note, found) = read(text);
        assert_eq!((note.is_some(), found.join(", ").as_str()), (is_read, faults), "{text}");
    }
}

#[test]
fn front_matter_bombs_are_held_back() {
    let mut bomb = String::from("---\na: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f")] {
        bomb.push_str(&format!("{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n"));
    }
    bomb.push_str("---\n");
    let deep = format!("---\na: {}\n---\n", "[".repeat(10_000));
    let deep_toml = format!("+++\na = {}\n+++\n", "[".repeat(10_000));
    for text in [bomb, deep, deep_toml] {
        let (note, faults) = read(&text);
        assert!(note.is_none());
        assert_eq!(faults.len(), 1);
    }
}

#[test]
fn front_matter_fields() {
    let yaml = "---\nTitle: 1.10\ncreated: 2024-01-02\ntags: a, b\ncategories: [[c, d], a]\nalias: one\nweight: '3'\npublished: yes\nurl: /x\nmood: good\nextra:\n  n: 1\n---\nbody";
    let read = note(yaml).front_matter;
    assert_eq!(read.title.as_deref(), Some("1.10"));
    assert_eq!(read.date.as_deref(), Some("2024-01-02"));
    assert_eq!(read.tags, ["a", "b", "c", "d"]);
    assert_eq!(read.aliases, ["one"]);
    assert_eq!((read.order, read.publish, read.draft), (Some(3.0), Some(true), false));
    assert_eq!(read.permalink.as_deref(), Some("/x"));
    assert_eq!(serde_json::to_string(&read.extra).unwrap(), "{\"mood\":\"good\",\"n\":1}");
    let toml = "+++\ntitle = 'T'\ndate = 2024-01-02T03:04:05Z\ndraft = true\n[taxonomies]\ntags = ['x']\n+++\nbody";
    let read = note(toml).front_matter;
    assert_eq!((read.title.as_deref(), read.date.as_deref()), (Some("T"), Some("2024-01-02T03:04:05Z")));
    assert_eq!((read.tags.as_slice(), read.draft), (["x".to_owned()].as_slice(), true));
    for (text, draft, publish) in [
        ("draft: maybe", true, None),
        ("draft: 'false'", false, None),
        ("publish: [x]", false, Some(false)),
        ("publish:", false, None),
        ("publish: true\npublished: false", false, Some(false)),
        ("private: true", false, Some(false)),
    ] {
        let read = note(&format!("---\n{text}\n---\n")).front_matter;
        assert_eq!((read.draft, read.publish), (draft, publish), "{text}");
    }
}

#[test]
fn titles() {
    for (text, title, body) in [
        ("# One `two`\n\ntext", "One two", "<p>text</p>\n"),
        ("<!-- x -->\n\n# One\n", "One", "<!-- x -->\n"),
        ("---\ntitle: Other\n---\n## a", "Other", "<h2 id=\"\">a</h2>\n"),
        ("---\ntitle: One\n---\n# One\ntext", "One", "<p>text</p>\n"),
        ("text", "note", "<p>text</p>\n"),
        ("## Two\n\n```sh\n# no heading\n```\n", "Two", "\n"),
        ("## Two\n\n### x {#x}\n", "Two", "<h3 id=\"\">x</h3>\n"),
        ("## One\n## Two\n", "note", "<h2 id=\"\">One</h2>\n<h2 id=\"\">Two</h2>\n"),
    ] {
        let note = note(text);
        assert_eq!((note.title.as_str(), note.body.html.as_str()), (title, body), "{text}");
    }
}

#[test]
fn links() {
    use LinkKind::{Embed, HtmlLink, HtmlSource, Image, Link, Wikilink};
    for (text, kind, target, shown, source) in [
        ("[a *b*](c.md \"t\")", Link, "c.md", "a b", "c.md"),
        ("[a](<c d.md>)", Link, "c d.md", "a", "c d.md"),
        ("[](c.md)", Link, "c.md", "", "c.md"),
        ("[a](b_(c).md#d)", Link, "b_(c).md#d", "a", "b_(c).md#d"),
        ("[a](b\\&amp;c)", Link, "b&amp;c", "a", "b\\&amp;c"),
        ("[静态](静态%20Pod.md)", Link, "静态%20Pod.md", "静态", "静态%20Pod.md"),
        ("[a][r]\n\n[r]: c.md", Link, "c.md", "a", "[a][r]"),
        ("<https://a.b>", Link, "https://a.b", "https://a.b", "https://a.b"),
        ("x https://a.b/c.", Link, "https://a.b/c", "https://a.b/c", "https://a.b/c"),
        ("![a|100](b.png)", Image, "b.png", "a|100", "b.png"),
        ("![](b.png)", Image, "b.png", "", "b.png"),
        ("[[a b#c]]", Wikilink, "a b#c", "", "a b#c"),
        ("[[a|b]]", Wikilink, "a", "b", "a"),
        ("| x |\n|--|\n| [[a\\|b]] |", Wikilink, "a", "b", "a"),
        ("![[a.png]]", Embed, "a.png", "", "a.png"),
        ("![[a.png|100]]", Embed, "a.png", "100", "a.png"),
        ("x <a href=\"b&amp;c\">t</a>", HtmlLink, "b&c", "t", "b&amp;c"),
        ("> <img\n> src=x.png alt=y>", HtmlSource, "x.png", "y", "x.png"),
        ("<div>\n<video poster='p.png'></video>\n</div>", HtmlSource, "p.png", "", "p.png"),
    ] {
        let note = note(text);
        let link = note.links.first().unwrap_or_else(|| panic!("{text}"));
        let found = (link.kind, link.target.as_str(), link.text.as_str(), &text[link.span.range()]);
        assert_eq!(found, (kind, target, shown, source), "{text}");
        assert_eq!(note.links.len(), 1, "{text}");
    }
    let set: Vec<String> = note("<img srcset=\"a.png 1x, b.png 2x\">").links.into_iter().map(|link| link.target).collect();
    assert_eq!(set, ["a.png", "b.png"]);
}

#[test]
fn anchors() {
    for (text, anchors, faults) in [
        ("# t\n## a\n## a\n## a-1\n", "t a a-1 a-1-1", ""),
        ("# t\n## a\n## b {#a}\n", "t a-1 a", ""),
        ("# t\n## b {#a}\n## c {#a}\n", "t a a-1", "3:1 duplicate-anchor"),
        ("# t\n## ？\n## !\n", "t section section-1", ""),
        ("# t\n<a id=\"a\"></a>\n## a\n", "t a-1", ""),
        ("# t\n\n<i id=a></i><i id=a></i>\n", "t", "3:19 duplicate-anchor"),
        ("# t\n## 静态 Pod\n", "t 静态-pod", ""),
    ] {
        let (note, found) = read(text);
        let shown: Vec<String> = note.unwrap().outline.iter().map(|heading| heading.anchor.to_string()).collect();
        assert_eq!((shown.join(" ").as_str(), found.join(", ").as_str()), (anchors, faults), "{text}");
    }
}

#[test]
fn sections() {
    for (text, expected) in [
        ("# t\na\n\n## b\n*c* `d`\n", "a\n¦c d\n"),
        ("- a\n- b\n\n| c | d |\n|--|--|\n| e | f |\n", "a\nb\nc\nd\ne\nf\n"),
        ("![alt](x.png) ![[y.png]] [l](z)", "alt  l\n"),
        ("```yaml\na: b\n```\nc", "a: b\nc\n"),
        ("a <!-- b --><b hidden>c</b> <i>d</i> &amp;", "a  d &\n"),
        ("<div><p>a &lt; b</p><script>c</script><td>d</td></div>", "a < b\nd\n"),
        ("a $x^2$ b", "a x^2 b\n"),
        ("a[^1]\n\n[^1]: b\n[^2]: c\n\n## d", "a\nb\n¦"),
        ("[[a#b]] [[#c]] [[d|e]]", "a > b c e\n"),
        ("", ""),
    ] {
        assert_eq!(visible(text), expected, "{text}");
    }
    let sections = note("a\n\n```\ncode\n```\n").sections;
    assert_eq!(&sections[0].text[sections[0].code[0].range()], "code\n");
}

#[test]
fn soft_breaks() {
    for (text, html, shown) in [
        ("静态\n容器", "<p>静态容器</p>\n", "静态容器\n"),
        ("静态，\n**容器**", "<p>静态，<strong>容器</strong></p>\n", "静态，容器\n"),
        ("静态\nPod", "<p>静态\nPod</p>\n", "静态 Pod\n"),
        ("static\npod", "<p>static\npod</p>\n", "static pod\n"),
        ("静态\n`容器`", "<p>静态\n<code>容器</code></p>\n", "静态 容器\n"),
        ("정적\n파드", "<p>정적\n파드</p>\n", "정적 파드\n"),
    ] {
        let note = note(text);
        assert_eq!((note.body.html.as_str(), note.sections[0].text.as_str()), (html, shown), "{text}");
    }
}

#[test]
fn comments() {
    for (text, faults) in [
        ("a %%SECRET%% b", ""),
        ("%%SECRET%%\n\ntext", ""),
        ("a\n\n%%\nSECRET\n\n```\nSECRET\n%%\n\nb", ""),
        ("- a\n  %%SECRET%%\n- b", ""),
        ("> %% SECRET\n> SECRET %%\n> b", ""),
        ("# a %%SECRET%%\n", ""),
        ("[a](b.md)%%SECRET%%", ""),
        ("costs $5 %%SECRET%% or $6", ""),
        ("`a` %%SECRET%% `b`", ""),
        ("a ` b %%SECRET%%\n\n` c", ""),
        ("```\ncode\n```\n%%SECRET%%", ""),
        ("- a\n\n    %%SECRET%%\n", ""),
        ("| a |\n|--|\n| %%SECRET%% |\n", ""),
        ("a\n%% SECRET\nSECRET", "2:1 unclosed-comment"),
        ("[a](x)\n%%[SECRET](SECRET.md) ![[SECRET]]%%", ""),
    ] {
        let (note, found) = read(text);
        let note = note.unwrap();
        let everything = format!("{:?} {:?} {:?} {:?} {} {:?}", note.body, note.outline, note.links, note.sections, note.title, note.code);
        assert!(!everything.contains("SECRET"), "{text}: {everything}");
        assert!(!everything.contains("\\u{1a}"), "{text}: {everything}");
        assert_eq!(found.join(", "), faults, "{text}");
    }
    for (text, shown) in [
        ("`%%kept%%`", "%%kept%%\n"),
        ("```\n%%kept%%\n```", "%%kept%%\n"),
        ("x\n\n    %%kept%%\n", "x\n%%kept%%\n"),
        ("\\%%kept", "%%kept\n"),
        ("[a](x%%20y%%z)", "a\n"),
        ("100% of 5%", "100% of 5%\n"),
    ] {
        let (note, found) = read(text);
        assert_eq!((note.unwrap().sections[0].text.as_str(), found.len()), (shown, 0), "{text}");
    }
}

#[test]
fn html() {
    for (text, html) in [
        ("<div>\n\na", "<div>\n<p>a</p>\n</div>"),
        ("a</div>", "<p>a</p>\n"),
        ("<!-- a", "<!-- a-->"),
        ("<b>a", "<p><b>a</b></p>\n"),
        ("<script>a", "<script>a</script>"),
        ("x <plaintext> y", "<p>x  y</p>\n"),
        ("> [!NOTE]\n> a", "<div class=\"callout note\" role=\"note\">\n<p class=\"callout-title\"></p>\n<p>a</p>\n</div>\n"),
        ("- [x] a", "<ul>\n<li class=\"task\"><label><input type=\"checkbox\" checked=\"\" disabled=\"\" /> a</label></li>\n</ul>\n"),
        ("a\0b", "<p>a\u{fffd}b</p>\n"),
        ("$\\oops{$", "<p>$\\oops{$</p>\n"),
        ("\u{1a}\n\n![[a]]", "<p></p>\n"),
        ("{{ .Values.x }}", "<p>{{ .Values.x }}</p>\n"),
    ] {
        assert_eq!(note(text).body.html, html, "{text}");
    }
}

#[test]
fn maths() {
    let (note, faults) = read("x $\\notacommand$ and $a^2$, but $5 and $6");
    let html = note.unwrap().body.html;
    assert!(html.contains("<code class=\"math\">\\notacommand</code>"), "{html}");
    assert!(html.contains("<math") && html.ends_with("but $5 and $6</p>\n"), "{html}");
    assert_eq!(faults, ["1:3 math"]);
    assert!(!crate::note("$\\color{red} x \\quad \\textcolor{blue}{y}$").body.html.contains("style="));
}

#[test]
fn deep_formulas() {
    for unit in
        ["{", "{}", "\\sqrt", "\\sqrt{", "x^", "\\frac", "\\left(", "\\text{", "\\not", "\\begin{matrix}", "\\mathbf", "\\hat", "\\overset"]
    {
        check_any(&format!("${}x$", unit.repeat(4_000 / unit.len())));
        check_any(&format!("${}x{}$", unit.repeat(1_000), "}".repeat(1_000)));
    }
}

/// What must be finished, whatever it looks like. Bounded by size: where time grows with the square, this never ends.
#[test]
fn stress() {
    const SIZE: usize = 300_000;
    for unit in [
        "a",
        ">",
        "> ",
        "- ",
        "1. ",
        "[",
        "![",
        "[[",
        "![[",
        "]",
        "](",
        "*",
        "**a ",
        "_a",
        "~",
        "`",
        "`a``b",
        "$",
        "$$ ",
        "$a$ ",
        "${",
        "<",
        "<a ",
        "<a>",
        "<div>",
        "</div>",
        "<!--",
        "<!-- a\n\n",
        "<script>",
        "&",
        "&amp;",
        "&#",
        "\\",
        "%%",
        "%% ",
        "%%a",
        "|",
        "a|b\n-|-\n",
        "\n",
        "\r",
        "\0",
        "#",
        "# a\n",
        "[^a]",
        "[^a]: b\n\n",
        ": a\n",
        "a\n: b\n\n",
        "http://",
        "www.a.b.c ",
        "a@",
        "@",
        "- [ ] a\n",
        "> [!NOTE]\n",
        "    a\n\n",
        "```\n",
        "==a ",
        "==a",
        "==",
        "*==a ",
        "==*a",
        "^[a ",
        "^[",
        "#a ",
        "#a/",
        "^a\n\n",
        "a ^b\n\n",
        "- a ^b\n",
        "> [!a]",
        "> [!a] b\n",
        "- [/] a\n",
        "前**“",
        "“**前",
        "前*",
        "[a]: b\n",
        "[a][",
        "静\n",
        "*a_",
        "<b><i>",
        "<a id=x>",
        "<svg><path/>",
        "\t",
        " ",
        "{#a}",
        "# a {#b}\n",
        "$\\frac{",
        "- a\n  ",
    ] {
        let text = unit.repeat(SIZE / unit.len());
        let (note, _) = parse(&SourceFile::new(SourcePath::new("note.md").unwrap(), "", text), Options::default());
        holds(&note.unwrap_or_else(|| panic!("{unit}")));
    }
}

fn holds(note: &Note) {
    let html = &note.body.html;
    let mut last = 0;
    for hole in &note.body.holes {
        assert!(hole.at >= last && html.is_char_boundary(hole.at as usize));
        last = hole.at;
    }
    let text = note.file.text.as_ref();
    let spans = note.links.iter().map(|link| link.span);
    for span in spans.chain(note.code.iter().map(|code| code.span)).chain(note.outline.iter().map(|heading| heading.span)) {
        assert!(text.get(span.range()).is_some(), "{span:?}");
    }
    assert!(!note.sections.is_empty());
    for section in &note.sections {
        assert!(section.code.iter().all(|code| section.text.get(code.range()).is_some()));
    }
    for heading in &note.outline {
        assert!(!heading.anchor.as_str().is_empty() && html.is_char_boundary(heading.html_start as usize));
        let rest = &html[heading.html_start as usize..];
        assert!(heading.is_title || rest.is_empty() || rest.starts_with(&format!("<h{}", heading.level)), "{text:?}: {html}");
    }
    for tag in &note.body.holes {
        assert!(!matches!(tag.fill, Fill::Tag(number) if note.tags.len() <= number as usize));
    }
    if !text.contains('<') {
        assert!(is_balanced(html), "{text:?}: {html}");
    }
}

/// Whether every element that is opened is closed, in order. For HTML in which every `<` starts a tag.
fn is_balanced(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return false };
        let name = tag.split([' ', '\n']).next().unwrap_or("");
        if let Some(name) = name.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        check_any(&text);
    }

    #[test]
    fn any_markup(pieces in proptest::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        check_any(&pieces.concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_formula(pieces in proptest::collection::vec(prop::sample::select(&TEX[..]), 0..20)) {
        check_any(&format!("${}$", pieces.concat()));
        check_any(&format!("x\n\n$$\n{}\n$$\n", pieces.concat()));
    }
}

const TEX: [&str; 52] = [
    "a",
    "1",
    "静",
    " ",
    "{",
    "}",
    "^",
    "_",
    "'",
    "&",
    "\\\\",
    "\\",
    "%",
    "#",
    "~",
    "|",
    "(",
    "]",
    "\\{",
    "\\left(",
    "\\right)",
    "\\left",
    "\\right",
    "\\middle|",
    "\\frac",
    "\\sqrt",
    "\\sqrt[3]",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\begin{array}{c|c}",
    "\\end{array}",
    "\\begin{align}",
    "\\end{align}",
    "\\hline",
    "\\text{a b}",
    "\\text",
    "\\color{red}",
    "\\operatorname",
    "\\mathbb",
    "\\sum",
    "\\limits",
    "\\hspace{1em}",
    "\\kern1pt",
    "\\char`",
    "\\char\"41",
    "\\underbrace",
    "\\overset",
    "\\substack",
    "\\not",
    "\\bigl",
    "\\rule",
    "\\genfrac",
];

const PIECES: [&str; 78] = [
    "a",
    "静",
    "é",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "    ",
    "> ",
    "- ",
    "1. ",
    "# ",
    "## ",
    "---\n",
    "+++\n",
    "***",
    "*",
    "_",
    "~~",
    "`",
    "```",
    "``",
    "$",
    "$$",
    "[",
    "]",
    "(",
    ")",
    "![",
    "[[",
    "]]",
    "![[",
    "|",
    "\\",
    "%%",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<a href=x>",
    "<img src='y'>",
    "</a>",
    "&amp;",
    "&#0;",
    "\0",
    "\u{1a}",
    "[^1]",
    "[^1]: ",
    ": ",
    "{#a .b}",
    "|-|-|\n",
    "- [ ] ",
    "[!NOTE]\n",
    "http://a.b",
    "x@y.z",
    "\\frac{a}",
    "title: x\n",
    "<td",
    "==",
    "^[",
    "^a",
    " ^b\n\n",
    "#a",
    "#甲/b ",
    "> [!tip]- ",
    "> [!甲]\n",
    "- [/] ",
    "**“",
    "：**",
    "，",
    "”",
    "前~~",
];

fn check_any(text: &str) {
    let (note, _) = read(text);
    if let Some(note) = note {
        holds(&note);
    }
    let source = SourceFile::new(SourcePath::new("note.md").unwrap(), "", text);
    let (note, diagnostics) = parse(&source, Options { extensions: false, ..Options::default() });
    if let Some(note) = note {
        holds(&note);
    }
    for diagnostic in diagnostics {
        assert!(text.get(diagnostic.span.unwrap_or_default().range()).is_some());
    }
}

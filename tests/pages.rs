//! From Markdown to the finished page: what needs the neighbours, or the page's language.
#![allow(clippy::unwrap_used)]

mod vault;

use biji::bundle::Payload;
use biji::config::Config;
use biji::render::highlight::Cache;
use biji::render::render;
use biji::theme::{Overrides, Theme};

/// The files of a vault, one of its pages, what stands in the page and what does not, what is reported.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str], &'a [&'a str], &'a str);

const BLOCKS: (&str, &str) = (
    "blocks.md",
    "# Blocks\n\nOne *two*. ^para\n\n- item\n  - inner ^item\n- other\n\n```sh\nls\n```\n\n^code\n\n> [!tip] Hint\n> Text. ^hint\n\n| a |\n|---|\n| b |\n\n^table\n",
);

#[test]
fn what_a_page_shows() {
    let cases: &[Case<'_>] = &[
        // Callouts speak the page's language.
        (&[("a.md", "# 一篇中文笔记\n\n> [!WARNING]\n> 小心。\n")], "a.html", &["<p class=\"callout-title\">警告</p>"], &["Warning"], ""),
        (&[("a.md", "# A note\n\n> [!WARNING]\n> Mind the gap.\n")], "a.html", &["<p class=\"callout-title\">Warning</p>"], &[], ""),
        (&[("a.md", "> [!tldr] 标题\n> 正文。\n")], "a.html", &["<p class=\"callout-title\">标题</p>"], &["太长不看"], ""),
        // What the preview of a link to a block, a folder or a tag says.
        (
            &[
                ("index.md", "# Start"),
                ("x/blocks.md", BLOCKS.1),
                ("x/b.md", "---\ntags: [k8s]\n---\n# B <i>\n\nAn <!-- CANARY --> *item*. ^b\n"),
            ],
            "biji/preview/0.js",
            &[
                "[\"^para\",\"\",\"One two.\"]",
                "[\"^item\",\"\",\"inner\"]",
                "[\"^table\",\"\",\"a b\"]",
                "[\"^b\",\"\",\"An item.\"]",
                "\"x/index.html\":[\"x\",\"en\",\"2 notes · B, Blocks\",[]]",
                "\"biji/tags/k8s.html\":[\"#k8s\",\"en\",\"one note · B\",[]]",
            ],
            &["CANARY", "^code"],
            "",
        ),
        // A link that is only a picture without words, a drawing for the dark, a passage in another language and what the table of contents makes of one.
        (
            &[("a.md", "[![](https://x.example/b.svg)](https://y.example/z)")],
            "a.html",
            &["<a href=\"https://y.example/z\" rel=\"external noopener\" aria-label=\"y.example/z\"><img"],
            &[],
            "",
        ),
        (
            &[("a.md", "[![b](https://x.example/b.svg)](https://y.example/z) [[a]]")],
            "a.html",
            &["alt=\"b\""],
            &["aria-label=\"y.", "aria-label=\"a\""],
            "",
        ),
        (&[("a.md", "![b](https://x.example/b.png#invert)")], "a.html", &["class=\"invert\">"], &[], ""),
        (
            &[("a.md", "# 一篇中文笔记\n\n文字。\n\n## What this is for\n\nThe kubelet makes a mirror Pod for it.\n\n## 二\n")],
            "a.html",
            &["<p lang=\"en\">The kubelet", " lang=\"en\">What this is for<a class=\"permalink\"", "<p>文字。</p>"],
            &[],
            "",
        ),
        // A Chinese title over an English text, here and in lists.
        (
            &[
                ("index.md", "# 笔记\n\n都是中文的文字，没有别的，一共有二十多个字。"),
                ("a.md", "---\ntitle: 特性开关\nlang: en\n---\nAll of the gates, and what they are for.\n"),
                ("b.md", "---\nlang: en\n---\n# B\n\n[[a]]\n"),
            ],
            "a.html",
            &["<h1 lang=\"zh\">特性开关</h1>", "lang=\"zh\">笔记</a>", "<p>All of the gates"],
            &[],
            "",
        ),
        (
            &[
                ("index.md", "# 笔记\n\n都是中文的文字，没有别的，一共有二十多个字。"),
                ("a.md", "---\ntitle: 特性开关\nlang: en\n---\nAll of the gates, and what they are for.\n"),
                ("b.md", "---\nlang: en\n---\n# B\n\n[[a]]\n"),
            ],
            "b.html",
            &["<span lang=\"zh\">特性开关</span>"],
            &[],
            "",
        ),
        // Links to blocks.
        (&[("a.md", "[[blocks#^para]]"), BLOCKS], "a.html", &["href=\"blocks.html#%5Epara\">blocks &gt; ^para</a>"], &[], ""),
        (&[("a.md", "[x](blocks.md#^para)"), BLOCKS], "a.html", &["href=\"blocks.html#%5Epara\">x</a>"], &[], ""),
        (&[("a.md", "[[blocks#^PARA]]"), BLOCKS], "a.html", &["href=\"blocks.html#%5Epara\""], &[], ""),
        (&[("a.md", "here ^this\n\n[[#^this]]")], "a.html", &["<p id=\"^this\">here</p>", "href=\"#%5Ethis\""], &[], ""),
        (
            &[("a.md", "[[blocks#^gone]]"), BLOCKS],
            "a.html",
            &["href=\"blocks.html\""],
            &["gone\""],
            "broken-anchor no block `^gone` in `blocks.md`",
        ),
        (
            &[("a.md", "[[blocks#para]]"), BLOCKS],
            "a.html",
            &["href=\"blocks.html\""],
            &[],
            "broken-anchor no heading `#para` in `blocks.md`",
        ),
        // Embedded blocks.
        (&[("a.md", "![[blocks#^para]]"), BLOCKS], "a.html", &["<p id=\"e1-^para\">One <em>two</em>.</p></div>"], &["item"], ""),
        (
            &[("a.md", "![[blocks#^item]]"), BLOCKS],
            "a.html",
            &["</a></p>\n<ul>\n<li id=\"e1-^item\">inner</li>\n</ul>\n</div>"],
            &["<li>other"],
            "",
        ),
        (&[("a.md", "![[blocks#^code]]"), BLOCKS], "a.html", &["<div id=\"e1-^code\">", "<pre"], &["One"], ""),
        (&[("a.md", "![[blocks#^table]]"), BLOCKS], "a.html", &["<div id=\"e1-^table\">\n<div class=\"table\"><table>"], &["One"], ""),
        (&[("a.md", "![[blocks#^hint]]"), BLOCKS], "a.html", &["<p id=\"e1-^hint\">Text.</p>"], &["One"], ""),
        (
            &[("a.md", "![[blocks#^gone]]"), BLOCKS],
            "a.html",
            &["<span class=\"broken-link\""],
            &["One"],
            "broken-anchor no block `^gone` in `blocks.md`",
        ),
        (
            &[("a.md", "![[blocks#Gone]]"), BLOCKS],
            "a.html",
            &["<span class=\"broken-link\""],
            &["One"],
            "broken-anchor no heading `#Gone` in `blocks.md`",
        ),
        (
            &[("a.md", "> [!note] ![[blocks]]\n> Text.\n"), BLOCKS],
            "a.html",
            &["<p class=\"callout-title\"><a class=\"embed-link\" href=\"blocks.html\">Blocks</a></p>"],
            &["One"],
            "",
        ),
        // Tags.
        (
            &[("a.md", "---\ntags: [one]\n---\ntext #Two/三 and #one\n")],
            "a.html",
            &[
                "<a class=\"tag\" rel=\"tag\" href=\"biji/tags/Two/三.html\">#Two/三</a>",
                "<li><a href=\"biji/tags/one.html\" rel=\"tag\">one</a></li>",
                "<li><a href=\"biji/tags/Two/三.html\" rel=\"tag\">Two/三</a></li>",
            ],
            &[],
            "",
        ),
        (&[("a.md", "text #Two/三\n"), ("b.md", "---\ntags: two\n---\n")], "biji/tags/Two.html", &["a.html", "b.html"], &[], ""),
        (&[("b/a.md", "#one"), ("c.md", "![[a]]")], "c.html", &["href=\"biji/tags/one.html\">#one</a>"], &[], ""),
        (&[("a.md", "---\npublish: false\n---\n#secret"), ("b.md", "x #open")], "biji/tags/index.html", &["open.html"], &["secret"], ""),
        // The length of a note.
        (&[("a.md", "短文。")], "a.html", &[], &["class=\"length\""], ""),
    ];
    for (files, name, has, has_not, reports) in cases {
        let (site, mut faults) = vault::assemble(Config::default(), files);
        let (theme, _) = Theme::new(Overrides { templates: Vec::new(), statics: Vec::new() });
        let (artifacts, more) = render(&site, &theme, &Cache::default());
        faults.extend(more);
        let artifact = artifacts.iter().find(|artifact| artifact.path.as_str() == *name).unwrap_or_else(|| panic!("no {name}"));
        let Payload::Bytes(bytes) = &artifact.payload else { panic!("{name} is no page") };
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        let main = html.split("<main").nth(1).unwrap_or(&html).split("</main>").next().unwrap();
        for text in *has {
            assert!(main.contains(text), "{files:?}: no {text} in {main}");
        }
        for text in *has_not {
            assert!(!main.contains(text), "{files:?}: {text} in {main}");
        }
        let found: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.code.as_str(), fault.message)).collect();
        assert_eq!(found.join(", "), *reports, "{files:?}");
    }
}

#[test]
fn the_length_of_a_note() {
    let text = format!("# 标题\n\n{}\n\n{}\n", "静态".repeat(400), "word ".repeat(240));
    let (site, _) = vault::assemble(Config::default(), &[("a.md", &text)]);
    let (theme, _) = Theme::new(Overrides { templates: Vec::new(), statics: Vec::new() });
    let (artifacts, _) = render(&site, &theme, &Cache::default());
    let Payload::Bytes(bytes) = &artifacts.iter().find(|artifact| artifact.path.as_str() == "a.html").unwrap().payload else { panic!() };
    let html = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(html.contains("<span class=\"length\">1040 字 · 约 3 分钟读完</span>"), "{html}");
}

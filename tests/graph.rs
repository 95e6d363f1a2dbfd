//! The notes as a graph: backlinks and their sentences, mentions, orphans, tags as a tree, `graph.json`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod vault;

use biji::config::Config;
use biji::render::{highlight::Cache, render};
use biji::site::backlink::Backlink;
use biji::site::{Page, Site};
use biji::theme::{Overrides, Theme};

fn page<'a>(site: &'a Site, path: &str) -> &'a Page {
    site.pages.iter().find(|page| page.note.path.as_str() == path).unwrap()
}

/// `a.md: before[marked]behind | …`, one a note.
fn words(site: &Site, links: &[Backlink]) -> Vec<String> {
    let quote = |link: &Backlink| {
        let from = &site.pages[link.from.0 as usize].note;
        let quotes = link.places.iter().map(|passage| passage.quote(from).unwrap());
        let quotes: Vec<String> = quotes.map(|quote| format!("{}[{}]{}", quote.before, quote.marked, quote.behind)).collect();
        format!("{}: {}", from.path, quotes.join(" | "))
    };
    links.iter().map(quote).collect()
}

/// A note's text, and how its link to `to.md` is quoted there.
const SENTENCES: &[(&str, &str)] = &[
    ("First. See [the page](to.md) now! Third.", "See [the page] now!"),
    ("第一句。请看[[to]]这一页。第三句。", "请看[to]这一页。"),
    ("One [a](to.md) and [b](to.md) here. Then [c](to.md) again.", "One [a] and b here. | Then [c] again."),
    ("- [to](to.md)\n- [[to]]\n", ""),
    ("- See [to](to.md) for more\n- another\n", "See [to] for more"),
    ("| a | b |\n|---|---|\n| cell [x](to.md) text | other |\n", "cell [x] text"),
    ("> [!note] Title with [x](to.md) in it\n> body\n", "Title with [x] in it"),
    ("## Heading to [x](to.md) there\n\ntext\n", "Heading to [x] there"),
    ("Text with a note[^1].\n\n[^1]: The note on [x](to.md) itself.\n", "The note on [x] itself."),
    ("An inline^[note on [x](to.md) here] one.", "note on [x] here"),
    ("==Marked [x](to.md) words== here.", "Marked [x] words here."),
    ("Shown %%secret%% text [x](to.md) %%hidden%% here.", "Shown  text [x]  here."),
    ("中文的一行\n接着[链接](to.md)另一行\n再来。", "中文的一行接着[链接]另一行再来。"),
    ("With `code` and $x$ [x](to.md).", "With code and x [x]."),
    ("<p>Raw <a href=\"to.md\">x</a> words.</p>", "Raw [x] words."),
    ("See ![[to]] here", "See [] here"),
    ("![[to]]", ""),
    ("Image [![alt](p.png)](to.md) here", "Image [alt] here"),
    ("To [secret](private.md) and [x](to.md) both.", "To secret and [x] both."),
    ("**Bold [x](to.md)** and *more*. Next.", "Bold [x] and more."),
];

#[test]
fn backlinks_quote_the_sentence_around_the_link() {
    for (text, expected) in SENTENCES {
        let files = [("from.md", *text), ("to.md", "x"), ("p.png", ""), ("private.md", "---\npublish: false\n---\nx")];
        let (site, _) = vault::assemble(Config::default(), &files);
        assert_eq!(words(&site, &page(&site, "to.md").backlinks), [format!("from.md: {expected}")], "{text}");
    }
}

/// A note's text, and the mentions of others that are found in it: `title=quote`.
const MENTIONS: &[(&str, &[&str])] = &[
    ("The kube proxy runs here.", &["kube.md=The [kube proxy] runs here."]),
    ("KUBE PROXY and Kube Proxy again. And kube proxy.", &["kube.md=[KUBE PROXY] and Kube Proxy again."]),
    ("静态 Pod 由节点管理。", &["pod.md=[静态 Pod] 由节点管理。"]),
    ("这里说的存活探针很好。", &["probe.md=这里说的存活[探针]很好。"]),
    ("就绪探针与启动探针不同", &["ready.md=[就绪探针]与启动探针不同", "probe.md=就绪探针与启动[探针]不同"]),
    ("An alias: Service Proxy works.", &["kube.md=An alias: [Service Proxy] works."]),
    ("[[kube]] is linked, kube proxy is not said again.", &[]),
    ("[kube proxy](https://example.org) in a link", &[]),
    ("`kube proxy` in code", &[]),
    ("```\nkube proxy\n```", &[]),
    ("$kube proxy$", &[]),
    ("xkube proxy, kube proxyd, my-kube proxy, kube proxy-x, kube proxy.conf", &[]),
    ("See kube proxy.", &["kube.md=See [kube proxy]."]),
    ("%%kube proxy%%", &[]),
    ("A twin name", &[]),
    ("The index and notes", &[]),
    ("A secret plan", &[]),
    ("x\n\n## About kube proxy\n", &["kube.md=About [kube proxy]"]),
    ("kube proxy", &["kube.md=[kube proxy]"]),
];

#[test]
fn mentions_are_found_where_nothing_is_linked() {
    for (text, expected) in MENTIONS {
        let files = [
            ("from.md", *text),
            ("kube.md", "---\naliases: [Service Proxy, /old/]\n---\n# Kube proxy\n"),
            ("pod.md", "# 静态 Pod\n"),
            ("probe.md", "# 探针\n"),
            ("ready.md", "# 就绪探针\n"),
            ("twin1.md", "# Twin name\n"),
            ("twin2.md", "# twin name\n"),
            ("index.md", "x"),
            ("notes.md", "x"),
            ("plan.md", "---\npublish: false\n---\n# secret plan\n"),
        ];
        let (site, _) = vault::assemble(Config::default(), &files);
        let mut found = Vec::new();
        for page in &site.pages {
            for line in words(&site, &page.mentions) {
                let (from, quote) = line.split_once(": ").unwrap();
                if from == "from.md" {
                    found.push(format!("{}={quote}", page.note.path));
                }
            }
        }
        let mut expected: Vec<&str> = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
        let config = Config { mentions: false, ..Config::default() };
        assert!(vault::assemble(config, &files).0.pages.iter().all(|page| page.mentions.is_empty()));
    }
}

#[test]
fn everyday_words_are_no_mentions() {
    let notes: Vec<(String, &str)> = (0..60).map(|n| (format!("n{n:02}.md"), "We speak of Widgets here.")).collect();
    let mut files: Vec<(&str, &str)> = notes.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    files.push(("widgets.md", "# Widgets\n"));
    let (site, _) = vault::assemble(Config::default(), &files);
    assert!(page(&site, "widgets.md").mentions.is_empty());
    let (site, _) = vault::assemble(Config::default(), &files[41..]);
    assert_eq!(page(&site, "widgets.md").mentions.len(), 19);
}

#[test]
fn orphans_are_what_nothing_links_to() {
    let files = [("index.md", "[[a]]"), ("a.md", "x"), ("b.md", "[[a]] [[b]]"), ("c/d.md", "x"), ("e.md", "---\ndraft: true\n---\n[[b]]")];
    let (site, _) = vault::assemble(Config::default(), &files);
    let orphans: Vec<&str> = site.orphans().iter().map(|id| site.pages[id.0 as usize].note.path.as_str()).collect();
    assert_eq!(orphans, ["b.md", "c/d.md"]);
}

#[test]
fn tags_are_a_tree() {
    let files = [("a.md", "#book/novel/long #book #读书"), ("b.md", "---\ntags: [Book/Essay, booking]\n---\nx")];
    let (site, _) = vault::assemble(Config::default(), &files);
    let tree: Vec<(&str, Option<u32>, Vec<u32>)> =
        site.tags.iter().map(|tag| (&*tag.name, tag.parent.map(|id| id.0), tag.children.iter().map(|id| id.0).collect())).collect();
    assert_eq!(
        tree,
        [
            ("book", None, vec![1, 2]),
            ("Book/Essay", Some(0), vec![]),
            ("book/novel", Some(0), vec![3]),
            ("book/novel/long", Some(2), vec![]),
            ("booking", None, vec![]),
            ("读书", None, vec![]),
        ]
    );
}

fn file(site: &Site, path: &str) -> Option<String> {
    let (artifacts, _) = render(site, &Theme::new(Overrides::default()).0, &Cache::default());
    let artifact = artifacts.into_iter().find(|artifact| artifact.path.as_str() == path)?;
    let biji::bundle::Payload::Bytes(bytes) = artifact.payload else { return None };
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

#[test]
fn the_graph_is_published_as_the_manual_says() {
    let files = [
        ("index.md", "[[静态 Pod]] [b](folder/b.md) [b](folder/b.md#x) [f](folder/) [[secret]] [[nobody]] https://example.org"),
        ("静态 Pod.md", "#k8s ![[b]]"),
        ("folder/b.md", "---\ntitle: \"</script> \\\"B\\\"\"\ntags: [k8s/pod]\n---\n[[b]]"),
        ("secret.md", "---\npublish: false\ntags: [hidden]\n---\n[[b]]"),
    ];
    let (site, _) = vault::assemble(Config::default(), &files);
    let json = file(&site, "biji/graph.json").unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["format"], "biji-graph");
    assert_eq!(value["version"], 1);
    assert_eq!(value["tags"], serde_json::json!(["k8s", "k8s/pod"]));
    assert_eq!(
        value["nodes"],
        serde_json::json!([
            { "url": "folder/b.html", "title": "</script> \"B\"", "kind": "note", "tags": [1] },
            { "url": "index.html", "title": "index", "kind": "index", "tags": [] },
            { "url": "静态-Pod.html", "title": "静态 Pod", "kind": "note", "tags": [0] },
            { "url": "folder/index.html", "title": "folder", "kind": "folder", "tags": [] },
        ])
    );
    assert_eq!(value["edges"], serde_json::json!([[1, 0], [1, 2], [1, 3], [2, 0]]));
    assert_eq!(file(&site, "biji/graph.js").unwrap(), format!("bijiGraph({});\n", json.trim_end()));
    assert!(!json.contains("secret") && !json.contains("hidden") && !json.contains("nobody"));

    let (site, _) = vault::assemble(Config { graph: false, ..Config::default() }, &files);
    assert!(file(&site, "biji/graph.json").is_none() && file(&site, "biji/graph.js").is_none());
}

#[test]
fn pages_show_sentences_mentions_orphans_and_nested_tags() {
    let files = [
        ("index.md", "Read <b>of</b> [the page](a.md) & more. #x/y"),
        ("a.md", "# Widget page"),
        ("b.md", "The Widget page is <i>mentioned</i>."),
    ];
    let (site, _) = vault::assemble(Config::default(), &files);
    let page = file(&site, "a.html").unwrap();
    assert!(page.contains("<p>Read of <b>the page</b> &amp; more.</p>"), "{page}");
    assert!(page.contains("id=\"biji-mentions\"") && page.contains("<p>The <b>Widget page</b> is mentioned.</p>"), "{page}");
    let all = file(&site, "biji/all.html").unwrap();
    let orphans = all.split_once("id=\"biji-orphans\"").unwrap().1;
    assert!(orphans.contains("../b.html") && !orphans.contains("../a.html"), "{all}");
    let tag = file(&site, "biji/tags/x.html").unwrap();
    assert!(tag.contains("<a href=\"x/y.html\">y</a>"), "{tag}");
    let nested = file(&site, "biji/tags/x/y.html").unwrap();
    assert!(nested.contains("<li><a href=\"../x.html\">x</a></li>"), "{nested}");
}

#[test]
fn aliases_lead_to_their_note() {
    let files = [
        ("folder/a.md", "---\naliases: [old name, old/path, b, /older/, index]\n---\nx"),
        ("folder/b.md", "---\naliases: [twin]\n---\nx"),
        ("folder/c.md", "---\naliases: [Twin, '.hidden', 'a//b', c]\n---\n[t](old-name.html#x) [t](/old/path.html)"),
        ("folder/page.html", ""),
        ("folder/d.md", "---\naliases: [page]\n---\n[p](page.html)"),
    ];
    let (site, diagnostics) = vault::assemble(Config::default(), &files);
    let redirects: Vec<(&str, u32)> = site.redirects.iter().map(|(url, page)| (url.as_str(), page.0)).collect();
    assert_eq!(redirects, [("folder/old-name.html", 0), ("old/path.html", 0), ("older/index.html", 0)]);
    let found: Vec<(&str, &str)> = diagnostics.iter().map(|fault| (fault.code.as_str(), &*fault.message)).collect();
    assert_eq!(
        found,
        [
            ("duplicate-alias", "`folder/b.md` and `folder/c.md` both have the alias `Twin`"),
            ("broken-anchor", "no heading `#x` in `folder/a.md`"),
        ]
    );
    let redirect = file(&site, "folder/old-name.html").unwrap();
    assert!(redirect.contains("data-target=\"a.html\"") && redirect.contains("content=\"0; url=a.html\""), "{redirect}");
}

#[test]
fn addresses_are_in_pinyin_where_that_is_asked_for() {
    let files = [
        (
            "容器/静态 Pod.md",
            "---\naliases: [镜像]\ntags: [笔记/读书]\n---\n正文\n\n## 配置\n\n![图](图.png) [[探针#时间]] [r](../探针.html)",
        ),
        ("容器/图.png", ""),
        ("探针.md", "---\nslug: 探针\n---\n正文\n\n## 时间\n"),
        ("English.md", "x"),
        ("经理.md", "x"),
        ("经历.md", "x"),
    ];
    let config = Config { pinyin: true, ..Config::default() };
    let (site, diagnostics) = vault::assemble(config, &files);
    let urls: Vec<(&str, &str)> = site.pages.iter().map(|page| (page.note.path.as_str(), page.url.as_str())).collect();
    assert_eq!(
        urls,
        [
            ("English.md", "English.html"),
            ("容器/静态 Pod.md", "rong-qi/jing-tai-Pod.html"),
            ("探针.md", "探针.html"),
            ("经历.md", "jing-li.html"),
            ("经理.md", "jing-li-2.html"),
        ]
    );
    let faults: Vec<(&str, &str)> = diagnostics.iter().map(|fault| (fault.code.as_str(), &*fault.message)).collect();
    assert_eq!(faults, [("address-collision", "`经理.md` and `经历.md` both want the address `jing-li.html`")]);
    assert_eq!(site.attachments[0].1.as_str(), "rong-qi/tu.png");
    assert_eq!(site.redirects[0].0.as_str(), "rong-qi/jing-xiang.html");
    assert_eq!(site.tags.iter().map(|tag| tag.url.as_str()).collect::<Vec<_>>(), ["biji/tags/bi-ji.html", "biji/tags/bi-ji/du-shu.html"]);
    assert_eq!(site.folders[1].url.as_str(), "rong-qi/index.html");
    let page = file(&site, "rong-qi/jing-tai-Pod.html").unwrap();
    assert!(page.contains("src=\"tu.png\"") && page.contains("href=\"../探针.html#时间\"") && page.contains("id=\"配置\""), "{page}");
}

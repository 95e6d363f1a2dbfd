//! What machines read of a site: descriptions, Open Graph, JSON-LD, feeds, `llms.txt`.
#![allow(clippy::unwrap_used)]

mod vault;

use biji::bundle::Payload;
use biji::config::Config;
use biji::render::highlight::Cache;
use biji::render::render;
use biji::theme::{Overrides, Theme};
use serde_json::Value;

const VAULT: &[(&str, &str)] = &[
    ("index.md", "---\ntitle: 我的笔记\n---\n首页。\n"),
    (
        "k8s/静态 Pod.md",
        "---\ndate: 2026-01-02\nupdated: 2026-03-04T08:00:00+08:00\ntags: [k8s/pod]\nimage: https://example.org/a.png\n---\n# 静态 Pod\n\n由 kubelet **直接**管理，见[探针](探针.md#时间)与 ![图](图.png)。\n\n```sh\nkubectl get pods </script>\n```\n",
    ),
    ("k8s/探针.md", "---\ndate: 2026-03-03\ndescription: 三种探针 <b>\n---\n# 探针\n\n## 时间\n\n秒。\n"),
    ("k8s/图.png", ""),
    ("secret.md", "---\npublish: false\ndate: 2026-05-05\n---\nCANARY\n"),
];

fn build(config: Config, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let (site, _) = vault::assemble(config, files);
    let (theme, faults) = Theme::new(Overrides::default());
    assert!(faults.is_empty(), "{faults:?}");
    let (artifacts, _) = render(&site, &theme, &Cache::default());
    let text = |payload: Payload| match payload {
        Payload::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Payload::Attachment(_) | Payload::Published(_) => String::new(),
    };
    artifacts.into_iter().map(|artifact| (artifact.path.as_str().to_owned(), text(artifact.payload))).collect()
}

fn hosted() -> Config {
    Config { base_url: Some("https://example.org/wiki/".into()), ..Config::default() }
}

fn find<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    files.iter().find(|(path, _)| path == name).map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("no `{name}`"))
}

#[test]
fn the_head_of_a_page() {
    let files = build(hosted(), VAULT);
    let html = find(&files, "k8s/静态-Pod.html");
    for expected in [
        "<meta name=\"description\" content=\"由 kubelet 直接管理，见探针与 图。\">",
        "<meta property=\"og:title\" content=\"静态 Pod\">",
        "<meta property=\"og:type\" content=\"article\">",
        "<meta property=\"og:url\" content=\"https://example.org/wiki/k8s/静态-Pod.html\">",
        "<meta property=\"og:image\" content=\"https://example.org/a.png\">",
        "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"我的笔记\" href=\"../atom.xml\">",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
    let data = html.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    let article = &data["@graph"][0];
    assert_eq!(article["headline"], "静态 Pod");
    assert_eq!(article["datePublished"], "2026-01-02");
    assert_eq!(article["dateModified"], "2026-03-04T08:00:00+08:00");
    let steps = data["@graph"][1]["itemListElement"].as_array().unwrap();
    assert_eq!(steps.iter().map(|step| step["name"].as_str().unwrap()).collect::<Vec<_>>(), ["我的笔记", "k8s", "静态 Pod"]);
    assert!(find(&files, "k8s/探针.html").contains("content=\"三种探针 &lt;b&gt;\""));
}

#[test]
fn pages_that_say_nothing_are_not_to_be_found_elsewhere() {
    let files = build(hosted(), VAULT);
    for (name, is_kept_out) in [("404.html", true), ("search.html", true), ("index.html", false), ("biji/all.html", false)] {
        assert_eq!(find(&files, name).contains("<meta name=\"robots\" content=\"noindex\">"), is_kept_out, "{name}");
    }
}

#[test]
fn feeds_hold_the_newest_notes_whole() {
    let files = build(hosted(), VAULT);
    let feed: Value = serde_json::from_str(find(&files, "feed.json")).unwrap();
    let items = feed["items"].as_array().unwrap();
    // Midnight UTC of 4 March is after 3 March; notes without a date are in no feed.
    assert_eq!(items.iter().map(|item| item["title"].as_str().unwrap()).collect::<Vec<_>>(), ["静态 Pod", "探针"]);
    let html = items[0]["content_html"].as_str().unwrap();
    assert!(html.contains("href=\"https://example.org/wiki/k8s/探针.html#时间\""), "{html}");
    assert!(html.contains("src=\"https://example.org/wiki/k8s/图.png\""), "{html}");
    let atom = find(&files, "atom.xml");
    assert!(atom.contains("<updated>2026-03-04T08:00:00+08:00</updated>"), "{atom}");
    assert!(atom.contains("<category term=\"k8s/pod\"/>"), "{atom}");
    assert!(files.iter().all(|(_, text)| !text.contains("CANARY")));
    let one = build(Config { feed: 1, ..hosted() }, VAULT);
    assert_eq!(find(&one, "atom.xml").matches("<entry ").count(), 1);
}

#[test]
fn what_needs_an_address_or_a_wish_is_left_out_without_it() {
    for (config, absent) in [
        (Config::default(), &["atom.xml", "feed.json", "sitemap.xml", "robots.txt"][..]),
        (Config { feed: 0, ..hosted() }, &["atom.xml", "feed.json"]),
        (Config { llms: false, ..hosted() }, &["llms.txt"]),
    ] {
        let files = build(config.clone(), VAULT);
        for name in absent {
            assert!(files.iter().all(|(path, _)| path != name), "{name}: {config:?}");
        }
        let html = find(&files, "k8s/静态-Pod.html");
        assert_eq!(html.contains("atom.xml"), !absent.contains(&"atom.xml"), "{config:?}");
        assert_eq!(html.contains("ld+json"), config.base_url.is_some(), "{config:?}");
    }
}

#[test]
fn a_list_for_language_models() {
    let list = build(Config::default(), VAULT);
    let list = find(&list, "llms.txt");
    assert!(list.starts_with("# 我的笔记\n"), "{list}");
    assert!(list.contains("## k8s\n\n- [探针](k8s/探针.html): 三种探针 <b>\n"), "{list}");
    assert!(!list.contains("secret"), "{list}");
}

#[test]
fn copies_as_markdown_hold_what_pages_hold() {
    let files = [
        ("index.md", "---\ntitle: 我的笔记\n---\n首页。\n"),
        (
            "k8s/静态 Pod.md",
            "---\ndate: 2026-01-02\ntags: [pod]\nsecret_key: CANARY1\n---\n# 静态 Pod\n\n由 **kubelet** 管理 %%CANARY2%%，见[探针](探针.md#时间)、[[hidden|那篇]]和[坏](/home/CANARY3.md)。\n\n<!-- CANARY4 -->\n\n![[hidden]]\n\n![[探针]]\n\n```sh\nkubectl get pods # a\n```\n",
        ),
        ("k8s/探针.md", "# 探针\n\n## 时间\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"),
        ("hidden.md", "---\npublish: false\ntitle: CANARY5\n---\nCANARY6\n"),
    ];
    let files_of = |config: Config| build(config, &files);
    let copies = |files: &[(String, String)]| {
        files.iter().filter(|(path, _)| path.ends_with(".md")).map(|(path, _)| path.clone()).collect::<Vec<_>>()
    };
    let plain = files_of(hosted());
    assert_eq!(copies(&plain), Vec::<String>::new());
    assert!(!find(&plain, "index.html").contains("text/markdown"));
    let all = files_of(Config { markdown: true, license: Some("CC BY 4.0".into()), ..hosted() });
    assert_eq!(copies(&all), ["index.md", "k8s/探针.md", "k8s/静态-Pod.md"]);
    let copy = find(&all, "k8s/静态-Pod.md");
    let head = "---\ntitle: \"静态 Pod\"\nurl: \"https://example.org/wiki/k8s/静态-Pod.html\"\nlang: \"zh\"\ndate: \"2026-01-02\"\nlicense: \"CC BY 4.0\"\ntags: [\"pod\"]\n---\n\n# 静态 Pod\n\n";
    assert!(copy.starts_with(head), "{copy}");
    for words in [
        "由 **kubelet** 管理",
        "见[探针](探针.html#时间)",
        "那篇",
        "## 时间",
        "| a | b |\n|---|-:|\n| 1 | 2 |",
        "````sh\nkubectl get pods # a\n````",
    ] {
        assert!(copy.contains(words), "no {words} in\n{copy}");
    }
    for (path, text) in all.iter().filter(|(path, _)| path.ends_with(".md") || path.ends_with(".txt")) {
        assert!(!text.contains("CANARY") && !text.contains("hidden"), "{path}: {text}");
    }
    assert!(find(&all, "k8s/静态-Pod.html").contains("<link rel=\"alternate\" type=\"text/markdown\" href=\"静态-Pod.md\">"));
    assert!(find(&all, "llms.txt").contains("(https://example.org/wiki/k8s/探针.md)"));
    assert!(!find(&all, "404.html").contains("text/markdown"));
}

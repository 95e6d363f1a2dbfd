//! The index of notes, headings and tags by letter: what a reader without JavaScript finds things in. And the page that is a search.
#![allow(clippy::unwrap_used)]

mod whole;

use std::collections::BTreeMap;

use biji::bundle::Payload;
use biji::config::Config;
use biji::theme::{Overrides, Theme};

fn build(files: &[(&str, &str)]) -> whole::Whole {
    let (theme, faults) = Theme::new(Overrides::default());
    assert_eq!(faults.len(), 0, "{faults:?}");
    whole::build(&theme, Config::default(), files)
}

#[test]
fn names_stand_under_their_letter_by_pinyin() {
    let site = build(&[
        ("index.md", "# 笔记\n\n## Élan\n"),
        ("k8s/静态 Pod.md", "# 静态 Pod\n\n## 清单目录\n\n#### Too deep\n\n#网络/CNI\n"),
        ("k8s/2024.md", "# 2024\n\n## --pod-manifest-path\n"),
    ]);
    let page = site.page("biji/a-z.html").unwrap();
    // A row: the letter's anchor, and what must stand under it.
    for (anchor, entries) in [
        ("biji-b", &["<li class=\"note\"><a href=\"../index.html\">笔记</a></li>"][..]),
        ("biji-e", &["<li class=\"heading\"><a href=\"../index.html#élan\">Élan</a> <span class=\"count\">笔记</span></li>"]),
        ("biji-j", &["<a href=\"../k8s/静态-Pod.html\">静态 Pod</a>"]),
        ("biji-p", &["<a href=\"../k8s/2024.html#--pod-manifest-path\">--pod-manifest-path</a>"]),
        ("biji-q", &["<a href=\"../k8s/静态-Pod.html#清单目录\">清单目录</a> <span class=\"count\">静态 Pod</span>"]),
        ("biji-w", &["<li class=\"tag\"><a href=\"tags/网络/CNI.html\">#网络/CNI</a>", "#网络</a>"]),
        ("biji-0-9", &["<a href=\"../k8s/2024.html\">2024</a>"]),
    ] {
        assert!(page.contains(&format!("<a href=\"#{anchor}\">")), "no link to {anchor} in {page}");
        let (_, rest) = page.split_once(&format!("<h2 id=\"{anchor}\">")).unwrap_or_else(|| panic!("no {anchor} in {page}"));
        let section = rest.split_once("</section>").unwrap().0;
        for entry in entries {
            assert!(section.contains(entry), "no {entry} in {section}");
        }
    }
    assert!(!page.contains("Too deep"));
}

#[test]
fn no_page_grows_with_the_site() {
    let letters = ["安", "波", "存", "调", "扩", "容", "网", "Pod", "节", "9", "Ω"];
    let files: Vec<(String, String)> = (0..2600)
        .map(|at| {
            let folder = if at % 2 == 0 { "one" } else { "other/deep" };
            let first = letters[if at < 1300 { 7 } else { at % letters.len() }];
            (format!("{folder}/{at}.md"), format!("# {first} note {at}\n\n## Section {at}\n"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let site = build(&files);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut pages = 0;
    for artifact in site.artifacts.iter().filter(|artifact| artifact.path.as_str().starts_with("biji/a")) {
        let Payload::Bytes(bytes) = &artifact.payload else { continue };
        assert!(bytes.len() < 250_000, "{}: {} bytes", artifact.path, bytes.len());
        let html = std::str::from_utf8(bytes).unwrap();
        if artifact.path.as_str().starts_with("biji/a-z/") {
            pages += 1;
            for link in html.split("<li class=\"note\"><a href=\"").skip(1) {
                *seen.entry(link.split('"').next().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    assert!(pages > letters.len(), "only {pages} pages: a long letter has several");
    assert_eq!((seen.len(), seen.values().max()), (2600, Some(&1)), "every note stands in the index once");
    let first = site.page("biji/a-z.html").unwrap();
    assert!(first.contains("href=\"a-z/p.html\"") && first.contains("href=\"a-z/p-2.html\"") && first.contains("href=\"a-z/other.html\""));
    let second = site.page("biji/a-z/p-2.html").unwrap();
    assert!(second.contains("class=\"previous\" href=\"p.html\"") && second.contains("aria-current=\"true\">P</a>"), "{second}");
    assert!(second.contains("<a href=\"p-2.html\" aria-current=\"page\">"), "a long letter's pages lead to each other: {second}");
    let all = site.page("biji/all.html").unwrap();
    assert!(all.contains("1300 notes") && !all.contains("note 17<"), "the folders, not their notes");
    assert!(site.page("one/index.html").unwrap().contains("biji/a-z.html"), "a folder too long for its page leads to the index");
}

#[test]
fn the_search_has_a_page_unless_a_note_has_its_address() {
    let site = build(&[("index.md", "# A\n"), ("sub/b.md", "# B\n")]);
    let search = site.page("search.html").unwrap();
    assert!(search.contains("data-search-page") && search.contains("<noscript>"), "{search}");
    for (url, link) in [("index.html", "biji/a-z.html"), ("sub/b.html", "../biji/a-z.html"), ("search.html", "biji/a-z.html")] {
        let page = site.page(url).unwrap();
        assert!(page.contains(&format!("data-search-open href=\"{link}\"")), "{page}");
        assert!(page.contains("data-search=\"search.html\""), "{page}");
    }
    let site = build(&[("index.md", "# A\n"), ("search.md", "# My search\n")]);
    assert!(site.page("search.html").unwrap().contains("My search"));
    assert!(site.page("index.html").unwrap().contains("data-search=\"\""));
}

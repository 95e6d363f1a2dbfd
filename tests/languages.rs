//! Notes in several languages: which notes belong together, what their pages say, and languages that a site brings itself.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod whole;

use biji::config::Config;
use biji::diagnostic::File;
use biji::site::PageId;
use biji::theme::{Overrides, Theme};

fn config(text: &str) -> Config {
    let (config, faults) = Config::parse(&File { path: "biji.toml".into(), text: text.into() });
    assert!(faults.is_empty(), "{faults:?}");
    config
}

const FOLDERS: &str = "language = \"zh\"\n[languages]\nen = \"en\"\n";

/// Files, the configuration, and the groups: for each page with translations its address, its language, and the addresses of all, the site's language first.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static [(&'static str, &'static str, &'static [&'static str])]);

const CASES: &[Case] = &[
    (
        &[("探针.md", ""), ("探针.en.md", ""), ("其他.md", "")],
        "language = \"zh\"\n",
        &[("探针.html", "zh", &["探针.html", "探针.en.html"]), ("探针.en.html", "en", &["探针.html", "探针.en.html"])],
    ),
    // The other way round, a script, and a language that front matter says.
    (
        &[("a.md", ""), ("a.zh-Hant.md", ""), ("a.fr.md", "---\nlang: fr-CA\n---\n")],
        "language = \"en\"\n",
        &[
            ("a.fr.html", "fr-CA", &["a.html", "a.fr.html", "a.zh-Hant.html"]),
            ("a.html", "en", &["a.html", "a.fr.html", "a.zh-Hant.html"]),
            ("a.zh-Hant.html", "zh-Hant", &["a.html", "a.fr.html", "a.zh-Hant.html"]),
        ],
    ),
    // No name without a language is needed; one alone is no translation, nor is what only looks like one.
    (
        &[("b.en.md", ""), ("b.zh.md", ""), ("crates.io.md", ""), ("crates.md", ""), ("v1.2.md", ""), ("v1.md", ""), ("only.en.md", "")],
        "language = \"zh\"\n",
        &[("b.en.html", "en", &["b.zh.html", "b.en.html"]), ("b.zh.html", "zh", &["b.zh.html", "b.en.html"])],
    ),
    // Index pages, whatever they are called.
    (
        &[("k8s/index.md", ""), ("k8s/index.en.md", ""), ("README.md", ""), ("README.en.md", "")],
        "language = \"zh\"\n",
        &[
            ("README.en.html", "en", &["index.html", "README.en.html"]),
            ("index.html", "zh", &["index.html", "README.en.html"]),
            ("k8s/index.en.html", "en", &["k8s/index.html", "k8s/index.en.html"]),
            ("k8s/index.html", "zh", &["k8s/index.html", "k8s/index.en.html"]),
        ],
    ),
    // A folder for each language; the root is what is left.
    (
        &[("README.md", ""), ("en/index.md", ""), ("deploy/Deploy.md", ""), ("en/deploy/README.md", ""), ("en/more.md", "")],
        FOLDERS,
        &[
            ("index.html", "zh", &["index.html", "en/index.html"]),
            ("deploy/index.html", "zh", &["deploy/index.html", "en/deploy/index.html"]),
            ("en/deploy/index.html", "en", &["deploy/index.html", "en/deploy/index.html"]),
            ("en/index.html", "en", &["index.html", "en/index.html"]),
        ],
    ),
    // Other names in other languages.
    (
        &[("静态 Pod.md", "---\ntranslation_key: static-pod\n---\n"), ("en/static-pod.md", "---\ntranslationKey: static-pod\n---\n")],
        FOLDERS,
        &[
            ("en/static-pod.html", "en", &["静态-Pod.html", "en/static-pod.html"]),
            ("静态-Pod.html", "zh", &["静态-Pod.html", "en/static-pod.html"]),
        ],
    ),
];

#[test]
fn notes_find_their_translations() {
    for (files, settings, expected) in CASES {
        let site = whole::build(&whole::theme(false), config(settings), files).site;
        let url = |id: &PageId| site.pages[id.0 as usize].url.as_str();
        let mut found: Vec<(&str, &str, Vec<&str>)> = site
            .pages
            .iter()
            .filter(|page| !page.translations.is_empty())
            .map(|page| (page.url.as_str(), page.language.as_str(), page.translations.iter().map(url).collect()))
            .collect();
        found.sort_unstable();
        let mut expected: Vec<(&str, &str, Vec<&str>)> =
            expected.iter().map(|(url, language, all)| (*url, *language, all.to_vec())).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{settings}{files:?}");
    }
}

#[test]
fn a_page_tells_its_languages_and_leads_to_them() {
    let files = [
        ("index.md", "# 笔记\n\n[一](a.md)\n"),
        ("index.en.md", "# Notes\n"),
        ("a.md", "# 一\n"),
        ("a.en.md", "# One\n"),
        ("b.md", "# 二\n"),
        ("c.md", "# 三\n"),
        ("c.en.md", "# Three\n"),
    ];
    let hosted = format!("base_url = \"https://example.org/w/\"\n{}", "language = \"zh\"\n");
    let whole = whole::build(&whole::theme(false), config(&hosted), &files);
    assert!(whole.diagnostics.is_empty(), "{:?}", whole.diagnostics);
    let page = whole.page("a.en.html").unwrap();
    for words in [
        "<html lang=\"en\">",
        "<link rel=\"alternate\" hreflang=\"zh\" href=\"https://example.org/w/a.html\">",
        "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://example.org/w/a.html\">",
        "<link rel=\"alternate\" hreflang=\"en\" href=\"https://example.org/w/a.en.html\">",
        "<a rel=\"alternate\" lang=\"zh\" hreflang=\"zh\" href=\"a.html\">中文</a>",
        "<span>Search</span>",
        // The first page in the reader's language; and the way on, in it where that is possible.
        "<a class=\"site-title\" href=\"index.en.html\"",
        "<a class=\"previous\" rel=\"prev\" href=\"index.en.html\"",
        "<a class=\"next\" rel=\"next\" href=\"c.en.html\"",
    ] {
        assert!(page.contains(words), "no {words} in\n{page}");
    }
    // What else is named is called as the page's language has it, where it has it, else its language is said.
    for words in [
        "<a href=\"a.en.html\" aria-current=\"page\">One</a>",
        "<a href=\"c.en.html\">Three</a>",
        "<a href=\"b.html\" lang=\"zh\">二</a>",
        "<li><a href=\"index.en.html\" lang=\"zh\">笔记</a></li>",
        "<meta property=\"og:locale\" content=\"en_US\">",
        "<meta property=\"og:locale:alternate\" content=\"zh_CN\">",
    ] {
        assert!(page.contains(words), "no {words} in\n{page}");
    }
    let other = whole.page("c.en.html").unwrap();
    assert!(other.contains("<span lang=\"zh\">二</span></a>"), "{other}");
    let main = whole.page("a.html").unwrap();
    assert!(main.contains("<a href=\"c.html\">三</a>") && !main.contains("Three"), "{main}");
    // Lists show a note once.
    let all = whole.page("biji/all.html").unwrap();
    assert!(all.contains("a.html") && !all.contains("a.en.html"), "{all}");
    assert!(whole.page("biji/a-z.html").unwrap().contains("a.en.html"));
    assert!(
        whole.page("c.en.html").unwrap().contains("<a class=\"next\" rel=\"next\" href=\"b.html\""),
        "in the other language where it is only there"
    );
    assert!(!whole.page("b.html").unwrap().contains("hreflang"), "a note in one language has no switch");
    let map = whole.page("sitemap.xml").unwrap();
    assert!(
        map.contains(
            "<url><loc>https://example.org/w/a.en.html</loc><xhtml:link rel=\"alternate\" hreflang=\"zh\" href=\"https://example.org/w/a.html\"/>\
             <xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://example.org/w/a.en.html\"/></url>"
        ),
        "{map}"
    );
}

#[test]
fn the_tree_speaks_the_language_of_the_page() {
    let files = [
        ("index.md", "# 笔记\n"),
        ("k8s/index.md", "# 容器\n"),
        ("k8s/index.en.md", "# Containers\n"),
        ("k8s/a.md", "# 一\n"),
        ("k8s/a.en.md", "# One\n"),
        ("k8s/more/b.md", "# 二\n"),
        ("top.md", "# 上\n"),
        ("top.en.md", "# Top\n"),
        ("only.md", "---\nlang: fr\n---\n# Seul\n"),
    ];
    let whole = whole::build(&whole::theme(false), config("language = \"zh\"\n"), &files);
    let page = whole.page("top.en.html").unwrap();
    for words in [
        "<a href=\"k8s/index.en.html\" data-main=\"k8s/index.html\">Containers</a>",
        "<a href=\"only.html\" lang=\"fr\">Seul</a>",
        "data-lang=\"zh\"",
    ] {
        assert!(page.contains(words), "no {words} in\n{page}");
    }
    assert!(whole.page("top.html").unwrap().contains("<li class=\"folder\"><a href=\"k8s/index.html\">容器</a>"));
    // What a reader opens in the tree has both.
    assert_eq!(
        whole.page("biji/tree/k8s/index.js").unwrap(),
        "bijiTree(\"k8s/index.html\",[[\"more\",\"k8s/more/index.html\",1],[\"一\",\"k8s/a.html\",0,\"\",{\"en\":[\"One\",\"k8s/a.en.html\"]}]],null);\n"
    );
    let root = whole.page("biji/tree/index.js").unwrap();
    assert!(root.contains("[\"Seul\",\"only.html\",0,\"fr\"]"), "{root}");
    assert!(root.contains("[\"容器\",\"k8s/index.html\",1,\"\",{\"en\":[\"Containers\",\"k8s/index.en.html\"]}]"), "{root}");
    // The list under a folder's own note.
    let folder = whole.page("k8s/index.en.html").unwrap();
    assert!(folder.contains("<li><a href=\"a.en.html\">One</a>") || !folder.contains("class=\"contents\""), "{folder}");
}

#[test]
fn a_site_brings_a_language_of_its_own() {
    let french = File {
        path: "templates/strings/fr.toml".into(),
        text: "search = \"Rechercher\"\nlanguage = \"Le français\"\nsearch_placeholder = \"Chercher dans les notes\"\n".into(),
    };
    let (theme, faults) = Theme::new(Overrides { templates: vec![("strings/fr.toml".into(), french)], statics: Vec::new() });
    assert!(faults.is_empty(), "{faults:?}");
    let files = [("a.md", "# Un\n"), ("a.en.md", "# One\n"), ("a.ja.md", "# 一\n"), ("a.tlh.md", "# wa'\n")];
    let whole = whole::build(&theme, config("language = \"fr\"\n"), &files);
    let page = whole.page("a.html").unwrap();
    for words in [
        "<span>Rechercher</span>",
        // What the file leaves out is in English.
        "All notes",
        "<summary aria-label=\"Languages: Le français\">Le français</summary>",
        "<a rel=\"alternate\" lang=\"ja\" hreflang=\"ja\" href=\"a.ja.html\">日本語</a>",
    ] {
        assert!(page.contains(words), "no {words} in\n{page}");
    }
    assert!(!page.contains("hreflang=\"tlh\""));
    // Scripts, too, say what it says, and in English what it leaves out.
    let said = whole.page("biji/search/words-fr.js").unwrap();
    for words in ["\"search_placeholder\":\"Chercher dans les notes\"", "\"zoom_open\":\"Enlarge the picture\""] {
        assert!(said.starts_with("biji.words={") && said.contains(words), "{said}");
    }
}

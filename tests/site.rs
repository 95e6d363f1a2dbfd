//! The site as a whole: what is published, under which address, in which order.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

#[path = "common/random.rs"]
mod random;
mod vault;

use std::collections::BTreeMap;
use std::sync::Arc;

use biji::config::Config;
use biji::diagnostic::{Code, File};
use biji::note::Note;
use biji::path::SourcePath;
use biji::site::{Memo, Origin, PageId, Scope, Site, kept};
use biji::source::SourceFile;
use random::Random;

fn urls(site: &Site) -> Vec<(&str, &str)> {
    site.pages.iter().map(|page| (page.note.path.as_str(), page.url.as_str())).collect()
}

/// Files, the address of each note in order of paths, and the codes reported.
type AddressCase = (&'static [(&'static str, &'static str)], &'static [&'static str], &'static [Code]);

const ADDRESSES: &[AddressCase] = &[
    (&[("a/静态Pod.md", ""), ("b c.md", "")], &["a/静态Pod.html", "b-c.html"], &[]),
    (&[("a/index.md", ""), ("a/README.md", ""), ("a/a.md", "")], &["a/README.html", "a/a.html", "a/index.html"], &[]),
    (&[("a/Readme.md", ""), ("a/a.md", "")], &["a/index.html", "a/a.html"], &[]),
    (&[("a/_index.md", ""), ("a/readme.md", "")], &["a/index.html", "a/readme.html"], &[]),
    (&[("K8s/k8s.md", ""), ("K8s/x.md", "")], &["K8s/index.html", "K8s/x.html"], &[]),
    (&[("k8s.md", ""), ("k8s/x.md", "")], &["k8s/index.html", "k8s/x.html"], &[]),
    (&[("k8s.md", ""), ("k8s/k8s.md", "")], &["k8s.html", "k8s/index.html"], &[]),
    (&[("README.md", ""), ("x.md", "---\nslug: y z\n---\n")], &["index.html", "y-z.html"], &[]),
    (&[("x.md", "---\npermalink: /a/b/\n---\n"), ("y.md", "---\npermalink: q.html\n---\n")], &["a/b/index.html", "q.html"], &[]),
    (&[("x.md", "---\nslug: ../y\n---\n")], &["x.html"], &[Code::BadAddress]),
    (&[("x.md", "---\npermalink: /a/../../b\n---\n")], &["x.html"], &[Code::BadAddress]),
    (&[("home.md", "---\npermalink: /\n---\n"), ("README.md", "")], &["README.html", "index.html"], &[]),
    (
        &[("a/x.md", "---\nslug: index\n---\n"), ("a/y.md", "---\npermalink: /\n---\n")],
        &["a/index.html", "index.html"],
        &[Code::AddressCollision],
    ),
    (&[("404.md", "")], &["404.html"], &[Code::BadAddress]),
    (&[("x.md", "---\npermalink: /biji/tags/x.html\n---\n")], &["biji/tags/x.html"], &[Code::BadAddress]),
    (&[("biji/x.md", "")], &["biji-/x.html"], &[]),
    (&[("a b.md", ""), ("a-b.md", "")], &["a-b.html", "a-b-2.html"], &[Code::AddressCollision]),
    (&[("A.md", ""), ("a.md", "")], &["A.html", "a-2.html"], &[Code::AddressCollision]),
    (&[("a.markdown", ""), ("a.md", "")], &["a.html", "a-2.html"], &[Code::AddressCollision]),
    (&[("a/x.md", ""), ("b.md", "---\npermalink: /a/\n---\n")], &["a/x.html", "a/index.html"], &[Code::AddressCollision]),
    (&[("a.md", "---\naliases: [/b.html]\n---\n"), ("b.md", "")], &["a.html", "b.html"], &[Code::AddressCollision]),
    (&[("a.md", "---\naliases: [/a.html, Other, TCP/IP]\n---\n")], &["a.html"], &[]),
    (&[("page.md", "[x](page.html)"), ("page.html", "")], &["page.html"], &[Code::AddressCollision]),
];

#[test]
fn every_note_has_an_address_of_its_own() {
    for (files, expected, codes) in ADDRESSES {
        let (site, diagnostics) = vault::assemble(Config::default(), files);
        let got: Vec<&str> = site.pages.iter().map(|page| page.url.as_str()).collect();
        assert_eq!(got, *expected, "{files:?}");
        assert_eq!(diagnostics.iter().map(|fault| fault.code).collect::<Vec<_>>(), *codes, "{files:?}");
    }
}

#[test]
fn a_collision_names_both_files() {
    let (_, diagnostics) = vault::assemble(Config::default(), &[("A.md", ""), ("a.md", "")]);
    assert_eq!(diagnostics[0].message, "`a.md` and `A.md` both want the address `a.html`");
}

#[test]
fn what_only_private_notes_use_stays_private() {
    let files = [
        ("open.md", "---\ntags: [shared]\n---\n![](a.png) [s](hidden/secret.md)"),
        ("hidden/secret.md", "---\npublish: false\ntags: [hush]\naliases: [/old/secret.html]\n---\n![](b.png) [o](../open.md)"),
        ("draft.md", "---\ndraft: true\n---\n![](c.png)"),
        ("a.png", ""),
        ("hidden/b.png", ""),
        ("c.png", ""),
        ("unused.png", ""),
    ];
    let (site, diagnostics) = vault::assemble(Config::default(), &files);
    assert_eq!(urls(&site), [("open.md", "open.html")]);
    let used: Vec<&str> = site.attachments.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(used, ["a.png"]);
    assert_eq!(site.folders.iter().map(|folder| &*folder.path).collect::<Vec<_>>(), [""]);
    assert_eq!(site.tags.iter().map(|tag| &*tag.name).collect::<Vec<_>>(), ["shared"]);
    assert!(site.redirects.is_empty() && site.pages[0].backlinks.is_empty());
    assert_eq!(diagnostics.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::LinkToPrivate]);

    let (site, _) = vault::assemble(Config { drafts: true, ..Config::default() }, &files);
    assert_eq!(urls(&site), [("draft.md", "draft.html"), ("open.md", "open.html")]);
}

#[test]
fn the_site_is_read_in_order_depth_first() {
    let files = [
        ("index.md", "# Start"),
        ("z.md", "---\norder: 1\n---\n# Zebra"),
        ("ch10.md", "# Chapter 10"),
        ("ch2.md", "# Chapter 2"),
        ("b/deep/x.md", "# Deep"),
        ("b/y.md", "# Why"),
        ("a/a.md", "---\norder: 2\n---\n# A folder"),
        ("c/index.md", "---\norder: 1\n---\n# C folder"),
    ];
    let (site, _) = vault::assemble(Config::default(), &files);
    let first = site.pages.iter().position(|page| page.previous.is_none()).unwrap();
    let mut order = Vec::new();
    let mut next = Some(PageId(u32::try_from(first).unwrap()));
    while let Some(id) = next {
        let page = &site.pages[id.0 as usize];
        order.push(&*page.note.title);
        next = page.next;
    }
    assert_eq!(order, ["Start", "Zebra", "Chapter 2", "Chapter 10", "C folder", "A folder", "Why", "Deep"]);
    let titles: Vec<(&str, &str)> = site.folders.iter().map(|folder| (&*folder.path, &*folder.title)).collect();
    assert_eq!(titles, [("", "Start"), ("a", "A folder"), ("b", "b"), ("b/deep", "deep"), ("c", "C folder")]);
}

#[test]
fn tags_are_merged_nested_and_safe() {
    let files = [("1.md", "---\ntags: [Rust, 笔记/读书, \"a b\"]\n---\n# B"), ("2.md", "---\ntags: [rust, 笔记, a-b, index]\n---\n# A")];
    let (site, _) = vault::assemble(Config::default(), &files);
    let tags: Vec<(&str, &str, Vec<u32>)> =
        site.tags.iter().map(|tag| (&*tag.name, tag.url.as_str(), tag.pages.iter().map(|page| page.0).collect())).collect();
    assert_eq!(
        tags,
        [
            ("a b", "biji/tags/a-b.html", vec![0]),
            ("a-b", "biji/tags/a-b-2.html", vec![1]),
            ("index", "biji/tags/index-2.html", vec![1]),
            ("Rust", "biji/tags/Rust.html", vec![1, 0]),
            ("笔记", "biji/tags/笔记.html", vec![1, 0]),
            ("笔记/读书", "biji/tags/笔记/读书.html", vec![0]),
        ]
    );
}

#[test]
fn old_addresses_and_backlinks() {
    let files = [
        ("a.md", "---\naliases: [/old/a.html, /older/, Name]\n---\n[[b]] [[b]] [[a]]"),
        ("b.md", "![[a]]"),
        ("c/index.md", "---\npermalink: /elsewhere.html\n---\n[b](../b.md)"),
    ];
    let (site, diagnostics) = vault::assemble(Config::default(), &files);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let redirects: Vec<(&str, u32)> = site.redirects.iter().map(|(url, page)| (url.as_str(), page.0)).collect();
    assert_eq!(redirects, [("Name.html", 0), ("c/index.html", 2), ("old/a.html", 0), ("older/index.html", 0)]);
    let backlinks: Vec<Vec<u32>> = site.pages.iter().map(|page| page.backlinks.iter().map(|link| link.from.0).collect()).collect();
    assert_eq!(backlinks, [vec![1], vec![0, 2], vec![]]);
}

#[test]
fn title_and_language_are_always_known() {
    let chinese = "静态 Pod 由 kubelet 直接管理，不经过 API 服务器，适合运行控制平面的组件。";
    let (site, _) =
        vault::assemble(Config::default(), &[("a.md", chinese), ("b.md", "Static pods are managed by the kubelet on its node.")]);
    assert_eq!((site.config.title.as_deref(), site.config.language.as_deref()), (Some("笔记"), Some("zh")));
    assert_eq!(site.pages.iter().map(|page| &*page.language).collect::<Vec<_>>(), ["zh", "en"]);
    let (site, _) = vault::assemble(Config::default(), &[("README.md", "# My notes"), ("b.md", "---\nlang: de\n---\nx")]);
    assert_eq!((site.config.title.as_deref(), site.config.language.as_deref()), (Some("My notes"), Some("en")));
    assert_eq!(site.pages[1].language, "de");
}

#[test]
fn an_empty_folder_is_a_site() {
    let (site, diagnostics) = vault::assemble(Config::default(), &[]);
    assert_eq!((site.pages.len(), site.folders.len(), diagnostics.len()), (0, 1, 0));
    assert_eq!(site.folders[0].url.as_str(), "index.html");
}

/// Front matter of a note beside `b.md`, and what the reported place holds.
const PLACES: &[(&str, &str)] = &[
    ("slug: ../y", "../y"),
    ("title: x\npermalink: \"/a/../../b\"", "\"/a/../../b\""),
    ("url: /:year/x", "/:year/x"),
    ("url: https://example.org/x\nslug: a/b", "a/b"),
    ("aliases: [Other, /../x.html]", "/../x.html"),
    ("aliases:\n  - /404.html", "/404.html"),
    ("permalink: /biji/x.html", "/biji/x.html"),
    ("aliases: /b.html", "/b.html"),
];

#[test]
fn a_wish_that_cannot_be_met_is_reported_where_it_stands() {
    for (front_matter, expected) in PLACES {
        let text = format!("---\n{front_matter}\n---\n");
        let (_, diagnostics) = vault::assemble(Config::default(), &[("a.md", &text), ("b.md", "")]);
        let found: Vec<&str> = diagnostics.iter().map(|fault| fault.span.map_or("", |span| &text[span.range()])).collect();
        assert_eq!(found, [*expected], "{front_matter}: {diagnostics:?}");
    }
}

/// A configuration, notes, what is written behind the first of them, and whether the site then differs in the text of that note alone.
type ChangeCase = (&'static str, &'static [(&'static str, &'static str)], &'static str, bool);

const CHANGES: &[ChangeCase] = &[
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n[[a]]\n")], "Words of Bee.\n", true),
    ("", &[("a.md", "# A\nBee\n"), ("b.md", "# Bee\n[[a]]\n")], "Words.\n", true),
    ("", &[("a.md", "# A\nSee [[b]].\n"), ("b.md", "# Bee\n")], "Words.\n", true),
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n[[gone]]\n")], "Words.\n", true),
    ("", &[("a.md", "# A\n[[gone]]\n"), ("b.md", "# Bee\n")], "Words.\n", false),
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n")], "[[b]]\n", false),
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n")], "# More\n", false),
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n")], "#tag\n", false),
    ("", &[("a.md", "# A\n"), ("b.md", "# Bee\n")], "静态 Pod 由 kubelet 直接管理，不经过 API 服务器，配置文件放在节点上。\n", false),
    // What assembling gives to a note it keeps.
    ("summary = \"SUMMARY.md\"", &[("a.md", "Text.\n"), ("SUMMARY.md", "[Named](a.md)\n")], "Words.\n", true),
    (
        "[permalinks]\n\"d\" = \"/:year/:name/\"",
        &[("d/a.md", "---\ndate: 2026-01-02\n---\nText.\n"), ("b.md", "[a](d/a.md)\n")],
        "Words.\n",
        true,
    ),
    (
        "",
        &[
            ("a.md", "---\nextra:\n  x: [1, 0.1, 123456789.123456789, -2, null, {y: true}]\n---\n# A\n\n> [!tip]\n> T\n"),
            ("b.md", "# Bee\n"),
        ],
        "Words.\n",
        true,
    ),
];

#[test]
fn a_site_is_the_same_whatever_is_known_of_its_last_form() {
    let parse = |(path, text): &(&str, &str)| {
        let source = SourceFile::new(SourcePath::new(path).unwrap(), "", *text);
        Arc::new(biji::note::parse(&source, Default::default()).0.unwrap())
    };
    for (config, files, more, is_text) in CHANGES {
        let (config, faults) = Config::parse(&File { path: "biji.toml".into(), text: (*config).into() });
        assert!(faults.is_empty(), "{faults:?}");
        let mut notes: Vec<Arc<Note>> = files.iter().map(parse).collect();
        notes.sort_by(|a, b| a.path.cmp(&b.path));
        let again = |memo: &mut Memo, notes: &[Arc<Note>]| {
            biji::site::assemble_again(Scope::Published, memo, Origin::default(), config.clone(), notes.to_vec(), &[])
        };
        let mut memo = Memo::keeping();
        let _ = again(&mut memo, &notes);
        let bytes = kept::save(&memo).unwrap();
        let parts: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let mut loaded = kept::load(&parts, Origin::default(), &config, notes.clone(), &[]).unwrap();
        assert_eq!(format!("{:?}", loaded.site()), format!("{:?}", memo.site()), "{files:?}");
        assert!(kept::load(&parts, Origin { name: "other", ..Origin::default() }, &config, notes.clone(), &[]).is_none());

        let (path, text) = files[0];
        let at = notes.iter().position(|note| note.path.as_str() == path).unwrap();
        notes[at] = parse(&(path, &format!("{text}\n{more}")));
        let expected = format!("{:?}", again(&mut Memo::default(), &notes));
        for memo in [&mut memo, &mut loaded] {
            let before = memo.outline();
            assert_eq!(format!("{:?}", again(memo, &notes)), expected, "{files:?} and {more}");
            assert_eq!(memo.outline() == before, *is_text, "{files:?} and {more}");
        }
    }
}

#[test]
fn what_notes_mention_is_the_same_whatever_is_known_of_them() {
    const NAMES: [&str; 8] = ["Alpha", "Alpha Beta", "Beta Gamma", "beta", "静态", "静态 Pod", "Pod", "Delta"];
    const PATHS: [&str; 6] = ["a.md", "b.md", "c/d.md", "c/e.md", "f.md", "g.md"];
    for seed in 0..10 {
        let mut random = Random(seed);
        let mut files: BTreeMap<&str, Arc<Note>> = BTreeMap::new();
        let mut memo = Memo::keeping();
        for step in 0..60 {
            let path = *random.of(&PATHS);
            if random.below(5) == 0 {
                files.remove(path);
            } else {
                let mut words = || (0..3).map(|_| *random.of(&NAMES)).collect::<Vec<_>>().join(if step % 2 == 0 { " " } else { ", and " });
                let text = format!("---\naliases: [{}]\n---\n# {}\n\n{} [[{}]]\n", words().replace(',', ""), words(), words(), words());
                let source = SourceFile::new(SourcePath::new(path).unwrap(), "", text);
                files.insert(path, Arc::new(biji::note::parse(&source, Default::default()).0.unwrap()));
            }
            let assemble = |memo: &mut Memo| {
                let notes = files.values().cloned().collect();
                let (site, _) = biji::site::assemble_again(Scope::Published, memo, Origin::default(), Config::default(), notes, &[]);
                site.pages.iter().map(|page| (page.note.path.clone(), page.mentions.clone())).collect::<Vec<_>>()
            };
            assert_eq!(assemble(&mut memo), assemble(&mut Memo::default()), "seed {seed}, step {step}");
        }
    }
}

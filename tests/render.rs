//! Sites built by hand, rendered with the embedded theme and with a site's own templates over it.
#![allow(clippy::unwrap_used)]

#[path = "render/site.rs"]
mod fixture;

use biji::bundle::Payload;
use biji::diagnostic::{Code, Diagnostic, File};
use biji::note::{Fill, LinkKind};
use biji::path::UrlPath;
use biji::render::highlight::Cache;
use biji::render::render;
use biji::site::{PageId, Target};
use biji::theme::{Overrides, Theme};
use fixture::SiteBuilder;

fn pages(builder: SiteBuilder, templates: &[(&str, &str)]) -> (Vec<(String, String)>, Vec<Diagnostic>) {
    let templates = templates
        .iter()
        .map(|(name, text)| (String::from(*name), File { path: format!("templates/{name}").into(), text: (*text).into() }))
        .collect();
    let (theme, mut diagnostics) = Theme::new(Overrides { templates, statics: Vec::new() });
    let (artifacts, faults) = render(&builder.build(), &theme, &Cache::default());
    diagnostics.extend(faults);
    let text = |payload: &Payload| match payload {
        Payload::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap_or_default(),
        Payload::Attachment(_) | Payload::Published(_) => String::new(),
    };
    (artifacts.iter().map(|artifact| (artifact.path.to_string(), text(&artifact.payload))).collect(), diagnostics)
}

fn page<'a>(pages: &'a [(String, String)], path: &str) -> &'a str {
    &pages.iter().find(|(found, _)| found == path).unwrap_or_else(|| panic!("no {path}")).1
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|fault| format!("{} {}", fault.code.as_str(), fault.message)).collect()
}

/// A site of `a.html`, `sub/b.html` and an attachment; `a.html` holds one reference with the given target.
fn with_link(kind: LinkKind, target: Target, text: &str, title: &str) -> SiteBuilder {
    let mut site = SiteBuilder::new();
    let a = site.page("a.md", "甲", "<p></p>");
    let b = site.page(
        "sub/b.md",
        "B & b",
        "<h2 id=\"\">一</h2>\n<p id=\"x\">one <a href=\"#x\">x</a> <a href=\"#y\">y</a></p>\n<h2 id=\"\">二</h2>\n<p>two</p>\n",
    );
    site.heading(b, 2, "一", 0);
    site.heading(b, 2, "二", 1);
    let fills = match kind {
        LinkKind::Link | LinkKind::Wikilink => vec![Fill::LinkStart(0), Fill::LinkEnd(0)],
        LinkKind::HtmlLink | LinkKind::HtmlSource => vec![Fill::Attribute(0)],
        LinkKind::Image | LinkKind::Embed => vec![Fill::Embed(0)],
    };
    site.link(a, kind, target, text, title, &fills, 3);
    site.attachment("图/x y.png");
    site.attachment("a.pdf");
    site.attachment("a.mp3");
    site
}

#[test]
fn references() {
    use LinkKind::{Embed, HtmlLink, Image, Link};
    let external = |address: &str| Target::External(address.into());
    let anchor = || Some(biji::path::Anchor::from_heading("二"));
    for (kind, target, text, title, expected) in [
        (Link, Target::Page(PageId(1), None), "", "", "<p><a href=\"sub/b.html\" aria-label=\"B &amp; b\"></a></p>"),
        (Link, Target::Page(PageId(1), anchor()), "", "t \"q\"", "<p><a href=\"sub/b.html#二\" title=\"t &quot;q&quot;\"></a></p>"),
        (Link, Target::Page(PageId(0), anchor()), "", "", "<p><a href=\"#二\" aria-label=\"甲\"></a></p>"),
        (
            Link,
            external("https://x.org/?a=1&b=\"<"),
            "",
            "",
            "<p><a href=\"https://x.org/?a=1&amp;b=%22%3C\" rel=\"external noopener\" aria-label=\"target\"></a></p>",
        ),
        (Link, Target::Broken, "", "", "<p><span class=\"broken-link\" title=\"This link leads nowhere\"></span></p>"),
        (Link, Target::Private, "", "", "<p></p>"),
        (Link, Target::Refused, "", "", "<p></p>"),
        (Link, Target::Attachment(0, "?raw".into()), "", "", "<p><a href=\"图/x%20y.png?raw\" aria-label=\"target\"></a></p>"),
        (HtmlLink, Target::Refused, "", "", "<p>#</p>"),
        (HtmlLink, Target::Page(PageId(1), None), "", "", "<p>sub/b.html</p>"),
        (Image, Target::Attachment(0, String::new()), "a < b", "", "<p><img src=\"图/x%20y.png\" alt=\"a &lt; b\"></p>"),
        (Image, Target::Attachment(0, String::new()), "", "", "<p><img src=\"图/x%20y.png\" alt=\"\"></p>"),
        (
            Embed,
            Target::Attachment(0, String::new()),
            "640x480",
            "",
            "<p><img src=\"图/x%20y.png\" alt=\"target\" width=\"640\" height=\"480\"></p>",
        ),
        (
            Embed,
            Target::Attachment(2, String::new()),
            "",
            "",
            "<p><audio controls preload=\"metadata\" src=\"a.mp3\" aria-label=\"target\"></audio></p>",
        ),
        (
            Embed,
            Target::Attachment(1, "#page=3".into()),
            "",
            "",
            "<iframe src=\"a.pdf#page=3\" title=\"target\" loading=\"lazy\"></iframe>",
        ),
        (Embed, Target::Broken, "", "", "<span class=\"broken-link\" title=\"Not found\">target</span>"),
        (Embed, Target::Private, "shown", "", "<p>shown</p>"),
        (
            Embed,
            Target::Page(PageId(1), anchor()),
            "",
            "",
            "<div class=\"embed\">\n<p class=\"embed-source\"><a href=\"sub/b.html#二\">B &amp; b › 二</a></p>\n<h2 id=\"e1-二\">二</h2>\n<p>two</p>\n</div>",
        ),
        (Embed, Target::Page(PageId(1), None), "", "", "<p id=\"e1-x\">one <a href=\"#e1-x\">x</a> <a href=\"sub/b.html#y\">y</a></p>"),
        (
            Embed,
            Target::Page(PageId(1), Some(biji::path::Anchor::explicit("x"))),
            "",
            "",
            "</p>\n<p id=\"e1-x\">one <a href=\"#e1-x\">x</a> <a href=\"sub/b.html#y\">y</a></p></div>",
        ),
    ] {
        let (pages, diagnostics) = pages(with_link(kind, target.clone(), text, title), &[]);
        assert_eq!(messages(&diagnostics), Vec::<String>::new());
        let html = page(&pages, "a.html");
        assert!(html.contains(expected), "{kind:?} {target:?}: wanted\n{expected}\nin\n{html}");
        assert!(!html.contains("<p><div"), "{html}");
    }
}

#[test]
fn embeds_in_a_circle_end_and_are_reported_once_each() {
    let mut site = SiteBuilder::new();
    let a = site.page("a.md", "A", "<p></p>");
    let b = site.page("b.md", "B", "<p></p>");
    let c = site.page("c.md", "C", "<p></p>");
    site.link(a, LinkKind::Embed, Target::Page(PageId(1), None), "", "", &[Fill::Embed(0)], 3);
    site.link(b, LinkKind::Embed, Target::Page(PageId(0), None), "", "", &[Fill::Embed(0)], 3);
    site.link(c, LinkKind::Embed, Target::Page(PageId(0), None), "", "", &[Fill::Embed(0)], 3);
    let (pages, diagnostics) = pages(site, &[]);
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
    assert!(diagnostics.iter().all(|fault| fault.code == Code::EmbedCycle));
    assert!(page(&pages, "a.html").contains("<a class=\"embed-link\" href=\"a.html\">A</a>"));
}

#[test]
fn embeds_that_multiply_end() {
    let mut site = SiteBuilder::new();
    let text = format!("<p></p>{}", "x".repeat(100_000));
    for name in 0..8_u32 {
        let page = site.page(&format!("{name}.md"), "N", &text);
        for _ in 0..10 {
            if name < 7 {
                site.link(page, LinkKind::Embed, Target::Page(PageId(name + 1), None), "", "", &[], 3);
            }
        }
        let fills: Vec<Fill> = (0..if name < 7 { 10 } else { 0 }).map(Fill::Embed).collect();
        site.fills(page, &fills, 3);
    }
    let (pages, diagnostics) = pages(site, &[]);
    assert!(diagnostics.iter().any(|fault| fault.message.contains("8 MiB")), "{diagnostics:?}");
    assert!(page(&pages, "0.html").len() < 20 << 20);
}

#[test]
fn every_page_has_its_place() {
    let mut site = SiteBuilder::new();
    site.page("index.md", "首页", "<p>欢迎</p>");
    let a = site.page("sub/a.md", "A", "<p>{{ .Values.image }} {% raw %}</p>");
    site.tag(a, "k8s");
    site.redirect("old.html", a);
    let (pages, diagnostics) = pages(site, &[]);
    assert_eq!(messages(&diagnostics), Vec::<String>::new());
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).filter(|name| name.ends_with(".html")).collect();
    assert_eq!(
        names,
        [
            "404.html",
            "biji/a-z.html",
            "biji/all.html",
            "biji/tags/index.html",
            "biji/tags/k8s.html",
            "index.html",
            "old.html",
            "search.html",
            "sub/a.html",
            "sub/index.html"
        ]
    );
    let html = page(&pages, "sub/a.html");
    assert!(html.contains("<p>{{ .Values.image }} {% raw %}</p>"), "note text is no template");
    assert!(html.contains("href=\"../biji/biji.css\"") && html.contains("<h1>A</h1>") && html.contains("href=\"../biji/tags/k8s.html\""));
    assert!(html.contains("data-search-open href=\"../biji/a-z.html\""));
    assert!(page(&pages, "old.html").contains("content=\"0; url=sub/a.html\""));
    assert!(!pages.iter().any(|(name, _)| name == "robots.txt" || name == "sitemap.xml"), "no base_url");
    for (name, html) in &pages {
        assert!(!html.contains(" style=") && !html.contains("<script>"), "{name}");
    }
}

#[test]
fn the_sites_address() {
    let mut site = SiteBuilder::new();
    site.page("index.md", "首页", "");
    site.page("存储/a b.md", "A", "");
    site.base_url("https://example.org/wiki/");
    let (pages, _) = pages(site, &[]);
    assert!(
        page(&pages, "sitemap.xml").contains("<loc>https://example.org/wiki/%E5%AD%98%E5%82%A8/a%20b.html</loc>"),
        "{}",
        page(&pages, "sitemap.xml")
    );
    assert!(page(&pages, "robots.txt").ends_with("Sitemap: https://example.org/wiki/sitemap.xml\n"));
    assert!(page(&pages, "index.html").contains("<link rel=\"canonical\" href=\"https://example.org/wiki/\">"));
    let html = page(&pages, "404.html");
    assert!(html.contains("href=\"/wiki/biji/biji.css\"") && html.contains("href=\"/wiki/index.html\""), "{html}");
    assert!(!html.contains("canonical"), "{html}");
}

#[test]
fn templates_are_overlaid() {
    let site = || {
        let mut site = SiteBuilder::new();
        site.page("a.md", "A & B", "<p>text</p>");
        site
    };
    for (templates, expected) in [
        (vec![("note.html", "<h1>{{ page.title }}</h1>{{ content }}")], "<h1>A &amp; B</h1><p>text</p>"),
        (vec![("note.html", "{% extends \"biji/note.html\" %}{% block note_footer %}mine{% endblock %}")], "mine"),
        (
            vec![("base.html", "{% extends \"biji/base.html\" %}{% block head %}<meta name=\"x\" content=\"y\">{% endblock %}")],
            "<meta name=\"x\" content=\"y\">",
        ),
        (vec![("strings/en.toml", "search = \"Find\"\n")], "<span>Find</span>"),
        (vec![("note.html", "{{ t.notes | count(n=1) }}, {{ t.notes | count(n=2) }}")], "one note, 2 notes"),
        (vec![("components/toc.html", "{% component toc_list(items: array) %}x{% endcomponent toc_list %}")], "<p>text</p>"),
    ] {
        let (pages, diagnostics) = pages(site(), &templates);
        assert_eq!(messages(&diagnostics), Vec::<String>::new());
        assert!(page(&pages, "a.html").contains(expected), "{templates:?}: {}", page(&pages, "a.html"));
    }
}

#[test]
fn faults_of_templates() {
    let chain = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}";
    let loud = "{% for a in range(end=1000) %}{% for b in range(end=900) %}{{ content }}{% endfor %}{% endfor %}";
    for (templates, place, expected) in [
        (vec![("note.html", "a\n {{ page.titel }}")], "2:10", "field `titel` is not defined in `{{ page.titel }}`, for `a.html`"),
        (vec![("note.html", "{{ nothing }}")], "1:4", "variable `nothing` is not defined in `{{ nothing }}`, for `a.html`"),
        (vec![("note.html", "{% if %}")], "1:7", "found `%}`"),
        (vec![("note.html", "{{ page.title | shout }}")], "1:17", "unknown filter `shout`"),
        (vec![("note.html", "{% extends \"bse.html\" %}")], "1:13", "no template `bse.html` to extend"),
        (vec![("note.html", "{% extends \"biji/nte.html\" %}")], "1:13", "Some(\"did you mean `biji/note.html`?\")"),
        (vec![("note.html", "{% include \"bse.html\" %}")], "1:12", "unknown template `bse.html`"),
        (vec![("note.html", "{% extends \"note.html\" %}")], "1:4", "the template extends itself"),
        (vec![("note.html", "{% include \"x.html\" %}"), ("x.html", "{% include \"note.html\" %}")], "1:4", "the template includes itself"),
        (vec![("note.html", chain)], "1:", "`range` gives more than 1000000 numbers on one page"),
        (vec![("note.html", loud)], "", "the page grows past 64 MiB"),
        (vec![("note.html", "{% component x() %}{{ <x /> }}{% endcomponent x %}{{ <x /> }}")], "", "recursion"),
        (vec![("base.html", "{% block main %}{% endblock %}")], "", "is not defined in any parent template"),
        (vec![("biji/note.html", "x")], "", "is taken"),
        (vec![("strings/en.toml", "search = 1\n")], "1:10", "cannot read the interface strings"),
    ] {
        let mut site = SiteBuilder::new();
        let a = site.page("a.md", "A", "");
        site.page("b.md", "B", "");
        if expected.contains("64 MiB") {
            site.body(a, &"x".repeat(100));
        }
        let (_, diagnostics) = pages(site, &templates);
        let found: Vec<String> = diagnostics
            .iter()
            .map(|fault| {
                let file = fault.file.as_ref().unwrap();
                let at = fault.span.map(|span| biji::text::Position::of(&file.text, span.start as usize));
                let at = at.map_or(String::new(), |at| format!("{}:{}", at.line, at.column));
                format!("{at} {} {:?}", fault.message, fault.hint)
            })
            .collect();
        assert!(diagnostics.iter().all(|fault| fault.code == Code::Template));
        assert!(found.iter().any(|fault| fault.starts_with(place) && fault.contains(expected)), "{templates:?}: {found:#?}");
        // One cause, one report; of a base without blocks each block that others fill.
        let most = if expected.contains("any parent") { 10 } else { 2 };
        assert!(found.len() <= most, "{templates:?}: {found:#?}");
    }
}

#[test]
fn a_note_names_its_template() {
    let mut site = SiteBuilder::new();
    let a = site.page("a.md", "A", "");
    site.template(a, "wide");
    let b = site.page("b.md", "B", "");
    site.template(b, "wdie.html");
    let (pages, diagnostics) = pages(site, &[("wide.html", "wide {{ page.title }}")]);
    assert_eq!(page(&pages, "a.html"), "wide A");
    assert_eq!(messages(&diagnostics), ["template no template `wdie.html`"]);
    assert_eq!(diagnostics[0].hint.as_deref(), Some("did you mean `wide.html`?"));
}

#[test]
fn an_ordinary_page_of_a_large_site_stays_small() {
    let mut site = SiteBuilder::new();
    for folder in 0..40 {
        for note in 0..50 {
            site.page(
                &format!("一级目录{folder:02}/二级目录/三级目录/四级目录/一篇名字不短的笔记-{note:02}.md"),
                "一篇名字不短的笔记，有一个不短的标题",
                "<p>x</p>",
            );
        }
    }
    for note in 0..2000 {
        site.page(&format!("平/{note:05}.md"), "一篇名字不短的笔记，有一个不短的标题", "<p>x</p>");
    }
    let (pages, _) = pages(site, &[]);
    let largest = pages
        .iter()
        .filter(|(name, _)| name.ends_with(".md") || name.contains("笔记-") || name.starts_with("平/0"))
        .max_by_key(|(_, html)| html.len())
        .unwrap();
    assert!(largest.1.len() < 16_000, "{} {}\n{}", largest.0, largest.1.len(), largest.1);
    let html = page(&pages, "平/01500.html");
    assert!(html.contains("<a href=\"01500.html\" aria-current=\"page\""), "{html}");
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    let make = |threads: usize| {
        let mut site = SiteBuilder::new();
        for name in 0..50 {
            let page = site.page(&format!("f{}/{name}.md", name % 7), &format!("N{name}"), "<p>x</p>");
            site.tag(page, ["a", "b"][name % 2]);
            site.code(page, "rust", &format!("fn f{name}() {{}}\n"));
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| pages(site, &[]).0)
    };
    assert!(make(1) == make(8));
}

#[test]
fn addresses_that_are_taken_are_left_to_their_owner() {
    let mut site = SiteBuilder::new();
    site.page("404.md", "Mine", "<p>mine</p>");
    site.attachment("robots.txt");
    site.base_url("https://example.org/");
    let (pages, _) = pages(site, &[]);
    assert!(page(&pages, "404.html").contains("mine"));
    assert!(!pages.iter().any(|(name, _)| name == "robots.txt"));
    let mut names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(UrlPath::new("404.html").is_some());
}

#[test]
fn a_section_is_embedded_without_the_notes_footnotes() {
    let mut site = SiteBuilder::new();
    let a = site.page("a.md", "A", "<p></p>");
    let b = site.page(
        "b.md",
        "B",
        "<h2 id=\"\">二</h2>\n<p>two<a href=\"#fn:1\">1</a></p>\n<section class=\"footnotes\"><ol><li id=\"fn:1\">n</li></ol></section>",
    );
    site.heading(b, 2, "二", 0);
    let target = Target::Page(b, Some(biji::path::Anchor::from_heading("二")));
    site.link(a, LinkKind::Embed, target, "", "", &[Fill::Embed(0)], 3);
    let (pages, _) = pages(site, &[]);
    let html = page(&pages, "a.html");
    assert!(html.contains("<p>two<a href=\"b.html#fn:1\">1</a></p>\n</div>"), "{html}");
}

/// What the page itself needs ids for must not meet a heading's.
#[test]
fn the_pages_own_ids_have_a_prefix() {
    let mut site = SiteBuilder::new();
    let a = site.page("index.md", "A", "");
    site.page("b.md", "B", "");
    site.backlink(a, PageId(1));
    let (pages, _) = pages(site, &[]);
    let html = page(&pages, "index.html");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(ids.ends_with(&["biji-tree", "biji-main", "biji-contents", "biji-backlinks"]), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("biji-")), "{ids:?}");
}

/// Templates nest at most 20 components, and a page must not list its whole way however long it is.
#[test]
fn folders_may_lie_in_folders_without_end() {
    for depth in [0_usize, 1, 9, 10, 11, 15, 60, 300] {
        let mut site = SiteBuilder::new();
        let way: String = (0..depth).map(|level| format!("第{level}层/")).collect();
        site.page("index.md", "Start", "");
        site.page(&format!("{way}叶.md"), "叶", "");
        let (pages, diagnostics) = pages(site, &[]);
        assert_eq!(messages(&diagnostics), Vec::<String>::new(), "{depth}");
        let html = page(&pages, &format!("{way}叶.html"));
        assert!(html.contains("<a href=\"叶.html\" aria-current=\"page\">叶</a>"), "{depth}: {html}");
        assert_eq!(html.contains("…"), depth > 11, "{depth}: {html}");
        let way_up = if depth == 0 { "index.html".into() } else { format!("{}index.html", "../".repeat(depth)) };
        assert!(html.contains(&format!("<li><a href=\"{way_up}\">")), "{depth}: {html}");
        assert!(html.len() < 21_000, "{depth}: {}", html.len());
    }
}

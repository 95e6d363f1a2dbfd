//! `biji init --from`: small sites of other tools in their true layouts, imported, built, and left as they were.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests write files and may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Scene(tempfile::TempDir);

impl Scene {
    fn new(files: &[(&str, &str)]) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let file = scene.path(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        scene
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Runs and asserts the exit code: both outputs.
    fn run(&self, args: &[&str], code: i32) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        command.args(args).current_dir(self.0.path()).env("HOME", self.0.path()).env("BIJI_CACHE_DIR", "");
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{text}");
        text
    }

    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = walkdir::WalkDir::new(self.0.path()).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        entries.map(|entry| (entry.path().strip_prefix(self.0.path()).unwrap().to_owned(), fs::read(entry.path()).unwrap())).collect()
    }

    /// Imports; asserts that nothing but `s/biji.toml` was written, that it has the lines, and that the report has the losses. Then builds.
    fn import(&self, args: &[&str], lines: &[&str], lost: &[&str]) -> String {
        let mut before = self.files();
        let report = self.run(&[&["init"], args, &["-v"]].concat(), 0);
        let toml = fs::read_to_string(self.path("s/biji.toml")).unwrap();
        before.insert("s/biji.toml".into(), toml.clone().into_bytes());
        assert!(before == self.files(), "nothing else is written");
        for line in lines {
            assert!(toml.contains(&format!("{line}\n")), "{line}\n{toml}");
        }
        for line in lost {
            assert!(report.contains(&format!("  {line}")), "{line}\n{report}");
        }
        self.run(&["build", "s", "--output", "out"], 0)
    }

    fn page(&self, path: &str) -> String {
        fs::read_to_string(self.path("out").join(path)).unwrap()
    }

    /// The titles that lead on from page to page.
    fn sequence(&self, start: &str) -> Vec<String> {
        let mut found = vec![start.to_owned()];
        while let Some((_, rest)) = self.page(found.last().unwrap()).split_once("class=\"next\" rel=\"next\" href=\"") {
            let href = rest.split('"').next().unwrap();
            let folder = Path::new(found.last().unwrap()).parent().unwrap().to_owned();
            let mut parts: Vec<String> = folder.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
            for part in href.split('/') {
                if part == ".." { drop(parts.pop()) } else { parts.push(part.to_owned()) }
            }
            found.push(parts.join("/"));
            assert!(found.len() < 50, "{found:?}");
        }
        found
    }
}

#[test]
fn obsidian() {
    let scene = Scene::new(&[
        ("s/.obsidian/app.json", r#"{ "userIgnoreFilters": ["Archive/", "/^x.*/", "a [1].md"], "attachmentFolderPath": "Files" }"#),
        ("s/.obsidian/templates.json", r#"{ "folder": "Meta/Templates" }"#),
        ("s/.obsidian/daily-notes.json", r#"{ "folder": "Daily", "format": "YYYY-MM-DD ddd" }"#),
        ("s/.obsidian/appearance.json", r#"{ "cssTheme": "Minimal" }"#),
        ("s/Home.md", "# Home\n\n[[Note]] ![[p.png]]\n\n```dataview\nLIST\n```\n"),
        ("s/Sub/Note.md", "`<% code %>` and <% tp.date.now() %>\n\n```\n<% x %>\n```\n"),
        ("s/Archive/Old.md", "old"),
        ("s/a [1].md", "excluded"),
        ("s/Meta/Templates/Meeting.md", "# {{title}}\n{{date}}\n"),
        ("s/Files/p.png", "x"),
        ("s/Map.canvas", "{}"),
    ]);
    let printed = scene.import(
        &["--from", "obsidian", "s"],
        &["content = \".\"", "archetypes = \"Meta/Templates\"", "    \"/Archive\",", "    \"/a \\\\[1\\\\].md\","],
        &["s/../"][..0],
    );
    assert!(printed.contains("published 2 pages, 1 attachment"), "{printed}");
    let path = scene.run(&["new", "Weekly", "s", "--kind", "Meeting", "--in", "Sub"], 0);
    assert!(fs::read_to_string(scene.path(path.trim())).unwrap().starts_with("# Weekly\n2"));
    // The tool is guessed, from PATH alone and behind `--from`; a site is not made twice.
    scene.run(&["init", "s"], 2);
    fs::remove_file(scene.path("s/biji.toml")).unwrap();
    let report = scene.run(&["init", "s"], 0);
    for lost in [
        "  .obsidian/app.json:1: excluded files by the regular expression `/^x.*/`",
        "  .obsidian/daily-notes.json:1: the names of daily notes",
        "  .obsidian/appearance.json:1: the looks of Obsidian (cssTheme)",
        "  Home.md:5: a query of the plugin Dataview is shown as code",
        "  Sub/Note.md:1: a command of the plugin Templater is shown as text",
        "  Map.canvas: a canvas",
    ] {
        assert!(report.contains(lost), "{lost}\n{report}");
    }
    assert!(!report.contains("Note.md:4"), "{report}");
    fs::remove_file(scene.path("s/biji.toml")).unwrap();
    let json = scene.run(&["init", "--from", "s", "--format", "json"], 0);
    assert!(json.lines().any(|line| line.contains("\"type\":\"not-carried-over\"") && line.contains("\"line\":5")), "{json}");
}

#[test]
fn hexo() {
    let scene = Scene::new(&[
        (
            "s/_config.yml",
            "# Site\ntitle: 我的博客\ndescription: 一些字\nlanguage:\n  - zh-CN\n  - en\nurl: https://blog.example.net\nroot: /b/\npermalink: :year/:title/\nsource_dir: source\n\
             post_asset_folder: true\ntheme: landscape\ndeploy:\n  type: ''\n",
        ),
        (
            "s/source/_posts/hello.md",
            "---\ntitle: 你好\ndate: 2020-01-02 03:04:05\ncategories: 杂谈\ntags: [a]\n---\n摘要\n\n<!-- more -->\n\n正文 {% asset_img p.png %}\n",
        ),
        ("s/source/_drafts/later.md", "# later\n"),
        ("s/source/about/index.md", "---\ntitle: 关于\n---\n我\n"),
        ("s/source/_data/menu.yml", "a: b\n"),
        ("s/scaffolds/post.md", "---\ntitle: {{ title }}\ndate: {{ date }}\ntags:\n---\n"),
        ("s/package.json", "{}"),
    ]);
    let printed = scene.import(
        &["s"],
        &[
            "title = \"我的博客\"",
            "language = \"zh-CN\"",
            "base_url = \"https://blog.example.net/b\"",
            "content = \"source\"",
            "archetypes = \"scaffolds\"",
            "[permalinks]",
            "\"_posts\" = \":year/:name/\"",
        ],
        &[
            "_config.yml:4: a site has one language",
            "_config.yml:11: asset folders of posts",
            "_config.yml:12: the theme",
            "source/_posts/hello.md:11: write the picture as Markdown",
        ],
    );
    assert!(printed.contains("published 2 pages"), "{printed}");
    let page = scene.page("2020/hello/index.html");
    assert!(page.contains("href=\"../../about/index.html\""), "pages lead from there");
    assert!(page.contains("杂谈") && !page.contains("more --") || page.contains("<!-- more -->"), "{page}");
    let path = scene.run(&["new", "新文", "s", "--kind", "post", "--in", "_posts"], 0);
    assert!(fs::read_to_string(scene.path(path.trim())).unwrap().starts_with("---\ntitle: \"新文\"\ndate: 2"));
}

#[test]
fn hugo() {
    let scene = Scene::new(&[
        (
            "s/hugo.toml",
            "baseURL = 'https://h.example.net/'\nlanguageCode = 'en-us'\ntitle = 'My site'\ntheme = 'ananke'\n\n[params]\n  description = 'About \"it\"'\n\n[permalinks]\n  posts = '/:year/:slug/'\n  news = '/:weekday/:slug/'\n",
        ),
        ("s/content/_index.md", "---\ntitle: Home\n---\nhi\n"),
        (
            "s/content/posts/one.md",
            "+++\ntitle = 'One'\ndate = 2024-01-01\n+++\n{{< figure src=\"a.png\" >}}\n\n[two]({{< ref \"two.md\" >}})\n",
        ),
        ("s/content/posts/two.md", "+++\ntitle = 'Two'\ndraft = true\n+++\ntwo\n"),
        ("s/static/robots.txt", "x"),
        ("s/layouts/index.html", "x"),
        ("s/archetypes/default.md", "+++\ntitle = '{{ .Name }}'\n+++\n"),
    ]);
    let printed = scene.import(
        &["--from", "HUGO", "s"],
        &[
            "title = \"My site\"",
            "description = \"About \\\"it\\\"\"",
            "language = \"en-us\"",
            "base_url = \"https://h.example.net/\"",
            "archetypes = \"\"",
            "\"posts\" = \"/:year/:slug/\"",
        ],
        &[
            "hugo.toml:4: the theme",
            "hugo.toml:11: addresses of `news` by the pattern `/:weekday/:slug/`: `:weekday` is no placeholder",
            "content/posts/one.md:5: write the picture as Markdown",
            "content/posts/one.md:7: write the link as `[[note]]`",
            "layouts: layouts",
            "static: files in `static/` are published",
        ],
    );
    assert!(printed.contains("published 2 pages"), "{printed}");
}

#[test]
fn addresses_by_pattern() {
    let scene = Scene::new(&[
        ("s/biji.toml", "[permalinks]\n\"posts\" = \"/:year/:month/:day/:title.html\"\n\"posts/deep/\" = \"/d/:name/\"\n"),
        ("s/content/posts/index.md", "# Posts\n\n[[a]] [[b]] [[c]] [[x]]\n"),
        ("s/content/posts/a.md", "---\ntitle: What's New? 一\ndate: 2024-05-06T07:08:09\n---\n[x](deep/er/x.md) ![p](p.png)\n"),
        ("s/content/posts/b.md", "---\npermalink: /mine/\ndate: 2024-05-06\n---\n"),
        ("s/content/posts/c.md", "no date\n"),
        ("s/content/posts/deep/er/x.md", "# X\n"),
        ("s/content/posts/deep/bundle/index.md", "# Bundle\n"),
        ("s/content/posts/p.png", "x"),
    ]);
    scene.run(&["build", "s", "--output", "out", "--deny-warnings"], 0);
    for page in
        ["posts/index.html", "2024/05/06/whats-new-一.html", "mine/index.html", "posts/c.html", "d/er/x/index.html", "d/bundle/index.html"]
    {
        assert!(scene.path("out").join(page).is_file(), "{page}");
    }
    let page = scene.page("2024/05/06/whats-new-一.html");
    assert!(page.contains("../../../d/er/x/index.html") && page.contains("../../../posts/p.png"), "{page}");
    fs::write(scene.path("s/biji.toml"), "[permalinks]\nposts = \"/:yaer/:name/\"\n").unwrap();
    let printed = scene.run(&["check", "s"], 1);
    assert!(printed.contains("`:yaer` is no placeholder"), "{printed}");
}

#[test]
fn mdbook() {
    let scene = Scene::new(&[
        (
            "s/book.toml",
            "[book]\ntitle = \"The Book\"\nlanguage = \"en\"\nsrc = \"src\"\n\n[output.html]\nadditional-css = [\"x.css\"]\n\n[output.html.redirect]\n\"/a.html\" = \"b.html\"\n\n[preprocessor.mermaid]\n",
        ),
        (
            "s/src/SUMMARY.md",
            "# Summary\n\n[Preface](preface.md)\n\n- [Zebra](zebra.md)\n  - [Inner](part/inner.md)\n- [Apple](apple.md)\n- [Later]()\n- [Part](part/README.md)\n- [Gone](gone.md)\n- [The *last* chapter](ch01.md)\n",
        ),
        ("s/src/preface.md", "# Preface\n"),
        ("s/src/zebra.md", "# Zebra\n\n{{#include ../x.rs}}\n"),
        ("s/src/part/inner.md", "# Inner\n"),
        ("s/src/part/README.md", "# The part\n"),
        ("s/src/apple.md", "# Apple\n"),
        ("s/src/unlisted.md", "# Unlisted\n"),
        ("s/src/ch01.md", "<a id=\"old\"></a>\n\n## Nameless\n"),
    ]);
    scene.import(
        &["--from", "mdbook", "s"],
        &["title = \"The Book\"", "content = \"src\"", "summary = \"SUMMARY.md\"", "exclude = [\"/unlisted.md\"]"],
        &[
            "src/SUMMARY.md:9: the chapter is called `Part`, its page calls itself `The part`",
            "src/SUMMARY.md:10: there is no `gone.md`",
            "src/SUMMARY.md:8: `Later` is a chapter not yet written",
            "book.toml:7: style sheets",
            "book.toml:9: redirections",
            "book.toml:12: preprocessors",
            "src/zebra.md:3: an included file",
        ],
    );
    assert!(scene.page("ch01.html").contains("<h1>The last chapter</h1>"), "the summary names what has no name of its own");
    assert_eq!(scene.sequence("preface.html")[..5], ["preface.html", "zebra.html", "part/inner.html", "apple.html", "part/index.html"]);
}

#[test]
fn mkdocs() {
    let scene = Scene::new(&[
        (
            "s/mkdocs.yml",
            "site_name: Docs\nsite_url: https://d.example.net/x/\nrepo_url: !ENV [REPO, '']\ntheme:\n  name: material\n  language: zh\nnav:\n  - Start: index.md\n  - zebra.md\n  - More:\n      - Deep: more/b.md\n      \
             - more/a.md\n  - Site: https://x.example.net\nmarkdown_extensions:\n  - toc\n  - pymdownx.keys\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n\
             plugins:\n  - search\n  - blog\nexclude_docs: |\n  drafts/\n  # no\n  *.tmp.md\n",
        ),
        ("s/docs/index.md", "# Start\n\n!!! note \"Look\"\n    text\n"),
        ("s/docs/zebra.md", "# Zebra\n"),
        ("s/docs/apple.md", "# Apple\n"),
        ("s/docs/more/a.md", "# A\n"),
        ("s/docs/more/b.md", "# B\n"),
        ("s/docs/drafts/x.md", "# X\n"),
        ("s/docs/y.tmp.md", "# Y\n"),
    ]);
    let printed = scene.import(
        &["--from", "s"],
        &[
            "title = \"Docs\"",
            "language = \"zh\"",
            "base_url = \"https://d.example.net/x/\"",
            "content = \"docs\"",
            "    \"drafts/\",",
            "    \"more/b.md\",",
        ],
        &[
            "mkdocs.yml:8: the page is called `Start`",
            "mkdocs.yml:10: the section `More`",
            "mkdocs.yml:13: the address `https://x.example.net` in `nav`",
            "mkdocs.yml:16: the extension of Markdown `pymdownx.keys`",
            "mkdocs.yml:21: the plugin `blog`",
            "docs/index.md:3: an admonition is shown as text",
        ],
    );
    assert!(printed.contains("published 5 pages"), "{printed}");
    assert_eq!(scene.sequence("index.html"), ["index.html", "zebra.html", "more/b.html", "more/a.html", "apple.html"]);
}

#[test]
fn an_order_that_is_wrong_is_reported() {
    let scene = Scene::new(&[
        ("s/biji.toml", "order = [\"z.md\", \"sub\", \"nothing.md\"]\nsummary = \"SUMARY.md\"\n"),
        ("s/content/a.md", "# A\n"),
        ("s/content/z.md", "# Z\n"),
        ("s/content/sub/b.md", "# B\n"),
        ("s/content/another/c.md", "# C\n"),
    ]);
    let printed = scene.run(&["build", "s", "--output", "out"], 0);
    assert!(
        printed.contains("`order` in biji.toml names `nothing.md`") && printed.contains("`summary` in biji.toml names `SUMARY.md`"),
        "{printed}"
    );
    assert_eq!(scene.sequence("z.html"), ["z.html", "a.html", "sub/b.html", "another/c.html"]);
}

#[test]
fn what_cannot_be_imported() {
    let scene = Scene::new(&[("s/readme.txt", ""), ("other/x", ""), ("broken/mkdocs.yml", "a: [\n"), ("broken/docs/a.md", "")]);
    for (args, message) in [
        (&["--from", "hgo", "s"][..], "did you mean `hugo`?"),
        (&["--from", "s"], "nothing in `s` tells which tool it is of"),
        (&["--from", "hexo"], "`--from` needs the folder, too"),
        (&["--from", "hexo", "nowhere"], "no folder `nowhere`"),
        (&["--from", "hexo", "s", "other"], "`s` does not lie in `other`"),
        (&["--from", "broken"], "mkdocs.yml` cannot be read"),
    ] {
        let printed = scene.run(&[&["init"], args].concat(), 2);
        assert!(printed.contains(message), "{args:?}: {printed}");
    }
    // A folder above may hold biji.toml; a folder of notes of no tool becomes the content.
    let scene = Scene::new(&[("r/docs/mkdocs.yml", "site_name: X\n"), ("r/docs/docs/a.md", "# A\n"), ("n/a.md", "# A\n")]);
    scene.run(&["init", "--from", "mkdocs", "r/docs", "r"], 0);
    assert!(fs::read_to_string(scene.path("r/biji.toml")).unwrap().contains("content = \"docs/docs\"\n"));
    scene.run(&["build", "r"], 0);
    scene.run(&["init", "n"], 0);
    let printed = scene.run(&["build", "n"], 0);
    assert!(printed.contains("published 1 page"), "{printed}");
}

/// Whole corpora, copied as links so that nothing can be written into them.
#[test]
fn corpora() {
    for (name, args) in
        [("rust-book", &["--from", "mdbook"][..]), ("k8s-zh", &["--from", "mdbook"]), ("obsidian-tasks", &["--from", "obsidian"])]
    {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(name);
        if !corpus.is_dir() {
            assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is missing", corpus.display());
            eprintln!("skipped: {} is not there", corpus.display());
            continue;
        }
        let scene = Scene::new(&[]);
        for entry in walkdir::WalkDir::new(&corpus).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
            let to = scene.path("s").join(entry.path().strip_prefix(&corpus).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(entry.path(), to).unwrap();
        }
        let printed = scene.run(&[&["init"], args, &["s"]].concat(), 0);
        let checked = scene.run(&["check", "s", "--format", "json"], 0);
        assert!(!checked.contains("\"code\":\"config\"") && !checked.contains("in biji.toml names"), "{name}: {printed}\n{checked}");
        if name != "obsidian-tasks" {
            assert!(printed.contains("summary = \"SUMMARY.md\""), "{name}: {printed}");
        }
    }
}

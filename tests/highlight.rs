//! Code blocks through `render`: classes, names of languages, limits, the cache.
#![allow(clippy::unwrap_used)]

#[path = "render/site.rs"]
#[allow(dead_code)]
mod fixture;

use biji::bundle::Payload;
use biji::diagnostic::{Code, Diagnostic};
use biji::render::highlight::Cache;
use biji::render::render;
use biji::theme::{Overrides, Theme};
use fixture::SiteBuilder;

/// The page that holds these blocks, and what was reported.
fn rendered(blocks: &[(&str, &str)], cache: &Cache) -> (String, Vec<Diagnostic>) {
    let mut site = SiteBuilder::new();
    let page = site.page("a.md", "A", "");
    for (info, text) in blocks {
        site.code(page, info, text);
    }
    let (artifacts, diagnostics) = render(&site.build(), &Theme::new(Overrides::default()).0, cache);
    let Payload::Bytes(bytes) = &artifacts.iter().find(|artifact| artifact.path.as_str() == "a.html").unwrap().payload else { panic!() };
    let html = String::from_utf8(bytes.to_vec()).unwrap();
    (html, diagnostics)
}

fn block(info: &str, text: &str) -> String {
    let (html, diagnostics) = rendered(&[(info, text)], &Cache::default());
    assert_eq!(diagnostics, [], "{info}");
    let start = html.find("<pre").unwrap();
    html[start..html.find("</pre>").unwrap() + 6].to_owned()
}

/// The text of the code, without tags and entities.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Comments on which the definition of JavaScript goes in a circle for ever.
#[test]
fn comments_in_scripts_do_not_hang() {
    for (language, code) in [
        ("js", "a /* b */"),
        ("js", "x\n  /* y */\n"),
        ("js", "a /* b\n c */ d"),
        ("js", "\"/* s */\" /**/ /* c */"),
        ("js", "return x /* b */\n}"),
        ("mjs", "`t` /* b */"),
        ("qml", "foo() /* b */"),
        ("html", "<script>\na /* b */\n</script>"),
        ("html", "<script>a /* b */</script>"),
        ("vue", "<script>\na /* b */\n</script>"),
        ("markdown", "```js\na /* b */\n```"),
    ] {
        let html = block(language, code);
        assert!(html.contains("<span class=\"c\">/*"), "{language}: {code}: {html}");
    }
    assert!(!block("js", "\"/* s */\"").contains("class=\"c\""));
}

#[test]
fn classes_are_few_and_short() {
    for (info, text, expected) in [
        ("rust,ignore", "fn main() { let x: u32 = 1; } // no\n", "<span class=\"k\">fn</span> <span class=\"f\">main</span>"),
        ("rust", "let s = \"a\\n{}\"; // <b>\n", "<span class=\"c\">// &lt;b&gt;</span>"),
        ("rust", "println!(\"x\");\n", "<span class=\"m\">println!</span>(<span class=\"s\">&quot;x&quot;</span>);"),
        ("yaml", "name: 'x' # y\n", "<span class=\"y\">name</span>: <span class=\"s\">'x'</span> <span class=\"c\"># y</span>"),
        ("Yaml", "a: true\n", "<span class=\"l\">true</span>"),
        (
            "json",
            "{\"a\": [1, null]}\n",
            "<span class=\"y\">&quot;a&quot;</span>: [<span class=\"n\">1</span>, <span class=\"l\">null</span>]",
        ),
        ("toml", "[a]\nb = 1\n", "<span class=\"y\">b</span>"),
        ("bash", "echo \"$HOME\" --all\n", "<span class=\"v\">$HOME</span>"),
        (
            "console",
            "$ cargo build --release\n   Compiling x\n$ ls \\\n> -l\n",
            "<span class=\"x\">$ </span><span class=\"f\">cargo</span> build",
        ),
        ("console", "$ ls\nif then <b>\n", "\n<span class=\"r\">if then &lt;b&gt;</span>\n"),
        ("console", "root@node1:~# ls\n", "<span class=\"x\">root@node1:~# </span>"),
        (
            "powershell",
            "Get-Item -Path $env:HOME # x\n",
            "<span class=\"f\">Get-Item</span> <span class=\"a\">-Path</span> <span class=\"v\">$env:HOME</span> <span class=\"c\"># x</span>",
        ),
        ("diff", "+a\n-b\n", "<span class=\"i\">+a</span>\n<span class=\"d\">-b</span>"),
        ("html", "<p class=\"x\">t</p>\n", "<span class=\"a\">class</span>"),
        ("go", "func f() string { return \"x\" }\n", "<span class=\"k\">func</span> <span class=\"f\">f</span>"),
        ("text", "a < b\n", "<pre><code>a &lt; b\n</code></pre>"),
        ("", "a\n", "<pre><code>a\n</code></pre>"),
        ("plantuml", "a -> b\n", "<pre data-lang=\"plantuml\"><code>a -&gt; b\n</code></pre>"),
    ] {
        let html = block(info, text);
        assert!(html.contains(expected), "{info}: wanted\n{expected}\nin\n{html}");
        assert_eq!(plain(&html), text, "{info}: {html}");
    }
    let (html, _) = rendered(&[("yaml title=\"a & b.yaml\"", "a: 1\n")], &Cache::default());
    assert!(html.contains("<figure class=\"code\"><figcaption>a &amp; b.yaml</figcaption><pre"), "{html}");
}

/// Every name that a note may well use is known and, but for plain text, gives some class to a line of that language.
#[test]
fn languages() {
    let comment = |line: &str| format!("{line}\n");
    for (names, line) in [
        ("rust rs", "fn f() {}"),
        ("go golang", "package main // x"),
        ("python py python3", "def f(): pass"),
        ("js javascript node mjs jsonc json5", "\"a\" // x"),
        ("ts typescript tsx jsx", "const x = \"a\""),
        ("java kotlin kt c# cs csharp swift", "class A { }"),
        ("c c++ cpp cxx h hpp objc", "int x = 1; // x"),
        ("bash sh shell zsh ksh", "echo 'x'"),
        ("console shell-session terminal", "$ ls 'x'"),
        ("powershell ps1 pwsh", "Get-Item 'x'"),
        ("yaml yml helm", "a: 'x'"),
        ("toml ini conf cfg", "[a]\nx = \"1\""),
        ("json", "{\"a\": 1}"),
        ("dockerfile docker", "FROM x # y\nRUN echo 'x'"),
        ("hcl terraform tf", "x = \"a\""),
        ("sql mysql postgresql", "select 'x' from y"),
        ("diff patch", "+a"),
        ("html xml svg vue", "<p class=\"x\">"),
        ("css scss less", "p { color: red }"),
        ("lua ruby rb perl", "x = \"a\""),
        ("php", "echo \"a\";"),
        ("protobuf proto", "message A { int32 x = 1; }"),
        ("nginx", "listen 80; # x"),
        ("makefile make", "a: b\n\techo \"x\""),
        ("cmake", "set(A \"b\")"),
        ("markdown md", "# a"),
        ("cmd bat batch", "echo off\nrem x"),
        ("haskell hs scala elixir erlang r julia dart zig nix graphql groovy", "x = \"a\""),
        ("vim tex latex", "\" x\n% x"),
        ("regex", "a[b-c]+\\d"),
        ("dataviewjs js quickadd", "const x = \"a\""),
    ] {
        for name in names.split(' ').filter(|name| *name != "quickadd") {
            assert!(block(name, &comment(line)).contains("<span class="), "{name}: {}", block(name, &comment(line)));
        }
    }
    for name in "text txt plain plaintext none math tasks dataview query plantuml ad-note output".split(' ') {
        assert!(!block(name, "if x = \"a\" // y\n").contains("<span"), "{name}");
    }
}

#[test]
fn an_unknown_language_is_reported_once_with_the_nearest_name() {
    let blocks = [("powershelgl", "x\n"), ("powershelgl", "y\n"), ("qqqqqqqqqqqq", "z\n"), ("plain text", "z\n")];
    let (html, diagnostics) = rendered(&blocks, &Cache::default());
    let told: Vec<(&str, Option<&str>)> = diagnostics.iter().map(|fault| (fault.message.as_str(), fault.hint.as_deref())).collect();
    assert_eq!(
        told,
        [
            (
                "no syntax definition for the language `powershelgl`",
                Some("did you mean `powershell`? `text` says that the block is plain on purpose")
            ),
            ("no syntax definition for the language `qqqqqqqqqqqq`", Some("`text` says that the block is plain on purpose")),
        ]
    );
    assert!(html.contains("<pre data-lang=\"powershelgl\"><code>x\n</code></pre>"));
}

#[test]
fn what_is_too_long_stays_plain_and_is_reported() {
    for (text, why) in [
        ("let a = 1;\n".repeat(40_000), "the code block has 429 kB, more than the 256 kB that are highlighted"),
        (format!("x\n{}\n", "a".repeat(1001)), "line 2 of the code block has more than the 1000 bytes that are highlighted"),
        (format!("{}\n", "a".repeat(999)).repeat(21), "the code block has too many long lines to be highlighted"),
    ] {
        let (html, diagnostics) = rendered(&[("rust", &text)], &Cache::default());
        assert_eq!(diagnostics.len(), 1);
        assert_eq!((diagnostics[0].code, diagnostics[0].message.as_str()), (Code::CodeNotHighlighted, why));
        assert!(html.contains(text.trim_end()));
    }
}

/// Text that makes a careless highlighter run for hours or overflow its stack. There is no clock in a test: one that hangs is seen.
#[test]
fn nasty_code_comes_to_an_end() {
    let lines = |line: &str, times: usize| format!("{line}\n").repeat(times);
    let mut texts = Vec::new();
    for piece in [
        "(", "[", "{", "<", "((", "<a ", "\"", "'", "`", "\\", "/*", "*/", "$(", "${", "#{", "a.", "::", "--", "&", "=>", "<<EOF ", "{{",
        "|", "0", "a b ", "\\\"", "<!--", "é", "\u{0}",
    ] {
        texts.push(lines(&piece.repeat(900 / piece.len()), 1));
        texts.push(lines(piece, 100));
    }
    let languages = "rust go python js ts tsx java c cpp cs bash yaml toml json dockerfile hcl sql diff html xml css scss lua ruby php kotlin swift protobuf \
                     nginx makefile cmake markdown powershell console perl haskell latex";
    for language in languages.split_whitespace() {
        let blocks: Vec<(&str, &str)> = texts.iter().map(|text| (language, text.as_str())).collect();
        let (_, diagnostics) = rendered(&blocks, &Cache::default());
        assert!(diagnostics.iter().all(|fault| fault.code == Code::CodeNotHighlighted), "{diagnostics:?}");
    }
}

#[test]
fn the_cache_is_kept_between_builds() {
    let blocks = [("rust", "fn a() {}\n"), ("yaml", "a: 1\n"), ("text", "t\n")];
    let first = Cache::default();
    let (html, _) = rendered(&blocks, &first);
    let bytes = first.to_bytes();
    let second = Cache::from_bytes(&bytes);
    assert_eq!(rendered(&blocks, &second).0, html);
    assert_eq!(second.to_bytes(), bytes, "the same blocks give the same bytes");
    let third = Cache::from_bytes(&bytes);
    rendered(&blocks[..1], &third);
    assert!(third.to_bytes().len() < bytes.len(), "what is no longer used is forgotten");
    // Whatever is read, the page is the same.
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_eq!(Cache::from_bytes(&damaged).to_bytes(), Cache::default().to_bytes());
        assert_eq!(format!("{:?}", Cache::from_bytes(&damaged)), format!("{:?}", Cache::default()), "{at}");
        assert_eq!(format!("{:?}", Cache::from_bytes(&bytes[..at])), format!("{:?}", Cache::default()), "{at}");
    }
}

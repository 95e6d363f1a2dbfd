//! Bad input through the real binary: a clear message with its place, the right exit code, no panic, no hang, and the old site is whole.
//!
//! A new case is one line in a table: name, how its input is made, arguments, exit code, words of the standard error output. Every case
//! starts with a published site in `site/public`; what holds for all of them is asserted in `scene`.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "bad_input/scene.rs"]
mod scene;

use scene::Scene;

type Case = (&'static str, fn(&Scene), &'static [&'static str], i32, &'static [&'static str]);

const BUILD: &[&str] = &["build", "site"];

fn run(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (name, make, args, code, words) in cases {
        let scene = Scene::new();
        make(&scene);
        let outcome = scene.run(name, scene.command(args));
        let missing: Vec<_> = words.iter().filter(|word| !outcome.stderr.contains(**word)).collect();
        if outcome.code != Some(*code) || !missing.is_empty() {
            wrong.push(format!("{name}: exit code {:?} for {code}, without {missing:?}\n{}", outcome.code, outcome.stderr));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn site(scene: &Scene, config: &str) {
    scene.put("site/biji.toml", config);
    scene.put("site/content/a.md", "# A");
}

#[test]
fn notes() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("broken YAML", |s| s.note("---\ntitle: [\n---\n# A"), BUILD, 0, &["warning[front-matter]", "a.md:"]),
        ("broken TOML", |s| s.note("+++\ntitle = \n+++\n# A"), BUILD, 0, &["warning[front-matter]", "a.md:2:"]),
        ("front matter without an end", |s| s.note("---\ntitle: A\n\n# A\n"), BUILD, 0, &[]),
        ("front matter that is a list", |s| s.note("---\n- a\n- b\n---\n# A\n"), BUILD, 0, &["front-matter"]),
        (
            "YAML bomb",
            |s| {
                let mut yaml = "---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
                (1..12).for_each(|n| yaml.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))));
                s.note(yaml + "---\n# A");
            },
            BUILD,
            0,
            &["front-matter"],
        ),
        ("deep YAML", |s| s.note(format!("---\na: {}{}\n---\n# A", "[".repeat(50_000), "]".repeat(50_000))), BUILD, 0, &["front-matter"]),
        ("huge front matter", |s| s.note(format!("---\ndescription: {}\n---\n# A", "长".repeat(400_000))), BUILD, 0, &["published"]),
        ("wrong type", |s| s.note("---\ndraft: perhaps\n---\n# A"), BUILD, 0, &["a.md:2:"]),
        ("unknown code language", |s| s.note("```klingon\nx\n```\n"), BUILD, 0, &["unknown-language", "a.md:1:"]),
        (
            "embed cycle",
            |s| {
                s.note("![[b]]");
                s.put("site/b.md", "![[a]]");
            },
            BUILD,
            0,
            &["embed-cycle"],
        ),
        ("embeds itself", |s| s.note("![[a]]"), BUILD, 0, &["embed-cycle"]),
        ("broken link", |s| s.note("见 [B](b.md)"), BUILD, 0, &["broken-link", "a.md:1:"]),
        ("broken anchor", |s| s.note("# A\n[x](#nowhere)"), BUILD, 0, &["broken-anchor", "a.md:2:"]),
        ("broken image", |s| s.note("![x](nowhere.png)"), BUILD, 0, &["broken-image", "a.md:1:"]),
        ("link outside", |s| s.note("[x](../../../etc/passwd)"), BUILD, 0, &["link-outside", "a.md:1:"]),
        (
            "warnings denied",
            |s| s.note("[B](b.md)"),
            &["build", "site", "--deny-warnings"],
            1,
            &["error[broken-link]", "nothing published"],
        ),
        ("checked", |s| s.note("[B](b.md)"), &["check", "site", "--deny-warnings"], 1, &["error[broken-link]"]),
        ("10 MB on one line", |s| s.note("long words 长句 ".repeat(600_000)), BUILD, 0, &["published"]),
        ("a fault behind 10 MB", |s| s.note("长 ".repeat(2_500_000) + "[B](b.md)"), BUILD, 0, &["broken-link", "a.md:1:5000005"]),
        ("a thousand faults on a line", |s| s.note("[B](b.md) ".repeat(1_000)), BUILD, 0, &["more of broken-link"]),
        ("a thousand nested quotes", |s| s.note(">".repeat(1_000) + " deep"), BUILD, 0, &[]),
        ("a thousand nested lists", |s| s.note((0..1_000).map(|n| format!("{}- x\n", "  ".repeat(n))).collect::<String>()), BUILD, 0, &[]),
        ("ten thousand brackets", |s| s.note("[".repeat(10_000)), BUILD, 0, &[]),
        ("ten thousand embeds", |s| s.note("![[b#".repeat(10_000)), BUILD, 0, &[]),
        ("ten thousand asterisks", |s| s.note("*a **b ".repeat(5_000)), BUILD, 0, &[]),
        ("unclosed HTML", |s| s.note("<div><p><script>alert(1)"), BUILD, 0, &[]),
        ("deep HTML", |s| s.note("<div>".repeat(20_000)), BUILD, 0, &[]),
        ("deep maths", |s| s.note(format!("$${}x{}$$", "\\sqrt{".repeat(5_000), "}".repeat(5_000))), BUILD, 0, &[]),
        ("wrong maths", |s| s.note("$\\frac{1}$ and $\\nosuch{}$"), BUILD, 0, &["math", "a.md:1:"]),
        ("NUL bytes", |s| s.note("a\0b, and more text\n\n[B](b\0.md)"), BUILD, 0, &["published"]),
        ("escape sequences", |s| s.note("[\u{1b}[31mred](\u{1b}[2Jb.md)\u{202e}"), BUILD, 0, &[]),
        ("invalid UTF-8", |s| s.note(b"caf\xe9 au lait"), BUILD, 1, &["error[encoding]", "a.md:1:4", "0xE9"]),
        ("Big5", |s| s.note(encoding_rs::BIG5.encode("靜態的程式由系統直接管理，不經過排程器的處理與判斷。").0), BUILD, 1, &["encoding"]),
        ("binary", |s| s.note(b"\x89PNG\0\0\0\0\xff\0\0\0\x01\0\0"), BUILD, 1, &["error[encoding]", "binary"]),
        (
            "GB18030",
            |s| s.note(encoding_rs::GB18030.encode("静态 Pod 由 kubelet 直接管理。").0),
            BUILD,
            0,
            &["decoded", "GB18030", "iconv"],
        ),
        ("UTF-16", |s| s.note(b"\xff\xfe#\0 \0A\0"), BUILD, 0, &["decoded", "UTF-16LE"]),
        ("cut UTF-16", |s| s.note(b"\xff\xfe#\0 \0A"), BUILD, 1, &["encoding"]),
        ("folder called note.md", |s| s.put("site/note.md/b.md", "# B"), BUILD, 0, &["published"]),
        ("nothing but a folder called note.md", |s| s.put("site/note.md/b.txt", "B"), BUILD, 2, &["no notes"]),
        ("empty folder", |_| {}, BUILD, 2, &["no notes in `site`"]),
        ("all drafts", |s| s.note("---\ndraft: true\n---\n# A"), BUILD, 0, &[]),
        (
            "slugs collide",
            |s| {
                s.note("---\nslug: x\n---\n");
                s.put("site/b.md", "---\nslug: x\n---\n");
            },
            BUILD,
            1,
            &["address-collision", "a.md", "b.md"],
        ),
        ("permalink leaves", |s| s.note("---\npermalink: ../../../etc/x\n---\n# A"), BUILD, 1, &["bad-address", "a.md"]),
        ("takes the search's place", |s| s.note("---\npermalink: /biji/search/entry\n---\n# A"), BUILD, 1, &["a.md"]),
        ("odd tag", |s| s.note("---\ntags: ['../../x', '<script>', '', '#']\n---\n# A"), BUILD, 0, &[]),
    ];
    run(cases);
}

#[test]
fn configuration() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("not TOML", |s| site(s, "title = \n"), BUILD, 1, &["error[config]", "biji.toml:1:"]),
        ("unknown key", |s| site(s, "titel = \"A\"\n"), BUILD, 0, &["warning[unknown-key]", "did you mean `title`?", "biji.toml:1:1"]),
        ("wrong type", |s| site(s, "drafts = \"yes\"\n"), BUILD, 1, &["expected true or false, found a string", "biji.toml:1:10"]),
        (
            "many faults",
            |s| {
                site(
                    s,
                    "title = 1\ncontnet = \"x\"\nlanguage = \"中文\"\nexclude = [\"[\"]\n[severity]\nbroken-lnk = \"error\"\nbroken-link = \"eror\"\n",
                )
            },
            BUILD,
            1,
            &["biji.toml:1:9", "`content`?", "biji.toml:3:12", "is not a glob", "`broken-link`?", "`error`?"],
        ),
        ("severity is no table", |s| site(s, "severity = 3\n"), BUILD, 1, &["expected a table", "[severity]"]),
        ("content leaves", |s| site(s, "content = \"../x\"\n"), BUILD, 1, &["leaves the site's folder", "biji.toml:1:11"]),
        ("output leaves", |s| site(s, "output = \"/tmp/x\"\n"), BUILD, 1, &["leaves the site's folder", "--output DIR"]),
        ("output is the site", |s| site(s, "output = \".\"\n"), BUILD, 1, &["is the site's folder itself"]),
        ("no content", |s| s.put("site/biji.toml", ""), BUILD, 1, &["the content folder `content` does not exist", "content = "]),
        (
            "content is a file",
            |s| {
                s.put("site/biji.toml", "");
                s.put("site/content", "x");
            },
            BUILD,
            1,
            &["is no folder"],
        ),
        (
            "not UTF-8",
            |s| {
                site(s, "");
                s.put("site/biji.toml", b"title = \"\xe9\"");
            },
            BUILD,
            1,
            &["not UTF-8", "biji.toml:1:10"],
        ),
        ("a folder called biji.toml", |s| s.put("site/biji.toml/x", "x"), BUILD, 2, &["cannot read `site/biji.toml`"]),
        ("bad base URL", |s| site(s, "base_url = \"example.org\"\n"), BUILD, 1, &["error[config]", "https://example.org/notes/"]),
        ("bad --base-url", |s| s.note("# A"), &["build", "site", "--base-url", "ftp://x"], 2, &["--base-url", "http"]),
        ("no such --config", |s| s.note("# A"), &["build", "site", "--config", "none.toml"], 2, &["cannot read `none.toml`"]),
        (
            "template syntax",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", "{% if %}");
            },
            BUILD,
            1,
            &["error[template]", "templates/note.html:1:"],
        ),
        (
            "template fails",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", "\n{{ no.such.thing }}");
            },
            BUILD,
            1,
            &["template", "note.html:2:"],
        ),
        (
            "template includes itself",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", "{% include \"note.html\" %}");
            },
            BUILD,
            1,
            &["template"],
        ),
        (
            "template extends itself",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", "{% extends \"note.html\" %}");
            },
            BUILD,
            1,
            &["template"],
        ),
        (
            "template extends none",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", "{% extends \"none.html\" %}");
            },
            BUILD,
            1,
            &["none.html"],
        ),
        (
            "template not UTF-8",
            |s| {
                site(s, "");
                s.put("site/templates/note.html", b"\xff");
            },
            BUILD,
            1,
            &["encoding", "templates/note.html"],
        ),
        (
            "missing template",
            |s| {
                site(s, "");
                s.put("site/content/a.md", "---\ntemplate: none.html\n---\n");
            },
            BUILD,
            1,
            &["none.html", "a.md"],
        ),
        (
            "static takes the manifest's place",
            |s| {
                site(s, "");
                s.put("site/static/.biji-manifest.json", "{}");
            },
            BUILD,
            1,
            &["file-name"],
        ),
    ];
    run(cases);
}

#[test]
fn places_and_arguments() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("no ROOT", |_| {}, &["build", "nowhere"], 2, &["no folder `nowhere`"]),
        ("ROOT is a file", |s| s.put("x.md", "# A"), &["build", "x.md"], 2, &["`x.md` is a file"]),
        ("output is content", |s| site(s, ""), &["build", "site", "--output", "site/content"], 2, &["the folder of the notes"]),
        ("output is ROOT", |s| s.note("# A"), &["build", "site", "--output", "site"], 2, &["the site's own folder"]),
        ("output is a parent", |s| s.note("# A"), &["build", "site", "--output", "site/.."], 2, &["or above it"]),
        ("output is home", |s| s.note("# A"), &["build", "site", "--output", "home"], 2, &["your home folder"]),
        ("output is the root", |s| s.note("# A"), &["build", "site", "--output", "/"], 2, &["the root of a file system"]),
        (
            "output is a file",
            |s| {
                s.note("# A");
                s.put("out", "x");
            },
            &["build", "site", "--output", "out"],
            2,
            &["it is a file"],
        ),
        (
            "output below a file",
            |s| {
                s.note("# A");
                s.put("out", "x");
            },
            &["build", "site", "--output", "out/x"],
            2,
            &["out"],
        ),
        (
            "foreign output",
            |s| {
                s.note("# A");
                s.put("out/thesis.doc", "x");
            },
            &["build", "site", "--output", "out"],
            2,
            &["Biji did not write", "thesis.doc"],
        ),
        (
            "damaged manifest",
            |s| {
                s.note("# A");
                s.put("site/public/.biji-manifest.json", "{");
            },
            BUILD,
            2,
            &["cannot be read"],
        ),
        (
            "a page's place is taken",
            |s| {
                s.note("# A");
                s.put("site/public/a.html", "mine");
            },
            BUILD,
            2,
            &["a.html` was not written by Biji"],
        ),
        (
            "the work folder is a file",
            |s| {
                s.note("# A");
                s.put("out/.x.biji", "mine");
            },
            &["build", "site", "--output", "out/x"],
            2,
            &["was not written by Biji"],
        ),
        ("no command", |_| {}, &[], 2, &["Usage"]),
        ("unknown command", |_| {}, &["biuld"], 2, &["build"]),
        ("unknown option", |_| {}, &["build", "--outptu", "x"], 2, &["--output"]),
        ("no threads", |_| {}, &["build", "--threads", "0"], 2, &["--threads"]),
        ("many threads", |s| s.note("# A"), &["build", "site", "--threads", "99999"], 2, &["--threads"]),
        ("init over a site", |s| site(s, ""), &["init", "site"], 2, &["is a site already"]),
        ("init in a file", |s| s.put("x", "x"), &["init", "x"], 2, &["cannot write"]),
        ("new over a note", |s| s.put("site/A.md", "# A"), &["new", "A", "site"], 2, &["exists", "--in"]),
        ("new without a name", |s| s.note("# A"), &["new", "...", "site"], 2, &["leaves no name"]),
        ("new elsewhere", |s| s.note("# A"), &["new", "A", "site", "--in", "../.."], 2, &["no folder in the content folder"]),
        ("search without a site", |s| s.note("# A"), &["search", "x", "--site", "home"], 2, &["home"]),
        ("search where nothing is", |_| {}, &["search", "x", "--site", "nowhere"], 2, &["nowhere"]),
    ];
    run(cases);
}

#[cfg(unix)]
#[path = "bad_input/unix.rs"]
mod unix;

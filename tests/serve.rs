//! The live preview: through the real program as a browser sees it, in a real browser, and against clean builds after random changes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests read and write the disk and may fail loudly"
)]

#[path = "browser/cdp.rs"]
#[allow(dead_code)]
mod cdp;
#[path = "serve/client.rs"]
mod client;
mod edits;
#[path = "serve/random.rs"]
mod random;

use std::path::Path;
use std::time::{Duration, Instant};

use client::{PATIENCE, Served, found};
use serde_json::json;

/// A copy of the small site.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    edits::write(folder.path(), edits::SITE);
    folder
}

fn write(root: &Path, path: &str, text: &str) {
    edits::write(root, &[(path, text)]);
}

/// Waits for what must become true.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_change_is_served_and_found_and_told_once() {
    let site = site();
    let root = site.path();
    write(root, "public/mine.txt", "mine");
    let served = Served::start(root, &[]);
    let mut events = served.events(PATIENCE);
    assert!(served.get("/").text().contains("<h1>Home</h1>"));
    assert_eq!(found(&served, "zebrafish"), 0);

    // In place, as the system tells it; what depends on it changes with it.
    write(root, "content/deep/gamma.md", "# Gamma ray\n\n## Part\n\nA zebrafish. [[alpha]]\n");
    events.reload();
    assert!(served.get("/deep/gamma.html").text().contains("A zebrafish."));
    assert!(served.get("/").text().contains("A zebrafish."), "an embed");
    assert!(served.get("/alpha.html").text().contains("Gamma ray"), "a backlink");
    assert!(served.get("/deep/").text().contains("Gamma ray"), "a list");
    assert!(served.get("/biji/graph.json").text().contains("Gamma ray"));
    until("the search knows the change", || found(&served, "zebrafish") == 1);

    // By another file that takes its place.
    write(root, "content/.alpha.md.tmp", "# Alpha two\n\nReplaced.\n");
    std::fs::rename(root.join("content/.alpha.md.tmp"), root.join("content/alpha.md")).unwrap();
    events.reload();
    assert!(served.get("/alpha.html").text().contains("Replaced."));

    // A folder gets another name; then notes are made in a folder that is new.
    std::fs::rename(root.join("content/deep"), root.join("content/low")).unwrap();
    events.reload();
    assert_eq!((served.get("/deep/gamma.html").status, served.get("/low/gamma.html").status), (404, 200));
    write(root, "content/fresh/er/note.md", "# Fresh\n");
    until("the new note is there", || served.get("/fresh/er/note.html").status == 200);
    write(root, "content/fresh/er/note.md", "# Fresher\n");
    until("the new folder is watched", || served.get("/fresh/er/note.html").text().contains("Fresher"));

    // The configuration.
    write(root, "biji.toml", "title = \"Other\"\n");
    until("the configuration counts", || served.get("/").text().contains("Other"));
    events.until(|now| now["faults"] == json!([]));

    // A hundred notes at once, as another branch brings them: shown once or twice, not a hundred times.
    let version = |text: String| {
        text.split("data-version=\"").nth(1).unwrap().split('"').next().unwrap().rsplit('-').next().unwrap().parse::<u64>().unwrap()
    };
    let before = version(served.get("/").text());
    for number in 0..100 {
        write(root, &format!("content/many/{number}.md"), "# Many\n");
    }
    until("all are there", || (0..100).all(|number| served.get(&format!("/many/{number}.html")).status == 200));
    let after = version(served.get("/").text());
    assert!(after - before <= 10, "{} states for one burst", after - before);

    // What is read or written elsewhere changes nothing.
    std::thread::sleep(Duration::from_millis(300));
    let before = served.get("/").text();
    write(root, "public/mine.txt", "mine too");
    write(root, "content/.obsidian/workspace.json", "{}");
    let _ = std::fs::read(root.join("content/alpha.md")).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(served.get("/").text(), before);
    let left: Vec<_> = std::fs::read_dir(root.join("public")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"], "the output folder is not touched");
}

#[test]
fn a_file_that_a_page_includes_is_part_of_that_page() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let mut events = served.events(PATIENCE);
    let shows = |text: &str| ["/shown.html", "/deep/shows.html"].map(|page| served.get(page).text().contains(text));
    assert_eq!((shows("main"), shows("aardvark")), ([true, true], [false, false]));
    write(site.path(), "content/code/main.rs", "// #region main\nfn aardvark() {}\n// #endregion main\n");
    events.reload();
    assert_eq!(shows("aardvark"), [true, true]);
    until("what it holds is found", || found(&served, "aardvark") == 2);
    write(site.path(), "content/code/unused.rs", "fn unused() {}\n");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(served.get("/code/unused.rs").status, 404);
    assert!(served.get("/biji/a-z.html").text().contains("Shows") && served.get("/biji/search/titles.js").text().contains("Shows"));
    write(site.path(), "content/deep/shows.md", "# Reveals\n");
    until("the index of names is new", || served.get("/biji/a-z.html").text().contains("Reveals"));
    until("titles are new", || served.get("/biji/search/titles.js").text().contains("Reveals"));
}

#[test]
fn what_an_earlier_run_kept_makes_no_difference() {
    let (site, cache) = (site(), tempfile::tempdir().unwrap());
    let root = site.path();
    let is_kept = || std::fs::read_dir(cache.path()).unwrap().any(|file| file.unwrap().file_name().to_string_lossy().starts_with("site-"));
    let untrusted = format!("untrusted = true\n{}", edits::SITE[0].1);
    let changes: [&[(&str, &str)]; 4] = [
        &[],
        &[("content/alpha.md", "---\ntitle: Alpha\n---\nOther words of [[beta]] <kbd onclick=\"f()\">K</kbd>.\n")],
        &[("content/deep/new.md", "# New\n\n[[Alpha]]\n"), ("content/plain.md", "Text without a title, about Alpha and others.\n")],
        &[("biji.toml", &untrusted)],
    ];
    for change in changes {
        edits::write(root, change);
        let out = tempfile::tempdir().unwrap();
        let mut build = std::process::Command::new(env!("CARGO_BIN_EXE_biji"));
        build.args(["build", "--quiet", "--output"]).arg(out.path().join("public")).arg(root).env("BIJI_CACHE_DIR", "");
        assert!(build.status().unwrap().success());
        let served = Served::start_with_cache(root, &[], cache.path(), PATIENCE);
        let mut count = 0;
        for entry in walkdir::WalkDir::new(out.path().join("public")).into_iter().map(Result::unwrap) {
            let name = entry.path().strip_prefix(out.path().join("public")).unwrap().to_str().unwrap().replace('\\', "/");
            if name.ends_with(".html") && name != "404.html" {
                assert!(served.get(&format!("/{name}")).built() == std::fs::read(entry.path()).unwrap(), "{name} after {change:?}");
                count += 1;
            }
        }
        assert!(count > 8, "{count} pages");
        until("notes are kept", is_kept);
    }
}

#[test]
fn a_fault_is_told_while_the_last_good_page_stays() {
    let site = site();
    let root = site.path();
    let served = Served::start(root, &[]);
    let mut events = served.events(PATIENCE);
    let good = std::fs::read_to_string(root.join("content/alpha.md")).unwrap();
    let page = served.get("/alpha.html").built();

    // A row: the file, what breaks it, what is told.
    for (file, broken, code, line, marked) in [
        ("content/alpha.md", "---\ntitle: [\n---\nx\n", "front-matter", 2, None),
        ("biji.toml", "title = \"Notes\"\npublish = \"some\"\n", "config", 2, Some("\"some\"")),
        (
            "templates/note.html",
            "{% extends \"biji/note.html\" %}\n{% block main %}{{ note.nothing.at_all }}{% endblock %}\n",
            "template",
            2,
            None,
        ),
        ("templates/base.html", "<p>\n{% if %}\n", "template", 2, None),
        ("content/beta.md", "---\npermalink: /alpha.html\n---\n", "address-collision", 2, None),
    ] {
        let before = std::fs::read_to_string(root.join(file)).ok();
        write(root, file, broken);
        events.until(|now| now["faults"][0]["code"] == json!(code));
        let fault = events.now["faults"][0].clone();
        assert_eq!((fault["file"].as_str().unwrap(), fault["line"].as_u64().unwrap()), (file, line), "{fault}");
        if let Some(marked) = marked {
            assert_eq!(fault["marked"], json!(marked));
        }
        assert_eq!(served.get("/alpha.html").built(), page, "{file}: the last good page stays");
        match before {
            Some(text) => write(root, file, &text),
            None => std::fs::remove_file(root.join(file)).unwrap(),
        }
        events.until(|now| now["faults"] == json!([]));
        assert_eq!(served.get("/alpha.html").built(), page, "{file}: mended");
    }
    write(root, "content/alpha.md", &format!("{good}\nMore.\n"));
    events.reload();
    assert!(served.get("/alpha.html").text().contains("More."));
}

#[test]
fn a_site_that_begins_with_errors_is_shown_when_they_are_mended() {
    let site = site();
    write(site.path(), "content/beta.md", "---\npermalink: /alpha.html\n---\n");
    let served = Served::start(site.path(), &[]);
    let mut events = served.events(PATIENCE);
    assert_eq!(events.now["faults"][0]["code"], json!("address-collision"));
    let page = served.get("/alpha.html");
    assert!(page.status == 503 && page.text().contains("/.biji/live.js"), "{}", page.text());
    std::fs::remove_file(site.path().join("content/beta.md")).unwrap();
    events.reload();
    assert_eq!(served.get("/alpha.html").status, 200);
}

#[test]
fn what_only_the_configuration_calls_an_error_is_shown_and_told() {
    let site = site();
    write(site.path(), "biji.toml", "[severity]\nbroken-link = \"error\"\n");
    write(site.path(), "content/deep/er/delta.md", "# Delta\n");
    let served = Served::start(site.path(), &[]);
    let mut events = served.events(PATIENCE);
    assert_eq!(events.now["faults"], json!([]));
    write(site.path(), "content/deep/er/delta.md", "# Delta\n\nA first word on [[what is not there]].\n");
    events.reload();
    assert!(served.get("/deep/er/delta.html").text().contains("A first word"));
    events.until(|now| now["faults"][0]["code"] == json!("broken-link"));
    assert_eq!(events.now["faults"][0]["keeps"], json!(false));
}

#[test]
fn style_sheets_change_without_a_reload() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let mut events = served.events(PATIENCE);
    let before = events.now.clone();
    write(site.path(), "static/own.css", "a { color: blue }\n");
    events.until(|now| now["styles"] != before["styles"]);
    assert_eq!(events.now["version"], before["version"]);
    assert_eq!(served.get("/own.css").text(), "a { color: blue }\n");
}

#[test]
fn looking_at_the_files_does_too() {
    let site = site();
    let served = Served::start(site.path(), &["--poll"]);
    let mut events = served.events(PATIENCE);
    write(site.path(), "content/alpha.md", "# Alpha\n\nSeen.\n");
    events.reload();
    assert!(served.get("/alpha.html").text().contains("Seen."));
}

#[test]
fn only_what_the_site_has_is_served_and_only_to_its_own_pages() {
    let site = site();
    write(site.path(), "content/private.md", "---\npublish: false\n---\n# Private\n");
    write(site.path(), "content/unused.txt", "unused");
    write(site.path(), "content/中文 笔记.md", "# 中文\n");
    let mut served = Served::start(site.path(), &[]);
    // A row: method, path, headers, status.
    for (method, path, headers, status) in [
        ("GET", "/", "", 200),
        ("HEAD", "/alpha.html", "", 200),
        ("GET", "/alpha.html?x=1", "", 200),
        ("GET", "/%E4%B8%AD%E6%96%87-%E7%AC%94%E8%AE%B0.html", "", 200),
        ("GET", "/deep/", "", 200),
        ("GET", "/deep", "", 302),
        ("GET", "/notes/alpha.html", "", 200),
        ("GET", "/pic.png", "", 200),
        ("GET", "/pic.png", "Range: bytes=3-5\r\n", 206),
        ("GET", "/pic.png", "Range: bytes=99-\r\n", 416),
        ("GET", "/nothing/at/all.html", "", 404),
        ("GET", "/private.html", "", 404),
        ("GET", "/unused.txt", "", 404),
        ("GET", "/content/alpha.md", "", 404),
        ("GET", "/biji.toml", "", 404),
        ("GET", "/../biji.toml", "", 404),
        ("GET", "/deep/../alpha.html", "", 404),
        ("GET", "/..%2fbiji.toml", "", 404),
        ("GET", "/%2e%2e/biji.toml", "", 404),
        ("GET", "/deep//gamma.html", "", 404),
        ("GET", "/..%5c..%5cbiji.toml", "", 404),
        ("GET", "//etc/passwd", "", 404),
        ("GET", "/%00", "", 404),
        ("GET", "/%ff", "", 400),
        ("GET", "http://127.0.0.1/", "", 400),
        ("GET", "/.biji/nothing", "", 404),
        ("POST", "/", "Content-Length: 0\r\n", 405),
        ("DELETE", "/alpha.html", "", 405),
        ("GET", "/biji/search/entry.bin", "", 200),
        ("GET", "/biji/search/entry.js", "", 200),
        ("GET", "/biji/search/blocks-0.js", "", 404),
        ("GET", "/biji/search/titles.js", "", 200),
        ("GET", "/biji/a-z.html", "", 200),
        ("GET", "/search.html", "", 200),
        ("GET", "/biji/search/entry.js", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403),
        ("GET", "/.biji/events", "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n", 403),
        ("GET", "/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n", 200),
    ] {
        let answer = served.ask(method, path, headers);
        assert_eq!(answer.status, status, "{method} {path} {headers}: {}", answer.head);
        assert!(!answer.text().contains("root:") && !answer.text().contains("base_url"), "{path}");
        assert_eq!(answer.body.is_empty(), method == "HEAD", "{method} {path}");
    }
    assert_eq!(served.ask("GET", "/pic.png", "Range: bytes=3-5\r\n").text(), "pic");
    assert_eq!(served.get("/deep").header("Location"), Some("/deep/"));
    assert_eq!(served.get("/pic.png").header("Content-Type"), Some("image/png"));
    let page = served.get("/alpha.html");
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("Cache-Control"), Some("no-cache"));
    let tag = page.header("ETag").unwrap().to_owned();
    assert_eq!(served.ask("GET", "/alpha.html", &format!("If-None-Match: {tag}\r\n")).status, 304);
    assert!(served.get("/nothing/at/all.html").text().contains("/.biji/live.js"));

    for (host, status) in
        [("evil.example", 403), ("evil.example:4000", 403), ("127.0.0.1.evil.example", 403), ("localhost:1", 200), ("[::1]:4000", 200)]
    {
        let answer = served.raw(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, status, "{host}");
        assert!(status == 200 || !answer.text().contains("Home"), "{host}");
    }
    assert_eq!(served.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").status, 403, "no Host");
    assert_eq!(served.raw("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n").status, 400);
    assert_eq!(served.raw(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(40_000))).status, 431);
    #[cfg(unix)]
    {
        // A link that comes later to a file that was published leads nowhere outside.
        std::fs::write(site.path().join("secret"), "secret").unwrap();
        std::fs::remove_file(site.path().join("content/pic.png")).unwrap();
        std::os::unix::fs::symlink(site.path().join("secret"), site.path().join("content/pic.png")).unwrap();
        assert_ne!(served.get("/pic.png").text(), "secret");
        assert_eq!(served.interrupt(), Some(0));
    }
    assert!(!site.path().join("public").exists());
}

#[test]
fn a_port_that_is_taken_is_passed_over() {
    let site = site();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let served = Served::start(site.path(), &["--port", &port.to_string()]);
    assert!(served.port > port && served.port <= port + 100, "{} instead of {port}", served.port);
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn what_is_served_is_what_a_clean_build_publishes() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let steps = usize::try_from(number("BIJI_SERVE_STEPS").unwrap_or(12)).unwrap();
    let seed = number("BIJI_SERVE_SEED").unwrap_or(1);
    let site = site();
    random::run(site.path(), steps, seed);
    // So many names that their index has several pages.
    let headings: String = (0..1300).map(|number| format!("## {} {number}\n\n", ["静态", "Alpha", "9"][number % 3])).collect();
    write(site.path(), "content/headings.md", &format!("# Headings\n\n{headings}"));
    let pages = random::run(site.path(), steps / 6, seed);
    assert!(pages.iter().any(|name| name == "biji/a-z/j.html"), "{pages:?}");

    let named = std::env::var("BIJI_SERVE_CORPORA");
    let steps = if named.is_ok() { steps } else { steps / 6 };
    for corpus in named.as_deref().unwrap_or("obsidian-tasks").split(',') {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(corpus);
        if !corpus.is_dir() {
            assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is missing and BIJI_REQUIRE_ALL is set", corpus.display());
            eprintln!("skipped: {} is not there", corpus.display());
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        for entry in walkdir::WalkDir::new(&corpus).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
            let to = copy.path().join(entry.path().strip_prefix(&corpus).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, std::fs::read(entry.path()).unwrap()).unwrap();
        }
        eprintln!("{}: {steps} steps", corpus.display());
        random::run(copy.path(), steps, seed);
    }
}

#[test]
fn a_browser_shows_changes_and_faults_by_itself() {
    let Some(mut page) = cdp::Page::start() else { return };
    let site = site();
    let root = site.path();
    let long: String = (0..200).map(|number| format!("Paragraph {number}.\n\n")).collect();
    write(root, "content/long.md", &format!("# Long\n\n{long}"));
    write(
        root,
        "templates/base.html",
        "{% extends \"biji/base.html\" %}{% block head %}<link rel=\"stylesheet\" href=\"{{ page.root }}own.css\">{% endblock %}",
    );
    let served = Served::start(root, &[]);
    page.open(&format!("{}long.html", served.root()));
    page.eval("window.mark = 1; window.scrollTo(0, 2000)");

    // A style sheet: the page is not loaded again.
    write(root, "static/own.css", "h1 { color: rgb(1, 2, 3) }\n");
    page.wait("getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'");
    assert_eq!(page.eval("window.mark"), json!(1));

    // The note: it is, and stays where it was.
    write(root, "content/long.md", &format!("# Long\n\n{long}The last word."));
    page.wait("document.body.innerText.includes('The last word.')");
    page.wait("Math.abs(window.scrollY - 2000) < 2");
    assert_eq!(page.eval("window.mark === undefined"), json!(true));
    page.eval("window.mark = 2");

    // Broken: the page stays, the fault lies over it. Mended: it goes.
    write(root, "content/long.md", "---\ntitle: [\n---\n");
    page.wait("document.querySelector('biji-faults')?.shadowRoot.querySelector('.panel')?.innerText.includes('content/long.md:2')");
    assert!(page.eval("document.body.innerText").as_str().unwrap().contains("The last word."));
    let told = page.eval("document.querySelector('biji-faults').shadowRoot.textContent");
    assert!(told.as_str().unwrap().contains("│ title: [") && told.as_str().unwrap().contains("help: "), "{told}");
    if let Some(folder) = std::env::var_os("BIJI_SCREENSHOTS") {
        for (name, width, dark) in [("wide", 1280, false), ("narrow", 390, true)] {
            page.window(width, 800);
            page.prefer_dark(dark);
            page.wait("getComputedStyle(document.querySelector('biji-faults').shadowRoot.querySelector('.panel')).position !== ''");
            let picture = page.screenshot();
            std::fs::write(Path::new(&folder).join(format!("fault-{name}.png.base64")), picture).unwrap();
        }
        page.window(1280, 800);
    }
    write(root, "content/long.md", &format!("# Long\n\n{long}The last word."));
    page.wait("!document.querySelector('biji-faults')");
    assert_eq!(page.eval("window.mark"), json!(2), "a change that was taken back loads nothing");
    let complaints: Vec<String> = page.complaints();
    assert_eq!(complaints, Vec::<String>::new());
}

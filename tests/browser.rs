//! The search in a real browser: from a server at a root and below a path, and from a disk, under the strict policy.
//!
//! `BIJI_SCREENSHOTS=FOLDER` makes pictures of the dialog there; `BIJI_PRINT_FIGURES=FOLDER` measures the sites in it.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "browser/around.rs"]
mod around;
#[path = "browser/box.rs"]
mod box_tests;
#[path = "browser/cdp.rs"]
mod cdp;
#[path = "browser/faults.rs"]
mod faults;
#[path = "browser/figures.rs"]
mod figures;
#[path = "browser/languages.rs"]
mod languages;
#[path = "browser/server.rs"]
mod server;
#[path = "browser/site.rs"]
mod site;

use std::path::Path;
use std::time::Duration;

use biji::index::{files, read::Index};
use biji_search::{Filters, Request};
use cdp::Page;
use serde_json::{Value, json};
use server::Server;

/// A folder that tests what names do to addresses.
const FOLDER: &str = "笔 记 本";

/// The site in a folder of that name.
fn site() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(FOLDER);
    site::write(&root, "");
    (folder, root)
}

fn disk_root(folder: &Path) -> String {
    let path = folder.to_str().unwrap().replace('\\', "/");
    format!(
        "file:///{}/",
        percent_encoding::utf8_percent_encode(path.trim_start_matches('/'), percent_encoding::CONTROLS).to_string().replace(' ', "%20")
    )
}

/// The dialog is open and shows results for what is in its field.
const ANSWERED: &str = "document.querySelector('.search-results .search-title') && document.querySelector('.search-dialog').open";

fn ask(page: &mut Page, query: &str) {
    page.press("Control+k");
    page.insert(query);
    page.wait(ANSWERED);
}

fn text(page: &mut Page, selector: &str) -> String {
    page.eval(&format!("document.querySelector({selector:?})?.innerText ?? ''")).as_str().unwrap().to_owned()
}

#[test]
fn search_works_at_a_root_below_a_path_and_from_disk() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    for root in [server.root("/"), server.root("/some/path/"), disk_root(&folder)] {
        // One of them gives parts of files, the other does not.
        server.state.lock().unwrap().parts = !root.ends_with("/some/path/");
        // A row: the page, what is typed, the title that comes first, where Enter leads.
        for (from, query, title, path, anchor) in [
            ("index.html", "静态 Pod", "静态 Pod", "k8s/静态-Pod.html", ""),
            ("k8s/探针.html", "livenessProbe", "探针", "k8s/探针.html", "存活探针"),
            ("rust/borrowing.html", "ownership", "What is ownership?", "rust/ownership.html", ""),
            ("index.html", "镜像Pod", "静态 Pod", "k8s/静态-Pod.html", "镜像-pod"),
            ("index.html", "--pod-manifest-path", "静态 Pod", "k8s/静态-Pod.html", ""),
        ] {
            let case = format!("{root}{from}: {query}");
            page.open(&format!("{root}{from}"));
            page.eval("sessionStorage.clear()");
            assert!(!page.requests().iter().any(|url| url.contains("/biji/search/")), "{case}: search is loaded before it is opened");
            // Typed while nothing is loaded yet: the field is there at once.
            page.press("Control+k");
            let (first, rest) = query.split_at(query.char_indices().nth(1).unwrap().0);
            page.insert(first);
            page.insert(rest);
            page.wait(ANSWERED);
            assert_eq!(page.eval("biji.input.value"), json!(query), "{case}");
            assert_eq!(text(&mut page, ".search-title"), title, "{case}");
            let requests = page.requests();
            page.press("Enter");
            page.wait(
                "location.search.includes('mark=') && document.readyState === 'complete' && document.querySelector('.search-unmark')",
            );
            let place = page.eval("decodeURIComponent(location.pathname)");
            assert!(place.as_str().unwrap().ends_with(path), "{case}: at {place}");
            let marks = page.eval("CSS.highlights.get('biji-mark').size").as_u64().unwrap();
            assert!(marks > 0, "{case}");
            if !anchor.is_empty() {
                assert_eq!(page.eval("decodeURIComponent(location.hash.slice(1))"), json!(anchor), "{case}");
            }
            let requests: Vec<String> = requests.into_iter().chain(page.requests()).collect();
            let strangers: Vec<&String> = requests.iter().filter(|url| !url.starts_with(&root) && !url.starts_with("about:")).collect();
            assert!(strangers.is_empty(), "{case}: asked {strangers:?}");
            assert_eq!(page.complaints(), Vec::<String>::new(), "{case}");
        }
    }
}

#[test]
fn the_browser_and_this_program_answer_alike() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    page.open(&server.root("/"));
    ask(&mut page, "note");
    let mut index = Index::open(&std::fs::read(folder.join(files::ENTRY)).unwrap()).unwrap();
    for query in [
        "静态 Pod",
        "静态Pod",
        "探",
        "镜像Pod",
        "livenessProbe",
        "liveness",
        "--pod-manifest-path",
        "std::sync::Arc",
        "ownership",
        "owner",
        "\"moves with\"",
        "ownership -borrowing",
        "tag:k8s 探针",
        "containers",
        "containr",
        "容器 网络",
        "nothing at all 无",
        "\"",
        "-",
        " ",
        "🦀",
        "a OR b",
    ] {
        let filters = Filters { tag: if query.starts_with("tag:") { "k8s" } else { "" }.to_owned(), ..Filters::default() };
        let language = if query.len() % 2 == 0 { "en" } else { "" }.to_owned();
        let request = Request { query: query.to_owned(), limit: 7, filters, facets: true, language };
        let native = index.search(&request, |path| std::fs::read(folder.join(path))).unwrap();
        let expected: Value = serde_json::from_str(&biji_search_wasm::json::response(&native)).unwrap();
        let filters = json!({ "folder": "", "tag": request.filters.tag, "language": "" });
        let wish = json!({ "query": query, "limit": 7, "filters": filters, "facets": true, "language": request.language });
        let found = page.eval(&format!("biji.part('loader').ask({wish}, () => true)"));
        assert_eq!(found, expected, "{query}");
    }
}

/// The same with all numbers as fractions: JavaScript does not tell `2` from `2.0`.
fn numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(values) => values.into_iter().map(numbers).collect(),
        Value::Object(values) => Value::Object(values.into_iter().map(|(name, value)| (name, numbers(value))).collect()),
        value => value,
    }
}

/// Every labelled query, and runs of text cut from the notes, on real corpora: pages, order, sections, excerpts and marks are the same.
#[test]
fn the_browser_and_this_program_answer_alike_on_real_notes() {
    let Some(mut page) = Page::start() else { return };
    for corpus in ["k8s-zh", "rust-book", "obsidian-tasks"] {
        let Some((_keep, folder)) = built(corpus) else { return };
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let labelled = std::fs::read_to_string(shared.join("queries").join(corpus).with_extension("jsonl")).unwrap();
        let query = |line: &str| serde_json::from_str::<Value>(line).unwrap()["q"].as_str().unwrap().to_owned();
        let mut queries: Vec<String> = labelled.lines().map(query).collect();
        // From every few lines of a note, a run that starts and ends anywhere.
        let mut notes: Vec<_> =
            std::fs::read_dir(shared.join("corpora").join(corpus)).unwrap().map(|entry| entry.unwrap().path()).collect();
        notes.sort();
        let texts = notes.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
        for (at, line) in
            texts.flat_map(|path| std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).enumerate()
        {
            if at % 7 == 0 && queries.len() < labelled.lines().count() + 60 {
                queries.push(line.chars().skip(at % 5).take(1 + at % 8).collect());
            }
        }
        let server = Server::start(&folder);
        page.open(&server.root("/"));
        ask(&mut page, "note");
        let mut index = Index::open(&std::fs::read(folder.join(files::ENTRY)).unwrap()).unwrap();
        for query in &queries {
            let request = Request { query: query.clone(), limit: 10, ..Request::default() };
            let native = index.search(&request, |path| std::fs::read(folder.join(path))).unwrap();
            let expected: Value = serde_json::from_str(&biji_search_wasm::json::response(&native)).unwrap();
            let filters = json!({ "folder": "", "tag": "", "language": "" });
            let wish = json!({ "query": query, "limit": 10, "filters": filters, "facets": false });
            let found = page.eval(&format!("biji.part('loader').ask({wish}, () => true)"));
            assert_eq!(numbers(found), numbers(expected), "{corpus}: {query}");
        }
        eprintln!("{corpus}: {} queries answered alike", queries.len());
    }
}

#[test]
fn keys_move_the_selection_and_escape_returns_the_focus() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    page.open(&format!("{}index.html", disk_root(&folder)));
    page.eval("document.querySelector('.search-open').focus()");
    page.press("/");
    page.insert("笔记");
    page.wait(ANSWERED);
    let active = "(() => { const all = [...document.querySelectorAll('[role=option]')]; \
                  const id = biji.input.getAttribute('aria-activedescendant'); \
                  const on = all.filter((option) => option.getAttribute('aria-selected') === 'true'); \
                  return on.length === 1 && on[0].id === id ? all.indexOf(on[0]) - (on[0] === all.at(-1) ? all.length : 0) : 'none'; })()";
    for (key, at) in [("Home", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", -1), ("ArrowDown", 0), ("ArrowUp", -1)] {
        page.press(key);
        assert_eq!(page.eval(active), json!(at), "{key}");
    }
    let shown = page.eval("document.querySelectorAll('.search-page').length").as_u64().unwrap();
    page.press("Enter");
    page.wait(&format!("document.querySelectorAll('.search-page').length > {shown}"));
    assert!(text(&mut page, "[role=status]").contains('页'), "the count is announced");
    assert_eq!(page.eval("biji.input.getAttribute('aria-expanded')"), json!("true"));

    page.press("Escape");
    page.wait("!biji.dialog.open");
    assert_eq!(page.eval("document.activeElement.className"), json!("search-open"), "the focus returns");
    page.press("Enter");
    page.wait("biji.dialog.open");
    assert_eq!(
        page.eval("document.activeElement === biji.input && biji.input.value"),
        json!("笔记"),
        "the link opens it with what was typed"
    );
    page.insert("没有这样的词语xyzzy");
    page.wait("document.querySelector('[role=status]').innerText.includes('没有')");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn nothing_is_asked_while_an_input_method_composes() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    page.open(&format!("{}index.html", disk_root(&folder)));
    page.press("Control+k");
    page.wait("biji.parts.loader && document.querySelector('.search-foot')");
    // What is offered to who types nothing is asked for first.
    page.wait("document.querySelector('.search-start')");
    page.eval("(() => { const loader = biji.part('loader'), ask = loader.ask; window.asked = []; loader.ask = (...all) => { asked.push(all[0].query); return ask(...all); }; })()");
    for (composed, _) in [("t", 1), ("tan", 3), ("tan zhen", 8)] {
        let length = composed.len();
        page.call("Input.imeSetComposition", &json!({ "text": composed, "selectionStart": length, "selectionEnd": length }));
    }
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(page.eval("asked"), json!([]));
    page.insert("探针");
    page.wait(ANSWERED);
    assert_eq!(page.eval("asked"), json!(["探针"]));
    assert_eq!(text(&mut page, ".search-title"), "探针");
}

#[test]
fn a_deploy_in_between_goes_unnoticed() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    page.open(&server.root("/index.html"));
    page.press("Control+k");
    page.wait("biji.parts.loader && document.querySelector('.search-foot')");
    page.eval("biji.part('loader').ready().then(() => 0)");
    let next = tempfile::tempdir().unwrap();
    site::write(next.path(), "新版多了一句话：etcd 的备份。");
    server.state.lock().unwrap().folder = next.path().to_owned();
    page.call("Network.clearBrowserCache", &json!({}));
    page.insert("etcd 的备份");
    page.wait("document.querySelector('.search-excerpt')?.innerText.includes('etcd')");
    assert_eq!(text(&mut page, ".search-title"), "Kubernetes 笔记");
}

#[test]
fn marks_change_no_node_and_can_be_cleared() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    for root in [server.root("/"), disk_root(&folder)] {
        page.open(&format!("{root}k8s/静态-Pod.html"));
        let before = page.eval("document.querySelector('main').innerHTML");
        for (words, marks) in [("Pod", 5), ("kube-let", 1), ("静态 Pod", 3), ("po", 0), ("[(", 0), ("清单目录", 1)] {
            let case = format!("{root}: {words}");
            page.open("about:blank#");
            page.open(&format!("{root}k8s/静态-Pod.html?mark={}", words.replace(' ', "+")));
            page.wait("document.querySelector('link[data-search-style]')");
            page.wait(if marks > 0 { "document.querySelector('.search-unmark')" } else { "document.readyState === 'complete'" });
            let size = page.eval("CSS.highlights.get('biji-mark')?.size ?? 0").as_u64().unwrap();
            // The table says how many at least: the exact number is the notes' business.
            assert!(if marks > 0 { size >= marks } else { size == 0 }, "{case}: {size}");
            assert_eq!(page.eval("document.querySelector('main').innerHTML.replace('<details open=\"\">', '<details>')"), before, "{case}");
            if marks > 0 {
                page.press("Escape");
                assert_eq!(
                    page.eval("CSS.highlights.size + location.search + document.querySelectorAll('.search-unmark').length"),
                    json!("00"),
                    "{case}"
                );
            }
            assert_eq!(page.complaints(), Vec::<String>::new(), "{case}");
        }
    }
}

/// A site built by the real program from one of the shared corpora, in a folder of that name.
fn built(corpus: &str) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(corpus);
    if !source.is_dir() {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is absent", source.display());
        eprintln!("skipped: {} is absent", source.display());
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(FOLDER);
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(&source).arg("--output").arg(&root).output().unwrap();
    assert!(output.status.success(), "{corpus}: {}", String::from_utf8_lossy(&output.stderr));
    Some((folder, root))
}

#[test]
fn real_notes_are_found() {
    let Some(mut page) = Page::start() else { return };
    // A row: the corpus, what is typed, what the first address ends with (any of them is right).
    for (corpus, queries) in [
        ("k8s-zh", &[("静态 Pod", &["objects/daemonset.html"][..]), ("livenessProbe", &["objects/pod.html", "introduction/201.html"])][..]),
        ("rust-book", &[("ownership", &["what-is-ownership.html", "understanding-ownership.html"])]),
        ("obsidian-tasks", &[("recurring tasks", &["Recurring-Tasks.html"])]),
    ] {
        let Some((_keep, folder)) = built(corpus) else { return };
        let server = Server::start(&folder);
        for root in [server.root("/"), server.root("/some/path/"), disk_root(&folder)] {
            for (query, ends) in queries {
                let case = format!("{corpus} at {root}: {query}");
                // A page without a note's own pictures, which may lie anywhere.
                page.open(&format!("{root}biji/all.html"));
                page.eval("sessionStorage.clear()");
                assert!(!page.requests().iter().any(|url| url.contains("/biji/search/")), "{case}: search is loaded before it is opened");
                ask(&mut page, query);
                let requests = page.requests();
                page.press("Enter");
                page.wait(
                    "location.search.includes('mark=') && document.readyState === 'complete' && document.querySelector('.search-unmark')",
                );
                let place = page.eval("decodeURIComponent(location.pathname)");
                assert!(ends.iter().any(|end| place.as_str().unwrap().ends_with(end)), "{case}: at {place}");
                assert_eq!(
                    page.eval("location.hash === '' || document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null"),
                    json!(true),
                    "{case}: the section exists"
                );
                assert!(page.eval("CSS.highlights.get('biji-mark').size").as_u64().unwrap() > 0, "{case}");
                let seen = "[...CSS.highlights.get('biji-mark')].some((mark) => { const box = mark.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })";
                page.wait(seen);
                let requests: Vec<String> = requests.into_iter().chain(page.requests()).collect();
                let strangers: Vec<&String> = requests.iter().filter(|url| !url.starts_with(&root) && !url.starts_with("about:")).collect();
                assert!(strangers.is_empty(), "{case}: asked {strangers:?}");
                // A note's own HTML may ask for what the policy refuses: style attributes, pictures from elsewhere.
                let mut complaints = page.complaints();
                complaints.retain(|complaint| !complaint.contains("Applying inline style") && !complaint.contains("Loading the image"));
                assert_eq!(complaints, Vec::<String>::new(), "{case}");
            }
        }
    }
}

#[test]
fn figures() {
    if let Some(sites) = std::env::var_os("BIJI_PRINT_FIGURES") {
        figures::print(Path::new(&sites));
    }
}

#[test]
fn pictures() {
    let Some(target) = std::env::var_os("BIJI_SCREENSHOTS") else { return };
    let Some(mut page) = Page::start() else { return };
    let Some((_keep, folder)) = built("k8s-zh") else { return };
    let server = Server::start(&folder);
    for (width, height) in [(1280, 800), (390, 844)] {
        for dark in [false, true] {
            page.window(width, height);
            page.prefer_dark(dark);
            let shade = if dark { "dark" } else { "light" };
            let picture = |page: &mut Page, name: &str| {
                std::thread::sleep(Duration::from_millis(300));
                std::fs::write(Path::new(&target).join(format!("{width}-{shade}-{name}.b64")), page.screenshot()).unwrap();
            };
            page.open(&server.root("/index.html"));
            page.eval("sessionStorage.clear()");
            page.press("Control+k");
            page.wait("getComputedStyle(biji.dialog).display === 'grid' && document.querySelector('.search-start')");
            picture(&mut page, "start");
            page.insert("静态 Pod");
            page.wait(ANSWERED);
            picture(&mut page, "results");
            page.eval("document.querySelector('[aria-controls=biji-search-filters]').click()");
            page.wait("document.querySelectorAll('.search-filter')[0].options.length > 1");
            picture(&mut page, "filters");
            page.press("Enter");
            page.wait("document.querySelector('.search-unmark')");
            picture(&mut page, "marks");
            page.open(&server.root("/search.html?q=%E6%8E%A2%E9%92%88"));
            page.wait("document.querySelector('.search-title')");
            picture(&mut page, "page");
            page.open(&server.root("/biji/a-z.html"));
            picture(&mut page, "index");
            page.open(&server.root("/biji/a-z/j.html"));
            picture(&mut page, "letter");
            server.state.lock().unwrap().faults.insert(files::ENTRY.to_owned(), server::Fault::Missing);
            page.open(&server.root("/index.html"));
            page.press("Control+k");
            page.wait("document.querySelector('.search-fault')");
            picture(&mut page, "fault");
            server.state.lock().unwrap().faults.clear();
        }
    }
}

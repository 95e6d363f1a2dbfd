//! The notes as a web, in a real browser: previews of links, the graphs, pictures, and a site without a network; from a server and from a disk, under the
//! strict policy, and without JavaScript.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests read files and may fail loudly")]

#[path = "browser/cdp.rs"]
#[allow(dead_code, reason = "shared with the tests of the search")]
mod cdp;
#[path = "web/offline.rs"]
mod offline;
#[path = "browser/server.rs"]
#[allow(dead_code, reason = "shared with the tests of the search")]
mod server;
#[path = "web/vault.rs"]
mod vault;

use std::path::Path;
use std::time::Duration;

use cdp::Page;
use serde_json::json;
use server::{Fault, Server};

/// A browser, and the site in a folder and on a server.
fn start() -> Option<(Page, tempfile::TempDir, std::path::PathBuf, Server)> {
    let page = Page::start()?;
    let (keep, folder) = vault::build("");
    let server = Server::start(&folder);
    Some((page, keep, folder, server))
}

pub(crate) fn disk(folder: &Path) -> String {
    let path = folder.to_str().unwrap().replace('\\', "/");
    let path = percent_encoding::utf8_percent_encode(path.trim_start_matches('/'), percent_encoding::CONTROLS).to_string();
    format!("file:///{}/", path.replace(' ', "%20"))
}

/// Moves the mouse to the middle of an element, or into a corner.
fn rest(page: &mut Page, selector: Option<&str>) {
    let place = match selector {
        None => json!([2, 2]),
        Some(selector) => page.eval(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); one.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        )),
    };
    page.call("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": place[0], "y": place[1], "pointerType": "mouse" }));
}

/// What the preview that is shown says; `""` where there is none.
const SHOWN: &str = "[...document.querySelectorAll('.preview:not([hidden])')].map((one) => one.innerText).join('')";
/// Whether it begins where the link does.
const IS_NEAR: &str = "Math.abs(document.querySelector('.preview').getBoundingClientRect().left - document.querySelector('a[aria-describedby=biji-preview]').getBoundingClientRect().left) < 2";
const IS_STYLED: &str = "getComputedStyle(document.querySelector('.preview')).position === 'absolute'";

/// Waits until an expression has a value, and tells which it has where it never comes to that.
fn settle(page: &mut Page, expression: &str, expected: &str) {
    for _ in 0..100 {
        if page.eval(expression) == expected {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(page.eval(expression), expected);
}

/// Clicks an element until that leads where it shall: a browser under load may take a click for none.
fn lead(page: &mut Page, selector: &str, condition: &str) {
    for _ in 0..4 {
        page.follow(selector);
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(50));
            if page.holds(condition) {
                return;
            }
        }
    }
    page.wait(condition);
}

#[test]
fn links_show_what_they_lead_to() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), server.root("/some/path/"), disk(&folder)] {
        page.open(&format!("{root}index.html"));
        page.eval("localStorage.clear()");
        assert!(!page.requests().iter().any(|url| url.contains("preview")), "{root}: loaded before anyone wants it");
        for (link, words) in [
            ("静态Pod.html", "静态 Pod\n\n静态 Pod 由 kubelet 直接管理。"),
            ("静态Pod.html#镜像", "静态 Pod › 镜像\n\n每个静态 Pod 有一个镜像。"),
            ("guide.html", "A guide\n\nWritten for readers."),
        ] {
            rest(&mut page, Some(&format!(".body a[href$='{link}']")));
            page.wait(&format!("({SHOWN}) === {}", json!(words)));
            assert_eq!(page.eval(IS_STYLED), true, "{root}: {link}");
            assert_eq!(page.eval(IS_NEAR), true, "{root}: {link}");
            assert_eq!(page.eval("document.querySelector('[aria-describedby=biji-preview]').matches('a:hover')"), true, "{root}: {link}");
            rest(&mut page, None);
            page.wait(&format!("({SHOWN}) === ''"));
        }
        // The keyboard's way, and back.
        page.eval("document.querySelector('main').focus()");
        page.press("Tab");
        page.press("Tab");
        page.wait(&format!("({SHOWN}) !== ''"));
        assert_eq!(page.eval("document.activeElement.getAttribute('aria-describedby')"), "biji-preview", "{root}");
        page.press("Escape");
        assert_eq!(page.eval(SHOWN), "", "{root}");
        // A place on the same page, and a note that is private.
        page.eval("document.activeElement.blur()");
        rest(&mut page, Some(".body a[href='#二']"));
        page.wait(&format!("({SHOWN}) === '二\\n\\n第二节的文字。'"));
        assert!(!page.eval("document.documentElement.innerHTML").as_str().unwrap().contains("秘密"), "{root}");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
    for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("秘密"), "{}", entry.path().display());
    }
}

#[test]
fn previews_can_be_turned_off_and_are_not_for_fingers() {
    let Some((mut page, _keep, _folder, server)) = start() else { return };
    page.open(&server.root("/index.html"));
    rest(&mut page, Some(".body a"));
    page.wait(&format!("({SHOWN}) !== ''"));
    page.eval("document.querySelector('[data-preview-toggle]').click()");
    let quiet = |page: &mut Page, why: &str| {
        page.open(&server.root("/index.html"));
        rest(page, Some(".body a"));
        std::thread::sleep(Duration::from_millis(900));
        assert_eq!(page.eval(SHOWN), "", "{why}");
    };
    quiet(&mut page, "turned off");
    page.eval("localStorage.clear()");
    page.call("Emulation.setEmulatedMedia", &json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] }));
    quiet(&mut page, "less motion");
    page.call("Emulation.setEmulatedMedia", &json!({ "features": [] }));
    page.open(&server.root("/index.html"));
    page.eval("document.querySelector('.body a').dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'touch' }))");
    std::thread::sleep(Duration::from_millis(900));
    assert!(!page.requests().iter().any(|url| url.contains("preview")));
}

#[test]
fn the_graph_is_walked_by_keyboard_and_filtered() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}biji/graph.html"));
        page.wait("document.querySelector('svg.graph.live')");
        let seen = "[...document.querySelectorAll('svg.graph a')].filter((one) => one.checkVisibility()).length";
        assert_eq!(page.eval(seen), 7, "{root}");
        assert_eq!(page.eval("document.querySelectorAll('svg.graph a[tabindex=\"0\"]').length"), 1, "{root}");
        page.eval("document.querySelector('svg.graph a[tabindex=\"0\"]').focus()");
        // From note to note: some way leads on, and never to none.
        let name = "document.activeElement.querySelector('title').textContent";
        let first = page.eval(name);
        for key in ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"] {
            page.press(key);
            assert!(page.eval(name).is_string(), "{root}: {key}");
        }
        page.press("ArrowLeft");
        page.press("ArrowLeft");
        let scale = "Number(document.querySelector('svg.graph').style.getPropertyValue('--k'))";
        let before = page.eval(scale).as_f64().unwrap();
        page.press("+");
        assert!(page.eval(scale).as_f64().unwrap() > before, "{root}");
        page.press("Escape");
        assert!((page.eval(scale).as_f64().unwrap() - before).abs() < 1e-6, "{root}");
        assert!(first.is_string());
        let leads = page.eval("new URL(document.activeElement.getAttribute('href'), location.href).href");
        // Filters, one by one: picture and list show the same.
        let rows = "[...document.querySelectorAll('.graph-list li')].filter((one) => one.checkVisibility()).length";
        for (field, value, left) in
            [("find", "pod", 1), ("find", "", 7), ("folder", "k8s", 3), ("folder", "", 7), ("tag", "guide", 1), ("tag", "", 7)]
        {
            page.eval(&format!(
                "(() => {{ const field = document.querySelector('[name={field}]'); \
                 field.value = field.options ? [...field.options].find((one) => one.text.startsWith({value:?}) || !{value:?}).value : {value:?}; \
                 field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
            ));
            assert_eq!(page.eval(seen), left, "{root}: {field} {value}");
            assert_eq!(page.eval(rows), left, "{root}: {field} {value}");
        }
        page.eval("document.querySelector('svg.graph a[tabindex=\"0\"]').focus()");
        let here = page.eval("new URL(document.activeElement.getAttribute('href'), location.href).href");
        assert!(leads.is_string() && here.is_string());
        page.press("Enter");
        page.wait(&format!("location.href === {here} && document.readyState === 'complete'"));
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn the_graph_around_a_note_leads_on() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/some/path/"), disk(&folder)] {
        page.open(&format!("{root}k8s/静态Pod.html"));
        let names = "[...document.querySelectorAll('.local-graph svg a[href]')].map((one) => (one.querySelector('title') ?? one).textContent).sort().join()";
        assert_eq!(page.eval(names), "探针,笔记", "{root}");
        lead(&mut page, ".local-graph svg a text", "!location.pathname.includes('Pod') && document.querySelector('.local-graph')");
        page.open(&format!("{root}k8s/静态Pod.html"));
        lead(&mut page, ".graph-note a", "document.querySelector('svg.graph .current title')?.textContent === '静态 Pod'");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn pictures_open_in_full_size_and_close_again() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}pictures.html"));
        page.wait("document.querySelectorAll('img.zoom').length === 6");
        // Not those that are links, nor small signs.
        assert_eq!(page.eval("document.querySelectorAll('a .zoom, .zoom a').length"), 0, "{root}");
        page.eval("document.querySelector('img.zoom').focus()");
        page.press("Enter");
        page.wait("document.querySelector('dialog.zoom-dialog[open] img')?.naturalWidth === 120");
        page.wait("getComputedStyle(document.querySelector('.zoom-dialog')).display === 'grid'");
        assert_eq!(page.eval("document.querySelector('.zoom-caption').textContent"), "第一张", "{root}");
        let wide = "document.querySelector('.zoom-dialog img').getBoundingClientRect().width";
        let before = page.eval(wide).as_f64().unwrap();
        page.press("Enter");
        assert!(page.eval(wide).as_f64().unwrap() > before, "{root}");
        page.press("Escape");
        page.wait("!document.querySelector('dialog.zoom-dialog[open]')");
        assert_eq!(page.eval("document.activeElement.className"), "zoom", "{root}");
        lead(&mut page, "img.zoom", "document.querySelector('dialog.zoom-dialog[open]')");
        lead(&mut page, ".zoom-close", "!document.querySelector('dialog.zoom-dialog[open]')");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn nothing_jumps_when_pictures_arrive() {
    let Some((mut page, _keep, _folder, server)) = start() else { return };
    for picture in ["wide.png", "tall.svg", "dark.png", "light.png"] {
        server.state.lock().unwrap().faults.insert(picture.to_owned(), Fault::Late(Duration::from_millis(600)));
    }
    for width in [1280, 390] {
        page.window(width, 800);
        page.call("Network.clearBrowserCache", &json!({}));
        page.open(&server.root("/pictures.html"));
        page.wait("[...document.images].filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight).every((one) => one.complete && one.naturalWidth)");
        let shift = page.eval(
            "new Promise((resolve) => { const all = []; new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) \
             all.push(`${one.value}: ${one.sources.map((source) => `${source.node?.className || source.node?.nodeName} ${source.previousRect.y}→${source.currentRect.y}`)}`); })\
             .observe({ type: 'layout-shift', buffered: true }); setTimeout(() => resolve(all.join('; ')), 300); })",
        );
        assert_eq!(shift, "", "{width}");
    }
    let sizes =
        "[...document.querySelectorAll('.body img')].map((one) => `${one.getAttribute('width')}x${one.getAttribute('height')}`).join(' ')";
    assert_eq!(page.eval(sizes), "120x80 100x200 100x67 120x80 120x80 120x80 16x16 120x80");
    // The first is not waited with, the others are.
    assert_eq!(
        page.eval("[...document.querySelectorAll('.body img')].map((one) => one.getAttribute('loading')).join(' ')"),
        " lazy lazy lazy lazy lazy lazy lazy"
    );
}

#[test]
fn pictures_follow_light_and_dark() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}pictures.html"));
        page.eval("localStorage.clear()");
        let seen = "[document.querySelector('img[src*=\"#only-dark\"]').checkVisibility(), document.querySelector('img[src*=\"#only-light\"]').checkVisibility(), \
                    document.querySelector('picture img').currentSrc.split('/').pop().split('#')[0]].join(' ')";
        for (system, choice, expected) in [
            (false, "", "false true light.png"),
            (true, "", "true false dark.png"),
            (true, "light", "false true light.png"),
            (false, "dark", "true false dark.png"),
        ] {
            page.prefer_dark(system);
            page.eval(&format!(
                "(() => {{ const {{ dataset }} = document.documentElement; if ({choice:?}) dataset.theme = {choice:?}; else delete dataset.theme; }})()"
            ));
            page.eval("document.querySelector('picture img').scrollIntoView()");
            settle(&mut page, seen, expected);
        }
        page.prefer_dark(false);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn lists_of_notes_and_a_random_one() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}index.html"));
        lead(&mut page, ".site-footer a[href$='recent.html']", "document.querySelector('body.recent')");
        assert_eq!(
            page.eval("[...document.querySelectorAll('.note h2, .note li a')].map((one) => one.textContent).join()"),
            "2026-11,探针,2026-01,A guide",
            "{root}"
        );
        lead(&mut page, "[data-random]", "!document.querySelector('body.recent') && document.querySelector('body.note')");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn without_scripts_all_of_it_is_there_to_read() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}biji/graph.html"));
        assert_eq!(page.eval("document.querySelectorAll('svg.graph a[href]').length"), 7, "{root}");
        assert_eq!(page.eval("document.querySelector('.graph-tools').checkVisibility()"), false, "{root}");
        assert_eq!(page.eval("document.querySelectorAll('.graph-list li a').length"), 7, "{root}");
        lead(&mut page, "svg.graph a[href*='Pod'] circle", "document.querySelector('.local-graph')");
        lead(&mut page, ".local-graph svg a text", "!location.pathname.includes('Pod') && document.querySelector('.local-graph')");
        page.open(&format!("{root}pictures.html"));
        for (selector, is_seen) in [
            (".body img", true),
            (".zoom", false),
            ("[data-random]", false),
            ("[data-preview-toggle]", false),
            (".site-footer a[href$='graph.html']", true),
            ("img[src*='#only-dark']", false),
            ("img[src*='#only-light']", true),
        ] {
            assert_eq!(
                page.eval(&format!("document.querySelector({selector:?})?.checkVisibility() ?? false")),
                is_seen,
                "{root}: {selector}"
            );
        }
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

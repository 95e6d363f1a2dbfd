//! What axe-core says of the pages, in every state that they can be in: light and dark, wide and narrow, with what opens open.

use serde_json::json;

use crate::cdp::Page;
use crate::movement;
use crate::pages::start;
use crate::server::Server;
use crate::vault::{KINDS, NOTE};

const RUN: &str = "axe.run().then((found) => found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target + ' ' + node.any.map((any) => any.message).join('; ')).join(' | ')}`))";

/// Brings a page into a state of that name.
fn open(page: &mut Page, kind: &str) {
    match kind {
        "dialog" => {
            page.press("Control+k");
            page.wait("biji.dialog.open && document.querySelector('.search-start')");
            page.insert("静态");
            page.wait("document.querySelector('.search-results .search-title')");
        }
        "drawer" => {
            page.follow(".menu-open");
            page.wait("document.querySelector('dialog.drawer[open]')");
        }
        "contents" => {
            page.follow(".toc summary");
            page.wait("document.querySelector('.toc details[open]')");
        }
        "preview" => {
            let place = page.eval(
                "(() => { const one = document.querySelector('.body a'); one.scrollIntoView({ block: 'center', behavior: 'instant' }); \
                 const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()",
            );
            page.call("Input.dispatchMouseEvent", &json!({ "type": "mouseMoved", "x": place[0], "y": place[1], "pointerType": "mouse" }));
            page.wait("document.querySelector('.preview:not([hidden])')?.innerText");
        }
        "reward" => {
            page.follow(".reward-open");
            page.wait("document.querySelector('dialog[open]')");
        }
        "zoom" => {
            page.wait("document.querySelector('img.zoom')");
            page.eval("document.querySelector('img.zoom').click()");
            page.wait("document.querySelector('dialog.zoom-dialog[open]')");
        }
        _ => {}
    }
}

#[test]
fn axe_finds_nothing() {
    let program = std::env::var("AXE")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/node_modules/axe-core/axe.min.js").into());
    let Ok(axe) = std::fs::read_to_string(&program) else {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "no axe-core at {program}");
        eprintln!("skipped: axe-core is not installed (`npm install axe-core`, then AXE=node_modules/axe-core/axe.min.js)");
        return;
    };
    let Some((mut page, _keep, _folder, server)) = start() else { return };
    let (_kept, second) = movement::site();
    let second = Server::start(&second);
    let mut faults = Vec::new();
    for (width, height, is_dark) in [(1440, 900, false), (390, 844, true)] {
        page.window(width, height);
        page.prefer_dark(is_dark);
        let opened = if width > 800 { [("preview", "index.html"), ("404", "404.html")] } else { [("drawer", NOTE), ("contents", NOTE)] };
        let first = KINDS.into_iter().chain([("dialog", "index.html")]).chain(opened).map(|(kind, path)| (kind, server.root("/") + path));
        let note = second.root("/") + "a/note.html";
        for (kind, url) in first.chain(["parts", "reward", "zoom"].map(|kind| (kind, note.clone()))) {
            page.open(&url);
            open(&mut page, kind);
            page.eval(&axe);
            let found = page.eval(RUN);
            faults.extend(
                found.as_array().unwrap().iter().map(|one| format!("{kind}, {width} wide, dark {is_dark}: {}", one.as_str().unwrap())),
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

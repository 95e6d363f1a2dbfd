//! What stands around a note, in a browser: thanks as a dialog, comments that ask nobody before a click, and what is left without scripts.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::server::{STRICT, Server};
use super::{Page, disk_root};

/// Builds a site of files with the real program.
pub(crate) fn build(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(folder.path()).env("BIJI_CACHE_DIR", "").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let public = folder.path().join("public");
    (folder, public)
}

const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h3v3H0z\"/></svg>";
const REWARD: &str = "[reward]\n[[reward.ways]]\nname = \"微信\"\npicture = \"pay/code.svg\"\n[[reward.ways]]\nname = \"PayPal\"\nurl = \"https://paypal.me/x\"\n";

fn requests_elsewhere(page: &mut Page, root: &str) -> Vec<String> {
    page.requests().into_iter().filter(|url| !url.starts_with(root) && !url.starts_with("about:")).collect()
}

#[test]
fn thanks_open_as_a_dialog_and_without_scripts_in_place() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = build(&[("biji.toml", REWARD), ("content/笔记/a.md", "# 探针\n\n正文。\n"), ("content/pay/code.svg", PICTURE)]);
    let server = Server::start(&folder);
    for root in [server.root("/some/path/"), disk_root(&folder)] {
        page.open(&format!("{root}笔记/a.html"));
        page.wait("document.querySelector('.reward-open')");
        assert_eq!(page.eval("document.querySelector('dialog.reward-dialog').open"), json!(false), "{root}");
        page.eval("document.querySelector('.reward-open').focus()");
        page.press("Enter");
        page.wait("document.querySelector('dialog.reward-dialog').open && document.querySelector('.reward-dialog img').naturalWidth > 0");
        assert_eq!(page.eval("document.querySelector('.reward-dialog h2').innerText"), json!("打赏"), "{root}");
        page.press("Escape");
        page.wait("!document.querySelector('dialog.reward-dialog').open && document.activeElement.matches('.reward-open')");
        assert_eq!(requests_elsewhere(&mut page, &root), Vec::<String>::new());
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
    page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    page.open(&server.root("/笔记/a.html"));
    let document = page.call("DOM.getDocument", &json!({}));
    let found = page.call("DOM.querySelector", &json!({ "nodeId": document["root"]["nodeId"], "selector": "details.reward summary" }));
    assert!(found["nodeId"].as_u64().unwrap() > 0, "without scripts the ways are in the page");
    page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
}

#[test]
fn comments_ask_nobody_before_the_click() {
    let Some(mut page) = Page::start() else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let embed = "const me = document.currentScript; const p = document.createElement('p'); p.id = 'thread'; \
                 p.textContent = me.dataset.page + ' ' + me.dataset.look; me.parentNode.append(p);";
    std::fs::write(elsewhere.path().join("embed.js"), embed).unwrap();
    let host = Server::start(elsewhere.path());
    let origin = host.root("");
    let settings = format!(
        "headers = true\n[comments]\nprovider = \"script\"\nscript = \"{origin}/embed.js\"\n[comments.attributes]\ndata-page = \"{{path}}\"\ndata-look = \"{{theme}}\"\n"
    );
    let (_keep, folder) =
        build(&[("biji.toml", &settings), ("content/a.md", "# 探针\n\n正文。\n"), ("content/b.md", "---\ncomments: false\n---\n\n# B\n")]);
    let server = Server::start(&folder);
    let headers = std::fs::read_to_string(folder.join("_headers")).unwrap();
    let policy = headers.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: ")).unwrap().to_owned();

    // The policy that stands in the site's own file lets the comments through; the strict one does not, and the page says so.
    for (policy, is_allowed) in [(policy.as_str(), true), (STRICT, false)] {
        server.state.lock().unwrap().policy = policy.to_owned();
        page.prefer_dark(true);
        page.open(&server.root("/a.html"));
        page.wait("document.querySelector('.comments-open')?.hidden === false");
        assert_eq!(page.eval("document.querySelector('.comments-notice strong').innerText"), json!(origin.trim_start_matches("http://")));
        assert_eq!(requests_elsewhere(&mut page, &server.root("/")), Vec::<String>::new(), "nothing is asked before the click");
        page.eval("document.querySelector('.comments-open').click()");
        if is_allowed {
            page.wait("document.querySelector('#thread')");
            assert_eq!(page.eval("document.querySelector('#thread').innerText"), json!("content/a.md dark"));
            page.wait("!document.querySelector('.comments-open')");
            assert_eq!(requests_elsewhere(&mut page, &server.root("/")), [format!("{origin}/embed.js")]);
            assert_eq!(page.complaints(), Vec::<String>::new());
        } else {
            page.wait("document.querySelector('.comments-failed[role=alert]')");
            assert_eq!(page.eval("document.querySelector('.comments-open').disabled"), json!(false), "it can be tried again");
        }
    }
    page.open(&server.root("/b.html"));
    assert_eq!(page.eval("document.querySelector('.comments') || document.querySelector('script[src*=comments]')"), json!(null));
    page.open(&format!("{}a.html", disk_root(Path::new(&folder))));
    page.eval("document.querySelector('.comments-open').click()");
    page.wait("document.querySelector('#thread')");
}

//! A site that opens without a network: whole, with its search, in one version.

use std::path::Path;

use serde_json::json;

use crate::cdp::Page;
use crate::server::Server;
use crate::vault;

/// The worker is there and has brought what it brings at first.
const READY: &str = "navigator.serviceWorker?.controller";

fn words(page: &mut Page, selector: &str) -> String {
    page.eval(&format!("document.querySelector({selector:?})?.innerText ?? ''")).as_str().unwrap().to_owned()
}

/// Changes every page of the site, and its style.
fn renew(source: &Path, site: &Path) {
    let text = std::fs::read_to_string(source.join("biji.toml")).unwrap();
    std::fs::write(source.join("biji.toml"), text.replace("title = \"笔记\"", "title = \"新笔记\"")).unwrap();
    std::fs::create_dir_all(source.join("static")).unwrap();
    std::fs::write(source.join("static/custom.css"), ":root { --version: second; }\n").unwrap();
    std::fs::write(source.join("content/k8s/静态Pod.md"), "# 静态 Pod\n\n第二版：etcd 的备份。\n").unwrap();
    vault::build_at(source, site);
}

/// What the page, its style and the site's name say of their version.
const VERSION: &str = "[document.querySelector('.site-title').innerText, getComputedStyle(document.documentElement).getPropertyValue('--version').trim()].join()";

#[test]
fn a_site_opens_without_a_network_and_is_renewed_whole() {
    let Some(mut page) = Page::start() else { return };
    let (source, site) = vault::build("offline = true\n");
    for path in ["/", "/some/path/"] {
        let server = Server::start(&site);
        let root = server.root(path);
        page.open(&format!("{root}index.html"));
        page.wait(READY);
        server.state.lock().unwrap().is_down = true;
        // A page that was never visited, with its picture, and the search.
        page.open(&format!("{root}pictures.html"));
        page.wait("document.images[0].naturalWidth === 120");
        page.open(&format!("{root}k8s/静态Pod.html"));
        assert_eq!(words(&mut page, "h1"), "静态 Pod", "{path}");
        assert!(page.eval("getComputedStyle(document.body).fontFamily").as_str().unwrap().contains("Segoe"), "{path}: its style");
        page.press("Control+k");
        page.insert("kubelet");
        page.wait("document.querySelector('.search-results .search-title')");
        assert_eq!(words(&mut page, ".search-title"), "静态 Pod", "{path}");
        page.open(&format!("{root}nowhere.html"));
        assert_eq!(page.eval("document.body.className"), "404", "{path}");
        page.open(&root);
        assert_eq!(words(&mut page, "h1"), "笔记", "{path}: the address of a folder");
        server.state.lock().unwrap().is_down = false;
    }
    // A new version is deployed. With the network, it is what a reader gets, whole.
    let server = Server::start(&site);
    let root = server.root("/");
    page.open(&format!("{root}index.html"));
    page.wait(READY);
    page.open(&format!("{root}index.html"));
    assert_eq!(page.eval(VERSION), "笔记,");
    // The one version that is kept; `""` while there are two.
    let versions = "caches.keys().then((names) => { const all = names.filter((name) => !name.endsWith(' pages')); return all.length === 1 ? all[0] : ''; })";
    let first = page.eval(versions);
    assert_ne!(first, "");
    renew(source.path(), &site);
    // Until its worker is there, a network that goes away leaves the first version, whole.
    server.state.lock().unwrap().is_down = true;
    page.open(&format!("{root}guide.html"));
    assert_eq!(page.eval(VERSION), "笔记,");
    server.state.lock().unwrap().is_down = false;
    page.open(&format!("{root}guide.html"));
    assert_eq!(page.eval(VERSION), "新笔记,second");
    page.eval(&format!(
        "new Promise((resolve) => {{ const look = async () => {{ const now = await {versions}; now !== '' && now !== {first} ? resolve(0) : setTimeout(look, 50); }}; \
         look(); }})"
    ));
    server.state.lock().unwrap().is_down = true;
    for name in ["k8s/静态Pod.html", "index.html", "alone.html"] {
        page.open(&format!("{root}{name}"));
        assert_eq!(page.eval(VERSION), "新笔记,second", "{name}");
    }
    page.press("Control+k");
    page.insert("etcd");
    page.wait("document.querySelector('.search-results .search-title')");
    assert_eq!(words(&mut page, ".search-title"), "静态 Pod");
}

#[test]
fn a_site_that_is_no_app_any_more_leaves_nothing_behind() {
    let Some(mut page) = Page::start() else { return };
    let (source, site) = vault::build("offline = true\n");
    let server = Server::start(&site);
    page.open(&server.root("/index.html"));
    page.wait(READY);
    std::fs::write(source.path().join("biji.toml"), "title = \"别的\"\nlanguage = \"zh\"\n").unwrap();
    vault::build_at(source.path(), &site);
    assert!(!site.join("biji-worker.js").exists() && !site.join("biji/offline").exists());
    page.open(&server.root("/guide.html"));
    page.eval(
        "new Promise((resolve) => { const look = async () => (await navigator.serviceWorker.getRegistration()) || (await caches.keys()).length ? \
         setTimeout(look, 50) : resolve(0); look(); })",
    );
    assert_eq!(page.complaints().iter().filter(|one| !one.contains("biji-worker.js")).count(), 0);
}

#[test]
fn from_a_disk_there_is_no_worker() {
    let Some(mut page) = Page::start() else { return };
    let (_source, site) = vault::build("offline = true\n");
    page.open(&format!("{}index.html", crate::disk(&site)));
    assert_eq!(words(&mut page, "h1"), "笔记");
    assert_eq!(page.complaints(), Vec::<String>::new());
    // What the browser reads of the app: its name, where it starts, its pictures.
    let manifest = std::fs::read_to_string(site.join("biji/offline/site.webmanifest")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!((&facts["name"], &facts["start_url"], &facts["scope"]), (&json!("笔记"), &json!("../../index.html"), &json!("../../")));
    for icon in facts["icons"].as_array().unwrap() {
        assert!(site.join("biji/offline").join(icon["src"].as_str().unwrap()).exists(), "{icon}");
    }
}

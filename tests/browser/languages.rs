//! The switch between the languages of a page, in a browser.

use serde_json::json;

use super::around::build;
use super::server::Server;
use super::{Page, ask, disk_root, text};

#[test]
fn the_switch_leads_to_the_other_language_and_back() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = build(&[
        ("biji.toml", "language = \"zh\"\n"),
        ("content/index.md", "# 笔记\n"),
        ("content/index.en.md", "# Notes\n"),
        ("content/k8s/探针.md", "# 探针\n"),
        ("content/k8s/探针.en.md", "# Probes\n"),
        ("content/k8s/探针.ja.md", "# プローブ\n"),
    ]);
    let server = Server::start(&folder);
    for root in [server.root("/some/path/"), disk_root(&folder)] {
        page.window(390, 844);
        page.open(&format!("{root}index.html"));
        assert_eq!(text(&mut page, ".languages"), "English");
        page.follow(".languages a");
        page.wait("document.documentElement.lang === 'en' && document.querySelector('h1').innerText === 'Notes'");
        assert_eq!(text(&mut page, ".languages"), "中文");
        // Of several, the others fold open: with a key, without a script.
        page.open(&format!("{root}k8s/探针.en.html"));
        assert_eq!(text(&mut page, ".languages summary").trim(), "English");
        page.eval("document.querySelector('.languages summary').focus()");
        page.press("Enter");
        page.wait("document.querySelector('.languages').open");
        let inside = "[...document.querySelectorAll('.languages a')].every((a) => { const box = a.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; })";
        assert_eq!(page.eval(inside), json!(true));
        page.follow(".languages a[lang=ja]");
        page.wait("document.documentElement.lang === 'ja' && document.querySelector('h1').innerText === 'プローブ'");
        page.follow(".site-title");
        page.wait("document.querySelector('h1').innerText === '笔记'");
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_search_shows_the_language_of_the_page_first() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = build(&[
        ("biji.toml", "language = \"zh\"\n"),
        ("content/kubelet.md", "# 节点上的kubelet\n\nkubelet运行在每个节点上。\n"),
        ("content/kubelet.en.md", "# Kubelet\n\nThe kubelet runs on each node. The kubelet starts pods.\n"),
        ("content/代理.md", "# 代理\n\nkubelet旁边的代理，仅此而已。\n"),
        ("content/proxy.en.md", "---\nlang: en\n---\n\n# Proxies\n\nA proxy beside the kubelet, no more.\n"),
    ]);
    let server = Server::start(&folder);
    for root in [server.root("/some/path/"), disk_root(&folder)] {
        for (from, expected) in [
            ("kubelet.html", ["节点上的kubelet", "代理", "Proxies", "Kubelet"]),
            ("kubelet.en.html", ["Kubelet", "Proxies", "代理", "节点上的kubelet"]),
        ] {
            page.open(&format!("{root}{from}"));
            page.eval("sessionStorage.clear()");
            ask(&mut page, "kubelet");
            assert_eq!(
                page.eval("[...document.querySelectorAll('.search-title')].map((title) => title.innerText)"),
                json!(expected),
                "{root}{from}"
            );
        }
    }
    // The terminal says the same to who names a language.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_biji"));
    let output = command.args(["search", "kubelet", "--lang", "en", "--json", "--site"]).arg(&folder).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let titles: Vec<&str> = answer["hits"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Kubelet", "Proxies", "代理", "节点上的kubelet"]);
}

//! The search box: filters, what it offers, its keys, its own page, on a phone, for assistive technology.

use serde_json::json;

use super::server::Server;
use super::{ANSWERED, Page, ask, disk_root, site, text};

/// Chooses in a filter as a reader does, and waits for the answer.
fn choose(page: &mut Page, place: usize, name: &str, pages: usize) {
    page.wait(&format!("[...document.querySelectorAll('.search-filter')[{place}].options].some((option) => option.value === {name:?})"));
    page.eval(&format!(
        "(() => {{ const select = document.querySelectorAll('.search-filter')[{place}]; select.value = {name:?}; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    ));
    page.wait(&format!("document.querySelector('[role=status]').innerText === '共 {pages} 页'"));
}

fn choices(page: &mut Page, place: usize) -> Vec<String> {
    let all = page.eval(&format!("[...document.querySelectorAll('.search-filter')[{place}].options].map((option) => option.text)"));
    all.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_tell_how_many_pages_they_leave() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    for root in [server.root("/some/path/"), disk_root(&folder)] {
        page.open(&format!("{root}index.html"));
        page.eval("sessionStorage.clear()");
        ask(&mut page, "Pod");
        assert_eq!(
            page.eval("document.querySelector('.search-filters').hidden"),
            json!(true),
            "filters cost nothing until they are wanted"
        );
        page.eval("document.querySelector('[aria-controls=biji-search-filters]').click()");
        page.wait("document.querySelectorAll('.search-filter')[1].options.length > 1");
        assert_eq!(page.eval("document.querySelector('[aria-controls=biji-search-filters]').ariaExpanded"), json!("true"));
        assert_eq!(choices(&mut page, 0), ["全部文件夹", "k8s（2）"]);
        assert_eq!(choices(&mut page, 1), ["全部标签", "#k8s（2）", "#kubelet（1）"]);
        choose(&mut page, 1, "kubelet", 1);
        assert_eq!(text(&mut page, ".search-title"), "静态 Pod");
        assert_eq!(choices(&mut page, 1), ["全部标签", "#k8s（2）", "#kubelet（1）"], "the others can still be chosen");
        // Without a word a filter lists what it leaves.
        page.eval("biji.input.select()");
        page.press("Backspace");
        choose(&mut page, 1, "rust", 2);
        assert_eq!(choices(&mut page, 2), ["全部语言", "英语（2）"]);
        page.eval("document.querySelectorAll('.search-filter')[1].value = ''; biji.part('filters').changed()");
        page.wait("document.querySelector('.search-start')");
        choose(&mut page, 2, "en", 2);
    }
}

#[test]
fn an_empty_box_offers_recent_searches_and_places_to_start() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    page.open(&server.root("/index.html"));
    ask(&mut page, "静态 Pod");
    page.press("Enter");
    page.wait("document.readyState === 'complete' && document.querySelector('.search-unmark')");
    page.press("Control+k");
    page.wait(ANSWERED);
    assert_eq!(page.eval("biji.input.value"), json!("静态 Pod"), "the last search is there again");
    page.eval("biji.input.select()");
    page.press("Backspace");
    page.wait("document.querySelectorAll('.search-group').length === 3");
    let offered = text(&mut page, ".search-results");
    for wanted in ["最近搜索", "静态 Pod", "#k8s", "rust/", "2 页"] {
        assert!(offered.contains(wanted), "{wanted} in {offered}");
    }
    assert_eq!(
        page.eval("document.querySelectorAll('[role=option][aria-selected=true]').length"),
        json!(0),
        "Enter does nothing by itself"
    );
    page.press("ArrowDown");
    page.press("Enter");
    page.wait("document.querySelector('.search-title')");
    assert_eq!(page.eval("biji.input.value"), json!("静态 Pod"));
    page.eval("biji.input.select()");
    page.press("Backspace");
    page.wait("document.querySelector('.search-start[data-tag]')");
    page.eval("document.querySelector('.search-start[data-tag=k8s]').click()");
    page.wait("document.querySelector('[role=status]').innerText === '共 2 页'");
    page.eval("document.querySelectorAll('.search-filter')[1].value = ''; biji.part('filters').changed()");
    page.wait("document.querySelector('.search-start[data-forget]')");
    page.eval("document.querySelector('.search-start[data-forget]').click()");
    page.wait("!document.querySelector('.search-start[data-query]')");
    assert_eq!(page.eval("localStorage.getItem('biji-searches')"), json!(null));
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn control_enter_opens_elsewhere_and_stays() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    page.open(&server.root("/index.html"));
    page.eval("window.opened = []; window.open = (...all) => { opened.push(all); return null; }");
    ask(&mut page, "静态 Pod");
    page.press("Control+Enter");
    let opened = page.eval("opened.map(([url, target, how]) => [new URL(url).pathname.endsWith('Pod.html'), target, how])");
    assert_eq!(opened, json!([[true, "_blank", "noopener"]]));
    assert_eq!(page.eval("biji.dialog.open"), json!(true));
}

#[test]
fn it_is_a_combobox_for_assistive_technology() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    page.open(&format!("{}index.html", disk_root(&folder)));
    ask(&mut page, "Pod");
    let tree = page.call("Accessibility.getFullAXTree", &json!({}));
    let nodes: Vec<(String, String)> = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["ignored"] != json!(true))
        .map(|node| (node["role"]["value"].as_str().unwrap_or("").to_owned(), node["name"]["value"].as_str().unwrap_or("").to_owned()))
        .collect();
    let named = |role: &str| nodes.iter().filter(|(of, _)| of == role).map(|(_, name)| name.as_str()).collect::<Vec<_>>();
    assert_eq!(named("dialog"), ["搜索"]);
    assert_eq!(named("combobox"), ["搜索"]);
    assert_eq!(named("listbox"), ["结果"]);
    assert_eq!(named("status").len(), 1);
    assert!(named("group").contains(&"静态 Pod"), "{nodes:?}");
    assert!(named("option").len() > 1 && named("option").iter().all(|name| !name.is_empty()));
    assert!(named("button").iter().all(|name| !name.is_empty()));
    let wired = "(() => { const list = document.getElementById(biji.input.getAttribute('aria-controls')); \
                 return list.getAttribute('role') === 'listbox' && list.contains(document.getElementById(biji.input.getAttribute('aria-activedescendant'))); })()";
    assert_eq!(page.eval(wired), json!(true));
    // Tab stays in the dialog.
    for _ in 0..4 {
        page.press("Tab");
        assert_eq!(page.eval("document.activeElement === document.body || biji.dialog.contains(document.activeElement)"), json!(true));
    }
}

#[test]
fn the_page_of_its_own_has_an_address_to_share() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    for root in [server.root("/"), server.root("/some/path/"), disk_root(&folder)] {
        page.open(&format!("{root}search.html?q=%E9%9D%99%E6%80%81+Pod&tag=kubelet"));
        page.wait("document.querySelector('.search-title')");
        assert_eq!(text(&mut page, ".search-title"), "静态 Pod", "{root}");
        assert_eq!(page.eval("biji.input.value + ' ' + document.querySelectorAll('.search-page').length"), json!("静态 Pod 1"), "{root}");
        assert_eq!(page.eval("document.querySelectorAll('.search-filter')[1].value"), json!("kubelet"), "{root}");
        page.eval("biji.input.select()");
        page.insert("ownership");
        page.wait("new URLSearchParams(location.search).get('q') === 'ownership' && document.querySelector('[role=status]').innerText.includes('没有')");
        page.eval("document.querySelectorAll('.search-filter')[1].value = ''; biji.part('filters').changed()");
        page.wait("document.querySelector('.search-title')?.innerText === 'What is ownership?'");
        assert_eq!(page.eval("location.search"), json!("?q=ownership"), "{root}");
        // The shortcut leads to the field that is there already.
        page.press("Control+k");
        assert_eq!(page.eval("document.activeElement === biji.input && !biji.dialog.open"), json!(true), "{root}");
        page.press("Enter");
        page.wait("location.search.includes('mark=') && document.querySelector('.search-unmark')");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
        // From the dialog a link leads to the same search there.
        page.open("about:blank#");
        page.open(&format!("{root}k8s/探针.html"));
        page.eval("sessionStorage.clear()");
        ask(&mut page, "镜像 Pod");
        assert_eq!(page.eval("document.querySelector('.search-bar a').href"), json!(format!("{root}search.html?q=%E9%95%9C%E5%83%8F+Pod")));
    }
}

#[test]
fn a_thumb_reaches_everything_on_a_phone() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    page.window(390, 844);
    page.open(&format!("{}index.html", disk_root(&folder)));
    ask(&mut page, "Pod");
    page.eval("document.querySelector('[aria-controls=biji-search-filters]').click()");
    page.wait("document.querySelectorAll('.search-filter')[1].options.length > 1 && getComputedStyle(biji.dialog).display === 'grid'");
    let small = "[...biji.dialog.querySelectorAll('button, select, a, input')].filter((one) => one.offsetParent) \
                 .filter((one) => one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().right > innerWidth).map((one) => one.className)";
    assert_eq!(page.eval(small), json!([]));
    assert_eq!(page.eval("biji.input.getBoundingClientRect().bottom > innerHeight - 80"), json!(true), "the field is at the lower end");
    assert_eq!(page.eval("document.documentElement.scrollWidth <= innerWidth"), json!(true));
}

#[test]
fn without_javascript_the_box_is_a_link_to_the_index() {
    let Some(mut page) = Page::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (vault, site) = (folder.path().join("vault"), folder.path().join("笔 记"));
    std::fs::create_dir_all(vault.join("k8s")).unwrap();
    std::fs::write(vault.join("index.md"), "# 笔记\n").unwrap();
    std::fs::write(vault.join("k8s/静态 Pod.md"), "# 静态 Pod\n\n## 清单目录\n").unwrap();
    let built =
        std::process::Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(&vault).arg("--output").arg(&site).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let server = Server::start(&site);
    page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    for root in [server.root("/"), server.root("/some/path/"), disk_root(&site)] {
        page.open(&format!("{root}k8s/静态-Pod.html"));
        page.follow(".search-open");
        page.wait("location.pathname.endsWith('/biji/a-z.html') && document.readyState === 'complete'");
        assert!(text(&mut page, "[aria-labelledby=biji-q] li").contains("清单目录"), "{root}");
        page.follow("[aria-labelledby=biji-q] a");
        page.wait("document.querySelector(':target')");
        assert_eq!(text(&mut page, ":target"), "清单目录", "{root}");
        page.open(&format!("{root}search.html"));
        assert!(text(&mut page, "noscript").contains("JavaScript"), "{root}");
        assert!(!page.requests().iter().any(|url| url.contains("/biji/search/")), "{root}");
    }
}

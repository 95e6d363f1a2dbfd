//! The pages in a real browser: from a server, from a disk, without scripts, narrow, enlarged, on paper, and for readers who do not see them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cdp::Page;
use crate::server::Server;
use crate::vault::{self, KINDS, NOTE};

const DARK: &str = "rgb(21, 23, 26)";
const LIGHT: &str = "rgb(250, 247, 240)";
const GROUND: &str = "getComputedStyle(document.body).backgroundColor";

pub(crate) fn disk(folder: &Path) -> String {
    let path = folder.to_str().unwrap().replace('\\', "/");
    let path = percent_encoding::utf8_percent_encode(path.trim_start_matches('/'), percent_encoding::CONTROLS).to_string();
    format!("file:///{}/", path.replace(' ', "%20"))
}

/// A page, the site, its server.
pub(crate) fn start() -> Option<(Page, tempfile::TempDir, PathBuf, Server)> {
    let page = Page::start()?;
    let (keep, folder) = vault::build();
    let server = Server::start(&folder);
    Some((page, keep, folder, server))
}

#[test]
fn a_chosen_theme_never_flashes() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    // Every frame that is painted says what its ground is.
    let source = "window.grounds = []; (function look() { if (document.body) grounds.push(getComputedStyle(document.body).backgroundColor); requestAnimationFrame(look); })()";
    page.call("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": source }));
    for root in [server.root("/some/path/"), disk(&folder)] {
        page.prefer_dark(false);
        page.open(&format!("{root}{NOTE}"));
        assert_eq!(page.eval(GROUND), LIGHT, "{root}");
        let label = "document.querySelector('[data-theme-toggle]').getAttribute('aria-label')";
        assert_eq!(page.eval(label), "主题: 跟随系统");
        // First what looks different, then what looks the same but stays, then the system's again.
        for (ground, says) in [(DARK, "主题: 深色"), (LIGHT, "主题: 浅色"), (LIGHT, "主题: 跟随系统"), (DARK, "主题: 深色")]
        {
            page.follow("[data-theme-toggle]");
            assert_eq!((page.eval(GROUND), page.eval(label)), (json!(ground), json!(says)), "{root}");
        }
        server.state.lock().unwrap().delay = Duration::from_millis(60);
        page.open(&format!("{root}index.html"));
        page.wait("grounds.length > 3");
        let grounds = page.eval("[...new Set(grounds)].join()");
        assert_eq!(grounds, DARK, "{root}: every frame is dark");
        server.state.lock().unwrap().delay = Duration::ZERO;
        page.eval("localStorage.clear()");
        // Without a choice the system decides, and while the page is open.
        page.open(&format!("{root}index.html"));
        page.prefer_dark(true);
        page.wait(&format!("{GROUND} === '{DARK}'"));
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn the_table_of_contents_follows_the_reader() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    page.window(1440, 700);
    let current = "document.querySelector('.toc [aria-current]')?.textContent";
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}{NOTE}"));
        page.wait(&format!("{current} === '清单目录'"));
        for heading in ["镜像 Pod的细节", "限制", "镜像 Pod"] {
            page.eval(&format!(
                "[...document.querySelectorAll('main :is(h2, h3)')].find((one) => one.textContent === '{heading}').scrollIntoView({{ behavior: 'instant' }})"
            ));
            page.wait(&format!("{current} === '{heading}'"));
        }
        // A link of it, whose address is Chinese.
        page.eval("[...document.querySelectorAll('.toc a')].find((one) => one.textContent === '限制').click()");
        page.wait(&format!("{current} === '限制' && decodeURIComponent(location.hash) === '#限制'"));
        page.eval("scrollTo({ top: 1e6, behavior: 'instant' })");
        page.wait(&format!("{current} === '排错的细节'"));
        assert_eq!(page.eval("document.querySelectorAll('.toc [aria-current]').length"), 1);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn the_tree_opens_folders_in_place() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    let toggle = |name: &str| {
        format!("[...document.querySelectorAll('.tree-toggle')].find((one) => one.getAttribute('aria-label') === '“{name}”中的笔记')")
    };
    let link = |name: &str| format!("[...document.querySelectorAll('.sidebar a')].find((one) => one.textContent === '{name}')");
    for root in [server.root("/some/path/"), disk(&folder)] {
        page.open(&format!("{root}english/guide.html"));
        page.eval("sessionStorage.clear()");
        page.open(&format!("{root}index.html"));
        assert_eq!(page.eval(&format!("Boolean({})", link("静态 Pod"))), false, "a page does not bring the whole tree");
        page.eval(&format!("{}.click()", toggle("Kubernetes")));
        page.wait(&link("静态 Pod"));
        page.eval(&format!("{}.click()", toggle("存储")));
        page.wait(&link("持久卷"));
        page.eval(&format!("{}.click()", toggle("更深")));
        page.wait(&link("快照"));
        let at = page.eval(&format!("decodeURIComponent({}.href)", link("快照")));
        assert!(at.as_str().unwrap().ends_with("/k8s/存储/更深/快照.html"), "{at}");
        assert_eq!(page.eval(&format!("{}.getAttribute('aria-expanded')", toggle("Kubernetes"))), "true");
        // Closed and opened again; what was open stays so on the next page.
        page.eval(&format!("{}.click()", toggle("Kubernetes")));
        assert_eq!(page.eval(&format!("{}.checkVisibility()", link("静态 Pod"))), false);
        page.eval(&format!("{}.click()", toggle("Kubernetes")));
        page.open(&format!("{root}english/guide.html"));
        page.wait(&format!("{}?.checkVisibility()", link("快照")));
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn on_a_phone_the_tree_is_a_drawer() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    page.window(390, 844);
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}{NOTE}"));
        assert_eq!(page.eval("document.querySelector('.sidebar').checkVisibility()"), false);
        page.follow(".menu-open");
        page.wait("document.querySelector('dialog.drawer[open] .sidebar a[aria-current]')");
        assert_eq!(page.eval("document.querySelector('.sidebar a[aria-current]').textContent"), "静态 Pod");
        page.press("Escape");
        page.wait("!document.querySelector('dialog.drawer') && document.querySelector('.layout > .sidebar')");
        assert_eq!(page.eval("document.activeElement.className"), "menu-open icon-button", "the focus returns");
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn everything_is_reached_by_keyboard() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    let focused = "document.activeElement.className";
    for root in [server.root("/"), disk(&folder)] {
        page.window(1440, 900);
        page.prefer_dark(false);
        page.open(&format!("{root}english/guide.html"));
        page.eval("sessionStorage.clear()");
        page.open(&format!("{root}index.html"));
        page.press("Tab");
        assert_eq!(page.eval(focused), "skip");
        assert_eq!(page.eval("document.activeElement.getBoundingClientRect().left >= 0"), true, "the link is seen when it has the focus");
        // On to the switch, and by it to the dark.
        let to = |page: &mut Page, class: &str| {
            for _ in 0..40 {
                page.press("Tab");
                if page.eval(&format!("document.activeElement.matches({class:?})")) == true {
                    return;
                }
            }
            panic!("{root}: Tab never reaches {class}");
        };
        to(&mut page, ".site-title");
        to(&mut page, ".search-open");
        to(&mut page, ".theme-toggle");
        page.press("Enter");
        page.wait(&format!("{GROUND} === '{DARK}'"));
        page.eval("localStorage.clear()");
        // Into the tree: a folder opens, and the next stop is its first entry or its own link.
        to(&mut page, ".tree-toggle[aria-expanded=false]");
        page.press("Enter");
        page.wait("document.activeElement.matches('.tree-toggle[aria-expanded=true]')");
        to(&mut page, ".sidebar ul ul a");
        // By the first link past all of that.
        page.open(&format!("{root}{NOTE}"));
        page.press("Tab");
        page.press("Enter");
        page.wait("document.activeElement.id === 'biji-main'");
        to(&mut page, "main a[href^=http]");
        to(&mut page, ".wrap");
        assert_eq!(page.eval("getComputedStyle(document.activeElement.parentElement).opacity"), "1", "what has the focus is seen");
    }
}

#[test]
fn code_is_copied_and_wrapped() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    for root in [server.root("/"), disk(&folder)] {
        page.window(1280, 800);
        page.open(&format!("{root}{NOTE}"));
        if root.starts_with("http") {
            let origin = page.eval("location.origin");
            page.call(
                "Browser.grantPermissions",
                &json!({ "origin": origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
            );
        }
        assert_eq!(page.eval("getComputedStyle(document.querySelector('pre[data-lang]'), '::after').content"), "\"bash\"");
        page.follow(".copy");
        page.wait("document.querySelector('.copy').title === '已复制'");
        if root.starts_with("http") {
            let copied = page.eval("navigator.clipboard.readText()");
            assert!(copied.as_str().unwrap().starts_with("kubectl get pods --all-namespaces"), "{copied}");
        }
        let is_long = "document.querySelector('pre').scrollWidth > document.querySelector('pre').clientWidth";
        page.wait(&format!("{is_long} && document.querySelector('pre').tabIndex === 0"));
        // A short block offers nothing to wrap.
        assert_eq!(page.eval("[...document.querySelectorAll('.wrap')].map((one) => one.hidden).join()"), "false,true");
        page.follow(".wrap");
        page.wait(&format!("!({is_long})"));
        page.open(&format!("{root}{NOTE}"));
        page.wait(&format!("!({is_long}) && document.querySelector('.wrap[aria-pressed=true]:not([hidden])')"));
        page.follow(".wrap");
        page.wait(is_long);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

#[test]
fn nothing_needs_to_be_scrolled_sideways() {
    let Some((mut page, _keep, folder, _server)) = start() else { return };
    let root = disk(&folder);
    // A row: the window, and how much its text is enlarged: a phone, a window at 200 % and 400 %, text at 200 %, a tablet, a desktop.
    for (width, height, text) in [(320, 640, 100), (640, 400, 100), (1280, 800, 200), (800, 1100, 100), (1440, 900, 100)] {
        page.window(width, height);
        for (kind, path) in KINDS.into_iter().chain([("404", "404.html")]) {
            page.open(&format!("{root}{path}"));
            page.eval(&format!("document.documentElement.style.fontSize = '{text}%'"));
            let over = page.eval(
                "(() => { const width = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= width) return ''; \
                 return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1 && one.checkVisibility()).map((one) => `${one.tagName}.${one.className}`).slice(0, 5).join(' ') || 'something'; })()",
            );
            assert_eq!(over, "", "{kind} at {width}, text at {text} %");
        }
    }
}

#[test]
fn what_a_page_is_called_means_nothing_to_its_parts() {
    let Some((mut page, _keep, folder, _server)) = start() else { return };
    for (kind, path) in KINDS {
        page.open(&format!("{}{path}", disk(&folder)));
        let is_plain = "(() => { const style = getComputedStyle(document.body); return [style.display, style.margin, getComputedStyle(document.body, '::before').content, \
             getComputedStyle(document.querySelector('.site-title'), '::before').content].join(' '); })()";
        assert_eq!(page.eval(is_plain), "block 0px none \"\"", "{kind}: a class of the body is one of its parts");
    }
}

#[test]
fn pages_are_whole_without_scripts() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    page.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    page.window(390, 844);
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}{NOTE}"));
        for (selector, is_seen) in
            [(".sidebar", true), (".toc summary", true), ("main pre", true), (".theme-toggle", false), (".search-open kbd", false)]
        {
            assert_eq!(page.eval(&format!("document.querySelector({selector:?}).checkVisibility()")), is_seen, "{root}: {selector}");
        }
        // The menu leads to the tree at the end of the page, and a folder of it to a page that lists it.
        page.follow(".menu-open");
        page.wait("location.hash === '#biji-tree'");
        page.eval("[...document.querySelectorAll('.sidebar a')].find((one) => one.textContent === '存储').id = 'storage'");
        page.follow("#storage");
        page.wait("document.querySelector('body.folder .entries')");
        assert!(page.eval("document.querySelector('main').innerText").as_str().unwrap().contains("持久卷"));
    }
}

#[test]
fn a_printed_note_is_light_and_without_chrome() {
    let Some((mut page, _keep, folder, _server)) = start() else { return };
    page.prefer_dark(true);
    page.open(&format!("{}{NOTE}", disk(&folder)));
    let pdf = page.call("Page.printToPDF", &json!({ "printBackground": true }))["data"].as_str().unwrap().len();
    assert!(pdf > 10_000, "{pdf}");
    let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
    page.call("Emulation.setEmulatedMedia", &json!({ "media": "print", "features": features }));
    assert_eq!(page.eval(GROUND), "rgb(255, 255, 255)");
    assert_eq!(page.eval("getComputedStyle(document.body).color"), "rgb(0, 0, 0)");
    let seen = page.eval("['.site-header', '.sidebar', '.toc', '.site-footer', '.code-tools', '.breadcrumbs'].filter((one) => document.querySelector(one)?.checkVisibility()).join()");
    assert_eq!(seen, "");
    assert_eq!(page.eval("getComputedStyle(document.querySelector('pre')).whiteSpaceCollapse + getComputedStyle(document.querySelector('pre')).textWrapMode"), "preservewrap");
    let after = page.eval("getComputedStyle(document.querySelector('main a[href^=http]'), '::after').content");
    assert!(after.as_str().unwrap().contains("https://kubernetes.io/docs/"), "{after}");
}

#[test]
fn chinese_is_set_as_chinese() {
    let Some((mut page, _keep, folder, _server)) = start() else { return };
    page.window(1440, 900);
    let root = disk(&folder);
    let style = |page: &mut Page, selector: &str, property: &str| {
        page.eval(&format!("getComputedStyle(document.querySelector({selector:?}))[{property:?}]"))
    };
    let number = |value: &Value| value.as_str().unwrap().trim_end_matches("px").parse::<f64>().unwrap();
    page.open(&format!("{root}{NOTE}"));
    assert_eq!(page.eval("document.documentElement.lang"), "zh");
    assert_eq!(style(&mut page, "main em", "fontStyle"), "normal");
    assert_eq!(style(&mut page, "main em", "textEmphasisStyle"), "dot");
    assert_eq!(style(&mut page, "main p", "textAutospace"), "normal");
    assert_eq!(style(&mut page, "main code", "textAutospace"), "no-autospace");
    let (size, leading) = (number(&style(&mut page, "main p", "fontSize")), number(&style(&mut page, "main p", "lineHeight")));
    assert!(leading / size >= 1.7, "{leading} / {size}");
    let width = page.eval("document.querySelector('main .body > p').getBoundingClientRect().width").as_f64().unwrap();
    assert!((35.0..=42.0).contains(&(width / size)), "{} Han characters to a line", width / size);
    page.open(&format!("{root}english/guide.html"));
    assert_eq!(page.eval("document.documentElement.lang"), "en");
    assert_eq!(style(&mut page, "main em", "fontStyle"), "italic");
    for selector in ["main p", "h1", ".search-open"] {
        assert_eq!(style(&mut page, selector, "fontVariantEastAsian"), "proportional-width", "{selector}");
    }
}

#[test]
fn a_site_changes_its_looks_with_one_file() {
    let Some(mut page) = Page::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("biji.toml", "title = \"Site\"\n");
    write("content/a/note.md", "# A note\n\n[link](../other.md)\n");
    write("content/other.md", "Text.\n");
    write("static/custom.css", ":root { --accent: light-dark(#075985, #7dd3fc); --measure: 30em; }\na { color: var(--accent); }\n");
    let root = folder.path().join("public");
    vault::build_at(folder.path(), &root);
    page.prefer_dark(false);
    page.open(&format!("{}a/note.html", disk(&root)));
    assert_eq!(page.eval("getComputedStyle(document.querySelector('main p a')).color"), "rgb(7, 89, 133)");
    page.prefer_dark(true);
    assert_eq!(page.eval("getComputedStyle(document.querySelector('main p a')).color"), "rgb(125, 211, 252)");
    assert_eq!(page.eval("getComputedStyle(document.querySelector('main')).maxWidth"), "510px");
}

#[test]
fn pictures() {
    let Some(target) = std::env::var_os("BIJI_SCREENSHOTS") else { return };
    let Some((mut page, _keep, _folder, server)) = start() else { return };
    for (width, height) in [(1440, 900), (1024, 768), (390, 844), (320, 640)] {
        for is_dark in [false, true] {
            page.window(width, height);
            page.prefer_dark(is_dark);
            for (kind, path) in KINDS {
                page.open(&format!("{}{path}", server.root("/")));
                std::thread::sleep(Duration::from_millis(200));
                let shade = if is_dark { "dark" } else { "light" };
                std::fs::write(Path::new(&target).join(format!("theme-{width}-{shade}-{kind}.b64")), page.screenshot()).unwrap();
            }
        }
    }
}

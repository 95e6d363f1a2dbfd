//! What scripts add has its place before they arrive: nothing that a reader looks at moves. What a reader needs stays in sight.

use serde_json::{Value, json};

use crate::cdp::Page;
use crate::pages::{disk, start};
use crate::server::Server;
use crate::vault::{self, NOTE};

/// Where every piece of text and every picture is that the page has without its scripts.
const PLACES: &str = "(() => { const all = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT); \
     for (let node = walk.nextNode(); node; node = walk.nextNode()) { \
       const element = node instanceof Element ? node : node.parentElement; \
       if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.code-tools, .tree-toggle, dialog, svg.graph text')) continue; \
       const range = document.createRange(); range.selectNode(node); \
       if (node instanceof Text ? !node.data.trim() : !element.matches('img, input, select, svg')) continue; \
       const box = node instanceof Text ? range.getBoundingClientRect() : node.getBoundingClientRect(); \
       all.push([node instanceof Text ? node.data.trim().slice(0, 30) : node.tagName, box.x, box.y + scrollY, box.width, box.height]); \
     } return all; })()";

const SETTINGS: &str = "title = \"网站\"\nlanguage = \"zh\"\nbase_url = \"https://example.org/\"\n\
     [reward]\nways = [{ name = \"链接\", url = \"https://example.org/\" }]\n[comments]\nprovider = \"utterances\"\nrepo = \"a/b\"\n";

pub(crate) fn site() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("biji.toml", SETTINGS);
    let svg = |width: u32, height: u32| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"></svg>\n");
    write("content/wide.svg", &svg(900, 300));
    write("content/tall.svg", &svg(100, 200));
    write("content/sign.svg", &svg(16, 16));
    let long =
        "kubectl get pods --all-namespaces --output=custom-columns=NAME:.metadata.name,NODE:.spec.nodeName --sort-by=.metadata.name -w";
    write(
        "content/a/note.md",
        &format!(
            "---\ntags: [one]\ndate: 2026-01-02\n---\n# 一篇\n\n文字里有 ![](../tall.svg) 一张图和 ![](../sign.svg)。\n\n```bash\n{long}\n```\n\n文字。\n\n\
             ```yaml title=\"pod.yaml\" {{2}} showLineNumbers\napiVersion: v1\nkind: Pod\n```\n\n## 二\n\n![图](../wide.svg \"图的说明\")\n\n\
             - 一项\n  ```sh\n  ls\n  ```\n- 又一项 ![](../wide.svg)\n\n> [!note] 说明\n> ```js\n> a\n> ```\n\n\
             | 字段 | 说明 | 默认值 | 起始版本 | 字段 | 说明 |\n|---|---|---:|---|---|---|\n| `staticPodPathOfTheKubelet` | 目录 | 无 | v1.7 | `anotherPathOfTheKubelet` | 目录 |\n\n\
             :::tabs\n:::tab 甲\n```sh\nls\n```\n:::\n:::tab 乙\n乙的文字。\n:::\n:::\n\n\
             <picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"../wide.svg\">\n<img src=\"../tall.svg\" alt=\"c\">\n</picture>\n\n\
             见[[b]]。\n\n## 三\n\n最后。\n"
        ),
    );
    write("content/b.md", "# B\n\n[[note]]\n");
    let root = folder.path().join("public");
    vault::build_at(folder.path(), &root);
    (folder, root)
}

/// Whether two places are one: places are rounded to pixels.
fn are_near(before: &Value, after: &Value) -> bool {
    before[0] == after[0] && (1..5).all(|at| (before[at].as_f64().unwrap() - after[at].as_f64().unwrap()).abs() <= 1.5)
}

#[test]
fn nothing_moves_when_scripts_arrive() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, root) = site();
    let server = Server::start(&root);
    for width in [1440, 1000, 390] {
        page.window(width, 900);
        for url in ["a/note.html", "index.html", "a/index.html", "biji/graph.html", "biji/all.html", "biji/tags/one.html", "404.html"] {
            let mut places = |blocked: &[&str]| -> Vec<Value> {
                page.call("Network.setBlockedURLs", &json!({ "urls": blocked }));
                page.open(&format!("{}{url}", server.root("/")));
                if blocked.is_empty() && url == "a/note.html" {
                    page.wait(
                        "document.querySelectorAll('.code-tools').length === 5 && document.querySelectorAll('img.zoom').length === 4",
                    );
                }
                page.wait("[...document.images].every((one) => one.loading === 'lazy' || one.complete)");
                // Two frames: what a script asks for is done in the first.
                page.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
                page.eval(PLACES).as_array().unwrap().clone()
            };
            let before = places(&[
                "*/switch.js",
                "*/main.js",
                "*/tree.js",
                "*/toc.js",
                "*/code.js",
                "*/reward.js",
                "*/comments.js",
                "*/graph-page.js",
            ]);
            let after = places(&[]);
            let moved: Vec<_> = before.iter().zip(&after).filter(|(before, after)| !are_near(before, after)).take(6).collect();
            assert!(
                moved.is_empty() && before.len() == after.len(),
                "{url}, {width} wide: {moved:#?} of {} and {}",
                before.len(),
                after.len()
            );
        }
    }
}

#[test]
fn on_a_phone_the_contents_stay_in_sight() {
    let Some((mut page, _keep, folder, server)) = start() else { return };
    page.window(390, 844);
    let says = "document.querySelector('.toc summary').textContent";
    for root in [server.root("/"), disk(&folder)] {
        page.open(&format!("{root}{NOTE}"));
        assert_eq!(page.eval(says), "本页目录");
        page.eval(
            "[...document.querySelectorAll('main h2')].find((one) => one.textContent === '限制').scrollIntoView({ behavior: 'instant' })",
        );
        page.wait(&format!("{says} === '本页目录限制'"));
        page.follow(".toc summary");
        page.wait("document.querySelector('.toc details[open]')");
        // What is chosen is not covered by the list, which folds.
        page.eval("[...document.querySelectorAll('.toc a')].find((one) => one.textContent === '排错').click()");
        page.wait("!document.querySelector('.toc details[open]') && decodeURIComponent(location.hash) === '#排错'");
        page.wait(
            "document.querySelector('.toc').getBoundingClientRect().bottom <= document.getElementById('排错').getBoundingClientRect().top",
        );
        assert_eq!(page.complaints(), Vec::<String>::new(), "{root}");
    }
}

//! Every page of a small vault that uses all of Markdown and of the theme, as the real binary builds it, is valid HTML.
//!
//! The validator is html-validate with the rules of `.htmlvalidate.json`: the program that `HTML_VALIDATE` names, or the one on the path.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::Path;
use std::process::Command;

const NOTES: &[(&str, &str)] = &[
    (
        "index.md",
        "---\ntags: [首页, a/b]\ndescription: A \"small\" & complete vault\nlicense: CC BY 4.0\n---\n# 笔记 <Vault>\n\n[[guide]], [[guide#Second|two]], [x](sub/静态%20Pod.md), [gone](gone.md), <https://example.org/?a=1&b=2>\n",
    ),
    (
        "guide.md",
        "---\ndate: 2026-11-23\nupdated: 2026-11-24\naliases: [old/guide]\n---\n# Guide\n\n## First\n\n- [ ] open\n- [x] done **bold** *em* ~~gone~~ ==mark== `code`\n  1. nested\n\n| a | b |\n|---|:-:|\n| 1 | $x^2$ |\n\nText[^1] and again[^1].\n\n[^1]: A note with `code`.\n\n> [!WARNING]\n> Mind the gap.\n\n> quote\n\nterm\n: what it is\n\n## Second\n\n$$\n\\frac{1}{2}\n$$\n\n```rust title=\"a & b.rs\"\nfn main() { println!(\"<b>\"); }\n```\n\n```unknownlanguage\nx\n```\n\n    indented\n\n---\n\n![[photo.png|300]] ![alt](photo.png) ![[file.pdf]] ![[gone.png]]\n",
    ),
    (
        "embeds.md",
        "# Embeds\n\n![[guide]]\n\n![[guide#Second]]\n\nIn the midst ![[guide#First]] of a paragraph.\n\n- ![[guide#First]]\n- *![[guide]]*\n\n| a |\n|---|\n| ![[guide#First]] |\n\n![[embeds]]\n\n![[静态 Pod#^callout]]\n\n![[静态 Pod#^one]] and ![[静态 Pod#^task]]\n\n- ![[静态 Pod#^code]]\n\n> [!note] ![[guide]]\n> x\n\n## Twice\n\n![[guide]]\n",
    ),
    (
        "sub/静态 Pod.md",
        "# 静态 Pod\n\n*强调* `kubelet`\n\n###### Deep\n\n## Less\n\n> [!配方]- **标题：**后 ^[注]\n> 文 #标签/甲 ^callout\n\n> [!faq]\n> - [/] 做 ^task\n>   - [-] 不\n\n```rust\nlet x;\n```\n\n^code\n\n1. 一 ^one\n",
    ),
    (
        "containers.md",
        "# Containers\n\n::: tip **A** [[guide]] {#tip .x y=z}\nText.\n:::\n\n:::warning[B]\n- a\n:::\n\n:::: tabs\n::: tab A [[guide]]\n## In A\n\ntext ^in-a\n:::\n::: tab\n```sh title=\"x\"\na\n```\n:::\n::::\n\n::: code-group\n```sh [npm]\na\n```\n```rust\nlet x;\n```\nText.\n:::\n\n::: steps\n1. a\n\n   ::: details More {open}\n   b\n   :::\n:::\n\n:::: cards\n::: card [[guide]]\nText.\n:::\n::: card No link\n:::\n::::\n\n::: figure A *view* ^[note]\n![alt](photo.png)\n:::\n\n::: figure\n| a |\n|---|\n| b |\n:::\n\n![alt](photo.png \"Caption & more\")\n\n> ::: details\n> ![[containers#^in-a]]\n\n- ::: tip\n  tight\n  :::\n\n::: unknown a\n:::\n\n![[containers#In A]]\n\n:::\n",
    ),
    ("embeds-of-containers.md", "![[containers]]\n\n![[containers#^in-a]]\n\n![[containers#^tip]] ![[containers#tip]]\n"),
    ("sub/deep/other.md", "[up](../静态%20Pod.md#less)\n"),
];

#[test]
fn pages_are_valid_html() {
    let program = std::env::var("HTML_VALIDATE").unwrap_or_else(|_| "html-validate".into());
    if !Command::new(&program).arg("--version").output().is_ok_and(|run| run.status.success()) {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "no html-validate");
        eprintln!(
            "skipped: html-validate is not installed (`npm install html-validate`, then HTML_VALIDATE=node_modules/.bin/html-validate)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in NOTES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for name in ["photo.png", "file.pdf"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    for extra in [&[][..], &["--base-url", "https://example.org/wiki/"]] {
        let output = folder.path().join("public");
        let build = Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(folder.path()).args(extra).output().unwrap();
        assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join(".htmlvalidate.json");
        let run = Command::new(&program).arg("--config").arg(config).args(["-f", "text"]).arg(output.join("**/*.html")).output().unwrap();
        assert!(run.status.success(), "{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    }
}

//! The language server: the real program on real pipes, each feature as a short session.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may fail loudly")]

#[path = "lsp/session.rs"]
mod session;

use serde_json::{Value, json};
use session::{Editor, HERE};

/// Small notes that refer to each other in every way.
const NOTES: &[(&str, &str)] = &[
    (
        "笔记.md",
        "---\ntags: [读书, k8s/pod]\naliases: [别名]\n---\n# 笔记\n\n见 [[目标#第二节]] 与 [相对](sub/目标.md#第二节)。😀 [[目标|显示]] #读书\n\n![[图.png]] [[#本节]] [x](#本节)\n\n## 本节\n\n一段。 ^块一\n\n脚注[^1]。\n\n[^1]: 内容。\n",
    ),
    ("sub/目标.md", "# 目标\n\n第一段。\n\n## 第二节\n\n正文，[[笔记#^块一]] [[别名]]\n\n- 项 [引用][r]\n\n[r]: ../笔记.md#本节\n"),
    ("sub/other.md", "# Other\n\n[[目标]] #k8s/pod\n\n```rust file=\"code.rs\"\n```\n"),
    ("sub/code.rs", "fn main() {}\n"),
    ("图.png", "png"),
];

fn kinds(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn it_says_what_it_can_and_says_goodbye() {
    let mut editor = Editor::with(NOTES);
    let link = editor.at("笔记.md", "[[目‸标");
    assert!(!editor.ask("textDocument/hover", link).is_null());
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn an_editor_that_can_do_little_gets_plain_edits() {
    let folder = tempfile::tempdir().unwrap();
    session::write(folder.path(), MOVED);
    let mut editor = Editor::start(folder.path(), &["."]);
    editor.ask("initialize", json!({ "capabilities": {} }));
    let mut parameters = editor.at("a.md", "# ‸A");
    parameters["newName"] = json!("Z");
    let edit = editor.ask("textDocument/rename", parameters);
    assert!(edit["documentChanges"].is_null() && edit["changes"].is_object(), "{edit}");
    editor.apply(&edit);
    assert!(editor.text("a.md").starts_with("# Z\n"));
    // It cannot rename files; the outline is a list; who tells of changed files is the system.
    let mut parameters = editor.at("a.md", "[[b‸]]");
    parameters["newName"] = json!("z");
    assert!(editor.refused("textDocument/rename", parameters).contains("cannot rename files"));
    let outline = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": editor.uri("sub/b.md") } }));
    assert_eq!((outline[0]["name"].as_str(), outline[1]["name"].as_str()), (Some("B"), Some("H")));
    editor.tell("initialized", json!({}));
    editor.ask("workspace/symbol", json!({ "query": "" }));
    session::write(editor.root(), &[("sub/c.md", "[[gone]]\n")]);
    editor.faults("sub/c.md", &["1:3 broken-link no note or file `gone`"]);
}

#[test]
fn an_editor_that_goes_without_a_word_ends_it() {
    let mut editor = Editor::with(NOTES);
    editor.input.take();
    assert_eq!(editor.child.wait().unwrap().code(), Some(1));
}

#[test]
fn faults_come_and_go_while_typing() {
    let mut editor = Editor::with(&[
        ("a.md", "# A\n\n一😀 [[没有]] x\n"),
        ("b.md", "# B\n\n[x](a.md#none)\n"),
        ("private.md", "---\npublish: false\n---\n[[nowhere]]\n"),
    ]);
    // Also of files that are not open; columns are units of UTF-16.
    editor.faults("a.md", &["3:7 broken-link no note or file `没有`"]);
    editor.faults("b.md", &["3:5 broken-anchor no heading `#none` in `a.md`"]);
    editor.open("a.md", None);
    editor.edit("a.md", "没有", "b#x");
    editor.faults("a.md", &["3:7 broken-anchor no heading `#x` in `b.md`"]);
    editor.edit("a.md", "b#x", "b");
    editor.faults("a.md", &[]);
    // What is typed in one note mends another.
    editor.edit("a.md", "x\n", "x\n\n## None\n");
    editor.faults("b.md", &[]);
    // Front matter that is broken, and mended.
    editor.edit("a.md", "# A", "---\ntitle: [\n---\n# A");
    editor.wait_for("a.md", |lines| lines.len() == 1 && lines[0].contains("front-matter"));
    editor.edit("a.md", "title: [", "title: x");
    editor.faults("a.md", &[]);
    // What only making the page shows.
    editor.edit("a.md", "## None", "```pyhton\n```\n\n## None");
    editor.wait_for("a.md", |lines| lines.len() == 1 && lines[0].contains("unknown-language"));
    editor.edit("a.md", "pyhton", "python");
    editor.faults("a.md", &[]);
    // Notes that are not published are looked at while they are open.
    editor.open("private.md", None);
    editor.faults("private.md", &["4:3 broken-link no note or file `nowhere`"]);
    editor.close("private.md");
    editor.faults("private.md", &[]);
    // What was not saved is forgotten.
    editor.close("a.md");
    editor.faults("a.md", &["3:7 broken-link no note or file `没有`"]);
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn columns_are_bytes_where_the_editor_takes_bytes() {
    let folder = tempfile::tempdir().unwrap();
    session::write(folder.path(), &[("a.md", "一😀 [[没有]] x\n"), ("b.md", "")]);
    for (encodings, column) in [(json!(["utf-16", "utf-8"]), 11), (json!(["utf-32"]), 6), (json!(["utf-16"]), 7)] {
        let mut editor = Editor::on(folder.path(), json!({ "positionEncodings": encodings }), &[]);
        editor.faults("a.md", &[&format!("1:{column} broken-link no note or file `没有`")]);
        editor.open("a.md", None);
        editor.edit("a.md", "没有", "b");
        editor.faults("a.md", &[]);
    }
}

#[test]
fn files_that_change_on_the_disk_are_seen() {
    let mut editor = Editor::with(&[("biji.toml", "content = \"notes\"\n"), ("notes/a.md", "[[b]]\n")]);
    editor.faults("notes/a.md", &["1:3 broken-link no note or file `b`"]);
    session::write(editor.root(), &[("notes/b.md", "# B\n")]);
    editor.watched(&["notes/b.md"]);
    editor.faults("notes/a.md", &[]);
    std::fs::remove_file(editor.root().join("notes/b.md")).unwrap();
    editor.watched(&["notes/b.md"]);
    editor.faults("notes/a.md", &["1:3 broken-link no note or file `b`"]);
    // A note that was never saved is one too.
    editor.open("notes/b.md", Some("# B\n"));
    editor.faults("notes/a.md", &[]);
    // The configuration, right and wrong.
    session::write(editor.root(), &[("biji.toml", "content = \"notes\"\n[severity]\nbroken-link = \"allow\"\nnonsense = 1\n")]);
    editor.close("notes/b.md");
    editor.watched(&["biji.toml"]);
    editor.wait_for("biji.toml", |lines| lines.len() == 1 && lines[0].contains("nonsense"));
    editor.faults("notes/a.md", &[]);
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn definitions() {
    let mut editor = Editor::with(NOTES);
    for (file, place, found) in [
        ("笔记.md", "[[目标#第‸二节]]", "sub/目标.md:5:1"),
        ("笔记.md", "[相‸对](sub", "sub/目标.md:5:1"),
        ("笔记.md", "[[目‸标|显示", "sub/目标.md:1:1"),
        ("笔记.md", "显‸示]]", "sub/目标.md:1:1"),
        ("笔记.md", "![[图‸.png", "图.png:1:1"),
        ("笔记.md", "[[#本‸节", "笔记.md:11:1"),
        ("笔记.md", "[x](#‸本节", "笔记.md:11:1"),
        ("笔记.md", "脚注[^‸1]", "笔记.md:17:3"),
        ("sub/目标.md", "#^块‸一]]", "笔记.md:13:5"),
        ("sub/目标.md", "[[别‸名]]", "笔记.md:1:1"),
        ("sub/目标.md", "[引‸用][r]", "笔记.md:11:1"),
        ("sub/other.md", "file=\"co‸de.rs", "sub/code.rs:1:1"),
    ] {
        let at = editor.at(file, place);
        let answer = editor.ask("textDocument/definition", at);
        assert_eq!(editor.places(&answer), [found], "{file} {place}");
    }
    let at = editor.at("sub/目标.md", "第‸一段");
    assert_eq!(editor.ask("textDocument/definition", at), json!([]));
}

#[test]
fn references() {
    let mut editor = Editor::with(NOTES);
    for (file, place, found) in [
        // A note by its title or from anywhere in it; a heading; a block; a tag with those nested in it; a footnote.
        ("sub/目标.md", "# 目‸标", vec!["sub/other.md:3:3", "笔记.md:7:41"]),
        ("sub/目标.md", "第‸一段", vec!["sub/other.md:3:3", "笔记.md:7:21", "笔记.md:7:41", "笔记.md:7:5"]),
        ("sub/目标.md", "## 第二‸节", vec!["笔记.md:7:21", "笔记.md:7:5"]),
        ("笔记.md", "## 本‸节", vec!["sub/目标.md:11:6", "笔记.md:9:14", "笔记.md:9:24"]),
        ("笔记.md", "^块‸一", vec!["sub/目标.md:7:6"]),
        ("笔记.md", "k8s/p‸od", vec!["sub/other.md:3:9", "笔记.md:2:12"]),
        ("笔记.md", "[^1‸]。", vec!["笔记.md:15:5"]),
    ] {
        let mut at = editor.at(file, place);
        at["context"] = json!({ "includeDeclaration": false });
        let answer = editor.ask("textDocument/references", at);
        assert_eq!(editor.places(&answer), found, "{file} {place}");
    }
}

#[test]
fn hovers() {
    let mut editor = Editor::with(NOTES);
    for (file, place, shown) in [
        ("笔记.md", "[[目‸标|", "**目标**"),
        ("笔记.md", "[[目标#第‸二节", "**目标 › 第二节**"),
        ("笔记.md", "[[目标#第‸二节", "正文"),
        ("笔记.md", "![[图‸.png", "![](file://"),
        ("笔记.md", "#读‸书", "**#读书**: 1 note"),
        ("笔记.md", "## 本‸节", "3 links"),
        ("笔记.md", "脚注[^‸1", "内容。"),
        ("sub/目标.md", "#^块‸一", "一段。"),
        ("sub/other.md", "file=\"co‸de.rs", "fn main"),
    ] {
        let at = editor.at(file, place);
        let answer = editor.ask("textDocument/hover", at);
        let text = answer["contents"]["value"].as_str().unwrap_or_default();
        assert!(text.contains(shown), "{file} {place}: {text}");
    }
    let at = editor.at("笔记.md", "脚‸注");
    assert!(editor.ask("textDocument/hover", at).is_null());
}

#[test]
fn completions() {
    let mut editor = Editor::with(NOTES);
    editor.open("new.md", Some(""));
    // What is typed, what is offered first, and what stands there when it is taken.
    for (text, first, taken) in [
        ("看 [[目‸", "目标", "看 [[目标]]"),
        ("看 [[目‸]]", "目标", "看 [[目标]]"),
        ("[[Oth‸", "other", "[[other]]"),
        ("[[别‸", "别名", "[[笔记|别名]]"),
        ("![[图‸", "图.png", "![[图.png]]"),
        ("[[目标#第‸", "## 第二节", "[[目标#第二节"),
        ("[[笔记#^‸", "^块一", "[[笔记#^块一"),
        ("[[#自‸\n\n## 自己\n", "## 自己", "[[#自己\n\n## 自己\n"),
        ("[x](sub/‸", "sub/other.md", "[x](sub/other.md"),
        ("[x](目标‸)", "sub/目标.md", "[x](sub/目标.md)"),
        ("[x](sub/目标.md#‸)", "# 目标", "[x](sub/目标.md#目标)"),
        ("a #读‸", "读书", "a #读书"),
        ("a #k8s/‸", "k8s/pod", "a #k8s/pod"),
        ("---\ntags: [读‸]\n---\n", "读书", "---\ntags: [读书]\n---\n"),
        ("---\nalia‸\n---\n", "alias", "---\nalias\n---\n"),
        ("> [!warn‸", "warning", "> [!warning"),
        ("```pytho‸\n```\n", "python", "```python\n```\n"),
    ] {
        editor.close("new.md");
        editor.open("new.md", Some(text));
        let at = editor.at("new.md", text);
        // The outline of the note itself is that of the text that was looked at last.
        editor.ask("textDocument/documentSymbol", json!({ "textDocument": at["textDocument"] }));
        let answer = editor.ask("textDocument/completion", at);
        assert_eq!(kinds(&answer).first(), Some(&first), "{text}");
        let edit = json!({ "textDocument": { "uri": editor.uri("new.md") }, "edits": [answer["items"][0]["textEdit"]] });
        editor.apply(&json!({ "documentChanges": [edit] }));
        assert_eq!(editor.text("new.md"), taken, "{text}");
    }
    for nothing in ["a‸b", "[x](https://‸", "```\n[[‸\n```"] {
        editor.close("new.md");
        editor.open("new.md", Some(nothing));
        let at = editor.at("new.md", nothing);
        assert_eq!(kinds(&editor.ask("textDocument/completion", at)), Vec::<&str>::new(), "{nothing}");
    }
}

#[test]
fn outlines_symbols_links_and_folds() {
    let mut editor = Editor::with(NOTES);
    let document = json!({ "textDocument": { "uri": editor.uri("笔记.md") } });
    let outline = editor.ask("textDocument/documentSymbol", document.clone());
    assert_eq!(outline[0]["name"], "笔记");
    assert_eq!(outline[0]["children"][0]["name"], "本节");
    assert_eq!(outline[0]["children"][0]["range"]["end"]["line"], 16);

    let found = editor.ask("workspace/symbol", json!({ "query": "节" }));
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["本节", "第二节"]);
    let found = editor.ask("workspace/symbol", json!({ "query": "OTHER" }));
    assert_eq!(editor.name(&found[0]["location"]["uri"]), "sub/other.md");

    let links = editor.ask("textDocument/documentLink", document.clone());
    let targets: Vec<&str> = links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap()).collect();
    assert_eq!(targets.len(), 6);
    assert!(targets[0].ends_with(".md#L5"), "{targets:?}");

    let folds = editor.ask("textDocument/foldingRange", document);
    let lines: Vec<(u64, u64)> =
        folds.as_array().unwrap().iter().map(|fold| (fold["startLine"].as_u64().unwrap(), fold["endLine"].as_u64().unwrap())).collect();
    assert_eq!(lines, [(0, 3), (4, 16), (10, 16)]);
}

/// Renames what stands at a place, and what that makes of the notes.
fn renamed(notes: &[(&str, &str)], file: &str, place: &str, name: &str) -> Editor {
    let mut editor = Editor::with(notes);
    let at = editor.at(file, place);
    let prepared = editor.ask("textDocument/prepareRename", at.clone());
    assert!(prepared["placeholder"].is_string(), "{file} {place}: {prepared}");
    let mut parameters = at;
    parameters["newName"] = json!(name);
    let edit = editor.ask("textDocument/rename", parameters);
    editor.apply(&edit);
    editor
}

#[test]
fn headings_are_renamed_with_every_link() {
    let notes = [
        ("a.md", "# A\n\n## 旧 名 {.x}\n\n[s](#旧-名) [[#旧 名]] [e](#%E6%97%A7-%E5%90%8D) [t](#a)\n\n## 旧 名\n\n[[#旧-名-1]]\n"),
        (
            "b.md",
            "[[a#旧 名]] [[a#旧 名|旧 名]] ![[a#旧 名]] [x](a.md#旧-名 \"t\") [y][r] <a href=\"a.md#旧-名\">z</a> [[a#A#旧 名]]\n\n`[[a#旧 名]]`\n\n[r]: <a.md#旧-名>\n",
        ),
        ("sub/c.md", "# 旧 名\n\n[x](../a.md#旧%20名) [[#旧 名]] [y](a.md#旧-名)\n"),
    ];
    let editor = renamed(&notes, "a.md", "## 旧‸ 名 {", "新 (Name)!");
    assert_eq!(
        editor.text("a.md"),
        "# A\n\n## 新 (Name)! {.x}\n\n[s](#新-name) [[#新 (Name)!]] [e](#%E6%96%B0-name) [t](#a)\n\n## 旧 名\n\n[[#旧-名]]\n"
    );
    assert_eq!(
        editor.text("b.md"),
        "[[a#新 (Name)!]] [[a#新 (Name)!|旧 名]] ![[a#新 (Name)!]] [x](a.md#新-name \"t\") [y][r] <a href=\"a.md#新-name\">z</a> [[a#A#新 (Name)!]]\n\n`[[a#旧 名]]`\n\n[r]: <a.md#新-name>\n"
    );
    assert_eq!(editor.text("sub/c.md"), "# 旧 名\n\n[x](../a.md#新%20%28Name%29!) [[#旧 名]] [y](a.md#新-name)\n");
    // From a link; a title; a heading that is underlined.
    let editor = renamed(&notes, "b.md", "[[a#旧‸ 名|", "N");
    assert!(editor.text("a.md").contains("## N {.x}"));
    let editor = renamed(&[("a.md", "Old\n===\n\n[x](#old)\n"), ("b.md", "[[a#Old]] [[a]]\n")], "a.md", "O‸ld\n", "New");
    assert_eq!((&*editor.text("a.md"), &*editor.text("b.md")), ("New\n===\n\n[x](#new)\n", "[[a#New]] [[a]]\n"));
    // An id of its own stays, and so do links by it.
    let editor = renamed(&[("a.md", "# A\n\n## Old {#id}\n\n[[#Old]] [x](#id)\n")], "a.md", "## O‸ld", "New");
    assert_eq!(editor.text("a.md"), "# A\n\n## New {#id}\n\n[[#New]] [x](#id)\n");
}

#[test]
fn blocks_and_tags_are_renamed() {
    let editor = renamed(NOTES, "sub/目标.md", "#^块‸一", "b-2");
    assert!(editor.text("笔记.md").contains("一段。 ^b-2\n"));
    assert!(editor.text("sub/目标.md").contains("[[笔记#^b-2]]"));
    let notes = [
        ("a.md", "---\ntags:\n  - \"k8s\"\n  - k8s/pod\n---\n#K8s #k8s/net x#k8s `#k8s`\n"),
        ("b.toml.md", "+++\ntags = [\"k8s/x\", \"k8s2\"]\n+++\n#k8s2\n"),
        ("c.md", "---\ntags: go, k8s, web\n---\n"),
    ];
    let editor = renamed(&notes, "a.md", "#K8‸s", "云/原生");
    assert_eq!(editor.text("a.md"), "---\ntags:\n  - \"云/原生\"\n  - 云/原生/pod\n---\n#云/原生 #云/原生/net x#k8s `#k8s`\n");
    assert_eq!(editor.text("b.toml.md"), "+++\ntags = [\"云/原生/x\", \"k8s2\"]\n+++\n#k8s2\n");
    assert_eq!(editor.text("c.md"), "---\ntags: go, 云/原生, web\n---\n");
}

const MOVED: &[(&str, &str)] = &[
    (
        "a.md",
        "# A\n\n[[b]] [[sub/b|text]] [[b.md#H]] ![[b]] [x](sub/b.md) [y](<sub/b.md#h> \"t\") [z](sub/b) [[Alias]] [r][] [h](sub/b.html)\n\n[r]: sub/b.md\n",
    ),
    ("sub/b.md", "---\naliases: Alias\n---\n# B\n\n## H\n\n[[a]] [up](../a.md) [self](b.md#h) [[#H]] ![p](图.png)\n"),
    ("sub/c.md", "[b](b.md) [[./b]] [abs](/sub/b.md) [[/sub/b]] <img src=\"图.png\">\n"),
    ("sub/图.png", "p"),
];

#[test]
fn notes_are_renamed_with_every_link() {
    let editor = renamed(MOVED, "a.md", "[[b‸]]", "新 名");
    assert_eq!(
        editor.text("a.md"),
        "# A\n\n[[新 名]] [[sub/新 名|text]] [[新 名.md#H]] ![[新 名]] [x](sub/新%20名.md) [y](<sub/新 名.md#h> \"t\") [z](sub/新%20名) [[Alias]] [r][] [h](sub/新%20名.html)\n\n[r]: sub/新%20名.md\n"
    );
    assert!(editor.text("sub/新 名.md").contains("[[a]] [up](../a.md) [self](新%20名.md#h) [[#H]] ![p](图.png)"));
    assert_eq!(editor.text("sub/c.md"), "[b](新%20名.md) [[./新 名]] [abs](/sub/新%20名.md) [[/sub/新 名]] <img src=\"图.png\">\n");
    // Into another folder.
    let editor = renamed(MOVED, "sub/c.md", "[[./b‸]]", "/top/b");
    assert!(editor.text("top/b.md").contains("[[a]] [up](../a.md) [self](b.md#h) [[#H]] ![p](../sub/图.png)"));
    assert_eq!(editor.text("sub/c.md"), "[b](../top/b.md) [[../top/b]] [abs](/top/b.md) [[/top/b]] <img src=\"图.png\">\n");
    assert!(editor.text("a.md").starts_with("# A\n\n[[b]] [[top/b|text]] [[b.md#H]] ![[b]] [x](top/b.md) [y](<top/b.md#h> \"t\")"));
}

#[test]
fn files_that_the_editor_renames_take_their_links_along() {
    for (from, to, expected) in [
        ("sub", "dir", "[[b]] [[dir/b|text]] [[b.md#H]] ![[b]] [x](dir/b.md) [y](<dir/b.md#h> \"t\") [z](dir/b)"),
        ("sub/b.md", "sub/deep/b.md", "[[b]] [[deep/b|text]] [[b.md#H]] ![[b]] [x](sub/deep/b.md)"),
        ("a.md", "sub/a.md", "[[b]] [[sub/b|text]] [[b.md#H]] ![[b]] [x](b.md) [y](<b.md#h> \"t\") [z](b)"),
    ] {
        let mut editor = Editor::with(MOVED);
        let files = json!([{ "oldUri": editor.uri(from), "newUri": editor.uri(to) }]);
        let edit = editor.ask("workspace/willRenameFiles", json!({ "files": files }));
        editor.apply(&edit);
        let new = editor.root().join(to);
        std::fs::create_dir_all(new.parent().unwrap()).unwrap();
        std::fs::rename(editor.root().join(from), &new).unwrap();
        let text = std::fs::read_to_string(if from == "a.md" { new } else { editor.root().join("a.md") }).unwrap();
        assert!(text.contains(expected), "{from} → {to}:\n{text}");
    }
    // A picture, and a file that nobody refers to.
    let mut editor = Editor::with(MOVED);
    let files = json!([{ "oldUri": editor.uri("sub/图.png"), "newUri": editor.uri("img/图 2.png") }]);
    let edit = editor.ask("workspace/willRenameFiles", json!({ "files": files }));
    editor.apply(&edit);
    assert!(editor.text("sub/b.md").contains("![p](../img/图%202.png)"));
    assert!(editor.text("sub/c.md").contains("<img src=\"../img/图%202.png\">"));
    let files = json!([{ "oldUri": editor.uri("x.txt"), "newUri": editor.uri("y.txt") }]);
    assert!(editor.ask("workspace/willRenameFiles", json!({ "files": files })).is_null());
}

#[test]
fn what_cannot_be_renamed_is_refused_with_a_reason() {
    let mut editor = Editor::with(MOVED);
    for (file, place, name, why) in [
        ("a.md", "# ‸A", "", "one line"),
        ("a.md", "# ‸A", "two\nlines", "one line"),
        ("a.md", "[[b‸]]", "c", "there is a file `sub/c.md`"),
        ("a.md", "[[b‸]]", "a:b", "cannot be the name of a file"),
        ("a.md", "[[b‸]]", "../../x", "no path"),
        ("sub/b.md", "‸---\n# B", "x", "nothing here"),
    ] {
        let mut at = editor.at(file, place);
        at["newName"] = json!(name);
        let message = editor.refused("textDocument/rename", at);
        assert!(message.contains(why), "{name}: {message}");
    }
}

#[test]
fn faults_are_mended() {
    let notes = [
        ("Install.md", "# Install\n\n## Setup\n"),
        ("x/dup.md", "# X"),
        ("y/dup.md", "# Y"),
        (
            "a.md",
            "[[instal]] [x](Instal.md#setup) [[Install#Setpu]] [y](Install.md#setpu) [z](install.md) [[dup]] [[new/note]]\n\n```pyhton\n```\n",
        ),
    ];
    for (place, title, text) in [
        ("[[ins‸tal]]", "Write `Install`", "[[Install]] [x]"),
        ("(Ins‸tal.md", "Write `Install.md`", "[x](Install.md#setup)"),
        ("#Set‸pu", "Write `#Setup`", "[[Install#Setup]]"),
        ("#set‸pu", "Write `#setup`", "[y](Install.md#setup)"),
        ("(ins‸tall.md)", "Write `Install.md`", "[z](Install.md)"),
        ("[[du‸p]]", "Write `y/dup`", "[[y/dup]]"),
        ("```py‸hton", "Write `python`", "```python\n"),
        ("```py‸hton", "Write `text`", "```text\n"),
    ] {
        let mut editor = Editor::with(&notes);
        // All faults are known when those of pages are.
        editor.wait_for("a.md", |lines| lines.iter().any(|line| line.contains("unknown-language")));
        let actions = actions(&mut editor, place);
        let action = actions.iter().find(|action| action["title"] == title).unwrap_or_else(|| panic!("{title}: {actions:?}"));
        editor.apply(&action["edit"]);
        assert!(editor.text("a.md").contains(text), "{place}: {}", editor.text("a.md"));
    }
    let mut editor = Editor::with(&notes);
    editor.wait_for("a.md", |lines| !lines.is_empty());
    let actions = actions(&mut editor, "[[new‸/note]]");
    editor.apply(&actions[0]["edit"]);
    assert_eq!(editor.text("new/note.md"), "# note\n\n");
}

fn actions(editor: &mut Editor, place: &str) -> Vec<Value> {
    let at = editor.at("a.md", place);
    let range = json!({ "start": at["position"], "end": at["position"] });
    let parameters = json!({ "textDocument": at["textDocument"], "range": range, "context": { "diagnostics": [] } });
    editor.ask("textDocument/codeAction", parameters).as_array().unwrap().clone()
}

#[test]
fn nothing_that_is_sent_ends_it() {
    let mut editor = Editor::with(NOTES);
    editor.open("笔记.md", None);
    for bytes in [
        &b"Content-Length: 3\r\n\r\n{{{"[..],
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n\xff\xfe",
        b"Content-Length: nonsense\r\n\r\n",
        b"\r\n\r\nnonsense\r\n",
        b"Content-Length: 27\r\n\r\n{\"id\":{},\"method\":\"x/y/z/a\"}",
    ] {
        editor.raw(bytes);
    }
    let document = json!({ "uri": editor.uri("笔记.md") });
    let far = json!({ "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 });
    let methods = [
        "completion",
        "hover",
        "definition",
        "references",
        "documentSymbol",
        "documentLink",
        "rename",
        "prepareRename",
        "codeAction",
        "foldingRange",
    ];
    for method in methods {
        for parameters in [
            json!(null),
            json!([]),
            json!({ "textDocument": 7 }),
            json!({ "textDocument": { "uri": "file:///nowhere/%ff.md" }, "position": far, "newName": "x", "context": { "includeDeclaration": true, "diagnostics": [] }, "range": { "start": far, "end": far } }),
            json!({ "textDocument": { "uri": "untitled:1" }, "position": far, "newName": "x" }),
            json!({ "textDocument": document, "position": far, "newName": "", "context": { "includeDeclaration": true, "diagnostics": [] }, "range": { "start": far, "end": far } }),
        ] {
            let id = editor.pose(&format!("textDocument/{method}"), parameters);
            editor.answer_to(id);
        }
    }
    let bad = json!({ "start": far, "end": { "line": 0, "character": 1 } });
    for change in [
        json!({ "range": bad, "text": "😀" }),
        json!({ "text": "\u{0}\u{feff}" }),
        json!({ "range": { "start": { "line": 0, "character": 1 }, "end": far }, "text": "[[" }),
    ] {
        editor.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": editor.uri("笔记.md"), "version": 2 }, "contentChanges": [change] }),
        );
    }
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": editor.uri("never-opened.md"), "version": 2 }, "contentChanges": [] }),
    );
    editor.tell("$/setTrace", json!({ "value": "off" }));
    editor.tell("no/such/notification", json!([1, 2]));
    let id = editor.pose("no/such/method", json!(null));
    assert_eq!(editor.answer_to(id)["error"]["code"], -32601);
    let symbols = editor.ask("workspace/symbol", json!({ "query": "目" }));
    assert_eq!(symbols.as_array().unwrap().len(), 1);
    assert_eq!(editor.quit(), Some(0));
}

#[test]
fn the_order_of_the_protocol_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut editor = Editor::start(folder.path(), &[]);
    let id = editor.pose("textDocument/hover", json!({}));
    assert_eq!(editor.answer_to(id)["error"]["code"], -32002);
    // Without a folder there is nothing to say, and that is said.
    let id = editor.pose("initialize", json!({ "capabilities": {} }));
    assert_eq!(editor.answer_to(id)["result"]["serverInfo"]["name"], "biji");
    let link = json!({ "textDocument": { "uri": "file:///a.md" }, "position": { "line": 0, "character": 0 } });
    assert!(editor.ask("textDocument/hover", link.clone()).is_null());
    assert!(editor.messages[0]["params"]["message"].as_str().unwrap().contains("needs the folder"));
    editor.ask("shutdown", Value::Null);
    let id = editor.pose("textDocument/hover", link);
    assert_eq!(editor.answer_to(id)["error"]["code"], -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.child.wait().unwrap().code(), Some(0));
    let _ = HERE;
}

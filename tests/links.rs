//! What every kind of reference leads to, as a table: a new case is a line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod vault;

use biji::config::Config;

/// Everything that the cases below refer to.
const VAULT: &[(&str, &str)] = &[
    ("index.md", "# Start"),
    ("top.md", "# Top\n\n## One\n\n### Inner\n\n## Two\n\n### Inner\n"),
    ("k8s.md", "# Beside the folder"),
    ("k8s/index.md", "# Kubernetes"),
    ("k8s/静态 Pod.md", "# 静态 Pod\n\n## 配置 kubelet\n\n## `kube-proxy` 与 C++：比较\n\n<a id=\"Own-Place\"></a>\n\n段落 ^block1\n"),
    (
        "rules.md",
        "---\naliases: Static Pods\n---\n# Rules\n\n## Why `x` & **bold**?\n\n### Deep\n\n- item ^inlist\n- other\n\n## See [link](top.md) and [[other]]\n\n## C# and F#\n\n### Deep\n\n## 中文：标题\n\n## cafe\u{301}\n\n| a |\n|---|\n| b |\n\n^intable\n",
    ),
    ("other.md", "x"),
    ("k8s/pods/probes.md", "---\naliases: [Health checks, /old/probes.html, old name]\n---\n# Probes\n"),
    ("guide/README.md", "# Guide"),
    ("guide/install.md", "# Install\n\n## Set up\n\n## Set up\n"),
    ("guide/deep/er/note.md", "x"),
    ("plain/one.md", "x"),
    ("plain/C#.md", "x"),
    ("plain/What?.md", "x"),
    ("plain/50%.md", "x"),
    ("plain/v1.2 notes.md", "x"),
    ("plain/Note: colon.md", "x"),
    ("plain/long.markdown", "x"),
    ("a/same.md", "x"),
    ("b/same.md", "x"),
    ("c/d/same.md", "x"),
    ("case/Readme First.md", "x"),
    ("case/cafe\u{301}.md", "x"),
    ("twin/A.md", "x"),
    ("twin/a.md", "x"),
    ("folder-note/folder-note.md", "x"),
    ("moved.md", "---\npermalink: /new/place/\n---\nx"),
    ("secret/plan.md", "---\npublish: false\naliases: [Plan B, /old/plan/]\n---\n![](plan.png)\n"),
    ("draft.md", "---\ndraft: true\npermalink: /soon.html\n---\nx"),
    ("pictures/007.jpg", ""),
    ("pictures/007.jpg.md", "x"),
    ("notes/008.jpg.md", "x"),
    ("pictures/a b.png", ""),
    ("pictures/图.png", ""),
    ("docs/manual.pdf", ""),
    ("docs/page.html", ""),
    ("secret/plan.png", ""),
    ("x/dup.png", ""),
    ("y/dup.png", ""),
];

/// The note that the reference stands in; the reference; where it leads, and the codes reported behind `!`.
const CASES: &[(&str, &str, &str)] = &[
    // Markdown links: relative paths.
    ("guide/x.md", "[t](install.md)", "guide/install.md"),
    ("guide/x.md", "[t](./install.md)", "guide/install.md"),
    ("guide/x.md", "[t](install)", "guide/install.md"),
    ("guide/x.md", "[t](../top.md)", "top.md"),
    ("guide/deep/x.md", "[t](../../k8s/pods/probes.md)", "k8s/pods/probes.md"),
    ("guide/x.md", "[t](/k8s/pods/probes.md)", "k8s/pods/probes.md"),
    ("guide/x.md", "[t](/k8s/pods/probes)", "k8s/pods/probes.md"),
    ("guide/x.md", "[t](<../k8s/静态 Pod.md>)", "k8s/静态 Pod.md"),
    ("guide/x.md", "[t](../k8s/静态%20Pod.md)", "k8s/静态 Pod.md"),
    ("guide/x.md", "[t](../k8s/%E9%9D%99%E6%80%81%20Pod.md)", "k8s/静态 Pod.md"),
    ("guide/x.md", "[t](../k8s/%E9%9D%99%E6%80%81%20Pod)", "k8s/静态 Pod.md"),
    ("guide/x.md", "[t](install.html)", "guide/install.md"),
    ("guide/x.md", "[t](../k8s/静态-Pod.html)", "k8s/静态 Pod.md"),
    ("guide/x.md", "[t](../new/place/index.html)", "moved.md"),
    ("guide/x.md", "[t](/new/place/)", "moved.md"),
    ("guide/x.md", "[t](/old/probes.html)", "k8s/pods/probes.md"),
    ("guide/x.md", "[t](install.md?plain=1)", "guide/install.md"),
    ("plain/x.md", "[t](one.md \"title\")", "plain/one.md"),
    ("plain/x.md", "[t][r]\n\n[r]: one.md", "plain/one.md"),
    ("plain/x.md", "[t](long)", "plain/long.markdown"),
    ("plain/x.md", "[t](C%23.md)", "plain/C#.md"),
    ("plain/x.md", "[t](C#.md)", "plain/C#.md"),
    ("plain/x.md", "[t](What?.md)", "plain/What?.md"),
    ("plain/x.md", "[t](What%3F.md)", "plain/What?.md"),
    ("plain/x.md", "[t](50%.md)", "plain/50%.md"),
    ("plain/x.md", "[t](50%25.md)", "plain/50%.md"),
    ("plain/x.md", "[t](<Note: colon.md>)", "plain/Note: colon.md"),
    ("plain/x.md", "[t](..\\guide\\install.md)", "guide/install.md"),
    ("case/x.md", "[t](<readme first.md>)", "case/Readme First.md !case-mismatch"),
    ("case/x.md", "[t](caf\u{e9}.md)", "case/cafe\u{301}.md"),
    ("case/x.md", "[t](caf%C3%A9)", "case/cafe\u{301}.md"),
    ("twin/x.md", "[t](A.md)", "twin/A.md"),
    ("twin/x.md", "[t](a.md)", "twin/a.md"),
    // Folders, and notes and folders of one name.
    ("x.md", "[t](guide/)", "guide/README.md"),
    ("x.md", "[t](guide)", "guide/README.md"),
    ("x.md", "[t](k8s)", "k8s.md"),
    ("x.md", "[t](k8s/)", "k8s/index.md"),
    ("x.md", "[t](plain/)", "folder plain"),
    ("x.md", "[t](plain/index.html)", "folder plain"),
    ("guide/x.md", "[t](..)", "index.md"),
    ("guide/x.md", "[t](.)", "guide/README.md"),
    ("guide/x.md", "[t](/)", "index.md"),
    ("x.md", "[t](folder-note)", "folder-note/folder-note.md"),
    // As Obsidian writes Markdown links: from the root, or by the shortest path.
    ("guide/x.md", "[t](plain/one.md)", "plain/one.md"),
    ("guide/x.md", "[t](probes.md)", "k8s/pods/probes.md"),
    ("guide/x.md", "![](图.png)", "file pictures/图.png"),
    ("guide/x.md", "[t](./probes.md)", "broken !broken-link"),
    ("plain/x.md", "[t](README.md)", "broken !broken-link"),
    // Anchors.
    ("top.md", "[t](#one)\n## One", "top.md#one"),
    ("x.md", "[t](top.md#one)", "top.md#one"),
    ("x.md", "[t](top.md#One)", "top.md#one"),
    ("x.md", "[t](top#inner-1)", "top.md#inner-1"),
    ("x.md", "[t](top.md#top)", "top.md"),
    ("x.md", "[t](top.md#)", "top.md"),
    ("x.md", "[t](guide/install.md#set-up-1)", "guide/install.md#set-up-1"),
    ("x.md", "[t](<k8s/静态 Pod.md#配置-kubelet>)", "k8s/静态 Pod.md#配置-kubelet"),
    ("x.md", "[t](k8s/静态%20Pod.md#%E9%85%8D%E7%BD%AE-kubelet)", "k8s/静态 Pod.md#配置-kubelet"),
    ("x.md", "[t](k8s/静态%20Pod.md#own-place)", "k8s/静态 Pod.md#Own-Place"),
    ("x.md", "[t](guide/#nothing)", "guide/README.md !broken-anchor"),
    ("x.md", "[t](top.md#onee)", "top.md !broken-anchor"),
    ("x.md", "[t](#nowhere)", "x.md !broken-anchor"),
    // Attachments.
    ("x.md", "![](pictures/a%20b.png)", "file pictures/a b.png"),
    ("x.md", "![](<pictures/a b.png>)", "file pictures/a b.png"),
    ("guide/deep/er/x.md", "![](../../../pictures/图.png)", "file pictures/图.png"),
    ("x.md", "[t](docs/manual.pdf#page=3)", "file docs/manual.pdf#page=3"),
    ("x.md", "[t](docs/page.html?q#r)", "file docs/page.html?q#r"),
    ("x.md", "![](pictures/nothing.png)", "broken !broken-image"),
    ("x.md", "[t](pictures/007.jpg)", "file pictures/007.jpg"),
    ("x.md", "[t](pictures/007.jpg.md)", "pictures/007.jpg.md"),
    // Raw HTML.
    ("guide/x.md", "<a href=\"install.md\">t</a>", "guide/install.md"),
    ("guide/x.md", "<a href=\"install.html#set-up\">t</a>", "guide/install.md#set-up"),
    ("guide/x.md", "<img src=\"../pictures/图.png\">", "file pictures/图.png"),
    ("guide/x.md", "<img src=\"../pictures/none.png\">", "broken !broken-image"),
    ("guide/x.md", "<a href=\"javascript:alert(1)\">t</a>", "refused !refused-link"),
    // Out of the site.
    ("x.md", "[t](https://example.org/a?b#c)", "external https://example.org/a?b#c"),
    ("x.md", "<https://example.org>", "external https://example.org"),
    ("x.md", "<a@example.org>", "external mailto:a@example.org"),
    ("x.md", "[t](mailto:a@example.org)", "external mailto:a@example.org"),
    ("x.md", "[t](//example.org/x)", "external //example.org/x"),
    ("x.md", "[t](obsidian://open?vault=x)", "external obsidian://open?vault=x"),
    ("x.md", "![](data:image/gif;base64,R0lG)", "external data:image/gif;base64,R0lG"),
    ("x.md", "[t](javascript:alert)", "refused !refused-link"),
    ("x.md", "[t](data:text/html,x)", "refused !refused-link"),
    ("x.md", "[t](<C:\\notes\\a.md>)", "broken !link-outside"),
    ("x.md", "[t](file:///etc/passwd)", "broken !link-outside"),
    ("guide/x.md", "[t](../../outside.md)", "broken !link-outside"),
    ("guide/x.md", "![](../../pictures/图.png)", "file pictures/图.png !link-outside"),
    ("x.md", "![](.hidden/a.png)", "broken !broken-image"),
    ("x.md", "[t]()", "broken !broken-link"),
    ("x.md", "[t](std::sync::Arc)", "broken !broken-link"),
    // Wikilinks.
    ("guide/x.md", "[[probes]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[Probes|shown]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[probes.md]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[pods/probes]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[k8s/pods/probes]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[/k8s/pods/probes]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[../top]]", "top.md"),
    ("guide/x.md", "[[./install]]", "guide/install.md"),
    ("guide/x.md", "[[静态 pod]]", "k8s/静态 Pod.md"),
    ("guide/x.md", "[[静态 Pod#配置 kubelet]]", "k8s/静态 Pod.md#配置-kubelet"),
    ("guide/x.md", "[[静态 Pod#kube-proxy 与 C++：比较]]", "k8s/静态 Pod.md#kube-proxy-与-c比较"),
    ("guide/x.md", "[[静态 Pod#^block1]]", "k8s/静态 Pod.md#^block1"),
    ("guide/x.md", "[[top#Two#Inner]]", "top.md#inner-1"),
    ("guide/x.md", "[[top#Three]]", "top.md !broken-anchor"),
    ("guide/x.md", "[[health checks]]", "k8s/pods/probes.md"),
    ("guide/x.md", "[[v1.2 notes]]", "plain/v1.2 notes.md"),
    ("guide/x.md", "[[007.jpg.md]]", "pictures/007.jpg.md"),
    ("guide/x.md", "![[007.jpg]]", "file pictures/007.jpg"),
    ("guide/x.md", "[[008.jpg]]", "notes/008.jpg.md"),
    ("guide/x.md", "![[图.png]]", "file pictures/图.png"),
    ("guide/x.md", "![[图.png|300]]", "file pictures/图.png"),
    ("guide/x.md", "![[manual.pdf#page=2]]", "file docs/manual.pdf#page=2"),
    ("guide/x.md", "![[top#One]]", "top.md#one"),
    ("guide/x.md", "![[none.png]]", "broken !broken-image"),
    ("guide/x.md", "[[caf\u{e9}]]", "case/cafe\u{301}.md"),
    ("guide/x.md", "[[k8s]]", "k8s.md"),
    ("guide/x.md", "[[k8s/]]", "k8s/index.md"),
    ("guide/x.md", "[[guide]]", "guide/README.md"),
    ("guide/x.md", "[[pods]]", "folder k8s/pods"),
    ("guide/x.md", "[[plain]]", "folder plain"),
    ("guide/x.md", "[[folder-note]]", "folder-note/folder-note.md"),
    ("guide/x.md", "[[nobody]]", "broken !broken-link"),
    ("guide/x.md", "[[../../top]]", "broken !link-outside"),
    ("guide/x.md", "[[#Here]]\n## Here", "guide/x.md#here"),
    ("guide/x.md", "[[https://example.org]]", "external https://example.org"),
    ("guide/x.md", "| a |\n|---|\n| [[probes\\|p]] |", "k8s/pods/probes.md"),
    // Case: only paths are expected to keep it.
    ("x.md", "[t](Guide/install.md)", "guide/install.md !case-mismatch"),
    ("x.md", "[t](GUIDE/)", "guide/README.md !case-mismatch"),
    ("guide/x.md", "[t](Install)", "guide/install.md !case-mismatch"),
    ("guide/x.md", "[t](INSTALL.html)", "guide/install.md !case-mismatch"),
    ("guide/x.md", "[t](Install.md#set-up)", "guide/install.md#set-up !case-mismatch"),
    ("guide/x.md", "[t](Probes.md)", "k8s/pods/probes.md !case-mismatch"),
    ("x.md", "![](pictures/图.PNG)", "file pictures/图.png !case-mismatch"),
    ("x.md", "<img src=\"Pictures/图.png\">", "file pictures/图.png !case-mismatch"),
    ("x.md", "[t](secret/PLAN.md)", "private !link-to-private"),
    ("x.md", "[[PROBES]]", "k8s/pods/probes.md"),
    ("x.md", "![[图.PNG]]", "file pictures/图.png"),
    // What Obsidian's users write.
    ("x.md", "[[probes#Probes]]", "k8s/pods/probes.md"),
    ("x.md", "[[Static pods]]", "rules.md"),
    ("x.md", "[[rules#Why `x` & **bold**?]]", "rules.md#why-x--bold"),
    ("x.md", "[[rules#Why x bold]]", "rules.md#why-x--bold"),
    ("x.md", "[[rules#See link and other]]", "rules.md#see-link-and-other"),
    ("x.md", "[[rules#C# and F#]]", "rules.md#c-and-f"),
    ("x.md", "[[rules#C and F]]", "rules.md#c-and-f"),
    ("x.md", "[[rules#Why x bold#Deep]]", "rules.md#deep"),
    ("x.md", "[[rules#C and F#Deep]]", "rules.md#deep-1"),
    ("x.md", "[[rules#Rules#Why x bold#Deep]]", "rules.md#deep"),
    ("x.md", "[[rules#Deep#Why x bold]]", "rules.md !broken-anchor"),
    ("x.md", "[[rules#中文：标题]]", "rules.md#中文标题"),
    ("x.md", "[[rules#caf\u{e9}]]", "rules.md#caf\u{e9}"),
    ("x.md", "[[rules#^inlist]]", "rules.md#^inlist"),
    ("x.md", "[[rules#^intable]]", "rules.md#^intable"),
    ("x.md", "[[rules#^InList]]", "rules.md#^inlist"),
    ("x.md", "[[rules#Why x bold#^inlist]]", "rules.md#^inlist"),
    ("x.md", "[[rules#^nothing]]", "rules.md !broken-anchor"),
    ("x.md", "![[rules#^intable]]", "rules.md#^intable"),
    ("x.md", "![[rules#^nothing]]", "broken !broken-anchor"),
    ("x.md", "[[#^here]]\n\ntext ^here", "x.md#^here"),
    ("x.md", "[[^here]]", "broken !broken-link"),
    ("x.md", "[[ probes ]]", "k8s/pods/probes.md"),
    ("x.md", "[[ probes | shown ]]", "k8s/pods/probes.md"),
    ("x.md", "[[静态  Pod]]", "broken !broken-link"),
    ("x.md", "[[k8s/静态 Pod.md#配置 kubelet|x]]", "k8s/静态 Pod.md#配置-kubelet"),
    ("x.md", "[[plain/Note: colon]]", "plain/Note: colon.md"),
    ("x.md", "[[folder-note/]]", "folder-note/folder-note.md"),
    ("x.md", "[[index]]", "index.md"),
    ("k8s/x.md", "[[index]]", "index.md"),
    ("x.md", "[[k8s/index]]", "k8s/index.md"),
    ("x.md", "[[README]]", "guide/README.md"),
    ("x.md", "[[/top]]", "top.md"),
    ("guide/deep/x.md", "[[../install]]", "guide/install.md"),
    ("guide/deep/x.md", "[[install]]", "guide/install.md"),
    ("x.md", "[[old name]]", "k8s/pods/probes.md"),
    ("x.md", "[t](k8s/pods/Health-checks.html)", "k8s/pods/probes.md"),
    // Several files of one name.
    ("x.md", "[[same]]", "a/same.md !ambiguous-link"),
    ("b/x.md", "[[same]]", "b/same.md !ambiguous-link"),
    ("x.md", "[[b/same]]", "b/same.md"),
    ("x.md", "[[d/same]]", "c/d/same.md"),
    ("x.md", "![[dup.png]]", "file x/dup.png !ambiguous-link"),
    ("x.md", "[t](dup.png)", "file x/dup.png !ambiguous-link"),
    ("x.md", "[[twin/A]]", "twin/A.md"),
    ("x.md", "[[twin/a]]", "twin/a.md"),
    // Private notes.
    ("x.md", "[t](secret/plan.md)", "private !link-to-private"),
    ("x.md", "[[plan]]", "private !link-to-private"),
    ("x.md", "[[Plan B]]", "private !link-to-private"),
    ("x.md", "[[draft]]", "private !link-to-private"),
    ("x.md", "[t](secret/)", "private !link-to-private"),
    ("x.md", "[t](secret/plan.html)", "private !link-to-private"),
    ("x.md", "[t](/old/plan/)", "private !link-to-private"),
    ("x.md", "[t](old/plan/index.html)", "private !link-to-private"),
    ("x.md", "[t](/soon.html)", "private !link-to-private"),
    ("x.md", "[t](/soon)", "private !link-to-private"),
];

#[test]
fn references_lead_where_their_writer_meant() {
    let mut wrong = Vec::new();
    for (from, text, expected) in CASES {
        let mut files: Vec<(&str, &str)> = VAULT.iter().filter(|(path, _)| path != from).copied().collect();
        files.push((from, text));
        let (site, diagnostics) = vault::assemble(Config::default(), &files);
        let page = site.pages.iter().find(|page| page.note.path.as_str() == *from).unwrap();
        let mut got = page.links.first().map_or("no link".into(), |target| vault::words(&site, target));
        for fault in diagnostics.iter().filter(|fault| fault.file.as_ref().is_some_and(|file| &*file.path == *from)) {
            got.push_str(&format!(" !{}", fault.code.as_str()));
        }
        if got != *expected {
            wrong.push(format!("{from}: {text}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

/// The note, its text, the message and the hint.
const MESSAGES: &[(&str, &str, &str, &str)] = &[
    ("guide/x.md", "[t](instal.md)", "no note or file `instal.md`", "`install.md` exists"),
    ("x.md", "[t](guide/instal.md)", "no note or file `guide/instal.md`", "`guide/install.md` exists"),
    ("x.md", "[t](giude/install.md)", "no note or file `giude/install.md`", "`guide/install.md` exists"),
    ("x.md", "[t](/guide/instal.md)", "no note or file `/guide/instal.md`", "`/guide/install.md` exists"),
    ("plain/x.md", "[t](../guide/deep/prboes.md)", "no note or file `../guide/deep/prboes.md`", "`../k8s/pods/probes.md` exists"),
    ("x.md", "[[prboes]]", "no note or file `prboes`", "`probes` exists"),
    ("x.md", "[[静态Pod]]", "no note or file `静态Pod`", "`静态 Pod` exists"),
    ("x.md", "![](pictures/图1.png)", "no file `pictures/图1.png`", "`pictures/图.png` exists"),
    ("x.md", "[t](guide/install.md#set-pu)", "no heading `#set-pu` in `guide/install.md`", "there is `#set-up`"),
    ("x.md", "[[静态 Pod#配置kubelt]]", "no heading `#配置kubelt` in `k8s/静态 Pod.md`", "there is `#配置 kubelet`"),
    ("x.md", "[[same]]", "`same` fits several files: `a/same.md`, `b/same.md`, `c/d/same.md`", "write more of the path"),
    ("x.md", "[t](javascript:alert)", "a `javascript:` address is not published", "only its text is shown"),
    (
        "guide/x.md",
        "![](../../pictures/图.png)",
        "`../../pictures/图.png` leaves the content folder",
        "`../pictures/图.png` exists, and was taken",
    ),
    ("x.md", "[t](secret/paln.md)", "no note or file `secret/paln.md`", ""),
];

#[test]
fn reports_name_what_was_meant() {
    for (from, text, message, hint) in MESSAGES {
        let mut files = VAULT.to_vec();
        files.push((from, text));
        let (_, diagnostics) = vault::assemble(Config::default(), &files);
        let fault = diagnostics.iter().find(|fault| fault.file.as_ref().is_some_and(|file| &*file.path == *from)).expect(text);
        assert_eq!((&*fault.message, fault.hint.as_deref().unwrap_or("")), (*message, *hint), "{text}");
        let span = fault.span.expect("a place").range();
        assert!(text.get(span.clone()).is_some_and(|place| !place.is_empty()), "{text}: {span:?}");
    }
}

#[test]
fn of_very_many_files_with_one_name_a_few_are_named() {
    let paths: Vec<String> = (0..3000).map(|n| format!("f{n:04}/note.md")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "[[note]]")).chain([("x.md", "[[note]]")]).collect();
    let (site, diagnostics) = vault::assemble(Config::default(), &files);
    assert_eq!(diagnostics.len(), 3001);
    let list = "`f0000/note.md`, `f0001/note.md`, `f0002/note.md`, `f0003/note.md`, `f0004/note.md` and 2995 more";
    assert_eq!(diagnostics[3000].message, format!("`note` fits several files: {list}"));
    assert_eq!(vault::words(&site, &site.pages[2999].links[0]), "f2999/note.md");
    assert_eq!(vault::words(&site, &site.pages[3000].links[0]), "f0000/note.md");
}

//! Random changes of a site, the same for the same seed: what the tests of the preview and of building again do to it.
//!
//! In: the folder of a site. Out: changed files. A site with one of everything that depends on something else.
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

#[path = "../common/random.rs"]
mod random;

use std::path::{Path, PathBuf};

pub(crate) use random::Random;

/// A small site with one of everything that depends on something else.
pub(crate) const SITE: &[(&str, &str)] = &[
    (
        "biji.toml",
        "title = \"Notes\"\nbase_url = \"https://example.org/notes/\"\nsummary = \"SUMMARY.md\"\n[permalinks]\n\"dated\" = \"/:year/:name/\"\n",
    ),
    ("content/SUMMARY.md", "[Home](index.md)\n\n- [Named here](plain.md)\n- [Alpha](alpha.md)\n"),
    ("content/plain.md", "Text without a title, about Alpha.\n"),
    ("content/dated/plain.md", "---\ndate: 2026-01-02\n---\nText with a date, and [named](../plain.md).\n"),
    ("content/index.md", "# Home\n\n[[Alpha]] and [beta](deep/beta.md). #start\n\n![[Gamma#Part]]\n"),
    (
        "content/alpha.md",
        "---\ntitle: Alpha\ndate: 2026-01-02\ntags: [a/b, x]\naliases: [First]\n---\nAlpha links to [[beta]] and ![](pic.png).\n\n```rust\nfn main() {}\n```\n",
    ),
    ("content/deep/beta.md", "# Beta\n\nBeta mentions Alpha without a link. 静态 Pod 由 kubelet 管理。\n\n![[alpha]]\n"),
    ("content/deep/gamma.md", "# Gamma\n\n## Part\n\nA part with [[index]]. ^block\n\n## Other\n\n[[gamma#^block]]\n"),
    ("content/deep/er/delta.md", "---\ndraft: false\n---\n# Delta\n\n[gone](nowhere.md), [[First]].\n"),
    ("content/pic.png", "no picture"),
    (
        "content/shown.md",
        "# Shown\n\n::: tip Mind the **gap**\n```rust file=\"/code/main.rs\" region=\"main\" title=\"main.rs\"\n```\n:::\n\nHTML.\n\n*[HTML]: HyperText Markup Language\n",
    ),
    (
        "content/deep/shows.md",
        "# Shows\n\n```text file=\"../code/main.rs\"\n```\n\n```mermaid\nflowchart LR\n  A --> B\n```\n\n![[shown]]\n",
    ),
    ("content/code/main.rs", "// #region main\nfn main() {}\n// #endregion main\n"),
    ("static/own.css", "a { color: red }\n"),
];

/// Writes files below a folder.
pub(crate) fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let file = root.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
}

/// The notes below a folder, sorted.
pub(crate) fn notes(content: &Path) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(content).sort_by_file_name().into_iter().map(Result::unwrap);
    all.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// Changes something, and what was changed.
pub(crate) fn step(random: &mut Random, root: &Path, content: &Path, number: usize) -> (String, Vec<PathBuf>) {
    let all = notes(content);
    let one = random.of(&all).clone();
    let name = format!("new-{number}");
    let text = std::fs::read_to_string(&one).unwrap_or_default();
    let titles = ["Alpha", "Beta", "First", "gamma", "Nowhere", "新的笔记"];
    match random.below(20) {
        16..=19 => {
            std::fs::write(&one, format!("{text}\nWords alone {number}: {} 静态 Pod.\n", random.of(&titles))).unwrap();
            ("text".into(), vec![one])
        }
        0..=2 => {
            let more = format!(
                "\nAdded {number}: [[{}]] #t{} Alpha 静态 `x` <kbd onclick=\"f()\">K</kbd> H~2~O :tada:.\n",
                random.of(&titles),
                random.below(4)
            );
            std::fs::write(&one, text + &more).unwrap();
            ("edit".into(), vec![one])
        }
        3 => {
            std::fs::write(
                &one,
                format!("---\ntitle: {}\ndate: 2026-02-{:02}\nplace: 121.12612245877995\n---\n{text}", random.of(&titles), 1 + number % 28),
            )
            .unwrap();
            ("title".into(), vec![one])
        }
        4 => {
            std::fs::write(&one, format!("# Made {number}\n\n![[{}]] [[{}]]\n", random.of(&titles), random.of(&titles))).unwrap();
            ("replace".into(), vec![one])
        }
        5 => {
            let folder = content.join(random.of(&["", "deep", "other", "other/more"]));
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{name}.md"));
            std::fs::write(&file, format!("# {}\n\nNew, links to [[Alpha]].\n", random.of(&titles))).unwrap();
            ("new".into(), vec![file])
        }
        6 if all.len() > 3 => {
            std::fs::remove_file(&one).unwrap();
            ("delete".into(), vec![one])
        }
        7 => {
            let to = one.with_file_name(format!("{name}.md"));
            std::fs::rename(&one, &to).unwrap();
            ("rename".into(), vec![one, to])
        }
        8 => {
            let folder = one.parent().unwrap().to_owned();
            if folder == content {
                return ("nothing".into(), Vec::new());
            }
            let to = content.join(format!("folder-{number}"));
            std::fs::rename(&folder, &to).unwrap();
            ("rename folder".into(), vec![folder, to])
        }
        9 => {
            std::fs::write(&one, format!("---\npublish: false\n---\n{text}")).unwrap();
            ("unpublish".into(), vec![one])
        }
        10 => {
            let file = content.join("pic.png");
            if random.below(3) == 0 {
                let _ = std::fs::remove_file(&file);
            } else {
                std::fs::write(&file, format!("picture {number}")).unwrap();
            }
            ("picture".into(), vec![file])
        }
        11 | 12 => {
            let file = content.join("code/main.rs");
            if random.below(4) == 0 {
                let _ = std::fs::remove_file(&file);
            } else {
                std::fs::create_dir_all(content.join("code")).unwrap();
                std::fs::write(&file, format!("// #region main\nfn main() {{ 静态({number}) }}\n// #endregion main\n")).unwrap();
            }
            ("included file".into(), vec![content.join("code"), file])
        }
        13 => {
            let fence = "```";
            let more = format!(
                "\n::: warning Number {number}\nKPI of [[{}]].\n:::\n\n*[KPI]: indicator {number}\n\n{fence}mermaid\nflowchart LR\n  A{number} --> B\n{fence}\n\n{fence}rust file=\"/code/main.rs\"\n{fence}\n",
                random.of(&titles)
            );
            std::fs::write(&one, text + &more).unwrap();
            ("containers, diagram, abbreviation, include".into(), vec![one])
        }
        14 => {
            if !root.join("biji.toml").is_file() {
                return ("nothing".into(), Vec::new());
            }
            let settings = format!("untrusted = {}\nmentions = {}\n{}", random.below(2) == 0, random.below(2) == 0, SITE[0].1);
            std::fs::write(root.join("biji.toml"), settings).unwrap();
            ("configuration".into(), vec![root.join("biji.toml")])
        }
        _ => {
            if !root.join("biji.toml").is_file() {
                return ("nothing".into(), Vec::new());
            }
            let template = root.join("templates/note.html");
            std::fs::create_dir_all(template.parent().unwrap()).unwrap();
            let text =
                format!("{{% extends \"biji/note.html\" %}}{{% block head %}}<meta name=\"n\" content=\"{number}\">{{% endblock %}}");
            std::fs::write(&template, text).unwrap();
            ("template".into(), vec![root.join("templates"), template])
        }
    }
}

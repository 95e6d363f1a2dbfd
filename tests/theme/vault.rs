//! A small site of every kind of page, built by the real program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A long Chinese note with what the theme has to show.
pub(crate) const NOTE: &str = "k8s/静态Pod.html";
/// The kinds of pages, and one of each.
pub(crate) const KINDS: [(&str, &str); 10] = [
    ("note", NOTE),
    ("home", "index.html"),
    ("english", "english/guide.html"),
    ("folder", "k8s/存储/index.html"),
    ("tag", "biji/tags/k8s.html"),
    ("tags", "biji/tags/index.html"),
    ("all", "biji/all.html"),
    ("index", "biji/a-z.html"),
    ("search", "search.html"),
    ("graph", "biji/graph.html"),
];

/// Builds the vault; the folder with the notes and the one with the site, whose name tests what names do to addresses.
pub(crate) fn build() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("网 站");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("biji.toml", "title = \"纸上笔记\"\nlanguage = \"zh\"\n");
    write("content/index.md", "# 纸上笔记\n\n从[静态Pod](k8s/静态Pod.md)读起。\n");
    write("content/k8s/index.md", "# Kubernetes\n\n容器编排。\n");
    write("content/k8s/静态Pod.md", &note());
    for (name, text) in [("卷", "卷是目录。"), ("持久卷", "[[卷]]的来源。"), ("更深/快照", "卷的快照。")] {
        write(&format!("content/k8s/存储/{name}.md"), &format!("---\ntags: [k8s/存储]\n---\n{text}\n"));
    }
    write(
        "content/english/guide.md",
        "---\nlang: en\ntags: [guide]\n---\n# A guide\n\nWords *stressed* in English.\n\n## First\n\nText.\n\n## Second\n\nSee [[静态Pod]].\n",
    );
    build_at(folder.path(), &root);
    (folder, root)
}

/// Runs the program on `source`.
pub(crate) fn build_at(source: &Path, output: &Path) {
    let run = Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(source).arg("--output").arg(output).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn note() -> String {
    let long = "kubectl get pods --all-namespaces --output=custom-columns=NAME:.metadata.name,NODE:.spec.nodeName --sort-by=.metadata.name";
    let mut text = format!(
        "---\ntags: [k8s, kubelet]\ndate: 2026-11-20\n---\n# 静态 Pod\n\n由 kubelet *直接*管理（#静态）， 见[文档](https://kubernetes.io/docs/)与 `--pod-manifest-path`[^1]。\n\n\
         ```bash\n{long}\n```\n\n```yaml title=\"pod.yaml\" {{2}}\napiVersion: v1\nkind: Pod\n```\n\n> [!warning] 当心\n> 不经过 API 服务器。\n\n\
         | 字段 | 说明 | 默认值 | 起始版本 |\n|---|---|---:|---|\n| `staticPodPath` | 清单所在的目录，kubelet 周期性地扫描它 | 无 | v1.7 |\n\n\
         - [x] 写好\n- [ ] 改好\n\n> 引文。\n\n[^1]: 旧参数。\n"
    );
    for part in ["清单目录", "镜像 Pod", "限制", "排错"] {
        let _ = write!(
            text,
            "\n## {part}\n\n{}\n\n### {part}的细节\n\n{}\n",
            "静态 Pod 的清单放在目录里。".repeat(24),
            "再说一句。".repeat(40)
        );
    }
    text
}

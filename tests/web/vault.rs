//! A small site of notes that are linked, with pictures, built by the real program.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// Builds the vault with `more` in its configuration; the folder with the notes and the one with the site, whose name tests what names do to addresses.
pub(crate) fn build(more: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("网 站");
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("biji.toml", format!("title = \"笔记\"\nlanguage = \"zh\"\n{more}").as_bytes());
    let notes = [
        (
            "index.md",
            "# 笔记\n\n[静态](k8s/静态Pod.md)、[镜像](k8s/静态Pod.md#镜像)、[[guide]]、[[secret|无]]、[下](#二)。\n\n## 一\n\n第一节。\n\n## 二\n\n第二节的文字。\n",
        ),
        ("k8s/index.md", "# Kubernetes\n\n容器编排。\n"),
        (
            "k8s/静态Pod.md",
            "# 静态 Pod\n\n静态 Pod 由 kubelet 直接管理。\n\n## 镜像\n\n每个静态 Pod 有一个镜像。\n\n```sh\nkubectl get pods\n```\n",
        ),
        ("k8s/探针.md", "---\nupdated: 2026-11-20\n---\n# 探针\n\n见[[静态Pod]]和[[guide]]。\n"),
        (
            "guide.md",
            "---\ndescription: Written for readers.\nlang: en\ndate: 2026-01-02\ntags: [guide]\n---\n# A guide\n\nBack to [[index]].\n",
        ),
        ("alone.md", "# 独立\n\n没有链接。\n"),
        ("secret.md", "---\npublish: false\n---\n# 秘密\n\n秘密的[[静态Pod]]。\n"),
        (
            "pictures.md",
            "# Pictures\n\n![第一张](wide.png)\n\n![](tall.svg)\n\n![[wide.png|100]]\n\n![a](dark.png#only-dark)![b](light.png#only-light)\n\n<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"dark.png\">\n<img src=\"light.png\" alt=\"c\">\n</picture>\n\n![sign](sign.png) [![link](wide.png)](guide.md)\n",
        ),
    ];
    for (path, text) in notes {
        write(&format!("content/{path}"), text.as_bytes());
    }
    for (name, width, height, shade) in
        [("wide.png", 120, 80, 90), ("dark.png", 120, 80, 20), ("light.png", 120, 80, 230), ("sign.png", 16, 16, 120)]
    {
        write(&format!("content/{name}"), &png(width, height, shade));
    }
    write(
        "content/tall.svg",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 200\"><rect width=\"100\" height=\"200\" fill=\"#888\"/></svg>\n",
    );
    build_at(folder.path(), &root);
    (folder, root)
}

/// Runs the program on `source`.
pub(crate) fn build_at(source: &Path, output: &Path) {
    let run = Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(source).arg("--output").arg(output).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A grey picture (<https://www.w3.org/TR/png-3/>).
fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let mut sum = Crc::new();
        sum.update(kind);
        sum.update(data);
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend(sum.sum().to_be_bytes());
    };
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    let mut lines = ZlibEncoder::new(Vec::new(), Compression::new(6));
    for _ in 0..height {
        lines.write_all(&[0]).unwrap();
        lines.write_all(&vec![shade; width as usize]).unwrap();
    }
    chunk(b"IDAT", &lines.finish().unwrap());
    chunk(b"IEND", b"");
    bytes
}

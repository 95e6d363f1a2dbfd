//! A small site made by hand: notes as data, pages from them, the real index and the real scripts.
//!
//! In: nothing, or a change to the notes. Out: a folder as `biji build` would leave it, without templates in between: so a fault that
//! shows here is the search's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use biji::bundle::Payload;
use biji_search::{Document, Section};

/// Address, title, tags, and sections of anchor, heading and text.
type Note = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str, &'static str)]);

const NOTES: &[Note] = &[
    (
        "index.html",
        "Kubernetes 笔记",
        &[],
        &[("", "", "关于 Kubernetes 的笔记，从静态 Pod 到存储。"), ("阅读顺序", "阅读顺序", "先读探针，再读污点与容忍度。")],
    ),
    (
        "k8s/静态-Pod.html",
        "静态 Pod",
        &["k8s", "kubelet"],
        &[
            ("", "", "静态 Pod 由 kubelet 直接管理，不经过 API 服务器。"),
            ("清单目录", "清单目录", "用 --pod-manifest-path 指定目录；kubelet 周期性地扫描它，创建或删除静态 Pod。"),
            ("镜像-pod", "镜像 Pod", "kubelet 为每个静态 Pod 在 API 服务器上创建一个镜像 Pod，所以 kubectl 能看到它。"),
        ],
    ),
    (
        "k8s/探针.html",
        "探针",
        &["k8s"],
        &[
            ("", "", "探针让 kubelet 知道容器的状态。"),
            ("存活探针", "存活探针", "livenessProbe 失败时容器会被重启。"),
            ("就绪探针", "就绪探针", "readinessProbe 失败时 Pod 不再接收流量。静态 Pod 也可以有探针。"),
        ],
    ),
    (
        "rust/ownership.html",
        "What is ownership?",
        &["rust"],
        &[
            ("", "", "Ownership is a set of rules that govern how a Rust program manages memory."),
            ("moves", "Variables and data interacting with move", "A value has one owner at a time; ownership moves with an assignment."),
            ("functions", "Ownership and functions", "Passing a value to a function moves or copies it. See std::sync::Arc for sharing."),
        ],
    ),
    (
        "rust/borrowing.html",
        "References and borrowing",
        &["rust"],
        &[
            ("", "", "A reference borrows a value without taking ownership of it."),
            ("dangling", "Dangling references", "The compiler refuses them."),
        ],
    ),
];

/// Filler pages, so that there is more than fits.
const FILLERS: usize = 40;

/// The documents of the site. `extra` stands on the first page, for telling one deploy from another.
pub(crate) fn documents(extra: &str) -> Vec<Document> {
    let section = |heading: &str, anchor: &str, text: &str| Section {
        heading: heading.to_owned(),
        anchor: anchor.to_owned(),
        text: format!("{text}\n"),
        code: Vec::new(),
    };
    let mut documents: Vec<Document> = NOTES
        .iter()
        .map(|(url, title, tags, sections)| Document {
            url: (*url).to_owned(),
            source: url.replace(".html", ".md"),
            title: (*title).to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            language: if title.is_ascii() { "en" } else { "zh" }.to_owned(),
            sections: sections.iter().map(|(anchor, heading, text)| section(heading, anchor, text)).collect(),
            ..Document::default()
        })
        .collect();
    documents[0].sections[0].text.push_str(extra);
    for number in 0..FILLERS {
        documents.push(Document {
            url: format!("more/note-{number}.html"),
            source: format!("more/note-{number}.md"),
            title: format!("第 {number} 篇 note"),
            language: "zh".to_owned(),
            sections: vec![
                section("", "", &format!("这是第 {number} 篇笔记。It speaks of containers and networks.")),
                section("附录", "附录", &"网络与容器的说明，很长的一段文字。".repeat(number + 1)),
            ],
            ..Document::default()
        });
    }
    documents
}

/// Writes the site into a folder.
pub(crate) fn write(folder: &Path, extra: &str) {
    let documents = documents(extra);
    for document in &documents {
        put(folder, &document.url, page(document).as_bytes());
    }
    let search = Document { url: "search.html".to_owned(), title: "搜索".to_owned(), language: "zh".to_owned(), ..Document::default() };
    let search = page(&search).replace("<main>", "<main><div class=\"search-box search-full\" data-search-page></div>");
    put(folder, "search.html", search.as_bytes());
    let pack = biji_search::build(&documents).unwrap();
    let mut artifacts = biji::index::files::artifacts(&pack, biji::index::Readers::All);
    artifacts.push(biji::index::titles::artifact(documents.iter().map(|document| {
        let headings = document.sections.iter().filter(|section| !section.heading.is_empty());
        (document.url.as_str(), document.title.as_str(), headings.map(|section| (&*section.anchor, &*section.heading)).collect())
    })));
    for artifact in artifacts {
        let Payload::Bytes(bytes) = &artifact.payload else { panic!("the index has no attachments") };
        put(folder, artifact.path.as_str(), bytes);
    }
    for language in ["zh", "en"] {
        let said = serde_json::to_string(&words(language)).unwrap();
        put(folder, &format!("biji/search/words-{language}.js"), format!("biji.words={said};\n").as_bytes());
    }
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/biji");
    for entry in walkdir::WalkDir::new(&theme).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let name = entry.path().strip_prefix(&theme).unwrap().to_str().unwrap().replace('\\', "/");
        put(folder, &format!("biji/{name}"), &std::fs::read(entry.path()).unwrap());
    }
}

/// The words of the interface, as the theme has them.
fn words(language: &str) -> BTreeMap<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/strings/{language}.toml"));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

/// A page with everything that marks must leave alone.
fn page(document: &Document) -> String {
    let words = words(&document.language);
    let root = "../".repeat(document.url.matches('/').count());
    let mut main = format!("<h1>{}</h1>\n", document.title);
    for section in &document.sections {
        if !section.anchor.is_empty() {
            writeln!(main, "<h2 id=\"{}\">{}</h2>", section.anchor, section.heading).unwrap();
        }
        writeln!(main, "<p>{}</p>", section.text).unwrap();
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title><link rel=\"icon\" href=\"{root}favicon.ico\">\
         <meta name=\"viewport\" content=\"width=device-width\"><script defer src=\"{root}biji/main.js\" data-root=\"{root}\" data-engine=\"{}\" data-search=\"search.html\" data-words=\"{}\"></script></head>\n\
         <body><header><a class=\"search-open\" data-search-open href=\"{root}biji/all.html\">搜索</a></header>\n<main>{main}\
         <pre><code><span>kube</span>-<span>let</span> --pod-manifest-path</code></pre>\
         <p><math><mi>Pod</mi></math><svg><text>Pod</text></svg></p><details><summary>more</summary><p>静态 Pod 在此。</p></details>\
         </main></body></html>\n",
        document.language,
        document.title,
        biji::engine::name(),
        ["search", "search_broken", "search_retry", "search_use_index"].map(|key| words[key].as_str()).join("|"),
    )
}

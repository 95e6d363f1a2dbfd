//! Documents in, answers out, through the public door: the way a program uses the crate.
#![cfg(feature = "build")]
#![allow(clippy::unwrap_used)]

use biji_search::{Document, Pack, PackError, Request, Response, Searcher, Section, build, decompress};

fn document(source: &str, title: &str, text: &str) -> Document {
    Document {
        url: source.replace(".md", ".html"),
        source: source.to_owned(),
        title: title.to_owned(),
        language: "zh".to_owned(),
        sections: vec![Section { text: text.to_owned(), ..Section::default() }],
        ..Document::default()
    }
}

fn ask(pack: &Pack, query: &str) -> Response {
    let mut searcher = Searcher::open(&pack.entry).unwrap();
    let request = Request { query: query.to_owned(), limit: 10 };
    searcher
        .search_with::<PackError>(&request, |name| {
            let (_, bytes) = pack.blocks.iter().find(|(block, _)| block == name).unwrap();
            Ok(decompress(bytes).unwrap())
        })
        .unwrap()
}

#[test]
fn finds_chinese_and_english() {
    let documents = [
        document("k8s/静态Pod.md", "静态 Pod", "kubelet 直接管理静态Pod，不经过 API 服务器。"),
        document("k8s/probe.md", "探针", "livenessProbe 失败时容器会重启。"),
    ];
    let pack = build(&documents).unwrap();
    for (query, source) in [("静态Pod", "k8s/静态Pod.md"), ("livenessProbe", "k8s/probe.md"), ("容器", "k8s/probe.md")] {
        let response = ask(&pack, query);
        assert_eq!(response.hits.first().map(|hit| hit.source.as_str()), Some(source), "{query}");
    }
}

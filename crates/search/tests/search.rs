//! Documents in, answers out, through the public door: the way a program uses the crate.
#![cfg(feature = "build")]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use biji_search::{Document, Facet, Filters, Pack, PackError, Part, Request, Response, Searcher, Section, Step, build, unpack};

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
    answer(pack, &Request { query: query.to_owned(), limit: 10, ..Request::default() })
}

fn block(pack: &Pack, name: &str) -> Vec<u8> {
    let part = Part::of(name).unwrap();
    let (_, volume) = pack.volumes.iter().find(|(volume, _)| volume == part.volume).unwrap();
    unpack(volume, part.range).unwrap()
}

fn answer(pack: &Pack, request: &Request) -> Response {
    let mut searcher = Searcher::open(&pack.entry).unwrap();
    searcher.search_with::<PackError>(request, |name| Ok(block(pack, name))).unwrap()
}

/// A small knowledge base, with what must be found first.
fn notes() -> Vec<Document> {
    let mut probe = document("k8s/probe.md", "探针", "kubelet 定期检查容器。");
    probe.aliases = vec!["健康检查".to_owned()];
    probe.tags = vec!["运维/容器".to_owned()];
    let code = "livenessProbe:\n  httpGet:\n    path: /healthz\n";
    probe.sections.push(Section {
        anchor: "存活探针".to_owned(),
        heading: "存活探针".to_owned(),
        text: format!("探针失败时容器会重启，参数为 `-l` 与 --pod-manifest-path。\n{code}"),
        code: std::iter::once(74..74 + code.len() as u32).collect(),
    });
    vec![
        document("k8s/index.md", "Kubernetes 笔记", "这里收集 Pod、节点和网络的笔记。静态文件与动态文件。"),
        probe,
        document("k8s/static.md", "静态 Pod", "kubelet 直接管理静态Pod，不经过 API 服务器。The mirror pod is created automatically."),
        document("k8s/taint.md", "污点与容忍度", "节点亲和性吸引 Pod，污点则排斥。deployment 与 scheduler 协作，服务器按需扩容。"),
        document(
            "rust/own.md",
            "Ownership",
            "Each value has an owner. std::sync::Arc shares it. C++ has no borrow checker; .NET collects garbage.",
        ),
        document(
            "k8s/labels.md",
            "标签",
            "建议的标签是app.kubernetes.io/name。镜像在spec.containers[].image里。CrashLoopBackOff 之后调用MyClass.doSomething()。",
        ),
        document(
            "rust/naive.md",
            "Café notes",
            "Running containers with kube-proxy v1.29 on 10.96.0.1 in snake_case. Then run rm -rf folder with path:first.",
        ),
    ]
}

#[test]
fn queries_find_their_page_first() {
    let pack = build(&notes()).unwrap();
    for (query, source) in [
        ("静态Pod", "k8s/static.md"),
        ("静态 pod", "k8s/static.md"),
        ("靜態 Pod", "k8s/static.md"),
        ("静", "k8s/static.md"),
        ("管理静", "k8s/static.md"),
        ("ｋｕｂｅｌｅｔ 直接", "k8s/static.md"),
        ("理静态Pod", "k8s/static.md"),
        ("livenessProbe", "k8s/probe.md"),
        ("livenessprobe", "k8s/probe.md"),
        ("liveness probe", "k8s/probe.md"),
        ("httpget", "k8s/probe.md"),
        ("--pod-manifest-path", "k8s/probe.md"),
        ("-l", "k8s/probe.md"),
        ("健康检查", "k8s/probe.md"),
        ("tag:运维", "k8s/probe.md"),
        ("tag:运维/容器", "k8s/probe.md"),
        ("path:rust owner", "rust/own.md"),
        ("heading:存活", "k8s/probe.md"),
        ("title:污点", "k8s/taint.md"),
        ("std::sync::Arc", "rust/own.md"),
        ("C++", "rust/own.md"),
        (".NET", "rust/own.md"),
        ("owners", "rust/own.md"),
        ("ownership", "rust/own.md"),
        ("ownreship", "rust/own.md"),
        ("kube-proxy", "rust/naive.md"),
        ("kube proxy", "rust/naive.md"),
        ("v1.29", "rust/naive.md"),
        ("10.96.0.1", "rust/naive.md"),
        ("snake_case", "rust/naive.md"),
        ("cafe", "rust/naive.md"),
        ("container run", "rust/naive.md"),
        ("sched", "k8s/taint.md"),
        ("\"no borrow checker\"", "rust/own.md"),
        ("pod -kubelet -笔记", "k8s/taint.md"),
        ("garbage OR nothing", "rust/own.md"),
        ("jingtai", "k8s/static.md"),
        ("jingt", "k8s/static.md"),
        ("jingtai pod ", "k8s/static.md"),
        ("jtpod", "k8s/static.md"),
        ("wudian ", "k8s/taint.md"),
        ("rongrendu", "k8s/taint.md"),
        ("chtz", "k8s/probe.md"),
        ("yunwei", "k8s/probe.md"),
        ("run rm -rf folder", "rust/naive.md"),
        ("rm -rf", "rust/naive.md"),
        ("with path:first", "rust/naive.md"),
        ("Tag:运维", "k8s/probe.md"),
        ("owner -path:k8s", "rust/own.md"),
        ("title:\"污点与容忍度\"", "k8s/taint.md"),
        ("Pod -\"直接管理\" -title:笔记 -tag:运维", "k8s/taint.md"),
        ("tag:nothing OR tag:运维", "k8s/probe.md"),
        ("heading:存活 path:k8s lang:zh", "k8s/probe.md"),
        ("app.kubernetes.io/name", "k8s/labels.md"),
        ("kubernetes.io", "k8s/labels.md"),
        ("spec.containers[].image", "k8s/labels.md"),
        ("crash loop", "k8s/labels.md"),
        ("crashloop", "k8s/labels.md"),
        ("MyClass.doSomething()", "k8s/labels.md"),
        ("dosomething", "k8s/labels.md"),
        ("something", "k8s/labels.md"),
        // A run of two scripts that stands nowhere as it was typed: both parts do.
        ("kubelet容器", "k8s/probe.md"),
    ] {
        let response = ask(&pack, query);
        assert_eq!(response.hits.first().map(|hit| hit.source.as_str()), Some(source), "{query}");
        assert!(!response.partial, "{query}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let pack = build(&notes()).unwrap();
    for query in
        ["静动", "\"borrow no\"", "zzzzqqq", "", "!!!", "title:kubelet", "tag:网络", "lang:en owner", "-pod -kubelet -笔记 -owner xyzzy"]
    {
        assert_eq!(ask(&pack, query).total, 0, "{query}");
    }
}

#[test]
fn partial_answers_are_announced() {
    let response = ask(&build(&notes()).unwrap(), "污点 borrow zzzzqqq");
    assert!(response.partial && response.total >= 1);
}

#[test]
fn excerpts_hold_the_match() {
    let pack = build(&notes()).unwrap();
    for (query, words) in [("静态Pod", "静态Pod"), ("Arc", "Arc"), ("livenessProbe", "livenessProbe"), ("亲和性", "亲和性")] {
        let response = ask(&pack, query);
        let excerpt = &response.hits[0].sections[0].excerpt;
        let marked: Vec<&str> = excerpt.highlights.iter().map(|range| &excerpt.text[range.start as usize..range.end as usize]).collect();
        assert!(marked.contains(&words), "{query}: {marked:?} in {}", excerpt.text);
        assert!(response.hits[0].words.iter().any(|word| word == words));
    }
    // What was typed in pinyin is marked in characters.
    let hit = &ask(&pack, "jingtai").hits[0];
    assert_eq!(
        hit.title.highlights.iter().map(|range| &hit.title.text[range.start as usize..range.end as usize]).collect::<Vec<_>>(),
        ["静态"]
    );
    let hit = &ask(&pack, "存活探针").hits[0];
    assert_eq!(hit.sections[0].anchor, "存活探针");
}

#[test]
fn same_documents_give_the_same_bytes() {
    let build_with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| build(&notes()).unwrap());
    assert_eq!(build_with(1), build_with(4));
    assert!(build(&[]).is_ok_and(|pack| ask(&pack, "pod").total == 0));
}

#[test]
fn damage_is_reported() {
    let pack = build(&notes()).unwrap();
    for len in 0..pack.entry.len() {
        assert!(Searcher::open(&pack.entry[..len]).is_err());
    }
    let mut other = pack.entry.clone();
    other[4] = 99;
    assert!(matches!(Searcher::open(&other), Err(PackError::Version(99))));
    let mut searcher = Searcher::open(&pack.entry).unwrap();
    let request = Request { query: "pod".to_owned(), limit: 3, ..Request::default() };
    let Step::Need(names) = searcher.search(&request) else { panic!("a block is needed") };
    let part = Part::of(&names[0]).unwrap();
    let (_, volume) = pack.volumes.iter().find(|(name, _)| name == part.volume).unwrap();
    let mut bytes = unpack(volume, part.range.clone()).unwrap();
    // The compressed form tells damage, and a block's length another block.
    let mut damaged = volume.to_vec();
    damaged[part.range.start + part.range.len() / 2] ^= 1;
    assert!(unpack(&damaged, part.range.clone()).is_err());
    assert!(unpack(volume, part.range.start..part.range.end - 1).is_err() && unpack(volume, part.range.start..1 << 40).is_err());
    bytes.pop();
    assert_eq!(searcher.provide(&names[0], bytes), Err(PackError::Block(names[0].clone())));
    for other in ["", "0000000000000000", "000000000000:0:9", "000000000000:x:9", &format!("{}:0", part.volume)] {
        assert_eq!(searcher.provide(other, Vec::new()), Ok(()));
    }
}

/// Every run of characters that a reader sees is found, whatever its length and wherever it begins.
#[test]
fn every_visible_run_is_found() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora/k8s-zh/concepts");
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(&root).into_iter().flatten().flatten() {
        if let Ok(text) = std::fs::read_to_string(entry.path()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            documents.push(document(&name, &name, &text));
        }
    }
    if documents.is_empty() {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "no corpus at {}", root.display());
        eprintln!("skipped: no corpus at {}", root.display());
        return;
    }
    documents.sort_by(|a, b| a.source.cmp(&b.source));
    let pack = build(&documents).unwrap();
    let mut searcher = Searcher::open(&pack.entry).unwrap();
    // A fixed sequence of places, spread over all notes.
    let mut seed = 7usize;
    for turn in 0..600 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let document = &documents[(seed >> 33) % documents.len()];
        let chars: Vec<char> = document.sections[0].text.chars().collect();
        let han = |ch: &char| ('\u{4E00}'..='\u{9FFF}').contains(ch);
        let from = (seed >> 20) % chars.len();
        let Some(start) = (from..chars.len()).find(|&at| han(&chars[at])) else { continue };
        // Whole Latin words beside the Han characters belong to the run.
        let mut run: String = chars[start..].iter().take_while(|ch| han(ch) || ch.is_ascii_alphabetic()).take(1 + turn % 8).collect();
        let next = chars.get(start + run.chars().count());
        if run.ends_with(|ch: char| ch.is_ascii_alphabetic()) && next.is_some_and(char::is_ascii_alphanumeric) {
            run.truncate(run.trim_end_matches(|ch: char| ch.is_ascii_alphabetic()).len());
        }
        let request = Request { query: run.clone(), limit: documents.len(), ..Request::default() };
        let response = searcher.search_with::<PackError>(&request, |name| Ok(block(&pack, name))).unwrap();
        assert!(response.hits.iter().any(|hit| hit.source == document.source) && !response.partial, "`{run}` in {}", document.source);
    }
}

#[test]
fn the_readers_language_comes_first_and_translations_after() {
    let note = |source: &str, language: &str, original: &str, title: &str, text: &str| Document {
        language: language.to_owned(),
        original: original.to_owned(),
        ..document(source, title, text)
    };
    let pack = build(&[
        note("k8s/kubelet.en.md", "en", "k8s/kubelet.html", "Kubelet", "The kubelet runs on each node. The kubelet starts pods."),
        note("k8s/kubelet.md", "zh", "k8s/kubelet.html", "节点上的kubelet", "kubelet运行在每个节点上。"),
        note("k8s/proxy.en.md", "en", "", "Proxies", "A proxy beside the kubelet, no more."),
        note("k8s/代理.md", "zh", "", "代理", "kubelet旁边的代理，仅此而已。"),
    ])
    .unwrap();
    let all = ["k8s/kubelet.en.md", "k8s/kubelet.md", "k8s/proxy.en.md", "k8s/代理.md"];
    // A row: the reader's language, the query, the pages by their number above.
    for (language, query, expected) in [
        ("", "kubelet", [0, 1, 2, 3].as_slice()),
        ("en", "kubelet", &[0, 2, 3, 1]),
        ("zh", "kubelet", &[1, 3, 2, 0]),
        ("zh-Hant", "kubelet", &[1, 3, 2, 0]),
        ("fr", "kubelet", &[0, 1, 2, 3]),
        // Who asks for a language gets it.
        ("zh", "kubelet lang:en", &[0, 2]),
        ("zh", "title:Kubelet", &[1, 0]),
        ("zh", "node pods", &[0]),
    ] {
        let request = Request { query: query.to_owned(), limit: 9, language: language.to_owned(), ..Request::default() };
        let response = answer(&pack, &request);
        let found: Vec<&str> = response.hits.iter().map(|hit| hit.source.as_str()).collect();
        let expected: Vec<&str> = expected.iter().map(|at| all[*at]).collect();
        assert_eq!(found, expected, "{language} {query}");
        assert!(response.hits.is_sorted_by(|one, other| one.score >= other.score));
    }
    let filters = Filters { language: "en".to_owned(), ..Filters::default() };
    let response =
        answer(&pack, &Request { query: "kubelet".to_owned(), limit: 9, language: "zh".to_owned(), filters, ..Request::default() });
    assert_eq!(response.hits.first().map(|hit| hit.source.as_str()), Some(all[0]), "a filter goes before the reader's language");
}

#[test]
fn an_excerpt_is_a_sentence_rather_than_code() {
    let code = "replicas: 3\nreplicas: 4\nreplicas: 5\n";
    let text = format!("前言。\n{code}{}\n副本数replicas可以改。\n", "别的事情。".repeat(60));
    let section = Section { text, code: std::iter::once(10..10 + code.len() as u32).collect(), ..Section::default() };
    let pack = build(&[Document { sections: vec![section], ..document("a.md", "副本", "") }]).unwrap();
    for (query, words) in [("replicas", "副本数replicas可以改"), ("replicas 4", "replicas: 4")] {
        let excerpt = &ask(&pack, query).hits[0].sections[0].excerpt;
        assert!(excerpt.text.contains(words), "{query}: {}", excerpt.text);
    }
}

/// Folders, tags and languages as `name count`, of what matches.
fn facets(pack: &Pack, query: &str, filters: &Filters) -> (usize, [String; 3]) {
    let request = Request { query: query.to_owned(), limit: 3, filters: filters.clone(), facets: true, ..Request::default() };
    let response = answer(pack, &request);
    let facets = response.facets.unwrap();
    let line = |of: &[Facet]| of.iter().map(|facet| format!("{} {}", facet.name, facet.pages)).collect::<Vec<_>>().join(", ");
    (response.total, [line(&facets.folders), line(&facets.tags), line(&facets.languages)])
}

#[test]
fn filters_narrow_down_and_say_how_many_there_are() {
    let note = |source: &str, tags: &[&str], language: &str| Document {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        language: language.to_owned(),
        ..document(source, "笔记", "节点 pod")
    };
    let pack = build(&[
        note("index.md", &[], "zh"),
        note("k8s/a.md", &["k8s", "网络/ingress"], "zh"),
        note("k8s/net/b.md", &["k8s/kubelet", "k8s"], "zh"),
        note("k8s/net/c.md", &["网络"], "en"),
        note("k8s-other/d.md", &["k8s-other"], "en"),
        note("rust/e.md", &["rust"], "en"),
    ])
    .unwrap();
    let all = ["k8s 3, k8s-other 1, rust 1", "k8s 2, 网络 2, k8s/kubelet 1, k8s-other 1, rust 1, 网络/ingress 1", "en 3, zh 3"];
    // A row: query, folder, tag, language; how many match, and the counts.
    for (query, [folder, tag, language], total, expected) in [
        ("pod", ["", "", ""], 6, all),
        ("", ["", "", ""], 0, all),
        ("", ["k8s", "", ""], 3, ["k8s 3, k8s/net 2", "k8s 2, 网络 2, k8s/kubelet 1, 网络/ingress 1", "zh 2, en 1"]),
        ("pod", ["k8s/net/", "", ""], 2, ["k8s 3, k8s/net 2", "k8s 1, k8s/kubelet 1, 网络 1", "en 1, zh 1"]),
        ("pod", ["", "k8s", ""], 2, ["k8s 2", all[1], "zh 2"]),
        ("pod", ["k8s", "网络", "en"], 1, ["k8s 1, k8s/net 1", "网络 1", "en 1, zh 1"]),
        ("pod", ["rust", "k8s", ""], 0, ["rust 0", "rust 1, k8s 0", ""]),
        ("pod", ["nowhere", "", ""], 0, ["k8s 3, k8s-other 1, rust 1", "", ""]),
        ("xyzzyq", ["k8s", "", ""], 0, ["k8s 0", "", ""]),
    ] {
        let filters = Filters { folder: folder.to_owned(), tag: tag.to_owned(), language: language.to_owned() };
        assert_eq!(facets(&pack, query, &filters), (total, expected.map(str::to_owned)), "{query} {filters:?}");
    }
    // Without the wish for counts there are none, and a filter holds all the same.
    let filters = Filters { language: "en".to_owned(), ..Filters::default() };
    let response = answer(&pack, &Request { query: "pod".to_owned(), limit: 9, filters, ..Request::default() });
    assert_eq!((response.total, response.hits.len(), response.facets), (3, 3, None));
}

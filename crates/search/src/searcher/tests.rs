//! Fuzzing of the searcher: any text as a query, and packs damaged in ways that their hashes do not show. `PROPTEST_CASES` says how many cases.

use super::*;
use crate::{Document, Section, build, decompress};
use proptest::prelude::*;

/// Asks with every block as `damage` leaves it; whether any answer came.
fn ask(pack: &crate::Pack, query: &str, damage: &dyn Fn(&str, &mut Vec<u8>)) -> bool {
    let Ok(searcher) = Searcher::open(&pack.entry) else { return true };
    let request = Request { query: query.to_owned(), limit: 5, facets: true, ..Request::default() };
    for _ in 0..12 {
        let Step::Need(names) = searcher.search(&request) else { return true };
        for name in names {
            // A damaged table may name what there is none of: it cannot be fetched, and the reader is told.
            let Some((_, block)) = pack.blocks.iter().find(|(block, _)| *block == name) else { return true };
            let mut bytes = decompress(block).unwrap_or_default();
            let len = bytes.len();
            damage(&name, &mut bytes);
            bytes.resize(len, 0);
            searcher.blocks.force(&name, bytes);
        }
    }
    false
}

fn notes() -> Vec<Document> {
    let note = |at: usize| {
        let text = format!("kubelet 直接管理静态Pod，第{at}个节点 runs the pod {} times\n", at % 7).repeat(1 + at % 5);
        let section = Section { heading: format!("节点 {at}"), text, ..Section::default() };
        Document {
            url: format!("{at}.html"),
            source: format!("{at}.md"),
            title: format!("笔记 {at}"),
            sections: vec![section],
            ..Document::default()
        }
    };
    (0..300).map(note).collect()
}

fn pack() -> &'static crate::Pack {
    static PACK: OnceLock<crate::Pack> = OnceLock::new();
    PACK.get_or_init(|| build(&notes()).unwrap_or_default())
}

/// What the query language and the tokenizer know, and what they do not.
fn query() -> impl Strategy<Value = String> {
    let known = [
        "pod",
        "静态",
        "节点",
        "第",
        "kubelet",
        "kubelte",
        "runs the pod",
        "OR",
        " OR ",
        "-",
        " -",
        "--",
        "\"",
        "“",
        "”",
        ":",
        "：",
        "title:",
        "tag:",
        "path:",
        "lang:",
        "heading:",
        "title:\"",
        "-tag:",
        "*",
        "+",
        "c++",
        ".net",
        "#",
        "0",
        "7",
        "a",
        "é",
        "\u{301}",
        "Ｋ",
        "ｶﾞ",
        "ไทย",
        "👍🏽",
        "\u{200d}",
        "\u{feff}",
        "\0",
        "\n",
        "\t",
        "\u{3000}",
        "x.y",
        "10.0.0.1",
        "aB",
        "HTTPServer",
        "snake_case",
        "的",
        "什么是",
        "the",
        "how",
        " ",
        "  ",
    ];
    let part = prop_oneof![8 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{1,6}", 1 => "[a-z]{1,90}"];
    proptest::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
        #[test]
    fn any_text_is_a_query(query in query(), limit in 0usize..8) {
        let mut searcher = Searcher::open(&pack().entry).expect("the entry is whole");
        let request = Request { query, limit, ..Request::default() };
        let fetch = |name: &str| {
            let block = pack().blocks.iter().find(|(block, _)| block == name);
            block.and_then(|(_, bytes)| decompress(bytes).ok()).ok_or_else(|| crate::PackError::Block(name.to_owned()))
        };
        let response = searcher.search_with(&request, fetch).expect("the pack is whole");
        prop_assert!(response.hits.len() <= limit && response.hits.len() <= response.total);
        for hit in &response.hits {
            prop_assert!(!hit.sections.is_empty() && hit.score.is_finite());
            let shown = hit.sections.iter().flat_map(|section| [&section.heading, &section.excerpt]);
            for snippet in shown.chain([&hit.title]) {
                let mut last = 0;
                for range in &snippet.highlights {
                    prop_assert!(range.start >= last && range.start < range.end);
                    prop_assert!(snippet.text.get(range.start as usize..range.end as usize).is_some());
                    last = range.end;
                }
            }
        }
    }
}

proptest! {
        #[test]
    fn damaged_packs_end_in_an_answer(block in 0usize..4096, places in proptest::collection::vec((0usize..1 << 20, 1u8..), 1..6), cut in 0usize..4) {
        let pack = pack();
        let victim = &pack.blocks[block % pack.blocks.len()].0;
        let damage = |name: &str, bytes: &mut Vec<u8>| {
            if name == victim && !bytes.is_empty() {
                for (at, by) in &places {
                    let at = at % bytes.len();
                    bytes[at] ^= by;
                }
                if cut == 0 {
                    bytes.truncate(places[0].0 % bytes.len());
                }
            }
        };
        for query in ["静态Pod", "pod kubelet", "节", "tag:x", "kubelte", "\"runs the pod\"", "管理静态 nothing"] {
            prop_assert!(ask(pack, query, &damage), "{query}");
        }
    }
}

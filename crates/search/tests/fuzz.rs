//! Fuzzing of the searcher and the tokenizer: any text as a query and as a note, and packs damaged in ways that no checksum shows.
//!
//! With the other tests each property runs for some cases (`PROPTEST_CASES`). For longer, `BIJI_FUZZ_MINUTES=30 cargo test --release -p biji-search
//! --features build --test fuzz` runs each for that long.

#![allow(clippy::print_stderr, reason = "a test may say how many cases there were")]

use biji_search::{Document, Pack, PackError, Part, Request, Searcher, Section, Step, build, kinds, token, unpack};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::sync::OnceLock;

/// Runs a property on some cases, or for the time that the environment says.
fn run<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let minutes = std::env::var("BIJI_FUZZ_MINUTES").ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(0.0);
    let start = std::time::Instant::now();
    let mut rounds = 0u32;
    while rounds == 0 || start.elapsed().as_secs_f64() < minutes * 60.0 {
        // What failed is printed; a file of it beside the source would be another way to say it.
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        if let Err(failure) = runner.run(strategy, &property) {
            panic!("{failure}");
        }
        rounds += 1;
    }
    if minutes > 0.0 {
        eprintln!("{} cases", rounds * Config::default().cases);
    }
}

/// The bytes of a block, if the pack has it: a damaged table may name what there is none of.
fn block(pack: &Pack, name: &str) -> Option<Vec<u8>> {
    let part = Part::of(name)?;
    let (_, volume) = pack.volumes.iter().find(|(volume, _)| volume == part.volume)?;
    unpack(volume, part.range).ok()
}

/// Asks with every block as `damage` leaves it; whether any answer came.
fn ask(pack: &Pack, query: &str, damage: &dyn Fn(&str, &mut Vec<u8>)) -> bool {
    let Ok(mut searcher) = Searcher::open(&pack.entry) else { return true };
    let request = Request { query: query.to_owned(), limit: 5, facets: true, ..Request::default() };
    for _ in 0..12 {
        let Step::Need(names) = searcher.search(&request) else { return true };
        for name in names {
            // What cannot be fetched or is not as long as it should be, the reader is told.
            let Some(mut bytes) = block(pack, &name) else { return true };
            let len = bytes.len();
            damage(&name, &mut bytes);
            bytes.resize(len, 0);
            if searcher.provide(&name, bytes).is_err() {
                return true;
            }
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

fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
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

#[test]
fn fuzz_queries() {
    run(&(query(), 0usize..8), |(query, limit)| {
        let mut searcher = Searcher::open(&pack().entry).expect("the entry is whole");
        let request = Request { query, limit, ..Request::default() };
        let fetch = |name: &str| block(pack(), name).ok_or_else(|| PackError::Block(name.to_owned()));
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
        Ok(())
    });
}

/// Any letters at all, and those that the tokenizer treats in ways of their own.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![query(), "\\PC{0,80}", ".{0,80}", proptest::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter)]
}

#[test]
fn fuzz_tokens() {
    run(&text(), |text| {
        let mut count = 0;
        let mut last = 0;
        token::tokenize(&text, 0, &mut |token| {
            count += 1;
            let range = token.start as usize..token.end as usize;
            assert!(range.start < range.end && text.get(range).is_some(), "{token:?} of {text:?}");
            assert!(token.position >= last && !token.text.is_empty() && token.text.chars().all(|letter| letter >= ' '));
            last = token.position;
        });
        // A letter may begin a word, a part, a pair and a symbol, and fold to several; not more.
        prop_assert!(count <= 20 * text.len() + 4, "{count} tokens of {} bytes", text.len());
        let section = Section { heading: text.clone(), text: text.clone(), ..Section::default() };
        let document = Document { title: text, sections: vec![section], ..Document::default() };
        prop_assert!(build(&[document]).is_ok());
        Ok(())
    });
}

/// What is done to bytes: places and what they are changed by; and whether they are cut short.
type Damage = (Vec<(usize, u8)>, bool);

fn damage() -> impl Strategy<Value = Damage> {
    (proptest::collection::vec((0usize..1 << 20, 1u8..), 1..6), any::<bool>())
}

fn do_damage((places, cut): &Damage, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    for (at, by) in places {
        let at = at % bytes.len();
        bytes[at] ^= by;
    }
    if *cut {
        bytes.truncate(places[0].0 % bytes.len());
    }
}

const QUERIES: [&str; 7] = ["静态Pod", "pod kubelet", "节", "tag:x", "kubelte", "\"runs the pod\"", "管理静态 nothing"];

#[test]
fn fuzz_damaged_packs() {
    let names: Vec<String> = kinds(pack()).into_keys().collect();
    run(&(0..names.len(), damage(), any::<bool>()), |(victim, damage, whole)| {
        // Either one block, or the entry with its table.
        let mut other = pack().clone();
        if whole {
            do_damage(&damage, &mut other.entry);
        }
        let of_block = |name: &str, bytes: &mut Vec<u8>| {
            if !whole && name == names[victim] {
                do_damage(&damage, bytes);
            }
        };
        for query in QUERIES {
            prop_assert!(ask(&other, query, &of_block), "{query}");
        }
        Ok(())
    });
}

#[test]
fn fuzz_shuffled_packs() {
    let names: Vec<String> = kinds(pack()).into_keys().collect();
    run(&proptest::collection::vec(0..names.len(), 1..9), |others| {
        // Every block is another one, made as long as it should be.
        let shuffle = |name: &str, bytes: &mut Vec<u8>| {
            let at = name.bytes().map(usize::from).sum::<usize>() % others.len();
            *bytes = block(pack(), &names[others[at]]).unwrap_or_default();
        };
        for query in QUERIES {
            prop_assert!(ask(pack(), query, &shuffle), "{query}");
        }
        Ok(())
    });
}

#[test]
fn fuzz_entries() {
    run(&proptest::collection::vec(any::<u8>(), 0..600), |bytes| {
        let entry = [&pack().entry[..8], &bytes].concat();
        prop_assert!(Searcher::open(&entry).is_err());
        Ok(())
    });
}

//! Whatever is wrong with a pack's blocks, a search ends, and without a panic.

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
            let block = pack.blocks.iter().find(|(block, _)| *block == name);
            let mut bytes = block.and_then(|(_, bytes)| decompress(bytes).ok()).unwrap_or_default();
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn damaged_packs_end_in_an_answer(block in 0usize..4096, places in proptest::collection::vec((0usize..1 << 20, 1u8..), 1..6), cut in 0usize..4) {
        static PACK: OnceLock<crate::Pack> = OnceLock::new();
        let pack = PACK.get_or_init(|| build(&notes()).unwrap_or_default());
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

//! An index that is brought up to date has the bytes of one that is written as a whole, whatever changed.
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use biji_search::{Document, Entry, Memo, Section, build, build_again};

/// A small generator (SplitMix64): the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % (limit as u64)).unwrap()
    }

    fn words(&mut self, most: usize) -> String {
        let words = ["静态", "网络", "pod", "kubelet", "the", "", "一", "Pod_name", "x", "。", "naïve", "v1.2"];
        let count = self.below(most);
        (0..count).map(|_| format!("{} ", words[self.below(words.len())])).collect()
    }

    fn document(&mut self, at: usize) -> Document {
        let sections = (0..1 + self.below(3)).map(|number| {
            let text = self.words(200);
            let end = u32::try_from(text.find(' ').map_or(0, |at| at + 1)).unwrap();
            Section {
                anchor: format!("s{number}"),
                heading: self.words(4),
                code: (number == 1).then_some(0..end).into_iter().collect(),
                text,
            }
        });
        let sections = sections.collect();
        Document {
            url: format!("d{}/{at}.html", at % 3),
            source: format!("d{}/{at}.md", at % 3),
            title: self.words(6),
            aliases: if self.below(3) == 0 { vec![self.words(3)] } else { vec![] },
            tags: if self.below(3) == 0 { vec!["笔记/读书".into(), format!("t{}", self.below(4))] } else { vec![] },
            language: ["zh", "en"][self.below(2)].into(),
            original: if self.below(2) == 0 { format!("d{}", self.below(4)) } else { String::new() },
            is_list: self.below(4) == 0,
            sections,
        }
    }
}

fn entries(documents: &[Document]) -> Vec<Entry> {
    let entry = |document: &Document| {
        let (low, high) = hash(&format!("{document:?}"));
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&low.to_le_bytes());
        hash[8..16].copy_from_slice(&high.to_le_bytes());
        let text = document.sections.iter().map(|section| section.text.len()).sum();
        Entry { head: Document { sections: Vec::new(), ..document.clone() }, hash, text }
    };
    documents.iter().map(entry).collect()
}

fn hash(text: &str) -> (u64, u64) {
    use std::hash::{DefaultHasher, Hasher};
    let of = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(text.as_bytes());
        hasher.finish()
    };
    (of(1), of(2))
}

#[test]
fn what_is_brought_up_to_date_is_what_is_written_anew() {
    for (seed, count, steps) in [(1, 400, 40), (2, 3, 40), (3, 1, 10), (4, 1_000, 12)] {
        let mut random = Random(seed);
        let mut documents: Vec<Document> = (0..count).map(|at| random.document(at)).collect();
        let mut memo = Memo::default();
        let mut patched = 0;
        for step in 0..steps {
            let made = build_again(&mut memo, entries(&documents), &|at| documents[at].sections.clone()).unwrap();
            assert!(made == build(&documents).unwrap(), "seed {seed}, step {step}");
            if random.below(2) == 0 {
                // As another run of the program takes it up.
                let saved = memo.save(&made.entry).unwrap();
                let volume = |name: &str| made.volumes.iter().find(|(other, _)| other == name).map(|(_, bytes)| bytes.to_vec());
                patched += memo.patched();
                memo = Memo::load(&saved, &made.entry, &volume).unwrap();
                assert!(Memo::load(&saved[..saved.len() - 1], &made.entry, &volume).is_none());
                assert!(Memo::load(&saved, &[made.entry.as_slice(), b"x"].concat(), &volume).is_none());
                let damaged = |name: &str| volume(name).map(|bytes| bytes[..bytes.len() - 1].to_vec());
                assert!(made.volumes.is_empty() || Memo::load(&saved, &made.entry, &damaged).is_none());
            }
            let at = random.below(documents.len().max(1));
            match random.below(12) {
                8 => documents.push(random.document(count + step)),
                9 => documents.rotate_left(1),
                10 if documents.len() > 3 => drop(documents.drain(at..documents.len().min(at + 3))),
                11 => {
                    documents.insert(0, random.document(count + step));
                    documents.pop();
                }
                0 => documents.insert(at, random.document(count + step)),
                1 if documents.len() > 1 => drop(documents.remove(at)),
                2 => {}
                3 => {
                    for _ in 0..5 {
                        let at = random.below(documents.len());
                        documents[at] =
                            Document { url: documents[at].url.clone(), source: documents[at].source.clone(), ..random.document(at) };
                    }
                }
                // A word that no other has comes and goes.
                4 => documents[at].sections[0].text.push_str(&format!("\nunheard{step} of")),
                5 => documents[at].sections[0].text = String::new(),
                6 => documents[at].sections = vec![Section::default()],
                _ => documents[at].sections[0].text.insert_str(0, "pod 静态 "),
            }
        }
        patched += memo.patched();
        // Of a few documents any change is too many.
        assert!(patched >= if count > 100 { steps - 1 } else { steps / 2 }, "seed {seed}: {patched} of {steps}");
    }
}

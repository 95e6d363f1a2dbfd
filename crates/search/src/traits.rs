//! What is known of each document beside its words: its language, which others are its translations, and whether it only lists other documents.
//!
//! *In*: documents. *Out*: a file in the entry, of a few bytes where a site has one language and no lists; and from it again what ranking asks, and an order of what was
//! found in which the reader's language comes first. That language belongs to the question and not to the index. Damaged bytes give `None`.

use crate::docs::Docs;
use crate::record::Cursor;
#[cfg(feature = "build")]
use std::collections::BTreeMap;

/// Name of the file.
pub(crate) const FILE: &str = "traits";

/// What a translation of a page is still worth when that page itself is there in the reader's language: it comes behind all others.
const BEHIND: f32 = 0.01;

/// The traits of all documents.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    names: Vec<String>,
    /// Of each document its language's place; empty where there is but one language.
    of: Vec<u32>,
    /// Of each document the first of its translations, which may be itself; likewise.
    first: Vec<u32>,
    lists: Docs,
}

impl Traits {
    /// Reads the file of an index of so many documents.
    pub(crate) fn decode(bytes: &[u8], documents: u32) -> Option<Self> {
        let cursor = &mut Cursor(bytes);
        let mut all = Self::default();
        for _ in 0..cursor.number()? {
            all.names.push(cursor.text()?.to_owned());
        }
        if all.names.len() > 1 {
            for _ in 0..documents {
                let at = u32::try_from(cursor.number()?).ok()?;
                all.names.get(at as usize)?;
                all.of.push(at);
            }
            for doc in 0..documents {
                let before = doc.checked_sub(u32::try_from(cursor.number()?).ok()?)?;
                all.first.push(all.first.get(before as usize).copied().unwrap_or(doc));
            }
        }
        all.lists = Docs::new(documents);
        let mut last = 0;
        for _ in 0..cursor.number()? {
            last = u32::try_from(cursor.number()?).ok()?.checked_add(last)?;
            all.lists.insert(last);
        }
        Some(all)
    }

    /// Whether a document is hardly more than links to others.
    pub(crate) fn is_list(&self, doc: u32) -> bool {
        self.lists.contains(doc)
    }

    /// Puts what a reader of the language `wanted` wants more before the rest: of translations that were found the one in it, at the place of the best, and
    /// pages in it before others of nearly the same worth; `weight` is what another language leaves of a score.
    pub(crate) fn prefer(&self, wanted: &str, weight: f32, found: &mut [(u32, f32)]) {
        let near: Vec<u8> = self.names.iter().map(|name| nearness(name, wanted)).collect();
        let is_own = |doc: u32| self.of.get(doc as usize).map_or(0, |&at| near[at as usize]);
        if self.of.is_empty() || near.iter().all(|near| *near == 0) {
            return;
        }
        // Of each group of translations, by its first: how near the nearest is, its score, which it is; and the best score.
        let mut groups = vec![(0u8, 0.0f32, 0u32, 0.0f32); self.first.len()];
        for (doc, score) in found.iter_mut() {
            let own = is_own(*doc);
            if own == 0 {
                *score *= weight;
            }
            let Some(group) = self.first.get(*doc as usize).and_then(|&first| groups.get_mut(first as usize)) else { continue };
            if (own, *score) > (group.0, group.1) {
                (group.0, group.1, group.2) = (own, *score, *doc);
            }
            group.3 = group.3.max(*score);
        }
        for (doc, score) in found {
            let Some(&(own, _, nearest, best)) = self.first.get(*doc as usize).and_then(|&first| groups.get(first as usize)) else {
                continue;
            };
            if own > 0 {
                *score = if nearest == *doc { best } else { *score * BEHIND };
            }
        }
    }
}

/// How near a language is to the one that is wanted: the same, of the same tongue (`zh-Hans`, `zh-TW`), another one.
fn nearness(language: &str, wanted: &str) -> u8 {
    let tongue = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if language.eq_ignore_ascii_case(wanted) { 2 } else { u8::from(tongue(language) == tongue(wanted)) }
}

/// Writes the file.
#[cfg(feature = "build")]
pub(crate) fn encode(documents: &[&crate::Document]) -> Vec<u8> {
    use crate::record::put_number;
    let mut out = Vec::new();
    let mut places: BTreeMap<&str, u64> = documents.iter().map(|document| (document.language.as_str(), 0)).collect();
    put_number(places.len() as u64, &mut out);
    for (at, (name, place)) in (0..).zip(&mut places) {
        *place = at;
        put_number(name.len() as u64, &mut out);
        out.extend_from_slice(name.as_bytes());
    }
    if places.len() > 1 {
        for document in documents {
            put_number(places.get(document.language.as_str()).copied().unwrap_or_default(), &mut out);
        }
        // How far back the last of its translations is: alike for most documents, whatever the site's form.
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, document) in documents.iter().enumerate() {
            let before = if document.original.is_empty() { None } else { last.insert(&document.original, at) };
            put_number(before.map_or(0, |before| at - before) as u64, &mut out);
        }
    }
    let lists: Vec<usize> = (0..documents.len()).filter(|&at| documents[at].is_list).collect();
    put_number(lists.len() as u64, &mut out);
    let mut last = 0;
    for at in lists {
        put_number((at - last) as u64, &mut out);
        last = at;
    }
    out
}

#[cfg(all(test, feature = "build"))]
mod tests {
    use super::*;
    use crate::Document;

    fn read(documents: &[(&str, &str)]) -> Traits {
        let document = |(language, original): &(&str, &str)| Document {
            language: (*language).to_owned(),
            original: (*original).to_owned(),
            is_list: *original == "b",
            ..Document::default()
        };
        let documents: Vec<Document> = documents.iter().map(document).collect();
        let bytes = encode(&documents.iter().collect::<Vec<_>>());
        for len in 0..bytes.len() {
            assert!(Traits::decode(&bytes[..len], documents.len() as u32).is_none(), "{len}");
        }
        Traits::decode(&bytes, documents.len() as u32).unwrap_or_default()
    }

    #[test]
    fn the_readers_language_comes_first() {
        // A row: the reader's language, what was found with its scores, what comes out.
        type Row<'a> = (&'a str, &'a [(u32, f32)], &'a [(u32, f32)]);

        let site = [("en", "a"), ("zh", "a"), ("zh", ""), ("en", ""), ("zh-Hant", "a"), ("fr", "b"), ("en", "b")];
        let traits = read(&site);
        assert_eq!((0..9).filter(|&doc| traits.is_list(doc)).collect::<Vec<_>>(), [5, 6]);
        let rows: [Row<'_>; 8] = [
            ("", &[(0, 2.0), (1, 1.0)], &[(0, 2.0), (1, 1.0)]),
            ("ja", &[(0, 2.0), (1, 1.0)], &[(0, 2.0), (1, 1.0)]),
            // At the place of the best one, and that behind all.
            ("zh", &[(0, 4.0), (1, 1.0), (2, 1.5)], &[(0, 0.02), (1, 2.0), (2, 1.5)]),
            // Of two of the same tongue the very one, else the better one.
            ("zh", &[(1, 1.0), (4, 2.0)], &[(1, 2.0), (4, 0.02)]),
            ("zh-TW", &[(1, 1.0), (4, 2.0)], &[(1, 0.01), (4, 2.0)]),
            // Others are worth less, and stay where nothing stands for them.
            ("EN", &[(2, 3.0), (3, 2.0)], &[(2, 1.5), (3, 2.0)]),
            ("zh", &[(5, 1.0), (6, 2.0)], &[(5, 0.5), (6, 1.0)]),
            ("fr-CA", &[(5, 1.0), (6, 4.0)], &[(5, 2.0), (6, 0.02)]),
        ];
        for (wanted, found, expected) in rows {
            let mut out = found.to_vec();
            traits.prefer(wanted, 0.5, &mut out);
            assert_eq!(out, expected, "{wanted} {found:?}");
        }
        // One language takes a few bytes, and nothing is changed by it.
        let traits = read(&[("zh", ""), ("zh", ""), ("zh", "")]);
        let mut out = vec![(0, 1.0), (2, 3.0)];
        traits.prefer("zh", 0.5, &mut out);
        assert_eq!((out, traits.of.len()), (vec![(0, 1.0), (2, 3.0)], 0));
    }
}

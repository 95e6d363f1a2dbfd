//! Scores documents: which have the words, where, how often, how near each other.
//!
//! *In*: the clauses of a query and the terms found for their words. *Out*: documents with scores. The weights stand in [`Knobs`], tuned
//! on labelled queries with `examples/bench.rs`.

use crate::index::{List, Opened, Reads, Stop};
use crate::query::{Atom, Scope};
use crate::sort;
use crate::terms::Found;
use std::collections::BTreeMap;

/// What the ranking weighs. BM25F: occurrences in all fields are weighted and added before they saturate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knobs {
    /// Worth of an occurrence in title, other names, headings, body, code.
    pub(crate) fields: [f32; 5],
    /// How much a field's length tells against it, likewise.
    pub(crate) lengths: [f32; 5],
    /// How fast more occurrences stop to matter.
    pub(crate) saturation: f32,
    /// Share of a query's worth that a title adds when the query is all of it.
    pub(crate) whole_title: f32,
    /// Share that is added when all words stand in the title or a heading.
    pub(crate) all_in_title: f32,
    pub(crate) all_in_headings: f32,
    /// Worth of the whole query standing together as typed.
    pub(crate) together: f32,
    /// Partial answers: how much the share of the query that matches counts (an exponent).
    pub(crate) coverage: f32,
}

pub(crate) const KNOBS: Knobs = Knobs {
    fields: [6.0, 3.0, 3.0, 1.0, 0.6],
    lengths: [0.4, 0.3, 0.5, 0.7, 0.7],
    saturation: 1.2,
    whole_title: 2.0,
    all_in_title: 0.8,
    all_in_headings: 0.3,
    together: 0.6,
    coverage: 2.0,
};

/// How an atom matches one document.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Match {
    pub(crate) score: f32,
    /// Bit a field in which it occurs.
    pub(crate) fields: u8,
}

/// Documents in which an atom matches.
pub(crate) type Matches = BTreeMap<u32, Match>;

/// An atom's words with the terms found for each.
pub(crate) struct Resolved<'a> {
    pub(crate) atom: &'a Atom,
    pub(crate) words: Vec<Vec<Found>>,
}

/// Matches an atom: its one word, or all its words one after the other.
pub(crate) fn match_atom(opened: &Opened, resolved: &Resolved<'_>, reads: &mut Reads) -> Result<Matches, Stop> {
    let mut counts: BTreeMap<u32, [f32; 5]> = BTreeMap::new();
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        if let [word] = resolved.words.as_slice() {
            for found in word.iter().filter(|found| found.field == field) {
                let Some(list) = reads.take(opened.list(&found.info))? else { continue };
                for (&doc, &count) in list.docs.iter().zip(&list.counts) {
                    counts.entry(doc).or_default()[field] += count as f32 * found.weight;
                }
            }
        } else {
            for (doc, count) in match_phrase(opened, resolved, field, reads)? {
                counts.entry(doc).or_default()[field] += count;
            }
        }
    }
    Ok(score(opened, &counts))
}

/// BM25F over the counts of one word or phrase.
fn score(opened: &Opened, counts: &BTreeMap<u32, [f32; 5]>) -> Matches {
    let (all, with) = (opened.documents as f32, counts.len() as f32);
    let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
    let of_document = |(&doc, counts): (&u32, &[f32; 5])| {
        let mut sum = 0.0;
        let mut fields = 0;
        for (field, &count) in counts.iter().enumerate() {
            if count > 0.0 {
                let length = opened.lengths.get(field, doc) as f32 / opened.lengths.means[field];
                let weight = KNOBS.lengths[field];
                sum += KNOBS.fields[field] * count / (1.0 - weight + weight * length);
                fields |= 1 << field;
            }
        }
        (doc, Match { score: rarity * sum * (KNOBS.saturation + 1.0) / (KNOBS.saturation + sum), fields })
    };
    // Not collected: that would sort what is sorted.
    let mut matches = Matches::new();
    matches.extend(counts.iter().map(of_document));
    matches
}

/// A term's list in a phrase.
struct Part<'a> {
    found: &'a Found,
    list: List,
}

/// Documents of a field in which the words follow each other, and how often.
fn match_phrase(opened: &Opened, resolved: &Resolved<'_>, field: usize, reads: &mut Reads) -> Result<Vec<(u32, f32)>, Stop> {
    let of_field = |word: &'_ Vec<Found>| word.iter().filter(|found| found.field == field).count();
    if resolved.words.is_empty() || resolved.words.iter().any(|word| of_field(word) == 0) {
        return Ok(Vec::new());
    }
    let kept = needed(resolved, field);
    let mut words: Vec<Vec<Part<'_>>> = Vec::new();
    let mut whole = true;
    for &at in &kept {
        let mut parts = Vec::new();
        for found in resolved.words[at].iter().filter(|found| found.field == field) {
            match reads.take(opened.list(&found.info))? {
                Some(list) => parts.push(Part { found, list }),
                None => whole = false,
            }
        }
        words.push(parts);
    }
    if !whole {
        return Ok(Vec::new());
    }
    // Documents that have a term of every word.
    let frequency = |parts: &Vec<_>| parts.iter().map(|part: &Part<'_>| part.list.docs.len()).sum::<usize>();
    sort::by(&mut words, |a, b| frequency(a).cmp(&frequency(b)));
    let mut order = kept;
    let frequency =
        |at: usize| resolved.words[at].iter().filter(|found| found.field == field).map(|found| found.info.doc_freq as usize).sum::<usize>();
    sort::by(&mut order, |&a, &b| frequency(a).cmp(&frequency(b)));
    let mut docs: Vec<u32> = words[0].iter().flat_map(|part| part.list.docs.iter().copied()).collect();
    sort::numbers(&mut docs);
    docs.dedup();
    for parts in &words[1..] {
        docs.retain(|doc| parts.iter().any(|part| part.list.docs.binary_search(doc).is_ok()));
    }
    if docs.is_empty() {
        return Ok(Vec::new());
    }
    // Where each word begins in those documents, counted from the phrase's first word.
    let mut starts: Vec<BTreeMap<u32, Vec<u32>>> = Vec::new();
    for (parts, &at) in words.iter().zip(&order) {
        let shift = resolved.atom.words[at].at;
        let mut of_word: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for part in parts {
            let places: Vec<usize> = docs.iter().filter_map(|doc| part.list.docs.binary_search(doc).ok()).collect();
            if places.is_empty() {
                continue;
            }
            let Some(mut positions) = reads.take(opened.positions(&part.found.info, &part.list, &places))? else {
                whole = false;
                continue;
            };
            for place in places {
                let out = of_word.entry(part.list.docs[place]).or_default();
                let from = out.len();
                positions.read(&part.list, place, out);
                out[from..].iter_mut().for_each(|position| *position = position.wrapping_sub(shift));
            }
        }
        of_word.values_mut().for_each(|positions| sort::numbers(positions));
        starts.push(of_word);
    }
    if !whole {
        return Ok(Vec::new());
    }
    let count = |doc: u32| {
        let first = starts[0].get(&doc)?;
        let all =
            |start: &&u32| starts[1..].iter().all(|word| word.get(&doc).is_some_and(|positions| positions.binary_search(start).is_ok()));
        let count = first.iter().filter(all).count();
        (count > 0).then_some((doc, count as f32))
    };
    Ok(docs.into_iter().filter_map(count).collect())
}

/// The words of a phrase that must be read: a pair whose characters its neighbours hold can be left out, the longest lists first.
fn needed(resolved: &Resolved<'_>, field: usize) -> Vec<usize> {
    let words = &resolved.atom.words;
    let is_pair = |at: usize| words[at].text.chars().count() == 2 && words[at].text.chars().all(crate::token::is_dense);
    let cost = |at: usize| -> usize {
        let of_field = resolved.words[at].iter().filter(|found| found.field == field);
        of_field.map(|found| found.info.positions_range.len() + found.info.postings_range.len()).sum()
    };
    let mut costs: Vec<(usize, usize)> = (1..words.len().saturating_sub(1)).map(|at| (cost(at), at)).collect();
    sort::by(&mut costs, |a, b| b.cmp(a));
    let mut kept = vec![true; words.len()];
    for (_, at) in costs {
        let neighbours = kept[at - 1] && kept[at + 1] && words[at].at == words[at - 1].at + 1 && words[at + 1].at == words[at].at + 1;
        if neighbours && is_pair(at - 1) && is_pair(at) && is_pair(at + 1) {
            kept[at] = false;
        }
    }
    (0..words.len()).filter(|&at| kept[at]).collect()
}

/// Documents that only have some of the words: each token counts for itself, and the share of the query that matches.
pub(crate) fn match_partly(opened: &Opened, atoms: &[Resolved<'_>], reads: &mut Reads) -> Result<Vec<(u32, f32)>, Stop> {
    let mut sums: BTreeMap<u32, (f32, f32)> = BTreeMap::new();
    let mut worth = 0.0;
    for resolved in atoms.iter().filter(|resolved| !matches!(resolved.atom.scope, Scope::Tag | Scope::Path | Scope::Language)) {
        for word in &resolved.words {
            let mut counts: BTreeMap<u32, [f32; 5]> = BTreeMap::new();
            for found in word {
                let Some(list) = reads.take(opened.list(&found.info))? else { continue };
                for (&doc, &count) in list.docs.iter().zip(&list.counts) {
                    counts.entry(doc).or_default()[found.field] += count as f32 * found.weight;
                }
            }
            let rarity = (1.0 + opened.documents as f32 / (counts.len() as f32 + 0.5)).ln();
            worth += rarity;
            for (doc, matched) in score(opened, &counts) {
                let sum = sums.entry(doc).or_default();
                sum.0 += matched.score;
                sum.1 += rarity;
            }
        }
    }
    let best = sums.values().map(|(_, covered)| *covered).fold(0.0, f32::max);
    let enough = sums.into_iter().filter(|(_, (_, covered))| *covered >= best * 0.5);
    Ok(enough.map(|(doc, (score, covered))| (doc, score * (covered / worth.max(f32::MIN_POSITIVE)).powf(KNOBS.coverage))).collect())
}

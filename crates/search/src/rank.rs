//! Scores documents: which have the words, where, how often, how near each other.
//!
//! *In*: the clauses of a query and the terms found for their words. *Out*: documents with scores. The weights stand in [`Knobs`], tuned
//! on labelled queries with `examples/bench.rs`.

use crate::index::{List, Opened, Reads, Stop};
use crate::query::{Atom, Scope};
use crate::schema::FIELDS;
use crate::terms::Found;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the ranking weighs. BM25F: occurrences in all fields are weighted and added before they saturate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knobs {
    /// Worth of an occurrence in title, other names, headings, body, code.
    pub(crate) fields: [f32; FIELDS],
    /// How much a field's length tells against it, likewise.
    pub(crate) lengths: [f32; FIELDS],
    /// Worth of a name or a heading that was typed in pinyin, and how much more when nothing of it was left out.
    pub(crate) spelled: [f32; 2],
    pub(crate) spelled_whole: f32,
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
    spelled: [2.0, 1.0],
    spelled_whole: 1.5,
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

/// Documents in which an atom matches, ascending.
pub(crate) type Matches = Vec<(u32, Match)>;

/// What is known of a document.
pub(crate) fn match_of(matches: &Matches, doc: u32) -> Option<Match> {
    matches.binary_search_by_key(&doc, |(doc, _)| *doc).ok().map(|at| matches[at].1)
}

/// An atom's words with the terms found for each.
pub(crate) struct Resolved<'a> {
    pub(crate) atom: &'a Atom,
    pub(crate) words: Vec<Vec<Found>>,
    /// Names that its only word spells in pinyin.
    pub(crate) spelled: Option<Spelled>,
}

/// Names that a word spells in pinyin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelled {
    /// The documents that have such a name or heading.
    pub(crate) matches: Matches,
    /// The characters that are meant.
    pub(crate) meant: Vec<String>,
}

impl Resolved<'_> {
    fn in_field(&self, word: usize, field: usize) -> impl Iterator<Item = &Found> {
        self.words[word].iter().filter(move |found| found.field == field)
    }

    fn has_all(&self, field: usize) -> bool {
        !self.words.is_empty() && (0..self.words.len()).all(|word| self.in_field(word, field).next().is_some())
    }

    /// Whether some field has all the words, as far as the dictionary tells.
    pub(crate) fn is_possible(&self) -> bool {
        self.spelled.is_some() || crate::terms::fields_of(self.atom.scope).iter().any(|&field| self.has_all(field))
    }
}

/// Documents of which some field has all words of an atom, wherever they stand in it; ascending.
pub(crate) fn documents_of(opened: &Opened, resolved: &Resolved<'_>, reads: &mut Reads) -> Result<Vec<u32>, Stop> {
    if let Some(spelled) = &resolved.spelled {
        return Ok(spelled.matches.iter().map(|(doc, _)| *doc).collect());
    }
    let mut docs = Vec::new();
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        if resolved.has_all(field) {
            docs.extend(with_all_words(opened, resolved, field, reads)?);
        }
    }
    docs.sort();
    docs.dedup();
    Ok(docs)
}

/// How many lists are read before it is seen whether the others matter.
const FIRST_LISTS: usize = 3;

/// Documents of which a field has all words of an atom: the rarest first, as they often leave nothing to look for.
fn with_all_words(opened: &Opened, resolved: &Resolved<'_>, field: usize, reads: &mut Reads) -> Result<Vec<u32>, Stop> {
    let order = needed(resolved, field);
    let mut docs: Option<Vec<u32>> = None;
    for (turn, &word) in order.iter().enumerate() {
        if turn >= FIRST_LISTS && docs.as_ref().is_none_or(Vec::is_empty) {
            break;
        }
        let mut of_word = Vec::new();
        let mut whole = true;
        for found in resolved.in_field(word, field) {
            match reads.list(opened, &found.info)? {
                Some(list) => of_word.extend_from_slice(&list.docs),
                None => whole = false,
            }
        }
        if !whole {
            // The lists that are read at once are named at once; their documents are not known yet.
            docs = None;
            let end = if turn < FIRST_LISTS { FIRST_LISTS.min(order.len()) } else { order.len() };
            for &word in &order[turn + 1..end] {
                for found in resolved.in_field(word, field) {
                    reads.list(opened, &found.info)?;
                }
            }
            break;
        }
        // Runs that ascend: cheap to sort.
        of_word.sort();
        of_word.dedup();
        docs = Some(match docs {
            None => of_word,
            Some(docs) => docs.into_iter().filter(|doc| of_word.binary_search(doc).is_ok()).collect(),
        });
    }
    Ok(docs.unwrap_or_default())
}

/// Matches an atom in some documents, which are those in `among` that have its words: its one word, or all its words one after the other.
/// `with` is in how many documents it is, as far as is known.
pub(crate) fn match_atom(opened: &Opened, resolved: &Resolved<'_>, among: &[u32], with: usize, reads: &mut Reads) -> Result<Matches, Stop> {
    if let Some(spelled) = &resolved.spelled {
        return Ok(spelled.matches.iter().filter(|(doc, _)| among.binary_search(doc).is_ok()).copied().collect());
    }
    let mut counts: Vec<(u32, usize, f32)> = Vec::new();
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        if resolved.words.len() == 1 {
            count_word(opened, resolved.in_field(0, field), Some(among), &mut counts, reads)?;
        } else if resolved.has_all(field) {
            let found = match_phrase(opened, resolved, field, among, reads)?;
            counts.extend(found.into_iter().map(|(doc, count)| (doc, field, count)));
        }
    }
    Ok(score(opened, counts, with))
}

/// Adds how often a word occurs: document, field, times.
fn count_word<'a>(
    opened: &Opened,
    found: impl Iterator<Item = &'a Found>,
    among: Option<&[u32]>,
    counts: &mut Vec<(u32, usize, f32)>,
    reads: &mut Reads,
) -> Result<(), Stop> {
    for found in found {
        let Some(list) = reads.list(opened, &found.info)? else { continue };
        let all = list.docs.iter().zip(&list.counts).map(|(&doc, &count)| (doc, found.field, count as f32 * found.weight));
        match among {
            None => counts.extend(all),
            Some(among) => {
                let mut rest = among;
                counts.extend(all.filter(|(doc, _, _)| {
                    rest = &rest[rest.partition_point(|other| other < doc)..];
                    rest.first() == Some(doc)
                }));
            }
        }
    }
    Ok(())
}

/// BM25F over the counts of one word or phrase that is in `with` documents.
fn score(opened: &Opened, mut counts: Vec<(u32, usize, f32)>, with: usize) -> Matches {
    // Runs that ascend, one a term.
    counts.sort_by_key(|&(doc, field, _)| (doc, field));
    let (all, with) = (opened.documents as f32, with as f32);
    let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
    let of_document = |counts: &[(u32, usize, f32)]| {
        let (mut sum, mut fields, doc) = (0.0, 0, counts[0].0);
        for of_field in counts.chunk_by(|a, b| a.1 == b.1) {
            let field = of_field[0].1;
            let count: f32 = of_field.iter().map(|(_, _, count)| count).sum();
            let length = opened.lengths.get(field, doc) as f32 / opened.lengths.means[field];
            let weight = KNOBS.lengths[field];
            sum += KNOBS.fields[field] * count / (1.0 - weight + weight * length);
            fields |= 1 << field;
        }
        (doc, Match { score: rarity * sum * (KNOBS.saturation + 1.0) / (KNOBS.saturation + sum), fields })
    };
    counts.chunk_by(|a, b| a.0 == b.0).map(of_document).collect()
}

/// A term's list in a phrase.
struct Part<'a> {
    found: &'a Found,
    list: Rc<List>,
}

/// Documents of a field in which the words follow each other, and how often.
fn match_phrase(opened: &Opened, resolved: &Resolved<'_>, field: usize, among: &[u32], reads: &mut Reads) -> Result<Vec<(u32, f32)>, Stop> {
    let order = needed(resolved, field);
    let mut docs = with_all_words(opened, resolved, field, reads)?;
    docs.retain(|doc| among.binary_search(doc).is_ok());
    if docs.is_empty() {
        return Ok(Vec::new());
    }
    // Where each word begins in those documents, counted from the phrase's first word.
    let mut whole = true;
    let mut starts: Vec<BTreeMap<u32, Vec<u32>>> = Vec::new();
    for &at in &order {
        let shift = resolved.atom.words[at].at;
        let mut of_word: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for found in resolved.in_field(at, field) {
            let Some(list) = reads.list(opened, &found.info)? else { continue };
            let part = Part { found, list };
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
        of_word.values_mut().for_each(|positions| positions.sort_unstable());
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

/// Matches a phrase that only adds to a score: in the fields where that costs few bytes.
pub(crate) fn match_together(opened: &Opened, resolved: &Resolved<'_>, among: &[u32], reads: &mut Reads) -> Result<Matches, Stop> {
    let mut counts = Vec::new();
    let mut with = Vec::new();
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        let bytes: usize =
            resolved.words.iter().flatten().filter(|found| found.field == field).map(|found| found.info.positions_range.len()).sum();
        if resolved.has_all(field) && bytes <= TOGETHER_BYTES {
            let found = match_phrase(opened, resolved, field, among, reads)?;
            with.extend(found.iter().map(|(doc, _)| *doc));
            counts.extend(found.into_iter().map(|(doc, count)| (doc, field, count)));
        }
    }
    with.sort_unstable();
    with.dedup();
    Ok(score(opened, counts, with.len()))
}

/// How many bytes of positions may be read to see whether words stand together that need not.
const TOGETHER_BYTES: usize = 24 << 10;

/// The words of a phrase that must be read, the rarest first: a pair whose characters its neighbours hold is left out, the longest lists first.
fn needed(resolved: &Resolved<'_>, field: usize) -> Vec<usize> {
    let words = &resolved.atom.words;
    let is_pair = |at: usize| words[at].text.chars().count() == 2 && words[at].text.chars().all(crate::token::is_dense);
    let cost = |at: usize| -> usize {
        resolved.in_field(at, field).map(|found| found.info.positions_range.len() + found.info.postings_range.len()).sum()
    };
    let mut costs: Vec<(usize, usize)> = (1..words.len().saturating_sub(1)).map(|at| (cost(at), at)).collect();
    costs.sort_unstable_by(|a, b| b.cmp(a));
    let mut kept = vec![true; words.len()];
    for (_, at) in costs {
        let neighbours = kept[at - 1] && kept[at + 1] && words[at].at == words[at - 1].at + 1 && words[at + 1].at == words[at].at + 1;
        if neighbours && is_pair(at - 1) && is_pair(at) && is_pair(at + 1) {
            kept[at] = false;
        }
    }
    let mut kept: Vec<usize> = (0..words.len()).filter(|&at| kept[at]).collect();
    kept.sort_by_key(|&at| resolved.in_field(at, field).map(|found| found.info.doc_freq as usize).sum::<usize>());
    kept
}

/// Documents that only have some of the words: each token counts for itself, and the share of the query that matches.
pub(crate) fn match_partly(opened: &Opened, atoms: &[Resolved<'_>], reads: &mut Reads) -> Result<Vec<(u32, f32)>, Stop> {
    let mut sums: BTreeMap<u32, (f32, f32)> = BTreeMap::new();
    let mut worth = 0.0;
    for resolved in atoms.iter().filter(|resolved| !matches!(resolved.atom.scope, Scope::Tag | Scope::Path | Scope::Language)) {
        for (doc, matched) in resolved.spelled.iter().flat_map(|spelled| &spelled.matches) {
            let sum = sums.entry(*doc).or_default();
            *sum = (sum.0 + matched.score, sum.1 + matched.score);
        }
        for (word, found) in resolved.atom.words.iter().zip(&resolved.words) {
            if word.is_filler() {
                continue;
            }
            let mut counts = Vec::new();
            count_word(opened, found.iter(), None, &mut counts, reads)?;
            counts.sort_by_key(|&(doc, field, _)| (doc, field));
            let with = counts.chunk_by(|a, b| a.0 == b.0).count();
            let rarity = (1.0 + opened.documents as f32 / (with as f32 + 0.5)).ln();
            worth += rarity;
            for (doc, matched) in score(opened, counts, with) {
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

//! Scores documents: which have the words, where, how often, how near each other.
//!
//! *In*: the clauses of a query and the terms found for their words. *Out*: documents with scores. The weights stand in [`Knobs`], tuned
//! on labelled queries with `examples/bench.rs`.

use crate::docs::{Docs, sort, sort_numbers};
use crate::index::{Opened, Reads, Stop};
use crate::query::{Atom, Scope};
use crate::schema::{BODY, CODE, FIELDS};
use crate::terms::Found;

/// What the ranking weighs. BM25F: occurrences in all fields are weighted and added before they saturate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knobs {
    /// Worth of an occurrence in title, other names, headings, body, code.
    pub(crate) fields: [f32; FIELDS],
    /// Worth of an occurrence in code of a name that is typed as code has it (`--dry-run`, `POD_NAME`).
    pub(crate) names_in_code: f32,
    /// How much a field's length tells against it, likewise.
    pub(crate) lengths: [f32; FIELDS],
    /// Worth of a name or a heading that was typed in pinyin, and how much more when nothing of it was left out.
    pub(crate) spelled: [f32; 2],
    pub(crate) spelled_whole: f32,
    /// How fast more occurrences stop to matter.
    pub(crate) saturation: f32,
    /// Share of a query's worth that a title adds when the query is all of it.
    pub(crate) whole_title: f32,
    /// Share that is added when all words stand in the title, and how much more when they are all of it; and when they stand in headings.
    pub(crate) in_title: f32,
    pub(crate) all_in_title: f32,
    pub(crate) all_in_headings: f32,
    /// Worth of the whole query standing together as typed.
    pub(crate) together: f32,
    /// Questions: share of what a page with all the words is worth that is added to what its single words are.
    pub(crate) all_words: f32,
    /// Partial answers: how much the share of the query that matches counts (an exponent).
    pub(crate) coverage: f32,
    /// Partial answers: share that is added when the title has nothing but words of the query.
    pub(crate) title_of_query: f32,
    /// What an occurrence in the text of a page that only lists others is worth of one elsewhere.
    pub(crate) in_list: f32,
    /// What is left of the worth of a page in another language than the reader's.
    pub(crate) other_language: f32,
}

pub(crate) const KNOBS: Knobs = Knobs {
    fields: [6.0, 3.0, 3.0, 1.0, 0.6],
    names_in_code: 3.0,
    lengths: [0.4, 0.3, 0.5, 0.7, 0.7],
    spelled: [2.0, 1.0],
    spelled_whole: 1.5,
    saturation: 1.2,
    whole_title: 2.0,
    in_title: 1.0,
    all_in_title: 0.8,
    all_in_headings: 0.2,
    together: 0.6,
    all_words: 0.5,
    coverage: 2.0,
    title_of_query: 3.0,
    in_list: 0.2,
    other_language: 0.8,
};

/// How an atom matches one document.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Match {
    pub(crate) score: f32,
    /// Bit a field in which it occurs as typed, or as nearly so as anywhere.
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
    /// What an occurrence in each field is worth.
    fn worths(&self) -> [f32; FIELDS] {
        let mut worths = KNOBS.fields;
        let Atom { text, tokens, .. } = self.atom;
        if *tokens > 1 && text.is_ascii() && !text.contains(' ') {
            worths[CODE] = KNOBS.names_in_code;
        }
        worths
    }

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
    let mut docs = Docs::new(opened.documents);
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        if resolved.has_all(field) {
            docs.extend(&with_all_words(opened, resolved, field, reads)?);
        }
    }
    Ok(docs.list())
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
        let mut of_word = Docs::new(opened.documents);
        let mut whole = true;
        for found in resolved.in_field(word, field) {
            match reads.list(opened, &found.info)? {
                Some(list) => of_word.extend(&list.docs),
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
        docs = Some(match docs {
            None => of_word.list(),
            Some(docs) => docs.into_iter().filter(|doc| of_word.contains(*doc)).collect(),
        });
    }
    Ok(docs.unwrap_or_default())
}

/// Matches an atom in some documents, which are those in `among` that have its words: its one word, or all its words one after the other.
/// `with` is in how many documents it is, as far as is known.
pub(crate) fn match_atom(opened: &Opened, resolved: &Resolved<'_>, among: &Docs, with: usize, reads: &mut Reads) -> Result<Matches, Stop> {
    if let Some(spelled) = &resolved.spelled {
        return Ok(spelled.matches.iter().filter(|(doc, _)| among.contains(*doc)).copied().collect());
    }
    let mut counts = Counts::new(opened);
    if let [found] = resolved.words.as_slice() {
        count_word(opened, found, Some(among), &mut counts, reads)?;
    } else {
        for &field in crate::terms::fields_of(resolved.atom.scope) {
            if resolved.has_all(field) {
                match_phrase(opened, resolved, field, among, reads, &mut |doc, count| counts.add(doc, field, count, true))?;
            }
        }
    }
    Ok(score(opened, &counts, resolved.worths(), with))
}

/// How often a word or phrase occurs in each field of each document.
struct Counts {
    /// [`FIELDS`] of each document.
    times: Vec<f32>,
    /// Bit a field in which the word itself is, or what is nearest to it; of each document.
    nearest: Vec<u8>,
    docs: Docs,
}

impl Counts {
    fn new(opened: &Opened) -> Self {
        let documents = opened.documents as usize;
        Self { times: vec![0.0; documents * FIELDS], nearest: vec![0; documents], docs: Docs::new(opened.documents) }
    }

    fn add(&mut self, doc: u32, field: usize, times: f32, is_nearest: bool) {
        if let Some(count) = self.times.get_mut(doc as usize * FIELDS + field) {
            *count += times;
            self.nearest[doc as usize] |= u8::from(is_nearest) << field;
            self.docs.insert(doc);
        }
    }
}

/// Adds how often a word occurs.
fn count_word(opened: &Opened, found: &[Found], among: Option<&Docs>, counts: &mut Counts, reads: &mut Reads) -> Result<(), Stop> {
    let nearest = found.iter().map(|found| found.weight).fold(0.0, f32::max);
    for found in found {
        let Some(list) = reads.list(opened, &found.info)? else { continue };
        for (&doc, &count) in list.docs.iter().zip(&list.counts) {
            if among.is_none_or(|among| among.contains(doc)) {
                counts.add(doc, found.field, count as f32 * found.weight, found.weight >= nearest);
            }
        }
    }
    Ok(())
}

/// BM25F over the counts of one word or phrase that is in `with` documents. `worths` is what an occurrence in each field is worth.
fn score(opened: &Opened, counts: &Counts, worths: [f32; FIELDS], with: usize) -> Matches {
    let (all, with) = (opened.documents as f32, with as f32);
    let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
    let of_document = |doc: u32| {
        let mut sum = 0.0;
        let fields = counts.nearest[doc as usize];
        for (field, worth) in worths.iter().enumerate() {
            let count = counts.times[doc as usize * FIELDS + field];
            if count > 0.0 {
                let length = opened.lengths.get(field, doc) as f32 / opened.lengths.means[field];
                let weight = KNOBS.lengths[field];
                let share = if field == BODY && opened.traits.is_list(doc) { KNOBS.in_list } else { 1.0 };
                sum += worth * share * count / (1.0 - weight + weight * length);
            }
        }
        (doc, Match { score: rarity * sum * (KNOBS.saturation + 1.0) / (KNOBS.saturation + sum), fields })
    };
    counts.docs.list().into_iter().map(of_document).collect()
}

/// Calls `sink` with the documents in `among` of which a field has the words one after the other, and how often.
fn match_phrase(
    opened: &Opened,
    resolved: &Resolved<'_>,
    field: usize,
    among: &Docs,
    reads: &mut Reads,
    sink: &mut dyn FnMut(u32, f32),
) -> Result<(), Stop> {
    let order = needed(resolved, field);
    let mut docs = with_all_words(opened, resolved, field, reads)?;
    docs.retain(|doc| among.contains(*doc));
    if docs.is_empty() {
        return Ok(());
    }
    // Where each word begins in those documents, counted from the phrase's first word.
    let mut whole = true;
    let mut starts: Vec<Vec<Vec<u32>>> = Vec::new();
    for &at in &order {
        let shift = resolved.atom.words[at].at;
        let mut of_word: Vec<Vec<u32>> = vec![Vec::new(); docs.len()];
        for found in resolved.in_field(at, field) {
            let Some(list) = reads.list(opened, &found.info)? else { continue };
            let mut places = Vec::new();
            let mut of_docs = Vec::new();
            for (doc, out) in docs.iter().zip(&mut of_word) {
                if let Ok(place) = list.docs.binary_search(doc) {
                    places.push(place);
                    of_docs.push(out);
                }
            }
            if places.is_empty() {
                continue;
            }
            let Some(mut positions) = reads.take(opened.positions(&found.info, &list, &places))? else {
                whole = false;
                continue;
            };
            for (place, out) in places.into_iter().zip(of_docs) {
                let from = out.len();
                positions.read(&list, place, out);
                out[from..].iter_mut().for_each(|position| *position = position.wrapping_sub(shift));
            }
        }
        of_word.iter_mut().for_each(|positions| sort_numbers(positions));
        starts.push(of_word);
    }
    if !whole {
        return Ok(());
    }
    for (at, doc) in docs.into_iter().enumerate() {
        let is_all = |start: &&u32| starts[1..].iter().all(|word| word[at].binary_search(start).is_ok());
        let count = starts[0][at].iter().filter(is_all).count();
        if count > 0 {
            sink(doc, count as f32);
        }
    }
    Ok(())
}

/// Matches a phrase that only adds to a score: in the fields where that costs few bytes.
pub(crate) fn match_together(opened: &Opened, resolved: &Resolved<'_>, among: &Docs, reads: &mut Reads) -> Result<Matches, Stop> {
    let mut counts = Counts::new(opened);
    for &field in crate::terms::fields_of(resolved.atom.scope) {
        let bytes: usize =
            resolved.words.iter().flatten().filter(|found| found.field == field).map(|found| found.info.positions_range.len()).sum();
        if resolved.has_all(field) && bytes <= TOGETHER_BYTES {
            match_phrase(opened, resolved, field, among, reads, &mut |doc, count| counts.add(doc, field, count, true))?;
        }
    }
    let with = counts.docs.list().len();
    Ok(score(opened, &counts, KNOBS.fields, with))
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
    sort(&mut costs, |a, b| a > b);
    let mut kept = vec![true; words.len()];
    for (_, at) in costs {
        let neighbours = kept[at - 1] && kept[at + 1] && words[at].at == words[at - 1].at + 1 && words[at + 1].at == words[at].at + 1;
        if neighbours && is_pair(at - 1) && is_pair(at) && is_pair(at + 1) {
            kept[at] = false;
        }
    }
    let mut kept: Vec<usize> = (0..words.len()).filter(|&at| kept[at]).collect();
    let rarity = |at: usize| (resolved.in_field(at, field).map(|found| found.info.doc_freq as usize).sum::<usize>(), at);
    sort(&mut kept, |&a, &b| rarity(a) < rarity(b));
    kept
}

/// Documents that only have some of the words: each token counts for itself, and the share of the query that matches. `title_of_query` is what a title adds that
/// has nothing but words of the query.
pub(crate) fn match_partly(
    opened: &Opened,
    atoms: &[Resolved<'_>],
    title_of_query: f32,
    reads: &mut Reads,
) -> Result<Vec<(u32, f32)>, Stop> {
    // Of each document its score, how much of the query it has, and how many words of its title the query has.
    let mut sums = vec![(0.0f32, 0.0f32, 0.0f32); opened.documents as usize];
    let mut worth = 0.0;
    let mut add = |doc: u32, score: f32, covered: f32, in_title: f32| {
        if let Some(sum) = sums.get_mut(doc as usize) {
            *sum = (sum.0 + score, sum.1 + covered, sum.2 + in_title);
        }
    };
    for resolved in atoms.iter().filter(|resolved| !matches!(resolved.atom.scope, Scope::Tag | Scope::Path | Scope::Language)) {
        for (doc, matched) in resolved.spelled.iter().flat_map(|spelled| &spelled.matches) {
            add(*doc, matched.score, matched.score, 0.0);
        }
        for (word, found) in resolved.atom.words.iter().zip(&resolved.words) {
            if word.is_filler() {
                continue;
            }
            let mut counts = Counts::new(opened);
            count_word(opened, found, None, &mut counts, reads)?;
            let with = counts.docs.list().len();
            let rarity = (1.0 + opened.documents as f32 / (with as f32 + 0.5)).ln();
            worth += rarity;
            for (doc, matched) in score(opened, &counts, KNOBS.fields, with) {
                add(doc, matched.score, rarity, counts.times[doc as usize * FIELDS]);
            }
        }
    }
    let best = sums.iter().map(|(_, covered, _)| *covered).fold(0.0, f32::max);
    let enough = (0..).zip(&sums).filter(|(_, (_, covered, _))| *covered > 0.0 && *covered >= best * 0.5);
    let score = |(doc, (score, covered, in_title)): (u32, &(f32, f32, f32))| {
        let share = (in_title / opened.lengths.get(0, doc).max(1) as f32).min(1.0);
        (doc, score * (covered / worth.max(f32::MIN_POSITIVE)).powf(KNOBS.coverage) * (1.0 + title_of_query * share))
    };
    Ok(enough.map(score).collect())
}

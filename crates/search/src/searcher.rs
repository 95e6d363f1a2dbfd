//! Answers queries over a pack, of which any part may be missing yet.
//!
//! *In*: the entry, blocks, a request. *Out*: an answer, or the names of all blocks that the next step needs. A search is started anew each
//! time something arrives; what is there is read from memory, so that costs little.

use crate::docs::{Docs, sort};
use crate::facet;
use crate::index::{Opened, Reads, Stop, damaged};
use crate::pack::{Blocks, read_entry};
use crate::query::{Atom, Clause, Scope, apart, is_question, literal, parse};
use crate::rank::{KNOBS, Match, Matches, Resolved, documents_of, match_atom, match_of, match_together};
use crate::snippet::hit;
use crate::terms::{find, find_meta, find_near, find_pinyin};
use crate::{PackError, Request, Response, Step, record};
use some::match_some;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Reads a pack.
pub struct Searcher {
    blocks: Arc<Blocks>,
    opened: Opened,
    facets: OnceLock<facet::Table>,
}

impl fmt::Debug for Searcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Searcher")
    }
}

impl Searcher {
    /// Opens a pack by its entry. No block is needed yet.
    ///
    /// # Errors
    /// When the entry is damaged or of another version.
    pub fn open(entry: &[u8]) -> Result<Self, PackError> {
        let blocks = Arc::new(Blocks::new(read_entry(entry)?, entry));
        let opened = caught(|| Opened::open(&blocks)).map_err(|_| PackError::Entry("what it holds cannot be read".to_owned()))?;
        Ok(Self { blocks, opened, facets: OnceLock::new() })
    }

    /// Takes a block's decompressed bytes. A block of another pack is ignored.
    ///
    /// # Errors
    /// When they are not the bytes of that block.
    pub fn provide(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        self.blocks.provide(name, bytes)
    }

    /// Answers, or says which blocks are missing.
    #[must_use]
    pub fn search(&self, request: &Request) -> Step {
        self.blocks.forget_missing();
        let result = caught(|| self.try_search(request));
        match result {
            Ok(response) => Step::Done(response),
            Err(Stop::Damaged(what)) => Step::Broken(PackError::Index(what)),
            Err(Stop::Missing) => {
                let missing = self.blocks.take_missing();
                if missing.is_empty() {
                    return Step::Broken(PackError::Index("a read was put off for no block".to_owned()));
                }
                Step::Need(missing)
            }
        }
    }

    /// Answers, getting what is missing through `fetch`, which is given a block's name and returns its decompressed bytes.
    ///
    /// # Errors
    /// When `fetch` fails or the pack is damaged.
    pub fn search_with<E: From<PackError>>(
        &mut self,
        request: &Request,
        mut fetch: impl FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Response, E> {
        loop {
            match self.search(request) {
                Step::Done(response) => return Ok(response),
                Step::Broken(error) => return Err(error.into()),
                Step::Need(names) => {
                    for name in names {
                        let bytes = fetch(&name)?;
                        self.provide(&name, bytes)?;
                    }
                }
            }
        }
    }

    /// Which folder, tags and language each document has, when the request is about them.
    fn facets(&self, opened: &Opened, request: &Request, reads: &mut Reads) -> Result<Option<&facet::Table>, Stop> {
        if !request.facets && request.filters.is_empty() {
            return Ok(None);
        }
        if let Some(facets) = self.facets.get() {
            return Ok(Some(facets));
        }
        Ok(reads.take(opened.facets())?.map(|facets| self.facets.get_or_init(|| facets)))
    }

    fn try_search(&self, request: &Request) -> Result<Response, Stop> {
        let opened = &self.opened;
        let mut clauses = parse(&request.query);
        let mut reads = Reads::default();
        let table = self.facets(opened, request, &mut reads)?;
        let mut resolved = resolve(opened, &clauses, &mut reads)?;
        // Without a word all notes match, in their order.
        let is_empty = clauses.iter().all(|clause| clause.negated);
        let mut ranked = match is_empty {
            true => table.map_or_else(Vec::new, |_| (0..opened.documents).map(|doc| (doc, 0.0)).collect()),
            false => match_all(opened, &clauses, &resolved, &mut reads)?,
        };
        if !ranked.is_empty() && is_question(&clauses) {
            // The page that answers a question need not have all its words; having them tells for it.
            let whole = ranked;
            ranked = match_some(opened, &clauses, &resolved, 0.0, &mut reads)?;
            for (doc, score) in whole {
                match ranked.binary_search_by_key(&doc, |(doc, _)| *doc) {
                    Ok(at) => ranked[at].1 += score * KNOBS.all_words,
                    Err(at) => ranked.insert(at, (doc, score * KNOBS.all_words)),
                }
            }
        }
        if ranked.len() < FEW
            && !is_empty
            && let Some(apart) = apart(&clauses)
        {
            let found = resolve(opened, &apart, &mut reads)?;
            let more = match_all(opened, &apart, &found, &mut reads)?;
            if more.len() > ranked.len() {
                ranked = more;
                clauses = apart;
                resolved = resolve(opened, &clauses, &mut reads)?;
            }
        }
        let as_text = if ranked.is_empty() && !is_empty { literal(&request.query, &clauses) } else { None };
        if let Some(as_text) = as_text {
            let found = resolve(opened, &as_text, &mut reads)?;
            ranked = match_all(opened, &as_text, &found, &mut reads)?;
            if !ranked.is_empty() {
                clauses = as_text;
                resolved = resolve(opened, &clauses, &mut reads)?;
            }
        }
        let partial = ranked.is_empty() && !is_empty;
        if partial {
            ranked = match_some(opened, &clauses, &resolved, KNOBS.title_of_query, &mut reads)?;
        }
        let mut facets = None;
        if let Some(table) = table {
            let (kept, counts) = table.apply(&request.filters, &ranked);
            facets = request.facets.then_some(counts);
            // Nobody asked for all notes.
            ranked = if is_empty && request.filters.is_empty() { Vec::new() } else { kept };
        }
        if !request.language.is_empty() {
            opened.traits.prefer(&request.language, KNOBS.other_language, &mut ranked);
        }
        let total = ranked.len();
        sort(&mut ranked, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)).is_lt());
        ranked.truncate(request.limit);
        let needles = needles::of(&clauses, &resolved, partial);
        let mut records = Vec::new();
        for (doc, score) in ranked {
            records.extend(reads.take(opened.record(doc))?.map(|bytes| (bytes, score)));
        }
        reads.finish()?;
        let unread = || damaged("a stored note cannot be read");
        let show = |(bytes, score): (Vec<u8>, f32)| Ok(hit(record::decode(&bytes).ok_or_else(unread)?, score, &needles));
        let hits = records.into_iter().map(show).collect::<Result<Vec<_>, Stop>>()?;
        Ok(Response { total, partial: partial && total > 0, hits, facets })
    }
}

/// Runs a search such that a panic in tantivy over a damaged index is an error like others. What can be checked is checked before; this is
/// the last net. In the browser a panic ends the engine, and the page sees that.
fn caught<T>(search: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(search));
        caught.unwrap_or_else(|_| Err(damaged("reading it failed")))
    }
    #[cfg(target_arch = "wasm32")]
    search()
}

fn is_meta(scope: Scope) -> bool {
    matches!(scope, Scope::Tag | Scope::Path | Scope::Language)
}

/// Looks up the terms of all words, clause by clause, atom by atom.
fn resolve<'a>(opened: &Opened, clauses: &'a [Clause], reads: &mut Reads) -> Result<Vec<Vec<Resolved<'a>>>, Stop> {
    let mut all = Vec::new();
    let several = clauses.iter().filter(|clause| is_required(clause)).count().min(2);
    for clause in clauses {
        let mut of_clause = Vec::new();
        for atom in &clause.atoms {
            let mut words = Vec::new();
            if !is_meta(atom.scope) {
                // Of a long run of characters only some lists are read; which, the dictionary says.
                let soon = if clause.optional || atom.words.len() > LONG_RUN { 0 } else { atom.words.len().max(several) };
                for word in &atom.words {
                    words.push(find(opened, word, atom.scope, soon, reads)?);
                }
            }
            of_clause.push(Resolved { atom, words, spelled: None });
        }
        all.push(of_clause);
    }
    reads.finish()?;
    // A second step only for words that the index does not have.
    for (clause, of_clause) in clauses.iter().zip(&mut all) {
        for resolved in of_clause.iter_mut().filter(|_| !clause.negated) {
            if resolved.words.iter().all(Vec::is_empty) {
                resolved.spelled = find_pinyin(opened, resolved.atom, reads)?;
            }
            for (word, found) in resolved.atom.words.iter().zip(&mut resolved.words) {
                if found.is_empty() && resolved.spelled.is_none() {
                    *found = find_near(opened, word, resolved.atom.scope, reads)?;
                }
            }
        }
    }
    reads.finish()?;
    Ok(all)
}

/// Where fewer pages have a run of several scripts as it was typed, its parts are looked for, too.
const FEW: usize = 3;
/// How many words a phrase may have of which all are read at once.
const LONG_RUN: usize = 4;
/// Above this share of all documents a word that need not match is not looked at.
const COMMON: f32 = 0.1;

/// Documents that match every clause.
fn match_all(opened: &Opened, clauses: &[Clause], resolved: &[Vec<Resolved<'_>>], reads: &mut Reads) -> Result<Vec<(u32, f32)>, Stop> {
    let both = || clauses.iter().zip(resolved);
    let possible = |resolved: &Resolved<'_>| is_meta(resolved.atom.scope) || resolved.is_possible();
    if both().any(|(clause, of_clause)| is_required(clause) && !of_clause.iter().any(possible)) {
        return Ok(Vec::new());
    }
    // Which documents have the words at all: positions are read of the documents that have all words.
    let mut candidates: Option<Vec<u32>> = None;
    let mut of_atoms: Vec<Vec<Vec<u32>>> = Vec::new();
    for (clause, of_clause) in both() {
        let mut of_clauses_atoms = Vec::new();
        for resolved in of_clause {
            of_clauses_atoms.push(if clause.optional && is_common(opened, resolved) {
                Vec::new()
            } else if is_meta(resolved.atom.scope) {
                find_meta(opened, resolved.atom.scope, &resolved.atom.text, &resolved.atom.words, reads)?
            } else {
                documents_of(opened, resolved, reads)?
            });
        }
        if is_required(clause) {
            let mut docs = Docs::new(opened.documents);
            of_clauses_atoms.iter().for_each(|of_atom| docs.extend(of_atom));
            candidates = Some(match candidates {
                None => docs.list(),
                Some(before) => before.into_iter().filter(|doc| docs.contains(*doc)).collect(),
            });
        }
        of_atoms.push(of_clauses_atoms);
    }
    reads.finish()?;
    let candidates = candidates.unwrap_or_default();
    let mut among = Docs::new(opened.documents);
    among.extend(&candidates);
    let mut matched: Vec<Matches> = Vec::new();
    for (of_clause, docs) in resolved.iter().zip(&of_atoms) {
        let mut of_any = Matches::new();
        for (resolved, docs) in of_clause.iter().zip(docs).filter(|(_, docs)| !docs.is_empty()) {
            let matches = if is_meta(resolved.atom.scope) {
                let docs_here = docs.iter().copied().filter(|doc| among.contains(*doc));
                docs_here.map(|doc| (doc, Match { score: 0.1, fields: u8::MAX })).collect()
            } else {
                match_atom(opened, resolved, &among, docs.len(), reads)?
            };
            of_any = either(of_any, matches);
        }
        matched.push(of_any);
    }
    let together = match together(clauses, resolved) {
        Some((atom, words)) => match_together(opened, &Resolved { atom: &atom, words, spelled: None }, &among, reads)?,
        None => Matches::new(),
    };
    reads.finish()?;
    let both: Vec<(&Clause, &Matches)> = clauses.iter().zip(&matched).collect();
    let tokens: u32 = clauses.iter().filter(|clause| !clause.negated).map(|clause| clause.atoms[0].tokens).sum();
    let score = |&doc: &u32| {
        let mut sum = 0.0;
        let mut fields = u8::MAX;
        for (clause, matches) in &both {
            match match_of(matches, doc) {
                Some(_) if clause.negated => return None,
                None if is_required(clause) => return None,
                Some(found) if clause.optional => sum += found.score * 0.3,
                Some(found) => {
                    sum += found.score;
                    fields &= found.fields;
                }
                None => {}
            }
        }
        sum += match_of(&together, doc).map_or(0.0, |found| found.score * KNOBS.together);
        Some((doc, sum * standing(opened, doc, fields, tokens)))
    };
    Ok(candidates.iter().filter_map(score).collect())
}

/// Documents that match one atom or the other: the better match, and a share of the worse one.
fn either(one: Matches, other: Matches) -> Matches {
    if one.is_empty() {
        return other;
    }
    let mut merged = Matches::with_capacity(one.len() + other.len());
    let mut rest = other.into_iter().peekable();
    for (doc, a) in one {
        while let Some(before) = rest.next_if(|(other, _)| *other < doc) {
            merged.push(before);
        }
        let both = |b: Match| Match { score: a.score.max(b.score) + a.score.min(b.score) * 0.2, fields: a.fields | b.fields };
        merged.push((doc, rest.next_if(|(other, _)| *other == doc).map_or(a, |(_, b)| both(b))));
    }
    merged.extend(rest);
    merged
}

fn is_required(clause: &Clause) -> bool {
    !clause.negated && !clause.optional
}

/// Whether so many documents have a word that it tells nothing of them.
fn is_common(opened: &Opened, resolved: &Resolved<'_>) -> bool {
    resolved.words.iter().flatten().any(|found| found.info.doc_freq as f32 > opened.documents as f32 * COMMON)
}

/// The whole query as one phrase: several words typed in the order in which they stand in a text.
fn together(clauses: &[Clause], resolved: &[Vec<Resolved<'_>>]) -> Option<(Atom, Vec<Vec<crate::terms::Found>>)> {
    let mut atom = Atom { scope: Scope::Any, text: String::new(), words: Vec::new(), tokens: 0 };
    let mut found = Vec::new();
    let mut next = 0;
    for (clause, of_clause) in clauses.iter().zip(resolved) {
        let first = of_clause.first()?;
        if clause.negated || first.atom.scope != Scope::Any {
            return None;
        }
        // Words that need not match only keep their places.
        let kept = if clause.optional { 0 } else { first.words.len() };
        for (word, of_word) in first.atom.words.iter().zip(&first.words).take(kept) {
            let mut word = word.clone();
            word.at += next;
            // Other forms and spellings do not make the same phrase.
            found.push(of_word.iter().filter(|found| found.text == word.text).cloned().collect());
            atom.words.push(word);
        }
        next += first.atom.words.last()?.at + 1;
    }
    let first = atom.words.first()?.at;
    atom.words.iter_mut().for_each(|word| word.at -= first);
    (clauses.iter().filter(|clause| !clause.optional).count() > 1).then_some((atom, found))
}

/// How much more a document is worth when all words stand in its title or headings together.
fn standing(opened: &Opened, doc: u32, fields: u8, tokens: u32) -> f32 {
    let share = |field: usize| (tokens as f32 / opened.lengths.get(field, doc).max(1) as f32).min(1.0);
    let mut factor = 1.0;
    if fields & 1 != 0 {
        factor += KNOBS.in_title + KNOBS.all_in_title * share(0);
        if opened.lengths.get(0, doc) == tokens {
            factor += KNOBS.whole_title;
        }
    }
    if fields & 2 != 0 {
        factor += KNOBS.all_in_title * share(1) * 0.5;
    }
    if fields & 4 != 0 {
        factor += KNOBS.all_in_headings;
    }
    factor
}

mod needles;
mod some;

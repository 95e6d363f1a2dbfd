//! Answers queries over a pack, of which any part may be missing yet.
//!
//! *In*: the entry, blocks, a request. *Out*: an answer, or the names of all blocks that the next step needs. A search is started anew each
//! time something arrives; what is there is read from memory, so that costs little.

use crate::index::{Opened, Reads, Stop};
use crate::pack::{BlockId, Blocks, Table, read_entry};
use crate::query::{Atom, Clause, Scope, parse};
use crate::rank::{KNOBS, Match, Matches, Resolved, match_atom, match_partly};
use crate::snippet::{Needles, hit};
use crate::sort;
use crate::terms::{find, find_meta, find_near};
use crate::{PackError, Request, Response, Step, record};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Reads a pack.
pub struct Searcher {
    hot: BlockId,
    blocks: Arc<Blocks>,
    opened: OnceLock<Opened>,
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
        let hot = read_entry(entry)?;
        let blocks = Arc::new(Blocks::new(hot));
        Ok(Self { hot, blocks, opened: OnceLock::new() })
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
        match self.try_search(request) {
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

    fn opened(&self) -> Result<&Opened, Stop> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let first = self.blocks.block(0).ok_or(Stop::Missing)?;
        let table = Table::decode(&first, self.hot).ok_or_else(|| Stop::Damaged("the table of files cannot be read".to_owned()))?;
        self.blocks.set_table(table);
        let opened = Opened::open(&self.blocks)?;
        Ok(self.opened.get_or_init(|| opened))
    }

    fn try_search(&self, request: &Request) -> Result<Response, Stop> {
        let opened = self.opened()?;
        let clauses = parse(&request.query);
        if clauses.iter().all(|clause| clause.negated) {
            return Ok(Response::default());
        }
        let resolved = resolve(opened, &clauses)?;
        let mut ranked = match_all(opened, &clauses, &resolved)?;
        let partial = ranked.is_empty();
        if partial {
            ranked = match_some(opened, &clauses, &resolved)?;
        }
        let total = ranked.len();
        sort::by(&mut ranked, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(request.limit);
        let needles = needles(&clauses, &resolved, partial);
        let mut reads = Reads::default();
        let mut records = Vec::new();
        for (doc, score) in ranked {
            records.extend(reads.take(opened.record(doc))?.map(|bytes| (bytes, score)));
        }
        reads.finish()?;
        let damaged = || Stop::Damaged("a stored note cannot be read".to_owned());
        let show = |(bytes, score): (Vec<u8>, f32)| Ok(hit(record::decode(&bytes).ok_or_else(damaged)?, score, &needles));
        let hits = records.into_iter().map(show).collect::<Result<Vec<_>, Stop>>()?;
        Ok(Response { total, partial: partial && total > 0, hits })
    }
}

fn is_meta(scope: Scope) -> bool {
    matches!(scope, Scope::Tag | Scope::Path | Scope::Language)
}

/// Looks up the terms of all words, clause by clause, atom by atom.
fn resolve<'a>(opened: &Opened, clauses: &'a [Clause]) -> Result<Vec<Vec<Resolved<'a>>>, Stop> {
    let mut reads = Reads::default();
    let mut all = Vec::new();
    for clause in clauses {
        let mut of_clause = Vec::new();
        for atom in &clause.atoms {
            let mut words = Vec::new();
            if !is_meta(atom.scope) {
                for word in &atom.words {
                    words.push(find(opened, word, atom.scope, &mut reads)?);
                }
            }
            of_clause.push(Resolved { atom, words });
        }
        all.push(of_clause);
    }
    reads.finish()?;
    // A second step only for words that the index does not have.
    let mut reads = Reads::default();
    for (clause, of_clause) in clauses.iter().zip(&mut all) {
        for resolved in of_clause.iter_mut().filter(|_| !clause.negated) {
            for (word, found) in resolved.atom.words.iter().zip(&mut resolved.words) {
                if found.is_empty() {
                    *found = find_near(opened, word, resolved.atom.scope, &mut reads)?;
                }
            }
        }
    }
    reads.finish()?;
    Ok(all)
}

/// Documents that match every clause.
fn match_all(opened: &Opened, clauses: &[Clause], resolved: &[Vec<Resolved<'_>>]) -> Result<Vec<(u32, f32)>, Stop> {
    let mut reads = Reads::default();
    let mut matched: Vec<Matches> = Vec::new();
    for of_clause in resolved {
        let mut of_any = Matches::new();
        for resolved in of_clause {
            for (doc, found) in matches_of(opened, resolved, &mut reads)? {
                let sum = of_any.entry(doc).or_default();
                *sum = Match { score: sum.score.max(found.score) + sum.score.min(found.score) * 0.2, fields: sum.fields | found.fields };
            }
        }
        matched.push(of_any);
    }
    let together = match together(clauses, resolved) {
        Some((atom, words)) => match_atom(opened, &Resolved { atom: &atom, words }, &mut reads)?,
        None => Matches::new(),
    };
    reads.finish()?;
    let both: Vec<(&Clause, &Matches)> = clauses.iter().zip(&matched).collect();
    let required: Vec<&Matches> =
        both.iter().filter(|(clause, _)| !clause.negated && !clause.optional).map(|(_, matches)| *matches).collect();
    let Some(rarest) = required.iter().min_by_key(|matches| matches.len()) else { return Ok(Vec::new()) };
    let tokens: u32 = clauses.iter().filter(|clause| !clause.negated).map(|clause| clause.atoms[0].tokens).sum();
    let score = |&doc: &u32| {
        if both.iter().any(|(clause, matches)| clause.negated && matches.contains_key(&doc)) {
            return None;
        }
        let mut sum = 0.0;
        let mut fields = u8::MAX;
        for matches in &required {
            let found = matches.get(&doc)?;
            sum += found.score;
            fields &= found.fields;
        }
        for (_, matches) in both.iter().filter(|(clause, _)| clause.optional) {
            sum += matches.get(&doc).map_or(0.0, |found| found.score * 0.3);
        }
        sum += together.get(&doc).map_or(0.0, |found| found.score * KNOBS.together);
        Some((doc, sum * standing(opened, doc, fields, tokens)))
    };
    Ok(rarest.keys().filter_map(score).collect())
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
        for (word, of_word) in first.atom.words.iter().zip(&first.words) {
            let mut word = word.clone();
            word.at += next;
            // Other forms and spellings do not make the same phrase.
            found.push(of_word.iter().filter(|found| found.text == word.text).cloned().collect());
            atom.words.push(word);
        }
        next = atom.words.last()?.at + 1;
    }
    (clauses.len() > 1).then_some((atom, found))
}

/// How much more a document is worth when all words stand in its title or headings together.
fn standing(opened: &Opened, doc: u32, fields: u8, tokens: u32) -> f32 {
    let share = |field: usize| (tokens as f32 / opened.lengths.get(field, doc).max(1) as f32).min(1.0);
    let mut factor = 1.0;
    if fields & 1 != 0 {
        factor += KNOBS.all_in_title * share(0);
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

fn matches_of(opened: &Opened, resolved: &Resolved<'_>, reads: &mut Reads) -> Result<Matches, Stop> {
    let atom: &Atom = resolved.atom;
    if is_meta(atom.scope) {
        let docs = find_meta(opened, atom.scope, &atom.text, &atom.words, reads)?;
        let mut matches = Matches::new();
        matches.extend(docs.into_iter().map(|doc| (doc, Match { score: 0.1, fields: u8::MAX })));
        return Ok(matches);
    }
    match_atom(opened, resolved, reads)
}

/// Documents that have the most of the words, among those that the scopes allow.
fn match_some(opened: &Opened, clauses: &[Clause], resolved: &[Vec<Resolved<'_>>]) -> Result<Vec<(u32, f32)>, Stop> {
    let mut reads = Reads::default();
    let mut partly: Vec<Resolved<'_>> = Vec::new();
    let mut allowed: Vec<(bool, BTreeMap<u32, Match>)> = Vec::new();
    for (clause, of_clause) in clauses.iter().zip(resolved) {
        if clause.negated || clause.firm {
            let mut docs = Matches::new();
            for resolved in of_clause {
                docs.extend(matches_of(opened, resolved, &mut reads)?);
            }
            allowed.push((!clause.negated, docs));
        }
        if !clause.negated && !clause.optional {
            partly.extend(of_clause.iter().map(|resolved| Resolved { atom: resolved.atom, words: resolved.words.clone() }));
        }
    }
    let mut ranked = match_partly(opened, &partly, &mut reads)?;
    reads.finish()?;
    ranked.retain(|(doc, _)| allowed.iter().all(|(wanted, docs)| docs.contains_key(doc) == *wanted));
    Ok(ranked)
}

/// What to mark: whole phrases, or their single words when only some were found.
fn needles(clauses: &[Clause], resolved: &[Vec<Resolved<'_>>], partial: bool) -> Needles {
    let mut needles = Needles::default();
    for (_, of_clause) in clauses.iter().zip(resolved).filter(|(clause, _)| !clause.negated && !clause.optional) {
        for resolved in of_clause.iter().filter(|resolved| !is_meta(resolved.atom.scope)) {
            let words = resolved.atom.words.iter().zip(&resolved.words);
            let word = |(word, found): (&crate::query::Word, &'_ Vec<crate::terms::Found>)| {
                let terms: Vec<String> = found.iter().map(|found| found.text.clone()).collect();
                (word.at, terms)
            };
            let words: Vec<(u32, Vec<String>)> = words.map(word).collect();
            if partial {
                for (_, terms) in &words {
                    needles.add(std::iter::once((0, terms.iter().map(String::as_str).collect())));
                }
            } else {
                needles.add(words.iter().map(|(at, terms)| (*at, terms.iter().map(String::as_str).collect())));
            }
        }
    }
    needles
}

//! Finds the terms of the index that a word of a query stands for: itself, longer words, other forms, near spellings.
//!
//! *In*: words. *Out*: for each the terms found in each field, with a weight. All look-ups of a step are tried before it stops for missing
//! blocks. Bounded: whatever is typed, a word stands for a limited number of terms.

use crate::docs::{Docs, sort};
use crate::index::{Opened, Reads, Stop};
use crate::query::{Atom, Scope, Word};
use crate::rank::{KNOBS, Match, Spelled};
use crate::schema;
use crate::spelling::{allowed_edits, edits, stem};
use tantivy::postings::TermInfo;

/// A term that a word stands for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Index into the text fields.
    pub(crate) field: usize,
    pub(crate) text: String,
    pub(crate) info: TermInfo,
    /// One for the word itself, less for what is only like it.
    pub(crate) weight: f32,
}

/// Weight of a longer word that begins with an unfinished one.
const PREFIX_WEIGHT: f32 = 0.6;
/// Weight of another form of the word.
const FORM_WEIGHT: f32 = 0.7;
/// Weight of a near spelling, divided by its distance.
const NEAR_WEIGHT: f32 = 0.5;
/// How many terms a word may stand for in one field.
const MAX_FORMS: usize = 24;
/// How many pairs a single character may stand for in one field: all there are, so that a run that ends in one is found for certain.
const MAX_PAIRS: usize = 4096;
/// How many terms one range may pass over.
const MAX_SCAN: u64 = 32_768;
/// How many names in pinyin a word may stand for.
const MAX_SPELLED: usize = 24;
/// How many near spellings count.
const MAX_NEAR: usize = 6;

/// The fields that a scope looks into.
pub(crate) fn fields_of(scope: Scope) -> &'static [usize] {
    match scope {
        Scope::Any => &[0, 1, 2, 3, 4],
        Scope::Title => &[0, 1],
        Scope::Heading => &[2],
        Scope::Tag | Scope::Path | Scope::Language => &[],
    }
}

/// Whether a field holds few terms: titles, other names and headings.
fn is_small(field: usize) -> bool {
    field <= schema::HEADING
}

/// The terms that `word` stands for in the fields of `scope`, without near spellings. `soon` is how many words of its phrase
/// are read next, with it; 0 when that is not known.
pub(crate) fn find(opened: &Opened, word: &Word, scope: Scope, soon: usize, reads: &mut Reads) -> Result<Vec<Found>, Stop> {
    let fields = fields_of(scope);
    let dense = word.text.chars().next().is_some_and(crate::token::is_dense);
    let letters = word.text.chars().count();
    let root = stem(&word.text);
    let flexible = word.flexible && word.text.len() >= 4 && word.text.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut of_field: [Vec<Found>; schema::FIELDS] = Default::default();
    let exact = format!("{}{}", word.text, schema::mark(0));
    let from = match (word.prefix, flexible) {
        (_, true) => common_root(root),
        (true, false) => word.text.as_str(),
        (false, false) => exact.as_str(),
    };
    let to = if from == exact { format!("{}{}", word.text, schema::mark(schema::FIELDS)).into_bytes() } else { after(from.as_bytes()) };
    let seen = opened.terms.scan(from.as_bytes(), &to, MAX_SCAN, &mut |term, info| {
        let Some((text, field)) = schema::unmark(term) else { return };
        // Two letters begin too many words of a text to read them all.
        let prefix = word.prefix && (dense || letters >= if is_small(field) { 1 } else { 3 });
        let weight = if text == word.text {
            1.0
        } else if flexible && stem(text) == root {
            // Of a word that may be unfinished a shorter form is as likely as a longer word.
            if word.prefix && !text.starts_with(&word.text) { PREFIX_WEIGHT } else { FORM_WEIGHT }
        } else if prefix && text.starts_with(&word.text) {
            if dense { 1.0 } else { PREFIX_WEIGHT }
        } else {
            return;
        };
        if fields.contains(&field) {
            of_field[field].push(Found { field, text: text.to_owned(), info: info.clone(), weight });
        }
    });
    let is_here = reads.take(seen)?.is_some();
    if soon > 0 && !word.is_filler() {
        // Where the dictionary is here the lists are read anyway; the positions behind them are not waited for once more.
        if !is_here || soon > 1 && of_field.iter().flatten().any(|found| found.text == word.text) {
            opened.expect(&word.text, soon > 1);
        }
        if !is_here {
            opened.expect_forms(from.as_bytes(), &to);
        }
    }
    for found in &mut of_field {
        // The word itself and its forms first, then the most frequent longer words.
        sort(found, |a, b| {
            b.weight.total_cmp(&a.weight).then(b.info.doc_freq.cmp(&a.info.doc_freq)).then_with(|| a.text.cmp(&b.text)).is_lt()
        });
        found.truncate(if dense { MAX_PAIRS } else { MAX_FORMS });
    }
    Ok(of_field.into_iter().flatten().collect())
}

/// Names and headings that a word spells in pinyin, which the notes do not have as a word; `None` when there are none.
pub(crate) fn find_pinyin(opened: &Opened, atom: &Atom, reads: &mut Reads) -> Result<Option<Spelled>, Stop> {
    let [word] = atom.words.as_slice() else { return Ok(None) };
    if atom.scope != Scope::Any || !word.flexible || !is_spelling(&word.text) {
        return Ok(None);
    }
    let mut found = Vec::new();
    for (mark, worth) in schema::SPELLED_MARKS.into_iter().zip(KNOBS.spelled) {
        let prefix = format!("{mark}{}", word.text);
        let seen = opened.meta.scan(prefix.as_bytes(), &after(prefix.as_bytes()), MAX_SCAN, &mut |term, info| {
            let Some(token) = std::str::from_utf8(term).ok().and_then(|term| term.strip_prefix(mark)) else { return };
            let Some(meant) = crate::pinyin::meant(token, &word.text, !word.prefix) else { return };
            let is_whole = token.as_bytes().get(word.text.len()) == Some(&b' ');
            found.push((info.clone(), meant, worth * if is_whole { KNOBS.spelled_whole } else { 1.0 }));
        });
        reads.take(seen)?;
    }
    let place = |info: &TermInfo| (std::cmp::Reverse(info.doc_freq), info.postings_range.start);
    sort(&mut found, |a, b| b.2.total_cmp(&a.2).then_with(|| place(&a.0).cmp(&place(&b.0))).is_lt());
    found.truncate(MAX_SPELLED);
    let mut spelled = Spelled::default();
    let mut best = vec![0.0f32; opened.documents as usize];
    for (info, meant, worth) in found {
        let rarity = (1.0 + opened.documents as f32 / (info.doc_freq as f32 + 0.5)).ln();
        for doc in reads.take(opened.meta_list(&info))?.unwrap_or_default() {
            let score = &mut best[doc as usize];
            *score = score.max(rarity * worth);
        }
        if !spelled.meant.contains(&meant) {
            spelled.meant.push(meant);
        }
    }
    let scored = (0..).zip(best).filter(|(_, score)| *score > 0.0);
    spelled.matches = scored.map(|(doc, score)| (doc, Match { score, fields: 0 })).collect();
    Ok((!spelled.meant.is_empty()).then_some(spelled))
}

/// Whether a word may be pinyin: one letter would be everything.
fn is_spelling(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) && word.as_bytes()[0].is_ascii_lowercase()
}

/// What all forms of a word with this stem begin with.
fn common_root(stem: &str) -> &str {
    let end = if stem.len() > 4 { stem.len() - 1 } else { stem.len() };
    stem.get(..end).unwrap_or(stem)
}

/// Near spellings of a word that the index does not have.
pub(crate) fn find_near(opened: &Opened, word: &Word, scope: Scope, reads: &mut Reads) -> Result<Vec<Found>, Stop> {
    let most = allowed_edits(&word.text);
    if most == 0 || !word.flexible {
        return Ok(Vec::new());
    }
    let mut found: Vec<(usize, Found)> = Vec::new();
    let mut first: Vec<&str> = vec![&word.text[..1], &word.text[1..2]];
    first.dedup();
    // Words that begin with the right letter or, as the first two are often swapped, the second.
    for from in first {
        let seen = opened.terms.scan(from.as_bytes(), &after(from.as_bytes()), MAX_SCAN, &mut |term, info| {
            if let Some((text, field)) = schema::unmark(term)
                && fields_of(scope).contains(&field)
                && let Some(distance) = edits(&word.text, text, most)
            {
                let weight = NEAR_WEIGHT / distance.max(1) as f32;
                found.push((distance, Found { field, text: text.to_owned(), info: info.clone(), weight }));
            }
        });
        reads.take(seen)?;
    }
    // The nearest only: two edits are a guess that one edit makes needless.
    let least = found.iter().map(|(distance, _)| *distance).min().unwrap_or_default();
    found.retain(|(distance, _)| *distance == least);
    let mut best: Vec<(u32, String)> = Vec::new();
    for (_, near) in &found {
        // A word of a title is what was meant rather than a misspelling somewhere in a text.
        let times = near.info.doc_freq.saturating_mul(if near.field == 0 { 100 } else { 1 });
        match best.iter_mut().find(|(_, text)| *text == near.text) {
            Some((all, _)) => *all = all.saturating_add(times),
            None => best.push((times, near.text.clone())),
        }
    }
    sort(&mut best, |a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)).is_lt());
    best.truncate(MAX_NEAR);
    Ok(found.into_iter().map(|(_, near)| near).filter(|near| best.iter().any(|(_, text)| *text == near.text)).collect())
}

/// The least bytes that are greater than everything with this prefix, which is text.
fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        // No byte of a text is 255.
        *last = last.saturating_add(1);
    }
    end
}

/// The documents with a tag, under a path or in a language.
pub(crate) fn find_meta(opened: &Opened, scope: Scope, text: &str, words: &[Word], reads: &mut Reads) -> Result<Vec<u32>, Stop> {
    let mark = match scope {
        Scope::Tag => schema::TAG_MARK,
        Scope::Path => schema::PATH_MARK,
        _ => schema::LANGUAGE_MARK,
    };
    let read = |prefix: &str, exact: bool, reads: &mut Reads| -> Result<Docs, Stop> {
        let mut infos = Vec::new();
        let seen = opened.meta.scan(prefix.as_bytes(), &after(prefix.as_bytes()), MAX_SCAN, &mut |term, info| {
            if !exact || term == prefix.as_bytes() {
                infos.push(info.clone());
            }
        });
        reads.take(seen)?;
        let mut docs = Docs::new(opened.documents);
        for info in infos {
            docs.extend(&reads.take(opened.meta_list(&info))?.unwrap_or_default());
        }
        Ok(docs)
    };
    let folded = crate::fold::fold(text);
    let mut docs = read(&format!("{mark}{mark}{folded}"), scope == Scope::Tag, reads)?;
    if scope == Scope::Tag {
        // `tag:k8s` means `k8s/network`, too.
        docs.extend(&read(&format!("{mark}{mark}{folded}/"), false, reads)?.list());
    }
    if scope != Scope::Language {
        let mut all: Option<Vec<u32>> = None;
        for word in words {
            let of_word = read(&format!("{mark}{}", word.text), !word.prefix, reads)?;
            all = Some(match all {
                None => of_word.list(),
                Some(before) => before.into_iter().filter(|doc| of_word.contains(*doc)).collect(),
            });
        }
        docs.extend(&all.unwrap_or_default());
    }
    Ok(docs.list())
}

//! What of a query is to be marked in the pages that were found.
//!
//! *In*: clauses and the terms that were found for their words. *Out*: [`Needles`] for the snippets. Reads nothing of the index.

use super::is_meta;
use crate::query::{Clause, parse};
use crate::rank::Resolved;
use crate::snippet::Needles;

/// What to mark: whole phrases, or their single words when only some were found.
pub(super) fn of(clauses: &[Clause], resolved: &[Vec<Resolved<'_>>], partial: bool) -> Needles {
    let mut needles = Needles::default();
    for (_, of_clause) in clauses.iter().zip(resolved).filter(|(clause, _)| !clause.negated && !clause.optional) {
        for resolved in of_clause.iter().filter(|resolved| !is_meta(resolved.atom.scope)) {
            // What was typed in pinyin stands in the text in characters.
            let meant = resolved.spelled.iter().flat_map(|spelled| &spelled.meant);
            for clause in meant.flat_map(|meant| parse(&format!("\"{meant}\" "))) {
                for atom in &clause.atoms {
                    needles.add(atom.words.iter().map(|word| (word.at, vec![word.text.as_str()])));
                }
            }
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
    needles.order();
    needles
}

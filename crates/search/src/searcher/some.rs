//! Answers where no page has all the words: those that have the most of them.
//!
//! *In*: clauses and the terms that were found for their words. *Out*: documents with scores.

use super::{is_meta, is_required};
use crate::docs::Docs;
use crate::index::{Opened, Reads, Stop};
use crate::query::Clause;
use crate::rank::{Resolved, documents_of, match_atom, match_partly};
use crate::terms::find_meta;

/// Documents that have the most of the words, among those that the scopes allow. `title_of_query` is what a title adds that has nothing but words of
/// the query.
pub(super) fn match_some(
    opened: &Opened,
    clauses: &[Clause],
    resolved: &[Vec<Resolved<'_>>],
    title_of_query: f32,
    reads: &mut Reads,
) -> Result<Vec<(u32, f32)>, Stop> {
    let mut partly: Vec<Resolved<'_>> = Vec::new();
    let mut allowed: Vec<(bool, Docs)> = Vec::new();
    for (clause, of_clause) in clauses.iter().zip(resolved) {
        if clause.negated || clause.firm {
            let mut docs = Docs::new(opened.documents);
            for resolved in of_clause {
                if is_meta(resolved.atom.scope) {
                    docs.extend(&find_meta(opened, resolved.atom.scope, &resolved.atom.text, &resolved.atom.words, reads)?);
                } else {
                    let with = documents_of(opened, resolved, reads)?;
                    let mut among = Docs::new(opened.documents);
                    among.extend(&with);
                    match_atom(opened, resolved, &among, with.len(), reads)?.iter().for_each(|(doc, _)| docs.insert(*doc));
                }
            }
            allowed.push((!clause.negated, docs));
        }
        if is_required(clause) {
            partly.extend(of_clause.iter().map(|resolved| Resolved {
                atom: resolved.atom,
                words: resolved.words.clone(),
                spelled: resolved.spelled.clone(),
            }));
        }
    }
    let mut ranked = match_partly(opened, &partly, title_of_query, reads)?;
    reads.finish()?;
    ranked.retain(|(doc, _)| allowed.iter().all(|(wanted, docs)| docs.contains(*doc) == *wanted));
    Ok(ranked)
}

//! The nearest of very many names, for hints.
//!
//! In: names once, then one wanted name at a time. Out: the name that was probably meant. Looks only at names that share pairs of letters with
//! the wanted one, and of these at the best few, so that ten thousand typing errors among ten thousand names cost a moment.

use std::collections::HashMap;

use crate::diagnostic::nearest;

/// How many entries of the index one question reads at most, rarest pairs first.
const READS: usize = 2_000;

/// How many names are compared letter by letter.
const COMPARED: usize = 24;

/// Names by the pairs of letters in them.
#[derive(Debug)]
pub struct Near {
    names: Vec<String>,
    pairs: HashMap<(char, char), Vec<u32>>,
}

impl Near {
    /// Takes the names; of equal ones the first.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        let mut pairs: HashMap<(char, char), Vec<u32>> = HashMap::new();
        for (name, id) in names.iter().zip(0..) {
            for pair in pairs_of(name) {
                let ids = pairs.entry(pair).or_default();
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            }
        }
        Self { names, pairs }
    }

    /// The name nearest to the wanted one, as its position, when it is near enough.
    #[must_use]
    pub fn find(&self, wanted: &str) -> Option<usize> {
        let mut lists: Vec<&Vec<u32>> = pairs_of(wanted).filter_map(|pair| self.pairs.get(&pair)).collect();
        lists.sort_by_key(|list| list.len());
        let mut read: Vec<u32> = lists.into_iter().flatten().copied().take(READS).collect();
        read.sort_unstable();
        // Most pairs shared first, then the nearest length, then the first.
        let length = |id: u32| self.names[id as usize].len().abs_diff(wanted.len());
        let mut found: Vec<(usize, usize, u32)> =
            read.chunk_by(|a, b| a == b).map(|same| (usize::MAX - same.len(), length(same[0]), same[0])).collect();
        if found.len() > COMPARED {
            found.select_nth_unstable(COMPARED);
        }
        let mut ids: Vec<u32> = found.into_iter().take(COMPARED).map(|(_, _, id)| id).collect();
        ids.sort_unstable();
        let best = nearest(wanted, ids.iter().map(|id| &*self.names[*id as usize]))?;
        ids.iter().map(|id| *id as usize).find(|id| self.names[*id] == best)
    }
}

/// Neighbouring letters, the edges of the name included.
fn pairs_of(name: &str) -> impl Iterator<Item = (char, char)> {
    let edge = '\0';
    std::iter::once(edge).chain(name.chars()).zip(name.chars().chain([edge]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_one_slip_are_found_among_many() {
        let names: Vec<String> = (0..5_000).map(|n| format!("note-{n}")).chain(["install".into(), "静态pod".into()]).collect();
        let near = Near::new(names.clone());
        for (wanted, found) in [("instal", Some("install")), ("静态pods", Some("静态pod")), ("intsall", Some("install")), ("zzzz", None)]
        {
            assert_eq!(near.find(wanted).map(|at| &*names[at]), found, "{wanted}");
        }
        assert!(near.find("note-4999x").is_some());
    }
}

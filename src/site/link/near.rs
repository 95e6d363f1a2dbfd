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
        let mut budget = READS;
        let mut shared: HashMap<u32, u32> = HashMap::new();
        for list in lists {
            for id in list.iter().take(budget) {
                *shared.entry(*id).or_default() += 1;
            }
            budget = budget.saturating_sub(list.len());
            if budget == 0 {
                break;
            }
        }
        let mut found: Vec<(u32, u32)> = shared.into_iter().collect();
        let length = |id: u32| self.names[id as usize].len().abs_diff(wanted.len());
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| length(a.0).cmp(&length(b.0))).then(a.0.cmp(&b.0)));
        let mut ids: Vec<u32> = found.into_iter().take(COMPARED).map(|(id, _)| id).collect();
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

//! Sets of documents, and a small sort. Both are plain where the standard library is general: its sorts and maps are made anew for every type they
//! hold, at some kilobytes each, and every page loads the engine.
//!
//! *In*: numbers of documents, all below a bound. *Out*: sets, and things in order. Knows nothing of an index.

/// A set of documents: a bit each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Docs(Vec<u32>);

impl Docs {
    /// The empty set; `documents` is how many there are in all. Others are ignored.
    pub(crate) fn new(documents: u32) -> Self {
        Self(vec![0; documents.div_ceil(32) as usize])
    }

    pub(crate) fn insert(&mut self, doc: u32) {
        if let Some(word) = self.0.get_mut(doc as usize / 32) {
            *word |= 1 << (doc % 32);
        }
    }

    pub(crate) fn extend(&mut self, docs: &[u32]) {
        docs.iter().for_each(|&doc| self.insert(doc));
    }

    pub(crate) fn contains(&self, doc: u32) -> bool {
        self.0.get(doc as usize / 32).is_some_and(|word| word >> (doc % 32) & 1 != 0)
    }

    /// All of them, ascending.
    pub(crate) fn list(&self) -> Vec<u32> {
        let mut docs = Vec::new();
        for (at, &word) in (0..).zip(&self.0) {
            let mut left = word;
            while left != 0 {
                docs.push(at * 32 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        docs
    }
}

/// Sorts by an order that leaves no two things equal.
pub(crate) fn sort<T>(things: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    // A heap with what comes last on top.
    let count = things.len();
    for turn in (0..count + count / 2).rev() {
        let end = if turn >= count { count } else { turn };
        let mut at = 0;
        if turn >= count {
            at = turn - count;
        } else {
            things.swap(0, turn);
        }
        loop {
            let mut child = 2 * at + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && is_before(&things[child], &things[child + 1]) {
                child += 1;
            }
            if !is_before(&things[at], &things[child]) {
                break;
            }
            things.swap(at, child);
            at = child;
        }
    }
}

/// Sorts numbers.
pub(crate) fn sort_numbers(numbers: &mut [u32]) {
    if !numbers.is_sorted() {
        sort(numbers, |a, b| a < b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_order() {
        for count in 0..70u32 {
            // Each number below `count`, scattered.
            let mut numbers: Vec<u32> = (0..count).map(|at| at * 37 % count.max(1)).collect();
            let mut docs = Docs::new(count);
            docs.extend(&numbers);
            docs.insert(count + 32);
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(docs.list(), numbers, "{count}");
            assert!(numbers.iter().all(|&doc| docs.contains(doc)) && !docs.contains(count) && !docs.contains(1 << 20));
            let mut sorted: Vec<u32> = numbers.iter().rev().copied().collect();
            sort_numbers(&mut sorted);
            assert_eq!(sorted, numbers, "{count}");
            let mut reversed: Vec<u32> = (0..count).map(|at| at * 7919 % 71).collect();
            reversed.sort_unstable();
            reversed.dedup();
            let expected: Vec<u32> = reversed.iter().rev().copied().collect();
            sort(&mut reversed, |a, b| a > b);
            assert_eq!(reversed, expected);
        }
    }
}

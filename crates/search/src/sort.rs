//! Sorting, compiled once and not once for each type and order: in the engine that pages load, the library's sorts would be a sixth of all code.
//!
//! *In*: a list and an order. *Out*: the list in that order; what is equal keeps its place.

use std::cmp::Ordering;

/// Sorts by a comparison.
pub(crate) fn by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let order = merge(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    let mut taken: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| taken[at].take()));
}

/// Sorts numbers.
pub(crate) fn numbers(items: &mut Vec<u32>) {
    by(items, u32::cmp);
}

/// The places of `count` things in their order: merges runs of one, two, four and so on.
fn merge(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut merged = Vec::with_capacity(count);
    let mut run = 1;
    while run < count {
        for start in (0..count).step_by(run * 2) {
            let middle = (start + run).min(count);
            let end = (middle + run).min(count);
            let (mut left, mut right) = (start, middle);
            while left < middle || right < end {
                let from_left = right == end || (left < middle && compare(order[left], order[right]).is_le());
                let next = if from_left { &mut left } else { &mut right };
                merged.push(order[*next]);
                *next += 1;
            }
        }
        std::mem::swap(&mut order, &mut merged);
        merged.clear();
        run *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    #[test]
    fn sorts_like_the_library() {
        for count in 0..70_u32 {
            let mut ours: Vec<(u32, u32)> = (0..count).map(|at| (at * 7919 % 13, at)).collect();
            let mut theirs = ours.clone();
            super::by(&mut ours, |a, b| a.0.cmp(&b.0));
            theirs.sort_by_key(|pair| pair.0);
            assert_eq!(ours, theirs);
        }
    }
}

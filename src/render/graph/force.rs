//! Where the notes of a graph lie: notes that link to each other near each other, all others apart.
//!
//! In: how many notes, the links between them, which of them belong together. Out: a place for each. The same input gives the same places on every
//! machine: only additions, multiplications, divisions and square roots, which IEEE 754 defines to the last bit, in a fixed order.

use rayon::prelude::*;

/// A place, and a velocity.
pub(super) type Point = (f64, f64);

/// How long a link wants to be, and how much longer it may be to a note of many links, which needs room around it.
const LENGTH: f64 = 50.0;
const ROOM: f64 = 11.0;
const LONGEST: f64 = 220.0;
/// How strongly two notes repel each other at distance 1.
const REPULSION: f64 = 900.0;
/// How strongly everything is drawn to the middle. More from above and below: screens are wide.
const GRAVITY: Point = (0.045, 0.075);
/// How much more strongly a note without links, which nothing else holds.
const ALONE: f64 = 3.5;
/// So many pairs of notes are compared at most, all steps together.
const PAIRS: usize = 80_000_000;

/// Lays a graph out: `edges` are pairs of notes below `count`, and `group` says of each note with which it starts.
pub(super) fn layout(count: usize, edges: &[(u32, u32)], group: &[u32]) -> Vec<Point> {
    let mut places = start(count, group);
    let steps = (PAIRS / (count * count).max(1)).clamp(40, 300);
    let mut degree = vec![0_u32; count];
    for (a, b) in edges {
        degree[*a as usize] += 1;
        degree[*b as usize] += 1;
    }
    let mut moving = vec![(0.0, 0.0); count];
    for step in 0..steps {
        let left = 1.0 - step as f64 / steps as f64;
        let heat = left * left;
        let pushed: Vec<Point> = (0..count).into_par_iter().map(|at| push(&places, at)).collect();
        for (at, velocity) in moving.iter_mut().enumerate() {
            let weight = if degree[at] == 0 { ALONE } else { 1.0 };
            velocity.0 += (pushed[at].0 - places[at].0 * GRAVITY.0 * weight) * heat;
            velocity.1 += (pushed[at].1 - places[at].1 * GRAVITY.1 * weight) * heat;
        }
        for (a, b) in edges {
            let (a, b) = (*a as usize, *b as usize);
            let (dx, dy) = (places[b].0 - places[a].0, places[b].1 - places[a].1);
            let distance = (dx * dx + dy * dy).sqrt().max(1.0);
            let (from, to) = (f64::from(degree[a]), f64::from(degree[b]));
            // A note of many links holds its place; that of few comes to it.
            let length = (LENGTH + ROOM * from.max(to).sqrt()).min(LONGEST);
            let pull = (distance - length) / distance * heat / from.min(to).max(1.0);
            let share = to / (from + to);
            moving[a].0 += dx * pull * share;
            moving[a].1 += dy * pull * share;
            moving[b].0 -= dx * pull * (1.0 - share);
            moving[b].1 -= dy * pull * (1.0 - share);
        }
        for (place, velocity) in places.iter_mut().zip(&mut moving) {
            *velocity = (velocity.0 * 0.6, velocity.1 * 0.6);
            *place = (place.0 + velocity.0, place.1 + velocity.1);
        }
    }
    places
}

/// How all others push the note at `at`.
fn push(places: &[Point], at: usize) -> Point {
    let here = places[at];
    let mut sum = (0.0, 0.0);
    for (other, place) in places.iter().enumerate() {
        if other == at {
            continue;
        }
        let (dx, dy) = (here.0 - place.0, here.1 - place.1);
        let force = REPULSION / (dx * dx + dy * dy + 30.0);
        sum.0 += dx * force;
        sum.1 += dy * force;
    }
    (sum.0 * 0.05, sum.1 * 0.05)
}

/// Every group on a spiral around the middle, and its notes on one around the group.
fn start(count: usize, group: &[u32]) -> Vec<Point> {
    let groups = group.iter().copied().max().map_or(1, |last| last as usize + 1);
    let mut sizes = vec![0_usize; groups];
    group.iter().for_each(|group| sizes[*group as usize] += 1);
    let room = (count.max(1) as f64 / groups as f64).sqrt() * LENGTH;
    let centers = spiral(groups, room);
    let inner = spiral(sizes.iter().copied().max().unwrap_or(0), LENGTH * 0.6);
    let mut next = vec![0_usize; groups];
    (0..count)
        .map(|at| {
            let group = group.get(at).map_or(0, |group| *group as usize);
            let (center, offset) = (centers[group], inner[next[group]]);
            next[group] += 1;
            (center.0 + offset.0, center.1 + offset.1)
        })
        .collect()
}

/// Points evenly spread over a disc, from its middle outwards, as the seeds of a sunflower are.
fn spiral(count: usize, distance: f64) -> Vec<Point> {
    // Cosine and sine of the golden angle, 2.399963… radians.
    const TURN: Point = (-0.737_368_878_078_319_9, 0.675_490_294_261_523_6);
    let mut direction = (1.0, 0.0);
    (0..count)
        .map(|at| {
            let radius = (at as f64).sqrt() * distance;
            let point = (direction.0 * radius, direction.1 * radius);
            direction = (direction.0 * TURN.0 - direction.1 * TURN.1, direction.0 * TURN.1 + direction.1 * TURN.0);
            point
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: Point, b: Point) -> f64 {
        ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
    }

    #[test]
    fn what_is_linked_is_near_and_nothing_lies_on_another() {
        // Two stars of ten notes, and a note alone.
        let edges: Vec<(u32, u32)> = (1..10).map(|leaf| (0, leaf)).chain((11..20).map(|leaf| (10, leaf))).collect();
        let places = layout(21, &edges, &[0; 21]);
        assert_eq!(places, layout(21, &edges, &[0; 21]));
        let mean = |pairs: &[(u32, u32)]| {
            pairs.iter().map(|(a, b)| distance(places[*a as usize], places[*b as usize])).sum::<f64>() / pairs.len() as f64
        };
        let strangers: Vec<(u32, u32)> = (1..10).map(|leaf| (10, leaf)).chain((11..20).map(|leaf| (0, leaf))).collect();
        assert!(mean(&edges) * 1.5 < mean(&strangers), "{} {}", mean(&edges), mean(&strangers));
        for a in 0..21 {
            for b in 0..a {
                assert!(distance(places[a], places[b]) > 10.0, "{a} {b}");
            }
        }
        for (count, edges) in [(0, &[][..]), (1, &[]), (2, &[(0, 1)])] {
            assert!(layout(count, edges, &[0; 2][..count]).iter().all(|place| place.0.is_finite() && place.1.is_finite()));
        }
    }
}

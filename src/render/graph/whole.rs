//! The graph of the whole site: a page with a picture of the notes and the links between them, and the same as a list.
//!
//! In: `Site` and its links. Out: a page. Of a very large site the notes with most links are drawn, as nobody sees anything in ten thousand dots; the list
//! of all notes and the search have the others.

use unicode_width::UnicodeWidthStr;

use super::force::{self, Point};
use super::local::{shortened, tenth};
use super::web::Web;
use crate::bundle::Artifact;
use crate::diagnostic::Diagnostic;
use crate::path::UrlPath;
use crate::render::extra::alone;
use crate::render::naming::foreign_title;
use crate::render::page::Shared;
use crate::render::view::{GraphChoiceView, GraphNodeView, GraphView};
use crate::site::{FolderId, PageId, Site};

/// So many choices a filter has at most: the largest ones.
const CHOICES: usize = 200;
/// The picture's size, at most; letters are 13 high in it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 760.0;
/// Left and right of the dots, where names need room, and above and below.
const MARGIN: (f64, f64) = (80.0, 30.0);
const LETTER: f64 = 13.0;
/// No link is drawn longer than this many times its natural length: a graph of three notes stays small.
const LARGEST: f64 = 2.4;
/// The scales at which names are shown, when they have room then: pixels of the screen for a unit of the picture.
const SCALES: [f64; 6] = [0.36, 0.6, 1.0, 2.0, 4.0, 8.0];
/// The scale from which on notes without links are named.
const ALONE: f64 = 2.0;
/// The widest name, in halves of a letter's height.
const NAME: usize = 28;

/// The page.
pub(in crate::render) fn page(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let title = shared.theme.words(&shared.facts.language).get("graph");
    let mut context = shared.outside(&alone(shared, "graph", title, url));
    context.insert("graph", &view((shared.site, &shared.facts.language), &shared.facts.web, url));
    Ok(Artifact::new(url.clone(), shared.theme.render("graph.html", &context, url)?))
}

fn view((site, language): (&Site, &str), web: &Web, from: &UrlPath) -> GraphView {
    let shown = web.drawn();
    let total = site.pages.len();
    let place_of = |page: &PageId| web.place_of(*page).and_then(|at| u32::try_from(at).ok());
    let to: Vec<Vec<u32>> = shown.iter().map(|page| web.to(*page).iter().filter_map(place_of).collect()).collect();
    // A pair that links in both directions is one line.
    let mut lines: Vec<(u32, u32)> =
        (0_u32..).zip(&to).flat_map(|(from, to)| to.iter().map(move |to| (from.min(*to), from.max(*to)))).collect();
    lines.sort_unstable();
    lines.dedup();
    let group: Vec<u32> = shown.iter().map(|page| site.pages[page.0 as usize].folder.0).collect();
    let mut groups = group.clone();
    groups.sort_unstable();
    groups.dedup();
    let group: Vec<u32> = group.iter().map(|group| groups.partition_point(|other| other < group) as u32).collect();
    let (places, height) = fitted(force::layout(shown.len(), &lines, &group));

    // Where there are very many, smaller dots leave the lines to be seen.
    let crowd = (200.0 / shown.len().max(1) as f64).sqrt().clamp(0.5, 1.0);
    let mut nodes: Vec<GraphNodeView> = shown
        .iter()
        .zip(places)
        .zip(&to)
        .map(|((id, (x, y)), to)| {
            let page = &site.pages[id.0 as usize];
            let degree = web.degree(*id);
            let radius = tenth((2.6 + (degree as f64).sqrt() * 0.85).min(9.0) * crowd);
            GraphNodeView {
                id: page.url.as_str().to_owned(),
                title: page.note.title.clone(),
                label: shortened(&page.note.title, NAME),
                lang: foreign_title(&page.note.title, &page.language, language),
                url: page.url.href_from(from),
                x: tenth(x),
                y: tenth(y),
                radius,
                label_y: tenth(y + radius + LETTER),
                level: SCALES.len(),
                to: to.iter().map(u32::to_string).collect::<Vec<_>>().join(" "),
                folders: above(site, page.folder).iter().map(|folder| folder.0.to_string()).collect::<Vec<_>>().join(" "),
                tags: page.tags.iter().map(|tag| tag.0.to_string()).collect::<Vec<_>>().join(" "),
                links: web.to(*id).len(),
                backlinks: web.from(*id).len(),
            }
        })
        .collect();
    name(&mut nodes);
    let edges: String = lines
        .iter()
        .map(|(a, b)| (&nodes[*a as usize], &nodes[*b as usize]))
        .map(|(a, b)| format!("M{} {}L{} {}", a.x, a.y, b.x, b.y))
        .collect();
    let mut list: Vec<usize> = (0..nodes.len()).collect();
    list.sort_by(|a, b| (nodes[*b].links + nodes[*b].backlinks).cmp(&(nodes[*a].links + nodes[*a].backlinks)).then(a.cmp(b)));
    GraphView { width: WIDTH, height: tenth(height), edges, total, list, folders: folders(site, shown), tags: tags(site, shown), nodes }
}

/// The folders above a page and its own, the root left out.
fn above(site: &Site, folder: FolderId) -> Vec<FolderId> {
    let mut way = Vec::new();
    let mut at = folder;
    while at.0 != 0 && way.len() <= site.folders.len() {
        way.push(at);
        at = site.folders[at.0 as usize].parent;
    }
    way
}

/// The folders that the drawn notes lie in.
fn folders(site: &Site, shown: &[PageId]) -> Vec<GraphChoiceView> {
    let mut notes = vec![0_usize; site.folders.len()];
    for page in shown {
        above(site, site.pages[page.0 as usize].folder).iter().for_each(|folder| notes[folder.0 as usize] += 1);
    }
    let all = site.folders.iter().enumerate().filter(|(at, _)| notes[*at] > 0);
    choices(all.map(|(at, folder)| GraphChoiceView { id: at, title: folder.path.replace('/', " / "), notes: notes[at] }).collect())
}

/// The tags that the drawn notes carry.
fn tags(site: &Site, shown: &[PageId]) -> Vec<GraphChoiceView> {
    let mut notes = vec![0_usize; site.tags.len()];
    shown.iter().flat_map(|page| &site.pages[page.0 as usize].tags).for_each(|tag| notes[tag.0 as usize] += 1);
    let all = site.tags.iter().enumerate().filter(|(at, _)| notes[*at] > 0);
    choices(all.map(|(at, tag)| GraphChoiceView { id: at, title: tag.name.clone(), notes: notes[at] }).collect())
}

/// The largest of very many choices, in order.
fn choices(mut all: Vec<GraphChoiceView>) -> Vec<GraphChoiceView> {
    if all.len() > CHOICES {
        all.sort_by(|a, b| b.notes.cmp(&a.notes).then(a.title.cmp(&b.title)));
        all.truncate(CHOICES);
    }
    all.sort_by(|a, b| a.title.cmp(&b.title));
    all
}

/// The places in the middle of the picture, and its height.
fn fitted(places: Vec<Point>) -> (Vec<Point>, f64) {
    let bound = |of: fn(f64, f64) -> f64, value: fn(&Point) -> f64| places.iter().map(value).reduce(of).unwrap_or(0.0);
    let (left, right) = (bound(f64::min, |p| p.0), bound(f64::max, |p| p.0));
    let (top, bottom) = (bound(f64::min, |p| p.1), bound(f64::max, |p| p.1));
    let (wide, high) = ((right - left).max(1.0), (bottom - top).max(1.0));
    let scale = ((WIDTH - 2.0 * MARGIN.0) / wide).min((HEIGHT - 2.0 * MARGIN.1) / high).min(LARGEST);
    let height = (high * scale + 2.0 * MARGIN.1).max(HEIGHT / 3.0);
    let (x, y) = ((WIDTH - wide * scale) / 2.0, (height - high * scale) / 2.0);
    (places.iter().map(|place| ((place.0 - left) * scale + x, (place.1 - top) * scale + y)).collect(), height)
}

/// Decides from which scale on each name is shown: those of the notes with most links first, and none over another.
fn name(nodes: &mut [GraphNodeView]) {
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|a, b| nodes[*b].radius.total_cmp(&nodes[*a].radius).then(a.cmp(b)));
    // The named ones: middle, top, and half the width of the letters at scale 1.
    let mut named: Vec<(f64, f64, f64)> = Vec::new();
    for (level, scale) in SCALES.iter().enumerate() {
        for at in &order {
            let node = &nodes[*at];
            // Notes that nothing is linked with are named when one looks closely.
            if node.level < SCALES.len() || (*scale < ALONE && node.links + node.backlinks == 0) {
                continue;
            }
            let half = node.label.width() as f64 * LETTER * 0.27 + 3.0;
            let is_free = |(x, y, other): &(f64, f64, f64)| {
                (x - node.x).abs() * scale > half + other || (y - node.label_y).abs() * scale > LETTER * 1.15
            };
            if named.iter().all(is_free) {
                named.push((node.x, node.label_y, half));
                nodes[*at].level = level;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_margins_and_small_graphs_stay_small() {
        for places in [vec![], vec![(3.0, 4.0)], vec![(0.0, 0.0), (60.0, 0.0)], vec![(-900.0, 0.0), (900.0, 300.0), (0.0, -2000.0)]] {
            let (fitted, height) = fitted(places.clone());
            assert!((HEIGHT / 3.0..=HEIGHT).contains(&height), "{height}");
            for (x, y) in &fitted {
                assert!(
                    (MARGIN.0 - 0.1..=WIDTH - MARGIN.0 + 0.1).contains(x) && (MARGIN.1 - 0.1..=height - MARGIN.1 + 0.1).contains(y),
                    "{x} {y}"
                );
            }
            if let ([a, b], 2) = (&fitted[..fitted.len().min(2)], fitted.len()) {
                assert!((a.0 - b.0).abs() <= 60.0 * LARGEST + 0.1);
            }
        }
    }
}

//! The graph around one note: itself in the middle, at its left who links to it, at its right what it links to.
//!
//! In: `Site` and its links. Out: a view with every place worked out. Names stand in two columns, so that none covers another, in letters that are large
//! enough on a phone too.

use unicode_width::UnicodeWidthChar;

use super::web::Web;
use crate::path::UrlPath;
use crate::render::naming::foreign_title;
use crate::render::view::{LocalGraphView, LocalNodeView};
use crate::site::{PageId, Site};

/// How many notes each side has at most.
const SIDE: usize = 10;
/// The width of the picture, in the units of its letters' size, 15.
const WIDTH: f64 = 520.0;
/// From one name to the next.
const ROW: f64 = 26.0;
/// How far the notes lie from the middle.
const REACH: f64 = 66.0;
/// The widest name, in halves of a letter's height.
const NAME: usize = 22;

/// The graph around a page; `None` where nothing is linked with it.
pub(in crate::render) fn around(site: &Site, web: &Web, id: PageId, page_of_all: Option<&UrlPath>) -> Option<LocalGraphView> {
    let page = site.pages.get(id.0 as usize)?;
    let (total, left, right) = sides(web, id)?;
    let rows = left.len().max(right.len()).max(2) as f64;
    let height = rows * ROW + 14.0;
    let (x, y) = (
        match (left.is_empty(), right.is_empty()) {
            (true, _) => REACH * 0.5,
            (_, true) => WIDTH - REACH * 0.5,
            _ => WIDTH / 2.0,
        },
        height / 2.0,
    );
    // One side alone has the room of both.
    let name = if left.is_empty() || right.is_empty() { NAME * 2 } else { NAME };
    let mut nodes = Vec::with_capacity(left.len() + right.len());
    for (side, pages) in [(-1.0, &left), (1.0, &right)] {
        for (at, other) in pages.iter().enumerate() {
            let down = (at as f64 - (pages.len() as f64 - 1.0) / 2.0) * ROW;
            let part = down / (rows * ROW / 2.0);
            let out = REACH * (1.0 - part * part).max(0.0).sqrt();
            let target = &site.pages[other.0 as usize];
            nodes.push(LocalNodeView {
                title: target.note.title.clone(),
                label: shortened(&target.note.title, name),
                lang: foreign_title(&target.note.title, &target.language, &page.language),
                url: target.url.href_from(&page.url),
                links_here: side < 0.0 || web.from(id).binary_search(other).is_ok(),
                is_linked: side > 0.0,
                x: whole(x + side * out),
                y: whole(y + down),
                label_x: whole(x + side * (out + 11.0)),
                label_y: whole(y + down + 5.0),
            });
        }
    }
    let own: String = nodes.iter().map(|node| format!("M{} {}L{} {}", whole(x), whole(y), node.x, node.y)).collect();
    let shown: Vec<PageId> = left.iter().chain(&right).copied().collect();
    let mut others = String::new();
    for (at, one) in shown.iter().enumerate() {
        for (other, two) in shown.iter().enumerate().take(at) {
            if web.are_linked(*one, *two) {
                let (a, b) = (&nodes[other], &nodes[at]);
                // Bent to the middle, away from the names.
                let bend = (whole(f64::from(a.x + b.x) / 2.0 * 0.6 + x * 0.4), (a.y + b.y) / 2);
                others.push_str(&format!("M{} {}Q{} {} {} {}", a.x, a.y, bend.0, bend.1, b.x, b.y));
            }
        }
    }
    // A note that is not drawn has no place there.
    let place = if web.place_of(id).is_some() { format!("#{}", page.url.encoded()) } else { String::new() };
    Some(LocalGraphView {
        width: whole(WIDTH),
        height: whole(height),
        x: whole(x),
        y: whole(y),
        own,
        others,
        hidden: total - nodes.len(),
        nodes,
        whole: page_of_all.map(|all| all.href_from(&page.url) + &place).unwrap_or_default(),
    })
}

/// How many notes are linked with a page, and which are shown at its left and its right.
fn sides(web: &Web, id: PageId) -> Option<(usize, Vec<PageId>, Vec<PageId>)> {
    let to = web.to(id);
    let from: Vec<PageId> = web.from(id).iter().copied().filter(|other| to.binary_search(other).is_err()).collect();
    let total = to.len() + from.len();
    (total > 0).then(|| (total, chosen(web, &from), chosen(web, to)))
}

/// Tells everything that the graph around a page depends on, but for the page itself and whether there is a graph of the whole site: the notes that are shown,
/// and as numbers how they are linked.
pub(in crate::render) fn depends(web: &Web, id: PageId, page: &mut dyn FnMut(PageId), number: &mut dyn FnMut(usize)) {
    let Some((total, left, right)) = sides(web, id) else { return };
    [total, left.len(), right.len(), usize::from(web.place_of(id).is_some())].into_iter().for_each(&mut *number);
    let shown: Vec<PageId> = left.into_iter().chain(right).collect();
    for (at, one) in shown.iter().enumerate() {
        page(*one);
        number(usize::from(web.from(id).binary_search(one).is_ok()));
        shown.iter().take(at).for_each(|two| number(usize::from(web.are_linked(*one, *two))));
    }
}

/// Those of many that have most links themselves, in order.
fn chosen(web: &Web, pages: &[PageId]) -> Vec<PageId> {
    let mut best = pages.to_vec();
    if best.len() > SIDE {
        best.sort_by(|a, b| web.degree(*b).cmp(&web.degree(*a)).then(a.cmp(b)));
        best.truncate(SIDE);
        best.sort_unstable();
    }
    best
}

/// A name cut to a width, which is counted in halves of a letter's height: 2 for a Han character.
pub(super) fn shortened(name: &str, widest: usize) -> String {
    let mut width = 0;
    let cut = name.char_indices().find(|(_, letter)| {
        width += letter.width().unwrap_or(0);
        width > widest
    });
    match cut {
        None => name.to_owned(),
        Some(_) => {
            let mut room = widest.saturating_sub(2);
            let kept: String = name
                .chars()
                .take_while(|letter| {
                    let width = letter.width().unwrap_or(0);
                    let fits = width <= room;
                    room = room.saturating_sub(width);
                    fits
                })
                .collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// Rounded to whole units, less than a pixel of this picture: fewer bytes on every page.
#[allow(clippy::cast_possible_truncation, reason = "a picture is some hundred units wide")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

/// Rounded to a tenth: what a large picture needs.
pub(super) fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

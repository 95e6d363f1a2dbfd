//! Tags: which there are, what their pages are called, which pages carry them.
//!
//! In: the pages and the tags of their notes. Out: the sorted tags, and each page's own. Knows nothing of links or HTML.

use std::collections::BTreeMap;

use super::address::{self, Claims, Spelling};
use super::{Page, PageId, Tag, TagId};
use crate::path::{SourcePath, UrlPath};
use crate::text::natural_order;

/// Where the tags' pages lie.
pub const FOLDER: &str = "biji/tags/";

/// How deep tags nest: each level is a page of its own, so what lies deeper counts for the level at this depth.
const DEPTH: usize = 16;

struct Draft {
    name: String,
    pages: Vec<PageId>,
}

/// Collects the tags of all pages. Names that differ only in case or composition are one tag, called as it is written first. A parent (`a` of
/// `a/b`) lists the pages of what is nested in it too. The second part says for each page which tag each of its
/// note's is.
#[must_use]
pub fn collect(spelling: Spelling, pages: &[Page], claims: &mut Claims) -> (Vec<Tag>, Vec<Vec<Option<TagId>>>) {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for (id, page) in (0..).map(PageId).zip(pages) {
        for name in page.note.tags.iter().filter_map(|tag| clean(tag)) {
            let ends = name.match_indices('/').map(|(at, _)| at).chain([name.len()]);
            for end in ends {
                let part = &name[..end];
                let draft = drafts.entry(SourcePath::fold(part)).or_insert_with(|| Draft { name: part.to_owned(), pages: Vec::new() });
                if draft.pages.last() != Some(&id) {
                    draft.pages.push(id);
                }
            }
        }
    }
    let mut sorted: Vec<(String, Draft)> = drafts.into_iter().collect();
    sorted.sort_by(|a, b| natural_order(&a.1.name, &b.1.name));
    let ids: BTreeMap<&str, TagId> = sorted.iter().zip(0..).map(|((key, _), id)| (&**key, TagId(id))).collect();
    claims.take(page_of(spelling, "index"), "the list of tags");
    let parent = |key: &String| key.rsplit_once('/').and_then(|(above, _)| ids.get(above).copied());
    let parents: Vec<Option<TagId>> = sorted.iter().map(|(key, _)| parent(key)).collect();
    let own = pages.iter().map(|page| own_tags(page, &ids)).collect();
    let title = |id: &PageId| &*pages[id.0 as usize].note.title;
    let mut tags: Vec<Tag> = sorted
        .into_iter()
        .map(|(_, mut draft)| {
            draft.pages.sort_by(|a, b| natural_order(title(a), title(b)).then(a.cmp(b)));
            let url = claims.take(page_of(spelling, &draft.name), &format!("the page of the tag `{}`", draft.name)).0;
            Tag { name: draft.name, url, pages: draft.pages, parent: None, children: Vec::new() }
        })
        .collect();
    for (at, parent) in parents.into_iter().enumerate() {
        if let (Some(parent), Ok(id)) = (parent, u32::try_from(at)) {
            tags[at].parent = Some(parent);
            tags[parent.0 as usize].children.push(TagId(id));
        }
    }
    (tags, own)
}

fn own_tags(page: &Page, ids: &BTreeMap<&str, TagId>) -> Vec<Option<TagId>> {
    page.note.tags.iter().map(|tag| ids.get(&*SourcePath::fold(&clean(tag)?)).copied()).collect()
}

/// A tag as written, without `#`, empty parts and space around the parts; `None` when nothing is left.
fn clean(tag: &str) -> Option<String> {
    let parts: Vec<&str> =
        tag.trim().trim_start_matches('#').split('/').map(str::trim).filter(|part| !part.is_empty()).take(DEPTH).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn page_of(spelling: Spelling, name: &str) -> UrlPath {
    let parts: Vec<String> = name.split('/').map(|part| address::tag(spelling, part)).map(|part| part.replace("..", "--")).collect();
    UrlPath::new(&format!("{FOLDER}{}.html", parts.join("/"))).expect("components of addresses are neither empty nor dots")
}

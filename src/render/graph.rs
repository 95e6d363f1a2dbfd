//! `biji/graph.json` and `biji/graph.js`: the notes and the links between them, for programs and scripts.
//!
//! `whole` and `local` draw it.
//!
//! In: `Site`. Out: two texts of one content; a page opened from disk can load the second. The format is documented in the manual and has a
//! version. What is not published is not in `Site`, and so not here.

mod force;
pub(super) mod local;
pub(super) mod web;
pub(super) mod whole;

use serde_json::{Value, json};

use crate::site::{Site, Target};

/// The version of the format: it grows when something is renamed, removed or changes its meaning, not when something is added.
const VERSION: u32 = 1;
/// The graph as data.
pub(super) const JSON: &str = "biji/graph.json";
/// The picture of the graph.
pub(super) const PAGE: &str = "biji/graph.html";
/// The graph as a call of `bijiGraph`.
pub(super) const SCRIPT: &str = "biji/graph.js";

/// The file [`JSON`].
pub(super) fn json(site: &Site) -> String {
    graph(site) + "\n"
}

/// The file [`SCRIPT`].
pub(super) fn script(site: &Site) -> String {
    format!("bijiGraph({});\n", graph(site))
}

fn graph(site: &Site) -> String {
    let tags: Vec<&str> = site.tags.iter().map(|tag| &*tag.name).collect();
    let mut nodes: Vec<Value> = site
        .pages
        .iter()
        .map(|page| {
            let kind = if page.is_index { "index" } else { "note" };
            let tags: Vec<u32> = page.tags.iter().map(|tag| tag.0).collect();
            json!({ "url": page.url.encoded(), "title": page.note.title, "kind": kind, "tags": tags })
        })
        .collect();
    // Folders without a note of their own come behind the notes.
    let mut folders: Vec<Option<usize>> = vec![None; site.folders.len()];
    for (at, folder) in site.folders.iter().enumerate().filter(|(_, folder)| folder.index.is_none()) {
        folders[at] = Some(nodes.len());
        nodes.push(json!({ "url": folder.url.encoded(), "title": folder.title, "kind": "folder", "tags": [] }));
    }
    let mut edges = Vec::new();
    for (from, page) in site.pages.iter().enumerate() {
        let node_of = |target: &Target| match target {
            Target::Page(page, _) => Some(page.0 as usize),
            Target::Folder(folder) => {
                let index = site.folders[folder.0 as usize].index.map(|page| page.0 as usize);
                index.or(folders[folder.0 as usize])
            }
            Target::External(_) | Target::Attachment(..) | Target::Broken | Target::Private | Target::Refused => None,
        };
        let mut to: Vec<usize> = page.links.iter().filter_map(node_of).filter(|to| *to != from).collect();
        to.sort_unstable();
        to.dedup();
        edges.extend(to.into_iter().map(|to| [from, to]));
    }
    json!({ "format": "biji-graph", "version": VERSION, "nodes": nodes, "tags": tags, "edges": edges }).to_string()
}

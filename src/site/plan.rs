//! The address of everything: which page, folder and redirect gets which name, and what is wrong with the wishes.
//!
//! In: published notes and the folders' plan. Out: addresses without a collision, whatever was asked for, and diagnostics. Knows nothing of
//! links or HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat;
use std::sync::Arc;

use super::PageId;
use super::address::{self, Bare, Claims, Spelling};
use super::folder::Plan;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::Note;
use crate::path::{SourcePath, UrlPath};
use crate::source::Attachment;
use crate::text::Span;

/// The addresses of pages, folders and redirects.
#[derive(Debug)]
pub struct Addresses {
    /// One for each note.
    pub pages: Vec<UrlPath>,
    /// The index page of each folder, written or generated.
    pub folders: Vec<UrlPath>,
    /// Old addresses and where they lead. Sorted.
    pub redirects: Vec<(UrlPath, PageId)>,
}

/// Gives every note and folder its address. A wish that cannot be met is reported, and the note gets the next best address.
#[must_use]
pub fn addresses(
    spelling: Spelling,
    notes: &[Arc<Note>],
    plan: &Plan,
    files: &[&Attachment],
    claims: &mut Claims,
    diagnostics: &mut Vec<Diagnostic>,
) -> Addresses {
    let mut pages = Vec::with_capacity(notes.len());
    for (note, (folder, is_index)) in notes.iter().zip(&plan.home) {
        let default =
            if *is_index { address::index(spelling, &plan.paths[folder.0 as usize]) } else { address::note(spelling, &note.path) };
        let wish = wish(note);
        let place = wish.as_ref().and_then(|wish| wish.place);
        let granted = wish.and_then(|wish| {
            meant(spelling, note, &wish).map_err(|why| diagnostics.push(bad(note, wish.key, wish.place, wish.text, &why))).ok()
        });
        let wanted = granted.unwrap_or(default);
        if address::is_reserved(&wanted) {
            let fault = fault(Code::BadAddress, note, place, format!("the address `{wanted}` is kept for a file that Biji makes"));
            diagnostics.push(fault.hint("rename the note, or give it another `slug` or `permalink`"));
        }
        let (url, other) = claims.take(wanted.clone(), &format!("`{}`", note.file.path));
        if let Some(other) = other {
            diagnostics.push(collision(note, place, &wanted, &other));
        }
        pages.push(url);
    }
    let mut folders = Vec::with_capacity(plan.paths.len());
    let mut redirects = BTreeMap::new();
    for (path, index) in plan.paths.iter().zip(&plan.index) {
        let url = address::index(spelling, path);
        let name = if path.is_empty() { "the start page".to_owned() } else { format!("the index page of the folder `{path}`") };
        match index {
            Some(at) => {
                // An index note that asks for another address must not leave its folder without a page.
                if pages[*at] != url && claims.is_free(&url) {
                    redirects.insert(claims.take(url, &name).0, page_id(*at));
                }
                folders.push(pages[*at].clone());
            }
            None => {
                let (free, other) = claims.take(url.clone(), &name);
                if let Some(other) = other {
                    let message = format!("{name} and {other} both want the address `{url}`");
                    diagnostics.push(Diagnostic::site(Code::AddressCollision, message).hint("rename one of them"));
                }
                folders.push(free);
            }
        }
    }
    for (at, note) in notes.iter().enumerate() {
        let front_matter = &note.front_matter;
        let aliases = front_matter.aliases.iter().zip(front_matter.places.aliases.iter().map(|span| Some(*span)).chain(repeat(None)));
        for (alias, place) in aliases.filter(|(alias, _)| address::looks_like_address(alias)) {
            match address::whole(alias, Bare::Folder) {
                Ok(url) if url == pages[at] || redirects.get(&url) == Some(&page_id(at)) => {}
                Ok(url) if address::is_reserved(&url) => {
                    diagnostics.push(bad(note, "aliases", place, alias, "it is kept for a file that Biji makes"))
                }
                Ok(url) => {
                    let (free, other) = claims.take(url.clone(), &format!("the alias `{alias}` of `{}`", note.file.path));
                    match other {
                        None => drop(redirects.insert(free, page_id(at))),
                        Some(other) => diagnostics.push(collision(note, place, &url, &other)),
                    }
                }
                Err(why) => diagnostics.push(bad(note, "aliases", place, alias, &why)),
            }
        }
    }
    // Which files are published is not known yet: each keeps its address free.
    let is_page = |file: &&&Attachment| matches!(file.path.extension(), "html" | "htm" | "HTML" | "HTM");
    let pages_among_files = files
        .iter()
        .filter(is_page)
        .map(|file| SourcePath::fold(address::attachment(spelling, &file.path).as_str()))
        .collect::<BTreeSet<_>>();
    names_as_addresses(spelling, notes, &pages, &pages_among_files, claims, &mut redirects, diagnostics);
    Addresses { pages, folders, redirects: redirects.into_iter().collect() }
}

/// An alias that is a name (`old name`, `old/path`) leads to the note too, from the address that a note of that name would have: beside the note, or
/// at the path. It is a convenience, so it gives way to everything else; of two notes with one alias neither gets the address.
fn names_as_addresses(
    spelling: Spelling,
    notes: &[Arc<Note>],
    pages: &[UrlPath],
    files: &BTreeSet<String>,
    claims: &mut Claims,
    redirects: &mut BTreeMap<UrlPath, PageId>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    // The addresses as file systems compare them, with everyone who wants one.
    let mut wanted: BTreeMap<String, Vec<(usize, usize, UrlPath)>> = BTreeMap::new();
    for (at, note) in notes.iter().enumerate() {
        for (number, alias) in note.front_matter.aliases.iter().enumerate().filter(|(_, alias)| !address::looks_like_address(alias)) {
            if let Some(url) = address::of_name(spelling, &note.path, alias)
                && !address::is_reserved(&url)
            {
                let all = wanted.entry(SourcePath::fold(url.as_str())).or_default();
                if all.last().is_none_or(|(last, ..)| *last != at) {
                    all.push((at, number, url));
                }
            }
        }
    }
    for all in wanted.into_values() {
        let (at, number, url) = &all[0];
        if let Some((other, number, _)) = all.get(1) {
            let note = &notes[*other];
            let alias = &note.front_matter.aliases[*number];
            let message = format!("`{}` and `{}` both have the alias `{alias}`", notes[*at].file.path, note.file.path);
            let fault = fault(Code::DuplicateAlias, note, note.front_matter.places.aliases.get(*number).copied(), message);
            diagnostics.push(fault.hint("links by this name are ambiguous, and no page of this name leads to either"));
        } else if *url != pages[*at] && claims.is_free(url) && !files.contains(&SourcePath::fold(url.as_str())) {
            let owner = format!("the alias `{}` of `{}`", notes[*at].front_matter.aliases[*number], notes[*at].file.path);
            redirects.insert(claims.take(url.clone(), &owner).0, page_id(*at));
        }
    }
}

/// A note's own wish for its address.
struct Wish<'a> {
    key: &'static str,
    text: &'a str,
    place: Option<Span>,
}

/// Every address that a note asks for, its old ones included.
#[must_use]
pub fn wishes(spelling: Spelling, note: &Note) -> Vec<UrlPath> {
    let own = wish(note).and_then(|wish| meant(spelling, note, &wish).ok());
    let old = note.front_matter.aliases.iter().filter(|alias| address::looks_like_address(alias));
    own.into_iter().chain(old.filter_map(|alias| address::whole(alias, Bare::Folder).ok())).collect()
}

/// What `permalink` or `slug` ask for. An address of another host (`url: https://…`, where a clipped page came from) is no wish.
fn wish(note: &Note) -> Option<Wish<'_>> {
    let (front_matter, places) = (&note.front_matter, &note.front_matter.places);
    let permalink = front_matter.permalink.as_deref().filter(|text| !text.trim().is_empty() && !text.contains("://"));
    let slug = front_matter.slug.as_deref().filter(|text| !text.trim().is_empty());
    let permalink = permalink.map(|text| Wish { key: "permalink", text, place: places.permalink });
    permalink.or_else(|| slug.map(|text| Wish { key: "slug", text, place: places.slug }))
}

/// The address that a wish means, or why there is none.
fn meant(spelling: Spelling, note: &Note, wish: &Wish<'_>) -> Result<UrlPath, String> {
    if wish.key == "slug" { address::slug(spelling, note.path.parent(), wish.text) } else { address::whole(wish.text, Bare::Page) }
}

/// Whether a note asks for the address of its own folder's index page.
#[must_use]
pub fn asks_for_index(spelling: Spelling, note: &Note) -> bool {
    wish(note).and_then(|wish| meant(spelling, note, &wish).ok()).is_some_and(|url| url == address::index(spelling, note.path.parent()))
}

fn bad(note: &Note, key: &str, place: Option<Span>, text: &str, why: &str) -> Diagnostic {
    fault(Code::BadAddress, note, place, format!("`{text}` in `{key}` is no address that can be published")).hint(why)
}

fn fault(code: Code, note: &Note, place: Option<Span>, message: String) -> Diagnostic {
    match place {
        Some(span) => Diagnostic::at(code, note.file.clone(), span, message),
        None => Diagnostic::file(code, note.file.clone(), message),
    }
}

fn collision(note: &Note, place: Option<Span>, url: &UrlPath, other: &str) -> Diagnostic {
    let message = format!("`{}` and {other} both want the address `{url}`", note.file.path);
    fault(Code::AddressCollision, note, place, message).hint("rename one of them, or give the note another `slug`")
}

/// The id of the page made of the note at a position.
#[must_use]
pub fn page_id(at: usize) -> PageId {
    PageId(u32::try_from(at).unwrap_or(u32::MAX))
}

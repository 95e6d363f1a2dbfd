//! The address of everything: which page, folder and redirect gets which name, and what is wrong with the wishes.
//!
//! In: published notes and the folders' plan. Out: addresses without a collision, whatever was asked for, and diagnostics. Knows nothing of
//! links or HTML.

use std::collections::BTreeMap;

use super::PageId;
use super::address::{self, Bare, Claims};
use super::folder::Plan;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::Note;
use crate::path::UrlPath;

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
pub fn addresses(notes: &[Note], plan: &Plan, claims: &mut Claims, diagnostics: &mut Vec<Diagnostic>) -> Addresses {
    let mut pages = Vec::with_capacity(notes.len());
    for (note, (folder, is_index)) in notes.iter().zip(&plan.home) {
        let default = if *is_index { address::index(&plan.paths[folder.0 as usize]) } else { address::note(&note.path) };
        let wanted = wish(note, diagnostics).unwrap_or(default);
        if address::is_reserved(&wanted) {
            let fault =
                Diagnostic::file(Code::BadAddress, note.file.clone(), format!("the address `{wanted}` is kept for a file that Biji makes"));
            diagnostics.push(fault.hint("rename the note, or give it another `slug` or `permalink`"));
        }
        let (url, other) = claims.take(wanted.clone(), &format!("`{}`", note.file.path));
        if let Some(other) = other {
            diagnostics.push(collision(note, &wanted, &other));
        }
        pages.push(url);
    }
    let mut folders = Vec::with_capacity(plan.paths.len());
    let mut redirects = BTreeMap::new();
    for (path, index) in plan.paths.iter().zip(&plan.index) {
        let url = address::index(path);
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
        for alias in note.front_matter.aliases.iter().filter(|alias| address::looks_like_address(alias)) {
            match address::whole(alias, Bare::Folder) {
                Ok(url) if url == pages[at] || redirects.get(&url) == Some(&page_id(at)) => {}
                Ok(url) if address::is_reserved(&url) => {
                    diagnostics.push(bad(note, "aliases", alias, "it is kept for a file that Biji makes"))
                }
                Ok(url) => {
                    let (free, other) = claims.take(url.clone(), &format!("the alias `{alias}` of `{}`", note.file.path));
                    match other {
                        None => drop(redirects.insert(free, page_id(at))),
                        Some(other) => diagnostics.push(collision(note, &url, &other)),
                    }
                }
                Err(why) => diagnostics.push(bad(note, "aliases", alias, &why)),
            }
        }
    }
    Addresses { pages, folders, redirects: redirects.into_iter().collect() }
}

/// What `permalink` or `slug` ask for. An address of another host (`url: https://…`, where a clipped page came from) is no wish.
fn wish(note: &Note, diagnostics: &mut Vec<Diagnostic>) -> Option<UrlPath> {
    let front_matter = &note.front_matter;
    let given = |value: &Option<String>| value.clone().filter(|text| !text.trim().is_empty());
    let permalink = given(&front_matter.permalink).filter(|text| !text.contains("://"));
    let (key, text, result) = match (permalink, given(&front_matter.slug)) {
        (Some(text), _) => ("permalink", text.clone(), address::whole(&text, Bare::Page)),
        (None, Some(text)) => ("slug", text.clone(), address::slug(note.path.parent(), &text)),
        (None, None) => return None,
    };
    result.map_err(|why| diagnostics.push(bad(note, key, &text, &why))).ok()
}

fn bad(note: &Note, key: &str, text: &str, why: &str) -> Diagnostic {
    Diagnostic::file(Code::BadAddress, note.file.clone(), format!("`{text}` in `{key}` is no address that can be published")).hint(why)
}

fn collision(note: &Note, url: &UrlPath, other: &str) -> Diagnostic {
    let message = format!("`{}` and {other} both want the address `{url}`", note.file.path);
    Diagnostic::file(Code::AddressCollision, note.file.clone(), message).hint("rename one of them, or give the note another `slug`")
}

/// The id of the page made of the note at a position.
#[must_use]
pub fn page_id(at: usize) -> PageId {
    PageId(u32::try_from(at).unwrap_or(u32::MAX))
}

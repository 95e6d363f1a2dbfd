//! Notes in several languages: which notes are one note, and what their places say about their language.
//!
//! In: the notes, which of them are index pages, the folders that the configuration gives to languages. Out: the language that a note's place tells, and groups of
//! translations. Three things make a group: `note.en.md` beside `note.md`, equal paths below the folders of two languages, and one `translation_key`.
//! Knows nothing of links or HTML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::folder::Plan;
use super::{Page, PageId, plan};
use crate::config::Config;
use crate::note::Note;
use crate::path::SourcePath;

/// Languages that the end of a file's name may tell (`note.en.md`). Two letters that are as often the end of a host's name or of a file (`io`, `is`, `sh`) are not here.
const SUFFIXES: &[&str] = &[
    "af", "ar", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl",
    "gu", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kk", "km", "kn", "ko", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my",
    "nb", "ne", "nl", "nn", "no", "pa", "pl", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk",
    "ur", "uz", "vi", "zh",
];

/// What a note's place says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it has in common with its translations.
    key: String,
    /// The language that the end of its name or its folder tells.
    pub language: Option<String>,
    /// Whether it is the end of its name.
    is_suffix: bool,
}

/// Reads every note's place.
#[must_use]
pub fn places(config: &Config, notes: &[Arc<Note>], plan: &Plan) -> Vec<Place> {
    // What a name without its language belongs to: a file of that name, or others with a language.
    let mut stems: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut languages: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for note in notes {
        stems.insert((note.path.parent(), note.path.stem()));
        if let Some((stem, language)) = split(note.path.stem()) {
            languages.entry((note.path.parent(), stem)).or_default().insert(language);
        }
    }
    let folders: Vec<(&str, &str)> = config.languages.iter().map(|(language, folder)| (&**folder, &**language)).collect();
    let mut places: Vec<Place> = Vec::with_capacity(notes.len());
    // What a path without language is an index page of.
    let mut index: BTreeMap<String, String> = BTreeMap::new();
    for (note, (_, is_index)) in notes.iter().zip(&plan.home) {
        let parent = note.path.parent();
        let ending = split(note.path.stem())
            .filter(|(stem, _)| stems.contains(&(parent, stem)) || languages.get(&(parent, stem)).is_some_and(|found| found.len() > 1));
        let stem = ending.map_or(note.path.stem(), |(stem, _)| stem);
        let path = if parent.is_empty() { stem.to_owned() } else { format!("{parent}/{stem}") };
        let home = folders.iter().filter(|(folder, _)| below(folder, &path).is_some()).max_by_key(|(folder, _)| folder.len());
        let inside = home.and_then(|(folder, _)| below(folder, &path)).unwrap_or(&path);
        if *is_index {
            let above = if stem_is_index(stem) || ending.is_some() {
                inside.rsplit_once('/').map_or("", |(above, _)| above)
            } else {
                folder_of(inside)
            };
            index.insert(path.clone(), SourcePath::fold(&format!("{above}/")));
        }
        let language = ending.map(|(_, language)| language.replace('_', "-")).or_else(|| home.map(|(_, language)| (*language).to_owned()));
        places.push(Place { key: path, language, is_suffix: ending.is_some() });
    }
    for (place, note) in places.iter_mut().zip(notes) {
        place.key = match &note.front_matter.translation_key {
            Some(key) => format!("={key}"),
            None => match index.get(&place.key) {
                Some(folder) => folder.clone(),
                None => {
                    let home = folders.iter().filter_map(|(folder, _)| below(folder, &place.key)).min_by_key(|inside| inside.len());
                    SourcePath::fold(home.unwrap_or(&place.key))
                }
            },
        };
    }
    places
}

/// `note` and `en` of `note.en`.
fn split(stem: &str) -> Option<(&str, &str)> {
    let (stem, language) = stem.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
    let mut parts = language.split(['-', '_']);
    let main = parts.next()?.to_ascii_lowercase();
    let fits =
        SUFFIXES.contains(&&*main) && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    fits.then_some((stem, language))
}

/// What of a path lies below a folder; all of it below the root.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn stem_is_index(stem: &str) -> bool {
    ["index", "_index", "readme"].iter().any(|name| stem.eq_ignore_ascii_case(name))
}

/// The folder that a folder note stands for: `k8s` of `k8s/k8s`, and of `k8s` beside it.
fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((above, name)) if above.rsplit('/').next().is_some_and(|folder| SourcePath::fold(folder) == SourcePath::fold(name)) => above,
        _ => path,
    }
}

/// Gives every page its translations, itself among them: the site's language first, then by language. Of two notes for one language the first by path counts.
/// Tells which pages are only another language of a page in the same folder, which stands for them in lists.
pub fn group(pages: &mut [Page], places: &[Place], site_language: &str) {
    let mut groups: BTreeMap<&str, BTreeMap<(bool, String), usize>> = BTreeMap::new();
    for (at, (page, place)) in pages.iter().zip(places).enumerate() {
        let language = page.language.to_ascii_lowercase();
        let is_other = language != site_language.to_ascii_lowercase();
        let group = groups.entry(&place.key).or_default();
        // A name without language stands for the note; so it is never the one that is left out.
        let known = group.entry((is_other, language)).or_insert(at);
        if places[*known].is_suffix && !place.is_suffix {
            *known = at;
        }
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let members: Vec<usize> = group.into_values().collect();
        let translations: Vec<PageId> = members.iter().map(|at| plan::page_id(*at)).collect();
        for at in &members {
            pages[*at].translations.clone_from(&translations);
            let beside = |other: &&usize| pages[**other].folder == pages[*at].folder;
            let stands = members.iter().filter(beside).find(|other| !places[**other].is_suffix).or_else(|| members.iter().find(beside));
            pages[*at].is_translation = places[*at].is_suffix && stands != Some(at) && !pages[*at].is_index;
        }
    }
}

/// The way through the site for pages that stand in no list: beside the page that stands for them, in their own language where there is one.
pub fn neighbours(pages: &mut [Page]) {
    let translated = |id: PageId, language: &str| {
        let page = &pages[id.0 as usize];
        page.translations.iter().copied().find(|other| pages[other.0 as usize].language == language).unwrap_or(id)
    };
    let mut found = Vec::new();
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| page.is_translation) {
        let main =
            page.translations.iter().map(|id| &pages[id.0 as usize]).find(|other| !other.is_translation && other.folder == page.folder);
        let Some(main) = main else { continue };
        let other = |id: Option<PageId>| id.map(|id| translated(id, &page.language));
        found.push((at, other(main.previous), other(main.next)));
    }
    for (at, previous, next) in found {
        pages[at].previous = previous;
        pages[at].next = next;
    }
}

//! Which folder, tags and language each document has: for narrowing a search down and for saying how many results each choice would leave.
//!
//! *In*: documents. *Out*: a file of its own that is read only when somebody filters, and from it again sets of documents and counts. A
//! folder and a nested tag stand for everything below them. Damaged bytes give `None`.

use crate::docs::sort;
use crate::record::Cursor;
use crate::{Facet, Facets, Filters};
#[cfg(feature = "build")]
use std::collections::BTreeMap;

/// Name of the file.
pub(crate) const FILE: &str = "facets";

/// How many tags are told of at most, those of most documents; and how many folders.
const MOST: usize = 200;

/// Names that lie in each other, each behind the one it lies in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Names {
    /// The name that it lies in, by its place; itself when in none.
    above: Vec<u32>,
    /// In full: `a/b`.
    full: Vec<String>,
}

impl Names {
    fn decode(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut names = Self::default();
        for at in 0..cursor.number()? {
            let above = cursor.number()?;
            let name = cursor.text()?;
            // Zero is none, else one more than its place.
            let (above, full) = match above.checked_sub(1) {
                None => (at, name.to_owned()),
                Some(above) => (above, format!("{}/{name}", names.full.get(usize::try_from(above).ok()?)?)),
            };
            // No honest name is as long; a chain of names could be.
            if above > at || full.len() > LONGEST {
                return None;
            }
            names.above.push(above as u32);
            names.full.push(full);
        }
        Some(names)
    }

    fn len(&self) -> u32 {
        self.full.len() as u32
    }

    fn find(&self, full: &str) -> Option<u32> {
        self.full.iter().position(|name| name == full).map(|at| at as u32)
    }

    /// Adds one to a name and all it lies in. A name with a larger `seen` was counted for this document already.
    fn count(&self, mut at: u32, doc: u32, counts: &mut [(u32, u32)]) {
        while let Some((count, seen)) = counts.get_mut(at as usize)
            && *seen != doc + 1
        {
            *count += 1;
            *seen = doc + 1;
            at = self.above[at as usize];
        }
    }

    fn is_below(&self, mut at: u32, other: u32) -> bool {
        while at > other {
            at = self.above[at as usize];
            if self.above[at as usize] == at {
                break;
            }
        }
        at == other
    }
}

/// Longest name in full, in bytes.
const LONGEST: usize = 4 << 10;
/// A document in the root has no folder.
const ROOT: u32 = 0;

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    folders: Names,
    tags: Names,
    languages: Names,
    /// One more than the folder's place, or [`ROOT`]; of each document.
    folder_of: Vec<u32>,
    language_of: Vec<u32>,
    tags_of: Vec<Vec<u32>>,
}

impl Table {
    /// Reads the file of an index of so many documents.
    pub(crate) fn decode(bytes: &[u8], documents: u32) -> Option<Self> {
        let cursor = &mut Cursor(bytes);
        let (folders, tags, languages) = (Names::decode(cursor)?, Names::decode(cursor)?, Names::decode(cursor)?);
        let mut table = Self { folders, tags, languages, ..Self::default() };
        let place = |cursor: &mut Cursor<'_>, least: u32| cursor.number().and_then(|at| u32::try_from(at).ok()).filter(|&at| at < least);
        for _ in 0..documents {
            table.folder_of.push(place(cursor, table.folders.len() + 1)?);
        }
        for _ in 0..documents {
            table.language_of.push(place(cursor, table.languages.len())?);
        }
        for _ in 0..documents {
            let count = cursor.size().filter(|&count| count <= table.tags.len() as usize)?;
            table.tags_of.push((0..count).map(|_| place(cursor, table.tags.len())).collect::<Option<_>>()?);
        }
        Some(table)
    }

    /// Which filters a document passes: folder, tag, language.
    fn passes(&self, wanted: &[Option<u32>; 3], doc: u32) -> [bool; 3] {
        let at = doc as usize;
        let folder = |folder| self.folder_of.get(at).is_some_and(|&of| of != ROOT && self.folders.is_below(of - 1, folder));
        let tag = |tag| self.tags_of.get(at).is_some_and(|of| of.iter().any(|&of| self.tags.is_below(of, tag)));
        let language = |language| self.language_of.get(at) == Some(&language);
        [wanted[0].is_none_or(folder), wanted[1].is_none_or(tag), wanted[2].is_none_or(language)]
    }

    /// The documents among `ranked` that pass all filters; and for each choice how many there would be if it were made, the other filters staying.
    pub(crate) fn apply<T: Copy>(&self, filters: &Filters, ranked: &[(u32, T)]) -> (Vec<(u32, T)>, Facets) {
        // What no document has is a place that no document has.
        let find = |names: &Names, name: &str| (!name.is_empty()).then(|| names.find(name).unwrap_or(u32::MAX));
        let folder = filters.folder.trim_matches('/');
        let wanted = [find(&self.folders, folder), find(&self.tags, &filters.tag), find(&self.languages, &filters.language)];
        let mut folders = vec![(0, 0); self.folders.len() as usize];
        let mut tags = vec![(0, 0); self.tags.len() as usize];
        let mut languages = vec![(0, 0); self.languages.len() as usize];
        let mut kept = Vec::new();
        for &(doc, score) in ranked {
            let [folder, tag, language] = self.passes(&wanted, doc);
            if folder && tag && language {
                kept.push((doc, score));
            }
            let at = doc as usize;
            if tag && language && self.folder_of[at] != ROOT {
                self.folders.count(self.folder_of[at] - 1, doc, &mut folders);
            }
            if folder && language {
                self.tags_of[at].iter().for_each(|&tag| self.tags.count(tag, doc, &mut tags));
            }
            if folder && tag {
                self.languages.count(self.language_of[at], doc, &mut languages);
            }
        }
        let facets = Facets {
            folders: self.folders_near(wanted[0], &folders),
            tags: most(&self.tags, wanted[1], &tags),
            languages: most(&self.languages, wanted[2], &languages),
        };
        (kept, facets)
    }

    /// The folders that a choice is made of: of the root, or those above the chosen one, itself, and those right in it.
    fn folders_near(&self, chosen: Option<u32>, counts: &[(u32, u32)]) -> Vec<Facet> {
        let names = &self.folders;
        let shown = |at: u32| match chosen.filter(|&chosen| chosen < names.len()) {
            None => names.above[at as usize] == at,
            Some(chosen) => names.is_below(chosen, at) || names.above[at as usize] == chosen,
        };
        let all = (0..names.len()).filter(|&at| shown(at) && (counts[at as usize].0 > 0 || chosen == Some(at)));
        all.take(MOST).map(|at| Facet { name: names.full[at as usize].clone(), pages: counts[at as usize].0 }).collect()
    }
}

/// The names with most documents, and the chosen one.
fn most(names: &Names, chosen: Option<u32>, counts: &[(u32, u32)]) -> Vec<Facet> {
    let mut all: Vec<u32> = (0..names.len()).filter(|&at| counts[at as usize].0 > 0 || chosen == Some(at)).collect();
    sort(&mut all, |&a, &b| (counts[b as usize].0, a) < (counts[a as usize].0, b));
    let late = all.iter().skip(MOST).copied().find(|&at| chosen == Some(at));
    all.truncate(MOST);
    all.extend(late);
    all.into_iter().map(|at| Facet { name: names.full[at as usize].clone(), pages: counts[at as usize].0 }).collect()
}

/// Writes the file.
#[cfg(feature = "build")]
pub(crate) fn encode(documents: &[&crate::Document]) -> Vec<u8> {
    use crate::record::put_number;
    /// Numbers all names, parents first, and writes them.
    fn put_names<'a>(all: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) -> BTreeMap<&'a str, u64> {
        let mut names: BTreeMap<Vec<&str>, &str> = BTreeMap::new();
        for name in all.filter(|name| !name.is_empty()) {
            let ends = name.match_indices('/').map(|(at, _)| at).chain(std::iter::once(name.len()));
            names.extend(ends.filter(|&end| end > 0).map(|end| (name[..end].split('/').collect(), &name[..end])));
        }
        let mut places = BTreeMap::new();
        put_number(names.len() as u64, out);
        // By parts, so that what lies in a name stands right behind it.
        for (at, full) in (0..).zip(names.into_values()) {
            let (above, last) = match full.rsplit_once('/').filter(|(above, _)| !above.is_empty()) {
                Some((above, last)) => (places.get(above).map_or(0, |place| place + 1), last),
                None => (0, full),
            };
            put_number(above, out);
            put_number(last.len() as u64, out);
            out.extend_from_slice(last.as_bytes());
            places.insert(full, at);
        }
        places
    }
    fn folder(document: &crate::Document) -> &str {
        document.source.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
    let mut out = Vec::new();
    let folders = put_names(documents.iter().map(|document| folder(document)), &mut out);
    let tags = put_names(documents.iter().flat_map(|document| &document.tags).map(String::as_str), &mut out);
    // A language is one name, whatever is in it; a document without one has the name of nothing.
    let mut languages: BTreeMap<&str, u64> = documents.iter().map(|document| (document.language.as_str(), 0)).collect();
    put_number(languages.len() as u64, &mut out);
    for (at, (name, place)) in (0..).zip(&mut languages) {
        *place = at;
        put_number(0, &mut out);
        put_number(name.len() as u64, &mut out);
        out.extend_from_slice(name.as_bytes());
    }
    for document in documents {
        put_number(folders.get(folder(document)).map_or(0, |place| place + 1), &mut out);
    }
    for document in documents {
        put_number(languages.get(document.language.as_str()).copied().unwrap_or_default(), &mut out);
    }
    for document in documents {
        let of: Vec<u64> = document.tags.iter().filter_map(|tag| tags.get(tag.as_str()).copied()).collect();
        put_number(of.len() as u64, &mut out);
        of.into_iter().for_each(|tag| put_number(tag, &mut out));
    }
    out
}

//! The last site as bytes, for another run of the same program.
//!
//! In: what assembling left ([`Memo`]). Out: its bytes, in parts that many threads can write and read; and the same memo again, where all that a site is made
//! of is what it was, but for the notes. The bytes hold no note but those that assembling gave something to; whoever keeps them keeps the notes too. They
//! are taken for what they are: whoever keeps them sees to it that nobody else wrote them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::again::Last;
use super::backlink::Backlink;
use super::language::Letters;
use super::mention::{self, Mentions};
use super::{Folder, FolderId, Memo, Origin, Page, PageId, Site, Tag, TagId, Target};
use crate::config::Config;
use crate::diagnostic::{File, Kept};
use crate::note::Note;
use crate::path::{SourcePath, UrlPath};
use crate::source::Attachment;
use crate::source::picture::Pixels;

/// So many pages are in one part.
const PAGES: usize = 200;

/// All but the pages.
#[derive(Serialize, Deserialize)]
struct Head {
    /// A hash of what the site was made of besides notes.
    given: [u8; 32],
    /// What the configuration left open.
    title: Option<String>,
    language: Option<String>,
    folders: Vec<Folder>,
    tags: Vec<Tag>,
    attachments: Vec<(SourcePath, UrlPath)>,
    pixels: Vec<Option<Pixels>>,
    redirects: Vec<(UrlPath, PageId)>,
    includes: Vec<(SourcePath, SourcePath)>,
    diagnostics: Vec<Kept>,
}

/// A page: which note, and the note where it is not the one that was given; its letters; what it mentions; its fields in two rows.
type Row = (u32, Option<Note>, Letters, Option<Mentions>, Place, Rest);
type Place = (UrlPath, FolderId, bool, Vec<Target>, Vec<Backlink>, Vec<Backlink>, Vec<TagId>, Vec<Option<TagId>>);
type Rest = (Option<PageId>, Option<PageId>, String, Option<String>, Option<String>, Vec<String>, Vec<PageId>, bool);

/// The bytes of the last site; `None` where there is none, or it cannot be written.
#[must_use]
pub fn save(memo: &Memo) -> Option<Vec<Vec<u8>>> {
    let last = memo.last.as_ref()?;
    let Site { config, pages, folders, tags, attachments, pixels, redirects, includes } = &last.site;
    let head = Head {
        given: last.given(),
        title: config.title.clone(),
        language: config.language.clone(),
        folders: folders.clone(),
        tags: tags.clone(),
        attachments: attachments.clone(),
        pixels: pixels.clone(),
        redirects: redirects.clone(),
        includes: includes.clone(),
        diagnostics: last.diagnostics.iter().map(Kept::from).collect(),
    };
    let mentions: Vec<&Mentions> = memo.mentions.mentions().collect();
    let row = |(at, page): (usize, &Arc<Page>)| {
        let Page {
            note,
            url,
            folder,
            is_index,
            links,
            backlinks,
            mentions: mentioned,
            tags,
            tag_targets,
            previous,
            next,
            language,
            created,
            updated,
            contributors,
            translations,
            is_translation,
        } = &**page;
        let given = last.notes.binary_search_by(|other| other.path.cmp(&note.path)).ok()?;
        let own = Some(&**note).filter(|_| !Arc::ptr_eq(note, &last.notes[given]));
        let place = (url, folder, is_index, links, backlinks, mentioned, tags, tag_targets);
        let rest = (previous, next, language, created, updated, contributors, translations, is_translation);
        let (_, letters) = memo.letters.get(at)?;
        postcard::to_allocvec(&(u32::try_from(given).ok()?, own, letters, mentions.get(at), place, rest)).ok()
    };
    let part = |(part, pages): (usize, &[Arc<Page>])| {
        let rows = pages.iter().enumerate().map(|(at, page)| row((part * PAGES + at, page)));
        Some(rows.collect::<Option<Vec<_>>>()?.concat())
    };
    let parts: Vec<Vec<u8>> = pages.par_chunks(PAGES).enumerate().map(part).collect::<Option<_>>()?;
    Some(std::iter::once(postcard::to_allocvec(&head).ok()?).chain(parts).collect())
}

/// The memo whose bytes these are, if a site of these inputs and of these notes is the one that was kept; `notes` are sorted, and those with which it was
/// kept.
#[must_use]
pub fn load(parts: &[&[u8]], origin: Origin<'_>, config: &Config, notes: Vec<Arc<Note>>, attachments: &[Attachment]) -> Option<Memo> {
    let (head, parts) = parts.split_first()?;
    let Head { given, title, language, folders, tags, attachments: published, pixels, redirects, includes, diagnostics } =
        postcard::from_bytes(head).ok()?;
    let rows: Vec<Vec<Row>> = parts.par_iter().map(|part| rows(part)).collect::<Option<_>>()?;
    let mut memo = Memo::keeping();
    let mut mentions = Vec::new();
    let mut pages = Vec::with_capacity(notes.len());
    for (given, own, letters, mentioned, place, rest) in rows.into_iter().flatten() {
        let given = notes.get(given as usize)?;
        let note = own.map_or_else(|| Arc::clone(given), |own| Arc::new(Note { file: given.file.clone(), ..own }));
        memo.letters.push((Arc::clone(&note), letters));
        mentions.extend(mentioned);
        let (url, folder, is_index, links, backlinks, mentions, tags, tag_targets) = place;
        let (previous, next, language, created, updated, contributors, translations, is_translation) = rest;
        pages.push(Arc::new(Page {
            note,
            url,
            folder,
            is_index,
            links,
            backlinks,
            mentions,
            tags,
            tag_targets,
            previous,
            next,
            language,
            created,
            updated,
            contributors,
            translations,
            is_translation,
        }));
    }
    memo.mentions = if config.mentions { mention::Memo::of(&pages, &folders, mentions) } else { mention::Memo::default() };
    let files: BTreeMap<&str, &File> = notes.iter().map(|note| (&*note.file.path, &note.file)).collect();
    let file = |path: &str| files.get(path).map(|file| File::clone(file));
    let diagnostics: Vec<_> = diagnostics.into_iter().map(|fault| fault.read(file)).collect::<Option<_>>()?;
    let config_of_site = Config { title, language, ..config.clone() };
    let site = Site { config: config_of_site, pages, folders, tags, attachments: published, pixels, redirects, includes };
    let last = Last::new(origin, config.clone(), notes, attachments, (&site, &diagnostics));
    if last.given() != given {
        return None;
    }
    memo.last = Some(last);
    Some(memo)
}

fn rows(mut bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows = Vec::with_capacity(PAGES);
    while !bytes.is_empty() {
        let (row, rest) = postcard::take_from_bytes(bytes).ok()?;
        rows.push(row);
        bytes = rest;
    }
    Some(rows)
}

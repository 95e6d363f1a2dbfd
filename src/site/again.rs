//! The next site when only the text of some notes changed: what other pages show of a note and how they find it is still the same, so all else is taken over.
//!
//! In: the last site with what it was made of, and the same inputs anew. Out: the site and the diagnostics that assembling all of it would give, or `None`
//! where anything else changed, and then all of it is assembled. What is compared is listed without `..`: whoever adds a field to a note or a page must say
//! here what it means.

use std::sync::Arc;

use super::language::{self, Letters};
use super::{Origin, Page, PageId, Site, backlink, mention, own_language, reviewed};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::note::{Heading, Link, Note};
use crate::path::SourcePath;
use crate::site::include::Texts;
use crate::source::Attachment;
use crate::source::history::History;

/// So many notes may change at once.
const MOST: usize = 32;

/// What assembling a site worked out of single notes, for the next time: a note that is still the same is not looked through again.
#[derive(Debug, Default)]
pub struct Memo {
    pub(super) letters: language::Counted,
    pub(super) mentions: mention::Memo,
    /// Whether there will be a next time.
    pub(super) is_kept: bool,
    pub(super) last: Option<Last>,
    pub(super) outline: u64,
}

impl Memo {
    /// A memo that also keeps the last site: for whoever assembles again and again.
    #[must_use]
    pub fn keeping() -> Self {
        Self { is_kept: true, ..Self::default() }
    }

    /// The last site, where it is kept.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        self.last.as_ref().map(|last| &last.site)
    }

    /// The notes that the last site was made of, sorted by path, those that are not published among them.
    #[must_use]
    pub fn notes(&self) -> &[Arc<Note>] {
        self.last.as_ref().map_or(&[], |last| &last.notes)
    }

    /// A hash of all that the last site was made of, but for the notes.
    #[must_use]
    pub fn given(&self) -> Option<[u8; 32]> {
        self.last.as_ref().map(Last::given)
    }

    /// The number of the last site's outline. Sites of one memo that have the same differ in nothing but the text of their notes: in no title, heading,
    /// address, tag, link or language.
    #[must_use]
    pub fn outline(&self) -> u64 {
        self.outline
    }
}

/// A site, and what it was made of.
#[derive(Debug)]
pub(super) struct Last {
    config: Config,
    name: String,
    held_back: Vec<SourcePath>,
    texts: Option<Texts>,
    pub(super) notes: Vec<Arc<Note>>,
    attachments: Vec<Attachment>,
    pub(super) site: Site,
    /// But for what is said of a site as it is: that is said again.
    pub(super) diagnostics: Vec<Diagnostic>,
    history: Option<History>,
}

impl Last {
    /// Keeps a site. `notes` are sorted.
    pub(super) fn new(
        origin: Origin<'_>,
        config: Config,
        notes: Vec<Arc<Note>>,
        attachments: &[Attachment],
        made: (&Site, &[Diagnostic]),
    ) -> Self {
        Self {
            config,
            name: origin.name.to_owned(),
            held_back: origin.held_back.to_vec(),
            texts: origin.texts.cloned(),
            notes,
            attachments: attachments.to_vec(),
            site: made.0.clone(),
            diagnostics: made.1.to_vec(),
            history: origin.history.cloned(),
        }
    }

    /// A hash of all that the site is made of, but for the notes.
    pub(super) fn given(&self) -> [u8; 32] {
        let Self { config, name, held_back, texts, attachments, history, notes: _, site: _, diagnostics: _ } = self;
        let all = (config, name, held_back, texts, attachments, history);
        *blake3::hash(format!("{all:?}").as_bytes()).as_bytes()
    }
}

/// The next site, where it differs from the last one in the text of a few notes. `notes` are sorted.
pub(super) fn texts_alone(
    memo: &mut Memo,
    origin: Origin<'_>,
    config: &Config,
    notes: &[Arc<Note>],
    attachments: &[Attachment],
) -> Option<(Site, Vec<Diagnostic>)> {
    let mut last = memo.last.take()?;
    let made = next(memo, &last, origin, config, notes, attachments);
    if let Some((site, _)) = &made {
        last.site = site.clone();
        last.notes = notes.to_vec();
        memo.last = Some(last);
    }
    made
}

fn next(
    memo: &mut Memo,
    last: &Last,
    origin: Origin<'_>,
    config: &Config,
    notes: &[Arc<Note>],
    attachments: &[Attachment],
) -> Option<(Site, Vec<Diagnostic>)> {
    let is_same = last.config == *config
        && last.name == origin.name
        && last.held_back == origin.held_back
        && last.texts.as_ref() == origin.texts
        && last.history.as_ref() == origin.history
        && last.attachments == attachments
        && last.notes.len() == notes.len();
    if !is_same {
        return None;
    }
    let pairs = || last.notes.iter().zip(notes).filter(|(old, new)| !Arc::ptr_eq(old, new));
    if pairs().count() > MOST || !pairs().all(|(old, new)| is_text_alone(old, new)) {
        return None;
    }
    let is_faulty = |note: &Note| last.diagnostics.iter().any(|fault| fault.file.as_ref().is_some_and(|file| file.path == note.file.path));
    if pairs().any(|(old, _)| is_faulty(old)) {
        return None;
    }
    let old = &last.site;
    let mut named: Vec<(PageId, Arc<Note>)> = Vec::new();
    for (_, note) in pairs() {
        // One that is not published is none of the pages.
        let Ok(at) = old.pages.binary_search_by(|page| page.note.path.cmp(&note.path)) else { continue };
        named.push((PageId(u32::try_from(at).ok()?), named_as(&old.pages[at].note, note)));
    }
    let changed: Vec<(PageId, &Arc<Note>)> = named.iter().map(|(id, note)| (*id, note)).collect();
    let letters: Vec<Letters> = changed.iter().map(|(_, note)| Letters::of(note)).collect();
    if !keeps_languages(memo, old, config, &changed, &letters) {
        return None;
    }

    let mut site = old.clone();
    for ((id, note), letters) in changed.iter().zip(&letters) {
        let at = id.0 as usize;
        memo.letters[at] = (Arc::clone(note), *letters);
        let Page {
            note: _,
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
            translations,
            is_translation,
            created,
            updated,
            contributors,
        } = &*site.pages[at];
        site.pages[at] = Arc::new(Page {
            note: Arc::clone(note),
            url: url.clone(),
            folder: *folder,
            is_index: *is_index,
            links: links.clone(),
            backlinks: backlinks.clone(),
            mentions: mentions.clone(),
            tags: tags.clone(),
            tag_targets: tag_targets.clone(),
            previous: *previous,
            next: *next,
            language: language.clone(),
            translations: translations.clone(),
            is_translation: *is_translation,
            created: created.clone(),
            updated: updated.clone(),
            contributors: contributors.clone(),
        });
    }
    for (from, note) in &changed {
        for (to, backlink) in backlink::of_note(*from, note, &old.pages[from.0 as usize].links, &old.folders) {
            let page = &mut site.pages[to.0 as usize];
            let at = page.backlinks.binary_search_by_key(from, |known| known.from).ok()?;
            if page.backlinks[at] != backlink {
                Arc::make_mut(page).backlinks[at] = backlink;
            }
        }
    }
    if config.mentions {
        for (to, mentions) in mention::changed(&mut memo.mentions, old.pages.len(), &changed)? {
            Arc::make_mut(&mut site.pages[to.0 as usize]).mentions = mentions;
        }
    }
    Some(reviewed(site, last.diagnostics.clone()))
}

/// A note with the title and the permanent address that the site gave its last form: by its summary, by a pattern.
fn named_as(last: &Note, note: &Arc<Note>) -> Arc<Note> {
    let mut named = Arc::clone(note);
    if last.title != note.title || last.front_matter.permalink != note.front_matter.permalink {
        let named = Arc::make_mut(&mut named);
        named.title.clone_from(&last.title);
        named.front_matter.permalink.clone_from(&last.front_matter.permalink);
    }
    named
}

/// Whether two forms of a note differ in their text alone, as far as any other page can tell. Where text is, in the file or the page, other pages do not tell.
fn is_text_alone(old: &Note, new: &Note) -> bool {
    let Note { path, file: _, front_matter, title, outline, links, code, body: _, sections: _, anchors, tags, length: _, occurrences: _ } =
        old;
    let is_heading = |old: &Heading, new: &Heading| {
        let Heading { level, text, anchor, span: _, html_start: _, is_title } = old;
        (level, text, anchor, is_title) == (&new.level, &new.text, &new.anchor, &new.is_title)
    };
    let is_link = |old: &Link, new: &Link| {
        let Link { kind, target, title, text, span: _ } = old;
        (kind, target, title, text) == (&new.kind, &new.target, &new.title, &new.text)
    };
    let includes = |note: &Note| note.code.iter().any(|block| block.attributes.include.is_some());
    *path == new.path
        && *front_matter == new.front_matter
        && *title == new.title
        && *anchors == new.anchors
        && *tags == new.tags
        && outline.len() == new.outline.len()
        && outline.iter().zip(&new.outline).all(|(old, new)| is_heading(old, new))
        && links.len() == new.links.len()
        && links.iter().zip(&new.links).all(|(old, new)| is_link(old, new))
        && (code.is_empty() || !includes(old))
        && !includes(new)
}

/// Whether the site and the changed pages are in the languages that they were in.
fn keeps_languages(memo: &Memo, old: &Site, config: &Config, changed: &[(PageId, &Arc<Note>)], letters: &[Letters]) -> bool {
    if memo.letters.len() != old.pages.len() {
        return false;
    }
    let site_language = old.config.language.as_deref().unwrap_or_default();
    if config.language.as_deref().is_none_or(|language| language.trim().is_empty()) {
        let mut all = Letters::default();
        let mut now = changed.iter().zip(letters).peekable();
        for (at, (_, known)) in memo.letters.iter().enumerate() {
            all += now.next_if(|((id, _), _)| id.0 as usize == at).map_or(*known, |(_, letters)| *letters);
        }
        if language::of_site(all) != site_language {
            return false;
        }
    }
    // What a note says of its language and what its place tells stand in its front matter and its path, which are the same.
    let guess = |letters: Letters| language::of_note(letters, site_language);
    let mut all = changed.iter().zip(letters);
    all.all(|((id, note), letters)| own_language(note).is_some() || guess(*letters) == guess(memo.letters[id.0 as usize].1))
}

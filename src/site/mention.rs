//! Unlinked mentions: notes whose title or alias stands in the text of another that does not link to them.
//!
//! In: the pages with their links and backlinks. Out: for each page who mentions it, and where. All names are looked for at once, in one pass over
//! every text, so the time grows with the text and not with the number of notes.
//!
//! A name counts when it says enough: two Han characters or three letters, not a word that every site has a page of (`Index`, 目录), not the name
//! of two notes. It must stand by itself where words have borders, outside code, formulas, tags and links. A name that very many notes mention
//! without linking is an everyday word to them, and is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::address::looks_like_address;
use super::backlink::{Backlink, Passage, Within, page_of};
use super::{Folder, Page, PageId};
use crate::note::{Note, Section};
use crate::path::SourcePath;
use crate::text::Span;

/// A name that more notes mention than this, and more than one in [`SHARE`], is an everyday word.
const EVERYDAY: usize = 20;
const SHARE: usize = 20;

/// When more names have come or gone, all texts are looked through again.
const MOST: usize = 64;

/// Titles that say nothing of a note, folded.
const EMPTY: &[&str] = &[
    "index",
    "home",
    "readme",
    "notes",
    "note",
    "todo",
    "overview",
    "introduction",
    "about",
    "contents",
    "changelog",
    "summary",
    "reference",
    "references",
    "resources",
    "links",
    "link",
    "faq",
    "glossary",
    "example",
    "examples",
    "tips",
    "test",
    "misc",
    "draft",
    "template",
    "welcome",
    "start",
    "main",
    "page",
    "section",
    "title",
    "name",
    "untitled",
    "conclusion",
    "appendix",
    "license",
    "support",
    "help",
    "usage",
    "setup",
    "首页",
    "简介",
    "概述",
    "介绍",
    "目录",
    "笔记",
    "前言",
    "总结",
    "小结",
    "参考",
    "说明",
    "其他",
    "待办",
    "索引",
    "示例",
    "附录",
    "模板",
    "关于",
    "开始",
];

/// What looking for names found, for the next time: what a page mentions depends on nothing but its text, what it links to, and the names.
#[derive(Debug, Default)]
pub struct Memo {
    names: BTreeMap<String, PageId>,
    automaton: Option<AhoCorasick>,
    pages: Vec<Found>,
}

impl Memo {
    /// The memo of pages of which each is known to mention these.
    pub(super) fn of(pages: &[Arc<Page>], folders: &[Folder], mentions: Vec<Mentions>) -> Self {
        let found = |((at, page), mentions): ((usize, &Arc<Page>), Mentions)| Found {
            note: Arc::clone(&page.note),
            linked: linked(page, at, folders),
            mentions,
        };
        let names = names(pages.iter().map(|page| &**page));
        Self { names, automaton: None, pages: pages.iter().enumerate().zip(mentions).map(found).collect() }
    }

    /// What each page mentions.
    pub(super) fn mentions(&self) -> impl Iterator<Item = &Mentions> {
        self.pages.iter().map(|found| &found.mentions)
    }

    /// Takes the names of these pages. Returns what was found in each that was there before, and what finds the names that have come, have gone, or are those of
    /// another page now: where none of them stands, what was found is what would be found.
    fn renew(&mut self, names: BTreeMap<String, PageId>, pages: &[Page]) -> (Vec<Option<Found>>, Option<AhoCorasick>) {
        let mut known: Vec<Option<Found>> = pages.iter().map(|_| None).collect();
        // Pages are in order of their paths.
        let place = |found: &Found| pages.binary_search_by(|page| page.note.path.cmp(&found.note.path)).ok();
        let places: Vec<Option<usize>> = self.pages.iter().map(place).collect();
        let id_of = |PageId(old): PageId| places.get(old as usize).copied().flatten().and_then(|at| u32::try_from(at).ok()).map(PageId);
        let is_same = |name: &str, owner: PageId| names.get(name).is_some_and(|now| id_of(owner) == Some(*now));
        let gone = self.names.iter().filter(|(name, owner)| !is_same(name, **owner)).map(|(name, _)| name);
        let come = names.keys().filter(|name| !self.names.contains_key(*name));
        let others: Vec<&String> = gone.chain(come).take(MOST + 1).collect();
        let is_other = !others.is_empty();
        let finder = is_other.then(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&others));
        let (Ok(finder), 0..=MOST) = (finder.transpose(), others.len()) else {
            *self = Self { names, ..Self::default() };
            return (known, None);
        };
        for (found, place) in std::mem::take(&mut self.pages).into_iter().zip(&places) {
            let Some(place) = place else { continue };
            let linked = found.linked.iter().filter_map(|id| id_of(*id)).collect();
            let mentions = found.mentions.into_iter().filter_map(|(id, passage)| Some((id_of(id)?, passage))).collect();
            known[*place] = Some(Found { note: found.note, linked, mentions });
        }
        if is_other {
            self.automaton = None;
        }
        self.names = names;
        (known, finder)
    }

    /// Makes the automaton where there is none.
    fn prepare(&mut self) {
        if self.automaton.is_none() {
            let builder = &mut AhoCorasick::builder();
            let automaton = builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(self.names.keys());
            self.automaton = automaton.ok();
        }
    }
}

/// The pages that one mentions, and the first place of each.
pub(super) type Mentions = BTreeMap<PageId, Passage>;

/// What one page mentions, and what that was found with.
#[derive(Debug)]
struct Found {
    note: Arc<Note>,
    linked: Vec<PageId>,
    mentions: Mentions,
}

/// Who mentions each page without linking to it.
#[must_use]
pub fn collect(pages: &[Page], folders: &[Folder], memo: &mut Memo) -> Vec<Vec<Backlink>> {
    let mut mentions: Vec<Vec<Backlink>> = vec![Vec::new(); pages.len()];
    let (known, others) = memo.renew(names(pages.iter()), pages);
    memo.prepare();
    // Without one there are too many names for it: four billion letters.
    let Some(automaton) = &memo.automaton else { return mentions };
    let owners: Vec<PageId> = memo.names.values().copied().collect();
    memo.pages = pages
        .par_iter()
        .zip(known)
        .enumerate()
        .map(|(at, (page, known))| {
            let linked = linked(page, at, folders);
            let is_same = |known: &Found| Arc::ptr_eq(&known.note, &page.note) && known.linked == linked;
            match known.filter(is_same) {
                Some(known) if others.as_ref().is_none_or(|others| !holds(&page.note, others)) => known,
                _ => Found { note: Arc::clone(&page.note), mentions: of_note(&page.note, &linked, automaton, &owners), linked },
            }
        })
        .collect();
    for (from, found) in (0..).map(PageId).zip(&memo.pages) {
        for (to, passage) in &found.mentions {
            mentions[to.0 as usize].push(Backlink { from, places: vec![*passage] });
        }
    }
    mentions.iter_mut().filter(|mentions| mentions.len() > most(pages.len())).for_each(Vec::clear);
    mentions
}

/// How many pages may mention one.
fn most(pages: usize) -> usize {
    EVERYDAY.max(pages / SHARE)
}

/// The pages that are mentioned otherwise now that the texts of some have changed, and by whom. Names and links are the same. `None` where that cannot be
/// told from what is known.
pub(super) fn changed(memo: &mut Memo, pages: usize, changed: &[(PageId, &Arc<Note>)]) -> Option<Vec<(PageId, Vec<Backlink>)>> {
    if memo.pages.len() != pages {
        return None;
    }
    memo.prepare();
    let owners: Vec<PageId> = memo.names.values().copied().collect();
    let mut others = BTreeSet::new();
    for (id, note) in changed {
        let known = &mut memo.pages[id.0 as usize];
        let mentions = of_note(note, &known.linked, memo.automaton.as_ref()?, &owners);
        let all = known.mentions.keys().chain(mentions.keys());
        others.extend(all.filter(|to| known.mentions.get(to) != mentions.get(to)).copied());
        known.note = Arc::clone(note);
        known.mentions = mentions;
    }
    let by_whom = |to: PageId| {
        let pages = (0..).map(PageId).zip(&memo.pages);
        let found = pages.filter_map(|(from, page)| Some(Backlink { from, places: vec![*page.mentions.get(&to)?] }));
        let mut mentions: Vec<Backlink> = found.collect();
        if mentions.len() > most(memo.pages.len()) {
            mentions.clear();
        }
        (to, mentions)
    };
    Some(others.into_iter().map(by_whom).collect())
}

/// The names that are looked for, each that of one page.
fn names<'a>(pages: impl Iterator<Item = &'a Page>) -> BTreeMap<String, PageId> {
    let mut by_name: BTreeMap<String, Option<(String, PageId)>> = BTreeMap::new();
    for (id, page) in (0..).map(PageId).zip(pages) {
        let aliases = page.note.front_matter.aliases.iter().filter(|alias| !looks_like_address(alias));
        for name in std::iter::once(&page.note.title).chain(aliases).map(|name| name.trim()).filter(|name| says_enough(name)) {
            by_name
                .entry(SourcePath::fold(name))
                .and_modify(|owner| {
                    if owner.as_ref().is_some_and(|(_, owner)| *owner != id) {
                        *owner = None;
                    }
                })
                .or_insert_with(|| Some((name.to_owned(), id)));
        }
    }
    by_name.into_values().flatten().collect()
}

fn says_enough(name: &str) -> bool {
    let wide = name.chars().filter(|letter| is_wide(*letter)).count();
    let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
    (wide >= 2 || letters >= 3) && name.len() <= 200 && !EMPTY.contains(&&*SourcePath::fold(name))
}

/// The pages that one page links to, and itself. Sorted.
fn linked(page: &Page, at: usize, folders: &[Folder]) -> Vec<PageId> {
    let mut linked: Vec<PageId> = page.links.iter().filter_map(|target| page_of(target, folders)).collect();
    linked.extend(u32::try_from(at).map(PageId));
    linked.sort_unstable();
    linked.dedup();
    linked
}

/// Whether one of some names stands anywhere in a note's text.
fn holds(note: &Note, names: &AhoCorasick) -> bool {
    let texts = note.sections.iter().map(|section| &section.text).chain(note.outline.iter().map(|heading| &heading.text));
    texts.into_iter().any(|text| names.is_match(text.as_str()))
}

/// What one note mentions: the first place of each.
fn of_note(note: &Note, linked: &[PageId], automaton: &AhoCorasick, owners: &[PageId]) -> Mentions {
    let mut found = BTreeMap::new();
    let mut look = |text: &str, within: Within, quiet: &[Span]| {
        let mut quiet = quiet.iter().peekable();
        for hit in automaton.find_iter(text) {
            let place = Span::new(hit.start(), hit.end());
            let owner = owners[hit.pattern().as_usize()];
            while quiet.next_if(|span| span.end <= place.start).is_some() {}
            let is_quiet = quiet.peek().is_some_and(|span| span.start < place.end);
            if !is_quiet && stands_alone(text, place) && linked.binary_search(&owner).is_err() && !found.contains_key(&owner) {
                // A mention that is all there is in its line has no sentence, and is its own.
                let passage = Passage::of(note, within, place).unwrap_or(Passage { within, sentence: place, place });
                found.insert(owner, passage);
            }
        }
    };
    for (at, section) in (0..).zip(&note.sections) {
        look(&section.text, Within::Section(at), &quiet(section));
    }
    for (at, heading) in (0..).zip(&note.outline).filter(|(_, heading)| !heading.is_title && !has_link(note, heading.span)) {
        look(&heading.text, Within::Heading(at), &[]);
    }
    found
}

fn has_link(note: &Note, span: Span) -> bool {
    let next = note.links.partition_point(|link| link.span.start < span.start);
    note.links.get(next).is_some_and(|link| link.span.start < span.end)
}

/// What of a section is no running text, in order and without overlaps.
fn quiet(section: &Section) -> Vec<Span> {
    let links = section.links.iter().map(|(_, span)| *span);
    let mut all: Vec<Span> = links.chain(section.code.iter().copied()).chain(section.verbatim.iter().copied()).collect();
    all.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(all.len());
    for span in all.into_iter().filter(|span| span.start < span.end) {
        match merged.last_mut().filter(|last| span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => merged.push(span),
        }
    }
    merged
}

/// Whether a name is not part of a longer word. Scripts without spaces have no borders that could be seen.
fn stands_alone(text: &str, place: Span) -> bool {
    let range = place.range();
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| (letter.is_alphanumeric() || letter == '_') && !is_wide(letter));
    let (before, first) = (text[..range.start].chars().next_back(), text[range.clone()].chars().next());
    let (last, behind) = (text[range.clone()].chars().next_back(), text[range.end..].chars().next());
    // `static-pod` and `pod.md` are names of something else.
    let is_joined =
        |letter: Option<char>, other: Option<char>| matches!(letter, Some('-' | '.' | '/' | '\\' | '@' | '#')) && is_word(other);
    let two_before = text[..range.start].chars().rev().nth(1);
    let two_behind = text[range.end..].chars().nth(1);
    let goes_on = is_word(first) && (is_word(before) || is_joined(before, two_before));
    let goes_further = is_word(last) && (is_word(behind) || is_joined(behind, two_behind));
    !goes_on && !goes_further
}

/// Letters of scripts that are written without spaces.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

//! Where one reference leads, before anchors are checked.
//!
//! In: a reference, the page it stands in, and the names. Out: a `Finding`. Reports nothing itself.
//!
//! *Markdown links and raw HTML* name a path from the page's folder, or from the content root where they start with `/`. The file itself comes
//! first, then the note without its `.md`, the folder, the published address (`.html`), each also where only case or composition differ. A
//! plain path (no `./`, `../`, `/`) that leads nowhere from there is then taken as Obsidian writes its links when wikilinks are switched off:
//! from the content root, or by the end of the path. A path with too many `../` is taken as browsers take it, from the root, and reported.
//!
//! *Wikilinks and embeds* name a file by the end of its path: `[[name]]`, `[[folder/name]]`; `[[./x]]` and `[[../x]]` are relative, `[[/x]]` starts
//! at the root. Of several files the first of these is meant: the one whose whole path it is, the one in the page's own folder, the one with the
//! fewest folders, the shortest path, the first in order. Where the second or a later rule decides, that is reported as ambiguous.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::names::{EntryId, Names, Owner, Place};
use super::reference::{self, Reference};
use crate::note::{Link, LinkKind, address};
use crate::path::SourcePath;
use crate::site::{FolderId, Page, PageId};
use crate::source::SHOWN;

/// What a reference leads to, and between which files that was a choice.
#[derive(Debug)]
pub struct Finding<'a> {
    /// What it leads to.
    pub goal: Goal<'a>,
    /// The files that fit equally well.
    pub candidates: Candidates,
    /// How the file's name is spelled, where the path differs from it in case only: some systems would not find it.
    pub other_case: Option<String>,
    /// True when the path leaves the content folder, and the goal is what it means on a web site, where nothing is above the root.
    pub leaves: bool,
}

/// Files that fit equally well, the first few of them: ten thousand folders may each have a note of one name.
#[derive(Debug, Default)]
pub struct Candidates {
    /// The first few; none when there was no choice.
    pub first: Vec<EntryId>,
    /// How many there are.
    pub total: usize,
}

/// How many candidates are kept.
const KEPT: usize = 5;

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal<'a> {
    /// Out of the site.
    External(Cow<'a, str>),
    /// A page, and the fragment as written.
    Page(PageId, Option<&'a str>),
    /// A folder without index note.
    Folder(FolderId),
    /// An attachment, and what follows it as written.
    Attachment(&'a SourcePath, &'a str),
    /// A private note.
    Private,
    /// Something that must not be published, and the scheme that is to blame.
    Refused(&'static str),
    /// Nothing.
    Missing(Missing),
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing has this name.
    Name,
    /// There is no target at all.
    Empty,
    /// It leaves the content folder.
    Outside,
    /// It names a hidden file or folder, which is no content.
    Hidden,
    /// It is a path on the writer's computer.
    Local,
    /// It starts with a scheme that nobody knows.
    Scheme,
}

enum Hit {
    File(EntryId),
    Folder(FolderId),
    Page(PageId),
    Private,
}

/// Looks up one reference of a page.
#[must_use]
pub fn find<'a>(names: &Names<'a>, page: &'a Page, link: &'a Link) -> Finding<'a> {
    let mut finding = Finding { goal: Goal::Missing(Missing::Name), candidates: Candidates::default(), other_case: None, leaves: false };
    finding.goal = match link.kind {
        LinkKind::Wikilink | LinkKind::Embed => wikilink(names, page, &link.target, &mut finding.candidates),
        LinkKind::Link | LinkKind::Image | LinkKind::HtmlLink | LinkKind::HtmlSource => path_link(names, page, link, &mut finding),
    };
    finding
}

fn path_link<'a>(names: &Names<'a>, page: &'a Page, link: &'a Link, finding: &mut Finding<'a>) -> Goal<'a> {
    let target = link.target.trim();
    if target.is_empty() {
        return Goal::Missing(Missing::Empty);
    }
    if matches!(link.kind, LinkKind::Link | LinkKind::HtmlLink)
        && let Some(scheme) = address::refused_as_page(&link.target)
    {
        return Goal::Refused(scheme);
    }
    let missing = match reference::read(&link.target) {
        Reference::External(address) => return Goal::External(address),
        Reference::Refused(scheme) => return Goal::Refused(scheme),
        Reference::Local => return Goal::Missing(Missing::Local),
        Reference::UnknownScheme => Missing::Scheme,
        Reference::Path => Missing::Name,
    };
    let here = page.note.path.parent();
    // A file whose name holds `?`, `#` or `%` wins over what these signs mean in an address.
    if target.contains(['?', '#', '%'])
        && let Some(id) = reference::join(here, target).and_then(|path| names.file(&path))
    {
        return goal_of(names, Hit::File(id), "", None);
    }
    let parts = reference::split(target, true);
    if parts.path.is_empty() {
        return Goal::Page(id_of(names, page), parts.fragment.filter(|fragment| !fragment.is_empty()));
    }
    let mut spellings = vec![Cow::Borrowed(parts.path)];
    for other in [reference::decode(parts.path), Cow::Owned(reference::decode(parts.path).replace('\\', "/"))] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    for spelling in &spellings {
        if let Some(path) = reference::join(here, spelling)
            && let Some(hit) = at(names, &path, spelling.ends_with('/'), &mut finding.candidates)
        {
            finding.other_case = other_case(names, &hit, &path);
            return goal_of(names, hit, parts.suffix, parts.fragment);
        }
    }
    if spellings.iter().any(|spelling| reference::join(here, spelling).is_none()) {
        for spelling in &spellings {
            let path = reference::join_at_most_to_root(here, spelling);
            if let Some(hit) = names.file(&path).or_else(|| names.note(&path)) {
                finding.leaves = true;
                return goal_of(names, Hit::File(hit), parts.suffix, parts.fragment);
            }
        }
        return Goal::Missing(Missing::Outside);
    }
    for spelling in spellings.iter().filter(|spelling| !spelling.starts_with(['/', '.'])) {
        if let Some(hit) = anywhere(names, spelling, &mut finding.candidates) {
            finding.other_case = other_case(names, &hit, spelling.trim_end_matches('/'));
            return goal_of(names, hit, parts.suffix, parts.fragment);
        }
    }
    if link.kind == LinkKind::Link && missing == Missing::Name && is_mail_address(target) {
        return Goal::External(format!("mailto:{target}").into());
    }
    let is_hidden = |spelling: &Cow<'_, str>| {
        spelling.split('/').any(|part| part.starts_with('.') && !matches!(part, "." | "..") && !SHOWN.contains(&part))
    };
    Goal::Missing(if spellings.iter().any(is_hidden) { Missing::Hidden } else { missing })
}

/// The path of what was found, where it differs from the written one in case and nothing else. Ends of paths are compared, as are the names
/// that a note has on the site. Composition does not count: systems that tell it apart are rare, and no keyboard shows it.
fn other_case(names: &Names<'_>, hit: &Hit, written: &str) -> Option<String> {
    let nfc = |text: &str| text.nfc().collect::<String>();
    let written = nfc(written);
    let real = match hit {
        // The name of a private note is told to nobody.
        Hit::File(id) if names.entry(*id).place == Place::Private => return None,
        Hit::File(id) => names.entry(*id).path.as_str(),
        Hit::Folder(id) => &names.folders()[id.0 as usize].path,
        Hit::Page(id) => names.page(*id).url.as_str(),
        Hit::Private => return None,
    };
    let real = nfc(real);
    let bare = ["/index.html", ".html", ".md", ".markdown"].iter().find_map(|end| real.strip_suffix(end));
    let written_bare = written.strip_suffix(".html").or_else(|| written.strip_suffix(".htm"));
    let ends_with = |whole: &str, end: &str| whole.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    let forms = || std::iter::once((Some(&*real), Some(&*written))).chain([(bare, Some(&*written)), (bare, written_bare)]);
    let fits = |same: &dyn Fn(&str, &str) -> bool| {
        forms().any(|(real, written)| real.zip(written).is_some_and(|(real, written)| same(real, written)))
    };
    if fits(&|real, written| ends_with(real, written)) {
        return None;
    }
    fits(&|real, written| ends_with(&SourcePath::fold(real), &SourcePath::fold(written))).then_some(real)
}

/// What lies at a path from the content root.
fn at(names: &Names<'_>, path: &str, is_folder: bool, candidates: &mut Candidates) -> Option<Hit> {
    let exact_file = || names.file(path).or_else(|| names.note(path)).map(Hit::File);
    let exact_folder = || names.folder(path).map(Hit::Folder);
    let found = if is_folder || path.is_empty() { exact_folder().or_else(exact_file) } else { exact_file().or_else(exact_folder) };
    if found.is_some() {
        return found;
    }
    let page_name = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm"));
    if let Some(id) = page_name.and_then(|stem| names.note(stem)) {
        return Some(Hit::File(id));
    }
    let folded = SourcePath::fold(path);
    let addresses: [&str; 3] = if is_folder { ["/index.html", ".html", ""] } else { ["", ".html", "/index.html"] };
    if let Some(owner) = addresses.iter().find_map(|end| names.address(&format!("{folded}{end}"))) {
        return Some(match owner {
            Owner::Page(id) => Hit::Page(id),
            Owner::Folder(id) => Hit::Folder(id),
        });
    }
    let page_name = folded.strip_suffix(".html").or_else(|| folded.strip_suffix(".htm"));
    let files = [names.folded_file(&folded), names.folded_note(&folded), page_name.map_or(&[][..], |stem| names.folded_note(stem))];
    if let Some(ids) = files.into_iter().find(|ids| !ids.is_empty()) {
        choose(names, ids, candidates);
        return ids.first().map(|id| Hit::File(*id));
    }
    let folder = names.folder_end(&folded).iter().find(|id| names.folders()[id.0 as usize].path.len() == path.len());
    let is_private = || names.hides(&folded) || addresses.iter().any(|end| names.hides_address(&format!("{folded}{end}")));
    folder.map(|id| Hit::Folder(*id)).or_else(|| is_private().then_some(Hit::Private))
}

/// The file whose path ends with a plain path that leads nowhere from where it is written. Names that every folder has say too little.
fn anywhere(names: &Names<'_>, path: &str, candidates: &mut Candidates) -> Option<Hit> {
    let folded = SourcePath::fold(path);
    if matches!(without_page_extension(&folded), "index" | "_index" | "readme") {
        return None;
    }
    if let Some(hit) = at(names, path.trim_end_matches('/'), path.ends_with('/'), &mut Candidates::default()).filter(|_| path.contains('/'))
    {
        return Some(hit);
    }
    let ids = [names.file_end(&folded), names.note_end(&folded)].into_iter().find(|ids| !ids.is_empty())?;
    choose(names, ids, candidates);
    ids.first().map(|id| Hit::File(*id))
}

fn without_page_extension(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn wikilink<'a>(names: &Names<'a>, page: &'a Page, target: &'a str, candidates: &mut Candidates) -> Goal<'a> {
    let target = target.trim();
    if target.is_empty() {
        return Goal::Missing(Missing::Empty);
    }
    match reference::read(target) {
        Reference::External(address) => return Goal::External(address),
        Reference::Refused(scheme) => return Goal::Refused(scheme),
        Reference::Local => return Goal::Missing(Missing::Local),
        Reference::UnknownScheme | Reference::Path => {}
    }
    let parts = reference::split(target, false);
    let path = parts.path.trim();
    if path.is_empty() {
        return Goal::Page(id_of(names, page), parts.fragment.filter(|fragment| !fragment.is_empty()));
    }
    let mut hit = named(names, page, path, candidates);
    if hit.is_none() && path.contains('%') {
        hit = named(names, page, &reference::decode(path), candidates);
    }
    if hit.is_none() && path.contains('\\') {
        hit = named(names, page, &path.replace('\\', "/"), candidates);
    }
    match hit {
        Some(hit) => goal_of(names, hit, parts.suffix, parts.fragment),
        None if reference::join(page.note.path.parent(), path).is_none() => Goal::Missing(Missing::Outside),
        None => Goal::Missing(Missing::Name),
    }
}

/// What a wikilink's path means, as Obsidian looks it up.
fn named(names: &Names<'_>, page: &Page, path: &str, candidates: &mut Candidates) -> Option<Hit> {
    let here = page.note.path.parent();
    let is_folder = path.ends_with('/');
    let is_relative = path.starts_with("./") || path.starts_with("../") || path == "." || path == "..";
    if is_relative || path.starts_with('/') {
        return at(names, &reference::join(here, path)?, is_folder, candidates);
    }
    let path = reference::join("", path)?;
    let folded = SourcePath::fold(&path);
    // The name with its extension comes first, so that `[[007.jpg]]` is the picture where there is one, and else the note `007.jpg.md`.
    let fitting = |ids, is_file| Fitting { names, ids, is_file };
    let by_name = [fitting(names.file_end(&folded), true), fitting(names.note_end(&folded), false)];
    let by_name = by_name.into_iter().find(|fitting| !fitting.ids.is_empty());
    if let Some(fitting) = by_name.as_ref().filter(|_| !is_folder) {
        return Some(Hit::File(fitting.best(here, &path, candidates)));
    }
    if let Some(ids) = Some(names.alias(&folded)).filter(|ids| !ids.is_empty() && !is_folder) {
        choose(names, ids, candidates);
        return ids.first().map(|id| Hit::File(*id));
    }
    let beside = reference::join(here, &path).and_then(|path| names.folder(&path));
    let folder = names.folder(&path).or(beside).or_else(|| names.folder_end(&folded).first().copied());
    if let Some(id) = folder {
        return Some(Hit::Folder(id));
    }
    if let Some(fitting) = by_name {
        return Some(Hit::File(fitting.best(here, &path, candidates)));
    }
    names.hides(&folded).then_some(Hit::Private)
}

/// The files that fit a name, which of them have it as their whole path, and which file has exactly a path.
struct Fitting<'n, 'a> {
    names: &'n Names<'a>,
    ids: &'n [EntryId],
    /// Whether the name is one with its extension.
    is_file: bool,
}

impl<'n> Fitting<'n, '_> {
    fn whole(&self, folded: &str) -> &'n [EntryId] {
        if self.is_file { self.names.folded_file(folded) } else { self.names.folded_note(folded) }
    }

    fn exactly(&self, path: &str) -> Option<EntryId> {
        if self.is_file { self.names.file(path) } else { self.names.note(path) }
    }

    /// The one of several files that a wikilink means. Looks at none of the others: there may be very many.
    fn best(&self, here: &str, path: &str, candidates: &mut Candidates) -> EntryId {
        if let [only] = self.ids {
            return *only;
        }
        if let Some(id) = self.exactly(path) {
            return id;
        }
        let whole = self.whole(&SourcePath::fold(path));
        if let Some(first) = whole.first() {
            choose(self.names, whole, candidates);
            return *first;
        }
        choose(self.names, self.ids, candidates);
        let beside = reference::join(here, path).unwrap_or_default();
        let folded = || self.whole(&SourcePath::fold(&beside)).first().copied();
        self.exactly(&beside).or_else(folded).unwrap_or(self.ids[0])
    }
}

/// Notes the candidates of a choice, private ones left out.
fn choose(names: &Names<'_>, ids: &[EntryId], candidates: &mut Candidates) {
    let published = |id: &&EntryId| names.entry(**id).place != Place::Private;
    let first: Vec<EntryId> = ids.iter().filter(published).take(KEPT).copied().collect();
    if first.len() > 1 {
        let total = if names.hides_any() { ids.iter().filter(published).count() } else { ids.len() };
        *candidates = Candidates { first, total };
    }
}

fn goal_of<'a>(names: &Names<'a>, hit: Hit, suffix: &'a str, fragment: Option<&'a str>) -> Goal<'a> {
    let fragment = fragment.filter(|fragment| !fragment.is_empty());
    match hit {
        Hit::Page(id) => Goal::Page(id, fragment),
        Hit::Private => Goal::Private,
        Hit::Folder(id) => names.folders()[id.0 as usize].index.map_or(Goal::Folder(id), |page| Goal::Page(page, fragment)),
        Hit::File(id) => match names.entry(id).place {
            Place::Page(page) => Goal::Page(page, fragment),
            Place::Private => Goal::Private,
            Place::Attachment => Goal::Attachment(names.entry(id).path, suffix),
        },
    }
}

fn id_of(names: &Names<'_>, page: &Page) -> PageId {
    match names.file(page.note.path.as_str()).map(|id| names.entry(id).place) {
        Some(Place::Page(id)) => id,
        _ => PageId(0),
    }
}

/// `name@host.domain`, as an autolink `<name@host.domain>` is written.
fn is_mail_address(target: &str) -> bool {
    let Some((name, host)) = target.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !target.contains(['/', ' ', '#', '?', '\\']) && !host.contains('@')
}

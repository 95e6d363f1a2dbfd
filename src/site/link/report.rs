//! What is said about links that are wrong.
//!
//! In: a link, its page, and what could be found. Out: a `Diagnostic` with the nearest name that exists. Never names a private note that the
//! link itself does not name.

use std::collections::BTreeMap;

use super::anchor::{block_of, letters_of};
use super::lookup::{Candidates, Missing};
use super::names::{Names, Place, without_extension};
use super::near::Near;
use super::reference::{decode, join, join_at_most_to_root, split};
use crate::diagnostic::{Code, Diagnostic};
use crate::note::{Link, LinkKind};
use crate::path::SourcePath;
use crate::site::Page;

/// How many paths of one name are compared for a hint.
const COMPARED: usize = 16;

/// A wikilink that fits several files.
#[must_use]
pub fn ambiguous(page: &Page, link: &Link, names: &Names<'_>, candidates: &Candidates) -> Diagnostic {
    let mut paths: Vec<&str> = candidates.first.iter().map(|id| names.entry(*id).path.as_str()).collect();
    paths.sort_unstable();
    let more = candidates.total - paths.len();
    let mut list = paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    at(Code::AmbiguousLink, page, link, format!("`{}` fits several files: {list}", link.target)).hint("write more of the path")
}

/// A fragment that its page does not have.
#[must_use]
pub fn anchor(page: &Page, link: &Link, to: &Page, fragment: &str, headings: Option<&Near>) -> Diagnostic {
    let wanted = decode(fragment);
    if let Some(block) = block_of(&wanted) {
        let fault = at(Code::BrokenAnchor, page, link, format!("no block `{block}` in `{}`", to.note.path));
        return fault.hint(format!("write ` {block}` at the end of the paragraph or item that is meant"));
    }
    let fault = at(Code::BrokenAnchor, page, link, format!("no heading `#{wanted}` in `{}`", to.note.path));
    let near = headings.and_then(|headings| headings.find(&letters_of(&wanted))).and_then(|at| to.note.outline.get(at));
    match near {
        Some(heading) if is_wikilink(link) => fault.suggest(&heading.text, |text| format!("there is `#{text}`")),
        Some(heading) => fault.suggest(heading.anchor.as_str(), |anchor| format!("there is `#{anchor}`")),
        None => fault,
    }
}

/// A path that is written in other case than the file's.
#[must_use]
pub fn other_case(page: &Page, link: &Link, real: &str) -> Diagnostic {
    let shown = decode(split(link.target.trim(), true).path);
    at(Code::CaseMismatch, page, link, format!("`{shown}` differs from the name `{real}` in case"))
        .suggest(real, |_| "write it in the same case".to_owned())
}

/// A link with too many `../` that leads to something all the same.
#[must_use]
pub fn leaves(page: &Page, link: &Link) -> Diagnostic {
    let path = join_at_most_to_root(page.note.path.parent(), &decode(split(link.target.trim(), true).path));
    let hint = format!("`{}` exists, and was taken", relative(page.note.path.parent(), &path));
    at(Code::LinkOutside, page, link, format!("`{}` leaves the content folder", link.target)).hint(hint)
}

/// A link to a note that is not published.
#[must_use]
pub fn private(page: &Page, link: &Link) -> Diagnostic {
    at(Code::LinkToPrivate, page, link, format!("`{}` is not published", link.target))
        .hint("only its text is shown; publish the note or remove the link")
}

/// A link that must not be published.
#[must_use]
pub fn refused(page: &Page, link: &Link, scheme: &str) -> Diagnostic {
    at(Code::RefusedLink, page, link, format!("a `{scheme}:` address is not published")).hint("only its text is shown")
}

/// A link that leads nowhere.
#[must_use]
pub fn missing(page: &Page, link: &Link, missing: Missing, hints: Option<&Hints<'_>>) -> Diagnostic {
    let is_file = matches!(link.kind, LinkKind::Image | LinkKind::Embed | LinkKind::HtmlSource);
    let code = if is_file { Code::BrokenImage } else { Code::BrokenLink };
    let target = &link.target;
    match missing {
        Missing::Empty => at(code, page, link, "a link without a target").hint("write where it leads, or remove it"),
        Missing::Outside => {
            at(Code::LinkOutside, page, link, format!("`{target}` leaves the content folder")).hint("move the file into the content folder")
        }
        Missing::Hidden => at(code, page, link, format!("`{target}` names a hidden file or folder, which is no content"))
            .hint("move it into a folder whose name does not start with a dot"),
        Missing::Local => at(Code::LinkOutside, page, link, format!("`{target}` is a place on one computer"))
            .hint("copy the file into the content folder and link to it there"),
        Missing::Scheme => {
            let scheme = target.split(':').next().unwrap_or_default();
            at(code, page, link, format!("no note or file `{target}`, and no scheme `{scheme}:`"))
        }
        Missing::Name => {
            let shown = decode(target.split('#').next().unwrap_or(target));
            let fault = at(code, page, link, format!("no {} `{shown}`", if is_file { "file" } else { "note or file" }));
            match hints.and_then(|hints| hints.find(page, link)) {
                Some(name) => fault.suggest(&name, |name| format!("`{name}` exists")),
                None => fault,
            }
        }
    }
}

fn at(code: Code, page: &Page, link: &Link, message: impl Into<String>) -> Diagnostic {
    Diagnostic::at(code, page.note.file.clone(), link.span, message)
}

fn is_wikilink(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Wikilink | LinkKind::Embed)
}

/// The names that hints are taken from: notes without extension, other files, folders. Private notes are not among them.
#[derive(Debug)]
pub struct Hints<'a> {
    near: Near,
    /// The distinct names in the order of `near`, and where files and folders of that name lie.
    paths: Vec<Vec<&'a str>>,
}

impl<'a> Hints<'a> {
    /// Collects the names.
    #[must_use]
    pub fn new(names: &Names<'a>) -> Self {
        let files = names.entries().iter().filter(|entry| entry.place != Place::Private).map(|entry| entry.path.as_str());
        let folders = names.folders().iter().skip(1).map(|folder| &*folder.path);
        let mut by_name: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
        for path in files.chain(folders) {
            by_name.entry(bare_name(path)).or_default().push(path);
        }
        let (distinct, paths) = by_name.into_iter().unzip();
        Self { near: Near::new(distinct), paths }
    }

    /// The name that the writer of a broken link probably meant, as it would be written there.
    fn find(&self, page: &Page, link: &Link) -> Option<String> {
        let written = decode(split(link.target.trim(), !is_wikilink(link)).path).replace('\\', "/");
        let written = written.trim().trim_end_matches('/');
        let same_name = self.paths.get(self.near.find(&bare_name(written))?)?;
        let here = page.note.path.parent();
        let wanted = join(here, written).unwrap_or_default();
        let few = &same_name[..same_name.len().min(COMPARED)];
        let path = few.iter().min_by_key(|path| (strsim::osa_distance(path, &wanted), path.len()))?;
        if is_wikilink(link) {
            let short = without_extension(path).unwrap_or(path);
            let name = short.rsplit('/').next().unwrap_or(short);
            return Some(if same_name.len() == 1 { name.to_owned() } else { short.to_owned() });
        }
        Some(if written.starts_with('/') { format!("/{path}") } else { relative(here, path) })
    }
}

/// What is compared of a path: its last component, folded, without the extension of a note or page.
fn bare_name(path: &str) -> String {
    let folded = SourcePath::fold(path.rsplit('/').next().unwrap_or(path));
    let name = without_extension(&folded).or_else(|| folded.strip_suffix(".html")).unwrap_or(&folded);
    name.to_owned()
}

/// `to` as it is written in a note that lies in the folder `from`.
#[must_use]
pub fn relative(from: &str, to: &str) -> String {
    let here: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let there: Vec<&str> = to.split('/').collect();
    let common = here.iter().zip(&there[..there.len() - 1]).take_while(|(a, b)| a == b).count();
    format!("{}{}", "../".repeat(here.len() - common), there[common..].join("/"))
}

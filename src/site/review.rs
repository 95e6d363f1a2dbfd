//! What could be better: notes that nobody links to, notes without text, pictures without words, notes too long to read, titles that two notes have.
//! Nothing of it is wrong, so that none of it is reported unless somebody asks; and the addresses of other sites, for who asks whether they still answer.
//!
//! In: `Site`. Out: diagnostics and references, sorted. Opens no connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Page, PageId, Site, Target};
use crate::diagnostic::{Code, Diagnostic, File};
use crate::note::{Link, LinkKind};
use crate::text::Span;

/// Everything that could be better of the codes that are `wanted`.
#[must_use]
pub fn review(site: &Site, wanted: impl Fn(Code) -> bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if wanted(Code::Orphan) {
        let orphans = site.orphans().into_iter().map(|PageId(id)| &site.pages[id as usize]);
        // A folder's own note is found where the folder is listed.
        found.extend(orphans.filter(|page| !page.is_index).map(|page| {
            let fault = Diagnostic::file(Code::Orphan, page.note.file.clone(), "no other note links here");
            fault.hint("link to it from a note where readers would look for it")
        }));
    }
    if wanted(Code::EmptyNote) {
        found.extend(site.pages.iter().filter(|page| !page.is_index && is_empty(page)).map(|page| {
            let fault = Diagnostic::file(Code::EmptyNote, page.note.file.clone(), "the note has no text");
            fault.hint("write it, or hold it back with `draft: true`")
        }));
    }
    if wanted(Code::MissingAlt) {
        for page in &site.pages {
            found.extend(page.note.links.iter().zip(&page.links).filter(|(link, target)| lacks_words(page, link, target)).map(
                |(link, _)| {
                    let fault = Diagnostic::at(
                        Code::MissingAlt,
                        page.note.file.clone(),
                        link.span,
                        "a picture without words for who cannot see it",
                    );
                    fault.hint(match link.kind {
                        LinkKind::HtmlSource => "say what it shows: `alt=\"…\"`, or `alt=\"\"` when it says nothing",
                        _ => "say what it shows between the brackets: `![a diagram of …](…)`",
                    })
                },
            ));
        }
    }
    let longest = site.config.long_note;
    if wanted(Code::LongNote) && longest > 0 {
        let is_long = |page: &&Arc<Page>| page.note.length.minutes() as usize > longest;
        found.extend(site.pages.iter().filter(is_long).map(|page| {
            let minutes = page.note.length.minutes();
            let message = format!("reading the note takes {minutes} minutes, more than the {longest} of `long_note`");
            Diagnostic::file(Code::LongNote, page.note.file.clone(), message).hint("divide it at its headings")
        }));
    }
    if wanted(Code::DuplicateTitle) {
        found.extend(duplicate_titles(site));
    }
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found
}

/// Neither text nor anything to look at.
fn is_empty(page: &Page) -> bool {
    let note = &page.note;
    let shows = |link: &Link| matches!(link.kind, LinkKind::Image | LinkKind::Embed | LinkKind::HtmlSource);
    note.code.is_empty() && !note.links.iter().any(shows) && note.sections.iter().all(|section| section.text.trim().is_empty())
}

/// A picture of Markdown without a text, one of Obsidian's that has none but its file's name stays, as nobody writes one there; an `<img>` of
/// raw HTML without `alt`.
fn lacks_words(page: &Page, link: &Link, target: &Target) -> bool {
    let shown = !matches!(target, Target::Private | Target::Refused | Target::Page(..) | Target::Folder(_));
    match link.kind {
        LinkKind::Image => shown && link.text.split('|').next().is_none_or(|words| words.trim().is_empty()),
        LinkKind::HtmlSource => shown && tag_around(&page.note.file.text, link.span).is_some_and(|tag| is_image(tag) && !has_alt(tag)),
        _ => false,
    }
}

/// The start tag around a place.
fn tag_around(text: &str, span: Span) -> Option<&str> {
    let range = span.range();
    let start = text.get(..range.start)?.rfind('<')?;
    let end = range.end + text.get(range.end..)?.find('>')?;
    text.get(start..end)
}

fn is_image(tag: &str) -> bool {
    tag.get(1..4).is_some_and(|name| name.eq_ignore_ascii_case("img")) && !tag.as_bytes().get(4).is_some_and(u8::is_ascii_alphanumeric)
}

fn has_alt(tag: &str) -> bool {
    let is_name = |at: usize| {
        let before = tag[..at].chars().next_back().is_some_and(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '/'));
        let after = tag.as_bytes().get(at + 3).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'/'));
        before && after
    };
    tag.to_ascii_lowercase().match_indices("alt").any(|(at, _)| is_name(at))
}

/// Each note with a title that an earlier note has, too.
fn duplicate_titles(site: &Site) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &Page> = BTreeMap::new();
    let mut found = Vec::new();
    for page in &site.pages {
        let title = page.note.title.trim().to_lowercase();
        match first.get(&title) {
            Some(other) => {
                let message = format!("`{}` is also the title of `{}`", page.note.title.trim(), other.note.path);
                let fault = Diagnostic::file(Code::DuplicateTitle, page.note.file.clone(), message);
                found.push(fault.hint("give one of them another, so that lists and search results tell them apart"));
            }
            None => drop(first.insert(title, page)),
        }
    }
    found
}

/// One address of another site and the places that lead there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The address, without its fragment: `https://example.org/a`.
    pub address: String,
    /// The files and places of the links, in order.
    pub places: Vec<(File, Span)>,
}

/// Every `http` and `https` address that a published note links to or shows, each once, sorted; those of `external_exclude` left out.
#[must_use]
pub fn external(site: &Site) -> Vec<Reference> {
    let mut found: BTreeMap<&str, Vec<(File, Span)>> = BTreeMap::new();
    let mut excluded = globset::GlobSetBuilder::new();
    for glob in site.config.external_exclude.iter().filter_map(|glob| globset::Glob::new(glob).ok()) {
        excluded.add(glob);
    }
    let excluded = excluded.build().unwrap_or_default();
    for page in &site.pages {
        for (link, target) in page.note.links.iter().zip(&page.links) {
            let Target::External(address) = target else { continue };
            let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
            if lower.starts_with("http://") || lower.starts_with("https://") {
                let address = address.split('#').next().unwrap_or(address);
                found.entry(address).or_default().push((page.note.file.clone(), link.span));
            }
        }
    }
    let wanted = found.into_iter().filter(|(address, _)| !excluded.is_match(address));
    wanted.map(|(address, places)| Reference { address: address.to_owned(), places }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_in_raw_html() {
        for (text, lacks) in [
            ("<img src=\"a.png\">", true),
            ("<IMG\nsrc=a.png width=1>", true),
            ("<img alt=\"\" src=\"a.png\">", false),
            ("<img src=\"a.png\" alt>", false),
            ("<img src=\"a.png\"alt=x>", false),
            ("<img src=\"a.png\" data-alt=\"x\">", true),
            ("<video src=\"a.png\">", false),
        ] {
            let at = text.find("a.png").expect("it is there");
            let tag = tag_around(text, Span::new(at, at + 5)).expect("a tag");
            assert_eq!(is_image(tag) && !has_alt(tag), lacks, "{text}");
        }
    }
}

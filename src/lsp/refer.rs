//! Where things are and who refers to them: definitions, references, and what is shown when the pointer rests on a name.
//!
//! In: a state of the notes and a thing in one of them. Out: places, Markdown. Pure.

use super::rename::fold_tag;
use super::state::{Aim, Place, State};
use super::thing::{self, Part, Thing};
use crate::note::{Note, front_matter};
use crate::path::{Anchor, SourcePath};
use crate::site::link::anchor::Anchors;
use crate::site::link::reference::join;
use crate::site::{Page, PageId, Target};
use crate::text::Span;

/// So many lines of a note are shown.
const LINES: usize = 14;

/// So many characters.
const CHARACTERS: usize = 900;

/// So many places of a tag are named.
const NAMED: usize = 12;

/// The heading that a link leads to, also where it is the title, which is the page as a whole.
#[must_use]
pub fn heading_of(state: &State, page: &Page, link: usize) -> Option<(PageId, usize)> {
    let Target::Page(to, _) = page.links.get(link)? else { return None };
    let (_, fragment) = page.note.links.get(link)?.target.split_once('#')?;
    Some((*to, Anchors::of(&state.page(*to).note).heading(fragment)?))
}

/// The block that a link leads to.
#[must_use]
pub fn block_of(page: &Page, link: usize) -> Option<(PageId, Anchor)> {
    match page.links.get(link)? {
        Target::Page(to, Some(anchor)) if anchor.as_str().starts_with('^') => Some((*to, anchor.clone())),
        _ => None,
    }
}

/// Where a thing is defined.
#[must_use]
pub fn definition(state: &State, id: PageId, thing: &Thing) -> Vec<Place> {
    let page = state.page(id);
    match thing {
        Thing::Link(link, _) => match page.links.get(*link) {
            Some(Target::Page(to, anchor)) => match heading_of(state, page, *link) {
                Some((to, heading)) => {
                    let note = &state.page(to).note;
                    vec![Place { path: note.path.clone(), span: note.outline[heading].span }]
                }
                None => vec![state.place_of(*to, anchor.as_ref())],
            },
            Some(Target::Attachment(at, _)) => state.site.attachments.get(*at as usize).map(|(path, _)| whole(path)).into_iter().collect(),
            Some(Target::Folder(folder)) => {
                let folder = &state.site.folders[folder.0 as usize];
                folder.pages.first().map(|page| whole(&state.page(*page).note.path)).into_iter().collect()
            }
            _ => Vec::new(),
        },
        Thing::Footnote(label, _) => {
            let text = &*page.note.file.text;
            let mut same = thing::footnotes(text).filter(|place| text[place.clone()].trim().to_lowercase() == *label);
            same.find(|place| thing::is_definition(text, place)).map(|place| here(&page.note, place.into())).into_iter().collect()
        }
        Thing::Include(block) => included(state, &page.note, *block).map(|path| whole(&path)).into_iter().collect(),
        Thing::Tag(..) => references(state, id, thing, true),
        Thing::Heading(heading) => page.note.outline.get(*heading).map(|heading| here(&page.note, heading.span)).into_iter().collect(),
        Thing::Block(_, span) => vec![here(&page.note, *span)],
    }
}

/// The file that a code block shows.
fn included(state: &State, note: &Note, block: usize) -> Option<SourcePath> {
    let file = &note.code.get(block)?.attributes.include.as_ref()?.file;
    let known = |path: String| {
        let path = SourcePath::new(&path)?;
        state.attachments.binary_search_by(|file| file.path.cmp(&path)).is_ok().then_some(path)
    };
    join(note.path.parent(), file).and_then(known).or_else(|| join("", file).and_then(known))
}

fn whole(path: &SourcePath) -> Place {
    Place { path: path.clone(), span: Span::default() }
}

fn here(note: &Note, span: Span) -> Place {
    Place { path: note.path.clone(), span }
}

/// Every place that refers to a thing, in order. `with_itself`: also where it is defined.
#[must_use]
pub fn references(state: &State, id: PageId, thing: &Thing, with_itself: bool) -> Vec<Place> {
    let page = state.page(id);
    let mut found = match thing {
        Thing::Link(link, part) => {
            let heading = heading_of(state, page, *link).filter(|_| *part == Part::Fragment);
            let block = block_of(page, *link).filter(|_| *part == Part::Fragment);
            match (heading, block, page.links.get(*link).and_then(|target| state.aim(target))) {
                (Some((to, heading)), ..) => return references(state, to, &Thing::Heading(heading), with_itself),
                (_, Some((to, block)), _) => return references(state, to, &Thing::Block(block, Span::default()), with_itself),
                (_, _, Some(Aim::Note(path, _))) => {
                    return state.find(&path).map(|to| backlinks(state, to, with_itself)).unwrap_or_default();
                }
                (_, _, Some(aim)) => of_aim(state, &aim),
                _ => Vec::new(),
            }
        }
        Thing::Heading(heading) => {
            let Some(known) = page.note.outline.get(*heading) else { return Vec::new() };
            let anchors = Anchors::of(&page.note);
            let is_meant = |fragment: Option<&str>| match fragment {
                Some(fragment) if !fragment.is_empty() => anchors.heading(fragment) == Some(*heading),
                // The title stands for the whole note.
                _ => known.is_title,
            };
            let mut places = links_to(state, id, |_, target| is_meant(target.split_once('#').map(|(_, fragment)| fragment)));
            places.extend(with_itself.then(|| here(&page.note, known.span)));
            places
        }
        Thing::Block(anchor, _) => {
            let mut places = links_to(state, id, |page_target, _| page_target == Some(anchor));
            let own = page.note.occurrences.anchors.iter().filter(|(other, _)| with_itself && other == anchor);
            places.extend(own.map(|(_, span)| here(&page.note, *span)));
            places
        }
        Thing::Tag(tag, _) => {
            let Some(wanted) = page.note.tags.get(*tag).map(|tag| fold_tag(tag)) else { return Vec::new() };
            let of_page = |page: &Page| {
                let note = &page.note;
                let is_meant = |tag: u32| {
                    let folded = note.tags.get(tag as usize).map(|tag| fold_tag(tag)).unwrap_or_default();
                    folded.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                note.occurrences.tags.iter().filter(|(tag, _)| is_meant(*tag)).map(|(_, span)| here(note, *span)).collect::<Vec<_>>()
            };
            state.site.pages.iter().flat_map(|page| of_page(page)).collect()
        }
        Thing::Footnote(label, _) => {
            let text = &*page.note.file.text;
            let same = thing::footnotes(text).filter(|place| text[place.clone()].trim().to_lowercase() == *label);
            same.filter(|place| with_itself || !thing::is_definition(text, place)).map(|place| here(&page.note, place.into())).collect()
        }
        Thing::Include(block) => match included(state, &page.note, *block) {
            Some(path) => state
                .site
                .pages
                .iter()
                .flat_map(|page| (0..page.note.code.len()).map(move |at| (page, at)))
                .filter(|(page, at)| included(state, &page.note, *at).as_ref() == Some(&path))
                .map(|(page, at)| here(&page.note, page.note.code[at].span))
                .collect(),
            None => Vec::new(),
        },
    };
    found.sort();
    found.dedup();
    found
}

/// Every link to a note.
#[must_use]
pub fn backlinks(state: &State, id: PageId, with_itself: bool) -> Vec<Place> {
    let mut places = links_to(state, id, |_, target| !target.starts_with('#'));
    places.extend(with_itself.then(|| whole(&state.page(id).note.path)));
    places.sort();
    places
}

/// The links to a page that `is_meant` takes, of whose target it is told the anchor and how it is written.
fn links_to(state: &State, id: PageId, is_meant: impl Fn(Option<&Anchor>, &str) -> bool) -> Vec<Place> {
    let mut places = Vec::new();
    for page in &state.site.pages {
        for (at, (link, target)) in page.note.links.iter().zip(&page.links).enumerate() {
            if let Target::Page(to, anchor) = target
                && *to == id
                && is_meant(anchor.as_ref(), &link.target)
            {
                places.push(here(&page.note, thing::written(&page.note, at).map_or(link.span, Span::from)));
            }
        }
    }
    places
}

fn of_aim(state: &State, aim: &Aim) -> Vec<Place> {
    let of_page = |page: &Page| {
        let links = page.note.links.iter().zip(&page.links).filter(|(_, target)| state.aim(target).as_ref() == Some(aim));
        links.map(|(link, _)| here(&page.note, link.span)).collect::<Vec<_>>()
    };
    state.site.pages.iter().flat_map(|page| of_page(page)).collect()
}

/// What is shown of a thing, as Markdown, and the place that it is about. `address`: how an editor names a file.
#[must_use]
pub fn hover(state: &State, id: PageId, thing: &Thing, address: &dyn Fn(&SourcePath) -> Option<String>) -> Option<(String, Span)> {
    let page = state.page(id);
    let note = &page.note;
    match thing {
        Thing::Link(link, _) => {
            let span = thing::written(note, *link).map_or(note.links[*link].span, Span::from);
            let text = match page.links.get(*link)? {
                Target::Page(to, anchor) => {
                    preview(state, *to, heading_of(state, page, *link).map(|(_, heading)| heading), anchor.as_ref())
                }
                Target::Attachment(at, _) => {
                    let (path, _) = state.site.attachments.get(*at as usize)?;
                    let size = state.attachments.binary_search_by(|file| file.path.cmp(path)).map_or(0, |at| state.attachments[at].size);
                    let is_picture = ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp"]
                        .iter()
                        .any(|end| path.extension().eq_ignore_ascii_case(end));
                    let picture = address(path).filter(|_| is_picture).map(|address| format!("![]({address})\n\n")).unwrap_or_default();
                    format!("{picture}`{path}` ({} kB)", size.div_ceil(1000))
                }
                Target::Folder(folder) => {
                    let folder = &state.site.folders[folder.0 as usize];
                    format!("**{}**\n\n`{}/` ({} notes)", folder.title, folder.path, folder.pages.len())
                }
                Target::External(address) => address.clone(),
                Target::Broken | Target::Private | Target::Refused => return None,
            };
            Some((text, span))
        }
        Thing::Tag(tag, span) => {
            let tag = page.tag_targets.get(*tag).copied().flatten()?;
            let tag = &state.site.tags[tag.0 as usize];
            let mut text = format!("**#{}**: {}\n", tag.name, count(tag.pages.len(), "note"));
            for id in tag.pages.iter().take(NAMED) {
                text.push_str(&format!("\n- {} `{}`", state.page(*id).note.title, state.page(*id).note.path));
            }
            if tag.pages.len() > NAMED {
                text.push_str("\n- …");
            }
            Some((text, *span))
        }
        Thing::Heading(heading) => {
            let span = note.outline.get(*heading)?.span;
            let links = references(state, id, thing, false).len();
            Some((format!("`#{}`: {}", note.outline[*heading].anchor, count(links, "link")), span))
        }
        Thing::Block(anchor, span) => Some((format!("`{anchor}`: {}", count(references(state, id, thing, false).len(), "link")), *span)),
        Thing::Footnote(label, span) => {
            let text = &*note.file.text;
            let mut same = thing::footnotes(text).filter(|place| text[place.clone()].trim().to_lowercase() == *label);
            let place = same.find(|place| thing::is_definition(text, place))?;
            Some((cut(text[place.end..].trim_start_matches("]:").split("\n\n").next()?.trim()), *span))
        }
        Thing::Include(block) => {
            let path = included(state, note, *block)?;
            let shown = &note.code.get(*block)?.text;
            Some((format!("`{path}`\n\n```{}\n{}\n```", note.code[*block].attributes.language, cut(shown)), note.code[*block].span))
        }
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The title of a note, its path, and how it or a part of it begins.
fn preview(state: &State, id: PageId, heading: Option<usize>, anchor: Option<&Anchor>) -> String {
    let note = &state.page(id).note;
    let text = &*note.file.text;
    let heading = heading.and_then(|heading| note.outline.get(heading));
    let (title, from) = match heading {
        Some(heading) if !heading.is_title => (format!("{} › {}", note.title, heading.text), heading.span.range().end),
        _ => {
            let opening = note.outline.first().filter(|first| first.is_title).map(|first| first.span.range().end);
            (note.title.clone(), opening.unwrap_or_else(|| front_matter::body_start(text)))
        }
    };
    let from = match anchor.filter(|_| heading.is_none()) {
        // A block starts behind the empty line, the heading or the item before its name.
        Some(anchor) => {
            let name = state.place_of(id, Some(anchor)).span.range().start;
            text[..name].trim_end().rfind("\n\n").map_or(from.min(name), |at| at + 2)
        }
        None => from,
    };
    let beginning = cut(text[from..].trim_start_matches(['\n', '\r', '=', '-', ' ']));
    let path = &note.path;
    if beginning.is_empty() { format!("**{title}**\n\n`{path}`") } else { format!("**{title}**\n\n`{path}`\n\n---\n\n{beginning}") }
}

/// The first lines of a text; a code block that is cut off is closed.
fn cut(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim_end().lines().take(LINES) {
        if out.chars().count() + line.chars().count() > CHARACTERS {
            out.extend(line.chars().take(CHARACTERS.saturating_sub(out.chars().count())));
            out.push('…');
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    let fences = out.lines().filter(|line| line.trim_start().starts_with("```")).count();
    if fences % 2 == 1 {
        out.push_str("\n```\n");
    }
    out.trim_end().to_owned()
}

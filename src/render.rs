//! Site and theme to pages: parallel, in order.
//!
//! In: `Site`, `Theme`, a highlight cache. Out: artifacts and diagnostics. Knows nothing of search or disks.
//!
//! 1. [`highlight`] turns every code block of the site into HTML, each distinct one once.
//! 2. `body` fills the holes of each note's body; `embed` and `media` say what an embedded note or file becomes.
//! 3. `nav`, `listing` and `page` work out what templates see, which is documented in [`view`].
//! 4. [`crate::theme`] renders the template.
//!
//! [`Plan`] knows which files there will be, and makes all of them or one.

mod around;
mod body;
mod code;
mod copy;
pub mod diagram;
mod embed;
mod extra;
mod feed;
mod graph;
pub mod highlight;
mod html;
mod letters;
mod license;
mod listing;
mod media;
mod metadata;
mod moment;
mod naming;
mod nav;
mod page;
mod passage;
mod plan;
mod preview;
mod recent;
mod sheets;
pub mod view;
mod words;

use std::collections::BTreeSet;

use crate::bundle::Artifact;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::path::UrlPath;
use crate::site::{FolderId, PageId, Site, TagId};
use crate::theme::Theme;
pub use around::policy;
pub use page::Key;
use page::{About, Shared, above};
pub use plan::{Checked, Last, Made, Plan};

/// Renders every page, folder index, tag page, redirect and the theme's static files.
#[must_use]
pub fn render(site: &Site, theme: &Theme, cache: &highlight::Cache) -> (Vec<Artifact>, Vec<Diagnostic>) {
    Plan::new(site, theme).make_all(site, theme, cache)
}

/// How many notes that nothing links to are listed.
const ORPHANS: usize = 1000;

fn note(shared: &Shared<'_>, code: &highlight::Blocks, id: PageId, faults: &mut Vec<Diagnostic>) -> Result<Artifact, Diagnostic> {
    let page = &shared.site.pages[id.0 as usize];
    let (body, found) = body::fill(shared.site, code, shared.theme.words(&page.language), id);
    faults.extend(found);
    let body = passage::mark(body, &page.language, &shared.facts.language);
    let context = shared.note(id, &body);
    let template = template(shared, id, faults);
    let html = shared.theme.render(&template, &context, &page.url)?;
    Ok(Artifact::new(page.url.clone(), html))
}

/// The copy of a note as Markdown.
fn copy_of(shared: &Shared<'_>, code: &highlight::Blocks, id: PageId, url: &UrlPath) -> Artifact {
    let page = &shared.site.pages[id.0 as usize];
    // Its faults are told where the page is made.
    let (body, _) = body::fill(shared.site, code, shared.theme.words(&page.language), id);
    let people: Vec<String> = around::people(shared, page).into_iter().map(|person| person.name).collect();
    let license = page.note.front_matter.license.as_ref().or(shared.site.config.license.as_ref());
    let facts = copy::Facts {
        title: &page.note.title,
        keys: vec![
            ("url", shared.absolute(&page.url).into()),
            ("lang", page.language.clone().into()),
            ("date", page.created.clone().into()),
            ("updated", page.updated.clone().into()),
            ("authors", people.into()),
            ("license", license.cloned().into()),
            ("tags", page.note.tags.clone().into()),
        ],
    };
    Artifact::new(url.clone(), copy::copy(&facts, &body).into_bytes())
}

/// The template that a note asks for, when there is one.
fn template(shared: &Shared<'_>, id: PageId, faults: &mut Vec<Diagnostic>) -> String {
    let note = &shared.site.pages[id.0 as usize].note;
    let Some(wanted) = note.front_matter.template.as_deref().filter(|wanted| !wanted.is_empty()) else { return "note.html".into() };
    let name = if wanted.ends_with(".html") { wanted.to_owned() } else { format!("{wanted}.html") };
    if shared.theme.has(&name) {
        return name;
    }
    let message = format!("no template `{name}`");
    let fault = match note.front_matter.places.template {
        Some(span) => Diagnostic::at(Code::Template, note.file.clone(), span, message),
        None => Diagnostic::file(Code::Template, note.file.clone(), message),
    };
    let hint = match nearest(&name, shared.theme.names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write it as `templates/{name}`, or leave `template` out"),
    };
    faults.push(fault.hint(hint));
    "note.html".into()
}

fn folder(shared: &Shared<'_>, id: FolderId) -> Result<Artifact, Diagnostic> {
    let folder = &shared.site.folders[id.0 as usize];
    let about = About {
        kind: "folder",
        title: &folder.title,
        description: if id.0 == 0 { &shared.site.config.description } else { "" },
        language: &shared.facts.language,
        url: &folder.url,
        image: "",
        structured: "",
        above: above(shared.site, id, true),
    };
    let mut context = shared.context(&about, shared.facts.navs.folder(shared.site, &shared.facts.language, id));
    context.insert("folder", &listing::folder(shared, id, (&folder.url, &shared.facts.language), false));
    Ok(Artifact::new(folder.url.clone(), shared.theme.render("folder.html", &context, &folder.url)?))
}

fn tag(shared: &Shared<'_>, at: usize) -> Result<Artifact, Diagnostic> {
    let tag = &shared.site.tags[at];
    let about = About {
        kind: "tag",
        title: &tag.name,
        description: "",
        language: &shared.facts.language,
        url: &tag.url,
        image: "",
        structured: "",
        above: root(shared.site),
    };
    let mut context = shared.outside(&about);
    let entries: Vec<view::EntryView> =
        tag.pages.iter().map(|page| listing::entry(shared.site, *page, &tag.url, &shared.facts.language)).collect();
    let of = |id: &TagId| listing::tag(&shared.site.tags[id.0 as usize], &tag.url);
    let mut parents: Vec<view::TagView> = Vec::new();
    let mut above = tag.parent;
    while let Some(id) = above {
        parents.push(of(&id));
        above = shared.site.tags[id.0 as usize].parent;
    }
    parents.reverse();
    context.insert("tag", &listing::tag(tag, &tag.url));
    context.insert("parents", &parents);
    context.insert("children", &tag.children.iter().map(of).collect::<Vec<_>>());
    context.insert("entries", &entries);
    Ok(Artifact::new(tag.url.clone(), shared.theme.render("tag.html", &context, &tag.url)?))
}

fn tags(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let title = shared.theme.words(&shared.facts.language).get("tags");
    let about = About {
        kind: "tags",
        title,
        description: "",
        language: &shared.facts.language,
        url,
        image: "",
        structured: "",
        above: root(shared.site),
    };
    let mut context = shared.outside(&about);
    context.insert("tags", &listing::tags(shared.site, url));
    let html = shared.theme.render("tags.html", &context, url)?;
    Ok(Artifact::new(url.clone(), html))
}

fn all(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let title = shared.theme.words(&shared.facts.language).get("all_notes");
    let about = About {
        kind: "all",
        title,
        description: "",
        language: &shared.facts.language,
        url,
        image: "",
        structured: "",
        above: root(shared.site),
    };
    let mut context = shared.outside(&about);
    context.insert("groups", &listing::groups(shared, url));
    // Where nothing is linked, a list of what is not linked is the list of everything; and no list is longer than a page can be.
    let mut orphans = shared.site.orphans();
    if orphans.len() + 1 >= shared.site.pages.len() {
        orphans.clear();
    }
    orphans.truncate(ORPHANS);
    context.insert(
        "orphans",
        &orphans.into_iter().map(|page| listing::link(shared.site, page, url, &shared.facts.language)).collect::<Vec<_>>(),
    );
    let html = shared.theme.render("all.html", &context, url)?;
    Ok(Artifact::new(url.clone(), html))
}

/// What stands above a page that is in no folder: the site's first page.
fn root(site: &Site) -> Vec<FolderId> {
    if site.folders.is_empty() { Vec::new() } else { vec![FolderId(0)] }
}

/// Each distinct fault once: a template fails on every page alike, and an embed that goes in a circle is met from several pages.
fn once(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let key = |fault: &Diagnostic| {
        let file = fault.file.as_ref().map(|file| file.path.to_string());
        // The page stands last in the message of a template's fault.
        let message = fault.message.rsplit_once(", for `").map_or(fault.message.as_str(), |(message, _)| message).to_owned();
        (fault.code, file, fault.span, message)
    };
    diagnostics.into_iter().filter(|fault| seen.insert(key(fault))).collect()
}

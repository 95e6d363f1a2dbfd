//! The notes by their last change, the newest first, month by month.
//!
//! In: `Site`. Out: a page. Notes that do not tell when they were changed are not in it.

use super::extra::alone;
use super::listing::{self, day};
use super::metadata::changed;
use super::moment;
use super::page::Shared;
use super::view::MonthView;
use crate::bundle::Artifact;
use crate::diagnostic::Diagnostic;
use crate::path::UrlPath;
use crate::site::Site;

/// How many notes are listed.
const LISTED: usize = 200;

/// Whether any note tells when it was changed.
pub(super) fn has(site: &Site) -> bool {
    site.pages.iter().any(|page| changed(page).is_some())
}

/// The page.
pub(super) fn page(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let title = shared.theme.words(&shared.facts.language).get("recent");
    let mut context = shared.outside(&alone(shared, "recent", title, url));
    context.insert("groups", &months(shared.site, url, &shared.facts.language));
    Ok(Artifact::new(url.clone(), shared.theme.render("recent.html", &context, url)?))
}

fn months(site: &Site, from: &UrlPath, language: &str) -> Vec<MonthView> {
    let month = |date: &str| date.get(..7).unwrap_or(date).to_owned();
    let mut groups: Vec<MonthView> = Vec::new();
    for id in moment::newest(site).into_iter().take(LISTED) {
        let date = changed(&site.pages[id.0 as usize]).unwrap_or_default();
        let mut entry = listing::entry(site, id, from, language);
        entry.date = day(Some(date));
        match groups.last_mut().filter(|group| group.title == month(date)) {
            Some(group) => group.notes.push(entry),
            None => groups.push(MonthView { title: month(date), notes: vec![entry] }),
        }
    }
    groups
}

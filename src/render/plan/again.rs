//! Makes the files of a site again, but for those that are made of the same as the last time.
//!
//! In: what [`Plan::make_all`] takes, and what is known of the last time ([`Last`]). Out: the artifacts and diagnostics of a whole build, with [`Payload::Published`]
//! where the file was not made. What code blocks come to is worked out for all notes in any case, since their faults are told once for the whole
//! site; a file that had a fault itself gets no key, so it is made every time and says it again.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Job, Plan, work};
use crate::bundle::{Artifact, Payload, Stamp};
use crate::diagnostic::Diagnostic;
use crate::path::UrlPath;
use crate::render::page::{Key, Keys, Shared};
use crate::render::preview::Shown;
use crate::render::{highlight, once};
use crate::site::{PageId, Site};
use crate::theme::Theme;

/// The files of a site.
#[derive(Debug, Default)]
pub struct Made {
    /// Every file, in order of their addresses.
    pub artifacts: Vec<Artifact>,
    /// What making all of them tells.
    pub diagnostics: Vec<Diagnostic>,
    /// What the files are made of, besides theme and program. Files that take less to make than to compare have no key.
    pub keys: Vec<(UrlPath, Key)>,
}

/// The files of a site that have no fault, by what they are made of besides theme and program.
#[derive(Debug, Clone, Default)]
pub struct Checked(BTreeMap<UrlPath, Key>);

impl Checked {
    /// What the file at an address is made of.
    #[must_use]
    pub fn key(&self, url: &UrlPath) -> Option<Key> {
        self.0.get(url).copied()
    }
}

/// What is known of the last time that files were made, or checked.
pub struct Last<'a> {
    /// What the file at an address was made of.
    pub key: &'a (dyn Fn(&UrlPath) -> Option<Key> + Sync),
    /// The name of the site's outline ([`crate::site::Memo::outline`]), where it has one. Sites with the same name differ in the text of notes alone.
    pub outline: Option<[u8; 32]>,
    /// The pages that may not be what they were then, where the site had the same outline.
    pub touched: Option<&'a BTreeSet<PageId>>,
}

impl std::fmt::Debug for Last<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Last").field("outline", &self.outline).field("touched", &self.touched).finish_non_exhaustive()
    }
}

impl Plan {
    /// Makes every file but those of which `published` knows, by their address and key, that they lie there. `done` is told of each.
    #[must_use]
    pub fn make_again(
        &self,
        site: &Site,
        theme: &Theme,
        cache: &highlight::Cache,
        last: &Last<'_>,
        published: &(dyn Fn(&UrlPath, Key) -> Option<Stamp> + Sync),
        done: &(dyn Fn(&UrlPath) + Sync),
    ) -> Made {
        let (code, mut diagnostics) = highlight::blocks(site, cache);
        let shared = Shared { site, theme, facts: &self.facts };
        let keys = keys(shared, last);
        let one = |(url, job): &(UrlPath, Job)| {
            let key = self.key(&keys, last, url, *job);
            let mut faults = Vec::new();
            let known = key.and_then(|key| published(url, key));
            let made = match known {
                Some(stamp) => Ok(Artifact { path: url.clone(), payload: Payload::Published(stamp) }),
                None => work(&shared, &code, url, *job, &mut faults),
            };
            done(url);
            let made = made.map_err(|fault| faults.push(fault)).ok();
            (made, key.filter(|_| faults.is_empty()).map(|key| (url.clone(), key)), faults)
        };
        let all: Vec<_> = self.jobs.par_iter().map(one).collect();
        let mut made = Made { artifacts: Vec::with_capacity(all.len()), ..Made::default() };
        for (artifact, key, faults) in all {
            made.artifacts.extend(artifact);
            made.keys.extend(key);
            diagnostics.extend(faults);
        }
        self.facts.navs.forget();
        made.diagnostics = once(diagnostics);
        made
    }

    /// Every fault that [`Plan::make_all`] would tell, and nothing kept of what was made. Files of which `last` knows, under the same theme, that they were
    /// made of the same without a fault are not made.
    ///
    /// # Errors
    /// What was found out until `is_void` came to say that nobody wants to know any more.
    pub fn check(
        &self,
        site: &Site,
        theme: &Theme,
        cache: &highlight::Cache,
        last: &Last<'_>,
        is_void: &(dyn Fn() -> bool + Sync),
    ) -> Result<(Vec<Diagnostic>, Checked), Checked> {
        let (code, mut diagnostics) = highlight::blocks(site, cache);
        let shared = Shared { site, theme, facts: &self.facts };
        let keys = keys(shared, last);
        let one = |(url, job): &(UrlPath, Job)| {
            let mut faults = Vec::new();
            if is_void() {
                return (None, faults);
            }
            let key = self.key(&keys, last, url, *job);
            if key.is_none_or(|key| (last.key)(url) != Some(key))
                && let Err(fault) = work(&shared, &code, url, *job, &mut faults)
            {
                faults.push(fault);
            }
            (key.filter(|_| faults.is_empty()).map(|key| (url.clone(), key)), faults)
        };
        let all: Vec<(Option<_>, Vec<Diagnostic>)> = self.jobs.par_iter().map(one).collect();
        self.facts.navs.forget();
        let mut checked = Checked::default();
        for (key, faults) in all {
            checked.0.extend(key);
            diagnostics.extend(faults);
        }
        if is_void() { Err(checked) } else { Ok((once(diagnostics), checked)) }
    }

    /// What a file is made of, where finding that out is less work than making it. What is still made of the same need not be looked at to know that.
    fn key(&self, keys: &Keys<'_>, last: &Last<'_>, url: &UrlPath, job: Job) -> Option<Key> {
        let same = |shows: &dyn Fn(&BTreeSet<PageId>) -> bool| last.touched.filter(|touched| !shows(touched)).and_then(|_| (last.key)(url));
        match job {
            Job::Note(id) | Job::Copy(id) => same(&|touched| keys.shows(id, touched)).or_else(|| Some(keys.note(id))),
            Job::Preview(at) => {
                let pages = self.facts.previews.pages(at);
                let shows =
                    |touched: &BTreeSet<PageId>| pages.iter().any(|page| matches!(page, Shown::Note(page) if touched.contains(page)));
                same(&shows).or_else(|| Some(keys.previews(pages)))
            }
            Job::Redirect(at) => Some(keys.redirect(at)),
            Job::Atom | Job::JsonFeed | Job::Llms => None,
            // These show no text of notes.
            Job::Folder(_)
            | Job::Tag(_)
            | Job::Tags
            | Job::All
            | Job::Index(_)
            | Job::Recent
            | Job::Search
            | Job::NotFound
            | Job::Web
            | Job::Graph
            | Job::GraphScript
            | Job::Tree(_)
            | Job::WebManifest
            | Job::Notes
            | Job::Words
            | Job::Static
            | Job::Sitemap
            | Job::Robots
            | Job::Headers => last.outline.map(Key::of_outline),
        }
    }
}

/// The keys of all files, or of few.
fn keys<'a>(shared: Shared<'a>, last: &Last<'_>) -> Keys<'a> {
    if last.touched.is_some() { Keys::some(shared) } else { Keys::new(shared) }
}

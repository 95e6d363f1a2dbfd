//! One state of the previewed site: everything that a page of it is made of.
//!
//! In: a `Site` and a `Theme`. Out: any file of it, made when it is asked for. Nothing is kept of what was made, so nothing can be out of date: a page is
//! always that of this state, and its bytes are those of `biji build`. The search's files are the one exception, see [`super::state`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::bundle::{self, Artifact, Payload};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::index;
use crate::path::{SourcePath, UrlPath};
use crate::render::{Checked, Last, Plan, highlight};
use crate::site::{Page, PageId, Site};
use crate::theme::{Overrides, Theme};

/// One state of the site.
#[derive(Debug)]
pub struct World {
    pub(super) site: Site,
    pub(super) theme: Arc<Theme>,
    pub(super) plan: Plan,
    pub(super) cache: Arc<highlight::Cache>,
    attachments: Arc<BTreeMap<UrlPath, SourcePath>>,
    /// The number of the site's outline.
    outline: u64,
    /// The content folder without symbolic links.
    pub(super) content: PathBuf,
}

/// What [`World::check`] leaves for the next state.
#[derive(Debug, Default)]
pub struct CheckMemo(Option<Known>);

/// What was checked last.
#[derive(Debug)]
struct Known {
    theme: Arc<Theme>,
    outline: u64,
    pages: Vec<Arc<Page>>,
    checked: Checked,
}

impl World {
    /// The state that a site and a theme make. `outline` is the number of the site's; what depends on nothing else is taken over from `before`.
    pub(super) fn new(
        site: Site,
        outline: u64,
        theme: Arc<Theme>,
        cache: Arc<highlight::Cache>,
        content: PathBuf,
        before: Option<&Self>,
    ) -> Self {
        let (plan, attachments) = match before {
            Some(before) if before.outline == outline && Arc::ptr_eq(&before.theme, &theme) => {
                (before.plan.clone(), Arc::clone(&before.attachments))
            }
            _ => {
                let attachments = site.attachments.iter().map(|(source, url)| (url.clone(), source.clone())).collect();
                (Plan::new(&site, &theme), Arc::new(attachments))
            }
        };
        Self { site, theme, plan, cache, attachments, outline, content }
    }

    /// Whether every file has the address that it has in another state, and there is no other file.
    pub(super) fn has_addresses_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.attachments, &other.attachments)
    }

    /// Its configuration, with the title and the language filled in.
    pub(super) fn config(&self) -> &Config {
        &self.site.config
    }

    /// Makes the file at an address; `None` when there is none.
    pub(super) fn file(&self, url: &UrlPath) -> Option<Result<Payload, Diagnostic>> {
        if let Some(source) = self.attachments.get(url) {
            return Some(Ok(Payload::Attachment(source.clone())));
        }
        let made = self.plan.make(&self.site, &self.theme, &self.cache, url)?;
        Some(made.map(|artifact| artifact.payload))
    }

    /// Two files that want one address.
    pub(super) fn collision(&self) -> Option<Diagnostic> {
        let path = bundle::collision(self.plan.addresses().chain(self.attachments.keys()))?;
        Some(Diagnostic::site(Code::AddressCollision, format!("two files want the address `{path}`")).hint("rename one of them"))
    }

    /// Every file but those of the search, made one by one as they would be served.
    ///
    /// # Errors
    /// The fault of the first template that cannot be rendered.
    pub fn artifacts(&self) -> Result<Vec<Artifact>, Diagnostic> {
        let urls = self.plan.addresses().chain(self.attachments.keys());
        urls.filter_map(|url| Some(self.file(url)?.map(|payload| Artifact { path: url.clone(), payload }))).collect()
    }

    /// The files of the search, as `readers` need them. `memo` is that of the state before, where there is one.
    #[must_use]
    pub fn search(&self, memo: &mut index::Memo, readers: index::Readers) -> (Vec<Artifact>, Vec<Diagnostic>) {
        index::index_again(&self.site, memo, readers)
    }

    /// Every fault that making all files tells; `None` when `is_void` says meanwhile that nobody wants to know. `memo` is that of a state before, where there
    /// is one: what has no fault and is made of the same is not made again. Fills the highlight cache for the state after this one.
    #[must_use]
    pub fn check(&self, memo: &mut CheckMemo, is_void: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Diagnostic>> {
        let known = memo.0.as_ref().filter(|known| Arc::ptr_eq(&known.theme, &self.theme));
        let key = |url: &UrlPath| known.and_then(|known| known.checked.key(url));
        let touched = known.filter(|known| known.outline == self.outline).map(|known| {
            let pages = known.pages.iter().zip(&self.site.pages).zip((0..).map(PageId));
            pages.filter(|((before, now), _)| !Arc::ptr_eq(before, now)).map(|(_, id)| id).collect::<BTreeSet<_>>()
        });
        let mut outline = [0; 32];
        outline[..8].copy_from_slice(&self.outline.to_le_bytes());
        let last = Last { key: &key, outline: Some(outline), touched: touched.as_ref() };
        let found = self.plan.check(&self.site, &self.theme, &self.cache, &last, is_void);
        let is_first = known.is_none();
        let mut keep = |checked| {
            memo.0 = Some(Known { theme: Arc::clone(&self.theme), outline: self.outline, pages: self.site.pages.clone(), checked })
        };
        match found {
            Ok((faults, checked)) => {
                keep(checked);
                Some(faults)
            }
            // At the start that is most of all; later it is less than what is known.
            Err(checked) => {
                if is_first {
                    keep(checked);
                }
                None
            }
        }
    }
}

/// Whether two themes differ in the content of style sheets alone.
pub(super) fn styles_alone(old: &Overrides, new: &Overrides) -> bool {
    old.templates == new.templates
        && old.statics.len() == new.statics.len()
        && old.statics.iter().zip(&new.statics).all(|(old, new)| old == new || (old.0 == new.0 && old.0.as_str().ends_with(".css")))
}

//! One state of the previewed site: everything that a page of it is made of.
//!
//! In: a `Site` and a `Theme`. Out: any file of it, made when it is asked for. Nothing is kept of what was made, so nothing can be out of date: a page is
//! always that of this state, and its bytes are those of `biji build`. The search's files are the one exception, see [`super::state`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::bundle::{self, Artifact, Payload};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::path::{SourcePath, UrlPath};
use crate::render::{Plan, highlight};
use crate::site::Site;
use crate::theme::Theme;

/// One state of the site.
#[derive(Debug)]
pub struct World {
    pub(super) site: Site,
    pub(super) theme: Arc<Theme>,
    pub(super) plan: Plan,
    pub(super) cache: Arc<highlight::Cache>,
    attachments: BTreeMap<UrlPath, SourcePath>,
    /// The content folder without symbolic links.
    pub(super) content: PathBuf,
}

impl World {
    /// The state that a site and a theme make.
    pub(super) fn new(site: Site, theme: Arc<Theme>, cache: Arc<highlight::Cache>, content: PathBuf) -> Self {
        let plan = Plan::new(&site, &theme);
        let attachments = site.attachments.iter().map(|(source, url)| (url.clone(), source.clone())).collect();
        Self { site, theme, plan, cache, attachments, content }
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

    /// The files of the search.
    #[must_use]
    pub fn search(&self) -> (Vec<Artifact>, Vec<Diagnostic>) {
        crate::index::index(&self.site)
    }

    /// Every fault that making all files tells. Fills the highlight cache for the state after this one.
    #[must_use]
    pub fn check(&self) -> Vec<Diagnostic> {
        self.plan.check(&self.site, &self.theme, &self.cache)
    }
}

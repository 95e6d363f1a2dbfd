//! Site to search index: the search crate's documents, and the pack as artifacts.
//!
//! In: `Site`. Out: artifacts under `biji/search/` and diagnostics. Knows nothing of templates or disks.

use crate::bundle::Artifact;
use crate::diagnostic::Diagnostic;
use crate::site::Site;

/// Indexes every page of the site.
#[must_use]
pub fn index(site: &Site) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let _ = site;
    (Vec::new(), Vec::new())
}

//! Site and theme to pages: parallel, in order.
//!
//! In: `Site`, `Theme`, a highlight cache. Out: artifacts and diagnostics. Knows nothing of search or disks.

pub mod highlight;

use crate::bundle::Artifact;
use crate::diagnostic::Diagnostic;
use crate::site::Site;
use crate::theme::Theme;

/// Renders every page, folder index, tag page, redirect and the theme's static files.
#[must_use]
pub fn render(site: &Site, theme: &Theme, cache: &highlight::Cache) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let _ = (site, theme, cache);
    (Vec::new(), Vec::new())
}

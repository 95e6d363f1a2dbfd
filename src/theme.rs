//! The theme: the embedded templates and static files, overlaid file by file by the site's own.
//!
//! In: the site's `templates/` and `static/` as values. Out: `Theme`.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File};
use crate::path::UrlPath;

/// What a site brings itself: read by the shell, given here as values.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Templates: the name relative to `templates/` (`note.html`) and the file.
    pub templates: Vec<(String, File)>,
    /// Static files: the address (relative to `static/`) and the bytes.
    pub statics: Vec<(UrlPath, Arc<[u8]>)>,
}

/// Templates and static files of one site, the site's own over the embedded ones.
#[derive(Debug)]
pub struct Theme {}

impl Theme {
    /// Parses all templates. Faults of the site's own templates are diagnostics with their place.
    #[must_use]
    pub fn new(overrides: Overrides) -> (Self, Vec<Diagnostic>) {
        let _ = overrides;
        (Self {}, Vec::new())
    }
}

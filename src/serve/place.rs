//! Where a previewed site is.

use std::path::PathBuf;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::source::disk::Folder;

/// Where a site is and how it is configured, as the command line finds it.
#[derive(Debug, Clone)]
pub struct Place {
    /// ROOT.
    pub root: PathBuf,
    /// The content folder.
    pub content: PathBuf,
    /// The content folder without symbolic links.
    pub real: PathBuf,
    /// What stands before a source path in messages.
    pub prefix: String,
    /// The output folder, which is neither content nor watched.
    pub output: PathBuf,
    /// The site's name where nothing else gives one.
    pub name: String,
    /// The configuration.
    pub config: Config,
    /// The configuration's file, where the command line names one.
    pub config_file: Option<PathBuf>,
    /// Whether there is a biji.toml: only then `templates/` and `static/` are the site's.
    pub is_configured: bool,
    /// What is wrong with the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

impl Place {
    pub(super) fn folder(&self) -> Folder<'_> {
        Folder { path: &self.content, prefix: &self.prefix, exclude: &self.config.exclude, output: Some(&self.output) }
    }
}

//! The configuration: `biji.toml` with every default filled in.
//!
//! In: the text of `biji.toml`, or nothing, and what the command line overrides. Out: `Config` and diagnostics (unknown keys with "did you
//! mean", wrong values with their place).

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Severity};

/// The settings of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The site's name. Default: the root index note's title, else the folder's name.
    pub title: Option<String>,
    /// What the site is about, for search engines; `""` for nothing.
    pub description: String,
    /// The language of interface and notes that name none (BCP 47). Default: `zh` or `en`, by the letters of the notes.
    pub language: Option<String>,
    /// Where the site will be hosted, with its final `/`; `None` while unknown. Only feeds, sitemaps and canonical links need it.
    pub base_url: Option<String>,
    /// The folder of the notes relative to ROOT; `""` when ROOT itself is the content.
    pub content: String,
    /// The output folder relative to ROOT, or absolute.
    pub output: String,
    /// Whether drafts are published.
    pub drafts: bool,
    /// Severities that differ from the defaults.
    pub severity: BTreeMap<Code, Severity>,
    /// Whether every warning counts as an error (`--deny-warnings`).
    pub deny_warnings: bool,
    /// Globs of content paths that are left out.
    pub exclude: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: None,
            description: String::new(),
            language: None,
            base_url: None,
            content: "content".into(),
            output: "public".into(),
            drafts: false,
            severity: BTreeMap::new(),
            deny_warnings: false,
            exclude: Vec::new(),
        }
    }
}

impl Config {
    /// How bad a fault of this code is on this site.
    #[must_use]
    pub fn severity(&self, code: Code) -> Severity {
        let severity = self.severity.get(&code).copied().unwrap_or_else(|| code.default_severity());
        if self.deny_warnings && severity == Severity::Warning { Severity::Error } else { severity }
    }
}

//! Front matter: YAML between `---`, TOML between `+++`.
//!
//! In: the text between the fences and where it lies. Out: `FrontMatter`, or the one fault that made it unreadable.

use std::collections::BTreeMap;

/// What a note says about itself. Absent keys are empty or `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `date` (also `created`), as an RFC 3339 date or date-time.
    pub date: Option<String>,
    /// `updated` (also `lastmod`, `modified`).
    pub updated: Option<String>,
    /// `tags` (also `tag`, `categories`, `category`, `keywords`), without `#`, in order, each once.
    pub tags: Vec<String>,
    /// `aliases` (also `alias`).
    pub aliases: Vec<String>,
    /// `description` (also `summary`, `excerpt`).
    pub description: Option<String>,
    /// `lang` (also `language`).
    pub lang: Option<String>,
    /// `draft`.
    pub draft: bool,
    /// `publish` (also `published`): `Some(false)` keeps the note private.
    pub publish: Option<bool>,
    /// `order` (also `weight`, `nav_order`, `sidebar_position`): small numbers first.
    pub order: Option<f64>,
    /// `slug`: the last component of the address, without extension.
    pub slug: Option<String>,
    /// `permalink` (also `url`): the whole address.
    pub permalink: Option<String>,
    /// `template`: which template renders the note.
    pub template: Option<String>,
    /// `license`.
    pub license: Option<String>,
    /// `extra` and every key that Biji does not know, for templates.
    pub extra: BTreeMap<String, serde_json::Value>,
}

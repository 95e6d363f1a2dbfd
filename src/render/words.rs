//! What scripts say, as a script of each language that the site has pages in: the search, the marks, opened pictures. So a language that a site drops in is
//! spoken there too.
//!
//! In: the words of the interface. Out: files `biji/search/words-LANGUAGE.js`, each one assignment. A page asks for that of its own language.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::path::UrlPath;
use crate::site::Site;
use crate::theme::Words;

/// The beginnings of the keys that scripts use, and those that they share with templates.
const OF_SCRIPTS: &[&str] = &["search_", "mark_", "zoom_"];
const SHARED: &[&str] = &["search", "tags", "folders"];

/// The languages of the pages, as names of files have them, sorted. `language` is that of pages that no note gives one.
pub(super) fn languages(site: &Site, language: &str) -> BTreeSet<String> {
    site.pages.iter().map(|page| page.language.as_str()).chain([language]).map(name).collect()
}

/// A language in a file's name; main.js says the same.
fn name(language: &str) -> String {
    language.to_ascii_lowercase().chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }).collect()
}

/// What stands around a language in the address of its words.
const AROUND: (&str, &str) = ("biji/search/words-", ".js");

/// Where the words of a language are.
pub(super) fn url(name: &str) -> Option<UrlPath> {
    UrlPath::new(&format!("{}{name}{}", AROUND.0, AROUND.1))
}

/// Whose words are there.
pub(super) fn language(url: &UrlPath) -> &str {
    url.as_str().strip_prefix(AROUND.0).and_then(|rest| rest.strip_suffix(AROUND.1)).unwrap_or_default()
}

/// The script.
pub(super) fn script(words: &Words) -> String {
    let is_said = |key: &str| SHARED.contains(&key) || OF_SCRIPTS.iter().any(|start| key.starts_with(start));
    let said: Map<String, Value> = words.texts().filter(|(key, _)| is_said(key)).map(|(key, text)| (key.to_owned(), text.into())).collect();
    format!("biji.words={};\n", Value::Object(said))
}

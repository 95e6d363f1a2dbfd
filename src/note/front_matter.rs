//! Front matter: YAML between `---`, TOML between `+++`.
//!
//! In: a note's file. Out: `FrontMatter` and where the body starts, or the one fault that made it unreadable. A value of a wrong type is
//! left out and reported; what decides on privacy is then decided for privacy.

mod date;
mod field;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;
use value::{Kind, Value};

/// What a note says about itself. Absent keys are empty or `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// `license`; `""` for none (`license: false`).
    pub license: Option<String>,
    /// What stands around the note, where it says so.
    pub around: Around,
    /// `translation_key` (also `translationKey`): notes of one key are one note in several languages.
    pub translation_key: Option<String>,
    /// `extra` and every key that Biji does not know, for templates.
    #[serde(with = "super::kept::values")]
    pub extra: BTreeMap<String, serde_json::Value>,
    /// Where the values stand that later phases may have to find fault with.
    pub places: Places,
}

/// What a note says about its surroundings; `None` where it leaves them to the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// `author` (also `authors`): names of people, or people as the configuration writes them; none for `author: false`.
    pub authors: Option<Vec<String>>,
    /// `attribution`.
    pub attribution: Option<bool>,
    /// `report`.
    pub report: Option<bool>,
    /// `reward`.
    pub reward: Option<bool>,
    /// `comments` (also `comment`).
    pub comments: Option<bool>,
    /// `edit`: the links to the source too.
    pub edit: Option<bool>,
}

/// Where some values of a note's front matter stand in its file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// `slug`.
    pub slug: Option<Span>,
    /// `permalink`, or `url`.
    pub permalink: Option<Span>,
    /// `template`.
    pub template: Option<Span>,
    /// `aliases`, one for each.
    pub aliases: Vec<Span>,
    /// `tags`: which, and the name without `#`, wherever it stands as it is read.
    pub tags: Vec<(u32, Span)>,
}

/// The names of the keys that have a meaning, each once.
pub fn keys() -> impl Iterator<Item = &'static str> {
    field::keys()
}

/// Where the body of a note starts: behind the front matter, or at the beginning where there is none.
#[must_use]
pub fn body_start(text: &str) -> usize {
    cut(text).and_then(|block| block.body).unwrap_or(0)
}

/// Front matter that was read.
pub(super) struct Read {
    /// What it says.
    pub(super) front_matter: FrontMatter,
    /// Byte offset of the body in the file.
    pub(super) body: usize,
    /// What it says wrongly.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads the front matter of a note. The fault of one that cannot be read is boxed because it is rare.
pub(super) fn read(file: &File) -> Result<Read, Box<Diagnostic>> {
    let text = &*file.text;
    let none = Read { front_matter: FrontMatter::default(), body: 0, diagnostics: Vec::new() };
    let Some(block) = cut(text) else { return Ok(none) };
    let content = &text[block.content.clone()];
    let Some(body) = block.body else {
        if !block.language.looks_like(content) {
            return Ok(none);
        }
        let fence = block.language.fence();
        let fault = Diagnostic::at(Code::FrontMatter, file.clone(), Span::new(0, 3), "front matter has no end")
            .hint(format!("put a line with `{fence}` behind the last key; until then the note is held back"));
        return Err(Box::new(fault));
    };
    let root = match block.language.parse(content, block.content.start) {
        Ok(root) => root,
        Err((span, message)) => {
            let span = Span::new(span.range().start.min(text.len()), span.range().end.min(text.len()));
            let name = block.language.name();
            let message = sentence(&message);
            return Err(Box::new(
                Diagnostic::at(Code::FrontMatter, file.clone(), span, format!("front matter is not valid {name}: {message}"))
                    .hint("the note is held back, as it might say `publish: false`"),
            ));
        }
    };
    let entries = match root.kind {
        Kind::Table(entries) => entries,
        // A thematic break, Markdown, and another one (or a heading's underline).
        Kind::Null if content.starts_with(['\n', '\r']) && !content.trim().is_empty() => return Ok(none),
        Kind::Null => Vec::new(),
        Kind::Text(_) if !content.contains(':') => return Ok(none),
        _ => {
            let found = root.noun();
            return Err(Box::new(
                Diagnostic::at(Code::FrontMatter, file.clone(), root.span, format!("front matter is {found}, not keys and values"))
                    .hint("write `key: value`, with a space behind the colon; until then the note is held back"),
            ));
        }
    };
    let (front_matter, diagnostics) = field::fields(entries, file);
    Ok(Read { front_matter, body, diagnostics })
}

/// What the fences say.
struct Block {
    language: Language,
    content: std::ops::Range<usize>,
    /// Offset behind the closing fence; `None` when there is none.
    body: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Yaml,
    Toml,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
        }
    }

    fn fence(self) -> &'static str {
        match self {
            Self::Yaml => "---",
            Self::Toml => "+++",
        }
    }

    fn closes(self, line: &str) -> bool {
        line == self.fence() || (self == Self::Yaml && line == "...")
    }

    fn parse(self, content: &str, base: usize) -> Result<Value, (Span, String)> {
        match self {
            Self::Yaml => value::yaml(content, base),
            Self::Toml => value::toml(content, base),
        }
    }

    /// Whether the line behind an opening fence is a key.
    fn looks_like(self, content: &str) -> bool {
        let line = content.lines().next().unwrap_or("");
        let mark = match self {
            Self::Yaml => ':',
            Self::Toml => '=',
        };
        line.split_once(mark).is_some_and(|(key, value)| {
            let key = key.trim_end();
            !key.is_empty()
                && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '"' | '.'))
                && (self == Self::Toml || value.is_empty() || value.starts_with([' ', '\t']))
        })
    }
}

/// Finds the fences: the opening one is the file's very first line.
fn cut(text: &str) -> Option<Block> {
    let mut lines = Lines { text, at: 0 };
    let (_, first) = lines.next()?;
    let language = [Language::Yaml, Language::Toml].into_iter().find(|language| first == language.fence())?;
    let start = lines.at;
    while let Some((at, line)) = lines.next() {
        if language.closes(line) {
            return Some(Block { language, content: start..at, body: Some(lines.at) });
        }
    }
    Some(Block { language, content: start..text.len(), body: None })
}

/// Lines with their offsets, without their ends and the white space before these.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = &rest[length..];
        self.at = start + length + if end.starts_with("\r\n") { 2 } else { usize::from(!end.is_empty()) };
        Some((start, rest[..length].trim_end_matches([' ', '\t'])))
    }
}

/// A parser's message as a lower-case sentence without full stop, on one line.
fn sentence(message: &str) -> String {
    let line = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    let line = line.trim_end_matches('.');
    let mut letters = line.chars();
    match letters.next() {
        Some(first) if !letters.as_str().starts_with(char::is_uppercase) => first.to_lowercase().chain(letters).collect(),
        _ => line.to_owned(),
    }
}

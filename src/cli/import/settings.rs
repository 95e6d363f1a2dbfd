//! Other tools' files of settings as values: YAML, TOML and JSON become one kind of tree, and keys are found again by line.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::Failure;
use crate::diagnostic::reason;

/// A file of settings.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Its name, for reports.
    pub(super) name: String,
    text: String,
    /// What it says; null where there is no such file.
    pub(super) root: Value,
}

impl Settings {
    /// Reads the first of these files that exists.
    pub(super) fn read(folder: &Path, names: &[&str]) -> Result<Self, Failure> {
        for name in names {
            let file = folder.join(name);
            let bytes = match fs::read(&file) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Failure::new(format!("cannot read `{}`: {}", file.display(), reason(&error)))),
            };
            let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned();
            let root = parse(name, &text).map_err(|message| {
                let message = message.lines().next().unwrap_or_default().to_owned();
                Failure::new(format!("`{}` cannot be read: {message}", file.display()))
                    .hint("mend it, or write a biji.toml by hand: see the manual")
            })?;
            return Ok(Self { name: (*name).to_owned(), text, root });
        }
        Ok(Self::default())
    }

    /// The value at a path of keys, compared without regard to case; null where there is none.
    pub(super) fn at(&self, path: &[&str]) -> &Value {
        path.iter().fold(&self.root, |value, key| get(value, key))
    }

    /// The text at a path of keys; numbers as they are written.
    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        match self.at(path) {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The texts of a list, or of a single text.
    pub(super) fn texts(&self, path: &[&str]) -> Vec<String> {
        match self.at(path) {
            Value::String(text) if !text.trim().is_empty() => vec![text.trim().to_owned()],
            Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether there is something at a path of keys.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        match self.at(path) {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(keys) => !keys.is_empty(),
            _ => true,
        }
    }

    /// The line of a key or of a text, from 1: the first that begins with it, or else has it.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let begins = |line: &str| {
            let line = line.trim_start().trim_start_matches("- ").trim_start_matches(['[', '"', '\'']);
            let head = line.get(..key.len()).is_some_and(|head| head.eq_ignore_ascii_case(key));
            head && line[key.len()..].trim_start().trim_start_matches(['"', '\'', ']']).trim_start().starts_with([':', '=', '.'])
        };
        let lines = || self.text.lines().enumerate();
        let found = lines()
            .find(|(_, line)| begins(line))
            .or_else(|| lines().find(|(_, line)| line.contains(key) && !line.trim_start().starts_with('#')));
        found.map(|(number, _)| number + 1)
    }
}

fn get<'a>(value: &'a Value, key: &str) -> &'a Value {
    let Value::Object(keys) = value else { return &Value::Null };
    keys.get(key).or_else(|| keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)).unwrap_or(&Value::Null)
}

fn parse(name: &str, text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    match name.rsplit('.').next() {
        Some("toml") => toml::from_str(text).map_err(|error| error.message().to_owned()),
        Some("json") => serde_json::from_str(text).map_err(|error| error.to_string()),
        _ => serde_saphyr::from_str(&without_tags(text)).map_err(|error| error.to_string()),
    }
}

/// YAML without the tags that mean something to Python only (`!!python/name:…`, `!ENV`); what they stand before stays.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_tag =
            |word: &str| word.len() > 1 && word.starts_with('!') && word[1..].starts_with(|c: char| c == '!' || c.is_ascii_alphabetic());
        if !line.contains('!') || line.trim_start().starts_with('#') {
            out.push_str(line);
            continue;
        }
        let mut previous = ":";
        for piece in line.split_inclusive(' ') {
            let word = piece.trim();
            let begins = previous.ends_with([':', '-', ',', '[']) || previous.is_empty();
            if begins && is_tag(word) {
                out.push_str(&" ".repeat(piece.len() - piece.trim_start().len()));
                if word.len() < piece.trim_end_matches(' ').len() || piece.ends_with('\n') {
                    out.push_str(&piece[piece.trim_end().len()..]);
                }
                continue;
            }
            out.push_str(piece);
            if !word.is_empty() {
                previous = word;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_python_are_passed_over() {
        let text = "a: !!python/name:material.x\nb: !ENV [CI, false]\nc:\n  - !relative x\nd: what! a\ne: '!x'\n";
        let value = parse("mkdocs.yml", text).expect("YAML");
        assert_eq!(value, serde_json::json!({ "a": null, "b": ["CI", false], "c": ["x"], "d": "what! a", "e": "!x" }));
    }

    #[test]
    fn keys_have_lines() {
        let settings = Settings { text: "# title: no\ntitle: x\n[params]\n  'baseURL' = 1\n".into(), ..Settings::default() };
        assert_eq!(
            (settings.line("title"), settings.line("baseurl"), settings.line("params"), settings.line("y")),
            (Some(2), Some(4), Some(3), None)
        );
    }
}

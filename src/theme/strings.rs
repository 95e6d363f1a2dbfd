//! The words of the interface: `templates/strings/LANGUAGE.toml`, one flat table of keys and texts for each language.
//!
//! In: the embedded files and the site's own of the same name, which overlay them key by key or add a language. Out: `Words` for a page's
//! language: the exact tag's (`zh-tw`), over its main language's (`zh`), over English, so that no key is ever missing.

use std::collections::BTreeMap;

use tera::Value;

use crate::diagnostic::{Code, Diagnostic, File};

/// The language whose words stand in where another has none.
const FALLBACK: &str = "en";

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    texts: BTreeMap<String, String>,
    value: Value,
}

impl Words {
    fn new(texts: BTreeMap<String, String>) -> Self {
        let value = Value::from(texts.clone());
        Self { texts, value }
    }

    /// The same as a template sees it: a map.
    pub(crate) fn value(&self) -> Value {
        self.value.clone()
    }

    /// All of them by their keys, sorted.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// One text; the key itself when a language file lost it.
    pub(crate) fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }
}

/// The words of every language that has a file.
#[derive(Debug)]
pub(super) struct Strings {
    languages: BTreeMap<String, Words>,
    /// What each language with a file calls itself.
    names: BTreeMap<String, String>,
    fallback: Words,
}

/// What languages call themselves that have no file.
const NAMES: [(&str, &str); 30] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh-hant", "繁體中文"),
    ("zh-tw", "繁體中文"),
];

impl Strings {
    pub(super) fn new(embedded: &[(String, File)], own: &[(String, File)]) -> (Self, Vec<Diagnostic>) {
        let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for (name, file) in embedded.iter().chain(own) {
            let Some(language) = name.strip_prefix("strings/").and_then(|name| name.strip_suffix(".toml")) else { continue };
            match toml::from_str::<BTreeMap<String, String>>(&file.text) {
                Ok(texts) => tables.entry(language.to_ascii_lowercase()).or_default().extend(texts),
                Err(error) => {
                    let span = error.span().unwrap_or_default();
                    let message = format!("cannot read the interface strings: {}", error.message().replace('\n', "; "));
                    diagnostics
                        .push(Diagnostic::at(Code::Template, file.clone(), span.into(), message).hint("every line is `key = \"text\"`"));
                }
            }
        }
        let names = tables.iter().filter_map(|(language, texts)| Some((language.clone(), texts.get("language")?.clone()))).collect();
        let fallback = tables.get(FALLBACK).cloned().unwrap_or_default();
        let languages = tables
            .keys()
            .map(|language| {
                let mut texts = fallback.clone();
                if let Some(main) = language.split_once('-').and_then(|(main, _)| tables.get(main)) {
                    texts.extend(main.clone());
                }
                texts.extend(tables[language].clone());
                (language.clone(), Words::new(texts))
            })
            .collect();
        (Self { languages, names, fallback: Words::new(fallback) }, diagnostics)
    }

    pub(super) fn words(&self, language: &str) -> &Words {
        let language = language.to_ascii_lowercase();
        let mut tag = language.as_str();
        loop {
            if let Some(words) = self.languages.get(tag) {
                return words;
            }
            match tag.rsplit_once('-') {
                Some((shorter, _)) => tag = shorter,
                None => return &self.fallback,
            }
        }
    }

    /// What a language calls itself: `中文` for `zh-CN`. The tag where nothing is known.
    pub(super) fn name<'a>(&'a self, language: &'a str) -> &'a str {
        let lower = language.to_ascii_lowercase();
        let mut tag = lower.as_str();
        loop {
            let known = NAMES.iter().find(|(other, _)| *other == tag).map(|(_, name)| *name);
            if let Some(name) = self.names.get(tag).map(String::as_str).or(known) {
                return name;
            }
            match tag.rsplit_once('-') {
                Some((shorter, _)) => tag = shorter,
                None => return language,
            }
        }
    }
}

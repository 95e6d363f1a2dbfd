//! Typed values out of a spanned TOML table, each fault reported at its place.
//!
//! In: a value with its span and what it should be. Out: the value, or `None` and a diagnostic. Knows no keys.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, File, Severity, nearest};

/// What a check says of a wrong value: the message and the hint.
pub(super) type Check = fn(&str) -> Result<String, (String, String)>;

/// Reads values of one file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    file: &'a File,
    found: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        Self { file, found: Vec::new() }
    }

    pub(super) fn diagnostics(self) -> Vec<Diagnostic> {
        self.found
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub(super) fn unknown(&mut self, key: &Spanned<DeString<'_>>, name: &str, known: &[&str]) {
        let hint = nearest(name, known.iter().copied())
            .map_or_else(|| format!("the keys are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("unknown key `{name}`");
        self.found.push(Diagnostic::at(Code::UnknownKey, self.file.clone(), key.span().into(), message).hint(hint));
    }

    pub(super) fn string(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(value, "a string", "put it in quotes");
        }
        text
    }

    pub(super) fn checked(&mut self, value: &Spanned<DeValue<'_>>, check: Check) -> Option<String> {
        let text = self.string(value)?;
        match check(&text) {
            Ok(text) => Some(text),
            Err((message, hint)) => {
                self.wrong(value, message, hint);
                None
            }
        }
    }

    pub(super) fn bool(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(value, "true or false", "write `true` or `false` without quotes");
        }
        found
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, value: &Spanned<DeValue<'_>>) -> Option<usize> {
        let number =
            value.get_ref().as_integer().and_then(|number| usize::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        if number.is_none() {
            self.wrong_type(value, "a number from 0 on", "write it without quotes, like `20`");
        }
        number
    }

    pub(super) fn list(&mut self, value: &Spanned<DeValue<'_>>, check: Check) -> Vec<String> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of strings", "put brackets around it: `[\"…\"]`");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.checked(item, check)).collect()
    }

    /// One text or a list of them.
    pub(super) fn one_or_more(&mut self, value: &Spanned<DeValue<'_>>, check: Check) -> Vec<String> {
        if value.get_ref().as_array().is_some() { self.list(value, check) } else { self.checked(value, check).into_iter().collect() }
    }

    /// A text, or `false` for none: `Some(None)`.
    pub(super) fn text_or_off(&mut self, value: &Spanned<DeValue<'_>>, check: Check) -> Option<Option<String>> {
        match value.get_ref().as_bool() {
            Some(false) => Some(None),
            _ => self.checked(value, check).map(Some),
        }
    }

    /// Which of some words it is.
    pub(super) fn one_of(&mut self, value: &Spanned<DeValue<'_>>, words: &[&str]) -> Option<usize> {
        let text = self.string(value)?;
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            let hint = nearest(&text, words.iter().copied())
                .map_or_else(|| format!("one of `{}`", words.join("`, `")), |near| format!("did you mean `{near}`?"));
            self.wrong(value, format!("`{text}` is not what this can be"), hint);
        }
        found
    }

    pub(super) fn table<'v, 'i>(&mut self, value: &'v Spanned<DeValue<'i>>, header: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, "a table", &format!("write `{header}` and its keys below it"));
        }
        table
    }

    /// A list of tables.
    pub(super) fn tables<'v, 'i>(&mut self, value: &'v Spanned<DeValue<'i>>, header: &str) -> &'v [Spanned<DeValue<'i>>] {
        match value.get_ref().as_array() {
            Some(items) => items,
            None => {
                self.wrong_type(value, "a list of tables", &format!("write `{header}` above each one's keys"));
                &[]
            }
        }
    }

    /// A table of texts under names of the writer's own.
    pub(super) fn texts(&mut self, value: &Spanned<DeValue<'_>>, check: Check) -> BTreeMap<String, String> {
        let table = self.table(value, "[…]").into_iter().flatten();
        table.filter_map(|(key, value)| Some((key.get_ref().to_string(), self.checked(value, check)?))).collect()
    }

    /// A table of attributes that an element of HTML may be given: none that run or draw something.
    pub(super) fn attributes(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::new();
        for (key, value) in self.table(value, "[comments.attributes]").into_iter().flatten() {
            let name = key.get_ref().to_ascii_lowercase();
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            if !is_name || name.starts_with("on") || matches!(&*name, "src" | "href" | "style" | "srcdoc" | "nonce") {
                let hint = "names like `data-repo`, `id` or `crossorigin`";
                self.wrong(value, format!("`{name}` is no attribute that can be given"), hint.to_owned());
            } else if let Some(text) = self.string(value) {
                attributes.insert(name, text);
            }
        }
        attributes
    }

    /// Reports that something is missing.
    pub(super) fn lacks(&mut self, value: &Spanned<DeValue<'_>>, message: &str, hint: &str) {
        self.wrong(value, message.to_owned(), hint.to_owned());
    }

    pub(super) fn severities(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<Code, Severity> {
        let mut severities = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, "a table", "write `[severity]` and below it lines like `broken-link = \"error\"`");
            return severities;
        };
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Ok(code) = name.parse::<Code>() else {
                self.unknown(key, name, &names);
                continue;
            };
            match self.string(value).as_deref() {
                Some("allow") => drop(severities.insert(code, Severity::Allow)),
                Some("warning") => drop(severities.insert(code, Severity::Warning)),
                Some("error") => drop(severities.insert(code, Severity::Error)),
                Some(other) => {
                    let hint = nearest(other, ["allow", "warning", "error"])
                        .map_or("one of `allow`, `warning` and `error`".to_owned(), |near| format!("did you mean `{near}`?"));
                    self.wrong(value, format!("`{other}` is no severity"), hint);
                }
                None => {}
            }
        }
        severities
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str, hint: &str) {
        let message = format!("expected {wanted}, found {} {}", article(value.get_ref().type_str()), value.get_ref().type_str());
        self.wrong(value, message, hint.to_owned());
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, message: String, hint: String) {
        self.found.push(Diagnostic::at(Code::Config, self.file.clone(), value.span().into(), message).hint(hint));
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

//! Which keys there are, what they take, and what is said when they were given something else.
//!
//! In: the top-level entries. Out: `FrontMatter` and diagnostics. Spelling of the keys: lower and upper case, `-` and `_` are the same.

use std::collections::BTreeSet;

use super::date::rfc3339;
use super::value::{Entry, Kind, Value};
use super::{Around, FrontMatter};
use crate::diagnostic::{Code, Diagnostic, File, nearest};
use crate::text::Span;

/// What a key is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Date,
    Updated,
    Tags,
    Aliases,
    Description,
    Lang,
    Draft,
    Publish,
    Private,
    Order,
    Slug,
    Permalink,
    Template,
    License,
    Authors,
    Attribution,
    Report,
    Reward,
    Comments,
    Edit,
    TranslationKey,
    Extra,
    Taxonomies,
}

/// Every known key. Of several keys for one field, the one that stands first here wins.
const KEYS: &[(&str, Field)] = &[
    ("title", Field::Title),
    ("date", Field::Date),
    ("created", Field::Date),
    ("updated", Field::Updated),
    ("lastmod", Field::Updated),
    ("modified", Field::Updated),
    ("tags", Field::Tags),
    ("tag", Field::Tags),
    ("categories", Field::Tags),
    ("category", Field::Tags),
    ("keywords", Field::Tags),
    ("aliases", Field::Aliases),
    ("alias", Field::Aliases),
    ("description", Field::Description),
    ("summary", Field::Description),
    ("excerpt", Field::Description),
    ("lang", Field::Lang),
    ("language", Field::Lang),
    ("draft", Field::Draft),
    ("publish", Field::Publish),
    ("published", Field::Publish),
    ("private", Field::Private),
    ("order", Field::Order),
    ("weight", Field::Order),
    ("nav_order", Field::Order),
    ("sidebar_position", Field::Order),
    ("slug", Field::Slug),
    ("permalink", Field::Permalink),
    ("url", Field::Permalink),
    ("template", Field::Template),
    ("license", Field::License),
    ("authors", Field::Authors),
    ("author", Field::Authors),
    ("attribution", Field::Attribution),
    ("report", Field::Report),
    ("reward", Field::Reward),
    ("comments", Field::Comments),
    ("comment", Field::Comments),
    ("edit", Field::Edit),
    ("translation_key", Field::TranslationKey),
    ("translationkey", Field::TranslationKey),
    ("extra", Field::Extra),
    ("taxonomies", Field::Taxonomies),
];

/// The names of all keys.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}

/// Keys that other tools have and that only look like misspelt ones of ours.
const STRANGERS: &[&str] = &[
    "data",
    "update",
    "border",
    "toc",
    "type",
    "publisher",
    "tagline",
    "linked",
    "create",
    "rating",
    "state",
    "editor",
    "edited",
    "edits",
    "credit",
    "reporter",
    "reported",
    "content",
    "contents",
    "command",
    "commands",
    "record",
    "exit",
];

/// Reads all fields.
pub(super) fn fields(entries: Vec<Entry>, file: &File) -> (FrontMatter, Vec<Diagnostic>) {
    let mut reader = Reader { file, out: FrontMatter::default(), tags: BTreeSet::new(), aliases: BTreeSet::new(), diagnostics: Vec::new() };
    let mut known: Vec<(usize, &Entry)> = Vec::new();
    let mut extra = Vec::new();
    for entry in &entries {
        let key = entry.key.trim().to_lowercase().replace('-', "_");
        match KEYS.iter().position(|(name, _)| *name == key) {
            Some(rank) => known.push((rank, entry)),
            None => {
                reader.unknown(entry, &key);
                reader.out.extra.insert(entry.key.clone(), entry.value.to_json());
            }
        }
    }
    known.sort_by_key(|(rank, _)| *rank);
    for (rank, entry) in known {
        match KEYS[rank].1 {
            Field::Extra => extra.push(entry),
            field => reader.field(field, entry),
        }
    }
    for entry in extra {
        reader.extra(entry);
    }
    let (out, mut diagnostics) = (reader.out, reader.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    (out, diagnostics)
}

struct Reader<'a> {
    file: &'a File,
    out: FrontMatter,
    /// The tags and aliases that `out` has.
    tags: BTreeSet<String>,
    aliases: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn field(&mut self, field: Field, entry: &Entry) {
        // A key without value is a form that was not filled in.
        if entry.value.kind == Kind::Null {
            return;
        }
        match field {
            Field::Title => {
                self.text(entry, |out| &mut out.title);
            }
            Field::Description => {
                self.text(entry, |out| &mut out.description);
            }
            Field::Lang => {
                self.text(entry, |out| &mut out.lang);
            }
            Field::Slug => {
                if self.text(entry, |out| &mut out.slug) {
                    self.out.places.slug = Some(entry.value.span);
                }
            }
            Field::Permalink => {
                if self.text(entry, |out| &mut out.permalink) {
                    self.out.places.permalink = Some(entry.value.span);
                }
            }
            Field::Template => {
                if self.text(entry, |out| &mut out.template) {
                    self.out.places.template = Some(entry.value.span);
                }
            }
            Field::License => match entry.value.kind {
                Kind::Bool(false) if self.out.license.is_none() => self.out.license = Some(String::new()),
                _ => {
                    self.text(entry, |out| &mut out.license);
                }
            },
            Field::Authors => match entry.value.kind {
                Kind::Bool(false) => {
                    self.out.around.authors.get_or_insert_default();
                }
                _ => {
                    let names: Vec<String> = self.list(entry, &[]).into_iter().map(|(name, _)| name).collect();
                    self.out.around.authors.get_or_insert_default().extend(names);
                }
            },
            Field::Attribution => self.offer(entry, |out| &mut out.attribution),
            Field::Report => self.offer(entry, |out| &mut out.report),
            Field::Reward => self.offer(entry, |out| &mut out.reward),
            Field::Comments => self.offer(entry, |out| &mut out.comments),
            Field::Edit => self.offer(entry, |out| &mut out.edit),
            Field::TranslationKey => {
                self.text(entry, |out| &mut out.translation_key);
            }
            Field::Date => self.date(entry, |out| &mut out.date),
            Field::Updated => self.date(entry, |out| &mut out.updated),
            Field::Tags => self.tags(entry),
            Field::Aliases => {
                for (alias, span) in self.list(entry, &[]) {
                    if self.aliases.insert(alias.clone()) {
                        self.out.aliases.push(alias);
                        self.out.places.aliases.push(span);
                    }
                }
            }
            Field::Draft => {
                let draft = self.switch(entry).unwrap_or(true);
                self.out.draft |= draft;
            }
            Field::Publish => {
                let publish = self.switch(entry).unwrap_or(false);
                self.out.publish = Some(self.out.publish.unwrap_or(true) && publish);
            }
            Field::Private => {
                if self.switch(entry).unwrap_or(true) {
                    self.out.publish = Some(false);
                }
            }
            Field::Order => match number(&entry.value) {
                Some(order) => self.out.order = self.out.order.or(Some(order)),
                None => self.wrong(entry, "a number", "write a number: small ones come first"),
            },
            Field::Taxonomies => match &entry.value.kind {
                Kind::Table(entries) => entries.iter().for_each(|entry| self.tags(entry)),
                _ => self.wrong(entry, "a table", "write `[taxonomies]` and `tags = […]` below it"),
            },
            Field::Extra => {}
        }
    }

    fn extra(&mut self, entry: &Entry) {
        match &entry.value.kind {
            Kind::Table(entries) => {
                for entry in entries {
                    self.out.extra.insert(entry.key.clone(), entry.value.to_json());
                }
            }
            Kind::Null => {}
            _ => self.wrong(entry, "a table", "put keys of your own below it"),
        }
    }

    /// Whether the field took the value: it was empty before.
    fn text(&mut self, entry: &Entry, place: fn(&mut FrontMatter) -> &mut Option<String>) -> bool {
        match scalar(&entry.value) {
            Some(text) if text.trim().is_empty() => {}
            Some(text) => {
                let place = place(&mut self.out);
                let is_first = place.is_none();
                place.get_or_insert_with(|| text.trim().to_owned());
                return is_first;
            }
            None => self.wrong(entry, "text", "write one value, in quotes if it holds `: ` or starts with `[`, `{` or `*`"),
        }
        false
    }

    fn date(&mut self, entry: &Entry, place: fn(&mut FrontMatter) -> &mut Option<String>) {
        match scalar(&entry.value) {
            Some(text) if text.trim().is_empty() => {}
            Some(text) => match rfc3339(&text) {
                Some(date) => {
                    place(&mut self.out).get_or_insert(date);
                }
                None => self.wrong(entry, "a date", "write `2024-01-31` or `2024-01-31T10:00:00+08:00`"),
            },
            None => self.wrong(entry, "a date", "write `2024-01-31` or `2024-01-31T10:00:00+08:00`"),
        }
    }

    fn tags(&mut self, entry: &Entry) {
        // Where the tags so far were found: names may repeat, and stand in one value in order.
        let mut done = 0;
        for (text, span) in self.list(entry, &[',', '，', '、']) {
            // `#a #b`: signs in front say where each tag starts.
            let several = text.split_whitespace().count() > 1 && text.split_whitespace().all(|word| word.starts_with('#'));
            let tags: Vec<&str> = if several { text.split_whitespace().collect() } else { vec![text.as_str()] };
            for tag in tags {
                let tag = tag.trim_start_matches('#').trim();
                if tag.is_empty() {
                    continue;
                }
                let from = span.range().start.max(done);
                let found = self.file.text.get(from..span.range().end).and_then(|value| value.find(tag));
                if self.tags.insert(tag.to_owned()) {
                    self.out.tags.push(tag.to_owned());
                }
                let number = self.out.tags.iter().position(|known| known == tag).and_then(|number| u32::try_from(number).ok());
                if let (Some(at), Some(number)) = (found, number) {
                    done = from + at + tag.len();
                    self.out.places.tags.push((number, Span::new(from + at, done)));
                }
            }
        }
    }

    /// A list of texts and their places, nested ones flattened; one text stands for a list of what `separators` cut it into.
    fn list(&mut self, entry: &Entry, separators: &[char]) -> Vec<(String, Span)> {
        let mut texts = Vec::new();
        if let Kind::List(values) = &entry.value.kind {
            let mut open: Vec<&Value> = values.iter().rev().collect();
            while let Some(value) = open.pop() {
                match &value.kind {
                    Kind::Null => {}
                    Kind::List(values) => open.extend(values.iter().rev()),
                    _ => match scalar(value) {
                        Some(text) => texts.push((text.trim().to_owned(), value.span)),
                        None => self.wrong_value(&entry.key, value, "text", "write a list of plain texts"),
                    },
                }
            }
        } else {
            match scalar(&entry.value) {
                Some(text) => texts.extend(text.split(separators).map(|text| (text.trim().to_owned(), entry.value.span))),
                None => self.wrong(entry, "a list", "write a list of plain texts"),
            }
        }
        texts.retain(|(text, _)| !text.is_empty());
        texts
    }

    /// Whether something that the site offers stands on the note.
    fn offer(&mut self, entry: &Entry, place: fn(&mut Around) -> &mut Option<bool>) {
        match truth(entry) {
            Some(is_on) => {
                place(&mut self.out.around).get_or_insert(is_on);
            }
            None => self.wrong(entry, "`true` or `false`", "write `true` or `false`; what is offered is set up in biji.toml"),
        }
    }

    fn switch(&mut self, entry: &Entry) -> Option<bool> {
        let value = truth(entry);
        if value.is_none() {
            self.wrong(entry, "`true` or `false`", "write `true` or `false`; until then the note is held back");
        }
        value
    }

    fn wrong(&mut self, entry: &Entry, wanted: &str, hint: &str) {
        self.wrong_value(&entry.key, &entry.value, wanted, hint);
    }

    fn wrong_value(&mut self, key: &str, value: &Value, wanted: &str, hint: &str) {
        let found = match &value.kind {
            Kind::Text(text) => format!("`{}`", shorten(text)),
            Kind::Number(_, written) => format!("`{written}`"),
            Kind::Bool(value) => format!("`{value}`"),
            _ => value.noun().to_owned(),
        };
        let message = format!("`{key}` takes {wanted}, not {found}");
        self.diagnostics.push(Diagnostic::at(Code::WrongType, self.file.clone(), value.span, message).hint(hint));
    }

    fn unknown(&mut self, entry: &Entry, key: &str) {
        // Short keys are near to everything.
        if key.chars().count() < 4 || STRANGERS.contains(&key) {
            return;
        }
        let names = KEYS.iter().map(|(name, _)| *name).filter(|name| name.len() > 3);
        if let Some(name) = nearest(key, names) {
            self.diagnostics.push(
                Diagnostic::at(Code::UnknownKey, self.file.clone(), entry.span, format!("unknown key `{}`", shorten(&entry.key)))
                    .suggest(name, |name| format!("did you mean `{name}`?")),
            );
        }
    }
}

fn truth(entry: &Entry) -> Option<bool> {
    match &entry.value.kind {
        Kind::Bool(value) => Some(*value),
        Kind::Number(number, _) if *number == 0.0 => Some(false),
        Kind::Number(number, _) if (*number - 1.0).abs() < f64::EPSILON => Some(true),
        Kind::Text(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(_, written) => Some(written.clone()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Null | Kind::List(_) | Kind::Table(_) => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        Kind::Number(number, _) => Some(*number),
        Kind::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// The first line of a text, and not too much of it.
fn shorten(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or("");
    if line.chars().count() > 60 { line.chars().take(59).chain(['…']).collect() } else { line.to_owned() }
}

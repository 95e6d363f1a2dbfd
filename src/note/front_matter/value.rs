//! Front matter as a tree of values that know their place, whichever of the two languages it was written in.
//!
//! In: the text between the fences and its offset in the file. Out: `Value`, or a message with its span. Knows no keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use toml::de::{DeTable, DeValue};

use crate::text::Span;

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    /// Where it stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) kind: Kind,
}

/// The kinds of values that YAML and TOML share.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Nothing stands behind the key.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number and how it was written: `1.10` is a fine title.
    Number(f64, String),
    /// A string, or a date of TOML.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A table, in the order of its keys.
    Table(Vec<Entry>),
}

/// A key, its place and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// The key as written.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) span: Span,
    /// What stands behind it.
    pub(super) value: Value,
}

impl Value {
    /// What people call this kind of value.
    pub(super) fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Number(..) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }

    /// The same for templates.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(value) => (*value).into(),
            Kind::Number(value, written) => match written.parse::<i64>() {
                Ok(integer) => integer.into(),
                Err(_) => serde_json::Number::from_f64(*value).map_or_else(|| written.clone().into(), serde_json::Value::Number),
            },
            Kind::Text(text) => text.clone().into(),
            Kind::List(values) => values.iter().map(Self::to_json).collect(),
            Kind::Table(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }
}

/// The most levels of lists and tables.
const DEPTH: usize = 32;

/// Reads YAML. Anchors and aliases work, within limits that keep a small file from growing into a large value.
pub(super) fn yaml(text: &str, base: usize) -> Result<Value, (Span, String)> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_nodes: 50_000,
            max_events: 200_000,
            max_aliases: 200,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    let span = |location: &Location| {
        let span = location.span();
        let number = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
        let start = number(span.byte_offset()).unwrap_or_else(|| line_column(text, location));
        let start = floor(text, start);
        let end = floor(text, start.saturating_add(number(span.byte_len()).unwrap_or(0)));
        // The parser counts the white space behind a block value as part of it.
        let end = start + text[start..end].trim_end().len();
        Span::new(base + start, base + end)
    };
    match serde_saphyr::from_str_with_options::<Option<Spanned<Yaml>>>(text, options) {
        Ok(Some(value)) => Ok(locate(value, text, base, &span)),
        Ok(None) => Ok(Value { span: Span::new(base, base), kind: Kind::Null }),
        Err(error) => {
            let place = error.location().map_or(Span::new(base, base), |location| span(&location));
            let message = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
            Err((place, message))
        }
    }
}

/// Reads TOML.
pub(super) fn toml(text: &str, base: usize) -> Result<Value, (Span, String)> {
    match DeTable::parse(text) {
        Ok(table) => {
            let span = shift(table.span(), base);
            from_table(table.into_inner(), span, base, DEPTH)
        }
        Err(error) => Err((error.span().map_or(Span::new(base, base), |span| shift(span, base)), error.message().to_owned())),
    }
}

/// The offset of a line and column, for faults that know no offset.
fn line_column(text: &str, location: &Location) -> usize {
    let before = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    start + text[start..].chars().take(column).map(char::len_utf8).sum::<usize>()
}

fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

fn shift(range: std::ops::Range<usize>, base: usize) -> Span {
    Span::new(base + range.start, base + range.end)
}

/// What serde hands over, before places are known.
enum Yaml {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Self>>),
    Table(Vec<(Spanned<String>, Spanned<Self>)>),
}

fn locate(value: Spanned<Yaml>, text: &str, base: usize, span: &dyn Fn(&Location) -> Span) -> Value {
    let place = span(&value.referenced);
    let kind = match value.value {
        Yaml::Null => Kind::Null,
        Yaml::Bool(value) => Kind::Bool(value),
        Yaml::Number(number) => {
            let place = span(&value.defined).range();
            let written = text.get(place.start - base..place.end - base).unwrap_or("").trim();
            // A quoted or otherwise decorated number is not written like one.
            let plain = written.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
            Kind::Number(number, if plain { written.to_owned() } else { number.to_string() })
        }
        Yaml::Text(text) => Kind::Text(text),
        Yaml::List(values) => Kind::List(values.into_iter().map(|value| locate(value, text, base, span)).collect()),
        Yaml::Table(entries) => Kind::Table(
            entries
                .into_iter()
                .map(|(key, value)| Entry { span: span(&key.referenced), key: key.value, value: locate(value, text, base, span) })
                .collect(),
        ),
    };
    Value { span: place, kind }
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = Yaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "the spelling is kept beside the number")]
    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "the spelling is kept beside the number")]
    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(Yaml::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(Yaml::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        Yaml::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Yaml, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Yaml::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Yaml, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = table.next_entry()? {
            entries.push(entry);
        }
        Ok(Yaml::Table(entries))
    }
}

fn from_table(table: DeTable<'_>, span: Span, base: usize, depth: usize) -> Result<Value, (Span, String)> {
    let mut entries = Vec::new();
    for (key, value) in table {
        let place = shift(value.span(), base);
        let value = from_value(value.into_inner(), place, base, depth)?;
        entries.push(Entry { span: shift(key.span(), base), key: key.into_inner().into_owned(), value });
    }
    entries.sort_by_key(|entry| entry.span);
    Ok(Value { span, kind: Kind::Table(entries) })
}

fn from_value(value: DeValue<'_>, span: Span, base: usize, depth: usize) -> Result<Value, (Span, String)> {
    if depth == 0 {
        return Err((span, format!("more than {DEPTH} levels of lists and tables")));
    }
    let number = |written: String| {
        let value = written.parse().unwrap_or(f64::NAN);
        Kind::Number(value, written)
    };
    let kind = match value {
        DeValue::String(text) => Kind::Text(text.into_owned()),
        DeValue::Integer(integer) if integer.radix() == 10 => number(integer.as_str().to_owned()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) => number(value.to_string()),
            Err(_) => Kind::Text(integer.to_string()),
        },
        DeValue::Float(float) => number(float.as_str().to_owned()),
        DeValue::Boolean(value) => Kind::Bool(value),
        DeValue::Datetime(date) => Kind::Text(date.to_string()),
        DeValue::Array(values) => {
            let mut list = Vec::new();
            for value in values {
                let place = shift(value.span(), base);
                list.push(from_value(value.into_inner(), place, base, depth - 1)?);
            }
            Kind::List(list)
        }
        DeValue::Table(table) => return from_table(table, span, base, depth - 1),
    };
    Ok(Value { span, kind })
}

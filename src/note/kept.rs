//! Notes as bytes, for another run of the same program: the parts that serde cannot derive.
//!
//! In: what is in a note. Out: the same again.

use crate::diagnostic::File;

/// Stands for the file until whoever has it puts it there.
pub(super) fn no_file() -> File {
    File { path: "".into(), text: "".into() }
}

/// A word of the interface, by its key.
pub(super) mod word {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::note::markdown;

    pub(in crate::note) fn serialize<S: Serializer>(word: &str, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(word)
    }

    pub(in crate::note) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
        let key = String::deserialize(from)?;
        markdown::word(&key).ok_or_else(|| D::Error::custom("no such word"))
    }
}

/// Values of any kind. A format that does not describe itself cannot hold them as they are, and as JSON the last digit of a number might be read otherwise.
pub(super) mod values {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Number, Value};

    /// A value that says what it is.
    #[derive(Serialize, Deserialize)]
    enum Kept {
        Null,
        Bool(bool),
        Natural(u64),
        Integer(i64),
        Real(f64),
        Text(String),
        List(Vec<Self>),
        Table(Vec<(String, Self)>),
    }

    impl From<&Value> for Kept {
        fn from(value: &Value) -> Self {
            match value {
                Value::Null => Self::Null,
                Value::Bool(value) => Self::Bool(*value),
                Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                    (Some(number), _) => Self::Natural(number),
                    (_, Some(number)) => Self::Integer(number),
                    _ => Self::Real(number.as_f64().unwrap_or_default()),
                },
                Value::String(text) => Self::Text(text.clone()),
                Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
                Value::Object(entries) => Self::Table(entries.iter().map(|(key, value)| (key.clone(), value.into())).collect()),
            }
        }
    }

    impl Kept {
        /// `None` for a number that is none.
        fn read(self) -> Option<Value> {
            Some(match self {
                Self::Null => Value::Null,
                Self::Bool(value) => Value::Bool(value),
                Self::Natural(number) => number.into(),
                Self::Integer(number) => number.into(),
                Self::Real(number) => Value::Number(Number::from_f64(number)?),
                Self::Text(text) => Value::String(text),
                Self::List(values) => Value::Array(values.into_iter().map(Self::read).collect::<Option<_>>()?),
                Self::Table(entries) => {
                    let entry = |(key, value): (String, Self)| Some((key, value.read()?));
                    Value::Object(entries.into_iter().map(entry).collect::<Option<_>>()?)
                }
            })
        }
    }

    pub(in crate::note) fn serialize<S: Serializer>(values: &BTreeMap<String, Value>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|(key, value)| (key, Kept::from(value))))
    }

    pub(in crate::note) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Value>, D::Error> {
        let entries = Vec::<(String, Kept)>::deserialize(from)?;
        let read = entries.into_iter().map(|(key, value)| Some((key, value.read()?))).collect::<Option<_>>();
        read.ok_or_else(|| D::Error::custom("no such number"))
    }
}

//! Notes as bytes, for another run of the same program: the parts that serde cannot derive.
//!
//! In: what is in a note. Out: the same again. What would come back otherwise is an error, and then the note is not kept.

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

/// Values of any kind, as JSON: a format that does not describe itself cannot hold them otherwise.
pub(super) mod values {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    type Values = BTreeMap<String, Value>;

    pub(in crate::note) fn serialize<S: Serializer>(values: &Values, to: S) -> Result<S::Ok, S::Error> {
        if values.is_empty() {
            return to.serialize_str("");
        }
        let text = serde_json::to_string(values).map_err(S::Error::custom)?;
        // The last digit of a number may be read otherwise than it was.
        match serde_json::from_str::<Values>(&text) {
            Ok(read) if read == *values => to.serialize_str(&text),
            _ => Err(S::Error::custom("the values are not the same in JSON")),
        }
    }

    pub(in crate::note) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Values, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() { Ok(Values::new()) } else { serde_json::from_str(&text).map_err(D::Error::custom) }
    }
}

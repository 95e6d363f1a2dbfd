//! What single values of `biji.toml` may be.
//!
//! In: a text as written. Out: the text in its normal form, or the message and the hint.

use super::glob;
use crate::diagnostic::nearest;

pub(super) fn check_publish(text: &str) -> Result<String, (String, String)> {
    if matches!(text, "all" | "marked") {
        return Ok(text.to_owned());
    }
    let hint = nearest(text, ["all", "marked"]).map_or("one of `all` and `marked`".to_owned(), |near| format!("did you mean `{near}`?"));
    Err((format!("`{text}` is not what `publish` can be"), hint))
}

pub(super) fn check_glob(text: &str) -> Result<String, (String, String)> {
    match glob(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(fault) => Err((format!("`{text}` is not a glob: {}", fault.kind()), "like `drafts/**` or `*.tmp`".to_owned())),
    }
}

pub(super) fn check_address_glob(text: &str) -> Result<String, (String, String)> {
    match globset::Glob::new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(fault) => Err((format!("`{text}` is not a glob: {}", fault.kind()), "like `https://wiki.example/**`".to_owned())),
    }
}

/// Language tags of BCP 47 by their shape: `zh`, `zh-Hans`, `en-GB`.
pub(super) fn check_language(text: &str) -> Result<String, (String, String)> {
    let parts: Vec<&str> = text.split('-').collect();
    let shaped = parts.iter().all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if shaped && (2..=3).contains(&parts[0].len()) && parts[0].bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(text.to_owned());
    }
    let hint =
        nearest(&text.replace('_', "-"), ["zh", "zh-Hans", "zh-Hant", "zh-CN", "zh-TW", "en", "en-US", "en-GB", "ja", "ko", "de", "fr"])
            .map_or("like `zh`, `zh-Hant` or `en`".to_owned(), |name| format!("did you mean `{name}`?"));
    Err((format!("`{text}` is no language tag"), hint))
}

//! What single values of `biji.toml` may be.
//!
//! In: a text as written. Out: the text in its normal form, or the message and the hint.

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

/// A base URL in its normal form: `http(s)://host…/`, with its final `/`.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn check_base_url(text: &str) -> Result<String, (String, String)> {
    let wrong = |what: &str| Err((format!("`{text}` {what}"), "write the whole address, like `https://example.org/notes/`".to_owned()));
    let Some((scheme, rest)) = text.split_once("://") else { return wrong("is not an address with a scheme") };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return wrong("is not an http or https address");
    }
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return wrong("names no host");
    }
    if host.contains('@') {
        return wrong("holds a user name or password, which would be published");
    }
    if text.contains(['?', '#']) {
        return wrong("has a query or fragment");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^')) {
        return wrong("holds a character that no address has");
    }
    Ok(format!("{}://{}/", scheme.to_lowercase(), rest.trim_end_matches('/')))
}

/// A folder below ROOT, `/`-separated; `.` becomes `""`.
pub(super) fn check_inside(text: &str) -> Result<String, (String, String)> {
    let clean = text.replace('\\', "/");
    let absolute = clean.starts_with('/') || clean.get(1..2) == Some(":");
    let parts: Vec<&str> = clean.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if absolute || parts.contains(&"..") || clean.contains('\0') {
        let hint = "name a folder below the one of biji.toml; the command line takes others: `biji build FOLDER`";
        return Err((format!("`{text}` leaves the site's folder"), hint.to_owned()));
    }
    Ok(parts.join("/"))
}

pub(super) fn check_output(text: &str) -> Result<String, (String, String)> {
    match check_inside(text) {
        Ok(path) if path.is_empty() => {
            Err((format!("`{text}` is the site's folder itself"), "name a folder of its own, like `public`".to_owned()))
        }
        Ok(path) => Ok(path),
        Err((message, _)) => Err((message, "an output folder elsewhere is given on the command line: `--output DIR`".to_owned())),
    }
}

pub(super) fn check_report(text: &str) -> Result<String, (String, String)> {
    if text == "issues" {
        return Ok(text.to_owned());
    }
    super::repository::check_pattern(text).map_err(|(message, _)| {
        (message, "`issues`, a mail address, or an address with `{title}`: `https://example.org/new?title={title}`".to_owned())
    })
}

/// A glob of `exclude`: `*` stops at `/`; without a `/` it fits a name in any folder; a folder's name stands for all that is in it.
///
/// # Errors
/// When it is none.
pub fn glob(text: &str) -> Result<globset::Glob, globset::Error> {
    let trimmed = text.trim_start_matches("./").trim_matches('/');
    let anywhere = if trimmed.contains('/') || text.starts_with('/') { trimmed.to_owned() } else { format!("**/{trimmed}") };
    globset::GlobBuilder::new(&anywhere).literal_separator(true).backslash_escape(true).build()
}

//! The patterns of addresses in `[permalinks]`.
//!
//! In: a pattern as written. Out: whether it can be one. Knows no notes.

/// The placeholders of a pattern.
pub const PLACEHOLDERS: [&str; 6] = [":year", ":month", ":day", ":title", ":slug", ":name"];

/// A pattern as it may be written into the configuration.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub fn check(pattern: &str) -> Result<String, (String, String)> {
    let hint = format!("the placeholders are {}", PLACEHOLDERS.join(", "));
    for (at, _) in pattern.match_indices(':') {
        if !PLACEHOLDERS.iter().any(|placeholder| {
            pattern[at..]
                .strip_prefix(placeholder)
                .is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_'))
        }) {
            let name: String = pattern[at..].chars().take_while(|letter| *letter != '/').collect();
            return Err((format!("`{name}` is no placeholder"), hint));
        }
    }
    if !PLACEHOLDERS[3..].iter().any(|placeholder| pattern.contains(placeholder)) {
        return Err((format!("`{pattern}` gives all notes of a day one address"), "it needs `:name`, `:title` or `:slug`".to_owned()));
    }
    if pattern.contains(['?', '#', '\\']) || pattern.contains("//") {
        return Err((format!("`{pattern}` is no pattern of addresses"), "like `/:year/:month/:name/`".to_owned()));
    }
    Ok(pattern.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, fits) in [
            ("/:year/:month/:day/:name/", true),
            (":name.html", true),
            ("/:year/", false),
            ("/:category/:title/", false),
            ("/:titles/", false),
            ("/:name?x", false),
        ] {
            assert_eq!(check(pattern).is_ok(), fits, "{pattern}");
        }
    }
}

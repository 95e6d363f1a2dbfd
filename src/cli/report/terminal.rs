//! What the terminal can show, by what the environment says of it.

use std::borrow::Cow;

/// Whether it cannot draw a line anew: `TERM=dumb`, as editors' shells say.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether it shows more than ASCII.
pub(super) fn shows_unicode() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    !is_dumb() && takes_unicode(set("TERM").as_deref(), locale.as_deref())
}

/// The console of Linux has no font for frames; a locale names its encoding. Where none is set, as in containers, terminals take UTF-8.
fn takes_unicode(term: Option<&str>, locale: Option<&str>) -> bool {
    let encoding = locale.map(|locale| locale.to_lowercase());
    term != Some("linux") && encoding.is_none_or(|locale| locale.contains("utf-8") || locale.contains("utf8"))
}

/// The frames and signs of our messages in ASCII, in the same number of cells but for the ellipsis. What notes say stays.
pub(super) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '┌' => plain.push('>'),
            '│' => plain.push('|'),
            '━' => plain.push('#'),
            '─' => plain.push('-'),
            '→' => plain.push('>'),
            '…' => plain.push_str("..."),
            other => plain.push(other),
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals() {
        for (term, locale, takes) in [
            (None, None, true),
            (Some("xterm-256color"), Some("zh_CN.UTF-8"), true),
            (Some("xterm"), Some("C.utf8"), true),
            (Some("xterm"), Some("zh_CN.GB18030"), false),
            (Some("xterm"), Some("C"), false),
            (Some("linux"), Some("en_US.UTF-8"), false),
        ] {
            assert_eq!(takes_unicode(term, locale), takes, "{term:?} {locale:?}");
        }
        assert_eq!(ascii("3 │ 静态 ━─"), "3 | 静态 #-");
    }
}

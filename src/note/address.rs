//! Addresses that run what they hold.
//!
//! In: an address as it is written, entities resolved. Out: the scheme that is to blame, or nothing. Knows no other scheme.

use std::borrow::Cow;

/// Schemes that run what they hold, or hide a page.
const REFUSED: &[&str] = &["javascript", "vbscript", "livescript", "mocha", "jscript", "blob", "filesystem", "view-source"];

/// Kinds of pictures that hold no script.
const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/// The scheme for which an address is never published; `None` where there is nothing against it.
#[must_use]
pub fn refused(target: &str) -> Option<&'static str> {
    let bare = as_browsers_read(target);
    let (scheme, rest) = split_scheme(&bare)?;
    if scheme.eq_ignore_ascii_case("data") {
        return (!is_media(rest)).then_some("data");
    }
    REFUSED.iter().copied().find(|refused| scheme.eq_ignore_ascii_case(refused))
}

/// The same for an address that a reader may open as a page of its own: of `data:` only pictures that hold no script.
#[must_use]
pub fn refused_as_page(target: &str) -> Option<&'static str> {
    let bare = as_browsers_read(target);
    let (scheme, rest) = split_scheme(&bare)?;
    if !scheme.eq_ignore_ascii_case("data") {
        return refused(&bare);
    }
    let kind = rest.trim_start().split([';', ',']).next().unwrap_or_default().trim_end();
    let is_picture = PICTURES.iter().any(|picture| kind.eq_ignore_ascii_case(picture));
    (!is_picture).then_some("data")
}

/// An address as browsers understand it: without white space and control characters around it, without line breaks and tabs inside.
#[must_use]
pub fn as_browsers_read(target: &str) -> Cow<'_, str> {
    let trimmed = target.trim_matches(|c: char| c <= ' ');
    if trimmed.contains(['\t', '\n', '\r']) { trimmed.replace(['\t', '\n', '\r'], "").into() } else { trimmed.into() }
}

/// The scheme of an address and what stands behind its colon.
#[must_use]
pub fn split_scheme(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once(':')?;
    let fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    fits.then_some((scheme, rest))
}

/// True for `data:` addresses that show something and run nothing.
fn is_media(rest: &str) -> bool {
    let kind = rest.trim_start().to_ascii_lowercase();
    ["image/", "audio/", "video/", "font/"].iter().any(|start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::{refused, refused_as_page};

    #[test]
    fn addresses() {
        for (target, scheme) in [
            ("javascript:alert(1)", Some("javascript")),
            (" \u{1}JaVa\nScript:alert(1)", Some("javascript")),
            ("vbscript:x", Some("vbscript")),
            ("data:text/html,x", Some("data")),
            ("DATA:,x", Some("data")),
            ("data:image/png;base64,AA", None),
            ("https://example.org/javascript:x", None),
            ("javascript.md", None),
            ("#javascript:x", None),
        ] {
            assert_eq!(refused(target), scheme, "{target}");
        }
        assert_eq!(refused_as_page("data:image/svg+xml,<svg>"), Some("data"));
        assert_eq!(refused_as_page("data:image/png,x"), None);
    }
}

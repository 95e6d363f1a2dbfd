//! Files by the addresses that editors give them: `file:` URIs and paths.
//!
//! In: one of them. Out: the other. Nothing is looked up on the disk. Editors spell one file in several ways (`file:///c%3A/x`, `file:///C:/x`), so addresses
//! are compared as paths only.

use std::path::{Path, PathBuf};

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// The path of a `file:` address; `None` for any other, such as that of a text that was never saved.
#[must_use]
pub fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:")).map(|_| &uri[5..])?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let path = decode(path)?;
    if path.contains('\0') {
        return None;
    }
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return cfg!(windows).then(|| PathBuf::from(format!(r"\\{host}{}", path.replace('/', r"\"))));
    }
    // `/c:/x`
    let bytes = path.as_bytes();
    let has_drive = bytes.len() > 2 && bytes[0] == b'/' && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    if cfg!(windows) && has_drive {
        let drive = path[1..2].to_ascii_uppercase();
        return Some(PathBuf::from(format!("{drive}{}", path[2..].replace('/', r"\"))));
    }
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// The address of a path.
#[must_use]
pub fn of_path(path: &Path) -> Option<Uri> {
    let text = path.to_str()?;
    let text = if cfg!(windows) { text.strip_prefix(r"\\?\").unwrap_or(text).replace('\\', "/") } else { text.to_owned() };
    let slash = if text.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", utf8_percent_encode(&text, PLAIN)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths() {
        for (uri, path) in [
            ("file:///a/b%20c.md", Some("/a/b c.md")),
            ("file:///%E7%AC%94%E8%AE%B0/x.md", Some("/笔记/x.md")),
            ("FILE://localhost/a", Some("/a")),
            ("file:/a", Some("/a")),
            ("untitled:Untitled-1", None),
            ("file:///a%00b", None),
            ("file:///a%ff", None),
            ("file:", None),
            ("", None),
            ("笔", None),
        ] {
            if !cfg!(windows) {
                assert_eq!(to_path(uri), path.map(PathBuf::from), "{uri}");
            }
        }
        for path in ["/a/笔记 #1?.md", "/100%/[x].md"] {
            let uri = of_path(Path::new(path)).expect("an address");
            assert_eq!(to_path(uri.as_str()).as_deref(), Some(Path::new(path)), "{}", uri.as_str());
        }
    }
}

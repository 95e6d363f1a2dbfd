//! A reference read by itself: does it lead out of the site, is it safe, and which parts does it have.
//!
//! In: the target as the writer wrote it. Out: `Reference`. Nothing is looked up.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::note::address::{self, as_browsers_read, split_scheme};

/// What a target says before anything is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'a> {
    /// Leads to another site or program.
    External(Cow<'a, str>),
    /// Must not be published; the scheme or kind that is to blame.
    Refused(&'static str),
    /// A path on the writer's computer.
    Local,
    /// `name:rest` where `name` is no scheme we know. Perhaps a file of that name.
    UnknownScheme,
    /// A path, perhaps empty, and what follows it.
    Path,
}

/// Schemes that need no `//`.
const SCHEMES: &[&str] = &[
    "http",
    "https",
    "mailto",
    "tel",
    "sms",
    "ftp",
    "ftps",
    "sftp",
    "obsidian",
    "geo",
    "magnet",
    "news",
    "urn",
    "xmpp",
    "irc",
    "ircs",
    "sip",
    "sips",
    "doi",
    "bitcoin",
    "zotero",
    "vscode",
    "ssh",
    "git",
    "webcal",
    "callto",
    "skype",
    "facetime",
    "nntp",
    "gopher",
    "svn",
    "ldap",
    "market",
    "matrix",
    "maps",
    "isbn",
    "arxiv",
    "steam",
    "slack",
    "spotify",
    "logseq",
    "devonthink",
    "things",
    "x-devonthink-item",
];

/// Reads the target of a Markdown link or of raw HTML.
#[must_use]
pub fn read(target: &str) -> Reference<'_> {
    let bare = as_browsers_read(target);
    if bare.starts_with("//") || bare.starts_with("/\\") {
        return Reference::External(bare);
    }
    if bare.starts_with("\\\\") {
        return Reference::Local;
    }
    let Some((scheme, rest)) = split_scheme(&bare) else { return Reference::Path };
    let scheme = scheme.to_ascii_lowercase();
    if scheme.len() == 1 {
        return if rest.starts_with(['\\', '/']) { Reference::Local } else { Reference::UnknownScheme };
    }
    if let Some(refused) = address::refused(&bare) {
        return Reference::Refused(refused);
    }
    match &*scheme {
        "data" => Reference::External(bare),
        "file" => Reference::Local,
        _ if rest.starts_with("//") || SCHEMES.contains(&&*scheme) => Reference::External(bare),
        _ => Reference::UnknownScheme,
    }
}

/// The path that a reference which leaves the content folder means where the folder is the root of a web site: there one cannot leave.
#[must_use]
pub fn join_at_most_to_root(folder: &str, reference: &str) -> String {
    let inside = reference.split('/').skip_while(|part| matches!(*part, "." | ".." | "")).collect::<Vec<_>>().join("/");
    join(folder, reference).or_else(|| join("", &inside)).unwrap_or_default()
}

/// The parts of a path-like target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// What stands before `?` and `#`.
    pub path: &'a str,
    /// `?` and `#` and what follows, as written.
    pub suffix: &'a str,
    /// What stands behind the first `#`.
    pub fragment: Option<&'a str>,
}

/// Splits a target at its `?` (where it takes queries) and `#`.
#[must_use]
pub fn split(target: &str, with_query: bool) -> Parts<'_> {
    let (before, fragment) = target.split_once('#').map_or((target, None), |(before, fragment)| (before, Some(fragment)));
    let path = if with_query { before.split_once('?').map_or(before, |(path, _)| path) } else { before };
    Parts { path, suffix: &target[path.len()..], fragment }
}

/// The text without percent-encoding; as it is where it does not hold any, or no UTF-8.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, str> {
    if text.contains('%') { percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text)) } else { Cow::Borrowed(text) }
}

/// The path that `reference` means from `folder`, without `.` and `..`; `None` when it leaves the content folder. A leading `/` means the
/// content root. The root itself is `""`.
#[must_use]
pub fn join(folder: &str, reference: &str) -> Option<String> {
    let mut parts: Vec<&str> =
        if reference.starts_with('/') { Vec::new() } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_decide() {
        for (target, kind) in [
            ("https://example.org", "external"),
            ("HTTPS://example.org", "external"),
            ("mailto:a@example.org", "external"),
            ("tel:+1", "external"),
            ("//cdn.example.org/x.js", "external"),
            ("foo+bar://x", "external"),
            ("data:image/png;base64,AA", "external"),
            ("javascript:alert(1)", "refused"),
            (" java\tscript:alert(1)", "refused"),
            ("\u{1}JavaScript:alert(1)", "refused"),
            ("vbscript:x", "refused"),
            ("data:text/html,<script>", "refused"),
            ("data:,x", "refused"),
            ("C:\\notes\\a.md", "local"),
            ("c:/notes/a.md", "local"),
            ("\\\\server\\share", "local"),
            ("file:///home/x", "local"),
            ("std::sync::Arc", "unknown"),
            ("Note: one.md", "unknown"),
            ("a/b:c.md", "path"),
            ("#x:y", "path"),
            ("中文:x.md", "path"),
            ("", "path"),
        ] {
            let got = match read(target) {
                Reference::External(_) => "external",
                Reference::Refused(_) => "refused",
                Reference::Local => "local",
                Reference::UnknownScheme => "unknown",
                Reference::Path => "path",
            };
            assert_eq!(got, kind, "{target}");
        }
    }

    #[test]
    fn paths_are_joined() {
        for (folder, reference, joined) in [
            ("a/b", "c.md", Some("a/b/c.md")),
            ("a/b", "../c.md", Some("a/c.md")),
            ("a/b", "/c.md", Some("c.md")),
            ("a/b", ".", Some("a/b")),
            ("a", "..", Some("")),
            ("a", "../..", None),
            ("", "../x", None),
            ("", "a//b", Some("a/b")),
        ] {
            assert_eq!(join(folder, reference).as_deref(), joined, "{reference}");
        }
    }
}

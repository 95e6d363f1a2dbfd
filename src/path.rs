//! Names of things: where a source lies, where a page will lie, and places inside a page.
//!
//! All are `/`-separated, relative and free of `.` and `..`, on every operating system. Knows nothing of the file system.

use std::fmt;
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

/// The path of a file relative to the content folder, exactly as the file system spells it (NFC or NFD).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// Takes a relative, `/`-separated path without empty, `.` or `..` components; anything else is `None`.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        is_clean(path).then(|| Self(path.into()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder it lies in: `""` at the top.
    #[must_use]
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// The last component.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The file name without its last extension. `007.jpg.md` has the stem `007.jpg`.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(name, |(stem, _)| stem)
    }

    /// The last extension without its dot, `""` when there is none.
    #[must_use]
    pub fn extension(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, extension)| extension)
    }

    /// What two spellings of one name have in common: NFC, lower case.
    #[must_use]
    pub fn fold(path: &str) -> String {
        if path.is_ascii() {
            return path.to_ascii_lowercase();
        }
        path.nfc().flat_map(char::to_lowercase).collect()
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a published file relative to the site's root, in NFC, not percent-encoded: `k8s/静态Pod.html`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Arc<str>);

/// What must be escaped in a path component of a relative reference; letters of all scripts stay readable (RFC 3987).
pub(crate) const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'\\')
    .add(b'^')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'[')
    .add(b']');

impl UrlPath {
    /// Takes a relative, `/`-separated path without empty, `.` or `..` components (made NFC); anything else is `None`.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        is_clean(path).then(|| Self(path.nfc().collect::<String>().into()))
    }

    /// Whether a text is such a path as it stands.
    #[must_use]
    pub fn is(path: &str) -> bool {
        is_clean(path) && (path.is_ascii() || unicode_normalization::is_nfc(path))
    }

    /// The path as text, not percent-encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder it lies in: `""` at the top.
    #[must_use]
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// How many folders deep it lies: 0 at the top.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.matches('/').count()
    }

    /// The way back to the site's root from this file: `""` at the top, else `../` once per folder.
    #[must_use]
    pub fn to_root(&self) -> String {
        "../".repeat(self.depth())
    }

    /// A relative reference from the page `from` to this file, percent-encoded where a URL needs it and not otherwise
    /// (not yet escaped for HTML). Never starts with something a browser would take for a scheme.
    #[must_use]
    pub fn href_from(&self, from: &Self) -> String {
        // What both start with, up to the last `/` in it.
        let same = self.0.bytes().zip(from.0.bytes()).take_while(|(a, b)| a == b).count();
        let common = self.0.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let mut href = "../".repeat(from.0[common..].matches('/').count());
        href.push_str(&encode(&self.0[common..]));
        if href.split('/').next().is_some_and(|first| first.contains(':')) {
            href.insert_str(0, "./");
        }
        href
    }

    /// The path percent-encoded for use behind a base URL.
    #[must_use]
    pub fn encoded(&self) -> String {
        encode(&self.0)
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `id` of a place in a page, in the form that is written into the page: `配置-kubelet`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Anchor(Arc<str>);

impl Anchor {
    /// GitHub's anchor for a heading's text: lower case; letters, marks, digits, connector punctuation, hyphens kept; spaces (the ASCII one alone)
    /// become hyphens; everything else is dropped, `①` and full-width spaces too. May be empty; numbering of repeats is the caller's.
    #[must_use]
    pub fn from_heading(text: &str) -> Self {
        let mut anchor = String::with_capacity(text.len());
        for letter in text.trim().nfc().flat_map(char::to_lowercase) {
            if letter == ' ' {
                anchor.push('-');
            } else if letter == '-' || is_word(letter) {
                anchor.push(letter);
            }
        }
        Self(anchor.into())
    }

    /// An anchor that the writer gave (`{#id}`), taken as it is but for white space.
    #[must_use]
    pub fn explicit(id: &str) -> Self {
        Self(id.split_whitespace().collect::<Vec<_>>().join("-").into())
    }

    /// The anchor as text, not percent-encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The anchor as it is written behind `#` in a reference.
    #[must_use]
    pub fn encoded(&self) -> String {
        encode(&self.0)
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names are kept as their text, and checked again when they are read.
macro_rules! kept {
    ($name:ident, $read:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                let read: fn(&str) -> Option<Self> = $read;
                read(&text).ok_or_else(|| serde::de::Error::custom("no such name"))
            }
        }
    };
}

kept!(SourcePath, SourcePath::new);
kept!(UrlPath, UrlPath::new);
kept!(Anchor, |text| Some(Anchor(text.into())));

/// What Unicode's regular expressions mean by `\w` (UTS #18): alphabetic letters, marks, decimal digits, connectors.
fn is_word(letter: char) -> bool {
    let is_connector =
        matches!(letter, '_' | '\u{203f}' | '\u{2040}' | '\u{2054}' | '\u{fe33}' | '\u{fe34}' | '\u{fe4d}'..='\u{fe4f}' | '\u{ff3f}');
    letter.is_alphabetic()
        || (letter.is_numeric() && !is_other_number(letter))
        || is_connector
        || unicode_normalization::char::is_combining_mark(letter)
}

/// Numbers that are no decimal digits (general category No): fractions, superscripts, `①`, `㈠`. The ranges also hold what is not assigned, and
/// letters between them.
fn is_other_number(letter: char) -> bool {
    matches!(letter, '\u{b2}'..='\u{b3}' | '\u{b9}' | '\u{bc}'..='\u{be}' | '\u{9f4}'..='\u{9f9}' | '\u{b72}'..='\u{b77}' | '\u{bf0}'..='\u{bf2}' | '\u{c78}'..='\u{c7e}' | '\u{d58}'..='\u{d5e}' | '\u{d70}'..='\u{d78}' | '\u{f2a}'..='\u{f33}' | '\u{1369}'..='\u{137c}' | '\u{17f0}'..='\u{17f9}' | '\u{19da}' | '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}' | '\u{2150}'..='\u{215f}' | '\u{2189}' | '\u{2460}'..='\u{249b}' | '\u{24ea}'..='\u{24ff}' | '\u{2776}'..='\u{2793}' | '\u{2cfd}' | '\u{3192}'..='\u{3195}' | '\u{3220}'..='\u{3229}' | '\u{3248}'..='\u{324f}' | '\u{3251}'..='\u{325f}' | '\u{3280}'..='\u{3289}' | '\u{32b1}'..='\u{32bf}' | '\u{a830}'..='\u{a835}' | '\u{10107}'..='\u{10133}' | '\u{10175}'..='\u{10178}' | '\u{1018a}'..='\u{1018b}' | '\u{102e1}'..='\u{102fb}' | '\u{10320}'..='\u{10323}' | '\u{10858}'..='\u{1085f}' | '\u{10879}'..='\u{1087f}' | '\u{108a7}'..='\u{108af}' | '\u{108fb}'..='\u{108ff}' | '\u{10916}'..='\u{1091b}' | '\u{109bc}'..='\u{109bd}' | '\u{109c0}'..='\u{109ff}' | '\u{10a40}'..='\u{10a48}' | '\u{10a7d}'..='\u{10a7e}' | '\u{10a9d}'..='\u{10a9f}' | '\u{10aeb}'..='\u{10aef}' | '\u{10b58}'..='\u{10b5f}' | '\u{10b78}'..='\u{10b7f}' | '\u{10ba9}'..='\u{10baf}' | '\u{10cfa}'..='\u{10cff}' | '\u{10e60}'..='\u{10e7e}' | '\u{10f1d}'..='\u{10f26}' | '\u{10f51}'..='\u{10f54}' | '\u{10fc5}'..='\u{10fcb}' | '\u{11052}'..='\u{11065}' | '\u{111e1}'..='\u{111f4}' | '\u{1173a}'..='\u{1173b}' | '\u{118ea}'..='\u{118f2}' | '\u{11c5a}'..='\u{11c6c}' | '\u{11fc0}'..='\u{11fd4}' | '\u{16b5b}'..='\u{16b61}' | '\u{16e80}'..='\u{16e96}' | '\u{1d2e0}'..='\u{1d2f3}' | '\u{1d360}'..='\u{1d378}' | '\u{1e8c7}'..='\u{1e8cf}' | '\u{1ec71}'..='\u{1ecab}' | '\u{1ecad}'..='\u{1ecaf}' | '\u{1ecb1}'..='\u{1ed2d}' | '\u{1ed2f}'..='\u{1ed3d}' | '\u{1f100}'..='\u{1f10c}')
}

fn is_clean(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..") && !path.contains('\0')
}

/// Percent-encodes what a URL cannot hold; non-ASCII letters stay as they are.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_ascii()) {
        let end = piece.char_indices().next_back().filter(|(_, c)| !c.is_ascii()).map_or(piece.len(), |(at, _)| at);
        out.extend(utf8_percent_encode(&piece[..end], PATH));
        out.push_str(&piece[end..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> UrlPath {
        UrlPath::new(path).expect("clean path")
    }

    #[test]
    fn references_are_relative() {
        assert_eq!(url("a/b.html").href_from(&url("a/c.html")), "b.html");
        assert_eq!(url("a/b.html").href_from(&url("c.html")), "a/b.html");
        assert_eq!(url("x.html").href_from(&url("a/b/c.html")), "../../x.html");
        assert_eq!(url("存储/50% #1?.html").href_from(&url("a/b.html")), "../存储/50%25%20%231%3F.html");
        assert_eq!(url("a:b.html").href_from(&url("c.html")), "./a:b.html");
        assert_eq!(url("ab/x.html").href_from(&url("a/x.html")), "../ab/x.html");
        assert_eq!(url("静态/x.html").href_from(&url("静音/x.html")), "../静态/x.html");
        assert_eq!(url("a/b/c.html").href_from(&url("a/b/c.html")), "c.html");
        assert_eq!(url("a/b/c.html").href_from(&url("a/b/d/e.html")), "../c.html");
    }

    #[test]
    fn unclean_paths_are_refused() {
        for path in ["", "/a", "a//b", "../a", "a/./b", "a/"] {
            assert_eq!(SourcePath::new(path), None, "{path}");
        }
    }

    #[test]
    fn anchors_are_githubs() {
        for (heading, anchor) in [
            ("静态 Pod（Static Pod）", "静态-podstatic-pod"),
            ("What's `kube-proxy`?", "whats-kube-proxy"),
            ("C++ & C#", "c--c"),
            ("a_b", "a_b"),
            ("① 安装", "-安装"),
            ("x² ½ Ⅷ ٣", "x--ⅷ-٣"),
            ("a\u{3000}b\u{a0}c", "abc"),
            ("a  b", "a--b"),
            ("一‿二＿三", "一‿二＿三"),
        ] {
            assert_eq!(Anchor::from_heading(heading).as_str(), anchor);
        }
    }
}

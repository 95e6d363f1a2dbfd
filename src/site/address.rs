//! Addresses: what a file is called on the published site, and who may have which name.
//!
//! In: source paths and what front matter asks for. Out: `UrlPath`s that every file system and static host can hold, and claims that find two
//! files with one address. Knows nothing of links, folders' contents or HTML.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::pinyin;
use crate::config::Config;
use crate::path::{SourcePath, UrlPath};

/// Files at the site's root that Biji makes itself. Everything below `biji/` is reserved too.
const RESERVED: [&str; 5] = ["404.html", "biji-worker.js", "robots.txt", "sitemap.xml", "feed.xml"];

/// The folder of generated files. A source folder of this name is published as `biji-`, so a vault that has one builds all the same.
pub const GENERATED: &str = "biji";

/// The longest file name most file systems take is 255 bytes; what is longer than this is cut and told apart by a hash.
const LONGEST: usize = 230;

/// What must not stand in a file name: on Windows, or in an address without being encoded twice by some host.
fn is_forbidden(letter: char) -> bool {
    letter.is_control() || letter.is_whitespace() || matches!(letter, ':' | '?' | '*' | '"' | '<' | '>' | '|' | '\\' | '/')
}

/// How names are spelled in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// As their files.
    #[default]
    Own,
    /// Chinese ones in pinyin.
    Pinyin,
}

impl Spelling {
    /// What the configuration asks for.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        if config.pinyin { Self::Pinyin } else { Self::Own }
    }

    /// A name in this spelling.
    fn spell(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Own => name.into(),
            Self::Pinyin => pinyin::spell(name).into(),
        }
    }
}

/// One component of an address, of a folder or of a note's name without extension: NFC; white space and what cannot be in a file name become
/// hyphens, one for one; a trailing dot too; leading dots are dropped, since hosts hide such files; names that Windows keeps for devices get a hyphen at their end. Everything else stays.
#[must_use]
pub fn component(name: &str) -> String {
    let name = name.trim_start_matches('.');
    finish(name.nfc().map(|letter| if is_forbidden(letter) { '-' } else { letter }).collect())
}

/// The name of an attachment: as [`component`], but spaces inside stay, since pages that we do not read (HTML, SVG) may refer to it.
#[must_use]
pub fn attachment_name(name: &str) -> String {
    finish(name.nfc().map(|letter| if letter != ' ' && is_forbidden(letter) { '-' } else { letter }).collect())
}

fn finish(mut name: String) -> String {
    if name.ends_with(['.', ' ']) {
        name.pop();
        name.push('-');
    }
    let device = name.split('.').next().unwrap_or("").trim_end();
    if is_device(device) {
        name.insert(device.len(), '-');
    }
    if name.len() > LONGEST {
        let extension = name.rfind('.').filter(|dot| name.len() - dot <= 12).map_or(String::new(), |dot| name[dot..].to_owned());
        let hash = blake3::hash(name.as_bytes()).to_hex();
        name.truncate(name.floor_char_boundary(LONGEST - 30));
        name.push('-');
        name.push_str(&hash[..8]);
        name.push_str(&extension);
    }
    if name.is_empty() { "-".into() } else { name }
}

fn is_device(name: &str) -> bool {
    let upper = name.to_uppercase();
    if matches!(&*upper, "CON" | "PRN" | "AUX" | "NUL") {
        return true;
    }
    let number = upper.strip_prefix("COM").or_else(|| upper.strip_prefix("LPT"));
    number.is_some_and(|n| matches!(n, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
}

/// The address of a folder: `""` for the root, else with its final `/`.
#[must_use]
pub fn folder(spelling: Spelling, path: &str) -> String {
    let mut address = String::with_capacity(path.len() + 1);
    for (depth, part) in path.split('/').filter(|part| !part.is_empty()).enumerate() {
        let mut name = component(&spelling.spell(part));
        if depth == 0 && SourcePath::fold(&name) == GENERATED {
            name.push('-');
        }
        address.push_str(&name);
        address.push('/');
    }
    address
}

/// The address of a note that is no index page and asks for nothing.
#[must_use]
pub fn note(spelling: Spelling, path: &SourcePath) -> UrlPath {
    named(spelling, path.parent(), &spelling.spell(path.stem()))
}

/// The address of an attachment.
#[must_use]
pub fn attachment(spelling: Spelling, path: &SourcePath) -> UrlPath {
    let name = path.file_name();
    let end = if path.extension().is_empty() { name.len() } else { name.len() - path.extension().len() - 1 };
    let name = format!("{}{}", spelling.spell(&name[..end]), &name[end..]);
    clean(&format!("{}{}", folder(spelling, path.parent()), attachment_name(&name)))
}

/// A part of a tag's address.
#[must_use]
pub fn tag(spelling: Spelling, name: &str) -> String {
    component(&spelling.spell(name))
}

/// The address of a folder's index page.
#[must_use]
pub fn index(spelling: Spelling, folder_path: &str) -> UrlPath {
    clean(&format!("{}index.html", folder(spelling, folder_path)))
}

/// The address `name.html` in a folder: the folder in the site's spelling, the name as it is.
#[must_use]
pub fn named(spelling: Spelling, folder_path: &str, name: &str) -> UrlPath {
    clean(&format!("{}{}.html", folder(spelling, folder_path), component(name)))
}

/// The address that a note of this name would have: beside `note`, or from the root where the name is a path. `None` where it can have none.
#[must_use]
pub fn of_name(spelling: Spelling, note: &SourcePath, name: &str) -> Option<UrlPath> {
    let name = name.trim();
    let parts: Vec<&str> = name.split('/').map(str::trim).collect();
    if name.len() > LONGEST || parts.iter().any(|part| part.is_empty() || part.starts_with('.')) {
        return None;
    }
    let (last, folder) = parts.split_last()?;
    Some(named(spelling, if folder.is_empty() { note.parent() } else { name.rsplit_once('/')?.0 }, &spelling.spell(last)))
}

/// The address for a note's `slug`: the last component, without extension.
///
/// # Errors
/// One sentence on why there can be no such address.
pub fn slug(spelling: Spelling, folder_path: &str, slug: &str) -> Result<UrlPath, String> {
    let slug = slug.trim();
    let name = slug.strip_suffix(".html").unwrap_or(slug);
    if name.contains('/') {
        return Err("a `slug` is one name without `/`; for a whole address there is `permalink`".into());
    }
    if name.is_empty() || name.starts_with('.') {
        return Err("a `slug` must not start with a dot".into());
    }
    Ok(named(spelling, folder_path, name))
}

/// What a whole address means that names no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    /// `a/b` is the page `a/b.html` (`permalink`).
    Page,
    /// `a/b` is the folder `a/b/` (old addresses).
    Folder,
}

/// A whole address as people write it: `/a/b.html`, `a/b/`, `/a/b`.
///
/// # Errors
/// One sentence on why there can be no such address.
pub fn whole(address: &str, bare: Bare) -> Result<UrlPath, String> {
    let path = address.trim().trim_start_matches('/');
    if path.contains(['#', '?']) || address.trim().starts_with("//") || path.contains("://") {
        return Err("an address in this site is a path, without host, `?` or `#`".into());
    }
    if path.split('/').any(|part| part.starts_with(':')) {
        return Err("placeholders such as `:title` are not understood; write the address itself".into());
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.starts_with('.')) {
        return Err("no part of an address may start with a dot".into());
    }
    let mut out: String = parts.iter().map(|part| component(part)).collect::<Vec<_>>().join("/");
    let is_file = [".html", ".htm"].iter().any(|end| out.to_ascii_lowercase().ends_with(end));
    match bare {
        _ if path.is_empty() => out.push_str("index.html"),
        _ if path.ends_with('/') => out.push_str("/index.html"),
        _ if is_file => {}
        Bare::Page => out.push_str(".html"),
        Bare::Folder => out.push_str("/index.html"),
    }
    UrlPath::new(&out).ok_or_else(|| "this is no path".into())
}

/// True for a name in `aliases` that is an old address and not just another name: `/old/path`, `old/path/`, `old.html`.
#[must_use]
pub fn looks_like_address(alias: &str) -> bool {
    let alias = alias.trim();
    alias.len() > 1 && (alias.starts_with('/') || alias.ends_with('/') || alias.ends_with(".html") || alias.ends_with(".htm"))
}

/// True for addresses that Biji keeps for files it makes itself.
#[must_use]
pub fn is_reserved(url: &UrlPath) -> bool {
    let folded = SourcePath::fold(url.as_str());
    RESERVED.contains(&&*folded) || folded.split('/').next() == Some(GENERATED)
}

fn clean(path: &str) -> UrlPath {
    UrlPath::new(path).expect("components of addresses are neither empty nor dots")
}

/// Who has which address. Two names that differ only in case or composition are one, since some file systems think so.
#[derive(Debug, Default)]
pub struct Claims {
    files: HashMap<String, String>,
    folders: HashMap<String, String>,
    /// The number to try next for an address that was taken before.
    numbers: HashMap<UrlPath, u64>,
}

impl Claims {
    /// Takes the address for `owner`. When it is taken, the answer is the nearest free one (`x-2.html`), now taken, and who has the wanted one.
    pub fn take(&mut self, url: UrlPath, owner: &str) -> (UrlPath, Option<String>) {
        let Some((other, at)) = self.holder(&url) else {
            self.insert(&url, owner);
            return (url, None);
        };
        // Either the file's own name is taken, or a file stands where its folder must be: then it is the folder's name that changes.
        let path = url.as_str();
        let end = path.match_indices('/').nth(at).map_or(path.len(), |(end, _)| end);
        let (stem, extension) = if end == path.len() { split_extension(path) } else { (&path[..end], &path[end..]) };
        let first = self.numbers.get(&url).copied().unwrap_or(2);
        let mut free = (first..).map(|n| (n, clean(&format!("{stem}-{n}{extension}"))));
        let (number, free) = free.find(|(_, next)| self.is_free(next)).expect("there are more numbers than files");
        self.numbers.insert(url.clone(), number + 1);
        self.insert(&free, owner);
        (free, Some(other))
    }

    /// True when nobody has the address.
    #[must_use]
    pub fn is_free(&self, url: &UrlPath) -> bool {
        self.holder(url).is_none()
    }

    /// Who has the address, or a file where its folder must be, or a folder of its name; and at which component that is.
    fn holder(&self, url: &UrlPath) -> Option<(String, usize)> {
        let folded = SourcePath::fold(url.as_str());
        // Where a folder is known, no file stands in its way.
        if !folded.rsplit_once('/').is_some_and(|(folder, _)| self.folders.contains_key(folder)) {
            for (component, (at, _)) in folded.match_indices('/').enumerate() {
                if let Some(owner) = self.files.get(&folded[..at]) {
                    return Some((owner.clone(), component));
                }
            }
        }
        let owner = self.files.get(&folded).or_else(|| self.folders.get(&folded))?;
        Some((owner.clone(), url.depth()))
    }

    fn insert(&mut self, url: &UrlPath, owner: &str) {
        let folded = SourcePath::fold(url.as_str());
        // The deepest first: where one is known, so are those above it.
        for (at, _) in folded.rmatch_indices('/') {
            if self.folders.contains_key(&folded[..at]) {
                break;
            }
            self.folders.insert(folded[..at].to_owned(), owner.to_owned());
        }
        self.files.insert(folded, owner.to_owned());
    }
}

fn split_extension(path: &str) -> (&str, &str) {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    match path[name..].rfind('.') {
        Some(dot) if dot > 0 => path.split_at(name + dot),
        _ => (path, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_get_addresses_that_every_host_holds() {
        for (source, address) in [
            ("k8s/静态Pod.md", "k8s/静态Pod.html"),
            ("A note.md", "A-note.html"),
            ("a  b/c.md", "a--b/c.html"),
            ("What? \"Why\": a|b*.md", "What---Why---a-b-.html"),
            ("007.jpg.md", "007.jpg.html"),
            ("con.md", "con-.html"),
            ("aux.x/NUL.tar.md", "aux-.x/NUL-.tar.html"),
            ("com1/lpt10.md", "com1-/lpt10.html"),
            ("dots./x.md", "dots-/x.html"),
            ("v1.2. notes.md", "v1.2.-notes.html"),
            ("cafe\u{301}.md", "caf\u{e9}.html"),
            ("C#/50%.md", "C#/50%.html"),
            ("全角　空格.md", "全角-空格.html"),
            ("biji/x.md", "biji-/x.html"),
            ("Biji/x.md", "Biji-/x.html"),
            ("a/biji/x.md", "a/biji/x.html"),
            ("a\u{7}b.md", "a-b.html"),
        ] {
            assert_eq!(note(Spelling::Own, &SourcePath::new(source).expect("clean")).as_str(), address, "{source}");
        }
        let long = "长".repeat(84);
        let address = note(Spelling::Own, &SourcePath::new(&format!("{long}.md")).expect("clean"));
        assert!(address.as_str().len() < 240, "{address}");
    }

    #[test]
    fn attachments_keep_spaces_in_their_names() {
        for (source, address) in [
            ("my images/a b.png", "my-images/a b.png"),
            (".gitbook/assets/a (1).png", "gitbook/assets/a (1).png"),
            ("a:b?.png", "a-b-.png"),
            ("nul.txt", "nul-.txt"),
        ] {
            assert_eq!(attachment(Spelling::Own, &SourcePath::new(source).expect("clean")).as_str(), address, "{source}");
        }
    }

    #[test]
    fn whole_addresses_are_read_as_people_write_them() {
        for (written, bare, address) in [
            ("/a/b.html", Bare::Page, Some("a/b.html")),
            ("a/b/", Bare::Page, Some("a/b/index.html")),
            ("a/b", Bare::Page, Some("a/b.html")),
            ("/a/b", Bare::Folder, Some("a/b/index.html")),
            ("/", Bare::Page, Some("index.html")),
            ("/a b/中文", Bare::Page, Some("a-b/中文.html")),
            ("../x", Bare::Page, None),
            ("/a/../x", Bare::Page, None),
            ("/:year/:title/", Bare::Page, None),
            ("https://example.org/x", Bare::Page, None),
            ("//example.org/x", Bare::Page, None),
            ("/a?b", Bare::Page, None),
            ("/.well-known/x", Bare::Page, None),
        ] {
            assert_eq!(whole(written, bare).ok().as_ref().map(UrlPath::as_str), address, "{written}");
        }
    }

    #[test]
    fn claims_fold_case_and_see_folders() {
        let mut claims = Claims::default();
        let url = |path: &str| UrlPath::new(path).expect("clean");
        let mut take = |path: &str| {
            let (got, other) = claims.take(url(path), path);
            (got.as_str().to_owned(), other)
        };
        assert_eq!(take("a/b.html"), ("a/b.html".into(), None));
        assert_eq!(take("A/B.html"), ("A/B-2.html".into(), Some("a/b.html".into())));
        assert_eq!(take("a"), ("a-2".into(), Some("a/b.html".into())));
        assert_eq!(take("a/b.html/x.html"), ("a/b.html-2/x.html".into(), Some("a/b.html".into())));
    }
}

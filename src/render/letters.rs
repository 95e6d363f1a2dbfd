//! The index: every note, heading and tag by its first letter, Chinese names by their pinyin; what a reader without JavaScript looks things up in.
//!
//! In: `Site`. Out: views. One page while it is short, else a page of letters and pages of at most [`PART`] names each, so that none grows with
//! the site. Knows nothing of templates.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::naming::foreign_title;
use super::view::{LetterView, LinkView, NameView, NamesView, PartView};
use crate::path::UrlPath;
use crate::site::{PageId, Site, TagId, pinyin};

/// Up to so many names all of them stand on one page.
const ONE_PAGE: usize = 1200;
/// How many names a page has at most when they are many.
const PART: usize = 1000;
/// Headings below this level are too many to look through.
const DEEPEST: u8 = 3;

/// The index's first page.
pub(super) const INDEX: &str = "biji/a-z.html";

/// What a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Note(PageId),
    /// A note and the place of a heading in its outline.
    Heading(PageId, usize),
    Tag(TagId),
}

/// One name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    letter: Letter,
    key: String,
    text: String,
    kind: Kind,
}

/// Where a name stands: `A` to `Z`, then digits, then everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Letter {
    Latin(char),
    Digit,
    Other,
}

impl Letter {
    /// As it is shown.
    fn title(self) -> String {
        match self {
            Self::Latin(letter) => letter.to_string(),
            Self::Digit => "0–9".into(),
            Self::Other => "…".into(),
        }
    }

    /// As a file and an anchor are called.
    fn name(self) -> String {
        match self {
            Self::Latin(letter) => letter.to_ascii_lowercase().to_string(),
            Self::Digit => "0-9".into(),
            Self::Other => "other".into(),
        }
    }
}

/// All names in order, cut into pages.
#[derive(Debug)]
pub(super) struct Index {
    names: Vec<Name>,
    /// Pages behind the first: address and the names on it, all of one letter. None when all names stand on the first.
    parts: Vec<(UrlPath, std::ops::Range<usize>)>,
}

impl Index {
    pub(super) fn new(site: &Site) -> Self {
        let mut names = Vec::new();
        let mut add = |text: &str, kind: Kind| {
            let text = text.trim();
            if !text.is_empty() {
                let key = key(text);
                names.push(Name { letter: letter(&key), key, text: text.to_owned(), kind });
            }
        };
        for (at, page) in (0_u32..).zip(&site.pages) {
            add(&page.note.title, Kind::Note(PageId(at)));
            for (place, heading) in page.note.outline.iter().enumerate() {
                if !heading.is_title && heading.level <= DEEPEST {
                    add(&heading.text, Kind::Heading(PageId(at), place));
                }
            }
        }
        for (at, tag) in (0_u32..).zip(&site.tags) {
            add(&tag.name, Kind::Tag(TagId(at)));
        }
        names.sort_unstable();
        let mut parts = Vec::new();
        if names.len() > ONE_PAGE {
            let mut start = 0;
            for of_letter in names.chunk_by(|a, b| a.letter == b.letter) {
                // Parts of about the same length.
                let count = of_letter.len().div_ceil(PART);
                for part in 0..count {
                    let range = start + of_letter.len() * part / count..start + of_letter.len() * (part + 1) / count;
                    let number = if part == 0 { String::new() } else { format!("-{}", part + 1) };
                    parts.extend(UrlPath::new(&format!("biji/a-z/{}{number}.html", of_letter[0].letter.name())).map(|url| (url, range)));
                }
                start += of_letter.len();
            }
        }
        Self { names, parts }
    }

    /// How many pages there are behind the first.
    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The address of such a page.
    pub(super) fn url(&self, part: usize) -> &UrlPath {
        &self.parts[part].0
    }

    /// All letters that a name begins with, and where their names are: on other pages, or further down on this one.
    pub(super) fn letters(&self, from: &UrlPath) -> Vec<LetterView> {
        let of_letter = self.names.chunk_by(|a, b| a.letter == b.letter);
        let view = |names: &[Name]| {
            let letter = names[0].letter;
            let parts = self.parts.iter().filter(|(_, range)| self.names[range.start].letter == letter);
            let part = |(url, range): &(UrlPath, std::ops::Range<usize>)| PartView {
                first: self.names[range.start].text.clone(),
                last: self.names[range.end - 1].text.clone(),
                url: url.href_from(from),
                names: range.len(),
                here: url == from,
            };
            let parts: Vec<PartView> = parts.map(part).collect();
            let url = parts.first().map_or_else(|| format!("#{}", anchor(letter)), |part| part.url.clone());
            LetterView { title: letter.title(), url, names: names.len(), here: parts.iter().any(|part| part.here), parts }
        };
        of_letter.map(view).collect()
    }

    /// The names on the first page: all, or none when there are other pages. `site` is the site and its language.
    pub(super) fn all(&self, site: (&Site, &str), from: &UrlPath) -> Vec<NamesView> {
        let names = if self.parts.is_empty() { self.names.as_slice() } else { &[] };
        names.chunk_by(|a, b| a.letter == b.letter).map(|names| group(site, names, from)).collect()
    }

    /// The names on another page, and the pages before and after it.
    pub(super) fn part(&self, site: (&Site, &str), part: usize) -> (NamesView, Option<LinkView>, Option<LinkView>) {
        let (from, range) = &self.parts[part];
        let link = |at: usize| {
            let (url, range) = self.parts.get(at)?;
            Some(LinkView::new(&*self.names[range.start].text, url.href_from(from)))
        };
        (group(site, &self.names[range.clone()], from), part.checked_sub(1).and_then(link), link(part + 1))
    }
}

fn group(shared: (&Site, &str), names: &[Name], from: &UrlPath) -> NamesView {
    let letter = names[0].letter;
    NamesView { title: letter.title(), anchor: anchor(letter), names: names.iter().map(|name| view(shared, name, from)).collect() }
}

fn view((site, language): (&Site, &str), name: &Name, from: &UrlPath) -> NameView {
    let page = |PageId(at): PageId| &site.pages[at as usize];
    match name.kind {
        Kind::Note(id) => {
            let page = page(id);
            let lang = foreign_title(&name.text, &page.language, language);
            NameView { kind: "note", title: name.text.clone(), url: page.url.href_from(from), lang, of: String::new(), notes: 0 }
        }
        Kind::Heading(id, place) => {
            let page = page(id);
            let url = format!("{}#{}", page.url.href_from(from), page.note.outline[place].anchor.encoded());
            let lang = foreign_title(&name.text, &page.language, language);
            NameView { kind: "heading", title: name.text.clone(), url, lang, of: page.note.title.clone(), notes: 0 }
        }
        Kind::Tag(TagId(at)) => {
            let tag = &site.tags[at as usize];
            let (title, url) = (tag.name.clone(), tag.url.href_from(from));
            NameView { kind: "tag", title, url, lang: String::new(), of: String::new(), notes: tag.pages.len() }
        }
    }
}

fn anchor(letter: Letter) -> String {
    format!("biji-{}", letter.name())
}

/// What a name is sorted by: pinyin and Latin letters in lower case and without marks, from the first that is a letter or digit.
fn key(name: &str) -> String {
    let start = name.find(char::is_alphanumeric).unwrap_or(0);
    let spelled = pinyin::spell(&name[start..]);
    spelled.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

fn letter(key: &str) -> Letter {
    match key.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => Letter::Latin(first.to_ascii_uppercase()),
        Some(first) if first.is_numeric() => Letter::Digit,
        _ => Letter::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_under_their_letter() {
        for (name, title, sorted_by) in [
            ("静态 Pod", "J", "jing-tai-pod"),
            ("“Élan”", "E", "elan”"),
            ("--pod-manifest-path", "P", "pod-manifest-path"),
            ("３ 步", "0–9", "3-bu"),
            ("绿色", "L", "lv-se"),
            ("ノート", "…", "ノート"),
            ("!?", "…", "!?"),
        ] {
            let key = key(name);
            assert_eq!((letter(&key).title().as_str(), key.as_str()), (title, sorted_by), "{name}");
        }
    }
}

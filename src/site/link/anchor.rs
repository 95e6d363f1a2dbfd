//! The places of a page that a fragment can mean.
//!
//! In: a note's outline and anchors. Out: the anchor as it stands in the page, for what people write: GitHub's form, percent-encoded or not,
//! the heading's own text as Obsidian writes it (`#Heading text`, `#one#two`), in any case.

use std::collections::HashMap;

use super::reference::decode;
use crate::note::{Heading, Note};
use crate::path::{Anchor, SourcePath};

/// The places of one page, by name.
#[derive(Debug)]
pub struct Anchors<'a> {
    outline: &'a [Heading],
    exact: HashMap<&'a str, Place<'a>>,
    folded: HashMap<String, Place<'a>>,
    /// The headings by their letters and digits alone.
    letters: HashMap<String, u32>,
}

#[derive(Debug, Clone, Copy)]
enum Place<'a> {
    Heading(u32),
    Other(&'a Anchor),
}

impl<'a> Anchors<'a> {
    /// The places of a note.
    #[must_use]
    pub fn of(note: &'a Note) -> Self {
        let mut exact = HashMap::new();
        let mut folded = HashMap::new();
        let mut letters = HashMap::new();
        let headings = note.outline.iter().zip(0..).map(|(heading, at)| (&heading.anchor, Place::Heading(at)));
        for (anchor, place) in headings.chain(note.anchors.iter().map(|anchor| (anchor, Place::Other(anchor)))) {
            exact.entry(anchor.as_str()).or_insert(place);
            folded.entry(SourcePath::fold(anchor.as_str())).or_insert(place);
        }
        for (heading, at) in note.outline.iter().zip(0..) {
            letters.entry(letters_of(&heading.text)).or_insert(at);
        }
        Self { outline: &note.outline, exact, folded, letters }
    }

    /// The place that a fragment means. `None` when there is none; `Some(None)` for the page as a whole: its title, `#top`.
    #[must_use]
    pub fn find(&self, fragment: &str) -> Option<Option<Anchor>> {
        let decoded = decode(fragment);
        if let Some(block) = block_of(&decoded) {
            // A heading may have a name that starts with `^` too.
            return self.place(block).or_else(|| self.exact.get(fragment).copied()).map(|place| self.anchor(place));
        }
        let whole = self.place(fragment).or_else(|| self.place(&decoded));
        whole.map(|place| self.anchor(place)).or_else(|| self.special(&decoded)).or_else(|| self.nested(&decoded).map(|at| self.anchor(at)))
    }

    /// The heading that a fragment means, also where it is the page's title: its position in the outline.
    #[must_use]
    pub fn heading(&self, fragment: &str) -> Option<usize> {
        let decoded = decode(fragment);
        let is_special = self.special(&decoded).is_some();
        let place = if block_of(&decoded).is_some() {
            self.exact.get(fragment).copied()
        } else {
            let whole = self.place(fragment).or_else(|| self.place(&decoded));
            whole.or_else(|| if is_special { None } else { self.nested(&decoded) })
        };
        match place {
            Some(Place::Heading(at)) => Some(at as usize),
            Some(Place::Other(_)) | None => None,
        }
    }

    fn place(&self, name: &str) -> Option<Place<'a>> {
        let exact = self.exact.get(name).or_else(|| self.folded.get(&SourcePath::fold(name))).copied();
        let by_text = || self.exact.get(Anchor::from_heading(name).as_str()).copied().filter(|place| matches!(place, Place::Heading(_)));
        let by_letters = || self.letters.get(&letters_of(name)).filter(|_| !letters_of(name).is_empty()).map(|at| Place::Heading(*at));
        exact.or_else(by_text).or_else(by_letters)
    }

    /// What needs no heading: the top, a text fragment (`#:~:text=`).
    fn special(&self, fragment: &str) -> Option<Option<Anchor>> {
        let is_special = fragment.starts_with(":~:") || fragment.eq_ignore_ascii_case("top") || fragment.trim().is_empty();
        is_special.then_some(None)
    }

    /// `one#two`: the heading `two` below the heading `one`.
    fn nested(&self, fragment: &str) -> Option<Place<'a>> {
        let parts: Vec<String> = fragment.split('#').map(letters_of).filter(|part| !part.is_empty()).collect();
        let (last, above) = parts.split_last().filter(|(_, above)| !above.is_empty())?;
        let mut from = 0;
        let mut level = 0;
        for part in above.iter().chain([last]) {
            let below = self.outline[from..]
                .iter()
                .take_while(|heading| heading.level > level)
                .position(|heading| letters_of(&heading.text) == *part)?;
            level = self.outline[from + below].level;
            from += below + 1;
        }
        u32::try_from(from - 1).ok().map(Place::Heading)
    }

    /// The title is the top of its page.
    fn anchor(&self, place: Place<'a>) -> Option<Anchor> {
        match place {
            Place::Heading(at) => {
                Some(&self.outline[at as usize]).filter(|heading| !heading.is_title).map(|heading| heading.anchor.clone())
            }
            Place::Other(anchor) => Some(anchor.clone()),
        }
    }
}

/// The name of the block that a fragment means, with its `^`: it may stand behind the heading that it lies under.
#[must_use]
pub fn block_of(fragment: &str) -> Option<&str> {
    let last = fragment.rsplit('#').next().unwrap_or(fragment).trim();
    last.starts_with('^').then_some(last)
}

/// A heading's letters and digits, folded: what is left of it in all the forms that people and programs write.
#[must_use]
pub fn letters_of(text: &str) -> String {
    SourcePath::fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

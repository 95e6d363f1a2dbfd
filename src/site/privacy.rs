//! Which notes and files are published, and why the others are not.
//!
//! In: the configuration's rules, a note or a path. Out: the reason to hold it back, or none. Whatever is in doubt stays private: a rule of the
//! configuration is compared without regard to case and composition, and no note can take itself out of it.

use std::fmt;

use globset::{GlobSet, GlobSetBuilder};

use crate::config::{self, Config, Publishing};
use crate::note::Note;
use crate::path::SourcePath;

/// Why something is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its front matter cannot be read: it may say anything.
    Unreadable,
    /// A glob of `private` fits it.
    Private(String),
    /// It says `publish: false` or `private: true`.
    Unpublished,
    /// It is a draft.
    Draft,
    /// Only notes that say `publish: true` are published, and it does not.
    Unmarked,
    /// A file that no published note refers to.
    Unused,
    /// A file whose text stands in a code block of a published note; nothing refers to the file itself.
    Included,
    /// The site's `biji.toml`, or a file of its theme, where these lie among the notes.
    Settings,
}

impl Reason {
    /// Its name for programs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Private(_) => "private",
            Self::Unpublished => "unpublished",
            Self::Draft => "draft",
            Self::Unmarked => "unmarked",
            Self::Unused => "unused",
            Self::Included => "included",
            Self::Settings => "settings",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("its front matter cannot be read"),
            Self::Private(glob) => write!(f, "`private` in biji.toml has `{glob}`"),
            Self::Unpublished => f.write_str("it says `publish: false` or `private: true`"),
            Self::Draft => f.write_str("it is a draft"),
            Self::Unmarked => f.write_str("it does not say `publish: true`, and biji.toml says `publish = \"marked\"`"),
            Self::Unused => f.write_str("no published note refers to it"),
            Self::Included => f.write_str("a published note shows its text as code, and none refers to the file itself"),
            Self::Settings => f.write_str("it belongs to the site's configuration and theme"),
        }
    }
}

/// The rules of one site, ready to be asked.
#[derive(Debug)]
pub struct Rules<'a> {
    config: &'a Config,
    private: GlobSet,
    /// Whether nothing is held back.
    is_open: bool,
}

impl<'a> Rules<'a> {
    /// The rules of a configuration.
    #[must_use]
    pub fn of(config: &'a Config) -> Self {
        let mut private = GlobSetBuilder::new();
        for glob in config.private.iter().filter_map(|text| config::glob(&SourcePath::fold(text)).ok()) {
            private.add(glob);
        }
        Self { config, private: private.build().unwrap_or_else(|_| GlobSet::empty()), is_open: false }
    }

    /// Rules that hold nothing back: for whoever writes the notes, never for what is published.
    #[must_use]
    pub fn open(config: &'a Config) -> Self {
        Self { config, private: GlobSet::empty(), is_open: true }
    }

    /// Why a note is held back; `None` when it is published.
    #[must_use]
    pub fn note(&self, note: &Note) -> Option<Reason> {
        let front_matter = &note.front_matter;
        if self.is_open {
            return None;
        }
        if let Some(reason) = self.file(&note.path) {
            return Some(reason);
        }
        if front_matter.publish == Some(false) {
            return Some(Reason::Unpublished);
        }
        if front_matter.draft && !self.config.drafts {
            return Some(Reason::Draft);
        }
        let is_marked = front_matter.publish == Some(true);
        (self.config.publish == Publishing::Marked && !is_marked).then_some(Reason::Unmarked)
    }

    /// Why a file is held back whatever is in it and whoever refers to it. A folder that a glob fits is private with all that is in it.
    #[must_use]
    pub fn file(&self, path: &SourcePath) -> Option<Reason> {
        if self.private.is_empty() {
            return None;
        }
        let folded = SourcePath::fold(path.as_str());
        let mut ways = folded.match_indices('/').map(|(at, _)| &folded[..at]).chain([&*folded]);
        let glob = ways.find_map(|way| self.private.matches(way).first().copied())?;
        Some(Reason::Private(self.config.private.get(glob).cloned().unwrap_or_default()))
    }
}

/// One line of the audit: a file of the content folder, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The file.
    pub source: SourcePath,
    /// Its address, or why it has none.
    pub fate: Result<crate::path::UrlPath, Reason>,
}

/// What becomes of every file of the content folder, by path: the published notes and attachments of `site`, and what was held back.
#[must_use]
pub fn audit(site: &super::Site, held_back: Vec<(SourcePath, Reason)>, attachments: &[crate::source::Attachment]) -> Vec<Verdict> {
    let rules = Rules::of(&site.config);
    // `content = "."`: what `biji.toml` says and shapes the site with lies beside the notes.
    let is_beside = site.config.content.is_empty() && attachments.iter().any(|file| file.path.as_str() == "biji.toml");
    let is_settings = |path: &SourcePath| {
        let path = path.as_str();
        is_beside && (path == "biji.toml" || path.starts_with("static/") || path.starts_with("templates/"))
    };
    let pages = site.pages.iter().map(|page| (&page.note.path, &page.url));
    let files = site.attachments.iter().map(|(path, url)| (path, url));
    let published = pages.chain(files).map(|(path, url)| Verdict { source: path.clone(), fate: Ok(url.clone()) });
    let unused =
        attachments.iter().filter(|file| site.attachments.binary_search_by(|(path, _)| path.cmp(&file.path)).is_err()).map(|file| {
            let is_included = site.includes.iter().any(|(_, included)| *included == file.path);
            let reason = match is_included {
                true => Reason::Included,
                false if is_settings(&file.path) => Reason::Settings,
                false => Reason::Unused,
            };
            (file.path.clone(), rules.file(&file.path).unwrap_or(reason))
        });
    let held_back = held_back.into_iter().chain(unused).map(|(source, reason)| Verdict { source, fate: Err(reason) });
    let mut verdicts: Vec<Verdict> = published.chain(held_back).collect();
    verdicts.sort_by(|a, b| a.source.cmp(&b.source));
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit_folders_names_and_every_spelling() {
        let config = Config {
            private: vec!["work/**".into(), "日记".into(), "*.secret.md".into(), "/top.md".into(), "Café".into()],
            ..Config::default()
        };
        let rules = Rules::of(&config);
        for (path, glob) in [
            ("work/a.md", Some("work/**")),
            ("Work/deep/b.png", Some("work/**")),
            ("a/work/b.md", None),
            ("a/日记/b/c.md", Some("日记")),
            ("日记.md", None),
            ("x/y.secret.md", Some("*.secret.md")),
            ("top.md", Some("/top.md")),
            ("a/top.md", None),
            ("cafe\u{301}/x.md", Some("Café")),
        ] {
            let expected = glob.map(|glob| Reason::Private(glob.to_owned()));
            assert_eq!(rules.file(&SourcePath::new(path).expect("clean")), expected, "{path}");
        }
    }
}

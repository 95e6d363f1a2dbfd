//! Where Biji must not publish.
//!
//! In: absolute paths without symbolic links. Out: nothing, or the reason. Knows nothing of disks.

use std::fmt;
use std::path::{Path, PathBuf};

/// The places that a refusal is about; all absolute and without symbolic links.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folder to publish to.
    pub output: PathBuf,
    /// ROOT.
    pub root: PathBuf,
    /// The content folder.
    pub content: PathBuf,
    /// The user's home, where there is one.
    pub home: Option<PathBuf>,
}

/// Why a folder is not published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The root of a file system.
    FileSystemRoot,
    /// The user's home, or a folder above it.
    Home,
    /// ROOT, or a folder above it.
    Root,
    /// The content folder, or a folder above it.
    Content,
    /// A file.
    File,
    /// A symbolic link that leads nowhere.
    DanglingLink,
    /// Files that Biji did not write, one of them by name.
    Foreign(String),
    /// A manifest that cannot be read, and why.
    Manifest(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileSystemRoot => f.write_str("it is the root of a file system; name a folder of its own, like `public`"),
            Self::Home => f.write_str("it is your home folder or above it; name a folder of its own, like `public`"),
            Self::Root => f.write_str("it is the site's own folder or above it; name a folder of its own, like `public`"),
            Self::Content => f.write_str("it is the folder of the notes or above it; name a folder of its own, like `public`"),
            Self::File => f.write_str("it is a file; remove it or name another folder with `--output`"),
            Self::DanglingLink => f.write_str("it is a symbolic link that leads nowhere; mend it or name another folder with `--output`"),
            Self::Foreign(name) => write!(
                f,
                "it holds files that Biji did not write, like `{}`; name another folder with `--output`, or empty it yourself",
                name.escape_debug()
            ),
            Self::Manifest(why) => write!(
                f,
                "its list of what Biji wrote ({}) cannot be read: {why}; empty the folder yourself, or name another with `--output`",
                super::MANIFEST
            ),
        }
    }
}

/// Whether the output folder is a place that must never be published to.
#[must_use]
pub fn refuse(places: &Places) -> Option<Refusal> {
    let Places { output, root, content, home } = places;
    let holds = |path: &Path| path.starts_with(output);
    if output.parent().is_none() {
        Some(Refusal::FileSystemRoot)
    } else if home.as_deref().is_some_and(holds) {
        Some(Refusal::Home)
    } else if holds(root) {
        Some(Refusal::Root)
    } else if holds(content) {
        Some(Refusal::Content)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        for (output, expected) in [
            ("/", Some(Refusal::FileSystemRoot)),
            ("/home", Some(Refusal::Home)),
            ("/home/me", Some(Refusal::Home)),
            ("/srv", Some(Refusal::Root)),
            ("/srv/site", Some(Refusal::Root)),
            ("/srv/site/content", Some(Refusal::Content)),
            ("/srv/site/content/public", None),
            ("/srv/site/public", None),
            ("/srv/site2", None),
        ] {
            let places = Places {
                output: output.into(),
                root: "/srv/site".into(),
                content: "/srv/site/content".into(),
                home: Some("/home/me".into()),
            };
            assert_eq!(refuse(&places), expected, "{output}");
        }
    }
}

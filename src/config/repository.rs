//! Where the sources of the notes are on the web: the repository, and the addresses that a forge gives to a file of it.
//!
//! In: the address of the repository as the browser shows it, or patterns. Out: [`Repository`], and addresses of files. Knows nothing of git or disks.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What an address needs no encoding for; the `/` of paths stays.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// A repository on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Whose addresses it has.
    pub forge: Forge,
    /// Its address, without a final `/`.
    pub url: String,
    /// The branch that is edited.
    pub branch: String,
    /// The folder of biji.toml in it, with its final `/`; `""` for the repository's own.
    pub folder: String,
}

/// The software that shows a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forge {
    /// GitHub.
    GitHub,
    /// GitLab, also on a host of one's own.
    GitLab,
    /// Gitea and Forgejo, so Codeberg too.
    Gitea,
    /// Gitee.
    Gitee,
}

impl Forge {
    /// What a host's name tells.
    fn of(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let is_at = |name: &str| host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        let has = |name: &str| host.split(['.', '-']).any(|part| part == name);
        match () {
            () if is_at("github.com") => Some(Self::GitHub),
            () if is_at("gitee.com") => Some(Self::Gitee),
            () if is_at("codeberg.org") || has("gitea") || has("forgejo") => Some(Self::Gitea),
            () if has("gitlab") => Some(Self::GitLab),
            () => None,
        }
    }

    /// What stands between a repository's address and the branch of a folder.
    fn tree(self) -> &'static str {
        match self {
            Self::GitHub | Self::Gitee => "/tree/",
            Self::GitLab => "/-/tree/",
            Self::Gitea => "/src/branch/",
        }
    }
}

impl Repository {
    /// Reads the address of a repository, or of a folder of one as the browser shows it: `https://github.com/o/r/tree/main/docs`.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub fn of(text: &str) -> Result<Self, (String, String)> {
        let example = "like `https://github.com/owner/name`, or with branch and folder `https://github.com/owner/name/tree/main/docs`";
        let wrong = |what: &str, hint: &str| Err((format!("`{text}` {what}"), hint.to_owned()));
        let Some(address) = super::around::address(text).filter(|address| !address.starts_with("mailto:") && !address.contains(['?', '#']))
        else {
            return wrong("is not the address of a repository", example);
        };
        let address = address.trim_end_matches('/');
        let host = address.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if host.contains('@') {
            return wrong("holds a user name or password, which would be published", example);
        }
        let Some(forge) = Forge::of(host.split(':').next().unwrap_or_default()) else {
            let hint =
                "use `edit` and `source` instead, with `{path}` for the path of the note: `edit = \"https://host/o/r/edit/main/{path}\"`";
            return wrong("is at a host whose addresses are not known", hint);
        };
        let (url, rest) = address.split_once(forge.tree()).unwrap_or((address, ""));
        let url = url.strip_suffix(".git").unwrap_or(url);
        if url.split("://").nth(1).is_none_or(|path| path.split('/').filter(|part| !part.is_empty()).count() < 3) {
            return wrong("names no repository", example);
        }
        let (branch, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let default = if forge == Forge::Gitee { "master" } else { "main" };
        let folder = percent_encoding::percent_decode_str(folder).decode_utf8_lossy().into_owned();
        Ok(Self {
            forge,
            url: url.to_owned(),
            branch: if branch.is_empty() { default.to_owned() } else { branch.to_owned() },
            folder: if folder.is_empty() { folder } else { format!("{folder}/") },
        })
    }

    /// Where a file can be edited. `path` is seen from the folder of biji.toml.
    #[must_use]
    pub fn edit(&self, path: &str) -> String {
        let way = match self.forge {
            Forge::GitHub | Forge::Gitee => "edit",
            Forge::GitLab => "-/edit",
            Forge::Gitea => "_edit",
        };
        format!("{}/{way}/{}/{}{}", self.url, self.branch, encode(&self.folder), encode(path))
    }

    /// Where a file's source can be read.
    #[must_use]
    pub fn source(&self, path: &str) -> String {
        let (way, end) = match self.forge {
            Forge::GitHub => ("blob", "?plain=1"),
            Forge::Gitee => ("blob", ""),
            Forge::GitLab => ("-/blob", "?plain=1"),
            Forge::Gitea => ("src/branch", "?display=source"),
        };
        format!("{}/{way}/{}/{}{}{end}", self.url, self.branch, encode(&self.folder), encode(path))
    }

    /// Where an issue about a note is opened, its title filled in.
    #[must_use]
    pub fn issue(&self, title: &str, body: &str) -> String {
        let (title, body) = (encode(title), encode(body));
        match self.forge {
            Forge::GitHub | Forge::Gitea => format!("{}/issues/new?title={title}&body={body}", self.url),
            Forge::GitLab => format!("{}/-/issues/new?issue%5Btitle%5D={title}&issue%5Bdescription%5D={body}", self.url),
            Forge::Gitee => format!("{}/issues/new?title={title}&description={body}", self.url),
        }
    }
}

/// A text as a part of an address.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A pattern with its `{name}`s filled in, each encoded; what is no name of these stays.
#[must_use]
pub fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    replace(pattern, &values.iter().map(|(name, value)| (*name, encode(value))).collect::<Vec<_>>())
}

/// A pattern of an address with `{path}` and the like.
pub(super) fn check_pattern(text: &str) -> Result<String, (String, String)> {
    let names = ["path", "title", "url"];
    let mut bare = text.to_owned();
    for name in names {
        bare = bare.replace(&format!("{{{name}}}"), "x");
    }
    if bare.contains(['{', '}']) {
        return Err((format!("`{text}` has a place for something unknown"), "there are `{path}`, `{title}` and `{url}`".into()));
    }
    match super::around::address(&bare) {
        Some(_) => Ok(text.to_owned()),
        None => Err((format!("`{text}` is no address"), "like `https://example.org/edit/{path}`".into())),
    }
}

/// A text with its `{name}`s replaced, each once: what is put in is not looked through again.
#[must_use]
pub fn replace(pattern: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let found = rest.find('}').and_then(|end| Some((end, values.iter().find(|(name, _)| *name == &rest[1..end])?)));
        match found {
            Some((end, (_, value))) => {
                out.push_str(value);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_file_at_every_forge() {
        for (repository, edit, source) in [
            (
                "https://github.com/o/r",
                "https://github.com/o/r/edit/main/a/%E6%8E%A2%E9%92%88%20b.md",
                "https://github.com/o/r/blob/main/a/%E6%8E%A2%E9%92%88%20b.md?plain=1",
            ),
            (
                "https://github.com/o/r/tree/dev/docs/zh/",
                "https://github.com/o/r/edit/dev/docs/zh/a/%E6%8E%A2%E9%92%88%20b.md",
                "https://github.com/o/r/blob/dev/docs/zh/a/%E6%8E%A2%E9%92%88%20b.md?plain=1",
            ),
            (
                "https://gitlab.example.org/g/s/r.git",
                "https://gitlab.example.org/g/s/r/-/edit/main/a/%E6%8E%A2%E9%92%88%20b.md",
                "https://gitlab.example.org/g/s/r/-/blob/main/a/%E6%8E%A2%E9%92%88%20b.md?plain=1",
            ),
            (
                "https://codeberg.org/o/r/src/branch/trunk",
                "https://codeberg.org/o/r/_edit/trunk/a/%E6%8E%A2%E9%92%88%20b.md",
                "https://codeberg.org/o/r/src/branch/trunk/a/%E6%8E%A2%E9%92%88%20b.md?display=source",
            ),
            (
                "https://gitee.com/o/r",
                "https://gitee.com/o/r/edit/master/a/%E6%8E%A2%E9%92%88%20b.md",
                "https://gitee.com/o/r/blob/master/a/%E6%8E%A2%E9%92%88%20b.md",
            ),
        ] {
            let repository = Repository::of(repository).expect("a repository");
            assert_eq!((repository.edit("a/探针 b.md"), repository.source("a/探针 b.md")), (edit.into(), source.into()));
        }
        for wrong in [
            "github.com/o/r",
            "https://github.com/o",
            "https://code.example.org/o/r",
            "https://me:x@github.com/o/r",
            "git@github.com:o/r.git",
        ] {
            assert!(Repository::of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn patterns_are_filled_once_and_encoded() {
        let filled = fill("https://e.org/new?t={title}&p={path}&{x}", &[("title", "a & {path}?"), ("path", "b/探.md")]);
        assert_eq!(filled, "https://e.org/new?t=a%20%26%20%7Bpath%7D%3F&p=b/%E6%8E%A2.md&{x}");
    }
}

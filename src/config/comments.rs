//! Comments that another host keeps: which script a page may load, and what it is told.
//!
//! In: the table `[comments]` of `biji.toml`. Out: [`Comments`], alike for every provider, so that nothing after this knows one by name but the page's script.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::around::{Checked, Shown, check_address, shown};
use super::value::Reader;

/// The table `[comments]`, whatever the provider: the script to load after a click, and what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comments {
    /// `provider`.
    pub provider: Provider,
    /// `notes`.
    pub shown: Shown,
    /// The address of the script.
    pub script: String,
    /// The address of a style sheet; `""` for none.
    pub style: String,
    /// Attributes of the script's element; values may hold `{path}`, `{title}`, `{url}`, `{lang}` and `{theme}`.
    pub attributes: BTreeMap<String, String>,
    /// Attributes of the element that the comments come into, likewise.
    pub container: BTreeMap<String, String>,
    /// The origins that are talked to after the click, like `https://giscus.app`; the script's first.
    pub origins: Vec<String>,
    /// Where the same comments can be read without scripts; `""` where nowhere.
    pub elsewhere: String,
}

/// Whose comments they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// <https://giscus.app>: discussions of a GitHub repository.
    Giscus,
    /// <https://utteranc.es>: issues of a GitHub repository.
    Utterances,
    /// <https://waline.js.org>: a server of one's own.
    Waline,
    /// Any script.
    Script,
}

impl Provider {
    const ALL: [Self; 4] = [Self::Giscus, Self::Utterances, Self::Waline, Self::Script];

    /// Its name in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Giscus => "giscus",
            Self::Utterances => "utterances",
            Self::Waline => "waline",
            Self::Script => "script",
        }
    }
}

/// Scheme, host and port of an address.
#[must_use]
pub fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let fits = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']'));
    fits.then(|| format!("{scheme}://{host}"))
}

fn check_origin(text: &str) -> Checked {
    origin(text).ok_or_else(|| (format!("`{text}` is not the address of a host"), "like `https://comments.example.org`".into()))
}

/// The address of a script or style sheet: another host's with `https://`, or a file of the site's `static/`.
fn check_script(text: &str) -> Checked {
    let is_file = !text.contains([':', '?', '#', '\\', '"', '<', '>'])
        && !text.starts_with('/')
        && !text.split('/').any(|part| matches!(part, "" | "." | ".."));
    if is_file || origin(text).is_some() {
        return Ok(text.to_owned());
    }
    let hint = "the address with `https://`, or the path of a file in `static/`";
    Err((format!("`{text}` is no address of a script or style sheet"), hint.into()))
}

/// `owner/name` of a repository at GitHub.
fn check_repo(text: &str) -> Checked {
    let fits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    match text.split_once('/') {
        Some((owner, name)) if fits(owner) && fits(name) => Ok(text.to_owned()),
        _ => Err((format!("`{text}` is no repository"), "like `owner/name`, as GitHub calls it".into())),
    }
}

/// What `[comments]` says, before it is known which keys its provider needs.
#[derive(Default)]
struct Raw {
    texts: BTreeMap<&'static str, String>,
    shown: Shown,
    attributes: BTreeMap<String, String>,
    container: BTreeMap<String, String>,
    hosts: Vec<String>,
}

/// The keys of `[comments]`.
const COMMENT_KEYS: &[&str] = &[
    "provider",
    "notes",
    "repo",
    "repo_id",
    "category",
    "category_id",
    "label",
    "server",
    "script",
    "style",
    "attributes",
    "container",
    "hosts",
    "elsewhere",
];

/// Reads `[comments]`.
pub(super) fn comments(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Comments> {
    let mut raw = Raw::default();
    let mut provider = None;
    for (key, value) in reader.table(value, "[comments]")? {
        let Some(name) = COMMENT_KEYS.iter().copied().find(|name| *name == key.get_ref().as_ref()) else {
            reader.unknown(key, key.get_ref(), COMMENT_KEYS);
            continue;
        };
        match name {
            "provider" => {
                provider = reader.one_of(value, &Provider::ALL.map(Provider::as_str)).and_then(|at| Provider::ALL.get(at)).copied()
            }
            "notes" => raw.shown = shown(reader, value),
            "attributes" => raw.attributes = reader.attributes(value),
            "container" => raw.container = reader.attributes(value),
            "hosts" => raw.hosts = reader.list(value, check_origin),
            _ => {
                let check = match name {
                    "repo" => check_repo,
                    "server" | "elsewhere" => check_address,
                    "script" | "style" => check_script,
                    _ => |text: &str| Ok(text.to_owned()),
                };
                if let Some(text) = reader.checked(value, check) {
                    raw.texts.insert(name, text);
                }
            }
        }
    }
    let Some(provider) = provider else {
        reader.lacks(
            value,
            "`comments` does not say whose they are",
            "write `provider = \"giscus\"`, or `utterances`, `waline` or `script`",
        );
        return None;
    };
    let needed: &[&str] = match provider {
        Provider::Giscus => &["repo", "repo_id", "category", "category_id"],
        Provider::Utterances => &["repo"],
        Provider::Waline => &["server"],
        Provider::Script => &["script"],
    };
    let absent: Vec<String> = needed.iter().filter(|key| !raw.texts.contains_key(*key)).map(|key| format!("`{key}`")).collect();
    if !absent.is_empty() {
        let hint = match provider {
            Provider::Giscus => "https://giscus.app tells all four for your repository",
            Provider::Utterances => "the repository whose issues are the comments, like `owner/name`",
            Provider::Waline => "the address of your Waline server",
            Provider::Script => "the address of the script that brings the comments",
        };
        reader.lacks(value, &format!("comments by {} need {}", provider.as_str(), absent.join(", ")), hint);
        return None;
    }
    Some(raw.settle(provider))
}

impl Raw {
    fn settle(mut self, provider: Provider) -> Comments {
        let text = |key: &str| self.texts.get(key).cloned().unwrap_or_default();
        let or = |key: &str, default: &str| self.texts.get(key).cloned().unwrap_or_else(|| default.to_owned());
        let (script, style, own, elsewhere) = match provider {
            Provider::Giscus => (
                or("script", "https://giscus.app/client.js"),
                String::new(),
                vec![
                    ("data-repo", text("repo")),
                    ("data-repo-id", text("repo_id")),
                    ("data-category", text("category")),
                    ("data-category-id", text("category_id")),
                    // Neither another address nor another title parts a note from its discussion.
                    ("data-mapping", "specific".into()),
                    ("data-term", "{path}".into()),
                    ("data-strict", "1".into()),
                    ("data-reactions-enabled", "1".into()),
                    ("data-emit-metadata", "0".into()),
                    ("data-input-position", "top".into()),
                    ("data-theme", "{theme}".into()),
                    ("data-lang", "{lang}".into()),
                ],
                format!("https://github.com/{}/discussions", text("repo")),
            ),
            Provider::Utterances => (
                or("script", "https://utteranc.es/client.js"),
                String::new(),
                vec![("repo", text("repo")), ("issue-term", "{path}".into()), ("theme", "github-{theme}".into()), ("label", text("label"))],
                format!("https://github.com/{}/issues", text("repo")),
            ),
            Provider::Waline => (
                or("script", "https://unpkg.com/@waline/client@3/dist/waline.umd.js"),
                or("style", "https://unpkg.com/@waline/client@3/dist/waline.css"),
                vec![("data-server", text("server")), ("data-path", "{path}".into()), ("data-lang", "{lang}".into())],
                String::new(),
            ),
            Provider::Script => (text("script"), text("style"), Vec::new(), String::new()),
        };
        let mut attributes: BTreeMap<String, String> =
            own.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect();
        let elsewhere = or("elsewhere", &elsewhere);
        let server = text("server");
        attributes.append(&mut self.attributes);
        let mut origins = Vec::new();
        for origin in [&script, &style, &server].into_iter().filter_map(|address| origin(address)).chain(self.hosts) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Comments { provider, shown: self.shown, script, style, attributes, container: self.container, origins, elsewhere }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        for (address, expected) in [
            ("https://giscus.app/client.js", Some("https://giscus.app")),
            ("http://localhost:8360/", Some("http://localhost:8360")),
            ("https://a.example?x", Some("https://a.example")),
            ("ftp://a.example", None),
            ("https:///x", None),
            ("https://a; script-src *", None),
            ("comments.js", None),
        ] {
            assert_eq!(origin(address).as_deref(), expected, "{address}");
        }
    }
}

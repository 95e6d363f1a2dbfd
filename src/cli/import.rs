//! `biji init --from`: a biji.toml that renders what another tool rendered, where it lies. The sources are read and never changed.
//!
//! In: the other tool's folder. Out: biji.toml, and a report of what could not be carried over, with file and line. One tool a file; `scan` looks
//! for what stands in the notes, `settings` reads the other tools' files.

mod hexo;
mod hugo;
mod mdbook;
mod mkdocs;
mod obsidian;
mod scan;
mod settings;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::open::CONFIG;
use super::report::Report;
use super::{Failure, Outcome};
use crate::config::{Config, permalinks};
use crate::diagnostic::{self, nearest, reason};

/// A tool whose folders can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Obsidian,
    Hexo,
    Hugo,
    MdBook,
    MkDocs,
}

const TOOLS: [(&str, Tool); 5] =
    [("obsidian", Tool::Obsidian), ("hexo", Tool::Hexo), ("hugo", Tool::Hugo), ("mdbook", Tool::MdBook), ("mkdocs", Tool::MkDocs)];

impl Tool {
    /// By its name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        TOOLS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, tool)| *tool)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Obsidian => "Obsidian",
            Self::Hexo => "Hexo",
            Self::Hugo => "Hugo",
            Self::MdBook => "mdBook",
            Self::MkDocs => "MkDocs",
        }
    }

    /// By what lies in the folder.
    pub(super) fn guess(folder: &Path) -> Option<Self> {
        let has = |path: &str| folder.join(path).exists();
        let any = |paths: &[&str]| paths.iter().any(|path| has(path));
        if has(".obsidian") {
            Some(Self::Obsidian)
        } else if any(&["mkdocs.yml", "mkdocs.yaml"]) {
            Some(Self::MkDocs)
        } else if any(&["book.toml", "src/SUMMARY.md", "SUMMARY.md"]) {
            Some(Self::MdBook)
        } else if has("_config.yml") && any(&["source/_posts", "source", "scaffolds"]) {
            Some(Self::Hexo)
        } else if hugo::is(folder) {
            Some(Self::Hugo)
        } else {
            None
        }
    }
}

/// What could not be carried over: file, line and what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lost {
    file: String,
    line: Option<usize>,
    what: String,
}

/// What the other tool's settings come to.
#[derive(Debug, Default)]
struct Imported {
    /// The table `[permalinks]`: folder and pattern.
    permalinks: Vec<(String, String)>,
    /// Lines of biji.toml: key, value in TOML, and why, where that is not plain.
    keys: Vec<(&'static str, String, String)>,
    lost: Vec<Lost>,
}

impl Imported {
    /// A key with a text.
    fn text(&mut self, key: &'static str, value: &str, why: &str) {
        self.keys.push((key, quoted(value), why.to_owned()));
    }

    /// A key with a list of texts; nothing where it is empty.
    fn list(&mut self, key: &'static str, values: &[String], why: &str) {
        match values {
            [] => {}
            [value] => self.keys.push((key, format!("[{}]", quoted(value)), why.to_owned())),
            values => {
                let lines: String = values.iter().map(|value| format!("    {},\n", quoted(value))).collect();
                self.keys.push((key, format!("[\n{lines}]"), why.to_owned()));
            }
        }
    }

    fn lose(&mut self, file: &str, line: Option<usize>, what: impl Into<String>) {
        self.lost.push(Lost { file: file.to_owned(), line, what: what.into() });
    }

    /// The file; a value that Biji does not take is left out and reported.
    fn toml(&mut self, tool: Tool, source: &str) -> String {
        let mut text = format!("# The settings of {}, as far as Biji has them.\n", tool.title());
        for (key, value, why) in std::mem::take(&mut self.keys) {
            let line = format!("{key} = {value}\n");
            let (_, faults) = Config::parse(&diagnostic::File { path: CONFIG.into(), text: line.as_str().into() });
            match faults.first() {
                None if why.is_empty() => text.push_str(&line),
                None => text.push_str(&format!("# {why}\n{line}")),
                Some(fault) => self.lose(source, None, format!("{key}: {}", fault.message)),
            }
        }
        let mut table = String::new();
        for (folder, pattern) in std::mem::take(&mut self.permalinks) {
            match permalinks::check(&pattern) {
                Ok(pattern) => table.push_str(&format!("{} = {}\n", quoted(&folder), quoted(&pattern))),
                Err((message, _)) => self.lose(source, None, format!("addresses by the pattern `{pattern}`: {message}")),
            }
        }
        if !table.is_empty() {
            text.push_str(&format!("\n[permalinks]\n{table}"));
        }
        text
    }
}

/// A string of JSON is one of TOML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// `--from TOOL PATH [DIR]`, or `--from PATH [DIR]`: the tool where it is named, PATH and DIR.
pub(super) fn arguments(
    from: &str,
    first: Option<&Path>,
    second: Option<&Path>,
) -> Result<(Option<Tool>, PathBuf, Option<PathBuf>), Failure> {
    if let Some(tool) = Tool::named(from) {
        let path = first.ok_or_else(|| Failure::new("`--from` needs the folder, too").hint(format!("`biji init --from {from} FOLDER`")))?;
        return Ok((Some(tool), path.to_owned(), second.map(Path::to_owned)));
    }
    if !Path::new(from).exists() {
        let failure = Failure::new(format!("`{from}` is neither a tool that Biji knows nor a folder"));
        return Err(match nearest(&from.to_lowercase(), TOOLS.iter().map(|(name, _)| *name)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("the tools are obsidian, hexo, hugo, mdbook and mkdocs"),
        });
    }
    Ok((None, from.into(), first.map(Path::to_owned)))
}

/// Whether the folder holds notes, beyond what every repository has.
pub(super) fn has_notes(folder: &Path) -> bool {
    let of_repository = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE.md", "SECURITY.md", "CODE_OF_CONDUCT.md"];
    scan::notes(folder).iter().any(|note| !of_repository.contains(&&**note))
}

/// Reads the other tool's folder, writes biji.toml and reports.
pub(super) fn run(tool: Option<Tool>, path: &Path, target: Option<&Path>, report: &mut Report) -> Result<Outcome, Failure> {
    let shown = path.display();
    if !path.is_dir() {
        return Err(Failure::new(format!("no folder `{shown}`")).hint("name the folder that holds the other tool's settings"));
    }
    let Some(tool) = tool.or_else(|| Tool::guess(path)) else {
        return Err(Failure::new(format!("nothing in `{shown}` tells which tool it is of"))
            .hint("name the tool: `biji init --from obsidian|hexo|hugo|mdbook|mkdocs FOLDER`"));
    };
    let root = target.unwrap_or(path);
    let file = root.join(CONFIG);
    if fs::symlink_metadata(&file).is_ok() {
        return Err(Failure::new(format!("`{}` is a site already: it has a {CONFIG}", root.display()))
            .hint(format!("build it: `biji build {}`", root.display())));
    }
    let prefix = below(root, path)?;
    let (mut imported, source) = match tool {
        Tool::Obsidian => obsidian::read(path, &prefix),
        Tool::Hexo => hexo::read(path, &prefix),
        Tool::Hugo => hugo::read(path, &prefix),
        Tool::MdBook => mdbook::read(path, &prefix),
        Tool::MkDocs => mkdocs::read(path, &prefix),
    }?;
    let text = imported.toml(tool, &source);
    let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error)));
    match File::create_new(&file) {
        Ok(mut created) => created.write_all(text.as_bytes()).map_err(failed)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Failure::new(format!("`{}` exists", file.display()))),
        Err(error) => return Err(failed(error)),
    }
    report.imported(tool.title(), &file, &text, &sorted(imported.lost));
    report.say(&format!("now: biji serve {}", root.display()));
    Ok(Outcome::Clean)
}

fn sorted(mut lost: Vec<Lost>) -> Vec<(String, Option<usize>, String)> {
    lost.sort();
    lost.dedup();
    lost.into_iter().map(|lost| (lost.file, lost.line, lost.what)).collect()
}

/// Where PATH lies in the site's folder: `""`, or a path that ends with `/`.
fn below(root: &Path, path: &Path) -> Result<String, Failure> {
    let real =
        |path: &Path| fs::canonicalize(path).map_err(|error| Failure::new(format!("no folder `{}`: {}", path.display(), reason(&error))));
    let (real_root, real_path) = (real(root)?, real(path)?);
    let Ok(inside) = real_path.strip_prefix(&real_root) else {
        return Err(Failure::new(format!("`{}` does not lie in `{}`", path.display(), root.display()))
            .hint("the notes stay where they are, so the folder of biji.toml must be theirs or one above it"));
    };
    let parts: Vec<String> = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    Ok(if parts.is_empty() { String::new() } else { parts.join("/") + "/" })
}

/// A `content` key for a folder below that of biji.toml.
fn content(prefix: &str, folder: &str) -> String {
    let whole = format!("{prefix}{}", folder.trim_matches('/').trim_start_matches("./"));
    let whole = whole.trim_matches('/');
    if whole.is_empty() || whole == "." { ".".to_owned() } else { whole.to_owned() }
}

/// `_` of a locale is `-` in a language tag.
fn language(text: &str) -> String {
    text.split(['.', '@']).next().unwrap_or(text).replace('_', "-")
}

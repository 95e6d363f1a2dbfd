//! Finds the site: its configuration and the places of things.
//!
//! In: ROOT and what the command line sets. Out: `Opened`, or why there is no site.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::arguments::{Overrides, Site};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, File, reason};
use crate::note::markdown;
use crate::publish::disk::resolve;
use crate::publish::guard::Places;
use crate::serve::Place;
use crate::source::disk::Folder;

/// The name of a site's configuration.
pub(super) const CONFIG: &str = "biji.toml";

/// A site that was found.
#[derive(Debug)]
pub(super) struct Opened {
    /// ROOT as it was given.
    pub(super) root: PathBuf,
    /// The content folder.
    pub(super) content: PathBuf,
    /// What stands before a source path in messages.
    pub(super) prefix: String,
    /// The output folder as people write it.
    pub(super) output: PathBuf,
    /// The configuration.
    pub(super) config: Config,
    /// Whether there is a biji.toml: only then `templates/` and `static/` are the site's.
    pub(super) is_configured: bool,
    /// The places without symbolic links.
    pub(super) places: Places,
    /// What is wrong with the configuration.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Opened {
    /// The content folder for `source::disk`.
    pub(super) fn folder(&self) -> Folder<'_> {
        Folder { path: &self.content, prefix: &self.prefix, exclude: &self.config.exclude, output: Some(&self.places.output) }
    }

    /// How its notes are parsed.
    pub(super) fn markdown(&self) -> markdown::Options {
        markdown::Options { untrusted: self.config.untrusted, ..markdown::Options::default() }
    }

    /// The site as the preview and the language server take it. `config_file` is the configuration that the command line names.
    pub(super) fn into_place(self, config_file: Option<PathBuf>) -> Place {
        let name = self.places.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Place {
            root: self.root,
            content: self.content,
            real: self.places.content,
            prefix: self.prefix,
            output: self.places.output,
            name,
            config: self.config,
            config_file,
            is_configured: self.is_configured,
            diagnostics: self.diagnostics,
        }
    }
}

/// Finds the site at ROOT.
pub(super) fn open(site: &Site) -> Result<Opened, Failure> {
    let root = &site.root;
    check_root(root)?;
    let (mut config, mut diagnostics, file) = configuration(root, &site.overrides)?;
    apply(&mut config, &site.overrides);
    if file.is_some() {
        config.exclude.extend(archetypes_in_content(&config));
    }
    let content = if config.content.is_empty() { root.clone() } else { root.join(&config.content) };
    if !content.is_dir() {
        let what = if fs::symlink_metadata(&content).is_ok() { "is no folder" } else { "does not exist" };
        let message = format!("the content folder `{}` {what}", config.content);
        let diagnostic = match &file {
            Some(file) => Diagnostic::file(Code::Config, file.clone(), message),
            None => Diagnostic::site(Code::Config, message),
        };
        diagnostics.push(
            diagnostic
                .hint("make it, or name the folder of the notes with `content = \"…\"` in biji.toml (`.` is the folder of biji.toml)"),
        );
    }
    let output = site.overrides.output.clone().unwrap_or_else(|| tidy(&root.join(&config.output)));
    let places = Places {
        output: resolve(&output)?,
        root: resolve(root)?,
        content: resolve(&content)?,
        home: etcetera::home_dir().ok().and_then(|home| resolve(&home).ok()),
    };
    let prefix = if config.content.is_empty() { String::new() } else { format!("{}/", config.content) };
    Ok(Opened { root: root.clone(), content, prefix, output, config, is_configured: file.is_some(), places, diagnostics })
}

fn check_root(root: &Path) -> Result<(), Failure> {
    let shown = root.display();
    match fs::metadata(root) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(Failure::new(format!("`{shown}` is a file, not a folder")).hint("name the folder that it lies in")),
        Err(error) => Err(Failure::new(format!("no folder `{shown}`: {}", reason(&error)))
            .hint("name the folder of your notes, or make a site: `biji init DIR`")),
    }
}

/// Reads biji.toml, where there is one.
fn configuration(root: &Path, overrides: &Overrides) -> Result<(Config, Vec<Diagnostic>, Option<File>), Failure> {
    let path = overrides.config.clone().unwrap_or_else(|| root.join(CONFIG));
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && overrides.config.is_none() => {
            return Ok((Config::of_plain_folder(), Vec::new(), None));
        }
        Err(error) => return Err(Failure::new(format!("cannot read `{}`: {}", path.display(), reason(&error)))),
    };
    let name = overrides.config.as_ref().map_or_else(|| CONFIG.into(), |path| path.display().to_string());
    let text = match String::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let file = File { path: name.into(), text: lossy.into() };
            let diagnostic =
                Diagnostic::at(Code::Config, file.clone(), (at..at + 3).into(), "the configuration is not UTF-8").hint("save it as UTF-8");
            return Ok((Config::default(), vec![diagnostic], Some(file)));
        }
    };
    let file = File { path: name.into(), text: text.into() };
    let (config, diagnostics) = Config::parse(&file);
    Ok((config, diagnostics, Some(file)))
}

fn apply(config: &mut Config, overrides: &Overrides) {
    config.drafts |= overrides.drafts;
    config.deny_warnings |= overrides.deny_warnings;
    if let Some(url) = &overrides.base_url {
        config.base_url = Some(url.clone());
    }
}

/// The folder of archetypes as a glob, where it lies in the content folder.
fn archetypes_in_content(config: &Config) -> Option<String> {
    let inside = match &*config.content {
        "" => &*config.archetypes,
        content => config.archetypes.strip_prefix(content)?.strip_prefix('/')?,
    };
    let literal: String = inside
        .chars()
        .flat_map(|letter| ['*', '?', '[', ']', '{', '}', '\\'].contains(&letter).then_some('\\').into_iter().chain([letter]))
        .collect();
    (!inside.is_empty()).then(|| format!("/{literal}"))
}

/// `./public` as people write it.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

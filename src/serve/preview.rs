//! SHELL: from changed files to the next state of the site.
//!
//! In: where the site is, and which files may have changed. Out: a [`World`], or the faults for which the last good one stays. A note is parsed again only
//! when its text changed; what depends on several notes is assembled anew, which is cheap; pages are made when they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::Changes;
use super::files::Files;
use super::world::World;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::note::{self, Note, markdown};
use crate::path::SourcePath;
use crate::render::highlight;
use crate::site::{self, Origin};
use crate::source::SourceFile;
use crate::source::disk::{self, Folder};
use crate::theme::{Overrides, Theme};

/// Where a site is and how it is configured, as the command line finds it.
#[derive(Debug, Clone)]
pub struct Place {
    /// ROOT.
    pub root: PathBuf,
    /// The content folder.
    pub content: PathBuf,
    /// The content folder without symbolic links.
    pub real: PathBuf,
    /// What stands before a source path in messages.
    pub prefix: String,
    /// The output folder, which is neither content nor watched.
    pub output: PathBuf,
    /// The site's name where nothing else gives one.
    pub name: String,
    /// The configuration.
    pub config: Config,
    /// The configuration's file, where the command line names one.
    pub config_file: Option<PathBuf>,
    /// Whether there is a biji.toml: only then `templates/` and `static/` are the site's.
    pub is_configured: bool,
    /// What is wrong with the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

impl Place {
    fn folder(&self) -> Folder<'_> {
        Folder { path: &self.content, prefix: &self.prefix, exclude: &self.config.exclude, output: Some(&self.output) }
    }
}

/// A note as it was parsed last.
#[derive(Debug)]
struct Parsed {
    source: SourceFile,
    /// `None` when it cannot be read.
    note: Option<Arc<Note>>,
    /// The last one that could be read.
    good: Option<Arc<Note>>,
    faults: Vec<Diagnostic>,
}

/// What an update came to.
#[derive(Debug)]
pub enum Update {
    /// Nothing that pages show changed.
    Same,
    /// Style sheets alone changed: a page that is open can take them without being loaded again.
    Styles(Arc<World>),
    /// The next state. `checked`: whether all pages were made, so that their faults are known.
    Next {
        /// The state.
        world: Arc<World>,
        /// Whether its pages were made.
        checked: bool,
    },
    /// The change has errors; the last good state stays.
    Faulty,
}

/// What the files of a site come to, kept from one change to the next.
#[derive(Debug, Default)]
pub struct Preview {
    files: Files,
    notes: BTreeMap<SourcePath, Parsed>,
    overrides: Overrides,
    theme: Option<Arc<Theme>>,
    theme_faults: Vec<Diagnostic>,
    cache: Arc<highlight::Cache>,
    /// What the last update was made of.
    config: Option<Config>,
    sources: Option<(Vec<SourceFile>, Vec<SourcePath>)>,
    good: Option<Arc<World>>,
    /// Notes that could not be read from the start: what was published without them still is.
    held_back: Option<BTreeSet<SourcePath>>,
    /// The faults of notes that cannot be read any more.
    broken: Vec<Diagnostic>,
    /// What reading, parsing and assembling said.
    said: Vec<Diagnostic>,
    /// What making the pages said, when they were made last.
    rendered: Vec<Diagnostic>,
}

impl Preview {
    /// Nothing yet; `cache` holds the code that earlier builds highlighted.
    #[must_use]
    pub fn new(cache: highlight::Cache) -> Self {
        Self { cache: Arc::new(cache), ..Self::default() }
    }

    /// The last good state.
    #[must_use]
    pub fn world(&self) -> Option<&Arc<World>> {
        self.good.as_ref()
    }

    /// Every fault that is not allowed, sorted: what `biji check` tells.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let config = self.config.clone().unwrap_or_default();
        let mut all: Vec<Diagnostic> = self.said.iter().chain(&self.rendered).cloned().collect();
        all.retain(|fault| config.severity(fault.code) != Severity::Allow);
        all.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        all.dedup();
        all
    }

    /// The configuration of the last update.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone().unwrap_or_default()
    }

    /// The faults for which something older is shown: errors, and those of notes that could be read before.
    #[must_use]
    pub fn blocking(&self) -> Vec<Diagnostic> {
        self.diagnostics().into_iter().filter(|fault| self.is_error(fault) || self.broken.contains(fault)).collect()
    }

    /// Reads what changed and works out the next state.
    pub fn update(&mut self, place: &Place, changes: &Changes) -> Update {
        let is_other_config = self.config.as_ref() != Some(&place.config);
        self.config = Some(place.config.clone());
        let mut said = place.diagnostics.clone();
        if !place.content.is_dir() {
            self.said = said;
            return self.faulty();
        }
        let reading = self.files.read(place.folder(), &place.real, changes);
        said.extend(reading.found);
        let theme = self.read_theme(place, changes);
        said.extend(self.theme_faults.iter().cloned());

        let attachments: Vec<SourcePath> = reading.tree.attachments.iter().map(|attachment| attachment.path.clone()).collect();
        let sources = (reading.tree.notes, attachments);
        let is_other = is_other_config || self.sources.as_ref().is_none_or(|old| !same(&old.0, &sources.0) || old.1 != sources.1);
        let is_touched =
            self.good.as_ref().is_some_and(|good| good.site.attachments.iter().any(|(path, _)| reading.touched.contains(path)));
        let was_faulty = self.said.iter().chain(&self.rendered).any(|fault| self.is_error(fault));
        if !is_other && theme == Changed::No && !was_faulty {
            return match &self.good {
                Some(good) if is_touched => Update::Next { world: Arc::clone(good), checked: true },
                _ => Update::Same,
            };
        }
        let (notes, held_back) = self.parse(&sources.0, &mut said);
        let origin = Origin { name: &place.name, held_back: &held_back };
        let (site, faults) = site::assemble_from(origin, place.config.clone(), notes, &reading.tree.attachments);
        said.extend(faults);
        said.extend(disk::check_attachments(place.folder(), &site.attachments));
        self.sources = Some(sources);

        let theme_now = self.theme.clone().unwrap_or_else(|| Arc::new(Theme::new(Overrides::default()).0));
        let world = Arc::new(World::new(site, theme_now, Arc::clone(&self.cache), place.real.clone()));
        said.extend(world.collision());
        self.said = said;
        if self.said.iter().any(|fault| self.is_error(fault)) {
            return self.faulty();
        }
        // A template can fail on any page. The pages of changed notes alone are checked later, see `checked`.
        let must_check = self.good.is_some() && (theme == Changed::All || is_other_config || was_faulty);
        if must_check {
            self.rendered = world.check();
            self.cache = Arc::new(world.cache.successor());
            if self.rendered.iter().any(|fault| self.is_error(fault)) {
                return self.faulty();
            }
        }
        self.good = Some(Arc::clone(&world));
        if theme == Changed::Styles && !is_other { Update::Styles(world) } else { Update::Next { world, checked: must_check } }
    }

    /// Takes what making all pages of a state said. False when there are errors: then `before` is the state to show.
    pub fn checked(&mut self, world: &Arc<World>, faults: Vec<Diagnostic>, before: Option<&Arc<World>>) -> bool {
        self.rendered = faults;
        self.cache = Arc::new(world.cache.successor());
        let is_good = !self.rendered.iter().any(|fault| self.is_error(fault));
        if !is_good && before.is_some() {
            self.good = before.cloned();
            // The same files again may come to something else.
            self.sources = None;
        }
        is_good
    }

    fn is_error(&self, fault: &Diagnostic) -> bool {
        self.config.as_ref().is_some_and(|config| config.severity(fault.code) == Severity::Error)
    }

    fn faulty(&mut self) -> Update {
        self.sources = None;
        Update::Faulty
    }

    /// Reads the site's own templates and static files, where they may have changed.
    fn read_theme(&mut self, place: &Place, changes: &Changes) -> Changed {
        let below = |folder: &str| {
            let mut roots = vec![place.root.join(folder)];
            roots.extend(std::fs::canonicalize(&place.root).ok().map(|root| root.join(folder)));
            changes.paths.iter().any(|path| roots.iter().any(|root| path.starts_with(root)))
        };
        let is_concerned = self.theme.is_none() || changes.all || below("templates") || below("static") || !place.is_configured;
        if !is_concerned {
            return Changed::No;
        }
        let (overrides, mut found) =
            if place.is_configured { disk::read_overrides(&place.root) } else { (Overrides::default(), Vec::new()) };
        let same_templates = self.overrides.templates == overrides.templates;
        if self.theme.is_some() && same_templates && self.overrides.statics == overrides.statics {
            return Changed::No;
        }
        let is_first = self.theme.is_none();
        let only_styles = !is_first && same_templates && styles_alone(&self.overrides, &overrides);
        self.overrides = overrides.clone();
        let (theme, faults) = Theme::new(overrides);
        found.extend(faults);
        self.theme = Some(Arc::new(theme));
        self.theme_faults = found;
        if only_styles { Changed::Styles } else { Changed::All }
    }

    /// Parses the notes whose text changed. A note that cannot be read any more stays as it was when it could.
    fn parse(&mut self, sources: &[SourceFile], said: &mut Vec<Diagnostic>) -> (Vec<Arc<Note>>, Vec<SourcePath>) {
        self.broken.clear();
        let mut old = std::mem::take(&mut self.notes);
        let work: Vec<(Option<Parsed>, &SourceFile)> = sources.iter().map(|source| (old.remove(&source.path), source)).collect();
        let parsed: Vec<Parsed> = work
            .into_par_iter()
            .map(|(old, source)| match old {
                Some(old) if old.source.file == source.file => old,
                old => {
                    let (note, faults) = note::parse(source, markdown::Options::default());
                    let note = note.map(Arc::new);
                    let good = note.clone().or_else(|| old.and_then(|old| old.good));
                    Parsed { source: source.clone(), note, good, faults }
                }
            })
            .collect();
        let (mut notes, mut held_back) = (Vec::with_capacity(parsed.len()), Vec::new());
        for one in parsed {
            match one.note.as_ref().or(one.good.as_ref()) {
                Some(note) => notes.push(Arc::clone(note)),
                None => held_back.push(one.source.path.clone()),
            }
            said.extend(one.faults.iter().cloned());
            if one.note.is_none() && self.held_back.as_ref().is_some_and(|known| !known.contains(&one.source.path)) {
                self.broken.extend(one.faults.iter().cloned());
            }
            if let (Some(_), Some(known)) = (&one.note, &mut self.held_back) {
                known.remove(&one.source.path);
            }
            self.notes.insert(one.source.path.clone(), one);
        }
        if self.held_back.is_none() {
            self.held_back = Some(held_back.iter().cloned().collect());
        }
        (notes, held_back)
    }
}

/// How the theme changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    No,
    Styles,
    All,
}

/// Whether two sets of static files differ in the content of style sheets alone.
fn styles_alone(old: &Overrides, new: &Overrides) -> bool {
    old.statics.len() == new.statics.len()
        && old.statics.iter().zip(&new.statics).all(|(old, new)| old == new || (old.0 == new.0 && old.0.as_str().ends_with(".css")))
}

/// Whether the notes are those of last time. Texts that were not read again are one and the same.
fn same(old: &[SourceFile], new: &[SourceFile]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.path == new.path && old.file == new.file)
}

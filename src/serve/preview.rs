//! SHELL: from changed files to the next state of the site.
//!
//! In: where the site is, and which files may have changed. Out: a [`World`], or the faults for which the last good one stays. A note is parsed again only
//! when its text changed; what depends on several notes is assembled anew, which is cheap; pages are made when they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Changes;
use super::files::Files;
use super::known::Known;
use super::parsed::Parsed;
use super::place::Place;
use super::world::{CheckMemo, World, styles_alone};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::note::{Note, markdown};
use crate::path::SourcePath;
use crate::render::highlight;
use crate::site::include::{self, Texts};
use crate::site::privacy::Rules;
use crate::site::{self, Origin, Scope};
use crate::source::disk;
use crate::source::history::History;
use crate::source::{Attachment, SourceFile, git};
use crate::theme::{Overrides, Theme};

/// What a state is made of. Equal inputs make equal states.
#[derive(Debug, Clone)]
struct Inputs {
    config: Config,
    name: String,
    notes: Vec<Arc<Note>>,
    held_back: Vec<SourcePath>,
    attachments: Vec<Attachment>,
    /// The texts of the files that code blocks include.
    texts: Texts,
    /// What git tells of the notes.
    history: Arc<History>,
    theme: Arc<Theme>,
    /// What of the theme is the site's own.
    overrides: Overrides,
    /// What assembling them said.
    faults: Vec<Diagnostic>,
}

impl Inputs {
    /// Whether the site's own part of the theme is the same.
    fn has_theme_of(&self, other: &Self) -> bool {
        self.overrides.templates == other.overrides.templates && self.overrides.statics == other.overrides.statics
    }

    /// Whether all but the theme is the same. Notes that were not parsed again are one and the same.
    fn has_notes_of(&self, other: &Self) -> bool {
        self.config == other.config
            && self.name == other.name
            && self.notes.len() == other.notes.len()
            && self.notes.iter().zip(&other.notes).all(|(a, b)| Arc::ptr_eq(a, b))
            && self.held_back == other.held_back
            && self.texts == other.texts
            && (Arc::ptr_eq(&self.history, &other.history) || self.history == other.history)
            // Of the others only their names and the sizes of pictures count: what they hold is read when they are asked for.
            && self.attachments.iter().map(|file| (&file.path, file.pixels)).eq(other.attachments.iter().map(|file| (&file.path, file.pixels)))
    }
}

/// A change that had errors: tried again only when something of it changes.
#[derive(Debug)]
struct Failed {
    inputs: Inputs,
    /// What reading and parsing said, and what all said.
    before: Vec<Diagnostic>,
    said: Vec<Diagnostic>,
}

/// What an update came to.
#[derive(Debug)]
pub enum Update {
    /// Nothing that pages show changed; faults may have.
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
    /// How they were parsed.
    options: Option<markdown::Options>,
    overrides: Overrides,
    is_configured: bool,
    history: git::Memo,
    theme: Option<Arc<Theme>>,
    theme_faults: Vec<Diagnostic>,
    cache: Arc<highlight::Cache>,
    /// What assembling worked out of single notes.
    memo: site::Memo,
    /// What an earlier run left.
    known: Option<Box<dyn Known>>,
    /// That of the last update.
    config: Option<Config>,
    /// The last good state, and what it was made of.
    good: Option<(Arc<World>, Inputs)>,
    /// Notes that could not be read from the start: what was published without them still is.
    held_back: Option<BTreeSet<SourcePath>>,
    /// The faults of notes that cannot be read any more.
    broken: Vec<Diagnostic>,
    /// The last change, where it had errors.
    failed: Option<Failed>,
    /// What reading, parsing and assembling said.
    said: Vec<Diagnostic>,
    /// What making the pages said, when they were made last.
    rendered: Vec<Diagnostic>,
    /// The same for the last good state.
    good_rendered: Vec<Diagnostic>,
}

impl Preview {
    /// Nothing yet; `cache` holds the code that earlier builds highlighted.
    #[must_use]
    pub fn new(cache: highlight::Cache) -> Self {
        Self { cache: Arc::new(cache), memo: site::Memo::keeping(), ..Self::default() }
    }

    /// The same, and an earlier run left this.
    #[must_use]
    pub fn knowing(cache: highlight::Cache, known: Option<Box<dyn Known>>) -> Self {
        Self { known, ..Self::new(cache) }
    }

    /// Keeps the notes as they were parsed, for the next run.
    pub fn keep(&mut self) {
        if let Some(mut known) = self.known.take() {
            known.keep(&self.memo);
        }
    }

    /// The last good state.
    #[must_use]
    pub fn world(&self) -> Option<&Arc<World>> {
        self.good.as_ref().map(|(world, _)| world)
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

    /// The faults that pages are told: those that would keep the site from being published, and those of notes that could be read before.
    #[must_use]
    pub fn blocking(&self) -> Vec<Diagnostic> {
        let config = self.config();
        let is_told = |fault: &Diagnostic| config.severity(fault.code) == Severity::Error || self.broken.contains(fault);
        self.diagnostics().into_iter().filter(is_told).collect()
    }

    /// Whether something older is shown than what the files say.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.broken.is_empty() || self.said.iter().chain(&self.rendered).any(|fault| self.is_error(fault))
    }

    /// Reads what changed and works out the next state.
    pub fn update(&mut self, place: &Place, changes: &Changes) -> Update {
        let was_faulty = self.said.iter().chain(&self.rendered).any(|fault| self.is_error(fault));
        self.config = Some(place.config.clone());
        self.said = place.diagnostics.clone();
        if !place.content.is_dir() {
            return Update::Faulty;
        }
        let reading = self.files.read(place.folder(), &place.real, changes);
        self.said.extend(reading.found);
        let theme = self.read_theme(place, changes);
        self.said.extend(self.theme_faults.iter().cloned());
        let (notes, held_back) =
            self.parse(&reading.tree.notes, markdown::Options { untrusted: place.config.untrusted, ..Default::default() });
        let wanted = include::wanted(&Rules::of(&place.config), &notes, &reading.tree.attachments);
        let texts = disk::read_texts(place.folder(), wanted);
        let (history, fault) = if place.config.git { self.history.read(&place.content) } else { Default::default() };
        self.said.extend(fault);
        let mut inputs = Inputs {
            config: place.config.clone(),
            name: place.name.clone(),
            notes,
            held_back,
            attachments: reading.tree.attachments,
            texts,
            history,
            theme,
            overrides: self.overrides.clone(),
            faults: Vec::new(),
        };
        let (mut same_theme, mut only_styles, mut same_config) = (false, false, false);
        if let Some((good, of_good)) = &self.good {
            let same_notes = inputs.has_notes_of(of_good);
            same_theme = inputs.has_theme_of(of_good);
            only_styles = same_notes && styles_alone(&of_good.overrides, &inputs.overrides);
            same_config = inputs.config == of_good.config;
            if same_notes && same_theme {
                self.failed = None;
                self.said.extend(of_good.faults.iter().cloned());
                // What was wrong with a change that was taken back is wrong no more.
                if was_faulty {
                    self.rendered.clone_from(&self.good_rendered);
                }
                let is_touched = good.site.attachments.iter().any(|(path, _)| reading.touched.contains(path));
                return if is_touched { Update::Next { world: Arc::clone(good), checked: true } } else { Update::Same };
            }
        }
        if let Some(failed) = &self.failed
            && failed.before == self.said
            && inputs.has_notes_of(&failed.inputs)
            && inputs.has_theme_of(&failed.inputs)
        {
            self.said.clone_from(&failed.said);
            return Update::Same;
        }
        let said = self.said.clone();
        let origin =
            Origin { name: &inputs.name, held_back: &inputs.held_back, texts: Some(&inputs.texts), history: Some(&inputs.history) };
        if self.memo.site().is_none()
            && let Some(memo) = self.known.as_mut().and_then(|known| known.memo(origin, &inputs.config, &inputs.attachments))
        {
            self.memo = memo;
        }
        let (site, mut faults) = site::assemble_again(
            Scope::Published,
            &mut self.memo,
            origin,
            inputs.config.clone(),
            inputs.notes.clone(),
            &inputs.attachments,
        );
        faults.extend(disk::check_attachments(place.folder(), &site.attachments));
        let before = self.good.as_ref().map(|(world, _)| &**world);
        let (theme, cache) = (Arc::clone(&inputs.theme), Arc::clone(&self.cache));
        let world = Arc::new(World::new(site, self.memo.outline(), theme, cache, place.real.clone(), before));
        if !before.is_some_and(|before| world.has_addresses_of(before)) {
            faults.extend(world.collision());
        }
        self.said.extend(faults.iter().cloned());
        inputs.faults = faults;
        if self.said.iter().any(|fault| self.is_error(fault)) {
            self.failed = Some(Failed { inputs, before: said, said: self.said.clone() });
            return Update::Faulty;
        }
        // A template can fail on any page, so all are made before another theme is shown. After a change of notes they are made behind it.
        let is_checked = self.good.is_some() && ((!same_theme && !only_styles) || !same_config || was_faulty);
        if is_checked {
            self.rendered = world.check(&mut CheckMemo::default(), &|| false).unwrap_or_default();
            self.cache = Arc::new(world.cache.successor());
            if self.rendered.iter().any(|fault| self.is_error(fault)) {
                self.failed = Some(Failed { inputs, before: said, said: self.said.clone() });
                return Update::Faulty;
            }
            self.good_rendered.clone_from(&self.rendered);
        }
        self.failed = None;
        self.good = Some((Arc::clone(&world), inputs));
        if only_styles { Update::Styles(world) } else { Update::Next { world, checked: is_checked } }
    }

    /// Takes what making all pages of a state said. False when there are errors: then `before` is the state to show.
    pub fn checked(&mut self, world: &Arc<World>, faults: Vec<Diagnostic>, before: Option<&Arc<World>>) -> bool {
        self.rendered = faults;
        self.cache = Arc::new(world.cache.successor());
        let is_good = !self.rendered.iter().any(|fault| self.is_error(fault));
        if is_good {
            self.good_rendered.clone_from(&self.rendered);
        } else if let (Some(before), Some((good, inputs))) = (before, &mut self.good) {
            *good = Arc::clone(before);
            // They are those of the state that failed: no other must be taken for it.
            inputs.notes.clear();
        }
        is_good
    }

    /// Whether a fault keeps a state from being shown. What the configuration alone counts as an error, such as a broken link, leaves a page that can be shown.
    fn is_error(&self, fault: &Diagnostic) -> bool {
        let severity = self.config.as_ref().map(|config| config.severity(fault.code));
        severity == Some(Severity::Error) && fault.code.default_severity() == Severity::Error
    }

    /// The theme. Reads the site's own templates and static files where they may have changed.
    fn read_theme(&mut self, place: &Place, changes: &Changes) -> Arc<Theme> {
        let root = std::fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone());
        let folders = ["templates", "static"].map(|folder| root.join(folder));
        let is_named = changes.paths.iter().any(|path| *path == root || folders.iter().any(|folder| path.starts_with(folder)));
        let was_configured = std::mem::replace(&mut self.is_configured, place.is_configured);
        if let Some(theme) = &self.theme
            && !(changes.all || is_named || was_configured != place.is_configured)
        {
            return Arc::clone(theme);
        }
        let (overrides, mut found) =
            if place.is_configured { disk::read_overrides(&place.root) } else { (Overrides::default(), Vec::new()) };
        if let Some(theme) = &self.theme
            && self.overrides.templates == overrides.templates
            && self.overrides.statics == overrides.statics
        {
            return Arc::clone(theme);
        }
        self.overrides = overrides.clone();
        let (theme, faults) = Theme::new(overrides);
        found.extend(faults);
        self.theme_faults = found;
        let theme = Arc::new(theme);
        self.theme = Some(Arc::clone(&theme));
        theme
    }

    /// Parses the notes whose text changed. A note that cannot be read any more stays as it was when it could.
    fn parse(&mut self, sources: &[SourceFile], options: markdown::Options) -> (Vec<Arc<Note>>, Vec<SourcePath>) {
        self.broken.clear();
        // What was parsed under other rules counts no more, nor does what could be read then: untrusted notes must not show what trusted ones may.
        let before = self.options.replace(options);
        if before.is_some_and(|before| before != options) {
            self.notes.clear();
            self.held_back = None;
        }
        if before.is_none()
            && let Some(known) = &mut self.known
        {
            for (source, (note, faults)) in sources.iter().zip(known.parse(sources, options)) {
                let parsed = Parsed { source: source.clone(), good: note.clone(), note, faults };
                self.notes.insert(source.path.clone(), parsed);
            }
        }
        // The notes of files that are gone go with them.
        let mut known = std::mem::take(&mut self.notes);
        let parsed = Parsed::again(&mut known, sources.to_vec(), options);
        let (mut notes, mut held_back) = (Vec::with_capacity(parsed.len()), Vec::new());
        for (one, _) in parsed {
            match one.note.as_ref().or(one.good.as_ref()) {
                Some(note) => notes.push(Arc::clone(note)),
                None => held_back.push(one.source.path.clone()),
            }
            self.said.extend(one.faults.iter().cloned());
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

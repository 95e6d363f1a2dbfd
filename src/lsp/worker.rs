//! SHELL: assembles states on a thread of its own, so that typing never waits for it, and checks pages behind it.
//!
//! In: [`Inputs`], of which the newest counts. Out: [`Made`]. First the state, for the questions that wait for it; then its faults, those of the pages that
//! changed included; then page by page those of all others, for as long as nothing newer comes.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::state::State;
use super::workspace::Inputs;
use crate::diagnostic::Diagnostic;
use crate::note::LinkKind;
use crate::path::{SourcePath, UrlPath};
use crate::render::{Plan, highlight};
use crate::site::privacy::Rules;
use crate::site::{self, Memo, Origin, PageId, Scope, Site, Target};
use crate::source::disk::{self, Folder};
use crate::theme::{Overrides, Theme};

/// So many pages are checked before it is looked whether something newer came.
const CHUNK: usize = 32;

/// What the worker made of the inputs with a number.
#[derive(Debug)]
pub(super) enum Made {
    /// The state.
    State(u64, Arc<State>),
    /// Everything that is wrong, as far as it is known.
    Faults(u64, Vec<Diagnostic>),
    /// Nothing: it failed on them.
    Nothing(u64),
}

/// The inputs that nobody took yet.
#[derive(Debug, Default)]
pub(super) struct Queue {
    slot: Mutex<(Option<Job>, bool)>,
    changed: Condvar,
}

/// What to make.
#[derive(Debug)]
pub(super) struct Job {
    /// The number of these inputs.
    pub(super) number: u64,
    /// The inputs.
    pub(super) inputs: Inputs,
    /// Whether the site's own templates or static files may have changed.
    pub(super) has_new_theme: bool,
}

impl Queue {
    /// Gives the newest inputs. Those that nobody took are forgotten, but for what changed with them.
    pub(super) fn give(&self, mut job: Job) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(older) = slot.0.take() {
            job.inputs.changed.extend(older.inputs.changed);
            job.has_new_theme |= older.has_new_theme;
        }
        slot.0 = Some(job);
        self.changed.notify_all();
    }

    /// Ends the worker.
    pub(super) fn stop(&self) {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.changed.notify_all();
    }

    fn take(&self) -> Option<Job> {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let mut slot = self.changed.wait_while(slot, |slot| slot.0.is_none() && !slot.1).unwrap_or_else(PoisonError::into_inner);
        if slot.1 { None } else { slot.0.take() }
    }

    fn has_more(&self) -> bool {
        let slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.0.is_some() || slot.1
    }

    /// Makes what is given until it is told to stop.
    pub(super) fn run(&self, cache: &highlight::Cache, tell: &dyn Fn(Made)) {
        let mut worker =
            Worker { cache, memo: Memo::default(), memo_of_all: Memo::default(), theme: None, pages: Pages::default(), files: None };
        while let Some(job) = self.take() {
            let number = job.number;
            let made = catch_unwind(AssertUnwindSafe(|| worker.make(job, tell, &|| self.has_more())));
            if made.is_err() {
                // A fault of ours, of which the log has more. What is typed next may do.
                tell(Made::Nothing(number));
            }
        }
    }
}

/// Attachments with their addresses, and what is wrong with them.
type Files = (Vec<(SourcePath, UrlPath)>, Vec<Diagnostic>);

struct Worker<'a> {
    cache: &'a highlight::Cache,
    memo: Memo,
    memo_of_all: Memo,
    theme: Option<(Theme, Vec<Diagnostic>)>,
    pages: Pages,
    /// The attachments that were looked at last, and what was wrong with them.
    files: Option<Files>,
}

/// The faults that only making pages shows.
#[derive(Default)]
struct Pages {
    /// The notes whose pages are still to be made.
    waiting: BTreeSet<SourcePath>,
    /// Whether those of all notes were put there.
    is_begun: bool,
    faults: Vec<Diagnostic>,
}

impl Worker<'_> {
    fn make(&mut self, job: Job, tell: &dyn Fn(Made), has_more: &dyn Fn() -> bool) {
        let Job { number, inputs, has_new_theme } = job;
        let mut config = inputs.config.clone();
        // They are shown on pages only.
        config.mentions = false;
        let origin = Origin { name: &inputs.name, held_back: &inputs.held_back, texts: Some(&inputs.texts), history: None };
        let (site, mut faults) =
            site::assemble_again(Scope::Published, &mut self.memo, origin, config.clone(), inputs.notes.clone(), &inputs.attachments);
        let rules = Rules::of(&config);
        let is_private = |path: &SourcePath| rules.file(path).is_some();
        let is_whole = inputs.held_back.is_empty()
            && site.pages.len() == inputs.notes.len()
            && !inputs.attachments.iter().any(|attachment| is_private(&attachment.path));
        let (state, published) = if is_whole {
            (Arc::new(State::new(site, inputs.attachments.clone(), Vec::new())), None)
        } else {
            let older: BTreeSet<&SourcePath> = inputs.older.iter().map(|note| &note.path).collect();
            let unknown: Vec<SourcePath> = inputs.held_back.iter().filter(|path| !older.contains(path)).cloned().collect();
            let notes = inputs.notes.iter().chain(&inputs.older).cloned().collect();
            let origin = Origin { held_back: &unknown, ..origin };
            let (all, said) =
                site::assemble_again(Scope::Everything, &mut self.memo_of_all, origin, config.clone(), notes, &inputs.attachments);
            faults.extend(of_open_private_notes(&all, &site, &inputs, said));
            (Arc::new(State::new(all, inputs.attachments.clone(), unknown)), Some(site))
        };
        tell(Made::State(number, Arc::clone(&state)));
        let site = published.as_ref().unwrap_or(&state.site);
        faults.extend(inputs.faults.iter().cloned());
        faults.extend(self.files(site, &inputs));
        if has_new_theme || self.theme.is_none() {
            let (overrides, mut said) =
                if inputs.place.is_configured { disk::read_overrides(&inputs.place.root) } else { (Overrides::default(), Vec::new()) };
            let (theme, more) = Theme::new(overrides);
            said.extend(more);
            self.theme = Some((theme, said));
            self.pages.is_begun = false;
        }
        let Some((theme, of_theme)) = &self.theme else { return };
        faults.extend(of_theme.iter().cloned());
        let was_clean = self.pages.settle(site, &inputs);
        if self.pages.is_begun {
            // What only making the pages shows comes a moment later, unless it would go away for that moment.
            if was_clean {
                tell(Made::Faults(number, with(&faults, &self.pages.faults)));
            }
            if has_more() {
                self.pages.waiting.extend(inputs.changed);
                return;
            }
            let plan = Plan::new(site, theme);
            let mut first: Vec<SourcePath> = embedding(site, &inputs.changed).into_iter().collect();
            let later = first.split_off(first.len().min(CHUNK * 2));
            self.pages.waiting.extend(later);
            self.pages.check(&plan, site, theme, self.cache, &first);
            tell(Made::Faults(number, with(&faults, &self.pages.faults)));
            self.rest(number, &plan, site, &faults, tell, has_more);
        } else {
            tell(Made::Faults(number, with(&faults, &self.pages.faults)));
            self.pages.is_begun = true;
            self.pages.waiting.extend(site.pages.iter().map(|page| page.note.path.clone()));
            if has_more() {
                return;
            }
            let plan = Plan::new(site, theme);
            self.rest(number, &plan, site, &faults, tell, has_more);
        }
    }

    /// Checks the pages that are waiting.
    fn rest(&mut self, number: u64, plan: &Plan, site: &Site, faults: &[Diagnostic], tell: &dyn Fn(Made), has_more: &dyn Fn() -> bool) {
        let Some((theme, _)) = &self.theme else { return };
        if self.pages.waiting.is_empty() {
            return;
        }
        while !self.pages.waiting.is_empty() && !has_more() {
            let chunk: Vec<SourcePath> = self.pages.waiting.iter().take(CHUNK).cloned().collect();
            self.pages.check(plan, site, theme, self.cache, &chunk);
        }
        tell(Made::Faults(number, with(faults, &self.pages.faults)));
    }

    /// The attachments that cannot be read. They are looked at only when there are others.
    fn files(&mut self, site: &Site, inputs: &Inputs) -> Vec<Diagnostic> {
        if let Some((known, said)) = &self.files
            && *known == site.attachments
        {
            return said.clone();
        }
        let place = &inputs.place;
        let folder = Folder { path: &place.content, prefix: &place.prefix, exclude: &place.config.exclude, output: Some(&place.output) };
        let said = disk::check_attachments(folder, &site.attachments);
        self.files = Some((site.attachments.clone(), said.clone()));
        said
    }
}

impl Pages {
    /// Forgets what was told of notes that changed or are gone. True when there was nothing of the kind.
    fn settle(&mut self, site: &Site, inputs: &Inputs) -> bool {
        let before = self.faults.len();
        let prefix = &inputs.place.prefix;
        let note_of = |name: &str| name.strip_prefix(prefix.as_str()).and_then(SourcePath::new);
        let is_current = |path: &SourcePath| {
            let is_there = site.pages.binary_search_by(|page| page.note.path.cmp(path)).is_ok();
            is_there && !inputs.changed.contains(path)
        };
        self.faults.retain(|fault| fault.file.as_ref().and_then(|file| note_of(&file.path)).is_none_or(|path| is_current(&path)));
        self.faults.len() == before
    }

    fn check(&mut self, plan: &Plan, site: &Site, theme: &Theme, cache: &highlight::Cache, notes: &[SourcePath]) {
        let ids: Vec<PageId> = notes.iter().filter_map(|path| page(site, path)).collect();
        let names: BTreeSet<&str> = ids.iter().map(|id| &*site.pages[id.0 as usize].note.file.path).collect();
        self.faults.retain(|fault| fault.file.as_ref().is_none_or(|file| !names.contains(&*file.path)));
        self.faults.extend(plan.check_notes(site, theme, cache, &ids));
        self.faults.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.faults.dedup();
        for path in notes {
            self.waiting.remove(path);
        }
    }
}

fn with(faults: &[Diagnostic], of_pages: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = faults.iter().chain(of_pages).cloned().collect();
    all.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    all.dedup();
    all
}

fn page(site: &Site, path: &SourcePath) -> Option<PageId> {
    let at = site.pages.binary_search_by(|page| page.note.path.cmp(path)).ok()?;
    u32::try_from(at).ok().map(PageId)
}

/// What is wrong in notes that are open and not published: whoever writes a draft wants to know, though no check of the site tells.
fn of_open_private_notes(all: &Site, published: &Site, inputs: &Inputs, said: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_private = |path: &&SourcePath| page(published, path).is_none() && !inputs.held_back.contains(path);
    let open: BTreeSet<&str> = inputs
        .open
        .iter()
        .filter(is_private)
        .filter_map(|path| page(all, path))
        .map(|id| &*all.pages[id.0 as usize].note.file.path)
        .collect();
    let is_open = |fault: &Diagnostic| fault.span.is_some() && fault.file.as_ref().is_some_and(|file| open.contains(&*file.path));
    said.into_iter().filter(is_open).collect()
}

/// These notes and all that embed one of them, directly or by way of others.
fn embedding(site: &Site, changed: &BTreeSet<SourcePath>) -> BTreeSet<SourcePath> {
    let mut found: BTreeSet<PageId> = changed.iter().filter_map(|path| page(site, path)).collect();
    loop {
        let before = found.len();
        for (id, page) in (0..).map(PageId).zip(&site.pages) {
            let embeds = page.note.links.iter().zip(&page.links).any(|(link, target)| match target {
                Target::Page(to, _) => matches!(link.kind, LinkKind::Embed | LinkKind::Image) && found.contains(to),
                _ => false,
            });
            if embeds {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found.into_iter().map(|id| site.pages[id.0 as usize].note.path.clone()).collect();
        }
    }
}

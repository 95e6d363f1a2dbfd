//! All phases in order, each timed: what `build` and `check` have in common.
//!
//! In: an opened site. Out: the bundle, every diagnostic, counts and times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::kept::{self, Linked};
use super::open::Opened;
use super::record::{self, Hash, Known};
use super::report::progress::Count;
use super::report::{Report, size};
use super::{Failure, cache, external};
use crate::bundle::{Artifact, Bundle, Payload};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::path::{SourcePath, UrlPath};
use crate::site::PageId;
use crate::site::privacy::{self, Reason, Rules, Verdict};
use crate::site::review;
use crate::source::SourceTree;
use crate::source::history;
use crate::theme::{Overrides, Theme};
use crate::{index, offline, render, site, source};

/// What the phases made.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The site; `None` when it has errors or could not be put together.
    pub(super) bundle: Option<Bundle>,
    /// Every fault that is not allowed, sorted.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many are errors.
    pub(super) errors: usize,
    /// How many notes were read.
    pub(super) notes: usize,
    /// How many have a page.
    pub(super) pages: usize,
    /// How many attachments are published.
    pub(super) attachments: usize,
    /// How many bytes of the site are for searching.
    pub(super) search: u64,
    /// How long each phase took.
    pub(super) times: Times,
    /// What becomes of every file, where that was asked for.
    pub(super) audit: Vec<Verdict>,
    /// How much advice there is that is not among the diagnostics, by code, where that was asked for.
    pub(super) advice: Vec<(Code, usize)>,
    /// What was found out about other sites, where that was asked for.
    pub(super) external: Option<external::Found>,
    /// What the files were made of, where that was asked for.
    pub(super) keys: Vec<(UrlPath, render::Key)>,
    /// What the next build needs of the index beside the published files, likewise.
    pub(super) index: Option<Vec<u8>>,
    /// A hash of what the repository told, likewise.
    pub(super) history: Hash,
    /// The name of the site's outline and what differs from the site that is kept under it ([`super::kept`]), likewise.
    pub(super) outline: Option<(Hash, BTreeSet<PageId>)>,
}

/// What is wanted beyond what a build needs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// What becomes of every file.
    pub(super) audit: bool,
    /// How much advice there is.
    pub(super) advice: bool,
    /// Whether other sites answer.
    pub(super) external: Option<external::Options>,
}

/// How long each phase took.
#[derive(Debug)]
pub(super) struct Times {
    start: Instant,
    /// The phases in order.
    pub(super) phases: Vec<(&'static str, Duration)>,
}

impl Default for Times {
    fn default() -> Self {
        Self::new()
    }
}

impl Times {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), phases: Vec::new() }
    }

    /// Runs a phase and notes its time.
    pub(super) fn phase<T>(&mut self, report: &mut Report, name: &'static str, work: impl FnOnce() -> T) -> T {
        self.counted(report, name, 0, |_| work())
    }

    /// The same for one that counts its work, so many pieces.
    pub(super) fn counted<T>(&mut self, report: &mut Report, name: &'static str, total: usize, work: impl FnOnce(&Count) -> T) -> T {
        let count = report.progress(name, total);
        let start = Instant::now();
        let result = work(&count);
        self.phases.push((name, start.elapsed()));
        result
    }

    /// Since the beginning.
    pub(super) fn total(&self) -> Duration {
        self.start.elapsed()
    }
}

/// What was read of a site.
#[derive(Debug)]
pub(super) struct Read {
    /// The content folder.
    pub(super) tree: SourceTree,
    /// What reading said.
    pub(super) found: Vec<Diagnostic>,
    /// What of the theme is the site's own, and what reading it said.
    pub(super) overrides: (Overrides, Vec<Diagnostic>),
    /// What the repository tells of the notes.
    pub(super) history: Told,
}

/// What the repository tells of the notes, where it is asked, and what is wrong with that.
type History = (Arc<history::History>, Option<Diagnostic>);

/// The same, while another program may still work on it.
#[derive(Debug, Default)]
pub(super) struct Told {
    work: Option<JoinHandle<History>>,
    told: History,
}

impl Told {
    /// Waits for it.
    pub(super) fn wait(&mut self) -> &History {
        if let Some(work) = self.work.take() {
            self.told = work.join().unwrap_or_default();
        }
        &self.told
    }
}

/// Reads the content folder; `None` when there is none.
pub(super) fn read(opened: &Opened, times: &mut Times, report: &mut Report) -> Result<Option<Read>, Failure> {
    if !opened.content.is_dir() {
        return Ok(None);
    }
    let history = opened.config.git.then(|| {
        let folder = opened.content.clone();
        std::thread::spawn(move || source::git::read(&folder))
    });
    let (tree, found) = times.phase(report, "read", || source::disk::read(opened.folder()));
    if tree.notes.is_empty() && found.is_empty() {
        return Err(no_notes(&opened.content));
    }
    let overrides = if opened.is_configured { source::disk::read_overrides(&opened.root) } else { Default::default() };
    Ok(Some(Read { tree, found, overrides, history: Told { work: history, told: History::default() } }))
}

/// Runs every phase but publishing.
pub(super) fn run(opened: &Opened, wanted: Wanted, report: &mut Report) -> Result<Built, Failure> {
    let mut times = Times::new();
    let read = read(opened, &mut times, report)?;
    Ok(build(opened, read, times, wanted, None, report))
}

/// Runs every phase behind reading, but publishing. `known`: what is published and may be kept; `None` where all files shall be made.
pub(super) fn build(
    opened: &Opened,
    read: Option<Read>,
    mut times: Times,
    wanted: Wanted,
    known: Option<Known>,
    report: &mut Report,
) -> Built {
    let mut found = opened.diagnostics.clone();
    let config = &opened.config;
    let Some(mut read) = read else {
        return finish(None, found, opened, (0, 0, 0), times, Vec::new());
    };
    let notes_read = read.tree.notes.len();
    found.append(&mut read.found);

    let mut held_back = Vec::new();
    let (notes, memo, kept) = times.counted(report, "parse", notes_read, |count| {
        let options = opened.markdown();
        let sources = &read.tree.notes;
        let parse = || kept::parse(known.as_ref().map(Known::notes), (sources, &opened.prefix), options, || count.add());
        // Unpacking the last index depends on nothing of this.
        let ((parsed, kept), memo) = rayon::join(parse, || known.as_ref().and_then(Known::index));
        let mut notes = Vec::with_capacity(parsed.len());
        for (source, (note, diagnostics)) in sources.iter().zip(parsed) {
            match note {
                Some(note) => notes.push(note),
                None => held_back.push(source.path.clone()),
            }
            found.extend(diagnostics);
        }
        (notes, memo, kept)
    });

    let private: Vec<(SourcePath, Reason)> = if wanted.audit {
        let rules = Rules::of(config);
        let unreadable = held_back.iter().map(|path| (path.clone(), rules.file(path).unwrap_or(Reason::Unreadable)));
        let held_back = notes.iter().filter_map(|note| Some((note.path.clone(), rules.note(note)?)));
        unreadable.chain(held_back).collect()
    } else {
        Vec::new()
    };
    // Another program worked on this meanwhile.
    times.phase(report, "history", || read.history.wait().1.is_some());
    let history_hash = known.as_ref().map(|_| record::history(&mut read)).unwrap_or_default();
    let Read { tree, overrides, mut history, .. } = read;
    let (history, fault) = history.wait().clone();
    let name = opened.places.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let included = site::include::wanted(&Rules::of(config), &notes, &tree.attachments);
    let texts = source::disk::read_texts(opened.folder(), included);
    found.extend(fault);
    let origin = site::Origin { name: &name, held_back: &held_back, texts: Some(&texts), history: Some(&history) };
    let (site, diagnostics, linked) = times.phase(report, "link", || match &kept {
        Some(kept) => kept.assemble(origin, config.clone(), notes, &tree.attachments),
        None => {
            let (site, diagnostics) = site::assemble_from(origin, config.clone(), notes, &tree.attachments);
            (site, diagnostics, Linked::default())
        }
    });
    let audit = if wanted.audit { privacy::audit(&site, private, &tree.attachments) } else { Vec::new() };
    let sizes: BTreeMap<SourcePath, u64> = tree.attachments.iter().map(|file| (file.path.clone(), file.size)).collect();
    drop(tree);
    found.extend(diagnostics);
    found.extend(source::disk::check_attachments(opened.folder(), &site.attachments));

    let (render::Made { mut artifacts, diagnostics, keys }, indexed, theme_faults, outline) =
        times.counted(report, "render", site.pages.len(), |count| {
            let (overrides, mut found) = overrides;
            let (theme, diagnostics) = Theme::new(overrides);
            found.extend(diagnostics);
            let cache = cache::load(&opened.places.root);
            let counted = |url: &UrlPath| {
                if url.as_str().ends_with(".html") {
                    count.add();
                }
            };
            let touched = known.as_ref().and_then(|known| known.touched(&linked));
            let published = |url: &UrlPath, key| known.as_ref().and_then(|known| known.published(url, key));
            let last = render::Last {
                key: &|url| known.as_ref().and_then(|known| known.key(url)),
                outline: linked.name,
                touched: touched.as_ref(),
            };
            let make = || render::Plan::new(&site, &theme).make_again(&site, &theme, &cache.blocks, &last, &published, &counted);
            // Little is made behind a last build, so there is memory for the index at the same time. Each has parts that keep one processor busy.
            let both = || match memo {
                Some(memo) => {
                    let kept = |url: &UrlPath| known.as_ref().and_then(|known| known.kept(url));
                    let (made, indexed) = rayon::join(make, || index::index_and_save(&site, memo, &kept));
                    (made, Some(indexed))
                }
                None => (make(), None),
            };
            let ((made, indexed), outline) = rayon::join(both, || kept.and_then(|kept| kept.save(linked)));
            cache.save();
            (made, indexed, found, outline)
        });
    found.extend(theme_faults);
    found.extend(diagnostics);

    let (pack, diagnostics, saved) = times.phase(report, "index", || match (indexed, &known) {
        (Some(indexed), _) => indexed,
        (None, Some(_)) => index::index_and_save(&site, index::Memo::default(), &|_| None),
        (None, None) => {
            let (pack, diagnostics) = index::index(&site);
            (pack, diagnostics, None)
        }
    });
    found.extend(diagnostics);
    artifacts.extend(pack);
    let attachment =
        |(source, url): &(SourcePath, crate::path::UrlPath)| Artifact { path: url.clone(), payload: Payload::Attachment(source.clone()) };
    artifacts.extend(site.attachments.iter().map(attachment));
    if config.offline {
        let attachments = source::disk::fingerprints(opened.folder(), &site.attachments);
        let fingerprints = offline::Fingerprints { attachments, published: known.map(Known::fingerprints).unwrap_or_default() };
        artifacts.extend(offline::worker(&artifacts, &fingerprints));
    }

    let advice = if wanted.advice { advice(&site) } else { Vec::new() };
    let mut other_sites = wanted.external.map(|options| {
        let references = review::external(&site);
        times.counted(report, "external", references.len(), |count| external::check(&references, options, count))
    });
    if let Some(other_sites) = &mut other_sites {
        found.append(&mut other_sites.diagnostics);
    }

    let counts = (notes_read, site.pages.len(), site.attachments.len());
    // Ten thousand notes take a tenth of a second to be let go, which nobody waits for.
    rayon::spawn(move || drop(site));
    let bundle = match Bundle::new(artifacts) {
        Ok(bundle) => Some(bundle),
        Err(path) => {
            found.push(Diagnostic::site(Code::AddressCollision, format!("two files want the address `{path}`")).hint("rename one of them"));
            None
        }
    };
    let mut search = 0;
    if let Some(bundle) = &bundle {
        let sizes = bundle.sizes(|path| sizes.get(path).copied().unwrap_or_default());
        search = sizes.iter().filter(|(path, _)| path.as_str().starts_with("biji/search/")).map(|(_, size)| size).sum();
        found.extend(over_budget(&sizes, search, config.budget));
    }
    Built {
        search,
        advice,
        external: other_sites,
        keys,
        index: saved,
        history: history_hash,
        outline,
        ..finish(bundle, found, opened, counts, times, audit)
    }
}

/// How many of the largest files a report names.
const LARGEST: usize = 3;

/// Reports a site that is larger than it may be.
fn over_budget(sizes: &[(&UrlPath, u64)], search: u64, budget: usize) -> Option<Diagnostic> {
    let bytes: u64 = sizes.iter().map(|(_, size)| size).sum();
    if budget == 0 || bytes <= budget as u64 * 1_000_000 {
        return None;
    }
    let mut largest = sizes.to_vec();
    largest.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let named: Vec<String> = largest.iter().take(LARGEST).map(|(path, bytes)| format!("`{path}` ({})", size(*bytes))).collect();
    let message = format!("the site has {}, more than the {budget} MB of `budget`", size(bytes));
    let hint = format!("the search takes {}, the largest files are {}", size(search), named.join(", "));
    Some(Diagnostic::site(Code::Budget, message).hint(hint))
}

fn finish(
    bundle: Option<Bundle>,
    mut found: Vec<Diagnostic>,
    opened: &Opened,
    counts: (usize, usize, usize),
    times: Times,
    audit: Vec<Verdict>,
) -> Built {
    found.retain(|diagnostic| opened.config.severity(diagnostic.code) != Severity::Allow);
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found.dedup();
    let errors = found.iter().filter(|diagnostic| opened.config.severity(diagnostic.code) == Severity::Error).count();
    let (notes, pages, attachments) = counts;
    Built {
        bundle: bundle.filter(|_| errors == 0),
        diagnostics: found,
        errors,
        notes,
        pages,
        attachments,
        times,
        audit,
        ..Built::default()
    }
}

/// How much advice there is that nobody asked to list, the most first.
fn advice(site: &site::Site) -> Vec<(Code, usize)> {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for advice in review::review(site, |code| code.is_advice() && site.config.severity(code) == Severity::Allow) {
        // What the configuration names is settled.
        if !site.config.severity.contains_key(&advice.code) {
            *counts.entry(advice.code).or_default() += 1;
        }
    }
    let mut counts: Vec<(Code, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    counts
}

fn no_notes(content: &Path) -> Failure {
    Failure::new(format!("no notes in `{}`: no file ends with `.md` or `.markdown`", content.display()))
        .hint("name the folder of your notes: `biji build FOLDER`, or make a first one: `biji new TITLE`")
}

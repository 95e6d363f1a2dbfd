//! Links: what every reference of every page leads to.
//!
//! In: the pages, folders, redirects, attachments, and the bare knowledge that private notes exist. Out: a `Target` for each reference, the
//! attachments in use, and diagnostics. Knows nothing of HTML.
//!
//! First every reference is read by itself ([`reference`]) and looked up ([`names`]), in parallel; then anchors are checked ([`anchor`]) and
//! what is missing is reported with the nearest name ([`report`]).

pub mod anchor;
pub mod lookup;
pub mod names;
pub mod near;
pub mod reference;
pub mod report;

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use self::anchor::Anchors;
use self::lookup::{Finding, Goal, Missing};
use self::names::Names;
use self::near::Near;
use self::report::Hints;
use super::{Folder, Page, PageId, Target};
use crate::diagnostic::Diagnostic;
use crate::note::{Link, LinkKind};
use crate::path::{SourcePath, UrlPath};
use crate::source::Attachment;

/// What is known of a note that is not published: that it exists.
#[derive(Debug, Clone, Copy)]
pub struct Hidden<'a> {
    /// Where it lies.
    pub path: &'a SourcePath,
    /// Its other names.
    pub aliases: &'a [String],
    /// The addresses that it asks for.
    pub addresses: &'a [UrlPath],
}

/// Every page's targets, and the attachments that they name.
#[derive(Debug)]
pub struct Resolved {
    /// For each page what each of its links leads to.
    pub targets: Vec<Vec<Target>>,
    /// The attachments in use, sorted: what `Target::Attachment` counts.
    pub attachments: Vec<SourcePath>,
}

/// Resolves every reference of every page. Of the files, the second are in use whether a note refers to them or not.
#[must_use]
pub fn resolve(
    pages: &[Page],
    folders: &[Folder],
    redirects: &[(UrlPath, PageId)],
    hidden: &[Hidden<'_>],
    (attachments, in_use): (&[&Attachment], &[&SourcePath]),
    diagnostics: &mut Vec<Diagnostic>,
) -> Resolved {
    let names = Names::new(pages, folders, redirects, hidden, attachments);
    let findings: Vec<Vec<Finding<'_>>> =
        pages.par_iter().map(|page| page.note.links.iter().map(|link| lookup::find(&names, page, link)).collect()).collect();

    let used: Vec<SourcePath> = findings
        .iter()
        .flatten()
        .filter_map(|finding| match finding.goal {
            Goal::Attachment(path, _) => Some(path),
            _ => None,
        })
        .chain(in_use.iter().copied())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .cloned()
        .collect();
    let anchored: BTreeSet<PageId> = pages
        .iter()
        .zip(&findings)
        .flat_map(|(_, findings)| findings)
        .filter_map(|finding| match finding.goal {
            Goal::Page(page, Some(_)) => Some(page),
            _ => None,
        })
        .collect();
    let anchors: HashMap<PageId, Anchors<'_>> = anchored.into_par_iter().map(|id| (id, Anchors::of(&pages[id.0 as usize].note))).collect();

    let help = Help::new(&names, pages, &findings, &anchors);
    let settled: Vec<(Vec<Target>, Vec<Diagnostic>)> = pages
        .par_iter()
        .zip(&findings)
        .map(|(page, findings)| {
            let mut faults = Vec::new();
            let links = page.note.links.iter().zip(findings);
            let targets = links.map(|(link, finding)| settle(page, link, finding, &used, &anchors, &help, &mut faults)).collect();
            (targets, faults)
        })
        .collect();
    let mut targets = Vec::with_capacity(settled.len());
    for (page_targets, faults) in settled {
        targets.push(page_targets);
        diagnostics.extend(faults);
    }
    Resolved { targets, attachments: used }
}

/// What reports need; made only for what is broken.
struct Help<'n, 'a> {
    names: &'n Names<'a>,
    files: Option<Hints<'a>>,
    headings: HashMap<PageId, Near>,
}

impl<'n, 'a> Help<'n, 'a> {
    fn new(names: &'n Names<'a>, pages: &[Page], findings: &[Vec<Finding<'_>>], anchors: &HashMap<PageId, Anchors<'_>>) -> Self {
        let is_missing = |finding: &Finding<'_>| finding.goal == Goal::Missing(Missing::Name);
        let files = findings.par_iter().flatten().any(is_missing).then(|| Hints::new(names));
        let broken: BTreeSet<PageId> = findings
            .par_iter()
            .flatten()
            .filter_map(|finding| match finding.goal {
                Goal::Page(id, Some(fragment)) if anchors.get(&id)?.find(fragment).is_none() => Some(id),
                _ => None,
            })
            .collect();
        let headings = |id: PageId| pages[id.0 as usize].note.outline.iter().map(|heading| anchor::letters_of(&heading.text)).collect();
        Self { names, files, headings: broken.into_par_iter().map(|id| (id, Near::new(headings(id)))).collect() }
    }
}

/// Makes a target of what was found, and reports what is wrong with it.
fn settle(
    page: &Page,
    link: &Link,
    finding: &Finding<'_>,
    used: &[SourcePath],
    anchors: &HashMap<PageId, Anchors<'_>>,
    help: &Help<'_, '_>,
    faults: &mut Vec<Diagnostic>,
) -> Target {
    if !finding.candidates.first.is_empty() {
        faults.push(report::ambiguous(page, link, help.names, &finding.candidates));
    }
    if let Some(real) = &finding.other_case {
        faults.push(report::other_case(page, link, real));
    }
    if finding.leaves {
        faults.push(report::leaves(page, link));
    }
    match &finding.goal {
        Goal::External(address) => Target::External(address.clone().into_owned()),
        Goal::Page(id, None) => Target::Page(*id, None),
        Goal::Page(id, Some(fragment)) => {
            let found = anchors.get(id).and_then(|anchors| anchors.find(fragment));
            if found.is_none() {
                faults.push(report::anchor(page, link, help.names.page(*id), fragment, help.headings.get(id)));
                if link.kind == LinkKind::Embed {
                    // The whole note is not what was asked for.
                    return Target::Broken;
                }
            }
            Target::Page(*id, found.flatten())
        }
        Goal::Folder(id) => Target::Folder(*id),
        Goal::Attachment(path, suffix) => match used.binary_search(path) {
            Ok(at) => Target::Attachment(u32::try_from(at).unwrap_or(u32::MAX), (*suffix).to_owned()),
            Err(_) => Target::Broken,
        },
        Goal::Private => {
            faults.push(report::private(page, link));
            Target::Private
        }
        Goal::Refused(scheme) => {
            faults.push(report::refused(page, link, scheme));
            Target::Refused
        }
        Goal::Missing(missing) => {
            faults.push(report::missing(page, link, *missing, help.files.as_ref()));
            Target::Broken
        }
    }
}

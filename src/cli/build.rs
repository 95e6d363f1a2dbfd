//! `biji build`: every phase, then publishing, when no fault is an error.

use super::arguments::Build;
use super::open::open;
use super::report::{Report, Summary};
use super::{Failure, Outcome, pipeline};
use crate::publish::disk::{self, Options};

/// Builds and publishes the site.
pub(super) fn run(command: &Build, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&command.site)?;
    report.root(&opened.root);
    // Refuse before the work, not after it.
    disk::check(&opened.places)?;
    let mut built = pipeline::run(&opened, pipeline::Wanted::default(), report)?;
    report.diagnostics(&built.diagnostics, &opened.config);
    let mut summary = Summary::of(&built, &opened.output, command.timings);
    let Some(bundle) = built.bundle.take() else {
        report.not_published(&summary, &built.times);
        return Ok(Outcome::Faults);
    };
    let waiting = std::sync::atomic::AtomicBool::new(false);
    let step = |name: &str| {
        if name == "waiting" && !waiting.swap(true, std::sync::atomic::Ordering::Relaxed) {
            super::report::note("another build is publishing to this folder; waiting for it");
        }
        true
    };
    let options = Options { step: &step, ..Options::default() };
    summary.published = Some(built.times.phase(report, "publish", || disk::publish(&bundle, &opened.places, &options))?);
    report.published(&summary, &built.times);
    if let Some(comments) = &opened.config.comments {
        report.policy(&crate::render::policy(Some(comments)), opened.config.headers);
    }
    Ok(Outcome::Clean)
}

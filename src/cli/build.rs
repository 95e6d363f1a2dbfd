//! `biji build`: every phase, then publishing, when no fault is an error.

use super::arguments::Build;
use super::open::{Opened, open};
use super::pipeline::{self, Times};
use super::record::{self, Record};
use super::report::{Report, Summary};
use super::{Failure, Outcome};
use crate::publish::disk::{self, Options};

/// Builds and publishes the site.
pub(super) fn run(command: &Build, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&command.site)?;
    report.root(&opened.root);
    // Refuse before the work, not after it.
    disk::check(&opened.places)?;
    let mut times = Times::new();
    let read = pipeline::read(&opened, &mut times, report)?;
    let record = times.phase(report, "compare", || {
        let read = read.as_ref()?;
        let record = Record::of(&opened, read)?;
        let unchanged = record.unchanged(&opened, read);
        Some((record, record::files(&opened, read), unchanged))
    });
    if let Some((_, _, Some((built, published)))) = record {
        report.diagnostics(&built.diagnostics, &opened.config);
        let mut summary = Summary::of(&built, &opened.output, command.timings);
        summary.published = Some(published);
        report.published(&summary, &times);
        tell_policy(&opened, report);
        return Ok(Outcome::Clean);
    }
    let mut built = pipeline::build(&opened, read, times, pipeline::Wanted::default(), report);
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
    tell_policy(&opened, report);
    if let Some((record, files, _)) = record {
        record.save(&opened, &files, &built);
    }
    Ok(Outcome::Clean)
}

/// Says what the host of the site must allow, where that is not told to it in a file.
fn tell_policy(opened: &Opened, report: &mut Report) {
    if let Some(comments) = &opened.config.comments {
        report.policy(&crate::render::policy(Some(comments)), opened.config.headers);
    }
}

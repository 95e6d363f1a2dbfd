//! `biji build`: every phase, then publishing, when no fault is an error.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::arguments::Build;
use super::open::{Opened, open};
use super::pipeline::{self, Times};
use super::record::{self, Output, Record};
use super::report::{Report, Summary};
use super::{Failure, Outcome};
use crate::publish::PublishError;
use crate::publish::disk::{self as publish, Options};

/// Builds and publishes the site.
pub(super) fn run(command: &Build, report: &mut Report) -> Result<Outcome, Failure> {
    match attempt(command, true, report)? {
        Some(outcome) => Ok(outcome),
        None => Ok(attempt(command, false, report)?.unwrap_or(Outcome::Faults)),
    }
}

/// Builds once. `None` when what was to be kept of the last build was changed meanwhile: then all is made again.
fn attempt(command: &Build, keep: bool, report: &mut Report) -> Result<Option<Outcome>, Failure> {
    let opened = open(&command.site)?;
    report.root(&opened.root);
    // Refuse before the work, not after it.
    publish::check(&opened.places)?;
    let mut times = Times::new();
    let mut read = pipeline::read(&opened, &mut times, report)?;
    let record = times.phase(report, "compare", || {
        let read = read.as_mut().filter(|_| keep)?;
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
        return Ok(Some(Outcome::Clean));
    }
    let known = record.as_ref().map(|(record, ..)| record.known(&opened));
    let mut built = pipeline::build(&opened, read, times, pipeline::Wanted::default(), known, report);
    report.diagnostics(&built.diagnostics, &opened.config);
    let mut summary = Summary::of(&built, &opened.output, command.timings);
    let Some(bundle) = built.bundle.take() else {
        report.not_published(&summary, &built.times);
        return Ok(Some(Outcome::Faults));
    };
    let output = Mutex::new(None);
    let waiting = AtomicBool::new(false);
    let step = |name: &str| {
        if name == "waiting" && !waiting.swap(true, Ordering::Relaxed) {
            super::report::note("another build is publishing to this folder; waiting for it");
        }
        true
    };
    let left = |left| *output.lock().unwrap_or_else(PoisonError::into_inner) = Some(Output::from(left));
    let seen = |path: &str| record.as_ref().and_then(|(record, ..)| record.seen(path));
    let options = Options { step: &step, seen: &seen, left: record.is_some().then_some(&left), ..Options::default() };
    let published = match built.times.phase(report, "publish", || publish::publish(&bundle, &opened.places, &options)) {
        Err(PublishError::Changed(path)) if keep => {
            let path = path.display();
            super::report::note(&format!("`{path}` was changed while the site was built; building all of it again"));
            return Ok(None);
        }
        other => other?,
    };
    summary.published = Some(published);
    report.published(&summary, &built.times);
    tell_policy(&opened, report);
    let output = output.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let (Some((record, files, _)), Some(output)) = (record, output) {
        record.save(&files, &built, output);
    }
    Ok(Some(Outcome::Clean))
}

/// Says what the host of the site must allow, where that is not told to it in a file.
fn tell_policy(opened: &Opened, report: &mut Report) {
    if let Some(comments) = &opened.config.comments {
        report.policy(&crate::render::policy(Some(comments)), opened.config.headers);
    }
}

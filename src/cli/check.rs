//! `biji check`: everything that build would report, and nothing written.

use super::arguments::Check;
use super::open::open;
use super::report::{Report, Summary};
use super::{Failure, Outcome, pipeline};

/// Checks the site.
pub(super) fn run(command: &Check, report: &mut Report) -> Result<Outcome, Failure> {
    let opened = open(&command.site)?;
    let built = pipeline::run(&opened, command.audit, report)?;
    report.diagnostics(&built.diagnostics, &opened.config);
    if command.audit {
        report.audit(&built.audit, &opened.prefix);
    }
    let summary = Summary::of(&built, &opened.output, command.timings);
    report.checked(&summary, &built.times);
    Ok(if built.errors == 0 { Outcome::Clean } else { Outcome::Faults })
}

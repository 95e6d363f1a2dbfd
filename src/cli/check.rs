//! `biji check`: everything that build would report, advice, whether other sites still answer; and nothing written.

use std::time::Duration;

use super::arguments::Check;
use super::open::open;
use super::pipeline::Wanted;
use super::report::{Report, Summary};
use super::{Failure, Outcome, external, pipeline};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Checks the site.
pub(super) fn run(command: &Check, report: &mut Report) -> Result<Outcome, Failure> {
    let mut opened = open(&command.site)?;
    report.root(&opened.root);
    opened.config.advice = command.advice;
    let options = external::Options { max_age: DAY * command.max_age, timeout: Duration::from_secs(command.timeout.into()) };
    let wanted = Wanted { audit: command.audit, advice: !command.advice, external: command.external.then_some(options) };
    let built = pipeline::run(&opened, wanted, report)?;
    report.diagnostics(&built.diagnostics, &opened.config);
    if command.audit {
        report.audit(&built.audit, &opened.prefix);
    }
    report.checked(&Summary::of(&built, &opened.output, command.timings), &built.times);
    Ok(if built.errors == 0 { Outcome::Clean } else { Outcome::Faults })
}

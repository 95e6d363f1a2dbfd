//! `biji check --external`: whether the addresses of other sites still answer. The only thing of Biji that opens connections to other hosts, and only
//! when asked to.
//!
//! In: addresses and the places that lead there. Out: a diagnostic for every place whose address does not answer. Polite: one request at a time to a
//! host and a pause behind it, no body read, what answered lately not asked again.

mod cache;
mod request;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::report::progress::Count;
use crate::diagnostic::{Code, Diagnostic};
use crate::site::review::Reference;
use cache::Known;
use request::{Agent, Answer};

/// So many hosts are asked at the same time.
const HOSTS: usize = 16;
/// Between two requests to one host.
const PAUSE: Duration = Duration::from_millis(200);
/// After so many failures to connect in a row a host is given up.
const GIVE_UP: usize = 2;

/// How to ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// How long an address that answered is taken to answer still.
    pub(super) max_age: Duration,
    /// How long an answer may take.
    pub(super) timeout: Duration,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// A fault for every place whose address does not answer.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many addresses there are, those left out by `external_exclude` not counted.
    pub(super) addresses: usize,
    /// How many of them were asked; the others answered lately.
    pub(super) asked: usize,
    /// Addresses whose host answers, but not to programs, and what it said. Sorted.
    pub(super) unclear: Vec<(String, String)>,
}

/// Asks every address that is not excluded and not known to answer; `count` counts addresses.
pub(super) fn check(references: &[Reference], options: Options, count: &Count) -> Found {
    let mut known = Known::load(options.max_age);
    let mut hosts: BTreeMap<&str, Vec<&Reference>> = BTreeMap::new();
    let mut found = Found { addresses: references.len(), ..Found::default() };
    for reference in references {
        if known.has(&reference.address) {
            count.add();
        } else {
            found.asked += 1;
            hosts.entry(host(&reference.address)).or_default().push(reference);
        }
    }
    let agent = Agent::new(options.timeout);
    let threads = hosts.len().min(HOSTS);
    let queue: Mutex<VecDeque<Vec<&Reference>>> = Mutex::new(hosts.into_values().collect());
    let answers: Mutex<Vec<(&Reference, Answer)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(of_host) = next(&queue) {
                    let said = ask_host(&agent, &of_host, count);
                    answers.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by(|a, b| a.0.address.cmp(&b.0.address));
    for (reference, answer) in answers {
        match answer {
            Answer::Fine => known.add(&reference.address),
            Answer::Unclear(said) => found.unclear.push((reference.address.clone(), said)),
            Answer::Bad(said) | Answer::Unreached(said) => {
                found.diagnostics.extend(reference.places.iter().map(|(file, span)| {
                    let fault = Diagnostic::at(Code::ExternalLink, file.clone(), *span, format!("`{}` {said}", reference.address));
                    fault.hint("mend or remove the link, or leave its address out with `external_exclude` in biji.toml")
                }));
            }
        }
    }
    known.save();
    found
}

fn next<'a>(queue: &Mutex<VecDeque<Vec<&'a Reference>>>) -> Option<Vec<&'a Reference>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

/// Asks the addresses of one host, one after the other.
fn ask_host<'a>(agent: &Agent, references: &[&'a Reference], count: &Count) -> Vec<(&'a Reference, Answer)> {
    let mut answers: Vec<(&Reference, Answer)> = Vec::with_capacity(references.len());
    let mut failures = 0;
    for reference in references {
        let given_up = answers.last().filter(|_| failures >= GIVE_UP).map(|(_, answer)| answer.clone());
        let answer = given_up.unwrap_or_else(|| {
            if !answers.is_empty() {
                std::thread::sleep(PAUSE);
            }
            agent.ask(&reference.address)
        });
        failures = if matches!(answer, Answer::Unreached(_)) { failures + 1 } else { 0 };
        answers.push((reference, answer));
        count.add();
    }
    answers
}

/// What stands between `//` and the next `/`.
fn host(address: &str) -> &str {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

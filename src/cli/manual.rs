//! `biji completions` and `biji man`: what packages and shells want to know of the command line, made of its definition.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use super::arguments::{Arguments, Completions, Man};
use super::report::Report;
use super::{Failure, Outcome};
use crate::diagnostic::{nearest, reason};

/// Prints the script of a shell.
pub(super) fn completions(command: &Completions, report: &mut Report) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::command(), "biji", &mut script);
    report.text(&String::from_utf8_lossy(&script));
    Ok(Outcome::Clean)
}

/// Prints one manual page, or writes all of them.
pub(super) fn pages(command: &Man, report: &mut Report) -> Result<Outcome, Failure> {
    let all = all();
    if let Some(folder) = &command.write {
        return write(folder, &all, report);
    }
    let wanted = command.command.as_ref().map_or_else(|| "biji".to_owned(), |name| format!("biji-{name}"));
    let Some((_, page)) = all.iter().find(|(name, _)| *name == wanted) else {
        let names: Vec<&str> = all.iter().filter_map(|(name, _)| name.strip_prefix("biji-")).collect();
        let given = command.command.as_deref().unwrap_or_default();
        let hint = nearest(given, names.iter().copied())
            .map_or_else(|| format!("the commands are {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
        return Err(Failure::new(format!("no command `{given}`")).hint(hint));
    };
    report.text(page);
    Ok(Outcome::Clean)
}

fn write(folder: &Path, all: &[(String, String)], report: &mut Report) -> Result<Outcome, Failure> {
    for (name, page) in all {
        let file = folder.join(format!("{name}.1"));
        let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {}", file.display(), reason(&error)));
        fs::create_dir_all(folder).map_err(failed)?;
        fs::write(&file, page).map_err(failed)?;
    }
    report.say(&format!("{} pages written to {}", all.len(), folder.display()));
    Ok(Outcome::Clean)
}

/// The names of all pages, `biji` and one a command, and their texts in roff.
fn all() -> Vec<(String, String)> {
    let mut root = Arguments::command();
    root.build();
    let commands = root.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    let pages =
        std::iter::once(("biji".to_owned(), root.clone())).chain(commands.map(|command| (format!("biji-{}", command.get_name()), command)));
    pages.map(|(name, command)| (name.clone(), roff(name, command))).collect()
}

fn roff(name: String, command: clap::Command) -> String {
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command).title(name).source(concat!("Biji ", env!("CARGO_PKG_VERSION"))).manual("Biji").render(&mut page);
    String::from_utf8_lossy(&page).into_owned()
}

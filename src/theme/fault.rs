//! Tera's errors as diagnostics: the template's file, the place, the expression and the page.
//!
//! In: an error of Tera's and the texts of the templates. Out: diagnostics whose message is one sentence. Tera gives some errors only as a
//! printed report; those are read back.

use std::collections::{BTreeMap, BTreeSet};

use tera::{Error, ErrorKind, ReportError};

use crate::diagnostic::{Code, Diagnostic, File, nearest};
use crate::path::UrlPath;
use crate::text::Span;

/// A template that cannot be parsed.
pub(super) fn syntax(error: &Error, file: &File) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) => {
            let (message, hint) = sentence(report.message());
            with_hint(Diagnostic::at(Code::Template, file.clone(), span_of(report, file), message), hint)
        }
        other => Diagnostic::file(Code::Template, file.clone(), sentence(&other.to_string()).0),
    }
}

/// Templates that do not fit together, and the names of those to blame.
pub(super) fn assembling(error: &Error, files: &BTreeMap<String, File>) -> (Vec<Diagnostic>, BTreeSet<String>) {
    match error.kind() {
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let message = format!("the template extends itself: `{tpl}` → `{}`", inheritance_chain.join("` → `"));
            circle(tpl, "extends", message, files)
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            circle(tpl, "include", format!("the template includes itself: `{}`", include_chain.join("` → `")), files)
        }
        ErrorKind::MissingParent { current, parent } => {
            let Some(file) = files.get(current) else { return unknown(error, files) };
            let place = find(&file.text, &["extends", parent]);
            let diagnostic = Diagnostic::at(Code::Template, file.clone(), place, format!("no template `{parent}` to extend"));
            (vec![with_hint(diagnostic, meant(parent, files))], BTreeSet::from([current.clone()]))
        }
        ErrorKind::SyntaxError(report) => {
            let Some(file) = files.get(report.filename()) else { return unknown(error, files) };
            (vec![syntax(error, file)], BTreeSet::from([report.filename().to_owned()]))
        }
        ErrorKind::Msg(reports) => {
            let mut diagnostics = Vec::new();
            let mut names = BTreeSet::new();
            for report in reports.split("\n\n") {
                if let Some((name, diagnostic)) = printed(report, files) {
                    diagnostics.push(diagnostic);
                    names.insert(name);
                }
            }
            if diagnostics.is_empty() { unknown(error, files) } else { (diagnostics, names) }
        }
        _ => unknown(error, files),
    }
}

/// A page that a template could not render.
pub(super) fn rendering(error: &Error, files: &BTreeMap<String, File>, template: &str, page: &UrlPath) -> Diagnostic {
    let named = files.get(template).or_else(|| files.get(&format!("{}{template}", super::EMBEDDED)));
    if let ErrorKind::RenderingError(report) = error.kind()
        && let Some(file) = files.get(report.filename()).or(named)
    {
        let span = span_of(report, file);
        let expression = expression(&file.text, span);
        let (message, hint) = sentence(report.message());
        return with_hint(Diagnostic::at(Code::Template, file.clone(), span, format!("{message} in `{expression}`, for `{page}`")), hint);
    }
    let what = match error.kind() {
        ErrorKind::Io(_) => "the page grows past 64 MiB; does the template loop?".to_owned(),
        other => sentence(&other.to_string()).0,
    };
    let message = format!("{what}, for `{page}`");
    match named {
        Some(file) => Diagnostic::file(Code::Template, file.clone(), message),
        None => Diagnostic::site(Code::Template, message),
    }
}

/// The whole `{{ … }}` or `{% … %}` around a place, on one line.
fn expression(text: &str, span: Span) -> String {
    let inside = span.range();
    let start = text.get(..inside.start).and_then(|before| before.rfind("{{").max(before.rfind("{%")));
    let close = |after: &str| ["}}", "%}"].iter().filter_map(|close| after.find(close)).min();
    let end = text.get(inside.end..).and_then(close).map(|at| inside.end + at + 2);
    let whole = start.zip(end).and_then(|(start, end)| text.get(start..end)).or_else(|| text.get(inside)).unwrap_or_default();
    let whole = whole.split_whitespace().collect::<Vec<_>>().join(" ");
    if whole.chars().count() > 80 { whole.chars().take(79).chain(['…']).collect() } else { whole }
}

fn circle(template: &str, statement: &str, message: String, files: &BTreeMap<String, File>) -> (Vec<Diagnostic>, BTreeSet<String>) {
    let names = BTreeSet::from([template.to_owned()]);
    let Some(file) = files.get(template) else { return (vec![Diagnostic::site(Code::Template, message)], names) };
    let diagnostic = Diagnostic::at(Code::Template, file.clone(), find(&file.text, &[statement]), message);
    (vec![diagnostic.hint("to build on an embedded template, name it with `biji/` before it: `{% extends \"biji/note.html\" %}`")], names)
}

/// A fault whose template Tera does not name: the first of the site's own that its text mentions carries it.
fn unknown(error: &Error, files: &BTreeMap<String, File>) -> (Vec<Diagnostic>, BTreeSet<String>) {
    let text = error.to_string();
    let (message, _) = sentence(&text);
    let own = files.iter().find(|(name, _)| !name.starts_with(super::EMBEDDED) && text.contains(&format!("`{name}`")));
    match own {
        Some((name, file)) => (vec![Diagnostic::file(Code::Template, file.clone(), message)], BTreeSet::from([name.clone()])),
        None => (vec![Diagnostic::site(Code::Template, message)], BTreeSet::new()),
    }
}

/// Reads `error: MESSAGE`, ` --> NAME:LINE:COLUMN` back.
fn printed(report: &str, files: &BTreeMap<String, File>) -> Option<(String, Diagnostic)> {
    let mut lines = report.lines();
    let message = lines.next()?.strip_prefix("error: ")?;
    let place = lines.next()?.trim_start().strip_prefix("--> ")?;
    let mut parts = place.rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let file = files.get(name)?;
    let line_start: usize = file.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let start = line_start + file.text.get(line_start..)?.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum::<usize>();
    let underlined = report.lines().last().map_or(1, |line| line.matches('^').count());
    let end = start + file.text.get(start..)?.chars().take(underlined.max(1)).map(char::len_utf8).sum::<usize>();
    let (message, mut hint) = sentence(message);
    if hint.is_none() && message.starts_with("unknown template") {
        hint = message.split('`').nth(1).and_then(|wanted| meant(wanted, files));
    }
    Some((name.to_owned(), with_hint(Diagnostic::at(Code::Template, file.clone(), Span::new(start, end), message), hint)))
}

fn meant(wanted: &str, files: &BTreeMap<String, File>) -> Option<String> {
    let (prefix, wanted) = wanted.strip_prefix(super::EMBEDDED).map_or(("", wanted), |name| (super::EMBEDDED, name));
    let names = files.keys().map(|name| name.strip_prefix(super::EMBEDDED).unwrap_or(name));
    nearest(wanted, names).map(|name| format!("did you mean `{prefix}{name}`?"))
}

/// The place of the last of `words` behind the others, for errors that carry no place.
fn find(text: &str, words: &[&str]) -> Span {
    let mut at = 0;
    let mut found = 0..0;
    for word in words {
        let Some(start) = text.get(at..).and_then(|rest| rest.find(word)) else { break };
        found = at + start..at + start + word.len();
        at = found.end;
    }
    found.into()
}

fn span_of(report: &ReportError, file: &File) -> Span {
    let range = report.span().range.clone();
    let end = file.text.floor_char_boundary(range.end.min(file.text.len()));
    Span::new(file.text.floor_char_boundary(range.start.min(end)), end)
}

fn with_hint(diagnostic: Diagnostic, hint: Option<String>) -> Diagnostic {
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// Tera's words as one lower-case sentence without a full stop; its lists of what there is become the hint.
fn sentence(message: &str) -> (String, Option<String>) {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let (said, hint) = match line.find(". Available ") {
        Some(at) => (&line[..at], Some(format!("available are {}", line[at..].split_once(": ").map_or("", |(_, names)| names)))),
        None => (line.as_str(), None),
    };
    let said = said.trim_end_matches('.');
    let mut letters = said.chars();
    let lowered = match letters.next() {
        Some(first) => first.to_lowercase().collect::<String>() + letters.as_str(),
        None => String::new(),
    };
    (lowered, hint)
}

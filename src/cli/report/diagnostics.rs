//! Diagnostics as text: with excerpts, one a line, or as JSON.
//!
//! In: sorted diagnostics. Out: text with ANSI styles (the printer strips them where they are not wanted).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::json;
use unicode_width::UnicodeWidthStr;

use super::{BLUE, BOLD, RED, YELLOW};
use crate::cli::excerpt::{excerpt, tame};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::text::Position;

/// So many faults of one code are shown, unless all are asked for.
const SHOWN: usize = 20;
/// From so many faults on, fewer of each code, so that the report can still be read.
const MANY: usize = 100;
const SHOWN_OF_MANY: usize = 5;

/// With excerpts and hints; the first of each code where there are many.
pub(super) fn human(found: &[&Diagnostic], config: &Config, all: bool) -> String {
    let shown = if found.len() > MANY { SHOWN_OF_MANY } else { SHOWN };
    let mut text = String::new();
    let mut places = Places::default();
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for diagnostic in found {
        let count = counts.entry(diagnostic.code).or_default();
        *count += 1;
        if all || *count <= shown {
            one(&mut text, diagnostic, config.severity(diagnostic.code), &mut places);
        }
    }
    for (code, count) in counts.into_iter().filter(|(_, count)| !all && *count > shown) {
        let _ = writeln!(
            text,
            "{BOLD}… and {} more of {}{BOLD:#} (all with `-v`, one a line with `--format short`)\n",
            count - shown,
            code.as_str()
        );
    }
    text
}

fn one(text: &mut String, diagnostic: &Diagnostic, severity: Severity, places: &mut Places) {
    let (style, name) = level(severity);
    let _ = writeln!(text, "{style}{name}[{}]{style:#}{BOLD}: {}{BOLD:#}", diagnostic.code.as_str(), tame(&diagnostic.message));
    let hint = diagnostic.hint.as_ref().map(|hint| tame(hint));
    let Some(file) = &diagnostic.file else {
        if let Some(hint) = hint {
            let _ = writeln!(text, "  {BLUE}= help{BLUE:#}: {hint}");
        }
        text.push('\n');
        return;
    };
    let path = tame(&file.path);
    match diagnostic.span.filter(|_| !file.text.is_empty()) {
        Some(span) => {
            let position = places.at(&file.text, span.start as usize);
            let excerpt = excerpt(&file.text, span);
            let number = position.line.to_string();
            let gutter = " ".repeat(number.width());
            let _ = writeln!(text, "{gutter} {BLUE}┌{BLUE:#} {path}:{}:{}", position.line, position.column);
            let _ = writeln!(text, "{BLUE}{number} │{BLUE:#} {}", excerpt.line);
            let (indent, marks) = (" ".repeat(excerpt.indent), "^".repeat(excerpt.width));
            let _ = write!(text, "{gutter} {BLUE}│{BLUE:#} {indent}{style}{marks}{style:#}");
            match hint {
                // Far to the right a hint would be broken over lines.
                Some(hint) if excerpt.indent + excerpt.width < 60 => {
                    let _ = writeln!(text, " {style}help: {hint}{style:#}");
                }
                Some(hint) => {
                    let _ = writeln!(text, "\n{gutter} {BLUE}= help{BLUE:#}: {hint}");
                }
                None => text.push('\n'),
            }
        }
        None => {
            let _ = writeln!(text, "  {BLUE}┌{BLUE:#} {path}");
            if let Some(hint) = hint {
                let _ = writeln!(text, "  {BLUE}= help{BLUE:#}: {hint}");
            }
        }
    }
    text.push('\n');
}

/// One a line, as compilers write it.
pub(super) fn short(found: &[&Diagnostic], config: &Config) -> String {
    let mut text = String::new();
    let mut places = Places::default();
    for diagnostic in found {
        let (style, name) = level(config.severity(diagnostic.code));
        if let Some(file) = &diagnostic.file {
            let _ = write!(text, "{}:", tame(&file.path));
            if let Some(span) = diagnostic.span.filter(|_| !file.text.is_empty()) {
                let position = places.at(&file.text, span.start as usize);
                let _ = write!(text, "{}:{}:", position.line, position.column);
            }
            text.push(' ');
        }
        let _ = write!(text, "{style}{name}[{}]{style:#}: {}", diagnostic.code.as_str(), tame(&diagnostic.message));
        match &diagnostic.hint {
            Some(hint) => drop(writeln!(text, " (help: {})", tame(hint))),
            None => text.push('\n'),
        }
    }
    text
}

/// One JSON object a line.
pub(super) fn json(found: &[&Diagnostic], config: &Config) -> String {
    let mut text = String::new();
    for (diagnostic, place) in found.iter().zip(places(found)) {
        let line = json!({
            "type": "diagnostic",
            "severity": config.severity(diagnostic.code),
            "code": diagnostic.code.as_str(),
            "message": diagnostic.message,
            "hint": diagnostic.hint,
            "file": diagnostic.file.as_ref().map(|file| &*file.path),
            "line": place.map(|place| place.start.line),
            "column": place.map(|place| place.start.column),
            "end_line": place.map(|place| place.end.line),
            "end_column": place.map(|place| place.end.column),
        });
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Where a fault begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: Position,
    pub(super) end: Position,
}

/// The place of each, where it has one.
pub(super) fn places(found: &[&Diagnostic]) -> Vec<Option<Place>> {
    let (mut starts, mut ends) = (Places::default(), Places::default());
    let place = |diagnostic: &&Diagnostic| {
        let (file, span) = diagnostic.file.as_ref().zip(diagnostic.span).filter(|(file, _)| !file.text.is_empty())?;
        Some(Place { start: starts.at(&file.text, span.start as usize), end: ends.at(&file.text, span.end as usize) })
    };
    found.iter().map(place).collect()
}

fn level(severity: Severity) -> (anstyle::Style, &'static str) {
    match severity {
        Severity::Error => (RED, "error"),
        Severity::Warning | Severity::Allow => (YELLOW, "warning"),
    }
}

/// Positions of ascending offsets in one file after the other: counts on from the last one, so that a thousand faults in a file of one long
/// line take no longer than one.
#[derive(Default)]
struct Places {
    text: Option<Arc<str>>,
    offset: usize,
    position: Option<Position>,
}

impl Places {
    fn at(&mut self, text: &Arc<str>, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let known = self.position.filter(|_| self.offset <= offset && self.text.as_ref().is_some_and(|known| Arc::ptr_eq(known, text)));
        let position = match known {
            // A line break of two characters counts with the first of them only when the second is seen: start from a whole line's place.
            Some(known) if !text[..self.offset].ends_with('\r') => {
                let on = Position::of(&text[self.offset..], offset - self.offset);
                let column = if on.line == 1 { known.column + on.column - 1 } else { on.column };
                Position { line: known.line + on.line - 1, column }
            }
            _ => Position::of(text, offset),
        };
        (self.text, self.offset, self.position) = (Some(text.clone()), offset, Some(position));
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_on() {
        let text: Arc<str> = "一二\r\n三x四\r\n\nend".into();
        let mut places = Places::default();
        for offset in [0, 1, 3, 6, 7, 8, 11, 12, 15, 17, 18, 99, 4] {
            assert_eq!(places.at(&text, offset), Position::of(&text, offset), "{offset}");
        }
    }
}

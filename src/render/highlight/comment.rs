//! Block comments in JavaScript, kept from its syntax definition.
//!
//! The definition of JavaScript goes in a circle for ever at the end of a line on which `/* … */` stands behind an expression, by itself as in HTML,
//! Vue or Markdown. So it is given spaces instead, as many as the comment has bytes, and the comment is coloured without it.
//!
//! In: a line and the scopes that it starts in. Out: the line for the definition, and where the comments stand.

use std::ops::Range;

use syntect::parsing::{Scope, ScopeStack, SyntaxReference};

/// What of a syntax definition's lines may be JavaScript.
#[derive(Debug)]
pub(super) struct Comments {
    /// The scope that JavaScript has wherever it stands.
    script: Option<Scope>,
    /// Whether all of it is.
    is_script: bool,
    /// Whether any line may hold some: markup.
    is_markup: bool,
    /// Whether a comment has not ended yet.
    is_open: bool,
}

impl Comments {
    pub(super) fn of(syntax: &SyntaxReference) -> Self {
        let is_markup = syntax.scope.build_string().starts_with("text.");
        let is_script = matches!(syntax.name.as_str(), "JavaScript" | "QML");
        Self { script: Scope::new("source.js").ok(), is_script, is_markup, is_open: false }
    }

    /// The line without its comments and where these stand; `None` where there are none.
    pub(super) fn hide(&mut self, line: &str, scopes: &ScopeStack) -> Option<(String, Vec<Range<usize>>)> {
        if !self.is_open && !line.contains("/*") {
            return None;
        }
        let in_script = || self.script.is_some_and(|script| scopes.scopes.iter().any(|scope| script.is_prefix_of(*scope)));
        let is_script = self.is_open || self.is_script || in_script();
        if !is_script && !self.is_markup {
            return None;
        }
        let ranges = self.comments(line, is_script);
        let mut masked = line.as_bytes().to_vec();
        for range in &ranges {
            masked[range.clone()].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        }
        (!ranges.is_empty()).then(|| String::from_utf8(masked).ok().map(|masked| (masked, ranges))).flatten()
    }

    /// Where comments stand. `is_script`: whether all of the line is JavaScript, so that quotes hold none and one may go on in the next line.
    fn comments(&mut self, line: &str, is_script: bool) -> Vec<Range<usize>> {
        let bytes = line.as_bytes();
        let text_end = line.trim_end_matches(['\n', '\r']).len();
        let mut ranges = Vec::new();
        let mut quote = None;
        let mut at = 0;
        while at < text_end {
            if self.is_open || bytes[at..].starts_with(b"/*") && quote.is_none() {
                let inside = if self.is_open { at } else { at + 2 };
                let end = line.get(inside..text_end).and_then(|rest| rest.find("*/")).map(|length| inside + length + 2);
                if end.is_none() && !is_script {
                    break;
                }
                self.is_open = end.is_none();
                let end = end.unwrap_or(text_end);
                ranges.push(at..end);
                at = end;
                continue;
            }
            match (quote, bytes[at]) {
                (_, b'\\') => at += 1,
                (None, b'/') if is_script && bytes[at..].starts_with(b"//") => break,
                (None, mark @ (b'"' | b'\'' | b'`')) if is_script => quote = Some(mark),
                (Some(open), mark) if open == mark => quote = None,
                _ => {}
            }
            at += 1;
        }
        ranges
    }
}

//! One block of code to HTML.
//!
//! In: a language and text. Out: HTML with class names; the text without its tags is the text that went in, escaped. `None` when the syntax
//! definition fails on it.

use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use syntect::parsing::{BasicScopeStackOp, ParseState, ScopeStack, ScopeStackOp, SyntaxSet};

use super::class::{Class, Classes};
use super::comment::Comments;
use super::language::Language;
use super::{console, powershell};
use crate::render::html::escape_into;

/// All syntax definitions, for their names. Loading takes a few milliseconds.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// The same for painting. Each definition is unpacked when first used, and so is each of its expressions; they stay, and come to more than a hundred
/// megabytes where there is code in many languages.
static UNPACKED: Mutex<Option<Arc<SyntaxSet>>> = Mutex::new(None);

/// All syntax definitions, to look for names in.
pub(super) fn syntaxes() -> &'static SyntaxSet {
    &SYNTAXES
}

/// Gives back what painting unpacked.
pub(super) fn forget() {
    *UNPACKED.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn unpacked() -> Arc<SyntaxSet> {
    let mut held = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(held.get_or_insert_with(|| Arc::new(two_face::syntax::extra_newlines())))
}

/// Highlights a block.
pub(super) fn paint(language: Language, text: &str) -> Option<String> {
    let mut brush = Brush::with_capacity(text.len() * 3);
    match language {
        Language::Plain => brush.put(None, text),
        Language::PowerShell => powershell::paint(&mut brush, text),
        Language::Console => console::paint(&mut brush, text)?,
        Language::Syntax(name) => {
            let mut painter = Painter::new(name)?;
            for line in text.split_inclusive('\n') {
                painter.line(&mut brush, line)?;
            }
        }
    }
    Some(brush.finish())
}

/// Highlights line after line with a syntax definition.
pub(super) struct Painter {
    syntaxes: Arc<SyntaxSet>,
    state: ParseState,
    scopes: ScopeStack,
    classes: Classes,
    /// The class of each scope of the stack.
    stack: Vec<Class>,
    comments: Comments,
}

impl Painter {
    pub(super) fn new(syntax: &str) -> Option<Self> {
        let syntaxes = unpacked();
        let syntax = syntaxes.find_syntax_by_name(syntax)?;
        let (comments, state) = (Comments::of(syntax), ParseState::new(syntax));
        Some(Self { syntaxes, state, scopes: ScopeStack::new(), classes: Classes::default(), stack: Vec::new(), comments })
    }

    /// Highlights one line, its line break included.
    pub(super) fn line(&mut self, brush: &mut Brush, line: &str) -> Option<()> {
        let ended;
        // The definitions expect a line break; a last line may have none.
        let whole = if line.ends_with('\n') {
            line
        } else {
            ended = format!("{line}\n");
            &ended
        };
        let hidden = self.comments.hide(whole, &self.scopes);
        let parsed = hidden.as_ref().map_or(whole, |(masked, _)| masked.as_str());
        let hidden = hidden.as_ref().map_or(&[][..], |(_, ranges)| ranges);
        let operations = self.state.parse_line(parsed, &self.syntaxes).ok()?;
        let mut from = 0;
        for (at, operation) in &operations {
            let at = (*at).min(line.len());
            if at > from {
                put(brush, self.class(), line, from..at, hidden);
                from = at;
            }
            self.apply(operation)?;
        }
        put(brush, self.class(), line, from..line.len(), hidden);
        brush.end_line();
        Some(())
    }

    fn apply(&mut self, operation: &ScopeStackOp) -> Option<()> {
        let (stack, classes) = (&mut self.stack, &mut self.classes);
        self.scopes
            .apply_with_hook(operation, |basic, _| match basic {
                BasicScopeStackOp::Push(scope) => stack.push(classes.of(scope)),
                BasicScopeStackOp::Pop => {
                    stack.pop();
                }
            })
            .ok()
    }

    fn class(&self) -> Option<u8> {
        let mut marked = self.stack.iter().rev().filter(|class| !matches!(class, Class::Inherit));
        match marked.find(|class| **class != Class::Key)? {
            Class::Letter(b's') => {
                // A string's quotes are marked by themselves, inside the string.
                let around = marked.find(|class| **class != Class::Letter(b's'));
                Some(if around == Some(&Class::Key) { b'y' } else { b's' })
            }
            Class::Letter(letter) => Some(*letter),
            Class::Reset | Class::Inherit | Class::Key => None,
        }
    }
}

/// Appends a part of a line, what was hidden from the definition as comments.
fn put(brush: &mut Brush, class: Option<u8>, line: &str, part: Range<usize>, hidden: &[Range<usize>]) {
    let mut from = part.start;
    for range in hidden.iter().filter(|range| range.start < part.end && range.end > part.start) {
        let (start, end) = (range.start.max(part.start), range.end.min(part.end));
        brush.put(class, &line[from..start]);
        brush.put(Some(b'c'), &line[start..end]);
        from = end;
    }
    brush.put(class, &line[from..part.end]);
}

/// Writes pieces of text with their classes, neighbours of one class together, no element longer than a line.
pub(super) struct Brush {
    out: String,
    open: Option<u8>,
}

impl Brush {
    fn with_capacity(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), open: None }
    }

    /// Appends text in a class.
    pub(super) fn put(&mut self, class: Option<u8>, text: &str) {
        let (text, line_break) = match text.strip_suffix('\n') {
            Some(text) => (text, true),
            None => (text, false),
        };
        if !text.is_empty() {
            // White space needs no class of its own.
            if class != self.open && !(self.open.is_none() && text.bytes().all(|byte| byte == b' ' || byte == b'\t')) {
                self.close();
                if let Some(letter) = class {
                    self.out.push_str("<span class=\"");
                    self.out.push(char::from(letter));
                    self.out.push_str("\">");
                }
                self.open = class;
            }
            escape_into(&mut self.out, text);
        }
        if line_break {
            self.close();
            self.out.push('\n');
        }
    }

    /// Ends the line's last element.
    pub(super) fn end_line(&mut self) {
        self.close();
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.out
    }
}

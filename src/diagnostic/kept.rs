//! Diagnostics as bytes, for another run of the same program: without the text of their files, which that run has.

use serde::{Deserialize, Serialize};

use super::{Code, Diagnostic, File};
use crate::text::Span;

/// A diagnostic without the text of its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    code: Code,
    file: Option<String>,
    span: Option<Span>,
    message: String,
    hint: Option<String>,
    suggestion: Option<String>,
}

impl Kept {
    /// The diagnostic that it was; `None` where there is no such file any more. `file` finds files by their names for people.
    #[must_use]
    pub fn read(self, file: impl Fn(&str) -> Option<File>) -> Option<Diagnostic> {
        let Self { code, file: path, span, message, hint, suggestion } = self;
        let file = match path {
            Some(path) => Some(file(&path)?),
            None => None,
        };
        Some(Diagnostic { code, file, span, message, hint, suggestion })
    }
}

impl From<&Diagnostic> for Kept {
    fn from(Diagnostic { code, file, span, message, hint, suggestion }: &Diagnostic) -> Self {
        Self {
            code: *code,
            file: file.as_ref().map(|file| file.path.to_string()),
            span: *span,
            message: message.clone(),
            hint: hint.clone(),
            suggestion: suggestion.clone(),
        }
    }
}

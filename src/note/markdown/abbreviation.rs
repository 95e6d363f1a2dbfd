//! Abbreviations, as PHP Markdown Extra has them: `*[HTML]: HyperText Markup Language` on a line of its own explains every `HTML` of the note.
//!
//! In: the definitions that stand in a note, and its texts. Out: where in a text an explained word stands, and what was never used.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;

/// A definition.
#[derive(Debug)]
pub(super) struct Abbreviation {
    label: String,
    meaning: String,
    /// Where the label stands, brackets included.
    span: Span,
}

/// The definition that a line's content is. `at` is where it starts in the file.
pub(super) fn definition(content: &str, at: usize) -> Option<Abbreviation> {
    let inside = content.strip_prefix("*[")?;
    let close = inside.find("]:")?;
    let (label, meaning) = (&inside[..close], inside[close + 2..].trim());
    let is_label = !label.trim().is_empty() && !label.contains(['[', ']', '*', '`']);
    let span = Span::new(at + 1, at + 2 + close + 1);
    (is_label && !meaning.is_empty()).then(|| Abbreviation { label: label.trim().to_owned(), meaning: meaning.to_owned(), span })
}

/// The definitions of a note, and which of them were used.
#[derive(Default)]
pub(super) struct Abbreviations {
    all: Vec<Abbreviation>,
    used: Vec<bool>,
    /// `None` where there are no definitions.
    finder: Option<AhoCorasick>,
}

impl Abbreviations {
    /// Of a label that is defined twice the first definition counts; the second is reported as unused.
    pub(super) fn new(all: Vec<Abbreviation>) -> Self {
        let finder = if all.is_empty() {
            None
        } else {
            let labels = all.iter().map(|abbreviation| abbreviation.label.as_str());
            // The longest: where `API` and `API Server` are defined, the second is one word.
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(labels).ok()
        };
        Self { used: vec![false; all.len()], all, finder }
    }

    /// Whether the note defines none.
    pub(super) fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    /// Where explained words stand in a text, in order, with their meanings.
    pub(super) fn find(&mut self, text: &str) -> Vec<(std::ops::Range<usize>, String)> {
        let Some(finder) = &self.finder else { return Vec::new() };
        let mut found = Vec::new();
        for hit in finder.find_iter(text) {
            let range = hit.range();
            let left = text[..range.start].chars().next_back();
            let right = text[range.end..].chars().next();
            let label = &text[range.clone()];
            if joins(left, label.chars().next()) || joins(label.chars().next_back(), right) {
                continue;
            }
            let number = hit.pattern().as_usize();
            self.used[number] = true;
            found.push((range, self.all[number].meaning.clone()));
        }
        found
    }

    /// Reports the definitions that explain nothing.
    pub(super) fn unused(&self, file: &File) -> Vec<Diagnostic> {
        let unused = self.all.iter().zip(&self.used).filter(|(_, used)| !**used);
        let report = |(abbreviation, _): (&Abbreviation, &bool)| {
            let message = format!("the abbreviation `{}` stands nowhere in the note, or was explained before", abbreviation.label);
            Diagnostic::at(Code::UnusedReference, file.clone(), abbreviation.span, message)
                .hint("remove the line, or check how the text spells the word: capital letters count")
        };
        unused.map(report).collect()
    }
}

/// Whether two letters are of one word. Between scripts with and without spaces there is a border: `使用HTML标记`.
fn joins(left: Option<char>, right: Option<char>) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (Some(left), Some(right)) = (left, right) else { return false };
    is_letter(left) && is_letter(right) && !super::cjk::is_wide(left) && !super::cjk::is_wide(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions() {
        for (line, found) in [
            ("*[HTML]: HyperText Markup Language\n", Some(("HTML", "HyperText Markup Language"))),
            ("*[API Server]:控制面的入口", Some(("API Server", "控制面的入口"))),
            ("*[HTML]:  ", None),
            ("*[]: nothing", None),
            ("*[a](b)*: c", None),
            ("*[[a]]: c", None),
            ("[HTML]: address", None),
        ] {
            let abbreviation = definition(line, 0);
            assert_eq!(abbreviation.as_ref().map(|found| (found.label.as_str(), found.meaning.as_str())), found, "{line}");
            if let Some(abbreviation) = abbreviation {
                assert_eq!(line[abbreviation.span.range()], format!("[{}]", abbreviation.label));
            }
        }
    }
}

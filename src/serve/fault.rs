//! Faults as the overlay of a page shows them: data, which the page's script makes into text nodes.
//!
//! In: diagnostics and their severities. Out: JSON. Pure.

use serde_json::{Value, json};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::text::{Position, Span};

/// So many faults are shown.
const SHOWN: usize = 20;

/// So many characters of a line are shown before and behind the place.
const AROUND: usize = 60;

/// The faults that keep a change from being shown, as a JSON list; `[]` for none.
pub(super) fn list(faults: &[&Diagnostic], config: &Config) -> String {
    let mut shown: Vec<Value> = faults.iter().take(SHOWN).map(|fault| one(fault, config)).collect();
    if faults.len() > SHOWN {
        shown.push(json!({ "severity": "error", "code": "", "message": format!("… and {} more", faults.len() - SHOWN) }));
    }
    Value::Array(shown).to_string()
}

fn one(fault: &Diagnostic, config: &Config) -> Value {
    let mut value = json!({
        "severity": config.severity(fault.code),
        "code": fault.code.as_str(),
        "message": fault.message,
        "hint": fault.hint,
        // Whether what is shown is older than the change.
        "keeps": fault.code.default_severity() == Severity::Error || fault.code == Code::FrontMatter,
        "file": fault.file.as_ref().map(|file| &*file.path),
    });
    let place = fault.file.as_ref().zip(fault.span).filter(|(file, _)| !file.text.is_empty());
    if let (Some((file, span)), Some(value)) = (place, value.as_object_mut()) {
        let position = Position::of(&file.text, span.start as usize);
        let (before, marked, after) = excerpt(&file.text, span);
        for (key, part) in [("before", before), ("marked", marked), ("after", after)] {
            value.insert(key.to_owned(), part.into());
        }
        value.insert("line".to_owned(), position.line.into());
        value.insert("column".to_owned(), position.column.into());
    }
    value
}

/// The line of a place in three parts: what stands before it, the place, what stands behind it.
fn excerpt(text: &str, span: Span) -> (String, String, String) {
    let is_end = |letter: char| letter == '\n' || letter == '\r';
    let start = text.floor_char_boundary(span.start as usize);
    let line_start = text[..start].rfind(is_end).map_or(0, |at| at + 1);
    let line_end = text[start..].find(is_end).map_or(text.len(), |at| start + at);
    // A place between two letters shows at the one behind it.
    let one = text[start..line_end].chars().next().map_or(0, char::len_utf8);
    let end = text.floor_char_boundary(span.end as usize).clamp(start + one, line_end);
    let before: Vec<char> = text[line_start..start].chars().collect();
    let cut = before.len().saturating_sub(AROUND);
    let before: String = before[cut..].iter().collect();
    let short = |text: &str| -> String {
        let mut part: String = text.chars().take(AROUND).collect();
        if part.len() < text.len() {
            part.push('…');
        }
        part
    };
    (if cut > 0 { format!("…{before}") } else { before }, short(&text[start..end]), short(&text[end..line_end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_around_the_place() {
        let text = "一\n前x后\r\nend";
        let at = text.find('x').expect("there");
        assert_eq!(excerpt(text, Span::new(at, at + 1)), ("前".into(), "x".into(), "后".into()));
        // A place that goes over the line's end, one behind the text, one inside a character.
        assert_eq!(excerpt(text, Span::new(at, 99)), ("前".into(), "x后".into(), String::new()));
        assert_eq!(excerpt(text, Span::new(99, 99)), ("end".into(), String::new(), String::new()));
        assert_eq!(excerpt(text, Span::new(1, 2)), (String::new(), "一".into(), String::new()));
        let long = format!("{}x{}", "长".repeat(100), "a".repeat(100));
        let (before, marked, after) = excerpt(&long, Span::new(300, 301));
        assert_eq!((before.chars().count(), &*marked, after.chars().count()), (61, "x", 61));
    }
}

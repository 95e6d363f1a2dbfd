//! Diagnostics for machines that read no JSON lines: annotations of GitHub Actions, and SARIF.
//!
//! In: sorted diagnostics, and what stands before their files' names. Out: text. Formats:
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>, SARIF 2.1.0 of OASIS.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::diagnostics::{Place, places};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// One workflow command a fault.
pub(super) fn github(found: &[&Diagnostic], config: &Config, above: &str) -> String {
    let mut text = String::new();
    for (diagnostic, place) in found.iter().zip(places(found)) {
        let level = if config.severity(diagnostic.code) == Severity::Error { "error" } else { "warning" };
        let mut properties = Vec::new();
        if let Some(file) = &diagnostic.file {
            properties.push(format!("file={}", property(&format!("{above}{}", file.path))));
        }
        if let Some(Place { start, end }) = place {
            properties.push(format!("line={},endLine={}", start.line, end.line));
            // Columns of different lines are refused.
            if start.line == end.line {
                properties.push(format!("col={},endColumn={}", start.column, end.column));
            }
        }
        properties.push(format!("title={}", property(diagnostic.code.as_str())));
        let help = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("\nhelp: {hint}"));
        let _ = writeln!(text, "::{level} {}::{}", properties.join(","), data(&format!("{}{help}", diagnostic.message)));
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// One document.
pub(super) fn sarif(found: &[&Diagnostic], config: &Config, above: &str) -> String {
    let codes: BTreeSet<Code> = found.iter().map(|diagnostic| diagnostic.code).collect();
    let rules: Vec<Value> =
        codes.iter().map(|code| json!({ "id": code.as_str(), "shortDescription": { "text": code.meaning() } })).collect();
    let result = |diagnostic: &Diagnostic, place: Option<Place>| {
        let help = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("\nhelp: {hint}"));
        let locations: Vec<Value> = diagnostic
            .file
            .iter()
            .map(|file| {
                let mut physical = json!({ "artifactLocation": { "uri": encoded(&format!("{above}{}", file.path)) } });
                if let Some(Place { start, end }) = place {
                    physical["region"] = json!({
                        "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
                    });
                }
                json!({ "physicalLocation": physical })
            })
            .collect();
        let level = if config.severity(diagnostic.code) == Severity::Error { "error" } else { "warning" };
        json!({
            "ruleId": diagnostic.code.as_str(), "level": level,
            "message": { "text": format!("{}{help}", diagnostic.message) }, "locations": locations,
        })
    };
    let results: Vec<Value> = found.iter().zip(places(found)).map(|(diagnostic, place)| result(diagnostic, place)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "Biji", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

/// A path as a relative URI.
fn encoded(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(path, KEPT).to_string()
}

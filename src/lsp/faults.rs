//! Faults as editors show them, and which of them are news.
//!
//! In: diagnostics. Out: for each file the protocol's diagnostics; of them those that differ from what the editor was told last. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use lsp_types::{DiagnosticSeverity, DiagnosticTag, NumberOrString};

use super::position::{Encoding, Lines};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The protocol's diagnostics of each file, by its name from ROOT.
pub(super) type ByFile = BTreeMap<Arc<str>, Vec<lsp_types::Diagnostic>>;

/// A fault in the protocol's terms; `None` for one that is allowed.
pub(super) fn one(fault: &Diagnostic, config: &Config, lines: &Lines<'_>) -> Option<lsp_types::Diagnostic> {
    let severity = match config.severity(fault.code) {
        Severity::Allow => return None,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Error => DiagnosticSeverity::ERROR,
    };
    let mut message = fault.message.clone();
    if let Some(hint) = &fault.hint {
        message.push('\n');
        message.push_str(hint);
    }
    Some(lsp_types::Diagnostic {
        range: lines.range(fault.span.unwrap_or_default()),
        severity: Some(severity),
        code: Some(NumberOrString::String(fault.code.as_str().to_owned())),
        source: Some("biji".to_owned()),
        message,
        tags: (fault.code == Code::UnusedReference).then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..lsp_types::Diagnostic::default()
    })
}

/// The faults of each file. Those of no file are the configuration's, whose name is given.
pub(super) fn by_file(faults: &[Diagnostic], config: &Config, of_site: &str, encoding: Encoding) -> ByFile {
    let mut found = ByFile::new();
    let name = |fault: &Diagnostic| fault.file.as_ref().map_or_else(|| of_site.into(), |file| Arc::clone(&file.path));
    for same in faults.chunk_by(|a, b| a.file == b.file) {
        let text = same[0].file.as_ref().map_or("", |file| &*file.text);
        let lines = Lines::new(text, encoding);
        let list: Vec<_> = same.iter().filter_map(|fault| one(fault, config, &lines)).collect();
        if !list.is_empty() {
            found.entry(name(&same[0])).or_default().extend(list);
        }
    }
    found
}

/// What the editor must be told: files whose faults are others than before, also those that have none any more.
pub(super) fn news(before: &ByFile, now: &ByFile) -> Vec<(Arc<str>, Vec<lsp_types::Diagnostic>)> {
    let gone = before.keys().filter(|file| !now.contains_key(*file)).map(|file| (Arc::clone(file), Vec::new()));
    let changed = now.iter().filter(|(file, list)| before.get(*file) != Some(*list)).map(|(file, list)| (Arc::clone(file), list.clone()));
    gone.chain(changed).collect()
}

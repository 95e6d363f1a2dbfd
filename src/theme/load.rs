//! Templates into one Tera instance, whatever is wrong with the site's own.
//!
//! In: the embedded templates and the site's. Out: Tera with every template that is sound, the texts by registered name, and a diagnostic
//! for each fault. Tera stops at the first fault of some kinds, so what is at fault is taken out and the rest tried again.

use std::collections::{BTreeMap, BTreeSet};

use tera::{ErrorKind, Tera};

use super::{EMBEDDED, engine, fault};
use crate::diagnostic::{Code, Diagnostic, File};

pub(super) fn load(embedded: &[(String, File)], own: Vec<(String, File)>) -> (Tera, BTreeMap<String, File>, Vec<Diagnostic>) {
    let mut files: BTreeMap<String, File> =
        embedded.iter().filter(|(name, _)| is_template(name)).map(|(name, file)| (format!("{EMBEDDED}{name}"), file.clone())).collect();
    let mut diagnostics = Vec::new();
    for (name, file) in own {
        if !is_template(&name) {
            continue;
        }
        if name.starts_with(EMBEDDED) {
            let message = format!("the template name `{name}` is taken: `{EMBEDDED}` holds the embedded originals");
            diagnostics.push(Diagnostic::file(Code::Template, file, message).hint("move the file out of that folder"));
            continue;
        }
        // Alone it may lack its parents; only its syntax counts here.
        match engine().add_raw_template(&name, &file.text) {
            Err(error) if matches!(error.kind(), ErrorKind::SyntaxError(_)) => diagnostics.push(fault::syntax(&error, &file)),
            _ => {
                files.insert(name, file);
            }
        }
    }
    loop {
        let mut tera = engine();
        let Err(error) = tera.add_raw_templates(files.iter().map(|(name, file)| (name, &*file.text))) else {
            return (tera, files, diagnostics);
        };
        let (faults, mut names) = fault::assembling(&error, &files);
        names.retain(|name| !name.starts_with(EMBEDDED));
        diagnostics.extend(faults);
        if names.is_empty() {
            // The fault shows in an embedded template (say, a block that the site's own `base.html` dropped): without the site's
            // templates the embedded ones are whole, and a test says so.
            names = files.keys().filter(|name| !name.starts_with(EMBEDDED)).cloned().collect::<BTreeSet<_>>();
        }
        if names.is_empty() {
            return (engine(), files, diagnostics);
        }
        files.retain(|name, _| !names.contains(name));
    }
}

/// Everything but string tables, notes to the reader and hidden files is a template.
fn is_template(name: &str) -> bool {
    [".html", ".xml", ".txt"].iter().any(|end| name.ends_with(end))
}

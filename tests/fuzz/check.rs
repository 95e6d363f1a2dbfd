//! What must hold of every note, whatever it is made of.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use biji::bundle::Payload;
use biji::config::Config;
use biji::diagnostic::{Code, Diagnostic};
use biji::note::{Note, markdown, parse};
use biji::path::SourcePath;
use biji::source::SourceFile;
use biji::text::Span;
use biji::theme::Theme;

use crate::{html, whole};

/// A note that the inputs can lead to and show.
const TARGET: &str =
    "# Target\n\ntext ^block\n\n## One\n\n> [!tip] 一\n> ![[note]]\n\n### Two\n\n- a ^item\n  - b\n\n[^1] `x` $y$\n\n[^1]: note\n";

/// A file that the inputs can include.
const CODE: &str = "a\n// #region one\n  b // [!code ++]\n    c # (1)\n// #endregion\nd\n";

/// The theme, loaded once.
pub(crate) struct Checker {
    theme: Theme,
}

impl Checker {
    pub(crate) fn new() -> Self {
        // What panics is printed once, small.
        std::panic::set_hook(Box::new(|_| {}));
        Self { theme: whole::theme(false) }
    }

    /// What is wrong with what becomes of `text`, if anything is. No secret is anywhere in it.
    pub(crate) fn check(&self, text: &str, secrets: &[String]) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| self.all(text, secrets))).unwrap_or_else(|panic| {
            let message = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("panic: {}", message.unwrap_or_default()))
        })
    }

    fn all(&self, text: &str, secrets: &[String]) -> Result<(), String> {
        let source = SourceFile::new(SourcePath::new("note.md").expect("clean"), "", text);
        let (note, faults) = parse(&source, markdown::Options::default());
        spans(text, &faults)?;
        if let Some(note) = &note {
            parsed(text, note)?;
            let again = parse(&source, markdown::Options::default());
            if again.0.as_ref().map(|note| (&note.body, &note.sections, &note.outline, &note.links)).as_ref()
                != Some(&(&note.body, &note.sections, &note.outline, &note.links))
                || again.1 != faults
            {
                return Err("parsing again gives something else".into());
            }
        }
        let files = [
            ("note.md", text),
            ("target.md", TARGET),
            ("b.png", ""),
            ("code.txt", CODE),
            ("folder/other.md", "# Other\n\n![[note]]\n\n[[note]]\n"),
        ];
        let whole = whole::build(&self.theme, Config::default(), &files);
        spans(text, &whole.diagnostics)?;
        let repeats = whole.diagnostics.iter().any(|fault| fault.code == Code::DuplicateAnchor);
        for artifact in &whole.artifacts {
            let Payload::Bytes(bytes) = &artifact.payload else { continue };
            let path = &artifact.path;
            if !path.as_str().ends_with(".html") {
                continue;
            }
            let page = std::str::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?;
            let ids = html::ids(page, !text.contains('<')).map_err(|fault| format!("{path}: {fault}"))?;
            let mut seen = BTreeSet::new();
            if let Some(id) = ids.iter().find(|id| !seen.insert(id.as_str())).filter(|_| !repeats) {
                return Err(format!("{path}: the id `{id}` twice"));
            }
            if let Some(secret) = secrets.iter().find(|secret| page.contains(secret.as_str())) {
                return Err(format!("{path} has `{secret}`"));
            }
        }
        for document in biji::index::documents(&whole.site) {
            for section in &document.sections {
                if let Some(code) = section.code.iter().find(|code| section.text.get(code.start as usize..code.end as usize).is_none()) {
                    return Err(format!("code {code:?} of a section is no place in it"));
                }
            }
            let printed = if secrets.is_empty() { String::new() } else { format!("{document:?}") };
            if let Some(secret) = secrets.iter().find(|secret| printed.contains(secret.as_str())) {
                return Err(format!("the index has `{secret}`"));
            }
        }
        Ok(())
    }
}

fn spans(text: &str, faults: &[Diagnostic]) -> Result<(), String> {
    for fault in faults.iter().filter(|fault| fault.file.as_ref().is_some_and(|file| &*file.path == "note.md")) {
        is_place(text, fault.span.unwrap_or_default(), fault.code.as_str())?;
    }
    Ok(())
}

fn is_place(text: &str, span: Span, what: &str) -> Result<(), String> {
    if text.get(span.range()).is_some() { Ok(()) } else { Err(format!("{what}: {span:?} is no place in the file")) }
}

/// What holds of a note by itself.
fn parsed(text: &str, note: &Note) -> Result<(), String> {
    for link in &note.links {
        is_place(text, link.span, "link")?;
    }
    for code in &note.code {
        is_place(text, code.span, "code")?;
    }
    let html = &note.body.html;
    let mut anchors = BTreeSet::new();
    for heading in &note.outline {
        is_place(text, heading.span, "heading")?;
        if html.get(heading.html_start as usize..).is_none() {
            return Err(format!("heading `{}` starts nowhere", heading.text));
        }
        if heading.anchor.as_str().is_empty() || !anchors.insert(heading.anchor.as_str()) {
            return Err(format!("the anchor `{}` is empty or twice", heading.anchor));
        }
    }
    let mut at = 0;
    for hole in &note.body.holes {
        if hole.at < at || !html.is_char_boundary(hole.at as usize) {
            return Err(format!("hole {hole:?} behind {at}"));
        }
        at = hole.at;
    }
    if note.sections.is_empty() {
        return Err("no section".into());
    }
    for section in &note.sections {
        for code in &section.code {
            is_place(&section.text, *code, "code in a section")?;
        }
    }
    Ok(())
}

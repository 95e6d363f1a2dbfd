//! The theme: the embedded templates and static files, overlaid file by file by the site's own.
//!
//! In: the site's `templates/` and `static/` as values. Out: `Theme`, which renders one template at a time. Knows nothing of notes or pages.
//!
//! **Overriding.** Every embedded template is registered as `biji/NAME`; `NAME` means the site's own file where there is one, else the
//! embedded one. So a site replaces a whole file by bringing `templates/note.html`, and one block of it by starting that file with
//! `{% extends "biji/note.html" %}`; an own `base.html` made the same way reaches every page, since the embedded templates extend
//! `base.html`, not `biji/base.html`. Components of the site win over embedded ones of the same name. Interface strings are overlaid key
//! by key (see `strings`).

mod compact;
mod fault;
mod load;
mod strings;
mod style;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use tera::{Context, Error, Kwargs, State, Tera, TeraResult, Value};

use crate::diagnostic::{Diagnostic, File};
use crate::path::UrlPath;

pub(crate) use strings::Words;

/// The repository's `templates/`.
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
/// The repository's `static/`.
static STATICS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// Where the embedded templates are always found.
const EMBEDDED: &str = "biji/";

/// A page of more bytes than this is a template that loops.
const PAGE_LIMIT: usize = 64 << 20;
/// How many numbers `range()` may give while one page is rendered.
const RANGE_LIMIT: i64 = 1_000_000;

/// What a site brings itself: read by the shell, given here as values.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Templates: the name relative to `templates/` (`note.html`) and the file.
    pub templates: Vec<(String, File)>,
    /// Static files: the address (relative to `static/`) and the bytes.
    pub statics: Vec<(UrlPath, Arc<[u8]>)>,
}

/// Templates and static files of one site, the site's own over the embedded ones.
pub struct Theme {
    tera: Tera,
    /// The text of every template by its registered name, for the places of faults.
    files: BTreeMap<String, File>,
    statics: BTreeMap<UrlPath, Arc<[u8]>>,
    strings: strings::Strings,
}

impl std::fmt::Debug for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Theme").field("templates", &self.files.keys()).field("statics", &self.statics.keys()).finish_non_exhaustive()
    }
}

impl Theme {
    /// Parses all templates. Faults of the site's own templates are diagnostics with their place; a template with a fault is left out, so
    /// that the others are still checked.
    #[must_use]
    pub fn new(overrides: Overrides) -> (Self, Vec<Diagnostic>) {
        let embedded = embedded_templates();
        let mut statics = BTreeMap::new();
        collect(&STATICS, &mut |path, bytes| {
            // The engine is published by `index`, called by its content.
            if let Some(url) = UrlPath::new(path).filter(|_| !path.ends_with(".gz")) {
                statics.insert(url, published(path, bytes));
            }
        });
        // A copy of an embedded file is no change of it: this repository is a site whose own files are the theme.
        let is_copy = |url: &UrlPath, bytes: &[u8]| STATICS.get_file(url.as_str()).is_some_and(|file| file.contents() == bytes);
        statics.extend(overrides.statics.into_iter().filter(|(url, bytes)| !is_copy(url, bytes)));
        style::join(&mut statics);
        let (strings, mut diagnostics) = strings::Strings::new(&embedded, &overrides.templates);
        let (tera, files, faults) = load::load(&embedded, overrides.templates);
        diagnostics.extend(faults);
        (Self { tera, files, statics, strings }, diagnostics)
    }

    /// The static files, sorted by address.
    pub(crate) fn statics(&self) -> impl Iterator<Item = (&UrlPath, &Arc<[u8]>)> {
        self.statics.iter()
    }

    /// The interface strings for a page of this language.
    pub(crate) fn words(&self, language: &str) -> &Words {
        self.strings.words(language)
    }

    /// What a language calls itself.
    pub(crate) fn language_name<'a>(&'a self, language: &'a str) -> &'a str {
        self.strings.name(language)
    }

    /// Whether there is a template of this name.
    pub(crate) fn has(&self, template: &str) -> bool {
        self.tera.contains_template(template)
    }

    /// The names that a note's `template` can hold.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(|name| name.strip_prefix(EMBEDDED).unwrap_or(name))
    }

    /// Renders one page. What fails is told as a diagnostic that names `page`.
    pub(crate) fn render(&self, template: &str, context: &Context, page: &UrlPath) -> Result<Vec<u8>, Diagnostic> {
        RANGE_LEFT.set(RANGE_LIMIT);
        let mut out = Limited { bytes: Vec::with_capacity(16 << 10) };
        match self.tera.render_to(template, context, &mut out) {
            Ok(()) => Ok(out.bytes),
            Err(error) => Err(fault::rendering(&error, &self.files, template, page)),
        }
    }
}

/// The embedded templates and string files, by name.
fn embedded_templates() -> Vec<(String, File)> {
    let mut all = Vec::new();
    collect(&TEMPLATES, &mut |path, bytes| {
        let text = String::from_utf8_lossy(bytes);
        all.push((path.to_owned(), File { path: format!("{EMBEDDED}{path} (embedded)").into(), text: text.into() }));
    });
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// A file of the embedded theme as readers load it: the comments of style sheets and scripts are for who reads the source.
fn published(path: &str, bytes: &[u8]) -> Arc<[u8]> {
    match (path.rsplit('.').next(), std::str::from_utf8(bytes)) {
        (Some("css"), Ok(text)) => Arc::from(compact::style(text).into_bytes()),
        (Some("js"), Ok(text)) => Arc::from(compact::script(text).into_bytes()),
        _ => Arc::from(bytes),
    }
}

/// Every file below `dir` with its `/`-separated path, hidden ones left out.
fn collect<'a>(dir: &'a Dir<'a>, found: &mut dyn FnMut(&str, &'a [u8])) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if !path.rsplit('/').next().is_some_and(|name| name.starts_with('.')) {
            found(&path, file.contents());
        }
    }
    for below in dir.dirs() {
        collect(below, found);
    }
}

/// A Tera instance with Biji's functions and filters and no templates.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.register_function("range", range);
    tera.register_filter("count", count);
    // Fails only when templates were added before.
    let _ = tera.set_fallback_prefixes([EMBEDDED]);
    tera
}

thread_local! {
    /// What `range()` may still give to the page that this thread renders: Tera bounds one call, not loops in loops.
    static RANGE_LEFT: Cell<i64> = const { Cell::new(0) };
}

/// `range(start=0, end, step_by=1)`, bounded for a page as a whole.
fn range(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or(0);
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1);
    if step == 0 {
        return Err(Error::message("`range` was called with a `step_by` of 0"));
    }
    let distance = i128::from(end) - i128::from(start);
    let length = (distance / i128::from(step) + i128::from(distance % i128::from(step) != 0)).max(0);
    let left = i128::from(RANGE_LEFT.get()) - length;
    if left < 0 {
        return Err(Error::message(format!("`range` gives more than {RANGE_LIMIT} numbers on one page")));
    }
    RANGE_LEFT.set(i64::try_from(left).unwrap_or(0));
    Ok((0..i64::try_from(length).unwrap_or(0)).map(|at| start.saturating_add(at.saturating_mul(step))).collect())
}

/// `text | count(n=3)`: `{n}` replaced; of `one|many` the half that fits.
fn count(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    Ok(Value::from(counted(text, kwargs.must_get::<i64>("n")?)))
}

/// The same for rendering itself.
pub(crate) fn counted(text: &str, number: i64) -> String {
    let form = match text.split_once('|') {
        Some((one, _)) if number == 1 => one,
        Some((_, many)) => many,
        None => text,
    };
    form.replace("{n}", &number.to_string())
}

/// Takes a page's bytes, up to a limit.
struct Limited {
    bytes: Vec<u8>,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > PAGE_LIMIT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_an_embedded_file_is_published_as_the_embedded_one() {
        let file = |bytes: &[u8]| (UrlPath::new("biji/theme.js").expect("a clean path"), Arc::from(bytes));
        let source = STATICS.get_file("biji/theme.js").expect("it is embedded").contents();
        let published = |bytes: &[u8]| {
            let (theme, _) = Theme::new(Overrides { templates: Vec::new(), statics: vec![file(bytes)] });
            theme.statics().find(|(url, _)| url.as_str() == "biji/theme.js").map(|(_, bytes)| bytes.to_vec()).unwrap_or_default()
        };
        assert!(published(source).len() < source.len() && !published(source).starts_with(b"//"));
        // What a site changed is its own, to the last byte.
        assert_eq!(published(b"// mine\n"), b"// mine\n");
    }
}

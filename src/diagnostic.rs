//! What the writer of notes can fix: severity, a stable code, the message, the place, a hint.
//!
//! Every phase returns its value *and* its diagnostics; nobody prints here.

mod kept;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use kept::Kept;

use crate::text::Span;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not reported.
    Allow,
    /// Reported; the site is published.
    Warning,
    /// Reported; nothing is published and the exit code is 1.
    Error,
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $doc:literal)*) => {
        /// The closed list of faults. The kebab-case name is stable: people write it into their configuration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code { $(#[doc = $doc] $variant,)* }

        impl Code {
            /// All codes, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable kebab-case name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The severity when the configuration says nothing else.
            #[must_use]
            pub fn default_severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// One sentence on what the code means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

codes! {
    BrokenLink "broken-link" Warning "A link names a note or file that does not exist."
    BrokenAnchor "broken-anchor" Warning "A link names a heading or place that its target does not have."
    BrokenImage "broken-image" Warning "An image or other embedded file does not exist."
    CaseMismatch "case-mismatch" Warning "A path is spelled in other case than the file: other programs find it on some systems only."
    AmbiguousLink "ambiguous-link" Warning "A wikilink fits several notes."
    LinkOutside "link-outside" Warning "A link leaves the content folder."
    LinkToPrivate "link-to-private" Warning "A published note links to a note that is not published."
    RefusedLink "refused-link" Warning "A link would run a script or hide a page in its address, and is not published."
    Untrusted "untrusted" Warning "Raw HTML that does more than format text is left out, as `untrusted = true` asks for."
    EmbedCycle "embed-cycle" Warning "Notes embed each other in a circle, or too deeply."
    FrontMatter "front-matter" Warning "Front matter cannot be read; the note is held back."
    UnknownKey "unknown-key" Warning "A key that Biji does not know."
    WrongType "wrong-type" Warning "A front matter value has another type than its key takes; the value is left out."
    DuplicateAnchor "duplicate-anchor" Warning "Two places of a note were given the same explicit id."
    UnusedReference "unused-reference" Warning "Nothing refers to a footnote, an abbreviation or the address of a reference link."
    UnescapedBar "unescaped-bar" Warning "The bar in a wikilink ends the cell of a table."
    UnknownLanguage "unknown-language" Warning "A code block names a language that has no syntax definition."
    CodeNotHighlighted "code-not-highlighted" Warning "A code block is too long or too costly to highlight and stays plain."
    CodeAttribute "code-attribute" Warning "A code block says something about itself that Biji does not understand."
    CodeInclude "code-include" Warning "A code block includes a file or a part of one that is not there or must not be published."
    Diagram "diagram" Warning "A diagram cannot be drawn and is shown as code, or holds a link that is left out."
    UnclosedComment "unclosed-comment" Warning "A comment that starts with `%%` has no end, so that the rest of the note is hidden."
    UnknownContainer "unknown-container" Warning "A container `:::name` has a name that Biji does not know, or stands in the wrong place; its content is shown."
    UnclosedContainer "unclosed-container" Warning "A container `:::name` has no end, or a line of `:::` ends none."
    Math "math" Warning "A formula cannot be read and is shown as written."
    DuplicateAlias "duplicate-alias" Warning "Two notes have the same alias, so that no address can be made of it."
    AddressCollision "address-collision" Error "Two files want the same address."
    BadAddress "bad-address" Error "A note asks for an address that cannot be published."
    Unreadable "unreadable" Error "A file cannot be read."
    Encoding "encoding" Error "A note is in no encoding that Biji reads."
    Decoded "decoded" Warning "A note is not UTF-8 and was decoded from another encoding."
    Symlink "symlink" Warning "A symbolic link leaves the content folder, is broken or goes in a circle, and is not followed."
    FileName "file-name" Error "A file name cannot be published."
    SkippedFile "skipped-file" Warning "A file that is no note cannot be published and is left out."
    Config "config" Error "The configuration cannot be read or holds a wrong value."
    Template "template" Error "A template cannot be parsed or rendered."
    NestedTooDeep "nested-too-deep" Warning "Markdown is nested deeper than is sensible and was flattened."
    History "history" Warning "Git cannot tell when notes were written and changed, since it lacks the whole history."
    Budget "budget" Warning "The site is larger than `budget` allows."
    Search "search" Error "The search index could not be built."
    ExternalLink "external-link" Warning "An address of another site does not answer; only `biji check --external` asks."
    Orphan "orphan" Allow "No other note links to a note."
    EmptyNote "empty-note" Allow "A note has neither text nor anything to look at."
    MissingAlt "missing-alt" Allow "A picture has no words for readers who cannot see it."
    LongNote "long-note" Allow "Reading a note takes longer than `long_note` allows."
    DuplicateTitle "duplicate-title" Allow "Two notes have the same title."
}

impl Code {
    /// Whether it is advice: nothing is wrong, something could be better. `biji check` counts it, and lists it with `--advice`.
    #[must_use]
    pub fn is_advice(self) -> bool {
        matches!(self, Self::Orphan | Self::EmptyNote | Self::MissingAlt | Self::LongNote | Self::DuplicateTitle)
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name).ok_or(())
    }
}

/// A file's name as people see it (relative to ROOT) and its text, for excerpts.
#[derive(Debug, Clone, Eq)]
pub struct File {
    /// Path relative to ROOT, `/`-separated: `content/guide/index.md`.
    pub path: Arc<str>,
    /// The text that spans point into; empty when there is none to show.
    pub text: Arc<str>,
}

impl PartialEq for File {
    /// Files are nearly always clones of one another: then a long text is not read.
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

/// One fault that the writer can fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of fault.
    pub code: Code,
    /// The file, where one is to blame.
    pub file: Option<File>,
    /// The place in the file's text.
    pub span: Option<Span>,
    /// What was found, as one lower-case sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The name that was probably meant, where the hint has one, as it would be written there.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// A fault of the whole site or of no one file.
    #[must_use]
    pub fn site(code: Code, message: impl Into<String>) -> Self {
        Self { code, file: None, span: None, message: message.into(), hint: None, suggestion: None }
    }

    /// A fault of a file as a whole.
    #[must_use]
    pub fn file(code: Code, file: File, message: impl Into<String>) -> Self {
        Self { file: Some(file), ..Self::site(code, message) }
    }

    /// A fault at a place in a file.
    #[must_use]
    pub fn at(code: Code, file: File, span: Span, message: impl Into<String>) -> Self {
        Self { span: Some(span), ..Self::file(code, file, message) }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with the name that was probably meant, and a hint that has it.
    #[must_use]
    pub fn suggest(self, name: &str, hint: impl FnOnce(&str) -> String) -> Self {
        Self { suggestion: Some(name.to_owned()), ..self.hint(hint(name)) }
    }

    /// The order of reports: by file, place, code, message; faults of no file first.
    #[must_use]
    pub fn sort_key(&self) -> (Option<&str>, Option<Span>, Code, &str) {
        (self.file.as_ref().map(|file| &*file.path), self.span, self.code, &self.message)
    }
}

/// Why the operating system refused, without its number: `Permission denied`.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(reason, _)| reason).to_owned()
}

/// A longer name is no slip of the finger, and comparing two takes the product of their lengths.
const LONGEST: usize = 500;

/// The nearest of `names` to `wanted`, when near enough that someone could have meant it (Damerau–Levenshtein distance of at most a third
/// of the length). The first of equals wins.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wanted.chars().count();
    if length > LONGEST {
        return None;
    }
    let limit = (length / 3).max(1);
    names
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(length) <= limit)
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

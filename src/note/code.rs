//! One block of code: what its info string asks for and what comments in it say of its lines.
//!
//! In: an info string and the text between the fences. Out: `CodeBlock`: the text as it is shown, marks by line, annotations, and what was not
//! understood. Knows nothing of HTML. [`info`] reads the info string, [`comment`] the comments, [`diagram`] finds the words of a drawing, [`region`] cuts out parts of included files.

pub mod comment;
pub mod diagram;
pub mod info;
pub mod lines;
pub mod region;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use info::Attributes;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;

/// What is special about a line of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mark {
    /// It was added.
    Added,
    /// It was removed.
    Removed,
    /// It is highlighted.
    Highlighted,
    /// It is what the reader should look at.
    Focused,
    /// It is an error.
    Error,
    /// It deserves a warning.
    Warning,
}

/// A number in the code that stands for an item of the list behind the block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The line of the shown text at whose end it stands, from 1.
    pub line: u32,
    /// The number.
    pub number: u32,
}

/// A fenced or indented code block.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeBlock {
    /// The whole info string: `yaml title="a.yaml"`. Empty for indented blocks.
    pub info: String,
    /// The code as it is shown, with its last line break. Empty where it is to be included and was not yet read.
    pub text: String,
    /// The place of the info string, or of the block where there is none.
    pub span: Span,
    /// What the info string says.
    pub attributes: Attributes,
    /// The marks of the lines of `text`, by their number from 1.
    pub marks: BTreeMap<u32, BTreeSet<Mark>>,
    /// The annotations in order.
    pub annotations: Vec<Annotation>,
    /// The numbers of the items of the list right behind the block; `None` where there is no ordered list.
    pub items: Option<std::ops::Range<u32>>,
}

/// Something about a block that its writer should mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the info string; `None` for the block as a whole.
    pub place: Option<std::ops::Range<usize>>,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// The report of it. Where the info string stands in the file otherwise than it is read (entities, backslashes), the whole is shown.
    #[must_use]
    pub fn report(self, file: &File, block: &CodeBlock) -> Diagnostic {
        let whole = block.span.range();
        let is_verbatim = file.text.get(whole.clone()) == Some(block.info.as_str());
        let span = match self.place {
            Some(place) if is_verbatim => Span::new(whole.start + place.start, whole.start + place.end),
            _ => block.span,
        };
        Diagnostic::at(Code::CodeAttribute, file.clone(), span, self.message).hint(self.hint)
    }
}

impl CodeBlock {
    /// Reads a block. `text`: what stands between the fences; `items`: the numbers of the list right behind it.
    #[must_use]
    pub fn new(info: String, text: String, span: Span, items: Option<std::ops::Range<u32>>) -> (Self, Vec<Fault>) {
        let is_empty = text.trim().is_empty();
        let (attributes, mut faults) = info::read(&info, is_empty);
        let mut block = Self { info, span, attributes, items, ..Self::default() };
        if block.attributes.include.is_none() {
            faults.extend(block.show(text));
        }
        (block, faults)
    }

    /// Takes the text that is shown, and reads what its comments say.
    pub fn show(&mut self, text: String) -> Vec<Fault> {
        let read = comment::read(text, &self.attributes.language, self.items.is_some());
        let lines = u32::try_from(read.text.lines().count()).unwrap_or(u32::MAX);
        let mut faults = read.faults;
        self.text = read.text;
        self.marks = read.marks;
        self.annotations = read.annotations;
        if let Some((_, _, to)) = self.attributes.marks.iter().find(|(_, _, to)| *to > lines) {
            let message = format!("line {to} is marked, and the code block ends with line {lines}");
            faults.push(Fault { place: None, message, hint: "lines are counted from 1, as they are shown".to_owned() });
        }
        let spans = self.attributes.marks.iter().map(|(mark, from, to)| (*mark, *from, to.saturating_add(1))).collect();
        mark(&mut self.marks, spans, lines);
        faults
    }

    /// A block as CommonMark has it: the text as it is, the language and nothing else.
    #[must_use]
    pub fn plain(info: String, text: String, span: Span) -> Self {
        let (attributes, _) = info::read(&info, false);
        let attributes = Attributes { language: attributes.language, ..Attributes::default() };
        Self { info, text, span, attributes, ..Self::default() }
    }

    /// Whether numbers in it stand for the items of the list right behind it, as far as is known before a file is included.
    #[must_use]
    pub fn has_annotations(&self) -> bool {
        self.items.is_some() && (self.attributes.include.is_some() || !self.annotations.is_empty())
    }

    /// The annotations that no item explains.
    #[must_use]
    pub fn unexplained(&self) -> Vec<Fault> {
        let Some(items) = &self.items else { return Vec::new() };
        let alone = self.annotations.iter().filter(|annotation| !items.contains(&annotation.number));
        let fault = |annotation: &Annotation| Fault {
            place: None,
            message: format!("no item {} in the list behind the code block explains its annotation ({0})", annotation.number),
            hint: "write the item, or the number of one that is there".to_owned(),
        };
        alone.map(fault).collect()
    }

    /// The text as a search has it: code as it is shown, of a diagram its words.
    #[must_use]
    pub fn words(&self) -> Cow<'_, str> {
        if self.attributes.language == "mermaid" { diagram::words(&self.text).into() } else { self.text.as_str().into() }
    }

    /// The language: the info string's first word up to a comma, brace or space, lower case, without a leading dot; `""` for none.
    #[must_use]
    pub fn language(&self) -> String {
        self.attributes.language.clone()
    }

    /// The id of an item of the list behind the `block`th block of a note.
    #[must_use]
    pub fn annotation_id(block: usize, number: u32) -> String {
        format!("annotation:{}-{number}", block + 1)
    }
}

/// Marks lines, each span from a line to before another, up to line `last`. However many spans lie over each other, each line is met once a mark.
fn mark(marks: &mut BTreeMap<u32, BTreeSet<Mark>>, mut spans: Vec<(Mark, u32, u32)>, last: u32) {
    spans.sort_unstable();
    let mut done = (Mark::Added, 0);
    for (mark, from, to) in spans {
        if done.0 != mark {
            done = (mark, 0);
        }
        for line in from.max(done.1)..to.min(last.saturating_add(1)) {
            marks.entry(line).or_default().insert(mark);
        }
        done.1 = done.1.max(to);
    }
}

//! The info string of a code block: one grammar that takes the spellings of Docusaurus, VitePress, Material, Hugo, Zola, Pandoc and Expressive Code.
//!
//! In: what stands behind the fence. Out: `Attributes`, and a fault for every word that says nothing to Biji.
//!
//! ```text
//! info       = [ language [ ":" word ] ] { separator item }
//! item       = flag | name "=" value | "{" lines "}" | "{" { item } "}" | "[" title "]"
//! value      = '"' … '"' | "'" … "'" | "{" … "}" | "[" … "]" | bare
//! lines      = line [ "-" line ] { separator line [ "-" line ] }
//! separator  = white space or ","
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lines::{LARGEST, Lines, closing, ranges};
use super::{Fault, Mark};
use crate::diagnostic::nearest;

/// What an info string says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attributes {
    /// The language, lower case; `""` for none.
    pub language: String,
    /// The title or file name; `""` for none.
    pub title: String,
    /// The number of the first line; `None` where lines have no numbers.
    pub first_line: Option<u32>,
    /// Marked lines, from and to, counted from 1.
    pub marks: Vec<(Mark, u32, u32)>,
    /// Whether the block shall have no button for copying.
    pub is_not_copied: bool,
    /// The file that the block shows.
    pub include: Option<Include>,
}

/// A file to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Include {
    /// Its path as written.
    pub file: String,
    /// The name of the part that is wanted; `""` for all.
    pub region: String,
    /// The lines that are wanted, from and to; none for all.
    pub lines: Lines,
}

/// Names that take a value or are a word by themselves, for "did you mean".
const NAMES: &[&str] = &[
    "title",
    "filename",
    "file",
    "region",
    "lines",
    "hl_lines",
    "highlight",
    "ins",
    "del",
    "focus",
    "linenums",
    "linenos",
    "linenostart",
    "showLineNumbers",
    "startLineNumber",
    "startFrom",
    "numberLines",
    "line-numbers",
    "no-line-numbers",
    "no-copy",
];

/// Words that say something to the tools that run the code of a book, and nothing to its readers.
const RUNNERS: &[&str] = &[
    "ignore",
    "no_run",
    "should_panic",
    "compile_fail",
    "test_harness",
    "standalone_crate",
    "editable",
    "noplayground",
    "noplaypen",
    "playground",
    "mdbook-runnable",
    "does_not_compile",
    "panics",
    "not_desired_behavior",
    "unsafe",
];

/// Words that ask for what is so anyway.
const ANYWAY: &[&str] = &["copy", "select", "annotate"];

/// Reads an info string. `is_empty`: whether nothing stands between the fences.
pub fn read(info: &str, is_empty: bool) -> (Attributes, Vec<Fault>) {
    let mut reader = Reader {
        info,
        attributes: Attributes::default(),
        faults: Vec::new(),
        has_language: false,
        file: None,
        region: None,
        lines: None,
        takes_ranges: false,
    };
    reader.items(0..info.len(), 0);
    reader.finish(is_empty)
}

struct Reader<'a> {
    info: &'a str,
    attributes: Attributes,
    faults: Vec<Fault>,
    has_language: bool,
    file: Option<(String, Range<usize>)>,
    region: Option<(String, Range<usize>)>,
    lines: Option<(Lines, Range<usize>)>,
    /// Whether the item before was a list of lines that goes on: `hl_lines=3 8-9`.
    takes_ranges: bool,
}

impl Reader<'_> {
    /// Reads items. `depth`: how many braces are around them.
    fn items(&mut self, range: Range<usize>, depth: usize) {
        let bytes = self.info.as_bytes();
        let mut at = range.start;
        while at < range.end {
            match bytes[at] {
                b' ' | b'\t' | b',' | b';' => at += 1,
                b'{' => match closing(self.info, at, range.end) {
                    Some(end) => {
                        let inside = at + 1..end;
                        match ranges(&self.info[inside.clone()]) {
                            Some(lines) => self.mark(Mark::Highlighted, &lines),
                            None if depth == 0 && !self.info[inside.clone()].trim().is_empty() => self.items(inside, 1),
                            None => self.fault(at..end + 1, "braces without lines or attributes", "write lines as `{1,3-5}`"),
                        }
                        self.has_language = true;
                        at = end + 1;
                    }
                    None => at = self.open(at, range.end, '}'),
                },
                b'[' => match closing(self.info, at, range.end) {
                    Some(end) => {
                        self.info[at + 1..end].trim().clone_into(&mut self.attributes.title);
                        self.has_language = true;
                        at = end + 1;
                    }
                    None => at = self.open(at, range.end, ']'),
                },
                _ => at = self.item(at, range.end),
            }
        }
    }

    /// A bracket that is not closed.
    fn open(&mut self, at: usize, end: usize, bracket: char) -> usize {
        self.fault(at..end, &format!("no `{bracket}` in the info string of the code block"), &format!("close it: `{bracket}`"));
        end
    }

    /// A word, or a name and its value. Returns where it ends.
    fn item(&mut self, start: usize, end: usize) -> usize {
        let rest = &self.info[start..end];
        // A sign that starts no item is a word by itself.
        let length = rest.find([' ', '\t', ',', ';', '{', '}', '=']).unwrap_or(rest.len()).max(1);
        let name = start..start + length;
        let Some(after) = self.info[name.end..end].strip_prefix('=') else {
            self.word(name);
            return start + length;
        };
        let from = name.end + 1;
        let (value, next) = match after.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => match after[1..].find(char::from(*quote)) {
                Some(length) => (from + 1..from + 1 + length, from + length + 2),
                None => {
                    self.fault(name.start..end, "a quote in the info string of the code block is not closed", "close it");
                    return end;
                }
            },
            Some(b'{' | b'[') => match closing(self.info, from, end) {
                Some(close) => (from + 1..close, close + 1),
                None => {
                    let bracket = if after.starts_with('{') { '}' } else { ']' };
                    return self.open(name.start, end, bracket);
                }
            },
            _ => {
                let mut length = after.find([' ', '\t', ',', ';', '}']).unwrap_or(after.len());
                // `highlight=1,3-5` goes on behind its commas.
                while after[length..].starts_with(',') && ranges(&after[..length]).is_some() {
                    let more = after[length + 1..].find([' ', '\t', ',', ';', '}']).map_or(after.len(), |at| length + 1 + at);
                    if ranges(&after[length + 1..more]).is_none() {
                        break;
                    }
                    length = more;
                }
                (from..from + length, from + length)
            }
        };
        self.pair(name.start..next, name, value);
        next
    }

    /// A word by itself.
    fn word(&mut self, place: Range<usize>) {
        let takes_ranges = std::mem::take(&mut self.takes_ranges);
        let word = &self.info[place.clone()];
        if takes_ranges && let Some(lines) = ranges(word) {
            self.takes_ranges = true;
            self.mark(Mark::Highlighted, &lines);
            return;
        }
        if let Some((language, rest)) = word.split_once(':') {
            if !language.is_empty() {
                self.language(language, place.start..place.start + language.len());
            }
            self.has_language = true;
            let rest_place = place.end - rest.len()..place.end;
            match rest {
                "" => {}
                _ if rest.contains(['.', '/']) && !language.is_empty() => rest.clone_into(&mut self.attributes.title),
                _ => self.flag(rest_place),
            }
            return;
        }
        // `{.yaml}`, `.env`: what stands first is a language.
        if !self.has_language && !is_flag(word) {
            let name = word.trim_start_matches('.');
            self.language(name, place);
            return;
        }
        self.flag(place);
    }

    fn language(&mut self, name: &str, place: Range<usize>) {
        if self.attributes.language.is_empty() && !self.has_language {
            self.attributes.language = name.to_lowercase();
            self.has_language = true;
        } else {
            self.unknown(place);
        }
    }

    /// A word that is no language.
    fn flag(&mut self, place: Range<usize>) {
        self.has_language = true;
        let word = self.info[place.clone()].trim_start_matches('.');
        match word.to_ascii_lowercase().as_str() {
            "showlinenumbers" | "line-numbers" | "linenos" | "linenums" | "numberlines" | "number-lines" => {
                self.attributes.first_line.get_or_insert(1);
            }
            "no-line-numbers" => self.attributes.first_line = None,
            "no-copy" | "nocopy" => self.attributes.is_not_copied = true,
            lower if ANYWAY.contains(&lower) || RUNNERS.contains(&lower) => {}
            lower if lower.starts_with("edition20") => {}
            // The codes of errors that `compile_fail` may name.
            lower if lower.len() == 5 && lower.starts_with('e') && lower[1..].bytes().all(|byte| byte.is_ascii_digit()) => {}
            _ => self.unknown(place),
        }
    }

    /// A name and its value.
    fn pair(&mut self, whole: Range<usize>, name: Range<usize>, value: Range<usize>) {
        self.takes_ranges = false;
        let mut text = &self.info[name.clone()];
        if let Some((language, rest)) = text.split_once(':') {
            if !language.is_empty() {
                self.language(language, name.start..name.start + language.len());
            }
            text = rest;
        }
        self.has_language = true;
        let value = &self.info[value];
        let mark = match text.to_ascii_lowercase().as_str() {
            "title" | "filename" => {
                value.clone_into(&mut self.attributes.title);
                return;
            }
            "file" => {
                self.file = Some((value.to_owned(), whole));
                return;
            }
            "region" => {
                self.region = Some((value.to_owned(), whole));
                return;
            }
            "lines" => {
                match ranges(value) {
                    Some(lines) => self.lines = Some((lines, whole)),
                    None => self.no_lines(whole, value),
                }
                return;
            }
            "linenums" | "linenos" | "showlinenumbers" | "line-numbers" | "linenostart" | "startlinenumber" | "startfrom" | "start" => {
                self.number(whole, value);
                return;
            }
            "hl_lines" | "highlight" | "hl" | "mark" => Mark::Highlighted,
            "ins" | "add" => Mark::Added,
            "del" | "remove" => Mark::Removed,
            "focus" => Mark::Focused,
            _ => {
                self.unknown(name);
                return;
            }
        };
        match ranges(value) {
            Some(lines) => {
                self.takes_ranges = mark == Mark::Highlighted;
                self.mark(mark, &lines);
            }
            None => self.no_lines(whole, value),
        }
    }

    /// The number of the first line, or whether there are numbers.
    fn number(&mut self, whole: Range<usize>, value: &str) {
        match value.trim().to_ascii_lowercase().as_str() {
            "true" | "table" | "inline" | "" => {
                self.attributes.first_line.get_or_insert(1);
            }
            "false" => self.attributes.first_line = None,
            number => match number.parse().ok().filter(|number| *number <= LARGEST) {
                Some(number) => self.attributes.first_line = Some(number),
                None => self.fault(whole, &format!("`{value}` is no line number"), "write the number of the first line: `linenums=\"1\"`"),
            },
        }
    }

    fn mark(&mut self, mark: Mark, lines: &[(u32, u32)]) {
        self.attributes.marks.extend(lines.iter().map(|(from, to)| (mark, *from, *to)));
    }

    fn no_lines(&mut self, whole: Range<usize>, value: &str) {
        self.fault(whole, &format!("`{value}` are no lines of code"), "write lines as `1,3-5`, counted from 1");
    }

    fn unknown(&mut self, place: Range<usize>) {
        let word = self.info[place.clone()].to_owned();
        let hint = match nearest(&word, NAMES.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "leave it out, or write a title as `title=\"…\"` and lines as `{1,3-5}`".to_owned(),
        };
        self.fault(place, &format!("the code block has an unknown attribute `{word}`"), &hint);
    }

    fn fault(&mut self, place: Range<usize>, message: &str, hint: &str) {
        self.faults.push(Fault { place: Some(place), message: message.to_owned(), hint: hint.to_owned() });
    }

    fn finish(mut self, is_empty: bool) -> (Attributes, Vec<Fault>) {
        match (self.file.take(), is_empty) {
            (Some((file, place)), true) if file.trim().is_empty() => {
                self.fault(place, "`file` names no file", "write its path: `file=\"examples/pod.yaml\"`");
            }
            (Some((file, _)), true) => {
                let region = self.region.take().map(|(region, _)| region).unwrap_or_default();
                let lines = self.lines.take().map(|(lines, _)| lines).unwrap_or_default();
                self.attributes.include = Some(Include { file: file.trim().to_owned(), region, lines });
            }
            // With code in the block it is the name of where the code comes from.
            (Some((file, _)), false) if self.attributes.title.is_empty() => self.attributes.title = file,
            _ => {}
        }
        let parts = [self.region.take().map(|(_, place)| place), self.lines.take().map(|(_, place)| place)];
        for place in parts.into_iter().flatten() {
            let message = "a part of a file is wanted, but no file is included";
            self.fault(place, message, "name the file with `file=\"…\"` and leave the block empty");
        }
        (self.attributes, self.faults)
    }
}

/// Whether a first word is no language but an attribute.
fn is_flag(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    matches!(lower.as_str(), "showlinenumbers" | "linenos" | "linenums" | ".numberlines" | "line-numbers" | "no-copy")
}

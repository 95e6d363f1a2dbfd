//! What comments in code say of its lines: `[!code ++]`, `highlight-next-line` and annotations, `(1)`.
//!
//! In: the text of a block. Out: the text without them, the marks of its lines, annotations, and faults. Understood where a comment holds
//! them; anything else is code and stays.

use std::collections::{BTreeMap, BTreeSet};

use super::{Annotation, Fault, Mark};

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// The code as it is shown.
    pub text: String,
    /// Marks by line, from 1.
    pub marks: BTreeMap<u32, BTreeSet<Mark>>,
    /// Annotations in order.
    pub annotations: Vec<Annotation>,
    /// What was not understood.
    pub faults: Vec<Fault>,
}

/// What starts a comment in some language, and what ends it there. Longer ones first.
const COMMENTS: &[(&str, &str)] =
    &[("<!--", "-->"), ("{/*", "*/}"), ("/*", "*/"), ("//", ""), ("--", ""), ("#", ""), (";", ""), ("%", ""), ("REM", ""), ("'", "")];

/// How many of them may hold an annotation in any language: `x % (1)` is no comment.
const UNMISTAKABLE: [&str; 5] = ["<!--", "{/*", "/*", "//", "#"];

/// So many marks of one line are read.
const MOST: usize = 8;

/// Reads the comments. `has_list`: whether an ordered list stands right behind the block, so that `(1)` is an annotation.
#[must_use]
pub fn read(text: String, language: &str, has_list: bool) -> Read {
    let is_markdown = matches!(language, "markdown" | "md" | "mdx");
    if is_markdown || !(text.contains("[!code") || text.contains("highlight-") || (has_list && text.contains("("))) {
        return Read { text, ..Read::default() };
    }
    let mut reader = Reader { out: String::with_capacity(text.len()), line: 1, ..Reader::default() };
    for line in text.split_inclusive('\n') {
        reader.line(line, language, has_list);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    out: String,
    /// The number of the line that is written next.
    line: u32,
    /// Marks, with the first line and behind the last.
    spans: Vec<(Mark, u32, u32)>,
    /// Where `highlight-start` stood.
    open: Option<u32>,
    annotations: Vec<Annotation>,
    faults: Vec<Fault>,
}

impl Reader {
    fn line(&mut self, whole: &str, language: &str, has_list: bool) {
        let line = whole.trim_end_matches(['\n', '\r']);
        let end = &whole[line.len()..];
        if line.contains("highlight-") && self.docusaurus(line) {
            return;
        }
        let mut line = line.to_owned();
        let mut marks: Vec<(Mark, u32)> = Vec::new();
        // Nobody says more of a line.
        for _ in 0..MOST {
            let Some(found) = directive(&line) else { break };
            match mark_of(&found.name) {
                Some(mark) => marks.push((mark, found.count)),
                None => {
                    let message = format!("`[!code {}]` in a code block says nothing to Biji", found.name);
                    let hint = "write `++`, `--`, `highlight`, `focus`, `error` or `warning`";
                    self.faults.push(Fault { place: None, message, hint: hint.to_owned() });
                }
            }
            line = found.without;
        }
        // A comment by itself speaks of the lines that follow.
        let is_gone = !marks.is_empty() && line.trim().is_empty();
        for (mark, count) in marks {
            self.spans.push((mark, self.line, self.line.saturating_add(count)));
        }
        if is_gone {
            return;
        }
        if has_list && let Some((without, numbers)) = annotations(&line, language) {
            self.annotations.extend(numbers.into_iter().map(|number| Annotation { line: self.line, number }));
            line = without;
        }
        self.out.push_str(&line);
        self.out.push_str(end);
        self.line += 1;
    }

    /// Comments that stand on lines of their own, as Docusaurus has them.
    fn docusaurus(&mut self, line: &str) -> bool {
        let Some(inside) = alone(line) else { return false };
        match inside {
            "highlight-next-line" => self.spans.push((Mark::Highlighted, self.line, self.line + 1)),
            "highlight-start" if self.open.is_none() => self.open = Some(self.line),
            "highlight-end" if let Some(start) = self.open.take() => self.spans.push((Mark::Highlighted, start, self.line)),
            "highlight-start" => self.fault("`highlight-start` stands in lines that are highlighted already"),
            "highlight-end" => self.fault("`highlight-end` without `highlight-start`"),
            _ => return false,
        }
        true
    }

    fn fault(&mut self, message: &str) {
        let hint = "every `highlight-start` has one `highlight-end` behind it";
        self.faults.push(Fault { place: None, message: message.to_owned(), hint: hint.to_owned() });
    }

    fn finish(mut self) -> Read {
        if let Some(start) = self.open.take() {
            self.fault("`highlight-start` without `highlight-end`");
            self.spans.push((Mark::Highlighted, start, u32::MAX));
        }
        let mut marks: BTreeMap<u32, BTreeSet<Mark>> = BTreeMap::new();
        super::mark(&mut marks, self.spans, self.line.saturating_sub(1));
        Read { text: self.out, marks, annotations: self.annotations, faults: self.faults }
    }
}

/// `[!code name:count]` in a comment.
struct Directive {
    name: String,
    count: u32,
    /// The line without it, and without the comment if nothing else is in there.
    without: String,
}

fn directive(line: &str) -> Option<Directive> {
    let start = line.rfind("[!code ")?;
    let length = line[start..].find(']')?;
    let inside = line[start + "[!code ".len()..start + length].trim();
    let (name, count) = match inside.rsplit_once(':') {
        Some((name, count)) => (name, count.parse().ok()?),
        None => (inside, 1),
    };
    let (before, after) = (&line[..start], &line[start + length + 1..]);
    let without = match comment_before(before) {
        Some((at, end)) => {
            let rest = after.trim_start();
            let rest = if end.is_empty() { rest } else { rest.strip_prefix(end)? };
            if rest.is_empty() {
                line[..at].trim_end().to_owned()
            } else if end.is_empty() {
                format!("{}{rest}", &line[..before.trim_end().len() + 1])
            } else {
                format!("{}{rest}", &line[..at])
            }
        }
        // Other words stand in the comment.
        None if COMMENTS.iter().take(7).any(|(open, _)| before.contains(open)) => format!("{}{after}", before.trim_end()),
        None => return None,
    };
    Some(Directive { name: name.to_owned(), count, without })
}

fn mark_of(name: &str) -> Option<Mark> {
    Some(match name {
        "++" | "add" | "ins" => Mark::Added,
        "--" | "remove" | "del" => Mark::Removed,
        "highlight" | "hl" => Mark::Highlighted,
        "focus" => Mark::Focused,
        "error" => Mark::Error,
        "warning" => Mark::Warning,
        _ => return None,
    })
}

/// Where the comment starts that a text ends in without any word, and what would end it.
fn comment_before(before: &str) -> Option<(usize, &'static str)> {
    let trimmed = before.trim_end();
    COMMENTS.iter().find_map(|(open, close)| {
        let rest = trimmed.strip_suffix(open)?;
        // `///`, `##`.
        let rest = if close.is_empty() { rest.trim_end_matches(*open) } else { rest };
        let needs_space = matches!(*open, "#" | "%" | ";" | "--" | "REM" | "'");
        (!needs_space || rest.is_empty() || rest.ends_with([' ', '\t'])).then_some((rest.len(), *close))
    })
}

/// The text of a comment that has its line for itself.
pub(super) fn alone(line: &str) -> Option<&str> {
    let line = line.trim();
    COMMENTS.iter().find_map(|(open, close)| Some(line.strip_prefix(open)?.strip_suffix(close)?.trim()))
}

/// The line without the comment that holds annotations and nothing else, and their numbers. `(1)!` takes the comment's sign away too.
fn annotations(line: &str, language: &str) -> Option<(String, Vec<u32>)> {
    let mut rest = line.trim_end();
    let mut close = "";
    if let Some((_, end)) = COMMENTS.iter().find(|(_, end)| !end.is_empty() && rest.ends_with(end)) {
        close = end;
        rest = rest[..rest.len() - end.len()].trim_end();
    }
    let mut numbers = Vec::new();
    let mut strips = false;
    loop {
        let (inside, strip) = rest.strip_suffix('!').map_or((rest, false), |inside| (inside, true));
        let Some(number) = inside.strip_suffix(')').and_then(|inside| Some((inside.rfind('(')?, inside))) else { break };
        let (at, inside) = number;
        let Some(number) = inside[at + 1..].parse::<u32>().ok().filter(|_| inside.len() - at <= 5 && !inside[at + 1..].starts_with('+'))
        else {
            break;
        };
        numbers.push(number);
        strips |= strip;
        rest = rest[..at].trim_end();
    }
    if numbers.is_empty() {
        return None;
    }
    let (at, end) = comment_before(rest)?;
    let open = rest[at..].trim_end();
    let is_comment =
        UNMISTAKABLE.iter().any(|sure| open.starts_with(sure)) || comments_of(language).iter().any(|own| open.starts_with(own));
    if end != close || !is_comment {
        return None;
    }
    numbers.reverse();
    let without = if strips || !close.is_empty() { line[..at].trim_end() } else { rest };
    Some((without.to_owned(), numbers))
}

/// What starts a comment in this language besides the unmistakable signs.
fn comments_of(language: &str) -> &'static [&'static str] {
    match language {
        "sql" | "mysql" | "postgresql" | "postgres" | "plsql" | "sqlite" | "lua" | "haskell" | "hs" | "ada" | "elm" | "vhdl" => &["--"],
        "tex" | "latex" | "matlab" | "octave" | "erlang" | "erl" | "prolog" => &["%"],
        "lisp" | "clojure" | "clj" | "scheme" | "elisp" | "emacs-lisp" | "racket" | "asm" | "nasm" | "ini" | "llvm" => &[";"],
        "bat" | "batch" | "cmd" => &["REM"],
        "vb" | "vbnet" | "vba" => &["'"],
        _ => &[],
    }
}

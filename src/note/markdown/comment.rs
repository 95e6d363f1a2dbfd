//! What is no text for the parser: Obsidian's comments, which stand between two `%%` for the writer alone, and lines that explain abbreviations.
//!
//! In: a note's text. Out: the same text with both masked, byte for byte at the same offsets, before anything else looks at it; the abbreviations.
//! When in doubt whether something is a comment, it is one: what is hidden wrongly is noticed, what is published wrongly is not.

use super::abbreviation::{self, Abbreviation};
use crate::diagnostic::{Code, Diagnostic, File};
use crate::text::Span;

/// What stands for a masked byte. It is a letter to the Markdown parser, and is never written.
pub(super) const MASK: u8 = 0x1a;

/// The masked text, or `None` when there is nothing to mask, and the abbreviations that the note explains.
pub(super) fn mask(file: &File, from: usize, diagnostics: &mut Vec<Diagnostic>) -> (Option<String>, Vec<Abbreviation>) {
    let text = &*file.text;
    let has_controls = text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | 0));
    let may_hold = ["%%", "*["].into_iter().any(|mark| text[from..].contains(mark));
    let (comments, abbreviations) = if may_hold { find(text, from) } else { Default::default() };
    if comments.is_empty() && abbreviations.is_empty() && !has_controls {
        return (None, Vec::new());
    }
    let mut masked = text.as_bytes().to_vec();
    for byte in &mut masked {
        // Other control characters are allowed neither in HTML nor seen by anyone.
        if *byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | 0) {
            *byte = MASK;
        }
    }
    for comment in comments {
        if !comment.has_end {
            let span = Span::new(comment.range.start, comment.range.start + 2);
            diagnostics.push(
                Diagnostic::at(Code::UnclosedComment, file.clone(), span, "the comment that starts here has no end")
                    .hint("end it with `%%`, or write `\\%%` if it is none; until then the rest of the note is hidden"),
            );
        }
        if comment.is_alone {
            blank(&mut masked[comment.range]);
        } else {
            masked[comment.range].fill(MASK);
        }
    }
    let abbreviations = abbreviations.into_iter().map(|(range, abbreviation)| {
        blank(&mut masked[range]);
        abbreviation
    });
    let abbreviations = abbreviations.collect();
    // Whole characters were replaced by ASCII: comments start and end at `%`.
    (String::from_utf8(masked).ok(), abbreviations)
}

/// The text without masked bytes, and for every offset of it, its end included, the offset in `text`. `None` when nothing is masked.
pub(super) fn unmasked(text: &str) -> Option<(String, Vec<usize>)> {
    if !text.as_bytes().contains(&MASK) {
        return None;
    }
    let mut offsets: Vec<usize> = text.bytes().enumerate().filter(|(_, byte)| *byte != MASK).map(|(at, _)| at).collect();
    offsets.push(text.len());
    Some((text.replace(char::from(MASK), ""), offsets))
}

/// Makes lines blank.
fn blank(lines: &mut [u8]) {
    for byte in lines.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
}

struct Comment {
    range: std::ops::Range<usize>,
    has_end: bool,
    /// Whether it stands on lines of its own behind a blank line, so that it may become blank lines.
    is_alone: bool,
}

type Explained = (std::ops::Range<usize>, Abbreviation);

fn find(text: &str, from: usize) -> (Vec<Comment>, Vec<Explained>) {
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        comments: Vec::new(),
        abbreviations: Vec::new(),
        fence: None,
        in_list: false,
        unclosed: [0; RUNS],
    };
    let mut at = from;
    let mut was_blank = true;
    while at < text.len() {
        let (next, is_blank) = scan.line(at, was_blank);
        was_blank = is_blank;
        at = next;
    }
    (scan.comments, scan.abbreviations)
}

/// Runs of more backticks than this do not make code.
const RUNS: usize = 64;

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    comments: Vec<Comment>,
    /// The lines that explain abbreviations.
    abbreviations: Vec<Explained>,
    fence: Option<Fence>,
    in_list: bool,
    /// For each length of a run of backticks (the last: dollar signs), up to where there is none that closes it.
    unclosed: [usize; RUNS],
}

#[derive(Clone, Copy)]
struct Fence {
    mark: u8,
    length: usize,
    quotes: usize,
}

/// What stands in front of a line's content.
struct Lead {
    content: usize,
    quotes: usize,
    indent: usize,
    has_marker: bool,
}

impl Scan<'_> {
    /// Looks at the line that starts at `at`. Returns where the next starts (a comment may take several) and whether it is blank.
    fn line(&mut self, at: usize, after_blank: bool) -> (usize, bool) {
        let end = self.line_end(at);
        let lead = self.lead(at, end);
        let content = &self.text[lead.content..end];
        let is_blank = content.trim().is_empty();
        if let Some(fence) = self.fence {
            let run = content.bytes().take_while(|byte| *byte == fence.mark).count();
            let closes = run >= fence.length && content[run..].trim().is_empty();
            let left = lead.quotes < fence.quotes;
            if closes || left {
                self.fence = None;
            }
            if !left {
                return (end, false);
            }
        }
        if is_blank {
            return (end, true);
        }
        if lead.has_marker {
            self.in_list = true;
        } else if lead.indent == 0 && after_blank {
            self.in_list = false;
        }
        if lead.indent >= 4 && after_blank && !self.in_list && !lead.has_marker {
            // Indented code goes on over blank lines; each of its lines comes here with the one before blank or code.
            return (end, true);
        }
        if let Some(fence) = fence(content, lead.quotes) {
            self.fence = Some(fence);
            return (end, false);
        }
        // What may begin a comment is none: an explanation is published.
        if !lead.has_marker
            && !content.contains("%%")
            && let Some(abbreviation) = abbreviation::definition(content, lead.content)
        {
            self.abbreviations.push((lead.content..end, abbreviation));
            return (end, true);
        }
        self.inline(lead.content, end, after_blank)
    }

    /// Looks for comments in a line's content.
    fn inline(&mut self, mut at: usize, mut end: usize, after_blank: bool) -> (usize, bool) {
        let mut is_first = true;
        let mut only_comments = true;
        while at < end {
            match self.bytes[at] {
                b'%' if self.bytes.get(at + 1) == Some(&b'%') => {
                    let close = self.text[at + 2..].find("%%").map(|length| at + 2 + length + 2);
                    let comment_end = close.unwrap_or(self.text.len());
                    if comment_end > end {
                        end = if self.bytes[comment_end - 1] == b'\n' { comment_end } else { self.line_end(comment_end) };
                    }
                    let is_alone = is_first && after_blank && self.text[comment_end..end].trim().is_empty();
                    self.comments.push(Comment { range: at..comment_end, has_end: close.is_some(), is_alone });
                    only_comments &= is_alone;
                    at = comment_end;
                    is_first = false;
                    continue;
                }
                b'\\' => at += 2,
                b'`' => at = self.code(at),
                b'$' => at = self.math(at, end),
                b'<' => at = self.tag(at, end),
                b'(' if at > 0 && self.bytes[at - 1] == b']' => {
                    let rest = &self.text[at..end];
                    let stop = rest.find([' ', '\t', ')', '\n', '\r']).filter(|stop| rest.as_bytes()[*stop] == b')');
                    at += stop.unwrap_or(1);
                }
                byte => {
                    if !byte.is_ascii_whitespace() {
                        is_first = false;
                        only_comments = false;
                    }
                    at += 1;
                    continue;
                }
            }
            is_first = false;
            only_comments = false;
        }
        // A run of code may reach over the line's end.
        let next = if at > end { self.line_end(at - 1).max(at.min(self.text.len())) } else { end };
        (self.boundary(next), only_comments)
    }

    /// Behind the code that starts at `at`, or behind its backticks.
    fn code(&mut self, at: usize) -> usize {
        let run = self.run(at);
        if run >= RUNS || self.unclosed[run] > at {
            return at + run;
        }
        let limit = self.paragraph_end(at);
        let mut from = at + run;
        while let Some(next) = self.text[from..limit].find('`').map(|length| from + length) {
            let length = self.run(next);
            if length == run {
                return next + run;
            }
            from = next + length;
        }
        self.unclosed[run] = limit;
        at + run
    }

    /// Behind the formula that starts at `at`, or behind its dollar sign.
    fn math(&mut self, at: usize, end: usize) -> usize {
        if self.bytes.get(at + 1) == Some(&b'$') {
            if self.unclosed[0] > at {
                return at + 2;
            }
            let limit = self.paragraph_end(at);
            return match self.text.get(at + 2..limit).and_then(|rest| rest.find("$$")) {
                Some(length) => at + 2 + length + 2,
                None => {
                    self.unclosed[0] = limit;
                    at + 2
                }
            };
        }
        // A comment that touches white space is likelier than a formula with `%%` in it.
        let rest = &self.text[at + 1..end];
        let close = rest.find('$').filter(|close| !rest[..*close].contains([' ', '\t']) && *close > 0);
        close.map_or(at + 1, |close| at + 1 + close + 1)
    }

    /// Behind the tag or address in angle brackets that starts at `at`, or behind the bracket.
    fn tag(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.text[at + 1..end];
        if rest.starts_with("!--") {
            return at + 1;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            return at + 1;
        }
        match rest.find(['>', '<']).filter(|close| rest.as_bytes()[*close] == b'>') {
            Some(close) => at + 1 + close + 1,
            None => at + 1,
        }
    }

    fn run(&self, at: usize) -> usize {
        self.bytes[at..].iter().take_while(|byte| **byte == b'`').count()
    }

    /// Behind the line break that ends the line at `at`.
    fn line_end(&self, at: usize) -> usize {
        self.bytes[at..].iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |length| at + length + 1)
    }

    fn boundary(&self, at: usize) -> usize {
        if at >= self.text.len() { self.text.len() } else { self.text.ceil_char_boundary(at) }
    }

    /// Where the next blank line starts. Long paragraphs are not searched to their end more than once, as failures are remembered.
    fn paragraph_end(&self, at: usize) -> usize {
        let mut end = self.line_end(at);
        while end < self.text.len() {
            let next = self.line_end(end);
            if self.text[end..next].trim_matches([' ', '\t', '\r', '\n', '>']).is_empty() {
                return end;
            }
            end = next;
        }
        end
    }

    fn lead(&self, at: usize, end: usize) -> Lead {
        let mut lead = Lead { content: at, quotes: 0, indent: 0, has_marker: false };
        loop {
            let rest = &self.bytes[lead.content..end];
            match rest {
                [b' ', ..] => {
                    lead.indent += 1;
                    lead.content += 1;
                }
                [b'\t', ..] => {
                    lead.indent += 4;
                    lead.content += 1;
                }
                [b'>', ..] if lead.indent < 4 || lead.has_marker => {
                    lead.quotes += 1;
                    lead.indent = 0;
                    lead.content += 1;
                    if self.bytes.get(lead.content) == Some(&b' ') {
                        lead.content += 1;
                    }
                }
                _ => match marker(rest) {
                    Some(length) if self.fence.is_none() && lead.indent < 40 => {
                        lead.has_marker = true;
                        lead.content += length;
                    }
                    _ => return lead,
                },
            }
        }
    }
}

/// The length of the mark of a list item or of a footnote.
fn marker(line: &[u8]) -> Option<usize> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length = match line.get(digits) {
        Some(b'-' | b'+' | b'*' | b':') if digits == 0 => 1,
        Some(b'.' | b')') if (1..=9).contains(&digits) => digits + 1,
        Some(b'[') if digits == 0 && line.get(1) == Some(&b'^') => {
            let close = line.iter().take(200).position(|byte| *byte == b']')?;
            (line.get(close + 1) == Some(&b':')).then_some(close + 2)?
        }
        _ => return None,
    };
    matches!(line.get(length), Some(b' ' | b'\t')).then_some(length)
}

fn fence(content: &str, quotes: usize) -> Option<Fence> {
    let mark = content.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = content.bytes().take_while(|byte| *byte == mark).count();
    let is_fence = length >= 3 && !(mark == b'`' && content[length..].contains('`'));
    is_fence.then_some(Fence { mark, length, quotes })
}

//! The fences of containers: lines of `:::`, as Pandoc, VitePress and Docusaurus write them.
//!
//! In: a note's text, comments masked. Out: the text for the parser, in which every fence is masked, byte for byte at the same offsets, and what the
//! fences say. Decides nothing about which fence ends what.
//!
//! A masked fence is an empty processing instruction, `<?  ?>`. That is a block of HTML of one line: it may interrupt a paragraph, is never lazily taken
//! into one, and ends itself, all of which a fence needs. Whether a line is in code or in HTML only the parser knows, so the masked text is parsed
//! once to see which of the lines it takes for such a block; the others are text again.

use std::ops::Range;

use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};

/// A line of at least three colons.
#[derive(Debug)]
pub(in crate::note::markdown) struct Fence {
    /// The place of the line without what stands before and behind.
    pub(in crate::note::markdown) range: Range<usize>,
    /// How many colons it starts with.
    pub(in crate::note::markdown) colons: usize,
    /// What it starts; `None` when it ends something.
    pub(in crate::note::markdown) header: Option<Header>,
}

/// What stands behind the colons.
#[derive(Debug, Default)]
pub(in crate::note::markdown) struct Header {
    /// Lower case.
    pub(in crate::note::markdown) name: String,
    /// The place of the name.
    pub(in crate::note::markdown) name_range: Range<usize>,
    /// The place of the title, which may be empty.
    pub(in crate::note::markdown) title: Range<usize>,
    pub(in crate::note::markdown) id: Option<Range<usize>>,
    pub(in crate::note::markdown) classes: Vec<String>,
    /// Name and value.
    pub(in crate::note::markdown) values: Vec<(String, String)>,
}

impl Header {
    /// Whether it says this word in its attributes.
    pub(in crate::note::markdown) fn says(&self, word: &str) -> bool {
        self.values.iter().any(|(name, _)| name == word)
    }
}

/// The fences of a text.
#[derive(Debug)]
pub(in crate::note::markdown) struct Fences {
    /// What the parser is given.
    pub(in crate::note::markdown) masked: String,
    /// In order.
    pub(in crate::note::markdown) fences: Vec<Fence>,
}

/// Finds the fences behind byte `from`; `None` when there are none.
pub(in crate::note::markdown) fn find(source: &str, from: usize, extensions: Extensions) -> Option<Fences> {
    if !source[from..].contains(":::") {
        return None;
    }
    let mut candidates = Vec::new();
    let mut at = from;
    for line in source[from..].split_inclusive(['\n', '\r']) {
        candidates.extend(fence(source, at..at + line.len()));
        at += line.len();
    }
    if candidates.is_empty() {
        return None;
    }
    let mut bytes = source.as_bytes().to_vec();
    for fence in &candidates {
        bytes[fence.range.clone()].fill(b' ');
        bytes[fence.range.start..fence.range.start + 2].copy_from_slice(b"<?");
        let end = fence.range.end;
        bytes[end - 1] = b'>';
        bytes[(end - 2).max(fence.range.start + 1)] = b'?';
    }
    let masked = String::from_utf8(bytes).ok()?;
    let is_fence = confirm(&masked, from, &candidates, extensions);
    if !is_fence.contains(&true) {
        return None;
    }
    let mut bytes = masked.into_bytes();
    for (fence, _) in candidates.iter().zip(&is_fence).filter(|(_, is_fence)| !**is_fence) {
        bytes[fence.range.clone()].copy_from_slice(&source.as_bytes()[fence.range.clone()]);
    }
    let fences = candidates.into_iter().zip(is_fence).filter_map(|(fence, is_fence)| is_fence.then_some(fence)).collect();
    Some(Fences { masked: String::from_utf8(bytes).ok()?, fences })
}

/// Which of the masked lines the parser takes for blocks of HTML. One that may end something is a fence also within HTML that only a blank line ends.
fn confirm(masked: &str, from: usize, candidates: &[Fence], extensions: Extensions) -> Vec<bool> {
    let mut is_fence = vec![false; candidates.len()];
    let mut block = 0..0;
    for (event, range) in Parser::new_ext(&masked[from..], extensions).into_offset_iter() {
        let range = from + range.start..from + range.end;
        match event {
            Event::Start(Tag::HtmlBlock) => block = range,
            Event::Html(_) => {
                let Some(number) = at(candidates, masked, &range) else { continue };
                let is_own = masked[block.start..candidates[number].range.start].trim().is_empty();
                is_fence[number] = is_own || (candidates[number].header.is_none() && is_ended_by_blank(&masked[block.start..]));
            }
            _ => {}
        }
    }
    is_fence
}

/// Which of the fences stands on the line that `range` starts with.
pub(in crate::note::markdown) fn at(fences: &[Fence], masked: &str, range: &Range<usize>) -> Option<usize> {
    let number = fences.partition_point(|fence| fence.range.start < range.start);
    let fence = fences.get(number)?;
    (fence.range.start < range.end && masked[range.start..fence.range.start].trim().is_empty()).then_some(number)
}

/// Whether a block of HTML that starts like this ends with a blank line, not with a mark of its own.
fn is_ended_by_blank(html: &str) -> bool {
    let start = html.trim_start().as_bytes();
    let is = |name: &str| start.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()));
    !["!", "?", "pre", "style", "script", "textarea"].into_iter().any(is)
}

/// The fence in a line.
fn fence(source: &str, line: Range<usize>) -> Option<Fence> {
    let text = &source[line.clone()];
    let lead = lead(text);
    let content = text[lead..].trim_end();
    let colons = content.bytes().take_while(|byte| *byte == b':').count();
    if colons < 3 {
        return None;
    }
    let start = line.start + lead;
    let range = start..start + content.len();
    if colons == content.len() {
        return Some(Fence { range, colons, header: None });
    }
    let header = header(source, start + colons..range.end)?;
    Some(Fence { range, colons, header: Some(header) })
}

/// The length of what may stand in front of a block: marks of quotes and items. Whether they are any, the parser says.
fn lead(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &line.as_bytes()[at..];
        let digits = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        at += match rest {
            [b' ' | b'\t' | b'>', ..] => 1,
            [b'-' | b'+' | b'*', b' ' | b'\t', ..] => 2,
            [b'[', b'^', ..] => match line[at..].find("]:").filter(|length| *length < 200) {
                Some(length) => length + 2,
                None => return at,
            },
            _ if digits > 0 && matches!(rest.get(digits), Some(b'.' | b')')) && matches!(rest.get(digits + 1), Some(b' ' | b'\t')) => {
                digits + 2
            }
            _ => return at,
        };
    }
}

/// What stands behind the colons: `name title {attributes}`, `name[title]{attributes}`, or `{.name attributes} title`.
fn header(source: &str, range: Range<usize>) -> Option<Header> {
    let mut header = Header::default();
    let trimmed = source[range.clone()].trim_start();
    let mut start = range.end - trimmed.len();
    let mut end = range.end;
    // Pandoc lets a fence end with colons.
    let bare = source[start..end].trim_end_matches(':');
    if end - start - bare.len() >= 3 && bare.ends_with(char::is_whitespace) {
        end = start + bare.trim_end().len();
    }
    if let Some(inside) = source[start..end].strip_prefix('{') {
        let close = inside.find('}')?;
        let words = &inside[..close];
        let word = words.split_whitespace().next()?;
        let name = word.trim_start_matches('.');
        if !is_name(name) {
            return None;
        }
        let at = start + 1 + (word.as_ptr() as usize - words.as_ptr() as usize);
        header.name_range = at + word.len() - name.len()..at + word.len();
        header.name = name.to_lowercase();
        let rest = at + word.len()..start + 1 + close;
        attributes(source, rest, &mut header)?;
        start += close + 2;
    } else {
        let length = source[start..end].find(|letter: char| !is_part(letter)).unwrap_or(end - start);
        let name = &source[start..start + length];
        if !is_name(name) {
            return None;
        }
        header.name_range = start..start + length;
        header.name = name.to_lowercase();
        start += length;
        let behind = source[start..end].chars().next();
        if behind.is_some_and(|letter| !letter.is_whitespace() && !matches!(letter, '[' | '{')) {
            return None;
        }
        end = without_attributes(source, start..end, &mut header);
        let title = &source[start..end];
        if title.starts_with('[') && title.trim_end().ends_with(']') {
            start += 1;
            end = start + title.trim_end().len() - 2;
        }
    }
    let title = source[start..end].trim();
    let start = start + (source[start..end].len() - source[start..end].trim_start().len());
    header.title = start..start + title.len();
    Some(header)
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

fn is_name(name: &str) -> bool {
    name.starts_with(char::is_alphabetic) && name.chars().all(is_part) && name.len() <= 100
}

/// Reads the attributes in braces that a line ends with; returns where what stands in front ends.
fn without_attributes(source: &str, range: Range<usize>, header: &mut Header) -> usize {
    let text = source[range.clone()].trim_end();
    let Some(inside) = text.strip_suffix('}') else { return range.end };
    let Some(open) = inside.rfind('{') else { return range.end };
    // `a{b}` is text, `a {.b}` and `[a]{.b}` are attributes.
    let is_apart = text[..open].chars().next_back().is_none_or(|letter| letter.is_whitespace() || letter == ']');
    let at = range.start + open;
    if is_apart && attributes(source, at + 1..range.start + inside.len(), header).is_some() { at } else { range.end }
}

/// Reads attributes; `None`, and nothing read, when there is something else between them.
fn attributes(source: &str, range: Range<usize>, header: &mut Header) -> Option<()> {
    let mut found = Header::default();
    let mut at = range.start;
    for piece in source[range.clone()].split_inclusive(char::is_whitespace).take(100) {
        let word = piece.trim_end();
        if let Some(id) = word.strip_prefix('#').filter(|id| !id.is_empty()) {
            found.id = Some(at + 1..at + 1 + id.len());
        } else if let Some(class) = word.strip_prefix('.').filter(|class| !class.is_empty()) {
            found.classes.push(class.to_owned());
        } else if let Some((name, value)) = word.split_once('=') {
            let is_value = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') && is_name(name);
            is_value.then(|| found.values.push((name.to_owned(), value.trim_matches(['"', '\'']).to_owned())))?;
        } else if word == "open" {
            found.values.push(("open".to_owned(), String::new()));
        } else if !word.is_empty() {
            return None;
        }
        at += piece.len();
    }
    header.id = found.id;
    header.classes = found.classes;
    header.values = found.values;
    Some(())
}

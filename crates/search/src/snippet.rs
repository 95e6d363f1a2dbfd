//! Finds the words of a query in a stored text: what to mark, which sections are best, which piece of them to show.
//!
//! *In*: a note's stored record and the terms that matched. *Out*: a [`Hit`]: texts and ranges, never HTML. Uses the tokenizer, so what is
//! marked is what matched.

use crate::docs::sort;
use crate::token::tokenize;
use crate::{Document, Hit, Section, SectionHit, Snippet};
use std::ops::Range;

/// Length of an excerpt in columns (a Han character takes two).
const EXCERPT: usize = 180;
/// Sections shown of one page.
const SECTIONS: usize = 3;
/// Words handed to the opened page.
const WORDS: usize = 12;

/// What to look for: sequences of words, each with the terms that may stand for it.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    /// Terms with the needle and the place in it that each fills, ascending once [`Needles::order`] was called.
    terms: Vec<(String, usize, usize)>,
    /// Relative positions of each needle's words.
    needles: Vec<Vec<u32>>,
}

impl Needles {
    /// Adds words that stand at these relative positions, each with its terms.
    pub(crate) fn add<'a>(&mut self, words: impl Iterator<Item = (u32, Vec<&'a str>)>) {
        let needle = self.needles.len();
        let mut places = Vec::new();
        for (at, terms) in words {
            for term in terms {
                self.terms.push((term.to_owned(), needle, places.len()));
            }
            places.push(at);
        }
        self.needles.push(places);
    }

    /// Makes ready for looking up, when all are there.
    pub(crate) fn order(&mut self) {
        sort(&mut self.terms, |a, b| a < b);
        self.terms.dedup();
    }

    /// What a term fills.
    fn of(&self, term: &str) -> &[(String, usize, usize)] {
        let from = self.terms.partition_point(|(known, _, _)| known.as_str() < term);
        let rest = &self.terms[from..];
        &rest[..rest.partition_point(|(known, _, _)| known == term)]
    }
}

/// A place in a text where a needle is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    range: Range<u32>,
    needle: usize,
}

/// All places of all needles, ascending.
fn marks(text: &str, needles: &Needles) -> Vec<Mark> {
    // Begun needles: which, its first position, how many words, the range so far.
    let mut begun: Vec<(usize, u32, usize, Range<u32>)> = Vec::new();
    let mut marks = Vec::new();
    tokenize(text, 0, &mut |token| {
        begun.retain(|(needle, first, filled, _)| needles.needles[*needle].get(*filled).is_some_and(|&at| first + at >= token.position));
        for &(_, needle, place) in needles.of(&token.text) {
            let words = &needles.needles[needle];
            if place == 0 {
                begun.push((needle, token.position, 0, token.start..token.end));
            }
            for (of, first, filled, range) in &mut begun {
                if *of == needle && *filled == place && *first + words[place] == token.position {
                    *filled += 1;
                    range.end = range.end.max(token.end);
                    if *filled == words.len() {
                        marks.push(Mark { range: range.clone(), needle });
                    }
                }
            }
        }
    });
    let place = |mark: &Mark| (mark.range.start, mark.range.end, mark.needle);
    sort(&mut marks, |a, b| place(a) < place(b));
    marks
}

fn join(marks: &[Mark]) -> Vec<Range<u32>> {
    let mut joined: Vec<Range<u32>> = Vec::new();
    for mark in marks {
        match joined.last_mut() {
            Some(last) if mark.range.start <= last.end => last.end = last.end.max(mark.range.end),
            _ => joined.push(mark.range.clone()),
        }
    }
    joined
}

/// How many different needles there are, and how many places.
fn weigh(marks: &[Mark], needles: usize) -> (usize, usize) {
    let mut seen = vec![false; needles];
    marks.iter().for_each(|mark| seen[mark.needle] = true);
    (seen.iter().filter(|seen| **seen).count(), marks.len())
}

/// Makes the result that is shown of a document.
pub(crate) fn hit(document: Document, score: f32, needles: &Needles) -> Hit {
    let count = needles.needles.len();
    let mut words: Vec<String> = Vec::new();
    let mut snippet = |text: &str, marks: &[Mark]| {
        let highlights = join(marks);
        for range in &highlights {
            let word = &text[range.start as usize..range.end as usize];
            if words.len() < WORDS && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        highlights
    };
    let title_marks = marks(&document.title, needles);
    let title = Snippet { highlights: snippet(&document.title, &title_marks), text: document.title.clone() };
    let mut weighed: Vec<(u32, usize, Vec<Mark>, Vec<Mark>)> = Vec::new();
    for (at, section) in document.sections.iter().enumerate() {
        let (heading, text) = (marks(&section.heading, needles), marks(&section.text, needles));
        let all: Vec<Mark> = heading.iter().chain(&text).cloned().collect();
        let (different, _) = weigh(&all, count);
        let (in_heading, _) = weigh(&heading, count);
        let weight = different as f32 * 10.0 + in_heading as f32 * 8.0 + (text.len() as f32).ln_1p() * 2.0
            // A heading that is little else than the query.
            + if in_heading > 0 { 6.0 * covered(&section.heading, &heading) } else { 0.0 };
        if different > 0 {
            weighed.push(((weight * 100.0) as u32, at, heading, text));
        }
    }
    sort(&mut weighed, |a, b| (b.0, a.1) < (a.0, b.1));
    let best = weighed.first().map_or(0, |section| section.0);
    weighed.retain(|section| section.0 * 2 >= best);
    weighed.truncate(SECTIONS);
    if weighed.is_empty() && !document.sections.is_empty() {
        // Only the title matches: the beginning of the page is shown.
        let first = document.sections.iter().position(|section| !section.text.trim().is_empty()).unwrap_or(0);
        let first = if document.sections[first].anchor.is_empty() { first } else { 0 };
        weighed.push((0, first, Vec::new(), Vec::new()));
    }
    let mut sections = Vec::new();
    for (_, at, heading, text) in weighed {
        let section = &document.sections[at];
        let heading = Snippet { highlights: snippet(&section.heading, &heading), text: section.heading.clone() };
        snippet(&section.text, &text);
        sections.push(SectionHit { anchor: section.anchor.clone(), heading, excerpt: excerpt(section, &text, count) });
    }
    Hit { url: document.url, source: document.source, title, score, sections, words }
}

/// The share of a text's letters that is marked.
fn covered(text: &str, marks: &[Mark]) -> f32 {
    let marked: u32 = join(marks).iter().map(Range::len).sum::<usize>() as u32;
    marked as f32 / text.len().max(1) as f32
}

fn columns(text: &str) -> usize {
    text.chars()
        .map(|ch| if crate::token::is_dense(ch) || matches!(ch, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF60}') { 2 } else { 1 })
        .sum()
}

/// The piece of a section's text around its densest match.
fn excerpt(section: &Section, marks: &[Mark], needles: usize) -> Snippet {
    let text = section.text.as_str();
    let is_prose = |mark: &Mark| !section.code.iter().any(|code| code.contains(&mark.range.start));
    // The window of marks with the most different needles, then one in a sentence rather than in code, then the most marks, then the first.
    let mut best = ((0, false, 0), 0, 0);
    let mut first = 0;
    for last in 0..marks.len() {
        while first < last && (marks[last].range.end as usize).saturating_sub(marks[first].range.start as usize) > EXCERPT {
            first += 1;
        }
        let (different, all) = weigh(&marks[first..=last], needles);
        let worth = (different, is_prose(&marks[first]), all);
        if worth > best.0 {
            best = (worth, first, last);
        }
    }
    let (from, to) = match (marks.get(best.1), marks.get(best.2)) {
        (Some(first), Some(last)) => (first.range.start as usize, last.range.end.max(first.range.end) as usize),
        _ => (0, 0),
    };
    let mut left = EXCERPT.saturating_sub(columns(&text[from..to]));
    // Backwards to the beginning of the sentence, or some words.
    let mut start = from;
    let mut back = left.min(60);
    let mut boundary = from;
    for (at, ch) in text[..from].char_indices().rev() {
        let width = columns(ch.encode_utf8(&mut [0; 4]));
        if is_sentence_end(ch) || back < width {
            if is_sentence_end(ch) {
                boundary = start;
            }
            break;
        }
        back -= width;
        start = at;
        if at == 0 || ch == ' ' || crate::token::is_dense(ch) {
            boundary = if ch == ' ' { at + 1 } else { at };
        }
    }
    let start = boundary;
    left = left.saturating_sub(columns(&text[start..from]));
    // Forwards until the excerpt is long enough, to the end of a sentence or a word.
    let mut end = to;
    let mut boundary = to;
    for (at, ch) in text[to..].char_indices() {
        let width = columns(ch.encode_utf8(&mut [0; 4]));
        if left < width {
            break;
        }
        left -= width;
        end = to + at + ch.len_utf8();
        if ch == ' ' || ch == '\n' || crate::token::is_dense(ch) || is_sentence_end(ch) || end == text.len() {
            boundary = end;
        }
    }
    let end = if end == text.len() || boundary == to && end > to { end } else { boundary };
    let piece = text[start..end].trim_end();
    let start = start + (piece.len() - piece.trim_start().len());
    let piece = piece.trim_start();
    let highlights = join(marks);
    let inside = highlights.into_iter().filter(|range| range.start as usize >= start && range.end as usize <= start + piece.len());
    Snippet {
        highlights: inside.map(|range| range.start - start as u32..range.end - start as u32).collect(),
        // A line break and a space take one byte each: ranges stay right.
        text: piece.replace(['\n', '\t'], " "),
    }
}

fn is_sentence_end(ch: char) -> bool {
    matches!(ch, '。' | '！' | '？' | '；' | '\n' | '!' | '?')
}

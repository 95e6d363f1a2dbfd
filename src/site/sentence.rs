//! The sentence around a place in a text, as a reader would quote it.
//!
//! In: a note's visible text and a place in it. Out: the sentence, and its words before, at and behind the place. Visible text has a line for
//! each block, item and cell, so a sentence never runs over a line's end. Knows nothing of links.

use crate::text::Span;

/// How far from the place a sentence is looked for, in bytes.
const WINDOW: usize = 2000;
/// How many letters are quoted before the place, and behind it.
const BEFORE: usize = 90;
const BEHIND: usize = 130;
/// Within so many letters a cut is moved to a space.
const WORD: usize = 16;

/// A quoted sentence. All three parts are plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What stands before the place, with `…` where it is cut.
    pub before: String,
    /// What stands at the place.
    pub marked: String,
    /// What stands behind it.
    pub behind: String,
}

/// The sentence that holds a place.
#[must_use]
pub fn around(text: &str, place: Span) -> Span {
    let start = text.floor_char_boundary(place.range().start);
    let end = text.floor_char_boundary(place.range().end).max(start);
    let first = text.floor_char_boundary(start.saturating_sub(WINDOW));
    let last = text.floor_char_boundary((end + WINDOW).min(text.len()));
    let line_start = text[first..start].rfind('\n').map_or(first, |at| first + at + 1);
    let line_end = text[end..last].find('\n').map_or(last, |at| end + at);
    let from = ends(&text[line_start..start], false).last().map_or(line_start, |at| line_start + at);
    let to = ends(&text[end..line_end], true).next().map_or(line_end, |at| end + at);
    let lead = text[from..start].len() - text[from..start].trim_start().len();
    let tail = text[end..to].trim_end().len();
    Span::new(from + lead, end + tail)
}

/// Quotes a sentence around a place in it; what is far from the place is cut.
#[must_use]
pub fn quote(text: &str, sentence: Span, place: Span) -> Option<Quote> {
    let before = text.get(sentence.range().start..place.range().start)?;
    let marked = text.get(place.range())?;
    let behind = text.get(place.range().end..sentence.range().end)?;
    let before = match before.char_indices().rev().nth(BEFORE) {
        Some((cut, _)) => {
            let rest = &before[cut..];
            let word = rest.char_indices().take(WORD).find(|(_, letter)| letter.is_whitespace());
            format!("…{}", rest[word.map_or(0, |(at, _)| at)..].trim_start())
        }
        None => before.to_owned(),
    };
    let behind = match behind.char_indices().nth(BEHIND) {
        Some((cut, _)) => {
            let rest = &behind[..cut];
            let word = rest.char_indices().rev().take(WORD).find(|(_, letter)| letter.is_whitespace());
            format!("{}…", rest[..word.map_or(rest.len(), |(at, _)| at)].trim_end())
        }
        None => behind.to_owned(),
    };
    Some(Quote { before, marked: marked.to_owned(), behind })
}

/// Where sentences end, behind their white space. `is_end`: whether the text's own end counts as white space.
fn ends(text: &str, is_end: bool) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(move |(at, letter)| {
        let is_wide = matches!(letter, '。' | '！' | '？' | '；' | '｡' | '．');
        if !is_wide && !matches!(letter, '.' | '!' | '?') {
            return None;
        }
        let behind = &text[at + letter.len_utf8()..];
        let rest = behind.trim_start_matches(['”', '’', '」', '』', '）', ')', '"', '\'', ']', '》', '。', '！', '？', '.', '!', '?']);
        let next = rest.trim_start();
        let end = text.len() - next.len();
        if is_wide {
            return Some(end);
        }
        let has_space = rest.len() > next.len() || (rest.is_empty() && is_end);
        (has_space && !(letter == '.' && is_abbreviation(&text[..at], next))).then_some(end)
    })
}

/// Whether a full stop belongs to the word before it: `e.g.`, `J. Smith`, `No. 5`, or a small letter or digit goes on.
fn is_abbreviation(before: &str, next: &str) -> bool {
    let word = before.rsplit(|letter: char| letter.is_whitespace() || letter == '(').next().unwrap_or("");
    let is_short = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let known = ["e.g", "i.e", "etc", "cf", "vs", "dr", "mr", "mrs", "ms", "prof", "st", "no", "fig", "vol", "ca", "al"];
    is_short || known.iter().any(|known| word.eq_ignore_ascii_case(known)) || next.starts_with(|letter: char| letter.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_readers_see_it() {
        for (text, sentence) in [
            ("一句。二[探针]句。三句。", "二[探针]句。"),
            ("First one. The [link] here! Third.", "The [link] here!"),
            ("See e.g. the [link] and J. Smith. Next.", "See e.g. the [link] and J. Smith."),
            ("v1.2 has [a]. 然后", "v1.2 has [a]."),
            ("他说：“走吧。”我看[书]；他看报。", "我看[书]；"),
            ("a line\nwith a [link]\nanother", "with a [link]"),
            ("Really?! [Yes].", "[Yes]."),
            ("[all]", "[all]"),
            ("ends without space.[x] y. Z", "ends without space.[x] y."),
            ("approx. two [of] them", "approx. two [of] them"),
        ] {
            let place = Span::new(text.find('[').expect("marked"), text.find(']').expect("marked") + 1);
            assert_eq!(&text[around(text, place).range()], sentence, "{text}");
        }
    }

    #[test]
    fn long_sentences_are_cut_at_words() {
        let text = format!("{} [x] {}", "word ".repeat(60), "次".repeat(300));
        let place = Span::new(text.find('[').expect("marked"), text.find(']').expect("marked") + 1);
        let quote = quote(&text, around(&text, place), place).expect("inside");
        assert!(quote.before.starts_with("…word ") && quote.before.chars().count() < 100, "{}", quote.before);
        assert!(quote.behind.ends_with("次…") && quote.behind.chars().count() < 140, "{}", quote.behind);
        assert_eq!(quote.marked, "[x]");
    }
}

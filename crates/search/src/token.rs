//! The only tokenizer: text in, tokens with positions and byte ranges out, the same at build time and at query time.
//!
//! Scripts written without spaces (Han, kana, Hangul, Thai, Khmer…) become overlapping pairs of characters, one position a character; the last
//! character of a run stands alone. So every character has exactly one token, any run of them is a phrase of pairs, and a single
//! character is the prefix of the tokens that begin with it. Latin words become one token a part (`kube-proxy`: `kube`, `proxy`;
//! `livenessProbe`: `liveness`, `probe`), `camelCase` also the whole, and names that differ by their punctuation alone
//! (`C++`, `.NET`, `-l`) a further token with it. Knows nothing of documents, indexes or queries.

use crate::fold::{Folded, fold_into};

/// How a token came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two neighbouring characters of a script without spaces; takes one position.
    Pair,
    /// The last character of such a run, or a run of one.
    Last,
    /// A word, or a part of one that punctuation or case cuts.
    Word,
    /// A word in `camelCase` as a whole, at the position of its first part.
    Whole,
    /// A word with the punctuation that makes it another (`c++`, `.net`, `-l`), at the position of the word.
    Marked,
    /// A symbol such as an emoji.
    Symbol,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded text.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// Position; neighbours differ by one.
    pub position: u32,
    /// How many positions it covers.
    pub positions: u32,
    /// Start of its text in the original, in bytes.
    pub start: u32,
    /// End of its text in the original, in bytes.
    pub end: u32,
}

/// A token's longest text in bytes; longer words are cut, in the index and in queries alike.
pub const MAX_TOKEN: usize = 64;
/// How many positions a line break skips, so that no phrase crosses a block.
const LINE_GAP: u32 = 2;
/// How many parts of one word are told apart.
const MAX_PARTS: usize = 12;

/// Calls `sink` with the tokens of `text` in order of position, and returns the position after the last one.
pub fn tokenize(text: &str, first_position: u32, sink: &mut dyn FnMut(&Token)) -> u32 {
    let mut folded = Vec::new();
    let mut cutter = Cutter {
        position: first_position,
        token: Token { text: String::new(), kind: Kind::Word, position: 0, positions: 1, start: 0, end: 0 },
        sink,
    };
    // Line by line: the buffer stays small, and no token crosses a line break.
    let mut base = 0;
    for line in text.split_inclusive('\n') {
        folded.clear();
        fold_into(line, base as u32, &mut folded);
        cutter.line(&folded);
        base += line.len();
        if line.ends_with('\n') {
            cutter.position += LINE_GAP;
        }
    }
    cutter.position
}

/// The tokens of `text` as a list.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    tokenize(text, 0, &mut |token| out.push(token.clone()));
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Dense,
    Word,
    Symbol,
    Other,
}

fn class(ch: char) -> Class {
    if ch.is_ascii() {
        return if ch.is_ascii_alphanumeric() { Class::Word } else { Class::Other };
    }
    if is_dense(ch) {
        Class::Dense
    } else if ch.is_alphanumeric() || crate::fold::is_combining_mark(ch) {
        Class::Word
    } else if matches!(ch, '\u{2190}'..='\u{21FF}' | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}') {
        Class::Symbol
    } else {
        Class::Other
    }
}

/// Scripts written without spaces between words, and Hangul, whose words carry their particles.
#[must_use]
pub fn is_dense(ch: char) -> bool {
    matches!(ch,
        '\u{E00}'..='\u{EFF}'                       // Thai, Lao
        | '\u{F00}'..='\u{F0A}' | '\u{F18}'..='\u{FFF}' // Tibetan
        | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109F}' // Myanmar
        | '\u{1100}'..='\u{11FF}'                   // Hangul letters
        | '\u{1780}'..='\u{17D3}' | '\u{17DC}'..='\u{17FF}' // Khmer
        | '\u{1950}'..='\u{19DF}'                   // Tai Le, New Tai Lue
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' // kana
        | '\u{3105}'..='\u{318F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A000}'..='\u{A4CF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

struct Cutter<'a> {
    position: u32,
    token: Token,
    sink: &'a mut dyn FnMut(&Token),
}

impl Cutter<'_> {
    fn line(&mut self, chars: &[Folded]) {
        let mut at = 0;
        while at < chars.len() {
            let class = class(chars[at].ch);
            let mut end = at + 1;
            match class {
                Class::Other => {}
                Class::Symbol => self.symbol(chars, at),
                Class::Dense => {
                    while end < chars.len() && is_dense(chars[end].ch) {
                        end += 1;
                    }
                    self.dense(&chars[at..end]);
                }
                Class::Word => {
                    end = word_end(chars, at);
                    self.word(chars, at, end);
                }
            }
            at = end;
        }
    }

    fn emit(&mut self, kind: Kind, positions: u32, chars: &[Folded]) {
        let (Some(first), Some(last)) = (chars.first(), chars.last()) else { return };
        self.token.text.clear();
        for folded in chars {
            if folded.ch == '\'' || folded.ch == '’' {
                continue;
            }
            if self.token.text.len() + folded.ch.len_utf8() > MAX_TOKEN {
                break;
            }
            self.token.text.push(folded.ch);
        }
        self.token.kind = kind;
        self.token.position = self.position;
        self.token.positions = positions;
        self.token.start = first.start;
        self.token.end = last.end;
        (self.sink)(&self.token);
    }

    fn symbol(&mut self, chars: &[Folded], at: usize) {
        self.emit(Kind::Symbol, 1, &chars[at..=at]);
        self.position += 1;
    }

    fn dense(&mut self, run: &[Folded]) {
        for pair in run.windows(2) {
            self.emit(Kind::Pair, 1, pair);
            self.position += 1;
        }
        self.emit(Kind::Last, 1, &run[run.len() - 1..]);
        self.position += 1;
    }

    fn word(&mut self, chars: &[Folded], start: usize, end: usize) {
        let word = &chars[start..end];
        let parts = camel_parts(word);
        if parts.len() > 1 {
            self.emit(Kind::Whole, parts.len() as u32, word);
        }
        if let Some(marked) = marked(chars, start, end) {
            self.emit(Kind::Marked, parts.len().max(1) as u32, marked);
        }
        for part in parts {
            self.emit(Kind::Word, 1, part);
            self.position += 1;
        }
    }
}

/// Where the word that begins at `start` ends. Apostrophes between letters and points between digits do not end it.
fn word_end(chars: &[Folded], start: usize) -> usize {
    let mut at = start;
    while at < chars.len() {
        let ch = chars[at].ch;
        let joins = class(ch) == Class::Word || {
            let (before, after) = (at.checked_sub(1).map(|i| chars[i].ch), chars.get(at + 1).map(|next| next.ch));
            match ch {
                '\'' | '’' => {
                    before.is_some_and(char::is_alphabetic) && after.is_some_and(|next| next.is_alphabetic() && !is_dense(next))
                }
                '.' => before.is_some_and(|ch| ch.is_ascii_digit()) && after.is_some_and(|ch| ch.is_ascii_digit()),
                _ => false,
            }
        };
        if !joins {
            break;
        }
        at += 1;
    }
    at.max(start + 1)
}

/// Cuts at `aB` and at `ABc…` (`HTTPServer`: `HTTP`, `Server`), not in `PVCs` or `IPv6`.
fn camel_parts(word: &[Folded]) -> Vec<&[Folded]> {
    let mut parts = Vec::new();
    let mut start = 0;
    let lower = |i: usize| word.get(i).is_some_and(|folded| !folded.upper && folded.ch.is_alphabetic());
    for i in 1..word.len() {
        let rises = word[i].upper && !word[i - 1].upper && word[i].start != word[i - 1].start;
        let falls = word[i].upper && word[i - 1].upper && lower(i + 1) && lower(i + 2);
        if (rises || falls) && parts.len() + 1 < MAX_PARTS {
            parts.push(&word[start..i]);
            start = i;
        }
    }
    parts.push(&word[start..]);
    parts
}

/// The word with the punctuation that makes it another name.
fn marked(chars: &[Folded], start: usize, end: usize) -> Option<&[Folded]> {
    let at = |i: usize| chars.get(i).map_or(' ', |folded| folded.ch);
    let word_like = |ch: char| class(ch) == Class::Word;
    if at(end) == '+' && at(end + 1) == '+' && !word_like(at(end + 2)) && at(end + 2) != '+' {
        return Some(&chars[start..end + 2]);
    }
    if end - start == 1 && at(end) == '#' && !word_like(at(end + 1)) {
        return Some(&chars[start..=end]);
    }
    let before = start.checked_sub(1).map_or(' ', at);
    let before2 = start.checked_sub(2).map_or(' ', at);
    let free = |ch: char| !word_like(ch) && !matches!(ch, '-' | '.' | ')' | ']' | '/');
    if before == '.' && free(before2) && chars[start].ch.is_alphabetic() {
        return Some(&chars[start - 1..end]);
    }
    if before == '-' && free(before2) && end - start == 1 && chars[start].ch.is_alphabetic() {
        return Some(&chars[start - 1..end]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tokens as text, with `@` and the position.
    fn show(text: &str) -> String {
        tokens(text).iter().map(|token| format!("{}@{}", token.text, token.position)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn texts() {
        for (text, expected) in [
            ("静态Pod", "静态@0 态@1 pod@2"),
            ("静态 Pod", "静态@0 态@1 pod@2"),
            ("靜態", "静态@0 态@1"),
            ("kube-proxy", "kube@0 proxy@1"),
            ("livenessProbe", "livenessprobe@0 liveness@0 probe@1"),
            ("HTTPServer PVCs IPv6", "httpserver@0 http@0 server@1 pvcs@2 ipv6@3"),
            ("kubernetes.io/pv", "kubernetes@0 io@1 pv@2"),
            ("v1.29 10.96.0.1", "v1.29@0 10.96.0.1@1"),
            ("C++ .NET C# -l", "c++@0 c@0 .net@1 net@1 c#@2 c@2 -l@3 l@3"),
            ("don't", "dont@0"),
            ("Ｃａｆé ｶﾞ", "cafe@0 ガ@1"),
            ("a\nb", "a@0 b@3"),
            ("ไทย", "ไท@0 ทย@1 ย@2"),
            ("검색", "검색@0 색@1"),
            ("中。文", "中@0 文@1"),
            ("", ""),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn tokens_lie_on_character_borders(text in "(\\PC|[中文测试ｶﾞé\u{301}a-zA-Z0-9.+#' \n-]){0,60}") {
            let mut last = 0;
            for token in tokens(&text) {
                prop_assert!(token.start < token.end && token.end as usize <= text.len());
                prop_assert!(text.is_char_boundary(token.start as usize) && text.is_char_boundary(token.end as usize));
                prop_assert!(token.position >= last && token.text.len() <= MAX_TOKEN);
                last = token.position;
            }
        }
    }
}

//! PowerShell, whose syntax definition needs another regular expression engine than the pure Rust one.
//!
//! In: the text of a script. Out: comments, strings, variables, numbers, keywords, commands, parameters and types marked. One pass, linear.

use super::paint::Brush;

const KEYWORDS: &[&str] = &[
    "begin",
    "break",
    "catch",
    "class",
    "continue",
    "data",
    "do",
    "dynamicparam",
    "else",
    "elseif",
    "end",
    "enum",
    "exit",
    "filter",
    "finally",
    "for",
    "foreach",
    "from",
    "function",
    "hidden",
    "if",
    "in",
    "param",
    "process",
    "return",
    "static",
    "switch",
    "throw",
    "trap",
    "try",
    "until",
    "using",
    "while",
    "workflow",
];

pub(super) fn paint(brush: &mut Brush, text: &str) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, class) = token(rest, first);
        let (piece, behind) = rest.split_at(length);
        // No element is longer than a line.
        for line in piece.split_inclusive('\n') {
            brush.put(class, line);
        }
        rest = behind;
    }
}

/// The length and class of the token that `rest` starts with.
fn token(rest: &str, first: char) -> (usize, Option<u8>) {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    let line = rest.find('\n').unwrap_or(rest.len());
    match first {
        '#' => (line, Some(b'c')),
        '<' if rest.starts_with("<#") => (until("#>", 2), Some(b'c')),
        '@' if rest.starts_with("@\"") => (until("\n\"@", 2), Some(b's')),
        '@' if rest.starts_with("@'") => (until("\n'@", 2), Some(b's')),
        '"' => (string(rest, '"'), Some(b's')),
        '\'' => (string(rest, '\''), Some(b's')),
        '$' => {
            if rest.starts_with("${") {
                return (until("}", 2), Some(b'v'));
            }
            let length = 1 + run(&rest[1..], |letter| letter.is_alphanumeric() || letter == '_' || letter == ':' || letter == '?');
            let name = rest[1..length].to_ascii_lowercase();
            (length, Some(if matches!(name.as_str(), "true" | "false" | "null") { b'l' } else { b'v' }))
        }
        '[' => {
            let length = 1 + run(&rest[1..], |letter| letter.is_alphanumeric() || letter == '.' || letter == '_');
            if length > 1 && rest[1..].starts_with(char::is_alphabetic) && rest[length..].starts_with([']', '[']) {
                (length + 1, Some(b't'))
            } else {
                (1, None)
            }
        }
        '-' => {
            let length = 1 + run(&rest[1..], char::is_alphabetic);
            if length > 1 { (length, Some(b'a')) } else { (1, None) }
        }
        letter if letter.is_ascii_digit() => (run(rest, |letter| letter.is_ascii_alphanumeric() || letter == '.'), Some(b'n')),
        letter if letter.is_alphabetic() || letter == '_' => {
            let length = run(rest, |letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
            let word = &rest[..length];
            let class = if KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) {
                Some(b'k')
            } else {
                word.contains('-').then_some(b'f')
            };
            (length, class)
        }
        other => (other.len_utf8(), None),
    }
}

fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !fits(letter)).unwrap_or(text.len())
}

/// The length of a string with its quotes; a doubled quote and, in `"…"`, a backtick keep it open.
fn string(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '`' && quote == '"' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    rest.len()
}

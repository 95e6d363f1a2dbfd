//! Which code blocks are too much for the syntax definitions, told by their text alone: the same on every machine.
//!
//! In: the text of a block and the name of its syntax. Out: nothing, or why it stays plain. Reads no clock.
//!
//! The definitions are regular expressions that try again and again. What makes them slow is not length but repetition: a line such as
//! `a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a`, `f(f(f(f(f(…` or forty backslashes offers so many ways to be read that one line takes a tenth of a
//! second, and thousands of them fit into a block. So the repetitions of each line are weighed, with what the worst of them was measured to
//! take, in milliseconds: every definition was given every line of sixty patterns, 60 to 1000 bytes long. Code that people write has
//! few of them.

/// A block of more bytes stays plain: a reader does not need colours in it, and highlighting is the slowest part of a build.
const BLOCK_LIMIT: usize = 256 << 10;
/// A block with a line of more bytes stays plain: what the definitions do with one line can grow with its square.
const LINE_LIMIT: usize = 1000;
/// Lines of more bytes than this count against `COST_LIMIT`.
const LONG_LINE: usize = 100;
/// A block whose long lines' squares come to more stays plain: some 20 of the longest lines.
const COST_LIMIT: usize = 20_000_000;
/// A block whose repetitions weigh more stays plain: about a second.
const WEIGHT_LIMIT: usize = 1000;

/// So many bytes in a pattern are a repetition.
const REPEATED: usize = 32;
/// So many bytes of white space, or of what people draw lines with, are one.
const RULED: usize = 40;
/// The longest pattern.
const PERIOD: usize = 4;

/// The definitions with expressions that take a tenth of a second for one short line.
const SLOW: &[&str] = &["CSS", "Less", "Lisp", "PHP", "PHP Source", "SCSS", "Sass", "SystemVerilog"];

/// Why a block is not highlighted.
pub(super) fn too_much(syntax: &str, text: &str) -> Option<String> {
    if text.len() > BLOCK_LIMIT {
        return Some(format!("the code block has {} kB, more than the {} kB that are highlighted", text.len() >> 10, BLOCK_LIMIT >> 10));
    }
    if let Some(line) = text.lines().position(|line| line.len() > LINE_LIMIT) {
        return Some(format!("line {} of the code block has more than the {LINE_LIMIT} bytes that are highlighted", line + 1));
    }
    let cost: usize = text.lines().map(str::len).filter(|length| *length > LONG_LINE).map(|length| length * length).sum();
    if cost > COST_LIMIT {
        return Some("the code block has too many long lines to be highlighted".to_owned());
    }
    let is_slow = SLOW.contains(&syntax);
    let weight: usize = text.lines().filter(|line| line.len() >= REPEATED).map(|line| weight(line, is_slow)).sum();
    (weight > WEIGHT_LIMIT).then(|| "the code block has too many lines that repeat one pattern to be highlighted".to_owned())
}

/// What the longest repetitions of a line may cost. How far it is indented costs nothing.
fn weight(line: &str, is_slow: bool) -> usize {
    let text = line.trim_start();
    let (repeated, ruled) = repetition(if text.is_empty() { line } else { text }.as_bytes());
    let repeated = match repeated {
        0..REPEATED => 0,
        _ if is_slow => 150 + repeated * 5 / 2,
        _ => 12 + repeated * repeated / 2500,
    };
    let ruled = match ruled {
        0..RULED => 0,
        _ if is_slow => 12 + ruled * ruled / 1000,
        _ => 5 + ruled * ruled / 2000,
    };
    repeated.max(ruled)
}

/// How many bytes of a line repeat a pattern at most, and how many are one sign that lines are drawn or filled with. In patterns of
/// more than one sign any letter stands for all of them: `a-b-c-d`.
fn repetition(line: &[u8]) -> (usize, usize) {
    let (mut repeated, mut ruled) = (0, 0);
    for period in 1..=PERIOD {
        for stretch in stretches(line, period, |a, b| a == b) {
            let is_one = stretch.iter().all(|byte| *byte == stretch[0]);
            match stretch[0] {
                b' ' | b'\t' | b'-' | b'=' | b'*' | b'#' | b'~' | b'.' | b'/' if is_one => ruled = ruled.max(stretch.len()),
                _ => repeated = repeated.max(stretch.len()),
            }
        }
    }
    for period in 2..=PERIOD {
        for stretch in stretches(line, period, |a, b| class(a) == class(b)) {
            // Words and numbers are no patterns.
            if stretch.iter().any(|byte| class(*byte) != class(stretch[0])) {
                repeated = repeated.max(stretch.len());
            }
        }
    }
    (repeated, ruled)
}

/// The parts of a line that repeat their first `period` bytes at least once, as long as possible.
fn stretches(line: &[u8], period: usize, same: impl Fn(u8, u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    (period..=line.len()).filter_map(move |at| {
        if at < line.len() && same(line[at], line[at - period]) {
            return None;
        }
        let stretch = &line[start..at];
        start = at + 1 - period;
        (stretch.len() >= 2 * period).then_some(stretch)
    })
}

/// Letters, digits and what is not ASCII are alike.
fn class(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() || !byte.is_ascii() { b'a' } else { byte }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_measured() {
        for (line, expected) in [
            ("a-b-c-d-e", (9, 0)),
            ("--------", (0, 8)),
            ("\\\\\\\\\\", (5, 0)),
            ("x f(f(f(f(", (8, 0)),
            ("identifier", (0, 0)),
            ("éééé", (8, 0)),
            ("", (0, 0)),
            ("a", (0, 0)),
        ] {
            assert_eq!(repetition(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn code_is_not_too_much_and_patterns_are() {
        let lines = |line: &str, count: usize| format!("{line}\n").repeat(count);
        for (syntax, text, is_too_much) in [
            (
                "Rust",
                lines("    let value = source.map(|(key, value)| (key.clone(), value)).collect::<Vec<_>>(); // and so on", 1500),
                false,
            ),
            ("SCSS", lines("/* ------------------------------------------------------------ */", 50), false),
            ("JSON", lines(&format!("{}\"key\": 1,", " ".repeat(60)), 1000), false),
            ("JavaScript", lines(&"#".repeat(60), 1000), true),
            ("Less", lines("a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a", 3), false),
            ("Less", lines("a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a", 10), true),
            ("Lisp", lines(&"\\".repeat(60), 10), true),
            ("C#", lines(&"é".repeat(450), 2), false),
            ("C#", lines(&"é".repeat(450), 20), true),
            ("Rust", lines(&"(".repeat(60), 200), true),
            ("Markdown", lines(&"`".repeat(990), 10), true),
        ] {
            assert_eq!(too_much(syntax, &text).is_some(), is_too_much, "{syntax} {text}");
        }
    }
}

//! Whether a drawing lacks something of its source: the drawing crate passes over what it does not understand, and half a diagram says something
//! wrong.
//!
//! In: the source and the text of the drawing. Out: a line whose words are not drawn. Looks at what every line of the three commonest kinds says
//! in so many words: labels in brackets, bars and quotes, and what stands behind a colon. Other kinds draw their words in ways of their own.

/// What a line of a sequence diagram may start with without saying anything behind a colon.
const SEQUENCE: &[&str] = &[
    "sequencediagram",
    "participant",
    "actor",
    "create",
    "destroy",
    "loop",
    "alt",
    "else",
    "opt",
    "par",
    "par_over",
    "and",
    "critical",
    "option",
    "break",
    "rect",
    "box",
    "end",
    "activate",
    "deactivate",
    "autonumber",
    "title",
    "acctitle",
    "accdescr",
    "accdescr{",
    "}",
    "link",
    "links",
    "properties",
    "details",
];

/// Lines of a flowchart that say how it looks.
const LOOKS: &[&str] = &["style", "classdef", "class", "click", "linkstyle", "direction", "acctitle", "accdescr", "acctitle:", "accdescr:"];

/// The first line with words that the drawing lacks.
pub(super) fn line<'a>(source: &'a str, drawing: &str) -> Option<&'a str> {
    let drawn: String = drawing.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let body = || source.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with("%%"));
    let mut lines = body().filter(|line| !line.starts_with("%%"));
    let header = lines.next()?.split([' ', ';', '\t']).next()?.to_lowercase();
    // With front matter the first line is `---`: what follows is not looked at.
    let labels: fn(&str) -> Vec<&str> = match header.as_str() {
        "graph" | "flowchart" => of_flowchart,
        "sequencediagram" => of_sequence,
        _ => return None,
    };
    let is_lost = |line: &&str| labels(line).into_iter().any(|label| words(label).any(|word| !drawn.contains(&word)));
    lines.find(is_lost)
}

fn first_word(line: &str) -> String {
    line.split([' ', '\t', ':']).next().unwrap_or("").to_lowercase()
}

/// The labels of nodes and edges.
fn of_flowchart(line: &str) -> Vec<&str> {
    if LOOKS.contains(&first_word(line).as_str()) || line.contains("@{") {
        return Vec::new();
    }
    let mut labels = Vec::new();
    for (open, close) in [('[', ']'), ('(', ')'), ('{', '}'), ('|', '|'), ('"', '"')] {
        let mut rest = line;
        while let Some(start) = rest.find(open) {
            let inside = &rest[start + open.len_utf8()..];
            let end = inside.find(close).unwrap_or(inside.len());
            labels.push(&inside[..end]);
            rest = inside.get(end + close.len_utf8()..).unwrap_or("");
        }
    }
    labels
}

/// What is said behind the colon. Lines without one must start with a word that has none.
fn of_sequence(line: &str) -> Vec<&str> {
    let word = first_word(line);
    let name = line.split_once(' ').map_or("", |(_, rest)| rest);
    match line.split_once(':') {
        _ if matches!(word.as_str(), "participant" | "actor") && !name.contains('{') => {
            vec![name.rsplit(" as ").next().unwrap_or(name)]
        }
        _ if SEQUENCE.contains(&word.as_str()) => Vec::new(),
        Some((_, said)) => vec![said],
        None => vec![line],
    }
}

/// The words of a label, without tags, references and names of icons.
fn words(label: &str) -> impl Iterator<Item = String> {
    let mut plain = String::with_capacity(label.len());
    let mut rest = label;
    while let Some(at) = rest.find(['<', '#', '&', '\\']) {
        plain.push_str(&rest[..at]);
        let end = if rest[at..].starts_with('<') {
            rest[at..].find('>')
        } else if rest[at..].starts_with("\\n") {
            Some(1)
        } else {
            rest[at..].find(';').filter(|end| rest[at + 1..at + end].chars().all(char::is_alphanumeric))
        };
        plain.push(' ');
        rest = &rest[at + end.map_or(1, |end| end + 1)..];
    }
    plain.push_str(rest);
    let words: Vec<String> = plain
        .split_whitespace()
        .filter(|word| !["fa:", "fab:", "fas:", "far:", "fal:"].iter().any(|icon| word.starts_with(icon)))
        .flat_map(|word| word.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

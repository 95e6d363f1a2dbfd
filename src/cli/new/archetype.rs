//! An archetype, the template of a note, filled in.
//!
//! In: its text and what is known of the note. Out: the note's text. Placeholders are few and do nothing but stand for a text; what is none of them
//! stays as it is, since notes may write about templates. Pure.

use jiff::civil::DateTime;

/// What is known of a new note.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// Its title.
    pub(super) title: &'a str,
    /// Its file's name, without `.md`.
    pub(super) name: &'a str,
    /// Its folder in the content folder; `""` for the content folder itself.
    pub(super) folder: &'a str,
    /// Its date and time.
    pub(super) date: DateTime,
}

/// The archetype's text with its placeholders filled, and marked as a draft where that is asked for.
pub(super) fn fill(template: &str, facts: &Facts<'_>, is_draft: bool) -> String {
    let (head, body) = split(template);
    let mut text = String::with_capacity(template.len() + 64);
    match head {
        Some(Head { fence, lines }) => {
            let lines = replace(lines, facts, true);
            text.push_str(&format!("{fence}\n{}{fence}\n", if is_draft { as_draft(&lines, fence) } else { lines }));
        }
        None if is_draft => text.push_str("---\ndraft: true\n---\n"),
        None => {}
    }
    text.push_str(&replace(body, facts, false));
    text
}

/// Front matter: its fence and its lines.
struct Head<'a> {
    fence: &'a str,
    lines: &'a str,
}

fn split(template: &str) -> (Option<Head<'_>>, &str) {
    for fence in ["---", "+++"] {
        let Some(rest) = template.strip_prefix(fence) else { continue };
        let Some(rest) = rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n') else { continue };
        let mut at = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == fence {
                return (Some(Head { fence, lines: &rest[..at] }), &rest[at + line.len()..]);
            }
            at += line.len();
        }
    }
    (None, template)
}

/// `draft: true` instead of what is said of drafts, or behind the other keys.
fn as_draft(lines: &str, fence: &str) -> String {
    let line = if fence == "+++" { "draft = true\n" } else { "draft: true\n" };
    let is_draft = |line: &str| line.strip_prefix("draft").is_some_and(|rest| rest.trim_start().starts_with([':', '=']));
    if lines.lines().any(is_draft) {
        return lines.split_inclusive('\n').map(|old| if is_draft(old) { line } else { old }).collect();
    }
    // Keys behind a table's heading would belong to the table.
    let end = lines.find("\n[").filter(|_| fence == "+++").map_or(lines.len(), |at| at + 1);
    let start = if lines.starts_with('[') && fence == "+++" { 0 } else { end };
    format!("{}{line}{}", &lines[..start], &lines[start..])
}

/// Every placeholder by what it stands for. In front matter texts are quoted, as a title may hold what YAML and TOML read otherwise.
fn replace(template: &str, facts: &Facts<'_>, is_front_matter: bool) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("{{") {
        text.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let Some(end) = after.find("}}") else {
            rest = &rest[at..];
            break;
        };
        match value(after[..end].trim(), facts) {
            Some(Value::Text(value)) if is_front_matter => {
                let quote = text.chars().next_back();
                push_quoted(&mut text, &value, quote.filter(|quote| matches!(quote, '"' | '\'')), after[end + 2..].chars().next());
            }
            Some(Value::Text(value) | Value::Date(value)) => text.push_str(&value),
            None => {
                text.push_str("{{");
                rest = after;
                continue;
            }
        }
        rest = &after[end + 2..];
    }
    text.push_str(rest);
    text
}

fn push_quoted(text: &mut String, value: &str, before: Option<char>, behind: Option<char>) {
    let json = serde_json::to_string(value).unwrap_or_default();
    match before {
        Some('"') => text.push_str(&json[1..json.len() - 1]),
        Some('\'') => text.push_str(&value.replace('\'', "''")),
        // In the middle of a text the writer's own quotes are missing: nothing is put between.
        _ if text.ends_with(|letter: char| !letter.is_whitespace() && !matches!(letter, '[' | ',')) => text.push_str(value),
        _ if behind.is_some_and(|letter| !letter.is_whitespace() && !matches!(letter, ']' | ',')) => text.push_str(value),
        _ => text.push_str(&json),
    }
}

enum Value {
    Text(String),
    Date(String),
}

fn value(name: &str, facts: &Facts<'_>) -> Option<Value> {
    let (name, format) = name.split_once(':').map_or((name, None), |(name, format)| (name.trim_end(), Some(format.trim())));
    match (name, format) {
        ("title", None) => Some(Value::Text(facts.title.to_owned())),
        ("name", None) => Some(Value::Text(facts.name.to_owned())),
        ("folder", None) => Some(Value::Text(facts.folder.to_owned())),
        ("date", format) => Some(Value::Date(moment(format.unwrap_or("YYYY-MM-DD"), facts.date))),
        ("time", format) => Some(Value::Date(moment(format.unwrap_or("HH:mm"), facts.date))),
        _ => None,
    }
}

/// A date as Obsidian's templates write it: the signs for numbers, anything else as it is.
fn moment(format: &str, date: DateTime) -> String {
    let signs = [
        ("YYYY", format!("{:04}", date.year())),
        ("YY", format!("{:02}", date.year().rem_euclid(100))),
        ("MM", format!("{:02}", date.month())),
        ("M", date.month().to_string()),
        ("DD", format!("{:02}", date.day())),
        ("D", date.day().to_string()),
        ("HH", format!("{:02}", date.hour())),
        ("mm", format!("{:02}", date.minute())),
        ("ss", format!("{:02}", date.second())),
    ];
    let mut text = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        match signs.iter().find(|(sign, _)| rest.starts_with(sign)) {
            Some((sign, number)) => {
                text.push_str(number);
                rest = &rest[sign.len()..];
            }
            None => {
                text.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, is_draft: bool) -> String {
        let date = jiff::civil::date(2026, 3, 7).at(9, 5, 0, 0);
        fill(template, &Facts { title: "A \"b\": it's", name: "A -b- it's", folder: "team/x", date }, is_draft)
    }

    #[test]
    fn placeholders() {
        for (template, text) in [
            (
                "# {{title}}\n{{ date }} {{date:YYYY年M月D日}} {{time}} {{name}} {{folder}}\n",
                "# A \"b\": it's\n2026-03-07 2026年3月7日 09:05 A -b- it's team/x\n",
            ),
            ("---\ntitle: {{ title }}\ndate: {{date}}\n---\n", "---\ntitle: \"A \\\"b\\\": it's\"\ndate: 2026-03-07\n---\n"),
            (
                "---\r\ntitle: \"{{title}}!\"\r\nx: '{{title}}'\r\ny: [{{name}}, b]\r\n---\r\nz",
                "---\ntitle: \"A \\\"b\\\": it's!\"\r\nx: 'A \"b\": it''s'\r\ny: [\"A -b- it's\", b]\r\n---\nz",
            ),
            ("+++\ntitle = {{title}}\n+++\n", "+++\ntitle = \"A \\\"b\\\": it's\"\n+++\n"),
            ("{{ other }} {{title {{ {{", "{{ other }} {{title {{ {{"),
        ] {
            assert_eq!(filled(template, false), text);
        }
    }

    #[test]
    fn drafts() {
        for (template, text) in [
            ("x\n", "---\ndraft: true\n---\nx\n"),
            ("---\na: 1\ndraft: false\n---\nx", "---\na: 1\ndraft: true\n---\nx"),
            ("---\na: 1\n---\n", "---\na: 1\ndraft: true\n---\n"),
            ("+++\na = 1\n[extra]\nb = 2\n+++\n", "+++\na = 1\ndraft = true\n[extra]\nb = 2\n+++\n"),
            ("+++\n[extra]\nb = 2\n+++\n", "+++\ndraft = true\n[extra]\nb = 2\n+++\n"),
        ] {
            assert_eq!(filled(template, true), text);
        }
    }
}

//! Which style sheets a note's page loads besides the one that every page has: those of what few notes have.
//!
//! In: a finished body. Out: names of files in `static/biji/`. Most pages so wait for one sheet, and a small one.

/// A sheet, and the classes that it is for: an element with one of them makes the page load it.
const SHEETS: &[(&str, &[&str])] = &[
    ("containers", &["container", "details", "steps", "tabs", "tab", "cards", "card", "embed", "embed-file"]),
    ("diagram", &["diagram-drawing"]),
    ("lines", &["line", "annotation"]),
    ("tasks", &["task"]),
];

/// The sheets that a body needs, in order.
pub(super) fn of(body: &str) -> Vec<&'static str> {
    let mut found = [false; SHEETS.len()];
    for class in classes(body) {
        for (found, (_, names)) in found.iter_mut().zip(SHEETS) {
            *found |= names.contains(&class);
        }
    }
    // A list of tasks in a note's own HTML has no class.
    let is_asked = |name: &str| name == "tasks" && body.contains("\"checkbox\"");
    SHEETS.iter().zip(found).filter(|((name, _), found)| *found || is_asked(name)).map(|((name, _), _)| *name).collect()
}

/// The classes of all elements, and what looks like some in the text: a sheet too many does no harm.
fn classes(body: &str) -> impl Iterator<Item = &str> {
    body.split("class=").skip(1).flat_map(|rest| {
        let value = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next(),
            _ => rest.split(['>', ' ', '\n', '\t']).next(),
        };
        value.unwrap_or_default().split_ascii_whitespace()
    })
}

#[cfg(test)]
mod tests {
    use super::{SHEETS, of};

    #[test]
    fn a_page_loads_what_its_elements_need() {
        for (body, expected) in [
            ("<p>A container of cards.</p><pre class=\"x\"></pre>", &[][..]),
            ("<div class=\"container note\">", &["containers"]),
            ("<div class='a\ncard'>", &["containers"]),
            ("<div class=tabs>", &["containers"]),
            ("<ul><li><input type=\"checkbox\"> a</li></ul>", &["tasks"]),
            ("<li class=\"task\">", &["tasks"]),
            ("<svg class=\"diagram-drawing dark\"></svg><div class=\"embed\">", &["containers", "diagram"]),
            ("<pre><code><span class=\"line highlighted\">", &["lines"]),
            ("class=", &[]),
        ] {
            assert_eq!(of(body), expected, "{body}");
        }
    }

    /// The first class of every selector of a sheet is one that makes a page load it.
    #[test]
    fn no_class_of_a_sheet_is_forgotten() {
        let sheet = include_str!("../../static/biji/containers.css");
        let first =
            sheet.lines().filter_map(|line| line.trim().strip_prefix('.')?.split(|c: char| !c.is_alphanumeric() && c != '-').next());
        for class in first {
            let outer = class.split('-').next().unwrap_or(class);
            assert!(SHEETS[0].1.iter().any(|known| *known == class || *known == outer), "`{class}` makes no page load containers.css");
        }
    }
}

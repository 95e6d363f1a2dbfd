//! The manual cannot lie: its table of diagnostics is compared with the program's.

use biji::diagnostic::{Code, Severity};

const MANUAL: &str = include_str!("../content/manual/index.md");

#[test]
fn the_manual_lists_every_diagnostic_as_it_is() {
    let expected: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            let severity = match code.default_severity() {
                Severity::Allow => "allow",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            format!("| `{}` | {severity} | {} |", code.as_str(), code.meaning())
        })
        .collect();
    let listed: Vec<&str> = MANUAL
        .lines()
        .skip_while(|line| *line != "| code | severity | meaning |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(listed, expected, "content/manual/index.md and src/diagnostic.rs differ; the table should be:\n{}", expected.join("\n"));
}

//! The manual cannot lie: its tables of diagnostics, keys and options are compared with the program's, and its examples are run.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read and write files and may fail loudly")]

#[path = "manual/fence.rs"]
mod fence;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use biji::diagnostic::{Code, Severity};
use fence::fences;

const EXAMPLES: &str = "content/manual/diagnostics.md";

/// Codes that no small text can cause.
const WITHOUT_EXAMPLE: &[Code] = &[
    Code::CodeNotHighlighted,
    Code::Unreadable,
    Code::Encoding,
    Code::Decoded,
    Code::Symlink,
    Code::FileName,
    Code::SkippedFile,
    Code::NestedTooDeep,
    Code::History,
    Code::Budget,
    Code::Search,
    Code::ExternalLink,
];

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
            format!("| [`{0}`](#{0}) | {severity} | {1} |", code.as_str(), code.meaning())
        })
        .collect();
    let page = read(EXAMPLES);
    let listed: Vec<&str> =
        page.lines().skip_while(|line| *line != "| code | severity | meaning |").skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(listed, expected, "{EXAMPLES} and src/diagnostic.rs differ; the table should be:\n{}", expected.join("\n"));
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The names in backticks of the first `columns` cells of a page's tables, of every line of a table whose heading starts with `head`.
fn names(page: &str, head: &str, columns: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut is_inside = false;
    for line in page.lines() {
        is_inside = line.starts_with('|') && (is_inside || line.starts_with(head));
        if is_inside {
            let cells = line.split('|').skip(1).take(columns);
            names.extend(cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(|name| name.trim_matches(['[', ']']).to_owned()));
        }
    }
    names
}

/// The texts in the lists of names that a Rust file calls `…KEYS`.
fn lists_of_keys(path: &str) -> BTreeSet<String> {
    let code = read(path);
    let lists = code.split("KEYS: &[").skip(1).filter_map(|rest| rest.split_once("];")).map(|(list, _)| list);
    lists.flat_map(|list| list.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// A key in a table may be named by itself or by its whole path (`colours.accent`).
#[test]
fn every_key_of_the_configuration_has_its_line() {
    let mut keys = lists_of_keys("src/config.rs");
    assert!(keys.contains("base_url"));
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config")).unwrap() {
        keys.extend(lists_of_keys(&format!("src/config/{}", entry.unwrap().file_name().to_str().unwrap())));
    }
    let listed = names(&read("content/manual/configuration.md"), "| key | default |", 1);
    let parts: BTreeSet<String> = listed.iter().flat_map(|name| name.split('.')).map(str::to_owned).collect();
    assert_eq!(parts, keys, "content/manual/configuration.md and src/config differ");
}

#[test]
fn every_key_of_front_matter_has_its_line() {
    let listed = names(&read("content/manual/front-matter.md"), "| key | also understood |", 2);
    assert_eq!(listed, lists_of_keys("src/note/front_matter/field.rs"), "content/manual/front-matter.md and field.rs differ");
}

#[test]
fn every_command_and_option_is_in_the_manual() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_biji")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let words = |text: &str| -> BTreeSet<String> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        text.split(|letter| !is_part(letter)).filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned).collect()
    };
    let page = read("content/manual/commands.md");
    let overview = help(&["--help"]);
    let commands = overview.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(commands.contains(&"build"));
    let listed = words(&page);
    for command in commands {
        assert!(page.contains(&format!("biji {command}")), "content/manual/commands.md does not tell of `biji {command}`");
        for option in words(&help(&[command, "--help"])).difference(&listed) {
            assert!(
                matches!(&**option, "--help" | "--version"),
                "content/manual/commands.md does not tell of `{option}` of `biji {command}`"
            );
        }
    }
}

/// What `biji check` prints of the files, without its last lines.
fn check(files: &[(&str, &str)], format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join("site").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
    command.args(["check", ".", "--format", format]).current_dir(folder.path().join("site"));
    let output = command.env("HOME", folder.path()).env("BIJI_CACHE_DIR", "").output().unwrap();
    let text = if format == "json" { output.stdout } else { output.stderr };
    let text = String::from_utf8(text).unwrap();
    let is_end = |line: &&str| {
        !line.starts_with(|letter: char| letter.is_ascii_digit() && (line.ends_with(" warning") || line.ends_with(" warnings")))
            && !line.contains("\"type\":\"summary\"")
    };
    text.lines().take_while(is_end).map(|line| format!("{line}\n")).collect::<String>().trim_end().to_owned() + "\n"
}

/// `BIJI_UPDATE=1` writes what is printed into the manual: read it critically.
#[test]
fn the_examples_of_the_manual_are_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAMPLES);
    let page = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let heading = |code: &Code| format!("## `{}`", code.as_str());
    let listed: Vec<&String> = lines.iter().filter(|line| line.starts_with("## `")).collect();
    assert_eq!(listed, Code::ALL.iter().map(heading).collect::<Vec<_>>().iter().collect::<Vec<_>>(), "a section a code, in their order");

    let mut wrong = Vec::new();
    for code in Code::ALL.iter().rev() {
        let start = lines.iter().position(|line| *line == heading(code)).unwrap();
        let end = lines[start + 1..].iter().position(|line| line.starts_with("## `")).map_or(lines.len(), |at| start + 1 + at);
        let found = fences(&lines[start..end]);
        let Some(report) = found.iter().find(|block| block.info == "text") else {
            assert!(WITHOUT_EXAMPLE.contains(code), "`{}` has no example", code.as_str());
            continue;
        };
        let files: Vec<(&str, &str)> = found.iter().filter_map(|block| Some((block.title()?, &*block.text))).collect();
        let printed = check(&files, "human");
        assert!(printed.contains(&format!("[{}]", code.as_str())), "{}: {printed}", code.as_str());
        if printed != report.text {
            wrong.push(format!("{}:\n{printed}", code.as_str()));
            let place = start + report.lines.start + 1..start + report.lines.end - 1;
            lines.splice(place, printed.lines().map(str::to_owned));
        }
    }
    if std::env::var_os("BIJI_UPDATE").is_some() {
        fs::write(&path, lines.join("\n") + "\n").unwrap();
    } else {
        assert!(wrong.is_empty(), "{EXAMPLES} should say:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_other_formats_are_as_the_manual_says() {
    let page = read(EXAMPLES);
    let lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let found = fences(&lines);
    let files = [("a.md", "See the [guide](instal.md).\n"), ("install.md", "# Install\n")];
    for (format, info) in [("short", "text"), ("json", "json")] {
        let shown = &found.iter().find(|block| block.info == info).unwrap().text;
        assert_eq!(check(&files, format), *shown);
    }
}

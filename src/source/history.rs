//! When notes were written and changed, and by whom, as their repository tells.
//!
//! In: what `git log` printed. Out: [`History`]. Every moment is that of the commit's author, in their own time zone, so it does not depend on where or when the
//! site is built. Names alone are kept, no mail addresses.

use std::collections::BTreeMap;

use crate::path::SourcePath;

/// The history of the files of a content folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    records: BTreeMap<String, Record>,
}

/// The history of one file, renames followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// When it was first committed (RFC 3339).
    pub created: String,
    /// When it was last committed.
    pub updated: String,
    /// How many commits changed it.
    pub commits: u32,
    /// Who changed it: the most active first, then by name.
    pub people: Vec<String>,
}

/// What is known of a file while the log is read.
#[derive(Debug, Default)]
struct Draft {
    first: (i64, String),
    last: (i64, String),
    commits: u32,
    people: BTreeMap<String, u32>,
}

/// Separates the commits in what `git log` prints.
const COMMIT: char = '\u{1e}';
/// Separates the facts of a commit.
const FACT: char = '\u{1f}';

/// The format that [`History::parse`] reads: `git log --format=… --date=iso-strict --name-status -z`.
pub const FORMAT: &str = "format:%x1e%at%x1f%ad%x1f%aN%x1f%(trailers:key=Co-authored-by,valueonly,separator=%x1f)";

impl History {
    /// Reads what `git log` printed, the newest commit first, paths relative to the content folder.
    #[must_use]
    pub fn parse(log: &str) -> Self {
        let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
        // What older commits call a file that has another name now; `None` for a name that belonged to another file then.
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for commit in log.split(COMMIT).skip(1) {
            let Some((facts, changes)) = commit.split_once('\n') else { continue };
            let mut facts = facts.split(FACT);
            let (Some(Ok(seconds)), Some(date)) = (facts.next().map(str::parse::<i64>), facts.next().and_then(moment)) else { continue };
            let people: Vec<&str> = facts.filter_map(name).collect();
            let mut words = changes.split('\0').filter(|word| !word.is_empty());
            let mut older = Vec::new();
            while let (Some(kind), Some(path)) = (words.next(), words.next()) {
                let (path, before) = if kind.starts_with(['R', 'C']) { (words.next().unwrap_or(path), Some(path)) } else { (path, None) };
                if kind.starts_with('D') {
                    continue;
                }
                let Some(today) = names.get(path).map_or_else(|| Some(path.to_owned()), Clone::clone) else { continue };
                let draft = drafts.entry(today.clone()).or_default();
                let now = (seconds, date.clone());
                if draft.commits == 0 || now > draft.last {
                    draft.last = now.clone();
                }
                if draft.commits == 0 || now < draft.first {
                    draft.first = now;
                }
                draft.commits += 1;
                for person in &people {
                    *draft.people.entry((*person).to_owned()).or_default() += 1;
                }
                // Before this commit the name was another file's, or nobody's.
                if kind.starts_with('A') || before.is_some() {
                    older.push((path.to_owned(), None));
                }
                if let Some(before) = before.filter(|_| kind.starts_with('R')) {
                    older.push((before.to_owned(), Some(today)));
                }
            }
            // Of two files that change their names, both are renamed at once.
            older.sort_by_key(|(_, today)| today.is_some());
            names.extend(older);
        }
        let records = drafts.into_iter().map(|(path, draft)| (path, draft.finish())).collect();
        Self { records }
    }

    /// The history of a file; `None` where it has none.
    #[must_use]
    pub fn of(&self, path: &SourcePath) -> Option<&Record> {
        self.records.get(path.as_str())
    }
}

impl Draft {
    fn finish(self) -> Record {
        let mut people: Vec<(String, u32)> = self.people.into_iter().collect();
        people.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let people = people.into_iter().map(|(name, _)| name).collect();
        Record { created: self.first.1, updated: self.last.1, commits: self.commits, people }
    }
}

/// A moment as git prints it, in the form that all git's versions agree in; `None` for years that no calendar of ours has.
fn moment(date: &str) -> Option<String> {
    let is_plain = date.len() >= 20 && date.as_bytes().get(4) == Some(&b'-') && date.bytes().take(4).all(|b| b.is_ascii_digit());
    is_plain.then(|| date.strip_suffix("+00:00").map_or_else(|| date.to_owned(), |date| format!("{date}Z")))
}

/// A person's name without the mail address behind it. Programs and bare addresses are no people.
fn name(text: &str) -> Option<&str> {
    let name = text.split('<').next().unwrap_or_default().trim();
    (!name.is_empty() && !name.contains('@') && !name.ends_with("[bot]")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of commits: seconds, author, co-authors, changes; the newest first.
    fn log(commits: &[(i64, &str, &str, &str)]) -> History {
        let mut text = String::new();
        for (seconds, author, others, changes) in commits {
            text.push_str(&format!(
                "\u{1e}{seconds}\u{1f}2024-01-{seconds:02}T10:00:00+08:00\u{1f}{author}\u{1f}{others}\n{}\0\0",
                changes.replace(' ', "\0")
            ));
        }
        History::parse(&text)
    }

    #[test]
    fn renames_are_followed_and_other_files_of_a_name_are_not_mixed_up() {
        let history = log(&[
            (9, "B", "", "M c.md D x.md"),
            (8, "B", "C <c@example.org>\u{1f}d@example.org\u{1f}helper[bot] <h@example.org>", "R090 b.md c.md A b.md"),
            (7, "A", "", "R100 a.md b.md"),
            (6, "A", "", "D c.md"),
            (5, "Z", "", "A c.md"),
            (4, "A", "", "M a.md A y.md"),
            (3, "A", "", "A a.md"),
        ]);
        let of = |path: &str| {
            let record = history.of(&SourcePath::new(path).expect("clean"));
            record
                .map(|record| (record.created[8..10].to_owned(), record.updated[8..10].to_owned(), record.commits, record.people.join(" ")))
        };
        assert_eq!(of("c.md"), Some(("03".into(), "09".into(), 5, "A B C".into())));
        assert_eq!(of("b.md"), Some(("08".into(), "08".into(), 1, "B C".into())), "the new file of an old name");
        assert_eq!(of("y.md"), Some(("04".into(), "04".into(), 1, "A".into())));
        assert_eq!((of("a.md"), of("x.md")), (None, None));
    }

    #[test]
    fn moments_are_written_alike() {
        for (git, expected) in [
            ("2024-01-31T10:00:00+08:00", Some("2024-01-31T10:00:00+08:00")),
            ("2024-01-31T10:00:00+00:00", Some("2024-01-31T10:00:00Z")),
            ("2024-01-31T10:00:00Z", Some("2024-01-31T10:00:00Z")),
            ("12024-01-31T10:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(moment(git).as_deref(), expected, "{git}");
        }
    }
}

//! When a note was written and last changed: what it says, else what its repository tells, and never a date that cannot be.
//!
//! In: front matter, the record of the file. Out: two dates or moments of RFC 3339. Reads no clock.

use crate::note::FrontMatter;
use crate::source::history::Record;

/// The dates of a note.
#[must_use]
pub fn of(front_matter: &FrontMatter, record: Option<&Record>) -> (Option<String>, Option<String>) {
    let (said, changed) = (front_matter.date.clone(), front_matter.updated.clone());
    let Some(record) = record else { return (said, changed) };
    // A repository may be younger than its notes: it knows nothing of what was before it.
    let created = said
        .clone()
        .or_else(|| Some(record.created.clone()).filter(|date| changed.as_deref().is_none_or(|changed| day(date) <= day(changed))));
    // The one commit that a note with a date came in by is no change of it.
    let is_change = record.commits > 1;
    let last = Some(record.updated.clone()).filter(|date| is_change && said.as_deref().is_none_or(|said| day(said) <= day(date)));
    (created, changed.or(last))
}

fn day(date: &str) -> &str {
    date.get(..10).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_note_says_counts_more_than_what_git_knows() {
        let record = |commits| Record {
            created: "2024-02-02T10:00:00Z".into(),
            updated: "2024-03-03T10:00:00Z".into(),
            commits,
            people: Vec::new(),
        };
        for (date, updated, record, expected) in [
            (None, None, None, (None, None)),
            (None, None, Some(record(1)), (Some("2024-02-02"), None)),
            (None, None, Some(record(3)), (Some("2024-02-02"), Some("2024-03-03"))),
            // Written before it came into the repository, and not changed since; then changed.
            (Some("2020-01-01"), None, Some(record(1)), (Some("2020-01-01"), None)),
            (Some("2020-01-01"), None, Some(record(2)), (Some("2020-01-01"), Some("2024-03-03"))),
            (Some("2025-01-01"), None, Some(record(2)), (Some("2025-01-01"), None)),
            (None, Some("2021-05-05"), Some(record(2)), (None, Some("2021-05-05"))),
            (None, Some("2024-05-05"), Some(record(2)), (Some("2024-02-02"), Some("2024-05-05"))),
        ] {
            let front_matter = FrontMatter { date: date.map(str::to_owned), updated: updated.map(str::to_owned), ..FrontMatter::default() };
            let (created, changed) = of(&front_matter, record.as_ref());
            assert_eq!((created.as_deref().map(day), changed.as_deref().map(day)), expected, "{date:?} {updated:?}");
        }
    }
}

//! When notes changed, as moments that can be compared, and the notes in that order.
//!
//! In: dates and moments of RFC 3339, as notes and repositories tell them, in whatever time zone. Out: the same in one order.

use super::metadata::changed;
use crate::site::{PageId, Site};

/// The notes that tell when they were changed, the newest first; of one moment in reading order of their paths.
pub(super) fn newest(site: &Site) -> Vec<PageId> {
    let mut dated: Vec<(String, PageId)> =
        (0..).map(PageId).zip(&site.pages).filter_map(|(id, page)| Some((instant(&moment(changed(page)?)), id))).collect();
    dated.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.0.cmp(&b.1.0)));
    dated.into_iter().map(|(_, id)| id).collect()
}

/// A date as a moment: a day begins at midnight UTC.
pub(super) fn moment(date: &str) -> String {
    if date.len() == 10 { format!("{date}T00:00:00Z") } else { date.to_owned() }
}

/// What a moment sorts by: its minute in UTC.
fn instant(moment: &str) -> String {
    let number = |range: std::ops::Range<usize>| moment.get(range).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Days since 1970-03-01 of the proleptic Gregorian calendar, years beginning in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (m * 153 + 2) / 5 + day;
    let zone = moment.get(moment.len().saturating_sub(6)..).filter(|zone| zone.starts_with(['+', '-'])).map_or(0, |zone| {
        let minutes = zone[1..3].parse::<i64>().unwrap_or(0) * 60 + zone[4..6].parse::<i64>().unwrap_or(0);
        if zone.starts_with('-') { -minutes } else { minutes }
    });
    let minutes = days * 1440 + number(11..13) * 60 + number(14..16) - zone;
    format!("{minutes:012}:{:02}", number(17..19))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn moments_sort_by_time_in_any_zone() {
        let mut moments = [
            "2024-03-01T00:00:00Z",
            "2024-03-01T07:00:00+08:00",
            "2024-02-29T23:30:00Z",
            "2023-12-31T20:00:00-05:00",
            "2024-01-01T00:30:00Z",
        ];
        moments.sort_by_key(|moment| instant(moment));
        assert_eq!(
            moments,
            [
                "2024-01-01T00:30:00Z",
                "2023-12-31T20:00:00-05:00",
                "2024-03-01T07:00:00+08:00",
                "2024-02-29T23:30:00Z",
                "2024-03-01T00:00:00Z"
            ]
        );
    }
}

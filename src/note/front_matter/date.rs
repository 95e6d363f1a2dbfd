//! Dates as people write them, made RFC 3339.
//!
//! In: text. Out: a date or a date-time, or `None`. Reads no clock; a time without zone counts as UTC, so that every machine agrees.

/// Understands `2024-01-02`, `2024/1/2`, and behind either `T` or a space `10:30`, `10:30:05.5`, with `Z`, `+08:00` or ` +0800` at the end.
pub(super) fn rfc3339(text: &str) -> Option<String> {
    let text = text.trim();
    let day_end = text.find(|c: char| !c.is_ascii_digit() && c != '-' && c != '/').unwrap_or(text.len());
    let day = day(&text[..day_end])?;
    let rest = &text[day_end..];
    if rest.is_empty() {
        return Some(day);
    }
    let rest = rest.strip_prefix(['T', 't']).or_else(|| rest.strip_prefix(' ')).map(str::trim_start)?;
    let time_end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let time = time(&rest[..time_end])?;
    let zone = zone(rest[time_end..].trim_start())?;
    Some(format!("{day}T{time}{zone}"))
}

fn day(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse::<u32>().ok()?;
    let month = digits(parts.next()?, 2).filter(|month| (1..=12).contains(month))?;
    let day = digits(parts.next()?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (parts.next().is_none() && (1..=days).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn time(text: &str) -> Option<String> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let second = parts.next().map_or(Some(0), |second| digits(second, 2)).filter(|second| *second <= 60)?;
    if parts.next().is_some() {
        return None;
    }
    let fraction = match fraction {
        Some(fraction) if !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) => format!(".{fraction}"),
        Some(_) => return None,
        None => String::new(),
    };
    Some(format!("{hour:02}:{minute:02}:{second:02}{fraction}"))
}

fn zone(text: &str) -> Option<String> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some("Z".to_owned());
    }
    let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let number: String = text[1..].chars().filter(|c| *c != ':').collect();
    let (hour, minute) = match number.len() {
        2 => (digits(&number, 2)?, 0),
        4 => (digits(number.get(..2)?, 2)?, digits(number.get(2..)?, 2)?),
        _ => return None,
    };
    (hour < 24 && minute < 60).then(|| format!("{sign}{hour:02}:{minute:02}"))
}

fn digits(text: &str, most: usize) -> Option<u32> {
    (1..=most).contains(&text.len()).then_some(())?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn dates() {
        for (text, date) in [
            ("2024-01-02", Some("2024-01-02")),
            ("2024/1/2", Some("2024-01-02")),
            ("2024-02-29", Some("2024-02-29")),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-01-02T10:30", Some("2024-01-02T10:30:00Z")),
            ("2024-01-02 10:30:05 +0800", Some("2024-01-02T10:30:05+08:00")),
            ("2024-01-02T10:30:05.25+08:00", Some("2024-01-02T10:30:05.25+08:00")),
            ("2024-01-02T10:30:05Z", Some("2024-01-02T10:30:05Z")),
            ("2024-01-02T25:30", None),
            ("yesterday", None),
            ("24-01-02", None),
            ("", None),
            ("2024-01-02 ", Some("2024-01-02")),
            ("2024-01-02 noon", None),
            ("2024-01-02 10:30 +é8", None),
        ] {
            assert_eq!(rfc3339(text).as_deref(), date, "{text}");
        }
    }
}

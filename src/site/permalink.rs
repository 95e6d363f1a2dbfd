//! Addresses by a pattern, as Hexo and Hugo have them: `[permalinks]` in biji.toml gives the notes of a folder the addresses that they had there.
//!
//! In: the configuration and the notes. Out: notes with a `permalink`, as if they said it themselves. A note that says its own keeps it, and one
//! without a date has none of a pattern with a date.

use std::sync::Arc;

use crate::config::Config;
use crate::config::permalinks::PLACEHOLDERS;
use crate::note::Note;

/// Gives notes their `permalink`. Of several patterns, that of the innermost folder counts.
pub(super) fn give(config: &Config, notes: &mut [Arc<Note>]) {
    if config.permalinks.is_empty() {
        return;
    }
    for note in notes {
        let front_matter = &note.front_matter;
        if front_matter.permalink.is_some() {
            continue;
        }
        let path = note.path.as_str();
        let inside = |folder: &str| match folder.trim_matches('/') {
            "" | "." => Some(path),
            folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        let found = config.permalinks.iter().filter_map(|(folder, pattern)| Some((folder, pattern, inside(folder)?)));
        let Some((_, pattern, rest)) = found.max_by_key(|(folder, ..)| folder.len()) else { continue };
        if let Some(address) = address(note, pattern, rest) {
            Arc::make_mut(note).front_matter.permalink = Some(address);
        }
    }
}

/// The address of a note whose path below the pattern's folder is `rest`; `None` where the pattern does not fit it.
fn address(note: &Note, pattern: &str, rest: &str) -> Option<String> {
    let name = rest.rsplit_once('.').map_or(rest, |(name, _)| name);
    let name = match name.rsplit_once('/') {
        Some((folder, "index")) => folder,
        _ => name,
    };
    let last = name.rsplit('/').next().unwrap_or(name);
    // The page of the folder itself stays with it.
    if ["index", "_index", "readme"].iter().any(|index| last.eq_ignore_ascii_case(index)) {
        return None;
    }
    let mut out = String::from("/");
    let mut left = pattern.trim_start_matches('/');
    while let Some(letter) = left.chars().next() {
        let Some(placeholder) = PLACEHOLDERS.iter().find(|placeholder| left.starts_with(**placeholder)) else {
            out.push(letter);
            left = &left[letter.len_utf8()..];
            continue;
        };
        left = &left[placeholder.len()..];
        match *placeholder {
            ":name" => out.push_str(name),
            ":title" => out.push_str(&spelled(&note.title)),
            ":slug" => out.push_str(&note.front_matter.slug.clone().unwrap_or_else(|| spelled(&note.title))),
            date => out.push_str(part_of_date(note.front_matter.date.as_deref()?, date)?),
        }
    }
    Some(out)
}

/// `2020-01-31` and what may follow.
fn part_of_date<'a>(date: &'a str, part: &str) -> Option<&'a str> {
    let range = match part {
        ":year" => 0..4,
        ":month" => 5..7,
        _ => 8..10,
    };
    date.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A title as Hugo writes it into an address: lower case, hyphens for spaces, no other signs.
fn spelled(title: &str) -> String {
    let mut out = String::new();
    for letter in title.to_lowercase().chars() {
        if letter.is_alphanumeric() || matches!(letter, '_' | '.') {
            out.push(letter);
        } else if (letter.is_whitespace() || letter == '-' || letter == '/') && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_in_addresses() {
        for (title, spelling) in
            [("What's New? In 1.2", "whats-new-in-1.2"), ("静态 Pod：一", "静态-pod一"), ("a / b - c", "a-b-c"), ("!", "")]
        {
            assert_eq!(spelled(title), spelling);
        }
    }
}

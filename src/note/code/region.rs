//! Parts of an included file: named regions and lines.
//!
//! In: the text of a file and what of it is wanted. Out: that part, without the indentation that its lines have in common and without the lines
//! that mark regions.
//!
//! Regions are marked in comments as editors and other tools have it: `#region name` … `#endregion`, `region: name` … `endregion: name`,
//! `ANCHOR: name` … `ANCHOR_END: name`, `--8<-- [start:name]` … `--8<-- [end:name]`.

use super::info::Include;

/// What a line says of regions.
enum Sign<'a> {
    Start(&'a str),
    End(&'a str),
}

/// Cuts out what is wanted; what is wrong where it is not there.
///
/// # Errors
///
/// A sentence for the writer when the file has no such region or not so many lines.
pub fn cut(text: &str, include: &Include) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    if !include.lines.is_empty() {
        let mut wanted = Vec::new();
        for (from, to) in &include.lines {
            let range = *from as usize - 1..*to as usize;
            wanted.extend(lines.get(range).ok_or_else(|| format!("has {} lines, and line {to} is wanted", lines.len()))?);
        }
        lines = wanted;
    }
    let lines = if include.region.is_empty() { lines } else { region(&lines, include.region.trim())? };
    let lines: Vec<&str> = lines.into_iter().filter(|line| sign(line).is_none()).collect();
    let is_part = !include.region.is_empty() || !include.lines.is_empty();
    let indent = if is_part { common_indent(&lines) } else { 0 };
    let mut part = String::new();
    for line in lines {
        part.push_str(line.get(indent..).unwrap_or(""));
        part.push('\n');
    }
    Ok(part)
}

fn region<'a>(lines: &[&'a str], name: &str) -> Result<Vec<&'a str>, String> {
    let start = lines
        .iter()
        .position(|line| matches!(sign(line), Some(Sign::Start(found)) if found == name))
        .ok_or_else(|| format!("has no region `{name}`"))?;
    let mut depth = 0_usize;
    for (length, line) in lines[start + 1..].iter().enumerate() {
        match sign(line) {
            Some(Sign::Start(_)) => depth += 1,
            Some(Sign::End(found)) if found == name || (found.is_empty() && depth == 0) => {
                return Ok(lines[start + 1..=start + length].to_vec());
            }
            Some(Sign::End(_)) => depth = depth.saturating_sub(1),
            None => {}
        }
    }
    Err(format!("does not end its region `{name}`"))
}

/// What a line says, if it is nothing but a mark.
fn sign(line: &str) -> Option<Sign<'_>> {
    let line = line.trim();
    let inside = super::comment::alone(line).unwrap_or(line);
    let inside = inside.trim_end_matches("-->").trim_end_matches("*/").trim();
    let lower = inside.to_ascii_lowercase();
    // In C# and VB, `#region` is no comment; in shells `#region` is one: its sign is gone already.
    for (word, is_start) in [("#pragma region", true), ("#pragma endregion", false), ("pragma region", true), ("pragma endregion", false)] {
        if lower.starts_with(word) {
            return Some(named(&inside[word.len()..], is_start));
        }
    }
    let bare = inside.strip_prefix('#').unwrap_or(inside).trim_start();
    let is_marked = line.starts_with('#') || inside.starts_with('#') || super::comment::alone(line).is_some();
    let lower = bare.to_ascii_lowercase();
    for (word, is_start) in [("endregion", false), ("region", true)] {
        if is_marked && let Some(rest) = lower.strip_prefix(word) {
            if rest.is_empty() && is_start || !(rest.is_empty() || rest.starts_with([' ', ':', '\t'])) {
                return None;
            }
            return Some(named(&bare[word.len()..], is_start));
        }
    }
    if is_marked && let Some(rest) = bare.strip_prefix("ANCHOR_END:") {
        return Some(named(rest, false));
    }
    if is_marked && let Some(rest) = bare.strip_prefix("ANCHOR:") {
        return Some(named(rest, true));
    }
    let snippet = inside.split_once("8<--").map_or("", |(_, rest)| rest.trim());
    if let Some(rest) = snippet.strip_prefix("[start:") {
        return Some(named(rest.trim_end_matches(']'), true));
    }
    snippet.strip_prefix("[end:").map(|rest| named(rest.trim_end_matches(']'), false))
}

fn named(rest: &str, is_start: bool) -> Sign<'_> {
    let name = rest.trim_start_matches([':', ' ', '\t']).trim();
    if is_start { Sign::Start(name) } else { Sign::End(name) }
}

/// How many bytes of white space all lines start with that are not blank.
fn common_indent(lines: &[&str]) -> usize {
    let mut filled = lines.iter().filter(|line| !line.trim().is_empty());
    let Some(first) = filled.next() else { return 0 };
    let mut common = &first[..first.len() - first.trim_start().len()];
    for line in filled {
        let same = common.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
        // White space of several bytes is cut whole or not at all.
        common = &common[..common.floor_char_boundary(same)];
    }
    common.len()
}

//! What is written short within a line: `H~2~O`, `x^2^` and `:tada:`.
//!
//! In: the text around a mark. Out: whether it is one, and what of. All three marks also stand in ordinary text (`3~5 个`, `x^2 + y^2`, `10:30:45`,
//! `哈哈^_^`), where they must stay as they are; each rule is the narrowest that knows real use.

use std::ops::Range;

use super::cjk::is_wide;

/// What stands between two single tildes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tilde {
    /// `H~2~O`: a subscript, behind a letter or a bracket.
    Subscript,
    /// `~gone~`: struck out, as GitHub's Markdown has it, where the tildes stand at the borders of words.
    Deleted,
    /// `3~5 个，10~20 个`: tildes.
    Text,
}

/// What the parser's deletion at `range` of the source is; `None` where it has two tildes.
pub(super) fn tilde(source: &str, range: &Range<usize>) -> Option<Tilde> {
    let inside = source.get(range.clone())?.strip_prefix('~')?.strip_suffix('~')?;
    if inside.starts_with('~') {
        return None;
    }
    let before = source[..range.start].chars().next_back();
    let behind = source[range.end..].chars().next();
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    Some(if before.is_some_and(has_index) && is_index(inside) {
        Tilde::Subscript
    } else if is_word(before) || is_word(behind) {
        Tilde::Text
    } else {
        Tilde::Deleted
    })
}

/// The subscript whose `~` stands in front of `rest`, where the parser sees no deletion: the length of what is lowered. `before` is the character
/// in front of the `~`.
pub(super) fn subscript(rest: &str, before: Option<char>) -> Option<usize> {
    before.filter(|letter| has_index(*letter))?;
    let window = rest.char_indices().nth(LONGEST + 1).map_or(rest, |(end, _)| &rest[..end]);
    let length = window.find('~')?;
    (is_index(&rest[..length]) && !rest[length + 1..].starts_with('~')).then_some(length)
}

/// Whether a subscript may stand behind a character.
fn has_index(letter: char) -> bool {
    (letter.is_alphabetic() && !is_wide(letter)) || matches!(letter, ')' | ']')
}

/// Letters or digits with a sign before or behind them: `2`, `ij`, `-1`, `2+`.
fn is_index(text: &str) -> bool {
    let is_sign = |letter: char| matches!(letter, '+' | '-' | '−');
    let inside = text.strip_prefix(is_sign).unwrap_or_else(|| text.strip_suffix(is_sign).unwrap_or(text));
    !inside.is_empty() && inside.chars().count() <= LONGEST && inside.chars().all(|letter| letter.is_alphanumeric() && !is_wide(letter))
}

/// The longest text that is raised or lowered, in characters.
const LONGEST: usize = 40;

/// The superscript whose `^` stands in front of `rest`: the length of what is raised. `before` is the character in front of the `^`.
pub(super) fn superscript(rest: &str, before: Option<char>) -> Option<usize> {
    let before = before.filter(|letter| letter.is_alphanumeric() || matches!(letter, ')' | ']' | '%' | '°'))?;
    let window = rest.char_indices().nth(LONGEST + 1).map_or(rest, |(end, _)| &rest[..end]);
    let length = window.find('^')?;
    let raised = &rest[..length];
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '+' | '-' | '−' | '=' | '.' | ',' | '(' | ')' | '*' | '/');
    // Behind Han a lone letter between two `^` is a face: `哈哈^o^`.
    let fits_base = |letter: char| !is_wide(before) || is_wide(letter) || letter.is_ascii_digit();
    // In `x^2 + y^2` and `a^2b^2` the second `^` raises what follows.
    let ends = |letter: char| !letter.is_alphanumeric() || is_wide(letter) || matches!(letter, '²' | '³');
    let is_raised = raised.chars().any(char::is_alphanumeric)
        && raised.chars().all(|letter| is_part(letter) && fits_base(letter))
        && rest[length + 1..].chars().next().is_none_or(ends);
    is_raised.then_some(length)
}

/// The emoji whose name stands behind a `:` and in front of another: its length without colons, and the emoji.
///
/// The names are GitHub's. A name that is none is text.
pub(super) fn emoji(rest: &str, before: Option<char>) -> Option<(usize, &'static str)> {
    if before.is_some_and(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '/')) {
        return None;
    }
    let (length, found) = named(rest)?;
    // `:a::b:` are two, and `a::key::b` is none. Whether what follows is one in its turn is not asked: a row of them can be as long as a note.
    let behind = &rest[length + 1..];
    let is_part_of_path = behind.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        || behind.strip_prefix(':').is_some_and(|next| named(next).is_none());
    (!is_part_of_path).then_some((length, found))
}

/// The name in front of a `:` that an emoji has: its length, and the emoji.
fn named(rest: &str) -> Option<(usize, &'static str)> {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'+' | b'-');
    let length = rest.bytes().take(LONGEST).take_while(is_part).count();
    rest[length..].strip_prefix(':')?;
    emojis::get_by_shortcode(&rest[..length]).map(|emoji| (length, emoji.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tildes() {
        for (source, found) in [
            ("H~2~O", Tilde::Subscript),
            ("(a+b)~ij~", Tilde::Subscript),
            ("x~-1~", Tilde::Subscript),
            ("a ~gone~ b", Tilde::Deleted),
            ("，~旧~，", Tilde::Deleted),
            ("3~5个，10~20个", Tilde::Text),
            ("好的~谢谢~", Tilde::Text),
            ("a~b c~d", Tilde::Text),
        ] {
            let range = source.find('~').expect("a mark")..source.rfind('~').expect("a mark") + 1;
            assert_eq!(tilde(source, &range), Some(found), "{source}");
            let given = subscript(&source[range.start + 1..], source[..range.start].chars().next_back());
            assert_eq!(given.is_some(), found == Tilde::Subscript, "{source}");
        }
        assert_eq!(tilde("~~a~~", &(0..5)), None);
    }

    #[test]
    fn superscripts() {
        for (source, length) in [
            ("x^2^", Some(1)),
            ("10^-6^ s", Some(2)),
            ("1^st^,", Some(2)),
            ("2^(n+1)^", Some(5)),
            ("面积^2^", Some(1)),
            ("数^注^", Some(3)),
            ("x^2 + y^2", None),
            ("x^2+y^2", None),
            ("a^2b^2", None),
            ("哈哈^o^", None),
            ("(^_^)", None),
            ("x^_^", None),
            ("x^^", None),
        ] {
            let at = source.find('^').expect("a mark");
            assert_eq!(superscript(&source[at + 1..], source[..at].chars().next_back()), length, "{source}");
        }
    }

    #[test]
    fn emojis() {
        for (source, found) in [
            (":tada:", Some("🎉")),
            ("完成:white_check_mark:！", Some("✅")),
            (":+1:", Some("👍")),
            (":tada::tada:", Some("🎉")),
            (":tada::tada:x", Some("🎉")),
            (":tada::x", None),
            ("10:100:20", None),
            ("a::key::b", None),
            ("::key::b", None),
            (":no_such_name:", None),
            (":tada", None),
        ] {
            let at = source.find(':').expect("a mark");
            let given = emoji(&source[at + 1..], source[..at].chars().next_back());
            assert_eq!(given.map(|(_, emoji)| emoji), found, "{source}");
        }
    }
}

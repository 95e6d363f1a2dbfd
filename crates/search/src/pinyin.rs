//! Chinese names typed in Latin letters: in pinyin (`jingtai`) or by its initials (`jtpod`).
//!
//! *In*, when an index is written: titles, other names, headings, tags. *Out*: tokens that hold how a few characters are spelled and the characters
//! themselves, so that a reader needs no table: `jingtaipod 静4/态3/pod3`. *In*, when it is read: such a token and what was typed. *Out*: the
//! characters that are meant. Of a character with several readings each is tried.

#[cfg(feature = "build")]
use pinyin::{ToPinyin, ToPinyinMulti};

/// How many characters and words one token spells of a note's name, and of a heading; both are found from any of their characters on.
#[cfg(feature = "build")]
pub(crate) const OF_NAME: usize = 6;
#[cfg(feature = "build")]
pub(crate) const OF_HEADING: usize = 4;
/// How many spellings of the same characters count.
#[cfg(feature = "build")]
const SPELLINGS: usize = 4;
/// Longest Latin word within a name, in bytes.
#[cfg(feature = "build")]
const WORD: usize = 16;
/// Between the spelling and what it spells.
const GAP: char = ' ';

/// A character with its readings, or a Latin word.
#[cfg(feature = "build")]
struct Element {
    text: String,
    readings: Vec<String>,
    is_han: bool,
}

/// Calls `sink` with the tokens of a name, which spell at most `longest` characters and words each.
#[cfg(feature = "build")]
pub(crate) fn spell(name: &str, longest: usize, sink: &mut dyn FnMut(&str)) {
    let mut run: Vec<Element> = Vec::new();
    let mut in_word = false;
    for letter in name.chars() {
        if let Some(usual) = letter.to_pinyin() {
            let mut readings = vec![plain(usual)];
            for reading in letter.to_pinyin_multi().into_iter().flatten().map(plain) {
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
            run.push(Element { text: letter.to_string(), readings, is_han: true });
            in_word = false;
        } else if letter.is_ascii_alphanumeric() {
            let letter = letter.to_ascii_lowercase();
            match run.last_mut().filter(|_| in_word) {
                Some(word) if word.text.len() < WORD => word.text.push(letter),
                Some(_) => {}
                None => run.push(Element { text: letter.to_string(), readings: Vec::new(), is_han: false }),
            }
            in_word = true;
        } else {
            in_word = false;
            if !letter.is_whitespace() {
                spell_run(&run, longest, sink);
                run.clear();
            }
        }
    }
    spell_run(&run, longest, sink);
}

/// A reading as it is typed: without tones, `v` for `ü` and `e` for `ê` (欸).
#[cfg(feature = "build")]
fn plain(syllable: pinyin::Pinyin) -> String {
    syllable.plain().replace('ü', "v").replace('ê', "e")
}

/// The first letter of a reading.
#[cfg(feature = "build")]
fn initial(reading: &str) -> &str {
    reading.char_indices().nth(1).map_or(reading, |(end, _)| &reading[..end])
}

#[cfg(feature = "build")]
fn spell_run(run: &[Element], longest: usize, sink: &mut dyn FnMut(&str)) {
    for (start, _) in run.iter().enumerate().filter(|(_, element)| element.is_han) {
        let part = &run[start..run.len().min(start + longest)];
        let mut seen: Vec<String> = Vec::new();
        for is_short in [false, true] {
            let mut spelled = vec![(String::new(), String::new())];
            for element in part {
                let mut readings: Vec<&str> =
                    element.readings.iter().map(|reading| if is_short { initial(reading) } else { reading }).collect();
                readings.dedup();
                if !element.is_han {
                    readings = vec![&element.text];
                }
                let mut longer = Vec::new();
                for (letters, parts) in &spelled {
                    for reading in &readings {
                        let gap = if parts.is_empty() { "" } else { "/" };
                        let length = char::from(b'0' + reading.len() as u8);
                        longer.push((format!("{letters}{reading}"), format!("{parts}{gap}{}{length}", element.text)));
                    }
                }
                longer.truncate(SPELLINGS);
                spelled = longer;
            }
            // One initial is no name.
            for (letters, parts) in spelled.into_iter().filter(|_| !is_short || part.len() > 1) {
                let token = format!("{letters}{GAP}{parts}");
                if !seen.contains(&token) {
                    sink(&token);
                    seen.push(token);
                }
            }
        }
    }
}

/// The characters that typed letters mean in a token. `is_whole`: the letters must end with a character's spelling; else the last one may be
/// unfinished.
pub(crate) fn meant(token: &str, typed: &str, is_whole: bool) -> Option<String> {
    let (letters, parts) = token.split_once(GAP)?;
    if !letters.starts_with(typed) {
        return None;
    }
    let mut text = String::new();
    let mut left = typed.len();
    for (number, part) in parts.split('/').enumerate() {
        // What is marked is found by pairs of characters, so one alone takes its neighbour along.
        if left == 0 && number != 1 {
            break;
        }
        let (word, length) = part.split_at_checked(part.len().checked_sub(1)?)?;
        let length = usize::from(length.bytes().next()?.checked_sub(b'0')?);
        if left > 0 && left < length && is_whole {
            return None;
        }
        left = left.saturating_sub(length);
        text.push_str(word);
    }
    (left == 0).then_some(text)
}

#[cfg(all(test, feature = "build"))]
mod tests {
    use super::*;

    fn spelled(name: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        spell(name, OF_NAME, &mut |token| tokens.push(token.to_owned()));
        tokens
    }

    #[test]
    fn names() {
        for (name, tokens) in [
            ("静态 Pod", &["jingtaipod 静4/态3/pod3", "jtpod 静1/态1/pod3", "taipod 态3/pod3", "tpod 态1/pod3"][..]),
            ("Pod", &[]),
            ("绿", &["lv 绿2", "lu 绿2"]),
            ("一，二", &["yi 一2", "er 二2"]),
        ] {
            assert_eq!(spelled(name), tokens, "{name}");
        }
        assert!(spelled("重启").contains(&"chongqi 重5/启2".to_owned()));
        assert!(spelled("运行").contains(&"yunxing 运3/行4".to_owned()));
    }

    #[test]
    fn every_reading_can_be_typed() {
        for letter in ('\u{3000}'..'\u{40000}').filter(|letter| letter.to_pinyin().is_some()) {
            for token in spelled(&format!("{letter}一")) {
                let letters = token.split(GAP).next().unwrap_or_default();
                assert!(!letters.is_empty() && letters.bytes().all(|letter| letter.is_ascii_lowercase()), "{token}");
            }
        }
    }

    #[test]
    fn typed_letters() {
        let token = "jingtaipod 静4/态3/pod3";
        for (typed, is_whole, meaning) in [
            ("jingtai", true, Some("静态")),
            ("jingtaip", false, Some("静态pod")),
            ("jingtaip", true, None),
            ("jing", true, Some("静态")),
            ("jingt", false, Some("静态")),
            ("jin", true, None),
            ("jingtaipod", true, Some("静态pod")),
            ("tai", true, None),
            ("jingtaipods", false, None),
        ] {
            assert_eq!(meant(token, typed, is_whole).as_deref(), meaning, "{typed}");
        }
        for damaged in ["", " ", "a ", "a /", "a b", "ab 静", "ab \u{9759}\u{9759}", "ab 静9", "ab 静!"] {
            let _ = meant(damaged, "ab", true);
        }
    }
}

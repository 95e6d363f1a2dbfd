//! Names in Latin letters: Chinese ones in pinyin, for who wants addresses that can be typed anywhere.
//!
//! In: a name. Out: the same name where it has no Han character, else its syllables, lower case and without tones, with hyphens between. Of a
//! character that is read in several ways the most usual one is taken, always the same: addresses must not change by themselves.

use pinyin::ToPinyin;

/// The name in Latin letters: `静态Pod` is `jing-tai-Pod`. Letters of other scripts stay; signs between words become hyphens, each run of them one.
#[must_use]
pub fn spell(name: &str) -> String {
    if !name.chars().any(|letter| letter.to_pinyin().is_some()) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len() * 2);
    let mut after_syllable = false;
    for letter in name.chars() {
        if let Some(syllable) = letter.to_pinyin() {
            hyphen(&mut out);
            out.push_str(&syllable.plain().replace('ü', "v").replace('ê', "e"));
            after_syllable = true;
        } else if letter.is_alphanumeric() || matches!(letter, '.' | '_') {
            if after_syllable && letter.is_alphanumeric() {
                hyphen(&mut out);
            }
            out.push(letter);
            after_syllable = false;
        } else {
            hyphen(&mut out);
            after_syllable = false;
        }
    }
    let length = out.trim_end_matches('-').len();
    out.truncate(length);
    out
}

fn hyphen(out: &mut String) {
    if !out.is_empty() && !out.ends_with(['-', '.', '_']) {
        out.push('-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_names_become_syllables() {
        for (name, spelled) in [
            ("静态Pod", "jing-tai-Pod"),
            ("静态 Pod（Static Pod）", "jing-tai-Pod-Static-Pod"),
            ("第2章：容器运行时", "di-2-zhang-rong-qi-yun-xing-shi"),
            ("绿色", "lv-se"),
            ("诶", "ei"),
            ("誒", "ei"),
            ("A note (1)", "A note (1)"),
            ("v1.2说明.final", "v1.2-shuo-ming.final"),
            ("図書館のノート", "tu-shu-guan-のノート"),
            ("繁體字", "fan-ti-zi"),
            ("——", "——"),
        ] {
            assert_eq!(spell(name), spelled, "{name}");
        }
    }

    #[test]
    fn every_syllable_can_be_typed() {
        for letter in ('\u{3000}'..'\u{40000}').filter(|letter| letter.to_pinyin().is_some()) {
            let spelled = spell(&letter.to_string());
            assert!(!spelled.is_empty() && spelled.bytes().all(|letter| letter.is_ascii_lowercase()), "{letter} {spelled}");
        }
    }
}

//! How long a note is, in what people count: Han characters and kana one by one, everything else by words.
//!
//! In: the headings and the visible text. Out: numbers. Blocks of code do not count, nobody reads them at the speed of prose.

use serde::{Deserialize, Serialize};

use super::{Heading, Section};
use crate::text::Span;

/// How many characters and words a reader reads in a minute.
const CHARACTERS_A_MINUTE: u32 = 400;
const WORDS_A_MINUTE: u32 = 240;

/// The length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Length {
    /// Han characters, kana and bopomofo.
    pub characters: u32,
    /// Runs of other letters and digits: `kube-proxy`, `don't` and `3.14` are one word each.
    pub words: u32,
}

impl Length {
    /// The length of a note's visible text and of its headings, but for its title.
    #[must_use]
    pub fn of(outline: &[Heading], sections: &[Section]) -> Self {
        let mut length = Self::default();
        for heading in outline.iter().filter(|heading| !heading.is_title) {
            length.add(&heading.text);
        }
        for section in sections {
            let mut from = 0;
            let end = Span::new(section.text.len(), section.text.len());
            for code in section.code.iter().chain([&end]) {
                length.add(section.text.get(from..code.range().start).unwrap_or(""));
                from = code.range().end;
            }
        }
        length
    }

    fn add(&mut self, text: &str) {
        let mut letters = text.chars().peekable();
        let mut in_word = false;
        while let Some(letter) = letters.next() {
            if is_counted_singly(letter) {
                self.characters = self.characters.saturating_add(1);
                in_word = false;
            } else if letter.is_alphanumeric() {
                self.words = self.words.saturating_add(u32::from(!in_word));
                in_word = true;
            } else {
                // What joins the parts of a word stands between two of its letters.
                let joins = matches!(letter, '\'' | '’' | '-' | '_' | '.' | ',' | '/' | '@' | ':');
                let goes_on = letters.peek().is_some_and(|next| next.is_alphanumeric() && !is_counted_singly(*next));
                in_word = in_word && joins && goes_on;
            }
        }
    }

    /// Characters and words together.
    #[must_use]
    pub fn total(self) -> u32 {
        self.characters.saturating_add(self.words)
    }

    /// How many minutes reading takes, rounded up; 0 for nothing.
    #[must_use]
    pub fn minutes(self) -> u32 {
        let characters = u64::from(self.characters) * u64::from(WORDS_A_MINUTE);
        let words = u64::from(self.words) * u64::from(CHARACTERS_A_MINUTE);
        let minutes = (characters + words).div_ceil(u64::from(CHARACTERS_A_MINUTE) * u64::from(WORDS_A_MINUTE));
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }
}

fn is_counted_singly(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, characters, words) in [
            ("", 0, 0),
            ("静态 Pod 由 kubelet 管理。", 5, 2),
            ("Don't touch kube-proxy v1.29, 3.14 or a/b", 0, 7),
            ("（“引号”）…——", 2, 0),
            ("k8s集群有3个节点", 6, 2),
            ("ひらがなとカタカナー", 10, 0),
            ("한국어 문장", 0, 2),
            ("a - b, c.\nd", 0, 4),
        ] {
            let section = Section { text: text.to_owned(), ..Section::default() };
            assert_eq!(Length::of(&[], &[section]), Length { characters, words }, "{text}");
        }
        let section = Section { text: "一\nlet x;\n二".to_owned(), code: vec![Span::new(4, 11)], ..Section::default() };
        assert_eq!(Length::of(&[], &[section]).total(), 2);
        assert_eq!(Length { characters: 400, words: 1 }.minutes(), 2);
        assert_eq!(Length::default().minutes(), 0);
    }
}

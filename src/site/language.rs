//! The language of notes that do not say it: a guess from the letters they are written in.
//!
//! In: titles and visible text. Out: BCP 47 tags. Knows nothing of links, folders or HTML.

use std::ops::AddAssign;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::note::Note;

/// So few letters say nothing about a language.
const TOO_FEW: u64 = 20;

/// So many letters of one note say enough.
const ENOUGH: u64 = 4_000;

/// How many letters of which script a text has; code is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    all: u64,
    han: u64,
    kana: u64,
    hangul: u64,
    /// Of how many titles a fifth of the letters is Han.
    titles: u64,
}

/// The letters of notes that were counted before, sorted by path.
pub type Counted = Vec<(Arc<Note>, Letters)>;

/// Counts the letters of notes, sorted by path, that were not counted before.
#[must_use]
pub fn count(notes: &[Arc<Note>], counted: &Counted) -> Counted {
    let mut known = counted.iter().peekable();
    let mut work: Vec<(&Arc<Note>, Option<Letters>)> = Vec::with_capacity(notes.len());
    for note in notes {
        while known.next_if(|(other, _)| other.path < note.path).is_some() {}
        work.push((note, known.peek().filter(|(other, _)| Arc::ptr_eq(other, note)).map(|(_, letters)| *letters)));
    }
    work.into_par_iter().map(|(note, letters)| (Arc::clone(note), letters.unwrap_or_else(|| Letters::of(note)))).collect()
}

impl AddAssign for Letters {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.han += other.han;
        self.kana += other.kana;
        self.hangul += other.hangul;
        self.titles += other.titles;
    }
}

impl Letters {
    /// Counts the letters of a note's title and of its first sections, until they are enough.
    #[must_use]
    pub fn of(note: &Note) -> Self {
        let mut letters = Self::default();
        letters.count(&note.title);
        letters.titles = u64::from(letters.east_asian() == Some("zh"));
        for section in &note.sections {
            if letters.all >= ENOUGH {
                break;
            }
            let mut from = 0;
            for code in &section.code {
                letters.count(section.text.get(from..code.start as usize).unwrap_or(""));
                from = code.end as usize;
            }
            letters.count(section.text.get(from..).unwrap_or(""));
        }
        letters
    }

    /// The letters of a text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let mut letters = Self::default();
        letters.count(text);
        letters
    }

    /// Whether most of them are Han, and more than one.
    #[must_use]
    pub fn are_han(self) -> bool {
        self.han >= 2 && self.han * 2 > self.all
    }

    /// Whether none of them is of an East Asian script.
    #[must_use]
    pub fn has_no_east_asian(self) -> bool {
        self.han + self.kana + self.hangul == 0
    }

    fn count(&mut self, text: &str) {
        for letter in text.chars() {
            if letter.is_ascii() {
                self.all += u64::from(letter.is_ascii_alphabetic());
                continue;
            }
            match u32::from(letter) {
                0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => self.han += 1,
                0x3041..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9D => self.kana += 1,
                0xAC00..=0xD7AF | 0x1100..=0x11FF | 0x3130..=0x318F => self.hangul += 1,
                _ => {}
            }
            self.all += u64::from(letter.is_alphabetic());
        }
    }

    /// `ja`, `ko` or `zh` when enough letters are of their scripts: kana a tenth, Hangul or Han a fifth.
    #[must_use]
    pub fn east_asian(self) -> Option<&'static str> {
        match self {
            Self { all: 0, .. } => None,
            Self { all, kana, .. } if kana * 10 > all => Some("ja"),
            Self { all, hangul, .. } if hangul * 5 > all => Some("ko"),
            Self { all, han, .. } if han * 5 > all => Some("zh"),
            _ => None,
        }
    }
}

/// The language of a site that names none: what most of its letters say, `en` where they say nothing.
#[must_use]
pub fn of_site(letters: Letters) -> String {
    letters.east_asian().unwrap_or("en").to_owned()
}

/// The language of a note that names none: what its letters say; the site's where they are few, or where both are written in other scripts;
/// `en` for a note in other letters than those of an East Asian site.
#[must_use]
pub fn of_note(letters: Letters, site: &str) -> String {
    let primary = site.split(['-', '_']).next().unwrap_or(site);
    // A Chinese title over a list of English names is one of a Chinese note, if there is a Chinese sentence with it.
    let is_titled = primary == "zh" && letters.titles > 0 && letters.han * 50 > letters.all;
    match letters.east_asian() {
        _ if is_titled => site.to_owned(),
        _ if letters.all < TOO_FEW => site.to_owned(),
        Some(language) if language == primary => site.to_owned(),
        Some(language) => language.to_owned(),
        None if matches!(primary, "zh" | "ja" | "ko") => "en".to_owned(),
        None => site.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_title_over_english_names() {
        let names = "CustomResourceDefinition NetworkPolicy PersistentVolume ServiceAccount HorizontalPodAutoscaler ".repeat(3);
        for (title, text, site, language) in [
            ("资源对象", "主要概念和对象介绍。", "zh-CN", "zh-CN"),
            ("Objects", "主要概念和对象介绍。", "zh", "en"),
            ("资源对象", "", "en", "en"),
            ("指南", "All of it is written in English, in many sentences, so that readers elsewhere can use it. ", "zh", "en"),
        ] {
            let mut letters = Letters::default();
            letters.count(title);
            letters.titles = u64::from(letters.east_asian() == Some("zh"));
            letters.count(text);
            letters.count(&names);
            assert_eq!(of_note(letters, site), language, "{title} {text}");
        }
    }

    #[test]
    fn letters_tell_the_language() {
        for (text, site, language) in [
            ("静态 Pod 由 kubelet 直接管理，不经过 API 服务器，配置文件放在节点上", "en", "zh"),
            ("静态 Pod 由 kubelet 直接管理，不经过 API 服务器，配置文件放在节点上", "zh-CN", "zh-CN"),
            ("ノートを静的なサイトに変換するプログラムです。検索もできます。", "zh", "ja"),
            ("노트를 정적 사이트로 바꾸는 프로그램입니다. 검색도 됩니다.", "en", "ko"),
            ("Static pods are managed by the kubelet on a node", "zh", "en"),
            ("Statische Pods verwaltet das Kubelet eines Knotens", "de", "de"),
            ("kubectl", "zh", "zh"),
            ("", "fr", "fr"),
        ] {
            let mut letters = Letters::default();
            letters.count(text);
            assert_eq!(of_note(letters, site), language, "{text}");
        }
    }
}

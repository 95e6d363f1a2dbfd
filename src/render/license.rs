//! Licences by name: what each part of a licence line leads to.
//!
//! In: the licence as it was written, the reader's language. Out: pieces of text, some with an address. A licence that is not known is shown as written.

use super::view::LinkView;
use crate::config::around;

/// The licences of Creative Commons by the letters in their names.
const COMMONS: [&str; 6] = ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"];
/// The versions that there are.
const VERSIONS: [&str; 5] = ["4.0", "3.0", "2.5", "2.0", "1.0"];
/// The languages that Creative Commons sums its licences up in, by their names there.
const DEEDS: [&str; 27] = [
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "eu", "fa", "fi", "fr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl",
    "pt", "ro", "ru", "sv", "uk",
];
/// Names of the SPDX list (<https://spdx.org/licenses/>) that notes may be under.
const SPDX: [&str; 24] = [
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "EUPL-1.2",
    "GFDL-1.3-only",
    "GFDL-1.3-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "MulanPSL-2.0",
    "Unlicense",
    "Zlib",
];

/// The pieces of a licence line.
pub(super) fn pieces(text: &str, language: &str) -> Vec<LinkView> {
    let piece = |title: &str, url: String| LinkView::new(title, url);
    let text = text.trim();
    if let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        let address = around::address(address).unwrap_or_default();
        let name = name.trim();
        return vec![if name.is_empty() { piece(&address, address.clone()) } else { piece(name, address) }];
    }
    if let Some(whole) = commons(text, language) {
        return vec![whole];
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return vec![piece(text, around::address(text).unwrap_or_default())];
    }
    let mut pieces: Vec<LinkView> = Vec::new();
    for word in text.split_inclusive([' ', '(', ')']) {
        let (name, end) = word.split_at(word.trim_end_matches([' ', '(', ')']).len());
        let known = SPDX.iter().find(|id| id.eq_ignore_ascii_case(name));
        let known = known.map(|id| piece(id, format!("https://spdx.org/licenses/{id}.html"))).or_else(|| commons(name, language));
        let plain = match known {
            Some(known) => {
                pieces.push(known);
                end
            }
            None => word,
        };
        match pieces.last_mut().filter(|last| last.url.is_empty()) {
            Some(last) => last.title.push_str(plain),
            None if plain.is_empty() => {}
            None => pieces.push(piece(plain, String::new())),
        }
    }
    pieces
}

/// A licence of Creative Commons in any of its spellings: `CC BY-SA 4.0`, `CC-BY-SA-4.0`, `CC0`, the address of its deed.
fn commons(text: &str, language: &str) -> Option<LinkView> {
    let lower = text.to_ascii_lowercase();
    let from_address = lower.split_once("//").map(|(_, rest)| rest.strip_prefix("www.").unwrap_or(rest));
    let (kind, version) = match from_address {
        Some(address) => {
            let path = address.strip_prefix("creativecommons.org/")?;
            let mut parts = path.split('/');
            match (parts.next()?, parts.next()?, parts.next()?) {
                ("licenses", kind, version) => (kind.to_owned(), version.to_owned()),
                ("publicdomain", "zero", version) => ("zero".to_owned(), version.to_owned()),
                _ => return None,
            }
        }
        None => {
            let name = lower.strip_prefix("cc")?.trim_end_matches(" international").replace([' ', '_'], "-");
            let name = name.trim_start_matches('-');
            if let Some(rest) = name.strip_prefix('0') {
                ("zero".to_owned(), if rest.is_empty() { "1.0".to_owned() } else { rest.trim_start_matches('-').to_owned() })
            } else {
                let (kind, version) = name.rsplit_once('-')?;
                (kind.to_owned(), version.to_owned())
            }
        }
    };
    let is_zero = kind == "zero" && version == "1.0";
    let is_known = is_zero || (COMMONS.contains(&&*kind) && VERSIONS.contains(&&*version));
    if !is_known {
        return None;
    }
    let title = if is_zero { "CC0 1.0".to_owned() } else { format!("CC {} {version}", kind.to_ascii_uppercase()) };
    let folder = if is_zero { "publicdomain" } else { "licenses" };
    // Old versions are summed up in fewer languages; there the host decides.
    let deed = match deed(language).filter(|_| is_zero || version == "4.0") {
        Some(deed) => format!("deed.{deed}"),
        None => String::new(),
    };
    Some(LinkView::new(title, format!("https://creativecommons.org/{folder}/{kind}/{version}/{deed}")))
}

/// The name that Creative Commons gives to a language.
fn deed(language: &str) -> Option<&'static str> {
    let lower = language.to_ascii_lowercase();
    let mut parts = lower.split(['-', '_']);
    let main = parts.next()?;
    if main == "zh" {
        let is_traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
        return Some(if is_traditional { "zh-hant" } else { "zh-hans" });
    }
    if lower == "pt-br" {
        return Some("pt-br");
    }
    DEEDS.into_iter().find(|deed| *deed == main)
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn licences_lead_to_their_text() {
        let cc = "https://creativecommons.org/licenses/";
        for (text, language, expected) in [
            ("CC BY-SA 4.0", "zh", vec![("CC BY-SA 4.0", format!("{cc}by-sa/4.0/deed.zh-hans"))]),
            ("cc-by-nc-sa-4.0", "zh-TW", vec![("CC BY-NC-SA 4.0", format!("{cc}by-nc-sa/4.0/deed.zh-hant"))]),
            ("CC BY 4.0 International", "en-GB", vec![("CC BY 4.0", format!("{cc}by/4.0/deed.en"))]),
            ("CC BY 3.0", "en", vec![("CC BY 3.0", format!("{cc}by/3.0/"))]),
            ("CC BY 4.0", "tlh", vec![("CC BY 4.0", format!("{cc}by/4.0/"))]),
            ("https://creativecommons.org/licenses/by-nd/4.0/deed.fr", "de", vec![("CC BY-ND 4.0", format!("{cc}by-nd/4.0/deed.de"))]),
            ("CC0", "ja", vec![("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/deed.ja".into())]),
            ("CC BY", "zh", vec![("CC BY", String::new())]),
            ("CC BY-ND-SA 4.0", "zh", vec![("CC BY-ND-SA 4.0", String::new())]),
            ("mit", "zh", vec![("MIT", "https://spdx.org/licenses/MIT.html".into())]),
            (
                "MIT OR Apache-2.0",
                "zh",
                vec![
                    ("MIT", "https://spdx.org/licenses/MIT.html".into()),
                    (" OR ", String::new()),
                    ("Apache-2.0", "https://spdx.org/licenses/Apache-2.0.html".into()),
                ],
            ),
            ("保留所有权利", "zh", vec![("保留所有权利", String::new())]),
            ("House rules <https://example.org/l>", "en", vec![("House rules", "https://example.org/l".into())]),
            ("House rules <javascript:x>", "en", vec![("House rules", String::new())]),
        ] {
            let pieces = pieces(text, language);
            let found: Vec<(&str, String)> = pieces.iter().map(|piece| (&*piece.title, piece.url.clone())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

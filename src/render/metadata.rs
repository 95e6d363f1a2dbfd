//! What machines read of a page: its description, and its facts as JSON-LD.
//!
//! In: `Site` and a page. Out: plain text and JSON. What is said there is on the page too; nothing is made up, so a note without a date has none here.

use serde_json::{Value, json};

use super::page::Shared;
use super::view::LinkView;
use super::{around, license, naming};
use crate::note::{FrontMatter, Note, Section};
use crate::path::UrlPath;
use crate::site::{FolderId, Page};

/// How many characters a description cut from the text has at most: what search engines show.
const EXCERPT: usize = 150;

/// What a note is about: its own words, else the beginning of its text, cut at a sentence or a word.
pub(super) fn description(note: &Note) -> String {
    if let Some(written) = note.front_matter.description.as_deref().filter(|written| !written.trim().is_empty()) {
        return written.to_owned();
    }
    beginning(&note.sections, EXCERPT)
}

/// The beginning of a text without its code, of at most so many characters, cut at a sentence or a word.
pub(super) fn beginning(sections: &[Section], most: usize) -> String {
    let mut text = String::new();
    let mut count = 0;
    let prose = sections.iter().flat_map(|section| {
        let is_code = |at: usize| {
            let next = section.code.partition_point(|span| span.end as usize <= at);
            section.code.get(next).is_some_and(|span| span.start as usize <= at)
        };
        section.text.char_indices().filter(move |(at, _)| !is_code(*at)).map(|(_, c)| c).chain(['\n'])
    });
    for c in prose {
        if c.is_whitespace() {
            if !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
            continue;
        }
        if count == most {
            return cut(&text);
        }
        text.push(c);
        count += 1;
    }
    text.trim_end().to_owned()
}

/// A text that goes on, ended at its last sentence when that is not too short, else at a word.
fn cut(text: &str) -> String {
    let sentence = text.rfind(['。', '！', '？']).map(|at| at + '。'.len_utf8()).or_else(|| text.rfind(". ").map(|at| at + 1));
    if let Some(end) = sentence.filter(|end| *end * 2 >= text.len()) {
        return text[..end].to_owned();
    }
    let end = match text.rfind(' ').filter(|at| *at * 4 >= text.len() * 3) {
        Some(space) => space,
        None => text.len(),
    };
    format!("{}…", text[..end].trim_end_matches([' ', '，', '、', '；', ',', ';', '：', ':']))
}

/// The day or moment of the last change that is known of a note: `updated`, else `created`. RFC 3339.
pub(super) fn changed(page: &Page) -> Option<&str> {
    page.updated.as_deref().or(page.created.as_deref()).filter(|date| super::listing::is_date(date))
}

/// The country that a language without one is most spoken in, where that is no matter of opinion for a preview of a link.
const COUNTRIES: &[(&str, &str)] = &[
    ("cs", "CZ"),
    ("da", "DK"),
    ("de", "DE"),
    ("el", "GR"),
    ("en", "US"),
    ("es", "ES"),
    ("et", "EE"),
    ("fa", "IR"),
    ("fi", "FI"),
    ("fr", "FR"),
    ("he", "IL"),
    ("hi", "IN"),
    ("hu", "HU"),
    ("id", "ID"),
    ("it", "IT"),
    ("ja", "JP"),
    ("ko", "KR"),
    ("nb", "NO"),
    ("nl", "NL"),
    ("pl", "PL"),
    ("pt", "BR"),
    ("ro", "RO"),
    ("ru", "RU"),
    ("sv", "SE"),
    ("th", "TH"),
    ("tr", "TR"),
    ("uk", "UA"),
    ("vi", "VN"),
    ("zh", "CN"),
    ("zh-hans", "CN"),
    ("zh-hant", "TW"),
];

/// A language as Open Graph has it (<https://ogp.me/#optional>): `zh_CN` for `zh`, `en_GB` for `en-GB`; `""` where no country is known.
pub(super) fn locale(language: &str) -> String {
    let mut parts = language.split('-');
    let main = parts.next().unwrap_or_default().to_ascii_lowercase();
    let said = parts.find(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic())).map(str::to_ascii_uppercase);
    let known = || {
        let whole = language.to_ascii_lowercase();
        let country = |wanted: &str| COUNTRIES.iter().find(|(language, _)| *language == wanted).map(|(_, country)| (*country).to_owned());
        country(&whole).or_else(|| country(&main))
    };
    said.or_else(known).map(|country| format!("{main}_{country}")).unwrap_or_default()
}

/// A note's picture, by its full address: `image` or `cover` of the front matter, when that is one.
pub(super) fn image(front_matter: &FrontMatter) -> String {
    let named = ["image", "cover"].iter().find_map(|key| front_matter.extra.get(*key)?.as_str());
    named.filter(|url| url.starts_with("https://") || url.starts_with("http://")).unwrap_or_default().to_owned()
}

/// A note as JSON-LD (<https://schema.org/Article>, <https://schema.org/BreadcrumbList>), safe inside `<script>`; `""` while the site's address is unknown.
pub(super) fn structured(shared: &Shared<'_>, page: &Page, description: &str, above: &[FolderId]) -> String {
    let Some(address) = shared.absolute(&page.url) else { return String::new() };
    let front_matter = &page.note.front_matter;
    let mut article = json!({
        "@type": "Article",
        "headline": page.note.title,
        "inLanguage": page.language,
        "mainEntityOfPage": address,
        "wordCount": page.note.length.total(),
        "isPartOf": { "@type": "WebSite", "name": shared.title(), "url": shared.absolute(shared.home()) },
    });
    let mut put = |key: &str, value: Value| {
        if let Some(article) = article.as_object_mut() {
            article.insert(key.to_owned(), value);
        }
    };
    if !description.is_empty() {
        put("description", description.into());
    }
    for (key, date) in [("datePublished", &page.created), ("dateModified", &page.updated)] {
        if let Some(date) = date.as_deref().filter(|date| super::listing::is_date(date)) {
            put(key, date.into());
        }
    }
    if !page.note.tags.is_empty() {
        put("keywords", page.note.tags.clone().into());
    }
    let authors: Vec<Value> = around::people(shared, page)
        .iter()
        .map(|person| match around::web_address(person) {
            Some(url) => json!({ "@type": "Person", "name": person.name, "url": url }),
            None => json!({ "@type": "Person", "name": person.name }),
        })
        .collect();
    if !authors.is_empty() {
        put("author", authors.into());
    }
    let license = front_matter.license.as_ref().or(shared.site.config.license.as_ref());
    let texts = license.map(|text| license::pieces(text, &page.language)).unwrap_or_default();
    if let Some(license) = texts.into_iter().find(|piece| !piece.url.is_empty()) {
        put("license", license.url.into());
    }
    let picture = image(front_matter);
    if !picture.is_empty() {
        put("image", picture.into());
    }
    let steps = above.iter().filter_map(|id| {
        let name = naming::folder(shared.site, &shared.facts.language, *id, &page.language);
        Some((name.title, shared.absolute(name.url)?))
    });
    let steps: Vec<Value> = (1..)
        .zip(steps.chain([(page.note.title.as_str(), address)]))
        .map(|(position, (name, item))| json!({ "@type": "ListItem", "position": position, "name": name, "item": item }))
        .collect();
    let graph = json!({
        "@context": "https://schema.org",
        "@graph": [article, { "@type": "BreadcrumbList", "itemListElement": steps }],
    });
    // Nothing in it may end the element or start a comment.
    graph.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The feeds of the site, for the head of a page; empty when there are none.
pub(super) fn feeds(shared: &Shared<'_>, from: &UrlPath) -> Vec<LinkView> {
    if !super::feed::has(shared) {
        return Vec::new();
    }
    let link = |(title, path): (&str, &str)| {
        let url = UrlPath::new(path)?;
        Some(LinkView::new(title, url.href_from(from)))
    };
    [("application/atom+xml", super::feed::ATOM), ("application/feed+json", super::feed::JSON)].into_iter().filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::{cut, locale};

    #[test]
    fn a_language_and_its_country() {
        for (language, expected) in [
            ("zh", "zh_CN"),
            ("zh-Hant", "zh_TW"),
            ("zh-Hant-HK", "zh_HK"),
            ("zh-TW", "zh_TW"),
            ("en-gb", "en_GB"),
            ("EN", "en_US"),
            ("de-1996", "de_DE"),
            ("tlh", ""),
            ("", ""),
        ] {
            assert_eq!(locale(language), expected, "{language}");
        }
    }

    #[test]
    fn a_text_is_cut_at_a_sentence_or_a_word() {
        for (text, expected) in [
            ("静态 Pod 由 kubelet 直接管理。它不经过 API", "静态 Pod 由 kubelet 直接管理。"),
            ("短。后面还有很长很长很长很长很长的一句话没有完", "短。后面还有很长很长很长很长很长的一句话没有完…"),
            ("The first sentence. The second is cut", "The first sentence."),
            ("one two three four five six seven ei", "one two three four five six seven…"),
            ("一句没有标点的话，", "一句没有标点的话…"),
        ] {
            assert_eq!(cut(text), expected);
        }
    }
}

//! Passages in another language than the page's: a Chinese note that quotes an English paragraph, an English one with a Chinese sentence.
//!
//! In: a finished body and its language. Out: the same with `lang` at paragraphs, headings, items and cells whose letters say another language, so that they are read aloud
//! as what they are and set in its fonts. A guess is made only where it is safe: by the script, or, for English in an East Asian page, by the words that every English
//! sentence has. Names and commands are no language. Knows nothing of notes.

use super::html::{decode, is_void, tags, without_comments};
use crate::site::language::Letters;

/// Elements that hold one piece of text each.
const PASSAGES: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "figcaption", "summary", "caption"];

/// Elements whose content is in no language.
const SILENT: &[&str] = &["code", "pre", "kbd", "samp", "var", "math", "svg", "script", "style"];

/// Words without which hardly any English sentence gets along. Other languages have some of them, too, but no two of them in so few words.
const ENGLISH: &[&str] = &[
    "a", "and", "are", "be", "by", "can", "for", "from", "has", "have", "how", "if", "is", "it", "its", "not", "of", "that", "the",
    "these", "this", "to", "was", "what", "when", "which", "will", "with", "you", "your",
];

/// An element that is open.
struct Open<'h> {
    name: &'h str,
    /// Where a `lang` would be put, and the text so far; of a passage only.
    passage: Option<(usize, String)>,
    /// Its own language.
    language: Option<&'h str>,
    is_silent: bool,
}

/// The body with the languages of its passages. `language` is that of the page, `site` the site's.
pub(super) fn mark(html: String, language: &str, site: &str) -> String {
    let mut marks: Vec<(usize, String)> = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut from = 0;
    for tag in tags(&html) {
        say(&mut open, &html[from..tag.range.start]);
        from = tag.range.end;
        let is = |name: &&str| tag.name.eq_ignore_ascii_case(name);
        if tag.end {
            if let Some(at) = open.iter().rposition(|one| is(&one.name)) {
                close(&mut open, at, language, site, &mut marks);
            }
            continue;
        }
        if is_void(tag.name) || html[..tag.range.end].ends_with("/>") {
            continue;
        }
        // One of these ends where the next begins.
        if open.last().is_some_and(|last| is(&last.name) && ["p", "li", "td", "th", "dt", "dd"].iter().any(is)) {
            let last = open.len() - 1;
            close(&mut open, last, language, site, &mut marks);
        }
        let own = tag.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("lang")).map(|(_, value)| &html[value.clone()]);
        let is_passage = own.is_none() && PASSAGES.iter().any(is);
        open.push(Open {
            name: tag.name,
            passage: is_passage.then(|| (tag.range.end - 1, String::new())),
            language: own,
            is_silent: SILENT.iter().any(is),
        });
    }
    say(&mut open, &html[from..]);
    close(&mut open, 0, language, site, &mut marks);
    if marks.is_empty() {
        return html;
    }
    marks.sort_unstable();
    let mut out = String::with_capacity(html.len() + marks.len() * 16);
    let mut from = 0;
    for (at, language) in marks {
        out.push_str(&html[from..at]);
        out.push_str(" lang=\"");
        out.push_str(&language);
        out.push('"');
        from = at;
    }
    out.push_str(&html[from..]);
    out
}

/// Text belongs to the innermost passage, unless something in that is silent or says its own language.
fn say(open: &mut [Open<'_>], text: &str) {
    if text.is_empty() {
        return;
    }
    for one in open.iter_mut().rev() {
        if one.is_silent || (one.language.is_some() && one.passage.is_none()) {
            return;
        }
        if let Some((_, said)) = &mut one.passage {
            said.push_str(text);
            return;
        }
    }
}

/// Closes the elements from `at` on, and marks those that are in another language than what they stand in.
fn close(open: &mut Vec<Open<'_>>, at: usize, language: &str, site: &str, marks: &mut Vec<(usize, String)>) {
    for index in (at..open.len()).rev() {
        let around = open[..index].iter().rev().find_map(|one| one.language).unwrap_or(language);
        if let Some((place, said)) = &open[index].passage
            && let Some(other) = foreign(&decode(&without_comments(said)), around, site)
        {
            marks.push((*place, other));
        }
    }
    open.truncate(at);
}

/// The language of a text that stands in one of `around`, where it is surely another; as the site says it where it is the site's.
pub(super) fn foreign(text: &str, around: &str, site: &str) -> Option<String> {
    let around = primary(around);
    let is_east_asian = matches!(around, "zh" | "ja" | "ko");
    let letters = Letters::of_text(text);
    let found = match letters.east_asian() {
        // Han alone may be Japanese or Korean, too, and few of them beside other letters are names.
        Some("zh") if is_east_asian || !letters.are_han() => return None,
        Some(language) => language,
        None if is_east_asian && letters.has_no_east_asian() && is_english(text) => "en",
        None => return None,
    };
    (found != around).then(|| if primary(site) == found { site.to_owned() } else { found.to_owned() })
}

fn primary(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

/// Whether a text in Latin letters is surely English: at least four words, a fifth of them and two different ones such as only English has.
fn is_english(text: &str) -> bool {
    let mut words = 0;
    let mut hits = 0;
    let mut first = "";
    let mut different = false;
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')).filter(|word| word.starts_with(char::is_alphabetic))
    {
        words += 1;
        if let Some(known) = ENGLISH.iter().find(|known| known.eq_ignore_ascii_case(word)) {
            hits += 1;
            different |= !first.is_empty() && first != *known;
            first = known;
        }
    }
    words >= 4 && hits * 5 >= words && different
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn passages_say_their_language() {
        let english = "The kubelet tries to create a mirror Pod for each of these.";
        for (page, site, html, expected) in [
            (
                "zh",
                "zh",
                format!("<blockquote>\n<p>{english}</p></blockquote><p>中文</p>"),
                format!("<blockquote>\n<p lang=\"en\">{english}</p></blockquote><p>中文</p>"),
            ),
            // Names, commands and other languages of Latin letters.
            ("zh", "zh", "<p>Deployment StatefulSet DaemonSet Job</p><h2 id=\"a\">API of kubelet</h2>".to_owned(), String::new()),
            (
                "zh",
                "zh",
                "<p><code>the name of a thing is this</code></p><p>Das ist die Sprache der Leute, die es gibt.</p>".to_owned(),
                String::new(),
            ),
            (
                "zh",
                "zh",
                format!("<p>{english}也。</p><li>{english}<ul><li>中文</ul>"),
                format!("<p>{english}也。</p><li lang=\"en\">{english}<ul><li>中文</ul>"),
            ),
            // The other way round.
            (
                "en",
                "zh-Hant",
                "<p>中文的一段話，見 <code>lang</code>。</p><p>The 静态 Pod.</p>".to_owned(),
                "<p lang=\"zh-Hant\">中文的一段話，見 <code>lang</code>。</p><p>The 静态 Pod.</p>".to_owned(),
            ),
            (
                "zh",
                "zh",
                "<td>ひらがなの文</td><td>한국어</td>".to_owned(),
                "<td lang=\"ja\">ひらがなの文</td><td lang=\"ko\">한국어</td>".to_owned(),
            ),
            ("ja", "ja", "<p>漢字</p>".to_owned(), String::new()),
            // What is said already counts.
            (
                "zh",
                "zh",
                format!("<div class=\"embed\" lang=\"en\"><p>{english}</p><p>中文的话</p></div><p>{english}"),
                format!("<div class=\"embed\" lang=\"en\"><p>{english}</p><p lang=\"zh\">中文的话</p></div><p lang=\"en\">{english}"),
            ),
            ("zh", "zh", format!("<p lang=\"en\">{english}</p><p><span lang=\"en\">{english}</span>。</p>"), String::new()),
            ("en", "en", "<p>a<p>b</i></p></p><br/><!-- 中文 -->".to_owned(), String::new()),
        ] {
            let expected = if expected.is_empty() { html.clone() } else { expected };
            assert_eq!(mark(html, page, site), expected);
        }
    }
}

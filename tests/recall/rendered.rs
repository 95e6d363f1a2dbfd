//! The text of a note's page as a reader sees it, line by line.
//!
//! In: the HTML of a page of the default theme. Out: the title, and what stands in the note's body: a block, a cell or a line of code is a line. Formulas are left out, as
//! their signs are arranged and not written; a picture stands for its description. What another note is embedded with is that note's text, and a callout without a
//! title of its own shows a word of the theme's.

/// Elements that do not end a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// The theme's words in all languages.
const WORDS: &[&str] = &[include_str!("../../templates/strings/en.toml"), include_str!("../../templates/strings/zh.toml")];

/// The lines of a note's page; `None` where the page is none of a note.
pub(crate) fn lines(html: &str) -> Option<Vec<String>> {
    let article = html.find("data-source=").map(|at| &html[at..])?;
    let title = article.find("<h1>").map_or("", |at| &article[at..]);
    let title = &title[..title.find("</h1>").unwrap_or(0)];
    let body = article.find("<div class=\"body\">").map_or("", |at| &article[at..]);
    let end = [body.find("<section class=\"contents\""), body.find("</article>")].into_iter().flatten().min().unwrap_or(body.len());
    let mut lines = Vec::new();
    for part in [title, &body[..end]] {
        read(part, &mut lines);
    }
    Some(lines)
}

fn read(html: &str, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut end_line = |line: &mut String| {
        let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.clear();
        if !text.is_empty() {
            lines.push(text);
        }
    };
    let mut rest = html;
    let mut in_code = false;
    while let Some(at) = rest.find('<') {
        text(&rest[..at], in_code, &mut line, &mut end_line);
        rest = &rest[at..];
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = &rest[end..];
        let name: String =
            tag.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match name.as_str() {
            // Not seen, or not as text.
            "math" | "svg" | "script" | "style" | "template" | "video" | "audio" if !tag.starts_with("</") => {
                let close = format!("</{name}>");
                rest = rest.find(&close).map_or("", |at| &rest[at + close.len()..]);
            }
            "div" if tag.contains("class=\"embed\"") => {
                end_line(&mut line);
                rest = behind_div(rest);
            }
            "p" if tag.contains("\"callout-title\"") => {
                end_line(&mut line);
                let end = rest.find("</p>").unwrap_or(rest.len());
                if WORDS.iter().any(|words| words.contains(&format!("= \"{}\"", &rest[..end]))) {
                    rest = &rest[end..];
                }
            }
            "img" => {
                end_line(&mut line);
                if let Some((_, value)) = tag.split_once("alt=\"") {
                    text(value.split('"').next().unwrap_or(""), false, &mut line, &mut end_line);
                }
                end_line(&mut line);
            }
            "pre" => {
                in_code = !tag.starts_with("</");
                end_line(&mut line);
            }
            name if INLINE.contains(&name) => {}
            _ => end_line(&mut line),
        }
    }
    text(rest, in_code, &mut line, &mut end_line);
    end_line(&mut line);
}

fn text(html: &str, in_code: bool, line: &mut String, end_line: &mut impl FnMut(&mut String)) {
    let text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    for piece in text.replace("&amp;", "&").split_inclusive('\n') {
        line.push_str(piece);
        if in_code && piece.ends_with('\n') {
            end_line(line);
        }
    }
}

/// Behind the end of the `div` whose inside a text starts with.
fn behind_div(html: &str) -> &str {
    let mut open = 1;
    let mut rest = html;
    while open > 0 {
        let Some(at) = ["<div", "</div>"].into_iter().filter_map(|tag| rest.find(tag)).min() else { return "" };
        open = if rest[at..].starts_with("</") { open - 1 } else { open + 1 };
        rest = &rest[at + tag_end(&rest[at..])..];
    }
    rest
}

/// Behind the tag or comment that a text starts with.
fn tag_end(html: &str) -> usize {
    if html.starts_with("<!--") {
        return html.find("-->").map_or(html.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, letter) in html.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => return at + 1,
            _ => {}
        }
    }
    html.len()
}

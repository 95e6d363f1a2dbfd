//! A note as Markdown for programs: what its page says, and nothing that the page does not.
//!
//! In: the finished body of a page and its public facts. Out: Markdown. It is made from the page and not from the note's file, so that comments, private links and
//! embeds, and keys of the front matter cannot be in it, while embedded notes and included code are.

use super::html;

/// What stands at the head of a copy.
pub(super) struct Facts<'a> {
    pub(super) title: &'a str,
    /// Keys and their values, in order; empty values are left out.
    pub(super) keys: Vec<(&'static str, serde_json::Value)>,
}

/// The whole copy.
pub(super) fn copy(facts: &Facts<'_>, body: &str) -> String {
    // JSON is YAML.
    let mut out = format!("---\ntitle: {}\n", serde_json::Value::from(facts.title));
    for (key, value) in &facts.keys {
        let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            out.push_str(&format!("{key}: {value}\n"));
        }
    }
    let title: Vec<&str> = facts.title.split_whitespace().collect();
    out.push_str(&format!("---\n\n# {}\n\n", title.join(" ")));
    out.push_str(markdown(body).trim());
    out.push('\n');
    out
}

/// Elements of which nothing is shown as text.
const SKIPPED: &[&str] = &["svg", "script", "style", "template", "noscript", "button", "textarea", "select"];
/// Elements that start on a line of their own.
const BLOCKS: &[&str] = &[
    "p", "div", "section", "figure", "details", "article", "aside", "header", "footer", "main", "nav", "dl", "dt", "dd", "address",
    "fieldset", "form", "center",
];

#[derive(Default)]
struct Writer {
    out: String,
    /// What every line begins with.
    prefix: Vec<&'static str>,
    /// The numbers of the lists that are open; 0 for one without numbers.
    lists: Vec<u32>,
    /// Whether a block has just begun, so that no other begins before there is text.
    fresh: bool,
    links: Vec<Option<String>>,
    /// What ends with the elements that are open.
    ends: Vec<(String, &'static str, bool)>,
    skip: usize,
    /// Whether the inside of a link that only helps readers is passed over.
    is_mute: bool,
    is_code: bool,
    cells: usize,
    aligns: Vec<&'static str>,
    is_head: bool,
    is_note_list: bool,
}

/// A body as Markdown.
fn markdown(body: &str) -> String {
    let mut writer = Writer { fresh: true, ..Writer::default() };
    let mut from = 0;
    let mut formula = None;
    for tag in html::tags(body) {
        let name = tag.name.to_ascii_lowercase();
        if let Some(start) = formula {
            if tag.end && name == "math" {
                // As it is: Markdown may hold HTML.
                writer.out.push_str(&body[start..tag.range.end].replace('\n', " "));
                writer.fresh = false;
                formula = None;
                from = tag.range.end;
            }
            continue;
        }
        writer.text(&body[from..tag.range.start]);
        from = tag.range.end;
        let attribute = |wanted: &str| {
            tag.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, at)| decode(&body[at.clone()]))
        };
        let is_void = body[tag.range.clone()].ends_with("/>") && name != "a";
        if SKIPPED.contains(&&*name) {
            match tag.end {
                true => writer.skip = writer.skip.saturating_sub(1),
                false if !is_void => writer.skip += 1,
                false => {}
            }
        } else if writer.skip > 0 {
        } else if name == "math" && !tag.end {
            formula = Some(tag.range.start);
        } else if tag.end {
            writer.close(&name);
        } else {
            writer.open(&name, &attribute);
        }
    }
    writer.text(&body[from..]);
    writer.out
}

impl Writer {
    fn line(&mut self) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
        self.out.extend(self.prefix.iter().copied());
    }

    /// Begins a block: an empty line above it, unless one has just begun.
    fn block(&mut self) {
        if !self.fresh {
            self.line();
            self.line();
            self.fresh = true;
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.fresh = false;
    }

    fn text(&mut self, text: &str) {
        if self.skip > 0 || self.is_mute {
            return;
        }
        let text = decode(&without_comments(text));
        if self.is_code {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.out.push('\n');
                    self.out.extend(self.prefix.iter().copied());
                }
                self.out.push_str(line);
            }
            return;
        }
        for c in text.chars() {
            match c {
                ' ' | '\n' | '\t' | '\r' => {
                    if !self.fresh && !self.out.ends_with([' ', '\n']) {
                        self.out.push(' ');
                    }
                    continue;
                }
                '\\' | '*' | '`' | '[' | ']' | '<' => self.out.push('\\'),
                '|' if self.cells > 0 => self.out.push('\\'),
                '#' | '>' | '+' | '-' if self.fresh => self.out.push('\\'),
                _ => {}
            }
            self.out.push(c);
            self.fresh = false;
        }
    }

    fn end_with(&mut self, name: &str, end: &'static str, is_block: bool) {
        self.ends.push((name.to_owned(), end, is_block));
    }

    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        let class = attribute("class").unwrap_or_default();
        let is = |wanted: &str| class.split(' ').any(|one| one == wanted);
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.block();
                let level = usize::from(name.as_bytes()[1] - b'0');
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
            }
            "summary" | "figcaption" | "dt" => {
                self.block();
                self.put("**");
                self.end_with(name, "**", true);
            }
            "p" if is("callout-title") || is("embed-source") => {
                self.block();
                self.put("**");
                self.end_with(name, "**", true);
            }
            "div" if is("callout") => {
                self.block();
                self.prefix.push("> ");
                self.out.push_str("> ");
                self.end_with(name, "\u{0}", true);
            }
            "div" => {
                self.block();
                self.end_with(name, "", true);
            }
            "blockquote" => {
                self.block();
                self.prefix.push("> ");
                self.out.push_str("> ");
            }
            "section" if is("footnotes") => {
                self.block();
                self.is_note_list = true;
            }
            "dd" => {
                self.block();
                self.put(": ");
                self.fresh = true;
            }
            "ul" | "ol" => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(u32::from(name == "ol") * attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1));
            }
            "li" => {
                if !self.fresh {
                    self.line();
                }
                let number = self.lists.last_mut();
                let marker = match number {
                    Some(number) if *number > 0 => {
                        *number += 1;
                        if self.is_note_list { format!("[^{}]: ", *number - 1) } else { format!("{}. ", *number - 1) }
                    }
                    _ => "- ".to_owned(),
                };
                self.out.push_str(&marker);
                self.prefix.push(if marker == "- " { "  " } else { "   " });
                self.fresh = true;
            }
            "pre" => {
                self.block();
                let language = attribute("data-lang").unwrap_or_default();
                self.out.push_str(&format!("````{language}"));
                self.line();
                self.is_code = true;
            }
            "code" | "kbd" | "samp" if !self.is_code => {
                self.put("`");
                self.is_code = true;
                self.end_with(name, "`", false);
            }
            "em" | "i" => self.mark(name, "*"),
            "strong" | "b" => self.mark(name, "**"),
            "del" | "s" => self.mark(name, "~~"),
            "mark" => self.mark(name, "=="),
            "sup" if is("footnote-ref") => {
                self.put("[^");
                self.links.push(None);
                self.end_with(name, "]", false);
            }
            "a" => {
                let is_aid = is("permalink") || is("footnote-backref") || self.ends.last().is_some_and(|(name, ..)| name == "sup");
                let href = attribute("href").filter(|_| !is_aid);
                if is("permalink") || is("footnote-backref") {
                    self.is_mute = true;
                    self.end_with(name, "\u{1}", false);
                } else if href.is_some() {
                    self.put("[");
                }
                self.links.push(href);
            }
            "img" => {
                let title = attribute("title")
                    .filter(|title| !title.is_empty())
                    .map_or(String::new(), |title| format!(" {}", serde_json::Value::from(title)));
                let alt = attribute("alt").unwrap_or_default().replace(['[', ']', '\n'], " ");
                let source = destination(&attribute("src").unwrap_or_default());
                self.put(&format!("![{alt}]({source}{title})"));
            }
            "iframe" | "video" | "audio" | "embed" | "object" => {
                if let Some(source) = attribute("src").or_else(|| attribute("data")) {
                    self.put(&format!("<{}>", source.replace(['<', '>', ' '], "")));
                }
            }
            "br" => {
                self.out.push('\\');
                self.line();
            }
            "hr" => {
                self.block();
                self.put("---");
            }
            "input" if attribute("type").as_deref() == Some("checkbox") => {
                self.put(if attribute("checked").is_some() { "[x] " } else { "[ ] " })
            }
            "table" => self.block(),
            "thead" => self.is_head = true,
            "tr" => {
                if !self.fresh {
                    self.line();
                }
                self.put("|");
                self.aligns.clear();
            }
            "th" | "td" => {
                self.cells += 1;
                let space = if self.out.ends_with(' ') { "" } else { " " };
                self.put(space);
                self.aligns.push(match () {
                    () if is("align-center") => ":-:|",
                    () if is("align-right") => "-:|",
                    () => "---|",
                });
            }
            other if BLOCKS.contains(&other) => self.block(),
            _ => {}
        }
    }

    fn mark(&mut self, name: &str, mark: &'static str) {
        if !self.is_code {
            self.put(mark);
            self.end_with(name, mark, false);
        }
    }

    fn close(&mut self, name: &str) {
        let own = self.ends.last().filter(|(open, ..)| open == name).map(|(_, end, is_block)| (*end, *is_block));
        if let Some((end, _)) = own {
            self.ends.pop();
            match end {
                "\u{0}" => self.quote_ends(),
                "\u{1}" => self.is_mute = false,
                _ => {
                    if matches!(name, "code" | "kbd" | "samp") {
                        self.is_code = false;
                    }
                    if end.starts_with(['*', '~', '=']) {
                        // A mark ends behind a word, not behind a space.
                        let spaces = self.out.len() - self.out.trim_end_matches(' ').len();
                        self.out.truncate(self.out.len() - spaces);
                        self.out.push_str(end);
                        self.out.extend(std::iter::repeat_n(' ', spaces));
                    } else {
                        self.out.push_str(end);
                    }
                }
            }
        }
        match name {
            "blockquote" => self.quote_ends(),
            "a" => {
                if let Some(Some(href)) = self.links.pop() {
                    self.out.push_str(&format!("]({})", destination(&href)));
                }
            }
            "sup" if own.is_some() => drop(self.links.pop()),
            "ul" | "ol" => drop(self.lists.pop()),
            "li" => drop(self.prefix.pop()),
            "section" => self.is_note_list = false,
            "pre" => {
                self.is_code = false;
                if !self.out.ends_with('\n') {
                    let ends_line = self.out.rfind('\n').is_some_and(|at| self.out[at + 1..] == self.prefix.concat());
                    if !ends_line {
                        self.line();
                    }
                }
                self.put("````");
            }
            "th" | "td" => {
                self.cells = self.cells.saturating_sub(1);
                self.put(" |");
            }
            "tr" if self.is_head => {
                self.line();
                let aligns = self.aligns.concat();
                self.put(&format!("|{aligns}"));
            }
            "thead" => self.is_head = false,
            _ => {}
        }
    }

    fn quote_ends(&mut self) {
        self.prefix.pop();
        self.fresh = false;
    }
}

/// A link's destination; one with spaces or brackets is put between angle brackets.
fn destination(address: &str) -> String {
    if address.contains([' ', '(', ')', '<', '>']) {
        format!("<{}>", address.replace('<', "%3C").replace('>', "%3E"))
    } else {
        address.to_owned()
    }
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    out.push_str(rest);
    out
}

/// Text with the character references that rendering writes resolved.
fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn what_a_page_says_comes_out_as_markdown() {
        for (html, expected) in [
            (
                "<p>A <em>b</em> <strong>c</strong> <del>d</del> <mark>e</mark> 1 * 2 [x] &lt;y&gt; a_b.</p>",
                "A *b* **c** ~~d~~ ==e== 1 \\* 2 \\[x\\] \\<y> a_b.",
            ),
            ("<h2 id=\"x\">T<a class=\"permalink\" href=\"#x\">#</a></h2>\n<p>b</p>", "## T\n\nb"),
            ("<p><a href=\"a b.html\">x</a> <code>a|`b</code><br />y</p>", "[x](<a b.html>) `a|`b`\\\ny"),
            ("<ul>\n<li>a</li>\n<li><p>b</p>\n<ol start=\"3\"><li>c</li></ol></li>\n</ul>\n<p>d</p>", "- a\n- b\n  3. c\n\nd"),
            ("<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>", "> a\n>\n> b\n\nc"),
            ("<div class=\"callout tip\">\n<p class=\"callout-title\">T</p>\n<p>b</p>\n</div>", "> **T**\n>\n> b"),
            (
                "<pre data-lang=\"rust\"><code><span class=\"k\">fn</span> a() {\n  1 &lt; 2\n}\n</code></pre><p>x</p>",
                "````rust\nfn a() {\n  1 < 2\n}\n````\n\nx",
            ),
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th class=\"align-center\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1|2</td>\n<td>x</td>\n</tr>\n</tbody>\n</table>",
                "| a | b |\n|---|:-:|\n| 1\\|2 | x |",
            ),
            (
                "<p>F<sup class=\"footnote-ref\"><a href=\"#fn:1\">1</a></sup>.</p><section class=\"footnotes\"><ol><li id=\"fn:1\"><p>N <a href=\"#f\" class=\"footnote-backref\">↩</a></p></li></ol></section>",
                "F[^1].\n\n[^1]: N",
            ),
            ("<p>a<!-- secret --><svg><title>s</title></svg> <math><mi>x</mi></math></p>", "a <math><mi>x</mi></math>"),
            ("<p><img src=\"a.png\" alt=\"A\" title=\"t\"></p><hr><p>b</p>", "![A](a.png \"t\")\n\n---\n\nb"),
        ] {
            assert_eq!(markdown(html).trim(), expected, "{html}");
        }
    }
}

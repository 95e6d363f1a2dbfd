//! Markdown as it is written: blocks, marks and prefixes of lines.
//!
//! In: tags and text of a finished body, in order. Out: Markdown. Knows nothing of pages.

use super::super::html;

/// Elements that start on a line of their own.
const BLOCKS: &[&str] = &[
    "p", "div", "section", "figure", "details", "article", "aside", "header", "footer", "main", "nav", "dl", "dt", "dd", "address",
    "fieldset", "form", "center",
];

/// What was written, and what is open.
#[derive(Default)]
pub(super) struct Writer {
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
    /// Whether the inside of a link that only helps readers is passed over.
    is_mute: bool,
    is_code: bool,
    cells: usize,
    aligns: Vec<&'static str>,
    is_head: bool,
    is_note_list: bool,
}

impl Writer {
    /// Nothing is written yet.
    pub(super) fn new() -> Self {
        Self { fresh: true, ..Self::default() }
    }

    /// The Markdown.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Something that is Markdown as it is.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.put(text);
    }

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

    /// Text between two tags.
    pub(super) fn text(&mut self, text: &str) {
        if self.is_mute {
            return;
        }
        let text = html::decode(&html::without_comments(text));
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

    /// A start tag.
    pub(super) fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
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

    /// An end tag.
    pub(super) fn close(&mut self, name: &str) {
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

//! Raw HTML of writers who are not trusted: only what formats text passes.
//!
//! In: a start tag of raw HTML. Out: what of it may be written. The tag is written anew, its name from the list below and its values escaped, so that no browser can
//! read it otherwise than it was read here. What is left out is reported.

use super::tag::{Attribute, Tag, decode};
use super::writer::Writer;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::address;
use crate::text::Span;

/// Elements that pass.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Attributes that pass on every element. None of them holds an address or names something of the page.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "align",
    "alt",
    "aria-hidden",
    "aria-label",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "controls",
    "datetime",
    "dir",
    "headers",
    "height",
    "hidden",
    "id",
    "kind",
    "label",
    "lang",
    "loop",
    "media",
    "muted",
    "open",
    "reversed",
    "rowspan",
    "scope",
    "sizes",
    "span",
    "srclang",
    "start",
    "summary",
    "title",
    "valign",
    "width",
];

/// Attributes that hold an address, and the elements on which they pass.
const ADDRESSES: &[(&str, &[&str])] =
    &[("href", &["a"]), ("src", &["img", "audio", "video", "source", "track"]), ("srcset", &["img", "source"]), ("poster", &["video"])];

/// Attributes whose value is words, whatever they look like.
const WORDS: &[&str] = &["alt", "title", "label", "placeholder", "summary", "value", "abbr", "content"];

impl Writer<'_> {
    /// Whether an element may be written; reports it otherwise.
    pub(super) fn may_open(&mut self, tag: &Tag, place: &dyn Fn(usize) -> usize) -> bool {
        if !self.options.untrusted || ELEMENTS.contains(&tag.name.as_str()) {
            return true;
        }
        let span = Span::new(place(tag.range.start), place(tag.range.start) + 1 + tag.name.len());
        self.left_out(span, &format!("the element `{}`", shown(&tag.name)));
        false
    }

    /// Whether an attribute may be written; reports it otherwise.
    pub(super) fn may_have(&mut self, tag: &Tag, attribute: &Attribute, place: &dyn Fn(usize) -> usize) -> bool {
        let (element, name) = (tag.name.as_str(), attribute.name.as_str());
        let is_address = |(known, elements): &(&str, &[&str])| *known == name && elements.contains(&element);
        let is_own = match name {
            "name" => element == "a",
            "type" | "value" => matches!(element, "ol" | "ul" | "li"),
            _ => false,
        };
        if is_own || ATTRIBUTES.contains(&name) || ADDRESSES.iter().any(is_address) {
            return true;
        }
        let start = place(attribute.start);
        self.left_out(Span::new(start, start + attribute.name.len()), &format!("the attribute `{}`", shown(name)));
        false
    }

    /// Reports what an untrusted note may not have.
    pub(super) fn left_out(&mut self, span: Span, what: &str) {
        let text = &self.file.text;
        // A tag over several lines of a quote has marks in between.
        let range = span.range();
        let start = text.floor_char_boundary(range.start.min(text.len()));
        let span = Span::new(start, text.ceil_char_boundary(range.end.min(text.len())).max(start));
        let fault = Diagnostic::at(Code::Untrusted, self.file.clone(), span, format!("{what} is left out"));
        self.diagnostics.push(fault.hint("`untrusted = true` in biji.toml lets only HTML pass that formats text"));
    }

    /// Writes a start tag's remaining attribute anew.
    pub(super) fn push_clean(&mut self, name: &str, value: Option<&str>) {
        self.out.push(" ");
        self.out.push(name);
        self.out.push("=\"");
        let value = self.clean(decode(value.unwrap_or("")).into());
        self.out.attribute(&value);
        self.out.push("\"");
    }

    /// Whether an attribute that is no link holds an address that must never be published; reports it.
    pub(super) fn is_refused(&mut self, name: &str, value: &str, span: Span) -> bool {
        if WORDS.contains(&name) || name.starts_with("on") || name.starts_with("aria-") {
            return false;
        }
        let value = decode_numbers(&self.clean(decode(value).into()));
        // Animations list values, styles call functions.
        let pieces = value.split([';', ',', '(']).map(|piece| piece.trim_start_matches(['"', '\'']));
        let Some(scheme) = std::iter::once(value.as_str()).chain(pieces).find_map(address::refused) else { return false };
        if scheme == "data" && name != "data" && name != "src" && name != "href" && !name.ends_with(":href") {
            return false;
        }
        let fault = Diagnostic::at(Code::RefusedLink, self.file.clone(), span, format!("a `{scheme}:` address is not published"));
        self.diagnostics.push(fault.hint("the attribute's value is left out"));
        true
    }
}

/// A name as it is reported: it may be as long as the note.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

/// Numbers of characters without the semicolon at their end, which browsers read all the same.
fn decode_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        let number = &rest[at + 2..];
        let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
        let length = digits.find(|letter: char| !letter.is_digit(radix)).unwrap_or(digits.len());
        let letter = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32);
        match letter {
            Some(letter) => {
                out.push(letter);
                rest = &digits[length..];
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            None => {
                out.push_str("&#");
                rest = number;
            }
        }
    }
    out.push_str(rest);
    out
}

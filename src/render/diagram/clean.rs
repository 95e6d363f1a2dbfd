//! SVG that comes from elsewhere, written anew with what a page may hold.
//!
//! In: SVG as text. Out: the same picture: elements, attributes and values of a closed list; ids of their own; colours of the theme as classes;
//! `style` attributes, which a strict content policy refuses, as presentation attributes. No script, no style sheet, no foreign content, no
//! address but links to other sites. What is not well formed is refused.

use super::super::html::escape_into;
use super::{COLOURS, Drawing, ID};
use crate::site::link::reference::{self, Reference};

const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "a",
    "defs",
    "marker",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "title",
    "desc",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
];

/// Attributes whose values are numbers, words and lists of them.
const ATTRIBUTES: &[&str] = &[
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "d",
    "points",
    "width",
    "height",
    "viewBox",
    "transform",
    "opacity",
    "fill-opacity",
    "fill-rule",
    "stroke-opacity",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "text-anchor",
    "dominant-baseline",
    "alignment-baseline",
    "font-size",
    "font-weight",
    "font-style",
    "text-decoration",
    "textLength",
    "lengthAdjust",
    "letter-spacing",
    "refX",
    "refY",
    "markerUnits",
    "markerWidth",
    "markerHeight",
    "orient",
    "preserveAspectRatio",
    "offset",
    "gradientUnits",
    "clipPathUnits",
    "visibility",
    "paint-order",
];

/// Attributes that name a colour.
const PAINTS: &[&str] = &["fill", "stroke", "stop-color"];
/// Attributes that refer to an element of the drawing.
const REFERENCES: &[&str] = &["marker-start", "marker-mid", "marker-end", "clip-path"];

/// The deepest nesting of elements.
const DEPTH: usize = 100;

/// Elements that are left out with all that is in them: pictures from elsewhere and what needs a style sheet.
const DROPPED: &[&str] = &["image", "use", "symbol", "style", "filter", "metadata"];

/// A drawing, and its text.
pub(super) struct Cleaned {
    pub(super) drawing: Drawing,
    pub(super) text: String,
}

/// Writes a drawing anew.
pub(super) fn clean(svg: &str) -> Result<Cleaned, String> {
    let mut cleaner = Cleaner {
        out: String::with_capacity(svg.len()),
        text: String::new(),
        front: String::new(),
        label: None,
        open: Vec::new(),
        refused: Vec::new(),
        has_colours: false,
        links: 0,
    };
    cleaner.run(svg).ok_or_else(|| "the renderer gives a drawing that is not well formed".to_owned())?;
    let (role, colours) = (if cleaner.links > 0 { "group" } else { "img" }, if cleaner.has_colours { " own-colours" } else { "" });
    let svg = cleaner.out.replacen("<svg", &format!("<svg class=\"diagram-drawing{colours}\" role=\"{role}\""), 1);
    Ok(Cleaned { drawing: Drawing { svg, refused: cleaner.refused }, text: cleaner.text })
}

struct Cleaner<'a> {
    out: String,
    /// The open elements as they came and as they are written.
    open: Vec<(&'a str, &'static str)>,
    refused: Vec<String>,
    has_colours: bool,
    links: usize,
    /// The text that a reader sees.
    text: String,
    /// Labels of edges, which are drawn in front of everything: the crate draws boxes over them.
    front: String,
    /// Where the label starts that is being written.
    label: Option<usize>,
}

impl<'a> Cleaner<'a> {
    /// `None` when the text is not well formed or holds an element that is not allowed.
    fn run(&mut self, svg: &'a str) -> Option<()> {
        let mut rest = svg.trim();
        if !rest.starts_with("<svg") {
            return None;
        }
        while !rest.is_empty() {
            if let Some(tag) = rest.strip_prefix('<') {
                rest = self.tag(tag)?;
            } else {
                let end = rest.find('<').unwrap_or(rest.len());
                self.text_of(&rest[..end])?;
                rest = &rest[end..];
            }
            if self.open.is_empty() && !rest.is_empty() {
                // Something stands behind the drawing.
                return None;
            }
        }
        self.open.is_empty().then_some(())
    }

    fn text_of(&mut self, text: &str) -> Option<()> {
        if matches!(self.open.last(), Some((_, "text" | "tspan" | "title" | "desc"))) {
            let text = unescape(text)?;
            escape_into(&mut self.out, &text);
            if matches!(self.open.last(), Some((_, "text" | "tspan"))) {
                self.text.push_str(&text);
            }
        } else if !text.trim().is_empty() {
            return None;
        }
        Some(())
    }

    /// Takes a tag without its `<`; returns what follows.
    fn tag(&mut self, tag: &'a str) -> Option<&'a str> {
        if let Some(end) = tag.strip_prefix('/') {
            let (name, rest) = end.split_once('>')?;
            let (open, written) = self.open.pop()?;
            if open != name.trim_end() {
                return None;
            }
            if self.open.is_empty() {
                self.out.push_str(&self.front);
            }
            self.out.push_str("</");
            self.out.push_str(written);
            self.out.push('>');
            self.end_label();
            return Some(rest);
        }
        let length = tag.find(|letter: char| !letter.is_ascii_alphanumeric())?;
        let name = &tag[..length];
        if DROPPED.contains(&name) {
            let (_, is_closed, rest) = attributes(&tag[length..])?;
            return if is_closed { Some(rest) } else { rest.split_once(&format!("</{name}>")).map(|(_, rest)| rest) };
        }
        let element = ELEMENTS.iter().copied().find(|element| *element == name)?;
        let (attributes, is_closed, rest) = attributes(&tag[length..])?;
        if self.open.len() >= DEPTH {
            return None;
        }
        if self.open.len() == 1 && attributes.iter().any(|(name, _)| *name == "data-label-kind") {
            self.label = Some(self.out.len());
        }
        let element = if element == "a" { self.link(&attributes) } else { element };
        if element != "a" {
            self.out.push('<');
            self.out.push_str(element);
        }
        self.write(element, &attributes);
        if is_closed {
            self.out.push_str(&format!("></{element}>"));
            self.end_label();
        } else {
            self.out.push('>');
            self.open.push((name, element));
        }
        Some(rest)
    }

    /// Puts a label that has ended in front.
    fn end_label(&mut self) {
        if self.open.len() == 1
            && let Some(start) = self.label.take()
        {
            let label = self.out.split_off(start);
            self.front.push_str(&label);
        }
    }

    /// Starts a link; a group where it leads nowhere that a page may lead to.
    fn link(&mut self, attributes: &[(&str, String)]) -> &'static str {
        let target = attributes.iter().find(|(name, _)| *name == "href" || *name == "xlink:href").map_or("", |(_, value)| value.as_str());
        match reference::read(target) {
            Reference::External(address) if !address.starts_with("data:") => {
                self.out.push_str("<a href=\"");
                escape_into(&mut self.out, &address);
                self.out.push_str("\" rel=\"external noopener\"");
                self.links += 1;
                "a"
            }
            _ => {
                if !target.is_empty() {
                    self.refused.push(target.to_owned());
                }
                "g"
            }
        }
    }

    fn write(&mut self, element: &str, attributes: &[(&str, String)]) {
        let mut classes: Vec<String> = Vec::new();
        if element == "g" && attributes.iter().any(|(name, _)| *name == "data-label-kind") {
            classes.push("edge-label".to_owned());
        }
        let mut seen: Vec<&str> = Vec::new();
        let styles = attributes.iter().filter(|(name, _)| *name == "style").flat_map(|(_, style)| style.split(';'));
        let styles = styles.filter_map(|style| style.split_once(':')).map(|(name, value)| (name.trim(), value.trim().to_owned()));
        let all: Vec<(&str, String)> = styles.chain(attributes.iter().cloned()).collect();
        // What `style` says counts before the attribute of the same name.
        for (name, value) in &all {
            if seen.contains(name) {
                continue;
            }
            if PAINTS.contains(name) {
                seen.push(name);
                self.paint(name, value, &mut classes);
            } else if *name == "id" {
                if is_name(value) {
                    self.attribute("id", &format!("{ID}{value}"));
                }
            } else if REFERENCES.contains(name) {
                if let Some(id) = value.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')).filter(|id| is_name(id)) {
                    self.attribute(name, &format!("url(#{ID}{id})"));
                }
            } else if let Some(known) = ATTRIBUTES.iter().find(|known| *known == name).filter(|_| is_plain(value)) {
                seen.push(name);
                // The size of a drawing is that of its view box: some have none but in a style.
                if !(element == "svg" && matches!(*known, "width" | "height")) {
                    self.attribute(known, value.trim_end_matches("!important").trim());
                }
                if *known == "viewBox" && element == "svg" {
                    let mut sides = value.split([' ', ',']).filter(|side| !side.is_empty()).skip(2);
                    for side in ["width", "height"] {
                        if let Some(length) = sides.next().and_then(|length| length.parse::<f32>().ok()) {
                            self.attribute(side, &format!("{}", length.ceil()));
                        }
                    }
                }
            }
        }
        if !classes.is_empty() {
            self.attribute("class", &classes.join(" "));
        }
    }

    /// A colour: of the theme, of the diagram, none, or a gradient.
    fn paint(&mut self, name: &str, value: &str, classes: &mut Vec<String>) {
        let value = value.trim_end_matches("!important").trim();
        if let Some((_, class)) = COLOURS.iter().find(|(colour, _)| colour.eq_ignore_ascii_case(value)) {
            classes.push(format!("{name}-{class}"));
        } else if let Some(id) = value.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')).filter(|id| is_name(id)) {
            self.attribute(name, &format!("url(#{ID}{id})"));
        } else if is_colour(value) {
            self.has_colours |= !matches!(value, "none" | "transparent" | "currentColor");
            self.attribute(name, value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_into(&mut self.out, value);
        self.out.push('"');
    }
}

/// Names and values, without references.
type Attributes<'a> = Vec<(&'a str, String)>;

/// The attributes of a tag, whether it closes itself, and what follows it.
fn attributes(tag: &str) -> Option<(Attributes<'_>, bool, &str)> {
    let mut found: Attributes<'_> = Vec::new();
    let mut rest = tag.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("/>") {
            return Some((found, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some((found, false, after));
        }
        let length =
            rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | ':' | '_'))).filter(|at| *at > 0)?;
        let name = &rest[..length];
        let after = rest[length..].trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if value.contains('<') || found.iter().any(|(known, _)| *known == name) {
            return None;
        }
        found.push((name, unescape(value)?));
        rest = after.trim_start();
    }
}

/// Text without XML's references. `None` where one is unknown.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';')?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let number = number.strip_prefix('x').map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
                char::from_u32(number).filter(|letter| !letter.is_control())?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.'))
}

/// Numbers, words, and functions of numbers: no address, no quote, nothing that a browser would read as more than a value.
fn is_plain(value: &str) -> bool {
    !value.to_ascii_lowercase().contains("url") && value.chars().all(|c| c.is_ascii_alphanumeric() || " \n.,;+-()%#!:".contains(c))
}

fn is_colour(value: &str) -> bool {
    value.len() <= 64 && !value.is_empty() && is_plain(value) && !value.contains([':', ';', '!'])
}

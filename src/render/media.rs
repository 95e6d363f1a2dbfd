//! Embedded files: which element shows a file, and the size that a writer gave it.
//!
//! In: an address, its text and size. Out: HTML. Knows nothing of how the file was found.

use super::html::{escape, escape_into};

/// What a file is, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Image,
    Audio,
    Video,
    Pdf,
    Other,
}

impl Medium {
    /// By the extension of a path or address.
    pub(super) fn of(path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            "png" | "jpg" | "jpeg" | "gif" | "svg" | "webp" | "avif" | "bmp" | "ico" | "apng" | "jfif" => Self::Image,
            "mp3" | "wav" | "ogg" | "oga" | "m4a" | "flac" | "opus" | "aac" | "3gp" => Self::Audio,
            "mp4" | "webm" | "ogv" | "mov" | "mkv" | "m4v" => Self::Video,
            "pdf" => Self::Pdf,
            _ => Self::Other,
        }
    }
}

/// Width and height in pixels behind the last `|` of a text: `300`, `640x480`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Size {
    width: Option<u32>,
    height: Option<u32>,
}

impl Size {
    /// Splits `alt|300` into text and size. A text that is nothing but a size counts as one only where `bare` allows it, since the alt
    /// text of `![2024](photo.jpg)` is a text.
    pub(super) fn split(text: &str, bare: bool) -> (&str, Self) {
        let (rest, last) = match text.rsplit_once('|') {
            Some((rest, last)) => (rest, last),
            None if bare => ("", text),
            None => return (text, Self::default()),
        };
        Self::parse(last.trim()).map_or((text, Self::default()), |size| (rest.trim_end(), size))
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| (1..=10_000).contains(number));
        match text.split_once(['x', '×']) {
            Some((width, height)) => Some(Self { width: Some(number(width)?), height: Some(number(height)?) }),
            None => Some(Self { width: Some(number(text)?), height: None }),
        }
    }

    fn attributes(self) -> String {
        let one = |name: &str, value: Option<u32>| value.map_or(String::new(), |value| format!(" {name}=\"{value}\""));
        one("width", self.width) + &one("height", self.height)
    }
}

/// The element for a file at `href` (not escaped). `name` is what to call it where nothing better is known.
pub(super) fn element(out: &mut String, medium: Medium, href: &str, text: &str, name: &str, title: &str, size: Size) {
    let href = escape(href);
    let label = escape(if text.is_empty() { name } else { text });
    let size = size.attributes();
    match medium {
        Medium::Image => {
            out.push_str(&format!("<img src=\"{href}\" alt=\"{label}\"{size}"));
            if !title.is_empty() {
                out.push_str(" title=\"");
                escape_into(out, title);
                out.push('"');
            }
            out.push_str(" loading=\"lazy\" decoding=\"async\">");
        }
        Medium::Audio => out.push_str(&format!("<audio controls preload=\"metadata\" src=\"{href}\" aria-label=\"{label}\"></audio>")),
        Medium::Video => out.push_str(&format!("<video controls preload=\"metadata\" src=\"{href}\" aria-label=\"{label}\"{size}></video>")),
        Medium::Pdf => out.push_str(&format!(
            "<span class=\"embed-file\"><iframe src=\"{href}\" title=\"{label}\" loading=\"lazy\"{size}></iframe><a href=\"{href}\">{label}</a></span>"
        )),
        Medium::Other => out.push_str(&format!("<a class=\"attachment\" href=\"{href}\">{label}</a>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bare, rest, attributes) in [
            ("300", true, "", " width=\"300\""),
            ("300", false, "300", ""),
            ("640x480", true, "", " width=\"640\" height=\"480\""),
            ("a cat|300", false, "a cat", " width=\"300\""),
            ("a|b", true, "a|b", ""),
            ("a|0", true, "a|0", ""),
            ("a|99999999999", true, "a|99999999999", ""),
            ("", true, "", ""),
        ] {
            let (found, size) = Size::split(text, bare);
            assert_eq!((found, size.attributes().as_str()), (rest, attributes), "{text}");
        }
    }
}

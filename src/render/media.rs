//! Embedded files: which element shows a file, and how large.
//!
//! In: an address, its text, the size that a writer gave it and the one that the file has. Out: HTML. Knows nothing of how the file was found.

use super::html::{escape, escape_into, tags};
use crate::source::picture::Pixels;

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

/// What the image of Markdown (`![](…)`) at an address is: an image, whatever the address ends in, unless it is a sound or a film.
pub(super) fn known_or_image(address: &str) -> Medium {
    match Medium::of(address) {
        medium @ (Medium::Audio | Medium::Video) => medium,
        _ => Medium::Image,
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

    /// With the sides that the writer left open, as the picture itself has them.
    fn of(self, pixels: Option<Pixels>) -> Self {
        match (self, pixels) {
            (Self { width: None, height: None }, Some(pixels)) => Self { width: Some(pixels.width), height: Some(pixels.height) },
            (Self { width: Some(width), height: None }, Some(pixels)) => Self { width: Some(width), height: Some(pixels.height_at(width)) },
            (written, _) => written,
        }
    }

    fn attributes(self) -> String {
        let one = |name: &str, value: Option<u32>| value.map_or(String::new(), |value| format!(" {name}=\"{value}\""));
        one("width", self.width) + &one("height", self.height)
    }
}

/// What is known of a picture besides its address and its writer's words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Picture {
    /// Its own size.
    pub(super) pixels: Option<Pixels>,
    /// Whether it is the first of its page, which is not waited with.
    pub(super) is_first: bool,
}

/// The class of a picture that is only for one of light and dark, or turned around in the dark, by what GitHub, Material and the themes of Obsidian write
/// behind `#`.
pub(super) fn shade(href: &str) -> Option<&'static str> {
    match href.rsplit_once('#')?.1 {
        "gh-dark-mode-only" | "only-dark" => Some("only-dark"),
        "gh-light-mode-only" | "only-light" => Some("only-light"),
        "invert" => Some("invert"),
        _ => None,
    }
}

/// What belongs behind the address in the `src` of an `<img>` that a writer put into raw HTML: size and loading, as far as the tag does not say them
/// itself. `html` is the body and `at` the place of the value, which is still empty; the last quote is left open as it was. `None` where it is no such value.
pub(super) fn raw_image(html: &str, at: usize, href: &str, picture: Picture) -> Option<String> {
    let start = html.get(..at)?.rfind('<')?;
    let tag = tags(&html[start..]).next().filter(|tag| tag.range.start == 0 && tag.name.eq_ignore_ascii_case("img"))?;
    let before = html[start..at].trim_end_matches(['"', '\'']);
    let is_source = before.len() + 1 == at - start && before.to_ascii_lowercase().trim_end().ends_with("src=");
    let whole = html[start..start + tag.range.end].to_ascii_lowercase();
    let has = |name: &str| whole.match_indices(name).any(|(at, _)| whole[..at].ends_with([' ', '\n', '\t', '"', '\'']));
    if !is_source || has("srcset") {
        return None;
    }
    let quote = &html[at - 1..at];
    let mut more = String::new();
    let mut put = |name: &str, value: &str| more.push_str(&format!("{quote} {name}={quote}{value}"));
    if let (Some(pixels), false, false) = (picture.pixels, has("width"), has("height")) {
        put("width", &pixels.width.to_string());
        put("height", &pixels.height.to_string());
    }
    if !picture.is_first && !has("loading") {
        put("loading", "lazy");
    }
    if !picture.is_first && !has("decoding") {
        put("decoding", "async");
    }
    if let (Some(shade), false) = (shade(href), has("class")) {
        put("class", shade);
    }
    Some(more)
}

/// The element for a file at `href` (not escaped). `name` is what to call it where nothing better is known.
#[allow(clippy::too_many_arguments, reason = "each is a fact of its own about one element")]
pub(super) fn element(out: &mut String, medium: Medium, href: &str, text: &str, name: &str, title: &str, size: Size, picture: Picture) {
    let shade = shade(href);
    let href = escape(href);
    let label = escape(if text.is_empty() { name } else { text });
    let size = if medium == Medium::Image { size.of(picture.pixels) } else { size }.attributes();
    match medium {
        Medium::Image => {
            out.push_str(&format!("<img src=\"{href}\" alt=\"{label}\"{size}"));
            if let Some(shade) = shade {
                out.push_str(&format!(" class=\"{shade}\""));
            }
            if !title.is_empty() {
                out.push_str(" title=\"");
                escape_into(out, title);
                out.push('"');
            }
            // The first one is likely to be seen at once; one of a pair may never be.
            out.push_str(if picture.is_first && shade.is_none_or(|shade| shade == "invert") { ">" } else { " loading=\"lazy\" decoding=\"async\">" });
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

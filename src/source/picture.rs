//! How large a picture is, from the first bytes of its file, so that a page keeps the room for it before it is there.
//!
//! In: a name and bytes. Out: width and height in CSS pixels, as a browser shows the file without being told a size. Nothing is decoded.

use serde::{Deserialize, Serialize};

/// The size of a picture in CSS pixels. Both are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pixels {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

impl Pixels {
    fn new(width: u32, height: u32) -> Option<Self> {
        const LARGEST: u32 = 100_000;
        ((1..=LARGEST).contains(&width) && (1..=LARGEST).contains(&height)).then_some(Self { width, height })
    }

    /// The height that goes with another width; at least 1.
    #[must_use]
    pub fn height_at(self, width: u32) -> u32 {
        let height = (u64::from(width) * u64::from(self.height) + u64::from(self.width) / 2) / u64::from(self.width);
        u32::try_from(height).unwrap_or(u32::MAX).max(1)
    }
}

/// Whether a file of this extension may be a picture that [`measure`] understands.
#[must_use]
pub fn is_measured(extension: &str) -> bool {
    ["png", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp", "ico", "apng", "svg"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// The size of the picture that begins with `head`. `None` when that cannot be told, or not from so few bytes.
#[must_use]
pub fn measure(extension: &str, head: &[u8]) -> Option<Pixels> {
    if extension.eq_ignore_ascii_case("svg") {
        return svg(&String::from_utf8_lossy(head));
    }
    let size = imagesize::blob_size(head).ok()?;
    let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
    if is_turned(head) { Pixels::new(height, width) } else { Pixels::new(width, height) }
}

/// Whether a JPEG says that it lies on its side, as phones write them: browsers turn it. The orientation is the tag 0x0112 of the Exif data
/// (CIPA DC-008, 4.6.4); 5 to 8 exchange width and height.
fn is_turned(head: &[u8]) -> bool {
    let Some(mut rest) = head.strip_prefix(&[0xFF, 0xD8]) else { return false };
    while let [0xFF, marker, high, low, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
        let Some(segment) = after.get(..length) else { return false };
        if *marker == 0xE1
            && let Some(exif) = segment.strip_prefix(b"Exif\0\0")
        {
            return orientation(exif).is_some_and(|turned| (5..=8).contains(&turned));
        }
        // The picture itself begins.
        if *marker == 0xDA {
            return false;
        }
        rest = &after[length..];
    }
    false
}

/// The orientation in Exif data, which is a TIFF file.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let is_big = match tiff.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let long = |at: usize| {
        let bytes: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    (0..entries).map(|entry| directory + 2 + entry * 12).find(|&at| short(at) == Some(0x0112)).and_then(|at| short(at + 8))
}

/// The size of an SVG: `width` and `height` of its root where they are lengths, else the size of its `viewBox`.
fn svg(text: &str) -> Option<Pixels> {
    let root = root_tag(text)?;
    let (width, height) = (attribute(root, "width").and_then(length), attribute(root, "height").and_then(length));
    let ratio = attribute(root, "viewBox").and_then(|view| {
        let numbers: Vec<f64> =
            view.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty()).filter_map(|part| part.parse().ok()).collect();
        match numbers[..] {
            [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
            _ => None,
        }
    });
    let (width, height) = match (width, height, ratio) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((w, h))) => (width, width * h / w),
        (None, Some(height), Some((w, h))) => (height * w / h, height),
        (None, None, Some(size)) => size,
        _ => return None,
    };
    let whole = |number: f64| (number.is_finite() && (0.0..1e6).contains(&number)).then(|| number.round().max(1.0) as u32);
    Pixels::new(whole(width)?, whole(height)?)
}

/// What stands between `<svg` and its `>`; comments and declarations before it are passed over.
fn root_tag(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')?..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")?..];
        } else if let Some(tag) = rest.strip_prefix("<svg").filter(|tag| tag.starts_with([' ', '\t', '\n', '\r', '>'])) {
            return tag.find('>').map(|end| &tag[..end]);
        } else {
            rest = &rest[1..];
        }
    }
}

/// The value of an attribute in quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.match_indices(name).find_map(|(at, _)| {
        let is_start = tag[..at].ends_with([' ', '\t', '\n', '\r']);
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inner = &value[1..];
        inner.find(quote).filter(|_| is_start).map(|end| &inner[..end])
    })
}

/// A length in CSS pixels; percentages and font-relative lengths say nothing by themselves.
fn length(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let factor = match text[end..].trim() {
        "" | "px" => 1.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        _ => return None,
    };
    (number > 0.0).then_some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(pixels: Option<Pixels>) -> Option<(u32, u32)> {
        pixels.map(|pixels| (pixels.width, pixels.height))
    }

    #[test]
    fn drawings_have_a_size() {
        for (text, expected) in [
            ("<svg width=\"30\" height='20px'></svg>", Some((30, 20))),
            ("<?xml version=\"1.0\"?><!-- <svg width=\"1\" height=\"1\"> -->\n<svg\n viewBox=\"0 0 12.4 8\">", Some((12, 8))),
            ("<svg width=\"100%\" viewBox=\"0,0,40,30\">", Some((40, 30))),
            ("<svg width=\"1in\" viewBox=\"0 0 4 2\">", Some((96, 48))),
            ("<svg stroke-width=\"3\" height=\"5\">", None),
            ("<svg viewBox=\"0 0 0 3\">", None),
            ("<svgx width=\"1\" height=\"1\"><svg", None),
            ("no drawing", None),
        ] {
            assert_eq!(size(measure("svg", text.as_bytes())), expected, "{text}");
        }
    }

    #[test]
    fn pictures_have_a_size_also_when_they_lie_on_their_side() {
        let frame = [0xFF, 0xC0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0];
        let jpeg = |turned: u8| {
            let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0, 34];
            bytes.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
            bytes.extend([turned, 0, 0, 0, 0, 0, 0]);
            bytes.extend(frame);
            bytes
        };
        assert_eq!(size(measure("jpg", &jpeg(1))), Some((30, 20)));
        assert_eq!(size(measure("JPG", &jpeg(6))), Some((20, 30)));
        assert_eq!(size(measure("jpg", &jpeg(6)[..20])), None);
        assert_eq!(size(measure("gif", b"GIF89a\x05\0\x04\0\0\0\0")), Some((5, 4)));
        assert_eq!(size(measure("png", b"no picture")), None);
    }
}

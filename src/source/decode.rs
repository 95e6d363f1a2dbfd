//! Bytes of a note to text.
//!
//! In: the bytes of one file. Out: its text without a byte order mark, and which encoding it was in, or where it stops making sense. UTF-8
//! is the rule; UTF-16 with a mark (or with the pattern of one) and GB18030 exist among Chinese users. Knows nothing of files.

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

/// What the bytes of a note are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// UTF-8, with or without its mark.
    Utf8(String),
    /// Another encoding, by its name for `iconv`.
    Other(String, &'static str),
    /// Nothing that is known.
    Unknown {
        /// The text with every wrong byte replaced, for an excerpt.
        lossy: String,
        /// Where in `lossy` the first wrong byte stands.
        at: usize,
        /// The first wrong byte's offset in the file.
        offset: usize,
        /// That byte.
        byte: u8,
    },
    /// No text at all.
    Binary,
}

/// Decodes the bytes of a note.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes).filter(|(encoding, _)| *encoding == UTF_16LE || *encoding == UTF_16BE) {
        return utf16(encoding, &bytes[mark..]);
    }
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    if zeros * 5 > bytes.len() {
        return match unmarked_utf16(&bytes) {
            Some(encoding) => utf16(encoding, &bytes),
            None => Decoded::Binary,
        };
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded::Utf8(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            if zeros > 0 {
                return Decoded::Binary;
            }
            if looks_like_gb18030(&bytes)
                && let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(&bytes)
            {
                return Decoded::Other(text.into_owned(), "GB18030");
            }
            let lossy = String::from_utf8_lossy(&bytes).into_owned();
            Decoded::Unknown { lossy, at: offset, offset, byte: bytes[offset] }
        }
    }
}

fn utf16(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let name = if encoding == UTF_16LE { "UTF-16LE" } else { "UTF-16BE" };
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Decoded::Other(text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), str::to_owned), name),
        None => Decoded::Binary,
    }
}

/// UTF-16 without a mark: mostly Latin text, so that every second byte is zero, and always the same one of each two.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut first, mut second) = (0, 0);
    for pair in bytes.chunks_exact(2) {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    match (first, second) {
        (0, n) if n > 0 && bytes.len().is_multiple_of(2) => Some(UTF_16LE),
        (n, 0) if n > 0 && bytes.len().is_multiple_of(2) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether nearly all pairs of high bytes lie where GB 2312 has its letters and punctuation. Latin-1 and Big5 do not: in the first the
/// second byte of a pair is mostly ASCII, in the second often.
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let (mut pairs, mut common) = (0_usize, 0_usize);
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        pairs += 1;
        if let [0xA1..=0xA9 | 0xB0..=0xF7, 0xA1..=0xFE, ..] = bytes[at..] {
            common += 1;
        }
        at += 2;
    }
    pairs > 1 && common * 10 >= pairs * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let gb = GB18030.encode("静态 Pod 是由 kubelet 直接管理的，不经过调度器。").0.into_owned();
        let big5 = encoding_rs::BIG5.encode("靜態的程式由系統直接管理，不經過排程器的處理與判斷。").0.into_owned();
        let mut utf16 = vec![0xFF, 0xFE];
        utf16.extend("静态 Pod".encode_utf16().flat_map(u16::to_le_bytes));
        let unmarked: Vec<u8> = "plain text".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases: Vec<(Vec<u8>, &str)> = vec![
            (b"".to_vec(), "utf-8 "),
            ("\u{feff}# A".into(), "utf-8 # A"),
            (b"a\0b and more".to_vec(), "utf-8 a\0b and more"),
            (gb, "GB18030 静态 Pod 是由 kubelet 直接管理的，不经过调度器。"),
            (utf16, "UTF-16LE 静态 Pod"),
            (unmarked, "UTF-16BE plain text"),
            (big5, "unknown"),
            ("café au lait".chars().map(|c| c as u8).collect(), "unknown"),
            (vec![0xFF, 0xFE, 0x00, 0xD8], "binary"),
            (vec![0, 1, 0xFF, 0, 0, 3], "binary"),
        ];
        for (bytes, expected) in cases {
            let found = match decode(bytes) {
                Decoded::Utf8(text) => format!("utf-8 {text}"),
                Decoded::Other(text, name) => format!("{name} {text}"),
                Decoded::Unknown { .. } => "unknown".to_owned(),
                Decoded::Binary => "binary".to_owned(),
            };
            assert_eq!(found, expected);
        }
    }
}

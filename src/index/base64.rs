//! Base64, the form in which a script can hold bytes.
//!
//! In: bytes. Out: text of the standard alphabet with padding, as a browser's `atob` reads it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes `bytes` behind what `out` holds.
pub(super) fn encode(out: &mut String, bytes: &[u8]) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sextet = bits >> (18 - 6 * at) & 63;
            out.push(if at <= group.len() { ALPHABET[sextet as usize] as char } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn padding_fills_the_last_group() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("静", "6Z2Z")] {
            let mut out = String::new();
            super::encode(&mut out, bytes.as_bytes());
            assert_eq!(out, text);
        }
    }
}

//! The search engine that is compiled into this program, for pages: its bytes and its name.
//!
//! In: nothing. Out: the wasm that `tools/build-wasm` made and packed, and the name of its file in a site. Pages name it, so that a browser asks for it
//! together with the index's entry and not after it; the entry names it, too, and decides.

/// The wasm as it is published: an `.lzma` file in a gzip member.
pub const BYTES: &[u8] = include_bytes!("../static/biji/search/engine.lzma.gz");

/// The name of its file without the ending: its content's, so that a cache may keep it.
#[must_use]
pub fn name() -> String {
    format!("engine-{}", &blake3::hash(BYTES).to_hex()[..20])
}

//! The files of the search: which there are, what they are called, what is in them.
//!
//! In: a pack, and the engine that is compiled into this program. Out: artifacts. Knows nothing of notes.
//!
//! | file under `biji/search/` | holds |
//! |---|---|
//! | `entry.bin` | gzip of one line that names the engine and the blocks of every query, and behind it the pack's entry |
//! | `entry.js` | the same, and which script holds which block |
//! | `engine-HASH.bin`, `engine-HASH.js` | gzip of the engine |
//! | `HASH.bin` | one block of the pack |
//! | `blocks-HASH.js` | some neighbouring blocks |
//!
//! A page from a server fetches the `.bin` files. A page from a disk may fetch nothing, but may load scripts: each `.js` file calls
//! `bijiDeliver` with base64 of the same bytes. The entry alone keeps its name from build to build, and names all the others; they are
//! called by their content. So a reader whose page is older than the site gets the old set or the new one, never a mixture.

use std::io::Write as _;

use biji_search::{Pack, Request, Searcher, Step};
use flate2::{Compression, GzBuilder};

use super::base64;
use crate::bundle::Artifact;
use crate::path::UrlPath;

/// The folder of all files of the search, with its final `/`, relative to the site's root.
pub const FOLDER: &str = "biji/search/";

/// The entry, relative to the site's root.
pub const ENTRY: &str = "biji/search/entry.bin";

/// What the entry's first line begins with; the names of the engine and of the hot blocks follow, then a line break.
pub(super) const MARK: &str = "biji-search 1 ";

/// The engine, as `tools/build-wasm` made it.
const ENGINE: &[u8] = include_bytes!("../../static/biji/search/engine.wasm");

/// Bytes of blocks that one script holds: a disk is fast, and a file system with fewer files is faster.
const SCRIPT: usize = 384 << 10;

/// The path of a block, relative to the site's root.
#[must_use]
pub fn block(name: &str) -> String {
    format!("{FOLDER}{name}.bin")
}

/// The files of a pack.
#[must_use]
pub fn artifacts(pack: &Pack) -> Vec<Artifact> {
    let engine_bytes = gzip(ENGINE);
    let engine = format!("engine-{}", content_hash(&engine_bytes));
    let mut line = format!("{MARK}{engine}");
    for block in hot_blocks(pack) {
        line.push(' ');
        line.push_str(&block);
    }
    let mut entry = line.into_bytes();
    entry.push(b'\n');
    entry.extend_from_slice(&pack.entry);
    let entry = gzip(&entry);

    let mut artifacts = Vec::with_capacity(pack.blocks.len() + 8);
    let mut groups = String::new();
    for blocks in scripts(&pack.blocks) {
        let script = deliver(blocks.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), "");
        let name = format!("blocks-{}", content_hash(script.as_bytes()));
        let names: Vec<&str> = blocks.iter().map(|(name, _)| name.as_str()).collect();
        groups.push_str(&format!("{}\"{name}\":\"{}\"", if groups.is_empty() { "" } else { "," }, names.join(" ")));
        artifacts.push(file(&format!("{name}.js"), script.into_bytes()));
    }
    for (name, bytes) in &pack.blocks {
        artifacts.push(file(&format!("{name}.bin"), bytes.clone()));
    }
    artifacts.push(file(&format!("{engine}.js"), deliver([(engine.as_str(), engine_bytes.as_slice())], "").into_bytes()));
    artifacts.push(file(&format!("{engine}.bin"), engine_bytes));
    artifacts.push(file("entry.js", deliver([("entry", entry.as_slice())], &groups).into_bytes()));
    artifacts.push(file("entry.bin", entry));
    artifacts
}

/// The blocks that any query needs first: a page loads them while the engine is still on its way.
fn hot_blocks(pack: &Pack) -> Vec<String> {
    let Ok(searcher) = Searcher::open(&pack.entry) else { return Vec::new() };
    // Words that have nothing in common: what all of them need is not theirs.
    let mut needs =
        ["a", "静态", "zq\"x y\"", "한"].into_iter().map(|query| match searcher.search(&Request { query: query.to_owned(), limit: 1 }) {
            Step::Need(names) => names,
            Step::Done(_) | Step::Broken(_) => Vec::new(),
        });
    let first = needs.next().unwrap_or_default();
    needs.fold(first, |common, need| common.into_iter().filter(|name| need.contains(name)).collect())
}

/// Neighbouring blocks, as many as one script takes.
fn scripts(blocks: &[(String, Vec<u8>)]) -> Vec<&[(String, Vec<u8>)]> {
    let mut scripts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, (_, bytes)) in blocks.iter().enumerate() {
        if at > start && size + bytes.len() > SCRIPT {
            scripts.push(&blocks[start..at]);
            (start, size) = (at, 0);
        }
        size += bytes.len();
    }
    if start < blocks.len() {
        scripts.push(&blocks[start..]);
    }
    scripts
}

/// A script that hands over named bytes, and which script holds which blocks. Names are hashes and our own words: nothing to escape.
fn deliver<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>, groups: &str) -> String {
    let mut script = String::from("bijiDeliver({");
    for (at, (name, bytes)) in parts.into_iter().enumerate() {
        script.push_str(if at > 0 { ",\n\"" } else { "\"" });
        script.push_str(name);
        script.push_str("\":\"");
        base64::encode(&mut script, bytes);
        script.push('"');
    }
    script.push_str("},{");
    script.push_str(groups);
    script.push_str("});\n");
    script
}

fn file(name: &str, bytes: Vec<u8>) -> Artifact {
    let path = UrlPath::new(&format!("{FOLDER}{name}")).expect("a file name of ours has no empty, `.` or `..` part");
    Artifact::new(path, bytes)
}

/// Enough of a hash to name a file by: 80 bits.
fn content_hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..20].to_owned()
}

/// A gzip member without a time or a system in its head, so that the same bytes always give the same bytes.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing into memory does not fail")
}

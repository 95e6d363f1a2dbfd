//! The files of the search: which there are, what they are called, what is in them.
//!
//! In: a pack, and the engine that is compiled into this program. Out: artifacts; and the parts of an entry again. Knows nothing of notes.
//!
//! | file under `biji/search/` | holds |
//! |---|---|
//! | `entry.bin` | gzip of one line that names the engine and says what follows: the pack's entry and the blocks that every query needs |
//! | `entry.js` | the same, and which script holds which block |
//! | `engine-HASH.bin`, `engine-HASH.js` | gzip of the engine |
//! | `HASH.bin` | one block of the pack |
//! | `blocks-HASH.js` | some neighbouring blocks |
//! | `titles.js` | titles and headings, for where the engine does not run (`titles`) |
//!
//! A page from a server fetches the `.bin` files. A page from a disk may fetch nothing, but may load scripts: each `.js` file calls
//! `bijiDeliver` with base64 of the same bytes. The entry alone keeps its name from build to build, and names all the others; they are
//! called by their content. So a reader whose page is older than the site gets the old set or the new one, never a mixture.

use std::io::Write as _;

use biji_search::{Pack, Request, Searcher, Step};
use flate2::{Compression, GzBuilder};

use super::base64;
use crate::bundle::Artifact;
use crate::engine;
use crate::path::UrlPath;

/// The folder of all files of the search, with its final `/`, relative to the site's root.
pub const FOLDER: &str = "biji/search/";

/// The entry, relative to the site's root.
pub const ENTRY: &str = "biji/search/entry.bin";

/// What the entry's first line begins with. The name of the engine follows, the length of the pack's entry, and for each hot block its name and
/// length; then a line break, and all of that one behind the other.
const MARK: &str = "biji-search 2";

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
    let engine = engine::name();
    let engine_bytes = gzip(engine::BYTES);
    let (hot, cold): (Vec<_>, Vec<_>) = {
        let names = hot_blocks(pack);
        pack.blocks.iter().partition(|(name, _)| names.contains(name))
    };
    let entry = gzip(&entry(&engine, pack, &hot));

    let mut artifacts = Vec::with_capacity(pack.blocks.len() + 8);
    let mut groups = String::new();
    for blocks in scripts(&cold) {
        let script = deliver(blocks.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), "");
        let name = format!("blocks-{}", content_hash(script.as_bytes()));
        let names: Vec<&str> = blocks.iter().map(|(name, _)| name.as_str()).collect();
        groups.push_str(&format!("{}\"{name}\":\"{}\"", if groups.is_empty() { "" } else { "," }, names.join(" ")));
        artifacts.push(file(&format!("{name}.js"), script.into_bytes()));
    }
    for (name, bytes) in &cold {
        artifacts.push(file(&format!("{name}.bin"), bytes.clone()));
    }
    artifacts.push(file(&format!("{engine}.js"), deliver([(engine.as_str(), engine_bytes.as_slice())], "").into_bytes()));
    artifacts.push(file(&format!("{engine}.bin"), engine_bytes));
    artifacts.push(file("entry.js", deliver([("entry", entry.as_slice())], &groups).into_bytes()));
    artifacts.push(file("entry.bin", entry));
    artifacts
}

/// The entry before compression: all that a first query needs before it knows what it needs, so that one request brings it.
fn entry(engine: &str, pack: &Pack, hot: &[&(String, Vec<u8>)]) -> Vec<u8> {
    let mut line = format!("{MARK} {engine} {}", pack.entry.len());
    let mut rest = pack.entry.clone();
    for (name, bytes) in hot {
        // What does not unpack is asked for by its name, and its fault is told then.
        let Ok(bytes) = biji_search::decompress(bytes) else { continue };
        line.push_str(&format!(" {name}:{}", bytes.len()));
        rest.extend_from_slice(&bytes);
    }
    line.push('\n');
    [line.into_bytes(), rest].concat()
}

/// Hot blocks by name, unpacked.
type Hot<'a> = Vec<(&'a str, &'a [u8])>;

/// The parts of an unpacked entry: the pack's entry, and the hot blocks by name.
pub(super) fn parts(entry: &[u8]) -> Option<(&[u8], Hot<'_>)> {
    let line = entry.split(|byte| *byte == b'\n').next()?;
    let mut rest = entry.get(line.len() + 1..)?;
    let mut words = str::from_utf8(line).ok()?.strip_prefix(MARK)?.strip_prefix(' ')?.split(' ').skip(1);
    let mut take = |length: &str| -> Option<&[u8]> {
        let part;
        (part, rest) = rest.split_at_checked(length.parse().ok()?)?;
        Some(part)
    };
    let pack = take(words.next()?)?;
    let blocks = words.map(|word| word.split_once(':').and_then(|(name, length)| Some((name, take(length)?))));
    Some((pack, blocks.collect::<Option<_>>()?))
}

/// The blocks that any query needs first.
fn hot_blocks(pack: &Pack) -> Vec<String> {
    let Ok(searcher) = Searcher::open(&pack.entry) else { return Vec::new() };
    // Words that have nothing in common: what all of them need is not theirs.
    let mut needs = ["a", "静态", "zq\"x y\"", "한"].into_iter().map(|query| {
        match searcher.search(&Request { query: query.to_owned(), limit: 1, ..Request::default() }) {
            Step::Need(names) => names,
            Step::Done(_) | Step::Broken(_) => Vec::new(),
        }
    });
    let first = needs.next().unwrap_or_default();
    needs.fold(first, |common, need| common.into_iter().filter(|name| need.contains(name)).collect())
}

/// Neighbouring blocks, as many as one script takes.
fn scripts<'a, 'b>(blocks: &'b [&'a (String, Vec<u8>)]) -> Vec<&'b [&'a (String, Vec<u8>)]> {
    let mut scripts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        let bytes = &block.1;
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

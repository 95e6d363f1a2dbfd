//! The files of the search: which there are, what they are called, what is in them.
//!
//! In: a pack, and the engine that is compiled into this program. Out: artifacts; and the parts of an entry again. Knows nothing of notes.
//!
//! | file under `biji/search/` | holds |
//! |---|---|
//! | `entry.bin` | gzip of one line that names the engine, and behind it the pack's entry |
//! | `entry.js` | the same, and which script holds which volume |
//! | `engine-HASH.bin`, `engine-HASH.js` | the engine, compressed |
//! | `HASH.bin` | one volume of the pack |
//! | `blocks-HASH.js` | some neighbouring volumes |
//! | `titles.js` | titles and headings, for where the engine does not run (`titles`) |
//!
//! A page from a server fetches the `.bin` files, and of a volume only the blocks that it needs where the server gives parts of files. A page from a disk may fetch nothing, but may load scripts: each `.js` file calls
//! `bijiDeliver` with base64 of the same bytes. The entry alone keeps its name from build to build, and names all the others; they are
//! called by their content. So a reader whose page is older than the site gets the old set or the new one, never a mixture.

use std::io::Write as _;
use std::sync::Arc;

use biji_search::Pack;
use flate2::{Compression, GzBuilder};
use rayon::prelude::*;

use super::{Readers, base64};
use crate::bundle::Artifact;
use crate::engine;
use crate::path::UrlPath;

/// The folder of all files of the search, with its final `/`, relative to the site's root.
pub const FOLDER: &str = "biji/search/";

/// The entry, relative to the site's root.
pub const ENTRY: &str = "biji/search/entry.bin";

/// What the entry's first line begins with. The name of the engine follows.
const MARK: &str = "biji-search 3";

/// Bytes of volumes that one script holds: a disk is fast, and a file system with fewer files is faster.
const SCRIPT: usize = 384 << 10;

/// The path of a volume, relative to the site's root.
#[must_use]
pub fn volume(name: &str) -> String {
    format!("{FOLDER}{name}.bin")
}

/// The files of a pack, as `readers` need them.
#[must_use]
pub fn artifacts(pack: &Pack, readers: Readers) -> Vec<Artifact> {
    let engine = engine::name();
    let entry = gzip(&[format!("{MARK} {engine}\n").as_bytes(), &pack.entry].concat());

    let mut artifacts = Vec::with_capacity(pack.volumes.len() + 8);
    if readers == Readers::All {
        let mut groups = String::new();
        let script = |volumes: &&[Volume]| {
            let script = deliver(volumes.iter().map(|(name, bytes)| (name.as_str(), &**bytes)), "");
            (format!("blocks-{}", content_hash(script.as_bytes())), script)
        };
        let all = scripts(&pack.volumes);
        let made: Vec<(String, String)> = all.par_iter().map(script).collect();
        for (volumes, (name, script)) in all.iter().zip(made) {
            let names: Vec<&str> = volumes.iter().map(|(name, _)| name.as_str()).collect();
            groups.push_str(&format!("{}\"{name}\":\"{}\"", if groups.is_empty() { "" } else { "," }, names.join(" ")));
            artifacts.push(file(&format!("{name}.js"), script.into_bytes()));
        }
        artifacts.push(file(&format!("{engine}.js"), deliver([(engine.as_str(), engine::BYTES)], "").into_bytes()));
        artifacts.push(file("entry.js", deliver([("entry", entry.as_slice())], &groups).into_bytes()));
    }
    for (name, bytes) in &pack.volumes {
        artifacts.push(file(&format!("{name}.bin"), Arc::clone(bytes)));
    }
    artifacts.push(file(&format!("{engine}.bin"), engine::BYTES));
    artifacts.push(file("entry.bin", entry));
    artifacts
}

/// The pack's entry in an unpacked entry.
pub(super) fn pack_of(entry: &[u8]) -> Option<&[u8]> {
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(&entry[..end]).ok()?;
    line.strip_prefix(MARK).filter(|rest| rest.starts_with(' '))?;
    entry.get(end + 1..)
}

/// A volume by its name.
type Volume = (String, Arc<[u8]>);

/// Neighbouring volumes, as many as one script takes.
fn scripts(volumes: &[Volume]) -> Vec<&[Volume]> {
    let mut scripts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, (_, bytes)) in volumes.iter().enumerate() {
        if at > start && size + bytes.len() > SCRIPT {
            scripts.push(&volumes[start..at]);
            (start, size) = (at, 0);
        }
        size += bytes.len();
    }
    if start < volumes.len() {
        scripts.push(&volumes[start..]);
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

fn file(name: &str, bytes: impl Into<Arc<[u8]>>) -> Artifact {
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

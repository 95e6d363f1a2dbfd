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
use crate::bundle::{Artifact, Payload, Stamp};
use crate::engine;
use crate::path::UrlPath;

/// The folder of all files of the search, with its final `/`, relative to the site's root.
pub const FOLDER: &str = "biji/search/";

/// The entry, relative to the site's root.
pub const ENTRY: &str = "biji/search/entry.bin";

/// What the entry's first line begins with. The name of the engine follows.
const MARK: &str = "biji-search 3";

/// Bytes of volumes that one script holds at most, on average: a disk is fast, and a file system with fewer files is faster.
const SCRIPT: usize = 384 << 10;

/// The path of a volume, relative to the site's root.
#[must_use]
pub fn volume(name: &str) -> String {
    format!("{FOLDER}{name}.bin")
}

/// The files of a pack, as `readers` need them.
#[must_use]
pub fn artifacts(pack: &Pack, readers: Readers) -> Vec<Artifact> {
    artifacts_again(pack, readers, &|_| None)
}

/// The same; what is called by its content is not made where `published` says that it is there.
pub(super) fn artifacts_again(pack: &Pack, readers: Readers, published: &Published<'_>) -> Vec<Artifact> {
    let engine = engine::name();
    let entry = gzip(&[format!("{MARK} {engine}\n").as_bytes(), &pack.entry].concat());
    let kept = |name: &str, make: &dyn Fn() -> Arc<[u8]>| {
        let path = path(name);
        let payload = published(&path).map_or_else(|| Payload::Bytes(make()), Payload::Published);
        Artifact { path, payload }
    };

    let mut artifacts = Vec::with_capacity(pack.volumes.len() + 8);
    if readers == Readers::All {
        let all = scripts(&pack.volumes);
        let script = |volumes: &&[Volume]| {
            let names: Vec<&str> = volumes.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(" ");
            // The names of the volumes say what is in them.
            let name = format!("blocks-{}", content_hash(format!("{MARK} {names}").as_bytes()));
            let make = || deliver(volumes.iter().map(|(name, bytes)| (name.as_str(), &**bytes)), "").into_bytes().into();
            (kept(&format!("{name}.js"), &make), format!("\"{name}\":\"{names}\""))
        };
        let (made, groups): (Vec<Artifact>, Vec<String>) = all.par_iter().map(script).unzip();
        artifacts.extend(made);
        artifacts.push(kept(&format!("{engine}.js"), &|| deliver([(engine.as_str(), engine::BYTES)], "").into_bytes().into()));
        artifacts.push(file("entry.js", deliver([("entry", entry.as_slice())], &groups.join(",")).into_bytes()));
    }
    artifacts.par_extend(pack.volumes.par_iter().map(|(name, bytes)| kept(&format!("{name}.bin"), &|| Arc::clone(bytes))));
    artifacts.push(kept(&format!("{engine}.bin"), &|| engine::BYTES.into()));
    artifacts.push(file("entry.bin", entry));
    artifacts
}

/// Tells of a file that is called by its content whether it is published, and what the system says of it.
pub(super) type Published<'a> = dyn Fn(&UrlPath) -> Option<Stamp> + Sync + 'a;

/// The pack's entry in an unpacked entry.
pub(super) fn pack_of(entry: &[u8]) -> Option<&[u8]> {
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(&entry[..end]).ok()?;
    line.strip_prefix(MARK).filter(|rest| rest.starts_with(' '))?;
    entry.get(end + 1..)
}

/// A volume by its name.
type Volume = (String, Arc<[u8]>);

/// Neighbouring volumes, those whose names begin with the same bits: another volume changes the scripts of its neighbours and no other.
fn scripts(volumes: &[Volume]) -> Vec<&[Volume]> {
    let bytes: usize = volumes.iter().map(|(_, bytes)| bytes.len()).sum();
    let bits = bytes.div_ceil(SCRIPT).next_power_of_two().trailing_zeros();
    // A name is a number of 48 bits.
    let begin = |(name, _): &Volume| u64::from_str_radix(name, 16).unwrap_or_default() >> 48u32.saturating_sub(bits);
    volumes.chunk_by(|a, b| begin(a) == begin(b)).collect()
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
    Artifact::new(path(name), bytes)
}

fn path(name: &str) -> UrlPath {
    UrlPath::new(&format!("{FOLDER}{name}")).expect("a file name of ours has no empty, `.` or `..` part")
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

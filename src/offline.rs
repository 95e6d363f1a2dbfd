//! What a site needs to open without a network: the file that tells its service worker which bytes are those of this version of the site.
//!
//! In: every file of the site, attachments by their hash. Out: one more file. The worker itself is `static/biji/offline/worker.js`, which describes how a
//! reader gets one version whole, never a mixture. Knows nothing of disks, pages or notes.

use std::collections::BTreeMap;
use std::io::{self, Read};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::bundle::{Artifact, Payload};
use crate::path::{SourcePath, UrlPath};

/// Where the file lies: a service worker has to do with what is beside and below it.
pub const WORKER: &str = "biji-worker.js";
/// The folder of what only such a site needs.
pub const FOLDER: &str = "biji/offline/";
/// The facts of the site as an app (<https://www.w3.org/TR/appmanifest/>).
pub const MANIFEST: &str = "biji/offline/site.webmanifest";
/// A site of so many bytes is brought along whole; of a larger one what every page needs and what fits of the search.
const WHOLE: usize = 10_000_000;
/// How many bytes of a hash are compared; a multiple of 3, so that base64 has no padding.
const HASH: usize = 9;

/// What is published and not among the bytes of a bundle: its hash, and how many bytes it has.
#[derive(Debug, Default)]
pub struct Fingerprints {
    /// Attachments.
    pub attachments: BTreeMap<SourcePath, (String, u64)>,
    /// Files that lie there since the last build.
    pub published: BTreeMap<UrlPath, (String, u64)>,
}

/// The hash of a file as the worker works it out: the beginning of the SHA-256 of its address, a zero and its bytes, in base64 for addresses. Also tells
/// how many bytes there are.
///
/// # Errors
/// When the reader fails.
pub fn fingerprint(url: &UrlPath, mut bytes: impl Read) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    hash.update(url.as_str());
    hash.update([0]);
    let mut part = [0; 16 << 10];
    let mut size = 0;
    loop {
        match bytes.read(&mut part) {
            Ok(0) => break,
            Ok(length) => {
                hash.update(&part[..length]);
                size += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((base64(&hash.finalize()[..HASH]), size))
}

/// The file [`WORKER`] of a site of these files. Those that only pages from a disk ask for are left out.
#[must_use]
pub fn worker(artifacts: &[Artifact], known: &Fingerprints) -> Option<Artifact> {
    let mut files: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for artifact in artifacts {
        let (hash, size) = match &artifact.payload {
            Payload::Bytes(bytes) => fingerprint(&artifact.path, &bytes[..]).ok()?,
            Payload::Attachment(source) => known.attachments.get(source)?.clone(),
            Payload::Published(_) => known.published.get(&artifact.path)?.clone(),
        };
        files.insert(artifact.path.as_str(), (hash, usize::try_from(size).unwrap_or(usize::MAX)));
    }
    let for_disks: Vec<&str> = files.keys().copied().filter(|path| is_for_disks(path, &files)).collect();
    for path in for_disks {
        files.remove(path);
    }
    let first = first(&files);
    let mut version = Sha256::new();
    files.values().for_each(|(hash, _)| version.update(hash));
    let site: String = files.values().map(|(hash, _)| hash.as_str()).collect();
    let version = base64(&version.finalize()[..HASH]);
    let facts = json!({ "version": version, "first": first, "site": site });
    let text = format!(
        "// Which files of the site are of one version, for {FOLDER}worker.js.\n\"use strict\";\nconst BIJI_OFFLINE = {facts};\nimportScripts(\"{FOLDER}worker.js?{version}\");\n"
    );
    Some(Artifact::new(UrlPath::new(WORKER)?, text.into_bytes()))
}

/// The search's scripts that hold in base64 what a server gives as it is.
fn is_for_disks(path: &str, files: &BTreeMap<&str, (String, usize)>) -> bool {
    let is_block = path.strip_prefix("biji/search/").and_then(|name| name.strip_suffix(".js"));
    is_block.is_some_and(|name| files.contains_key(&*format!("biji/search/{name}.bin")) || name.starts_with("blocks-"))
}

/// What is brought along at once: all of a small site.
fn first<'a>(files: &BTreeMap<&'a str, (String, usize)>) -> Vec<&'a str> {
    let total: usize = files.values().map(|(_, size)| size).sum();
    if total <= WHOLE {
        return files.keys().copied().collect();
    }
    let is_needed = |path: &str| {
        let own = path.strip_prefix("biji/").is_some_and(|rest| {
            let is_large = ["preview/", "tree/", "tags/", "a-z/", "search/"].iter().any(|folder| rest.starts_with(folder));
            !is_large && !["notes.js", "graph.js", "graph.json"].contains(&rest)
        });
        let of_search =
            path.starts_with("biji/search/") && (!path.ends_with(".bin") || path.ends_with("/entry.bin")) && !path.ends_with("/titles.js");
        own || of_search || ["index.html", "search.html", "404.html", "custom.css"].contains(&path)
    };
    let mut first: Vec<&str> = files.keys().copied().filter(|path| is_needed(path)).collect();
    let mut left = WHOLE.saturating_sub(first.iter().map(|path| files[path].1).sum());
    // The engine is the largest of them, and nothing is found without it.
    let mut blocks: Vec<(&str, usize)> = files.iter().map(|(path, (_, size))| (*path, *size)).collect();
    blocks.retain(|(path, _)| path.starts_with("biji/search/") && path.ends_with(".bin") && !path.ends_with("/entry.bin"));
    blocks.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (path, size) in blocks {
        if size <= left {
            left -= size;
            first.push(path);
        }
    }
    first.sort_unstable();
    first
}

/// Base64 for addresses (RFC 4648, 5) of a multiple of three bytes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::with_capacity(bytes.len() / 3 * 4);
    for part in bytes.chunks_exact(3) {
        let bits = u32::from(part[0]) << 16 | u32::from(part[1]) << 8 | u32::from(part[2]);
        out.extend([18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, usize)]) -> Vec<Artifact> {
        all.iter().map(|(path, size)| Artifact::new(UrlPath::new(path).unwrap_or_else(|| panic!("{path}")), vec![7; *size])).collect()
    }

    fn text(artifacts: &[Artifact]) -> String {
        match worker(artifacts, &Fingerprints::default()).map(|artifact| artifact.payload) {
            Some(Payload::Bytes(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => String::new(),
        }
    }

    #[test]
    fn a_version_is_all_bytes_and_a_large_site_brings_a_part() {
        let small = [("index.html", 10), ("biji/biji.css", 5), ("a.html", 3), ("biji/search/ab.bin", 4), ("biji/search/ab.js", 6)];
        let one = text(&files(&small));
        assert_eq!(one, text(&files(&small)));
        assert!(one.contains("\"first\":[\"a.html\",\"biji/biji.css\",\"biji/search/ab.bin\",\"index.html\"]"), "{one}");
        let mut other = small;
        other[2].1 = 4;
        assert_ne!(one, text(&files(&other)));
        let large =
            text(&files(&[small[0], small[1], small[3], ("a.html", WHOLE), ("biji/preview/0.js", 1), ("biji/search/big.bin", WHOLE)]));
        assert!(large.contains("\"first\":[\"biji/biji.css\",\"biji/search/ab.bin\",\"index.html\"]"), "{large}");
        // Four files have four hashes, whatever is brought along.
        assert_eq!(one.split("\"site\":\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::len), Some(4 * 12));
    }
}

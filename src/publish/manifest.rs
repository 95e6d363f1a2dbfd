//! The list of what Biji published, which lies in the output folder and marks it as ours.
//!
//! In: paths and content hashes. Out: JSON, the same bytes for the same files. What it does not name is not ours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::path::UrlPath;

/// The manifest's name in the output folder.
pub const MANIFEST: &str = ".biji-manifest.json";

/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

/// The first 128 bits of a file's BLAKE3 hash, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hasher(blake3::Hasher::new().update(bytes))
    }

    /// The hash of what a hasher was given.
    #[must_use]
    pub fn from_hasher(hasher: &blake3::Hasher) -> Self {
        Self(hasher.finalize().to_hex()[..32].to_owned())
    }
}

/// What was published: path in the output folder, `/`-separated, and content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Every file but the manifest itself.
    pub files: BTreeMap<String, Hash>,
}

#[derive(Deserialize)]
struct Written {
    biji: u32,
    files: BTreeMap<String, Hash>,
}

#[derive(Serialize)]
struct Writing<'a> {
    biji: u32,
    files: InOrder<'a>,
}

struct InOrder<'a>(&'a [(&'a str, &'a Hash)]);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Manifest {
    /// The manifest's bytes: one file a line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let files: Vec<(&str, &Hash)> = self.files.iter().map(|(path, hash)| (path.as_str(), hash)).collect();
        Self::bytes_of(&files)
    }

    /// The bytes of a manifest of these files, which are in the order of their paths.
    #[must_use]
    pub fn bytes_of(files: &[(&str, &Hash)]) -> Vec<u8> {
        let mut bytes =
            serde_json::to_vec_pretty(&Writing { biji: VERSION, files: InOrder(files) }).expect("strings and numbers are always JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest. Its paths are checked: a manifest can name nothing outside its folder.
    ///
    /// # Errors
    /// Why it cannot be one.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if written.biji > VERSION {
            return Err(format!("it was written by a newer Biji (version {} of the manifest)", written.biji));
        }
        match written.files.keys().find(|path| !UrlPath::is(path) || path.contains('\\')) {
            Some(path) => Err(format!("it names `{}`, which is no path in the folder", path.escape_debug())),
            None => Ok(Self { files: written.files }),
        }
    }
}

//! The style sheet of the pages: one file made of parts, each a layer of the cascade.
//!
//! In: the static files, the site's own over the embedded ones. Out: `biji/biji.css` in place of the parts under `biji/css/`. A page so waits for one file, while each
//! part has one job and a site can replace a single one. What a site's own sheet says outside layers wins over all of them, however it selects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compact;
use crate::path::UrlPath;

/// Where the parts are.
const FOLDER: &str = "biji/css/";
/// What is made of them.
const SHEET: &str = "biji/biji.css";

/// The parts, which are layers of the same names: a later one wins over an earlier one.
const PARTS: [&str; 8] = ["properties", "text", "frame", "code", "parts", "lists", "web", "print"];

/// Puts the sheet in place of its parts. A site that brings a `biji/biji.css` of its own keeps that.
pub(super) fn join(statics: &mut BTreeMap<UrlPath, Arc<[u8]>>) {
    let mut sheet = format!("@layer {};\n", PARTS.join(","));
    for part in PARTS {
        let bytes = UrlPath::new(&format!("{FOLDER}{part}.css")).and_then(|url| statics.remove(&url));
        if let Some(bytes) = bytes {
            sheet.push_str(&format!("@layer {part}{{\n{}}}\n", compact::style(&String::from_utf8_lossy(&bytes))));
        }
    }
    if let Some(url) = UrlPath::new(SHEET) {
        statics.entry(url).or_insert_with(|| Arc::from(sheet.into_bytes()));
    }
}

//! Rebuilds the binary when a file of the embedded theme is added or removed; changed files are tracked by `include_bytes!` itself.
//!
//! Also names what highlighting is made of, its code and its crates: highlighted blocks and drawings that another build of Biji left in the cache are not
//! this one's, whatever its version says.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "this is not the program")]

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=static");
    let mut files = vec![PathBuf::from("Cargo.lock"), PathBuf::from("src/render/highlight.rs"), PathBuf::from("src/render/diagram.rs")];
    for folder in ["src/render/highlight", "src/render/diagram"].map(Path::new) {
        files.extend(fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()));
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    files.sort();
    // FNV-1a: no secret, and equal on every machine.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        for byte in fs::read(&file).unwrap_or_default() {
            // A checkout may have changed the ends of lines.
            if byte != b'\r' {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    println!("cargo::rustc-env=BIJI_HIGHLIGHT={hash:016x}");
}

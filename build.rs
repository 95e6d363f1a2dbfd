//! Rebuilds the binary when a file of the embedded theme is added or removed; changed files are tracked by `include_bytes!` itself.
#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=static");
}

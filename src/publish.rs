//! What publishing will do, as a value: which files to write, keep and remove.

pub mod disk;

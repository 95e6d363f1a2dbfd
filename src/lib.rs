//! Biji turns a folder of Markdown notes into a static site that carries its own search engine.
//!
//! Sources in, values through, bundle out:
//!
//! 1. [`source::disk`] walks and reads the content folder: a [`source::SourceTree`].
//! 2. [`note::parse`] reads each note by itself, in parallel: [`note::Note`].
//! 3. [`site::assemble`] gives addresses and resolves every link: an immutable [`site::Site`].
//! 4. [`render::render`] and [`index::index`] turn it into artifacts: pages and the search pack.
//! 5. [`bundle::Bundle`] holds them all, and [`publish::disk`] swaps them into the output folder.
//!
//! [`serve`] runs the same phases again and again and shows their result without publishing it; [`lsp`] answers editors about the notes.
//!
//! Every phase returns its value and its [`diagnostic::Diagnostic`]s; [`cli`] alone prints and decides the exit code.

#![deny(clippy::disallowed_methods)]

pub mod bundle;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod engine;
pub mod index;
pub mod lsp;
pub mod note;
pub mod offline;
pub mod path;
pub mod publish;
pub mod render;
pub mod serve;
pub mod site;
pub mod source;
pub mod stamp;
pub mod text;
pub mod theme;

//! The default theme: contrast of its colours, weight of its pages, what the manual says of it, and how its pages behave in a real browser.
//!
//! `BIJI_SCREENSHOTS=FOLDER` makes pictures of the kinds of pages there. The test of accessibility needs axe-core (`npm install axe-core`): `AXE` names its
//! `axe.min.js`, else it is looked for in `target/tools`.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests read files and may fail loudly")]

#[path = "theme/axe.rs"]
mod axe;
#[path = "browser/cdp.rs"]
#[allow(dead_code, reason = "shared with the tests of the search")]
mod cdp;
#[path = "theme/contrast.rs"]
mod contrast;
#[path = "theme/manual.rs"]
mod manual;
#[path = "theme/movement.rs"]
mod movement;
#[path = "theme/pages.rs"]
mod pages;
#[path = "browser/server.rs"]
#[allow(dead_code, reason = "shared with the tests of the search")]
mod server;
#[path = "theme/vault.rs"]
mod vault;
#[path = "theme/weight.rs"]
mod weight;

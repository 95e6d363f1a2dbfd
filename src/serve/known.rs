//! What an earlier run of the program left of a site, so that the preview starts without reading all notes anew.
//!
//! In: the notes as they are. Out: what parsing and assembling them came to. Where that is kept, and whether anything is, only the command line knows.

use crate::config::Config;
use crate::note::{Outcome, markdown};
use crate::site::{Memo, Origin};
use crate::source::{Attachment, SourceFile};

/// What an earlier run left. It is asked once, when the preview starts, and its answers are what parsing and assembling give.
pub trait Known: std::fmt::Debug + Send {
    /// Parses notes, sorted by path.
    fn parse(&mut self, sources: &[SourceFile], options: markdown::Options) -> Vec<Outcome>;

    /// What assembling the last site left, if these are its inputs.
    fn memo(&mut self, origin: Origin<'_>, config: &Config, attachments: &[Attachment]) -> Option<Memo>;

    /// Keeps the notes that were parsed, and what assembling them left, for the next run.
    fn keep(&mut self, memo: &Memo);
}

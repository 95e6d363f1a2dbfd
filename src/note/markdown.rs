//! Markdown to a note's body.

/// What of Markdown is switched on. The default is everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Everything beyond CommonMark.
    pub extensions: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { extensions: true }
    }
}

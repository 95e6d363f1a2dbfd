//! The fenced blocks of a page, as the tests of the manual and of its commands read them. A fence in a fence is text.

/// A fenced block: its info string, its text, and the lines it takes, from 0.
pub(crate) struct Fence {
    pub(crate) info: String,
    pub(crate) text: String,
    pub(crate) lines: std::ops::Range<usize>,
}

impl Fence {
    /// Its title.
    pub(crate) fn title(&self) -> Option<&str> {
        self.info.split_once("title=\"")?.1.split_once('"').map(|(title, _)| title)
    }
}

/// The blocks of these lines.
pub(crate) fn fences(lines: &[impl AsRef<str>]) -> Vec<Fence> {
    let line = |at: usize| lines[at].as_ref();
    let mut fences = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let fence: String = line(at).chars().take_while(|letter| *letter == '`').collect();
        if fence.len() < 3 {
            at += 1;
            continue;
        }
        let end = (at + 1..lines.len()).find(|&end| line(end) == fence).unwrap();
        let text = (at + 1..end).map(|at| format!("{}\n", line(at))).collect();
        fences.push(Fence { info: line(at)[fence.len()..].to_owned(), text, lines: at..end + 1 });
        at = end + 1;
    }
    fences
}

//! Whether a lower heading that opens a note is its title.
//!
//! Chapters of books start at level 2 and have only lower headings below; a vault's note that starts with `## Tasks` goes on with `## Notes`, and
//! is called by its file's name. In: the text behind the opening heading. Out: yes or no.

/// True when no heading of this level or a higher one follows. Reads lines, not Markdown: what looks like a heading in a fenced block is none.
pub(super) fn stands_alone(rest: &str, level: u8) -> bool {
    let mut fence = None;
    !rest.lines().any(|line| {
        let line = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(close)) if open == close => fence = None,
            _ => {}
        }
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        fence.is_none() && (1..=usize::from(level)).contains(&hashes) && line[hashes..].starts_with([' ', '\t'])
    })
}

//! Console sessions: lines with a prompt are commands, the others what a program said.
//!
//! In: the text of a session. Out: prompts marked, commands highlighted as shell, output too, so that copying leaves it out.

use super::paint::{Brush, Painter};

/// Prompts that stand at the start of a line by themselves.
const PROMPTS: &[&str] = &["$ ", "% ", "❯ ", "➜ ", "PS> ", "> "];

pub(super) fn paint(brush: &mut Brush, text: &str) -> Option<()> {
    let mut command: Option<Painter> = None;
    for line in text.split_inclusive('\n') {
        let prompt = match &command {
            // The line before ended with a backslash.
            Some(_) => {
                if line.starts_with("> ") {
                    2
                } else {
                    0
                }
            }
            None => prompt(line),
        };
        if prompt > 0 || command.is_some() {
            let mut painter = match command.take() {
                Some(painter) => painter,
                None => Painter::new("Bourne Again Shell (bash)")?,
            };
            if prompt > 0 {
                brush.put(Some(b'x'), &line[..prompt]);
            }
            painter.line(brush, &line[prompt..])?;
            let continued = line.trim_end_matches(['\n', '\r']).ends_with('\\');
            command = continued.then_some(painter);
        } else {
            brush.put(Some(b'r'), line);
        }
    }
    Some(())
}

/// The length of the prompt at the start of a line.
fn prompt(line: &str) -> usize {
    if let Some(prompt) = PROMPTS.iter().find(|prompt| line.starts_with(**prompt)) {
        return prompt.len();
    }
    // `user@host:~/folder$ `, `[root@host ~]# `.
    let Some(at) = line.find(['$', '#', '%']).filter(|at| line[at + 1..].starts_with(' ')) else { return 0 };
    let before = &line[..at];
    let is_name = before.contains('@') && before.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && before.len() <= 60;
    let one_word = before.starts_with('[') || !before.contains(' ');
    if is_name && one_word { at + 2 } else { 0 }
}

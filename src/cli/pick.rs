//! `biji search --interactive`: results while typing, one of them picked with the arrows.
//!
//! In: a terminal, and a closure that answers a query. Out: the address of what was picked, for the standard output, so that it can be handed to
//! another program. Draws on the standard error output. [`Picker`] has the state and knows no terminal; [`run`] has the loop.

use std::borrow::Cow;
use std::io;

use anstyle::{AnsiColor, Style};
use biji_search::{Response, Snippet};
use console::{Key, Term, strip_ansi_codes, truncate_str};

use super::Failure;
use super::excerpt::tame;
use crate::diagnostic::reason;

const MARK: Style = AnsiColor::Yellow.on_default().bold();
const FAINT: Style = Style::new().dimmed();
const CHOSEN: Style = AnsiColor::Cyan.on_default().bold();
/// Lines of one result.
const LINES: usize = 2;
/// What is drawn besides the results: the query and the count.
const HEAD: usize = 2;
/// A window of unknown size, in lines and columns.
const SIZE: (u16, u16) = (24, 80);

/// What is typed, what was found, what is selected.
#[derive(Debug, Default)]
struct Picker {
    query: String,
    response: Response,
    /// Counts sections, as they are listed.
    selected: usize,
    /// The first section that is drawn.
    first: usize,
}

/// What a key comes to.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Nothing that an answer depends on.
    Draw,
    /// The query is another one.
    Ask,
    /// The page and its section are picked.
    Pick(String, String),
    /// Enough of it.
    Leave,
}

impl Picker {
    /// The sections, as they are listed: hit and section.
    fn rows(&self) -> Vec<(usize, usize)> {
        let hits = self.response.hits.iter().enumerate();
        hits.flat_map(|(at, hit)| (0..hit.sections.len()).map(move |section| (at, section))).collect()
    }

    fn key(&mut self, key: Key) -> Turn {
        let last = self.rows().len().saturating_sub(1);
        match key {
            Key::Enter => {
                let picked = self.rows().get(self.selected).copied();
                return picked.map_or(Turn::Draw, |(at, section)| {
                    let hit = &self.response.hits[at];
                    Turn::Pick(hit.url.clone(), hit.sections[section].anchor.clone())
                });
            }
            // Ctrl-C, Ctrl-D.
            Key::Escape | Key::CtrlC | Key::Char('\u{4}') => return Turn::Leave,
            // Ctrl-N and Ctrl-P, as in a shell.
            Key::ArrowDown | Key::Char('\u{e}') => self.selected = (self.selected + 1).min(last),
            Key::ArrowUp | Key::Char('\u{10}') => self.selected = self.selected.saturating_sub(1),
            Key::PageDown => self.selected = (self.selected + 5).min(last),
            Key::PageUp => self.selected = self.selected.saturating_sub(5),
            Key::Home => self.selected = 0,
            Key::End => self.selected = last,
            Key::Backspace => {
                self.query.pop();
                return self.changed();
            }
            // Ctrl-U empties the line, Ctrl-W takes the last word.
            Key::Char('\u{15}') => {
                self.query.clear();
                return self.changed();
            }
            Key::Char('\u{17}') => {
                let kept = self.query.trim_end().rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.query.truncate(kept);
                return self.changed();
            }
            Key::Char(letter) if !letter.is_control() => {
                self.query.push(letter);
                return self.changed();
            }
            _ => {}
        }
        Turn::Draw
    }

    fn changed(&mut self) -> Turn {
        (self.selected, self.first) = (0, 0);
        Turn::Ask
    }

    /// The lines of a window of this many lines and columns.
    fn draw(&mut self, lines: usize, columns: usize) -> Vec<String> {
        let rows = self.rows();
        let room = (lines.saturating_sub(HEAD + 1) / LINES).max(1);
        self.first = self.first.clamp((self.selected + 1).saturating_sub(room), self.selected);
        let count = match (self.query.trim(), self.response.total, self.response.partial) {
            ("", ..) => "type to search; ↑ ↓ select, Enter prints the address, Esc leaves".to_owned(),
            (_, 0, _) => "nothing found".to_owned(),
            (_, total, true) => format!("no page has all the words; {total} with some of them"),
            (_, total, false) => format!("{total} page{}", if total == 1 { "" } else { "s" }),
        };
        let mut drawn = vec![format!("{CHOSEN}›{CHOSEN:#} {}", tame(&self.query)), format!("{FAINT}{count}{FAINT:#}")];
        for (at, &(hit, section)) in rows.iter().enumerate().skip(self.first).take(room) {
            let hit = &self.response.hits[hit];
            let section = &hit.sections[section];
            let pointer = if at == self.selected { format!("{CHOSEN}❯{CHOSEN:#} ") } else { "  ".to_owned() };
            let heading = if section.heading.text.is_empty() { String::new() } else { format!(" § {}", marked(&section.heading)) };
            drawn.push(format!("{pointer}{}{heading}", marked(&hit.title)));
            drawn.push(format!("    {}", marked(&section.excerpt)));
        }
        drawn.into_iter().map(|line| truncate_str(&line, columns.saturating_sub(1), "…").into_owned()).collect()
    }
}

/// A snippet on one line, its marks coloured.
fn marked(snippet: &Snippet) -> String {
    let line = |from: usize, to: usize| tame(&snippet.text.get(from..to).unwrap_or_default().replace(['\n', '\r', '\t'], " "));
    let (mut text, mut done) = (String::new(), 0);
    for range in &snippet.highlights {
        let (start, end) = (range.start as usize, range.end as usize);
        text.push_str(&format!("{}{MARK}{}{MARK:#}", line(done, start), line(start, end)));
        done = end.max(done);
    }
    text + &line(done, snippet.text.len())
}

/// Asks and draws until something is picked or the reader has enough. Gives the page and the section.
///
/// # Errors
/// When the terminal fails, or `answer` does.
pub(super) fn run(
    query: &str,
    colours: bool,
    mut answer: impl FnMut(&str) -> Result<Response, Failure>,
) -> Result<Option<(String, String)>, Failure> {
    let term = Term::buffered_stderr();
    let mut picker = Picker { query: query.to_owned(), ..Picker::default() };
    let mut drawn = 0;
    let mut turn = Turn::Ask;
    let picked = loop {
        match turn {
            Turn::Ask => picker.response = answer(&picker.query)?,
            Turn::Draw => {}
            Turn::Pick(url, anchor) => break Some((url, anchor)),
            Turn::Leave => break None,
        }
        let (lines, columns) = term.size_checked().unwrap_or(SIZE);
        let picture = picker.draw(usize::from(lines), usize::from(columns));
        term.clear_last_lines(drawn).map_err(|error| lost(&error))?;
        for line in &picture {
            let line = if colours { Cow::Borrowed(line.as_str()) } else { strip_ansi_codes(line) };
            term.write_line(&line).map_err(|error| lost(&error))?;
        }
        drawn = picture.len();
        term.flush().map_err(|error| lost(&error))?;
        turn = match term.read_key_raw() {
            Ok(key) => picker.key(key),
            // Ctrl-C, where the terminal makes a signal of it.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Turn::Leave,
            Err(error) => return Err(lost(&error)),
        };
    };
    term.clear_last_lines(drawn).and_then(|()| term.flush()).map_err(|error| lost(&error))?;
    Ok(picked)
}

fn lost(error: &io::Error) -> Failure {
    Failure::new(format!("the terminal cannot be used: {}", reason(error))).hint("ask with a QUERY, or with `--stdin`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use biji_search::{Hit, SectionHit};

    fn snippet(text: &str) -> Snippet {
        Snippet { text: text.into(), ..Snippet::default() }
    }

    fn found(query: &str) -> Response {
        let section =
            |anchor: &str| SectionHit {
                anchor: anchor.into(), heading: snippet(anchor), excerpt: snippet("摘录，很长的一段文字")
            };
        let hit = |name: &str| Hit {
            url: format!("{name}.html"),
            title: snippet(name),
            sections: vec![section(""), section("节")],
            ..Hit::default()
        };
        let hits: Vec<Hit> = if query.is_empty() { Vec::new() } else { (0..5).map(|at| hit(&format!("{query}{at}"))).collect() };
        Response { total: hits.len(), hits, ..Response::default() }
    }

    /// Presses keys, asking as the loop does.
    fn press(keys: &[Key]) -> (Picker, Turn) {
        let mut picker = Picker::default();
        let mut turn = Turn::Ask;
        for key in keys {
            turn = picker.key(key.clone());
            if turn == Turn::Ask {
                picker.response = found(&picker.query);
            }
        }
        (picker, turn)
    }

    #[test]
    fn keys_edit_select_and_pick() {
        use Key::{ArrowDown, ArrowUp, Backspace, Char, End, Enter, Escape, Home};
        let pick = |url: &str, anchor: &str| Turn::Pick(url.into(), anchor.into());
        for (keys, query, expected) in [
            (&[Enter][..], "", Turn::Draw),
            (&[Char('静'), Enter], "静", pick("静0.html", "")),
            (&[Char('静'), ArrowDown, Enter], "静", pick("静0.html", "节")),
            (&[Char('静'), ArrowDown, ArrowDown, ArrowUp, ArrowUp, ArrowUp, Enter], "静", pick("静0.html", "")),
            (&[Char('a'), End, ArrowDown, Enter], "a", pick("a4.html", "节")),
            (&[Char('a'), End, Home, Enter], "a", pick("a0.html", "")),
            (&[Char('a'), ArrowDown, Char('b'), Enter], "ab", pick("ab0.html", "")),
            (&[Char('a'), Backspace, Backspace], "", Turn::Ask),
            (&[Char('a'), Char(' '), Char('b'), Char('\u{17}')], "a ", Turn::Ask),
            (&[Char('a'), Char('\u{15}')], "", Turn::Ask),
            (&[Char('a'), Escape], "a", Turn::Leave),
        ] {
            let (picker, turn) = press(keys);
            assert_eq!((picker.query.as_str(), &turn), (query, &expected), "{keys:?}");
        }
    }

    #[test]
    fn what_is_selected_is_drawn_and_nothing_is_wider_than_the_window() {
        let (mut picker, _) = press(&[Key::Char('静'), Key::End]);
        for (lines, columns) in [(24, 80), (9, 30), (3, 12), (0, 0)] {
            let picture = picker.draw(lines, columns);
            assert!(picture.len() <= lines.max(HEAD + LINES), "{lines}: {picture:?}");
            assert!(picture.iter().any(|line| line.contains('❯')) || columns == 0, "{picture:?}");
            assert!(picture.iter().all(|line| console::measure_text_width(line) <= columns.max(1)), "{columns}: {picture:?}");
        }
    }
}

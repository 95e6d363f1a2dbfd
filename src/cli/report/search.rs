//! Search results for people: title, section, address, excerpt, the words that match marked.
//!
//! In: a response. Out: text with ANSI styles (the printer strips them where they are not wanted).

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use biji_search::{Response, Snippet};

use super::{BOLD, count};
use crate::cli::excerpt::tame;
use crate::cli::search::address;

const MARK: Style = AnsiColor::Yellow.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// The hits of one query.
pub(in crate::cli) fn human(query: &str, response: &Response, site: &Path) -> String {
    let mut text = String::new();
    if response.hits.is_empty() {
        let _ = writeln!(text, "nothing found for {BOLD}{}{BOLD:#}", tame(query));
        return text;
    }
    if response.partial {
        text.push_str("no page has all the words; these have the most of them\n\n");
    }
    for hit in &response.hits {
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}", marked(&hit.title, BOLD));
        for section in &hit.sections {
            if !section.heading.text.is_empty() {
                let _ = writeln!(text, "  § {}", marked(&section.heading, Style::new()));
            }
            let _ = writeln!(text, "  {FAINT}{}{FAINT:#}", tame(&address(site, &hit.url, &section.anchor)));
            if !section.excerpt.text.trim().is_empty() {
                let _ = writeln!(text, "  {}", marked(&section.excerpt, Style::new()));
            }
        }
        text.push('\n');
    }
    let shown = response.hits.len();
    let of = if shown < response.total { format!(", the best {shown} of them shown; more with `--limit`") } else { String::new() };
    let _ = writeln!(text, "{}{of}", count(response.total, "page"));
    text
}

/// The text on one line, with the ranges marked. The end of a mark ends every style, so `around` is begun again.
fn marked(snippet: &Snippet, around: Style) -> String {
    let line = |piece: Option<&str>| tame(&piece.unwrap_or_default().replace(['\n', '\r', '\t'], " "));
    let mut text = String::new();
    let mut done = 0;
    for range in &snippet.highlights {
        let (start, end) = (range.start as usize, range.end as usize);
        let _ = write!(text, "{}{MARK}{}{MARK:#}{around}", line(snippet.text.get(done..start)), line(snippet.text.get(start..end)));
        done = end.max(done);
    }
    text + &line(snippet.text.get(done..))
}

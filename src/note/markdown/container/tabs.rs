//! Tabs: a radio button for each, so that they need no script. A code block in a `code-group` is a tab.
//!
//! In: where a tab starts and ends. Out: its label and what is around its panel. The style sheet shows the panel whose button is chosen.

use super::What;
use crate::note::markdown::writer::Writer;

impl Writer<'_> {
    pub(super) fn start_label(&mut self, is_written: bool, group: usize, count: usize) {
        if is_written {
            let checked = if count == 0 { " checked=\"\"" } else { "" };
            self.out.push(&format!("<label><input type=\"radio\" name=\"tabs-{group}\"{checked} /> "));
        }
    }

    pub(super) fn end_tab_label(&mut self, is_written: bool) {
        if is_written {
            self.out.push("</label>\n<div class=\"tab-panel\">\n");
        }
        self.visible.end_line();
    }

    /// A code block starts. In a group it becomes a tab, and its title the tab's: returns the rest of its info string then.
    pub(in crate::note::markdown) fn start_code_tab(&mut self, info: &str) -> Option<String> {
        let open = self.container()?;
        let is_written = open.is_written;
        let What::Tabs { group, count, is_code: true } = &mut open.what else { return None };
        *count += 1;
        let (group, count) = (*group, *count - 1);
        let (title, rest) = split_title(info);
        let language = rest.split([' ', ',', '{']).next().unwrap_or("").to_owned();
        let title = title.filter(|title| !title.is_empty()).or_else(|| Some(language).filter(|language| !language.is_empty()));
        let title = title.unwrap_or_else(|| (count + 1).to_string());
        if is_written {
            self.out.push_block("<div class=\"tab\">\n");
        }
        self.start_label(is_written, group, count);
        self.show(&title, false);
        self.out.text(&title);
        self.end_tab_label(is_written);
        Some(rest)
    }

    /// It has ended.
    pub(in crate::note::markdown) fn end_code_tab(&mut self) {
        let is_tab = self.container().is_some_and(|open| open.is_written && matches!(open.what, What::Tabs { is_code: true, .. }));
        if is_tab {
            self.out.push("</div></div>\n");
        }
    }
}

/// The title of an info string (`sh [npm]` or `sh title="npm"`) and the rest.
fn split_title(info: &str) -> (Option<String>, String) {
    let without = |start: usize, end: usize| format!("{} {}", info[..start].trim_end(), info[end..].trim_start()).trim().to_owned();
    for name in ["title=", "filename=", "file="] {
        let Some(start) = info.find(name) else { continue };
        let value = start + name.len();
        let quote = info[value..].chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let (from, stop) = match quote {
            Some(quote) => (value + 1, info[value + 1..].find(quote)),
            None => (value, info[value..].find([' ', ',', '}'])),
        };
        let until = stop.map_or(info.len(), |length| from + length);
        let behind = if quote.is_some() { (until + 1).min(info.len()) } else { until };
        return (Some(info[from..until].to_owned()), without(start, behind));
    }
    if let Some(start) = info.find('[')
        && let Some(length) = info[start..].rfind(']')
    {
        return (Some(info[start + 1..start + length].to_owned()), without(start, start + length + 1));
    }
    (None, info.to_owned())
}

#[cfg(test)]
mod tests {
    use super::split_title;

    #[test]
    fn titles() {
        for (info, title, rest) in [
            ("sh [npm]", Some("npm"), "sh"),
            ("sh [a b] {1}", Some("a b"), "sh {1}"),
            ("ts title=\"a.ts\" {1}", Some("a.ts"), "ts {1}"),
            ("ts title=a.ts", Some("a.ts"), "ts"),
            ("ts title=\"a", Some("a"), "ts"),
            ("sh", None, "sh"),
            ("", None, ""),
            ("[", None, "["),
        ] {
            assert_eq!(split_title(info), (title.map(str::to_owned), rest.to_owned()), "{info}");
        }
    }
}

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

    /// A code block starts. In a group it becomes a tab, and its title, else its language, the tab's: returns whether it did.
    pub(in crate::note::markdown) fn start_code_tab(&mut self, info: &str) -> bool {
        let Some(open) = self.container() else { return false };
        let is_written = open.is_written;
        let What::Tabs { group, count, is_code: true } = &mut open.what else { return false };
        *count += 1;
        let (group, count) = (*group, *count - 1);
        let (attributes, _) = crate::note::code::info::read(info, false);
        let names = [attributes.title, attributes.language];
        let title = names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| (count + 1).to_string());
        if is_written {
            self.out.push_block("<div class=\"tab\">\n");
        }
        self.start_label(is_written, group, count);
        self.show(&title, false);
        self.out.text(&title);
        self.end_tab_label(is_written);
        true
    }

    /// It has ended.
    pub(in crate::note::markdown) fn end_code_tab(&mut self) {
        let is_tab = self.container().is_some_and(|open| open.is_written && matches!(open.what, What::Tabs { is_code: true, .. }));
        if is_tab {
            self.out.push("</div></div>\n");
        }
    }
}

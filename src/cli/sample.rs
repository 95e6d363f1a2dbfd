//! The files of a new site: its configuration and a few linked notes, in Chinese or English.

use super::arguments::Language;

/// Paths relative to the site's folder, and texts.
pub(super) fn files(language: Language) -> Vec<(&'static str, &'static str)> {
    let (config, notes): (_, [(&str, &str); 3]) = match language {
        Language::Zh => (CONFIG_ZH, [("content/index.md", INDEX_ZH), ("content/链接与标签.md", LINKS_ZH), ("content/搜索.md", SEARCH_ZH)]),
        Language::En => {
            (CONFIG_EN, [("content/index.md", INDEX_EN), ("content/links-and-tags.md", LINKS_EN), ("content/search.md", SEARCH_EN)])
        }
    };
    let mut files = vec![("biji.toml", config), (".gitignore", "/public\n/.public.biji\n")];
    files.extend(notes);
    files
}

const CONFIG_ZH: &str = r#"title = "我的笔记"
language = "zh"
# base_url = "https://example.org/"

# 断开的链接视为错误：有错误时不发布。
[severity]
broken-link = "error"
broken-anchor = "error"
broken-image = "error"
"#;

const INDEX_ZH: &str = "# 我的笔记

这是首页。每个 Markdown 文件是一页，文件夹就是目录。

- [[链接与标签]]：笔记之间怎样互相引用
- [怎样搜索](搜索.md)
";

const LINKS_ZH: &str = "---
tags: [入门]
---
# 链接与标签

双方括号 `[[搜索]]` 链接到另一篇笔记：[[搜索]]。也可以链接到一个小节：[[搜索#中文]]。普通的 Markdown 链接同样可用：[首页](index.md)。

标签写在文件开头两行 `---` 之间。
";

const SEARCH_ZH: &str = "---
tags: [入门]
---
# 搜索

在网页上按 `Ctrl-K` 或 `/`，或者在终端里运行 `biji search 链接`。

## 中文

页面上看得见的任何一段文字都能搜到，不需要分词词典。参见 [[链接与标签]]。
";

const CONFIG_EN: &str = r#"title = "My notes"
language = "en"
# base_url = "https://example.org/"

# Broken links are errors: a site with errors is not published.
[severity]
broken-link = "error"
broken-anchor = "error"
broken-image = "error"
"#;

const INDEX_EN: &str = "# My notes

This is the first page. Every Markdown file is a page, every folder a section.

- [[links-and-tags]]: how notes refer to each other
- [How to search](search.md)
";

const LINKS_EN: &str = "---
tags: [basics]
---
# Links and tags

Double brackets, `[[search]]`, link to another note: [[search]]. A link can name a heading: [[search#In the terminal]]. Plain Markdown links
work as well: [the first page](index.md).

Tags stand between the two `---` lines at the top of a file.
";

const SEARCH_EN: &str = "---
tags: [basics]
---
# Search

Press `Ctrl-K` or `/` on any page and type what you remember. See also [[links-and-tags]].

## In the terminal

`biji search links` asks the same index.
";

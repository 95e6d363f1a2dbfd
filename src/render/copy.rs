//! A note as Markdown for programs: what its page says, and nothing that the page does not.
//!
//! In: the finished body of a page and its public facts. Out: Markdown. It is made from the page and not from the note's file, so that comments, private links and
//! embeds, and keys of the front matter cannot be in it, while embedded notes and included code are.

mod writer;

use self::writer::Writer;
use super::html;

/// What stands at the head of a copy.
pub(super) struct Facts<'a> {
    pub(super) title: &'a str,
    /// Keys and their values, in order; empty values are left out.
    pub(super) keys: Vec<(&'static str, serde_json::Value)>,
}

/// The whole copy.
pub(super) fn copy(facts: &Facts<'_>, body: &str) -> String {
    // JSON is YAML.
    let mut out = format!("---\ntitle: {}\n", serde_json::Value::from(facts.title));
    for (key, value) in &facts.keys {
        let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            out.push_str(&format!("{key}: {value}\n"));
        }
    }
    let title: Vec<&str> = facts.title.split_whitespace().collect();
    out.push_str(&format!("---\n\n# {}\n\n", title.join(" ")));
    out.push_str(markdown(body).trim());
    out.push('\n');
    out
}

/// Elements of which nothing is shown as text.
const SKIPPED: &[&str] = &["svg", "script", "style", "template", "noscript", "button", "textarea", "select"];
/// A body as Markdown.
fn markdown(body: &str) -> String {
    let mut writer = Writer::new();
    let (mut from, mut skip, mut formula) = (0, 0_usize, None);
    for tag in html::tags(body) {
        let name = tag.name.to_ascii_lowercase();
        if let Some(start) = formula {
            if tag.end && name == "math" {
                // As it is: Markdown may hold HTML.
                writer.verbatim(&body[start..tag.range.end].replace('\n', " "));
                formula = None;
                from = tag.range.end;
            }
            continue;
        }
        if skip == 0 {
            writer.text(&body[from..tag.range.start]);
        }
        from = tag.range.end;
        let attribute = |wanted: &str| {
            tag.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, at)| html::decode(&body[at.clone()]))
        };
        let is_void = body[tag.range.clone()].ends_with("/>") && name != "a";
        if SKIPPED.contains(&&*name) {
            match tag.end {
                true => skip = skip.saturating_sub(1),
                false if !is_void => skip += 1,
                false => {}
            }
        } else if skip > 0 {
        } else if name == "math" && !tag.end {
            formula = Some(tag.range.start);
        } else if tag.end {
            writer.close(&name);
        } else {
            writer.open(&name, &attribute);
        }
    }
    if skip == 0 {
        writer.text(&body[from..]);
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn what_a_page_says_comes_out_as_markdown() {
        for (html, expected) in [
            (
                "<p>A <em>b</em> <strong>c</strong> <del>d</del> <mark>e</mark> 1 * 2 [x] &lt;y&gt; a_b.</p>",
                "A *b* **c** ~~d~~ ==e== 1 \\* 2 \\[x\\] \\<y> a_b.",
            ),
            ("<h2 id=\"x\">T<a class=\"permalink\" href=\"#x\">#</a></h2>\n<p>b</p>", "## T\n\nb"),
            ("<p><a href=\"a b.html\">x</a> <code>a|`b</code><br />y</p>", "[x](<a b.html>) `a|`b`\\\ny"),
            ("<ul>\n<li>a</li>\n<li><p>b</p>\n<ol start=\"3\"><li>c</li></ol></li>\n</ul>\n<p>d</p>", "- a\n- b\n  3. c\n\nd"),
            ("<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>", "> a\n>\n> b\n\nc"),
            ("<div class=\"callout tip\">\n<p class=\"callout-title\">T</p>\n<p>b</p>\n</div>", "> **T**\n>\n> b"),
            (
                "<pre data-lang=\"rust\"><code><span class=\"k\">fn</span> a() {\n  1 &lt; 2\n}\n</code></pre><p>x</p>",
                "````rust\nfn a() {\n  1 < 2\n}\n````\n\nx",
            ),
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th class=\"align-center\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1|2</td>\n<td>x</td>\n</tr>\n</tbody>\n</table>",
                "| a | b |\n|---|:-:|\n| 1\\|2 | x |",
            ),
            (
                "<p>F<sup class=\"footnote-ref\"><a href=\"#fn:1\">1</a></sup>.</p><section class=\"footnotes\"><ol><li id=\"fn:1\"><p>N <a href=\"#f\" class=\"footnote-backref\">↩</a></p></li></ol></section>",
                "F[^1].\n\n[^1]: N",
            ),
            ("<p>a<!-- secret --><svg><title>s</title></svg> <math><mi>x</mi></math></p>", "a <math><mi>x</mi></math>"),
            ("<p><img src=\"a.png\" alt=\"A\" title=\"t\"></p><hr><p>b</p>", "![A](a.png \"t\")\n\n---\n\nb"),
        ] {
            assert_eq!(markdown(html).trim(), expected, "{html}");
        }
    }
}

//! The element of a code block: title, language, line numbers, marked lines, annotations.
//!
//! In: a block as its note has it, and its highlighted code. Out: HTML. A block that asks for nothing is `<pre><code>` with its text; lines are
//! elements of their own only where something is said of them.
//!
//! | element | what |
//! |---|---|
//! | `<figure class="code">` | block with a title |
//! | `<span class="line" data-line="5">` | line with a number |
//! | `<mark class="line">`, with `error` or `warning` | highlighted line |
//! | `<ins class="line">`, `<del class="line">` | added, removed line; with `highlighted` where it is that too |
//! | `<pre class="has-focus">`, `focus` | block of which some lines are in focus, these lines |
//! | `<a class="annotation">` | number that leads to an item of the list behind the block |

use std::collections::BTreeSet;

use super::html::escape_into;
use crate::note::CodeBlock;
use crate::note::code::Mark;

/// Appends the element. `at`: the position of the block in its note; `html`: the highlighted code, where it is.
pub(super) fn write(out: &mut String, at: usize, block: &CodeBlock, language: &str, html: Option<&str>) {
    // A file that could not be included, or must not be, leaves nothing.
    if block.attributes.include.is_some() && block.text.is_empty() {
        return;
    }
    let title = &block.attributes.title;
    if !title.is_empty() {
        out.push_str("<figure class=\"code\"><figcaption>");
        escape_into(out, title);
        out.push_str("</figcaption>");
    }
    element(out, at, block, language, html);
    if !title.is_empty() {
        out.push_str("</figure>");
    }
}

/// The element without its title.
pub(super) fn element(out: &mut String, at: usize, block: &CodeBlock, language: &str, html: Option<&str>) {
    let has_focus = block.marks.values().any(|marks| marks.contains(&Mark::Focused));
    let classes =
        [("numbered", block.attributes.first_line.is_some()), ("has-focus", has_focus), ("no-copy", block.attributes.is_not_copied)];
    let classes: Vec<&str> = classes.into_iter().filter(|(_, is_so)| *is_so).map(|(class, _)| class).collect();
    out.push_str("<pre");
    if !language.is_empty() {
        out.push_str(" data-lang=\"");
        escape_into(out, language);
        out.push('"');
    }
    if !classes.is_empty() {
        out.push_str(" class=\"");
        out.push_str(&classes.join(" "));
        out.push('"');
    }
    out.push_str("><code>");
    let escaped;
    let html = match html {
        Some(html) => html,
        None => {
            let mut text = String::with_capacity(block.text.len() + block.text.len() / 8);
            escape_into(&mut text, &block.text);
            escaped = text;
            &escaped
        }
    };
    if block.marks.is_empty() && block.annotations.is_empty() && block.attributes.first_line.is_none() {
        out.push_str(html);
    } else {
        lines(out, at, block, html, has_focus);
    }
    out.push_str("</code></pre>");
}

/// The lines: no element of highlighted code is longer than one.
fn lines(out: &mut String, at: usize, block: &CodeBlock, html: &str, has_focus: bool) {
    let none = BTreeSet::new();
    let mut annotations = block.annotations.iter().peekable();
    for (number, line) in (1_u32..).zip(html.split_inclusive('\n')) {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let marks = block.marks.get(&number).unwrap_or(&none);
        let is_element = block.attributes.first_line.is_some() || has_focus || !marks.is_empty();
        let element = tag(marks);
        if is_element {
            out.push('<');
            out.push_str(element);
            out.push_str(" class=\"line");
            let is_changed = matches!(element, "ins" | "del");
            for (class, is_so) in [
                ("highlighted", is_changed && marks.contains(&Mark::Highlighted)),
                ("error", marks.contains(&Mark::Error)),
                ("warning", marks.contains(&Mark::Warning)),
                ("focus", marks.contains(&Mark::Focused)),
            ] {
                if is_so {
                    out.push(' ');
                    out.push_str(class);
                }
            }
            out.push('"');
            if let Some(first) = block.attributes.first_line {
                out.push_str(&format!(" data-line=\"{}\"", first.saturating_add(number - 1)));
            }
            out.push('>');
        }
        out.push_str(line);
        while let Some(annotation) = annotations.next_if(|annotation| annotation.line == number) {
            let number = annotation.number;
            if block.items.as_ref().is_some_and(|items| items.contains(&number)) {
                let id = CodeBlock::annotation_id(at, number);
                out.push_str(&format!(" <a class=\"annotation\" href=\"#{id}\">({number})</a>"));
            } else {
                out.push_str(&format!(" <span class=\"annotation\">({number})</span>"));
            }
        }
        if is_element {
            out.push_str("</");
            out.push_str(element);
            out.push('>');
        }
        out.push_str(end);
    }
}

/// What a line with these marks is.
fn tag(marks: &BTreeSet<Mark>) -> &'static str {
    let has = |mark| marks.contains(&mark);
    if has(Mark::Removed) {
        "del"
    } else if has(Mark::Added) {
        "ins"
    } else if has(Mark::Highlighted) || has(Mark::Error) || has(Mark::Warning) {
        "mark"
    } else {
        "span"
    }
}

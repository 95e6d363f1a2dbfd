//! A note's body with its holes filled in the plainest way.

use biji::note::{Body, Fill, LinkKind, Note};
use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

/// Fills the holes as CommonMark's reference renderer would.
pub(crate) fn plain(note: &Note) -> String {
    let Body { html, holes } = &note.body;
    let mut out = String::new();
    let mut at = 0;
    for hole in holes {
        out.push_str(&html[at..hole.at as usize]);
        at = hole.at as usize;
        match hole.fill {
            Fill::LinkStart(link) => {
                let link = &note.links[link as usize];
                out.push_str("<a href=\"");
                escape_href(&mut out, &link.target).unwrap();
                title(&mut out, &link.title);
                out.push('>');
            }
            Fill::LinkEnd(_) => out.push_str("</a>"),
            Fill::Embed(link) => {
                let link = &note.links[link as usize];
                out.push_str("<img src=\"");
                escape_href(&mut out, &link.target).unwrap();
                out.push_str("\" alt=\"");
                escape_html(&mut out, if link.kind == LinkKind::Embed && link.text.is_empty() { &link.target } else { &link.text })
                    .unwrap();
                title(&mut out, &link.title);
                out.push_str(" />");
            }
            Fill::Attribute(link) => escape_html(&mut out, &note.links[link as usize].target).unwrap(),
            Fill::Code(code) => {
                let code = &note.code[code as usize];
                let language = code.info.split_whitespace().next().unwrap_or("");
                out.push_str("<pre><code");
                if !language.is_empty() {
                    out.push_str(" class=\"language-");
                    escape_html(&mut out, language).unwrap();
                    out.push('"');
                }
                out.push('>');
                escape_html_body_text(&mut out, &code.text).unwrap();
                out.push_str("</code></pre>");
            }
            Fill::HeadingId(heading) => out.push_str(note.outline[heading as usize].anchor.as_str()),
            Fill::HeadingEnd(_) => {}
            Fill::Tag(tag) => {
                out.push_str("<a class=\"tag\">#");
                escape_html_body_text(&mut out, &note.tags[tag as usize]).unwrap();
                out.push_str("</a>");
            }
            Fill::Word(word) => out.push_str(word),
        }
    }
    out + &html[at..]
}

fn title(out: &mut String, title: &str) {
    out.push('"');
    if !title.is_empty() {
        out.push_str(" title=\"");
        escape_html(&mut *out, title).unwrap();
        out.push('"');
    }
}

//! Start tags of raw HTML: addresses become holes, ids anchors.
//!
//! In: a tag as it is written. Out: the tag in the HTML, its links, its ids, its alt text as visible text. In an untrusted note it is written anew, without what
//! `untrusted` does not let pass.

use super::anchor::Explicit;
use super::tag::{Tag, decode};
use super::writer::Writer;
use crate::note::{Fill, Link, LinkKind};
use crate::path::Anchor;
use crate::text::Span;

impl Writer<'_> {
    /// Writes a start tag with its holes. Returns the link of its `href`.
    pub(super) fn start_tag_of_html(&mut self, html: &str, tag: &Tag, place: &dyn Fn(usize) -> usize) -> Option<usize> {
        let mut at = tag.range.start;
        let mut href = None;
        let alt = tag.attribute("alt").and_then(|attribute| attribute.value.clone()).map(|range| decode(&html[range])).unwrap_or_default();
        let alt = self.clean(alt.into()).into_string();
        let is_clean = self.options.untrusted;
        if is_clean {
            self.out.push("<");
            self.out.push(&tag.name);
        }
        for (number, attribute) in tag.attributes.iter().enumerate() {
            // A browser counts only the first of a name.
            if is_clean
                && (tag.attributes[..number].iter().any(|other| other.name == attribute.name) || !self.may_have(tag, attribute, place))
            {
                continue;
            }
            let Some(range) = attribute.value.clone() else {
                if is_clean {
                    self.push_clean(&attribute.name, None);
                }
                continue;
            };
            let value = self.clean(decode(&html[range.clone()]).into()).into_string();
            let span = Span::new(place(range.start), place(range.end));
            let is_source = matches!(tag.name.as_str(), "link" | "use" | "image" | "script");
            let kind = match attribute.name.as_str() {
                "href" if is_source => LinkKind::HtmlSource,
                "href" => LinkKind::HtmlLink,
                "src" | "poster" | "srcset" => LinkKind::HtmlSource,
                "id" | "name" => {
                    let is_id = attribute.name == "id";
                    let repeats =
                        !is_id && tag.attribute("id").is_some_and(|id| id.value.clone().is_some_and(|id| html[id] == html[range.clone()]));
                    if is_id || (tag.name == "a" && !repeats) {
                        self.explicit.push(Explicit { anchor: Anchor::explicit(&value), span, heading: None, is_id });
                    }
                    if is_clean {
                        self.push_clean(&attribute.name, Some(&html[range]));
                    }
                    continue;
                }
                name => {
                    if is_clean {
                        self.push_clean(name, Some(&html[range]));
                    } else if self.options.extensions && self.is_refused(name, &html[range], span) {
                        self.push_raw(&html[at..attribute.quoted.start]);
                        self.out.push("\"#\"");
                        at = attribute.quoted.end;
                    }
                    continue;
                }
            };
            if value.trim().is_empty() {
                if is_clean {
                    self.push_clean(&attribute.name, None);
                }
                continue;
            }
            if is_clean {
                self.out.push(" ");
                self.out.push(&attribute.name);
                self.out.push("=");
            } else {
                self.push_raw(&html[at..attribute.quoted.start]);
            }
            self.out.push("\"");
            if attribute.name == "srcset" {
                self.srcset(&value, span);
            } else {
                let text = if kind == LinkKind::HtmlSource { alt.clone() } else { String::new() };
                let link = self.link(Link { kind, target: value.trim().to_owned(), title: String::new(), text, span });
                self.out.hole(Fill::Attribute(link));
                if kind == LinkKind::HtmlLink && tag.name == "a" {
                    href = Some(link as usize);
                }
            }
            self.out.push("\"");
            at = attribute.quoted.end;
        }
        if is_clean {
            self.out.push(">");
        } else {
            self.push_raw(&html[at..tag.range.end]);
        }
        if !alt.is_empty() && !self.raw.hides() {
            self.visible.push(&alt);
        }
        href
    }

    /// `a.png 1x, b.png 2x`: a hole for each address.
    fn srcset(&mut self, value: &str, span: Span) {
        let mut rest = value.trim_start_matches([' ', '\t', '\n', '\r', ',']);
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let address = rest[..end].trim_end_matches(',');
            let text = String::new();
            let link = self.link(Link { kind: LinkKind::HtmlSource, target: address.to_owned(), title: String::new(), text, span });
            self.out.hole(Fill::Attribute(link));
            rest = &rest[end..];
            if address.len() == end {
                let comma = rest.find(',').unwrap_or(rest.len());
                self.out.attribute(rest[..comma].trim_end());
                rest = &rest[comma..];
            }
            rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',']);
            if !rest.is_empty() {
                self.out.push(", ");
            }
        }
    }
}

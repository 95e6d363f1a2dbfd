//! A note's body with its holes filled: links, images, embeds, code blocks, heading ids and permalinks.
//!
//! In: `Site`, the highlighted code blocks, the page whose HTML is made. Out: the HTML and diagnostics. Knows nothing of templates.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::embed::{self, Place, Places};
use super::highlight::Blocks;
use super::html::{address_into, escape, escape_into};
use super::media::{self, Medium, Picture, Size};
use crate::diagnostic::{Code, Diagnostic};
use crate::note::{Fill, Hole, Link, LinkKind};
use crate::path::{Anchor, UrlPath};
use crate::site::{PageId, Site, Target};
use crate::source::picture::Pixels;
use crate::theme::Words;

/// How many embeds may lie in each other.
const EMBED_DEPTH: usize = 8;
/// How many bytes the embeds of one page may add: embeds of embeds multiply.
const EMBED_BYTES: usize = 8 << 20;

/// The page's body, ready to be put into a template.
pub(super) fn fill(site: &Site, code: &Blocks, words: &Words, page: PageId) -> (String, Vec<Diagnostic>) {
    let here = &site.pages[page.0 as usize];
    let mut filler = Filler {
        site,
        code,
        words,
        url: &here.url,
        page,
        stack: vec![(page, None)],
        embeds: 0,
        pictures: 0,
        taken: BTreeMap::new(),
        left: EMBED_BYTES,
        diagnostics: Vec::new(),
    };
    let mut out = String::with_capacity(here.note.body.html.len() * 5 / 4 + 256);
    filler.fill(&mut out, page, 0..here.note.body.html.len());
    (out, filler.diagnostics)
}

struct Filler<'a> {
    site: &'a Site,
    code: &'a Blocks,
    words: &'a Words,
    /// The page that the HTML is for: where references start from.
    url: &'a UrlPath,
    page: PageId,
    /// What is being embedded in what, the page first.
    stack: Vec<(PageId, Option<&'a Anchor>)>,
    /// The number of the last embed that was started: its ids begin with it.
    embeds: usize,
    /// How many pictures the page has so far.
    pictures: usize,
    /// The numbers that a note's own ids begin with as if they were those of an embed.
    taken: BTreeMap<PageId, BTreeSet<usize>>,
    left: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Filler<'a> {
    /// Appends the part of `source`'s body.
    fn fill(&mut self, out: &mut String, source: PageId, part: Range<usize>) {
        let site = self.site;
        let note = &site.pages[source.0 as usize].note;
        let html = note.body.html.as_str();
        let mut from = part.start;
        // What stands exactly at the start of a part belongs before it, unless the part is the body's start.
        let inside = |hole: &&Hole| {
            let at = hole.at as usize;
            at <= part.end && (at > part.start || part.start == 0) && html.is_char_boundary(at)
        };
        let mut links: Vec<&str> = Vec::new();
        let mut places = Places::new(part.start);
        for hole in note.body.holes.iter().filter(inside) {
            let at = hole.at as usize;
            // An embed may have passed over the end of its paragraph.
            if at > from {
                out.push_str(&html[from..at]);
                from = at;
            }
            match hole.fill {
                Fill::LinkStart(link) => links.push(self.link_start(out, source, link as usize)),
                Fill::LinkEnd(_) => out.push_str(links.pop().unwrap_or_default()),
                Fill::Embed(link) => {
                    let place = if links.is_empty() { places.at(html, from) } else { Place::Inline };
                    from = self.embed(out, source, link as usize, from, place);
                }
                Fill::Attribute(link) => self.attribute(out, source, link as usize, at),
                Fill::Code(block) => {
                    if let Some(code) = note.code.get(block as usize) {
                        self.code.write(out, source, block as usize, code, self.words);
                    }
                }
                Fill::HeadingId(heading) => {
                    if let Some(heading) = note.outline.get(heading as usize) {
                        escape_into(out, heading.anchor.as_str());
                    }
                }
                Fill::Tag(tag) => self.tag(out, source, tag as usize),
                Fill::Word(key) => escape_into(out, self.words.get(key)),
                Fill::HeadingEnd(heading) => {
                    if let Some(heading) = note.outline.get(heading as usize).filter(|_| self.stack.len() == 1) {
                        out.push_str("<a class=\"permalink\" href=\"#");
                        escape_into(out, &heading.anchor.encoded());
                        out.push_str("\" aria-label=\"");
                        escape_into(out, self.words.get("permalink"));
                        out.push_str(": ");
                        escape_into(out, &heading.text);
                        out.push_str("\"></a>");
                    }
                }
            }
        }
        if from < part.end {
            out.push_str(&html[from..part.end]);
        }
    }

    /// A tag in the text.
    fn tag(&self, out: &mut String, source: PageId, tag: usize) {
        let page = &self.site.pages[source.0 as usize];
        let Some(name) = page.note.tags.get(tag) else { return };
        let target = page.tag_targets.get(tag).copied().flatten().and_then(|id| self.site.tags.get(id.0 as usize));
        let end = match target {
            Some(tag) => {
                out.push_str("<a class=\"tag\" rel=\"tag\" href=\"");
                escape_into(out, &tag.url.href_from(self.url));
                out.push_str("\">#");
                "</a>"
            }
            None => {
                out.push('#');
                ""
            }
        };
        escape_into(out, name);
        out.push_str(end);
    }

    fn link(&self, source: PageId, link: usize) -> Option<(&'a Link, &'a Target)> {
        let page = &self.site.pages[source.0 as usize];
        Some((page.note.links.get(link)?, page.links.get(link)?))
    }

    /// The reference to a target that has an address; not escaped.
    fn href(&self, target: &Target) -> Option<String> {
        match target {
            Target::Page(page, anchor) => {
                let url = &self.site.pages.get(page.0 as usize)?.url;
                match anchor {
                    Some(anchor) if *page == self.page => Some(format!("#{}", anchor.encoded())),
                    Some(anchor) => Some(format!("{}#{}", url.href_from(self.url), anchor.encoded())),
                    None => Some(url.href_from(self.url)),
                }
            }
            Target::Folder(folder) => Some(self.site.folders.get(folder.0 as usize)?.url.href_from(self.url)),
            Target::Attachment(attachment, rest) => {
                Some(format!("{}{rest}", self.site.attachments.get(*attachment as usize)?.1.href_from(self.url)))
            }
            Target::External(_) | Target::Broken | Target::Private | Target::Refused => None,
        }
    }

    /// Writes the start tag and returns the end tag.
    fn link_start(&self, out: &mut String, source: PageId, link: usize) -> &'static str {
        let Some((link, target)) = self.link(source, link) else { return "" };
        match target {
            Target::External(address) => {
                out.push_str("<a href=\"");
                address_into(out, address);
                out.push_str("\" rel=\"external noopener\"");
            }
            Target::Broken => {
                out.push_str("<span class=\"broken-link\" title=\"");
                // Not what it names: that may be a place on the writer's computer, or a note that is private.
                escape_into(out, self.words.get("broken_link"));
                out.push_str("\">");
                return "</span>";
            }
            Target::Private | Target::Refused => return "",
            other => {
                let Some(href) = self.href(other) else { return "" };
                out.push_str("<a href=\"");
                escape_into(out, &href);
                out.push('"');
            }
        }
        if !link.title.is_empty() {
            out.push_str(" title=\"");
            escape_into(out, &link.title);
            out.push('"');
        } else if link.kind == LinkKind::Link && link.text.trim().is_empty() {
            // A picture without words: where it leads is its name.
            out.push_str(" aria-label=\"");
            escape_into(
                out,
                match target {
                    Target::Page(page, _) => &self.site.pages[page.0 as usize].note.title,
                    _ => link.target.split_once("://").map_or(&*link.target, |(_, rest)| rest),
                },
            );
            out.push('"');
        }
        out.push('>');
        "</a>"
    }

    /// The value of an attribute that a writer put into raw HTML.
    fn attribute(&mut self, out: &mut String, source: PageId, link: usize, at: usize) {
        let Some((link, target)) = self.link(source, link) else { return };
        match target {
            Target::External(address) => escape_into(out, address),
            Target::Broken => escape_into(out, &link.target),
            Target::Private | Target::Refused => out.push('#'),
            other => {
                let href = self.href(other).unwrap_or_default();
                escape_into(out, &href);
                if let (LinkKind::HtmlSource, Target::Attachment(attachment, _)) = (link.kind, other) {
                    let html = &self.site.pages[source.0 as usize].note.body.html;
                    let picture = Picture { pixels: self.pixels(*attachment), is_first: self.pictures == 0 };
                    // It may also be the `src` of something else.
                    if let Some(more) = media::raw_image(html, at, &href, picture) {
                        self.pictures += 1;
                        out.push_str(&more);
                    }
                }
            }
        }
    }

    /// What is known of the next thing that is shown, which is counted when it is a picture.
    fn picture(&mut self, medium: Medium, pixels: Option<Pixels>) -> Picture {
        self.pictures += usize::from(medium == Medium::Image);
        Picture { pixels, is_first: medium == Medium::Image && self.pictures == 1 }
    }

    fn pixels(&self, attachment: u32) -> Option<Pixels> {
        self.site.pixels.get(attachment as usize).copied().flatten()
    }

    /// Writes an embedded thing and returns where the body goes on.
    fn embed(&mut self, out: &mut String, source: PageId, at: usize, from: usize, place: Place) -> usize {
        let Some((link, target)) = self.link(source, at) else { return from };
        let (text, size) = Size::split(&link.text, link.kind == LinkKind::Embed);
        let name = link.target.split(['#', '?']).next().unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        match target {
            Target::Page(page, anchor) => return self.embed_note(out, source, link, (*page, anchor.as_ref()), from, place),
            Target::Folder(_) => {
                let href = self.href(target).unwrap_or_default();
                media::element(out, Medium::Other, &href, text, name, &link.title, size, Picture::default());
            }
            Target::External(address) => {
                // Markdown's `![](…)` is an image whatever its address ends in.
                let medium = if link.kind == LinkKind::Image { media::known_or_image(address) } else { Medium::of(address) };
                let mut encoded = String::new();
                address_into(&mut encoded, address);
                // `element` escapes again.
                let address = encoded.replace("&amp;", "&").replace("&#x27;", "'");
                let text = if text.is_empty() && link.kind == LinkKind::Image { "" } else { text };
                let name = if text.is_empty() { "" } else { name };
                media::element(out, medium, &address, text, name, &link.title, size, self.picture(medium, None));
            }
            Target::Attachment(attachment, _) => {
                let Some((_, url)) = self.site.attachments.get(*attachment as usize) else { return from };
                let medium = Medium::of(url.as_str());
                let medium = if medium == Medium::Other && link.kind == LinkKind::Image { Medium::Image } else { medium };
                // An image of Markdown without alt text is decoration by its writer's choice.
                let name = if medium == Medium::Image && link.kind == LinkKind::Image { "" } else { name };
                let picture = self.picture(medium, self.pixels(*attachment));
                media::element(out, medium, &self.href(target).unwrap_or_default(), text, name, &link.title, size, picture);
            }
            Target::Broken => {
                out.push_str("<span class=\"broken-link\" title=\"");
                // Not what it names: that may be a place on the writer's computer, or a note that is private.
                escape_into(out, self.words.get("broken_embed"));
                out.push_str("\">");
                escape_into(out, if text.is_empty() { name } else { text });
                out.push_str("</span>");
            }
            Target::Private | Target::Refused => escape_into(out, text),
        }
        from
    }

    fn embed_note(
        &mut self,
        out: &mut String,
        source: PageId,
        link: &'a Link,
        what: (PageId, Option<&'a Anchor>),
        from: usize,
        place: Place,
    ) -> usize {
        let site = self.site;
        let (page, anchor) = what;
        let Some(target) = site.pages.get(page.0 as usize) else { return from };
        let here = &site.pages[source.0 as usize];
        let href = match anchor {
            Some(anchor) => format!("{}#{}", target.url.href_from(self.url), anchor.encoded()),
            None => target.url.href_from(self.url),
        };
        let part = embed::part(&target.note, anchor);
        let fault = if self.stack.contains(&what) {
            Some("notes embed each other in a circle")
        } else if self.stack.len() > EMBED_DEPTH {
            Some("notes embed each other more than 8 deep")
        } else if part.as_ref().is_some_and(|part| cost(part) > self.left) {
            Some("what this page embeds comes to more than 8 MiB")
        } else {
            None
        };
        if let Some(fault) = fault {
            let message = format!("{fault}, here at `{}`", link.target);
            let diagnostic = Diagnostic::at(Code::EmbedCycle, here.note.file.clone(), link.span, message);
            self.diagnostics.push(diagnostic.hint("link to the note (without `!`) instead; the page shows a link here"));
        }
        let (Some(part), None, true) = (part, fault, place != Place::Inline) else {
            out.push_str("<a class=\"embed-link\" href=\"");
            escape_into(out, &href);
            out.push_str("\">");
            escape_into(out, if link.text.is_empty() { &target.note.title } else { &link.text });
            out.push_str("</a>");
            return from;
        };
        self.left -= cost(&part);
        let taken = self.taken.entry(source).or_insert_with(|| embed::taken_numbers(&here.note));
        self.embeds += 1;
        while taken.contains(&self.embeds) {
            self.embeds += 1;
        }
        let prefix = format!("e{}-", self.embeds);
        self.stack.push(what);
        let mut inner = String::with_capacity(part.len() * 5 / 4);
        self.fill(&mut inner, page, part);
        self.stack.pop();
        let inner = embed::prefix_ids(&inner, &prefix, &escape(&target.url.href_from(self.url)));
        let html = here.note.body.html.as_str();
        let mut from = from;
        if place == Place::Paragraph {
            match out.strip_suffix("<p>").map(str::len) {
                Some(length) => out.truncate(length),
                None => out.push_str("</p>\n"),
            }
        }
        out.push_str("<div class=\"embed\"");
        if target.language != here.language {
            out.push_str(" lang=\"");
            escape_into(out, &target.language);
            out.push('"');
        }
        out.push_str(">\n<p class=\"embed-source\"><a href=\"");
        escape_into(out, &href);
        out.push_str("\">");
        escape_into(out, &target.note.title);
        if let Some(heading) =
            anchor.and_then(|anchor| target.note.outline.iter().find(|heading| heading.anchor == *anchor && !heading.is_title))
        {
            out.push_str(" › ");
            escape_into(out, &heading.text);
        }
        out.push_str("</a></p>\n");
        // An item stands in a list.
        let is_item = inner.starts_with("<li");
        out.push_str(if is_item { "<ul>\n" } else { "" });
        out.push_str(&inner);
        out.push_str(if is_item { "\n</ul>\n" } else { "" });
        out.push_str("</div>");
        if place == Place::Paragraph {
            let rest = &html[from..];
            let next_hole = here.note.body.holes.iter().map(|hole| hole.at as usize).find(|&at| at > from).unwrap_or(html.len());
            if rest.starts_with("</p>") && next_hole >= from + "</p>".len() && !self.another_hole_at(source, from, link) {
                from += "</p>".len();
            } else {
                out.push_str("\n<p>");
            }
        }
        from
    }

    /// Whether something else is filled in behind this embed at the same place.
    fn another_hole_at(&self, source: PageId, at: usize, link: &Link) -> bool {
        let note = &self.site.pages[source.0 as usize].note;
        let is_this = |hole: &Hole| matches!(hole.fill, Fill::Embed(index) if note.links.get(index as usize).is_some_and(|other| std::ptr::eq(other, link)));
        let mut holes = note.body.holes.iter().skip_while(|hole| !is_this(hole)).skip(1);
        holes.next().is_some_and(|hole| hole.at as usize == at)
    }
}

/// What an embed counts: its text and what is put around it.
fn cost(part: &Range<usize>) -> usize {
    part.len() + 256
}

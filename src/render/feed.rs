//! Feeds of the newest notes: Atom (RFC 4287) and JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>), and `llms.txt` (<https://llmstxt.org>).
//!
//! In: `Site` and the highlighted code blocks. Out: text. Feeds need the site's address and notes with dates; they hold the whole notes, every reference
//! with its full address, since a feed reader shows them elsewhere.

use serde_json::{Value, json};

use super::around;
use super::body;
use super::highlight::Blocks;
use super::html::{self, escape_into};
use super::listing::is_date;
use super::metadata::{changed, description};
use super::moment::{self, moment};
use super::page::Shared;
use crate::config::around::Person;
use crate::path::UrlPath;
use crate::site::{Page, PageId};

/// Where the Atom feed is.
pub(super) const ATOM: &str = "atom.xml";
/// Where the JSON feed is.
pub(super) const JSON: &str = "feed.json";

/// One note in a feed.
struct Entry<'a> {
    page: &'a Page,
    url: String,
    /// When it was written and last changed, each with its time.
    published: String,
    updated: String,
    summary: String,
    content: String,
}

/// Whether the site has feeds: it has an address, wants some, and a note has a date.
pub(super) fn has(shared: &Shared<'_>) -> bool {
    let config = &shared.site.config;
    config.base_url.is_some() && config.feed > 0 && shared.site.pages.iter().any(|page| changed(page).is_some())
}

/// The file [`ATOM`].
pub(super) fn atom_feed(shared: &Shared<'_>, code: &Blocks) -> String {
    atom(shared, base(shared), &newest(shared, code))
}

/// The file [`JSON`].
pub(super) fn json_feed(shared: &Shared<'_>, code: &Blocks) -> String {
    json(shared, base(shared), &newest(shared, code))
}

fn base<'a>(shared: &Shared<'a>) -> &'a str {
    shared.site.config.base_url.as_deref().unwrap_or_default()
}

/// The notes that the feeds hold.
pub(super) fn pages(shared: &Shared<'_>) -> Vec<PageId> {
    let mut pages = moment::newest(shared.site);
    pages.truncate(shared.site.config.feed);
    pages
}

/// The notes that changed last, the newest first; of one moment by address.
fn newest<'a>(shared: &Shared<'a>, code: &Blocks) -> Vec<Entry<'a>> {
    let site = shared.site;
    let entry = |id: PageId| {
        let page = &site.pages[id.0 as usize];
        let url = shared.absolute(&page.url)?;
        let updated = moment(changed(page)?);
        let (content, _) = body::fill(site, code, shared.theme.words(&page.language), id);
        Some(Entry {
            page,
            content: absolute(&content, &url),
            url,
            published: page.created.as_deref().filter(|date| is_date(date)).map(moment).unwrap_or_default(),
            updated,
            summary: description(&page.note),
        })
    };
    pages(shared).into_iter().filter_map(entry).collect()
}

fn atom(shared: &Shared<'_>, base: &str, entries: &[Entry<'_>]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
    xml(&mut out, &shared.facts.language);
    out.push_str("\">\n");
    element(&mut out, "title", &shared.title());
    if !shared.site.config.description.is_empty() {
        element(&mut out, "subtitle", &shared.site.config.description);
    }
    link(&mut out, "alternate", base);
    link(&mut out, "self", &format!("{base}{ATOM}"));
    element(&mut out, "id", base);
    element(&mut out, "updated", entries.first().map_or("", |entry| &entry.updated));
    // RFC 4287 wants an author; the site stands for those who wrote it.
    out.push_str("<author>");
    element(&mut out, "name", &shared.title());
    out.push_str("</author>\n");
    for entry in entries {
        out.push_str("<entry xml:lang=\"");
        xml(&mut out, &entry.page.language);
        out.push_str("\">\n");
        element(&mut out, "title", &entry.page.note.title);
        link(&mut out, "alternate", &entry.url);
        element(&mut out, "id", &entry.url);
        element(&mut out, "updated", &entry.updated);
        if !entry.published.is_empty() {
            element(&mut out, "published", &entry.published);
        }
        for person in around::people(shared, entry.page) {
            out.push_str("<author>");
            element(&mut out, "name", &person.name);
            if let Some(url) = around::web_address(&person) {
                element(&mut out, "uri", url);
            }
            out.push_str("</author>\n");
        }
        for tag in &entry.page.note.tags {
            out.push_str("<category term=\"");
            xml(&mut out, tag);
            out.push_str("\"/>\n");
        }
        if !entry.summary.is_empty() {
            element(&mut out, "summary", &entry.summary);
        }
        out.push_str("<content type=\"html\">");
        xml(&mut out, &entry.content);
        out.push_str("</content>\n</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

fn json(shared: &Shared<'_>, base: &str, entries: &[Entry<'_>]) -> String {
    let items: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": entry.url,
                "url": entry.url,
                "title": entry.page.note.title,
                "language": entry.page.language,
                "summary": entry.summary,
                "content_html": entry.content,
                "date_modified": entry.updated,
                "tags": entry.page.note.tags,
            });
            let authors = around::people(shared, entry.page);
            if let Some(item) = item.as_object_mut() {
                if !entry.published.is_empty() {
                    item.insert("date_published".into(), entry.published.clone().into());
                }
                if !authors.is_empty() {
                    let author = |person: &Person| match around::web_address(person) {
                        Some(url) => json!({ "name": person.name, "url": url }),
                        None => json!({ "name": person.name }),
                    };
                    item.insert("authors".into(), authors.iter().map(author).collect());
                }
            }
            item
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": shared.title(),
        "description": shared.site.config.description,
        "home_page_url": base,
        "feed_url": format!("{base}{JSON}"),
        "language": shared.facts.language,
        "items": items,
    });
    format!("{feed}\n")
}

/// What the site holds, for language models: every note with its address and what it is about, folder by folder.
pub(super) fn llms(shared: &Shared<'_>) -> Option<String> {
    let site = shared.site;
    if !site.config.llms {
        return None;
    }
    let from = UrlPath::new("llms.txt")?;
    let mut out = format!("# {}\n", line(&shared.title()));
    if !site.config.description.is_empty() {
        out.push_str(&format!("\n> {}\n", line(&site.config.description)));
    }
    for folder in site.folders.iter().filter(|folder| folder.index.is_some() || !folder.pages.is_empty()) {
        out.push_str(&format!("\n## {}\n\n", line(&folder.title)));
        for id in folder.index.iter().chain(&folder.pages) {
            let page = &site.pages[id.0 as usize];
            // Programs read Markdown more easily than pages.
            let copy = UrlPath::new(&super::plan::copy_of(&page.url)).filter(|_| site.config.markdown);
            let address = copy.as_ref().unwrap_or(&page.url);
            let url = shared.absolute(address).unwrap_or_else(|| address.href_from(&from));
            let about = description(&page.note);
            let about = if about.is_empty() { String::new() } else { format!(": {}", line(&about)) };
            let title = line(&page.note.title).replace('[', "\\[").replace(']', "\\]");
            out.push_str(&format!("- [{title}]({}){about}\n", url.replace('(', "%28").replace(')', "%29")));
        }
    }
    Some(out)
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    xml(out, text);
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

fn link(out: &mut String, rel: &str, href: &str) {
    out.push_str("<link rel=\"");
    out.push_str(rel);
    out.push_str("\" href=\"");
    xml(out, href);
    out.push_str("\"/>\n");
}

/// Text in XML 1.0, which has no room for most control characters.
fn xml(out: &mut String, text: &str) {
    let clean: String =
        text.chars().filter(|c| matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))).collect();
    escape_into(out, &clean);
}

/// `html` with every reference given its full address, seen from the page at `url`.
fn absolute(html: &str, url: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut from = 0;
    for tag in html::tags(html).filter(|tag| !tag.end) {
        for (name, range) in &tag.attributes {
            if range.start < from {
                continue;
            }
            let value = &html[range.clone()];
            let full = match *name {
                "href" | "src" | "poster" | "data" => join(url, value),
                "srcset" => value
                    .split(',')
                    .map(|candidate| {
                        let candidate = candidate.trim();
                        let (file, rest) = candidate.split_once(' ').map_or((candidate, ""), |(file, rest)| (file, rest));
                        format!("{} {rest}", join(url, file)).trim_end().to_owned()
                    })
                    .collect::<Vec<_>>()
                    .join(", "),
                _ => continue,
            };
            out.push_str(&html[from..range.start]);
            out.push_str(&full);
            from = range.end;
        }
    }
    out.push_str(&html[from..]);
    out
}

/// A relative reference seen from `url`, both percent-encoded; what has a scheme or a host stays.
fn join(url: &str, reference: &str) -> String {
    let scheme = reference.find(':').is_some_and(|at| reference.find(['/', '?', '#']).is_none_or(|other| at < other));
    if scheme || reference.starts_with("//") {
        return reference.to_owned();
    }
    let (origin, path) = match url.find("://").and_then(|at| url[at + 3..].find('/').map(|slash| at + 3 + slash)) {
        Some(slash) => url.split_at(slash),
        None => (url, "/"),
    };
    if reference.is_empty() || reference.starts_with(['#', '?']) {
        return format!("{url}{reference}");
    }
    if reference.starts_with('/') {
        return format!("{origin}{reference}");
    }
    let end = reference.find(['?', '#']).unwrap_or(reference.len());
    let mut parts: Vec<&str> = path.split('/').skip(1).collect();
    parts.pop();
    let mut steps = reference[..end].split('/').peekable();
    while let Some(step) = steps.next() {
        let is_last = steps.peek().is_none();
        match step {
            "." | ".." => {
                if step == ".." {
                    parts.pop();
                }
                if is_last {
                    parts.push("");
                }
            }
            other => parts.push(other),
        }
    }
    format!("{origin}/{}{}", parts.join("/"), &reference[end..])
}

#[cfg(test)]
mod tests {
    use super::{absolute, join};

    #[test]
    fn references_get_their_full_address() {
        let url = "https://example.org/wiki/k8s/%E6%8E%A2%E9%92%88.html";
        for (reference, expected) in [
            ("a.html", "https://example.org/wiki/k8s/a.html"),
            ("../b/c.html#d", "https://example.org/wiki/b/c.html#d"),
            ("../../../../x", "https://example.org/x"),
            ("#here", "https://example.org/wiki/k8s/%E6%8E%A2%E9%92%88.html#here"),
            ("/root", "https://example.org/root"),
            ("//host/a", "//host/a"),
            ("mailto:a@b.c", "mailto:a@b.c"),
            ("a/b:c", "https://example.org/wiki/k8s/a/b:c"),
            ("..", "https://example.org/wiki/"),
            ("./", "https://example.org/wiki/k8s/"),
        ] {
            assert_eq!(join(url, reference), expected, "{reference}");
        }
        assert_eq!(
            absolute("<p title=\"a.html\"><img src=\"p.png\" srcset=\"p.png 1x, q.png 2x\"> a.html</p>", "https://e.org/x/"),
            "<p title=\"a.html\"><img src=\"https://e.org/x/p.png\" srcset=\"https://e.org/x/p.png 1x, https://e.org/x/q.png 2x\"> a.html</p>"
        );
    }
}

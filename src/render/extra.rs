//! Pages beside the notes: redirects, the index of names, the search as a page, the page for what does not exist, `sitemap.xml`, `robots.txt`.
//!
//! In: `Site`. Out: artifacts. `sitemap.xml` and `robots.txt` need the site's address and are left out without it.

use serde_json::json;

use super::html::escape_into;
use super::listing::link;
use super::page::{About, Shared};
use crate::bundle::Artifact;
use crate::diagnostic::Diagnostic;
use crate::path::UrlPath;
use crate::site::Page;

/// A page that only leads elsewhere.
pub(super) fn redirect(shared: &Shared<'_>, at: usize) -> Result<Artifact, Diagnostic> {
    let (url, page) = &shared.site.redirects[at];
    let target = &shared.site.pages[page.0 as usize];
    let about = About {
        kind: "redirect",
        title: &target.note.title,
        description: "",
        language: &target.language,
        url,
        image: "",
        structured: "",
        above: Vec::new(),
    };
    let mut context = shared.context(&about, tera::Value::none());
    context.insert("target", &link(shared.site, *page, url, &target.language));
    context.insert("target_canonical", &shared.absolute(&target.url).unwrap_or_else(|| target.url.href_from(url)));
    Ok(Artifact::new(url.clone(), shared.theme.render("redirect.html", &context, url)?))
}

/// `404.html`. A host shows it at any depth, so its references must not be relative: with a known `base_url` they start at its path. Without
/// one they are relative to the root; then a host shows the page bare, but readable, at deeper addresses.
pub(super) fn not_found(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let words = shared.theme.words(&shared.facts.language);
    let title = words.get("not_found").to_owned();
    let about = About {
        kind: "404",
        title: &title,
        description: "",
        language: &shared.facts.language,
        url,
        image: "",
        structured: "",
        above: Vec::new(),
    };
    let mut context = shared.outside(&about);
    if let Some(root) = shared.site.config.base_url.as_deref().map(base_path) {
        let rooted = |url: &str| format!("{root}{url}");
        let mut page: serde_json::Map<String, serde_json::Value> = serde_json::Map::new();
        for (key, value) in context.get("page").and_then(|page| page.as_map()).into_iter().flatten() {
            let Some(key) = key.as_str() else { continue };
            let text = value.as_str().unwrap_or_default();
            let value = match key {
                "root" => serde_json::Value::from(root.clone()),
                "home" | "tags_url" | "all_url" | "index_url" | "graph_url" | "recent_url" | "search_url" if !text.is_empty() => {
                    rooted(text).into()
                }
                "is_home" => false.into(),
                // It stands at every address that does not exist, and is the proper one of none.
                "canonical" => "".into(),
                "breadcrumbs" => serde_json::Value::Array(Vec::new()),
                _ => text.into(),
            };
            page.insert(key.to_owned(), value);
        }
        context.insert("page", &page);
        context.insert("nav", &super::view::NavView { items: Vec::new(), more: None });
    }
    Ok(Artifact::new(url.clone(), shared.theme.render("404.html", &context, url)?))
}

/// A page of the index of names: the first, or one behind it.
pub(super) fn index(shared: &Shared<'_>, url: &UrlPath, part: Option<usize>) -> Result<Artifact, Diagnostic> {
    let words = shared.theme.words(&shared.facts.language).get("index");
    let site = (shared.site, &*shared.facts.language);
    let (title, groups, previous, next) = match part {
        None => (words.to_owned(), shared.facts.names.all(site, url), None, None),
        Some(part) => {
            let (group, previous, next) = shared.facts.names.part(site, part);
            (format!("{words} {}", group.title), vec![group], previous, next)
        }
    };
    let mut context = shared.outside(&alone(shared, "index", &title, url));
    context.insert("letters", &shared.facts.names.letters(url));
    context.insert("groups", &groups);
    context.insert("previous", &previous);
    context.insert("next", &next);
    let html = shared.theme.render("index.html", &context, url)?;
    Ok(Artifact::new(url.clone(), html))
}

/// The search as a page.
pub(super) fn search(shared: &Shared<'_>, url: &UrlPath) -> Result<Artifact, Diagnostic> {
    let context = shared.outside(&alone(shared, "search", shared.theme.words(&shared.facts.language).get("search"), url));
    let html = shared.theme.render("search.html", &context, url)?;
    Ok(Artifact::new(url.clone(), html))
}

/// A page of the site's own, in no folder but the root.
pub(super) fn alone<'a>(shared: &'a Shared<'_>, kind: &'static str, title: &'a str, url: &'a UrlPath) -> About<'a> {
    let above = super::root(shared.site);
    About { kind, title, description: "", language: &shared.facts.language, url, image: "", structured: "", above }
}

/// Every page with its last change.
pub(super) fn sitemap(shared: &Shared<'_>) -> Option<String> {
    shared.site.config.base_url.as_ref()?;
    let is_translated = shared.site.pages.iter().any(|page| !page.translations.is_empty());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"");
    out.push_str(if is_translated { " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n" } else { ">\n" });
    let pages = shared.site.pages.iter().map(|page| (&page.url, Some(&**page)));
    let folders = shared.site.folders.iter().filter(|folder| folder.index.is_none()).map(|folder| (&folder.url, None));
    let mut entries: Vec<(&UrlPath, Option<&Page>)> = pages.chain(folders).collect();
    entries.sort_by_key(|(url, _)| *url);
    for (url, page) in entries {
        out.push_str("<url><loc>");
        escape_into(&mut out, &ascii(&shared.absolute(url)?));
        out.push_str("</loc>");
        for other in page.into_iter().flat_map(|page| &page.translations) {
            let other = &shared.site.pages[other.0 as usize];
            out.push_str("<xhtml:link rel=\"alternate\" hreflang=\"");
            escape_into(&mut out, &other.language);
            out.push_str("\" href=\"");
            escape_into(&mut out, &ascii(&shared.absolute(&other.url)?));
            out.push_str("\"/>");
        }
        let day = page.map(|page| super::listing::day(super::metadata::changed(page)));
        if let Some(day) = day.filter(|day| super::listing::is_date(day)) {
            out.push_str("<lastmod>");
            out.push_str(&day);
            out.push_str("</lastmod>");
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    Some(out)
}

/// The facts of the site as an app. Relative references count from the file itself.
pub(super) fn web_manifest(shared: &Shared<'_>) -> String {
    let icon = |src: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose });
    let facts = json!({
        "name": shared.title(),
        "description": shared.site.config.description,
        "lang": shared.facts.language,
        "start_url": format!("../../{}", shared.home().encoded()),
        "scope": "../../",
        "id": "../../",
        "display": "minimal-ui",
        "background_color": "#faf7f0",
        "theme_color": "#faf7f0",
        "icons": [
            icon("../favicon.svg", "any", "image/svg+xml", "any"),
            icon("icon-192.png", "192x192", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "any"),
            icon("icon-mask-512.png", "512x512", "image/png", "maskable"),
        ],
    });
    format!("{facts}\n")
}

/// Everything may be read; where the sitemap is.
pub(super) fn robots(shared: &Shared<'_>) -> Option<String> {
    let base = shared.site.config.base_url.as_ref()?;
    Some(format!("User-agent: *\nAllow: /\nSitemap: {}/sitemap.xml\n", base.trim_end_matches('/')))
}

/// The path of an address, with its final `/`: `/notes/` of `https://example.org/notes/`.
fn base_path(base: &str) -> String {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path.trim_matches('/'));
    if path.is_empty() { "/".into() } else { format!("/{path}/") }
}

/// Sitemaps hold percent-encoded addresses.
fn ascii(url: &str) -> String {
    percent_encoding::utf8_percent_encode(url, percent_encoding::CONTROLS).to_string()
}

//! What holds for any vault: every address is somebody's own, and every resolved reference leads to something that exists.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

mod vault;

use std::collections::{BTreeMap, BTreeSet};

use biji::config::Config;
use biji::path::{SourcePath, UrlPath};
use biji::site::{Site, Target};
use proptest::prelude::*;

/// Names that meet each other: case, composition, spaces, signs of addresses, folders called like notes, devices.
const NAMES: &[&str] = &[
    "a",
    "A",
    "b",
    "index",
    "README",
    "静态 Pod",
    "静态-Pod",
    "caf\u{e9}",
    "cafe\u{301}",
    "a b",
    "a-b",
    "C#",
    "50%",
    "What?",
    "x.html",
    "007.jpg",
    "con",
    "biji",
    "404",
    "dot.",
    "a:b",
    "\u{1f600}",
];

/// What a reference is made of, besides names.
const ENDS: &[&str] = &["", ".md", ".html", "/", "#a", "#标题", "#one#two", ".png", "?q#a", "%20b.md", "#^b"];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    (prop::collection::vec(name(), 1..4), prop::sample::select(&[".md", ".md", ".md", ".markdown", ".png", ".html"][..]))
        .prop_map(|(parts, extension)| format!("{}{extension}", parts.join("/")))
}

fn reference() -> impl Strategy<Value = String> {
    let start = prop::sample::select(&["", "", "", "./", "../", "../../", "/"][..]);
    (start, prop::collection::vec(name(), 0..3), prop::sample::select(ENDS), 0..5_usize).prop_map(|(start, parts, end, kind)| {
        let target = format!("{start}{}{end}", parts.join("/"));
        match kind {
            0 => format!("[t](<{target}>)"),
            1 => format!("![t](<{target}>)"),
            2 => format!("[[{target}]]"),
            3 => format!("![[{target}]]"),
            _ => format!("<a href=\"{target}\">t</a>"),
        }
    })
}

fn text() -> impl Strategy<Value = String> {
    let front_matter = prop::sample::select(
        &[
            "",
            "",
            "",
            "---\ntags: [a/b, A, index]\n---\n",
            "---\npublish: false\n---\n",
            "---\naliases: [/a/, b]\n---\n",
            "---\nslug: a\n---\n",
        ][..],
    );
    (front_matter, prop::collection::vec(reference(), 0..6))
        .prop_map(|(front_matter, links)| format!("{front_matter}# A\n\n## 标题\n\n## one\n\n### two\n\n{}\n", links.join("\n\n")))
}

/// Every address of a site and what it is for.
fn addresses(site: &Site) -> Vec<(UrlPath, String)> {
    let pages = site.pages.iter().map(|page| (page.url.clone(), page.note.path.to_string()));
    let folders =
        site.folders.iter().filter(|folder| folder.index.is_none()).map(|folder| (folder.url.clone(), format!("folder {}", folder.path)));
    let tags = site.tags.iter().map(|tag| (tag.url.clone(), format!("tag {}", tag.name)));
    let attachments = site.attachments.iter().map(|(path, url)| (url.clone(), path.to_string()));
    let redirects = site.redirects.iter().map(|(url, page)| (url.clone(), format!("redirect to {}", page.0)));
    pages.chain(folders).chain(tags).chain(attachments).chain(redirects).collect()
}

/// The file that a browser on the page `from` takes a reference for.
fn follow(from: &UrlPath, href: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(href).decode_utf8().unwrap().into_owned();
    let mut parts: Vec<&str> = from.parent().split('/').filter(|part| !part.is_empty()).collect();
    for part in decoded.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop().expect("never above the root")),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_resolved_reference_leads_to_something(files in prop::collection::btree_map(path(), text(), 1..12)) {
        // No file system has a file and a folder of one name.
        let files: BTreeMap<String, String> =
            files.clone().into_iter().filter(|(path, _)| !files.keys().any(|other| other.starts_with(&format!("{path}/")))).collect();
        let list: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
        let (site, _) = vault::assemble(Config::default(), &list);

        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let all = addresses(&site);
        for (url, owner) in &all {
            let other = seen.insert(SourcePath::fold(url.as_str()), owner.clone());
            prop_assert!(other.is_none(), "{url} belongs to {owner} and {other:?}");
        }
        for (url, owner) in &all {
            for (at, _) in url.as_str().match_indices('/') {
                let folder = SourcePath::fold(&url.as_str()[..at]);
                prop_assert!(!seen.contains_key(&folder), "{url} of {owner} lies in a file");
            }
        }
        let exist: BTreeSet<&str> = all.iter().map(|(url, _)| url.as_str()).collect();
        for page in &site.pages {
            prop_assert_eq!(page.links.len(), page.note.links.len());
            for target in &page.links {
                let url = match target {
                    Target::Page(id, anchor) => {
                        let to = &site.pages[id.0 as usize];
                        if let Some(anchor) = anchor {
                            let is_there = to.note.anchors.contains(anchor) || to.note.outline.iter().any(|heading| heading.anchor == *anchor);
                            prop_assert!(is_there, "{anchor} is not in {}", to.note.path);
                        }
                        &to.url
                    }
                    Target::Folder(id) => &site.folders[id.0 as usize].url,
                    Target::Attachment(at, _) => &site.attachments[*at as usize].1,
                    Target::External(_) | Target::Broken | Target::Private | Target::Refused => continue,
                };
                prop_assert!(exist.contains(url.as_str()), "{url}");
                prop_assert_eq!(follow(&page.url, &url.href_from(&page.url)), url.as_str());
            }
        }
        let (again, _) = vault::assemble(Config::default(), &list);
        prop_assert_eq!(format!("{again:?}"), format!("{site:?}"));
    }
}

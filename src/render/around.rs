//! What stands around a note: authors, licence, where to edit it and to report mistakes, thanks, comments.
//!
//! In: what the site is configured to offer and what the note says about it. Out: values for templates, every address finished. Says nothing that neither of
//! the two says: without them all of it is empty.

use super::license;
use super::page::Shared;
use super::view::{AroundView, CommentsView, LinkView, RewardView, WayView};
use crate::config::around::{self, Person};
use crate::config::comments::{Comments, Provider};
use crate::config::replace;
use crate::config::repository::{encode, fill};
use crate::site::Page;

/// What stands around a page's note.
pub(super) fn view(shared: &Shared<'_>, page: &Page) -> AroundView {
    let config = &shared.site.config;
    let says = &page.note.front_matter.around;
    let address = shared.absolute(&page.url).unwrap_or_default();
    // As people see it in messages: from the folder of biji.toml.
    let source = &*page.note.file.path;
    let title = &*page.note.title;
    let values = [("path", source), ("title", title), ("url", &*address)];
    let link = |pattern: &Option<Option<String>>, own: Option<String>| match pattern {
        Some(Some(pattern)) => fill(pattern, &values),
        Some(None) => String::new(),
        None => own.unwrap_or_default(),
    };
    let is_open = says.edit.unwrap_or(true);
    let repository = config.repository.as_ref().filter(|_| is_open);
    let place = if address.is_empty() { source } else { &*address };
    let report = match config.report.as_deref().filter(|_| says.report.unwrap_or(true)) {
        None => String::new(),
        Some("issues") => config.repository.as_ref().map(|repository| repository.issue(title, place)).unwrap_or_default(),
        Some(pattern) if !pattern.contains(':') => format!("mailto:{pattern}?subject={}&body={}", encode(title), encode(place)),
        Some(pattern) => fill(pattern, &values),
    };
    let authors = people(shared, page);
    let license = page
        .note
        .front_matter
        .license
        .as_ref()
        .or(config.license.as_ref())
        .map(|text| license::pieces(text, &page.language))
        .unwrap_or_default();
    let attribution = says.attribution.unwrap_or(config.attribution);
    AroundView {
        address: if license.is_empty() && !attribution { String::new() } else { readable(&address) },
        authors: authors.into_iter().map(|person| LinkView::new(person.name, person.url)).collect(),
        contributors: if config.contributors { page.contributors.clone() } else { Vec::new() },
        license,
        attribution,
        edit: if is_open { link(&config.edit, repository.map(|repository| repository.edit(source))) } else { String::new() },
        source: if is_open { link(&config.source, repository.map(|repository| repository.source(source))) } else { String::new() },
        report,
        reward: reward(shared, page),
        comments: config.comments.as_ref().filter(|comments| comments.shown.on(says.comments)).map(|comments| {
            let language = page.language.as_str();
            comments_view(
                comments,
                &[
                    ("path", source.to_owned()),
                    ("title", title.to_owned()),
                    ("url", address.clone()),
                    ("lang", spoken(comments.provider, language)),
                ],
            )
        }),
    }
}

/// Who wrote a note: those it names, else those of the site.
pub(super) fn people(shared: &Shared<'_>, page: &Page) -> Vec<Person> {
    let config = &shared.site.config;
    let known = |name: &String| config.people.get(name).cloned().unwrap_or_else(|| Person::of(name));
    match &page.note.front_matter.around.authors {
        Some(names) => names.iter().map(known).filter(|person| !person.name.is_empty()).collect(),
        None => config.author.clone(),
    }
}

fn reward(shared: &Shared<'_>, page: &Page) -> Option<RewardView> {
    let config = &shared.site.config;
    let reward = config.reward.as_ref().filter(|reward| reward.shown.on(page.note.front_matter.around.reward))?;
    let picture = |path: &str| {
        let at = shared.site.attachments.binary_search_by(|(source, _)| source.as_str().cmp(path)).ok()?;
        Some(shared.site.attachments[at].1.href_from(&page.url))
    };
    let ways: Vec<WayView> = reward
        .ways
        .iter()
        .map(|way| WayView {
            title: way.name.clone(),
            lang: shared.foreign(&way.name, page),
            picture: picture(&way.picture).unwrap_or_default(),
            url: way.url.clone(),
        })
        .filter(|way| !(way.picture.is_empty() && way.url.is_empty()))
        .collect();
    (!ways.is_empty()).then(|| RewardView { text: reward.text.clone(), lang: shared.foreign(&reward.text, page), ways })
}

fn comments_view(comments: &Comments, values: &[(&str, String)]) -> CommentsView {
    let filled = |attributes: &std::collections::BTreeMap<String, String>| {
        let filled: serde_json::Map<String, serde_json::Value> =
            attributes.iter().map(|(name, value)| (name.clone(), replace(value, values).into())).collect();
        serde_json::Value::Object(filled).to_string()
    };
    let host = |origin: &String| origin.split("://").nth(1).unwrap_or(origin).to_owned();
    CommentsView {
        provider: comments.provider.as_str(),
        script: comments.script.clone(),
        style: comments.style.clone(),
        attributes: filled(&comments.attributes),
        container: filled(&comments.container),
        hosts: comments.origins.iter().map(host).collect(),
        elsewhere: comments.elsewhere.clone(),
    }
}

/// A page's language as a provider calls it.
fn spoken(provider: Provider, language: &str) -> String {
    let lower = language.to_ascii_lowercase();
    let main = lower.split('-').next().unwrap_or_default();
    let is_traditional = lower.split('-').any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
    match (provider, main) {
        (Provider::Script, _) => language.to_owned(),
        (_, "zh") if is_traditional => "zh-TW".into(),
        (_, "zh") => "zh-CN".into(),
        (_, main) => main.to_owned(),
    }
}

/// An address as people read it, for the text of a link: letters instead of percent signs where they are text.
fn readable(address: &str) -> String {
    percent_encoding::percent_decode_str(address).decode_utf8().map_or_else(|_| address.to_owned(), |text| text.replace(' ', "%20"))
}

/// The policy that the pages of a site run under: what a host must allow, and not more. Without comments nothing but the site itself.
#[must_use]
pub fn policy(comments: Option<&Comments>) -> String {
    let mut policy = vec!["default-src 'self'".to_owned()];
    let (mut script, mut style, mut frame, mut connect, mut image) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    if let Some(comments) = comments {
        let add = |text: &mut String, origin: &str| {
            if !text.split(' ').any(|other| other == origin) {
                text.push(' ');
                text.push_str(origin);
            }
        };
        let from_script = around_origin(&comments.script);
        match comments.provider {
            Provider::Giscus | Provider::Utterances => {
                for origin in &comments.origins {
                    [&mut script, &mut style, &mut frame].into_iter().for_each(|text| add(text, origin));
                }
            }
            Provider::Waline => {
                for origin in [from_script, around_origin(&comments.style)].into_iter().flatten() {
                    [&mut script, &mut style].into_iter().for_each(|text| add(text, &origin));
                }
                comments.origins.iter().for_each(|origin| add(&mut connect, origin));
                // Pictures of people and in what they write come from anywhere.
                ["data:", "https:"].into_iter().for_each(|origin| add(&mut image, origin));
            }
            Provider::Script => {
                for origin in &comments.origins {
                    [&mut script, &mut style, &mut frame, &mut connect, &mut image].into_iter().for_each(|text| add(text, origin));
                }
            }
        }
    }
    policy.push(format!("script-src 'self' 'wasm-unsafe-eval'{script}"));
    for (name, origins) in [("style-src", style), ("frame-src", frame), ("connect-src", connect), ("img-src", image)] {
        if !origins.is_empty() {
            policy.push(format!("{name} 'self'{origins}"));
        }
    }
    policy.join("; ")
}

fn around_origin(address: &str) -> Option<String> {
    crate::config::comments::origin(address)
}

/// `_headers`, as Netlify, Cloudflare Pages and others read it: the policy for every page.
pub(super) fn headers(shared: &Shared<'_>) -> Option<String> {
    let config = &shared.site.config;
    config.headers.then(|| {
        let policy = policy(config.comments.as_ref());
        format!("/*\n  Content-Security-Policy: {policy}\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: strict-origin-when-cross-origin\n")
    })
}

/// An author for JSON and XML, with a web address where there is one: mail addresses are for readers, not for machines.
pub(super) fn web_address(person: &Person) -> Option<&str> {
    Some(person.url.as_str()).filter(|url| around::address(url).is_some() && !url.starts_with("mailto:"))
}

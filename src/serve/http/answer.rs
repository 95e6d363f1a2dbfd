//! From a request to its answer.
//!
//! In: a request, the state that is shown. Out: status, headers, body. A page of the site gets one script more than the build gives it; everything else has
//! the build's bytes.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::Request;
use crate::bundle::Payload;
use crate::index::{Memo, Readers};
use crate::path::{SourcePath, UrlPath};
use crate::serve::content_type;
use crate::serve::state::{News, State};
use crate::serve::world::World;
use crate::source::disk;

/// Where the server's own files are: no site has an address that begins so.
const OWN: &str = ".biji/";
const SCRIPT: &str = include_str!("../page/live.js");
const STYLE: &str = include_str!("../page/live.css");
/// What a page says when there is nothing else to show.
const BARE: &str =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Biji</title>\n</head>\n<body>\n</body>\n</html>\n";

/// One answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

/// What an answer holds.
pub(super) enum Body {
    Bytes(Arc<[u8]>),
    /// Some bytes of a file.
    File(File, Range<u64>),
    /// Events, as they come.
    News,
}

impl Answer {
    fn new(status: u16, kind: &str, body: Body) -> Self {
        let headers = vec![
            ("Content-Type", kind.to_owned()),
            // It may be another one the next moment; asked again, an unchanged one costs nothing.
            ("Cache-Control", "no-cache".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            // A page elsewhere may not load the index as a script of its own.
            ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        ];
        Self { status, headers, body }
    }

    /// One sentence.
    pub(super) fn plain(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", Body::Bytes(format!("{text}\n").into_bytes().into()))
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Answers a request.
pub(super) fn answer(request: &Request, state: &State, host: &str) -> Answer {
    if !request.host.as_deref().is_some_and(|name| is_ours(name, host)) {
        return Answer::plain(
            403,
            "This preview answers only under the address that it was started with: a page elsewhere must not read it.",
        );
    }
    if matches!(request.fetch_site.as_str(), "cross-site" | "same-site") && request.fetch_mode != "navigate" {
        return Answer::plain(403, "A page elsewhere must not read this preview.");
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Answer::plain(405, "Only GET and HEAD.").header("Allow", "GET, HEAD");
    }
    let path = request.target.split(['?', '#']).next().unwrap_or_default();
    let Some(path) = path.strip_prefix('/') else { return Answer::plain(400, "The address must begin with `/`.") };
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return Answer::plain(400, "The address is not UTF-8.") };
    if let Some(own) = path.strip_prefix(OWN) {
        return match own {
            "events" => Answer::new(200, "text/event-stream", Body::News),
            "live.js" => bytes(request, 200, "text/javascript; charset=utf-8", SCRIPT.as_bytes().into()),
            "live.css" => bytes(request, 200, "text/css; charset=utf-8", STYLE.as_bytes().into()),
            _ => Answer::plain(404, "No such file."),
        };
    }
    let (world, news) = state.now();
    let Some(world) = world else { return page(request, 503, BARE.as_bytes(), &news, "") };
    find(request, state, &world, &news, &path).unwrap_or_else(|| missing(request, &world, &news))
}

/// Whether a request with this `Host` may be answered. A page of another site that makes its own name lead here (DNS rebinding) comes with that
/// name; an address in figures cannot be made to lead elsewhere.
fn is_ours(name: &str, host: &str) -> bool {
    let (name, port) = match name.rsplit_once(':') {
        Some((name, port)) if !name.ends_with(':') && (!name.contains(':') || name.ends_with(']')) => (name, port),
        _ => (name, ""),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    port.bytes().all(|byte| byte.is_ascii_digit())
        && (name.eq_ignore_ascii_case("localhost") || name.eq_ignore_ascii_case(host) || name.parse::<IpAddr>().is_ok())
}

/// The file at an address, the index page of a folder, or the way to that.
fn find(request: &Request, state: &State, world: &World, news: &News, path: &str) -> Option<Answer> {
    if let Some(found) = look(request, state, world, news, path) {
        return Some(found);
    }
    // A site that will be hosted below a path may refer to itself by it, as its page for what does not exist does.
    let base = world.config().base_url.as_deref()?;
    let base = base.split_once("://")?.1.split_once('/')?.1.trim_matches('/');
    let inner = path.strip_prefix(base)?.strip_prefix('/').filter(|_| !base.is_empty())?;
    look(request, state, world, news, inner)
}

fn look(request: &Request, state: &State, world: &World, news: &News, path: &str) -> Option<Answer> {
    let is_folder = path.is_empty() || path.ends_with('/');
    let file = if is_folder { format!("{path}index.html") } else { path.to_owned() };
    let url = UrlPath::new(&file).filter(|url| url.as_str() == file)?;
    let kind = content_type::of(&file);
    match world.file(&url) {
        Some(Ok(Payload::Bytes(found))) if kind.starts_with("text/html") => return Some(page(request, 200, &found, news, "")),
        Some(Ok(Payload::Bytes(found))) => return Some(bytes(request, 200, kind, found)),
        Some(Ok(Payload::Attachment(source))) => {
            return Some(attachment(request, world, &source, kind).unwrap_or_else(|_| Answer::plain(404, "The file cannot be read.")));
        }
        // The fault is told to every page; it will come to this one too.
        Some(Err(fault)) => {
            return Some(page(
                request,
                500,
                BARE.replace("<body>\n", &format!("<body>\n<!-- {} -->\n", fault.code.as_str())).as_bytes(),
                news,
                "",
            ));
        }
        // A preview makes every file.
        Some(Ok(Payload::Published(_))) | None => {}
    }
    if let Some(name) = file.strip_prefix(crate::index::files::FOLDER) {
        let found = state.search_file(&url).or_else(|| search_script(world, name, &url));
        if let Some(found) = found {
            return Some(bytes(request, 200, kind, found));
        }
    }
    let index = UrlPath::new(&format!("{path}/index.html")).filter(|_| !is_folder)?;
    world.file(&index)?.ok()?;
    let name = UrlPath::new(path)?;
    Some(Answer::plain(302, "It is a folder.").header("Location", format!("/{}/", name.encoded())))
}

/// A script of the search, which is not kept: only a page opened from a disk loads it.
fn search_script(world: &World, name: &str, url: &UrlPath) -> Option<Arc<[u8]>> {
    let is_one = ["entry", "engine-", "blocks-"].iter().any(|start| name.starts_with(start)) && name.ends_with(".js");
    let made = is_one.then(|| world.search(&mut Memo::default(), Readers::All).0)?.into_iter().find(|artifact| artifact.path == *url)?;
    match made.payload {
        Payload::Bytes(bytes) => Some(bytes),
        Payload::Attachment(_) | Payload::Published(_) => None,
    }
}

/// The site's page for what does not exist.
fn missing(request: &Request, world: &World, news: &News) -> Answer {
    let made = UrlPath::new("404.html").and_then(|url| world.file(&url));
    match made {
        // Its references are relative to the root, and it stands anywhere.
        Some(Ok(Payload::Bytes(found))) if world.config().base_url.is_none() => page(request, 404, &found, news, "<base href=\"/\">"),
        Some(Ok(Payload::Bytes(found))) => page(request, 404, &found, news, ""),
        _ => page(request, 404, BARE.as_bytes(), news, ""),
    }
}

/// A page, with the script that listens for changes before its end, and `base` at the beginning of its head.
fn page(request: &Request, status: u16, html: &[u8], news: &News, base: &str) -> Answer {
    let script =
        format!("<script defer src=\"/.biji/live.js\" data-version=\"{}\" data-styles=\"{}\"></script>", news.version, news.styles);
    let mut out = Vec::with_capacity(html.len() + script.len() + base.len());
    let head = find_bytes(html, b"<head>").map_or(0, |at| at + "<head>".len()).min(if base.is_empty() { 0 } else { html.len() });
    let end = html.windows(b"</body>".len()).rposition(|part| part == b"</body>").unwrap_or(html.len()).max(head);
    out.extend_from_slice(&html[..head]);
    out.extend_from_slice(base.as_bytes());
    out.extend_from_slice(&html[head..end]);
    out.extend_from_slice(script.as_bytes());
    out.extend_from_slice(&html[end..]);
    bytes(request, status, "text/html; charset=utf-8", out.into())
}

fn find_bytes(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Bytes with their hash as a tag, so that what did not change is not sent again.
fn bytes(request: &Request, status: u16, kind: &str, body: Arc<[u8]>) -> Answer {
    let tag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..32]);
    if status == 200 && is_known(&request.if_none_match, &tag) {
        return Answer::new(304, kind, Body::Bytes(Arc::default())).header("ETag", tag);
    }
    let answer = Answer::new(status, kind, Body::Bytes(body));
    if status == 200 { answer.header("ETag", tag) } else { answer }
}

fn is_known(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*")
}

/// A file of the content folder that the site publishes. Nothing outside that folder, wherever a symbolic link leads by now.
fn attachment(request: &Request, world: &World, source: &SourcePath, kind: &str) -> io::Result<Answer> {
    let real = std::fs::canonicalize(disk::locate(&world.content, source))?;
    if !real.starts_with(&world.content) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let file = File::open(real)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let size = metadata.len();
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let tag = format!("\"{size:x}-{:x}\"", modified.as_nanos());
    if is_known(&request.if_none_match, &tag) {
        return Ok(Answer::new(304, kind, Body::Bytes(Arc::default())).header("ETag", tag));
    }
    let answer = match range(&request.range, size) {
        Some(Some(range)) => {
            let shown = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            Answer::new(206, kind, Body::File(file, range)).header("Content-Range", shown)
        }
        Some(None) => return Ok(Answer::plain(416, "No such part.").header("Content-Range", format!("bytes */{size}"))),
        None => Answer::new(200, kind, Body::File(file, 0..size)),
    };
    Ok(answer.header("Accept-Ranges", "bytes").header("ETag", tag))
}

/// The part of a file that `Range` asks for: `None` for the whole, `Some(None)` for a part that does not exist. Several parts are not served.
fn range(asked: &str, size: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return None,
    };
    Some((range.start < range.end).then_some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_names_are_let_in() {
        for (name, host, expected) in [
            ("127.0.0.1:4000", "127.0.0.1", true),
            ("localhost:4000", "127.0.0.1", true),
            ("LOCALHOST", "127.0.0.1", true),
            ("[::1]:4000", "127.0.0.1", true),
            ("[::1]", "127.0.0.1", true),
            ("192.168.1.5:80", "0.0.0.0", true),
            ("laptop.local:4000", "laptop.local", true),
            ("evil.example:4000", "127.0.0.1", false),
            ("127.0.0.1.evil.example", "127.0.0.1", false),
            ("localhost.evil.example:4000", "127.0.0.1", false),
            ("127.0.0.1:4000@evil.example", "127.0.0.1", false),
            ("", "127.0.0.1", false),
        ] {
            assert_eq!(is_ours(name, host), expected, "{name}");
        }
    }

    #[test]
    fn parts_of_files() {
        for (asked, expected) in [
            ("", None),
            ("bytes=0-3", Some(Some(0..4))),
            ("bytes=8-", Some(Some(8..10))),
            ("bytes=-3", Some(Some(7..10))),
            ("bytes=5-99", Some(Some(5..10))),
            ("bytes=10-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=3-1", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(range(asked, 10), expected, "{asked}");
        }
    }
}

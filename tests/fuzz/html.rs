//! Whether a page is well formed, as a browser's tokenizer reads it: every tag ends, every element is closed in order.
//!
//! Written from the HTML standard and not from Biji's own reading of tags, so that the two can disagree.

const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose end tag may be left out; only writers of raw HTML do.
const OPTIONAL: &[&str] = &[
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "caption", "rt", "rp", "rb",
    "rtc",
];

const VERBATIM: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// The ids of the page in order, or what is wrong with it. `is_strict`: no raw HTML, so nothing may be left out.
pub(crate) fn ids(html: &str, is_strict: bool) -> Result<Vec<String>, String> {
    let bytes = html.as_bytes();
    let mut open: Vec<String> = Vec::new();
    let mut ids = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        let here =
            || html[html.floor_char_boundary(start.saturating_sub(60))..html.ceil_char_boundary((start + 80).min(html.len()))].to_owned();
        let rest = &html[start..];
        if rest.starts_with("<!--") {
            at = start + comment(rest).ok_or_else(|| format!("a comment has no end: {}", here()))?;
            continue;
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            at = start + rest.find('>').ok_or_else(|| format!("a declaration has no end: {}", here()))? + 1;
            continue;
        }
        let is_end = rest.starts_with("</");
        let name_start = start + 1 + usize::from(is_end);
        if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            if is_strict {
                return Err(format!("a bare `<`: {}", here()));
            }
            at = if is_end { start + rest.find('>').ok_or_else(|| format!("a tag has no end: {}", here()))? + 1 } else { start + 1 };
            continue;
        }
        let tag = tag(html, name_start).ok_or_else(|| format!("a tag has no end: {}", here()))?;
        at = tag.end;
        let is_html = |name: &&String| {
            matches!(name.as_str(), "foreignobject" | "desc" | "title" | "annotation-xml" | "mi" | "mo" | "mn" | "ms" | "mtext")
        };
        let is_foreign = open.iter().rev().take_while(|name| !is_html(name)).any(|name| name == "svg" || name == "math");
        if is_end {
            while let Some(last) = open.pop() {
                if last == tag.name {
                    break;
                }
                if is_strict || !OPTIONAL.contains(&last.as_str()) {
                    return Err(format!("`</{}>` where `{last}` is open: {}", tag.name, here()));
                }
                if open.is_empty() {
                    return Err(format!("`</{}>` closes nothing: {}", tag.name, here()));
                }
            }
            continue;
        }
        ids.extend(tag.id);
        if VOID.contains(&tag.name.as_str()) || (is_foreign && tag.is_closed) {
            continue;
        }
        if VERBATIM.contains(&tag.name.as_str()) && !is_foreign {
            at = verbatim(html, at, &tag.name).ok_or_else(|| format!("`{}` has no end: {}", tag.name, here()))?;
            continue;
        }
        open.push(tag.name);
    }
    open.retain(|name| is_strict || !OPTIONAL.contains(&name.as_str()));
    if open.is_empty() { Ok(ids) } else { Err(format!("open at the end: {open:?}")) }
}

/// Behind a comment's end.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("<!-->") {
        return Some(5);
    }
    if rest.starts_with("<!--->") {
        return Some(6);
    }
    let end = |mark: &str| rest[4..].find(mark).map(|at| 4 + at + mark.len());
    [end("-->"), end("--!>")].into_iter().flatten().min()
}

struct Tag {
    name: String,
    id: Option<String>,
    is_closed: bool,
    end: usize,
}

/// The tag whose name starts at `start`.
fn tag(html: &str, start: usize) -> Option<Tag> {
    let bytes = html.as_bytes();
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0c | b'\r');
    let mut at = start;
    while !is_space(*bytes.get(at)?) && !matches!(bytes[at], b'/' | b'>') {
        at += 1;
    }
    let mut tag = Tag { name: html[start..at].to_ascii_lowercase(), id: None, is_closed: false, end: 0 };
    loop {
        while is_space(*bytes.get(at)?) || bytes[at] == b'/' {
            tag.is_closed = bytes[at] == b'/';
            at += 1;
        }
        if bytes[at] == b'>' {
            tag.end = at + 1;
            return Some(tag);
        }
        tag.is_closed = false;
        let name = at;
        at += 1;
        while !is_space(*bytes.get(at)?) && !matches!(bytes[at], b'/' | b'>' | b'=') {
            at += 1;
        }
        let name = &html[name..at];
        let mut behind = at;
        while is_space(*bytes.get(behind)?) {
            behind += 1;
        }
        if bytes[behind] != b'=' {
            continue;
        }
        at = behind + 1;
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        let value = match bytes[at] {
            quote @ (b'"' | b'\'') => {
                let value = at + 1;
                at = value + bytes[value..].iter().position(|byte| *byte == quote)? + 1;
                value..at - 1
            }
            _ => {
                let value = at;
                while !is_space(*bytes.get(at)?) && bytes[at] != b'>' {
                    at += 1;
                }
                value..at
            }
        };
        if name.eq_ignore_ascii_case("id") && tag.id.is_none() {
            tag.id = Some(html[value].to_owned());
        }
    }
}

/// Behind the end tag of an element whose content is no HTML.
fn verbatim(html: &str, from: usize, name: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let start = at + html[at..].find("</")?;
        let behind = html.as_bytes().get(start + 2..start + 2 + name.len() + 1)?;
        if behind[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && matches!(behind[name.len()], b' ' | b'\t' | b'\n' | 0x0c | b'\r' | b'/' | b'>')
        {
            return tag(html, start + 2).map(|tag| tag.end);
        }
        at = start + 2;
    }
}

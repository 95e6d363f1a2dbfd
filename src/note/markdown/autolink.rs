//! Addresses in running text become links, as on GitHub: `https://…`, `http://…`, `ftp://…`, `www.…` and mail addresses.
//!
//! In: a text. Out: which parts of it are addresses.

/// Whether a closer look is worth it.
pub(super) fn may_hold(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

/// The addresses in a text, in order, with what they link to.
pub(super) fn addresses(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut floor = 0;
    let mut at = 0;
    while at < bytes.len() {
        let hit = match bytes[at] {
            b'h' | b'H' | b'f' | b'F' => {
                scheme(text, at).and_then(|skip| web(text, at, skip)).map(|end| (at..end, text[at..end].to_owned()))
            }
            b'w' | b'W' if starts(bytes, at, b"www.") => web(text, at, 0).map(|end| (at..end, format!("http://{}", &text[at..end]))),
            b'@' => mail(text, at, floor).map(|range| {
                let target = format!("mailto:{}", &text[range.clone()]);
                (range, target)
            }),
            _ => None,
        };
        match hit {
            Some((range, target)) => {
                at = range.end;
                floor = at;
                found.push((range, target));
            }
            None => at += 1,
        }
    }
    found
}

fn starts(bytes: &[u8], at: usize, with: &[u8]) -> bool {
    bytes.len() >= at + with.len() && bytes[at..at + with.len()].eq_ignore_ascii_case(with)
}

/// The length of the scheme at `at`.
fn scheme(text: &str, at: usize) -> Option<usize> {
    [b"https://".as_slice(), b"http://", b"ftp://"].into_iter().find(|scheme| starts(text.as_bytes(), at, scheme)).map(<[u8]>::len)
}

/// Where the address ends that starts at `at` and whose host starts `skip` bytes behind.
fn web(text: &str, at: usize, skip: usize) -> Option<usize> {
    // GitHub wants white space or one of `*_~(` in front; behind Chinese, where nobody writes a space, it is an address too.
    let before = text[..at].chars().next_back();
    if before.is_some_and(|letter| {
        letter.is_ascii_alphanumeric() || (skip == 0 && !letter.is_whitespace() && !"*_~(（，。：；、".contains(letter))
    }) {
        return None;
    }
    let rest = &text[at + skip..];
    let host = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.') || !c.is_ascii()) || c.is_whitespace() || is_wide_mark(c))
        .unwrap_or(rest.len());
    let parts: Vec<&str> = rest[..host].trim_end_matches('.').split('.').collect();
    let is_host = !parts[0].is_empty() && (skip > 0 || parts.len() > 2) && parts.iter().rev().take(2).all(|part| !part.contains('_'));
    if !is_host {
        return None;
    }
    let length = rest.find(|c: char| c.is_whitespace() || c == '<' || is_wide_mark(c) || c.is_control()).unwrap_or(rest.len());
    Some(at + skip + trim(&rest[..length]))
}

/// Full-width punctuation ends an address: in Chinese it follows without a space.
fn is_wide_mark(letter: char) -> bool {
    matches!(letter, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '“' | '”' | '‘' | '’' | '…')
}

/// The length of an address without what belongs to the sentence around it.
fn trim(address: &str) -> usize {
    let bytes = address.as_bytes();
    let mut opened = bytes.iter().filter(|byte| **byte == b'(').count();
    let mut closed = bytes.iter().filter(|byte| **byte == b')').count();
    let mut end = bytes.len();
    while end > 0 {
        match bytes[end - 1] {
            b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"' => end -= 1,
            b')' if closed > opened => {
                closed -= 1;
                end -= 1;
            }
            b';' => {
                // An entity at the end is none of the address.
                let name = bytes[..end - 1].iter().rev().take(40).take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let start = end - 1 - name;
                end = if name > 0 && start > 0 && bytes[start - 1] == b'&' { start - 1 } else { end - 1 };
            }
            _ => break,
        }
        opened = opened.min(end);
    }
    end
}

/// The mail address around the `@` at `at`.
fn mail(text: &str, at: usize, floor: usize) -> Option<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let start = at - bytes[floor..at].iter().rev().take_while(|byte| is_local(byte)).count();
    let length = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')).count();
    let host = text[at + 1..at + 1 + length].trim_end_matches('.');
    let is_host = host.split('.').all(|part| !part.is_empty()) && host.contains('.') && !host.ends_with(['-', '_']);
    (start < at && is_host).then(|| start..at + 1 + host.len())
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn found() {
        for (text, expected) in [
            ("see https://a.b/c.", "https://a.b/c"),
            ("(http://a.b/c_(d))", "http://a.b/c_(d)"),
            ("见https://a.b/c，然后", "https://a.b/c"),
            ("见 https://a.b/静态（x）", "https://a.b/静态"),
            ("www.a.org/x?", "http://www.a.org/x"),
            ("mail me@a.org.", "mailto:me@a.org"),
            ("http://localhost:80/x", "http://localhost:80/x"),
            ("https://a", "https://a"),
            ("ftp://a.b.", "ftp://a.b"),
            ("http://节点-1/x", "http://节点-1/x"),
            ("a@b", ""),
            ("xhttp://a.b", ""),
            ("http://", ""),
            ("https://a.b?c=d&copy;", "https://a.b?c=d"),
        ] {
            let found: Vec<String> = addresses(text).into_iter().map(|(_, target)| target).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}

//! SHELL: the HTTP side: connections, requests, answers (RFC 9110, RFC 9112). One thread a connection.
//!
//! In: a bound socket and the state that is shown. Out: files of that state, and nothing else: an address is looked up among those that the site has, never
//! on the disk. Requests are read by `httparse`; only GET and HEAD are answered.

mod answer;

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::state::State;
use answer::{Answer, Body};

/// The head of a request is not longer.
const LONGEST_HEAD: usize = 32 << 10;
/// So many headers at most.
const HEADERS: usize = 100;
/// A connection on which nothing comes for so long is closed.
const IDLE: Duration = Duration::from_secs(30);
/// So many connections at once.
const CONNECTIONS: usize = 256;
/// How long a request waits for the first state of a site and for its index.
const FIRST: Duration = Duration::from_secs(60);
/// How often a page that waits for news is told that the server is still there.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What all connections share.
struct Shared {
    host: String,
    state: Arc<State>,
    pool: Arc<rayon::ThreadPool>,
    connections: AtomicUsize,
}

/// Answers on threads of their own, as long as the program runs.
pub(super) fn start(listener: TcpListener, host: String, state: Arc<State>, pool: Arc<rayon::ThreadPool>) {
    let shared = Arc::new(Shared { host, state, pool, connections: AtomicUsize::new(0) });
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // Too many open files, say: they will be closed.
                std::thread::sleep(Duration::from_millis(20));
                continue;
            };
            let shared = Arc::clone(&shared);
            if shared.connections.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS {
                shared.connections.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            std::thread::spawn(move || {
                // A connection that the browser drops is over, not wrong.
                let _ = converse(stream, &shared);
                shared.connections.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
}

/// What of a request matters.
#[derive(Debug, Default)]
struct Request {
    method: String,
    target: String,
    host: Option<String>,
    if_none_match: String,
    range: String,
    /// `Sec-Fetch-Site` and `Sec-Fetch-Mode`: who asks, and what for.
    fetch_site: String,
    fetch_mode: String,
    /// Whether the connection ends with the answer.
    is_last: bool,
}

fn converse(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    let mut bytes = Vec::new();
    loop {
        let request = loop {
            match parse(&bytes) {
                Ok(Some((request, length))) => {
                    bytes.drain(..length);
                    break request;
                }
                Ok(None) if bytes.len() < LONGEST_HEAD => {}
                Ok(None) => return refuse(&mut stream, &Answer::plain(431, "The request is too long.")),
                Err(()) => return refuse(&mut stream, &Answer::plain(400, "This is no HTTP request.")),
            }
            let mut chunk = [0; 4096];
            let read = stream.read(&mut chunk)?;
            if read == 0 {
                return Ok(());
            }
            bytes.extend_from_slice(&chunk[..read]);
        };
        // Here and not on the threads that make pages: those who wait must not keep them from others.
        if !request.target.starts_with("/.biji/") {
            shared.state.wait_for_first(FIRST);
            let path = request.target.split('?').next().unwrap_or_default();
            if path.contains(crate::index::files::FOLDER) && (path.ends_with(".bin") || path.ends_with("/titles.js")) {
                shared.state.wait_for_index(FIRST);
            }
        }
        let answer = shared.pool.install(|| answer::answer(&request, &shared.state, &shared.host));
        match answer {
            Answer { body: Body::News, .. } => return news(&mut stream, &shared.state),
            answer => write(&mut stream, &answer, request.method == "HEAD", request.is_last)?,
        }
        if request.is_last {
            return linger(&mut stream);
        }
    }
}

/// Answers what is not read on.
fn refuse(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    write(stream, answer, false, true)?;
    linger(stream)
}

/// Ends a connection so that the answer arrives: closed with something unread, it would be reset.
fn linger(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(std::net::Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    io::copy(&mut stream.take(1 << 20), &mut io::sink())?;
    Ok(())
}

/// The request that the bytes begin with, and the length of its head; `None` while it is not complete.
fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, ()> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(()),
    };
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        is_last: parsed.version == Some(0),
        ..Request::default()
    };
    for header in parsed.headers.iter() {
        let value = String::from_utf8_lossy(header.value).trim().to_owned();
        match header.name.to_ascii_lowercase().as_str() {
            // Two of them are an attempt to be let in by one and served by the other.
            "host" if request.host.is_some() => return Err(()),
            "host" => request.host = Some(value),
            "if-none-match" => request.if_none_match = value,
            "range" => request.range = value,
            "sec-fetch-site" => request.fetch_site = value,
            "sec-fetch-mode" => request.fetch_mode = value,
            "connection" => request.is_last |= value.to_ascii_lowercase().split(',').any(|word| word.trim() == "close"),
            // What is not read of a request's body would be taken for the next request.
            "content-length" => request.is_last |= value != "0",
            "transfer-encoding" | "upgrade" => request.is_last = true,
            _ => {}
        }
    }
    Ok(Some((request, length)))
}

fn write(stream: &mut TcpStream, answer: &Answer, is_head: bool, is_last: bool) -> io::Result<()> {
    let length = match &answer.body {
        Body::Bytes(bytes) => bytes.len() as u64,
        Body::File(_, range) => range.end - range.start,
        Body::News => 0,
    };
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if answer.status != 304 {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    if is_last {
        head.push_str("Connection: close\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    match &answer.body {
        Body::Bytes(body) if !is_head => {
            bytes.extend_from_slice(body);
            stream.write_all(&bytes)?;
        }
        Body::File(file, range) if !is_head => {
            stream.write_all(&bytes)?;
            let mut file: &std::fs::File = file;
            file.seek(SeekFrom::Start(range.start))?;
            let sent = io::copy(&mut file.take(length), stream)?;
            if sent < length {
                // The file became shorter: what was promised cannot be kept.
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        _ => stream.write_all(&bytes)?,
    }
    stream.flush()
}

/// Tells one page what changes, until it goes away: server-sent events.
fn news(stream: &mut TcpStream, state: &State) -> io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
          Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\nretry: 500\n\n",
    )?;
    let mut known = None;
    while let Some(news) = state.wait(known.as_ref(), HEARTBEAT) {
        if known.as_ref() == Some(&news) {
            stream.write_all(b":\n\n")?;
        } else {
            stream.write_all(format!("event: state\ndata: {}\n\n", news.to_json()).as_bytes())?;
            known = Some(news);
        }
        stream.flush()?;
    }
    Ok(())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        _ => "Service Unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_in_pieces_and_one_behind_the_other() {
        let text = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Close\r\n\r\nGET";
        assert!(matches!(parse(&text[..20]), Ok(None)));
        let (request, length) = parse(text).expect("valid").expect("complete");
        assert_eq!(
            (request.target.as_str(), request.host.as_deref(), request.is_last, &text[length..]),
            ("/a", Some("x"), true, &b"GET"[..])
        );
        assert!(parse(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").is_err());
        assert!(parse(b"\x16\x03\x01\x02\x00").is_err());
        let (post, _) = parse(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /").expect("valid").expect("complete");
        assert!(post.is_last);
    }
}

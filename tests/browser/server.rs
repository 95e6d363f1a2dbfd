//! A static server for tests: one folder, under one or more paths, with the strict policy, a log, and faults on order.
//!
//! In: a folder. Out: responses as a plain host gives them, texts compressed. Nothing but std and gzip.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};

/// The policy that the default theme promises to run under.
pub(crate) const STRICT: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/// What a file is served as instead of itself.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Missing,
    Bytes(Vec<u8>),
    /// Itself, after a time.
    #[allow(dead_code, reason = "not every test that includes this file has late files")]
    Late(Duration),
}

/// What a test may change while the server runs.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) folder: PathBuf,
    pub(crate) policy: String,
    /// By path relative to the folder.
    pub(crate) faults: BTreeMap<String, Fault>,
    /// Whether parts of files are given. Some hosts only ever send a whole file.
    pub(crate) parts: bool,
    /// What each response waits: so that what depends on what can be seen.
    pub(crate) delay: Duration,
    /// Whether every connection is closed without an answer, as if there were no network.
    pub(crate) is_down: bool,
    /// Paths relative to the folder, and the bytes of each response's body.
    pub(crate) log: Vec<(String, usize)>,
}

/// A server that runs until the test's process ends.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Server {
    /// Serves `folder` at `/` and at `/some/path/`.
    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            folder: folder.to_owned(),
            policy: STRICT.to_owned(),
            faults: BTreeMap::new(),
            parts: true,
            delay: Duration::ZERO,
            is_down: false,
            log: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                // A connection that the browser drops is over, not wrong.
                std::thread::spawn(move || drop(converse(&stream, &state)));
            }
        });
        Self { port, state }
    }

    /// The site's address, with its final `/`.
    pub(crate) fn root(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn converse(stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut header = String::new();
        let mut range = None;
        while reader.read_line(&mut header)? > 0 && header.trim() != "" {
            range = bytes_of(&header).or(range);
            header.clear();
        }
        let address = request.split(' ').nth(1).unwrap_or("/").split(['?', '#']).next().unwrap_or("/");
        let path = percent_encoding::percent_decode_str(address).decode_utf8_lossy().into_owned();
        let path = path.strip_prefix("/some/path/").unwrap_or(path.trim_start_matches('/')).to_owned();
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
        let (file, fault, policy, delay, parts) = {
            let state = state.lock().unwrap();
            (state.folder.join(&path), state.faults.get(&path).cloned(), state.policy.clone(), state.delay, state.parts)
        };
        std::thread::sleep(delay);
        if state.lock().unwrap().is_down {
            return Ok(());
        }
        let body = match fault {
            Some(Fault::Missing) => None,
            Some(Fault::Bytes(bytes)) => Some(bytes),
            Some(Fault::Late(wait)) => {
                std::thread::sleep(wait);
                std::fs::read(file).ok()
            }
            None => std::fs::read(file).ok(),
        };
        let kind = match path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("webmanifest") => "application/manifest+json",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let mut status = if body.is_some() { "200 OK" } else { "404 Not Found" };
        let mut body = body.unwrap_or_default();
        let mut encoding = String::new();
        if let Some(part) = range.filter(|_| parts).and_then(|range| Some((range.clone(), body.get(range)?.to_vec()))) {
            status = "206 Partial Content";
            encoding = format!("Content-Range: bytes {}-{}/{}\r\n", part.0.start, part.0.end - 1, body.len());
            body = part.1;
        }
        if kind.starts_with("text") {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
            encoder.write_all(&body)?;
            body = encoder.finish()?;
            encoding = "Content-Encoding: gzip\r\n".to_owned();
        }
        state.lock().unwrap().log.push((path, body.len()));
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{encoding}Content-Security-Policy: {policy}\r\n\r\n"
        );
        let mut stream = stream;
        stream.write_all(head.as_bytes())?;
        stream.write_all(&body)?;
    }
}

/// The bytes that a header asks for.
fn bytes_of(header: &str) -> Option<std::ops::Range<usize>> {
    let (name, value) = header.trim().split_once(':')?;
    let (from, to) = value.trim().strip_prefix("bytes=").filter(|_| name.eq_ignore_ascii_case("range"))?.split_once('-')?;
    Some(from.parse().ok()?..to.parse::<usize>().ok()? + 1)
}

//! A running `biji serve` and what a browser asks of it: requests, events, searches.
//!
//! In: a folder. Out: answers. Every wait has an end, and the program is killed when its handle is dropped.
#![allow(dead_code, reason = "tests and the bench use a part each")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No wait is longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A running server.
pub(crate) struct Served {
    pub(crate) child: Child,
    pub(crate) port: u16,
    /// What it says on the standard error output, line by line.
    pub(crate) lines: Receiver<String>,
}

impl Served {
    /// Serves `root` on any free port.
    pub(crate) fn start(root: &Path, arguments: &[&str]) -> Self {
        Self::start_with_cache(root, arguments, Path::new(""), PATIENCE)
    }

    /// The same with a folder for caches, and how long it may take.
    pub(crate) fn start_with_cache(root: &Path, arguments: &[&str], cache: &Path, patience: Duration) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_biji"))
            .arg("serve")
            .arg(root)
            .args(if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] })
            .args(arguments)
            .env("BIJI_CACHE_DIR", cache)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        let mut served = Self { child, port: 0, lines };
        let line = served.line("serving http://", patience);
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap();
        served.port = address.rsplit(':').next().unwrap().parse().unwrap();
        served.events(patience);
        served
    }

    /// The next line that holds `part`.
    pub(crate) fn line(&self, part: &str, patience: Duration) -> String {
        let start = Instant::now();
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(patience.saturating_sub(start.elapsed())) {
                Ok(line) if line.contains(part) => return line,
                Ok(line) => seen.push(line),
                Err(_) => panic!("waited in vain for a line with `{part}`; it said: {seen:#?}"),
            }
        }
    }

    pub(crate) fn root(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// A request as it is written, and its answer.
    pub(crate) fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    /// Asks for a path as it is, with more headers.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        self.raw(&format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{headers}\r\n", self.port))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// Listens for events; the first, what is so now, has come when the server shows a state or told a fault.
    pub(crate) fn events(&self, patience: Duration) -> Events {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        stream.write_all(format!("GET /.biji/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port).as_bytes()).unwrap();
        let mut events = Events { reader: BufReader::new(stream), now: Value::Null };
        loop {
            events.next();
            if !events.now["version"].as_str().unwrap().ends_with("-0") || events.now["faults"] != serde_json::json!([]) {
                return events;
            }
        }
    }

    /// Stops it as Ctrl-C does, and its exit code.
    #[cfg(unix)]
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not stop");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The page as the build makes it: without the script that listens for changes.
    pub(crate) fn built(&self) -> Vec<u8> {
        let text = self.text();
        let Some((before, rest)) = text.split_once("<script defer src=\"/.biji/live.js\"") else { return self.body.clone() };
        let (_, after) = rest.split_once("</script>").unwrap();
        format!("{before}{after}").into_bytes()
    }
}

/// The events of a server.
pub(crate) struct Events {
    reader: BufReader<TcpStream>,
    /// The last one.
    pub(crate) now: Value,
}

impl Events {
    /// Waits for the next event.
    pub(crate) fn next(&mut self) -> &Value {
        loop {
            let mut line = String::new();
            assert!(self.reader.read_line(&mut line).expect("an event comes in time") > 0, "the server is gone");
            if let Some(data) = line.strip_prefix("data: ") {
                self.now = serde_json::from_str(data).unwrap();
                return &self.now;
            }
        }
    }

    /// Waits until an event is as wanted.
    pub(crate) fn until(&mut self, is_wanted: impl Fn(&Value) -> bool) {
        let start = Instant::now();
        while !is_wanted(&self.now) {
            assert!(start.elapsed() < PATIENCE, "waited in vain; the last event: {}", self.now);
            self.next();
        }
    }

    /// Waits until pages must be loaded again.
    pub(crate) fn reload(&mut self) {
        let old = self.now["version"].clone();
        self.until(|now| now["version"] != old);
    }
}

/// How many pages are found, by the index that the server has now.
pub(crate) fn found(served: &Served, query: &str) -> u64 {
    use biji::index::{files::ENTRY, read::Index};
    let mut index = Index::open(&served.get(&format!("/{ENTRY}")).body).unwrap();
    let request = biji_search::Request { query: query.to_owned(), limit: 5, ..Default::default() };
    // A newer index may come in between; the files of the last one are still there.
    index.search(&request, |path| Ok(served.get(&format!("/{path}")).body)).unwrap().total as u64
}

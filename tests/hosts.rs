//! The configurations of servers in `content/manual/publishing.md`, served by these servers: nginx and Caddy, where they are installed.
//!
//! Their blocks are taken from the page; only places and ports are put in. The site lies below `/notes/`, as the page says.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests read and write files and may fail loudly")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The text of the block with this title.
fn block(title: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("content/manual/publishing.md")).unwrap();
    let rest = page.split_once(&format!("title=\"{title}\"\n")).unwrap().1;
    rest.split_once("\n```").unwrap().0.to_owned() + "\n"
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that is stopped with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The head and the body of an answer.
fn get(port: u16, address: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let address = percent_encoding::utf8_percent_encode(address, percent_encoding::CONTROLS);
    write!(stream, "GET {address} HTTP/1.0\r\nHost: example.org\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&answer[..end]).to_lowercase(), String::from_utf8_lossy(&answer[end + 4..]).into_owned()))
}

fn site(folder: &Path) {
    let notes = folder.join("my-notes");
    fs::create_dir_all(notes.join("k8s")).unwrap();
    fs::write(notes.join("index.md"), "# Start\n\n[[静态 Pod]]\n").unwrap();
    fs::write(notes.join("k8s/静态 Pod.md"), "# 静态 Pod\n\n由kubelet直接运行。\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
    command.args(["build", "my-notes", "--quiet", "--base-url", "https://example.org/notes/", "--output", "srv/notes"]);
    assert!(command.current_dir(folder).env("HOME", folder).env("BIJI_CACHE_DIR", "").status().unwrap().success());
}

const POLICY: &str = "content-security-policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/// Starts the server on the port and asks it for everything that the page promises.
fn ask(folder: &Path, port: u16, command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(folder.join("log")).unwrap());
    let mut server = Running(command.spawn().unwrap());
    let mut tries = 0;
    while get(port, "/notes/").is_none() {
        tries += 1;
        let log = || fs::read_to_string(folder.join("log")).unwrap();
        assert!(server.0.try_wait().unwrap().is_none() && tries < 400, "{}", log());
        std::thread::sleep(Duration::from_millis(25));
    }
    let named = fs::read_dir(folder.join("srv/notes/biji/search")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let engine = named.into_iter().find(|name| name.starts_with("engine-") && name.ends_with(".bin")).unwrap();
    for (address, status, header, text) in [
        ("/notes/", "200", POLICY, "静态 Pod"),
        ("/notes/", "200", "cache-control: no-cache", "Start"),
        ("/notes/", "200", "content-type: text/html", "charset"),
        ("/notes/index.html", "200", "x-content-type-options: nosniff", "Start"),
        ("/notes/k8s/静态-Pod.html", "200", POLICY, "由kubelet直接运行"),
        ("/notes/biji/search/entry.bin", "200", "cache-control: no-cache", ""),
        (&format!("/notes/biji/search/{engine}"), "200", "cache-control: max-age=31536000, immutable", ""),
        ("/notes/biji/main.js", "200", "javascript", ""),
        ("/notes/k8s/no-such-note.html", "404", POLICY, "href=\"/notes/"),
        ("/notes", "30", "/notes/", ""),
    ] {
        let (head, body) = get(port, address).unwrap();
        let is_status = head.split(' ').nth(1).is_some_and(|found| found.starts_with(status));
        assert!(is_status && head.contains(header) && body.contains(text), "{address}: {header}, {text}\n{head}\n{body}");
    }
}

/// Whether the program is there: it answers to this argument.
fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{program} is not installed");
        eprintln!("skipped: {program} is not installed");
    }
    found
}

#[test]
fn nginx_serves_a_site_below_a_path() {
    if !has("nginx", "-v") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    site(folder.path());
    let port = free_port();
    let server = block("/etc/nginx/conf.d/notes.conf")
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
        .replace("/srv/", &format!("{here}/srv/"));
    let spare = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {here}/{name};\n")).concat();
    // Started by root, nginx would serve as another user, who may not read a temporary folder.
    let is_root = fs::metadata("/proc/self").is_ok_and(|this| std::os::unix::fs::MetadataExt::uid(&this) == 0);
    let user = if is_root { "user root;\n" } else { "" };
    let whole = format!(
        "{user}daemon off;\npid {here}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\ninclude /etc/nginx/mime.types;\n{spare}{server}}}\n"
    );
    fs::write(folder.path().join("nginx.conf"), whole).unwrap();
    let mut command = Command::new("nginx");
    ask(folder.path(), port, command.args(["-e", "stderr", "-p", here, "-c", "nginx.conf", "-g", "master_process off;"]));
}

#[test]
fn caddy_serves_a_site_below_a_path() {
    if !has("caddy", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    site(folder.path());
    let port = free_port();
    let server = block("/etc/caddy/Caddyfile")
        .replace("example.org {", &format!("http://example.org:{port} {{\n\tbind 127.0.0.1"))
        .replace("/srv/", &format!("{here}/srv/"));
    fs::write(folder.path().join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{server}")).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]).current_dir(folder.path()).env("HOME", folder.path());
    command.env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    ask(folder.path(), port, &mut command);
}

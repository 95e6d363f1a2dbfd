//! A small client of the Chrome DevTools Protocol: starts Chromium, drives one page, keeps what it reports.
//!
//! In: expressions, keys, addresses. Out: values, requests, complaints. Knows nothing of Biji.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// How long anything may take before the test fails: a machine under load is slow, not wrong.
const PATIENCE: Duration = Duration::from_secs(40);

/// One Chromium with one page.
pub(crate) struct Page {
    child: Child,
    _profile: tempfile::TempDir,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    next: u64,
    events: Vec<Value>,
}

/// Where Chromium is, if it is: `$CHROMIUM` or one of its usual names on the path.
fn chromium() -> Option<String> {
    let given = std::env::var("CHROMIUM").ok();
    let names = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    given.into_iter().chain(names).find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()))
}

impl Page {
    /// Starts Chromium with a blank page. Without one the test is skipped, aloud.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = chromium() else {
            assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "there is no Chromium; set CHROMIUM to its path");
            eprintln!("skipped: there is no Chromium; set CHROMIUM to its path");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
            // With a mouse, as at a desk: a page may show more to who has one.
            .arg("--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4")
            .args(["--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned))
            .expect("Chromium says where its debugger listens");
        // Chromium must not stop on a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));

        let host = address.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).unwrap().to_owned();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        let mut page = Self { child, _profile: profile, socket, session: None, next: 0, events: Vec::new() };
        let target = page.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let session = page.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }))["sessionId"].clone();
        page.session = Some(session.as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.call(&format!("{domain}.enable"), &json!({}));
        }
        page.window(1280, 800);
        Some(page)
    }

    /// Calls a method; its result. A protocol error fails the test.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let mut answer = self.receive();
            if answer["id"] == json!(id) {
                return if answer["error"].is_null() { Ok(answer["result"].take()) } else { Err(answer["error"].take()) };
            }
            self.events.push(answer);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("Chromium answers") {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Opens an address and waits until the page is loaded. What was reported before is forgotten.
    pub(crate) fn open(&mut self, address: &str) {
        self.events.clear();
        let result = self.call("Page.navigate", &json!({ "url": address }));
        assert!(result["errorText"].is_null(), "{address}: {}", result["errorText"]);
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// The value of an expression (a promise's when it is settled). An exception fails the test.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut result = self.call("Runtime.evaluate", &params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {:#}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Whether an expression holds. While a page is being left, it does not.
    pub(crate) fn holds(&mut self, expression: &str) -> bool {
        let params = json!({ "expression": format!("Boolean({expression})"), "returnByValue": true });
        self.try_call("Runtime.evaluate", &params).is_ok_and(|result| result["result"]["value"] == json!(true))
    }

    /// Waits until an expression holds. While a page is being left, it does not.
    pub(crate) fn wait(&mut self, expression: &str) {
        let start = Instant::now();
        loop {
            if self.holds(expression) {
                return;
            }
            if start.elapsed() > PATIENCE {
                let seen = self.eval("location.href + '\\n' + document.body?.innerText");
                panic!("waited in vain for `{expression}`; complaints: {:?}; page: {seen}", self.complaints());
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Inserts text as if it were typed.
    pub(crate) fn insert(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses a key: `k`, `/`, `Enter`, `Escape`, `ArrowDown`…; with `Control+` before it, that too.
    pub(crate) fn press(&mut self, key: &str) {
        let (modifiers, key) = key.strip_prefix("Control+").map_or((0, key), |rest| (2, rest));
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "Backspace" => 8,
            "End" => 35,
            "Home" => 36,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            "/" => 191,
            letter => u32::from(letter.as_bytes()[0].to_ascii_uppercase()),
        };
        let mut event = json!({ "type": "rawKeyDown", "key": key, "modifiers": modifiers, "windowsVirtualKeyCode": code });
        if modifiers == 0 && (key.len() == 1 || key == "Enter") {
            event["type"] = json!("keyDown");
            event["text"] = json!(if key == "Enter" { "\r" } else { key });
        }
        self.call("Input.dispatchKeyEvent", &event);
        event["type"] = json!("keyUp");
        if let Some(event) = event.as_object_mut() {
            event.remove("text");
        }
        self.call("Input.dispatchKeyEvent", &event);
    }

    /// Clicks in the middle of an element, as a mouse does: also where no script runs.
    pub(crate) fn follow(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); one.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Gives the window a size.
    pub(crate) fn window(&mut self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Prefers dark, or light.
    pub(crate) fn prefer_dark(&mut self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        self.call("Emulation.setEmulatedMedia", &json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] }));
    }

    /// A picture of the window, as the base64 of a PNG.
    pub(crate) fn screenshot(&mut self) -> String {
        self.call("Page.captureScreenshot", &json!({ "format": "png" }))["data"].as_str().unwrap().to_owned()
    }

    /// The events of one kind since the page was opened.
    pub(crate) fn events(&mut self, method: &str) -> Vec<Value> {
        // Whatever was sent before the answer to this call is there after it.
        self.eval("0");
        self.events.iter().filter(|event| event["method"] == json!(method)).map(|event| event["params"].clone()).collect()
    }

    /// The addresses of all requests since the page was opened.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        let sent = self.events("Network.requestWillBeSent");
        sent.iter().map(|event| event["request"]["url"].as_str().unwrap().to_owned()).collect()
    }

    /// What the console says since the page was opened: messages, exceptions, refusals.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        for event in self.events("Runtime.consoleAPICalled") {
            all.push(event["args"].to_string());
        }
        for event in self.events("Runtime.exceptionThrown") {
            all.push(event["exceptionDetails"].to_string());
        }
        for event in self.events("Log.entryAdded") {
            all.push(format!("{} {}", event["entry"]["text"], event["entry"]["url"]));
        }
        // Chromium asks every server for it by itself.
        all.retain(|complaint| !complaint.contains("favicon.ico"));
        all
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Both may fail when Chromium is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

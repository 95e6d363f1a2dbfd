//! An editor for tests: it starts the real program, speaks to it on real pipes, and keeps what it is told.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// However slow the machine, an answer comes before that.
const PATIENCE: Duration = Duration::from_secs(60);

/// The place that a case is about.
pub(crate) const HERE: char = '‸';

pub(crate) struct Editor {
    pub(crate) child: Child,
    pub(crate) input: Option<ChildStdin>,
    output: Receiver<Option<Value>>,
    /// Keeps the folder.
    _folder: Option<TempDir>,
    root: PathBuf,
    next: i64,
    versions: BTreeMap<String, i32>,
    texts: BTreeMap<String, String>,
    /// What was told of each file last, and how often anything was told.
    told: BTreeMap<String, Vec<Value>>,
    pub(crate) messages: Vec<Value>,
    encoding: String,
}

/// Writes files below a folder.
pub(crate) fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text.replace(HERE, "")).expect("a file");
    }
}

impl Editor {
    /// An editor that has opened a folder of these notes.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        write(folder.path(), files);
        let mut editor = Self::on(folder.path(), json!({}), &[]);
        editor._folder = Some(folder);
        editor
    }

    /// An editor that has opened a folder. `general`: its `general` capabilities.
    pub(crate) fn on(root: &Path, general: Value, arguments: &[&str]) -> Self {
        let mut editor = Self::start(root, arguments);
        let capabilities = json!({
            "general": general,
            "workspace": {
                "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
                "didChangeWatchedFiles": { "dynamicRegistration": true },
            },
            "textDocument": {
                "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                "rename": { "prepareSupport": true },
            },
        });
        let uri = uri(&editor.root);
        let answer = editor.ask(
            "initialize",
            json!({
                "processId": null, "rootUri": uri, "capabilities": capabilities, "workspaceFolders": [{ "uri": uri, "name": "notes" }],
            }),
        );
        editor.encoding = answer["capabilities"]["positionEncoding"].as_str().expect("an encoding").to_owned();
        editor.tell("initialized", json!({}));
        editor
    }

    /// The program, to which nothing was said yet.
    pub(crate) fn start(root: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_biji"))
            .arg("lsp")
            .args(arguments)
            .current_dir(root)
            .env("BIJI_CACHE_DIR", "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = output;
            while let Some(message) = read(&mut output) {
                if sender.send(Some(message)).is_err() {
                    return;
                }
            }
            let _ = sender.send(None);
        });
        Self {
            input: child.stdin.take(),
            child,
            output: messages,
            _folder: None,
            root: fs::canonicalize(root).expect("a folder"),
            next: 0,
            versions: BTreeMap::new(),
            texts: BTreeMap::new(),
            told: BTreeMap::new(),
            messages: Vec::new(),
            encoding: "utf-16".to_owned(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn uri(&self, file: &str) -> String {
        uri(&self.root.join(file))
    }

    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("an open pipe");
        // A program that is gone shows at the next question.
        let _ = input.write_all(bytes);
        let _ = input.flush();
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks and does not wait; the number of the question.
    pub(crate) fn pose(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a question.
    pub(crate) fn answer_to(&mut self, id: i64) -> Value {
        loop {
            let message = self.next_message().expect("an answer");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Asks; the result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.pose(method, params);
        let answer = self.answer_to(id);
        assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }

    /// Asks what is refused; the sentence.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> String {
        let id = self.pose(method, params);
        let answer = self.answer_to(id);
        answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{method} is not refused: {answer}")).to_owned()
    }

    /// The next message; `None` when the program has ended.
    pub(crate) fn next_message(&mut self) -> Option<Value> {
        let message = self.output.recv_timeout(PATIENCE).expect("the program says something")?;
        self.take(&message);
        Some(message)
    }

    fn take(&mut self, message: &Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().expect("an address").to_owned();
            self.told.insert(uri, message["params"]["diagnostics"].as_array().expect("a list").clone());
        } else if message.get("method").is_some() {
            if let Some(id) = message.get("id") {
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
            }
            self.messages.push(message.clone());
        }
    }

    /// Waits until what was told of a file fits: a line `line:column code message` for each fault.
    pub(crate) fn wait_for(&mut self, file: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
        let uri = self.uri(file);
        let start = Instant::now();
        loop {
            let lines: Vec<String> = self.told.get(&uri).into_iter().flatten().map(line_of).collect();
            if fits(&lines) {
                return lines;
            }
            let left = PATIENCE.saturating_sub(start.elapsed());
            match self.output.recv_timeout(left) {
                Ok(Some(message)) => self.take(&message),
                _ => panic!("{file}: told is only {lines:?}"),
            }
        }
    }

    /// Waits until a file has these faults.
    pub(crate) fn faults(&mut self, file: &str, wanted: &[&str]) {
        self.wait_for(file, |lines| lines == wanted);
    }

    /// The text of a file as the editor has it.
    pub(crate) fn text(&self, file: &str) -> String {
        self.texts.get(file).cloned().unwrap_or_else(|| fs::read_to_string(self.root.join(file)).expect("a file"))
    }

    /// Opens a file, with another text where one is given.
    pub(crate) fn open(&mut self, file: &str, text: Option<&str>) {
        let text = text.map_or_else(|| self.text(file), |text| text.replace(HERE, ""));
        self.versions.insert(file.to_owned(), 1);
        self.texts.insert(file.to_owned(), text.clone());
        let uri = self.uri(file);
        self.tell("textDocument/didOpen", json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1, "text": text } }));
    }

    /// Replaces the first `old` in an open file, telling only the change.
    pub(crate) fn edit(&mut self, file: &str, old: &str, new: &str) {
        let text = self.text(file);
        let at = text.find(old).unwrap_or_else(|| panic!("{old:?} in {text:?}"));
        let range = json!({ "start": self.position(&text, at), "end": self.position(&text, at + old.len()) });
        self.changed(file, text.replacen(old, new, 1), json!([{ "range": range, "text": new }]));
    }

    fn changed(&mut self, file: &str, text: String, changes: Value) {
        self.texts.insert(file.to_owned(), text);
        let version = self.versions.get_mut(file).expect("an open file");
        *version += 1;
        let identifier = json!({ "uri": uri(&self.root.join(file)), "version": *version });
        self.tell("textDocument/didChange", json!({ "textDocument": identifier, "contentChanges": changes }));
    }

    pub(crate) fn close(&mut self, file: &str) {
        self.texts.remove(file);
        let uri = self.uri(file);
        self.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Says that files changed on the disk.
    pub(crate) fn watched(&mut self, files: &[&str]) {
        let changes: Vec<Value> = files.iter().map(|file| json!({ "uri": self.uri(file), "type": 2 })).collect();
        self.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    fn units(&self, text: &str) -> usize {
        match self.encoding.as_str() {
            "utf-8" => text.len(),
            "utf-16" => text.encode_utf16().count(),
            _ => text.chars().count(),
        }
    }

    fn position(&self, text: &str, offset: usize) -> Value {
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        json!({ "line": before.matches('\n').count(), "character": self.units(&before[start..]) })
    }

    fn offset(&self, text: &str, position: &Value) -> usize {
        let line = usize::try_from(position["line"].as_u64().expect("a line")).expect("small");
        let wanted = usize::try_from(position["character"].as_u64().expect("a column")).expect("small");
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = &text[start..];
        let fits = |at: &usize| rest.is_char_boundary(*at) && self.units(&rest[..*at]) == wanted;
        start + (0..=rest.len()).find(fits).unwrap_or_else(|| panic!("{position} in {rest:?}"))
    }

    /// The parameters that name the place `before‸behind` in a file.
    pub(crate) fn at(&self, file: &str, place: &str) -> Value {
        let text = self.text(file);
        let bare = place.replace(HERE, "");
        let found = text.find(&bare).unwrap_or_else(|| panic!("{bare:?} in {text:?}"));
        let offset = found + place.find(HERE).expect("a place");
        json!({ "textDocument": { "uri": self.uri(file) }, "position": self.position(&text, offset) })
    }

    /// Locations as `file:line:column`, from 1, sorted.
    pub(crate) fn places(&self, locations: &Value) -> Vec<String> {
        let list = locations.as_array().cloned().unwrap_or_default();
        let mut places: Vec<String> = list.iter().map(|one| format!("{}:{}", self.name(&one["uri"]), start_of(&one["range"]))).collect();
        places.sort();
        places
    }

    /// The file's name of an address.
    pub(crate) fn name(&self, uri: &Value) -> String {
        let path = percent_decode(uri.as_str().expect("an address").strip_prefix("file://").expect("a file"));
        let root = format!("{}/", self.root.to_str().expect("text"));
        path.strip_prefix(&root).unwrap_or_else(|| panic!("{path} below {root}")).to_owned()
    }

    /// Makes a change as an editor would: in open texts, which stay unsaved, and in files.
    pub(crate) fn apply(&mut self, edit: &Value) {
        let changes = match edit["documentChanges"].as_array() {
            Some(changes) => changes.clone(),
            None => {
                let files = edit["changes"].as_object().cloned().unwrap_or_default();
                files.into_iter().map(|(uri, edits)| json!({ "textDocument": { "uri": uri }, "edits": edits })).collect()
            }
        };
        for change in changes {
            match change["kind"].as_str() {
                Some("create") => {
                    let path = self.root.join(self.name(&change["uri"]));
                    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
                    fs::write(path, "").expect("a new file");
                }
                Some("rename") => {
                    let (old, new) = (self.name(&change["oldUri"]), self.name(&change["newUri"]));
                    let to = self.root.join(&new);
                    assert!(!to.exists(), "{new} exists");
                    fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
                    fs::rename(self.root.join(&old), to).expect("it can be renamed");
                    if let Some(text) = self.texts.get(&old).cloned() {
                        self.close(&old);
                        self.open(&new, Some(&text));
                    }
                    self.watched(&[&old, &new]);
                }
                _ => {
                    let file = self.name(&change["textDocument"]["uri"]);
                    let mut text = self.text(&file);
                    let mut edits: Vec<(usize, usize, String)> = change["edits"]
                        .as_array()
                        .expect("edits")
                        .iter()
                        .map(|edit| {
                            let (start, end) = (self.offset(&text, &edit["range"]["start"]), self.offset(&text, &edit["range"]["end"]));
                            (start, end, edit["newText"].as_str().expect("text").to_owned())
                        })
                        .collect();
                    edits.sort();
                    for pair in edits.windows(2) {
                        assert!(pair[0].1 <= pair[1].0, "edits overlap: {pair:?}");
                    }
                    for (start, end, new) in edits.iter().rev() {
                        text.replace_range(*start..*end, new);
                    }
                    if self.texts.contains_key(&file) {
                        self.changed(&file, text.clone(), json!([{ "text": text }]));
                    } else {
                        fs::write(self.root.join(&file), text).expect("a file");
                        self.watched(&[&file]);
                    }
                }
            }
        }
    }

    /// Ends the session as an editor does; the exit code.
    pub(crate) fn quit(mut self) -> Option<i32> {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.child.wait().expect("the program ends").code()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a message; `None` at the end.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        let value = line.strip_prefix("Content-Length: ").unwrap_or_else(|| panic!("no message: {line:?}"));
        length = Some(value.trim().parse::<usize>().expect("a length"));
    }
    let mut body = vec![0; length.expect("a length")];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("a message is JSON"))
}

/// `line:column`, from 1.
fn start_of(range: &Value) -> String {
    let number = |value: &Value| value.as_u64().expect("a number") + 1;
    format!("{}:{}", number(&range["start"]["line"]), number(&range["start"]["character"]))
}

fn line_of(fault: &Value) -> String {
    let message = fault["message"].as_str().expect("a message").lines().next().expect("a line").to_owned();
    format!("{} {} {message}", start_of(&fault["range"]), fault["code"].as_str().expect("a code"))
}

/// The address of a path, encoded as editors do.
fn uri(path: &Path) -> String {
    let mut text = String::from("file://");
    for byte in path.to_str().expect("text").bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: String = [rest.next(), rest.next()].into_iter().flatten().map(char::from).collect();
            bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

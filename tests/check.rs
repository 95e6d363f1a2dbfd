//! `biji check` through the real binary: advice, links to other sites (asked of a server in this process), and the formats for programs.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests write files, open connections and may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use serde_json::Value;

struct Scene(tempfile::TempDir);

impl Scene {
    fn new(files: &[(&str, &str)]) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(path, text)| scene.put(path, text));
        scene
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.0.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command.args(args).current_dir(self.0.path()).env("HOME", self.0.path()).env("BIJI_CACHE_DIR", self.0.path().join("cache"));
        command.output().unwrap()
    }

    /// Runs and asserts the exit code: standard output and error output.
    fn expect(&self, args: &[&str], code: i32) -> (String, String) {
        let output = self.run(args);
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

const NOTES: &[(&str, &str)] = &[
    ("v/content/index.md", "# Start\n\n[a](a.md) [b](b/index.md)\n"),
    ("v/content/a.md", "# Pod\n\n![](p.png) ![|300](p.png) ![a pod](p.png) ![[p.png]] <img src=\"p.png\"> <img src=\"p.png\" alt=\"\">\n"),
    ("v/content/b/index.md", "# Folder\n"),
    ("v/content/b/empty.md", "# pod\n\n## More\n"),
    ("v/content/p.png", "x"),
    ("v/biji.toml", ""),
];

#[test]
fn advice_is_counted_and_listed_on_request() {
    let scene = Scene::new(NOTES);
    let (_, stderr) = scene.expect(&["check", "v", "--deny-warnings"], 0);
    assert!(stderr.contains("advice 3 missing-alt, 1 orphan, 1 empty-note, 1 duplicate-title (each with `--advice`)"), "{stderr}");
    let (_, stderr) = scene.expect(&["check", "v", "--advice", "--format", "short"], 0);
    for line in [
        "content/a.md:3:5: warning[missing-alt]: ",
        "content/a.md:3:64: warning[missing-alt]: ",
        "content/b/empty.md: warning[orphan]: no other note links here",
        "content/b/empty.md: warning[empty-note]: ",
        "content/b/empty.md: warning[duplicate-title]: `pod` is also the title of `a.md`",
    ] {
        assert!(stderr.contains(line), "{line}\n{stderr}");
    }
    assert_eq!(stderr.matches("warning[").count(), 6, "{stderr}");
    scene.expect(&["check", "v", "--advice", "--deny-warnings"], 1);
    let (_, stderr) = scene.expect(&["build", "v"], 0);
    assert!(!stderr.contains("orphan") && !stderr.contains("advice"), "{stderr}");
    scene.put("v/biji.toml", "[severity]\norphan = \"error\"\nmissing-alt = \"allow\"\n");
    let (_, stderr) = scene.expect(&["build", "v"], 1);
    assert!(stderr.contains("error[orphan]") && !stderr.contains("missing-alt"), "{stderr}");
    let (_, stderr) = scene.expect(&["check", "v", "--advice"], 1);
    assert!(stderr.contains("error[orphan]") && stderr.contains("warning[empty-note]") && !stderr.contains("missing-alt"), "{stderr}");
}

#[test]
fn long_notes() {
    let scene = Scene::new(&[("v/content/a.md", &"字".repeat(1000)), ("v/biji.toml", "long_note = 2\n")]);
    let (_, stderr) = scene.expect(&["check", "v", "--advice"], 0);
    assert!(stderr.contains("reading the note takes 3 minutes, more than the 2 of `long_note`"), "{stderr}");
    for config in ["long_note = 3\n", "long_note = 0\n", ""] {
        scene.put("v/biji.toml", config);
        let (_, stderr) = scene.expect(&["check", "v", "--advice"], 0);
        assert!(!stderr.contains("long-note"), "{stderr}");
    }
}

/// How often each request line came.
type Requests = Arc<Mutex<BTreeMap<String, usize>>>;

/// Another site: its address, and what it was asked.
fn other_site() -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let seen = requests.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let Some(first) = lines.next() else { continue };
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            assert!(head.iter().any(|line| line.to_lowercase().starts_with("user-agent: biji/")), "{head:?}");
            let request = first.rsplit_once(' ').unwrap().0.to_owned();
            let (method, path) = request.split_once(' ').unwrap();
            let times = {
                let mut requests = seen.lock().unwrap();
                let times = requests.entry(request.clone()).or_default();
                *times += 1;
                *times
            };
            let answer = match (method, path) {
                (_, "/fine") | ("GET", "/no-head") | (_, "/%E9%9D%99%E6%80%81?a=b") => "200 OK\r\n",
                ("HEAD", "/no-head") => "405 Method Not Allowed\r\n",
                (_, "/moved") => "302 Found\r\nlocation: /fine\r\n",
                (_, "/round") => "302 Found\r\nlocation: /round\r\n",
                ("GET", "/busy") if times > 1 => "200 OK\r\n",
                (_, "/busy") => "503 Service Unavailable\r\n",
                (_, "/members") => "403 Forbidden\r\n",
                _ => "404 Not Found\r\n",
            };
            // Whoever hangs up early is no fault of the server's.
            let _ = stream.write_all(format!("HTTP/1.1 {answer}content-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
        }
    });
    (address, requests)
}

#[test]
fn other_sites_are_asked_on_request() {
    let (site, requests) = other_site();
    let asked = |request: &str| requests.lock().unwrap().get(request).copied().unwrap_or_default();
    let scene = Scene::new(&[("v/biji.toml", "")]);
    let note = "[a](S/fine#part) [b](S/gone) [c](S/no-head) [d](S/moved) [e](S/round) [f](S/busy) [g](S/members) <S/静态?a=b>\n\n![x](S/gone) \
                <http://127.0.0.1:1/closed> <mailto:a@example.org> <a href=\"S/raw\">raw</a>\n";
    scene.put("v/content/a.md", &note.replace('S', &site));
    scene.put("v/content/b.md", &format!("[again]({site}/fine)\n"));
    scene.put("v/content/draft.md", &format!("---\ndraft: true\n---\n[secret]({site}/secret)\n"));
    scene.expect(&["check", "v"], 0);
    assert!(requests.lock().unwrap().is_empty(), "nobody asked for it");
    scene.expect(&["check", "v", "--max-age", "3"], 2);

    let (_, stderr) = scene.expect(&["check", "v", "--external", "-v"], 0);
    for what in [
        format!("`{site}/gone` answers 404 Not Found"),
        format!("`{site}/raw` answers 404 Not Found"),
        format!("`{site}/round` leads on more than 10 times"),
        "`http://127.0.0.1:1/closed` cannot be reached".to_owned(),
        format!("  {site}/members answers 403 Forbidden\n"),
        "external 10 addresses, 10 asked, 1 unclear".to_owned(),
    ] {
        assert!(stderr.contains(&what), "{what}\n{stderr}");
    }
    assert_eq!(stderr.matches("warning[external-link]").count(), 5, "the picture too: {stderr}");
    assert!(stderr.contains("a.md:3:6"), "{stderr}");
    assert_eq!(
        (asked("HEAD /fine"), asked("GET /fine"), asked("GET /no-head"), asked("GET /busy"), asked("HEAD /secret")),
        (2, 0, 1, 2, 0)
    );

    // What answered is known; what did not is asked again.
    let (stdout, _) = scene.expect(&["check", "v", "--external", "--format", "json"], 0);
    let summary: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&summary["external"]["addresses"], &summary["external"]["asked"]), (&10.into(), &5.into()), "{summary}");
    assert_eq!((asked("HEAD /fine"), asked("HEAD /gone")), (2, 2));
    fs::write(scene.0.path().join("cache/external"), b"nonsense\n\xff\t\n99999999999\thttp://x\n").unwrap();
    scene
        .put("v/biji.toml", &format!("external_exclude = [\"{site}/g*\", \"*:1/**\", \"**/r*\"]\n[severity]\nexternal-link = \"error\"\n"));
    let (_, stderr) = scene.expect(&["check", "v", "--external", "--max-age", "0"], 0);
    assert!(stderr.contains("external 6 addresses, 6 asked, 1 unclear"), "{stderr}");
    scene.put("v/content/c.md", &format!("[x]({site}/nothing)\n"));
    scene.expect(&["check", "v", "--external"], 1);
}

#[test]
fn annotations_and_sarif() {
    let scene = Scene::new(&[
        ("docs/content/静 态.md", "a\n\n见 [100%, B: c](b.md)\n"),
        ("docs/biji.toml", "[severity]\nbroken-link = \"error\"\n"),
    ]);
    let (stdout, stderr) = scene.expect(&["check", "docs", "--format", "github"], 1);
    assert_eq!(
        stdout,
        "::error file=docs/content/静 态.md,line=3,endLine=3,col=16,endColumn=20,title=broken-link::no note or file `b.md`\n"
    );
    assert!(stderr.contains("1 error, 0 warnings"), "{stderr}");
    let (stdout, _) = scene.expect(&["check", "docs", "--format", "sarif"], 1);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    let result = &document["runs"][0]["results"][0];
    assert_eq!((&document["version"], &result["ruleId"], &result["level"]), (&"2.1.0".into(), &"broken-link".into(), &"error".into()));
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "docs/content/%E9%9D%99%20%E6%80%81.md");
    assert_eq!((&location["region"]["startLine"], &location["region"]["endColumn"]), (&3.into(), &20.into()));
}

/// What of a value is not as the schema says; as much of JSON Schema as the manual uses.
fn misfits(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(options) = schema["oneOf"].as_array() {
        let fits = options.iter().filter(|option| misfits(option, value, at).is_empty()).count();
        if fits != 1 {
            found.push(format!("{at}: fits {fits} of the forms: {value}"));
        }
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        found.push(format!("{at}: is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        found.push(format!("{at}: {value} is none of {}", schema["enum"]));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.contains(&kind) {
        found.push(format!("{at}: {kind}, not {types:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(name).is_none() {
            found.push(format!("{at}: `{name}` is missing"));
        }
    }
    for (name, part) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(of) => found.extend(misfits(of, part, &format!("{at}.{name}"))),
            None if !schema["additionalProperties"].is_null() => found.extend(misfits(&schema["additionalProperties"], part, at)),
            None if schema["properties"].is_object() => found.push(format!("{at}: `{name}` is not in the schema")),
            None => {}
        }
    }
    for part in value.as_array().into_iter().flatten() {
        found.extend(misfits(&schema["items"], part, at));
    }
    found
}

#[test]
fn json_is_as_the_schema_of_the_manual_says() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/content/manual/checks.md")).unwrap();
    let schema = page.split("```json title=\"report.schema.json\"\n").nth(1).unwrap().split("\n```").next().unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert!(!misfits(&schema, &serde_json::json!({ "type": "diagnostic" }), "").is_empty());
    let scene = Scene::new(NOTES);
    scene.put("v/content/draft.md", "---\ndraft: true\n---\n");
    scene.put("v/content/broken.md", "[x](nothing.md)\n");
    scene.put("v/templates/x.html", "{{");
    let mut kinds = Vec::new();
    for args in [
        &["check", "v", "--audit", "--advice"][..],
        &["check", "v", "--external"],
        &["build", "v"],
        &["build", "v", "--config", "nowhere.toml"],
    ] {
        let output = scene.run(&[args, &["--format", "json"]].concat());
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let found = misfits(&schema, &value, "");
            assert!(found.is_empty(), "{args:?}: {found:?}");
            kinds.push(value["type"].as_str().unwrap().to_owned());
        }
    }
    for kind in ["diagnostic", "audit", "summary", "failure"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind} did not come");
    }
}

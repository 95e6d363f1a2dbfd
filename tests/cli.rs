//! The command line, through the real binary: what it prints where, and its exit codes.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(scene.path("home")).unwrap();
        scene
    }

    /// A small vault in `vault/`.
    fn vault() -> Self {
        let scene = Self::new();
        scene.put("vault/静态Pod.md", "# 静态 Pod\n\nkubelet 直接管理静态 Pod。见 [探针](探针.md)。\n");
        scene.put("vault/探针.md", "# 探针\n\n存活探针 livenessProbe 与就绪探针。\n\n```yaml\na: 1\n```\n\n![图](<图 片.png>)\n");
        scene.put("vault/图 片.png", "picture");
        scene.put("vault/unused.png", "unused");
        scene.put("vault/.obsidian/app.json", "{}");
        scene
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("BIJI_CACHE_DIR", self.path("cache"))
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs and asserts the exit code: standard output and error output.
    fn expect(&self, args: &[&str], code: i32) -> (String, String) {
        let output = self.run(args);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    entries.map(|entry| (entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn a_site_that_is_too_large_is_reported_with_what_makes_it_so() {
    let scene = Scene::new();
    scene.put("biji.toml", "content = \"notes\"\nbudget = 2\n");
    scene.put("notes/a.md", "[a file](large.zip)\n");
    scene.put("notes/large.zip", &"x".repeat(3_000_000));
    let stderr = String::from_utf8(scene.run(&["build"]).stderr).unwrap();
    let message = "MB, more than the 2 MB of `budget`";
    assert!(
        stderr.contains("warning[budget]: the site has 3.") && stderr.contains(message) && stderr.contains("`large.zip` (3.0 MB)"),
        "{stderr}"
    );
    scene.put("biji.toml", "content = \"notes\"\nbudget = 0\n");
    let stderr = String::from_utf8(scene.run(&["build"]).stderr).unwrap();
    assert!(!stderr.contains("budget"), "{stderr}");
}

#[test]
fn build_publishes_a_vault() {
    let scene = Scene::vault();
    let (stdout, stderr) = scene.expect(&["build", "vault"], 0);
    assert_eq!(stdout, "", "messages are for people");
    assert!(
        stderr.contains("published 2 pages, 1 attachment")
            && stderr.contains(" for searching)")
            && stderr.contains("open vault/public/index.html"),
        "{stderr}"
    );
    let site = files(&scene.path("vault/public"));
    for path in ["静态Pod.html", "探针.html", "index.html", ".biji-manifest.json"] {
        assert!(site.contains_key(Path::new(path)), "{path}");
    }
    assert!(!site.keys().any(|path| path.to_str().unwrap().contains("unused")), "what nobody refers to is not published");
    let (_, stderr) = scene.expect(&["build", "vault"], 0);
    assert!(stderr.contains("nothing changed"), "{stderr}");
    assert_eq!(files(&scene.path("vault/public")), site);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let scene = Scene::vault();
    for n in 0..50 {
        scene.put(
            &format!("vault/many/n{n}.md"),
            &format!("---\ntags: [t{}]\n---\n# N{n}\n\n[[n{}]]\n\n```rust\nlet x = {n};\n```\n", n % 5, (n * 7) % 50),
        );
    }
    let sites = ["1", "8"].map(|threads| {
        let output = format!("out{threads}");
        let mut command = scene.command(&["build", "vault", "--threads", threads, "--output", &output]);
        assert!(command.env("BIJI_CACHE_DIR", scene.path(&format!("cache{threads}"))).status().unwrap().success());
        files(&scene.path(&output))
    });
    assert!(sites[0] == sites[1]);
}

#[test]
fn check_writes_nothing() {
    let scene = Scene::vault();
    let before = files(&scene.path("vault"));
    let (_, stderr) = scene.expect(&["check", "vault"], 0);
    assert!(stderr.contains("checked 2 notes"), "{stderr}");
    assert_eq!(files(&scene.path("vault")), before);
    assert!(!scene.path("vault/public").exists());
}

#[test]
fn the_audit_says_what_becomes_of_every_file() {
    let scene = Scene::new();
    let notes = [
        ("index.md", "# A\n\n![p](pictures/p.png) ![s](work/s.png) [w](work/w.md)\n"),
        ("draft.md", "---\ndraft: true\n---\nx"),
        ("plan.md", "---\npublish: false\n---\nx"),
        ("hidden.md", "---\nprivate: yes\n---\nx"),
        ("unclear.md", "---\npublish: perhaps\n---\nx"),
        ("open.md", "---\ntitle: [x\n---\nx"),
        ("work/w.md", "---\npublish: true\n---\nx"),
        ("work/s.png", "x"),
        ("pictures/p.png", "x"),
        ("pictures/unused.png", "x"),
    ];
    for (path, text) in notes {
        scene.put(&format!("v/content/{path}"), text);
    }
    scene.put("v/biji.toml", "private = [\"Work\"]\n");
    let (stdout, _) = scene.expect(&["check", "v", "--audit"], 0);
    assert_eq!(
        stdout,
        "published: 2 files\n  content/index.md → index.html\n  content/pictures/p.png → pictures/p.png\n\nheld back: 8 files\n  \
         content/draft.md: it is a draft\n  content/hidden.md: it says `publish: false` or `private: true`\n  \
         content/open.md: its front matter cannot be read\n  content/pictures/unused.png: no published note refers to it\n  \
         content/plan.md: it says `publish: false` or `private: true`\n  content/unclear.md: it says `publish: false` or `private: true`\n  \
         content/work/s.png: `private` in biji.toml has `Work`\n  content/work/w.md: `private` in biji.toml has `Work`\n"
    );
    let reason = |line: &serde_json::Value| line["reason"].as_str().or(line["url"].as_str()).unwrap().to_owned();
    let audit = |args: &[&str]| {
        let (stdout, _) = scene.expect(args, 0);
        let lines = json(&stdout).into_iter().filter(|line| line["type"] == "audit");
        lines.map(|line| (line["file"].as_str().unwrap().to_owned(), reason(&line))).collect::<BTreeMap<_, _>>()
    };
    let lines = audit(&["check", "v", "--audit", "--drafts", "--format", "json"]);
    assert_eq!(lines.len(), 10);
    assert_eq!((&*lines["content/draft.md"], &*lines["content/open.md"]), ("draft.html", "unreadable"));
    scene.put("v/biji.toml", "publish = \"marked\"\n");
    let lines = audit(&["check", "v", "--audit", "--format", "json"]);
    assert_eq!((&*lines["content/index.md"], &*lines["content/work/w.md"]), ("unmarked", "work/w.html"));
    assert_eq!(lines["content/pictures/p.png"], "unused");
    // What shapes the site may lie among the notes.
    for (path, text) in
        [("biji.toml", "content = \".\"\n"), ("a.md", "# A\n"), ("b.png", "x"), ("static/custom.css", ""), ("static/a.md", "# B\n")]
    {
        scene.put(&format!("beside/{path}"), text);
    }
    let lines = audit(&["check", "beside", "--audit", "--format", "json"]);
    let fates = ["biji.toml", "static/custom.css", "b.png", "a.md", "static/a.md"].map(|file| &*lines[file]);
    assert_eq!(fates, ["settings", "settings", "unused", "a.html", "static/a.html"]);
    // Without the option nothing is listed, and a value that is none publishes nothing more.
    let (stdout, _) = scene.expect(&["check", "v"], 0);
    assert_eq!(stdout, "");
    scene.put("v/biji.toml", "publish = \"mraked\"\n");
    let (_, stderr) = scene.expect(&["check", "v"], 1);
    assert!(
        stderr.contains("error[config]: `mraked` is not what `publish` can be") && stderr.contains("did you mean `marked`?"),
        "{stderr}"
    );
}

#[test]
fn formats() {
    let scene = Scene::new();
    scene.put("v/a.md", "# A\n\n见 [B](b.md)。\n");
    let (_, human) = scene.expect(&["check", "v"], 0);
    assert!(human.contains("warning[broken-link]: ") && human.contains("┌ a.md:3:") && human.contains("3 │ 见 [B](b.md)。"), "{human}");
    let (_, short) = scene.expect(&["check", "v", "--format", "short"], 0);
    assert!(short.starts_with("a.md:3:") && short.contains(": warning[broken-link]: "), "{short}");
    let (stdout, stderr) = scene.expect(&["check", "v", "--format", "json"], 0);
    assert_eq!(stderr, "");
    let lines = json(&stdout);
    assert_eq!((&lines[0]["type"], &lines[0]["code"], &lines[0]["line"]), (&"diagnostic".into(), &"broken-link".into(), &3.into()));
    assert_eq!((&lines[1]["type"], &lines[1]["warnings"]), (&"summary".into(), &1.into()));
    let (_, quiet) = scene.expect(&["check", "v", "-q"], 0);
    assert_eq!(quiet, "");
    let (_, color) = scene.expect(&["check", "v", "--color", "always"], 0);
    assert!(color.contains('\u{1b}'), "{color}");
    assert!(!human.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn severities_decide_the_exit_code() {
    let scene = Scene::new();
    scene.put("s/content/a.md", "[B](b.md)");
    for (config, args, code) in [
        ("", vec!["build", "s"], 0),
        ("", vec!["build", "s", "--deny-warnings"], 1),
        ("[severity]\nbroken-link = \"error\"", vec!["build", "s"], 1),
        ("[severity]\nbroken-link = \"allow\"", vec!["build", "s", "--deny-warnings"], 0),
    ] {
        scene.put("s/biji.toml", config);
        scene.expect(&args, code);
    }
}

#[test]
fn a_new_site_builds_without_a_fault() {
    for language in ["zh", "en"] {
        let scene = Scene::new();
        scene.expect(&["init", "我的 site", "--language", language], 0);
        let (_, stderr) = scene.expect(&["build", "我的 site", "--deny-warnings"], 0);
        assert!(stderr.contains("published 3 pages"), "{stderr}");
        scene.put("我的 site/content/mine.md", "mine");
        let before = files(&scene.path("我的 site"));
        scene.expect(&["init", "我的 site"], 2);
        assert_eq!(files(&scene.path("我的 site")), before);
    }
}

#[test]
fn init_keeps_what_is_there() {
    let scene = Scene::new();
    scene.put("d/.gitignore", "mine");
    scene.put("d/content/mine.md", "mine");
    scene.expect(&["init", "d"], 0);
    assert_eq!(fs::read_to_string(scene.path("d/.gitignore")).unwrap(), "mine");
    assert_eq!(fs::read_dir(scene.path("d/content")).unwrap().count(), 1);
}

#[test]
fn new_makes_a_note() {
    let scene = Scene::vault();
    let (stdout, _) = scene.expect(&["new", "What is a \"Pod\"?", "vault", "--in", "k8s", "--draft"], 0);
    let note = fs::read_to_string(scene.path(stdout.trim_end())).unwrap();
    assert!(stdout.ends_with("What is a -Pod.md\n"), "{stdout}");
    assert!(note.starts_with("---\ntitle: \"What is a \\\"Pod\\\"?\"\ndate: 2") && note.contains("draft: true"), "{note}");
    scene.expect(&["check", "vault", "--deny-warnings"], 0);
}

#[test]
fn new_makes_a_note_of_an_archetype() {
    let scene = Scene::new();
    scene.put("s/biji.toml", "content = \".\"\n");
    scene.put("s/a.md", "# A\n");
    scene.put("s/archetypes/default.md", "# {{ title }}\n");
    scene.put(
        "s/archetypes/team/minutes.md",
        "---\ntitle: {{ title }}\nday: {{ date:YYYY/M/D }}\ndraft: false\n---\nin {{ folder }}, {{ unknown }}\n",
    );
    let new = |args: &[&str]| {
        let (stdout, _) = scene.expect(&[&["new", "周会: 一", "s"], args].concat(), 0);
        let path = stdout.trim_end().replace('\\', "/");
        let text = fs::read_to_string(scene.path(&path)).unwrap();
        (path, text)
    };
    assert_eq!(new(&[]), ("s/周会- 一.md".into(), "# 周会: 一\n".into()));
    let text = "---\ntitle: \"周会: 一\"\nday: 2026/1/31\ndraft: true\n---\nin team/minutes/old, {{ unknown }}\n";
    assert_eq!(
        new(&["--in", "team/minutes/old", "--date", "2026-01-31", "--draft"]),
        ("s/team/minutes/old/周会- 一.md".into(), text.into())
    );
    let (path, text) = new(&["--kind", "team/minutes", "--pinyin"]);
    assert!(path == "s/zhou-hui-yi.md" && text.contains("in , "), "{path}: {text}");
    scene.expect(&["new", "周会: 一", "s"], 2);
    for (args, hint) in [
        (&["--kind", "defualt"][..], "did you mean `default`?"),
        (&["--kind", "../x"], "is no name of an archetype"),
        (&["--date", "2026-02-30"], "is no date like"),
    ] {
        let (_, stderr) = scene.expect(&[&["new", "B", "s"], args].concat(), 2);
        assert!(stderr.contains(hint), "{stderr}");
    }
    // Archetypes are no content, though they lie in the content folder.
    let (_, stderr) = scene.expect(&["check", "s", "--deny-warnings"], 0);
    assert!(stderr.contains("checked 4 notes"), "{stderr}");
}

#[test]
fn search_answers_from_the_built_site() {
    let scene = Scene::vault();
    scene.expect(&["build", "vault"], 0);
    let (stdout, stderr) = scene.expect(&["search", "静态 Pod", "vault"], 0);
    assert!(stdout.contains("静态 Pod\n") && stdout.contains("静态Pod.html") && stderr.is_empty(), "{stdout}{stderr}");
    let (stdout, _) = scene.expect(&["search", "livenessProbe", "--site", "vault/public", "--json", "--limit", "1"], 0);
    let answer = &json(&stdout)[0];
    assert_eq!((&answer["query"], &answer["total"]), (&"livenessProbe".into(), &1.into()));
    let hit = &answer["hits"][0];
    assert_eq!((&hit["rank"], &hit["url"], &hit["source"]), (&1.into(), &"探针.html".into(), &"探针.md".into()));
    let range = &hit["highlights"][0];
    let (start, end) = (range[0].as_u64().unwrap() as usize, range[1].as_u64().unwrap() as usize);
    assert_eq!(&hit["excerpt"].as_str().unwrap()[start..end], "livenessProbe");
    let (stdout, _) = scene.expect(&["search", "没有的东西 zzz", "vault"], 0);
    assert!(stdout.contains("nothing found"), "{stdout}");
    // A built site needs no content folder, and says how much it does not show.
    let (stdout, _) = scene.expect(&["search", "lang:zh", "vault/public", "--limit", "1"], 0);
    assert!(stdout.contains(", the best 1 of them shown"), "{stdout}");
    let (stdout, _) = scene.expect(&["search", "title:\"静态 Pod\"", "vault", "--color", "always"], 0);
    assert!(stdout.starts_with("\u{1b}[1m") && stdout.contains("\u{1b}[0m\u{1b}[1m"), "the title is bold to its end: {stdout:?}");
    scene.expect(&["search", "x", "vault", "--site", "vault/public"], 2);
    scene.expect(&["search"], 2);
}

#[test]
fn search_reads_queries_from_the_standard_input() {
    let scene = Scene::vault();
    scene.expect(&["build", "vault"], 0);
    let mut child = scene.command(&["search", "--stdin", "--json", "vault"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("探针\n\n--pod-manifest-path\r\nkubelet".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = json(&text(&output.stdout));
    let queries: Vec<&str> = answers.iter().map(|answer| answer["query"].as_str().unwrap()).collect();
    assert_eq!(queries, ["探针", "", "--pod-manifest-path", "kubelet"]);
}

#[test]
fn a_damaged_index_is_reported() {
    let scene = Scene::vault();
    scene.expect(&["build", "vault"], 0);
    let index: Vec<PathBuf> = files(&scene.path("vault/public/biji/search")).into_keys().collect();
    assert!(!index.is_empty());
    for damage in [b"".as_slice(), b"nonsense", b"\x1f\x8b\x08\0\0\0\0\0\0\xff"] {
        for file in &index {
            let path = scene.path("vault/public/biji/search").join(file);
            let whole = fs::read(&path).unwrap();
            fs::write(&path, damage).unwrap();
            let output = scene.run(&["search", "探针", "vault"]);
            let stderr = text(&output.stderr);
            // What a query does not read cannot disturb it.
            assert!(matches!(output.status.code(), Some(0 | 2)), "{file:?}: {stderr}");
            assert!(!stderr.contains("Biji itself") && (output.status.success() || stderr.contains("build the site again")), "{stderr}");
            fs::write(&path, whole).unwrap();
        }
    }
}

#[test]
fn caches_are_a_convenience() {
    let scene = Scene::vault();
    scene.expect(&["build", "vault"], 0);
    let site = files(&scene.path("vault/public"));
    let caches: Vec<PathBuf> = files(&scene.path("cache")).into_keys().collect();
    assert!(!caches.is_empty(), "the highlighted blocks are kept");
    for damage in [b"".as_slice(), b"nonsense"] {
        for cache in &caches {
            fs::write(scene.path("cache").join(cache), damage).unwrap();
        }
        scene.expect(&["build", "vault", "--output", "again"], 0);
        assert_eq!(files(&scene.path("again")), site);
    }
    scene.put("file", "no folder");
    let output = scene.command(&["build", "vault"]).env("BIJI_CACHE_DIR", scene.path("file/x")).output().unwrap();
    assert!(output.status.success() && !text(&output.stderr).contains("file/x"));
}

#[cfg(unix)]
#[test]
fn nobody_reading_is_no_fault() {
    let scene = Scene::vault();
    scene.expect(&["build", "vault"], 0);
    let script = "yes 探针 | head -20000 | \"$0\" search --stdin --json vault | head -1 >/dev/null; \"$0\" check vault 2>&1 | true";
    let mut command = scene.command(&[]);
    let biji = command.get_program().to_owned();
    command = Command::new("sh");
    let output = command.args(["-c", script]).arg(biji).current_dir(scene.folder.path()).output().unwrap();
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn what_is_mistyped_is_answered_with_what_may_have_been_meant() {
    let scene = Scene::vault();
    for (args, hint) in [
        (&["biuld"][..], "'build'"),
        (&["build", "--drats"], "'--drafts'"),
        (&["check", "--format", "jsn"], "'json'"),
        (&["vault"], "`vault` is a folder; build it with `biji build vault`"),
        (&["man", "chekc"], "did you mean `check`?"),
        (&["completions", "bahs"], "'bash'"),
    ] {
        let (stdout, stderr) = scene.expect(args, 2);
        assert!(stdout.is_empty() && stderr.contains(hint), "{args:?}: {stderr}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (stdout, stderr) = scene.expect(&["completions", shell], 0);
        assert!(stderr.is_empty() && ["build", "serve", "check", "deny-warnings"].iter().all(|word| stdout.contains(word)), "{shell}");
    }
    let (page, _) = scene.expect(&["man"], 0);
    assert!(page.contains(".TH biji 1") && page.contains("biji\\-build(1)"), "{page}");
    let (page, _) = scene.expect(&["man", "check"], 0);
    assert!(page.contains(".TH biji-check 1") && page.contains("\\-\\-audit") && page.contains("Examples:"), "{page}");
    scene.expect(&["man", "--write", "man1"], 0);
    assert_eq!(fs::read(scene.path("man1/biji-check.1")).unwrap(), page.as_bytes());
}

#[test]
fn many_faults_stay_readable() {
    let scene = Scene::new();
    scene.put("v/a.md", &(0..3000).map(|n| format!("[B](b{n}.md)\n")).collect::<String>());
    scene.put("v/b.md", "[[a#nothing]]\n");
    let (_, stderr) = scene.expect(&["check", "v"], 0);
    assert!(stderr.lines().count() < 50 && stderr.contains("… and 2995 more of broken-link (all with `-v`"), "{stderr}");
    assert!(stderr.contains("3001 warnings\n   3000 broken-link\n      1 broken-anchor\n"), "{stderr}");
    for args in [&["check", "v", "-v"][..], &["check", "v", "--format", "short"]] {
        let (_, stderr) = scene.expect(args, 0);
        assert_eq!(stderr.matches("warning[broken-link]").count(), 3000);
    }
    let (stdout, _) = scene.expect(&["check", "v", "--format", "json"], 0);
    let lines = json(&stdout);
    assert_eq!((lines.len(), &lines[3001]["codes"]["broken-link"]), (3002, &3000.into()));
}

#[test]
fn timings_are_of_every_phase() {
    let scene = Scene::vault();
    let (_, stderr) = scene.expect(&["build", "vault", "--timings"], 0);
    for phase in ["read", "parse", "link", "render", "index", "publish", "the rest", "total"] {
        assert!(stderr.lines().any(|line| line.trim_start().starts_with(phase) && line.contains(" ms")), "{phase}: {stderr}");
    }
}

#[test]
fn help_and_version_are_data() {
    let scene = Scene::new();
    for args in [&["--help"][..], &["build", "--help"], &["--version"]] {
        let (stdout, stderr) = scene.expect(args, 0);
        assert!(!stdout.is_empty() && stderr.is_empty());
    }
}

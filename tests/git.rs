//! Dates and people from git: real repositories, the real program.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "tests make repositories and may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use biji::diagnostic::Code;
use biji::path::SourcePath;
use biji::source::git;

/// Runs git as nobody's settings would have it; `false` where there is no git.
fn git(folder: &Path, date: &str, arguments: &[&str]) -> bool {
    let run = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.autocrlf=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", date)
        .env("GIT_COMMITTER_DATE", date)
        .output();
    run.is_ok_and(|run| run.status.success())
}

fn commit(folder: &Path, date: &str, author: &str, message: &str) {
    assert!(git(folder, date, &["add", "-A"]));
    let name = format!("user.name={author}");
    assert!(git(folder, date, &["-c", &name, "-c", "user.email=secret@example.org", "commit", "-q", "-m", message]));
}

/// A repository whose content folder has a history; `None` where there is no git.
fn repository() -> Option<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    let put = |name: &str, text: &str| {
        let path = root.join("content").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    fs::create_dir_all(&root).unwrap();
    if !git(&root, "", &["init", "-q"]) {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "no git");
        eprintln!("skipped: git is not installed");
        return None;
    }
    fs::write(root.join("biji.toml"), "title = \"Site\"\nlanguage = \"en\"\nbase_url = \"https://example.org/\"\ncontributors = true\n")
        .unwrap();
    put("探针.md", "# Probes\n\nA probe asks a container how it is.\n");
    put("dated.md", "---\ndate: 2020-02-02\n---\n# Dated\n");
    commit(&root, "2024-01-31T23:30:00-05:00", "Li Lei", "one");
    fs::create_dir_all(root.join("content/k8s")).unwrap();
    fs::rename(root.join("content/探针.md"), root.join("content/k8s/探针.md")).unwrap();
    commit(&root, "2024-02-03T10:00:00+08:00", "Li Lei", "two");
    put("k8s/探针.md", "# Probes\n\nA probe asks a container how it is. There are three.\n");
    put("探针.md", "# Another note of the old name\n");
    commit(
        &root,
        "2024-03-05T07:00:00+08:00",
        "韩梅梅",
        "three\n\nCo-authored-by: Jim <jim@example.org>\nCo-authored-by: robot[bot] <r@example.org>",
    );
    put("new.md", "# Not committed\n");
    Some((folder, root))
}

fn build(root: &Path, set: impl Fn(&mut Command) -> &mut Command) -> String {
    let output = set(Command::new(env!("CARGO_BIN_EXE_biji")).arg("build").arg(root).env("BIJI_CACHE_DIR", "")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stderr).unwrap()
}

fn read(root: &Path, page: &str) -> String {
    fs::read_to_string(root.join("public").join(page)).unwrap()
}

#[test]
fn a_page_tells_what_git_knows() {
    let Some((_keep, root)) = repository() else { return };
    build(&root, |command| command);
    let time = |label: &str, date: &str| format!("{label} <time datetime=\"{date}\">{date}</time>");
    for (page, written, updated) in [
        // In the author's own time zone: in UTC it was the first of February.
        ("k8s/探针.html", Some("2024-01-31"), Some("2024-03-05")),
        ("探针.html", Some("2024-03-05"), None),
        ("dated.html", Some("2020-02-02"), None),
        ("new.html", None, None),
    ] {
        let html = read(&root, page);
        assert_eq!(html.contains("Written"), written.is_some(), "{page}");
        assert_eq!(html.contains("Updated"), updated.is_some(), "{page}");
        assert!(written.is_none_or(|date| html.contains(&time("Written", date))), "{page}: {html}");
        assert!(updated.is_none_or(|date| html.contains(&time("Updated", date))), "{page}: {html}");
    }
    let html = read(&root, "k8s/探针.html");
    assert!(html.contains("<dt>Contributors</dt><dd>Li Lei, Jim, 韩梅梅</dd>"), "{html}");
    assert!(html.contains("\"datePublished\":\"2024-01-31T23:30:00-05:00\""), "{html}");
    assert!(read(&root, "sitemap.xml").contains("<lastmod>2024-03-05</lastmod>"));
    assert!(read(&root, "feed.json").contains("2024-03-05T07:00:00+08:00"));
    assert!(html.contains("\"dateModified\":\"2024-03-05T07:00:00+08:00\""), "{html}");
    // Lists have these dates too.
    assert!(read(&root, "k8s/index.html").contains("<a href=\"探针.html\">Probes</a> <time datetime=\"2024-01-31\">"));
    let recent = read(&root, "biji/recent.html");
    let listed: Vec<&str> = recent
        .split("<ul class=\"entries\">")
        .skip(1)
        .flat_map(|list| list.split("<time datetime=\"").skip(1))
        .filter_map(|rest| rest.get(..10))
        .collect();
    assert_eq!(listed, ["2024-03-05", "2024-03-05", "2020-02-02"], "{recent}");
    for entry in walkdir::WalkDir::new(root.join("public")) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("@example.org"), "{}", entry.path().display());
        }
    }
    // The machine's time zone, a hook's environment, and where the program is called from change nothing.
    build(&root, |command| command.env("TZ", "Asia/Tokyo").env("GIT_DIR", "/nowhere").current_dir("/"));
    assert_eq!(read(&root, "k8s/探针.html"), html);
}

#[test]
fn no_history_gives_no_dates() {
    let Some((keep, root)) = repository() else { return };
    let shallow = keep.path().join("shallow");
    let from = format!("file://{}", root.display());
    assert!(git(keep.path(), "", &["clone", "-q", "--depth", "1", &from, shallow.to_str().unwrap()]));
    let said = build(&shallow, |command| command);
    assert_eq!(said.matches("warning[history]").count(), 1, "{said}");
    let html = read(&shallow, "k8s/探针.html");
    assert!(!html.contains("<time") && !html.contains("Contributors"), "{html}");
    assert!(read(&shallow, "dated.html").contains("2020-02-02"), "its own date stays");

    fs::write(shallow.join("biji.toml"), "git = false\nlanguage = \"en\"\n").unwrap();
    assert!(!build(&shallow, |command| command).contains("history]"));

    // Without git, and in a repository without a commit, nothing is said.
    let said = build(&root, |command| command.env("PATH", keep.path()));
    assert!(!said.contains("warning"), "{said}");
    assert!(!read(&root, "k8s/探针.html").contains("<time"));
    let empty = keep.path().join("empty/content");
    fs::create_dir_all(&empty).unwrap();
    fs::write(empty.join("a.md"), "# A\n").unwrap();
    assert!(git(empty.parent().unwrap(), "", &["init", "-q"]));
    let (history, fault) = git::read(&empty);
    assert_eq!((history.of(&SourcePath::new("a.md").unwrap()), fault), (None, None));
}

#[test]
fn a_preview_asks_again_after_a_commit() {
    let Some((_keep, root)) = repository() else { return };
    let content = root.join("content");
    let mut memo = git::Memo::default();
    let path = SourcePath::new("new.md").unwrap();
    let (before, fault) = memo.read(&content);
    assert_eq!((before.of(&path), fault), (None, None));
    let (same, _) = memo.read(&content);
    assert!(std::sync::Arc::ptr_eq(&before, &same), "nothing is read twice");
    commit(&root, "2024-04-04T10:00:00Z", "Li Lei", "four");
    let (after, _) = memo.read(&content);
    assert_eq!(after.of(&path).unwrap().created, "2024-04-04T10:00:00Z");
    assert_eq!(Code::History.as_str(), "history");
}

//! `biji build` again: where nothing changed nothing is done, and whatever changed, the published files are those of a build without a cache.
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        site.put("biji.toml", "title = \"Notes\"\n");
        site.put("content/index.md", "# Home\n\n[[Alpha]] ![](pic.png) [[gone]]\n\n```text file=\"main.txt\"\n```\n");
        site.put("content/alpha.md", "# Alpha\n\n静态 Pod\n");
        site.put("content/pic.png", "picture");
        site.put("content/main.txt", "included");
        site.put("static/own.css", "a { color: red }\n");
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Writes a file that has lain there for a while: what was written moments ago is not trusted.
    fn put(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    }

    /// Builds, and returns what was said.
    fn build(&self, output: &str, cache: &str, more: &[&str]) -> String {
        let cache = if cache.is_empty() { PathBuf::new() } else { self.path(cache) };
        let run = Command::new(env!("CARGO_BIN_EXE_biji"))
            .args(["build", "--output", output, "."])
            .args(more)
            .current_dir(self.0.path())
            .env("BIJI_CACHE_DIR", cache)
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        String::from_utf8(run.stderr).unwrap()
    }

    fn files(&self, output: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = self.path(output);
        let files = walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files.map(|entry| (name(entry.path(), &folder), fs::read(entry.path()).unwrap())).collect()
    }

    /// The record in the cache folder.
    fn record(&self) -> PathBuf {
        let files = fs::read_dir(self.path("cache")).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("build-")).unwrap()
    }
}

fn name(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/")
}

/// Whether a build says that it did nothing but look.
fn is_looking(said: &str) -> bool {
    said.contains("nothing changed") && said.contains("compare") && !said.contains("parse")
}

#[test]
fn an_unchanged_site_is_seen_to_be_so_and_any_change_is_built() {
    type Change = (&'static str, fn(&Site), &'static [&'static str]);
    let site = Site::new();
    let first = site.build("public", "cache", &[]);
    let again = site.build("public", "cache", &[]);
    assert!(!is_looking(&first) && is_looking(&again), "{first}\n{again}");
    let warnings = |said: &str| said.lines().take_while(|line| !line.contains("published")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(warnings(&first), warnings(&again), "the same is reported");
    assert!(warnings(&again).iter().any(|line| line.contains("gone")), "{again}");

    let changes: &[Change] = &[
        ("a note", |site| site.put("content/alpha.md", "# Alpha\n\n静态 Pods\n"), &[]),
        ("a new note", |site| site.put("content/beta.md", "# Beta\n"), &[]),
        ("a note that goes", |site| fs::remove_file(site.path("content/beta.md")).unwrap(), &[]),
        ("a picture of the same size", |site| site.put("content/pic.png", "pictura"), &[]),
        ("an included file", |site| site.put("content/main.txt", "includet"), &[]),
        ("the configuration", |site| site.put("biji.toml", "title = \"Other\"\n"), &[]),
        ("the command line", |_| (), &["--base-url", "https://example.org/"]),
        ("a style sheet", |site| site.put("static/own.css", "a { color: blu }\n"), &[]),
        ("a template", |site| site.put("templates/404.html", "{% extends \"biji/404.html\" %}"), &[]),
        (
            "a published file of the same size",
            |site| {
                let file = site.path("public/own.css");
                let length = fs::read(&file).unwrap().len();
                fs::write(file, "x".repeat(length)).unwrap();
            },
            &[],
        ),
        ("a published file that is gone", |site| fs::remove_file(site.path("public/alpha.html")).unwrap(), &[]),
        ("the published folder", |site| fs::remove_dir_all(site.path("public")).unwrap(), &[]),
        (
            "a damaged record",
            |site| {
                let bytes = fs::read(site.record()).unwrap();
                fs::write(site.record(), &bytes[..bytes.len() / 2]).unwrap();
            },
            &[],
        ),
        ("a record that says nothing", |site| fs::write(site.record(), "{}").unwrap(), &[]),
        ("no record", |site| fs::remove_dir_all(site.path("cache")).unwrap(), &[]),
    ];
    for (what, change, more) in changes {
        change(&site);
        let said = site.build("public", "cache", more);
        assert!(!is_looking(&said), "{what}: {said}");
        let _ = fs::remove_dir_all(site.path("clean"));
        site.build("clean", "", more);
        assert!(site.files("public") == site.files("clean"), "{what}: the files are others than those of a clean build");
        let said = site.build("public", "cache", more);
        assert!(is_looking(&said), "{what}, then nothing: {said}");
        assert!(site.files("public") == site.files("clean"), "{what}, then nothing");
    }
    assert!(!is_looking(&site.build("public", "", &[])), "no cache, no record");
}

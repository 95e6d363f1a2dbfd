//! `biji build` again: where nothing changed nothing is done, and whatever changed, the published files and the report are those of a build without a cache.
//!
//! `BIJI_BUILD_STEPS` says how many random changes are made, `BIJI_BUILD_SEED` which; with `BIJI_BUILD_CORPORA` they are made to the corpora beside the
//! checkout that it names, too (`k8s-zh,rust-book`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests read and write the disk and may fail loudly"
)]

mod edits;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use biji::config::Config;
use biji::path::SourcePath;
use biji::render::highlight::Cache;
use biji::render::{Key, Last, Plan};
use biji::source::SourceFile;
use biji::theme::{Overrides, Theme};
use edits::{Random, SITE, step};

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
        age(&file);
    }

    /// Builds, and returns what was said.
    fn build(&self, output: &str, cache: &str, more: &[&str]) -> String {
        let (succeeded, said) = self.try_build(output, cache, more);
        assert!(succeeded, "{said}");
        said
    }

    /// The same, and whether the site was published.
    fn try_build(&self, output: &str, cache: &str, more: &[&str]) -> (bool, String) {
        let cache = if cache.is_empty() { PathBuf::new() } else { self.path(cache) };
        let run = Command::new(env!("CARGO_BIN_EXE_biji"))
            .args(["build", "--output", output, "."])
            .args(more)
            .current_dir(self.0.path())
            .env("BIJI_CACHE_DIR", cache)
            .output()
            .unwrap();
        assert!(run.status.code().is_some_and(|code| code < 2), "{run:?}");
        (run.status.success(), String::from_utf8(run.stderr).unwrap())
    }

    fn files(&self, output: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = self.path(output);
        let files = walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files.map(|entry| (name(entry.path(), &folder), fs::read(entry.path()).unwrap())).collect()
    }

    /// A file in the cache folder.
    fn cached(&self, kind: &str) -> PathBuf {
        let files = fs::read_dir(self.path("cache")).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with(kind)).unwrap()
    }

    /// Cuts such a file in half.
    fn damage(&self, kind: &str) {
        let bytes = fs::read(self.cached(kind)).unwrap();
        fs::write(self.cached(kind), &bytes[..bytes.len() / 2]).unwrap();
    }
}

/// Makes a file one that has lain there for a while.
fn age(file: &Path) {
    fs::File::options().write(true).open(file).unwrap().set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
}

/// What was said before the summary.
fn reported(said: &str) -> Vec<&str> {
    said.lines().take_while(|line| !line.starts_with("published ")).collect()
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
    assert_eq!(reported(&first), reported(&again), "the same is reported");
    assert!(reported(&again).iter().any(|line| line.contains("gone")), "{again}");

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
        ("a damaged record", |site| site.damage("build-"), &[]),
        ("a record that says nothing", |site| fs::write(site.cached("build-"), "{}").unwrap(), &[]),
        (
            "a note with an odd number",
            |site| {
                site.put("content/odd.md", "---\nx: [123456789.123456789, -0.0, 1e300]\nsecret: {y: 18446744073709551615}\n---\n# Odd\n")
            },
            &[],
        ),
        ("a private note", |site| site.put("content/private.md", "---\ndraft: true\nx: 121.12612245877995\n---\n# Odd\n\nsecret\n"), &[]),
        ("the odd note is private", |site| site.put("content/odd.md", "---\ndraft: true\n---\n# Odd\n"), &[]),
        ("the odd note goes", |site| fs::remove_file(site.path("content/odd.md")).unwrap(), &[]),
        (
            "damaged notes, and a note",
            |site| {
                site.damage("notes-");
                site.put("content/alpha.md", "# Alpha\n\n静态 Pod, again\n");
            },
            &[],
        ),
        (
            "a damaged site, and a note",
            |site| {
                site.damage("site-");
                site.put("content/alpha.md", "# Alpha\n\n静态 Pod, once more\n");
            },
            &[],
        ),
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
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |kind| fs::metadata(site.cached(kind)).unwrap().permissions().mode() & 0o777;
        assert_eq!(["notes-", "site-", "build-"].map(mode), [0o600; 3], "private notes are nobody else's");
    }
    assert!(!is_looking(&site.build("public", "", &[])), "no cache, no record");
    // What belongs to sites of long ago goes, what is not Biji's stays.
    for name in ["build-0123456789abcdef", "mine"] {
        site.put(&format!("cache/{name}"), "old");
        let file = fs::File::options().write(true).open(site.path("cache").join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(100 * 24 * 60 * 60)).unwrap();
    }
    site.put("content/alpha.md", "# Alpha\n\nLast.\n");
    site.build("public", "cache", &[]);
    assert!(!site.path("cache/build-0123456789abcdef").exists() && site.path("cache/mine").exists());
}

/// What every page of a site is made of, by its address.
fn keys(notes: &[(String, String)]) -> BTreeMap<String, Key> {
    let parse = |(path, text): &(String, String)| {
        let source = SourceFile::new(SourcePath::new(path).unwrap(), "content/", text.as_str());
        biji::note::parse(&source, biji::note::markdown::Options::default()).0.unwrap()
    };
    let (site, _) = biji::site::assemble(Config::default(), notes.iter().map(parse).collect(), &[]);
    let (theme, _) = Theme::new(Overrides::default());
    let nothing = Last { key: &|_| None, outline: None, touched: None };
    let made = Plan::new(&site, &theme).make_again(&site, &theme, &Cache::default(), &nothing, &|_, _| None, &|_| ());
    let keys = made.keys.into_iter().map(|(url, key)| (url.to_string(), key));
    keys.filter(|(url, _)| url.ends_with(".html")).collect()
}

#[test]
fn only_what_shows_something_of_a_change_is_made_again() {
    let mut notes: Vec<(String, String)> = [
        ("index.md", "# Home\n\n![[names]]\n"),
        ("alpha.md", "# Alpha\n\n静态 Pod\n"),
        ("names.md", "# Names\n\nSee [[alpha|it]].\n"),
        ("more/far.md", "# Far\n\nUpon [names](../names.md).\n"),
        ("more/further.md", "# Further\n\nNothing.\n"),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into();
    let mut known = keys(&notes);
    assert_eq!(known.len(), 5, "each note has a key: {known:?}");
    for (path, text, again) in [
        ("alpha.md", "# Alpha\n\n静态 Pods\n", vec!["alpha"]),
        // Quoted by the note that it links to, and embedded.
        ("names.md", "# Names\n\nDo see [[alpha|it]].\n", vec!["alpha", "index", "names"]),
        // Its title is in the tree beside it and in the graph around what it links to.
        ("more/far.md", "# Farther\n\nUpon [names](../names.md).\n", vec!["more/far", "more/further", "names"]),
        // A link is in the graphs around both notes.
        ("more/further.md", "# Further\n\nNothing of [[alpha|it]].\n", vec!["alpha", "more/further"]),
        ("more/further.md", "# Further\n\nNothing of [[alpha|it]]. #tag\n", vec!["alpha", "index", "more/far", "more/further", "names"]),
    ] {
        notes.iter_mut().find(|(other, _)| other == path).unwrap().1 = text.to_owned();
        let now = keys(&notes);
        let changed = now.iter().filter(|(url, key)| known.get(*url) != Some(key)).map(|(url, _)| url.trim_end_matches(".html").to_owned());
        assert_eq!(changed.collect::<Vec<_>>(), again, "{path} is {text:?}");
        known = now;
    }
}

/// Spoils a file: cuts it, or changes a byte of it.
fn spoil(random: &mut Random, file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let at = random.below(bytes.len().max(1));
    match bytes.get_mut(at) {
        Some(byte) if random.below(2) == 0 => *byte ^= 1,
        _ => bytes.truncate(at),
    }
    // Published files are read-only to nobody, but links of one file: a new one.
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Does something to the cache or the published folder that Biji did not do.
fn meddle(random: &mut Random, site: &Site, foreign: &mut BTreeSet<String>) -> &'static str {
    let all = |folder: &str| {
        let files = walkdir::WalkDir::new(site.path(folder)).sort_by_file_name().into_iter().filter_map(Result::ok);
        files.map(walkdir::DirEntry::into_path).filter(|path| path.is_file() && !path.ends_with(".biji-manifest.json")).collect::<Vec<_>>()
    };
    let (cache, published) = (all("cache"), all("public"));
    match random.below(12) {
        0 if !cache.is_empty() => {
            let file = random.of(&cache).clone();
            spoil(random, &file);
            "a file of the cache is spoilt"
        }
        1 => {
            let _ = fs::remove_dir_all(site.path("cache"));
            "the cache is gone"
        }
        2 if !published.is_empty() => {
            let file = random.of(&published).clone();
            spoil(random, &file);
            // Should the new site have no such file, it is the one of whoever wrote into it.
            foreign.insert(name(&file, &site.path("public")));
            "a published file is spoilt"
        }
        3 if !published.is_empty() => {
            fs::remove_file(random.of(&published)).unwrap();
            "a published file is gone"
        }
        4 => {
            fs::write(site.path("public/CNAME"), "example.org").unwrap();
            foreign.insert("CNAME".to_owned());
            "a foreign file is there"
        }
        5 => {
            let all = walkdir::WalkDir::new(site.path("content")).into_iter().filter_map(Result::ok);
            all.filter(|entry| entry.file_type().is_file()).for_each(|entry| age(entry.path()));
            "all files are old"
        }
        _ => "",
    }
}

/// Changes a site step by step, builds it with a cache and without, and compares what is published and what is said.
fn change(site: &Site, steps: usize, seed: u64) {
    let mut random = Random(seed);
    let (mut done, mut foreign) = (Vec::new(), BTreeSet::new());
    for number in 0..=steps {
        if number > 0 {
            let (what, paths) = step(&mut random, site.0.path(), &site.path("content"), number);
            done.push(format!("{what} {paths:?} {}", meddle(&mut random, site, &mut foreign)));
        }
        let (published, said) = site.try_build("public", "cache", &[]);
        let _ = fs::remove_dir_all(site.path("clean"));
        let (succeeded, clean) = site.try_build("clean", "", &[]);
        assert_eq!(published, succeeded, "seed {seed}: one is published, the other is not, after {done:#?}\n{said}\n{clean}");
        if !published {
            continue;
        }
        assert_eq!(reported(&said), reported(&clean), "seed {seed}: something else is reported after {done:#?}");
        let (mut files, clean) = (site.files("public"), site.files("clean"));
        files.retain(|name, _| clean.contains_key(name) || !foreign.contains(name));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&files), names(&clean), "seed {seed}, after {done:#?}");
        for (name, bytes) in &clean {
            assert!(files[name] == *bytes, "seed {seed}: `{name}` differs after {done:#?}");
        }
    }
}

#[test]
fn whatever_changed_the_site_is_that_of_a_clean_build() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let steps = usize::try_from(number("BIJI_BUILD_STEPS").unwrap_or(20)).unwrap();
    let seed = number("BIJI_BUILD_SEED").unwrap_or(1);
    let site = Site(tempfile::tempdir().unwrap());
    edits::write(site.0.path(), SITE);
    change(&site, steps, seed);
    for corpus in std::env::var("BIJI_BUILD_CORPORA").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(corpus);
        let site = Site(tempfile::tempdir().unwrap());
        fs::write(site.path("biji.toml"), SITE[0].1).unwrap();
        for entry in walkdir::WalkDir::new(&from).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
            let to = site.path("content").join(entry.path().strip_prefix(&from).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(entry.path(), to).unwrap();
        }
        eprintln!("{corpus}: {} files, {steps} steps", walkdir::WalkDir::new(site.path("content")).into_iter().count());
        change(&site, steps, seed);
    }
}

//! One folder for one case: makes the input, runs the real binary, asserts what holds for every bad input.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use biji::publish::{Hash, MANIFEST, Manifest};

/// No case may take longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A temporary folder with a site in `site/`, which is published already, and an empty `home/`.
pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
}

/// What a run left.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap() };
        scene.put("site/public/index.html", "the old site");
        let files = BTreeMap::from([("index.html".to_owned(), Hash::of(b"the old site"))]);
        scene.put(&format!("site/public/{MANIFEST}"), Manifest { files }.to_bytes());
        fs::create_dir(scene.path("home")).unwrap();
        scene
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    pub(crate) fn note(&self, bytes: impl AsRef<[u8]>) {
        self.put("site/a.md", bytes);
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        command.args(args);
        self.prepare(&mut command);
        command
    }

    /// The environment of every run: nothing of the person's who runs the tests.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("USERPROFILE", self.path("home"))
            .env("BIJI_CACHE_DIR", self.path("home/cache"))
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Runs to the end and asserts that there is one, that nothing panicked, and that a build that failed left the old site.
    pub(crate) fn run(&self, name: &str, mut command: Command) -> Outcome {
        let before = files(&self.path("site/public"));
        let mut child = command.spawn().unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let stdout = std::thread::spawn(move || read(&mut out));
        let stderr = std::thread::spawn(move || read(&mut err));
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("{name}: hangs");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        // Only drained: a full pipe would stop the child.
        drop(stdout.join());
        let outcome = Outcome { code: status.code(), stderr: stderr.join().unwrap() };
        let Outcome { code, stderr, .. } = &outcome;
        assert!(code.is_some(), "{name}: died of a signal: {status}\n{stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("Biji itself"), "{name}: panics\n{stderr}");
        assert!(stderr.len() < 20_000, "{name}: floods the terminal with {} bytes", stderr.len());
        assert!(!stderr.contains('\u{1b}'), "{name}: an escape sequence reaches the terminal");
        if *code != Some(0) {
            assert!(!stderr.trim().is_empty(), "{name}: fails without a word");
            assert_eq!(files(&self.path("site/public")), before, "{name}: the old site is touched");
        }
        assert!(!self.path("site/.public.biji").exists(), "{name}: leaves its work folder\n{stderr}");
        outcome
    }
}

fn read(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap_or_default())).collect()
}

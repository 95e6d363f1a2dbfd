//! The real binary, killed at random moments: the old site or the new one is there, whole, and the next build succeeds.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use biji::publish::{Hash, MANIFEST, Manifest};

const ROUNDS: u32 = 40;

#[test]
fn killed_at_random_moments() {
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault");
    fs::create_dir(&vault).unwrap();
    let build = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
        command.args(["build", "-q"]).arg(&vault).env("BIJI_CACHE_DIR", folder.path().join("cache"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    write_notes(&vault, 0);
    let start = Instant::now();
    assert!(build().status().unwrap().success());
    let whole_build = start.elapsed();
    fs::write(vault.join("public/CNAME"), "example.org").unwrap();
    let mut seen = BTreeMap::from([(version(&vault.join("public")), 0)]);
    // The same delays in every run: what is random is how far the build comes.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 1..=ROUNDS {
        write_notes(&vault, round);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let delay = whole_build.mul_f64((random % 1000) as f64 / 900.0).max(Duration::from_millis(1));
        let mut child = build().spawn().unwrap();
        std::thread::sleep(delay);
        // SIGKILL; an error when it has ended already.
        let _ = child.kill();
        child.wait().unwrap();
        *seen.entry(version(&vault.join("public"))).or_insert(0) += 1;
    }
    assert!(build().status().unwrap().success());
    assert_eq!(version(&vault.join("public")), format!("version {ROUNDS}"));
    assert!(!vault.join(".public.biji").exists());
    eprintln!("versions that were published, and how often each was there: {seen:?}");
}

fn write_notes(vault: &Path, version: u32) {
    for n in 0..30 {
        fs::write(vault.join(format!("n{n}.md")), format!("# N{n}\n\nversion {version}\n\n[[n{}]]\n", (n + 1) % 30)).unwrap();
    }
}

/// The one version that all pages have, after asserting that the site is whole.
fn version(site: &Path) -> String {
    let manifest = Manifest::parse(&fs::read(site.join(MANIFEST)).unwrap()).unwrap();
    let mut versions: Vec<String> = Vec::new();
    for (path, hash) in &manifest.files {
        let bytes = fs::read(site.join(path)).unwrap();
        assert_eq!(Hash::of(&bytes), *hash, "{path} is torn");
        if path.starts_with('n') && path.ends_with(".html") {
            let text = String::from_utf8(bytes).unwrap();
            let at = text.find("<p>version ").unwrap() + "<p>".len();
            versions.push(text[at..].split('<').next().unwrap().to_owned());
        }
    }
    let files = walkdir::WalkDir::new(site).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()).count();
    let marker = usize::from(site.join(".biji-staged").exists());
    let others = usize::from(site.join("CNAME").exists());
    assert_eq!(files, manifest.files.len() + 1 + marker + others, "a file too many");
    assert_eq!(versions.len(), 30);
    versions.dedup();
    assert_eq!(versions.len(), 1, "pages of several builds: {versions:?}");
    versions.swap_remove(0)
}

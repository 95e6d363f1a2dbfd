//! The page's scripts are what TypeScript holds to be right, under its strictest settings; and they are what the policy of the pages allows.
//!
//! The compiler is the one that `TSC` names, or `tsc` on the path (`npm install typescript`); without one that test is skipped.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::Path;
use std::process::Command;

#[test]
fn scripts_are_type_checked() {
    let program = std::env::var("TSC").unwrap_or_else(|_| "tsc".into());
    if !Command::new(&program).arg("--version").output().is_ok_and(|run| run.status.success()) {
        assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "no TypeScript");
        eprintln!("skipped: TypeScript is not installed (`npm install typescript`, then TSC=node_modules/.bin/tsc)");
        return;
    }
    // A service worker has other globals than a page.
    for project in ["tsconfig.json", "tsconfig.worker.json"] {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(project);
        let run = Command::new(&program).arg("-p").arg(project).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    }
}

#[test]
fn scripts_make_no_html_from_strings_and_run_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/biji");
    let mut seen = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "new Function", "import("]
        {
            assert!(!text.contains(forbidden), "{}: `{forbidden}`", entry.path().display());
        }
        assert!(text.starts_with("//"), "{}: does not begin with what it is", entry.path().display());
        assert!(text.lines().count() < 400, "{}: longer than 400 lines", entry.path().display());
        seen += 1;
    }
    assert!(seen > 10);
}

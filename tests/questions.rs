//! The notes answer: questions that a Kubernetes engineer asks in Chinese (`questions.jsonl`, judged by reading), asked through the real binary of
//! this repository's own site. The first result has to be a page that answers; two of twenty may fall short.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn questions_are_answered_by_the_first_result() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let questions = lines(&fs::read_to_string(root.join("tests/questions.jsonl")).unwrap());
    assert_eq!(questions.len(), 20);

    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let built = biji(folder.path()).arg("build").arg(root).arg("--output").arg(&site).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));

    let asked = questions.iter().map(|question| format!("{}\n", question["query"].as_str().unwrap())).collect::<String>();
    let mut command = biji(folder.path());
    command.args(["search", "--stdin", "--json", "--site"]).arg(&site);
    let mut search = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    search.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let answers = lines(&String::from_utf8(search.wait_with_output().unwrap().stdout).unwrap());
    assert_eq!(answers.len(), questions.len());

    let mut missed = Vec::new();
    for (question, answer) in questions.iter().zip(&answers) {
        let pages = question["pages"].as_array().unwrap();
        for page in pages {
            assert!(root.join("content").join(page.as_str().unwrap()).is_file(), "no such note: {page}");
        }
        let first = &answer["hits"][0]["source"];
        if !pages.contains(first) {
            missed.push(format!("{}: found {first}, not one of {}", question["query"], question["pages"]));
        }
    }
    assert!(missed.len() <= 2, "{}", missed.join("\n"));
}

fn biji(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biji"));
    command.current_dir(folder).env("HOME", folder).env("BIJI_CACHE_DIR", folder.join("cache")).stdin(Stdio::null());
    command
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

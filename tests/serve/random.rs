//! Whatever is done to a site while it is previewed, what is served is what a clean build publishes, byte for byte.
//!
//! In: random edits, renames and deletions, the same for the same seed; `BIJI_SERVE_STEPS` says how many, `BIJI_SERVE_SEED` which, `BIJI_SERVE_CORPORA` to
//! which of the corpora beside the project. After each of them every file that the build publishes is compared, and nothing else may be served.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::edits::{Random, step};
use biji::bundle::Payload;
use biji::config::Config;
use biji::diagnostic::File;
use biji::index::{Memo, Readers};
use biji::render::highlight::Cache;
use biji::serve::{Changes, CheckMemo, Place, Preview, Update};

/// The site's place, as the command line finds it.
fn place(root: &Path) -> Place {
    let root = std::fs::canonicalize(root).unwrap();
    let config_file = root.join("biji.toml");
    let is_configured = config_file.is_file();
    let (config, diagnostics) = if is_configured {
        let text = std::fs::read_to_string(&config_file).unwrap();
        Config::parse(&File { path: "biji.toml".into(), text: text.into() })
    } else {
        (Config::of_plain_folder(), Vec::new())
    };
    let content = if config.content.is_empty() { root.clone() } else { root.join(&config.content) };
    Place {
        prefix: if config.content.is_empty() { String::new() } else { format!("{}/", config.content) },
        real: content.clone(),
        content,
        output: root.join("public"),
        name: root.file_name().unwrap().to_string_lossy().into_owned(),
        config,
        config_file: None,
        is_configured,
        diagnostics,
        root,
    }
}

/// Every file that `biji build` publishes, and their bytes. The build knows nothing of the last one but how code is highlighted.
fn build(root: &Path, out: &Path) -> Option<BTreeMap<String, Vec<u8>>> {
    let cache = out.parent().unwrap().join("cache");
    for entry in std::fs::read_dir(&cache).into_iter().flatten().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with("highlight-") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let run = Command::new(env!("CARGO_BIN_EXE_biji"))
        .args(["build", "--quiet", "--output"])
        .arg(out)
        .arg(root)
        .env("BIJI_CACHE_DIR", &cache)
        .output()
        .unwrap();
    run.status.success().then(|| {
        let files = walkdir::WalkDir::new(out).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        let named = files.map(|entry| {
            let name = entry.path().strip_prefix(out).unwrap().to_str().unwrap().replace('\\', "/");
            (name, std::fs::read(entry.path()).unwrap())
        });
        named.filter(|(name, _)| name != ".biji-manifest.json").collect()
    })
}

/// Every file that the preview serves.
fn served(preview: &Preview, memo: &mut Memo, content: &Path) -> BTreeMap<String, Vec<u8>> {
    let world = preview.world().unwrap();
    let (search, faults) = world.search(memo, Readers::All);
    assert!(faults.is_empty(), "{faults:?}");
    let all = world.artifacts().unwrap().into_iter().chain(search);
    all.map(|artifact| {
        let bytes = match artifact.payload {
            Payload::Bytes(bytes) => bytes.to_vec(),
            Payload::Attachment(source) => std::fs::read(content.join(source.as_str())).unwrap(),
            Payload::Published(_) => panic!("a preview makes every file"),
        };
        (artifact.path.as_str().to_owned(), bytes)
    })
    .collect()
}

/// Changes a site step by step and compares. Returns the files that a clean build published at first.
pub(crate) fn run(root: &Path, steps: usize, seed: u64) -> Vec<String> {
    let out = tempfile::tempdir().unwrap();
    let mut random = Random(seed);
    let mut preview = Preview::new(Cache::default());
    let (mut memo, mut checks) = (Memo::default(), CheckMemo::default());
    let mut done = Vec::new();
    let mut first = Vec::new();
    for number in 0..=steps {
        let mut changes = Changes::all();
        if number > 0 {
            let here = place(root);
            let (what, paths) = step(&mut random, &here.root, &here.content, number);
            done.push(format!("{what} {paths:?}"));
            // Half of the time as the system tells of it, else as when the files are looked at.
            if random.below(2) == 0 {
                changes = Changes { paths: paths.into_iter().collect(), all: false };
            }
        }
        let now = place(root);
        let update = preview.update(&now, &changes);
        let Some(built) = build(&now.root, &out.path().join("public")) else {
            assert!(!preview.blocking().is_empty(), "the build has errors, the preview has none: {done:#?}");
            continue;
        };
        assert!(
            !matches!(update, Update::Faulty) && preview.blocking().is_empty(),
            "seed {seed}: {:?} after {done:#?}",
            preview.diagnostics()
        );
        let served = served(&preview, &mut memo, &now.content);
        let world = preview.world().unwrap();
        let told = world.check(&mut checks, &|| false);
        assert_eq!(told, world.check(&mut CheckMemo::default(), &|| false), "seed {seed}: faults differ after {done:#?}");
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&served), names(&built), "seed {seed}, after {done:#?}");
        if number == 0 {
            first = names(&built);
        }
        for (name, bytes) in &built {
            assert!(served[name] == *bytes, "seed {seed}: `{name}` differs after {done:#?}");
        }
    }
    first
}

//! Publishing, through the library: stopped after every step, the old site or the new one is there, whole; nothing of others is lost.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use biji::bundle::{Artifact, Bundle, Payload, Stamp};
use biji::path::{SourcePath, UrlPath};
use biji::publish::disk::{Left, Options, Published, Swap, check, publish, resolve};
use biji::publish::guard::Places;
use biji::publish::{Hash, MANIFEST, Manifest, PublishError};

/// A folder with a site in it: `content/` and `public/`.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("content")).unwrap();
        fs::write(folder.path().join("content/图.png"), b"picture").unwrap();
        Self { folder }
    }

    fn places(&self) -> Places {
        let root = resolve(self.folder.path()).unwrap();
        Places { output: root.join("public"), content: root.join("content"), root, home: None }
    }

    fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn publish(&self, bundle: &Bundle) -> Result<Published, PublishError> {
        publish(bundle, &self.places(), &Options::default())
    }

    /// Publishes and stops after `steps`, as a kill would.
    fn interrupt(&self, bundle: &Bundle, swap: Swap, steps: usize) -> bool {
        let count = AtomicUsize::new(0);
        let step = |_: &str| count.fetch_add(1, Ordering::SeqCst) < steps;
        match publish(bundle, &self.places(), &Options { swap, step: &step, ..Options::default() }) {
            Err(PublishError::Interrupted) => true,
            Ok(_) => false,
            Err(other) => panic!("{other}"),
        }
    }

    /// Everything in ROOT but the content.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn bundle(files: &[(&str, &str)]) -> Bundle {
    let mut artifacts: Vec<Artifact> =
        files.iter().map(|(path, text)| Artifact::new(UrlPath::new(path).unwrap(), text.as_bytes().to_vec())).collect();
    artifacts.push(Artifact { path: UrlPath::new("图.png").unwrap(), payload: Payload::Attachment(SourcePath::new("图.png").unwrap()) });
    Bundle::new(artifacts).unwrap()
}

fn old() -> Bundle {
    bundle(&[("index.html", "old"), ("same.html", "same"), ("gone/page.html", "gone"), ("k8s/静态Pod.html", "old pod")])
}

fn new() -> Bundle {
    bundle(&[("index.html", "new"), ("same.html", "same"), ("k8s/静态Pod.html", "new pod"), ("fresh/a/b.html", "fresh")])
}

/// All files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        if !entry.file_type().is_dir() {
            let name = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read(entry.path()).unwrap_or_default());
        }
    }
    files
}

/// Asserts that the folder is one whole site: every file that the manifest names, with that content, and what others put there.
fn assert_whole(folder: &Path, others: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(folder);
    let manifest = Manifest::parse(&files.remove(MANIFEST).expect("a manifest")).unwrap();
    files.remove(".biji-staged");
    let all = files.clone();
    for (path, hash) in &manifest.files {
        assert_eq!(Hash::of(&files.remove(path).expect(path)), *hash, "{path}");
    }
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), others);
    all
}

const OTHERS: &[&str] = &[".git/HEAD", "CNAME"];

fn scene_with_old_site() -> Scene {
    let scene = Scene::new();
    scene.publish(&old()).unwrap();
    scene.put("public/CNAME", "example.org");
    scene.put("public/.git/HEAD", "ref");
    scene
}

#[test]
fn stopped_after_any_step() {
    let expected = {
        let scene = scene_with_old_site();
        scene.publish(&new()).unwrap();
        assert_whole(&scene.public(), OTHERS)
    };
    for swap in [Swap::Atomic, Swap::TwoRenames] {
        let mut steps = 0;
        loop {
            let scene = scene_with_old_site();
            let before = assert_whole(&scene.public(), OTHERS);
            let interrupted = scene.interrupt(&new(), swap, steps);
            let site = if scene.public().exists() { scene.public() } else { scene.folder.path().join(".public.biji/old") };
            assert!(swap == Swap::TwoRenames || site == scene.public(), "the atomic swap leaves no gap, step {steps}");
            let found = assert_whole(&site, OTHERS);
            assert!(found == before || found == expected, "neither old nor new after step {steps} of {swap:?}");
            // The next build may be stopped as well.
            for again in [1, 2, 5] {
                scene.interrupt(&new(), swap, again);
            }
            scene.publish(&new()).unwrap();
            assert_eq!(assert_whole(&scene.public(), OTHERS), expected);
            assert_eq!(scene.names(), ["content", "public"], "nothing is left beside the site, step {steps}");
            if !interrupted {
                break;
            }
            steps += 1;
        }
        assert!(steps > 15, "{swap:?} has {steps} steps");
    }
}

#[test]
fn first_build_stopped_after_any_step() {
    for steps in 0.. {
        let scene = Scene::new();
        let interrupted = scene.interrupt(&new(), Swap::Atomic, steps);
        if scene.public().exists() {
            assert_whole(&scene.public(), &[]);
        }
        scene.publish(&new()).unwrap();
        assert_whole(&scene.public(), &[]);
        assert_eq!(scene.names(), ["content", "public"]);
        if !interrupted {
            break;
        }
    }
}

#[test]
fn what_turns_up_while_publishing_is_kept() {
    for swap in [Swap::Atomic, Swap::TwoRenames] {
        let scene = scene_with_old_site();
        let step = |name: &str| {
            if name == "flushed" {
                fs::write(scene.public().join("late.txt"), "late").unwrap();
                fs::write(scene.public().join("CNAME.tmp"), "example.com").unwrap();
                fs::rename(scene.public().join("CNAME.tmp"), scene.public().join("CNAME")).unwrap();
            }
            true
        };
        publish(&new(), &scene.places(), &Options { swap, step: &step, ..Options::default() }).unwrap();
        let found = assert_whole(&scene.public(), &[".git/HEAD", "CNAME", "late.txt"]);
        assert_eq!(found["CNAME"], b"example.com");
    }
}

#[test]
fn unchanged_files_keep_their_time_stamps() {
    let scene = scene_with_old_site();
    let stamp = |path: &str| fs::metadata(scene.public().join(path)).unwrap().modified().unwrap();
    let (same, picture, folder) = (stamp("same.html"), stamp("图.png"), stamp(""));
    assert_eq!(scene.publish(&old()).unwrap().kept, 5);
    assert_eq!(stamp(""), folder, "nothing changed, nothing is touched");
    let published = scene.publish(&new()).unwrap();
    assert_eq!((published.removed, published.foreign), (1, 2));
    assert_eq!((stamp("same.html"), stamp("图.png")), (same, picture));
    assert!(!scene.public().join("gone").exists());
}

#[test]
fn the_disk_is_asked_not_the_manifest() {
    let scene = scene_with_old_site();
    scene.put("public/same.html", "edit");
    fs::remove_file(scene.public().join("index.html")).unwrap();
    scene.publish(&old()).unwrap();
    assert_whole(&scene.public(), OTHERS);
    // A page that someone edited and that is no page any more is theirs now.
    scene.put("public/gone/page.html", "edited by hand");
    scene.publish(&new()).unwrap();
    let found = assert_whole(&scene.public(), &[".git/HEAD", "CNAME", "gone/page.html"]);
    assert_eq!(found["gone/page.html"], b"edited by hand");
}

#[test]
fn what_is_left_is_told_and_trusted() {
    let scene = scene_with_old_site();
    let told = Mutex::new(None);
    let left = |left: Left| *told.lock().unwrap() = Some(left);
    let stamp = |path: &str| biji::stamp::stamp(&scene.public().join(path)).unwrap();
    // The first publishes, the second finds that nothing changed.
    for kept in [2, 5] {
        let published = publish(&new(), &scene.places(), &Options { left: Some(&left), ..Options::default() }).unwrap();
        assert_eq!(published.kept, kept);
        let left = told.lock().unwrap().take().unwrap();
        assert_eq!(left.manifest, *blake3::hash(&fs::read(scene.public().join(MANIFEST)).unwrap()).as_bytes());
        let names: Vec<&str> = left.files.keys().map(String::as_str).collect();
        assert_eq!(names, ["fresh/a/b.html", "index.html", "k8s/静态Pod.html", "same.html", "图.png"]);
        assert!(left.files.iter().all(|(path, seen)| *seen == stamp(path)));
    }
    let again = |seen: Stamp| {
        let seen = |path: &str| (path == "same.html").then_some(seen);
        publish(&new(), &scene.places(), &Options { seen: &seen, ..Options::default() }).unwrap();
        fs::read_to_string(scene.public().join("same.html")).unwrap()
    };
    let before = stamp("same.html");
    scene.put("public/same.html", "edit");
    // Who claims to have left it so is believed: it is not read.
    assert_eq!(again(stamp("same.html")), "edit");
    assert_eq!(again(before), "same");
}

#[test]
fn attachments_are_never_stale() {
    let scene = scene_with_old_site();
    for picture in ["PICTURE", "pict-re"] {
        // The same size, within one tick of the clock.
        scene.put("content/图.png", picture);
        scene.publish(&old()).unwrap();
        assert_eq!(fs::read(scene.public().join("图.png")).unwrap(), picture.as_bytes());
    }
}

#[test]
fn files_of_others_are_not_overwritten() {
    let scene = scene_with_old_site();
    for (path, inside) in [("public/fresh/a/b.html", "fresh/a/b.html"), ("public/fresh", "fresh")] {
        fs::remove_dir_all(scene.public().join("fresh")).unwrap_or(());
        scene.put(path, "mine");
        let error = scene.publish(&new()).unwrap_err().to_string();
        assert!(error.contains("was not written by Biji"), "{error}");
        assert_eq!(fs::read(scene.public().join(inside)).unwrap(), b"mine");
        assert_eq!(fs::read(scene.public().join("index.html")).unwrap(), b"old");
        assert_eq!(scene.names(), ["content", "public"]);
        fs::remove_file(scene.public().join(inside)).unwrap();
    }
}

#[test]
fn refusals() {
    type Case = (&'static str, fn(&Scene), &'static str);
    let cases: &[Case] = &[
        ("public", |scene| scene.put("public/thesis.doc", "x"), "files that Biji did not write, like `thesis.doc`"),
        ("public", |scene| scene.put("public", "x"), "it is a file"),
        ("public", |scene| scene.put("public/.biji-manifest.json", "{"), "cannot be read"),
        (
            "public",
            |scene| scene.put("public/.biji-manifest.json", r#"{"biji":1,"files":{"../content/a.md":""}}"#),
            "which is no path in the folder",
        ),
        ("public", |scene| scene.put("public/.biji-manifest.json", r#"{"biji":99,"files":{}}"#), "newer Biji"),
        ("content", |_| {}, "the folder of the notes"),
        ("", |_| {}, "the site's own folder"),
        ("..", |_| {}, "the site's own folder"),
        ("/", |_| {}, "the root of a file system"),
    ];
    for (output, make, expected) in cases {
        let scene = Scene::new();
        make(&scene);
        let before = files(scene.folder.path());
        let places = Places { output: resolve(&scene.folder.path().join(output)).unwrap(), ..scene.places() };
        for error in [check(&places).unwrap_err(), publish(&old(), &places, &Options::default()).unwrap_err()] {
            assert!(error.to_string().contains(expected), "{error}");
        }
        assert_eq!(files(scene.folder.path()), before, "{output}: nothing is touched");
    }
}

#[test]
fn hidden_files_do_not_make_a_folder_foreign() {
    let scene = Scene::new();
    scene.put("public/.nojekyll", "");
    scene.publish(&old()).unwrap();
    assert_whole(&scene.public(), &[".nojekyll"]);
}

#[test]
fn any_number_of_threads_publishes_the_same() {
    let many: Vec<(String, String)> = (0..200).map(|n| (format!("f{}/n{n}.html", n % 7), format!("note {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let published = [1, 8].map(|threads| {
        let scene = Scene::new();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| scene.publish(&bundle(&many))).unwrap();
        files(&scene.public())
    });
    assert_eq!(published[0], published[1]);
}

#[test]
fn two_builds_at_once_both_publish() {
    let scene = scene_with_old_site();
    for _ in 0..20 {
        std::thread::scope(|threads| {
            for bundle in [old(), new(), old(), new()] {
                let scene = &scene;
                threads.spawn(move || scene.publish(&bundle).unwrap());
            }
        });
        assert_whole(&scene.public(), OTHERS);
        assert_eq!(scene.names(), ["content", "public"]);
    }
}

#[cfg(unix)]
#[test]
fn a_linked_output_stays_a_link() {
    let scene = Scene::new();
    fs::create_dir(scene.folder.path().join("www")).unwrap();
    std::os::unix::fs::symlink("www", scene.public()).unwrap();
    let places = Places { output: resolve(&scene.public()).unwrap(), ..scene.places() };
    publish(&old(), &places, &Options::default()).unwrap();
    assert_whole(&scene.folder.path().join("www"), &[]);
    assert!(fs::symlink_metadata(scene.public()).unwrap().file_type().is_symlink());
    fs::remove_file(scene.public()).unwrap();
    std::os::unix::fs::symlink("content", scene.public()).unwrap();
    let places = Places { output: resolve(&scene.public()).unwrap(), ..scene.places() };
    assert!(publish(&old(), &places, &Options::default()).unwrap_err().to_string().contains("the folder of the notes"));
    std::os::unix::fs::symlink("nowhere", scene.folder.path().join("dangling")).unwrap();
    assert!(resolve(&scene.folder.path().join("dangling")).unwrap_err().to_string().contains("leads nowhere"));
}

#[cfg(unix)]
#[test]
fn links_in_the_output_are_not_followed() {
    let scene = scene_with_old_site();
    scene.put("elsewhere/precious.txt", "precious");
    std::os::unix::fs::symlink("../elsewhere", scene.public().join("link")).unwrap();
    fs::remove_file(scene.public().join("index.html")).unwrap();
    std::os::unix::fs::symlink("../elsewhere/precious.txt", scene.public().join("index.html")).unwrap();
    // The page's place is taken by someone's link: not Biji's to remove.
    let result = scene.publish(&new());
    assert!(matches!(&result, Err(PublishError::Taken(_))), "{result:?}");
    fs::remove_file(scene.public().join("index.html")).unwrap();
    scene.publish(&new()).unwrap();
    assert_eq!(fs::read_link(scene.public().join("link")).unwrap(), Path::new("../elsewhere"));
    assert_eq!(fs::read_to_string(scene.folder.path().join("elsewhere/precious.txt")).unwrap(), "precious");
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_others_may_be_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let scene = scene_with_old_site();
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::create_dir_all(scene.public().join(odd).join("in/empty")).unwrap();
    fs::create_dir(scene.public().join("空")).unwrap();
    for file in [Path::new("k8s").join(odd), Path::new(odd).join("plain.txt"), Path::new(odd).join("in").join(odd)] {
        fs::write(scene.public().join(file), "theirs").unwrap();
    }
    // A page that somebody removed, and a folder that only the last site had, with something of others in it.
    fs::remove_file(scene.public().join("same.html")).unwrap();
    scene.put("public/gone/theirs.txt", "theirs");
    let places = |path: &Path| {
        let all = walkdir::WalkDir::new(path).min_depth(1).sort_by_file_name();
        all.into_iter().map(|entry| entry.unwrap().path().strip_prefix(path).unwrap().to_owned()).collect::<Vec<_>>()
    };
    for bundle in [new(), old(), new()] {
        scene.publish(&bundle).unwrap();
        let found = places(&scene.public());
        for theirs in [Path::new(odd).join("in/empty"), Path::new(odd).join("in").join(odd), Path::new("k8s").join(odd), "空".into()] {
            assert!(found.contains(&theirs), "{theirs:?} in {found:?}");
        }
        assert_eq!(fs::read(scene.public().join(odd).join("plain.txt")).unwrap(), b"theirs");
        assert_eq!(fs::read(scene.public().join("gone/theirs.txt")).unwrap(), b"theirs");
        assert_eq!(fs::read(scene.public().join("same.html")).unwrap(), b"same");
        assert_eq!(scene.names(), ["content", "public"]);
    }
}

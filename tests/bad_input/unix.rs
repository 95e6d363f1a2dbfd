//! Cases that need a Unix file system: links, special files, permissions, names, a disk that is full.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::scene::Scene;
use crate::{BUILD, Case, run};

fn link(scene: &Scene, target: &str, at: &str) {
    scene.note("# A");
    symlink(target, scene.path(at)).unwrap();
}

fn pipe(scene: &Scene, path: &str) {
    scene.note("# A");
    let made = Command::new("mkfifo").arg(scene.path(path)).status().unwrap();
    assert!(made.success());
}

#[test]
fn links_and_names() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("link in a circle", |s| link(s, ".", "site/loop"), BUILD, 0, &["warning[symlink]", "loop", "circle"]),
        ("link to itself", |s| link(s, "self.md", "site/self.md"), BUILD, 0, &["symlink", "self.md"]),
        ("link outside", |s| link(s, "/etc", "site/etc"), BUILD, 0, &["symlink", "leaves the content folder"]),
        ("note linked outside", |s| link(s, "/etc/passwd", "site/b.md"), BUILD, 0, &["symlink", "b.md", "leaves the content folder"]),
        ("link to nothing", |s| link(s, "nothing.md", "site/b.md"), BUILD, 0, &["symlink", "b.md", "cannot be followed"]),
        (
            "link to what is hidden",
            |s| {
                s.put("site/.git/config", "x");
                link(s, ".git/config", "site/b.md");
            },
            BUILD,
            0,
            &["what is no content"],
        ),
        (
            "links in linked folders",
            |s| {
                for n in 0..8 {
                    fs::create_dir_all(s.path(&format!("site/d{n}"))).unwrap();
                    (0..8).filter(|m| *m != n).for_each(|m| symlink(format!("../d{m}"), s.path(&format!("site/d{n}/l{m}"))).unwrap());
                }
                s.note("# A");
            },
            BUILD,
            0,
            &["a linked folder in a linked folder", "more of symlink"],
        ),
        ("pipe for a note", |s| pipe(s, "site/b.md"), BUILD, 1, &["error[unreadable]", "b.md", "named pipe"]),
        ("pipe among attachments", |s| pipe(s, "site/b.png"), BUILD, 0, &["skipped-file", "b.png"]),
        (
            "pipe for a configuration",
            |s| {
                s.note("# A");
                symlink("/dev/null", s.path("site/biji.toml")).unwrap();
            },
            BUILD,
            1,
            &["content"],
        ),
        ("newline in a name", |s| s.put("site/a\nb.md", "[x](y.md)"), BUILD, 0, &["broken-link"]),
        ("markup in a name", |s| s.put("site/<script>alert('x')&\"y\".md", "# A"), BUILD, 0, &["published"]),
        ("escape sequence in a name", |s| s.put("site/\u{1b}[2Jx.md", "[x](y.md)"), BUILD, 0, &["broken-link"]),
        ("backslash in a name", |s| s.put("site/a\\b.md", "# A"), BUILD, 0, &[]),
        ("a name too long for .html", |s| s.put(&format!("site/{}.md", "x".repeat(252)), "# A"), BUILD, 0, &["published"]),
        ("a deep folder", |s| s.put(&format!("site/{}a.md", "d/".repeat(15)), "# A"), BUILD, 0, &["published"]),
    ];
    run(cases);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_linux_allows() {
    #[rustfmt::skip]
    let cases: &[Case] = &[
        (
            "cases collide",
            |s| {
                s.put("site/Note.md", "# A");
                s.put("site/note.md", "# B");
            },
            BUILD,
            1,
            &["address-collision", "Note.md", "note.md"],
        ),
        ("name not UTF-8", |s| bad_name(s, b"\xb1\xca\xbc\xc7.md"), BUILD, 1, &["error[file-name]", "not UTF-8"]),
        ("attachment's name not UTF-8", |s| bad_name(s, b"\xb1\xca\xbc\xc7.png"), BUILD, 0, &["skipped-file", "not UTF-8"]),
    ];
    run(cases);
}

#[cfg(target_os = "linux")]
fn bad_name(scene: &Scene, name: &[u8]) {
    scene.note("# A");
    fs::write(scene.path("site").join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
}

/// Permissions do not stop root: then the binary runs as nobody.
#[test]
fn permissions() {
    const NOBODY: u32 = 65534;
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    #[rustfmt::skip]
    let cases: &[(&str, &str, u32, i32, &[&str])] = &[
        ("unreadable note", "site/b.md", 0o000, 1, &["error[unreadable]", "b.md", "Permission denied"]),
        ("unreadable folder", "site/folder", 0o000, 1, &["error[unreadable]", "folder", "Permission denied"]),
        ("unreadable attachment", "site/used.png", 0o000, 1, &["error[unreadable]", "used.png", "Permission denied"]),
        ("unreadable attachment that nobody uses", "site/unused.png", 0o000, 0, &[]),
        ("unreadable output", "site/public", 0o000, 2, &["public", "Permission denied"]),
        ("read-only folder of the output", "site", 0o555, 2, &["cannot create", ".public.biji", "Permission denied"]),
    ];
    for (name, path, mode, code, words) in cases {
        let scene = Scene::new();
        scene.note("# A\n![](used.png)");
        scene.put("site/b.md", "# B");
        scene.put("site/used.png", "x");
        scene.put("site/unused.png", "x");
        scene.put("site/folder/c.md", "# C");
        let mut command = scene.command(BUILD);
        if root {
            let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(scene.folder.path()).status().unwrap();
            let nobody = Command::new(env!("CARGO_BIN_EXE_biji")).arg("--version").uid(NOBODY).gid(NOBODY).output();
            if !owned.success() || nobody.is_err() {
                eprintln!("skipped: {name}: cannot run as nobody");
                continue;
            }
            command.uid(NOBODY).gid(NOBODY);
        }
        fs::set_permissions(scene.path(path), fs::Permissions::from_mode(*mode)).unwrap();
        let outcome = scene.run(name, command);
        fs::set_permissions(scene.path(path), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(outcome.code, Some(*code), "{name}: {}", outcome.stderr);
        words.iter().for_each(|word| assert!(outcome.stderr.contains(word), "{name}: {word}\n{}", outcome.stderr));
    }
}

/// A limit on the size of files stands for a full disk: a write in the middle of a file fails.
#[test]
fn no_room_for_a_file() {
    let scene = Scene::new();
    scene.note("# A\n".to_owned() + &"a paragraph\n\n".repeat(2_000));
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" build site", env!("CARGO_BIN_EXE_biji")]);
    scene.prepare(&mut command);
    let outcome = scene.run("no room", command);
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("cannot write"), "{}", outcome.stderr);
}

/// A real full disk, where a small one may be mounted.
#[test]
fn full_disk() {
    let scene = Scene::new();
    scene.note("# A\n".to_owned() + &"a paragraph\n\n".repeat(20_000));
    fs::create_dir(scene.path("disk")).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"]).arg(scene.path("disk")).output();
    if !mounted.is_ok_and(|mount| mount.status.success()) {
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let outcome = std::panic::catch_unwind(|| scene.run("full disk", scene.command(&["build", "site", "--output", "disk/public"])));
    let left: Vec<_> = fs::read_dir(scene.path("disk")).unwrap().collect();
    assert!(Command::new("umount").arg(scene.path("disk")).status().unwrap().success());
    let outcome = outcome.unwrap();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("No space left") && outcome.stderr.contains("free some space"), "{}", outcome.stderr);
    assert!(left.is_empty(), "leaves {left:?}");
}

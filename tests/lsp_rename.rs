//! Renaming on real notes: every link leads where it led, and nothing else changes. Headings, notes and folders are picked at random, in memory; one of each
//! kind is renamed through the real program.
//!
//! `BIJI_RENAME_STEPS` and `BIJI_RENAME_SEED` make it longer and other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests may fail loudly")]

#[path = "lsp/session.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use biji::config::Config;
use biji::lsp::movement::{self, Move};
use biji::lsp::rename::{self, Edits};
use biji::lsp::state::{Aim, State};
use biji::note::{self, Note, markdown};
use biji::path::SourcePath;
use biji::site::link::anchor::Anchors;
use biji::site::{self, Memo, Origin, Target};
use biji::source::disk::{self, Folder};
use biji::source::{Attachment, SourceFile};
use serde_json::json;
use session::Editor;

/// Notes as texts.
#[derive(Clone)]
struct Notes {
    texts: BTreeMap<SourcePath, String>,
    attachments: Vec<Attachment>,
}

impl Notes {
    fn read(folder: &Path) -> Self {
        let (tree, _) = disk::read(Folder { path: folder, prefix: "", exclude: &[], output: None });
        let texts = tree.notes.into_iter().map(|note| (note.path.clone(), note.text().to_owned())).collect();
        Self { texts, attachments: tree.attachments }
    }

    /// `known`: a state of the same notes in which some texts are the same, so that these are not parsed again.
    fn state(&self, known: Option<&State>) -> State {
        let (mut notes, mut held_back) = (Vec::new(), Vec::new());
        for (path, text) in &self.texts {
            let same =
                known.and_then(|state| state.find(path).map(|id| Arc::clone(&state.page(id).note))).filter(|note| &*note.file.text == text);
            match same
                .or_else(|| note::parse(&SourceFile::new(path.clone(), "", text.as_str()), markdown::Options::default()).0.map(Arc::new))
            {
                Some(note) => notes.push(note),
                None => held_back.push(path.clone()),
            }
        }
        let config = Config { mentions: false, ..Config::of_plain_folder() };
        let origin = Origin { held_back: &held_back, ..Origin::default() };
        let (site, _) = site::assemble_again(site::Scope::Everything, &mut Memo::default(), origin, config, notes, &self.attachments);
        State::new(site, self.attachments.clone(), held_back)
    }

    fn applied(&self, edits: &Edits, moves: &[Move]) -> Self {
        let texts = self.texts.iter().map(|(path, text)| (moved(moves, path), edits.apply(path, text))).collect();
        let mut attachments: Vec<Attachment> =
            self.attachments.iter().map(|file| Attachment { path: moved(moves, &file.path), ..file.clone() }).collect();
        attachments.sort_by(|a, b| a.path.cmp(&b.path));
        Self { texts, attachments }
    }
}

fn moved(moves: &[Move], path: &SourcePath) -> SourcePath {
    for one in moves {
        if let Some(rest) = path.as_str().strip_prefix(one.from.as_str())
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return SourcePath::new(&format!("{}{rest}", one.to)).unwrap();
        }
    }
    path.clone()
}

/// What a link leads to, in words that a rename does not change: the heading's number for its anchor.
fn meaning(state: &State, note: &Note, link: usize, target: &Target, moves: &[Move]) -> String {
    match state.aim(target) {
        Some(Aim::Note(path, anchor)) => {
            let Target::Page(to, _) = target else { unreachable!() };
            let fragment = note.links[link].target.split_once('#').map(|(_, fragment)| fragment);
            let heading = fragment.and_then(|fragment| Anchors::of(&state.page(*to).note).heading(fragment));
            let place =
                heading.map_or_else(|| anchor.map(|anchor| anchor.to_string()).unwrap_or_default(), |heading| format!("heading {heading}"));
            format!("{} {place}", moved(moves, &path))
        }
        Some(Aim::File(path)) => moved(moves, &path).as_str().to_owned(),
        Some(Aim::Folder(path)) => SourcePath::new(&path).map_or(path, |path| moved(moves, &path).as_str().to_owned()),
        None => format!("{target:?}"),
    }
}

/// Every link leads where it led, but for those that the edits name. What is broken may stay so or not.
fn compare(before: &State, after: &State, moves: &[Move], edits: &Edits, what: &str) {
    assert_eq!(before.site.pages.len(), after.site.pages.len(), "{what}");
    for page in &before.site.pages {
        let id = after.find(&moved(moves, &page.note.path)).unwrap_or_else(|| panic!("{what}: {} is gone", page.note.path));
        let new = after.page(id);
        assert_eq!(page.links.len(), new.links.len(), "{what}: {}", page.note.path);
        for (at, (link, target)) in page.note.links.iter().zip(&page.links).enumerate() {
            if matches!(target, Target::Broken) || edits.left.contains(&(page.note.path.clone(), link.span)) {
                continue;
            }
            let (old, now) = (meaning(before, &page.note, at, target, moves), meaning(after, &new.note, at, &new.links[at], &[]));
            assert_eq!(old, now, "{what}: {}: `{}` became `{}`", page.note.path, link.target, new.note.links[at].target);
        }
    }
}

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Notes of which some have one name, headings of one text, links of every form.
const TANGLED: &[(&str, &str)] = &[
    (
        "index.md",
        "# 首页\n\n[[a]] [[dir/a]] [a](dir/a.md) [[dir]] [d](dir/) [t](#首页) ![[图.png]] [r][] [[别名#二]]\n\n[r]: <dir/b 空.md#h> \"t\"\n",
    ),
    (
        "a.md",
        "---\naliases: 别名\ntags: [x/y]\n---\n# 一\n\n## 二\n\n## 二\n\n[[#二]] [x](#二-1) [[b 空#H|h]] 段落 ^blk\n\n[up](index.md) <a href=\"dir/a.md#x\">x</a>\n",
    ),
    ("dir/a.md", "# A\n\n## X\n\n[[a]] [[../a#二]] [y](../a.md#%E4%BA%8C) [z](b%20空.md#h) [[/a#^blk]] ![p](../图.png) #x\n"),
    ("dir/b 空.md", "B\n===\n\n## H\n\n### H\n\n[[index]] [i](/index.md) [[a#A#X]] [s](a#x) [[dir/a]]\n"),
    ("dir/index.md", "[[b 空]] [](sub/c.md)\n"),
    ("dir/sub/c.md", "[b](<../b 空.md>) [[c]] [[sub/c]] [o](b%20空.md) [a](a.md) [root](dir/a.md)\n"),
    ("图.png", ""),
];

fn corpora() -> Vec<(&'static str, Notes, u64)> {
    let folder = tempfile::tempdir().unwrap();
    session::write(folder.path(), TANGLED);
    let mut all = vec![("tangled", Notes::read(folder.path()), 150)];
    for (name, steps) in [("obsidian-tasks", 6), ("rust-book", 6)] {
        if let Some(path) = corpus(name) {
            all.push((name, Notes::read(&path), steps));
        }
    }
    all
}

fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(name);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("BIJI_REQUIRE_ALL").is_none(), "{} is missing", path.display());
    eprintln!("skipped: {} is missing", path.display());
    None
}

#[test]
fn links_survive_random_renames() {
    for (name, start, steps) in corpora() {
        let seed = number("BIJI_RENAME_SEED", 7);
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut notes = start;
        let mut state = notes.state(None);
        for step in 0..number("BIJI_RENAME_STEPS", steps) {
            let Some((what, edits, moves)) = change(&state, &mut dice) else { continue };
            let what = format!("{name}, seed {seed}, step {step}: {what}");
            let next = notes.applied(&edits, &moves);
            let after = next.state(Some(&state));
            compare(&state, &after, &moves, &edits, &what);
            (notes, state) = (next, after);
        }
    }
}

/// A random change: what it is, its edits, and what moves.
fn change(state: &State, dice: &mut Dice) -> Option<(String, Edits, Vec<Move>)> {
    let texts =
        ["二", "重复 标题", "H", "A `code` & *more*", "100% (sure)?", "Tag #x", "[x]", "C^2", "Ünïcode ß", "a/b", "一 二  三", "1.2.3"];
    let names = ["a", "b 空", "新名", "index", "X (1)", "100%", "c&d", "deep name", "A", "README"];
    let folders = ["", "dir", "新/夹", "dir/sub"];
    let pages: Vec<_> = state.pages().collect();
    let (id, page) = *dice.pick(&pages);
    match dice.roll(10) {
        0..4 => {
            let heading = dice.roll(page.note.outline.len());
            let text = dice.pick(&texts);
            let old = page.note.outline.get(heading)?.text.clone();
            // A text that makes no heading there is refused.
            let edits = rename::heading(state, markdown::Options::default(), id, heading, text).ok()?;
            Some((format!("heading `{old}` of {} → `{text}`", page.note.path), edits, Vec::new()))
        }
        4..8 => {
            let files: Vec<&SourcePath> =
                pages.iter().map(|(_, page)| &page.note.path).chain(state.attachments.iter().map(|file| &file.path)).collect();
            let from = (*dice.pick(&files)).clone();
            let folder = dice.pick(&folders);
            let to = format!("{folder}{}{}.{}", if folder.is_empty() { "" } else { "/" }, dice.pick(&names), from.extension());
            movement(state, &from, &to)
        }
        8 => {
            let parents: BTreeSet<&str> =
                pages.iter().map(|(_, page)| page.note.path.parent()).filter(|parent| !parent.is_empty()).collect();
            let parents: Vec<&str> = parents.into_iter().collect();
            let from = SourcePath::new(parents.get(dice.roll(parents.len()))?)?;
            movement(state, &from, &format!("moved {}", dice.roll(1000)))
        }
        _ => {
            let tag = state.site.tags.get(dice.roll(state.site.tags.len()))?.name.clone();
            let edits = rename::tag(state, markdown::Options::default(), &tag, dice.pick::<&str>(&["x", "读书/笔记", "a-b"])).ok()?;
            Some((format!("tag {tag}"), edits, Vec::new()))
        }
    }
}

fn movement(state: &State, from: &SourcePath, to: &str) -> Option<(String, Edits, Vec<Move>)> {
    let to = SourcePath::new(to)?;
    let folded = SourcePath::fold(to.as_str());
    let mut all = state.site.pages.iter().map(|page| &page.note.path).chain(state.attachments.iter().map(|file| &file.path));
    if all.any(|path| SourcePath::fold(path.as_str()) == folded || path.as_str().starts_with(&format!("{to}/"))) {
        return None;
    }
    let moves = vec![Move { from: from.clone(), to: to.clone() }];
    let edits = movement::edits(state, markdown::Options::default(), &moves);
    Some((format!("{from} → {to}"), edits, moves))
}

/// A copy of a corpus, and its faults by file, code and message.
fn copy(name: &str) -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("cp").arg("-R").arg(corpus(name)?.join(".")).arg(folder.path()).status().unwrap();
    assert!(status.success());
    Some(folder)
}

fn faults(root: &Path) -> Vec<String> {
    let (tree, mut found) = disk::read(Folder { path: root, prefix: "", exclude: &[], output: None });
    let mut notes = Vec::new();
    for source in &tree.notes {
        let (note, faults) = note::parse(source, markdown::Options::default());
        notes.extend(note);
        found.extend(faults);
    }
    found.extend(site::assemble(Config { mentions: false, ..Config::of_plain_folder() }, notes, &tree.attachments).1);
    let line = |fault: biji::diagnostic::Diagnostic| {
        format!("{} {} {}", fault.file.map(|file| file.path.to_string()).unwrap_or_default(), fault.code.as_str(), fault.message)
    };
    let mut faults: Vec<String> = found.into_iter().map(line).collect();
    faults.sort();
    faults
}

/// The lines that differ between two states of the notes: `file: old → new`.
fn differences(before: &Notes, after: &Notes) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (path, old) in &before.texts {
        let Some(new) = after.texts.get(path) else { continue };
        assert_eq!(old.lines().count(), new.lines().count(), "{path}");
        let lines = old.lines().zip(new.lines()).filter(|(old, new)| old != new);
        found.extend(lines.map(|(old, new)| (path.to_string(), old.to_owned(), new.to_owned())));
    }
    found
}

#[test]
fn a_heading_of_the_kubernetes_notes_is_renamed() {
    let Some(folder) = copy("k8s-zh") else { return };
    let before = Notes::read(folder.path());
    let state = before.state(None);
    // The heading that most links of other notes lead to.
    let mut links: BTreeMap<(u32, usize), usize> = BTreeMap::new();
    for page in &state.site.pages {
        for (at, target) in page.links.iter().enumerate() {
            if let Target::Page(_, Some(_)) = target
                && let Some((to, heading)) = biji::lsp::refer::heading_of(&state, page, at)
                && state.page(to).note.path != page.note.path
            {
                *links.entry((to.0, heading)).or_default() += 1;
            }
        }
    }
    let ((page, heading), from_others) = links.into_iter().max_by_key(|(_, links)| *links).unwrap();
    let note = Arc::clone(&state.page(site::PageId(page)).note);
    let all: usize = state
        .site
        .pages
        .iter()
        .flat_map(|page| (0..page.links.len()).map(move |at| (page, at)))
        .filter(|(from, at)| biji::lsp::refer::heading_of(&state, from, *at) == Some((site::PageId(page), heading)))
        .count();
    assert!(from_others > 1, "{from_others} links to `{}`", note.outline[heading].text);

    let known = faults(folder.path());
    let mut editor = Editor::on(folder.path(), json!({}), &[]);
    let place = rename::heading_text(&note, &note.outline[heading]);
    let (line, text) = (note.file.text[..place.range().start].matches('\n').count(), &note.file.text[place.range()]);
    let position = json!({ "line": line, "character": note.outline[heading].level + 1 });
    let parameters = json!({ "textDocument": { "uri": editor.uri(note.path.as_str()) }, "position": position, "newName": "全新的 (标题)" });
    let edit = editor.ask("textDocument/rename", parameters);
    let edited: usize = edit["documentChanges"].as_array().unwrap().iter().map(|file| file["edits"].as_array().unwrap().len()).sum();
    assert_eq!(edited, all + 1, "`{text}` of {}: as many edits as links, and the heading", note.path);
    editor.apply(&edit);

    let after = Notes::read(folder.path());
    let mut headings = 0;
    let escaped = "%E5%85%A8%E6%96%B0%E7%9A%84-%E6%A0%87%E9%A2%98";
    for (file, old, new) in differences(&before, &after) {
        // What differs is the heading's text or its anchor, and nothing around it.
        let anchor = note.outline[heading].anchor.as_str();
        let is_heading = file == note.path.as_str() && new.contains("全新的 (标题)");
        headings += usize::from(is_heading);
        let back = new.replace("全新的 (标题)", text).replace("全新的-标题", anchor).replace(escaped, anchor);
        assert_eq!(back.to_lowercase(), old.to_lowercase(), "{file}");
    }
    assert_eq!(headings, 1);
    compare(&state, &after.state(Some(&state)), &[], &Edits::default(), "k8s-zh");
    assert_eq!(faults(folder.path()), known);
}

#[test]
fn a_note_of_a_vault_is_renamed() {
    let Some(folder) = copy("obsidian-tasks") else { return };
    let before = Notes::read(folder.path());
    let state = before.state(None);
    // The note that most notes link to by wikilink.
    let (id, _) = state.pages().filter(|(_, page)| !page.is_index).max_by_key(|(_, page)| page.backlinks.len()).unwrap();
    let path = state.page(id).note.path.clone();
    let (from, at) = state
        .site
        .pages
        .iter()
        .flat_map(|page| page.links.iter().enumerate().map(move |(at, target)| (page, at, target)))
        .find(|(page, at, target)| matches!(target, Target::Page(to, _) if *to == id) && !page.note.links[*at].target.starts_with('#'))
        .map(|(page, at, _)| (page, at))
        .unwrap();
    let known = faults(folder.path());
    let mut editor = Editor::on(folder.path(), json!({}), &[]);
    let offset = from.note.links[at].span.range().start;
    let before_link = &from.note.file.text[..offset];
    let line_start = before_link.rfind('\n').map_or(0, |at| at + 1);
    let position = json!({ "line": before_link.matches('\n').count(), "character": before_link[line_start..].encode_utf16().count() });
    let uri = editor.uri(from.note.path.as_str());
    let parameters = json!({ "textDocument": { "uri": uri }, "position": position, "newName": "全新 note" });
    let edit = editor.ask("textDocument/rename", parameters);
    editor.apply(&edit);

    let to = SourcePath::new(format!("{}/全新 note.md", path.parent()).trim_start_matches('/')).unwrap();
    let after = Notes::read(folder.path());
    assert!(after.texts.contains_key(&to) && !after.texts.contains_key(&path), "{path} → {to}");
    let moves = [Move { from: path.clone(), to }];
    compare(&state, &after.state(Some(&state)), &moves, &Edits::default(), "obsidian-tasks");
    let stem = path.stem();
    for (file, old, new) in differences(&before, &after) {
        let back = new.replace("全新 note", stem).replace("全新%20note", &stem.replace(' ', "%20"));
        assert_eq!(back, old, "{file}");
    }
    let renamed = |fault: String| fault.replace(path.as_str(), moves[0].to.as_str());
    assert_eq!(faults(folder.path()), {
        let mut known: Vec<String> = known.into_iter().map(renamed).collect();
        known.sort();
        known
    });
}

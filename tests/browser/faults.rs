//! The search is never a dead box: whatever is missing, damaged, forbidden or out of date ends in a sentence, and in a way on.

use std::io::Write as _;
use std::path::Path;

use biji::index::files;
use serde_json::{Value, json};

use super::server::{Fault, Server};
use super::{ANSWERED, Page, disk_root, site, text};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The files of the search whose names are as wanted, relative to the site's root.
fn named(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let all = std::fs::read_dir(folder.join(files::FOLDER)).unwrap();
    let names = all.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| wanted(name)).map(|name| format!("{}{name}", files::FOLDER)).collect()
}

fn is_block(name: &str) -> bool {
    name.ends_with(".bin") && name.len() == 16
}

/// As many bytes, of which some are not those that were written.
fn damaged(path: &Path) -> Fault {
    let mut bytes = std::fs::read(path).unwrap();
    for at in (9..bytes.len()).step_by(23) {
        bytes[at] ^= 0x20;
    }
    Fault::Bytes(bytes)
}

const RETRY: &str = "document.querySelector('.search-fault button')";

#[test]
fn every_fault_has_its_sentence_and_passes() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    let blocks = named(&folder, is_block);
    assert!(!blocks.is_empty());
    let engine = named(&folder, |name| name.starts_with("engine-") && name.ends_with(".bin"));
    let all =
        |files: &[String], fault: &Fault| -> Vec<(String, Fault)> { files.iter().map(|file| (file.clone(), fault.clone())).collect() };
    let rubbish = Fault::Bytes(b"<!doctype html><title>not here</title>".to_vec());
    let entry = biji_search::decompress(&std::fs::read(folder.join(files::ENTRY)).unwrap()).unwrap();
    let end = entry.iter().position(|byte| *byte == b'\n').unwrap();
    let mut later = entry.clone();
    // The number behind `biji-search`.
    later["biji-search ".len()] = b'9';
    let mut later_pack = entry.clone();
    // The pack's version stands behind its mark.
    later_pack[end + 1 + 4] = 99;
    let one = |file: &str, fault: Fault| vec![(file.to_owned(), fault)];
    let mut parts = false;
    // A row: which files are served as what, a word of the sentence.
    for (faults, word) in [
        (all(&blocks, &Fault::Missing), "网络"),
        (all(&blocks, &rubbish), "损坏"),
        (all(&blocks, &Fault::Bytes(vec![0x1f, 0x8b, 8, 0, 1, 2, 3])), "损坏"),
        (blocks.iter().map(|file| (file.clone(), damaged(&folder.join(file)))).collect(), "损坏"),
        (engine.iter().map(|file| (file.clone(), damaged(&folder.join(file)))).collect(), "损坏"),
        (all(&engine, &Fault::Missing), "网络"),
        (all(&engine, &rubbish), "损坏"),
        (one(files::ENTRY, Fault::Missing), "网络"),
        (one(files::ENTRY, rubbish.clone()), "损坏"),
        (one(files::ENTRY, Fault::Bytes(gzip(&later))), "本页比网站旧"),
        (one(files::ENTRY, Fault::Bytes(gzip(&later_pack))), "本页比网站旧"),
        (one("biji/search/loader.js", Fault::Missing), "重新载入"),
        // Of another version of the site, which knows nothing of filters.
        (one("biji/search/filters.js", Fault::Bytes(b"0;".to_vec())), "重新载入"),
    ] {
        let case = format!("{}: {word}", faults[0].0);
        server.state.lock().unwrap().faults = faults.into_iter().collect();
        // Every other time from a host that sends whole files only.
        parts = !parts;
        server.state.lock().unwrap().parts = parts;
        page.call("Network.clearBrowserCache", &json!({}));
        page.open(&server.root("/index.html"));
        page.eval("sessionStorage.clear()");
        page.press("Control+k");
        page.insert("静态 Pod");
        page.wait(&format!("document.querySelector('.search-fault')?.innerText.includes('{word}')"));
        assert!(page.eval("document.querySelector('.search-fault a').href").as_str().unwrap().ends_with("/biji/all.html"), "{case}");
        server.state.lock().unwrap().faults.clear();
        page.eval(&format!("{RETRY}.click()"));
        if word == "本页比网站旧" {
            page.wait("document.readyState === 'complete' && !document.querySelector('.search-dialog')");
            page.press("Control+k");
        }
        page.wait(ANSWERED);
        assert_eq!(text(&mut page, ".search-title"), "静态 Pod", "{case}: trying again helps");
    }
}

#[test]
fn typing_on_tries_again_and_so_does_a_connection_that_returns() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    page.open(&server.root("/index.html"));
    page.press("Control+k");
    page.wait("biji.parts.box && document.querySelector('.search-start')");
    let offline = |page: &mut Page, offline: bool| {
        let network = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.call("Network.emulateNetworkConditions", &network);
    };
    offline(&mut page, true);
    page.insert("静态");
    page.wait("document.querySelector('.search-fault')?.innerText.includes('网络')");
    offline(&mut page, false);
    page.wait(ANSWERED);
    assert_eq!(text(&mut page, ".search-title"), "静态 Pod");
    offline(&mut page, true);
    page.eval("biji.input.select()");
    page.insert("ownership");
    page.wait("document.querySelector('.search-fault')");
    page.eval("window.addEventListener('online', (event) => event.stopImmediatePropagation(), true)");
    offline(&mut page, false);
    page.insert(" moves");
    page.wait(ANSWERED);
    assert_eq!(text(&mut page, ".search-title"), "What is ownership?");
}

#[test]
fn an_engine_that_stops_is_started_again() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    page.open(&format!("{}index.html", disk_root(&folder)));
    page.press("Control+k");
    page.wait("biji.parts.box");
    page.eval("biji.part('loader').ready().then((session) => { session.engine.search = () => { throw new WebAssembly.RuntimeError('unreachable'); }; })");
    page.insert("静态");
    page.wait(ANSWERED);
    assert_eq!(text(&mut page, ".search-title"), "静态 Pod");
}

#[test]
fn a_damaged_copy_on_a_disk_says_so_and_recovers() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let blocks = named(&folder, |name| name.starts_with("blocks-"));
    let entry = vec![format!("{}entry.js", files::FOLDER)];
    for (files, damage, word) in [
        (&blocks, None, "网络"),
        (&blocks, Some("bijiDeliver({"), "损坏"),
        (&blocks, Some("bijiDeliver({}, {});"), "损坏"),
        (&entry, None, "网络"),
        (&entry, Some("bijiDeliver({\"entry\":\"AAAA\"},{});"), "损坏"),
    ] {
        let case = format!("{} as {damage:?}", files[0]);
        let kept: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(folder.join(file)).unwrap()).collect();
        for file in files {
            match damage {
                None => std::fs::remove_file(folder.join(file)).unwrap(),
                Some(text) => std::fs::write(folder.join(file), text).unwrap(),
            }
        }
        page.open("about:blank#");
        page.open(&format!("{}index.html", disk_root(&folder)));
        page.eval("sessionStorage.clear()");
        page.press("Control+k");
        page.insert("静态 Pod");
        page.wait(&format!("document.querySelector('.search-fault')?.innerText.includes('{word}')"));
        for (file, bytes) in files.iter().zip(kept) {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
        page.eval(&format!("{RETRY}.click()"));
        page.wait(ANSWERED);
        assert_eq!(text(&mut page, ".search-title"), "静态 Pod", "{case}");
    }
}

#[test]
fn where_the_engine_is_refused_titles_and_headings_are_found() {
    let Some(mut page) = Page::start() else { return };
    let (_keep, folder) = site();
    let server = Server::start(&folder);
    server.state.lock().unwrap().policy = "default-src 'self'".to_owned();
    page.open(&server.root("/index.html"));
    assert!(!page.requests().iter().any(|url| url.contains("/biji/search/")));
    page.press("Control+k");
    // A row: what is typed, the first title, its first heading.
    for (query, title, heading) in [
        ("静态 pod", "静态 Pod", ""),
        ("镜像", "静态 Pod", "镜像 Pod"),
        ("OWNERSHIP", "What is ownership?", ""),
        ("a.c", "", ""),
        ("[(", "", ""),
    ] {
        page.eval("biji.input.select()");
        page.insert(query);
        let shown = "document.querySelector('.search-status')?.innerText.includes('安全策略')";
        let asked = if title.is_empty() { "document.querySelector('.search-status').innerText.includes('没有')" } else { ANSWERED };
        page.wait(&format!("{shown} && {asked}"));
        std::thread::sleep(std::time::Duration::from_millis(150));
        assert_eq!(text(&mut page, ".search-title"), title, "{query}");
        let first = page.eval("document.querySelector('.search-option')?.querySelector('.search-heading')?.innerText ?? ''");
        assert_eq!(first, json!(heading), "{query}");
    }
    assert_eq!(page.eval("document.querySelector('[aria-controls=biji-search-filters]').hidden"), json!(true), "no filters without counts");
    page.eval("biji.input.select()");
    page.insert("镜像");
    page.wait("document.querySelector('.search-heading')");
    page.press("Enter");
    page.wait("location.hash !== '' && document.querySelector('.search-unmark')");
    assert_eq!(page.eval("decodeURIComponent(location.hash)"), json!("#镜像-pod"));
    // The list itself may be missing, too.
    server.state.lock().unwrap().faults.insert("biji/search/titles.js".to_owned(), Fault::Missing);
    page.call("Network.clearBrowserCache", &json!({}));
    page.open(&server.root("/index.html"));
    page.eval("sessionStorage.clear()");
    page.press("Control+k");
    page.insert("静态");
    page.wait("document.querySelector('.search-fault')?.innerText.includes('网络')");
    server.state.lock().unwrap().faults.clear();
    page.eval(&format!("{RETRY}.click()"));
    page.wait(ANSWERED);
    // A browser without WebAssembly has the same list.
    server.state.lock().unwrap().policy = super::server::STRICT.to_owned();
    page.open(&server.root("/index.html"));
    page.eval("sessionStorage.clear(); delete window.WebAssembly");
    page.press("Control+k");
    page.insert("静态");
    page.wait(ANSWERED);
    assert_eq!(text(&mut page, ".search-title"), "静态 Pod");
    assert_ne!(page.eval("document.querySelector('.search-status').innerText.includes('版本太旧')"), Value::Null);
}

//! Code to HTML with class names, by syntect.
//!
//! In: the code blocks of a site and the cache of earlier builds. Out: HTML for each block and diagnostics. Knows nothing of pages.
//!
//! Every distinct block is highlighted once, blocks in parallel. The classes are few and short, so that a page stays small:
//!
//! | class | what |
//! |---|---|
//! | `c` | comment |
//! | `s`, `e` | string; escape or interpolation mark in one |
//! | `n`, `l` | number; constant of the language (`true`, `null`) |
//! | `k`, `o` | keyword; operator that is a word or stands out |
//! | `t`, `f` | type; function |
//! | `v` | variable that is marked as one (`$HOME`), parameter, `self` |
//! | `g`, `a` | tag of markup; attribute |
//! | `y` | key of data (`name:`) |
//! | `m` | macro, annotation, preprocessor |
//! | `i`, `d`, `h` | inserted line, deleted line, heading |
//! | `x` | prompt of a console session |

mod budget;
mod cache;
mod class;
mod console;
mod language;
mod paint;
mod powershell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

pub use cache::Cache;

use self::cache::Key;
use self::language::Language;
use super::html::escape_into;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::note::CodeBlock;
use crate::site::{Page, PageId, Site};

/// The finished code blocks of a site, or of some of its pages.
#[derive(Debug, Default)]
pub struct Blocks {
    pages: BTreeMap<PageId, Vec<Block>>,
}

#[derive(Debug)]
struct Block {
    /// What the block calls its language; `""` for none.
    language: String,
    /// A title from the info string.
    title: String,
    /// The highlighted code, or nothing when it is plain.
    html: Option<Arc<str>>,
}

impl Blocks {
    /// Appends the element of a page's code block of this text.
    pub(super) fn write(&self, out: &mut String, page: PageId, block: usize, text: &str) {
        let Some(block) = self.pages.get(&page).and_then(|blocks| blocks.get(block)) else { return };
        if !block.title.is_empty() {
            out.push_str("<figure class=\"code\"><figcaption>");
            escape_into(out, &block.title);
            out.push_str("</figcaption>");
        }
        out.push_str("<pre");
        if !block.language.is_empty() {
            out.push_str(" data-lang=\"");
            escape_into(out, &block.language);
            out.push('"');
        }
        out.push_str("><code>");
        match &block.html {
            Some(html) => out.push_str(html),
            None => escape_into(out, text),
        }
        out.push_str("</code></pre>");
        if !block.title.is_empty() {
            out.push_str("</figure>");
        }
    }
}

/// Highlights every code block of the site and keeps the result in the cache, for this build's successor.
pub(super) fn blocks(site: &Site, cache: &Cache) -> (Blocks, Vec<Diagnostic>) {
    let (blocks, diagnostics, done) = of_pages((0..).map(PageId).zip(&site.pages), cache);
    cache.keep(done);
    (blocks, diagnostics)
}

/// Highlights the code blocks of some pages.
pub(super) fn some(site: &Site, pages: &BTreeSet<PageId>, cache: &Cache) -> Blocks {
    of_pages(pages.iter().filter_map(|id| Some((*id, site.pages.get(id.0 as usize)?))), cache).0
}

fn of_pages<'a>(site: impl Iterator<Item = (PageId, &'a Page)>, cache: &Cache) -> (Blocks, Vec<Diagnostic>, BTreeMap<Key, Arc<str>>) {
    let mut diagnostics = Vec::new();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let mut work: BTreeMap<Key, (Language, &str)> = BTreeMap::new();
    let mut wanted: Vec<(PageId, &Page, Vec<Option<Key>>)> = Vec::new();
    for (id, page) in site {
        let keys = page.note.code.iter().map(|block| {
            let name = block.language();
            let at = |code, message: String| Diagnostic::at(code, page.note.file.clone(), block.span, message);
            let Some(language) = language::find(&name) else {
                if unknown.insert(name.clone()) {
                    let fault = at(Code::UnknownLanguage, format!("no syntax definition for the language `{name}`"));
                    diagnostics.push(match nearest(&name, language::names().iter().copied()) {
                        Some(near) => fault.hint(format!("did you mean `{near}`? `text` says that the block is plain on purpose")),
                        None => fault.hint("`text` says that the block is plain on purpose"),
                    });
                }
                return None;
            };
            if language == Language::Plain {
                return None;
            }
            if let Some(why) = budget::too_much(language.name(), &block.text) {
                diagnostics
                    .push(at(Code::CodeNotHighlighted, why).hint("shorten it, or mark it as `text` to say that it is plain on purpose"));
                return None;
            }
            let key = Key::of(language.name(), &block.text);
            work.insert(key, (language, &block.text));
            Some(key)
        });
        let keys = keys.collect();
        wanted.push((id, page, keys));
    }
    let work: Vec<(Key, (Language, &str))> = work.into_iter().collect();
    let done: Vec<(Key, Option<Arc<str>>)> = work
        .into_par_iter()
        .with_max_len(8)
        .map(|(key, (language, text))| (key, cache.get(&key).or_else(|| paint::paint(language, text).map(Arc::from))))
        .collect();
    let failed: BTreeSet<Key> = done.iter().filter(|(_, html)| html.is_none()).map(|(key, _)| *key).collect();
    let done: BTreeMap<Key, Arc<str>> = done.into_iter().filter_map(|(key, html)| Some((key, html?))).collect();
    let mut pages = BTreeMap::new();
    for (id, page, keys) in wanted {
        let blocks = page.note.code.iter().zip(keys).map(|(block, key)| {
            if key.is_some_and(|key| failed.contains(&key)) {
                let message = "the syntax definition cannot cope with this code block";
                diagnostics.push(Diagnostic::at(Code::CodeNotHighlighted, page.note.file.clone(), block.span, message));
            }
            Block { language: shown(block), title: title(&block.info), html: key.and_then(|key| done.get(&key).cloned()) }
        });
        let blocks: Vec<Block> = blocks.collect();
        pages.insert(id, blocks);
    }
    (Blocks { pages }, diagnostics, done)
}

/// The language as the block shows it: nothing for plain text.
fn shown(block: &CodeBlock) -> String {
    let name = block.language();
    if matches!(name.as_str(), "text" | "txt" | "plain" | "plaintext" | "none") { String::new() } else { name }
}

/// `title="…"` of an info string.
fn title(info: &str) -> String {
    for name in ["title=", "filename=", "file="] {
        let Some(rest) = info.find(name).map(|at| &info[at + name.len()..]) else { continue };
        let value = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next(),
            _ => rest.split([' ', ',', '}']).next(),
        };
        return value.unwrap_or_default().to_owned();
    }
    String::new()
}

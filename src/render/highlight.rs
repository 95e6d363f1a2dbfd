//! Code to HTML with class names, by syntect; diagrams to drawings, by `diagram`.
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
//! | `x`, `r` | prompt of a console session; what a program answered |

mod budget;
mod cache;
mod class;
mod comment;
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
use super::code;
use super::diagram::{self, Drawing};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::note::CodeBlock;
use crate::site::{Page, PageId, Site};
use crate::theme::Words;

/// The finished code blocks of a site, or of some of its pages.
#[derive(Debug, Default)]
pub struct Blocks {
    pages: BTreeMap<PageId, Vec<Block>>,
}

#[derive(Debug)]
struct Block {
    /// What the block calls its language; `""` for none.
    language: String,
    /// The highlighted code, or the drawing; nothing when it is plain.
    html: Option<Arc<str>>,
    /// Whether it is a drawing.
    is_drawing: bool,
}

/// What makes a block's HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Code(Language),
    Diagram,
}

/// Who highlighted more blocks than this at once will not soon highlight as many again.
const MANY: usize = 64;

/// The name that cached drawings are kept under.
const DIAGRAM: &str = "mermaid drawing";

impl Blocks {
    /// Appends the element of a page's code block.
    pub(super) fn write(&self, out: &mut String, page: PageId, at: usize, block: &CodeBlock, words: &Words) {
        let Some(done) = self.pages.get(&page).and_then(|blocks| blocks.get(at)) else { return };
        match &done.html {
            Some(drawing) if done.is_drawing => {
                let mut source = String::new();
                code::element(&mut source, at, block, &done.language, None);
                diagram::write(out, at, block, drawing, &source, words);
            }
            html => code::write(out, at, block, &done.language, html.as_deref()),
        }
    }
}

/// Highlights every code block of the site and keeps the result in the cache, for this build's successor.
pub(super) fn blocks(site: &Site, cache: &Cache) -> (Blocks, Vec<Diagnostic>) {
    let (blocks, diagnostics, done) = of_pages((0..).map(PageId).zip(site.pages.iter().map(|page| &**page)), cache);
    if done.keys().filter(|key| cache.get(key).is_none()).count() > MANY {
        paint::forget();
    }
    cache.keep(done);
    (blocks, diagnostics)
}

/// Every name of a language that is known. Sorted.
#[must_use]
pub fn languages() -> &'static [&'static str] {
    language::names()
}

/// The same for some pages, and nothing kept.
pub(super) fn some_with_faults(site: &Site, pages: &BTreeSet<PageId>, cache: &Cache) -> (Blocks, Vec<Diagnostic>) {
    let (blocks, diagnostics, _) = of_pages(pages.iter().filter_map(|id| Some((*id, &**site.pages.get(id.0 as usize)?))), cache);
    (blocks, diagnostics)
}

/// Highlights the code blocks of some pages.
pub(super) fn some(site: &Site, pages: &BTreeSet<PageId>, cache: &Cache) -> Blocks {
    of_pages(pages.iter().filter_map(|id| Some((*id, &**site.pages.get(id.0 as usize)?))), cache).0
}

/// What a code block comes to before anything is highlighted.
enum Found<'a> {
    /// It is plain.
    Plain,
    /// Nobody knows its language.
    Unknown(String),
    /// It is plain because it is too much.
    TooMuch(String),
    /// This is to be done with its text.
    Work(Key, Work, &'a str),
}

/// Looks at one code block. What the cache has was not too much.
fn look<'a>(block: &'a CodeBlock, cache: &Cache) -> Found<'a> {
    let name = block.language();
    if name == "mermaid" {
        return Found::Work(Key::of(DIAGRAM, &block.text), Work::Diagram, &block.text);
    }
    let Some(language) = language::find(&name) else { return Found::Unknown(name) };
    if language == Language::Plain {
        return Found::Plain;
    }
    let key = Key::of(language.name(), &block.text);
    match cache.get(&key).map_or_else(|| budget::too_much(language.name(), &block.text), |_| None) {
        Some(why) => Found::TooMuch(why),
        None => Found::Work(key, Work::Code(language), &block.text),
    }
}

fn of_pages<'a>(site: impl Iterator<Item = (PageId, &'a Page)>, cache: &Cache) -> (Blocks, Vec<Diagnostic>, BTreeMap<Key, Arc<str>>) {
    let mut diagnostics = Vec::new();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let mut work: BTreeMap<Key, (Work, &str)> = BTreeMap::new();
    let mut wanted: Vec<(PageId, &Page, Vec<Option<Key>>)> = Vec::new();
    let site: Vec<(PageId, &Page)> = site.collect();
    let looked: Vec<Vec<Found<'_>>> =
        site.par_iter().map(|(_, page)| page.note.code.iter().map(|block| look(block, cache)).collect()).collect();
    for ((id, page), found) in site.into_iter().zip(looked) {
        let mut key = |(block, found): (&CodeBlock, Found<'a>)| {
            let at = |code, message: String| Diagnostic::at(code, page.note.file.clone(), block.span, message);
            match found {
                Found::Plain => {}
                Found::Unknown(name) if unknown.contains(&name) => {}
                Found::Unknown(name) => {
                    let fault = at(Code::UnknownLanguage, format!("no syntax definition for the language `{name}`"));
                    diagnostics.push(match nearest(&name, language::names().iter().copied()) {
                        Some(near) => {
                            fault.suggest(near, |near| format!("did you mean `{near}`? `text` says that the block is plain on purpose"))
                        }
                        None => fault.hint("`text` says that the block is plain on purpose"),
                    });
                    unknown.insert(name);
                }
                Found::TooMuch(why) => {
                    let fault = at(Code::CodeNotHighlighted, why);
                    diagnostics.push(fault.hint("shorten it, or mark it as `text` to say that it is plain on purpose"));
                }
                Found::Work(key, what, text) => {
                    work.insert(key, (what, text));
                    return Some(key);
                }
            }
            None
        };
        wanted.push((id, page, page.note.code.iter().zip(found).map(&mut key).collect()));
    }
    let work: Vec<(Key, (Work, &str))> = work.into_iter().collect();
    let done: Vec<(Key, Result<Arc<str>, String>)> = work
        .into_par_iter()
        .with_max_len(8)
        .map(|(key, (work, text))| {
            let made = || match work {
                Work::Code(language) => paint::paint(language, text).ok_or_else(String::new),
                Work::Diagram => diagram::draw(text).map(|drawing| drawing.to_text()),
            };
            (key, cache.get(&key).map_or_else(|| made().map(Arc::from), Ok))
        })
        .collect();
    let done: BTreeMap<Key, Result<Arc<str>, String>> = done.into_iter().collect();
    let finished = |(id, page, keys): (PageId, &'a Page, Vec<Option<Key>>)| {
        let mut faults = Vec::new();
        let block = |(block, key): (&CodeBlock, Option<Key>)| {
            let is_drawing = block.language() == "mermaid";
            let made = key.and_then(|key| done.get(&key));
            let at = |code, message: String| Diagnostic::at(code, page.note.file.clone(), block.span, message);
            match made {
                Some(Err(why)) if is_drawing => {
                    let fault = at(Code::Diagram, format!("the diagram cannot be drawn: {why}"));
                    faults.push(fault.hint("it is shown as code; `text` instead of `mermaid` says that it is meant as such"));
                }
                Some(Err(_)) => {
                    faults.push(at(Code::CodeNotHighlighted, "the syntax definition cannot cope with this code block".to_owned()));
                }
                Some(Ok(text)) if is_drawing => {
                    for link in Drawing::parts(text).0 {
                        let fault = at(Code::Diagram, format!("the diagram has a link to `{link}`, which is left out"));
                        faults.push(fault.hint("links in diagrams lead to other sites, by `https:`"));
                    }
                }
                Some(Ok(_)) | None => {}
            }
            Block { language: shown(block), html: made.and_then(|made| made.clone().ok()), is_drawing }
        };
        let blocks: Vec<Block> = page.note.code.iter().zip(keys).map(block).collect();
        (id, blocks, faults)
    };
    let finished: Vec<(PageId, Vec<Block>, Vec<Diagnostic>)> = wanted.into_par_iter().map(finished).collect();
    let mut pages = BTreeMap::new();
    for (id, blocks, faults) in finished {
        pages.insert(id, blocks);
        diagnostics.extend(faults);
    }
    let done = done.into_iter().filter_map(|(key, made)| Some((key, made.ok()?))).collect();
    (Blocks { pages }, diagnostics, done)
}

/// The language as the block shows it: nothing for plain text.
fn shown(block: &CodeBlock) -> String {
    let name = block.language();
    if matches!(name.as_str(), "text" | "txt" | "plain" | "plaintext" | "none") { String::new() } else { name }
}

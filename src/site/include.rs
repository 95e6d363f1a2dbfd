//! Files that code blocks include: which are wanted, and their texts in the notes.
//!
//! In: the notes, the names of all attachments, the rules of privacy, and the texts that the shell read. Out: notes whose code blocks show what
//! they include, as if it were written there, which pages depend on which files, and diagnostics.
//!
//! A path is meant from the note's folder, or from the content folder where it starts with `/`, or where the note's folder has no such file. Only
//! attachments are included: a note may hold what is not published. The file itself is not published by that.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::link::reference::join;
use super::privacy::Rules;
use crate::diagnostic::{Code, Diagnostic};
use crate::note::code::{info::Include, region};
use crate::note::{CodeBlock, Length, Note, Section};
use crate::path::SourcePath;
use crate::source::Attachment;
use crate::text::Span;

/// The texts of files, or a sentence that says why one cannot be shown: `is not UTF-8`.
pub type Texts = BTreeMap<SourcePath, Result<Arc<str>, String>>;

/// Where a path leads.
enum Found<'a> {
    File(&'a SourcePath),
    Private,
    Missing,
    Outside,
}

/// The files that the shell must read before [`super::assemble_from`], sorted.
#[must_use]
pub fn wanted(rules: &Rules<'_>, notes: &[impl Borrow<Note>], attachments: &[Attachment]) -> Vec<SourcePath> {
    let notes = notes.iter().map(Borrow::borrow);
    let published =
        notes.filter(|note: &&Note| note.code.iter().any(|block| block.attributes.include.is_some()) && rules.note(note).is_none());
    let files = published.flat_map(|note| {
        let includes = note.code.iter().filter_map(|block| block.attributes.include.as_ref());
        includes.filter_map(|include| match find(rules, note, &include.file, attachments) {
            Found::File(path) => Some(path.clone()),
            Found::Private | Found::Missing | Found::Outside => None,
        })
    });
    files.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Puts the texts into the notes, and says which note, by its path, depends on which file; in order. A note that others hold too is copied first, so that
/// theirs stays as it was parsed.
pub(super) fn fill(
    rules: &Rules<'_>,
    notes: &mut [Arc<Note>],
    attachments: &[Attachment],
    texts: Option<&Texts>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(SourcePath, SourcePath)> {
    let mut includes = BTreeSet::new();
    for note in notes {
        let blocks: Vec<usize> = (0..note.code.len()).filter(|block| note.code[*block].attributes.include.is_some()).collect();
        if blocks.is_empty() {
            continue;
        }
        let note = Arc::make_mut(note);
        for at in &blocks {
            let Some(include) = note.code[*at].attributes.include.clone() else { continue };
            match text(rules, note, &include, attachments, texts) {
                Ok((path, text)) => {
                    includes.insert((note.path.clone(), path));
                    let file = note.file.clone();
                    let block = &mut note.code[*at];
                    let mut faults = block.show(text);
                    faults.extend(block.unexplained());
                    diagnostics.extend(faults.into_iter().map(|fault| fault.report(&file, block)));
                }
                Err((message, hint)) => {
                    let block = &note.code[*at];
                    diagnostics.push(Diagnostic::at(Code::CodeInclude, note.file.clone(), block.span, message).hint(hint));
                }
            }
        }
        let code = &note.code;
        note.sections.iter_mut().for_each(|section| splice(section, code));
        note.length = Length::of(&note.outline, &note.sections);
    }
    includes.into_iter().collect()
}

/// The text that a block shows and where it is from, or a message and a hint.
fn text(
    rules: &Rules<'_>,
    note: &Note,
    include: &Include,
    attachments: &[Attachment],
    texts: Option<&Texts>,
) -> Result<(SourcePath, String), (String, String)> {
    let file = &include.file;
    let path = match find(rules, note, file, attachments) {
        Found::File(path) => path,
        Found::Private => {
            let message = format!("the file `{file}` is private and is not included");
            return Err((message, "include another file, or change `private` in biji.toml".to_owned()));
        }
        Found::Outside => {
            let message = format!("the file `{file}` lies outside the content folder and is not included");
            return Err((message, "copy it into the content folder".to_owned()));
        }
        Found::Missing => {
            let is_note = file.to_lowercase().ends_with(".md") || file.to_lowercase().ends_with(".markdown");
            let hint = if is_note {
                "notes are not included as code: embed it, `![[…]]`".to_owned()
            } else {
                let name = file.rsplit('/').next().unwrap_or(file);
                let near =
                    attachments.iter().find(|near| near.path.file_name().eq_ignore_ascii_case(name) && rules.file(&near.path).is_none());
                near.map_or_else(
                    || "write its path from this note, or from the content folder with `/` in front".to_owned(),
                    |near| format!("`/{}` exists", near.path),
                )
            };
            return Err((format!("no file `{file}` to include in the code block"), hint));
        }
    };
    match texts.and_then(|texts| texts.get(path)) {
        Some(Ok(text)) => match region::cut(text, include) {
            Ok(part) => Ok((path.clone(), part)),
            Err(why) => Err((format!("the file `{file}` {why}"), "name a region or lines that the file has".to_owned())),
        },
        Some(Err(why)) => Err((format!("the file `{file}` {why}, and is not included"), "only text in UTF-8 is included".to_owned())),
        None => Err((format!("the file `{file}` was not read"), "build the whole site".to_owned())),
    }
}

fn find<'a>(rules: &Rules<'_>, note: &Note, file: &str, attachments: &'a [Attachment]) -> Found<'a> {
    let at = |folder: &str| {
        let path = SourcePath::new(&join(folder, file)?)?;
        attachments.binary_search_by(|attachment| attachment.path.cmp(&path)).ok()
    };
    if join(note.path.parent(), file).is_none() {
        return Found::Outside;
    }
    let is_plain = !(file.starts_with("./") || file.starts_with("../") || file.starts_with('/'));
    match at(note.path.parent()).or_else(|| if is_plain { at("") } else { None }) {
        Some(at) if rules.file(&attachments[at].path).is_some() => Found::Private,
        Some(at) => Found::File(&attachments[at].path),
        None => Found::Missing,
    }
}

/// Puts the included texts of a section where they belong.
fn splice(section: &mut Section, code: &[CodeBlock]) {
    let mut added = 0_usize;
    for (block, at) in std::mem::take(&mut section.included) {
        let Some(block) = code.get(block as usize) else { continue };
        let at = at as usize + added;
        let mut text = block.words().into_owned();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let length = text.len();
        section.text.insert_str(at, &text);
        let moved = |span: &Span| {
            let range = span.range();
            if range.start >= at { Span::new(range.start + length, range.end + length) } else { *span }
        };
        section.code = section.code.iter().map(moved).collect();
        section.verbatim = section.verbatim.iter().map(moved).collect();
        section.links = section.links.iter().map(|(link, span)| (*link, moved(span))).collect();
        let place = section.code.partition_point(|span| span.range().start < at);
        section.code.insert(place, Span::new(at, at + length));
        added += length;
    }
}

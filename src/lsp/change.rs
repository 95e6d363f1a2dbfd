//! Requests that change notes: renaming what stands at a place, files that get another name, what can be done about a fault.
//!
//! In: the parameters of a request, the state of the notes, what is open. Out: edits in the protocol's terms, for the editor to make. Nothing is written here.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, Position, PrepareRenameResponse, Range, RenameFile, RenameFilesParams,
    RenameParams, ResourceOp, TextDocumentEdit, TextDocumentPositionParams, TextEdit, WorkspaceEdit,
};

use super::answer::View;
use super::mend::{self, Mend};
use super::movement::{self, Move};
use super::rename::{self, Edits};
use super::state::{Aim, State, without_extension};
use super::thing::{self, Part, Thing};
use super::workspace::is_note;
use super::{refer, uri};
use crate::diagnostic::Diagnostic;
use crate::path::{Anchor, SourcePath};
use crate::site::{Page, PageId};
use crate::text::Span;

/// What gets another name.
enum Subject {
    Note(SourcePath),
    Heading(PageId, usize),
    Block(PageId, Anchor),
    Tag(String),
}

/// What a rename at a place is about, its place and the name that it has.
fn subject(state: &State, id: PageId, page: &Page, thing: &Thing) -> Option<(Subject, Span, String)> {
    let note = &page.note;
    match thing {
        Thing::Link(link, part) => {
            let (path, fragment) = thing::split(&note.file.text, thing::written(note, *link)?);
            if let (Part::Fragment, Some(fragment)) = (part, fragment) {
                if let Some((to, anchor)) = refer::block_of(page, *link) {
                    let name = anchor.as_str().trim_start_matches('^').to_owned();
                    return Some((Subject::Block(to, anchor), fragment.into(), name));
                }
                let (to, heading) = refer::heading_of(state, page, *link)?;
                let of = &state.page(to).note;
                let name = of.file.text.get(rename::heading_text(of, &of.outline[heading]).range())?.to_owned();
                return Some((Subject::Heading(to, heading), fragment.into(), name));
            }
            let path = if path.is_empty() { None } else { Some(path) };
            match (state.aim(page.links.get(*link)?)?, path) {
                (Aim::Note(to, _), Some(path)) => {
                    let name = to.stem().to_owned();
                    Some((Subject::Note(to), path.into(), name))
                }
                (Aim::File(to), Some(path)) => {
                    let name = to.file_name().to_owned();
                    Some((Subject::Note(to), path.into(), name))
                }
                _ => None,
            }
        }
        Thing::Heading(heading) => {
            let span = rename::heading_text(note, note.outline.get(*heading)?);
            Some((Subject::Heading(id, *heading), span, note.file.text.get(span.range())?.to_owned()))
        }
        Thing::Block(anchor, span) => Some((Subject::Block(id, anchor.clone()), *span, anchor.as_str().trim_start_matches('^').to_owned())),
        Thing::Tag(tag, span) => {
            let name = note.tags.get(*tag)?.clone();
            Some((Subject::Tag(name.clone()), *span, name))
        }
        Thing::Footnote(..) | Thing::Include(_) => None,
    }
}

/// Whether there is something to rename, where, and what it is called.
pub(super) fn prepare(view: View<'_>, at: &TextDocumentPositionParams) -> Option<PrepareRenameResponse> {
    let (id, page, thing) = view.thing(at)?;
    let (_, span, placeholder) = subject(view.state, id, page, &thing)?;
    let range = view.lines(&page.note.file.text).range(span);
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
}

/// Renames what stands at a place. The second part is what people should know of it.
///
/// # Errors
/// A sentence, when there is nothing to rename or the name does not do.
pub(super) fn rename(view: View<'_>, parameters: &RenameParams) -> Result<(WorkspaceEdit, Option<String>), String> {
    let at = &parameters.text_document_position;
    let nothing = || "nothing here can be renamed: a heading, a link, a block or a tag can".to_owned();
    let (id, page, thing) = view.thing(at).ok_or_else(nothing)?;
    let (subject, ..) = subject(view.state, id, page, &thing).ok_or_else(nothing)?;
    let name = parameters.new_name.as_str();
    let (edits, moved) = match subject {
        Subject::Heading(page, heading) => (rename::heading(view.state, view.workspace.options(), page, heading, name)?, None),
        Subject::Block(page, anchor) => (rename::block(view.state, view.workspace.options(), page, &anchor, name)?, None),
        Subject::Tag(tag) => (rename::tag(view.state, view.workspace.options(), &tag, name)?, None),
        Subject::Note(from) => {
            if !(view.client.document_changes && view.client.renames) {
                return Err("this editor cannot rename files for a language server".to_owned());
            }
            let to = renamed_path(view.state, &from, name)?;
            let moves = [Move { from, to }];
            (movement::edits(view.state, view.workspace.options(), &moves), Some(moves))
        }
    };
    let told = left(&edits);
    let mut operations = Vec::new();
    for one in moved.iter().flatten() {
        let (Some(old_uri), Some(new_uri)) = (view.workspace.uri(&one.from), view.workspace.uri(&one.to)) else { continue };
        operations.push(ResourceOp::Rename(RenameFile { old_uri, new_uri, options: None, annotation_id: None }));
    }
    Ok((workspace_edit(view, &edits, Vec::new(), operations), told))
}

/// The path that a file gets by another name: in its folder, or from the content folder where the name is a path.
fn renamed_path(state: &State, from: &SourcePath, name: &str) -> Result<SourcePath, String> {
    let name = name.trim();
    let is_bad = |letter: char| letter.is_control() || matches!(letter, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    if name.is_empty() || name.contains(is_bad) || name.trim_end().ends_with('.') {
        return Err(format!("`{name}` cannot be the name of a file"));
    }
    let extension = from.extension();
    let has_extension = name.to_lowercase().ends_with(&format!(".{}", extension.to_lowercase())) || extension.is_empty();
    let name = if is_note(from) { without_extension(name) } else { name };
    let name = if has_extension && !is_note(from) { name.to_owned() } else { format!("{name}.{extension}") };
    let path = match name.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None if name.contains('/') || from.parent().is_empty() => name,
        None => format!("{}/{name}", from.parent()),
    };
    let path = SourcePath::new(&path).ok_or_else(|| format!("`{path}` is no path in the content folder"))?;
    let is_taken = state.find(&path).is_some() || state.attachments.iter().any(|file| file.path == path);
    if is_taken && path != *from {
        return Err(format!("there is a file `{path}`"));
    }
    Ok(path)
}

/// The links that could not be changed, as a sentence.
fn left(edits: &Edits) -> Option<String> {
    let (path, _) = edits.left.first()?;
    let more = match edits.left.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("a link in `{path}`{more} could not be changed: the new name cannot be written there"))
}

/// The edits for files that the editor is about to rename.
pub(super) fn will_rename(view: View<'_>, parameters: &RenameFilesParams) -> (Option<WorkspaceEdit>, Option<String>) {
    let path = |uri: &str| view.workspace.relative(&uri::to_path(uri)?);
    let moves: Vec<Move> =
        parameters.files.iter().filter_map(|file| Some(Move { from: path(&file.old_uri)?, to: path(&file.new_uri)? })).collect();
    if moves.is_empty() {
        return (None, None);
    }
    let edits = movement::edits(view.state, view.workspace.options(), &moves);
    let told = left(&edits);
    ((!edits.files.is_empty()).then(|| workspace_edit(view, &edits, Vec::new(), Vec::new())), told)
}

/// Edits in the protocol's terms: files that are made first, then what changes in files, then files that get another name.
#[expect(clippy::mutable_key_type, reason = "the protocol's type; addresses are not changed")]
fn workspace_edit(view: View<'_>, edits: &Edits, made: Vec<(ResourceOp, TextDocumentEdit)>, moved: Vec<ResourceOp>) -> WorkspaceEdit {
    let of_file = |path: &SourcePath, edits: &[(Span, String)]| {
        let page = view.state.page(view.state.find(path)?);
        let lines = view.lines(&page.note.file.text);
        let edits = edits.iter().map(|(span, text)| TextEdit { range: lines.range(*span), new_text: text.clone() });
        Some((view.workspace.uri(path)?, edits.collect::<Vec<TextEdit>>()))
    };
    let files = edits.files.iter().filter_map(|(path, edits)| Some((path, of_file(path, edits)?)));
    if !view.client.document_changes {
        let changes: HashMap<_, _> = files.map(|(_, edit)| edit).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let mut operations: Vec<DocumentChangeOperation> = Vec::new();
    for (made, text) in made {
        operations.push(DocumentChangeOperation::Op(made));
        operations.push(DocumentChangeOperation::Edit(text));
    }
    for (path, (uri, edits)) in files {
        let version = view.workspace.buffer(path).map(|buffer| buffer.version);
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits }));
    }
    let has_operations = !moved.is_empty() || operations.iter().any(|one| matches!(one, DocumentChangeOperation::Op(_)));
    operations.extend(moved.into_iter().map(DocumentChangeOperation::Op));
    let changes = if has_operations {
        DocumentChanges::Operations(operations)
    } else {
        let edits = operations.into_iter().filter_map(|one| match one {
            DocumentChangeOperation::Edit(edit) => Some(edit),
            DocumentChangeOperation::Op(_) => None,
        });
        DocumentChanges::Edits(edits.collect())
    };
    WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
}

/// What can be done about the faults in a range. `shown`: a fault as the editor knows it.
pub(super) fn actions(
    view: View<'_>,
    parameters: &CodeActionParams,
    faults: &[Diagnostic],
    shown: &dyn Fn(&Diagnostic) -> Option<lsp_types::Diagnostic>,
) -> Vec<CodeActionOrCommand> {
    let wanted = parameters.context.only.as_ref();
    if wanted.is_some_and(|wanted| !wanted.iter().any(|kind| CodeActionKind::QUICKFIX.as_str().starts_with(kind.as_str()))) {
        return Vec::new();
    }
    let Some((id, page)) = view.note(&parameters.text_document.uri) else { return Vec::new() };
    let lines = view.lines(&page.note.file.text);
    let range = lines.span(parameters.range).range();
    let mut found = Vec::new();
    for fault in faults.iter().filter(|fault| fault.file.as_ref() == Some(&page.note.file)) {
        let touches = fault.span.is_some_and(|span| span.range().start <= range.end && range.start <= span.range().end);
        if !touches {
            continue;
        }
        let mends = mend::mends(view.state, id, fault);
        for (number, Mend { title, edits, new }) in mends.into_iter().enumerate() {
            let made = match new {
                Some((path, text)) if view.client.creates && view.client.document_changes => match make(view, &path, &text) {
                    Some(made) => vec![made],
                    None => continue,
                },
                Some(_) => continue,
                None => Vec::new(),
            };
            found.push(CodeActionOrCommand::CodeAction(CodeAction {
                title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: shown(fault).map(|fault| vec![fault]),
                is_preferred: (number == 0 && made.is_empty()).then_some(true),
                edit: Some(workspace_edit(view, &edits, made, Vec::new())),
                ..CodeAction::default()
            }));
        }
    }
    found
}

/// A file that is made with a text.
fn make(view: View<'_>, path: &SourcePath, text: &str) -> Option<(ResourceOp, TextDocumentEdit)> {
    let uri = view.workspace.uri(path)?;
    let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
    let made = ResourceOp::Create(CreateFile { uri: uri.clone(), options: Some(options), annotation_id: None });
    let start = Position::default();
    let edit = TextEdit { range: Range { start, end: start }, new_text: text.to_owned() };
    let text_document = OptionalVersionedTextDocumentIdentifier { uri, version: None };
    Some((made, TextDocumentEdit { text_document, edits: vec![OneOf::Left(edit)] }))
}

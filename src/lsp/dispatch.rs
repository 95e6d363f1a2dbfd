//! Requests by their names: which function answers which, with parameters read and answers written.
//!
//! In: a request, the state of the notes, what is open. Out: the answer as JSON, or why there is none. Changes nothing.

use lsp_server::{ErrorCode, Request};
use lsp_types::{
    CodeActionParams, CompletionParams, DocumentLinkParams, DocumentSymbolParams, FoldingRangeParams, GotoDefinitionParams, HoverParams,
    ReferenceParams, RenameFilesParams, RenameParams, TextDocumentPositionParams, WorkspaceSymbolParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{self, View};
use super::change;
use super::faults as shown_faults;
use super::position::Lines;
use crate::diagnostic::Diagnostic;

/// Why a request is not answered.
pub(super) struct Failure(pub(super) ErrorCode, pub(super) String);

/// The answer to a request.
pub(super) type Answer = Result<Value, Failure>;

/// The answer to a request, and what people should be told besides. `faults`: what is wrong with the notes.
pub(super) fn answer(view: View<'_>, faults: &[Diagnostic], request: &Request) -> (Answer, Option<String>) {
    let parameters = &request.params;
    let mut told = None;
    let answer = match request.method.as_str() {
        "textDocument/completion" => read(parameters).and_then(|p: CompletionParams| value(answer::completion(view, &p))),
        "textDocument/hover" => read(parameters).and_then(|p: HoverParams| value(answer::hover(view, &p))),
        "textDocument/definition" => {
            read(parameters).and_then(|p: GotoDefinitionParams| value(answer::definition(view, &p.text_document_position_params)))
        }
        "textDocument/references" => read(parameters).and_then(|p: ReferenceParams| value(answer::references(view, &p))),
        "textDocument/documentLink" => read(parameters).and_then(|p: DocumentLinkParams| value(answer::links(view, &p.text_document.uri))),
        "textDocument/documentSymbol" => read(parameters).and_then(|p: DocumentSymbolParams| {
            let uri = &p.text_document.uri;
            match view.note(uri) {
                Some((_, page)) if view.client.tree => value(answer::symbols(view, &page.note)),
                Some((_, page)) => value(answer::flat_symbols(view, &page.note, uri)),
                None => Ok(Value::Null),
            }
        }),
        "textDocument/foldingRange" => read(parameters).and_then(|p: FoldingRangeParams| {
            view.note(&p.text_document.uri).map_or(Ok(Value::Null), |(_, page)| value(answer::folds(view, &page.note)))
        }),
        "textDocument/codeAction" => read(parameters).and_then(|p: CodeActionParams| {
            let shown = |fault: &Diagnostic| {
                let text = fault.file.as_ref().map_or("", |file| &*file.text);
                shown_faults::one(fault, &view.workspace.place.config, &Lines::new(text, view.client.encoding))
            };
            value(change::actions(view, &p, faults, &shown))
        }),
        "textDocument/prepareRename" => read(parameters).and_then(|p: TextDocumentPositionParams| value(change::prepare(view, &p))),
        "textDocument/rename" => read(parameters).and_then(|p: RenameParams| match change::rename(view, &p) {
            Ok((edit, left)) => {
                told = left;
                value(edit)
            }
            Err(why) => Err(Failure(ErrorCode::RequestFailed, why)),
        }),
        "workspace/symbol" => read(parameters).and_then(|p: WorkspaceSymbolParams| value(answer::workspace_symbols(view, &p.query))),
        "workspace/willRenameFiles" => read(parameters).and_then(|p: RenameFilesParams| {
            let (edit, left) = change::will_rename(view, &p);
            told = left;
            value(edit)
        }),
        method => unknown(method),
    };
    (answer, told)
}

/// The answer where there are no notes.
pub(super) fn without_notes(method: &str) -> Answer {
    let is_known = method.starts_with("textDocument/") || method.starts_with("workspace/");
    if is_known { Ok(Value::Null) } else { unknown(method) }
}

fn unknown(method: &str) -> Answer {
    Err(Failure(ErrorCode::MethodNotFound, format!("there is no method `{method}`")))
}

/// Reads parameters.
///
/// # Errors
/// When they are of another shape.
pub(super) fn read<P: DeserializeOwned>(parameters: &Value) -> Result<P, Failure> {
    P::deserialize(parameters).map_err(|error| Failure(ErrorCode::InvalidParams, format!("the parameters cannot be read: {error}")))
}

/// Writes an answer.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn value(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| Failure(ErrorCode::InternalError, error.to_string()))
}

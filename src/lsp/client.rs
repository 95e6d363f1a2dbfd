//! What an editor can do, and what the server tells it to expect.
//!
//! In: the parameters of `initialize`. Out: [`Client`], and the server's capabilities. Pure.

use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, DocumentLinkOptions,
    FileOperationFilter, FileOperationPattern, FileOperationRegistrationOptions, FoldingRangeProviderCapability, HoverProviderCapability,
    InitializeParams, OneOf, RenameOptions, ResourceOperationKind, SaveOptions, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
    WorkspaceFileOperationsServerCapabilities, WorkspaceServerCapabilities,
};

use super::position::Encoding;

/// What an editor can do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    /// What columns count.
    pub(super) encoding: Encoding,
    /// Whether edits may come with a version, files be made and renamed in one go.
    pub(super) document_changes: bool,
    /// Whether it makes files.
    pub(super) creates: bool,
    /// Whether it renames files.
    pub(super) renames: bool,
    /// Whether it can be asked to tell of changed files.
    pub(super) watches: bool,
    /// Whether it takes an outline as a tree.
    pub(super) tree: bool,
    /// Whether it shows the place that a rename is about before it asks.
    pub(super) prepares: bool,
}

impl Client {
    /// Reads the parameters.
    pub(super) fn of(parameters: &InitializeParams) -> Self {
        let ClientCapabilities { workspace, text_document, general, .. } = &parameters.capabilities;
        let edit = workspace.as_ref().and_then(|workspace| workspace.workspace_edit.as_ref());
        let operations = edit.and_then(|edit| edit.resource_operations.as_deref()).unwrap_or_default();
        let watched = workspace.as_ref().and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let text = text_document.as_ref();
        Self {
            encoding: Encoding::choose(general.as_ref().and_then(|general| general.position_encodings.as_deref())),
            // Who makes and renames files takes them in this form, even where it does not say so (Neovim).
            document_changes: edit.and_then(|edit| edit.document_changes) == Some(true) || !operations.is_empty(),
            creates: operations.contains(&ResourceOperationKind::Create),
            renames: operations.contains(&ResourceOperationKind::Rename),
            watches: watched.and_then(|watched| watched.dynamic_registration) == Some(true),
            tree: text.and_then(|text| text.document_symbol.as_ref()?.hierarchical_document_symbol_support) == Some(true),
            prepares: text.and_then(|text| text.rename.as_ref()?.prepare_support) == Some(true),
        }
    }

    /// What the server does for it.
    pub(super) fn server(self) -> ServerCapabilities {
        let plain = WorkDoneProgressOptions::default();
        let any = FileOperationFilter {
            scheme: Some("file".to_owned()),
            pattern: FileOperationPattern { glob: "**/*".to_owned(), matches: None, options: None },
        };
        let files = WorkspaceFileOperationsServerCapabilities {
            will_rename: Some(FileOperationRegistrationOptions { filters: vec![any] }),
            ..Default::default()
        };
        let words = ["[", "(", "#", "^", "/", "!", "`", "|", "<"];
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
                ..Default::default()
            })),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(words.map(str::to_owned).to_vec()),
                ..Default::default()
            }),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            definition_provider: Some(OneOf::Left(true)),
            references_provider: Some(OneOf::Left(true)),
            document_symbol_provider: Some(OneOf::Left(true)),
            workspace_symbol_provider: Some(OneOf::Left(true)),
            document_link_provider: Some(DocumentLinkOptions { resolve_provider: Some(false), work_done_progress_options: plain }),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..Default::default()
            })),
            rename_provider: Some(if self.prepares {
                OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options: plain })
            } else {
                OneOf::Left(true)
            }),
            folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
            workspace: Some(WorkspaceServerCapabilities { file_operations: Some(files), ..Default::default() }),
            ..Default::default()
        }
    }
}

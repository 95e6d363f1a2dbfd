//! SHELL: how a session begins: what the editor can do, which folder is meant, who tells of changed files.
//!
//! In: the editor's first words. Out: a server that has its notes, or has said why it has none.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use lsp_server::{Message, Request};
use lsp_types::{InitializeParams, InitializeResult, MessageType, ServerInfo};
use serde_json::json;

use super::{Phase, Server};
use crate::lsp::client::Client;
use crate::lsp::dispatch::{read, value};
use crate::lsp::workspace::Workspace;
use crate::lsp::{Event, uri};
use crate::render::highlight;
use crate::serve::{Changes, watch};

impl<W: Write> Server<'_, W> {
    pub(super) fn initialize(&mut self, request: Request) {
        let parameters: InitializeParams = match read(&request.params) {
            Ok(parameters) => parameters,
            Err(failure) => return self.fail(request.id, failure),
        };
        self.client = Client::of(&parameters);
        self.phase = Phase::Open;
        let info = ServerInfo { name: "biji".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
        let result = InitializeResult { capabilities: self.client.server(), server_info: Some(info) };
        self.answer(request.id, value(result));
        self.root = self.options.root.clone().or_else(|| folder(&parameters));
        let Some(root) = self.root.clone() else {
            self.show(MessageType::WARNING, "Biji needs the folder of the notes: open it as a folder, or name it: `biji lsp FOLDER`");
            return;
        };
        match (self.options.open)(&root) {
            Ok(place) => {
                let cache = (self.options.cache)(&place);
                self.workspace = Some(Workspace::new(place));
                self.start_worker(cache);
                self.refresh();
            }
            Err(fault) => {
                let hint = fault.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                self.show(MessageType::ERROR, &format!("Biji: {}{hint}", fault.message));
            }
        }
    }

    fn start_worker(&mut self, cache: highlight::Cache) {
        let Some(pool) = self.behind.take() else { return };
        let (queue, sender) = (Arc::clone(&self.queue), self.sender.clone());
        let tell = move |made| {
            // Nobody listens when the server stops.
            let _ = sender.send(Event::Made(made));
        };
        let spawned = std::thread::Builder::new().spawn(move || pool.install(|| queue.run(&cache, &tell)));
        if let Err(error) = spawned {
            self.show(MessageType::ERROR, &format!("Biji cannot start threads: {error}"));
        }
    }

    /// Has the system or the editor tell of changed files.
    pub(super) fn watch(&mut self) {
        let Some(workspace) = &self.workspace else { return };
        let place = workspace.place.clone();
        if self.client.watches {
            let registration = json!({
                "id": "files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": [{ "globPattern": "**/*" }] },
            });
            self.requests += 1;
            let request =
                Request::new(self.requests.into(), "client/registerCapability".to_owned(), json!({ "registrations": [registration] }));
            self.send(Message::Request(request));
            return;
        }
        let (sender, output, content) = (self.sender.clone(), place.output.clone(), place.real.clone());
        let told = move |event: notify::Result<notify::Event>| {
            let changes = event.map_or_else(|_| Changes::all(), |event| watch::changes_of(event, &content, &output));
            if changes.all || !changes.paths.is_empty() {
                let _ = sender.send(Event::Changed(changes));
            }
        };
        let watching = notify::recommended_watcher(told).and_then(|mut watcher| {
            use notify::{RecursiveMode, Watcher as _};
            watcher.watch(&place.real, RecursiveMode::Recursive)?;
            let root = std::fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone());
            if root != place.real {
                watcher.watch(&root, RecursiveMode::NonRecursive)?;
            }
            Ok(watcher)
        });
        match watching {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => {
                (self.options.log)(&format!("the system cannot tell of changed files ({error}); what is saved in the editor is seen"))
            }
        }
    }
}

/// The folder that the editor has open.
#[expect(deprecated, reason = "older editors name the folder so")]
fn folder(parameters: &InitializeParams) -> Option<PathBuf> {
    let folders = parameters.workspace_folders.iter().flatten().filter_map(|folder| uri::to_path(folder.uri.as_str()));
    let root = parameters.root_uri.as_ref().and_then(|root| uri::to_path(root.as_str()));
    folders.into_iter().next().or(root).or_else(|| parameters.root_path.as_ref().map(PathBuf::from))
}

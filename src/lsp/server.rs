//! SHELL: the server's loop: what it is told, what it waits for, what it answers.
//!
//! In: events. Out: messages. Changes that follow each other closely are one; a request that needs the newest state waits for it.

mod start;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, MessageType, PublishDiagnosticsParams, ShowMessageParams,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::View;
use super::client::Client;
use super::dispatch::{Answer, Failure, read};
use super::faults::{self, ByFile};
use super::state::State;
use super::wire::{self, Incoming};
use super::worker::{Job, Made, Queue};
use super::workspace::Workspace;
use super::{Event, Options, dispatch, uri};
use crate::diagnostic::Diagnostic;
use crate::serve::Changes;
use crate::source::disk;

/// How long it must be quiet after a change before the notes are looked at again.
const QUIET: Duration = Duration::from_millis(60);
/// However much is typed, they are looked at after this time.
const LONGEST: Duration = Duration::from_millis(400);

/// How far the editor and the server are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet.
    New,
    /// Questions are answered.
    Open,
    /// The editor has said that it will go.
    Closing,
}

/// The server.
pub(super) struct Server<'a, W: Write> {
    options: &'a Options<'a>,
    output: W,
    sender: Sender<Event>,
    queue: Arc<Queue>,
    /// The worker's threads, until it is started.
    behind: Option<rayon::ThreadPool>,
    phase: Phase,
    client: Client,
    root: Option<PathBuf>,
    /// `None` where there is no folder of notes.
    workspace: Option<Workspace>,
    /// The newest state, and the number of the inputs that it was made of.
    state: Option<Arc<State>>,
    made: u64,
    /// The number of the newest inputs.
    asked: u64,
    /// What changed and was not looked at: since when, and since when it is quiet.
    changed: Option<(Instant, Instant)>,
    changes: Changes,
    /// Requests that wait for the newest state.
    waiting: Vec<Request>,
    faults: Vec<Diagnostic>,
    told: ByFile,
    watcher: Option<notify::RecommendedWatcher>,
    requests: i32,
    is_broken: Option<std::io::Error>,
}

impl<'a, W: Write> Server<'a, W> {
    pub(super) fn new(options: &'a Options<'a>, sender: Sender<Event>, queue: Arc<Queue>, behind: rayon::ThreadPool, output: W) -> Self {
        Self {
            options,
            output,
            sender,
            queue,
            behind: Some(behind),
            phase: Phase::New,
            client: Client::default(),
            root: None,
            workspace: None,
            state: None,
            made: 0,
            asked: 0,
            changed: None,
            changes: Changes::default(),
            waiting: Vec::new(),
            faults: Vec::new(),
            told: ByFile::new(),
            watcher: None,
            requests: 0,
            is_broken: None,
        }
    }

    /// Serves. True when the editor said goodbye.
    pub(super) fn run(&mut self, events: Receiver<Event>) -> Result<bool, String> {
        loop {
            let deadline = self.changed.map(|(since, quiet)| (quiet + QUIET).min(since + LONGEST));
            let event = match deadline {
                Some(deadline) => match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    Ok(event) => Some(event),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => Some(Event::End),
                },
                None => Some(events.recv().unwrap_or(Event::End)),
            };
            match event {
                None => self.refresh(),
                Some(Event::End) => return Ok(self.phase == Phase::Closing),
                Some(Event::Message(incoming)) => {
                    // A message that the server fails on is a fault of ours, and no reason to leave the editor alone.
                    let id = request_id(&incoming);
                    if catch_unwind(AssertUnwindSafe(|| self.incoming(incoming))).is_err()
                        && let Some(id) = id
                    {
                        self.fail(id, Failure(ErrorCode::InternalError, "Biji has failed on this; its log has more".to_owned()));
                    }
                }
                Some(Event::Changed(changes)) => self.disk_changed(changes),
                Some(Event::Made(made)) => self.take(made),
            }
            if let Some(error) = self.is_broken.take() {
                return Err(format!("cannot write to the editor: {error}"));
            }
        }
    }

    fn incoming(&mut self, incoming: Incoming) {
        match incoming {
            Err(fault) => {
                (self.options.log)(&fault.message);
                let result = wire::write_malformed(&mut self.output, &fault);
                self.is_broken = result.err();
            }
            Ok(Message::Request(request)) => self.request(request),
            Ok(Message::Notification(notification)) => self.notification(notification),
            // To what was asked of it: nothing depends on that.
            Ok(Message::Response(_)) => {}
        }
    }

    fn request(&mut self, request: Request) {
        match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => self.initialize(request),
            (Phase::New, _) => self.fail(request.id, Failure(ErrorCode::ServerNotInitialized, "`initialize` must come first".to_owned())),
            (Phase::Closing, _) => self.fail(request.id, Failure(ErrorCode::InvalidRequest, "the server was shut down".to_owned())),
            (Phase::Open, "initialize") => self.fail(request.id, Failure(ErrorCode::InvalidRequest, "it was initialized".to_owned())),
            (Phase::Open, "shutdown") => {
                self.phase = Phase::Closing;
                for waiting in std::mem::take(&mut self.waiting) {
                    self.fail(waiting.id, Failure(ErrorCode::RequestCanceled, "the server is shut down".to_owned()));
                }
                self.answer(request.id, Ok(Value::Null));
            }
            (Phase::Open, method) => {
                // What is typed now is not worth waiting for what was typed before.
                let may_be_older = matches!(method, "textDocument/completion");
                if self.changed.is_some() && !may_be_older {
                    self.refresh();
                }
                let is_ready = self.state.is_some() && (may_be_older || self.made == self.asked);
                if is_ready || self.workspace.is_none() {
                    self.ask(request);
                } else {
                    self.waiting.push(request);
                }
            }
        }
    }

    fn ask(&mut self, request: Request) {
        let id = request.id.clone();
        let answer = catch_unwind(AssertUnwindSafe(|| match (&self.state, &self.workspace) {
            (Some(state), Some(workspace)) => dispatch::answer(View { state, workspace, client: self.client }, &self.faults, &request),
            _ => (dispatch::without_notes(&request.method), None),
        }));
        match answer {
            Ok((answer, told)) => {
                self.answer(id, answer);
                if let Some(told) = told {
                    self.show(MessageType::WARNING, &told);
                }
            }
            Err(_) => self.fail(id, Failure(ErrorCode::InternalError, "Biji has failed on this; its log has more".to_owned())),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if self.phase != Phase::Open {
            return;
        }
        match method.as_str() {
            "initialized" => self.watch(),
            "$/cancelRequest" => {
                let id: Option<RequestId> = params.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
                if let Some(at) = id.and_then(|id| self.waiting.iter().position(|request| request.id == id)) {
                    let request = self.waiting.remove(at);
                    self.fail(request.id, Failure(ErrorCode::RequestCanceled, "it was cancelled".to_owned()));
                }
            }
            "textDocument/didOpen" => self.typed(&params, |workspace, _, p: DidOpenTextDocumentParams| {
                let document = p.text_document;
                let path = workspace.source_path(&document.uri)?;
                workspace.open(path.clone(), document.uri, document.version, document.text);
                Some(path)
            }),
            "textDocument/didChange" => self.typed(&params, |workspace, client, p: DidChangeTextDocumentParams| {
                let path = workspace.source_path(&p.text_document.uri)?;
                workspace.change(&path, p.text_document.version, p.content_changes, client.encoding).then_some(path)
            }),
            "textDocument/didClose" => self.typed(&params, |workspace, _, p: DidCloseTextDocumentParams| {
                let path = workspace.source_path(&p.text_document.uri)?;
                workspace.close(&path).then_some(path)
            }),
            "textDocument/didSave" => {
                if let Ok(parameters) = read::<DidSaveTextDocumentParams>(&params) {
                    self.saved(&[parameters.text_document.uri]);
                }
            }
            "workspace/didChangeWatchedFiles" => {
                if let Ok(parameters) = read::<DidChangeWatchedFilesParams>(&params) {
                    let files: Vec<lsp_types::Uri> = parameters.changes.into_iter().map(|change| change.uri).collect();
                    self.saved(&files);
                }
            }
            _ => {}
        }
    }

    /// What is open was changed.
    fn typed<P: DeserializeOwned>(
        &mut self,
        parameters: &Value,
        take: impl FnOnce(&mut Workspace, Client, P) -> Option<crate::path::SourcePath>,
    ) {
        let Ok(parameters) = read::<P>(parameters).map_err(|failure| (self.options.log)(&failure.1)) else { return };
        let client = self.client;
        let Some(workspace) = &mut self.workspace else { return };
        if let Some(path) = take(workspace, client, parameters) {
            if workspace.buffer(&path).is_none() {
                // What lies on the disk counts again.
                self.changes.paths.insert(disk::locate(&workspace.place.real, &path));
            }
            self.touch();
        }
    }

    /// The editor says that files changed.
    fn saved(&mut self, files: &[lsp_types::Uri]) {
        let Some(workspace) = &self.workspace else { return };
        let mut changes = Changes::default();
        for uri in files {
            let Some(path) = uri::to_path(uri.as_str()) else { continue };
            let real = match workspace.relative(&path) {
                Some(inside) => disk::locate(&workspace.place.real, &inside),
                None => std::fs::canonicalize(&path).unwrap_or(path),
            };
            changes.paths.insert(real);
        }
        self.disk_changed(changes);
    }

    fn disk_changed(&mut self, changes: Changes) {
        if changes.all || !changes.paths.is_empty() {
            self.changes.all |= changes.all;
            self.changes.paths.extend(changes.paths);
            self.touch();
        }
    }

    fn touch(&mut self) {
        let now = Instant::now();
        self.changed = Some((self.changed.map_or(now, |(since, _)| since), now));
    }

    /// Looks at what changed, and asks for the next state.
    fn refresh(&mut self) {
        self.changed = None;
        let changes = std::mem::take(&mut self.changes);
        let Some(workspace) = &mut self.workspace else { return };
        let root = std::fs::canonicalize(&workspace.place.root).unwrap_or_else(|_| workspace.place.root.clone());
        let is_configuration = changes.all
            || changes.paths.iter().any(|path| path.parent() == Some(&root) && path.extension().is_some_and(|end| end == "toml"))
            || workspace.place.config_file.as_ref().is_some_and(|file| changes.paths.contains(file));
        let mut has_new_theme =
            changes.all || changes.paths.iter().any(|path| ["templates", "static"].iter().any(|of| path.starts_with(root.join(of))));
        if is_configuration && let Some(root) = &self.root {
            match (self.options.open)(root) {
                Ok(place) => {
                    has_new_theme |= place.is_configured != workspace.place.is_configured;
                    workspace.settle(place);
                }
                Err(fault) => (self.options.log)(&fault.message),
            }
        }
        if let Some(inputs) = workspace.refresh(&changes) {
            self.asked += 1;
            self.queue.give(Job { number: self.asked, inputs, has_new_theme });
        }
        // What changed may have been nothing.
        self.answer_waiting();
    }

    /// Answers the requests that wait, when the state has all that was typed before them.
    fn answer_waiting(&mut self) {
        if self.state.is_some() && self.made == self.asked && self.changed.is_none() {
            for request in std::mem::take(&mut self.waiting) {
                self.ask(request);
            }
        }
    }

    fn take(&mut self, made: Made) {
        match made {
            Made::State(number, state) => {
                self.state = Some(state);
                self.made = number;
                self.answer_waiting();
            }
            // Places in a text that is older than what is shown would be wrong ones.
            Made::Faults(number, faults) if number == self.asked => {
                self.faults = faults;
                self.tell_faults();
            }
            Made::Faults(..) => {}
            // The older state answers on.
            Made::Nothing(number) => {
                self.made = number;
                self.answer_waiting();
            }
        }
    }

    fn tell_faults(&mut self) {
        let Some(workspace) = &self.workspace else { return };
        let now = faults::by_file(&self.faults, &workspace.place.config, "biji.toml", self.client.encoding);
        let news: Vec<PublishDiagnosticsParams> = faults::news(&self.told, &now)
            .into_iter()
            .filter_map(|(file, diagnostics)| {
                let uri = workspace.uri_of_name(&file)?;
                let version = workspace.source_path(&uri).and_then(|path| workspace.buffer(&path)).map(|buffer| buffer.version);
                Some(PublishDiagnosticsParams { uri, diagnostics, version })
            })
            .collect();
        self.told = now;
        for one in news {
            self.send(Message::Notification(Notification::new("textDocument/publishDiagnostics".to_owned(), one)));
        }
    }

    fn show(&mut self, kind: MessageType, message: &str) {
        let parameters = ShowMessageParams { typ: kind, message: message.to_owned() };
        self.send(Message::Notification(Notification::new("window/showMessage".to_owned(), parameters)));
    }

    fn answer(&mut self, id: RequestId, answer: Answer) {
        match answer {
            Ok(value) => self.send(Message::Response(Response::new_ok(id, value))),
            Err(failure) => self.fail(id, failure),
        }
    }

    fn fail(&mut self, id: RequestId, failure: Failure) {
        self.send(Message::Response(Response::new_err(id, failure.0 as i32, failure.1)));
    }

    fn send(&mut self, message: Message) {
        if let Err(error) = wire::write(&mut self.output, &message) {
            self.is_broken = Some(error);
        }
    }
}

fn request_id(incoming: &Incoming) -> Option<RequestId> {
    match incoming {
        Ok(Message::Request(request)) => Some(request.id.clone()),
        _ => None,
    }
}

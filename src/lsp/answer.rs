//! Questions about the notes: from the protocol's terms to ours and back.
//!
//! In: the parameters of a request, the state of the notes, what is open. Out: what the protocol wants as an answer. Changes nothing.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionTextEdit, DocumentLink, DocumentSymbol, FoldingRange,
    FoldingRangeKind, Hover, HoverContents, HoverParams, Location, MarkupContent, MarkupKind, Position, Range, ReferenceParams,
    SymbolInformation, SymbolKind, TextDocumentPositionParams, TextEdit, Uri,
};

use super::client::Client;
use super::complete::{self, Sort};
use super::context;
use super::outline::{self, Entry};
use super::position::Lines;
use super::refer;
use super::state::{Place, State};
use super::thing::{self, Thing};
use super::workspace::Workspace;
use crate::note::Note;
use crate::path::SourcePath;
use crate::site::{Page, PageId, Target};
use crate::text::Span;

/// What answers are made of.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The notes.
    pub(super) state: &'a State,
    /// What is open.
    pub(super) workspace: &'a Workspace,
    /// The editor.
    pub(super) client: Client,
}

impl<'a> View<'a> {
    /// The note at an address. `None` when it is none, or is not read as it stands in the editor.
    pub(super) fn note(self, uri: &Uri) -> Option<(PageId, &'a Page)> {
        let path = self.workspace.source_path(uri)?;
        let id = self.state.find(&path)?;
        let page = self.state.page(id);
        let is_current =
            self.workspace.buffer(&path).is_none_or(|buffer| buffer.text.trim_start_matches('\u{feff}') == &*page.note.file.text);
        is_current.then_some((id, page))
    }

    /// A text with its lines.
    pub(super) fn lines(self, text: &str) -> Lines<'_> {
        Lines::new(text, self.client.encoding)
    }

    /// What stands at a position.
    pub(super) fn thing(self, at: &TextDocumentPositionParams) -> Option<(PageId, &'a Page, Thing)> {
        let (id, page) = self.note(&at.text_document.uri)?;
        let offset = self.lines(&page.note.file.text).offset(at.position);
        Some((id, page, thing::at(&page.note, offset)?))
    }

    /// A place in the protocol's terms.
    pub(super) fn location(self, place: &Place) -> Option<Location> {
        let uri = self.workspace.uri(&place.path)?;
        let text = self.state.find(&place.path).map(|id| &*self.state.page(id).note.file.text);
        let range = text.map(|text| self.lines(text).range(place.span)).unwrap_or_default();
        Some(Location { uri, range })
    }

    fn locations(self, mut places: Vec<Place>) -> Vec<Location> {
        places.sort();
        let mut found = Vec::with_capacity(places.len());
        for of_file in places.chunk_by(|a, b| a.path == b.path) {
            let Some(uri) = self.workspace.uri(&of_file[0].path) else { continue };
            let text = self.state.find(&of_file[0].path).map(|id| &*self.state.page(id).note.file.text);
            let lines = self.lines(text.unwrap_or_default());
            found.extend(of_file.iter().map(|place| Location { uri: uri.clone(), range: lines.range(place.span) }));
        }
        found
    }
}

/// Where it is defined.
pub(super) fn definition(view: View<'_>, at: &TextDocumentPositionParams) -> Vec<Location> {
    let Some((id, _, thing)) = view.thing(at) else { return Vec::new() };
    refer::definition(view.state, id, &thing).iter().filter_map(|place| view.location(place)).collect()
}

/// Who refers to it: to the note as a whole where nothing has a name.
pub(super) fn references(view: View<'_>, parameters: &ReferenceParams) -> Vec<Location> {
    let at = &parameters.text_document_position;
    let with_itself = parameters.context.include_declaration;
    let places = match (view.thing(at), view.note(&at.text_document.uri)) {
        (Some((id, _, thing)), _) => refer::references(view.state, id, &thing, with_itself),
        (None, Some((id, _))) => refer::backlinks(view.state, id, with_itself),
        (None, None) => Vec::new(),
    };
    view.locations(places)
}

/// What is shown of it.
pub(super) fn hover(view: View<'_>, parameters: &HoverParams) -> Option<Hover> {
    let (id, page, thing) = view.thing(&parameters.text_document_position_params)?;
    let address = |path: &SourcePath| view.workspace.uri(path).map(|uri| uri.as_str().to_owned());
    let (value, span) = refer::hover(view.state, id, &thing, &address)?;
    let range = view.lines(&page.note.file.text).range(span);
    Some(Hover { contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }), range: Some(range) })
}

/// What can be written.
pub(super) fn completion(view: View<'_>, parameters: &CompletionParams) -> CompletionList {
    let at = &parameters.text_document_position;
    let none = CompletionList { is_incomplete: false, items: Vec::new() };
    let Some(path) = view.workspace.source_path(&at.text_document.uri) else { return none };
    let page = view.state.find(&path).map(|id| view.state.page(id));
    // The text as it is now: the state may be a moment older.
    let text = match (view.workspace.buffer(&path), page) {
        (Some(buffer), _) => &*buffer.text,
        (None, Some(page)) => &*page.note.file.text,
        (None, None) => return none,
    };
    let lines = view.lines(text);
    let offset = lines.offset(at.position);
    let Some(context) = context::at(text, offset) else { return none };
    let note = view.workspace.note(&path).map(|note| &**note);
    let found = complete::items(view.state, &path, note, &context, &text[context.begun.clone()], &text[offset..]);
    let range = lines.range(context.begun.clone().into());
    let item = |(number, item): (usize, complete::Item)| CompletionItem {
        label: item.label,
        kind: Some(match item.sort {
            Sort::Note | Sort::File => CompletionItemKind::FILE,
            Sort::Place => CompletionItemKind::REFERENCE,
            Sort::Tag => CompletionItemKind::KEYWORD,
            Sort::Word => CompletionItemKind::ENUM_MEMBER,
        }),
        detail: (!item.detail.is_empty()).then_some(item.detail),
        filter_text: Some(item.filter),
        sort_text: Some(format!("{number:04}")),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: item.text })),
        ..CompletionItem::default()
    };
    CompletionList { is_incomplete: true, items: found.into_iter().enumerate().map(item).collect() }
}

/// The outline of a note, as a tree.
pub(super) fn symbols(view: View<'_>, note: &Note) -> Vec<DocumentSymbol> {
    let lines = view.lines(&note.file.text);
    outline::tree(note).iter().map(|entry| symbol(note, &lines, entry)).collect()
}

#[expect(deprecated, reason = "the type has a field that nobody uses and that must be given")]
fn symbol(note: &Note, lines: &Lines<'_>, entry: &Entry) -> DocumentSymbol {
    let heading = &note.outline[entry.heading];
    // An empty name is not allowed.
    let name = if heading.text.is_empty() { "–".to_owned() } else { heading.text.clone() };
    let children: Vec<DocumentSymbol> = entry.children.iter().map(|child| symbol(note, lines, child)).collect();
    DocumentSymbol {
        name,
        detail: None,
        kind: SymbolKind::STRING,
        tags: None,
        deprecated: None,
        range: lines.range(entry.whole),
        selection_range: lines.range(heading.span),
        children: (!children.is_empty()).then_some(children),
    }
}

/// The outline of a note, as a list.
#[expect(deprecated, reason = "the type has a field that nobody uses and that must be given")]
pub(super) fn flat_symbols(view: View<'_>, note: &Note, uri: &Uri) -> Vec<SymbolInformation> {
    let lines = view.lines(&note.file.text);
    let entry = |heading: &crate::note::Heading| SymbolInformation {
        name: if heading.text.is_empty() { "–".to_owned() } else { heading.text.clone() },
        kind: SymbolKind::STRING,
        tags: None,
        deprecated: None,
        location: Location { uri: uri.clone(), range: lines.range(heading.span) },
        container_name: None,
    };
    note.outline.iter().map(entry).collect()
}

/// The names in all notes.
#[expect(deprecated, reason = "the type has a field that nobody uses and that must be given")]
pub(super) fn workspace_symbols(view: View<'_>, question: &str) -> Vec<SymbolInformation> {
    let entry = |name: outline::Name| {
        let note = &view.state.page(name.page).note;
        let heading = name.heading.and_then(|heading| note.outline.get(heading));
        let span = heading.map(|heading| heading.span).unwrap_or_default();
        Some(SymbolInformation {
            name: heading.map_or_else(|| note.title.clone(), |heading| heading.text.clone()),
            kind: if heading.is_some() { SymbolKind::STRING } else { SymbolKind::FILE },
            tags: None,
            deprecated: None,
            location: view.location(&Place { path: note.path.clone(), span })?,
            container_name: Some(if heading.is_some() { note.title.clone() } else { note.path.as_str().to_owned() }),
        })
    };
    outline::names(view.state, question).into_iter().filter_map(entry).collect()
}

/// What leads out of a note when it is clicked.
pub(super) fn links(view: View<'_>, uri: &Uri) -> Vec<DocumentLink> {
    let Some((id, page)) = view.note(uri) else { return Vec::new() };
    let lines = view.lines(&page.note.file.text);
    let mut found = Vec::new();
    for (at, (link, target)) in page.note.links.iter().zip(&page.links).enumerate() {
        let address = match target {
            Target::External(address) => address.parse().ok(),
            Target::Page(..) | Target::Attachment(..) | Target::Folder(_) => {
                let places = refer::definition(view.state, id, &Thing::Link(at, thing::Part::Name));
                places.first().and_then(|place| view.location(place)).and_then(|location| with_line(&location))
            }
            Target::Broken | Target::Private | Target::Refused => None,
        };
        let Some(address) = address else { continue };
        let span = thing::written(&page.note, at).map_or(link.span, Span::from);
        found.push(DocumentLink { range: lines.range(span), target: Some(address), tooltip: None, data: None });
    }
    found
}

/// An address with the line that editors understand behind it.
fn with_line(location: &Location) -> Option<Uri> {
    let line = location.range.start.line;
    if line == 0 { Some(location.uri.clone()) } else { format!("{}#L{}", location.uri.as_str(), line + 1).parse().ok() }
}

/// What can be folded.
pub(super) fn folds(view: View<'_>, note: &Note) -> Vec<FoldingRange> {
    let lines = view.lines(&note.file.text);
    let fold = |span: Span| {
        let Range { start: Position { line: start, .. }, end: Position { line: end, .. } } = lines.range(span);
        (end > start).then(|| FoldingRange {
            start_line: start,
            end_line: end,
            kind: Some(FoldingRangeKind::Region),
            ..FoldingRange::default()
        })
    };
    outline::folds(note).into_iter().filter_map(fold).collect()
}

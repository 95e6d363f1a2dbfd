//! Builds `Site` values by hand, without parsing or assembling.

use std::sync::Arc;

use biji::config::Config;
use biji::diagnostic::File;
use biji::note::{Body, CodeBlock, Fill, FrontMatter, Heading, Hole, Length, Link, LinkKind, Note, Section};
use biji::path::{Anchor, SourcePath, UrlPath};
use biji::site::backlink::Backlink;
use biji::site::{Folder, FolderId, Page, PageId, Site, Tag, TagId, Target};
use biji::text::Span;

pub(crate) struct SiteBuilder {
    site: Site,
}

impl SiteBuilder {
    pub(crate) fn new() -> Self {
        let root = Folder {
            path: String::new(),
            title: "Site".into(),
            parent: FolderId(0),
            url: UrlPath::new("index.html").unwrap(),
            index: None,
            pages: Vec::new(),
            folders: Vec::new(),
        };
        let site = Site {
            config: Config::default(),
            pages: Vec::new(),
            folders: vec![root],
            tags: Vec::new(),
            attachments: Vec::new(),
            pixels: Vec::new(),
            redirects: Vec::new(),
            includes: Vec::new(),
        };
        Self { site }
    }

    fn folder(&mut self, path: &str) -> FolderId {
        if let Some(at) = self.site.folders.iter().position(|folder| folder.path == path) {
            return FolderId(u32::try_from(at).unwrap());
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.folder(above);
        let id = FolderId(u32::try_from(self.site.folders.len()).unwrap());
        let url = UrlPath::new(&format!("{path}/index.html")).unwrap();
        self.site.folders.push(Folder {
            path: path.into(),
            title: name.into(),
            parent,
            url,
            index: None,
            pages: Vec::new(),
            folders: Vec::new(),
        });
        self.site.folders[parent.0 as usize].folders.push(id);
        id
    }

    pub(crate) fn page(&mut self, path: &str, title: &str, html: &str) -> PageId {
        let id = PageId(u32::try_from(self.site.pages.len()).unwrap());
        let path = SourcePath::new(path).unwrap();
        let folder = self.folder(path.parent());
        let is_index = path.stem() == "index";
        let url = UrlPath::new(&format!("{}.html", path.as_str().strip_suffix(".md").unwrap())).unwrap();
        let note = Note {
            file: File { path: path.as_str().into(), text: format!("template: wide wdie.html\n{title}").into() },
            path,
            front_matter: FrontMatter::default(),
            title: title.into(),
            outline: Vec::new(),
            links: Vec::new(),
            code: Vec::new(),
            body: Body { html: html.into(), holes: Vec::new() },
            sections: vec![Section::default()],
            anchors: Vec::new(),
            tags: Vec::new(),
            length: Length::default(),
            occurrences: Default::default(),
        };
        let page = Page {
            note: note.into(),
            url,
            folder,
            is_index,
            links: Vec::new(),
            backlinks: Vec::new(),
            mentions: Vec::new(),
            translations: Vec::new(),
            created: None,
            updated: None,
            contributors: Vec::new(),
            is_translation: false,
            tags: Vec::new(),
            tag_targets: Vec::new(),
            previous: None,
            next: None,
            language: "en".into(),
        };
        self.site.pages.push(Arc::new(page));
        let folder = &mut self.site.folders[folder.0 as usize];
        if is_index {
            folder.index = Some(id);
        } else {
            folder.pages.push(id);
        }
        id
    }

    /// A reference with its target and the holes it fills, all at one place.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn link(&mut self, page: PageId, kind: LinkKind, target: Target, text: &str, title: &str, fills: &[Fill], at: u32) {
        let page = Arc::make_mut(&mut self.site.pages[page.0 as usize]);
        Arc::make_mut(&mut page.note).links.push(Link {
            kind,
            target: "target".into(),
            title: title.into(),
            text: text.into(),
            span: Span::new(0, 1),
        });
        page.links.push(target);
        Arc::make_mut(&mut page.note).body.holes.extend(fills.iter().map(|fill| Hole { at, fill: *fill }));
    }

    pub(crate) fn fills(&mut self, page: PageId, fills: &[Fill], at: u32) {
        self.note(page).body.holes.extend(fills.iter().map(|fill| Hole { at, fill: *fill }));
    }

    /// Adds the `nth` heading, whose tag is found in the body.
    pub(crate) fn heading(&mut self, page: PageId, level: u8, text: &str, nth: u32) {
        let note = self.note(page);
        let tag = format!("<h{level} id=\"");
        let start = note.body.html.match_indices(&tag).nth(nth as usize).unwrap().0;
        let (start, inside) = (u32::try_from(start).unwrap(), u32::try_from(start + tag.len()).unwrap());
        let anchor = Anchor::from_heading(text);
        note.outline.push(Heading { level, text: text.into(), anchor, span: Span::default(), html_start: start, is_title: false });
        note.body.holes.push(Hole { at: inside, fill: Fill::HeadingId(nth) });
    }

    pub(crate) fn code(&mut self, page: PageId, info: &str, text: &str) {
        let note = self.note(page);
        let fill = Fill::Code(u32::try_from(note.code.len()).unwrap());
        note.code.push(CodeBlock::new(info.into(), text.into(), Span::new(0, 1), None).0);
        note.body.holes.push(Hole { at: u32::try_from(note.body.html.len()).unwrap(), fill });
    }

    pub(crate) fn body(&mut self, page: PageId, html: &str) {
        self.note(page).body.html = html.into();
    }

    pub(crate) fn template(&mut self, page: PageId, name: &str) {
        self.note(page).front_matter.template = Some(name.into());
    }

    pub(crate) fn attachment(&mut self, path: &str) {
        self.site.attachments.push((SourcePath::new(path).unwrap(), UrlPath::new(path).unwrap()));
    }

    pub(crate) fn tag(&mut self, page: PageId, name: &str) {
        let at = self.site.tags.iter().position(|tag| tag.name == name).unwrap_or_else(|| {
            let url = UrlPath::new(&format!("biji/tags/{name}.html")).unwrap();
            self.site.tags.push(Tag { name: name.into(), url, pages: Vec::new(), parent: None, children: Vec::new() });
            self.site.tags.len() - 1
        });
        self.site.tags[at].pages.push(page);
        Arc::make_mut(&mut self.site.pages[page.0 as usize]).tags.push(TagId(u32::try_from(at).unwrap()));
    }

    pub(crate) fn backlink(&mut self, to: PageId, from: PageId) {
        Arc::make_mut(&mut self.site.pages[to.0 as usize]).backlinks.push(Backlink { from, places: Vec::new() });
    }

    pub(crate) fn redirect(&mut self, path: &str, page: PageId) {
        self.site.redirects.push((UrlPath::new(path).unwrap(), page));
    }

    pub(crate) fn base_url(&mut self, url: &str) {
        self.site.config.base_url = Some(url.into());
    }

    fn note(&mut self, page: PageId) -> &mut Note {
        Arc::make_mut(&mut Arc::make_mut(&mut self.site.pages[page.0 as usize]).note)
    }

    pub(crate) fn build(self) -> Site {
        self.site
    }
}

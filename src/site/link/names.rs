//! The names of everything a reference can lead to, ready for looking up.
//!
//! In: pages, folders, redirects, attachments, and that private notes exist. Out: `Names`, which answers exact paths, paths whose case or
//! composition differs, ends of paths, other names, and addresses. The hash maps are only asked, never gone through.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use super::Hidden;
use crate::path::{SourcePath, UrlPath};
use crate::site::{Folder, FolderId, Page, PageId};
use crate::source::Attachment;

/// What a file of the content folder is to a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A published note.
    Page(PageId),
    /// A note that is not published.
    Private,
    /// Any other file.
    Attachment,
}

/// One file of the content folder.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Where it lies.
    pub path: &'a SourcePath,
    /// What it is.
    pub place: Place,
    folded: String,
}

/// A file, by its position in `Names::entries`.
pub type EntryId = u32;

/// What an address of the published site belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A page, by its own or an old address.
    Page(PageId),
    /// A folder without index note.
    Folder(FolderId),
}

/// Everything a reference can lead to, by name.
#[derive(Debug)]
pub struct Names<'a> {
    pages: Vec<&'a Page>,
    folders: &'a [Folder],
    entries: Vec<Entry<'a>>,
    exact: HashMap<&'a str, EntryId>,
    /// Every end of a folded path that starts at a component, shortest paths first.
    ends: HashMap<String, Vec<EntryId>>,
    /// The same for notes without their extension.
    stems: HashMap<String, Vec<EntryId>>,
    aliases: HashMap<String, Vec<EntryId>>,
    folder_exact: HashMap<&'a str, FolderId>,
    folder_ends: HashMap<String, Vec<FolderId>>,
    private_folders: HashMap<String, ()>,
    addresses: HashMap<String, Owner>,
    private_addresses: HashSet<String>,
}

/// The longest end of a path that names a file, in components: whoever writes more writes the whole path. Without a limit the ends of a deep
/// path would take its length times its depth.
const END: usize = 16;

/// The extensions of notes.
pub const EXTENSIONS: [&str; 2] = [".md", ".markdown"];

impl<'a> Names<'a> {
    /// Collects the names.
    #[must_use]
    pub fn new(
        pages: &'a [impl Borrow<Page>],
        folders: &'a [Folder],
        redirects: &[(UrlPath, PageId)],
        hidden: &[Hidden<'a>],
        attachments: &[&'a Attachment],
    ) -> Self {
        let pages: Vec<&'a Page> = pages.iter().map(Borrow::borrow).collect();
        let entry = |path: &'a SourcePath, place| Entry { path, place, folded: SourcePath::fold(path.as_str()) };
        let mut entries: Vec<(Entry<'a>, &'a [String])> = Vec::with_capacity(pages.len() + hidden.len() + attachments.len());
        entries.extend(
            (0..)
                .map(PageId)
                .zip(pages.iter().copied())
                .map(|(id, p)| (entry(&p.note.path, Place::Page(id)), &*p.note.front_matter.aliases)),
        );
        entries.extend(hidden.iter().map(|note| (entry(note.path, Place::Private), note.aliases)));
        entries.extend(attachments.iter().map(|attachment| (entry(&attachment.path, Place::Attachment), &[][..])));
        // Shortest first, so that every list below is in that order too.
        entries.sort_by(|(a, _), (b, _)| {
            let depth = |entry: &Entry<'_>| entry.folded.matches('/').count();
            depth(a).cmp(&depth(b)).then(a.folded.len().cmp(&b.folded.len())).then_with(|| a.path.cmp(b.path))
        });

        let mut names = Self {
            pages: pages.clone(),
            folders,
            entries: Vec::with_capacity(entries.len()),
            exact: HashMap::with_capacity(entries.len()),
            ends: HashMap::with_capacity(entries.len() * 2),
            stems: HashMap::with_capacity(pages.len() * 2),
            aliases: HashMap::new(),
            folder_exact: folders.iter().zip(0..).map(|(folder, id)| (&*folder.path, FolderId(id))).collect(),
            folder_ends: HashMap::new(),
            private_folders: HashMap::new(),
            addresses: HashMap::with_capacity(pages.len() + folders.len()),
            private_addresses: hidden.iter().flat_map(|note| note.addresses).map(|url| SourcePath::fold(url.as_str())).collect(),
        };
        for ((entry, aliases), id) in entries.into_iter().zip(0..) {
            names.add(entry, aliases, id);
        }
        for (id, folder) in (0..).map(FolderId).zip(folders).skip(1) {
            for end in ends_of(&SourcePath::fold(&folder.path)) {
                names.folder_ends.entry(end.to_owned()).or_default().push(id);
            }
        }
        let folder_owner = |id: FolderId, folder: &Folder| folder.index.map_or(Owner::Folder(id), Owner::Page);
        for (id, folder) in (0..).map(FolderId).zip(folders) {
            names.addresses.insert(SourcePath::fold(folder.url.as_str()), folder_owner(id, folder));
        }
        for (url, page) in redirects {
            names.addresses.insert(SourcePath::fold(url.as_str()), Owner::Page(*page));
        }
        for (id, page) in (0..).map(PageId).zip(pages) {
            names.addresses.insert(SourcePath::fold(page.url.as_str()), Owner::Page(id));
        }
        names
    }

    fn add(&mut self, entry: Entry<'a>, aliases: &'a [String], id: EntryId) {
        self.exact.insert(entry.path.as_str(), id);
        for end in ends_of(&entry.folded) {
            self.ends.entry(end.to_owned()).or_default().push(id);
        }
        if entry.place != Place::Attachment
            && let Some(stem) = without_extension(&entry.folded)
        {
            for end in ends_of(stem) {
                self.stems.entry(end.to_owned()).or_default().push(id);
            }
        }
        for alias in aliases {
            let ids = self.aliases.entry(SourcePath::fold(alias.trim())).or_default();
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        if entry.place == Place::Private {
            let parent = SourcePath::fold(entry.path.parent());
            // The deepest first: where one is known, so are those above it.
            for at in std::iter::once(parent.len()).chain(parent.rmatch_indices('/').map(|(at, _)| at)) {
                if self.private_folders.insert(parent[..at].to_owned(), ()).is_some() {
                    break;
                }
            }
        }
        self.entries.push(entry);
    }

    /// A page.
    #[must_use]
    pub fn page(&self, id: PageId) -> &'a Page {
        self.pages[id.0 as usize]
    }

    /// All folders.
    #[must_use]
    pub fn folders(&self) -> &'a [Folder] {
        self.folders
    }

    /// All files, shortest paths first.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// A file.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> &Entry<'a> {
        &self.entries[id as usize]
    }

    /// The file of exactly this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<EntryId> {
        self.exact.get(path).copied()
    }

    /// The note of exactly this path without its extension.
    #[must_use]
    pub fn note(&self, path: &str) -> Option<EntryId> {
        EXTENSIONS.iter().find_map(|extension| self.file(&format!("{path}{extension}")))
    }

    /// The files whose whole path is this one when folded.
    #[must_use]
    pub fn folded_file(&self, folded: &str) -> &[EntryId] {
        self.whole(self.file_end(folded), folded)
    }

    /// The notes whose whole path without extension is this one when folded.
    #[must_use]
    pub fn folded_note(&self, folded: &str) -> &[EntryId] {
        let ids = self.note_end(folded);
        let fits = |id: &&EntryId| without_extension(&self.entry(**id).folded).is_some_and(|stem| stem.len() == folded.len());
        &ids[..ids.iter().take_while(fits).count()]
    }

    fn whole<'b>(&self, ids: &'b [EntryId], folded: &str) -> &'b [EntryId] {
        &ids[..ids.iter().take_while(|id| self.entry(**id).folded.len() == folded.len()).count()]
    }

    /// True when there are private notes at all.
    #[must_use]
    pub fn hides_any(&self) -> bool {
        !self.private_folders.is_empty()
    }

    /// The files whose folded path ends with this one, shortest first.
    #[must_use]
    pub fn file_end(&self, folded: &str) -> &[EntryId] {
        self.ends.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The notes whose folded path without extension ends with this one, shortest first.
    #[must_use]
    pub fn note_end(&self, folded: &str) -> &[EntryId] {
        self.stems.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The notes that call themselves this, folded.
    #[must_use]
    pub fn alias(&self, folded: &str) -> &[EntryId] {
        self.aliases.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The folder of exactly this path.
    #[must_use]
    pub fn folder(&self, path: &str) -> Option<FolderId> {
        self.folder_exact.get(path).copied()
    }

    /// The folders whose folded path ends with this one, parents before children.
    #[must_use]
    pub fn folder_end(&self, folded: &str) -> &[FolderId] {
        self.folder_ends.get(folded).map_or(&[], Vec::as_slice)
    }

    /// True when private notes lie somewhere in the folder of this folded path.
    #[must_use]
    pub fn hides(&self, folded: &str) -> bool {
        self.private_folders.contains_key(folded)
    }

    /// True when a private note asks for this folded address.
    #[must_use]
    pub fn hides_address(&self, folded: &str) -> bool {
        self.private_addresses.contains(folded)
    }

    /// Whose address this is when folded.
    #[must_use]
    pub fn address(&self, folded: &str) -> Option<Owner> {
        self.addresses.get(folded).copied()
    }
}

/// A path without `.md` or `.markdown`.
#[must_use]
pub fn without_extension(path: &str) -> Option<&str> {
    EXTENSIONS.iter().find_map(|extension| path.strip_suffix(extension)).filter(|stem| !stem.is_empty() && !stem.ends_with('/'))
}

/// `a/b/c`, `b/c`, `c`: the whole path, and its ends of at most [`END`] components.
fn ends_of(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.rmatch_indices('/').take(END).map(|(at, _)| &path[at + 1..]);
    std::iter::once(path).chain(ends)
}

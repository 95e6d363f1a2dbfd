//! What templates see of lists: the tree of folders, folders, tags, all notes, the index.
//!
//! In: names and addresses that rendering has worked out. Out: what Tera is given.

use serde::Serialize;

use super::LinkView;

/// The neighbourhood of a page in the tree of folders: the folders above it are open, long lists are cut.
#[derive(Debug, Serialize)]
pub struct NavView {
    /// The entries of the root; more than ten folders deep only the folder where the shown part of the tree starts.
    pub items: Vec<NavItemView>,
    /// The entries of the root that are not listed, or `null`.
    pub more: Option<MoreView>,
}

/// One entry of the navigation.
#[derive(Debug, Serialize)]
pub struct NavItemView {
    /// What it is called.
    pub title: String,
    /// Where it leads. The page itself when equal to `page.url`.
    pub url: String,
    /// The title's language where it is another than the page's, else `""`.
    pub lang: String,
    /// Where a folder's own page is, when `url` leads to a translation of it; else `""`.
    pub main: String,
    /// True for a folder that has entries besides its own page.
    pub folder: bool,
    /// True for such a folder that holds the page.
    pub open: bool,
    /// The folder's entries, when it is open.
    pub children: Vec<Self>,
    /// The entries that are not listed, or `null`.
    pub more: Option<MoreView>,
}

/// What a shortened list leaves out.
#[derive(Debug, Serialize)]
pub struct MoreView {
    /// How many entries the whole list has.
    pub total: usize,
    /// Where the whole list is.
    pub url: String,
}

/// A folder's contents.
#[derive(Debug, Serialize)]
pub struct FolderView {
    /// Its folders, in order.
    pub folders: Vec<EntryView>,
    /// Its notes, in order.
    pub notes: Vec<EntryView>,
    /// What is left out of a very long list, or `null`.
    pub more: Option<MoreView>,
}

/// One entry of a list of notes or folders.
#[derive(Debug, Serialize)]
pub struct EntryView {
    /// What it is called.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// What it is about; may be `""`.
    pub description: String,
    /// Its language where it is another than the page's, else `""`.
    pub lang: String,
    /// Day of writing; may be `""`.
    pub date: String,
    /// How many notes a folder holds, in its folders too; 0 for a note.
    pub notes: usize,
}

/// One tag.
#[derive(Debug, Serialize)]
pub struct TagView {
    /// Its name without `#`: `a/b`.
    pub title: String,
    /// The last part of its name: `b`.
    pub name: String,
    /// Its page.
    pub url: String,
    /// How many notes carry it.
    pub notes: usize,
    /// How deep it is nested: 0 for `a`, 1 for `a/b`.
    pub depth: usize,
}

/// A folder and its own notes, in the list of all notes.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// What the folder is called.
    pub title: String,
    /// The folder's page.
    pub url: String,
    /// The `id` of its place in the list.
    pub anchor: String,
    /// How many notes of its own it has.
    pub total: usize,
    /// Its notes; none where the site has so many that the list would be too long for a page: then they stand in the index.
    pub notes: Vec<LinkView>,
}

/// The notes that were last changed in one month.
#[derive(Debug, Serialize)]
pub struct MonthView {
    /// The month: `2026-11`.
    pub title: String,
    /// The notes, the newest first; `date` is the day of their last change.
    pub notes: Vec<EntryView>,
}

/// A letter of the index.
#[derive(Debug, Serialize)]
pub struct LetterView {
    /// `A` to `Z`, `0–9`, or `…` for other scripts.
    pub title: String,
    /// Where its names begin, on this page or another.
    pub url: String,
    /// How many names it has.
    pub names: usize,
    /// True when its names, or some of them, are on this page and the others' are not.
    pub here: bool,
    /// The pages of its names; none when all names stand on one page.
    pub parts: Vec<PartView>,
}

/// A page of the index.
#[derive(Debug, Serialize)]
pub struct PartView {
    /// Its first name.
    pub first: String,
    /// Its last name.
    pub last: String,
    /// Where it is.
    pub url: String,
    /// How many names it has.
    pub names: usize,
    /// True for the page that is rendered.
    pub here: bool,
}

/// The names under a letter, or those of them that a page has.
#[derive(Debug, Serialize)]
pub struct NamesView {
    /// The letter.
    pub title: String,
    /// The `id` of its place.
    pub anchor: String,
    /// The names, in order.
    pub names: Vec<NameView>,
}

/// A name in the index.
#[derive(Debug, Serialize)]
pub struct NameView {
    /// `note`, `heading` or `tag`.
    pub kind: &'static str,
    /// The name.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Its language where it is another than the page's, else `""`.
    pub lang: String,
    /// The title of the note that a heading is in; else `""`.
    pub of: String,
    /// How many notes carry a tag; else 0.
    pub notes: usize,
}

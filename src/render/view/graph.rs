//! What templates see of graphs: pictures whose every place is worked out.
//!
//! In: numbers and names that rendering has worked out. Out: what Tera is given. Places are in units of the picture's own size.

use serde::Serialize;

/// The graph around a note: the note itself, and two columns of others.
#[derive(Debug, Serialize)]
pub struct LocalGraphView {
    /// The picture's width; its letters are 15 high.
    pub width: i32,
    /// The picture's height.
    pub height: i32,
    /// Where the note itself is.
    pub x: i32,
    /// Where the note itself is.
    pub y: i32,
    /// The notes around it: those that link here first, from top to bottom.
    pub nodes: Vec<LocalNodeView>,
    /// The lines between the note and the others, as the `d` of a path.
    pub own: String,
    /// The lines between the others; may be `""`.
    pub others: String,
    /// How many more notes are linked with it.
    pub hidden: usize,
    /// Where it is in the graph of all notes; `""` where there is none.
    pub whole: String,
}

/// A note beside another.
#[derive(Debug, Serialize)]
pub struct LocalNodeView {
    /// Its title.
    pub title: String,
    /// Its language where it is another than the page's, else `""`.
    pub lang: String,
    /// Its title, as much of it as there is room for.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// Whether it links to the note in the middle.
    pub links_here: bool,
    /// Whether the note in the middle links to it; then it stands at its right, else at its left.
    pub is_linked: bool,
    /// Where it is.
    pub x: i32,
    /// Where it is.
    pub y: i32,
    /// Where its name begins, or ends at the left.
    pub label_x: i32,
    /// The line that its name stands on.
    pub label_y: i32,
}

/// The graph of the whole site.
#[derive(Debug, Serialize)]
pub struct GraphView {
    /// The picture's width; its letters are 13 high.
    pub width: f64,
    /// The picture's height.
    pub height: f64,
    /// The notes that are drawn: all, or of very many those with most links.
    pub nodes: Vec<GraphNodeView>,
    /// The lines between them, as the `d` of a path.
    pub edges: String,
    /// How many notes there are.
    pub total: usize,
    /// The same notes as a list, those with most links first: where they are in `nodes`.
    pub list: Vec<usize>,
    /// The folders that they lie in, the root left out.
    pub folders: Vec<GraphChoiceView>,
    /// The tags that they carry.
    pub tags: Vec<GraphChoiceView>,
}

/// A note in the graph of the whole site.
#[derive(Debug, Serialize)]
pub struct GraphNodeView {
    /// Its `id` in the picture: the address of the note from the site's root.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its language where it is another than the page's, else `""`.
    pub lang: String,
    /// Its title, as much of it as there is room for.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// Where it is.
    pub x: f64,
    /// Where it is.
    pub y: f64,
    /// How large its dot is: it grows with its links.
    pub radius: f64,
    /// The line that its name stands on.
    pub label_y: f64,
    /// From which scale on there is room for its name, from 0; 6 for none.
    pub level: usize,
    /// Which of the notes it links to, with spaces between.
    pub to: String,
    /// The numbers of the folders that it lies in, with spaces between.
    pub folders: String,
    /// The numbers of its tags, with spaces between.
    pub tags: String,
    /// How many notes it links to, those that are not drawn too.
    pub links: usize,
    /// How many notes link to it.
    pub backlinks: usize,
}

/// A folder or tag to filter by.
#[derive(Debug, Serialize)]
pub struct GraphChoiceView {
    /// Its number.
    pub id: usize,
    /// What it is called.
    pub title: String,
    /// How many of the notes that are drawn it has.
    pub notes: usize,
}

//! Mermaid blocks to SVG.
//!
//! In: the text of a diagram. Out: SVG that a page may hold, or why there is none. The drawing crate is not trusted: what it can be asked is
//! limited, its panics are caught, and what it gives is read as XML and written anew with what is allowed ([`clean`]),
//! and compared with the source ([`lost`]).
//!
//! The colours of the theme are stand-ins that become classes, so that one drawing is light and dark. A diagram with colours of its own keeps
//! them and is drawn on light paper always: nobody can tell what they mean on a dark one.
//!
//! Text is measured without fonts (no system has the family asked for), so that every machine draws the same.

mod clean;
mod lost;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::html::escape_into;
use crate::note::CodeBlock;
use crate::theme::Words;
use mermaid_rs_renderer::{DiagramKind, Direction, LayoutConfig, Theme, compute_layout, parse_mermaid, render_svg};

/// What the ids of a drawing start with until it has its place in a page.
pub(super) const ID: &str = "\u{1}";

/// A longer text is no diagram that anybody reads.
const TEXT_LIMIT: usize = 50_000;
/// Laying out takes time that grows with the square of the lines and worse.
const LINE_LIMIT: usize = 500;
/// So many labelled edges at random take two seconds. What stands in one line counts too: `A & B & C --> D & E & F` are nine edges, `A-->B-->C` are two.
const EDGE_LIMIT: usize = 80;
/// The deepest nesting of boxes in boxes.
const DEPTH_LIMIT: usize = 50;
/// Drawing runs on a thread with a stack of so many bytes: the crate recurses.
const STACK: usize = 64 << 20;
/// A drawing of more bytes stays code.
const SVG_LIMIT: usize = 2 << 20;

/// What stands between the links that are left out, in the text that the cache keeps.
const SEPARATOR: char = '\u{2}';

impl Drawing {
    /// As one text, for the cache.
    pub(super) fn to_text(&self) -> String {
        let refused: Vec<String> = self.refused.iter().map(|link| link.replace(['\n', '\r', SEPARATOR], " ")).collect();
        format!("{}\n{}", refused.join(SEPARATOR.encode_utf8(&mut [0; 4])), self.svg)
    }

    /// The links that are left out, and the drawing, of such a text.
    pub(super) fn parts(text: &str) -> (impl Iterator<Item = &str>, &str) {
        let (refused, svg) = text.split_once('\n').unwrap_or(("", text));
        (refused.split(SEPARATOR).filter(|link| !link.is_empty()), svg)
    }
}

/// Appends a drawing with its source. `at`: the position of the block in its note; `source`: its element as code.
pub(super) fn write(out: &mut String, at: usize, block: &CodeBlock, text: &str, source: &str, words: &Words) {
    let (_, svg) = Drawing::parts(text);
    let title = &block.attributes.title;
    let name = if title.is_empty() { name(&block.text).unwrap_or_else(|| words.get("diagram").to_owned()) } else { title.clone() };
    let svg = svg.replace(ID, &format!("diagram:{}-", at + 1));
    out.push_str("<figure class=\"diagram\">");
    if !title.is_empty() {
        out.push_str("<figcaption>");
        escape_into(out, title);
        out.push_str("</figcaption>");
    }
    let (start, rest) = svg.split_at(svg.find(' ').unwrap_or(0));
    out.push_str("<div class=\"diagram-paper\">");
    out.push_str(start);
    out.push_str(" aria-label=\"");
    escape_into(out, &name);
    out.push('"');
    out.push_str(rest);
    out.push_str("</div><details><summary>");
    escape_into(out, words.get("diagram_source"));
    out.push_str("</summary>");
    out.push_str(source);
    out.push_str("</details></figure>");
}

/// The title that a diagram gives itself.
fn name(text: &str) -> Option<String> {
    let lines = || text.lines().map(str::trim);
    let after = |start: &str| lines().find_map(|line| line.strip_prefix(start)).map(|rest| rest.trim_start_matches(':').trim().to_owned());
    let found = ["accTitle:", "title:", "title ", "pie title ", "pie showData title "].into_iter().find_map(after);
    found.map(|name| name.trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawing {
    /// `<svg>…</svg>`; ids start with [`ID`].
    pub(super) svg: String,
    /// Links that are left out, because of where they lead.
    pub(super) refused: Vec<String>,
}

/// The stand-ins for the theme's colours and the classes that they become; the style sheet gives them their colours.
const COLOURS: &[(&str, &str)] = &[
    ("#b1f100", "paper"),
    ("#b1f101", "node"),
    ("#b1f102", "ink"),
    ("#b1f103", "edge"),
    ("#b1f104", "rule"),
    ("#b1f105", "second"),
    ("#b1f106", "third"),
    ("#b1f107", "group"),
    ("#b1f108", "note"),
    ("#b1f109", "note-rule"),
    ("#b1f10a", "active"),
];

/// Draws a diagram, or says why not.
pub(super) fn draw(text: &str) -> Result<Drawing, String> {
    check(text)?;
    // A stack of its own: running out of stack cannot be caught.
    let svg = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK);
        let work = || catch_unwind(AssertUnwindSafe(|| svg(text))).unwrap_or_else(|_| Err("the renderer fails on it".to_owned()));
        match thread.spawn_scoped(scope, work) {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err("the renderer fails on it".to_owned())),
            Err(_) => Err("no thread could be started to draw it".to_owned()),
        }
    })?;
    if svg.len() > SVG_LIMIT {
        return Err(format!("its drawing has {} kB, more than the {} kB that a page shows", svg.len() >> 10, SVG_LIMIT >> 10));
    }
    let cleaned = clean::clean(&svg)?;
    if cleaned.text.trim().is_empty() {
        return Err("nothing of it is understood".to_owned());
    }
    if let Some(line) = lost::line(text, &cleaned.text) {
        let line: String = line.chars().take(60).collect();
        return Err(format!("the line `{line}` is not understood"));
    }
    Ok(cleaned.drawing)
}

/// The name of the threads that draw: their panics are caught, and need not be printed.
pub const THREAD: &str = "biji diagram";

fn svg(text: &str) -> Result<String, String> {
    // Labels are HTML in Mermaid; this reference is common, and the crate leaves it as it is.
    let text = text.replace("&nbsp;", "\u{a0}");
    let mut parsed = parse_mermaid(&text).map_err(|error| {
        let message = error.to_string();
        let line = message.lines().next().unwrap_or("").trim_end_matches('.').to_owned();
        if line.is_empty() { "the renderer does not understand it".to_owned() } else { line }
    })?;
    // The crate's layout of states lays labels over each other; that of flowcharts has room for them, and knows no notes.
    if parsed.graph.kind == DiagramKind::State && parsed.graph.state_notes.is_empty() {
        parsed.graph.kind = DiagramKind::Flowchart;
    }
    let kind = parsed.graph.kind;
    // Ranks below each other have room for the labels between them; beside each other they would make the drawing too wide.
    let rank_spacing = if matches!(parsed.graph.direction, Direction::LeftRight | Direction::RightLeft) { 60.0 } else { 100.0 };
    let config = LayoutConfig { fast_text_metrics: true, node_spacing: 60.0, rank_spacing, ..LayoutConfig::default() };
    let theme = theme(kind);
    let mut layout = compute_layout(&parsed.graph, &theme, &config);
    if kind != DiagramKind::Er {
        return Ok(render_svg(&layout, &theme, &config));
    }
    // The table of an entity has no column of types where no font can be measured: type and name stand in one.
    for line in layout.nodes.values_mut().flat_map(|node| node.label.lines.iter_mut().skip(1)) {
        let is_key =
            |word: &&str| word.split(',').all(|key| matches!(key.trim_matches(',').to_ascii_uppercase().as_str(), "PK" | "FK" | "UK" | ""));
        let (keys, words): (Vec<&str>, Vec<&str>) = line.split_whitespace().partition(is_key);
        *line = format!("{} {}", words.join(GLUE), keys.join(" ")).trim_end().to_owned();
    }
    Ok(render_svg(&layout, &theme, &config).replace(GLUE, " "))
}

/// Stands for a space that the drawing crate must not see.
const GLUE: &str = "\u{e000}";

/// The colours of pies: dark text can be read on each.
const SLICES: [&str; 12] =
    ["#9cc3e6", "#f3c58b", "#a8d5a2", "#e9a9a0", "#c9b3e2", "#d9c4a5", "#f0b6d3", "#c7c7c7", "#dcdc8f", "#9fd8de", "#b7d0f0", "#f6d9b2"];

fn theme(kind: DiagramKind) -> Theme {
    let mut theme = Theme::modern();
    // No system has it, so nothing is measured with a font that another system lacks.
    theme.font_family = "biji-diagram".to_owned();
    theme.pie_colors = SLICES.map(str::to_owned);
    let is_plain = matches!(
        kind,
        DiagramKind::Flowchart
            | DiagramKind::Class
            | DiagramKind::State
            | DiagramKind::Sequence
            | DiagramKind::Er
            | DiagramKind::Block
            | DiagramKind::Packet
            | DiagramKind::Kanban
            | DiagramKind::Requirement
            | DiagramKind::Architecture
    );
    // The others mix colours of their own from these.
    if !is_plain {
        return theme;
    }
    let colour = |class: &str| {
        let found = COLOURS.iter().find(|(_, name)| *name == class);
        found.map_or_else(String::new, |(colour, _)| (*colour).to_owned())
    };
    theme.primary_color = colour("node");
    theme.primary_text_color = colour("ink");
    theme.primary_border_color = colour("rule");
    theme.line_color = colour("edge");
    theme.secondary_color = colour("second");
    theme.tertiary_color = colour("third");
    theme.edge_label_background = colour("paper");
    theme.cluster_background = colour("group");
    theme.cluster_border = colour("rule");
    theme.background = colour("paper");
    theme.sequence_actor_fill = colour("node");
    theme.sequence_actor_border = colour("rule");
    theme.sequence_actor_line = colour("edge");
    theme.sequence_note_fill = colour("note");
    theme.sequence_note_border = colour("note-rule");
    theme.sequence_activation_fill = colour("active");
    theme.sequence_activation_border = colour("rule");
    theme.text_color = colour("ink");
    theme
}

/// Refuses what would take too long.
fn check(text: &str) -> Result<(), String> {
    if text.len() > TEXT_LIMIT {
        return Err(format!("it has {} kB, more than the {} kB that are drawn", text.len() >> 10, TEXT_LIMIT >> 10));
    }
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t')) {
        return Err("it holds a control character".to_owned());
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    if lines > LINE_LIMIT {
        return Err(format!("it has {lines} lines, more than the {LINE_LIMIT} that are drawn"));
    }
    let (mut edges, mut depth) = (0_usize, 0_usize);
    for line in text.lines().flat_map(|line| line.split(';')).map(str::trim) {
        let word = line.split([' ', '\t']).next().unwrap_or("");
        let arrows = ["--", "==", "-.", "~~~", ">>", "->", "..", "<|"].iter().map(|arrow| line.matches(arrow).count()).max().unwrap_or(0);
        let joined = line.split(['-', '=', '~']).map(|side| side.matches(" & ").count() + 1).fold(1_usize, usize::saturating_mul);
        edges = edges.saturating_add(arrows.saturating_mul(joined));
        if matches!(word, "subgraph" | "loop" | "alt" | "opt" | "par" | "critical" | "rect" | "box") || line.ends_with('{') {
            depth += 1;
        } else if matches!(word, "end" | "}") {
            depth = depth.saturating_sub(1);
        }
        if depth > DEPTH_LIMIT {
            return Err(format!("its boxes are nested deeper than {DEPTH_LIMIT} levels"));
        }
    }
    if edges > EDGE_LIMIT {
        return Err(format!("it has about {edges} lines between things, more than the {EDGE_LIMIT} that are drawn"));
    }
    Ok(())
}

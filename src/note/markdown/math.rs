//! Formulas: TeX to MathML, when the note is read, since no neighbour is needed for it.
//!
//! In: the TeX between the dollar signs. Out: a `<math>` element without inline styles, or why there is none.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage};

use super::tag::{self, Token};

/// The longest formula that is read, and the deepest.
const LENGTH: usize = 20_000;
const DEPTH: usize = 60;

/// MathML for a formula; the error is one lower-case sentence.
pub(super) fn to_mathml(tex: &str, is_display: bool) -> Result<String, String> {
    if tex.len() > LENGTH {
        return Err(format!("the formula is longer than {LENGTH} bytes"));
    }
    check(tex)?;
    let storage = Storage::new();
    let mut events = Vec::new();
    for event in Parser::new(tex, &storage) {
        match event {
            Ok(event) => events.push(Ok::<_, std::io::Error>(event)),
            Err(error) => return Err(first_line(&error.to_string())),
        }
        if events.len() > LENGTH * 4 {
            return Err("the formula is too large".to_owned());
        }
    }
    let display_mode = if is_display { DisplayMode::Block } else { DisplayMode::Inline };
    let mut mathml = String::new();
    pulldown_latex::push_mathml(&mut mathml, events.into_iter(), RenderConfig { display_mode, ..RenderConfig::default() })
        .map_err(|error| first_line(&error.to_string()))?;
    if !is_well_formed(&mathml) {
        // The writer of MathML puts tags into tags where a command lacks its argument.
        return Err("a command has no argument".to_owned());
    }
    Ok(without_styles(&mathml))
}

/// Whether every element is closed, in order, and has a name.
fn is_well_formed(mathml: &str) -> bool {
    let mut open = Vec::new();
    let mut at = 0;
    while at < mathml.len() {
        at = match tag::token(mathml, at) {
            Token::Text(range) => range.end,
            Token::Open(tag) => {
                if !tag.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return false;
                }
                if !tag.is_closed {
                    open.push(tag.name);
                }
                tag.range.end
            }
            Token::Close { range, name } => {
                if open.pop().is_none_or(|open| open != name) {
                    return false;
                }
                range.end
            }
            Token::Comment(..) | Token::Unfinished(_) => return false,
        };
    }
    open.is_empty()
}

/// Refuses what could make the reader of formulas expand without bound or recurse too deeply.
fn check(tex: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut letters = tex.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                let rest = &tex[at + 1..];
                let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let name = &rest[..end];
                if matches!(name, "def" | "gdef" | "edef" | "xdef" | "let" | "futurelet" | "newcommand" | "renewcommand" | "providecommand")
                {
                    return Err(format!("`\\{name}` is not supported"));
                }
                if name == "left" || name == "begin" {
                    depth += 1;
                }
                // An escaped brace opens nothing.
                if end == 0 {
                    letters.next();
                }
            }
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return Err(format!("the formula is nested deeper than {DEPTH} levels"));
        }
    }
    Ok(())
}

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or("").trim_end_matches('.');
    line.strip_prefix("parsing error: ").unwrap_or(line).to_owned()
}

/// Turns `style` attributes, which a strict content policy refuses, into what MathML has for them; the rest is dropped.
fn without_styles(mathml: &str) -> String {
    const STYLE: &str = " style=\"";
    let mut out = String::with_capacity(mathml.len());
    let mut rest = mathml;
    while let Some(at) = rest.find(STYLE) {
        let (before, after) = (&rest[..at], &rest[at + STYLE.len()..]);
        out.push_str(before);
        // In text, as opposed to a tag, it is no attribute.
        let in_tag = out.rfind(['<', '>']).is_some_and(|bracket| out.as_bytes()[bracket] == b'<');
        let Some((style, behind)) = after.split_once('"').filter(|_| in_tag) else {
            out.push_str(STYLE);
            rest = after;
            continue;
        };
        for declaration in style.split(';') {
            let Some((property, value)) = declaration.split_once(':') else { continue };
            let attribute = match property.trim() {
                "color" => "mathcolor",
                "background-color" | "background" => "mathbackground",
                _ => continue,
            };
            if let Some(color) = color(value.trim()) {
                out.push_str(&format!(" {attribute}=\"{color}\""));
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// `rgb(1 2 3)` as `#010203`.
fn color(value: &str) -> Option<String> {
    let numbers = value.strip_prefix("rgb(")?.strip_suffix(')')?;
    let mut parts = numbers.split([' ', ',']).filter(|part| !part.is_empty()).map(str::parse::<u8>);
    let mut next = || parts.next()?.ok();
    Some(format!("#{:02x}{:02x}{:02x}", next()?, next()?, next()?))
}

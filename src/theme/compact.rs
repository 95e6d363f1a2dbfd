//! Style sheets and scripts without what only their authors need: comments, indentation, empty lines.
//!
//! In: CSS or JavaScript. Out: the same rules and the same program in fewer bytes, since every reader loads them. Strings, templates and patterns stay as they
//! are. A script keeps its line breaks, which may end statements. Knows no more of either language than where its comments and strings are.

/// A style sheet: also without the space that separates nothing, one rule a line.
pub(super) fn style(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        let length = match c {
            '"' | '\'' => literal(rest, c),
            c if c.is_whitespace() => {
                rest = &rest[c.len_utf8()..];
                if !out.is_empty() && !out.ends_with([' ', '\n', '{', ';', ',', ':', '>']) {
                    out.push(' ');
                }
                continue;
            }
            '{' | '}' | ';' | ',' | '>' => {
                let end = out.trim_end_matches(' ').len();
                out.truncate(end);
                1
            }
            c => c.len_utf8(),
        };
        if c == '}' && out.ends_with(';') {
            out.pop();
        }
        out.push_str(&rest[..length]);
        if c == '}' {
            out.push('\n');
        }
        rest = &rest[length..];
    }
    let end = out.trim_end().len();
    out.truncate(end);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Signs of a script that need no space around them: what stands beside them ends there anyway. Not `<` and `>`, as `<!--` would begin a comment.
const ALONE: [char; 10] = ['{', '}', '(', ')', ',', ';', '=', '?', ':', '|'];

/// A script.
pub(super) fn script(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' | '\'' | '`' => literal(rest, c),
            '/' if rest.starts_with("//") => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
                // One that goes over lines counts as the end of a line.
                let is_break = rest[..end].contains('\n');
                rest = &rest[end..];
                if is_break {
                    end_line(&mut out);
                }
                continue;
            }
            '/' if begins_pattern(&out) => pattern(rest),
            '\n' => {
                end_line(&mut out);
                rest = &rest[1..];
                continue;
            }
            c if c.is_whitespace() && (out.is_empty() || out.ends_with(['\n', ' ']) || out.ends_with(ALONE)) => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
            c => {
                if ALONE.contains(&c) {
                    let end = out.trim_end_matches(' ').len();
                    out.truncate(end);
                }
                c.len_utf8()
            }
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    end_line(&mut out);
    out
}

fn end_line(out: &mut String) {
    let end = out.trim_end_matches([' ', '\t', '\r']).len();
    out.truncate(end);
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// How long the string or template is that `text` begins with, its quotes included.
fn literal(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        at += c.len_utf8();
        match c {
            '\\' => at += text[at..].chars().next().map_or(0, char::len_utf8),
            c if c == quote => return at,
            '$' if quote == '`' && text[at..].starts_with('{') => at += hole(&text[at..]),
            _ => {}
        }
    }
    at
}

/// How long the part of a template is that is code: `{…}`.
fn hole(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        match c {
            '"' | '\'' | '`' => {
                at += literal(&text[at..], c);
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        at += c.len_utf8();
        if depth == 0 {
            break;
        }
    }
    at
}

/// Whether a `/` behind this begins a pattern, and does not divide.
fn begins_pattern(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with(|c: char| "(,=:[!&|?{};+-*%<>~^".contains(c)) || before.ends_with("return")
}

/// How long the pattern is that `text` begins with, without its flags.
fn pattern(text: &str) -> usize {
    let (mut at, mut is_class) = (1, false);
    while let Some(c) = text[at..].chars().next().filter(|c| *c != '\n') {
        at += c.len_utf8();
        match c {
            '\\' => at += text[at..].chars().next().map_or(0, char::len_utf8),
            '[' => is_class = true,
            ']' => is_class = false,
            '/' if !is_class => return at,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{script, style};

    #[test]
    fn rules_stay_and_what_separates_nothing_goes() {
        for (from, to) in [
            ("/* A */\na { b: c; }\n", "a{b:c}\n"),
            ("a {\n  b: c;\n\n  d: e f;\n}\n\n/* x */\nf > g , h:is(i, j) { k: l }", "a{b:c;d:e f}\nf>g,h:is(i,j){k:l}\n"),
            ("a::before { content: \"/* { \\\" ;  x */\"; }", "a::before{content:\"/* { \\\" ;  x */\"}\n"),
            ("a/**/ b{c:d}/* open", "a b{c:d}\n"),
            ("a { b: '  \"'; }", "a{b:'  \"'}\n"),
            ("a :hover, a\n.b { c: calc(1px + 2px) !important; --d: ; }", "a :hover,a .b{c:calc(1px + 2px) !important;--d:}\n"),
            ("@media not (a: b) and (c) { d { e: f; } }\n", "@media not (a:b) and (c){d{e:f}\n}\n"),
            ("@layer a,\n  b;\n", "@layer a,b;\n"),
            ("", ""),
        ] {
            assert_eq!(style(from), to, "{from}");
        }
    }

    #[test]
    fn scripts_stay_programs() {
        for (from, to) in [
            ("// What it is.\n\"use strict\";\n\n(() => {\n  go(); // now\n})();\n", "\"use strict\";\n(()=>{\ngo();\n})();\n"),
            ("/** @type {X | undefined} */\nlet a;\n/* one\ntwo */ b()", "let a;\nb()\n"),
            ("const a = /** @type {B} */ (c);\n", "const a=(c);\n"),
            (
                "a = \"// '\" + '/* \\' */' + `  // ${b ? `/* ${c} */` : \"}\"}  \n  x`;\n",
                "a=\"// '\" + '/* \\' */' + `  // ${b ? `/* ${c} */` : \"}\"}  \n  x`;\n",
            ),
            ("a = b.replace(/[/\"]\\/\\//g, c) / 2; // d / e\n", "a=b.replace(/[/\"]\\/\\//g,c)/ 2;\n"),
            ("a = (b) / c / d; // e\n  return /\\s+'/.test(f)", "a=(b)/ c / d;\nreturn /\\s+'/.test(f)\n"),
            ("if (a < b && c >= d) { e ? f : [g, h] } else return (i)", "if(a < b && c >=d){e?f:[g,h]}else return(i)\n"),
            ("a = b\n/* over\nlines */\n++c", "a=b\n++c\n"),
            ("a() /* x\n*/ b()", "a()\nb()\n"),
            ("", ""),
        ] {
            assert_eq!(script(from), to, "{from}");
        }
    }
}

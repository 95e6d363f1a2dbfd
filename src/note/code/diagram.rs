//! The words of a Mermaid diagram.
//!
//! In: its text. Out: the same words line by line, without the arrows and brackets that become a drawing: what a search shows of it. No word is left out
//! and none moves, so whatever is found in the text is found in its words.

/// What stands around labels.
const BRACKETS: &[char] = &['[', ']', '(', ')', '{', '}', '|', '<', '>', '"', '`', ';'];
/// What lines between nodes are made of; alone, each may be part of a word.
const LINES: &[char] = &['-', '=', '.', '~', '*', '\\', '/'];

/// The words.
#[must_use]
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = BREAKS.iter().fold(line.to_owned(), |line, tag| line.replace(tag, " "));
        let letters: Vec<char> = line.chars().collect();
        let start = out.len();
        for (at, &letter) in letters.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
            let after = letters.get(at + 1).copied().unwrap_or(' ');
            let joins = LINES.contains(&letter) && (!after.is_alphanumeric() || LINES.contains(&before));
            if !letter.is_whitespace() && !BRACKETS.contains(&letter) && !joins {
                out.push(letter);
            } else if out.len() > start && !out.ends_with(' ') {
                out.push(' ');
            }
        }
        out.truncate(out.trim_end_matches(' ').len().max(start));
        out.push('\n');
    }
    out
}

/// Line breaks in labels.
const BREAKS: &[&str] = &["<br/>", "<br>", "<br />", "&nbsp;"];

#[cfg(test)]
mod tests {
    #[test]
    fn words_stay_and_lines_go() {
        for (text, expected) in [
            ("flowchart TD\n    A[容器启动] --> B{启动探针}\n", "flowchart TD\nA 容器启动 B 启动探针\n"),
            ("B -->|成功 一次| C((另外<br/>两种))\n\nC", "B 成功 一次 C 另外 两种\n\nC\n"),
            ("A-.->B==>C~~~D-- 文字 ---E", "A B C D 文字 E\n"),
            ("K[kube-proxy --mode=ipvs] --- P[.NET 4.8, C++]", "K kube-proxy mode=ipvs P .NET 4.8, C++\n"),
            ("A->>B: GET /healthz?a=b", "A B: GET /healthz?a=b\n"),
            ("E[ls -l] --> F[a/b.c]", "E ls -l F a/b.c\n"),
            ("\"用户\" : 30", "用户 : 30\n"),
            ("-->", "\n"),
            ("", ""),
        ] {
            assert_eq!(super::words(text), expected, "{text}");
        }
    }
}

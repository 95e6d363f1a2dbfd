//! The query language: text as typed in, clauses out. Every text is a query; there are no errors.
//!
//! Words mean AND, `a OR b` either, `-word` not, `"…"` a phrase, `title:` `heading:` `tag:` `path:` `lang:` where. The last word may be
//! unfinished. A word is cut by the tokenizer and its tokens must follow each other, so a run of Han characters or a name such as
//! `kube-proxy` is a phrase by itself. Knows nothing of an index.

use crate::token::{Kind, Token, is_dense, tokens};

/// Longest query that is read, in bytes; the rest is ignored.
const MAX_QUERY: usize = 1024;
/// How many clauses count.
const MAX_CLAUSES: usize = 24;
/// How many tokens of one word or phrase count.
const MAX_WORDS: usize = 48;

/// Where a word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Any,
    Title,
    Heading,
    Tag,
    Path,
    Language,
}

/// One token of an atom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Position relative to the atom's first token.
    pub(crate) at: u32,
    /// Whether longer tokens match, too.
    pub(crate) prefix: bool,
    /// Whether other forms of the word and near spellings may stand for it.
    pub(crate) flexible: bool,
}

impl Word {
    /// Whether it is a pair that carries a question or joins words: nothing to look for where only some words are found.
    pub(crate) fn is_filler(&self) -> bool {
        const FILLERS: [char; 20] =
            ['了', '什', '何', '吗', '呢', '哪', '如', '么', '怎', '是', '的', '该', '么', '样', '谁', '这', '那', '些', '吧', '啊'];
        let mut chars = self.text.chars();
        chars.clone().count() == 2 && chars.any(|ch| FILLERS.contains(&ch))
    }
}

/// Words that must follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Atom {
    pub(crate) scope: Scope,
    /// As typed.
    pub(crate) text: String,
    pub(crate) words: Vec<Word>,
    /// How many tokens the same text has in the index (a whole title's length is compared with it).
    pub(crate) tokens: u32,
}

/// Atoms of which one must match, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) negated: bool,
    /// A word such as `the` or `how`, which need not match beside others.
    pub(crate) optional: bool,
    /// A quoted phrase or a given place: no partial answer may lack it.
    pub(crate) firm: bool,
    pub(crate) atoms: Vec<Atom>,
}

/// A piece of the query as typed.
struct Piece<'a> {
    text: &'a str,
    scope: Scope,
    negated: bool,
    quoted: bool,
    /// Nothing follows it, not even a space.
    last: bool,
}

/// Reads a query.
pub(crate) fn parse(query: &str) -> Vec<Clause> {
    let mut end = query.len().min(MAX_QUERY);
    while !query.is_char_boundary(end) {
        end -= 1;
    }
    let pieces = pieces(&query[..end]);
    let mut clauses: Vec<Clause> = Vec::new();
    let mut or = false;
    for piece in &pieces {
        if piece.text == "OR" && !piece.quoted && piece.scope == Scope::Any && !piece.last {
            or = true;
            continue;
        }
        let atoms = atoms(piece);
        if atoms.is_empty() {
            continue;
        }
        let joined = std::mem::take(&mut or) && !piece.negated;
        match clauses.last_mut() {
            Some(last) if joined && !last.negated => last.atoms.extend(atoms),
            _ => clauses.push(Clause {
                negated: piece.negated,
                optional: is_filler(piece),
                firm: piece.quoted || piece.scope != Scope::Any,
                atoms,
            }),
        }
        if clauses.len() == MAX_CLAUSES {
            break;
        }
    }
    // What is only excluded was meant literally (`-l`); what is only filler is all there is.
    if clauses.iter().all(|clause| clause.negated) {
        clauses.iter_mut().for_each(|clause| clause.negated = false);
    }
    if clauses.iter().filter(|clause| !clause.negated).all(|clause| clause.optional) || clauses.len() < 3 {
        clauses.iter_mut().for_each(|clause| clause.optional = false);
    }
    clauses
}

/// Whether a query is a question in plain words: little words between at least three that matter.
pub(crate) fn is_question(clauses: &[Clause]) -> bool {
    let matters = |clause: &&Clause| !clause.negated && !clause.optional;
    clauses.iter().any(|clause| clause.optional) && clauses.iter().filter(matters).count() > 2
}

/// A query with operators read as nothing but text, one phrase: `rm -rf` stands on a page although it excludes what it names.
pub(crate) fn literal(query: &str, clauses: &[Clause]) -> Option<Vec<Clause>> {
    let has_operators = clauses.iter().any(|clause| clause.negated || clause.atoms.iter().any(|atom| atom.scope != Scope::Any));
    if !has_operators {
        return None;
    }
    let end = query.floor_char_boundary(query.len().min(MAX_QUERY));
    let atoms = atoms(&Piece { text: &query[..end], scope: Scope::Any, negated: false, quoted: true, last: true });
    (!atoms.is_empty()).then(|| vec![Clause { negated: false, optional: false, firm: true, atoms }])
}

/// A query with its runs of several scripts cut where one ends (`kubeadm初始化`), if it has such a run.
pub(crate) fn apart(clauses: &[Clause]) -> Option<Vec<Clause>> {
    let mut out = Vec::new();
    for clause in clauses {
        let text = clause.atoms[0].text.as_str();
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, (before, after)) in text.char_indices().map(|(at, _)| at).skip(1).zip(text.chars().zip(text.chars().skip(1))) {
            if is_dense(before) != is_dense(after) {
                parts.push(&text[start..at]);
                start = at;
            }
        }
        parts.push(&text[start..]);
        let is_open = clause.atoms[0].words.last().is_some_and(|word| word.prefix);
        let mut cut = Vec::new();
        for (at, text) in parts.iter().enumerate() {
            let last = is_open && at + 1 == parts.len();
            cut.push(atoms(&Piece { text, scope: Scope::Any, negated: false, quoted: false, last }));
        }
        cut.retain(|atoms| !atoms.is_empty());
        if cut.len() < 2 || clause.firm || clause.negated || clause.atoms.len() > 1 || out.len() + cut.len() > MAX_CLAUSES {
            out.push(clause.clone());
        } else {
            out.extend(cut.into_iter().map(|atoms| Clause { negated: false, optional: false, firm: false, atoms }));
        }
    }
    (out.len() > clauses.len()).then_some(out)
}

/// Cuts at spaces outside quotes.
fn pieces(query: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let negated = first == '-' && rest[1..].starts_with(|next: char| !next.is_whitespace() && next != '-') && !is_flag(&rest[1..]);
        if negated {
            rest = &rest[1..];
        }
        let (scope, after) = scope(rest);
        rest = after;
        let open = rest.chars().next();
        if let Some(open @ ('"' | '“' | '”')) = open {
            let inside = &rest[open.len_utf8()..];
            let end = inside.find(['"', '“', '”']);
            let text = &inside[..end.unwrap_or(inside.len())];
            rest = end.map_or("", |end| inside[end..].trim_start_matches(['"', '“', '”']));
            pieces.push(Piece { text, scope, negated, quoted: true, last: end.is_none() });
        } else {
            let end = rest.find(|ch: char| ch.is_whitespace() || ch == '"').unwrap_or(rest.len());
            pieces.push(Piece { text: &rest[..end], scope, negated, quoted: false, last: end == rest.len() });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    pieces
}

/// `-l` alone is a command's flag, not an exclusion.
fn is_flag(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next().is_some_and(|ch| ch.is_ascii_alphabetic()) && chars.next().is_none_or(char::is_whitespace)
}

fn scope(text: &str) -> (Scope, &str) {
    let names =
        [("title", Scope::Title), ("heading", Scope::Heading), ("tag", Scope::Tag), ("path", Scope::Path), ("lang", Scope::Language)];
    for (name, scope) in names {
        // A phone begins with a capital by itself.
        let is_name = text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let after = if is_name { text[name.len()..].strip_prefix([':', '：']) } else { None };
        if let Some(after) = after
            && !after.starts_with([':', '/'])
            && !after.is_empty()
        {
            return (scope, after);
        }
    }
    (Scope::Any, text)
}

/// The atoms that one piece stands for: itself, and a `camelCase` name also as a whole.
fn atoms(piece: &Piece<'_>) -> Vec<Atom> {
    let tokens = tokens(piece.text);
    let count = tokens.len() as u32;
    let Some(first) = tokens.first().map(|token| token.position) else { return Vec::new() };
    let is_marked = |position: u32| tokens.iter().any(|token| token.kind == Kind::Marked && token.position == position);
    let keeps = |at: usize, token: &Token| match token.kind {
        Kind::Whole => false,
        Kind::Marked | Kind::Pair | Kind::Symbol => true,
        Kind::Word => !is_marked(token.position),
        // The pair before it holds the character already.
        Kind::Last => at == 0 || tokens[at - 1].kind != Kind::Pair,
    };
    let kept = tokens.iter().enumerate().filter(|&(at, token)| keeps(at, token)).map(|(_, token)| token).take(MAX_WORDS);
    let kept: Vec<&Token> = kept.collect();
    let words = kept.iter().enumerate().map(|(at, token)| {
        let ends = at + 1 == kept.len();
        Word {
            text: token.text.clone(),
            at: token.position - first,
            // A single character begins pairs; a word at the very end may be unfinished.
            prefix: ends && (token.kind == Kind::Last || (token.kind == Kind::Word && piece.last && !ends_with_mark(piece.text))),
            flexible: token.kind == Kind::Word && !piece.quoted && kept.len() == 1,
        }
    });
    let mut atoms = vec![Atom { scope: piece.scope, text: piece.text.to_owned(), words: words.collect(), tokens: count }];
    let whole = tokens.iter().find(|token| token.kind == Kind::Whole);
    if let Some(whole) = whole
        && tokens.iter().all(|token| token.position < whole.position + whole.positions)
    {
        let word = Word { text: whole.text.clone(), at: 0, prefix: piece.last, flexible: false };
        atoms.push(Atom { scope: piece.scope, text: piece.text.to_owned(), words: vec![word], tokens: count });
    }
    atoms
}

/// `println!` and `Rc<T>` are finished words.
fn ends_with_mark(text: &str) -> bool {
    text.ends_with(|ch: char| !ch.is_alphanumeric())
}

/// English words that carry a question rather than its subject.
fn is_filler(piece: &Piece<'_>) -> bool {
    const FILLERS: [&str; 52] = [
        "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "by", "can", "could", "did", "do", "does", "for", "from",
        "get", "had", "has", "have", "how", "i", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "should", "so", "that",
        "the", "there", "this", "to", "was", "what", "when", "where", "which", "why", "with", "will", "would", "you",
    ];
    !piece.quoted
        && piece.scope == Scope::Any
        && FILLERS.binary_search(&piece.text.trim_end_matches('?').to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clauses as text: atoms by their tokens, `*` for an unfinished one.
    fn show(query: &str) -> String {
        let atom = |atom: &Atom| {
            let words: Vec<String> = atom.words.iter().map(|word| format!("{}{}", word.text, if word.prefix { "*" } else { "" })).collect();
            let scope = if atom.scope == Scope::Any { String::new() } else { format!("{:?}:", atom.scope) };
            format!("{scope}{}", words.join("+"))
        };
        let clause = |clause: &Clause| {
            let atoms: Vec<String> = clause.atoms.iter().map(atom).collect();
            format!("{}{}{}", if clause.negated { "-" } else { "" }, if clause.optional { "?" } else { "" }, atoms.join("|"))
        };
        parse(query).iter().map(clause).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn queries() {
        for (query, expected) in [
            ("", ""),
            ("   ", ""),
            ("pod", "pod*"),
            ("pod ", "pod"),
            ("静态Pod", "静态+pod*"),
            ("静态", "静态"),
            ("静", "静*"),
            ("Pod调", "pod+调*"),
            ("静态 Pod ", "静态 pod"),
            ("kube-proxy node", "kube+proxy node*"),
            ("\"exact phrase\" more ", "exact+phrase more"),
            ("“静态 Pod”", "静态+pod"),
            ("\"open phr", "open+phr*"),
            ("pod -container ", "pod -container"),
            ("-container ", "container"),
            ("-l", "-l"),
            ("ls -l ", "ls -l"),
            ("--pod-manifest-path ", "pod+manifest+path"),
            ("pod OR node svc ", "pod|node svc"),
            ("OR", "or*"),
            ("title:pod tag:网络 path:k8s/ lang:zh ", "Title:pod Tag:网络 Path:k8s Language:zh"),
            ("title:\"a b\" ", "Title:a+b"),
            ("std::sync ", "std+sync"),
            ("title::x ", "title+x"),
            ("livenessProbe ", "liveness+probe|livenessprobe"),
            ("C++ ", "c++"),
            (".NET ", ".net"),
            ("how do I mount volumes ", "?how ?do ?i mount volumes"),
            ("the ", "the"),
            ("!!! ??? ", ""),
            ("\"", ""),
            ("tag:", "tag"),
            ("Tag:网络 TITLE:pod ", "Tag:网络 Title:pod"),
            ("pod -tag:k8s -\"a b\" ", "pod -Tag:k8s -a+b"),
            ("tag:a OR tag:b x ", "Tag:a|Tag:b x"),
            ("a OR b OR c ", "a|b|c"),
            ("标题：pod ", "标题+pod"),
        ] {
            assert_eq!(show(query), expected, "{query}");
        }
    }

    #[test]
    fn is_bounded() {
        assert!(parse(&"pod ".repeat(10_000)).len() <= MAX_CLAUSES);
        assert!(parse(&"中".repeat(10_000)).iter().all(|clause| clause.atoms[0].words.len() <= MAX_WORDS));
    }
}

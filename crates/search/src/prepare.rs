//! Cuts documents into tokens, on any thread, and hands them to tantivy as prepared strings.
//!
//! *In*: a [`Document`]. *Out*: for each field one string that holds its tokens with their positions, its length, and the stored record.
//! [`Prepared`] is the tokenizer that splits those strings again. Knows nothing of files.

use crate::schema::{self, FIELDS};
use crate::token::tokenize;
use crate::{Document, pinyin, record};
use std::ops::Range;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// A document's fields as prepared strings, and its record.
pub(crate) struct PreparedDocument {
    /// A string for each text field that has tokens.
    pub(crate) texts: Vec<String>,
    pub(crate) meta: String,
    /// How many tokens each text field has.
    pub(crate) lengths: [u32; FIELDS],
    pub(crate) record: Vec<u8>,
}

/// Cuts a document into tokens.
pub(crate) fn prepare(document: &Document) -> PreparedDocument {
    let mut all = Vec::new();
    let mut lengths = [0; FIELDS];
    let mut add = |field: usize, texts: &mut dyn Iterator<Item = &str>| {
        let mut line = Line::default();
        for text in texts {
            line.add(text);
        }
        if line.tokens > 0 {
            lengths[field] = line.tokens;
            line.out.insert(0, schema::mark(field));
            all.push(line.out);
        }
    };
    add(schema::TITLE, &mut std::iter::once(document.title.as_str()));
    add(schema::ALIAS, &mut document.aliases.iter().map(String::as_str).chain(std::iter::once(stem(&document.source))));
    add(schema::HEADING, &mut document.sections.iter().map(|section| section.heading.as_str()));
    add(schema::BODY, &mut document.sections.iter().flat_map(|section| split(&section.text, &section.code, false)));
    add(schema::CODE, &mut document.sections.iter().flat_map(|section| split(&section.text, &section.code, true)));
    let mut meta = Line::default();
    let named = std::iter::once(&document.title).chain(&document.aliases).chain(&document.tags).map(|name| (name, pinyin::OF_NAME));
    let headings = document.sections.iter().map(|section| (&section.heading, pinyin::OF_HEADING));
    for (name, longest) in named.chain(headings) {
        let mark = schema::SPELLED_MARKS[usize::from(longest == pinyin::OF_HEADING)];
        pinyin::spell(name, longest, &mut |token| meta.out.extend(['\u{1}', mark].into_iter().chain(token.chars())));
    }
    for tag in &document.tags {
        meta.mark(schema::TAG_MARK, tag);
    }
    meta.mark(schema::PATH_MARK, &document.source);
    meta.whole(schema::LANGUAGE_MARK, &document.language);
    // Tokens of this field end with nothing.
    meta.out.insert(0, NO_MARK);
    PreparedDocument { texts: all, meta: meta.out, lengths, record: record::encode(document) }
}

/// A path's last name without its extension.
fn stem(source: &str) -> &str {
    let name = source.rsplit('/').next().unwrap_or(source);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The pieces of a text that are code, or those that are not.
fn split<'a>(text: &'a str, code: &'a [Range<u32>], want_code: bool) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for range in code {
        let (start, end) = (range.start as usize, range.end as usize);
        let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else { continue };
        pieces.push(if want_code { inside } else { before });
        at = end;
    }
    if !want_code {
        pieces.push(text.get(at..).unwrap_or_default());
    }
    pieces
}

/// Positions that separate two texts of one field.
const TEXT_GAP: u32 = 8;

/// What a string of tokens begins with whose terms have no mark.
const NO_MARK: char = '\u{1F}';

/// A field's tokens as one string, behind its mark: each token behind a character that says how far its position is from the one before.
#[derive(Debug, Default)]
struct Line {
    out: String,
    /// Position of the token written last.
    last: u32,
    next: u32,
    tokens: u32,
}

impl Line {
    fn add(&mut self, text: &str) {
        let Self { out, last, next, tokens } = self;
        let end = tokenize(text, *next, &mut |token| {
            let step = token.position - *last;
            *last = token.position;
            out.push(char::from(0x01 + step.min(0x1E) as u8));
            out.push_str(&token.text);
            *tokens += 1;
        });
        if end > self.next {
            self.next = end + TEXT_GAP;
        }
    }

    fn mark(&mut self, mark: char, text: &str) {
        let out = &mut self.out;
        tokenize(text, 0, &mut |token| {
            out.push('\u{1}');
            out.push(mark);
            out.push_str(&token.text);
        });
        self.whole(mark, text);
    }

    fn whole(&mut self, mark: char, text: &str) {
        self.out.push('\u{1}');
        self.out.push(mark);
        self.out.push(mark);
        self.out.extend(crate::fold::fold(text).chars().filter(|&ch| ch >= ' ').take(200));
    }
}

/// Splits a prepared string again; all the work is done by then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prepared {
    token: Token,
}

#[derive(Debug)]
pub(crate) struct PreparedStream<'a> {
    mark: Option<char>,
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Prepared {
    type TokenStream<'a> = PreparedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PreparedStream<'a> {
        self.token.reset();
        self.token.position = 0;
        let mut chars = text.chars();
        let mark = chars.next().filter(|&mark| mark != NO_MARK);
        PreparedStream { mark, rest: chars.as_str(), token: &mut self.token }
    }
}

impl TokenStream for PreparedStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&step) = self.rest.as_bytes().first() else { return false };
        let body = &self.rest[1..];
        let end = body.bytes().position(|byte| byte < 0x20).unwrap_or(body.len());
        self.token.position += usize::from(step - 1);
        self.token.text.clear();
        self.token.text.push_str(&body[..end]);
        self.token.text.extend(self.mark);
        self.rest = &body[end..];
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

//! The fields of the index and the version of everything a pack promises.
//!
//! Both sides name fields through here. The version changes whenever an index of one program cannot be read by another: fields, token
//! text, positions, the stored record or the pack's own form.

use tantivy::schema::Field;
#[cfg(feature = "build")]
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

/// Version of the pack, its schema and its tokens.
pub const VERSION: u32 = 6;

/// All words of all text fields. Each term ends with its field's [`mark`], so that what a word has in all fields lies together and one
/// look-up finds it.
pub(crate) const TEXT: Field = Field::from_field_id(0);
/// Tags, path, language and names in pinyin, told apart by the first character.
pub(crate) const META: Field = Field::from_field_id(1);
/// What is shown of a hit.
#[cfg(feature = "build")]
pub(crate) const RECORD: Field = Field::from_field_id(2);

/// The title alone, so that its length tells an exact match.
#[cfg(feature = "build")]
pub(crate) const TITLE: usize = 0;
/// Other names: aliases and the file's stem.
#[cfg(feature = "build")]
pub(crate) const ALIAS: usize = 1;
/// Headings.
pub(crate) const HEADING: usize = 2;
/// Text outside code blocks.
pub(crate) const BODY: usize = 3;
/// Code blocks.
pub(crate) const CODE: usize = 4;
/// How many fields of text there are.
pub(crate) const FIELDS: usize = 5;

/// Name of the file that has the fields' lengths.
pub(crate) const LENGTHS: &str = "lengths";

/// The last character of a term of this field; no token has it.
pub(crate) fn mark(field: usize) -> char {
    char::from(1 + field as u8)
}

/// A term without its mark, and its field.
pub(crate) fn unmark(term: &[u8]) -> Option<(&str, usize)> {
    let (&mark, word) = term.split_last()?;
    let field = usize::from(mark.checked_sub(1)?);
    (field < FIELDS).then_some((std::str::from_utf8(word).ok()?, field))
}

/// First character of a tag's token in [`META`].
pub(crate) const TAG_MARK: char = '#';
/// First character of a path's token in [`META`].
pub(crate) const PATH_MARK: char = '/';
/// First character of a language's token in [`META`].
pub(crate) const LANGUAGE_MARK: char = '@';

/// First characters of tokens of `pinyin` in [`META`]: of a note's names, and of its headings.
pub(crate) const SPELLED_MARKS: [char; 2] = ['~', '_'];

/// Name of the tokenizer under which prepared tokens are split again.
#[cfg(feature = "build")]
pub(crate) const TOKENIZER: &str = "biji";

/// The tantivy schema.
#[cfg(feature = "build")]
pub(crate) fn schema() -> Schema {
    let text = |option| {
        // Lengths are kept apart, a field each.
        let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(option).set_fieldnorms(false);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut builder = Schema::builder();
    builder.add_text_field("text", text(IndexRecordOption::WithFreqsAndPositions));
    builder.add_text_field("meta", text(IndexRecordOption::Basic));
    builder.add_bytes_field("record", tantivy::schema::STORED);
    builder.build()
}

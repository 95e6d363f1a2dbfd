//! The fields of the index and the version of everything a pack promises.
//!
//! Both sides name fields through here. The version changes whenever an index of one program cannot be read by another: fields, token
//! text, positions, the stored record or the pack's own form.

use tantivy::schema::Field;
#[cfg(feature = "build")]
use tantivy::schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions};

/// Version of the pack, its schema and its tokens.
pub const VERSION: u32 = 1;

/// The title alone, so that its length tells an exact match.
pub(crate) const TITLE: Field = Field::from_field_id(0);
/// Other names: aliases and the file's stem.
pub(crate) const ALIAS: Field = Field::from_field_id(1);
/// Headings.
pub(crate) const HEADING: Field = Field::from_field_id(2);
/// Text outside code blocks.
pub(crate) const BODY: Field = Field::from_field_id(3);
/// Code blocks.
pub(crate) const CODE: Field = Field::from_field_id(4);
/// Tags, path and language, told apart by the first character.
pub(crate) const META: Field = Field::from_field_id(5);
/// What is shown of a hit.
#[cfg(feature = "build")]
pub(crate) const RECORD: Field = Field::from_field_id(6);

/// The fields that words are looked up in.
pub(crate) const TEXT_FIELDS: [Field; 5] = [TITLE, ALIAS, HEADING, BODY, CODE];

/// First character of a tag's token in [`META`].
pub(crate) const TAG_MARK: char = '#';
/// First character of a path's token in [`META`].
pub(crate) const PATH_MARK: char = '/';
/// First character of a language's token in [`META`].
pub(crate) const LANGUAGE_MARK: char = '@';

/// Name of the tokenizer under which prepared tokens are split again.
#[cfg(feature = "build")]
pub(crate) const TOKENIZER: &str = "biji";

/// The tantivy schema.
#[cfg(feature = "build")]
pub(crate) fn schema() -> Schema {
    let text = |option| {
        let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(option);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut builder = Schema::builder();
    for name in ["title", "alias", "heading", "body", "code"] {
        builder.add_text_field(name, text(IndexRecordOption::WithFreqsAndPositions));
    }
    builder.add_text_field("meta", text(IndexRecordOption::Basic));
    builder.add_bytes_field("record", tantivy::schema::STORED);
    builder.build()
}

//! Scopes to classes: which of the few short class names a syntax definition's scope gets.
//!
//! In: a scope (`keyword.control.rust`). Out: one letter, or nothing. The longest matching line of the table wins.

use std::collections::HashMap;
use std::sync::LazyLock;

use syntect::parsing::Scope;

/// What a scope does to the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Nothing: the text looks as what is around it.
    Inherit,
    /// The text is code again, whatever is around it (interpolation in a string).
    Reset,
    /// Nothing by itself, but a string in it is a key of data.
    Key,
    /// The class of this letter.
    Letter(u8),
}

/// Scope prefixes and their letter; ` ` is a reset, `.` leaves things as they are, `!` makes strings keys.
const TABLE: &[(&str, char)] = &[
    ("comment", 'c'),
    ("punctuation.definition.comment", 'c'),
    ("string", 's'),
    ("string.unquoted.plain.out.yaml", '.'),
    ("string.unquoted", '.'),
    ("string.unquoted.heredoc", 's'),
    ("string.unquoted.block.yaml", 's'),
    ("string.regexp", 's'),
    ("punctuation.definition.string", 's'),
    ("constant.character.escape", 'e'),
    ("constant.other.placeholder", 'e'),
    ("constant.numeric", 'n'),
    ("constant.language", 'l'),
    ("constant.character", 's'),
    ("constant.other.color", 'n'),
    ("constant.other.date", 'n'),
    ("support.constant", 'l'),
    ("keyword", 'k'),
    ("keyword.operator", 'o'),
    ("keyword.operator.word", 'k'),
    ("keyword.operator.logical.python", 'k'),
    ("keyword.operator.logical.sql", 'k'),
    ("keyword.other.unit", 'n'),
    ("keyword.control.directive", 'm'),
    ("keyword.control.import.c", 'm'),
    ("keyword.control.import.include", 'm'),
    ("storage", 'k'),
    ("storage.type.numeric", 'n'),
    ("storage.type.string", 's'),
    ("entity.name.type", 't'),
    ("entity.name.class", 't'),
    ("entity.name.struct", 't'),
    ("entity.name.enum", 't'),
    ("entity.name.union", 't'),
    ("entity.name.trait", 't'),
    ("entity.name.interface", 't'),
    ("entity.name.impl", 't'),
    ("entity.name.namespace", 't'),
    ("entity.name.module", 't'),
    ("entity.other.inherited-class", 't'),
    ("support.type", 't'),
    ("support.class", 't'),
    ("storage.type.class.java", 'k'),
    ("storage.type.java", 't'),
    ("storage.type.rust", 't'),
    ("storage.type.function.rust", 'k'),
    ("storage.type.struct.rust", 'k'),
    ("storage.type.enum.rust", 'k'),
    ("storage.type.trait.rust", 'k'),
    ("storage.type.impl.rust", 'k'),
    ("storage.type.module.rust", 'k'),
    ("storage.type.type.rust", 'k'),
    ("storage.type.c", 't'),
    ("storage.type.go", 't'),
    ("entity.name.function", 'f'),
    ("support.function", 'f'),
    ("variable.function", 'f'),
    ("entity.name.macro", 'm'),
    ("support.macro", 'm'),
    ("variable.annotation", 'm'),
    ("meta.annotation", 'm'),
    ("meta.attribute.rust", 'm'),
    ("punctuation.definition.annotation", 'm'),
    ("entity.name.decorator", 'm'),
    ("meta.preprocessor", '.'),
    ("variable.parameter", 'v'),
    ("variable.parameter.option.shell", 'a'),
    ("variable.language", 'v'),
    ("variable.other.readwrite.shell", 'v'),
    ("variable.other.normal.shell", 'v'),
    ("variable.other.bracket.shell", 'v'),
    ("variable.other.readwrite.assignment.shell", 'v'),
    ("variable.other.php", 'v'),
    ("variable.other.perl", 'v'),
    ("punctuation.definition.variable", 'v'),
    ("punctuation.definition.parameter.shell", 'a'),
    ("entity.name.tag", 'g'),
    ("punctuation.definition.tag", 'g'),
    ("entity.other.attribute-name", 'a'),
    ("entity.name.tag.yaml", 'y'),
    ("entity.name.tag.toml", 'y'),
    ("meta.mapping.key.json", '!'),
    ("support.type.property-name", 'y'),
    ("meta.property-name", 'y'),
    ("variable.other.key", 'y'),
    ("entity.name.key", 'y'),
    ("entity.name.section", 'h'),
    ("meta.mapping.key", '.'),
    ("markup.heading", 'h'),
    ("entity.name.table", 'h'),
    ("meta.diff.header", 'h'),
    ("meta.diff.range", 'h'),
    ("markup.inserted", 'i'),
    ("markup.deleted", 'd'),
    ("markup.raw", 's'),
    ("markup.underline.link", 's'),
    ("meta.interpolation", ' '),
    ("meta.template.expression", ' '),
    ("meta.string-contents.interpolation", ' '),
    ("source.shell.embedded", ' '),
];

static PREFIXES: LazyLock<Vec<(Scope, Class)>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(scope, letter)| {
            let class = match letter {
                ' ' => Class::Reset,
                '.' => Class::Inherit,
                '!' => Class::Key,
                // Letters of the table are ASCII.
                letter => Class::Letter(*letter as u8),
            };
            Some((Scope::new(scope).ok()?, class))
        })
        .collect()
});

/// Looks scopes up and remembers them; one for each block.
#[derive(Default)]
pub(super) struct Classes {
    known: HashMap<Scope, Class>,
}

impl Classes {
    pub(super) fn of(&mut self, scope: Scope) -> Class {
        *self.known.entry(scope).or_insert_with(|| {
            let matching = PREFIXES.iter().filter(|(prefix, _)| prefix.is_prefix_of(scope));
            matching.max_by_key(|(prefix, _)| prefix.len()).map_or(Class::Inherit, |(_, class)| *class)
        })
    }
}

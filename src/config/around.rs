//! What the configuration says about the surroundings of every note: who wrote it, and how to thank them.
//!
//! In: values of `biji.toml`. Out: [`Person`], [`Reward`]. Knows nothing of pages.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::value::Reader;

/// Somebody with a way to reach them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// An address with `https:`, `http:` or `mailto:`; `""` for none.
    pub url: String,
}

impl Person {
    /// Reads `Name <https://…>`, `Name <name@example.org>` or a bare name; the brackets of a wikilink are taken off. What is no contact is left out.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let text = text.strip_prefix("[[").and_then(|text| text.strip_suffix("]]")).unwrap_or(text);
        let text = text.rsplit_once('|').map_or(text, |(_, shown)| shown);
        match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, contact)) if !name.trim().is_empty() => {
                Self { name: name.trim().to_owned(), url: address(contact).unwrap_or_default() }
            }
            _ => Self { name: text.to_owned(), url: String::new() },
        }
    }
}

/// An address that a page may link to, `mailto:` put before a mail address; `None` for anything else.
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`')) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if ["https://", "http://", "mailto:"].iter().any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())) {
        return Some(text.to_owned());
    }
    let (name, host) = text.split_once('@')?;
    let is_mail = !name.is_empty() && host.contains('.') && !text.contains([':', '/', '?', '#']) && !host.contains('@');
    is_mail.then(|| format!("mailto:{text}"))
}

/// On which notes something stands that the site offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// On all that do not say no: `notes = "all"`.
    #[default]
    All,
    /// On those that say yes: `notes = "marked"`.
    Marked,
}

impl Shown {
    /// Whether it stands on a note that says this about it.
    #[must_use]
    pub fn on(self, says: Option<bool>) -> bool {
        says.unwrap_or(self == Self::All)
    }
}

/// The table `[reward]`: how readers may say thanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reward {
    /// `text`: a sentence above the ways; `""` for the theme's own.
    pub text: String,
    /// `notes`.
    pub shown: Shown,
    /// `[[reward.ways]]`, at least one.
    pub ways: Vec<Way>,
}

/// One way to say thanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// `name`: 微信, PayPal.
    pub name: String,
    /// `picture`: the path of a payment code in the content folder; `""` for none.
    pub picture: String,
    /// `url`: where it leads; `""` for none.
    pub url: String,
}

/// What a check says of a wrong value: the message and the hint.
pub(super) type Checked = Result<String, (String, String)>;

/// `Name <contact>`, the contact a link or a mail address.
pub(super) fn check_person(text: &str) -> Checked {
    let person = Person::of(text);
    if person.name.trim().is_empty() {
        return Err((format!("`{text}` names nobody"), "like `李雷 <https://example.org>` or `Li Lei <li@example.org>`".into()));
    }
    if text.contains('<') && person.url.is_empty() {
        let hint = "the contact is an address with `https://` or a mail address: `Li Lei <li@example.org>`";
        return Err((format!("`{text}` has a contact that is neither a link nor a mail address"), hint.into()));
    }
    Ok(text.to_owned())
}

pub(super) fn check_address(text: &str) -> Checked {
    address(text).ok_or_else(|| (format!("`{text}` is no address"), "write the whole address, like `https://example.org/me`".into()))
}

/// Reads `author`: one person or a list of them.
pub(super) fn authors(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Vec<Person> {
    reader.one_or_more(value, check_person).iter().map(|text| Person::of(text)).collect()
}

/// Reads `[people]`: the names that notes use, and who that is.
pub(super) fn people(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, Person> {
    reader.texts(value, check_person).into_iter().map(|(key, text)| (key, Person::of(&text))).collect()
}

/// The keys of `[reward]`.
const REWARD_KEYS: &[&str] = &["text", "notes", "ways"];
/// The keys of `[[reward.ways]]`.
const WAY_KEYS: &[&str] = &["name", "picture", "url"];

/// Reads `[reward]`.
pub(super) fn reward(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Reward> {
    let mut reward = Reward::default();
    for (key, value) in reader.table(value, "[reward]")? {
        match key.get_ref().as_ref() {
            "text" => reward.text = reader.string(value).unwrap_or_default(),
            "notes" => reward.shown = shown(reader, value),
            "ways" => {
                for value in reader.tables(value, "[[reward.ways]]") {
                    reward.ways.extend(way(reader, value));
                }
            }
            other => reader.unknown(key, other, REWARD_KEYS),
        }
    }
    if reward.ways.is_empty() {
        reader.lacks(value, "`reward` has no way to say thanks", "write `[[reward.ways]]` with `name` and `picture` or `url` below it");
        return None;
    }
    Some(reward)
}

fn way(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Way> {
    let mut way = Way::default();
    for (key, value) in reader.table(value, "[[reward.ways]]")? {
        match key.get_ref().as_ref() {
            "name" => way.name = reader.string(value).unwrap_or_default().trim().to_owned(),
            "picture" => way.picture = reader.checked(value, super::check::check_inside).unwrap_or_default(),
            "url" => way.url = reader.checked(value, check_address).unwrap_or_default(),
            other => reader.unknown(key, other, WAY_KEYS),
        }
    }
    if way.name.is_empty() || (way.picture.is_empty() && way.url.is_empty()) {
        reader.lacks(
            value,
            "a way to say thanks lacks its `name`, or both `picture` and `url`",
            "like `name = \"微信\"` and `picture = \"pay/wechat.png\"`",
        );
        return None;
    }
    Some(way)
}

pub(super) fn shown(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Shown {
    match reader.one_of(value, &["all", "marked"]) {
        Some(0) => Shown::All,
        _ => Shown::Marked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_a_name_and_perhaps_a_contact() {
        for (text, name, url) in [
            ("李雷", "李雷", ""),
            ("李雷 <li@example.org>", "李雷", "mailto:li@example.org"),
            ("Li Lei <https://example.org/~li?a=b>", "Li Lei", "https://example.org/~li?a=b"),
            ("Li Lei <javascript:alert(1)>", "Li Lei", ""),
            ("Li Lei <a b@example.org>", "Li Lei", ""),
            ("[[people/Li Lei|Li Lei]]", "Li Lei", ""),
            ("<x@example.org>", "<x@example.org>", ""),
        ] {
            assert_eq!(Person::of(text), Person { name: name.into(), url: url.into() }, "{text}");
        }
    }
}

//! Fields and enum values of the content in the words of the text form, for the messages of rules.

use chancery_proto::descriptors::word_of_name;

use crate::vocabulary::ENUM_PREFIXES;

/// Fields whose key is not their name in kebab case.
const KEYS: [(&str, &str); 17] = [
    ("default_marking", "marking"),
    ("localized_titles", "titles"),
    ("subject", "about"),
    ("change_summary", "summary"),
    ("translation_of", "translates"),
    ("likelihood_scale", "scale"),
    ("horizon", "by"),
    ("resolution_criteria", "resolves"),
    ("statement_ids", "rests-on"),
    ("actor_ids", "actors"),
    ("place_ids", "places"),
    ("source_ids", "sources"),
    ("indicator_ids", "indicators"),
    ("highlight_ids", "highlight"),
    ("evidence_ids", "evidence"),
    ("revises_id", "revises"),
    ("source_id", "source"),
];

/// Returns the message of a broken rule in the words of the text form. The path is that of the content.
pub fn rule_message(path: &str, message: &str) -> String {
    let (key, message) = (key(path), in_words(message));
    if key.is_empty() { message } else { format!("{key}: {message}") }
}

/// Returns the key of the field that a path of the content leads to; empty for the content itself.
fn key(path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or_default();
    let field = last.split('[').next().unwrap_or_default();
    let key = KEYS.iter().find(|(name, _)| *name == field).map(|(_, key)| (*key).to_owned());
    key.unwrap_or_else(|| field.replace('_', "-"))
}

/// Replaces the names of fields and enum values in a message by the keys and words of the text form.
pub(crate) fn in_words(message: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut replaced = String::with_capacity(message.len());
    let mut rest = message;
    while !rest.is_empty() {
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(length);
        replaced.push_str(&word_of(name));
        let separators = behind.find(is_name).unwrap_or(behind.len());
        replaced.push_str(&behind[..separators]);
        rest = &behind[separators..];
    }
    replaced
}

fn word_of(name: &str) -> String {
    if let Some(prefix) = ENUM_PREFIXES.iter().find(|prefix| name.starts_with(**prefix)) {
        return word_of_name(name, prefix);
    }
    let is_field = name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_field { key(name) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{in_words, key};

    #[test]
    fn fields_have_the_keys_of_the_text() {
        assert_eq!(key("sections[0].blocks[1].paragraph.statements[2].horizon"), "by");
        assert_eq!(key("key_judgments[0].rests_on[1]"), "rests-on");
        assert_eq!(key("as_of.date"), "date");
        assert_eq!(key(""), "");
    }

    #[test]
    fn names_in_messages_become_words() {
        let message =
            "expected one of SOURCE_TYPE_PRIMARY, SOURCE_TYPE_NEWS: set statement_ids, IRN or U+0041";
        assert_eq!(in_words(message), "expected one of primary, news: set rests-on, IRN or U+0041");
    }
}

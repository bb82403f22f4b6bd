//! The role of a citation, and where its key starts.

use chancery_proto::brief::v1::CitationRole;

use crate::syntax::gaps::skip_gaps;

/// Words before the `@` of a citation, with the role that each means.
pub(crate) const ROLE_WORDS: [(&str, CitationRole); 3] = [
    ("also", CitationRole::Corroborates),
    ("but", CitationRole::Contradicts),
    ("unspecified", CitationRole::Unspecified),
];

/// Reads the role and the `@` of a citation at an offset, and returns the offset of its key.
pub(crate) fn citation_key(text: &str, at: usize) -> Option<(CitationRole, usize)> {
    if text[at..].starts_with('@') {
        return Some((CitationRole::States, at + 1));
    }
    ROLE_WORDS.into_iter().find_map(|(word, role)| {
        let after = at + text[at..].strip_prefix(word).map(|_| word.len())?;
        let key = skip_gaps(text, after);
        (key > after && text[key..].starts_with('@')).then_some((role, key + 1))
    })
}

//! The parts of a citation by their form: its role, where its key starts, its grade.

use chancery_proto::brief::v1::CitationRole;

use crate::syntax::gaps::{is_gap, skip_gaps};

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

/// Returns the length of the number of a note at the start of a text, such as `[1]`, `[2, 3]` or `[^4]`; none for a span.
pub(crate) fn note_number(text: &str) -> Option<usize> {
    /// Longest number that is considered, in bytes.
    const LONGEST: usize = 16;
    let inside = text.strip_prefix('[')?;
    let length = inside.bytes().take(LONGEST).position(|byte| byte == b']')?;
    let numbers = inside[..length].strip_prefix('^').unwrap_or(&inside[..length]);
    let is_number = |part: &str| {
        let part = part.trim();
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let opens_span = inside[length + 1..].starts_with(['(', '{']);
    (!opens_span && numbers.split([',', '-', '–']).all(is_number)).then_some(length + 2)
}

/// Returns the grade, letter and digit, that a place starts with.
pub(crate) fn leading_grade(place: &str) -> Option<&str> {
    let first = place.split(',').next()?.trim_end_matches(is_gap);
    (first.len() == 2 && is_grade(first)).then_some(first)
}

/// Returns whether a text has the form of a grade: a letter, a digit or both.
pub(crate) fn is_grade(text: &str) -> bool {
    let digit = text.trim_start_matches(|c| matches!(c, 'A'..='F'));
    text.len() - digit.len() <= 1
        && matches!(digit, "" | "1" | "2" | "3" | "4" | "5" | "6")
        && !text.is_empty()
}

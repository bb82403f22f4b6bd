//! The nearest allowed value, for messages.

use crate::lookalikes::{described, in_ascii};

/// Longest value that is compared: longer ones are no misspellings.
const COMPARED_LENGTH: usize = 40;

/// Shortest value that is suggested for a misspelling: a shorter one has another meaning with each letter.
const SUGGESTED_LENGTH: usize = 3;

/// Returns the allowed value that a given one most likely misspells, or writes with characters of another script.
pub fn nearest<'a>(given: &str, allowed: &[&'a str]) -> Option<&'a str> {
    if let Some(exact) = in_other_script(given, allowed) {
        return Some(exact);
    }
    let given = given.to_lowercase();
    let length = given.chars().count();
    if length == 0 || length > COMPARED_LENGTH {
        return None;
    }
    let distance = |value: &str| strsim::osa_distance(&given, &value.to_lowercase());
    let long = allowed.iter().filter(|value| value.len() >= SUGGESTED_LENGTH);
    let (best, at) = long.map(|value| (*value, distance(value))).min_by_key(|(_, at)| *at)?;
    (at <= (length / 3).max(1)).then_some(best)
}

/// Returns the allowed likelihood, confidence or marking that a given one misspells: another one would change the meaning,
/// so only one letter may differ, and only one value may be that near.
pub fn nearest_claim<'a>(given: &str, allowed: &[&'a str]) -> Option<&'a str> {
    if let Some(exact) = in_other_script(given, allowed) {
        return Some(exact);
    }
    let given = given.to_lowercase();
    if given.len() > COMPARED_LENGTH {
        return None;
    }
    let is_candidate =
        |value: &&&str| value.len() > SUGGESTED_LENGTH && is_near(&given, &value.to_lowercase());
    let mut near = allowed.iter().filter(is_candidate);
    near.next().copied().filter(|_| near.next().is_none())
}

/// Returns whether two words differ in at most one letter.
pub fn is_near(word: &str, other: &str) -> bool {
    word.len().abs_diff(other.len()) <= 4 && strsim::osa_distance(word, other) <= 1
}

/// Returns the allowed value that a given one writes with characters that look like its own.
fn in_other_script<'a>(given: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let ascii = in_ascii(given)?;
    allowed.iter().copied().find(|value| value.eq_ignore_ascii_case(ascii.trim()))
}

/// Returns the end of a message that rejects a value: the nearest allowed one, or all of them.
pub fn expected(given: &str, allowed: &[&str]) -> String {
    remedy(given, nearest(given, allowed), allowed)
}

/// Returns the end of a message that rejects a likelihood, a confidence or a marking.
pub fn expected_claim(given: &str, allowed: &[&str]) -> String {
    remedy(given, nearest_claim(given, allowed), allowed)
}

fn remedy(given: &str, nearest: Option<&str>, allowed: &[&str]) -> String {
    match nearest {
        Some(nearest) if in_other_script(given, allowed).is_some() => {
            format!("it contains {}: write \"{nearest}\"", described(given))
        }
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("expected one of {}", allowed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{expected, expected_claim, nearest, nearest_claim};

    #[test]
    fn the_nearest_value_is_a_likely_misspelling() {
        let allowed = ["actors", "places", "topics", "rests-on"];
        assert_eq!(nearest("actor", &allowed), Some("actors"));
        assert_eq!(nearest("Rests_on", &allowed), Some("rests-on"));
        assert_eq!(nearest("colour", &allowed), None);
        assert_eq!(nearest("", &allowed), None);
        assert_eq!(expected("x1y2", &["a", "bcd"]), "expected one of a, bcd");
    }

    #[test]
    fn a_value_of_one_letter_is_suggested_only_for_one_that_looks_like_it() {
        assert_eq!(expected("ب", &["A", "B"]), "expected one of A, B");
        assert_eq!(expected("G", &["A", "B"]), "expected one of A, B");
        assert_eq!(expected("В", &["A", "B"]), "it contains the Cyrillic letter В (U+0412): write \"B\"");
    }

    #[test]
    fn a_claim_is_suggested_only_where_no_other_can_be_meant() {
        let levels = ["high confidence", "moderate confidence", "low confidence"];
        assert_eq!(nearest_claim("hgih confidence", &levels), Some("high confidence"));
        assert_eq!(nearest_claim("medium confidence", &levels), None);
        assert_eq!(nearest_claim("nlikely", &["likely", "unlikely"]), None);
        assert_eq!(nearest_claim("likly", &["likely", "unlikely"]), Some("likely"));
        assert_eq!(expected_claim("maybe", &["likely"]), "expected one of likely");
    }
}

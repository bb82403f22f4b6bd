//! Texts that a running element shows: each whole, or shortened to its line with an ellipsis.

use crate::edition::characters::{has_right_to_left, is_ink};

/// Least number of characters of a shortened text. A title keeps a quarter of the footer's line beside long facts, which
/// holds few wide letters.
const SHORTEST: usize = 4;

/// Returns whether `shown`, in visual order, is the texts one after the other. Each may be shortened where that is allowed.
pub(super) fn is_shown(shown: &str, texts: &[(&str, bool)], right_to_left: bool) -> bool {
    let found: Vec<char> = shown.chars().filter(|character| is_ink(*character)).collect();
    let wanted: Vec<(Vec<char>, bool)> = texts
        .iter()
        .map(|(text, may_end)| (text.chars().filter(|character| is_ink(*character)).collect(), *may_end))
        .collect();
    if right_to_left || texts.iter().any(|(text, _)| has_right_to_left(text)) {
        return has_characters(&found, &wanted);
    }
    let mut at = 0;
    for (text, may_end) in &wanted {
        let rest = &found[at..];
        if rest.starts_with(text) {
            at += text.len();
            continue;
        }
        let common = rest.iter().zip(text).take_while(|(found, wanted)| found == wanted).count();
        let is_shortened =
            *may_end && rest.get(common) == Some(&'\u{2026}') && common >= SHORTEST.min(text.len() / 2);
        if !is_shortened {
            return false;
        }
        at += common + 1;
    }
    at == found.len()
}

/// Compares the characters of texts that run from right to left, whatever their order: layout decides it.
fn has_characters(found: &[char], wanted: &[(Vec<char>, bool)]) -> bool {
    let mut left: Vec<char> = wanted.iter().flat_map(|(text, _)| text.iter().copied()).collect();
    left.sort_unstable();
    let mut found: Vec<char> = found.to_vec();
    found.sort_unstable();
    if found == left {
        return true;
    }
    let may_end = wanted.iter().filter(|(_, may_end)| *may_end).count();
    let ellipses = |text: &[char]| text.iter().filter(|character| **character == '\u{2026}').count();
    let ends = ellipses(&found);
    let may_end = may_end + ellipses(&left);
    let mut rest = left.into_iter().peekable();
    let is_part = found.iter().filter(|character| **character != '\u{2026}').all(|character| {
        while rest.next_if(|other| other < character).is_some() {}
        rest.next_if_eq(character).is_some()
    });
    (1..=may_end).contains(&ends) && is_part
}

#[cfg(test)]
mod tests {
    use super::is_shown;

    #[test]
    fn texts_are_whole_or_shortened_where_they_may_be() {
        assert!(is_shown("TLP:AMBER As of today", &[("TLP:AMBER", false), ("As of today", true)], false));
        assert!(is_shown(
            "A long title of a brie\u{2026} 3",
            &[("A long title of a brief", true), ("3", false)],
            false
        ));
        assert!(!is_shown("TLP:AM\u{2026}", &[("TLP:AMBER", false)], false));
        assert!(!is_shown("TLP:CLEAR", &[("TLP:AMBER", true)], false));
        assert!(!is_shown("TLP:AMBER and more", &[("TLP:AMBER", true)], false));
        assert!(is_shown("رظن دروم", &[("مورد نظر", true)], false));
        assert!(!is_shown("رظن دروم ب", &[("مورد نظر", true)], false));
    }
}

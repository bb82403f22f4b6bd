//! Differences between two texts, by words.

use chancery_proto::brief::v1::TextReplacement;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Texts with a larger product of word counts, the worst case of the search, are replaced as a whole.
const MAX_DIFF_STEPS: usize = 1_000_000;

/// Returns the differing ranges of whole words (UAX #29) in order; none for equal texts.
pub(super) fn replacements(before: &str, after: &str) -> Vec<TextReplacement> {
    if before == after {
        return Vec::new();
    }
    let (old, new) = (SplitText::of(before), SplitText::of(after));
    if old.words.len().saturating_mul(new.words.len()) > MAX_DIFF_STEPS {
        return vec![replacement((&old, 0, old.words.len()), (&new, 0, new.words.len()))];
    }
    let changes = capture_diff_slices(Algorithm::Myers, &old.words, &new.words);
    let mut found: Vec<TextReplacement> = Vec::new();
    for change in changes.into_iter().filter(|change| !matches!(change, DiffOp::Equal { .. })) {
        let (from, to) = (change.old_range(), change.new_range());
        let next = replacement((&old, from.start, from.end), (&new, to.start, to.end));
        match found.last_mut() {
            // Merges adjacent ranges.
            Some(last) if last.before_end == next.before_start && last.after_end == next.after_start => {
                last.before_end = next.before_end;
                last.after_end = next.after_end;
            }
            _ => found.push(next),
        }
    }
    found
}

/// The words of a text and the text between them, each with the code point at which it starts.
struct SplitText<'t> {
    words: Vec<&'t str>,
    /// One more entry than `words`: the last is the end of the text.
    starts: Vec<u32>,
}

impl<'t> SplitText<'t> {
    fn of(text: &'t str) -> Self {
        let words: Vec<&str> = text.split_word_bounds().collect();
        let mut starts = vec![0];
        let mut position = 0_u32;
        for word in &words {
            position = position.saturating_add(u32::try_from(word.chars().count()).unwrap_or(u32::MAX));
            starts.push(position);
        }
        Self { words, starts }
    }
}

fn replacement(
    (old, from, to): (&SplitText, usize, usize),
    (new, begin, end): (&SplitText, usize, usize),
) -> TextReplacement {
    TextReplacement {
        before_start: old.starts[from],
        before_end: old.starts[to],
        after_start: new.starts[begin],
        after_end: new.starts[end],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TextReplacement, replacements};

    fn cut(text: &str, start: u32, end: u32) -> String {
        text.chars().skip(start as usize).take((end - start) as usize).collect()
    }

    /// Applies replacements to the earlier text.
    fn applied(before: &str, after: &str, replacements: &[TextReplacement]) -> String {
        let (mut text, mut position) = (String::new(), 0);
        for one in replacements {
            text += &cut(before, position, one.before_start);
            text += &cut(after, one.after_start, one.after_end);
            position = one.before_end;
        }
        text + &cut(before, position, u32::try_from(before.chars().count()).unwrap())
    }

    #[test]
    fn a_replaced_word_is_found() {
        let (before, after) = ("Trade grew slowly in 2024.", "Trade grew quickly in 2024.");
        let found = replacements(before, after);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(cut(before, one.before_start, one.before_end), "slowly");
        assert_eq!(cut(after, one.after_start, one.after_end), "quickly");
    }

    #[test]
    fn positions_are_code_points_in_any_script() {
        let (before, after) = ("روسیه و ایران", "روسیه و ترکیه");
        let found = replacements(before, after);
        assert_eq!(cut(after, found[0].after_start, found[0].after_end), "ترکیه");
        assert_eq!(replacements("same", "same"), []);
    }

    #[test]
    fn texts_of_very_many_words_are_replaced_as_a_whole() {
        let (before, after) = ("a ".repeat(2_000), "b ".repeat(2_000));
        let found = replacements(&before, &after);
        assert_eq!(
            found,
            [TextReplacement { before_start: 0, before_end: 4_000, after_start: 0, after_end: 4_000 }]
        );
    }

    proptest! {
        #[test]
        fn applying_the_replacements_gives_the_later_text(before in "[ab .]{0,40}", after in "[ab .é]{0,40}") {
            let found = replacements(&before, &after);
            prop_assert_eq!(applied(&before, &after, &found), after.clone());
            prop_assert_eq!(found.is_empty(), before == after);
        }
    }
}

//! Finds the matching words in a text, and selects the snippet to show.
//!
//! Positions are code points of the original text. They are the same in the output of `search_letters`, which maps each
//! code point to one: a space after a word, [`SILENT`] for a mark outside its spelling, [`JOINT`] between its parts.

use std::collections::HashSet;
use std::ops::Range;

/// The output of `search_letters` for a mark that is not part of the spelling.
const SILENT: char = '\u{AD}';
/// The zero width non-joiner. The parts of a joined word are words too.
const JOINT: char = '\u{200C}';

/// Maximum length of a text that is shown whole.
const SHORT_TEXT: usize = 240;
/// Length of a snippet.
const WINDOW: usize = 200;
/// Number of characters before the first match in a snippet.
const LEAD: usize = 40;

/// Returns the positions of matching words. `letters` is the output of `search_letters`; `matching` holds words without
/// silent marks, joined or in parts.
pub(crate) fn highlights(letters: &str, matching: &HashSet<String>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in letters.split(' ') {
        let length = word.chars().count();
        if matching.contains(&spelled(word)) {
            found.push(start..start + length);
        } else if word.contains(JOINT) {
            found.extend(
                parts(word, start).filter(|(part, _)| matching.contains(part)).map(|(_, range)| range),
            );
        }
        start += length + 1;
    }
    found
}

fn parts(word: &str, start: usize) -> impl Iterator<Item = (String, Range<usize>)> + '_ {
    word.split(JOINT).scan(start, |start, part| {
        let range = *start..*start + part.chars().count();
        *start = range.end + 1;
        Some((spelled(part), range))
    })
}

fn spelled(word: &str) -> String {
    word.chars().filter(|character| !matches!(*character, SILENT | JOINT)).collect()
}

/// Selects the snippet: the earliest window with the most highlights, cut between words.
pub(crate) fn snippet(text: &str, highlights: &[Range<usize>]) -> Range<usize> {
    let text: Vec<char> = text.chars().collect();
    if text.len() <= SHORT_TEXT {
        return 0..text.len();
    }
    let mut best = (0, 0..WINDOW);
    for first in highlights {
        let start = first.start.saturating_sub(LEAD).min(text.len() - WINDOW);
        let window = start..start + WINDOW;
        let inside =
            highlights.iter().filter(|one| window.start <= one.start && one.end <= window.end).count();
        if inside > best.0 {
            best = (inside, window);
        }
    }
    between_words(&text, best.1, highlights)
}

/// Moves both ends inwards to the next space, without cutting a highlight. In text without spaces, such as Chinese, the
/// ends stay.
fn between_words(text: &[char], window: Range<usize>, highlights: &[Range<usize>]) -> Range<usize> {
    let inside = || highlights.iter().filter(|one| window.start <= one.start && one.end <= window.end);
    let first = inside().map(|one| one.start).min().unwrap_or(window.end);
    let last = inside().map(|one| one.end).max().unwrap_or(window.start);
    let mut start = window.start;
    if start > 0 && !text[start - 1].is_whitespace() {
        start = (start..first).find(|range| text[*range].is_whitespace()).map_or(start, |space| space + 1);
    }
    let mut end = window.end;
    if end < text.len() && !text[end].is_whitespace() {
        end = (last.max(start)..end).rev().find(|range| text[*range].is_whitespace()).unwrap_or(end);
    }
    start..end
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "a text can have one highlight")]
mod tests {
    use super::{highlights, snippet};

    fn words(words: &[&str]) -> std::collections::HashSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn highlights_are_code_points_of_the_text() {
        assert_eq!(highlights("Иран и  é Россия", &words(&["Россия", "Иран"])), [0..4, 10..16]);
        assert_eq!(highlights("", &words(&["a"])), Vec::<std::ops::Range<usize>>::new());
    }

    #[test]
    fn a_word_with_a_joint_matches_whole_or_in_parts() {
        let letters = "او مي\u{200c}رود خانه";
        assert_eq!(highlights(letters, &words(&["ميرود"])), [3..9]);
        assert_eq!(highlights(letters, &words(&["رود"])), [6..9]);
        assert_eq!(highlights(letters, &words(&["مي", "رود"])), [3..5, 6..9]);
    }

    #[test]
    fn silent_marks_belong_to_their_word() {
        assert_eq!(highlights("a م\u{ad}حم\u{ad}\u{ad}د b", &words(&["محمد"])), [2..9]);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(snippet("Short.", &[]), 0..6);
        assert_eq!(snippet(&"я".repeat(240), &[]), 0..240);
    }

    #[test]
    fn of_a_long_text_the_densest_stretch_is_shown_between_words() {
        let text = format!(
            "{}alpha {}beta gamma {}",
            "filler ".repeat(40),
            "stuffing ".repeat(40),
            "end ".repeat(80)
        );
        let alpha = 280..285;
        let beta = 286 + 360..290 + 360;
        let gamma = beta.end + 1..beta.end + 6;
        let shown = snippet(&text, &[alpha, beta.clone(), gamma.clone()]);
        let characters: Vec<char> = text.chars().collect();
        let string: String = characters[shown.clone()].iter().collect();
        assert!(shown.start <= beta.start && gamma.end <= shown.end, "{string}");
        assert!(
            string.starts_with("stuffing ") && !string.ends_with(' ') && string.ends_with("end"),
            "{string}"
        );
        assert!(shown.len() <= 200);
    }

    #[test]
    fn a_text_without_spaces_is_cut_where_it_is() {
        let shown = snippet(&"漢".repeat(500), &[450..452]);
        assert!(shown.start <= 450 && 452 <= shown.end && shown.len() <= 200);
        assert_eq!(snippet(&"漢".repeat(500), &[]), 0..200);
    }

    #[test]
    fn the_end_of_a_text_is_shown_to_its_end() {
        let text = format!("{}goal.", "word ".repeat(100));
        let shown = snippet(&text, &[500..504]);
        assert_eq!(shown.end, 505);
        assert!(shown.len() <= 200);
    }
}

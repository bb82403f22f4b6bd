//! Line-break opportunities: those of UAX #14, never inside a grapheme cluster, and in addresses only after separators.

use std::ops::Range;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;

use crate::text::address_ranges::{is_inside, may_break};
use crate::text::grapheme_clusters::GraphemeClusters;

/// Returns the byte offsets at which lines may break, the text's end last.
pub(crate) fn line_opportunities(
    text: &str,
    clusters: &GraphemeClusters,
    addresses: &[Range<usize>],
) -> Vec<usize> {
    let options = LineBreakOptions::default();
    // Thai, Lao, Khmer and Burmese have no spaces between words. Measured on Thai: the dictionary adds 1.05 MB to the program
    // and takes 0.03 µs a byte; the neural model adds 0.33 MB and errs less, but takes 2.5 µs a byte, longer than all
    // other work on a text.
    let segmenter = if text.chars().any(needs_dictionary) {
        LineSegmenter::new_dictionary(options)
    } else {
        LineSegmenter::new_for_non_complex_scripts(options)
    };
    let found = segmenter.segment_str(text).filter(|at| *at > 0 && clusters.is_boundary(*at));
    let mut opportunities: Vec<usize> = found.filter(|at| !is_inside(addresses, *at)).collect();
    if !addresses.is_empty() {
        opportunities.extend(addresses.iter().flat_map(|address| after_separators(text, address.clone())));
        opportunities.retain(|at| clusters.is_boundary(*at));
        opportunities.sort_unstable();
    }
    // The dictionary omits the end after a vowel that is written before its consonant.
    if opportunities.last() != Some(&text.len()) && !text.is_empty() {
        opportunities.push(text.len());
    }
    opportunities
}

fn after_separators(text: &str, address: Range<usize>) -> impl Iterator<Item = usize> {
    let start = address.start;
    let characters = text[address].char_indices();
    let next = characters.clone().skip(1);
    characters
        .zip(next)
        .filter(|((_, before), (_, after))| may_break(*before, *after))
        .map(move |(_, (at, _))| start + at)
}

/// Returns whether a character belongs to a script whose words only a dictionary separates.
const fn needs_dictionary(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{19e0}'..='\u{19ff}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}')
}

#[cfg(test)]
mod tests {
    use super::line_opportunities;
    use crate::text::address_ranges::addresses;
    use crate::text::grapheme_clusters::GraphemeClusters;

    fn parts(text: &str) -> Vec<&str> {
        let mut start = 0;
        let opportunities = line_opportunities(text, &GraphemeClusters::for_lines(text), &addresses(text));
        let cut = |at: usize| {
            let part = &text[start..at];
            start = at;
            part
        };
        opportunities.into_iter().map(cut).collect()
    }

    #[test]
    fn an_address_breaks_only_after_separators() {
        assert_eq!(
            parts("in https://www.a-b.eu/c_d?e=f%20g,h#i and/or"),
            ["in ", "https://", "www.", "a-", "b.", "eu/", "c_", "d?e=", "f%", "20g,", "h#i ", "and/", "or"]
        );
    }

    #[test]
    fn thai_breaks_between_words() {
        assert_eq!(parts("รัฐบาลรัสเซียและอิหร่าน"), ["รัฐบาล", "รัสเซีย", "และ", "อิหร่าน"]);
        // The dictionary would divide the word for "in" here.
        assert_eq!(parts("ลงนามในสนธิสัญญา"), ["ลงนา", "มในส", "นธิ", "สัญญา"]);
    }

    #[test]
    fn the_end_is_last_after_any_character() {
        // Vowels of Lao and Thai that are written before their consonants.
        for text in ["\u{ec0}", "a \u{ec0}", "\u{e40}", "\u{e40}\u{e01}", "\u{1000}", "\u{1780}"] {
            assert_eq!(parts(text).concat(), text);
        }
    }

    #[test]
    fn a_mark_on_a_space_stays_with_it() {
        assert_eq!(parts("a \u{301}b"), ["a \u{301}b"]);
    }
}

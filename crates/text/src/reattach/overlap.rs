//! Pairs of present and earlier texts, by the words that they share.

use std::collections::BTreeSet;

/// Smallest share of common words of a text and its earlier one, in percent.
const MIN_OVERLAP: usize = 60;

/// Largest product of the texts without ids and the lost ones: more are not compared.
const MAX_PAIRS: usize = 1_000_000;

/// An earlier part whose id is not in the text, with the words of its text.
#[derive(Debug)]
pub(super) struct Lost<'e> {
    id: &'e str,
    words: Vec<String>,
}

impl<'e> Lost<'e> {
    pub(super) fn new(id: &'e str, text: &str) -> Self {
        Self { id, words: words(text) }
    }
}

/// The earlier part that a text continues.
#[derive(Debug, Clone)]
pub(super) struct Match {
    pub(super) id: String,
    /// Share of common words, in percent.
    pub(super) overlap: usize,
}

/// Pairs the words of texts with lost parts, those with most words in common first.
pub(super) fn matches(texts: &[Vec<String>], lost: &[Lost<'_>]) -> Vec<Option<Match>> {
    let mut matches = vec![None; texts.len()];
    if texts.len().saturating_mul(lost.len()) > MAX_PAIRS {
        return matches;
    }
    let mut pairs = Vec::new();
    for (text, own) in texts.iter().enumerate() {
        for (part, Lost { words, .. }) in lost.iter().enumerate() {
            let overlap = overlap(own, words);
            if overlap >= MIN_OVERLAP {
                pairs.push((std::cmp::Reverse(overlap), text, part));
            }
        }
    }
    pairs.sort_unstable();
    let mut taken = BTreeSet::new();
    for (std::cmp::Reverse(overlap), text, part) in pairs {
        if matches[text].is_none() && taken.insert(part) {
            matches[text] = Some(Match { id: lost[part].id.to_owned(), overlap });
        }
    }
    matches
}

/// Returns the words of a text in lower case, sorted.
pub(super) fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    words
}

/// Returns the share of the words of two texts that both have, in percent.
fn overlap(one: &[String], other: &[String]) -> usize {
    let (mut common, mut rest) = (0_usize, other);
    for word in one {
        let behind = rest.partition_point(|candidate| candidate < word);
        rest = &rest[behind..];
        if rest.first() == Some(word) {
            common += 1;
            rest = &rest[1..];
        }
    }
    (200 * common).checked_div(one.len() + other.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{overlap, words};

    #[test]
    fn the_overlap_counts_words_of_both_texts_once() {
        let of = |one, other| overlap(&words(one), &words(other));
        assert_eq!(of("It fell by half.", "it FELL, by half"), 100);
        assert_eq!(of("It fell by half.", "It rose by half."), 75);
        assert_eq!(of("the the the", "the"), 50);
        assert_eq!(of("", ""), 0);
        assert_eq!(of("a b", "c d"), 0);
    }
}

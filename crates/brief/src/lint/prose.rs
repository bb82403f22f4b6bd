//! Lints of English wording.

use chancery_proto::brief::v1::LikelihoodScale;

use super::wording;
use crate::likelihood;

/// Words that weaken a claim without giving a likelihood. Matched in lower case only: "May" is a month.
const HEDGES: [&str; 12] = [
    "may",
    "might",
    "could",
    "possibly",
    "possible that",
    "perhaps",
    "maybe",
    "conceivably",
    "presumably",
    "potentially",
    "probably",
    "apparently",
];

/// Returns the first hedge in a text: a word that weakens it, or a likelihood term.
pub(super) fn hedge(text: &str) -> Option<&'static str> {
    let hedges = HEDGES.into_iter().filter(|hedge| *hedge != "might" || !is_noun_might(text));
    wording::first_said(text, hedges).or_else(|| wording::first_term(text).map(likelihood::words))
}

/// Returns whether a text contains the noun, as in "the might of the navy".
fn is_noun_might(text: &str) -> bool {
    contains_words(text, "the might") || contains_words(text, "might of")
}

pub(super) fn names_likelihood(text: &str) -> bool {
    term(text).is_some()
}

pub(super) fn names_confidence(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["high", "moderate", "low"].iter().any(|level| contains_words(&lower, &format!("{level} confidence")))
}

/// Returns a likelihood term in the text, except "remote", which usually means distance.
fn term(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let scales = [LikelihoodScale::Icd203, LikelihoodScale::Phia];
    let terms = scales.into_iter().flat_map(likelihood::scale_terms).map(|term| likelihood::words(*term));
    terms.filter(|words| *words != "remote").find(|words| contains_words(&lower, words))
}

/// Returns whether a text contains words, not as parts of other words.
fn contains_words(text: &str, words: &str) -> bool {
    wording::word_offsets(text, words).next().is_some()
}

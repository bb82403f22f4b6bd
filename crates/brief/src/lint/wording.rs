//! Likelihood terms in the words of English sentences, compared with likelihoods.

use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm, Statement, StatementType};

use super::warning::{LIKELIHOOD_CONTRADICTS_TEXT, TERM_OF_OTHER_SCALE, TERM_WITHOUT_LIKELIHOOD};
use crate::likelihood::{bounds, scale_terms, words};

/// Words before a term that make it another claim.
const MODIFIERS: [&str; 18] = [
    "as",
    "equally",
    "extremely",
    "fairly",
    "hardly",
    "highly",
    "how",
    "increasingly",
    "less",
    "more",
    "most",
    "no",
    "not",
    "quite",
    "rather",
    "so",
    "somewhat",
    "too",
];

/// A term in the words of a sentence that its likelihood does not agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermFault {
    /// `TERM_WITHOUT_LIKELIHOOD`, `LIKELIHOOD_CONTRADICTS_TEXT` or `TERM_OF_OTHER_SCALE`.
    pub code: &'static str,
    /// The term in the words.
    pub term: LikelihoodTerm,
    /// Offset of the term in the text, in bytes.
    pub offset: usize,
    /// Message for the author.
    pub message: String,
}

/// Returns whether the wording lints read a language: English only.
pub fn wording_is_read(language: &str) -> bool {
    language == "en" || language.starts_with("en-")
}

/// Compares the term in the words of an English sentence with its likelihood, or with that of its key judgment. A sentence
/// with several terms of the scale is not compared.
pub fn term_fault(
    statement: &Statement,
    of_judgment: Option<&Likelihood>,
    scale: LikelihoodScale,
) -> Option<TermFault> {
    let likelihood = statement.likelihood.as_ref().or(of_judgment);
    let is_judgment = matches!(statement.r#type(), StatementType::Assessment | StatementType::Forecast);
    let fault = |code, (term, offset), message| Some(TermFault { code, term, offset, message });
    let text = Words::of(&statement.text);
    if is_judgment && let Some(found) = text.term_of_other_scale(scale) {
        let (term, own) = (words(found.0), own_term(found.0, scale));
        let message = format!(
            "\"{term}\" is a term of another scale than the brief's: write \"{own}\", or set likelihood_scale"
        );
        return fault(TERM_OF_OTHER_SCALE, found, message);
    }
    let found = text.only_term(scale)?;
    let term = words(found.0);
    match likelihood {
        None if is_judgment => {
            let message = format!(
                "\"{term}\" is a term of the scale, but the sentence has no likelihood: set it, or use another word"
            );
            fault(TERM_WITHOUT_LIKELIHOOD, found, message)
        }
        Some(likelihood)
            if crate::likelihood::scale(likelihood.term()) == Some(scale)
                && bounds(likelihood.term()) != bounds(found.0) =>
        {
            let message = format!(
                "the sentence says \"{term}\", but its likelihood is \"{}\": make them the same",
                words(likelihood.term())
            );
            fault(LIKELIHOOD_CONTRADICTS_TEXT, found, message)
        }
        _ => None,
    }
}

/// Returns the term of a scale for the percentages of a term of another one.
fn own_term(term: LikelihoodTerm, scale: LikelihoodScale) -> &'static str {
    crate::likelihood::equivalent(bounds(term), scale).map_or("a term of that scale", words)
}

/// Returns the only term of a scale in an English text; none if it has several different ones.
pub(super) fn only_term(text: &str, scale: LikelihoodScale) -> Option<LikelihoodTerm> {
    Words::of(text).only_term(scale).map(|(term, _)| term)
}

/// A text in lower case, with the positions in quotation marks: quoted words are not the author's own.
struct Words {
    lower: String,
    is_quoted: Vec<bool>,
}

impl Words {
    fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let mut is_quoted = vec![false; lower.len()];
        let mut depth = 0_usize;
        let mut is_straight = false;
        for (at, character) in lower.char_indices() {
            match character {
                '“' | '„' | '«' => depth += 1,
                '”' | '»' => depth = depth.saturating_sub(1),
                '"' => is_straight = !is_straight,
                _ => {}
            }
            is_quoted[at] = depth > 0 || is_straight;
        }
        Self { lower, is_quoted }
    }

    /// Lists the terms in the text with their offsets: the longest at each position, of those that start a word there and
    /// are neither quoted nor modified.
    fn terms(&self, terms: &[LikelihoodTerm]) -> Vec<(LikelihoodTerm, usize)> {
        let lower = self.lower.as_str();
        let mut found = Vec::new();
        let mut at = 0;
        while at < lower.len() {
            let starts_word = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let fits = |term: &&LikelihoodTerm| {
                let rest = lower[at..].strip_prefix(words(**term));
                // "Almost certainly" is the same term.
                let is_certain = words(**term).ends_with("certain");
                let rest = rest.map(|rest| rest.strip_prefix("ly").filter(|_| is_certain).unwrap_or(rest));
                rest.is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphanumeric()))
            };
            let longest = if starts_word {
                terms.iter().filter(fits).max_by_key(|term| words(**term).len())
            } else {
                None
            };
            match longest {
                Some(term) => {
                    if !is_modified(&lower[..at]) && !self.is_quoted[at] {
                        found.push((*term, at));
                    }
                    at += words(*term).len();
                }
                None => at += lower[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        found
    }

    /// Returns the only term of the scale, with its offset; none if there are several different ones.
    fn only_term(&self, scale: LikelihoodScale) -> Option<(LikelihoodTerm, usize)> {
        // "remote" usually means distance.
        let terms: Vec<LikelihoodTerm> =
            scale_terms(scale).iter().copied().filter(|term| words(*term) != "remote").collect();
        let found = self.terms(&terms);
        let first = *found.first()?;
        found.iter().all(|(term, _)| *term == first.0).then_some(first)
    }

    /// Returns the first term of the other scale that is not a word of this one, too, with its offset.
    fn term_of_other_scale(&self, scale: LikelihoodScale) -> Option<(LikelihoodTerm, usize)> {
        let other = match scale {
            LikelihoodScale::Phia => LikelihoodScale::Icd203,
            LikelihoodScale::Icd203 => LikelihoodScale::Phia,
            LikelihoodScale::Unspecified => return None,
        };
        let shared =
            |term: LikelihoodTerm| scale_terms(scale).iter().any(|own| words(*own).contains(words(term)));
        let terms: Vec<LikelihoodTerm> = scale_terms(other)
            .iter()
            .copied()
            .filter(|term| words(*term) != "remote" && !shared(*term))
            .collect();
        self.terms(&terms).into_iter().next()
    }
}

fn is_modified(before: &str) -> bool {
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next();
    word.is_some_and(|word| MODIFIERS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::{LikelihoodScale, Words, only_term, words};

    fn term(text: &str) -> &'static str {
        only_term(text, LikelihoodScale::Icd203).map_or("", words)
    }

    #[test]
    fn the_longest_unmodified_term_counts() {
        assert_eq!(term("Very likely it falls."), "very likely");
        assert_eq!(term("It is unlikely."), "unlikely");
        assert_eq!(term("Likely, it is likely."), "likely");
        for text in [
            "It is not likely.",
            "less likely",
            "likely or unlikely",
            "unlikelyhood",
            "remote",
            "über",
            "He said \"likely\" and “very likely”.",
        ] {
            assert_eq!(term(text), "", "{text}");
        }
    }

    #[test]
    fn terms_that_only_the_other_scale_has_are_found() {
        let other =
            |text, scale| Words::of(text).term_of_other_scale(scale).map_or("", |(term, _)| words(term));
        assert_eq!(other("It is highly likely.", LikelihoodScale::Icd203), "highly likely");
        assert_eq!(other("A realistic possibility.", LikelihoodScale::Icd203), "realistic possibility");
        assert_eq!(other("It is likely.", LikelihoodScale::Icd203), "");
        assert_eq!(other("It is very likely.", LikelihoodScale::Phia), "very likely");
        assert_eq!(other("It is probable or likely.", LikelihoodScale::Phia), "");
        assert_eq!(other("It is improbable.", LikelihoodScale::Phia), "improbable");
    }
}

//! Likelihood terms in the words of English sentences, compared with likelihoods.

use chancery_proto::brief::v1::{Likelihood, LikelihoodScale, LikelihoodTerm, Statement, StatementType};

use super::warning::{LIKELIHOOD_CONTRADICTS_TEXT, TERM_OF_OTHER_SCALE, TERM_WITHOUT_LIKELIHOOD};
use crate::likelihood::{bounds, scale_terms, stated_bounds, words};
use crate::sentences::is_gap;

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

/// Words that negate what follows them in their clause. So do those that end in "n't".
const NEGATIONS: [&str; 11] =
    ["cannot", "far", "hardly", "neither", "never", "no", "nobody", "none", "nor", "not", "without"];

/// Words that start another clause, which an earlier negation does not reach.
const CLAUSE_OPENERS: [&str; 8] = ["although", "and", "because", "but", "though", "whereas", "while", "yet"];

/// A term in the words of a sentence that its likelihood does not agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermFault {
    /// `TERM_WITHOUT_LIKELIHOOD`, `LIKELIHOOD_CONTRADICTS_TEXT` or `TERM_OF_OTHER_SCALE`.
    pub code: &'static str,
    /// The term in the words, or the one that they mean.
    pub term: LikelihoodTerm,
    /// Offset of the words in the text, in bytes.
    pub offset: usize,
    /// Length of the words, in bytes.
    pub length: usize,
    /// The percentage that the words state.
    pub percent: Option<u32>,
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
    let fault = |code, found: Found, message| {
        let Found { term, offset, length } = found;
        Some(TermFault { code, term, offset, length, percent: None, message })
    };
    if let Some(chance) = stated_chance(&statement.text).filter(|_| is_judgment)
        && let Some(fault) = chance_fault(chance, &statement.text, likelihood, scale)
    {
        return Some(fault);
    }
    let text = Words::of(&statement.text);
    if is_judgment && let Some(found) = text.term_of_other_scale(scale) {
        let (term, own) = (words(found.term), own_term(found.term, scale));
        let message = format!(
            "\"{term}\" is a term of another scale than the brief's: write \"{own}\", or change the scale of the brief"
        );
        return fault(TERM_OF_OTHER_SCALE, found, message);
    }
    let of_scale = likelihood.filter(|likelihood| crate::likelihood::scale(likelihood.term()) == Some(scale));
    let contradiction = |said: &str, likelihood: &Likelihood| {
        let given = words(likelihood.term());
        format!("the sentence says \"{said}\", but its likelihood is \"{given}\": make them the same")
    };
    let Some(found) = text.only_term(scale) else {
        let likelihood = of_scale?;
        let (said, found) = text.opposite(bounds(likelihood.term()), scale)?;
        return fault(LIKELIHOOD_CONTRADICTS_TEXT, found, contradiction(&said, likelihood));
    };
    let term = words(found.term);
    match (likelihood, of_scale) {
        (None, _) if is_judgment => {
            let message = format!(
                "\"{term}\" is a term of the scale, but the sentence has no likelihood: set it, or use another word"
            );
            fault(TERM_WITHOUT_LIKELIHOOD, found, message)
        }
        (_, Some(likelihood)) if bounds(likelihood.term()) != bounds(found.term) => {
            fault(LIKELIHOOD_CONTRADICTS_TEXT, found, contradiction(term, likelihood))
        }
        _ => None,
    }
}

/// Compares a percentage in the words of a sentence with its likelihood.
fn chance_fault(
    chance: StatedChance,
    text: &str,
    likelihood: Option<&Likelihood>,
    scale: LikelihoodScale,
) -> Option<TermFault> {
    let StatedChance { percent, offset, length } = chance;
    let said = &text[offset..offset + length];
    let is_within = |(low, high): (u32, u32)| (low..=high).contains(&percent);
    let (code, message) = match likelihood {
        None => {
            let message =
                format!("\"{said}\" is a likelihood, but the sentence has none: set it, or use other words");
            (TERM_WITHOUT_LIKELIHOOD, message)
        }
        Some(likelihood) => {
            let (low, high) = stated_bounds(likelihood);
            if is_within((low, high)) {
                return None;
            }
            let given = words(likelihood.term());
            let message = format!(
                "the sentence says \"{said}\", but its likelihood is \"{given}\", {low}-{high}%: make them the same"
            );
            (LIKELIHOOD_CONTRADICTS_TEXT, message)
        }
    };
    let term = scale_terms(scale).iter().copied().find(|term| is_within(bounds(*term)))?;
    Some(TermFault { code, term, offset, length, percent: Some(percent), message })
}

/// A likelihood in figures in the words of a sentence, such as "70% chance".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedChance {
    percent: u32,
    offset: usize,
    length: usize,
}

/// Returns the first percentage in an English text that is a chance, as in "a 70 per cent chance" and "the probability is 70%".
pub(super) fn stated_chance(text: &str) -> Option<StatedChance> {
    const SIGNS: [&str; 3] = ["%", "percent", "per cent"];
    const NOUNS: [&str; 7] = ["chance", "chances", "probability", "likelihood", "odds", "certain", "likely"];
    const LINKS: [&str; 5] = ["is", "of", "at", "about", "roughly"];
    let lower = text.to_ascii_lowercase();
    // Few sentences have one.
    if !SIGNS.iter().any(|sign| lower.contains(sign)) {
        return None;
    }
    let is_quoted = quoted(text);
    let signs = SIGNS.iter().flat_map(|sign| lower.match_indices(sign));
    let chance = |(at, sign): (usize, &str)| {
        let before = lower[..at].trim_end_matches(is_gap);
        let number = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let percent: u32 = before[number.len()..].parse().ok().filter(|percent| *percent <= 100)?;
        let is_whole = !number.ends_with(['.', ',', '-', '–', '‑']);
        let behind = lower[at + sign.len()..].trim_start_matches(is_gap);
        let noun = NOUNS.iter().find(|noun| behind.strip_prefix(**noun).is_some_and(starts_no_word));
        let mut words_before =
            number.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).rev();
        let noun_before = words_before.find(|word| !LINKS.contains(word)).filter(|word| NOUNS.contains(word));
        if !is_whole || is_quoted[at] || noun.is_none() && noun_before.is_none() {
            return None;
        }
        let end = match noun {
            Some(noun) => lower.len() - behind.len() + noun.len(),
            None => at + sign.len(),
        };
        Some(StatedChance { percent, offset: number.len(), length: end - number.len() })
    };
    signs.filter_map(chance).min_by_key(|chance| chance.offset)
}

fn starts_no_word(text: &str) -> bool {
    text.chars().next().is_none_or(|c| !c.is_alphanumeric())
}

/// Returns the term of a scale for the percentages of a term of another one.
fn own_term(term: LikelihoodTerm, scale: LikelihoodScale) -> &'static str {
    crate::likelihood::equivalent(bounds(term), scale).map_or("a term of that scale", words)
}

/// Returns the only term of a scale in an English text; none if it has several different ones.
pub(super) fn only_term(text: &str, scale: LikelihoodScale) -> Option<LikelihoodTerm> {
    Words::of(text).only_term(scale).map(|found| found.term)
}

/// Returns the first term of any scale that an English text does not quote, except "remote", which usually means distance.
pub(super) fn first_term(text: &str) -> Option<LikelihoodTerm> {
    let terms: Vec<LikelihoodTerm> = [LikelihoodScale::Icd203, LikelihoodScale::Phia]
        .into_iter()
        .flat_map(scale_terms)
        .copied()
        .filter(|term| words(*term) != "remote")
        .collect();
    let text = Words::of(text);
    text.all_terms(&terms).iter().find(|found| !text.is_quoted[found.offset]).map(|found| found.term)
}

/// Returns whether a text contains words that it does not quote.
pub(super) fn says(text: &str, words: &str) -> bool {
    !said_offsets(text, words).is_empty()
}

/// Returns the offsets at which a text contains words that it does not quote.
pub(super) fn said_offsets(text: &str, words: &str) -> Vec<usize> {
    let mut offsets = word_offsets(text, words).peekable();
    if offsets.peek().is_none() {
        return Vec::new();
    }
    let is_quoted = quoted(text);
    offsets.filter(|at| !is_quoted[*at]).collect()
}

/// Returns of each byte whether it is in quotation marks.
fn quoted(text: &str) -> Vec<bool> {
    let mut is_quoted = vec![false; text.len()];
    let mut depth = 0_usize;
    let mut is_straight = false;
    for (at, character) in text.char_indices() {
        match character {
            '“' | '„' | '«' => depth += 1,
            '”' | '»' => depth = depth.saturating_sub(1),
            '"' => is_straight = !is_straight,
            _ => {}
        }
        is_quoted[at] = depth > 0 || is_straight;
    }
    is_quoted
}

/// Returns the offsets at which a text contains words, not as parts of other words.
pub(super) fn word_offsets(text: &str, words: &str) -> impl Iterator<Item = usize> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let offsets = text.match_indices(words).map(|(at, found)| (at, at + found.len()));
    let whole = offsets.filter(move |(at, end)| {
        !is_word(text[..*at].chars().next_back()) && !is_word(text[*end..].chars().next())
    });
    whole.map(|(at, _)| at)
}

/// A term in a text: where it is, and how long.
#[derive(Debug, Clone, Copy)]
struct Found {
    term: LikelihoodTerm,
    offset: usize,
    length: usize,
}

/// A text in lower case, with the positions in quotation marks: quoted words are not the author's own.
struct Words {
    lower: String,
    is_quoted: Vec<bool>,
}

impl Words {
    fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Self { is_quoted: quoted(&lower), lower }
    }

    /// Lists the terms in the text: the longest at each position, of those that start a word there and are neither quoted,
    /// modified nor negated.
    fn terms(&self, terms: &[LikelihoodTerm]) -> Vec<Found> {
        let is_meant = |found: &Found| !is_modified(&self.lower[..found.offset]) && self.is_own(found.offset);
        self.all_terms(terms).into_iter().filter(is_meant).collect()
    }

    /// Lists the terms in the text, whatever is around them.
    fn all_terms(&self, terms: &[LikelihoodTerm]) -> Vec<Found> {
        let lower = self.lower.as_str();
        let mut found = Vec::new();
        let mut at = 0;
        while at < lower.len() {
            let starts_word = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let fitting = terms.iter().filter_map(|term| Some((*term, length(&lower[at..], words(*term))?)));
            let longest = if starts_word { fitting.max_by_key(|(_, length)| *length) } else { None };
            match longest {
                Some((term, length)) => {
                    found.push(Found { term, offset: at, length });
                    at += length;
                }
                None => at += lower[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        found
    }

    /// Returns whether the words at an offset are a claim of the author: neither quoted nor negated.
    fn is_own(&self, offset: usize) -> bool {
        !self.is_quoted[offset] && !is_negated(&self.lower[..offset])
    }

    /// Returns the offset of the first words that are these and not quoted.
    fn says(&self, wanted: &str) -> Option<usize> {
        word_offsets(&self.lower, wanted).find(|at| !self.is_quoted[*at])
    }

    /// Returns words that say the opposite of a likelihood of these percentages, such as "not likely" of one above 50 %.
    fn opposite(&self, (low, high): (u32, u32), scale: LikelihoodScale) -> Option<(String, Found)> {
        if high < 50 {
            let offset = self.says("probably").filter(|at| self.is_own(*at))?;
            let found = Found { term: LikelihoodTerm::Icd203Probable, offset, length: "probably".len() };
            return Some(("probably".to_owned(), found));
        }
        let is_denied = |found: &Found| {
            let (least, _) = bounds(found.term);
            let before = self.lower[..found.offset].trim_end();
            let denial = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
            let is_denial = denial == "not" || denial.ends_with("n't") || denial.ends_with("n’t");
            let is_alternative = before.ends_with("if not") || before.ends_with("or not");
            least >= 50 && low >= least && is_denial && !is_alternative && !self.is_quoted[found.offset]
        };
        let found = self.all_terms(scale_terms(scale)).into_iter().find(is_denied)?;
        Some((format!("not {}", words(found.term)), found))
    }

    /// Returns the only term of the scale; none if there are several different ones.
    fn only_term(&self, scale: LikelihoodScale) -> Option<Found> {
        // "remote" usually means distance.
        let terms: Vec<LikelihoodTerm> =
            scale_terms(scale).iter().copied().filter(|term| words(*term) != "remote").collect();
        let found = self.terms(&terms);
        let first = *found.first()?;
        found.iter().all(|found| found.term == first.term).then_some(first)
    }

    /// Returns the first term of the other scale that is not a word of this one, too.
    fn term_of_other_scale(&self, scale: LikelihoodScale) -> Option<Found> {
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

/// Returns the length of a term at the start of a text, whose words may be apart by other spaces or hyphens than one space.
fn length(text: &str, term: &str) -> Option<usize> {
    let mut rest = text;
    for (index, word) in term.split(' ').enumerate() {
        if index > 0 {
            let next =
                rest.trim_start_matches(|c: char| is_gap(c) || matches!(c, '-' | '\u{2010}' | '\u{2011}'));
            if next.len() == rest.len() {
                return None;
            }
            rest = next;
        }
        rest = rest.strip_prefix(word)?;
    }
    // "Almost certainly" is the same term.
    let is_certain = term.ends_with("certain");
    let behind = rest.strip_prefix("ly").filter(|_| is_certain).unwrap_or(rest);
    behind.chars().next().is_none_or(|c| !c.is_alphanumeric()).then(|| text.len() - rest.len())
}

/// Returns whether the clause that a text ends with negates what follows.
fn is_negated(before: &str) -> bool {
    let clause = before.rsplit(['.', ',', ';', ':', '!', '?', '–', '—']).next().unwrap_or_default();
    let mut is_negated = false;
    for word in clause.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'))) {
        if CLAUSE_OPENERS.contains(&word) {
            is_negated = false;
        }
        is_negated |= NEGATIONS.contains(&word) || word.ends_with("n't") || word.ends_with("n’t");
    }
    is_negated
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
        assert_eq!(term("It is very  likely."), "very likely");
        assert_eq!(term("It is very\u{a0}likely."), "very likely");
        assert_eq!(term("A very-likely fall."), "very likely");
        assert_eq!(term("It is almost\u{a0}certainly so."), "almost certain");
        assert_eq!(term("It is not cheap, but likely."), "likely");
        assert_eq!(term("It never fell and is likely to rise."), "likely");
        for text in [
            "It is not likely.",
            "It isn't likely.",
            "It isn’t likely.",
            "It does not seem likely.",
            "It is far from likely.",
            "It will never be likely.",
            "We do not believe it likely to fall.",
            "Nobody thinks it likely.",
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
            |text, scale| Words::of(text).term_of_other_scale(scale).map_or("", |found| words(found.term));
        assert_eq!(other("It is highly likely.", LikelihoodScale::Icd203), "highly likely");
        assert_eq!(other("A realistic possibility.", LikelihoodScale::Icd203), "realistic possibility");
        assert_eq!(other("It is likely.", LikelihoodScale::Icd203), "");
        assert_eq!(other("It is very likely.", LikelihoodScale::Phia), "very likely");
        assert_eq!(other("It is probable or likely.", LikelihoodScale::Phia), "");
        assert_eq!(other("It is improbable.", LikelihoodScale::Phia), "improbable");
    }
}

//! Terms of likelihood and levels of confidence as authors write them.

use chancery_brief::likelihood::{bounds, equivalent, scale_terms, words};
use chancery_proto::brief::v1::{LikelihoodScale, LikelihoodTerm};
use chancery_proto::lookalikes::{digit, in_ascii};

use crate::vocabulary::{SCALES, is_confidence};

/// Returns the longest term of any scale at the start of a text, and what follows it.
pub(crate) fn leading_term(text: &str) -> Option<(&str, &str)> {
    let terms = SCALES.iter().flat_map(|(_, scale)| scale_terms(*scale)).map(|term| words(*term));
    let follows = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let fitting = terms.filter(|term| text.strip_prefix(term).is_some_and(follows));
    let longest = fitting.max_by_key(|term| term.len())?;
    let rest = text[longest.len()..].trim();
    // "likely" is the start of "likely or probable", and of text that is no likelihood.
    let starts_range = |c: char| digit(c).is_some() || matches!(c, '%' | '٪' | '％');
    let is_range = rest.is_empty() || rest.starts_with("at ") || rest.starts_with(starts_range);
    is_range.then_some((&text[..longest.len()], rest))
}

/// Returns a likelihood or confidence in ASCII that is written with look-alike characters; none for other texts.
pub(super) fn written_in_ascii(head: &str) -> Option<String> {
    let ascii = in_ascii(head)?;
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let ascii = words.join(" ");
    let is_likelihood = leading_term(&ascii).is_some_and(|(_, rest)| percentages(rest).is_some());
    (is_confidence(&ascii) || is_likelihood).then_some(ascii)
}

/// The percentages behind a term.
pub(crate) struct Percentages {
    pub(crate) bounds: Option<(u32, u32)>,
    pub(crate) point: Option<u32>,
}

/// Reads `LOW-HIGH%`, `at POINT%`, both or neither.
pub(crate) fn percentages(text: &str) -> Option<Percentages> {
    let (range, point) = match text.strip_prefix("at ") {
        Some(point) => ("", Some(point)),
        None => match text.split_once(" at ") {
            Some((range, point)) => (range, Some(point)),
            None => (text, None),
        },
    };
    let number = |text: &str| {
        let digits = text.trim().trim_end_matches('%').trim_end();
        (digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse().ok())
            .flatten()
    };
    let bounds = match range.trim() {
        "" => None,
        range => {
            let (low, high) = range.split_once(['-', '–'])?;
            Some((number(low)?, number(high)?))
        }
    };
    let point = match point {
        Some(point) => Some(number(point)?),
        None => None,
    };
    Some(Percentages { bounds, point })
}

/// Returns the likelihood that percentages with other signs around them mean, such as `60-70%`, `~65%` or `likely (60-70%)`.
pub(super) fn meant_percentages(given: &str, scale: LikelihoodScale) -> Option<String> {
    let ascii = in_ascii(given).unwrap_or_else(|| given.to_owned()).to_lowercase();
    let is_letter = |c: char| c.is_alphabetic();
    let figures_start = ascii.find(|c: char| c.is_ascii_digit())?;
    let (before, figures) = ascii.split_at(figures_start);
    // "More than 80 %" is another range.
    if before.contains(['<', '>', '≤', '≥']) {
        return None;
    }
    let named = before.trim_end_matches(|c| !is_letter(c)).trim_end_matches("about").trim_end();
    let is_percentage = figures.contains('%') && !figures.contains(is_letter);
    let numbers: Vec<u32> = figures
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().ok().filter(|percent| *percent <= 100))
        .collect::<Option<_>>()?;
    let (low, high) = match numbers.as_slice() {
        [point] => (*point, *point),
        [low, high] if low < high => (*low, *high),
        _ => return None,
    };
    let covers = |term: &&LikelihoodTerm| {
        let (least, most) = bounds(**term);
        least <= low && high <= most
    };
    let term = if named.is_empty() {
        words(*scale_terms(scale).iter().find(covers)?)
    } else {
        scale_terms(scale).iter().map(|term| words(*term)).find(|words| *words == named)?
    };
    let percentages = if low == high { format!("at {low}%") } else { format!("{low}-{high}%") };
    is_percentage.then(|| format!("{term} {percentages}"))
}

/// Words that authors use for a term, without an intensifier, with the term that each means.
const SYNONYMS: [(&str, LikelihoodTerm); 13] = [
    ("likely", LikelihoodTerm::Icd203Likely),
    ("probable", LikelihoodTerm::Icd203Likely),
    ("probably", LikelihoodTerm::Icd203Likely),
    ("unlikely", LikelihoodTerm::Icd203Unlikely),
    ("improbable", LikelihoodTerm::Icd203Unlikely),
    ("improbably", LikelihoodTerm::Icd203Unlikely),
    ("certain", LikelihoodTerm::Icd203AlmostCertain),
    ("certainly", LikelihoodTerm::Icd203AlmostCertain),
    ("even chance", LikelihoodTerm::Icd203RoughlyEvenChance),
    ("even odds", LikelihoodTerm::Icd203RoughlyEvenChance),
    ("realistic possibility", LikelihoodTerm::PhiaRealisticPossibility),
    ("remote", LikelihoodTerm::Icd203AlmostNoChance),
    ("no chance", LikelihoodTerm::Icd203AlmostNoChance),
];

/// Words before a synonym that move it away from even.
const INTENSIFIERS: [&str; 5] = ["very", "highly", "extremely", "most", "strongly"];

/// Words before a synonym that leave its meaning as it is.
const FILLERS: [&str; 8] = ["almost", "nearly", "roughly", "about", "fairly", "rather", "quite", "virtually"];

/// Returns the term of a scale that other words for a likelihood mean, such as "very probably".
pub(super) fn meant_term(given: &str, scale: LikelihoodScale) -> Option<&'static str> {
    let lower = given.to_lowercase();
    let mut rest = lower.trim();
    let mut is_intense = false;
    while let Some((first, behind)) = rest.split_once([' ', '-']) {
        match first {
            word if INTENSIFIERS.contains(&word) => is_intense = true,
            word if FILLERS.contains(&word) => {}
            _ => break,
        }
        rest = behind.trim_start();
    }
    let (_, term) = SYNONYMS.iter().find(|(synonym, _)| *synonym == rest)?;
    let meant = match term {
        LikelihoodTerm::Icd203Likely if is_intense => LikelihoodTerm::Icd203VeryLikely,
        LikelihoodTerm::Icd203Unlikely if is_intense => LikelihoodTerm::Icd203VeryUnlikely,
        term => *term,
    };
    equivalent(bounds(meant), scale).map(words)
}

//! Lints of wording: words that hedge, that give a likelihood, and that speak of the future.

use chancery_proto::brief::v1::LikelihoodScale;

use super::wording::{self, wording_is_read};
use crate::likelihood;
use crate::translations;

/// Words that weaken a claim without giving a likelihood.
const HEDGES: [&str; 18] = [
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
    "seemingly",
    "arguably",
    "appears to",
    "appear to",
    "seems to",
    "seem to",
];

/// Words by which an author presents a claim as the author's own, or as one of chance.
const JUDGMENTS: [&str; 14] = [
    "we assess",
    "we judge",
    "we believe",
    "we expect",
    "we estimate",
    "we conclude",
    "our assessment",
    "our judgment",
    "our judgement",
    "in our view",
    "chance of",
    "chance that",
    "real risk",
    "serious risk",
];

/// Words of a claim about the future. Matched in lower case only: "Will" is a name, or asks.
const FORECASTS: [&str; 17] = [
    "will",
    "won't",
    "won’t",
    "shall",
    "is going to",
    "are going to",
    "isn't going to",
    "aren't going to",
    "is about to",
    "is expected to",
    "are expected to",
    "is set to",
    "are set to",
    "is bound to",
    "are bound to",
    "is poised to",
    "are poised to",
];

/// Words before "will" that make it a noun, as in "the political will".
const BEFORE_NOUN: [&str; 18] = [
    "a",
    "at",
    "free",
    "general",
    "good",
    "her",
    "his",
    "ill",
    "its",
    "last",
    "national",
    "no",
    "own",
    "political",
    "popular",
    "public",
    "the",
    "their",
];

/// Words that open a subordinate clause.
const SUBORDINATORS: [&str; 13] = [
    "because", "how", "if", "that", "until", "what", "when", "where", "whether", "which", "while", "who",
    "why",
];

/// Returns whether the words of a sentence judge rather than report: it hedges, has a likelihood term of any scale or a
/// percentage, says whose judgment it is, or speaks of the future. Quoted words do not count. Reads English and the
/// languages of [`translations`].
pub fn judges(text: &str, language: &str) -> bool {
    if wording_is_read(language) {
        return hedge(text).is_some()
            || forecast(text).is_some()
            || wording::stated_chance(text).is_some()
            || presents_a_judgment(text);
    }
    let Some(translation) = translations::of(language) else { return false };
    let text = translations::letters(text);
    let terms = translation.likelihood.iter().flatten().chain(translation.forecast);
    terms.map(|words| translations::letters(words)).any(|words| {
        // The article of Arabic is written with its word.
        let with_article = format!("ال{words}");
        wording::says(&text, &words) || language.starts_with("ar") && wording::says(&text, &with_article)
    })
}

fn presents_a_judgment(text: &str) -> bool {
    let lower = text.to_lowercase();
    JUDGMENTS.iter().any(|words| wording::says(&lower, words))
}

/// Returns the first hedge in a text: a word that weakens it, or a likelihood term.
pub(super) fn hedge(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    // "May" is a month.
    let is_said = |hedge: &str| wording::says(if hedge == "may" { text } else { &lower }, hedge);
    let mut hedges = HEDGES.into_iter().filter(|hedge| *hedge != "might" || !is_noun_might(&lower));
    hedges.find(|hedge| is_said(hedge)).or_else(|| wording::first_term(text).map(likelihood::words))
}

/// Returns whether a text contains the noun, as in "the might of the navy".
fn is_noun_might(text: &str) -> bool {
    contains_words(text, "the might") || contains_words(text, "might of")
}

/// Returns words of a text that speak of the future.
fn forecast(text: &str) -> Option<&'static str> {
    FORECASTS.into_iter().find(|words| !forecast_offsets(text, words).is_empty())
}

/// Returns words of a text that speak of the future in a main clause: a subordinate one reports or asks, as in "it said that
/// traffic will fall".
pub(super) fn main_forecast(text: &str) -> Option<&'static str> {
    let is_in_main_clause = |at: usize| {
        let clause = text[..at].rsplit([',', ';', ':', '–', '—']).next().unwrap_or_default();
        let mut words = clause.split(|c: char| !c.is_alphanumeric());
        !words.any(|word| SUBORDINATORS.contains(&word.to_lowercase().as_str()))
    };
    FORECASTS.into_iter().find(|words| forecast_offsets(text, words).into_iter().any(is_in_main_clause))
}

fn forecast_offsets(text: &str, words: &str) -> Vec<usize> {
    let mut offsets = wording::said_offsets(text, words);
    offsets.retain(|at| words != "will" || !is_noun_will(&text[..*at], &text[at + words.len()..]));
    offsets
}

/// Returns whether "will" between two texts is the noun, as in "the will to fight".
fn is_noun_will(before: &str, behind: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    let before = before.trim_end().rsplit(|c| !is_letter(c)).next().unwrap_or_default();
    let behind = behind.trim_start().split(|c| !is_letter(c)).next().unwrap_or_default();
    BEFORE_NOUN.contains(&before.to_lowercase().as_str()) || matches!(behind, "of" | "to")
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

#[cfg(test)]
mod tests {
    use super::judges;

    #[test]
    fn words_that_judge_are_hedges_terms_and_the_future() {
        for text in [
            "Traffic might fall.",
            "Perhaps traffic fell.",
            "Traffic is not likely to fall.",
            "A realistic possibility remains.",
            "Traffic will fall.",
            "Traffic won't fall.",
            "The parties shall pay.",
            "The line is going to close.",
            "Political will is weak, but traffic will fall.",
            "There is a 70% chance of a fall.",
            "The probability is 30 per cent.",
            "Traffic is expected to fall.",
            "Lines are set to close.",
            "We assess that traffic fell.",
            "There is a real risk of a strike.",
            "Traffic appears to have fallen.",
        ] {
            assert!(judges(text, "en-GB"), "{text}");
        }
        for text in [
            "Traffic fell in May.",
            "May was calm.",
            "The political will is weak.",
            "The drills show a will to act.",
            "The will of the people was heard.",
            "Will Smith spoke.",
            "The minister said: \"We will pay.\"",
            "He called it “very likely”.",
            "A remote port closed.",
            "He is willing.",
            "Traffic fell by 30%.",
            "He expected to fall.",
            "The paper says \"we assess that it fell\".",
        ] {
            assert!(!judges(text, "en"), "{text}");
        }
    }

    #[test]
    fn the_other_languages_of_the_printer_have_their_words() {
        for (language, text) in [
            ("ru", "Вероятно, порт закрыт."),
            ("ru-RU", "Порт будет закрыт."),
            ("fa", "بندر به احتمال زیاد بسته خواهد شد."),
            ("fa", "بسته شدن بندر محتمل است."),
            ("ar", "من المرجح أن يغلق الميناء."),
            ("ar", "سوف يغلق الميناء."),
        ] {
            assert!(judges(text, language), "{language}: {text}");
        }
        for (language, text) in [
            ("ru", "Порт закрыт, «вероятно»."),
            ("ru", "Вероятность мала."),
            ("fa", "بندر می‌خواهد بسته شود."),
            ("de", "Traffic will fall."),
        ] {
            assert!(!judges(text, language), "{language}: {text}");
        }
    }
}

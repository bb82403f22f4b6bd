//! What authors mean by annotations that a part does not have: other words for a key, a key of another part, the terms in
//! the language of the brief.

use chancery_brief::likelihood::{row, scale_terms, words};
use chancery_brief::marking::Scheme;
use chancery_brief::translations::{self, letters};
use chancery_proto::brief::v1::LikelihoodScale;

use super::terms::{meant_percentages, written_in_ascii};
use crate::range::TextRange;
use crate::syntax::tokens::Item;
use crate::vocabulary::{CONFIDENCES, is_confidence, is_term};

/// The end of a message about an unknown annotation, and the edit that corrects it, where only one can be meant.
pub(super) struct Remedy {
    pub(super) message: String,
    pub(super) fix: Option<(TextRange, String)>,
}

impl Remedy {
    fn of(message: impl Into<String>) -> Self {
        Self { message: message.into(), fix: None }
    }
}

/// Words for keys, with the key that each means.
const ALIASES: [(&str, &str); 16] = [
    ("based on", "rests-on"),
    ("based-on", "rests-on"),
    ("rests on", "rests-on"),
    ("relies-on", "rests-on"),
    ("supported-by", "rests-on"),
    ("support", "rests-on"),
    ("horizon", "by"),
    ("deadline", "by"),
    ("until", "by"),
    ("criteria", "resolves"),
    ("resolution", "resolves"),
    ("location", "places"),
    ("tags", "topics"),
    ("held-by", "holder"),
    ("author", "holder"),
    ("reason", "likelihood-origin"),
];

/// The parts that rest on statements.
const RESTING: [&str; 9] = [
    "a key judgment",
    "an event",
    "a relationship",
    "a scenario",
    "an indicator",
    "an assumption",
    "a dissent",
    "a factor",
    "a change",
];

/// Returns the remedy for an annotation of a part, which `place` names; none if it looks like none of these mistakes.
pub(super) fn remedy(place: &str, item: &Item, known: &[&str]) -> Option<Remedy> {
    let head = item.head.text.as_str();
    let lower = head.to_lowercase();
    of_marking(item)
        .or_else(|| of_missing_colon(item, known))
        .or_else(|| of_other_part(place, &lower))
        .or_else(|| of_claim(item, &lower))
        .or_else(|| of_percentages(item, known))
        .or_else(|| in_other_language(item, &lower))
        .or_else(|| {
            let (_, key) = ALIASES.iter().find(|(alias, key)| *alias == lower && known.contains(key))?;
            let fix = (*key != "by").then(|| (item.head.range, (*key).to_owned()));
            let example = if *key == "by" { "by 2027-06-30" } else { key };
            Some(Remedy { message: format!("write `{example}`"), fix })
        })
}

/// Returns the remedy for a likelihood or confidence that is not written as one.
fn of_claim(item: &Item, lower: &str) -> Option<Remedy> {
    let value = item.value.as_ref().map_or("", |value| value.text.trim());
    if let Some(ascii) = written_in_ascii(&item.head.text) {
        let message = format!("write `{ascii}`, in ASCII");
        return Some(Remedy { message, fix: Some((item.head.range, ascii)) });
    }
    if lower == "confidence" {
        let level = CONFIDENCES.iter().find(|(name, _)| name.strip_suffix(" confidence") == Some(value));
        return match level {
            Some((name, _)) => Some(Remedy {
                message: format!("write `{name}`"),
                fix: Some((item.range, (*name).to_owned())),
            }),
            None => Some(Remedy::of(CONFIDENCE_FORM)),
        };
    }
    if let Some((name, _)) =
        CONFIDENCES.iter().find(|(name, _)| name.strip_suffix(" confidence") == Some(lower))
    {
        let message = format!("write `{name}`");
        return Some(Remedy { message, fix: Some((item.head.range, (*name).to_owned())) });
    }
    if lower.ends_with("confidence") && !lower.contains("likel") || lower == "confident" {
        return Some(Remedy::of(CONFIDENCE_FORM));
    }
    if ["likelihood", "probability"].contains(&lower) {
        let fix = is_term(value).then(|| (item.range, value.to_owned()));
        return Some(Remedy {
            message: "write the term of the scale by itself, such as `likely`".to_owned(),
            fix,
        });
    }
    lower.starts_with('@').then(|| Remedy {
        message: "a source is cited in brackets, before the annotations: write `[@key B2, p. 4]`".to_owned(),
        fix: None,
    })
}

/// Returns the remedy for a key with its value behind a space instead of a colon.
fn of_missing_colon(item: &Item, known: &[&str]) -> Option<Remedy> {
    if item.value.is_some() {
        return None;
    }
    let confidences = CONFIDENCES.iter().map(|(name, _)| name);
    let keys = known.iter().chain(confidences).filter(|key| **key != "by" && !key.starts_with('!'));
    let key = keys.filter(|key| item.source.strip_prefix(**key).is_some_and(|rest| rest.starts_with(' ')));
    let key = key.max_by_key(|key| key.len())?;
    let value = item.source[key.len()..].trim_start_matches([' ', '-', '–', '—']);
    let written = format!("{key}: {value}");
    Some(Remedy {
        message: format!("a colon is behind its key: write `{written}`"),
        fix: Some((item.range, written)),
    })
}

/// Returns the remedy for percentages without their term, or in another form.
fn of_percentages(item: &Item, known: &[&str]) -> Option<Remedy> {
    let head = item.head.text.as_str();
    if item.value.is_some() || !head.contains('%') && !head.contains("percent") && !head.contains("per cent")
    {
        return None;
    }
    let is_phia = known.contains(&"realistic possibility");
    let scale = if is_phia { LikelihoodScale::Phia } else { LikelihoodScale::Icd203 };
    let head = head.replace("per cent", "%").replace("percent", "%");
    Some(match meant_percentages(&head, scale) {
        Some(written) => Remedy {
            message: format!("a likelihood is its term, then its percentages: write `{written}`"),
            fix: Some((item.range, written)),
        },
        None => Remedy::of(
            "a likelihood is its term, then its percentages: write it as in `likely 60-70%` or `likely at 65%`",
        ),
    })
}

/// Returns the remedy for a marking in braces.
fn of_marking(item: &Item) -> Option<Remedy> {
    let label = item.source.trim();
    Scheme::of_label(label)?;
    Some(Remedy::of(format!(
        "a marking is before its sentence, as in `({label}) …`, or written `marking: {label}`"
    )))
}

const CONFIDENCE_FORM: &str =
    "write `high confidence`, `moderate confidence` or `low confidence`, with the reason behind a colon";

/// Returns the remedy for a term or a level of confidence in another language than English.
fn in_other_language(item: &Item, lower: &str) -> Option<Remedy> {
    let given = letters(lower);
    let english = translations::ALL.iter().find_map(|language| {
        let stem = letters(language.confidence_stem);
        let level = CONFIDENCES.iter().zip(&language.confidence[1..]).find(|(_, word)| {
            given.contains(&stem) && given.split(' ').any(|part| is_form_of(part, &letters(word)))
        });
        let level = level.map(|((name, _), _)| *name);
        level.or_else(|| {
            let scales = [LikelihoodScale::Icd203, LikelihoodScale::Phia];
            scales.into_iter().zip(&language.likelihood).find_map(|(scale, translated)| {
                let terms = scale_terms(scale).iter().filter(|term| row(**term) == 1);
                terms.zip(translated).find(|(_, word)| letters(word) == given).map(|(term, _)| words(*term))
            })
        })
    })?;
    Some(Remedy {
        message: format!(
            "keys, terms and confidences are English in every language, and printed in the brief's: write `{english}`"
        ),
        fix: Some((item.head.range, english.to_owned())),
    })
}

/// Returns whether a word is another form of a word: they differ in their endings.
fn is_form_of(given: &str, word: &str) -> bool {
    let shared = given.chars().zip(word.chars()).take_while(|(one, other)| one == other).count();
    let length = word.chars().count();
    shared > 2 && shared + 2 >= length && given.chars().count() <= length + 2
}

/// Returns the remedy for an annotation that another part has.
fn of_other_part(place: &str, head: &str) -> Option<Remedy> {
    let is_judging = head == "rests-on" || is_term(head) || is_confidence(head);
    Some(match (place, head) {
        ("a key judgment", "by" | "resolves" | "actors" | "places" | "topics" | "domain" | "period") => {
            Remedy::of(format!(
                "`{head}` belongs to a sentence: write it at the end of the judgment's sentence"
            ))
        }
        ("a dissent", "on" | "against") => {
            Remedy::of("write `rests-on` with the id of the disputed sentence")
        }
        ("a dissent", "by") => Remedy::of("write who holds this view as `holder: …`"),
        ("a list item" | "a list" | "a paragraph", _) if is_judging => Remedy::of(
            "it belongs to a key judgment, which is a numbered item above the first heading, or to a sentence, on its line",
        ),
        (
            "a sentence",
            "rests-on" | "based-on" | "based on" | "supported-by" | "revises" | "revision-note",
        ) => Remedy::of(
            "it belongs to a key judgment: write it on a line of its own, indented below the judgment; a sentence cites its \
             sources as `[@key B2, p. 4]`",
        ),
        ("a sentence", "source" | "sources" | "cite" | "cites" | "ref") => Remedy::of(
            "a sentence cites its sources in brackets, before the annotations: write `[@key B2, p. 4]`",
        ),
        (place, "source" | "cite" | "cites" | "ref") if RESTING.contains(&place) => {
            Remedy::of("write `rests-on` with the ids of the sentences that cite the source")
        }
        _ => return None,
    })
}

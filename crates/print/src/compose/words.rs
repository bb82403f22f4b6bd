//! The words that print: `chancery_brief` has them; here are their forms on the page.

use chancery_brief::marking::Scheme;
use chancery_brief::{likelihood, words};
use chancery_proto::brief::v1::{
    ActorKind, ChangeKind, ConfidenceLevel, FactorKind, LikelihoodScale, LikelihoodTerm, RelationshipStatus,
    SourceReliability, SourceType, Trend,
};

use crate::pages::Color;

/// A likelihood's stored word.
pub(crate) fn likelihood(term: i32) -> Option<&'static str> {
    let term = LikelihoodTerm::try_from(term).ok().filter(|term| *term != LikelihoodTerm::Unspecified)?;
    Some(likelihood::words(term))
}

/// The brief's scale: ICD 203 unless it says otherwise.
pub(crate) fn scale(scale: i32) -> LikelihoodScale {
    match LikelihoodScale::try_from(scale) {
        Ok(LikelihoodScale::Phia) => LikelihoodScale::Phia,
        _ => LikelihoodScale::Icd203,
    }
}

/// The terms of a scale with their percentages, in one of ICD 203's two rows.
pub(crate) fn scale_key(scale: LikelihoodScale, row: u8) -> Vec<(&'static str, String)> {
    let terms = likelihood::scale_terms(scale).iter().filter(|term| likelihood::row(**term) == row);
    terms.map(|term| (likelihood::words(*term), likelihood::range(*term).replace('-', "\u{2013}"))).collect()
}

/// The row of ICD 203 that a term stands in.
pub(crate) fn row(term: i32) -> u8 {
    likelihood::row(LikelihoodTerm::try_from(term).unwrap_or_default())
}

pub(crate) fn confidence(level: i32) -> Option<&'static str> {
    some(words::confidence(ConfidenceLevel::try_from(level).unwrap_or_default()))
}

pub(crate) fn trend(trend: i32) -> &'static str {
    some(words::trend(Trend::try_from(trend).unwrap_or_default())).unwrap_or("unknown")
}

/// The factor kinds in printing order, with their headings.
pub(crate) const FACTORS: [(FactorKind, &str); 5] = [
    (FactorKind::Driver, "Drivers"),
    (FactorKind::Constraint, "Constraints"),
    (FactorKind::ImplicationRegional, "Regional implications"),
    (FactorKind::ImplicationGlobal, "Global implications"),
    (FactorKind::Outlook, "Outlook"),
];

pub(crate) fn change(kind: i32) -> &'static str {
    some(words::change(ChangeKind::try_from(kind).unwrap_or_default())).unwrap_or("changed")
}

pub(crate) fn actor_kind(kind: i32) -> &'static str {
    words::actor_kind(ActorKind::try_from(kind).unwrap_or_default())
}

pub(crate) fn relationship_status(status: i32) -> &'static str {
    some(words::relationship_status(RelationshipStatus::try_from(status).unwrap_or_default()))
        .unwrap_or("active")
}

/// "B, usually reliable".
pub(crate) fn reliability(reliability: i32) -> Option<String> {
    let reliability = SourceReliability::try_from(reliability).unwrap_or_default();
    let word = some(words::reliability(reliability))?;
    Some(format!("{}, {word}", words::reliability_letter(reliability)))
}

pub(crate) fn source_type(kind: i32) -> Option<&'static str> {
    some(words::source_type(SourceType::try_from(kind).unwrap_or_default()))
}

fn some(word: &'static str) -> Option<&'static str> {
    (!word.is_empty()).then_some(word)
}

/// "supplies-weapons-to" as it reads.
pub(crate) fn relationship(kind: &str) -> String {
    kind.replace('-', " ")
}

/// A word with a capital.
pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The colour of a marking's label on black, in the scheme that has it.
pub(crate) fn marking_color(label: &str) -> Color {
    let known = Scheme::ALL.into_iter().find_map(|scheme| Some(scheme.color(scheme.rank(label)?)));
    known.map_or(Color(0xff, 0xff, 0xff), |(red, green, blue)| Color(red, green, blue))
}

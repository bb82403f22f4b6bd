//! The words that print for the content model's enumerations.

use chancery_proto::brief::v1 as proto;
use proto::{
    ActorKind, ChangeKind, ConfidenceLevel, FactorKind, LikelihoodScale, LikelihoodTerm, RelationshipStatus,
    SourceReliability, SourceType, Trend,
};

/// A likelihood term with its percentages.
pub(crate) struct Term {
    pub(crate) word: &'static str,
    pub(crate) low: u32,
    pub(crate) high: u32,
}

const fn term(word: &'static str, low: u32, high: u32) -> Term {
    Term { word, low, high }
}

/// ICD 203, both rows; the first of each pair is used unless a brief chose the second.
pub(crate) const ICD203: [(Term, Term); 7] = [
    (term("almost no chance", 1, 5), term("remote", 1, 5)),
    (term("very unlikely", 5, 20), term("highly improbable", 5, 20)),
    (term("unlikely", 20, 45), term("improbable", 20, 45)),
    (term("roughly even chance", 45, 55), term("roughly even odds", 45, 55)),
    (term("likely", 55, 80), term("probable", 55, 80)),
    (term("very likely", 80, 95), term("highly probable", 80, 95)),
    (term("almost certain", 95, 99), term("nearly certain", 95, 99)),
];

/// The UK PHIA yardstick; its gaps are deliberate.
pub(crate) const PHIA: [Term; 7] = [
    term("remote chance", 0, 5),
    term("highly unlikely", 10, 20),
    term("unlikely", 25, 35),
    term("realistic possibility", 40, 50),
    term("likely or probable", 55, 75),
    term("highly likely", 80, 90),
    term("almost certain", 95, 100),
];

/// The word that is stored.
pub(crate) fn likelihood(term: i32) -> Option<&'static str> {
    use LikelihoodTerm as T;
    let (phia, second, index) = match T::try_from(term).ok()? {
        T::Unspecified => return None,
        T::Icd203AlmostNoChance => (false, false, 0),
        T::Icd203VeryUnlikely => (false, false, 1),
        T::Icd203Unlikely => (false, false, 2),
        T::Icd203RoughlyEvenChance => (false, false, 3),
        T::Icd203Likely => (false, false, 4),
        T::Icd203VeryLikely => (false, false, 5),
        T::Icd203AlmostCertain => (false, false, 6),
        T::Icd203Remote => (false, true, 0),
        T::Icd203HighlyImprobable => (false, true, 1),
        T::Icd203Improbable => (false, true, 2),
        T::Icd203RoughlyEvenOdds => (false, true, 3),
        T::Icd203Probable => (false, true, 4),
        T::Icd203HighlyProbable => (false, true, 5),
        T::Icd203NearlyCertain => (false, true, 6),
        T::PhiaRemoteChance => (true, false, 0),
        T::PhiaHighlyUnlikely => (true, false, 1),
        T::PhiaUnlikely => (true, false, 2),
        T::PhiaRealisticPossibility => (true, false, 3),
        T::PhiaLikelyOrProbable => (true, false, 4),
        T::PhiaHighlyLikely => (true, false, 5),
        T::PhiaAlmostCertain => (true, false, 6),
    };
    let (first, other) = &ICD203[index];
    Some(match (phia, second) {
        (true, _) => PHIA[index].word,
        (false, true) => other.word,
        (false, false) => first.word,
    })
}

/// Whether a brief's scale is PHIA.
pub(crate) fn is_phia(scale: i32) -> bool {
    scale == LikelihoodScale::Phia as i32
}

/// Whether a term is of ICD 203's second row.
pub(crate) fn is_second_row(term: i32) -> bool {
    (LikelihoodTerm::Icd203Remote as i32..=LikelihoodTerm::Icd203NearlyCertain as i32).contains(&term)
}

pub(crate) fn confidence(level: i32) -> Option<&'static str> {
    match ConfidenceLevel::try_from(level).ok()? {
        ConfidenceLevel::Unspecified => None,
        ConfidenceLevel::High => Some("high"),
        ConfidenceLevel::Moderate => Some("moderate"),
        ConfidenceLevel::Low => Some("low"),
    }
}

pub(crate) fn trend(trend: i32) -> &'static str {
    match Trend::try_from(trend).unwrap_or_default() {
        Trend::Rising => "rising",
        Trend::Steady => "steady",
        Trend::Falling => "falling",
        Trend::Mixed => "mixed",
        Trend::Unspecified | Trend::Unknown => "unknown",
    }
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
    match ChangeKind::try_from(kind).unwrap_or_default() {
        ChangeKind::Unspecified => "changed",
        ChangeKind::Confirmed => "confirmed",
        ChangeKind::Updated => "updated",
        ChangeKind::Corrected => "corrected",
        ChangeKind::Superseded => "superseded",
        ChangeKind::Contested => "contested",
        ChangeKind::Missed => "missed",
        ChangeKind::Withdrawn => "withdrawn",
        ChangeKind::Added => "added",
        ChangeKind::Upgraded => "upgraded",
        ChangeKind::Downgraded => "downgraded",
        ChangeKind::Dated => "dated",
        ChangeKind::Closed => "closed",
        ChangeKind::Extended => "extended",
        ChangeKind::Quantified => "quantified",
        ChangeKind::PartlyAnswered => "partly answered",
    }
}

pub(crate) fn actor_kind(kind: i32) -> &'static str {
    match ActorKind::try_from(kind).unwrap_or_default() {
        ActorKind::Unspecified => "",
        ActorKind::State => "state",
        ActorKind::FormerState => "former state",
        ActorKind::Government => "government",
        ActorKind::Person => "person",
        ActorKind::Organisation => "organisation",
        ActorKind::Company => "company",
        ActorKind::NonStateGroup => "non-state group",
        ActorKind::GroupOfStates => "group of states",
    }
}

pub(crate) fn relationship_status(status: i32) -> &'static str {
    match RelationshipStatus::try_from(status).unwrap_or_default() {
        RelationshipStatus::Unspecified | RelationshipStatus::Active => "active",
        RelationshipStatus::Weakened => "weakened",
        RelationshipStatus::Changed => "changed",
        RelationshipStatus::Contested => "contested",
        RelationshipStatus::Ended => "ended",
    }
}

/// NATO Admiralty scale of sources.
pub(crate) fn reliability(reliability: i32) -> Option<&'static str> {
    match SourceReliability::try_from(reliability).ok()? {
        SourceReliability::Unspecified => None,
        SourceReliability::A => Some("A, completely reliable"),
        SourceReliability::B => Some("B, usually reliable"),
        SourceReliability::C => Some("C, fairly reliable"),
        SourceReliability::D => Some("D, not usually reliable"),
        SourceReliability::E => Some("E, unreliable"),
        SourceReliability::F => Some("F, reliability cannot be judged"),
    }
}

pub(crate) fn source_type(kind: i32) -> Option<&'static str> {
    match SourceType::try_from(kind).ok()? {
        SourceType::Unspecified => None,
        SourceType::Primary => Some("primary document"),
        SourceType::News => Some("news"),
        SourceType::Research => Some("research"),
        SourceType::Data => Some("data"),
        SourceType::CustomerBriefing => Some("customer's briefing"),
    }
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

/// The colour of a marking's label on black, in its scheme (TLP 2.0's are fixed by FIRST).
pub(crate) fn marking_color(label: &str) -> crate::pages::Color {
    use crate::pages::Color;
    match label {
        "TLP:RED" => Color(0xff, 0x2b, 0x2b),
        "TLP:AMBER+STRICT" | "TLP:AMBER" => Color(0xff, 0xc0, 0x00),
        "TLP:GREEN" => Color(0x33, 0xff, 0x00),
        _ => Color(0xff, 0xff, 0xff),
    }
}

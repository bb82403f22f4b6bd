//! Words for the values of enums: the names of the proto file without their prefix, in lower case, joined by hyphens.

use chancery_brief::likelihood;
use chancery_proto::brief::v1::{
    ActorKind, BriefKind, ChangeKind, ConfidenceLevel, DatePrecision, FactorKind, FigureKind,
    LikelihoodScale, LikelihoodTerm, PlaceKind, PloverType, RelationshipPolarity, RelationshipStatus,
    SourceReliability, SourceType, StatementStatus, StatementType, Trend,
};
use chancery_proto::descriptors::{enum_values, word_of_name};

/// Maximum number of comparisons between unknown names in a text and the known ones, each of which takes about a
/// microsecond. Past it, messages propose no name.
pub(crate) const MAX_COMPARISONS: usize = 100_000;

/// An enum whose values have words.
pub(crate) trait Words: Copy + Default + PartialEq {
    /// Name of the enum.
    const NAME: &'static str;
    /// Prefix of the values' names.
    const PREFIX: &'static str;

    fn name(self) -> &'static str;
    fn of_name(name: &str) -> Option<Self>;
}

macro_rules! words {
    ($($type:ident: $prefix:literal,)+) => {
        $(impl Words for $type {
            const NAME: &'static str = stringify!($type);
            const PREFIX: &'static str = $prefix;

            fn name(self) -> &'static str {
                self.as_str_name()
            }

            fn of_name(name: &str) -> Option<Self> {
                Self::from_str_name(name)
            }
        })+

        /// The prefixes of the values' names.
        pub(crate) const ENUM_PREFIXES: &[&str] = &[$($prefix),+];
    };
}

words! {
    ActorKind: "ACTOR_KIND_",
    BriefKind: "BRIEF_KIND_",
    ChangeKind: "CHANGE_KIND_",
    ConfidenceLevel: "CONFIDENCE_LEVEL_",
    DatePrecision: "DATE_PRECISION_",
    FactorKind: "FACTOR_KIND_",
    FigureKind: "FIGURE_KIND_",
    LikelihoodScale: "LIKELIHOOD_SCALE_",
    PlaceKind: "PLACE_KIND_",
    PloverType: "PLOVER_TYPE_",
    RelationshipPolarity: "RELATIONSHIP_POLARITY_",
    RelationshipStatus: "RELATIONSHIP_STATUS_",
    SourceReliability: "SOURCE_RELIABILITY_",
    SourceType: "SOURCE_TYPE_",
    StatementStatus: "STATEMENT_STATUS_",
    StatementType: "STATEMENT_TYPE_",
    Trend: "TREND_",
}

/// Returns the word of a value.
pub(crate) fn word<W: Words>(value: W) -> String {
    word_of_name(value.name(), W::PREFIX)
}

/// Returns the value of a word, in lower or upper case.
pub(crate) fn value<W: Words>(word: &str) -> Option<W> {
    W::of_name(&format!("{}{}", W::PREFIX, word.to_ascii_uppercase().replace('-', "_")))
}

/// Lists the words of an enum, except that of the unspecified value.
pub(crate) fn words<W: Words>() -> Vec<String> {
    enum_values(W::NAME).iter().map(|name| word_of_name(name, W::PREFIX)).collect()
}

/// The scales with the words before their terms.
pub(crate) const SCALES: [(&str, LikelihoodScale); 2] =
    [("icd203", LikelihoodScale::Icd203), ("phia", LikelihoodScale::Phia)];

/// Returns the term of a scale with these words.
pub(crate) fn term(words: &str, scale: LikelihoodScale) -> Option<LikelihoodTerm> {
    likelihood::scale_terms(scale).iter().copied().find(|term| likelihood::words(*term) == words)
}

/// Returns whether words are a term of any scale.
pub(crate) fn is_term(words: &str) -> bool {
    SCALES.iter().any(|(_, scale)| term(words, *scale).is_some())
}

/// The levels of confidence as annotations.
pub(crate) const CONFIDENCES: [(&str, ConfidenceLevel); 3] = [
    ("high confidence", ConfidenceLevel::High),
    ("moderate confidence", ConfidenceLevel::Moderate),
    ("low confidence", ConfidenceLevel::Low),
];

/// Returns whether words are a level of confidence as an annotation.
pub(crate) fn is_confidence(words: &str) -> bool {
    CONFIDENCES.iter().any(|(name, _)| *name == words)
}

/// The keys of annotations that have a value, of any part.
pub(crate) const ANNOTATION_KEYS: &[&str] = &[
    "actors",
    "by",
    "change-marking",
    "confidence-now",
    "confidence-was",
    "domain",
    "empty",
    "evidence",
    "highlight",
    "holder",
    "if-wrong",
    "indicators",
    "item",
    "label",
    "likelihood-origin",
    "marking",
    "meaning",
    "note",
    "now",
    "period",
    "period-label",
    "place",
    "places",
    "polarity",
    "precision",
    "replaced-by",
    "resolves",
    "rests-on",
    "revises",
    "revision-note",
    "row-headers",
    "set",
    "source",
    "sources",
    "status",
    "symmetric",
    "topics",
    "type",
    "was",
    "was-marking",
];

#[cfg(test)]
mod tests {
    use super::{ActorKind, ChangeKind, LikelihoodScale, LikelihoodTerm, term, value, word, words};

    #[test]
    fn words_lead_back_to_their_values() {
        assert_eq!(word(ChangeKind::PartlyAnswered), "partly-answered");
        assert_eq!(value("non-state-group"), Some(ActorKind::NonStateGroup));
        assert_eq!(value::<ActorKind>("planet"), None);
        for word in words::<ActorKind>() {
            assert!(value::<ActorKind>(&word).is_some(), "{word}");
        }
        assert!(!words::<ActorKind>().contains(&"unspecified".to_owned()));
    }

    #[test]
    fn terms_belong_to_a_scale() {
        let unlikely = |scale| term("unlikely", scale);
        assert_eq!(unlikely(LikelihoodScale::Phia), Some(LikelihoodTerm::PhiaUnlikely));
        assert_eq!(unlikely(LikelihoodScale::Icd203), Some(LikelihoodTerm::Icd203Unlikely));
        assert_eq!(unlikely(LikelihoodScale::Unspecified), None);
    }
}

//! The words of enums in filters: the names of their values in the protos, without the enum's.

/// Each value of an enum by its name and number.
pub(super) type Words = &'static [(&'static str, i16)];

pub(super) const BRIEF_KIND: Words = &[("RELATIONSHIP", 1), ("COUNTRY", 2), ("EVENT", 3), ("THEMATIC", 4)];
pub(super) const STATEMENT_TYPE: Words = &[("FACT", 1), ("ASSESSMENT", 2), ("FORECAST", 3), ("NARRATIVE", 4)];
pub(super) const STATEMENT_STATUS: Words = &[("ACTIVE", 1), ("SUPERSEDED", 2), ("WITHDRAWN", 3)];
pub(super) const CONFIDENCE: Words = &[("HIGH", 1), ("MODERATE", 2), ("LOW", 3)];
pub(super) const LIKELIHOOD: Words = &[
    ("ICD203_ALMOST_NO_CHANCE", 1),
    ("ICD203_VERY_UNLIKELY", 2),
    ("ICD203_UNLIKELY", 3),
    ("ICD203_ROUGHLY_EVEN_CHANCE", 4),
    ("ICD203_LIKELY", 5),
    ("ICD203_VERY_LIKELY", 6),
    ("ICD203_ALMOST_CERTAIN", 7),
    ("ICD203_REMOTE", 11),
    ("ICD203_HIGHLY_IMPROBABLE", 12),
    ("ICD203_IMPROBABLE", 13),
    ("ICD203_ROUGHLY_EVEN_ODDS", 14),
    ("ICD203_PROBABLE", 15),
    ("ICD203_HIGHLY_PROBABLE", 16),
    ("ICD203_NEARLY_CERTAIN", 17),
    ("PHIA_REMOTE_CHANCE", 21),
    ("PHIA_HIGHLY_UNLIKELY", 22),
    ("PHIA_UNLIKELY", 23),
    ("PHIA_REALISTIC_POSSIBILITY", 24),
    ("PHIA_LIKELY_OR_PROBABLE", 25),
    ("PHIA_HIGHLY_LIKELY", 26),
    ("PHIA_ALMOST_CERTAIN", 27),
];
pub(super) const ACTOR_KIND: Words = &[
    ("STATE", 1),
    ("FORMER_STATE", 2),
    ("GOVERNMENT", 3),
    ("PERSON", 4),
    ("ORGANISATION", 5),
    ("COMPANY", 6),
    ("NON_STATE_GROUP", 7),
    ("GROUP_OF_STATES", 8),
];
pub(super) const RELATIONSHIP_STATUS: Words =
    &[("ACTIVE", 1), ("WEAKENED", 2), ("CHANGED", 3), ("CONTESTED", 4), ("ENDED", 5)];
pub(super) const DATE_PRECISION: Words =
    &[("DAY", 1), ("MONTH", 2), ("YEAR", 3), ("INTERVAL", 4), ("APPROXIMATE", 5), ("UNKNOWN", 6)];
pub(super) const PLOVER_TYPE: Words = &[
    ("AGREE", 1),
    ("CONSULT", 2),
    ("SUPPORT", 3),
    ("CONCEDE", 4),
    ("COOPERATE", 5),
    ("AID", 6),
    ("RETREAT", 7),
    ("REQUEST", 8),
    ("ACCUSE", 9),
    ("REJECT", 10),
    ("THREATEN", 11),
    ("PROTEST", 12),
    ("SANCTION", 13),
    ("MOBILIZE", 14),
    ("COERCE", 15),
    ("ASSAULT", 16),
];
pub(super) const SOURCE_TYPE: Words =
    &[("PRIMARY", 1), ("NEWS", 2), ("RESEARCH", 3), ("DATA", 4), ("CUSTOMER_BRIEFING", 5)];
pub(super) const RELIABILITY: Words = &[("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5), ("F", 6)];

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        ActorKind, BriefKind, ConfidenceLevel, DatePrecision, LikelihoodTerm, PloverType, RelationshipStatus,
        SourceReliability, SourceType, StatementStatus, StatementType,
    };

    use super::Words;

    /// Every value of the enum but the unspecified one, by its name without the prefix.
    fn agree<E: TryFrom<i32>>(words: Words, prefix: &str, name: impl Fn(E) -> &'static str) {
        let known: Vec<(String, i16)> = (1..100_i16)
            .filter_map(|number| E::try_from(i32::from(number)).ok().map(|value| (name(value), number)))
            .map(|(name, number)| (name.strip_prefix(prefix).unwrap().to_owned(), number))
            .collect();
        let given: Vec<(String, i16)> =
            words.iter().map(|(word, number)| ((*word).to_owned(), *number)).collect();
        assert_eq!(given, known);
    }

    #[test]
    fn words_are_those_of_the_protos() {
        agree::<BriefKind>(super::BRIEF_KIND, "BRIEF_KIND_", |value| value.as_str_name());
        agree::<StatementType>(super::STATEMENT_TYPE, "STATEMENT_TYPE_", |value| value.as_str_name());
        agree::<StatementStatus>(super::STATEMENT_STATUS, "STATEMENT_STATUS_", |value| value.as_str_name());
        agree::<ConfidenceLevel>(super::CONFIDENCE, "CONFIDENCE_LEVEL_", |value| value.as_str_name());
        agree::<LikelihoodTerm>(super::LIKELIHOOD, "LIKELIHOOD_TERM_", |value| value.as_str_name());
        agree::<ActorKind>(super::ACTOR_KIND, "ACTOR_KIND_", |value| value.as_str_name());
        let status = super::RELATIONSHIP_STATUS;
        agree::<RelationshipStatus>(status, "RELATIONSHIP_STATUS_", |value| value.as_str_name());
        agree::<DatePrecision>(super::DATE_PRECISION, "DATE_PRECISION_", |value| value.as_str_name());
        agree::<PloverType>(super::PLOVER_TYPE, "PLOVER_TYPE_", |value| value.as_str_name());
        agree::<SourceType>(super::SOURCE_TYPE, "SOURCE_TYPE_", |value| value.as_str_name());
        agree::<SourceReliability>(super::RELIABILITY, "SOURCE_RELIABILITY_", |value| value.as_str_name());
    }
}

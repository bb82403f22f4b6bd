//! The names of enum values in filters, which are those of the protos (AIP-160).

/// The name and number of each value of an enum.
pub(crate) type EnumNames = &'static [(&'static str, i16)];

pub(crate) const BRIEF_KIND: EnumNames = &[
    ("BRIEF_KIND_RELATIONSHIP", 1),
    ("BRIEF_KIND_COUNTRY", 2),
    ("BRIEF_KIND_EVENT", 3),
    ("BRIEF_KIND_THEMATIC", 4),
];
pub(super) const STATEMENT_TYPE: EnumNames = &[
    ("STATEMENT_TYPE_FACT", 1),
    ("STATEMENT_TYPE_ASSESSMENT", 2),
    ("STATEMENT_TYPE_FORECAST", 3),
    ("STATEMENT_TYPE_NARRATIVE", 4),
];
pub(super) const STATEMENT_STATUS: EnumNames =
    &[("STATEMENT_STATUS_ACTIVE", 1), ("STATEMENT_STATUS_SUPERSEDED", 2), ("STATEMENT_STATUS_WITHDRAWN", 3)];
pub(super) const CONFIDENCE: EnumNames =
    &[("CONFIDENCE_LEVEL_HIGH", 1), ("CONFIDENCE_LEVEL_MODERATE", 2), ("CONFIDENCE_LEVEL_LOW", 3)];
pub(super) const LIKELIHOOD: EnumNames = &[
    ("LIKELIHOOD_TERM_ICD203_ALMOST_NO_CHANCE", 1),
    ("LIKELIHOOD_TERM_ICD203_VERY_UNLIKELY", 2),
    ("LIKELIHOOD_TERM_ICD203_UNLIKELY", 3),
    ("LIKELIHOOD_TERM_ICD203_ROUGHLY_EVEN_CHANCE", 4),
    ("LIKELIHOOD_TERM_ICD203_LIKELY", 5),
    ("LIKELIHOOD_TERM_ICD203_VERY_LIKELY", 6),
    ("LIKELIHOOD_TERM_ICD203_ALMOST_CERTAIN", 7),
    ("LIKELIHOOD_TERM_ICD203_REMOTE", 11),
    ("LIKELIHOOD_TERM_ICD203_HIGHLY_IMPROBABLE", 12),
    ("LIKELIHOOD_TERM_ICD203_IMPROBABLE", 13),
    ("LIKELIHOOD_TERM_ICD203_ROUGHLY_EVEN_ODDS", 14),
    ("LIKELIHOOD_TERM_ICD203_PROBABLE", 15),
    ("LIKELIHOOD_TERM_ICD203_HIGHLY_PROBABLE", 16),
    ("LIKELIHOOD_TERM_ICD203_NEARLY_CERTAIN", 17),
    ("LIKELIHOOD_TERM_PHIA_REMOTE_CHANCE", 21),
    ("LIKELIHOOD_TERM_PHIA_HIGHLY_UNLIKELY", 22),
    ("LIKELIHOOD_TERM_PHIA_UNLIKELY", 23),
    ("LIKELIHOOD_TERM_PHIA_REALISTIC_POSSIBILITY", 24),
    ("LIKELIHOOD_TERM_PHIA_LIKELY_OR_PROBABLE", 25),
    ("LIKELIHOOD_TERM_PHIA_HIGHLY_LIKELY", 26),
    ("LIKELIHOOD_TERM_PHIA_ALMOST_CERTAIN", 27),
];
pub(super) const ACTOR_KIND: EnumNames = &[
    ("ACTOR_KIND_STATE", 1),
    ("ACTOR_KIND_FORMER_STATE", 2),
    ("ACTOR_KIND_GOVERNMENT", 3),
    ("ACTOR_KIND_PERSON", 4),
    ("ACTOR_KIND_ORGANISATION", 5),
    ("ACTOR_KIND_COMPANY", 6),
    ("ACTOR_KIND_NON_STATE_GROUP", 7),
    ("ACTOR_KIND_GROUP_OF_STATES", 8),
];
pub(super) const RELATIONSHIP_STATUS: EnumNames = &[
    ("RELATIONSHIP_STATUS_ACTIVE", 1),
    ("RELATIONSHIP_STATUS_WEAKENED", 2),
    ("RELATIONSHIP_STATUS_CHANGED", 3),
    ("RELATIONSHIP_STATUS_CONTESTED", 4),
    ("RELATIONSHIP_STATUS_ENDED", 5),
];
pub(super) const RELATIONSHIP_POLARITY: EnumNames = &[
    ("RELATIONSHIP_POLARITY_SUPPORTIVE", 1),
    ("RELATIONSHIP_POLARITY_ADVERSE", 2),
    ("RELATIONSHIP_POLARITY_MIXED", 3),
    ("RELATIONSHIP_POLARITY_NEUTRAL", 4),
];
pub(super) const DATE_PRECISION: EnumNames = &[
    ("DATE_PRECISION_DAY", 1),
    ("DATE_PRECISION_MONTH", 2),
    ("DATE_PRECISION_YEAR", 3),
    ("DATE_PRECISION_INTERVAL", 4),
    ("DATE_PRECISION_APPROXIMATE", 5),
    ("DATE_PRECISION_UNKNOWN", 6),
];
pub(super) const PLOVER_TYPE: EnumNames = &[
    ("PLOVER_TYPE_AGREE", 1),
    ("PLOVER_TYPE_CONSULT", 2),
    ("PLOVER_TYPE_SUPPORT", 3),
    ("PLOVER_TYPE_CONCEDE", 4),
    ("PLOVER_TYPE_COOPERATE", 5),
    ("PLOVER_TYPE_AID", 6),
    ("PLOVER_TYPE_RETREAT", 7),
    ("PLOVER_TYPE_REQUEST", 8),
    ("PLOVER_TYPE_ACCUSE", 9),
    ("PLOVER_TYPE_REJECT", 10),
    ("PLOVER_TYPE_THREATEN", 11),
    ("PLOVER_TYPE_PROTEST", 12),
    ("PLOVER_TYPE_SANCTION", 13),
    ("PLOVER_TYPE_MOBILIZE", 14),
    ("PLOVER_TYPE_COERCE", 15),
    ("PLOVER_TYPE_ASSAULT", 16),
];
pub(super) const SOURCE_TYPE: EnumNames = &[
    ("SOURCE_TYPE_PRIMARY", 1),
    ("SOURCE_TYPE_NEWS", 2),
    ("SOURCE_TYPE_RESEARCH", 3),
    ("SOURCE_TYPE_DATA", 4),
    ("SOURCE_TYPE_CUSTOMER_BRIEFING", 5),
];
pub(super) const RELIABILITY: EnumNames = &[
    ("SOURCE_RELIABILITY_A", 1),
    ("SOURCE_RELIABILITY_B", 2),
    ("SOURCE_RELIABILITY_C", 3),
    ("SOURCE_RELIABILITY_D", 4),
    ("SOURCE_RELIABILITY_E", 5),
    ("SOURCE_RELIABILITY_F", 6),
];

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{
        ActorKind, BriefKind, ConfidenceLevel, DatePrecision, LikelihoodTerm, PloverType,
        RelationshipPolarity, RelationshipStatus, SourceReliability, SourceType, StatementStatus,
        StatementType,
    };

    use super::EnumNames;

    /// Compares with every value of the enum but the unspecified one.
    fn agree<E: TryFrom<i32>>(names: EnumNames, name: impl Fn(&E) -> &'static str) {
        let known: Vec<(&str, i16)> = (1..100_i16)
            .filter_map(|number| E::try_from(i32::from(number)).ok().map(|value| (name(&value), number)))
            .collect();
        assert_eq!(names, known);
    }

    #[test]
    fn words_are_those_of_the_protos() {
        agree(super::BRIEF_KIND, BriefKind::as_str_name);
        agree(super::STATEMENT_TYPE, StatementType::as_str_name);
        agree(super::STATEMENT_STATUS, StatementStatus::as_str_name);
        agree(super::CONFIDENCE, ConfidenceLevel::as_str_name);
        agree(super::LIKELIHOOD, LikelihoodTerm::as_str_name);
        agree(super::ACTOR_KIND, ActorKind::as_str_name);
        agree(super::RELATIONSHIP_STATUS, RelationshipStatus::as_str_name);
        agree(super::RELATIONSHIP_POLARITY, RelationshipPolarity::as_str_name);
        agree(super::DATE_PRECISION, DatePrecision::as_str_name);
        agree(super::PLOVER_TYPE, PloverType::as_str_name);
        agree(super::SOURCE_TYPE, SourceType::as_str_name);
        agree(super::RELIABILITY, SourceReliability::as_str_name);
    }
}

//! What statements can be filtered by, in lists of them and in search.

use crate::filter::{Field, FieldType, Schema};

/// The fields of statements; the columns are those of `statements`.
pub const STATEMENT_FIELDS: Schema = Schema {
    fields: &[
        field("brief", FieldType::Id, "brief_id"),
        field("kind", FieldType::Enum(KINDS), "brief_kind"),
        field("language", FieldType::Id, "language"),
        field("id", FieldType::Id, "statement_id"),
        field("text", FieldType::Text, "text"),
        field("type", FieldType::Enum(TYPES), "type"),
        field("status", FieldType::Enum(STATUSES), "status"),
        field("likelihood", FieldType::Enum(TERMS), "likelihood_term"),
        field("low_percent", FieldType::Percent, "likelihood_low"),
        field("high_percent", FieldType::Percent, "likelihood_high"),
        field("confidence", FieldType::Enum(LEVELS), "confidence"),
        field("marking", FieldType::Marking, "marking"),
        field("domain", FieldType::Id, "domain"),
        field("actor", FieldType::Ids, "actor_ids"),
        field("place", FieldType::Ids, "place_ids"),
        field("source", FieldType::Ids, "source_ids"),
        field("topic", FieldType::Ids, "topics"),
        field("period", FieldType::Period { latest: "period_until" }, "period_from"),
        field("horizon", FieldType::Period { latest: "horizon_until" }, "horizon_from"),
        field("publish_time", FieldType::Timestamp, "published_at"),
        field("record_time", FieldType::Timestamp, "recorded_at"),
    ],
};

const fn field(name: &'static str, field_type: FieldType, column: &'static str) -> Field {
    Field { name, field_type, column }
}

const KINDS: &[(&str, i16)] = &[
    ("BRIEF_KIND_RELATIONSHIP", 1),
    ("BRIEF_KIND_COUNTRY", 2),
    ("BRIEF_KIND_EVENT", 3),
    ("BRIEF_KIND_THEMATIC", 4),
];

const TYPES: &[(&str, i16)] = &[
    ("STATEMENT_TYPE_FACT", 1),
    ("STATEMENT_TYPE_ASSESSMENT", 2),
    ("STATEMENT_TYPE_FORECAST", 3),
    ("STATEMENT_TYPE_NARRATIVE", 4),
];

const STATUSES: &[(&str, i16)] =
    &[("STATEMENT_STATUS_ACTIVE", 1), ("STATEMENT_STATUS_SUPERSEDED", 2), ("STATEMENT_STATUS_WITHDRAWN", 3)];

const TERMS: &[(&str, i16)] = &[
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

const LEVELS: &[(&str, i16)] =
    &[("CONFIDENCE_LEVEL_HIGH", 1), ("CONFIDENCE_LEVEL_MODERATE", 2), ("CONFIDENCE_LEVEL_LOW", 3)];

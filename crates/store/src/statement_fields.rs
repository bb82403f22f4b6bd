//! What statements can be filtered by, in lists of them and in search.

use crate::filter::{Field, FieldType, Schema};
use crate::knowledge::words;

/// The fields of statements; the columns are those of `statements`, by whatever name it goes.
pub const STATEMENT_FIELDS: Schema = Schema {
    fields: &[
        Field::new("brief", FieldType::Id, "brief_id"),
        Field::new("kind", FieldType::Enum(words::BRIEF_KIND), "brief_kind"),
        Field::new("language", FieldType::Id, "language"),
        Field::new("id", FieldType::Id, "statement_id"),
        Field::new("text", FieldType::Text, "text"),
        Field::new("type", FieldType::Enum(words::STATEMENT_TYPE), "type"),
        // Not said means active.
        Field::new("status", FieldType::Enum(words::STATEMENT_STATUS), "greatest(status, 1)"),
        Field::new("likelihood", FieldType::Enum(words::LIKELIHOOD), "likelihood_term"),
        Field::new(
            "low_percent",
            FieldType::Percent,
            "case when likelihood_term > 0 then likelihood_low end",
        ),
        Field::new("high_percent", FieldType::Percent, HIGH_PERCENT),
        Field::new("confidence", FieldType::Enum(words::CONFIDENCE), "confidence"),
        Field::new("marking", FieldType::Marking, "marking"),
        Field::new("domain", FieldType::Id, "domain"),
        Field::new("actor", FieldType::Ids, "actor_ids"),
        Field::new("place", FieldType::Ids, "place_ids"),
        Field::new("source", FieldType::Ids, "source_ids"),
        Field::new("topic", FieldType::Ids, "topics"),
        Field::new("period", FieldType::Period { latest: "period_until" }, "period_from"),
        Field::new("horizon", FieldType::Period { latest: "horizon_until" }, "horizon_from"),
        Field::new("publish_time", FieldType::Timestamp, "published_at"),
        Field::new("record_time", FieldType::Timestamp, "recorded_at"),
    ],
};

/// Without a likelihood there are no bounds, although the columns hold zeros.
pub(crate) const HIGH_PERCENT: &str = "case when likelihood_term > 0 then likelihood_high end";

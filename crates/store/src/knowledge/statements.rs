//! Lists statements of all briefs.

use chancery_proto::brief::v1::Statement;

use super::list::{BRIEF_AND_POSITION, KnowledgeQuery, List, ListedPart, field, key};
use crate::access::principal::Principal;
use crate::error::Result;
use crate::filter::{Field, FieldType, KeyKind, Schema, SortColumn, Sorting};
use crate::knowledge::Knowledge;

/// The condition excludes titles, which are rows for the sake of search.
pub(super) const LIST: List = List {
    method: "statements::list_statements",
    table: "statements",
    condition: " and t.place > 1",
    extra_columns: "t.holder_id, 0 as citing_statements",
    fields: STATEMENT_FIELDS,
    sorting: Sorting { columns: COLUMNS, default: "brief", tie_breakers: BRIEF_AND_POSITION },
};

/// The fields of statements, for lists and for search. Titles have values for some of them only.
pub const STATEMENT_FIELDS: Schema = Schema { fields: FIELDS };

const FIELDS: &[Field] = &[
    field("brief", FieldType::Id, "t.brief_id"),
    field("kind", FieldType::Enum("BriefKind"), "t.brief_kind"),
    field("language", FieldType::Id, "t.language"),
    field("id", FieldType::Id, "t.statement_id"),
    field("text", FieldType::Text, "t.text"),
    field("type", FieldType::Enum("StatementType"), "t.type"),
    // An unspecified status means active.
    field("status", FieldType::Enum("StatementStatus"), "greatest(t.status, 1)"),
    field("likelihood", FieldType::Enum("LikelihoodTerm"), "t.likelihood_term"),
    // Without a likelihood the columns hold zeros, which are not bounds.
    field("low_percent", FieldType::Percent, "case when t.likelihood_term > 0 then t.likelihood_low end"),
    field("high_percent", FieldType::Percent, HIGH_PERCENT),
    field("confidence", FieldType::Enum("ConfidenceLevel"), "t.confidence"),
    field("marking", FieldType::Marking, "t.marking"),
    field("domain", FieldType::Id, "t.domain"),
    field("actor", FieldType::Ids, "t.actor_ids"),
    field("place", FieldType::Ids, "t.place_ids"),
    field("source", FieldType::Ids, "t.source_ids"),
    field("topic", FieldType::Ids, "t.topics"),
    field("period", FieldType::Period { latest: "t.period_until" }, "t.period_from"),
    field("horizon", FieldType::Period { latest: "t.horizon_until" }, "t.horizon_from"),
    field("publish_time", FieldType::Timestamp, "t.published_at"),
    field("record_time", FieldType::Timestamp, "t.recorded_at"),
];

const HIGH_PERCENT: &str = "case when t.likelihood_term > 0 then t.likelihood_high end";

const COLUMNS: &[SortColumn] = &[
    SortColumn { name: "brief", keys: BRIEF_AND_POSITION },
    SortColumn {
        name: "period",
        keys: &[
            // A statement without a first day sorts by its last one.
            key("coalesce(t.period_from, t.period_until)", KeyKind::Integer, true),
            key("t.period_until", KeyKind::Integer, true),
        ],
    },
    SortColumn { name: "publish_time", keys: &[key("t.published_at", KeyKind::Timestamp, false)] },
    SortColumn { name: "high_percent", keys: &[key(HIGH_PERCENT, KeyKind::Integer, true)] },
];

impl Knowledge<'_> {
    /// Lists the statements visible to the principal.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`](crate::StoreError::Forbidden) for another workspace,
    /// [`StoreError::InvalidFilter`](crate::StoreError::InvalidFilter),
    /// [`StoreError::InvalidOrder`](crate::StoreError::InvalidOrder),
    /// [`StoreError::InvalidPageKey`](crate::StoreError::InvalidPageKey).
    pub async fn list_statements(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<ListedPart<Statement>>> {
        self.list_parts(principal, query, &LIST).await
    }
}

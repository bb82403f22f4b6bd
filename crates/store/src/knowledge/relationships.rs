//! Lists relationships of all briefs.

use chancery_proto::brief::v1::Relationship;

use super::list::{BRIEF_AND_POSITION, KnowledgeQuery, List, ListedPart, field, key};
use crate::access::principal::Principal;
use crate::error::Result;
use crate::filter::{FieldType, KeyKind, Schema, SortColumn, Sorting};
use crate::knowledge::Knowledge;

pub(super) const LIST: List = List {
    method: "relationships::list_relationships",
    table: "relationships",
    condition: "",
    extra_columns: "'' as holder_id, 0 as citing_statements",
    fields: FIELDS,
    sorting: Sorting { columns: COLUMNS, default: "brief", tie_breakers: BRIEF_AND_POSITION },
};

/// The fields of relationships, also for filters of graphs.
pub(super) const FIELDS: Schema = Schema {
    fields: &[
        field("brief", FieldType::Id, "t.brief_id"),
        field("id", FieldType::Id, "t.relationship_id"),
        field("from", FieldType::Id, "t.from_id"),
        field("to", FieldType::Id, "t.to_id"),
        field("end", FieldType::Ids, "array[t.from_id, t.to_id]"),
        field("type", FieldType::Id, "t.type"),
        // An unspecified status means active.
        field("status", FieldType::Enum("RelationshipStatus"), "greatest(t.status, 1)"),
        field("domain", FieldType::Id, "t.domain"),
        field("place", FieldType::Id, "t.place_id"),
        field("symmetric", FieldType::Bool, "t.symmetric_tie"),
        field("period", FieldType::Period { latest: "t.period_until" }, "t.period_from"),
        field("marking", FieldType::Marking, "t.marking"),
        field("polarity", FieldType::Enum("RelationshipPolarity"), "nullif(t.polarity, 0)"),
    ],
};

const COLUMNS: &[SortColumn] = &[
    SortColumn { name: "brief", keys: BRIEF_AND_POSITION },
    SortColumn { name: "type", keys: &[key("t.type", KeyKind::Text, false)] },
    SortColumn {
        name: "period",
        keys: &[
            // A relationship without a first day sorts by its last one.
            key("coalesce(t.period_from, t.period_until)", KeyKind::Integer, true),
            key("t.period_until", KeyKind::Integer, true),
        ],
    },
];

impl Knowledge<'_> {
    /// Lists the relationships visible to the principal.
    ///
    /// # Errors
    /// As [`Knowledge::list_statements`].
    pub async fn list_relationships(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<ListedPart<Relationship>>> {
        self.list_parts(principal, query, &LIST).await
    }
}

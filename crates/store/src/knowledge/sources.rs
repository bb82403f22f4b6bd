//! Lists sources of all briefs.

use chancery_proto::brief::v1::Source;

use super::list::{BRIEF_AND_POSITION, KnowledgeQuery, List, ListedPart, field, key};
use crate::access::principal::Principal;
use crate::error::Result;
use crate::filter::{Field, FieldType, KeyKind, Schema, SortColumn, Sorting};
use crate::knowledge::Knowledge;

pub(super) const LIST: List = List {
    method: "sources::list_sources",
    table: "sources",
    condition: "",
    extra_columns: "'' as holder_id, t.citing_statements",
    fields: Schema { fields: FIELDS },
    sorting: Sorting { columns: COLUMNS, default: "brief", tie_breakers: BRIEF_AND_POSITION },
};

const FIELDS: &[Field] = &[
    field("brief", FieldType::Id, "t.brief_id"),
    field("id", FieldType::Id, "t.source_id"),
    field("title", FieldType::Text, "t.title"),
    field("publisher", FieldType::Text, "t.publisher"),
    field("date", FieldType::Period { latest: "t.date_until" }, "t.date_from"),
    field("url", FieldType::Text, "t.url"),
    field("type", FieldType::Enum("SourceType"), "t.type"),
    field("reliability", FieldType::Enum("SourceReliability"), "t.reliability"),
    field("marking", FieldType::Marking, "t.marking"),
    field("short_title", FieldType::Text, "t.short_title"),
    field("accessed", FieldType::Period { latest: "t.accessed_until" }, "t.accessed_from"),
];

const COLUMNS: &[SortColumn] = &[
    SortColumn { name: "brief", keys: BRIEF_AND_POSITION },
    SortColumn {
        name: "date",
        keys: &[
            // A source without a first day sorts by its last one.
            key("coalesce(t.date_from, t.date_until)", KeyKind::Integer, true),
            key("t.date_until", KeyKind::Integer, true),
        ],
    },
    SortColumn { name: "title", keys: &[key("t.title", KeyKind::Text, false)] },
];

impl Knowledge<'_> {
    /// Lists the sources visible to the principal.
    ///
    /// # Errors
    /// As [`Knowledge::list_statements`].
    pub async fn list_sources(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<ListedPart<Source>>> {
        self.list_parts(principal, query, &LIST).await
    }
}

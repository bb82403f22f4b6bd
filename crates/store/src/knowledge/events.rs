//! Lists events of all briefs.

use chancery_proto::brief::v1::Event;

use super::list::{BRIEF_AND_POSITION, KnowledgeQuery, List, ListedPart, field, key};
use crate::access::principal::Principal;
use crate::error::Result;
use crate::filter::{Field, FieldType, KeyKind, Schema, SortColumn, Sorting};
use crate::knowledge::Knowledge;

pub(super) const LIST: List = List {
    method: "events::list_events",
    table: "events",
    condition: "",
    extra_columns: "'' as holder_id, 0 as citing_statements",
    fields: Schema { fields: FIELDS },
    sorting: Sorting { columns: COLUMNS, default: "date", tie_breakers: BRIEF_AND_POSITION },
};

const FIELDS: &[Field] = &[
    field("brief", FieldType::Id, "t.brief_id"),
    field("id", FieldType::Id, "t.event_id"),
    field("title", FieldType::Text, "t.title"),
    field("date", FieldType::Period { latest: "t.date_until" }, "t.date_from"),
    field("precision", FieldType::Enum("DatePrecision"), "t.precision"),
    field("type", FieldType::Enum("PloverType"), "t.type"),
    field("actor", FieldType::Ids, "t.actor_ids"),
    field("place", FieldType::Ids, "t.place_ids"),
    field("source", FieldType::Ids, "t.source_ids"),
    field("marking", FieldType::Marking, "t.marking"),
];

const COLUMNS: &[SortColumn] = &[
    SortColumn {
        name: "date",
        keys: &[
            // An event without a first day sorts by its last one.
            key("coalesce(t.date_from, t.date_until)", KeyKind::Integer, true),
            key("t.date_until", KeyKind::Integer, true),
        ],
    },
    SortColumn { name: "brief", keys: BRIEF_AND_POSITION },
];

impl Knowledge<'_> {
    /// Lists the events visible to the principal.
    ///
    /// # Errors
    /// As [`Knowledge::list_statements`].
    pub async fn list_events(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<ListedPart<Event>>> {
        self.list_parts(principal, query, &LIST).await
    }
}

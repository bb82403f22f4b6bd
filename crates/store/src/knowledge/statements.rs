//! Statements of all briefs.

use chancery_proto::brief::v1::Statement;

use super::{BRIEF_AND_PLACE, Found, KnowledgeQuery, List, key};
use crate::filter::{KeyKind, SortColumn, Sorting};
use crate::statement_fields::{HIGH_PERCENT, STATEMENT_FIELDS};
use crate::{Principal, Result, Store};

/// Titles are rows, too, for the sake of search.
const LIST: List = List {
    method: "list_statements",
    table: "statements",
    only: " and t.place > 1",
    more: "t.holder_id, 0 as citing_statements",
    fields: STATEMENT_FIELDS,
    sorting: Sorting { columns: COLUMNS, default: "brief", tie_breakers: BRIEF_AND_PLACE },
};

const COLUMNS: &[SortColumn] = &[
    SortColumn { name: "brief", keys: BRIEF_AND_PLACE },
    SortColumn {
        name: "period",
        keys: &[
            // What has no first day stands where it ends.
            key("coalesce(t.period_from, t.period_until)", KeyKind::Integer, true),
            key("t.period_until", KeyKind::Integer, true),
        ],
    },
    SortColumn { name: "publish_time", keys: &[key("t.published_at", KeyKind::Timestamp, false)] },
    SortColumn { name: "high_percent", keys: &[key(HIGH_PERCENT, KeyKind::Integer, true)] },
];

impl Store {
    /// A page of the statements that the principal may see.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`](crate::StoreError::Forbidden) in another's workspace,
    /// [`StoreError::InvalidFilter`](crate::StoreError::InvalidFilter),
    /// [`StoreError::InvalidOrder`](crate::StoreError::InvalidOrder),
    /// [`StoreError::InvalidPlace`](crate::StoreError::InvalidPlace).
    pub async fn list_statements(
        &self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<Found<Statement>>> {
        self.found(principal, query, &LIST).await
    }
}

//! Lists parts of briefs, with one statement for all kinds of parts.

use chancery_brief::marking::Scheme;
use chancery_proto::names::{ResourceId, RevisionName};
use prost::Message;
use sqlx::{FromRow, Postgres, QueryBuilder};
use time::OffsetDateTime;

use super::view::{AsOf, View};
use crate::access::principal::Principal;
use crate::convert::{damaged, revision_name};
use crate::error::{Result, StoreError};
use crate::filter::{Field, FieldType, Filter, KeyKind, Order, PageKey, Schema, SortKey, Sorting};
use crate::knowledge::Knowledge;

/// A request for a page of a list.
#[derive(Debug, Clone, Copy)]
pub struct KnowledgeQuery<'a> {
    /// The workspace.
    pub workspace: &'a ResourceId,
    /// The caller's filter; docs/FILTERS.md documents the fields of each list.
    pub filter: &'a str,
    /// The caller's order.
    pub order_by: &'a str,
    /// The moment to view; `None` for now.
    pub as_of: Option<AsOf>,
    /// The page key of the previous page's last item.
    pub after: Option<&'a str>,
    /// Maximum number of items.
    pub limit: i64,
}

/// A listed part of a brief.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedPart<T> {
    /// The revision that contains it.
    pub revision: RevisionName,
    /// The brief's title.
    pub brief_title: String,
    /// When the revision was published.
    pub published_at: OffsetDateTime,
    /// For a statement, the key judgment or section that contains it; empty for the bottom line.
    pub holder_id: String,
    /// For a source, the number of the edition's statements that cite it.
    pub citing_statements: i32,
    /// The part, as in the edition.
    pub part: T,
    /// Its page key.
    pub page_key: String,
}

/// A kind of list: its table, which has the alias `t`, and the fields and orders that it supports.
pub(super) struct List {
    /// The method in the statement's leading comment, below `knowledge::`.
    pub(super) method: &'static str,
    pub(super) table: &'static str,
    /// An additional condition on the rows, which also matches the predicate of an index.
    pub(super) condition: &'static str,
    /// Expressions of `holder_id` and `citing_statements`.
    pub(super) extra_columns: &'static str,
    pub(super) fields: Schema,
    pub(super) sorting: Sorting,
}

pub(super) const fn field(name: &'static str, field_type: FieldType, column: &'static str) -> Field {
    Field { name, field_type, column }
}

pub(super) const fn key(column: &'static str, kind: KeyKind, is_nullable: bool) -> SortKey {
    SortKey { column, kind, is_nullable }
}

/// Brief and position identify an item, because a view shows one revision of each brief.
pub(super) const BRIEF_AND_POSITION: &[SortKey] =
    &[key("t.brief_id", KeyKind::Text, false), key("t.position", KeyKind::Integer, false)];

#[derive(FromRow)]
struct Row {
    brief_id: String,
    revision: i32,
    brief_title: String,
    published_at: OffsetDateTime,
    holder_id: String,
    citing_statements: i32,
    body: Vec<u8>,
    page_key: Vec<Option<String>>,
}

impl Row {
    fn into_listed_part<T: Message + Default>(self, workspace: &ResourceId) -> Result<ListedPart<T>> {
        Ok(ListedPart {
            revision: revision_name(workspace, &self.brief_id, self.revision)?,
            brief_title: self.brief_title,
            published_at: self.published_at,
            holder_id: self.holder_id,
            citing_statements: self.citing_statements,
            part: T::decode(self.body.as_slice()).map_err(damaged)?,
            page_key: PageKey::new(self.page_key).encode(),
        })
    }
}

impl Knowledge<'_> {
    /// Returns a page of a list.
    pub(super) async fn list_parts<T: Message + Default>(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
        list: &List,
    ) -> Result<Vec<ListedPart<T>>> {
        let view = View::new(principal, query.workspace, query.as_of)?;
        let filter = parse_filter(query.filter, &list.fields, view.scheme)?;
        let order = Order::parse(query.order_by, &list.sorting).map_err(StoreError::InvalidOrder)?;
        let start = query.after.map(|after| order.start(after)).transpose()?;

        let mut statement = QueryBuilder::<Postgres>::new("-- knowledge::");
        statement.push(list.method).push("\n");
        view.push_with(&mut statement);
        statement.push("select t.brief_id, t.revision, t.published_at, t.body, ").push(list.extra_columns);
        statement.push(
            ", (select title from revisions r where r.brief_key = t.brief_key and r.revision = t.revision)",
        );
        statement.push(" as brief_title, ");
        order.push_key(&mut statement);
        statement.push(" as page_key");
        view.push_from(list.table, &mut statement);
        statement.push(list.condition).push(" and ");
        filter.push(&mut statement);
        if let Some(start) = start {
            statement.push(" and ");
            start.push(&mut statement);
        }
        statement.push(" order by ");
        order.push(&mut statement);
        statement.push(" limit ").push_bind(query.limit);
        let rows: Vec<Row> = statement.build_query_as().persistent(false).fetch_all(self.pool).await?;
        rows.into_iter().map(|row| row.into_listed_part(query.workspace)).collect()
    }
}

pub(super) fn parse_filter(text: &str, fields: &Schema, scheme: Scheme) -> Result<Filter> {
    Filter::parse(text, fields, scheme).map_err(StoreError::InvalidFilter)
}

#[cfg(test)]
mod tests {
    use chancery_proto::descriptors::enum_values;

    use super::super::{actors, events, relationships, sources, statements};
    use crate::filter::FieldType;

    #[test]
    fn every_enum_field_names_an_enum_of_the_protos() {
        let lists = [statements::LIST, relationships::LIST, events::LIST, sources::LIST];
        let schemas = lists.iter().map(|list| &list.fields).chain([&actors::FIELDS]);
        for field in schemas.flat_map(|schema| schema.fields) {
            if let FieldType::Enum(name) = field.field_type {
                assert!(!enum_values(name).is_empty(), "{}: {name}", field.name);
            }
        }
    }
}

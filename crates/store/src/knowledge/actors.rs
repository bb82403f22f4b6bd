//! Actors across briefs. Equal ids mean the same actor.

use chancery_proto::brief::v1::Actor;
use chancery_proto::names::{ResourceId, RevisionName};
use prost::Message;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::list::{KnowledgeQuery, field, key, parse_filter};
use super::view::{AsOf, View};
use crate::access::principal::Principal;
use crate::convert::{damaged, revision_name};
use crate::error::{Result, StoreError};
use crate::filter::{FieldType, KeyKind, Order, PageKey, Schema, SortColumn, Sorting};
use crate::knowledge::Knowledge;

/// Maximum number of briefs in an actor's record.
const MAX_APPEARANCES: i64 = 1000;

/// A listed actor.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorEntry {
    /// The actor, as in the most recently published brief.
    pub actor: Actor,
    /// The number of briefs that show it.
    pub brief_count: i32,
    /// Its page key.
    pub page_key: String,
}

/// An actor with its appearances.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorRecord {
    /// The actor's briefs, the most recently published first, at most 1,000.
    pub appearances: Vec<ActorAppearance>,
    /// The number of statements about it.
    pub statement_count: i64,
    /// The number of its relationships.
    pub relationship_count: i64,
    /// The number of events in which it takes part.
    pub event_count: i64,
}

/// An actor in one brief.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorAppearance {
    /// The revision.
    pub revision: RevisionName,
    /// The brief's title.
    pub brief_title: String,
    /// The actor, as the edition has it.
    pub actor: Actor,
}

/// Fields of an actor's appearances, of which one has to match. The columns are unqualified, because the statements use
/// different table aliases.
pub(super) const FIELDS: Schema = Schema {
    fields: &[
        field("brief", FieldType::Id, "brief_id"),
        field("id", FieldType::Id, "actor_id"),
        field("name", FieldType::Text, "name"),
        field("kind", FieldType::Enum("ActorKind"), "kind"),
        field("country_code", FieldType::Id, "country_code"),
        field("marking", FieldType::Marking, "marking"),
    ],
};

const SORTING: Sorting = Sorting {
    columns: &[
        SortColumn { name: "id", keys: &[key("a.actor_id", KeyKind::Text, false)] },
        SortColumn { name: "name", keys: &[key("a.name", KeyKind::Text, false)] },
    ],
    default: "id",
    tie_breakers: &[key("a.actor_id", KeyKind::Text, false)],
};

#[derive(FromRow)]
struct EntryRow {
    body: Vec<u8>,
    brief_count: i32,
    page_key: Vec<Option<String>>,
}

#[derive(FromRow)]
struct AppearanceRow {
    brief_id: String,
    revision: i32,
    brief_title: String,
    body: Vec<u8>,
}

impl Knowledge<'_> {
    /// Lists the actors visible to the principal.
    ///
    /// # Errors
    /// As [`Knowledge::list_statements`].
    pub async fn list_actors(
        self,
        principal: &Principal,
        query: &KnowledgeQuery<'_>,
    ) -> Result<Vec<ActorEntry>> {
        let view = View::new(principal, query.workspace, query.as_of)?;
        let filter = parse_filter(query.filter, &FIELDS, view.scheme)?;
        let order = Order::parse(query.order_by, &SORTING).map_err(StoreError::InvalidOrder)?;
        let start = query.after.map(|after| order.start(after)).transpose()?;

        let mut statement = QueryBuilder::<Postgres>::new("-- knowledge::actors::list_actors\n");
        view.push_with(&mut statement);
        statement.push("select a.body, a.brief_count, ");
        order.push_key(&mut statement);
        statement.push(
            " as page_key
            from (
                select distinct on (t.actor_id) t.actor_id, t.name, t.body,
                    (count(*) over (partition by t.actor_id))::integer as brief_count, bool_or(",
        );
        filter.push(&mut statement);
        statement.push(") over (partition by t.actor_id) as fits");
        view.push_from("actors", &mut statement);
        statement.push(" order by t.actor_id, t.published_at desc, t.brief_id) a where a.fits");
        if let Some(start) = start {
            statement.push(" and ");
            start.push(&mut statement);
        }
        statement.push(" order by ");
        order.push(&mut statement);
        statement.push(" limit ").push_bind(query.limit);
        let rows: Vec<EntryRow> = statement.build_query_as().persistent(false).fetch_all(self.pool).await?;
        rows.into_iter()
            .map(|row| {
                Ok(ActorEntry {
                    actor: decoded(&row.body)?,
                    brief_count: row.brief_count,
                    page_key: PageKey::new(row.page_key).encode(),
                })
            })
            .collect()
    }

    /// Returns an actor with all briefs that show it to the principal.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`] when no brief shows the actor.
    pub async fn actor(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        actor: &str,
        as_of: Option<AsOf>,
    ) -> Result<ActorRecord> {
        let view = View::new(principal, workspace, as_of)?;
        let rows = self.appearances(&view, actor).await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound(format!("workspaces/{workspace}/actors/{actor}")));
        }
        let appearance = |row: AppearanceRow| {
            Ok(ActorAppearance {
                revision: revision_name(workspace, &row.brief_id, row.revision)?,
                brief_title: row.brief_title,
                actor: decoded(&row.body)?,
            })
        };
        let takes_part = "t.actor_ids @> array[";
        Ok(ActorRecord {
            appearances: rows.into_iter().map(appearance).collect::<Result<_>>()?,
            statement_count: self
                .count(&view, "statements", (takes_part, "]::text[] and t.place > 1"), actor)
                .await?,
            relationship_count: self
                .count(&view, "relationships", ("", " in (t.from_id, t.to_id)"), actor)
                .await?,
            event_count: self.count(&view, "events", (takes_part, "]::text[]"), actor).await?,
        })
    }

    async fn appearances(self, view: &View<'_>, actor: &str) -> Result<Vec<AppearanceRow>> {
        let mut statement = QueryBuilder::<Postgres>::new("-- knowledge::actors::appearances\n");
        view.push_with(&mut statement);
        statement.push("select t.brief_id, t.revision, t.body, ");
        statement.push(
            "(select title from revisions r where r.brief_key = t.brief_key and r.revision = t.revision)",
        );
        statement.push(" as brief_title");
        view.push_from("actors", &mut statement);
        statement.push(" and t.actor_id = ").push_bind(actor.to_owned());
        statement.push(" order by t.published_at desc, t.brief_id limit ").push_bind(MAX_APPEARANCES);
        Ok(statement.build_query_as().persistent(false).fetch_all(self.pool).await?)
    }

    /// Counts a table's rows about an actor, whose id is bound between the two halves of the condition.
    async fn count(
        self,
        view: &View<'_>,
        table: &'static str,
        (before, after): (&'static str, &'static str),
        actor: &str,
    ) -> Result<i64> {
        let mut statement = QueryBuilder::<Postgres>::new("-- knowledge::actors::count\n");
        view.push_with(&mut statement);
        statement.push("select count(*)");
        view.push_from(table, &mut statement);
        statement.push(" and ").push(before).push_bind(actor.to_owned()).push(after);
        Ok(statement.build_query_scalar().persistent(false).fetch_one(self.pool).await?)
    }
}

pub(super) fn decoded(body: &[u8]) -> Result<Actor> {
    Actor::decode(body).map_err(damaged)
}

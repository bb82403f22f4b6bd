//! Lists briefs, filtered and ordered, each in the caller's newest edition.

use chancery_proto::brief::v1::Brief;
use chancery_proto::names::{BriefName, ResourceId};
use prost::Message as _;
use sqlx::{FromRow, Postgres, QueryBuilder};
use time::OffsetDateTime;

use crate::access::principal::{Access, Principal};
use crate::briefs::Briefs;
use crate::briefs::deleted_brief::DeletedBrief;
use crate::briefs::editions::content_bytes;
use crate::convert::damaged;
use crate::error::{Result, StoreError};
use crate::filter::{
    Field, FieldType, Filter, KeyKind, Order, PageKey, Schema, SortColumn, SortKey, Sorting,
};

/// A request for a page of briefs.
#[derive(Debug, Clone, Copy)]
pub struct BriefListQuery<'a> {
    /// The workspace.
    pub workspace: &'a ResourceId,
    /// The caller's filter: see docs/FILTERS.md.
    pub filter: &'a str,
    /// The caller's order.
    pub order_by: &'a str,
    /// Whether deleted briefs are included.
    pub show_deleted: bool,
    /// The page key of the previous page's last brief.
    pub after: Option<&'a str>,
    /// Maximum number of briefs.
    pub limit: i64,
}

/// A listed brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBrief {
    /// Encoded `Brief` without content.
    pub envelope: Vec<u8>,
    /// Encoded `BriefContent` with the fields that lists show; empty for a deleted brief.
    pub summary: Vec<u8>,
    /// Approximate size of the full brief in bytes.
    pub size: usize,
    /// Its page key.
    pub page_key: String,
    /// The key of the edition; `None` for a deleted brief.
    edition: Option<(i64, i32, i16)>,
}

const fn field(name: &'static str, field_type: FieldType, column: &'static str) -> Field {
    Field { name, field_type, column }
}

const fn key(column: &'static str, kind: KeyKind, is_nullable: bool) -> SortKey {
    SortKey { column, kind, is_nullable }
}

const BY_ID: &[SortKey] = &[key("b.brief_id", KeyKind::Text, false)];

/// The columns of `r`, `t` and `k` are null for a deleted brief.
const FIELDS: Schema = Schema {
    fields: &[
        field("id", FieldType::Id, "b.brief_id"),
        field("title", FieldType::Text, "r.title"),
        field("kind", FieldType::Enum("BriefKind"), "t.brief_kind"),
        field("language", FieldType::Id, "t.language"),
        field("marking", FieldType::Marking, "k.rank"),
        field("publish_time", FieldType::Timestamp, "r.published_at"),
        field("record_time", FieldType::Timestamp, "r.recorded_at"),
        field("create_time", FieldType::Timestamp, "b.created_at"),
        field("tags", FieldType::Ids, "t.topics"),
        field("regions", FieldType::Ids, "t.place_ids"),
    ],
};

const SORTING: Sorting = Sorting {
    columns: &[
        SortColumn { name: "id", keys: BY_ID },
        SortColumn { name: "title", keys: &[key("r.title", KeyKind::Text, true)] },
        SortColumn { name: "publish_time", keys: &[key("r.published_at", KeyKind::Timestamp, true)] },
        SortColumn { name: "record_time", keys: &[key("r.recorded_at", KeyKind::Timestamp, true)] },
        SortColumn { name: "create_time", keys: &[key("b.created_at", KeyKind::Timestamp, false)] },
    ],
    default: "id",
    tie_breakers: BY_ID,
};

#[derive(FromRow)]
struct Row {
    brief_id: String,
    uid: String,
    created_at: OffsetDateTime,
    deleted_at: Option<OffsetDateTime>,
    purge_at: Option<OffsetDateTime>,
    edition: Option<i64>,
    revision: Option<i32>,
    from_rank: Option<i16>,
    envelope: Option<Vec<u8>>,
    summary: Option<Vec<u8>>,
    size: Option<i32>,
    page_key: Vec<Option<String>>,
}

impl Briefs<'_> {
    /// Lists the workspace's briefs that have an edition for the principal.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::InvalidFilter`], [`StoreError::InvalidOrder`],
    /// [`StoreError::InvalidPageKey`].
    pub async fn list(self, principal: &Principal, query: &BriefListQuery<'_>) -> Result<Vec<ListedBrief>> {
        let access = principal.access(query.workspace)?;
        let filter =
            Filter::parse(query.filter, &FIELDS, access.scheme).map_err(StoreError::InvalidFilter)?;
        let order = Order::parse(query.order_by, &SORTING).map_err(StoreError::InvalidOrder)?;
        let start = query.after.map(|after| order.start(after)).transpose()?;

        let mut statement = QueryBuilder::<Postgres>::new(
            "-- briefs::lists::list
            select b.brief_id, b.uid, b.created_at, b.deleted_at, b.purge_at, e.brief_key as edition, e.revision,
                e.from_rank::smallint as from_rank, e.envelope, e.summary, octet_length(e.body) as size, ",
        );
        order.push_key(&mut statement);
        statement.push(" as page_key");
        push_from(&mut statement, access, query);
        statement.push(" and ");
        filter.push(&mut statement);
        if let Some(start) = start {
            statement.push(" and ");
            start.push(&mut statement);
        }
        statement.push(" order by ");
        order.push(&mut statement);
        statement.push(" limit ").push_bind(query.limit);
        let rows: Vec<Row> = statement.build_query_as().persistent(false).fetch_all(self.pool).await?;
        rows.into_iter().map(|row| row.into_listed(query.workspace)).collect()
    }

    /// Returns the encoded contents of listed briefs, in the same order; `None` for briefs that are deleted or were
    /// purged in the meantime.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub async fn listed_contents(self, briefs: &[ListedBrief]) -> Result<Vec<Option<Vec<u8>>>> {
        let keys: Vec<Option<i64>> = briefs.iter().map(|brief| brief.edition.map(|(key, ..)| key)).collect();
        let revisions: Vec<Option<i32>> =
            briefs.iter().map(|brief| brief.edition.map(|(_, revision, _)| revision)).collect();
        let ranks: Vec<Option<i16>> =
            briefs.iter().map(|brief| brief.edition.map(|(.., rank)| rank)).collect();
        let bodies = sqlx::query_scalar!(
            r#"-- briefs::lists::listed_contents
            select e.body as "body?"
            from unnest($1::bigint[], $2::integer[], $3::smallint[]) with ordinality
                as listed (brief_key, revision, from_rank, place)
            left join editions e on e.brief_key = listed.brief_key and e.revision = listed.revision
                and e.from_rank = listed.from_rank
            order by listed.place"#,
            keys.as_slice() as &[Option<i64>],
            revisions.as_slice() as &[Option<i32>],
            ranks.as_slice() as &[Option<i16>]
        )
        .fetch_all(self.pool)
        .await?;
        let content =
            |body: Option<Vec<u8>>| body.map(|body| content_bytes(&body).map(<[u8]>::to_vec)).transpose();
        bodies.into_iter().map(content).collect()
    }
}

/// Joins each brief with the caller's newest edition and the row of its title. A deleted brief has neither, and is
/// listed for callers who had an edition.
fn push_from(statement: &mut QueryBuilder<Postgres>, access: Access, query: &BriefListQuery<'_>) {
    let rank = i16::from(access.clearance.0);
    // Lateral joins of at most one row each: with plain joins the planner underestimates the rows and reads the whole
    // workspace.
    let (join, on) =
        if query.show_deleted { (" left join lateral (", " on true") } else { (" cross join lateral (", "") };
    statement.push(" from briefs b").push(join);
    statement
        .push("select * from editions e where e.workspace_id = b.workspace_id and e.brief_id = b.brief_id");
    statement.push(" and e.from_rank <= ").push_bind(rank).push(" and e.current_until > ").push_bind(rank);
    statement.push(" and e.current_until > e.from_rank limit 1) e").push(on).push(join);
    statement.push("select * from revisions r where r.brief_key = e.brief_key and r.revision = e.revision");
    statement.push(" limit 1) r").push(on).push(join);
    statement.push("select * from statements t where t.brief_key = e.brief_key and t.revision = e.revision");
    statement.push(" and t.statement_id = '' and t.place = 1 and t.from_rank <= ").push_bind(rank);
    statement.push(" and t.until_rank > ").push_bind(rank).push(" limit 1) t").push(on);
    let labels: Vec<String> = access.scheme.labels().iter().map(|label| (*label).to_owned()).collect();
    statement.push(" cross join lateral (select (array_position(").push_bind(labels);
    statement.push(", e.marking) - 1)::smallint as rank) k");
    statement.push(" where b.workspace_id = ").push_bind(query.workspace.to_string());
    if query.show_deleted {
        statement.push(" and (e.brief_key is not null or (b.deleted_at is not null and exists (");
        statement.push("select from revisions f where f.brief_key = b.brief_key and f.floor <= ");
        statement.push_bind(rank).push(")))");
    }
}

impl Row {
    fn into_listed(self, workspace: &ResourceId) -> Result<ListedBrief> {
        let page_key = PageKey::new(self.page_key).encode();
        if let Some((deleted_at, purge_at)) = self.deleted_at.zip(self.purge_at) {
            let name =
                BriefName { workspace: workspace.clone(), brief: self.brief_id.parse().map_err(damaged)? };
            let deleted =
                DeletedBrief { name, uid: self.uid, created_at: self.created_at, deleted_at, purge_at };
            let envelope: Brief = deleted.envelope().1;
            let envelope = envelope.encode_to_vec();
            return Ok(ListedBrief {
                size: envelope.len(),
                envelope,
                summary: Vec::new(),
                page_key,
                edition: None,
            });
        }
        let edition = self.edition.zip(self.revision).zip(self.from_rank);
        Ok(ListedBrief {
            envelope: self.envelope.ok_or_else(|| damaged("a listed brief has no edition"))?,
            summary: self.summary.unwrap_or_default(),
            size: usize::try_from(self.size.unwrap_or_default()).map_err(damaged)?,
            page_key,
            edition: edition.map(|((key, revision), rank)| (key, revision, rank)),
        })
    }
}

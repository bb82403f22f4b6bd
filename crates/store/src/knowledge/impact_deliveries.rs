//! The PDFs that somebody has and that show a part.

use chancery_brief::digest::Digest;
use chancery_proto::names::{BriefName, GeneratedId, RevisionName};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::impact::{Holders, ImpactTarget};
use super::revision_name;
use crate::{Result, damaged, to_digest};

/// Deliveries of one answer.
const MOST_DELIVERIES: i64 = 1000;

/// A PDF that somebody downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The render, in the revision's workspace.
    pub render: GeneratedId,
    /// The revision that was printed.
    pub revision: RevisionName,
    /// The edition that was printed.
    pub edition_digest: Digest,
    /// The PDF.
    pub artifact_digest: Digest,
    /// Whose download it was, and the name of that token; none for who may not know.
    pub recipient: Option<(String, String)>,
    /// When it began.
    pub at: OffsetDateTime,
    /// Whether it was seen to end.
    pub is_complete: bool,
}

/// Newest first, and how many there are in all. A PDF shows the part if the edition that was printed does; of editions
/// above his own clearance nobody hears.
pub(super) async fn read(
    connection: &mut PgConnection,
    brief: &BriefName,
    target: ImpactTarget<'_>,
    holders: &Holders,
    rank: i16,
    is_publisher: bool,
) -> Result<(Vec<Delivery>, i64)> {
    let keys: Vec<i64> = holders.briefs.iter().map(|holder| holder.brief_key).collect();
    let (kind, id) = target.kind_and_id();
    let rows = sqlx::query!(
        r#"-- impact_deliveries::read
        with part as (
            select brief_key, revision, from_rank, until_rank from sources
            where $3 = 'source' and brief_key = any($2) and (source_id = $4 or (url = $5 and url <> ''))
            union all
            select brief_key, revision, from_rank, until_rank from relationships
            where $3 = 'relationship' and brief_key = any($2) and relationship_id = $4
            union all
            select brief_key, revision, from_rank, until_rank from statements
            where $3 = 'statement' and brief_key = any($2) and statement_id = $4
        ), printed as (
            select distinct e.brief_id, e.revision, e.digest
            from part p
            join editions e on e.brief_key = p.brief_key and e.revision = p.revision
            where e.from_rank >= p.from_rank and e.from_rank < p.until_rank and e.from_rank <= $6
        )
        select d.render_id, d.brief_id, d.revision, d.edition_digest as "edition_digest!: Vec<u8>",
            d.artifact_digest as "artifact_digest!: Vec<u8>", d.subject, d.at, k.display_name as "display_name?",
            exists (
                select from render_deliveries c
                where c.workspace_id = d.workspace_id and c.brief_id = d.brief_id and c.revision = d.revision
                    and c.render_id = d.render_id and c.subject = d.subject and c.event = 'COMPLETED'
                    and c.delivery_id > d.delivery_id
            ) as "is_complete!",
            count(*) over () as "total!"
        from printed p
        join render_deliveries d on d.workspace_id = $1 and d.brief_id = p.brief_id and d.revision = p.revision
            and d.edition_digest = p.digest and d.event = 'BEGUN'
        left join api_tokens k on k.workspace_id = $1 and k.token_id = split_part(d.subject, '/', 4)
        order by d.delivery_id desc
        limit $7"#,
        brief.workspace.as_str(),
        &keys,
        kind,
        id,
        holders.url,
        rank,
        MOST_DELIVERIES
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let deliveries = rows.into_iter().map(|row| {
        let recipient = (row.subject, row.display_name.unwrap_or_default());
        Ok(Delivery {
            render: row.render_id.parse().map_err(damaged)?,
            revision: revision_name(&brief.workspace, &row.brief_id, row.revision)?,
            edition_digest: to_digest(row.edition_digest)?,
            artifact_digest: to_digest(row.artifact_digest)?,
            recipient: is_publisher.then_some(recipient),
            at: row.at,
            is_complete: row.is_complete,
        })
    });
    Ok((deliveries.collect::<Result<_>>()?, total))
}

//! Finds delivered PDFs that show a part.

use chancery_proto::names::BriefName;

use super::impact_target::{Holders, ImpactTarget};
use crate::access::principal::Principal;
use crate::artifacts::deliveries::{Delivery, Row, visible_deliveries};
use crate::database::PgConnection;
use crate::error::Result;

/// Maximum number of deliveries in a result.
const MAX_DELIVERIES: i64 = 1000;

/// Returns deliveries, newest first, and their total number. A PDF shows the part if the printed edition does. Editions
/// above the principal's clearance are omitted.
pub(super) async fn read(
    connection: &mut PgConnection,
    principal: &Principal,
    brief: &BriefName,
    target: ImpactTarget<'_>,
    holders: &Holders,
) -> Result<(Vec<Delivery>, i64)> {
    let rank = i16::from(principal.access(&brief.workspace)?.clearance.0);
    let keys: Vec<i64> = holders.briefs.iter().map(|holder| holder.brief_key).collect();
    let (kind, id) = target.kind_and_id();
    let rows = sqlx::query_as!(
        Row,
        r#"-- knowledge::impact_deliveries::read
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
            d.artifact_digest as "artifact_digest!: Vec<u8>", d.subject, d.at, t.display_name as "display_name?",
            count(*) over () as "total!",
            exists (select from render_deliveries c where c.begun_as = d.delivery_id) as "complete!"
        from printed p
        join render_deliveries d on d.workspace_id = $1 and d.brief_id = p.brief_id and d.revision = p.revision
            and d.edition_digest = p.digest and d.event = 'BEGUN' and d.visible_from <= $6
        left join api_tokens t on t.workspace_id = split_part(d.subject, '/', 2)
            and t.token_id = split_part(d.subject, '/', 4)
        order by d.at desc, d.delivery_id desc
        limit $7"#,
        /* workspace_id */ brief.workspace.as_str(),
        /* brief_keys */ &keys,
        kind,
        /* part id */ id,
        holders.url,
        /* clearance */ rank,
        /* limit */ MAX_DELIVERIES
    )
    .fetch_all(connection)
    .await?;
    visible_deliveries(rows, principal, &brief.workspace)
}

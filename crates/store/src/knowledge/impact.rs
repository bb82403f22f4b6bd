//! Traces the parts that rest on a source, relationship or statement, directly or indirectly, within the briefs that
//! hold it, and the delivered PDFs that show it.

use std::collections::BTreeMap;

use chancery_brief::part_texts::{PartTexts, part_texts};
use chancery_proto::brief::v1::{PartKind, RevisionBody};
use chancery_proto::names::{BriefName, RevisionName};
use prost::Message;

use super::impact_deliveries;
use super::impact_target::{Holder, Holders, ImpactTarget};
use super::impact_walk::{Node, Reached, Walk};
use crate::access::principal::Principal;
use crate::artifacts::deliveries::Delivery;
use crate::briefs::content_schema::check_content_schema;
use crate::convert::{damaged, revision_name, to_number};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};
use crate::knowledge::Knowledge;

/// Maximum number of briefs whose texts one query reads.
const TEXTS_BATCH: usize = 32;

/// The impact of a part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Impact {
    /// The parts that rest on it, by brief and distance.
    pub parts: Vec<ImpactedPart>,
    /// The revisions that hold it, by brief.
    pub revisions: Vec<RevisionName>,
    /// Delivered PDFs of any revision of these briefs that show it, newest first, at most 1,000.
    pub deliveries: Vec<Delivery>,
    /// The total number of deliveries.
    pub total_deliveries: i64,
    /// Whether there are more parts.
    pub is_truncated: bool,
}

/// A part that rests on the traced one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactedPart {
    /// The revision that contains it.
    pub revision: RevisionName,
    /// Its kind.
    pub kind: PartKind,
    /// Its id; for a change, that of the part that changed.
    pub id: String,
    /// Its text or title.
    pub text: String,
    /// The number of references on the shortest path from the traced part, from 1.
    pub distance: i32,
    /// The impacted or traced parts that it rests on directly.
    pub via_ids: Vec<String>,
}

impl Knowledge<'_> {
    /// Traces the impact of a part in the principal's editions.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`] when no such brief or part is visible
    /// to the principal.
    pub async fn trace_impact(
        self,
        principal: &Principal,
        brief: &BriefName,
        target: ImpactTarget<'_>,
    ) -> Result<Impact> {
        let rank = i16::from(principal.access(&brief.workspace)?.clearance.0);
        // All steps read the same snapshot.
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "-- knowledge::impact::trace_impact
            set transaction isolation level repeatable read, read only"
        )
        .execute(&mut *transaction)
        .await?;
        let holders = holders(&mut transaction, brief, target, rank).await?;
        let mut walk = Walk::begin(&mut transaction, &holders.briefs, target, rank).await?;
        walk.run(&mut transaction).await?;
        let texts = texts(&mut transaction, &walk, rank).await?;
        let (deliveries, total_deliveries) =
            impact_deliveries::read(&mut transaction, principal, brief, target, &holders).await?;

        let mut revisions = BTreeMap::new();
        for holder in &holders.briefs {
            let name = revision_name(&brief.workspace, &holder.brief_id, holder.revision)?;
            revisions.insert(holder.brief_key, name);
        }
        let mut parts = parts(walk.reached, &revisions, &texts)?;
        parts.sort_by(|left, right| sort_key(left).cmp(&sort_key(right)));
        let mut revisions: Vec<RevisionName> = revisions.into_values().collect();
        revisions.sort_unstable();
        Ok(Impact { parts, revisions, deliveries, total_deliveries, is_truncated: walk.is_truncated })
    }
}

fn sort_key(part: &ImpactedPart) -> (&str, i32, PartKind, &str) {
    (part.revision.brief.as_str(), part.distance, part.kind, &part.id)
}

/// Finds the part in its own brief and, for a source, in all others.
async fn holders(
    connection: &mut PgConnection,
    brief: &BriefName,
    target: ImpactTarget<'_>,
    rank: i16,
) -> Result<Holders> {
    let (kind, id) = target.kind_and_id();
    let found = sqlx::query!(
        r#"-- knowledge::impact::holders
        select e.brief_key, e.revision, p.url as "url?" from editions e
        left join lateral (
            select url from sources
            where $4 = 'source' and brief_key = e.brief_key and revision = e.revision and source_id = $5
                and from_rank <= $3 and until_rank > $3
            union all
            select '' from relationships
            where $4 = 'relationship' and brief_key = e.brief_key and revision = e.revision and relationship_id = $5
                and from_rank <= $3 and until_rank > $3
            union all
            select '' from statements
            where $4 = 'statement' and brief_key = e.brief_key and revision = e.revision and statement_id = $5
                and from_rank <= $3 and until_rank > $3
        ) p on true
        where e.workspace_id = $1 and e.brief_id = $2 and e.from_rank <= $3 and e.current_until > $3
            and e.current_until > e.from_rank"#,
        brief.workspace.as_str(),
        brief.brief.as_str(),
        rank,
        kind,
        id
    )
    .fetch_optional(&mut *connection)
    .await?;
    let found = found.ok_or_else(|| StoreError::NotFound(brief.to_string()))?;
    let url = found.url.ok_or_else(|| StoreError::NotFound(format!("{kind} {id} of {brief}")))?;
    if !matches!(target, ImpactTarget::Source(_)) {
        let (brief_key, revision) = (found.brief_key, found.revision);
        let holder = Holder { brief_id: brief.brief.to_string(), brief_key, revision, id: id.to_owned() };
        return Ok(Holders { briefs: vec![holder], url });
    }
    let briefs = sqlx::query_as!(
        Holder,
        "-- knowledge::impact::holders
        select brief_id, brief_key, revision, source_id as id from sources
        where workspace_id = $1 and (source_id = $2 or (url = $3 and url <> ''))
            and from_rank <= $4 and until_rank > $4 and current_until > $4",
        brief.workspace.as_str(),
        id,
        url,
        rank
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(Holders { briefs, url })
}

/// Reads the texts of the impacted parts, by brief.
async fn texts(connection: &mut PgConnection, walk: &Walk, rank: i16) -> Result<BTreeMap<i64, PartTexts>> {
    let mut keys: Vec<i64> = walk.reached.keys().map(|(brief_key, ..)| *brief_key).collect();
    keys.dedup();
    let mut texts = BTreeMap::new();
    for keys in keys.chunks(TEXTS_BATCH) {
        let revisions: Vec<i32> = keys.iter().map(|key| walk.revisions[key]).collect();
        let rows = sqlx::query!(
            r#"-- knowledge::impact::texts
            select e.brief_key, e.body, r.content_schema
            from unnest($1::bigint[], $2::integer[]) as held (brief_key, revision)
            join editions e using (brief_key, revision)
            join revisions r using (brief_key, revision)
            where e.from_rank <= $3 and e.until_rank > $3"#,
            keys,
            &revisions,
            rank
        )
        .fetch_all(&mut *connection)
        .await?;
        for row in rows {
            check_content_schema(to_number(row.content_schema)?)?;
            let body = RevisionBody::decode(row.body.as_slice()).map_err(damaged)?;
            texts.insert(row.brief_key, part_texts(&body.content.unwrap_or_default()));
        }
    }
    Ok(texts)
}

fn parts(
    reached: BTreeMap<Node, Reached>,
    revisions: &BTreeMap<i64, RevisionName>,
    texts: &BTreeMap<i64, PartTexts>,
) -> Result<Vec<ImpactedPart>> {
    let part = |((brief_key, kind, id), reached): (Node, Reached)| {
        let kind = PartKind::try_from(i32::from(kind)).map_err(damaged)?;
        let revision =
            revisions.get(&brief_key).ok_or_else(|| damaged("a part of an unknown revision"))?.clone();
        let text = texts.get(&brief_key).and_then(|texts| texts.get(&(kind, id.clone())));
        Ok(ImpactedPart {
            revision,
            kind,
            text: text.cloned().unwrap_or_default(),
            id,
            distance: reached.distance,
            via_ids: reached.via.into_iter().collect(),
        })
    };
    reached.into_iter().map(part).collect()
}

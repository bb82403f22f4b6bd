//! Records who downloaded which PDF. The records outlive PDFs, renders and revisions.

use chancery_brief::digest::Digest;
use chancery_proto::names::{GeneratedId, RenderName, ResourceId, RevisionName};
use time::OffsetDateTime;

use crate::access::principal::{Principal, Role};
use crate::artifacts::Artifacts;
use crate::convert::{damaged, revision_name, to_integer};
use crate::error::Result;
use crate::renders::downloads::Download;
use crate::renders::environments::digest;

/// A download of a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The render, which may have been deleted.
    pub render: RenderName,
    /// The revision that was printed, which may have been purged.
    pub revision: RevisionName,
    /// SHA-256 of the edition that was printed.
    pub edition_digest: Digest,
    /// SHA-256 of the PDF.
    pub artifact_digest: Digest,
    /// The recipient. Visible to publishers only.
    pub recipient: Option<Recipient>,
    /// When the download began.
    pub at: OffsetDateTime,
    /// Whether the last byte was sent.
    pub complete: bool,
}

/// The recipient of a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The resource name of the recipient's token.
    pub subject: String,
    /// The token's display name.
    pub display_name: String,
}

/// A row of `render_deliveries`, with the columns joined to it.
pub(crate) struct Row {
    pub(crate) render_id: String,
    pub(crate) brief_id: String,
    pub(crate) revision: i32,
    pub(crate) edition_digest: Vec<u8>,
    pub(crate) artifact_digest: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) at: OffsetDateTime,
    pub(crate) display_name: Option<String>,
    pub(crate) total: i64,
    pub(crate) complete: bool,
}

/// Returns the deliveries as the principal may see them, and their total number.
pub(crate) fn visible_deliveries(
    rows: Vec<Row>,
    principal: &Principal,
    workspace: &ResourceId,
) -> Result<(Vec<Delivery>, i64)> {
    let total = rows.first().map_or(0, |row| row.total);
    let sees_recipients = principal.roles.allow(Role::Publisher);
    let deliveries = rows.into_iter().map(|row| {
        let render = row.render_id.parse::<GeneratedId>().map_err(damaged)?;
        Ok(Delivery {
            render: RenderName { workspace: workspace.clone(), render },
            revision: revision_name(workspace, &row.brief_id, row.revision)?,
            edition_digest: digest(&row.edition_digest)?,
            artifact_digest: digest(&row.artifact_digest)?,
            recipient: sees_recipients.then(|| Recipient {
                subject: row.subject,
                display_name: row.display_name.unwrap_or_default(),
            }),
            at: row.at,
            complete: row.complete,
        })
    });
    Ok((deliveries.collect::<Result<_>>()?, total))
}

impl Artifacts<'_> {
    /// Returns at most `limit` deliveries of revisions of a workspace, newest first, and their total number. Each
    /// download that began counts as one. Omits prints that hold more than the principal may read.
    ///
    /// # Errors
    /// [`crate::StoreError::Forbidden`] for another workspace.
    pub async fn deliveries_of_revisions(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        revisions: &[(ResourceId, u32)],
        limit: i64,
    ) -> Result<(Vec<Delivery>, i64)> {
        let access = principal.access(workspace)?;
        let briefs: Vec<String> = revisions.iter().map(|(brief, _)| brief.to_string()).collect();
        let numbers: Result<Vec<i32>> = revisions.iter().map(|(_, number)| to_integer(*number)).collect();
        let rows = sqlx::query_as!(
            Row,
            r#"-- artifacts::deliveries::deliveries_of_revisions
            with asked as (
                select distinct brief_id, revision from unnest($2::text[], $3::integer[]) as asked (brief_id, revision)
            )
            select d.render_id, d.brief_id, d.revision, d.edition_digest as "edition_digest!: Vec<u8>",
                d.artifact_digest as "artifact_digest!: Vec<u8>", d.subject, d.at,
                t.display_name as "display_name?", count(*) over () as "total!",
                exists (select from render_deliveries c where c.begun_as = d.delivery_id) as "complete!"
            from asked
            join render_deliveries d on d.workspace_id = $1 and d.brief_id = asked.brief_id
                and d.revision = asked.revision and d.event = 'BEGUN' and d.visible_from <= $4
            left join api_tokens t on t.workspace_id = split_part(d.subject, '/', 2)
                and t.token_id = split_part(d.subject, '/', 4)
            order by d.at desc, d.delivery_id desc
            limit $5"#,
            workspace.as_str(),
            &briefs,
            &numbers?,
            i16::from(access.clearance.0),
            limit
        )
        .fetch_all(self.pool)
        .await?;
        visible_deliveries(rows, principal, workspace)
    }

    /// Records that a download began or, with the number of its beginning, that it completed. Returns the record's
    /// number.
    pub(crate) async fn record_delivery(
        self,
        principal: &Principal,
        download: &Download,
        begun_as: Option<i64>,
    ) -> Result<i64> {
        let render = &download.render;
        let number = sqlx::query_scalar!(
            "-- artifacts::deliveries::record_delivery
            with quick as materialized (
                -- Asynchronous commit for the end of a delivery; its beginning is durable already.
                select set_config('synchronous_commit', 'off', true) where $9::bigint is not null
            )
            insert into render_deliveries (workspace_id, render_id, brief_id, revision, edition_digest,
                artifact_digest, event, read_offset, subject, begun_as, visible_from)
            select $1, $2, $3, $4, $5::bytea, $6::bytea, case when $9 is null then 'BEGUN' else 'COMPLETED' end, $7, $8,
                $9, coalesce((select visible_from from renders where workspace_id = $1 and render_id = $2), 15)
            from (select) as one left join quick on true
            returning delivery_id",
            /* workspace_id */ render.name.workspace.as_str(),
            /* render_id */ render.name.render.as_str(),
            /* brief_id */ render.revision.brief.as_str(),
            to_integer(render.revision.revision.0)?,
            render.edition_digest.as_bytes().as_slice(),
            /* artifact_digest */ download.artifact.digest.as_bytes().as_slice(),
            /* read_offset */ i64::try_from(download.offset).map_err(damaged)?,
            principal.subject,
            begun_as,
        )
        .fetch_one(self.pool)
        .await?;
        Ok(number)
    }
}

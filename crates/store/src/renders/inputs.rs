//! The inputs of a print besides its manifest: editions, and the images of figures and of the theme.

use std::collections::BTreeSet;

use chancery_brief::digest::Digest;
use chancery_brief::render_options::unknown_sections;
use chancery_proto::brief::v1::RevisionBody;
use chancery_proto::names::{AttachmentName, BriefName, ResourceId, Sha256Id};
use chancery_proto::render::v1::RenderOptions;
use chancery_proto::worker::v1::RenderInputManifest;
use prost::Message;
use prost::bytes::Bytes;

use crate::access::principal::Access;
use crate::briefs::content_schema::check_content_schema;
use crate::briefs::figures::states;
use crate::briefs::image_checks::refusal_message;
use crate::convert::{damaged, to_digest, to_number};
use crate::error::{Result, StoreError};
use crate::renders::leases::Lease;
use crate::renders::{RenderQueue, Renders};

/// Maximum total size of a print's images, in bytes. Workers accept no more.
const MAX_IMAGE_BYTES: i64 = 128 * 1024 * 1024;

/// The input of a leased task.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderInput {
    /// Everything that the print depends on, by digest.
    pub manifest: RenderInputManifest,
    /// Canonical bytes of the edition's `RevisionBody`.
    pub edition: Bytes,
    /// The same for the edition to compare with, if the manifest names one.
    pub comparison: Option<Bytes>,
    /// The images that the manifest lists, each once, in its order.
    pub images: Vec<AttachmentName>,
}

/// The pinned edition to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PinnedEdition {
    pub(crate) key: i64,
    pub(crate) revision: i32,
    pub(crate) from_rank: i16,
}

/// A pinned logo of a theme.
#[derive(Debug, Clone)]
pub(crate) struct PinnedLogo {
    pub(crate) digest: Digest,
    pub(crate) marking: i16,
}

impl Renders<'_> {
    /// Checks that the edition has the sections to print.
    pub(crate) async fn check_sections(self, edition: &PinnedEdition, options: &RenderOptions) -> Result<()> {
        if options.section_ids.is_empty() {
            return Ok(());
        }
        let row = sqlx::query!(
            "-- renders::inputs::check_sections
            select e.body, r.content_schema
            from editions e join revisions r using (brief_key, revision)
            where e.brief_key = $1 and e.revision = $2 and e.from_rank = $3::smallint",
            edition.key,
            edition.revision,
            edition.from_rank,
        )
        .fetch_one(self.pool)
        .await?;
        check_content_schema(to_number(row.content_schema)?)?;
        let body = RevisionBody::decode(row.body.as_slice()).map_err(damaged)?;
        let unknown = unknown_sections(options, &body.content.unwrap_or_default());
        if unknown.is_empty() { Ok(()) } else { Err(StoreError::InvalidOptions(unknown)) }
    }

    /// Pins the theme's logo, an image of the brief's own workspace that is visible to the caller.
    pub(crate) async fn pin_logo(
        self,
        access: Access,
        brief: &BriefName,
        options: &RenderOptions,
    ) -> Result<Option<PinnedLogo>> {
        let Some(name) = options.theme.as_ref().map(|theme| &theme.logo).filter(|name| !name.is_empty())
        else {
            return Ok(None);
        };
        let refuse = |message: &str| StoreError::invalid_option("theme.logo", message);
        let name: AttachmentName =
            name.parse().map_err(|_| refuse("expected workspaces/{workspace}/attachments/{sha256}"))?;
        if name.workspace != brief.workspace {
            return Err(refuse("an attachment of another workspace: upload it to this one"));
        }
        let digest: Digest = name.digest.as_str().parse().map_err(damaged)?;
        let hexadecimal = digest.to_string();
        let mut connection = self.pool.acquire().await?;
        let states =
            states(&mut connection, &name.workspace, &BTreeSet::from([hexadecimal.as_str()])).await?;
        // An image above the caller's clearance does not exist for them.
        let state = states.get(&hexadecimal).filter(|state| access.clearance.reads(state.marking));
        let state = state.ok_or_else(|| refuse("the workspace has no such attachment: upload it first"))?;
        if let Some(refusal) = &state.refusal {
            return Err(refuse(&refusal_message(refusal)));
        }
        Ok(Some(PinnedLogo { digest, marking: i16::from(state.marking) }))
    }

    /// Returns the digests of the images that the edition shows, sorted.
    pub(crate) async fn pin_images(
        self,
        edition: &PinnedEdition,
        logo: Option<&PinnedLogo>,
    ) -> Result<Vec<String>> {
        let row = sqlx::query!(
            r#"-- renders::inputs::pin_images
            with shown as (
                select workspace_id, digest from revision_attachments
                where brief_key = $1 and revision = $2 and visible_from <= $3::smallint
            )
            select
                coalesce((select array_agg(digest::bytea order by digest) from shown), '{}') as "digests!: Vec<Vec<u8>>",
                (
                    select coalesce(sum(a.size_bytes), 0) from attachments a
                    where (a.workspace_id, a.digest) in (
                        select workspace_id, digest from shown
                        union select workspace_id, $4::bytea from briefs where brief_key = $1
                    )
                ) as "size!""#,
            edition.key,
            edition.revision,
            edition.from_rank,
            logo.map(|logo| logo.digest.0.as_slice()),
        )
        .fetch_one(self.pool)
        .await?;
        if row.size > MAX_IMAGE_BYTES {
            let message = format!(
                "the images of the edition have {} bytes, over the limit of {MAX_IMAGE_BYTES}",
                row.size
            );
            return Err(StoreError::LimitExceeded(message));
        }
        row.digests.into_iter().map(|digest| Ok(to_digest(digest)?.to_string())).collect()
    }
}

impl RenderQueue<'_> {
    /// Returns the input of a leased task: exactly what its manifest lists.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn render_input(self, lease: &Lease) -> Result<RenderInput> {
        let row = sqlx::query!(
            "-- renders::inputs::render_input
            select t.manifest, t.workspace_id, t.brief_key, t.revision, e.body
            from render_queue q
            join render_tasks t using (task_id)
            join editions e using (brief_key, revision, from_rank)
            where q.task_id = $1 and q.epoch = $2 and q.lease_secret = $3 and q.lease_token = $4
                and q.leased_at is not null and worker_token_holds($4)",
            lease.task,
            lease.epoch,
            lease.secret(),
            lease.token.as_str(),
        )
        .fetch_optional(self.pool)
        .await?;
        let row = row.ok_or(StoreError::LeaseLost)?;
        let manifest = RenderInputManifest::decode(row.manifest.as_slice()).map_err(damaged)?;
        let comparison = match manifest.comparison_edition_digest.as_str() {
            "" => None,
            digest => Some(self.compared(row.brief_key, row.revision, digest).await?),
        };
        let workspace: ResourceId = row.workspace_id.parse().map_err(damaged)?;
        let image = |digest: &String| {
            let digest: Sha256Id = digest.parse().map_err(damaged)?;
            Ok(AttachmentName { workspace: workspace.clone(), digest })
        };
        let mut images: Vec<&String> = manifest.attachment_digests.iter().collect();
        images.extend(
            manifest.asset_digests.iter().filter(|asset| !manifest.attachment_digests.contains(asset)),
        );
        let images: Result<_> = images.into_iter().map(image).collect();
        Ok(RenderInput { edition: row.body.into(), comparison, images: images?, manifest })
    }

    /// Reads the edition to compare with, by its pinned digest.
    async fn compared(self, brief_key: i64, before: i32, digest: &str) -> Result<Bytes> {
        let digest: Digest = digest.parse().map_err(damaged)?;
        let body = sqlx::query_scalar!(
            "-- renders::inputs::compared
            select body from editions where brief_key = $1 and revision < $2 and digest = $3::bytea limit 1",
            brief_key,
            before,
            digest.as_bytes().as_slice(),
        )
        .fetch_optional(self.pool)
        .await?;
        // The edition was purged in the meantime, and the task with it.
        body.map(Bytes::from).ok_or(StoreError::LeaseLost)
    }
}

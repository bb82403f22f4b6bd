//! Attachments: images in figures and themes. They are immutable and named by their digest.

use std::collections::BTreeMap;

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::marking::{Rank, Scheme};
use chancery_images::{CHECK_VERSION, ImageReport, MediaType};
use chancery_proto::names::{AttachmentName, ResourceId, Sha256Id};
use prost::bytes::Bytes;
use time::OffsetDateTime;

use crate::access::principal::{Principal, Role};
use crate::artifacts::artifact::CHUNK;
use crate::briefs::Attachments;
use crate::briefs::image_checks::warning_columns;
use crate::changes::idempotency_keys::{IdempotencyKey, WriteStart, begin_write};
use crate::convert::{damaged, to_digest};
use crate::database::PgConnection;
use crate::error::{Result, StoreError};

/// An image to store.
#[derive(Debug, Clone, Copy)]
pub struct NewAttachment<'a> {
    /// Its marking.
    pub marking: Rank,
    /// The result of [`crate::check_image`] for its bytes.
    pub report: &'a ImageReport,
    /// The file's bytes.
    pub bytes: &'a [u8],
}

/// A difference between an image and its print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentWarning {
    /// A stable code.
    pub code: String,
    /// The difference and how to avoid it.
    pub text: String,
}

/// An attachment without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: AttachmentName,
    /// The media type of its bytes.
    pub media_type: MediaType,
    /// Its marking's label.
    pub marking: &'static str,
    /// As displayed, in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// Differences between the image and its print.
    pub warnings: Vec<AttachmentWarning>,
    /// The number of bytes.
    pub size_bytes: u64,
    /// When it was uploaded.
    pub created_at: OffsetDateTime,
}

struct Row {
    digest: Vec<u8>,
    media_type: String,
    marking: i16,
    width: i32,
    height: i32,
    size_bytes: i32,
    created_at: OffsetDateTime,
    warning_codes: Vec<String>,
    warning_texts: Vec<String>,
}

impl Row {
    fn into_attachment(self, workspace: &ResourceId, scheme: Scheme) -> Result<Attachment> {
        let digest = Sha256Id::from_bytes(to_digest(self.digest)?.0);
        Ok(Attachment {
            name: AttachmentName { workspace: workspace.clone(), digest },
            media_type: self.media_type.parse().map_err(damaged)?,
            marking: scheme.label(Rank::try_from(self.marking).map_err(damaged)?),
            width: u32::try_from(self.width).map_err(damaged)?,
            height: u32::try_from(self.height).map_err(damaged)?,
            size_bytes: u64::try_from(self.size_bytes).map_err(damaged)?,
            created_at: self.created_at,
            warnings: self
                .warning_codes
                .into_iter()
                .zip(self.warning_texts)
                .map(|(code, text)| AttachmentWarning { code, text })
                .collect(),
        })
    }
}

impl Attachments<'_> {
    /// Stores an image: see [`Self::put_once`].
    ///
    /// # Errors
    /// Those of [`Self::put_once`].
    pub async fn put(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewAttachment<'_>,
    ) -> Result<Attachment> {
        self.put_once(principal, workspace, new, None).await
    }

    /// Stores an image. Storing the same bytes with the same marking again changes nothing, regardless of the caller.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, and for bytes stored under a marking above the principal's
    /// clearance; [`StoreError::ClearanceTooLow`]; [`StoreError::AlreadyExists`] for bytes stored under another
    /// marking; [`StoreError::RequestIdReused`].
    pub async fn put_once(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        new: &NewAttachment<'_>,
        write: Option<&IdempotencyKey>,
    ) -> Result<Attachment> {
        let access = principal.access(workspace)?;
        let digest = body_digest(new.bytes);
        let name = AttachmentName { workspace: workspace.clone(), digest: Sha256Id::from_bytes(digest.0) };
        if !access.clearance.reads(new.marking) {
            return Err(StoreError::ClearanceTooLow(name.to_string()));
        }
        // A repetition needs no stored response: the name is the digest of the bytes.
        if let WriteStart::First(mut transaction) =
            begin_write(self.pool, principal, workspace, write).await?
        {
            insert_attachment(&mut transaction, principal, &name, digest, new).await?;
            transaction.commit().await?;
        }
        let row = self.attachment_row(workspace, digest).await?;
        let row = row.ok_or_else(|| damaged("an attachment disappeared after it was stored"))?;
        if row.marking == i16::from(new.marking) {
            return row.into_attachment(workspace, access.scheme);
        }
        let is_known = access.clearance.reads(Rank::try_from(row.marking).map_err(damaged)?);
        if !is_known {
            return Err(StoreError::Forbidden(name.to_string()));
        }
        let label = access.scheme.label(Rank::try_from(row.marking).map_err(damaged)?);
        Err(StoreError::AlreadyExists(format!("{name} with the marking {label}")))
    }

    async fn attachment_row(self, workspace: &ResourceId, digest: Digest) -> Result<Option<Row>> {
        let row = sqlx::query_as!(
            Row,
            r#"-- briefs::attachments::attachment_row
            select digest as "digest!: Vec<u8>", media_type, marking::smallint as "marking!", width, height,
                size_bytes, created_at, warning_codes, warning_texts
            from attachments where workspace_id = $1 and digest = $2::bytea"#,
            workspace.as_str(),
            digest.as_bytes().as_slice(),
        )
        .fetch_optional(self.pool)
        .await?;
        Ok(row)
    }

    /// Returns an image that the principal may see: a reader when a visible edition shows it, an author or publisher
    /// when their clearance reads it.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace, [`StoreError::NotFound`].
    pub async fn get(self, principal: &Principal, name: &AttachmentName) -> Result<Attachment> {
        let access = principal.access(&name.workspace)?;
        let missing = || StoreError::NotFound(name.to_string());
        let digest = digest_of(name)?;
        let row = self.attachment_row(&name.workspace, digest).await?.ok_or_else(missing)?;
        let writes = principal.roles.allow(Role::Author) || principal.roles.allow(Role::Publisher);
        let is_cleared = access.clearance.reads(Rank::try_from(row.marking).map_err(damaged)?);
        if (writes && is_cleared) || self.is_shown(principal, name, digest).await? {
            row.into_attachment(&name.workspace, access.scheme)
        } else {
            Err(missing())
        }
    }

    /// Returns whether an edition visible to the principal shows the image.
    async fn is_shown(self, principal: &Principal, name: &AttachmentName, digest: Digest) -> Result<bool> {
        if !principal.roles.allow(Role::Reader) {
            return Ok(false);
        }
        let shown = sqlx::query_scalar!(
            r#"-- briefs::attachments::is_shown
            select exists (
                select from revision_attachments a join briefs b using (brief_key)
                where a.workspace_id = $1 and a.digest = $2::bytea and a.visible_from <= $3::smallint
                    and b.deleted_at is null
            ) as "shown!""#,
            name.workspace.as_str(),
            digest.as_bytes().as_slice(),
            i16::from(principal.access(&name.workspace)?.clearance.0),
        )
        .fetch_one(self.pool)
        .await?;
        Ok(shown)
    }

    /// Lists the workspace's images up to the principal's clearance, by digest, from the one after `after` on.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for another workspace.
    pub async fn list(
        self,
        principal: &Principal,
        workspace: &ResourceId,
        after: Option<&Sha256Id>,
        limit: i64,
    ) -> Result<Vec<Attachment>> {
        let access = principal.access(workspace)?;
        let after = after.map(|after| after.as_str().parse::<Digest>()).transpose().map_err(damaged)?;
        let rows = sqlx::query_as!(
            Row,
            r#"-- briefs::attachments::list
            select digest as "digest!: Vec<u8>", media_type, marking::smallint as "marking!", width, height,
                size_bytes, created_at, warning_codes, warning_texts
            from attachments
            where workspace_id = $1 and marking <= $2::smallint and ($3::bytea is null or digest > $3::bytea)
            order by digest
            limit $4"#,
            workspace.as_str(),
            i16::from(access.clearance.0),
            after.as_ref().map(|after| after.as_bytes().as_slice()),
            limit,
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(|row| row.into_attachment(workspace, access.scheme)).collect()
    }

    /// Reads at most [`CHUNK`] bytes of an image from an offset; none at its end. The caller must have checked access
    /// with [`Self::get`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn bytes(self, name: &AttachmentName, offset: u64) -> Result<Bytes> {
        let digest = digest_of(name)?;
        let bytes = sqlx::query_scalar!(
            r#"-- briefs::attachments::bytes
            select substring(bytes from $3::integer + 1 for $4::integer) as "bytes!" from attachments
            where workspace_id = $1 and digest = $2::bytea"#,
            name.workspace.as_str(),
            digest.as_bytes().as_slice(),
            i32::try_from(offset).map_err(damaged)?,
            i32::try_from(CHUNK).map_err(damaged)?,
        )
        .fetch_optional(self.pool)
        .await?;
        bytes.map(Bytes::from).ok_or_else(|| StoreError::NotFound(name.to_string()))
    }
}

/// Inserts an image. An existing row gets the result of the check, if the row's own is from an older check.
async fn insert_attachment(
    transaction: &mut PgConnection,
    principal: &Principal,
    name: &AttachmentName,
    digest: Digest,
    new: &NewAttachment<'_>,
) -> Result<()> {
    let (codes, texts) = warning_columns(new.report);
    sqlx::query!(
        "-- briefs::attachments::insert_attachment
        insert into attachments (
            workspace_id, digest, media_type, marking, width, height, size_bytes, bytes, created_by,
            check_version, warning_codes, warning_texts
        )
        values ($1, $2::bytea, $3, $4::smallint, $5, $6, octet_length($7::bytea), $7, $8, $9, $10, $11)
        on conflict (workspace_id, digest) do update
        set check_version = excluded.check_version, refusal = null, width = excluded.width, height = excluded.height,
            warning_codes = excluded.warning_codes, warning_texts = excluded.warning_texts
        where coalesce(attachments.check_version, 0) < excluded.check_version",
        /* workspace_id */ name.workspace.as_str(),
        /* digest */ digest.as_bytes().as_slice(),
        new.report.media_type.as_str(),
        i16::from(new.marking),
        i32::try_from(new.report.width).map_err(damaged)?,
        i32::try_from(new.report.height).map_err(damaged)?,
        /* size_bytes */ new.bytes,
        /* created_by */ principal.subject,
        /* check_version */ CHECK_VERSION,
        /* warning_codes */ &codes,
        /* warning_texts */ &texts,
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Records which images a revision shows, and the lowest clearance that sees each.
pub(crate) async fn write_shown(
    transaction: &mut PgConnection,
    brief_key: i64,
    revision: i32,
    shown: &BTreeMap<Digest, Rank>,
) -> Result<()> {
    if shown.is_empty() {
        return Ok(());
    }
    let digests: Vec<Vec<u8>> = shown.keys().map(|digest| digest.0.to_vec()).collect();
    let visible_from: Vec<i16> = shown.values().map(|rank| i16::from(*rank)).collect();
    sqlx::query!(
        "-- briefs::attachments::write_shown
        insert into revision_attachments (brief_key, revision, workspace_id, digest, visible_from)
        select b.brief_key, $2, b.workspace_id, shown.digest, shown.visible_from
        from briefs b, unnest($3::bytea[], $4::smallint[]) as shown (digest, visible_from)
        where b.brief_key = $1",
        brief_key,
        revision,
        &digests,
        &visible_from,
    )
    .execute(transaction)
    .await?;
    Ok(())
}

fn digest_of(name: &AttachmentName) -> Result<Digest> {
    name.digest.as_str().parse().map_err(damaged)
}

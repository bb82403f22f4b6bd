//! Checks images: at upload, and again when a figure shows an image that an older version of the check accepted.

use chancery_brief::digest::Digest;
use chancery_images::{CHECK_VERSION, ImageError, ImageReport, Limits, check};
use chancery_proto::names::ResourceId;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::convert::{damaged, to_digest};
use crate::database::PgConnection;
use crate::error::Result;

/// Maximum number of concurrent checks. A check takes up to a second of CPU time and about 60 MiB.
const CONCURRENT_CHECKS: usize = 2;

static CHECKS: Semaphore = Semaphore::const_new(CONCURRENT_CHECKS);

/// Decodes an image completely on a separate thread, and returns the bytes with the result.
///
/// # Errors
/// [`crate::StoreError`] when the check itself fails, which is a defect.
pub async fn check_image(bytes: Vec<u8>) -> Result<(Vec<u8>, std::result::Result<ImageReport, ImageError>)> {
    // The semaphore is never closed.
    let _permit = CHECKS.acquire().await.map_err(damaged)?;
    let checked = spawn_blocking(move || {
        let result = check(&bytes, &Limits::default());
        (bytes, result)
    });
    checked.await.map_err(damaged)
}

/// Returns the message for a figure or theme whose image was rejected.
pub(crate) fn refusal_message(refusal: &str) -> String {
    format!("the attachment cannot be printed ({refusal}); upload a repaired file and show that one")
}

/// Checks those of the images that the current version has not checked, and records the results.
pub(crate) async fn check_pending(
    connection: &mut PgConnection,
    workspace: &ResourceId,
    digests: &[Vec<u8>],
) -> Result<()> {
    let pending = sqlx::query_scalar!(
        r#"-- briefs::image_checks::check_pending
        select digest as "digest!: Vec<u8>" from attachments
        where workspace_id = $1 and digest = any ($2::bytea[])
            and coalesce(check_version, 0) < $3::smallint"#,
        workspace.as_str(),
        digests,
        CHECK_VERSION,
    )
    .fetch_all(&mut *connection)
    .await?;
    for digest in pending {
        check_stored(connection, workspace, to_digest(digest)?).await?;
    }
    Ok(())
}

async fn check_stored(connection: &mut PgConnection, workspace: &ResourceId, digest: Digest) -> Result<()> {
    let bytes = sqlx::query_scalar!(
        r#"-- briefs::image_checks::check_stored
        select bytes from attachments where workspace_id = $1 and digest = $2::bytea"#,
        workspace.as_str(),
        digest.as_bytes().as_slice(),
    )
    .fetch_one(&mut *connection)
    .await?;
    let (_, result) = check_image(bytes).await?;
    let (codes, texts) = result.as_ref().map(warning_columns).unwrap_or_default();
    let size = result.as_ref().ok().map(|report| (i32::try_from(report.width), i32::try_from(report.height)));
    let (width, height) = match size {
        Some((width, height)) => (Some(width.map_err(damaged)?), Some(height.map_err(damaged)?)),
        None => (None, None),
    };
    sqlx::query!(
        "-- briefs::image_checks::check_stored
        update attachments
        set check_version = $3, refusal = $4, warning_codes = $5, warning_texts = $6,
            width = coalesce($7, width), height = coalesce($8, height)
        where workspace_id = $1 and digest = $2::bytea",
        /* workspace_id */ workspace.as_str(),
        /* digest */ digest.as_bytes().as_slice(),
        /* check_version */ CHECK_VERSION,
        /* refusal */ result.as_ref().err().map(ToString::to_string),
        /* warning_codes */ &codes,
        /* warning_texts */ &texts,
        width,
        height,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns the codes and texts of a report's warnings.
pub(crate) fn warning_columns(report: &ImageReport) -> (Vec<String>, Vec<String>) {
    report.warnings.iter().map(|warning| (warning.code().to_owned(), warning.to_string())).unzip()
}

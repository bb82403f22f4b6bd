//! Verifies that the bytes of attachments match their names.

use chancery_proto::names::{AttachmentName, Sha256Id};

use super::VerifyEvent;
use crate::convert::{damaged, to_digest};
use crate::error::Result;
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};

/// Number of attachments that one query hashes.
const BATCH: i64 = 32;

impl Integrity<'_> {
    pub(crate) async fn verify_attachments(self, report: &mut impl FnMut(VerifyEvent)) -> Result<()> {
        let total = sqlx::query_scalar!(
            r#"-- integrity::verify::attachments::verify_attachments
            select count(*) as "total!" from attachments"#
        )
        .fetch_one(self.pool)
        .await?;
        report(VerifyEvent::Part { what: "attachments", total: total.unsigned_abs() });
        let mut after = (String::new(), Vec::new());
        loop {
            let rows = sqlx::query!(
                r#"-- integrity::verify::attachments::verify_attachments
                select workspace_id, digest as "digest!: Vec<u8>", sha256(bytes) as "found!"
                from attachments where (workspace_id, digest) > ($1, $2)
                order by 1, attachments.digest
                limit $3"#,
                after.0,
                after.1,
                BATCH
            )
            .fetch_all(self.pool)
            .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.workspace_id.clone(), last.digest.clone());
            for row in rows {
                if row.digest != row.found {
                    let workspace = row.workspace_id.parse().map_err(damaged)?;
                    let digest = Sha256Id::from_bytes(to_digest(row.digest)?.0);
                    let what = format!("its bytes have SHA-256 {}", to_digest(row.found)?);
                    let name = AttachmentName { workspace, digest };
                    report(VerifyEvent::Found(Finding::new(FindingCode::AttachmentDigest, name, what)));
                }
                report(VerifyEvent::Read(1));
            }
        }
    }
}

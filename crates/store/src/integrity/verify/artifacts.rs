//! Verifies that the bytes of PDFs are readable and match their digests.

use chancery_brief::digest::Digest;
use sha2::{Digest as _, Sha256};

use super::VerifyEvent;
use crate::artifacts::artifact::Artifact;
use crate::error::{Result, StoreError};
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};

/// Number of PDFs that one query looks up.
const BATCH: i64 = 64;

impl Integrity<'_> {
    pub(crate) async fn verify_artifacts(self, report: &mut impl FnMut(VerifyEvent)) -> Result<()> {
        let total = sqlx::query_scalar!(
            r#"-- integrity::verify::artifacts::verify_artifacts
            select count(*) as "total!" from artifacts"#
        )
        .fetch_one(self.pool)
        .await?;
        report(VerifyEvent::Part { what: "PDFs", total: total.unsigned_abs() });
        let mut after = (String::new(), Vec::new());
        loop {
            let rows = sqlx::query!(
                r#"-- integrity::verify::artifacts::verify_artifacts
                select workspace_id, digest as "digest!: Vec<u8>", size_bytes, pages, blob_id
                from artifacts where (workspace_id, digest) > ($1, $2)
                order by 1, artifacts.digest
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
                let artifact = Artifact::of_row(&row.digest, row.size_bytes, row.pages, row.blob_id)?;
                if let Some(finding) = self.verify_artifact(&row.workspace_id, &artifact).await? {
                    report(VerifyEvent::Found(finding));
                }
                report(VerifyEvent::Read(1));
            }
        }
    }

    async fn verify_artifact(self, workspace: &str, artifact: &Artifact) -> Result<Option<Finding>> {
        let (code, what) = match self.digest_of_bytes(artifact).await {
            Ok(digest) if digest == artifact.digest => return Ok(None),
            Ok(digest) => (FindingCode::ArtifactDigest, format!("its bytes have SHA-256 {digest}")),
            // An unavailable database is not damage.
            Err(error @ StoreError::Database(_)) => return Err(error),
            Err(error) => (FindingCode::ArtifactUnreadable, error.to_string()),
        };
        // The PDF may have expired or been printed again in the meantime.
        let is_there = sqlx::query_scalar!(
            r#"-- integrity::verify::artifacts::verify_artifact
            select exists (select from artifacts where workspace_id = $1 and digest = $2::bytea and blob_id = $3)
                as "is_there!""#,
            workspace,
            artifact.digest.as_bytes().as_slice(),
            artifact.blob
        )
        .fetch_one(self.pool)
        .await?;
        let name = format_args!("workspaces/{workspace}/artifacts/{}", artifact.digest).to_string();
        Ok(is_there.then(|| Finding::new(code, name, what)))
    }

    async fn digest_of_bytes(self, artifact: &Artifact) -> Result<Digest> {
        let bytes = self.artifacts.open(artifact).await?;
        let mut hash = Sha256::new();
        let mut offset = 0;
        while offset < artifact.size_bytes {
            let piece = bytes.read(offset).await?;
            if piece.is_empty() {
                return Err(StoreError::ArtifactMissing(format!("its bytes end at offset {offset}")));
            }
            offset += piece.len() as u64;
            hash.update(&piece);
        }
        Ok(Digest(hash.finalize().into()))
    }
}

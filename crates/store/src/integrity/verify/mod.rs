//! Verifies stored data by comparing it with what it was derived from. Writes nothing. Data that is compared is read in
//! one snapshot, so concurrent writes cause no findings.

pub(crate) mod artifacts;
pub(crate) mod attachments;
pub(crate) mod change_logs;
pub(crate) mod drafts;
pub(crate) mod revisions;
pub(crate) mod rows;

use sqlx::Executor as _;

use crate::database::{AnyTransaction, PgConnection};
use crate::error::Result;
use crate::integrity::Integrity;
use crate::integrity::findings::{Finding, FindingCode};
use crate::projections::version;
use crate::projections::version::PROJECTION_VERSION;

/// Options of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Whether to read the bytes of PDFs too.
    pub artifacts: bool,
}

/// An event of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyEvent {
    /// A part of the verification begins.
    Part {
        /// Human-readable name of the part.
        what: &'static str,
        /// The number of items in it.
        total: u64,
    },
    /// The number of items read since the last event.
    Read(u64),
    /// Damage was found.
    Found(Finding),
}

impl Integrity<'_> {
    /// Verifies everything, in bounded memory, and reports the findings.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`] for bytes that this build cannot judge, and errors of the database.
    pub async fn verify(self, what: VerifyOptions, mut report: impl FnMut(VerifyEvent)) -> Result<()> {
        let version = version::read(self.pool).await?;
        if version != PROJECTION_VERSION {
            let what = format!("they have version {version}, expected {PROJECTION_VERSION}");
            report(VerifyEvent::Found(Finding::new(FindingCode::ProjectionOutdated, "projections", what)));
        }
        self.verify_change_logs(&mut report).await?;
        self.verify_drafts(&mut report).await?;
        self.verify_revisions(&mut report).await?;
        self.verify_attachments(&mut report).await?;
        if what.artifacts {
            self.verify_artifacts(&mut report).await?;
        }
        Ok(())
    }
}

/// Begins a transaction with one snapshot, which writes temporary rows only.
async fn begin_reading(connection: &mut PgConnection) -> Result<AnyTransaction<&mut PgConnection>> {
    let mut transaction = connection.begin().await?;
    transaction
        .execute(sqlx::query!(
            "-- integrity::verify::begin_reading\nset transaction isolation level repeatable read, read only"
        ))
        .await?;
    Ok(transaction)
}

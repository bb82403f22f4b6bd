//! Verifying: everything that is stored is read and compared with what it was made from. Nothing is written, and
//! whatever is read together is of one moment, so that writers who are at work are no findings.

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

/// What is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Whether the bytes of PDFs are read too.
    pub artifacts: bool,
}

/// How a verification goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyEvent {
    /// A part begins.
    Part {
        /// What is read, for people.
        what: &'static str,
        /// How many of them.
        total: u64,
    },
    /// So many more of the part were read.
    Read(u64),
    /// Something is not as it should be.
    Found(Finding),
}

impl Integrity<'_> {
    /// Reads everything and tells what is not as it should be. Takes a bounded amount of memory.
    ///
    /// # Errors
    /// [`crate::StoreError::NewerSchema`] for bytes that this build cannot judge, and when the database does not answer.
    pub async fn verify(self, what: VerifyOptions, mut report: impl FnMut(VerifyEvent)) -> Result<()> {
        let version = version::read(self.pool).await?;
        if version != PROJECTION_VERSION {
            let what = format!("they are of version {version}, this build's are of {PROJECTION_VERSION}");
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

/// Begins a transaction in which everything is of one moment and nothing is written but temporary rows.
async fn begin_reading(connection: &mut PgConnection) -> Result<AnyTransaction<&mut PgConnection>> {
    let mut transaction = connection.begin().await?;
    transaction
        .execute(sqlx::query!(
            "-- integrity::verify::begin_reading\nset transaction isolation level repeatable read, read only"
        ))
        .await?;
    Ok(transaction)
}

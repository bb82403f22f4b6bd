//! Briefs, from creation to purge, and their attachments.

pub(crate) mod attachments;
pub(crate) mod batched_reads;
pub(crate) mod content_schema;
pub(crate) mod creation;
pub(crate) mod deleted_brief;
pub(crate) mod deletion;
pub(crate) mod drafts;
pub(crate) mod earlier_revisions;
pub(crate) mod editions;
pub(crate) mod figures;
pub(crate) mod identity;
pub(crate) mod image_checks;
pub(crate) mod import_records;
pub(crate) mod imports;
pub(crate) mod lists;
pub(crate) mod locking;
pub(crate) mod newest_edition;
pub(crate) mod publishing;
pub(crate) mod purge;
pub(crate) mod revisions;
pub(crate) mod withdrawal;

use crate::briefs::batched_reads::BatchedReads;
use crate::database::Pool;

/// Reads and writes briefs, drafts, revisions and editions.
#[derive(Debug, Clone, Copy)]
pub struct Briefs<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) batched_reads: &'a BatchedReads,
}

/// Stores the images that figures and themes show.
#[derive(Debug, Clone, Copy)]
pub struct Attachments<'a> {
    pub(crate) pool: &'a Pool,
}

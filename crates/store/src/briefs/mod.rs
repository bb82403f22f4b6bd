//! Briefs: envelopes, drafts, revisions, editions, and what ends them.

pub(crate) mod attachments;
pub(crate) mod batched_reads;
pub(crate) mod deletion;
pub(crate) mod drafts;
pub(crate) mod earlier_revisions;
pub(crate) mod editions;
pub(crate) mod envelopes;
pub(crate) mod image_checks;
pub(crate) mod import_records;
pub(crate) mod imports;
pub(crate) mod lists;
pub(crate) mod publishing;
pub(crate) mod purge;
pub(crate) mod revisions;
pub(crate) mod stored;
pub(crate) mod withdrawal;

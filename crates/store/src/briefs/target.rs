//! The brief that a revision is written to.

use chancery_proto::names::BriefName;
use time::OffsetDateTime;

/// The brief that a revision is written to.
pub(crate) struct TargetBrief<'a> {
    pub(crate) key: i64,
    pub(crate) name: &'a BriefName,
    pub(crate) uid: &'a str,
    pub(crate) created_at: OffsetDateTime,
}

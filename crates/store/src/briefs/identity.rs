//! The identity of a brief, which its revisions refer to.

use chancery_proto::names::BriefName;
use time::OffsetDateTime;

/// Identifies a brief in rows and in envelopes. None of it ever changes.
pub(crate) struct BriefIdentity<'a> {
    pub(crate) key: i64,
    pub(crate) name: &'a BriefName,
    pub(crate) uid: &'a str,
    pub(crate) created_at: OffsetDateTime,
}

//! A deleted brief, as its readers still see it.

use chancery_brief::digest::{Digest, body_digest};
use chancery_proto::brief::v1::{Brief, BriefState};
use chancery_proto::names::BriefName;
use prost::Message;
use time::OffsetDateTime;

use crate::timestamps::timestamp;

/// A deleted brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// Its name.
    pub name: BriefName,
    /// Made at random when the brief was.
    pub uid: String,
    /// When the brief was made.
    pub created_at: OffsetDateTime,
    /// When it was deleted.
    pub deleted_at: OffsetDateTime,
    /// When it is gone for good.
    pub purge_at: OffsetDateTime,
}

impl Deleted {
    /// All that is answered of it, and the SHA-256 that is its etag.
    pub fn envelope(&self) -> (Digest, Brief) {
        let envelope = Brief {
            name: self.name.to_string(),
            uid: self.uid.clone(),
            state: BriefState::Deleted.into(),
            create_time: Some(timestamp(self.created_at)),
            update_time: Some(timestamp(self.deleted_at)),
            delete_time: Some(timestamp(self.deleted_at)),
            purge_time: Some(timestamp(self.purge_at)),
            ..Brief::default()
        };
        let digest = body_digest(&envelope.encode_to_vec());
        (digest, Brief { etag: digest.to_string(), ..envelope })
    }
}

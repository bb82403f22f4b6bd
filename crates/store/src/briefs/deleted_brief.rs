//! A deleted brief, of which only the envelope remains visible.

use chancery_brief::digest::{Digest, body_digest};
use chancery_proto::brief::v1::{Brief, BriefState};
use chancery_proto::names::BriefName;
use prost::Message;
use time::OffsetDateTime;

use crate::timestamps::timestamp;

/// A deleted brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedBrief {
    /// Its name.
    pub name: BriefName,
    /// The brief's random uid.
    pub uid: String,
    /// When the brief was created.
    pub created_at: OffsetDateTime,
    /// When it was deleted.
    pub deleted_at: OffsetDateTime,
    /// When it will be purged.
    pub purge_at: OffsetDateTime,
}

impl DeletedBrief {
    /// Returns the envelope of the deleted brief, and its SHA-256, which is the etag.
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

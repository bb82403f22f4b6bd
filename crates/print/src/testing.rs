//! Reads finished files back for tests and benches, and has a default edition for them.

use chancery_proto::brief::v1::BriefContent;

use crate::edition::{Edition, NO_IMAGES, RevisionState};

pub use crate::readback::{Expected, Proof, normal_form, prove, shown_text, struct_text};

/// An arbitrary digest.
pub const DIGEST: &str = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/// Returns an edition of content, for tests that are not about the publish record.
pub fn edition(content: &BriefContent) -> Edition<'_> {
    Edition {
        content,
        brief: "workspaces/default/briefs/example",
        revision: 2,
        edition_digest: DIGEST,
        published_at: "2026-01-01T00:00:00Z",
        creator: "The desk",
        import: None,
        state: RevisionState::Published,
        withdraw_reason: "",
        superseded_by: None,
        earlier: None,
        earlier_revision: 0,
        combined_changes: None,
        images: &NO_IMAGES,
    }
}

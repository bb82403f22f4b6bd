//! The edition that a test prints when the facts of its publish record are not what it is about.

use chancery_print::{Edition, NO_IMAGES, Standing};
use chancery_proto::brief::v1::BriefContent;

/// A digest of no content in particular.
pub(crate) const DIGEST: &str = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/// An edition of content.
pub(crate) fn edition(content: &BriefContent) -> Edition<'_> {
    Edition {
        content,
        brief: "workspaces/default/briefs/example",
        revision: 2,
        edition_digest: DIGEST,
        published_at: "2026-01-01T00:00:00Z",
        creator: "The desk",
        import: None,
        standing: Standing::Published,
        superseded_by: None,
        earlier: None,
        images: &NO_IMAGES,
    }
}

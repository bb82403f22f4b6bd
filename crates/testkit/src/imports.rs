//! Imports of revisions into workspace `default`.

use chancery_proto::brief::v1::{BriefContent, ImportBriefRequest, RevisionDocument};

use crate::WORKSPACE;

/// Returns a revision that the importer publishes.
pub fn document(brief_id: &str, revision: u32, content: BriefContent) -> RevisionDocument {
    let content = Some(content);
    RevisionDocument { brief_id: brief_id.into(), revision, content, ..RevisionDocument::default() }
}

/// Returns a request that imports revisions of one brief.
pub fn import(documents: Vec<RevisionDocument>) -> ImportBriefRequest {
    ImportBriefRequest { parent: WORKSPACE.into(), documents, ..ImportBriefRequest::default() }
}

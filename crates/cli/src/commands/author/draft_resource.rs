//! The draft of a brief at the service.

use chancery_client::Client;
use chancery_proto::brief::v1::{BriefDraft, GetBriefDraftRequest};
use chancery_proto::names::BriefName;

use crate::ui::failure::Failure;

/// Fetches the draft of a brief.
pub async fn fetch(client: &Client, name: &BriefName) -> Result<BriefDraft, Failure> {
    Ok(client.get_brief_draft(GetBriefDraftRequest { name: draft_name(name) }).await?)
}

/// Returns the resource name of the draft of a brief.
pub fn draft_name(name: &BriefName) -> String {
    format!("{name}/draft")
}

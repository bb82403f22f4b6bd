//! `publish`: publishes the draft of a brief.

use chancery_proto::brief::v1::{BriefRevision, GetBriefDraftRequest, PublishBriefRequest};

use crate::args::Global;
use crate::args::lifecycle::BriefArg;
use crate::commands::author::draft::draft_name;
use crate::commands::author::lint::undeclared_changes;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn run(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let client = connect(global).await?;
    let draft = client.get_brief_draft(GetBriefDraftRequest { name: draft_name(&name) }).await?;
    let request =
        PublishBriefRequest { name: name.to_string(), etag: draft.etag, ..PublishBriefRequest::default() };
    let revision = client.publish_brief(request).await?;
    output::response(global.json, &revision, || summary(&revision, draft.base_revision))
}

fn summary(revision: &BriefRevision, base_revision: u32) -> String {
    if revision.number > base_revision {
        format!("{}: published\n{}", revision.name, undeclared_changes(&revision.undeclared_changes))
    } else {
        format!("{}: equals the draft, so nothing was published\n", revision.name)
    }
}

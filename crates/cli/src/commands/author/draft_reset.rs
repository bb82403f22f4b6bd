//! `draft reset`: sets the draft back to the revision that it is based on.

use std::io::{self, IsTerminal as _};

use chancery_brief::diff::differences;
use chancery_client::Client;
use chancery_proto::brief::v1::{BriefContent, BriefDraft, GetBriefRevisionRequest, UpdateBriefDraftRequest};
use chancery_proto::names::{BriefName, RevisionNumber};

use super::draft_resource::{draft_name, fetch};
use crate::args::Global;
use crate::commands::read::diff::listed;
use crate::connection::connect;
use crate::ui::confirm::confirm;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn run(global: &Global, name: &BriefName, is_confirmed: bool) -> Result<(), Failure> {
    let client = connect(global).await?;
    let draft = fetch(&client, name).await?;
    let published = base(&client, name, &draft).await?;
    let current = draft.content.clone().unwrap_or_default();
    let lost = differences(&published, &current);
    let revision = draft.base_revision;
    if lost.is_empty() {
        return output::response(global.json, &draft, || {
            format!("{}: equals revision {revision}, so it is unchanged\n", draft.name)
        });
    }
    if !is_confirmed {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(needs_confirmation(name));
        }
        let count = text::counted(lost.len(), "difference");
        let plan = format!("{name}: {count} from revision {revision} will be lost\n{}", listed(&lost));
        let asking = tokio::task::spawn_blocking(move || confirm(&plan, "Reset?", "nothing was changed"));
        asking.await.map_err(Failure::setup("the prompt"))??;
    }
    // The etag makes sure that what was shown is what is replaced.
    let reset = BriefDraft {
        name: draft_name(name),
        etag: draft.etag,
        content: Some(published),
        ..BriefDraft::default()
    };
    let request = UpdateBriefDraftRequest { draft: Some(reset), ..UpdateBriefDraftRequest::default() };
    let written = client.update_brief_draft(request).await?;
    output::response(global.json, &written, || {
        format!("{}: reset to revision {revision}, etag {}\n", written.name, written.etag)
    })
}

/// Returns the content of the revision that a draft is based on, as visible to the caller.
async fn base(client: &Client, name: &BriefName, draft: &BriefDraft) -> Result<BriefContent, Failure> {
    if draft.base_revision == 0 {
        let message = format!("{name} has no published revision to reset the draft to");
        return Err(Failure::new("FAILED_PRECONDITION", "NOT_PUBLISHED", message)
            .help("replace the draft with `draft set --force`, or delete the brief with `delete`"));
    }
    let revision = name.revision(RevisionNumber(draft.base_revision)).to_string();
    let request = GetBriefRevisionRequest { name: revision.clone(), ..GetBriefRevisionRequest::default() };
    let content = client.get_brief_revision(request).await?.content;
    content.ok_or_else(|| {
        Failure::new("FAILED_PRECONDITION", "PURGED", format!("{revision} has no content: it was purged"))
    })
}

fn needs_confirmation(name: &BriefName) -> Failure {
    let message =
        format!("resetting the draft of {name} loses its changes, and there is no terminal to ask on");
    let brief = &name.brief;
    Failure::usage("NOT_CONFIRMED", message).help(format!(
        "keep the draft with `chancery draft get {brief} -o {brief}.brief.md`, then reset with --yes"
    ))
}

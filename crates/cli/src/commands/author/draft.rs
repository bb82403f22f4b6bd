//! `create` and `draft`: creates briefs, reads and writes drafts.

use std::path::Path;

use chancery_proto::brief::v1::{
    BriefContent, BriefDraft, CreateBriefRequest, GetBriefDraftRequest, UpdateBriefDraftRequest,
};
use chancery_proto::json;
use chancery_proto::names::BriefName;

use crate::args::Global;
use crate::args::author::{Create, Draft};
use crate::connection::connect;
use crate::inputs::documents::{Document, locate_all};
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;

pub async fn create(global: &Global, arguments: &Create) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let document = Document::<BriefContent>::read(&arguments.file)?;
    let request = CreateBriefRequest {
        parent: format!("workspaces/{}", name.workspace),
        brief_id: name.brief.to_string(),
        content: Some(document.message.clone()),
        ..CreateBriefRequest::default()
    };
    let created = connect(global).await?.create_brief(request).await;
    let brief = created
        .map_err(|error| locate_all(error.into(), |violation| document.locate("content", violation)))?;
    output::response(global.json, &brief, || format!("{}: created, with a draft\n", brief.name))
}

pub async fn run(global: &Global, command: Draft) -> Result<(), Failure> {
    match command {
        Draft::Get { name, output } => get(global, &names::brief(&global.workspace, &name)?, &output).await,
        Draft::Set { name, file } => set(global, &names::brief(&global.workspace, &name)?, &file).await,
    }
}

/// Writes the draft as JSON, with or without `--json`, because `set` reads it back after an edit.
async fn get(global: &Global, name: &BriefName, output: &Path) -> Result<(), Failure> {
    let request = GetBriefDraftRequest { name: draft_name(name) };
    let draft = connect(global).await?.get_brief_draft(request).await?;
    let text = json::to_string_pretty(&draft);
    if output::is_standard(output) {
        output::print(&text)
    } else {
        output::write_file(output, 0o666, text.as_bytes())
    }
}

async fn set(global: &Global, name: &BriefName, file: &Path) -> Result<(), Failure> {
    let document = Document::<BriefDraft>::read(file)?;
    let draft_name = draft_name(name);
    if !document.message.name.is_empty() && document.message.name != draft_name {
        let message = format!("{} is a draft of {}, not {draft_name}", file.display(), document.message.name);
        return Err(Failure::new("INVALID_ARGUMENT", "INVALID_NAME", message));
    }
    let draft = BriefDraft { name: draft_name, ..document.message.clone() };
    let updated = connect(global)
        .await?
        .update_brief_draft(UpdateBriefDraftRequest {
            draft: Some(draft),
            ..UpdateBriefDraftRequest::default()
        })
        .await;
    let draft = updated.map_err(|error| {
        let failure = locate_all(error.into(), |violation| document.locate("draft", violation));
        if failure.reason == "STALE_ETAG" {
            failure.help("the draft changed in the meantime: get it again and reapply your change")
        } else {
            failure
        }
    })?;
    output::response(global.json, &draft, || format!("{}: written\n", draft.name))
}

/// Returns the resource name of the draft of a brief.
pub fn draft_name(name: &BriefName) -> String {
    format!("{name}/draft")
}

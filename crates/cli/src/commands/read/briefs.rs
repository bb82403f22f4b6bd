//! `list`, `get` and `revisions`: lists and shows briefs and revisions.

use chancery_proto::brief::v1::{
    Brief, BriefRevision, GetBriefRequest, GetBriefRevisionRequest, ImportRecord, ListBriefRevisionsResponse,
    ListBriefsResponse, RevisionState,
};
use chancery_proto::names::BriefOrRevisionName;

use crate::args::Global;
use crate::args::lifecycle::BriefArg;
use crate::args::read::BriefOrRevisionArg;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text;

pub async fn list(global: &Global) -> Result<(), Failure> {
    let briefs = connect(global).await?.all_briefs(&format!("workspaces/{}", global.workspace)).await?;
    let response = ListBriefsResponse { briefs, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.briefs.iter().map(brief_row).collect();
        output::table_or(
            ["BRIEF", "REVISION", "PUBLISHED", "IMPORTED", "MARKING", "TITLE"],
            &rows,
            "no briefs",
        )
    })
}

pub async fn get(global: &Global, arguments: &BriefOrRevisionArg) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    let client = connect(global).await?;
    match name {
        BriefOrRevisionName::Brief(name) => {
            let request = GetBriefRequest { name: name.to_string(), ..Default::default() };
            let brief = client.get_brief(request).await?;
            output::response(global.json, &brief, || text::brief(&brief))
        }
        BriefOrRevisionName::Revision(name) => {
            let request =
                GetBriefRevisionRequest { name: name.to_string(), ..GetBriefRevisionRequest::default() };
            let revision = client.get_brief_revision(request).await?;
            output::response(global.json, &revision, || text::revision(&revision))
        }
    }
}

pub async fn revisions(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let revisions = connect(global).await?.all_revisions(&name.to_string()).await?;
    let response = ListBriefRevisionsResponse { revisions, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.revisions.iter().map(revision_row).collect();
        let headings = ["REVISION", "STATE", "PUBLISHED", "BY", "IMPORTED", "MARKING", "TITLE", "CHANGE"];
        output::table_or(headings, &rows, "no revisions")
    })
}

fn brief_row(brief: &Brief) -> [String; 6] {
    let content = brief.content.clone().unwrap_or_default();
    let id = brief.name.rsplit('/').next().unwrap_or_default().to_owned();
    let revision =
        if brief.newest_revision == 0 { "-".to_owned() } else { brief.newest_revision.to_string() };
    let published = text::time(brief.publish_time.as_ref());
    [id, revision, published, importer(brief.import_record.as_ref()), content.marking, content.title]
}

fn revision_row(revision: &BriefRevision) -> [String; 8] {
    [
        revision.number.to_string(),
        state_label(revision.state()).to_owned(),
        text::time(revision.publish_time.as_ref()),
        revision.creator.clone(),
        importer(revision.import_record.as_ref()),
        revision.marking.clone(),
        revision.title.clone(),
        change_or_reason(revision),
    ]
}

/// Returns the summary of changes, after the reason of a withdrawal or purge.
fn change_or_reason(revision: &BriefRevision) -> String {
    let reasons = [("withdrawn", &revision.withdraw_reason), ("purged", &revision.purge_reason)];
    let stated = reasons.into_iter().filter(|(_, reason)| !reason.is_empty());
    let mut texts: Vec<String> = stated.map(|(what, reason)| format!("{what}: {reason}")).collect();
    texts.extend(Some(revision.change_summary.clone()).filter(|summary| !summary.is_empty()));
    texts.join("; ")
}

/// Returns the importer of a revision, whose statements its publish time and creator are; `-` for a published revision.
fn importer(import: Option<&ImportRecord>) -> String {
    match import {
        None => "-".to_owned(),
        Some(import) if import.importer.is_empty() => "by an unknown importer".to_owned(),
        Some(import) => format!("by {}", import.importer),
    }
}

const fn state_label(state: RevisionState) -> &'static str {
    match state {
        RevisionState::Withdrawn => "withdrawn",
        RevisionState::Purged => "purged",
        RevisionState::Published | RevisionState::Unspecified => "published",
    }
}

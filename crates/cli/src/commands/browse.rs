//! `list`, `get` and `revisions`: reading.

use chancery_client::Client;
use chancery_proto::brief::v1::{
    Brief, BriefRevision, GetBriefRequest, GetBriefRevisionRequest, ImportRecord, ListBriefRevisionsResponse,
    ListBriefsResponse, RevisionState,
};
use chancery_proto::names::BriefOrRevisionName;

use crate::args::{BriefArg, Global, SourceArg};
use crate::connection::connect;
use crate::failure::Failure;
use crate::{names, output, text};

pub async fn list(global: &Global, client: &Client) -> Result<(), Failure> {
    let briefs = client.all_briefs(&format!("workspaces/{}", global.workspace)).await?;
    let answer = ListBriefsResponse { briefs, ..Default::default() };
    output::answer(global.json, &answer, || {
        let rows: Vec<_> = answer.briefs.iter().map(brief_row).collect();
        listed(["BRIEF", "REVISION", "PUBLISHED", "IMPORTED", "MARKING", "TITLE"], &rows, "no briefs")
    })
}

pub async fn get(global: &Global, arguments: &SourceArg) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    let client = connect(global).await?;
    match name {
        BriefOrRevisionName::Brief(name) => {
            let request = GetBriefRequest { name: name.to_string(), ..Default::default() };
            let brief = client.get_brief(request).await?;
            output::answer(global.json, &brief, || text::brief(&brief))
        }
        BriefOrRevisionName::Revision(name) => {
            let request =
                GetBriefRevisionRequest { name: name.to_string(), ..GetBriefRevisionRequest::default() };
            let revision = client.get_brief_revision(request).await?;
            output::answer(global.json, &revision, || text::revision(&revision))
        }
    }
}

pub async fn revisions(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let revisions = connect(global).await?.all_revisions(&name.to_string()).await?;
    let answer = ListBriefRevisionsResponse { revisions, ..Default::default() };
    output::answer(global.json, &answer, || {
        let rows: Vec<_> = answer.revisions.iter().map(revision_row).collect();
        let headings = ["REVISION", "STATE", "PUBLISHED", "BY", "IMPORTED", "MARKING", "TITLE", "CHANGE"];
        listed(headings, &rows, "no revisions")
    })
}

/// A table, or what to say when there is nothing to list.
pub(super) fn listed<const N: usize>(headings: [&str; N], rows: &[[String; N]], none: &str) -> String {
    if rows.is_empty() { format!("{none}\n") } else { output::table(headings, rows) }
}

fn brief_row(brief: &Brief) -> [String; 6] {
    let content = brief.content.clone().unwrap_or_default();
    let id = brief.name.rsplit('/').next().unwrap_or_default().to_owned();
    let revision =
        if brief.newest_revision == 0 { "-".to_owned() } else { brief.newest_revision.to_string() };
    let published = text::time(brief.publish_time.as_ref());
    [id, revision, published, imported(brief.import_record.as_ref()), content.marking, content.title]
}

fn revision_row(revision: &BriefRevision) -> [String; 8] {
    [
        revision.number.to_string(),
        state_word(revision.state()).to_owned(),
        text::time(revision.publish_time.as_ref()),
        revision.creator.clone(),
        imported(revision.import_record.as_ref()),
        revision.marking.clone(),
        revision.title.clone(),
        revision.change_summary.clone(),
    ]
}

/// Who imported a revision, which makes its publish time and creator statements of theirs; `-` for a published one.
fn imported(import: Option<&ImportRecord>) -> String {
    match import {
        None => "-".to_owned(),
        Some(import) if import.importer.is_empty() => "by an unknown importer".to_owned(),
        Some(import) => format!("by {}", import.importer),
    }
}

const fn state_word(state: RevisionState) -> &'static str {
    match state {
        RevisionState::Withdrawn => "withdrawn",
        RevisionState::Purged => "purged",
        RevisionState::Published | RevisionState::Unspecified => "stands",
    }
}

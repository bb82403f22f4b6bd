//! `create`, `draft`, `lint` and `publish`: writing a brief.

use std::path::Path;

use chancery_proto::brief::v1::{
    BriefContent, BriefDraft, BriefRevision, ContentViolation, CreateBriefRequest, GetBriefDraftRequest,
    LintBriefRequest, LintBriefResponse, LintWarning, PublishBriefRequest, UndeclaredChange,
    UpdateBriefDraftRequest,
};
use chancery_proto::json;
use chancery_proto::names::BriefName;

use super::preview::DraftFile;
use crate::args::{BriefArg, Create, Draft, Global, Lint};
use crate::connection::connect;
use crate::documents::{Document, locate_all};
use crate::failure::{Failure, Place};
use crate::{names, output};

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
    let brief =
        created.map_err(|error| locate_all(error.into(), |place| document.locate("content", place)))?;
    output::answer(global.json, &brief, || format!("{}: made, with a draft\n", brief.name))
}

pub async fn run(global: &Global, command: Draft) -> Result<(), Failure> {
    match command {
        Draft::Get { name, output } => get(global, &names::brief(&global.workspace, &name)?, &output).await,
        Draft::Set { name, file } => set(global, &names::brief(&global.workspace, &name)?, &file).await,
    }
}

pub async fn publish(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let client = connect(global).await?;
    let draft = client.get_brief_draft(GetBriefDraftRequest { name: draft_name(&name) }).await?;
    let request =
        PublishBriefRequest { name: name.to_string(), etag: draft.etag, ..PublishBriefRequest::default() };
    let revision = client.publish_brief(request).await?;
    output::answer(global.json, &revision, || published(&revision, draft.base_revision))
}

pub async fn lint(global: &Global, arguments: &Lint) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let file = arguments.file.as_deref().map(DraftFile::read).transpose()?;
    let content = file.as_ref().map(|file| file.content.clone());
    let request = LintBriefRequest { name: draft_name(&name), content };
    let told = connect(global).await?.lint_brief(request).await?;
    let path = arguments.file.as_deref();
    output::answer(global.json, &told, || violations(&told, path.zip(file.as_ref())) + &remarks(&told))?;
    if told.total_violations == 0 {
        return Ok(());
    }
    let message = format!("the content breaks {} rule(s)", told.total_violations);
    Err(Failure::new("INVALID_ARGUMENT", "INVALID_CONTENT", message))
}

/// A line for each broken rule, with its place in the file.
fn violations(told: &LintBriefResponse, file: Option<(&Path, &DraftFile)>) -> String {
    let line = |violation: &ContentViolation| {
        let place = match file {
            Some((path, file)) => file.place(path, &violation.path, &violation.code, &violation.message),
            None => Place {
                path: violation.path.clone(),
                description: format!("{}: {}", violation.code, violation.message),
                ..Place::default()
            },
        };
        format!("{place}\n")
    };
    told.violations.iter().map(line).collect()
}

fn remarks(told: &LintBriefResponse) -> String {
    let line = |warning: &LintWarning| {
        let part = if warning.part_id.is_empty() { "the brief" } else { &warning.part_id };
        format!("{part}: {} ({})\n", warning.message, warning.code)
    };
    let text = told.warnings.iter().map(line).collect::<String>() + &undeclared(&told.undeclared_changes);
    if text.is_empty() && told.violations.is_empty() { "no remarks\n".to_owned() } else { text }
}

/// What changed without a word, a line each.
fn undeclared(changes: &[UndeclaredChange]) -> String {
    let line = |change: &UndeclaredChange| {
        let kinds = change.kinds().map(|kind| kind.as_str_name().trim_start_matches("DIFFERENCE_KIND_"));
        let kinds = kinds.map(str::to_lowercase).collect::<Vec<_>>().join(", ");
        format!("{}: {kinds}, without a word in `changes`\n", change.part_id)
    };
    changes.iter().map(line).collect()
}

/// The draft in the form that `set` takes, in both forms of output: it is made to be edited.
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
        let failure = locate_all(error.into(), |place| document.locate("draft", place));
        if failure.reason == "STALE_ETAG" {
            failure.help("somebody wrote since: get the draft again and put your change into it")
        } else {
            failure
        }
    })?;
    output::answer(global.json, &draft, || format!("{}: written\n", draft.name))
}

fn published(revision: &BriefRevision, base: u32) -> String {
    if revision.number > base {
        format!("{}: published\n{}", revision.name, undeclared(&revision.undeclared_changes))
    } else {
        format!("{}: the draft equals it, so nothing new was published\n", revision.name)
    }
}

fn draft_name(name: &BriefName) -> String {
    format!("{name}/draft")
}

//! `create` and `draft`: creates briefs, reads and writes drafts.

use std::io::{self, IsTerminal};
use std::path::Path;

use chancery_proto::brief::v1::{BriefDraft, CreateBriefRequest, UpdateBriefDraftRequest};
use chancery_proto::names::BriefName;

use super::draft_resource::{draft_name, fetch};
use super::{draft_reset, local_images};
use crate::args::Global;
use crate::args::author::{Create, Draft, SetDraft};
use crate::connection::connect;
use crate::inputs::brief_form::BriefForm;
use crate::inputs::brief_message::BriefMessage;
use crate::inputs::documents::locate_all;
use crate::inputs::draft_file::DraftFile;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;

pub async fn create(global: &Global, arguments: &Create) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let file = DraftFile::read(&arguments.file)?;
    let client = connect(global).await?;
    let parent = format!("workspaces/{}", name.workspace);
    local_images::upload(&client, &parent, &file).await?;
    let request = CreateBriefRequest {
        parent,
        brief_id: name.brief.to_string(),
        content: Some(file.content.clone()),
        ..CreateBriefRequest::default()
    };
    let created = client.create_brief(request).await;
    let brief =
        created.map_err(|error| locate_all(error.into(), |violation| file.locate("content", violation)))?;
    output::response(global.json, &brief, || format!("{}: created, with a draft\n", brief.name))
}

pub async fn run(global: &Global, command: Draft) -> Result<(), Failure> {
    match command {
        Draft::Get { name, output } => get(global, &names::brief(&global.workspace, &name)?, &output).await,
        Draft::Set(arguments) => set(global, &arguments).await,
        Draft::Reset { name, yes } => {
            draft_reset::run(global, &names::brief(&global.workspace, &name)?, yes).await
        }
    }
}

/// Writes the draft by the ending of the file, with or without `--json`, because `set` reads it back after an edit. On a
/// terminal, shows the text, which people can read.
async fn get(global: &Global, name: &BriefName, output: &Path) -> Result<(), Failure> {
    let draft = fetch(&connect(global).await?, name).await?;
    let is_shown = output::is_standard(output) && !global.json && io::stdout().is_terminal();
    let form = if is_shown { BriefForm::Text } else { BriefForm::or_json(output) };
    let text = BriefMessage::Draft(Box::new(draft)).write_stored(form);
    if output::is_standard(output) {
        output::print(&text)
    } else {
        output::write_file(output, 0o666, text.as_bytes())
    }
}

async fn set(global: &Global, arguments: &SetDraft) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?;
    let path = &arguments.file;
    let file = DraftFile::read(path)?;
    let draft_name = draft_name(&name);
    if !file.draft_name.is_empty() && file.draft_name != draft_name {
        let message = format!("{} is a draft of {}, not {draft_name}", path.display(), file.draft_name);
        return Err(Failure::new("INVALID_ARGUMENT", "INVALID_NAME", message));
    }
    if file.etag.is_empty() && !arguments.force {
        return Err(no_etag(path));
    }
    let client = connect(global).await?;
    let etag = if arguments.force { fetch(&client, &name).await?.etag } else { file.etag.clone() };
    local_images::upload(&client, &format!("workspaces/{}", name.workspace), &file).await?;
    let draft =
        BriefDraft { name: draft_name, etag, content: Some(file.content.clone()), ..BriefDraft::default() };
    let request = UpdateBriefDraftRequest { draft: Some(draft), ..UpdateBriefDraftRequest::default() };
    let draft = client.update_brief_draft(request).await.map_err(|error| {
        let failure = locate_all(error.into(), |violation| file.locate("draft.content", violation));
        if failure.reason == "STALE_ETAG" {
            failure.help(
                "the draft changed in the meantime: get it again and reapply your change, or replace it with --force",
            )
        } else {
            failure
        }
    })?;
    // The draft is written: a file that cannot be renewed is no failure of the command.
    let renewed = match renew_etag(path, &file.etag, &draft.etag) {
        Ok(true) => format!(", also in {}", path.display()),
        Ok(false) => String::new(),
        Err(failure) => {
            eprintln!("warning: the etag in {} is not renewed: {}", path.display(), failure.message);
            String::new()
        }
    };
    output::response(global.json, &draft, || {
        format!("{}: written, etag {}{renewed}\n", draft.name, draft.etag)
    })
}

/// Replaces the etag in a file that still has the earlier one; returns whether it did.
fn renew_etag(path: &Path, earlier: &str, etag: &str) -> Result<bool, Failure> {
    if is_standard(path) || earlier.is_empty() {
        return Ok(false);
    }
    // Read again, because the file may have been edited while the draft was sent.
    let file = DraftFile::read(path)?;
    let Some(text) = (file.etag == earlier).then(|| file.with_etag(etag)).flatten() else { return Ok(false) };
    output::replace_text(path, file.text(), &text)?;
    Ok(true)
}

fn no_etag(file: &Path) -> Failure {
    let message = format!("{} has no etag, so that it could overwrite changes of others", file.display());
    Failure::usage("ETAG_REQUIRED", message).help(
        "edit a file that `draft get -o NAME.brief.md` wrote, or replace the draft whatever it contains with --force",
    )
}

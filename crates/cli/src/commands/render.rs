//! `render`: a brief to a PDF file.

use std::fmt::Write as _;
use std::path::Path;

use chancery_client::{Client, RenderEvent};
use chancery_proto::names::BriefOrRevisionName;
use chancery_proto::render::v1::{self as render, CreateRenderRequest, Paper, RenderFormat, RenderOptions};

use crate::args::{Global, Render, Sheet};
use crate::connection::connect;
use crate::failure::Failure;
use crate::output::{PendingFile, is_standard};
use crate::progress::Progress;
use crate::{names, output};

pub async fn run(global: &Global, arguments: &Render) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    if is_standard(&arguments.output) && global.json {
        let message = "standard output cannot take both the PDF and --json: name a file with -o";
        return Err(Failure::usage("USAGE", message));
    }
    let client = connect(global).await?;
    let mut progress = Progress::new(global.json);
    let printed = if is_standard(&arguments.output) {
        let mut writer = tokio::io::stdout();
        client
            .render_to(request(&name, arguments.paper), &mut writer, |event| progress.show(event))
            .await
            .map_err(Failure::from)
    } else {
        to_file(&client, request(&name, arguments.paper), &arguments.output, |event| progress.show(event))
            .await
    };
    progress.end();
    let printed = printed?;
    if is_standard(&arguments.output) {
        return Ok(());
    }
    output::answer(global.json, &printed, || told(&printed, &arguments.output))
}

/// What to ask for.
pub fn request(name: &BriefOrRevisionName, paper: Sheet) -> CreateRenderRequest {
    let source = match name {
        BriefOrRevisionName::Brief(name) => name.to_string(),
        BriefOrRevisionName::Revision(name) => name.to_string(),
    };
    let paper = match paper {
        Sheet::A4 => Paper::A4,
        Sheet::Letter => Paper::Letter,
    };
    let options = RenderOptions { format: RenderFormat::Full.into(), paper: paper.into() };
    let parent = format!("workspaces/{}", name.brief_name().workspace);
    CreateRenderRequest { parent, source, options: Some(options) }
}

/// Prints to a file that appears when it is whole and proven.
pub async fn to_file(
    client: &Client,
    request: CreateRenderRequest,
    path: &Path,
    on_event: impl FnMut(RenderEvent<'_>),
) -> Result<render::Render, Failure> {
    let pending = PendingFile::create(path, 0o666)?;
    let mut writer = tokio::fs::File::from_std(pending.open()?);
    let render = client.render_to(request, &mut writer, on_event).await?;
    pending.finish()?;
    Ok(render)
}

fn told(render: &render::Render, path: &Path) -> String {
    let artifact = render.artifact.clone().unwrap_or_default();
    let mut text = format!(
        "{}: {}, {} pages, {} bytes, SHA-256 {}\n",
        path.display(),
        render.revision,
        artifact.pages,
        artifact.size_bytes,
        artifact.sha256
    );
    for warning in &render.warnings {
        // Writing to a String does not fail.
        let _ = writeln!(text, "warning: {warning}");
    }
    text
}

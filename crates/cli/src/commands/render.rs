//! `render`: a brief to a PDF file.

use std::path::Path;

use chancery_client::{Client, RenderEvent};
use chancery_proto::brief::v1::AttachmentHeader;
use chancery_proto::names::BriefOrRevisionName;
use chancery_proto::render::v1::{self as render, CreateRenderRequest, RenderOptions, RenderPriority};
use tonic::Code;

use crate::args::{Global, PriorityArg, Render};
use crate::connection::connect;
use crate::failure::Failure;
use crate::output::{PendingFile, is_standard};
use crate::progress::Progress;
use crate::theme::Theme;
use crate::{names, output, print_options, print_warnings, text};

pub async fn run(global: &Global, arguments: &Render) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    if is_standard(&arguments.output) && global.json {
        let message = "standard output cannot take both the PDF and --json: name a file with -o";
        return Err(Failure::usage("USAGE", message));
    }
    let compare_to = arguments.compare_to.as_deref();
    let compare_to = compare_to.map(|given| names::revision_of(&name.brief_name(), given)).transpose()?;
    // The theme is read before anything is asked of a server.
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let client = connect(global).await?;
    let theme = match theme {
        Some(theme) => Some(with_logo(&client, &name, theme).await?),
        None => None,
    };
    let options = RenderOptions {
        compare_to: compare_to.map(|name| name.to_string()).unwrap_or_default(),
        ..print_options::message(&arguments.options, theme)
    };
    let request = CreateRenderRequest {
        priority: priority(arguments.priority).into(),
        request_id: arguments.request_id.clone(),
        ..request(&name, options)
    };
    let mut progress = Progress::new(global.json);
    let printed = if is_standard(&arguments.output) {
        let mut writer = tokio::io::stdout();
        client.render_to(request, &mut writer, |event| progress.show(event)).await.map_err(Failure::from)
    } else {
        to_file(&client, request, &arguments.output, |event| progress.show(event)).await
    };
    progress.end();
    let printed = printed?;
    if is_standard(&arguments.output) {
        eprint!("{}", print_warnings::text(&printed.print_warnings, ""));
        return Ok(());
    }
    output::answer(global.json, &printed, || told(&printed, &arguments.output))
}

/// What to ask for.
pub fn request(name: &BriefOrRevisionName, options: RenderOptions) -> CreateRenderRequest {
    let source = match name {
        BriefOrRevisionName::Brief(name) => name.to_string(),
        BriefOrRevisionName::Revision(name) => name.to_string(),
    };
    let parent = format!("workspaces/{}", name.brief_name().workspace);
    CreateRenderRequest { parent, source, options: Some(options), ..CreateRenderRequest::default() }
}

const fn priority(argument: PriorityArg) -> RenderPriority {
    match argument {
        PriorityArg::Interactive => RenderPriority::Interactive,
        PriorityArg::Normal => RenderPriority::Normal,
        PriorityArg::Bulk => RenderPriority::Bulk,
    }
}

/// The theme as the request has it: the logo is uploaded, for it is named by its digest. Who may not upload may still
/// use a logo that is there, and under which marking it is there is the server's to judge.
async fn with_logo(
    client: &Client,
    name: &BriefOrRevisionName,
    theme: Theme,
) -> Result<render::Theme, Failure> {
    let Some(logo) = theme.logo else { return Ok(theme.message) };
    let parent = format!("workspaces/{}", name.brief_name().workspace);
    let in_workspace = format!("{parent}/attachments/{}", logo.digest);
    let media_type = logo.media_type.as_str().to_owned();
    let header = AttachmentHeader { parent, media_type, ..AttachmentHeader::default() };
    match client.upload_attachment(header, logo.bytes).await {
        Ok(_) => {}
        Err(error) if is_refused(&error, &[Code::PermissionDenied, Code::AlreadyExists]) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(render::Theme { logo: in_workspace, ..theme.message })
}

fn is_refused(error: &chancery_client::Error, codes: &[Code]) -> bool {
    error.refusal().is_some_and(|refusal| codes.contains(&refusal.code))
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
        "{}: {}, {}, {} bytes, SHA-256 {}\n",
        path.display(),
        render.revision,
        text::pages(artifact.pages),
        artifact.size_bytes,
        artifact.sha256
    );
    text.push_str(&print_warnings::text(&render.print_warnings, ""));
    text
}

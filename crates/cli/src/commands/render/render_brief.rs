//! `render`: prints a brief to a PDF file.

use std::path::Path;

use chancery_client::{Client, RenderEvent};
use chancery_proto::brief::v1::AttachmentHeader;
use chancery_proto::names::BriefOrRevisionName;
use chancery_proto::render::v1::{
    CreateRenderRequest, Render as RenderMessage, RenderOptions, RenderPriority, Theme as ThemeMessage,
};
use tonic::Code;

use crate::args::Global;
use crate::args::render::{PriorityArg, Render};
use crate::connection::connect;
use crate::inputs::print_options::render_options;
use crate::inputs::theme::Theme;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::output::is_standard;
use crate::ui::pending_file::PendingFile;
use crate::ui::print_warnings;
use crate::ui::progress::RenderProgress;
use crate::ui::text;

pub async fn run(global: &Global, arguments: &Render) -> Result<(), Failure> {
    let name = names::brief_or_revision(&global.workspace, &arguments.name)?;
    output::check_ending(&arguments.output, "a PDF file", "pdf")?;
    if is_standard(&arguments.output) && global.json {
        let message = "standard output cannot contain both the PDF and --json: name a file with -o";
        return Err(Failure::usage("USAGE", message));
    }
    let compare_to = arguments.compare_to.as_deref();
    let compare_to = compare_to.map(|given| names::revision_of(&name.brief_name(), given)).transpose()?;
    // Read before connecting, so that a mistake in the theme fails first.
    let theme = arguments.options.theme.as_deref().map(Theme::read).transpose()?;
    let client = connect(global).await?;
    let theme = match theme {
        Some(theme) => Some(with_uploaded_logo(&client, &name, theme).await?),
        None => None,
    };
    let options = RenderOptions {
        compare_to: compare_to.map(|name| name.to_string()).unwrap_or_default(),
        ..render_options(&arguments.options, theme)
    };
    let request = CreateRenderRequest {
        priority: priority(arguments.priority).into(),
        request_id: arguments.request_id.clone(),
        ..request(&name, options)
    };
    let mut progress = RenderProgress::new(global.json);
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
    output::response(global.json, &printed, || summary(&printed, &arguments.output))
}

/// Builds the request to render a brief or revision.
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

/// Uploads the logo of a theme, which the request names by its digest.
///
/// Callers without permission to upload may still use an existing logo; the server checks its marking.
async fn with_uploaded_logo(
    client: &Client,
    name: &BriefOrRevisionName,
    theme: Theme,
) -> Result<ThemeMessage, Failure> {
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
    Ok(ThemeMessage { logo: in_workspace, ..theme.message })
}

fn is_refused(error: &chancery_client::Error, codes: &[Code]) -> bool {
    error.refusal().is_some_and(|refusal| codes.contains(&refusal.code))
}

/// Renders to a file that gets its name only when it is complete and its digest is verified.
pub async fn to_file(
    client: &Client,
    request: CreateRenderRequest,
    path: &Path,
    on_event: impl FnMut(RenderEvent<'_>),
) -> Result<RenderMessage, Failure> {
    let pending = PendingFile::create(path, 0o666)?;
    let mut writer = tokio::fs::File::from_std(pending.open()?);
    let render = client.render_to(request, &mut writer, on_event).await?;
    pending.finish()?;
    Ok(render)
}

fn summary(render: &RenderMessage, path: &Path) -> String {
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

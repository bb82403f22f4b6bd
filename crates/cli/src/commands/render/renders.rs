//! `renders` and `cancel`: lists and cancels renders.

use chancery_client::Client;
use chancery_proto::render::v1::{
    CancelRenderRequest, ListRendersRequest, ListRendersResponse, Render, RenderState, RenderWaitingReason,
};

use crate::args::Global;
use crate::args::render::{RenderStateArg, Renders};
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::progress::waiting_text;
use crate::ui::text;

pub async fn list(global: &Global, arguments: &Renders) -> Result<(), Failure> {
    let brief = match &arguments.brief {
        Some(given) => names::brief(&global.workspace, given)?.to_string(),
        None => String::new(),
    };
    let request = ListRendersRequest {
        parent: format!("workspaces/{}", global.workspace),
        state: arguments.state.map_or(RenderState::Unspecified, state_of).into(),
        brief,
        ..Default::default()
    };
    let renders = list_newest(&connect(global).await?, request, arguments.limit).await?;
    let response = ListRendersResponse { renders, ..Default::default() };
    output::response(global.json, &response, || {
        let rows: Vec<_> = response.renders.iter().map(row).collect();
        output::table_or(["RENDER", "STATE", "REQUESTED", "REVISION", "RESULT"], &rows, "no renders")
    })
}

pub async fn cancel(global: &Global, given: &str) -> Result<(), Failure> {
    let name = names::render(&global.workspace, given)?.to_string();
    let render =
        connect(global).await?.cancel_render(CancelRenderRequest { name, ..Default::default() }).await?;
    output::response(global.json, &render, || format!("{}: cancelled\n", render.name))
}

/// Reads pages until `limit` renders are read. An empty page is not necessarily the last.
async fn list_newest(
    client: &Client,
    mut request: ListRendersRequest,
    limit: u32,
) -> Result<Vec<Render>, Failure> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut renders = Vec::new();
    while renders.len() < limit {
        request.page_size = i32::try_from(limit - renders.len()).unwrap_or(i32::MAX);
        let page = client.list_renders(request.clone()).await?;
        renders.extend(page.renders);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    Ok(renders)
}

const fn state_of(state: RenderStateArg) -> RenderState {
    match state {
        RenderStateArg::Queued => RenderState::Queued,
        RenderStateArg::Running => RenderState::Running,
        RenderStateArg::Succeeded => RenderState::Succeeded,
        RenderStateArg::Failed => RenderState::Failed,
        RenderStateArg::Cancelled => RenderState::Cancelled,
    }
}

fn row(render: &Render) -> [String; 5] {
    let id = render.name.rsplit('/').next().unwrap_or_default().to_owned();
    let revision = render.revision.split_once("/briefs/").map_or("", |(_, revision)| revision).to_owned();
    let state = match render.state() {
        RenderState::Unspecified => "-",
        RenderState::Queued => "queued",
        RenderState::Running => "running",
        RenderState::Succeeded => "succeeded",
        RenderState::Failed => "failed",
        RenderState::Cancelled => "cancelled",
    };
    let outcome = match (&render.artifact, &render.failure) {
        (Some(artifact), _) => format!("{}, {} bytes", text::pages(artifact.pages), artifact.size_bytes),
        (None, Some(failure)) => format!("{}: {}", failure.reason, failure.message),
        (None, None) if render.artifact_expired => "the PDF has expired".to_owned(),
        (None, None) => match render.waiting_reason() {
            RenderWaitingReason::Unspecified => String::new(),
            reason => waiting_text(reason).to_owned(),
        },
    };
    [id, state.to_owned(), text::time(render.create_time.as_ref()), revision, outcome]
}

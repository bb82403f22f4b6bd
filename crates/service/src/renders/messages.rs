//! Conversions of renders from and to wire messages.

use std::mem;

use chancery_brief::render_options::checked;
use chancery_proto::names::{BriefOrRevisionName, RenderName, WorkspaceName};
use chancery_proto::render::v1::{
    Artifact, CreateRenderRequest, Render, RenderBriefRequest, RenderFailure, RenderPriority, RenderProgress,
    RenderState, RenderWaitingReason,
};
use chancery_store::{self as store, RenderRequest};
use tonic::Status;

use crate::rpc::errors::{invalid_field, invalid_name, invalid_options, unknown_value};
use crate::rpc::fields::timestamp;
use crate::rpc::idempotency::write_id;

/// Checks a request for a render; `method` is the method that received it.
pub(crate) fn new_render(
    method: &'static str,
    request: CreateRenderRequest,
) -> Result<RenderRequest, Status> {
    let mut request = request;
    let write = write_id(method, mem::take(&mut request.request_id), &request)?;
    let CreateRenderRequest { parent, source, options, priority, .. } = request;
    // The caller's access was checked for the parent, so the source must be in it.
    let parent: WorkspaceName = parent.parse().map_err(|error| invalid_name("parent", &error))?;
    let source: BriefOrRevisionName = source.parse().map_err(|error| invalid_name("source", &error))?;
    if source.brief_name().workspace != parent.workspace {
        return Err(invalid_field("source", "must be in the parent's workspace"));
    }
    let options = checked(&options.unwrap_or_default()).map_err(|invalid| invalid_options(&invalid))?;
    let priority =
        RenderPriority::try_from(priority).map_err(|_| unknown_value("priority", "RenderPriority"))?;
    Ok(RenderRequest { source, options, priority, write })
}

/// Converts the `CreateRender` part of a `RenderBrief` request.
pub(crate) fn create_request(request: RenderBriefRequest) -> CreateRenderRequest {
    let RenderBriefRequest { parent, source, options, priority, request_id } = request;
    CreateRenderRequest { parent, source, options, priority, request_id }
}

pub(crate) fn render_name(name: &str) -> Result<RenderName, Status> {
    name.parse().map_err(|error| invalid_name("name", &error))
}

pub(crate) fn render_message(render: &store::Render) -> Render {
    let mut message = Render {
        name: render.name.to_string(),
        revision: render.revision.to_string(),
        options: Some(render.options.clone()),
        create_time: Some(timestamp(render.created_at)),
        edition_digest: render.edition_digest.to_string(),
        recipient_hidden: render.hides_recipient,
        requester: render.requester.clone(),
        ..Render::default()
    };
    match &render.state {
        store::RenderState::Queued => message.set_state(RenderState::Queued),
        store::RenderState::Running { phase, pages, attempt } => {
            message.set_state(RenderState::Running);
            let (phase, pages, attempt) = (i32::from(*phase), *pages, *attempt);
            message.progress = Some(RenderProgress { phase, pages, attempt });
        }
        store::RenderState::Succeeded { artifact, warnings, ended_at } => {
            message.set_state(RenderState::Succeeded);
            message.end_time = Some(timestamp(*ended_at));
            message.artifact = artifact.as_ref().map(artifact_message);
            message.artifact_expired = artifact.is_none() && !render.hides_recipient;
            message.warnings = warnings.iter().map(|warning| warning.text.clone()).collect();
            message.print_warnings.clone_from(warnings);
        }
        store::RenderState::Failed { reason, message: failure, ended_at } => {
            message.set_state(RenderState::Failed);
            message.end_time = Some(timestamp(*ended_at));
            message.failure = Some(RenderFailure { reason: reason.clone(), message: failure.clone() });
        }
        store::RenderState::Cancelled { ended_at, by } => {
            message.set_state(RenderState::Cancelled);
            message.end_time = Some(timestamp(*ended_at));
            message.canceller.clone_from(by);
        }
    }
    message.set_waiting_reason(match render.waiting {
        None => RenderWaitingReason::Unspecified,
        Some(store::WaitingReason::NoWorker) => RenderWaitingReason::NoWorkerForEnvironment,
        Some(store::WaitingReason::RetryPause) => RenderWaitingReason::RetryPause,
        Some(store::WaitingReason::SecondWorker) => RenderWaitingReason::SecondWorker,
    });
    message
}

pub(crate) fn artifact_message(artifact: &store::Artifact) -> Artifact {
    Artifact {
        sha256: artifact.digest.to_string(),
        size_bytes: artifact.size_bytes,
        pages: artifact.pages,
        media_type: "application/pdf".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chancery_proto::errors::v1::Reason;
    use chancery_proto::render::v1::{CreateRenderRequest, RenderOptions};
    use chancery_proto::status::reason_of;

    use super::{new_render, render_name};

    fn request() -> CreateRenderRequest {
        CreateRenderRequest {
            parent: "workspaces/default".into(),
            source: "workspaces/default/briefs/b1".into(),
            ..CreateRenderRequest::default()
        }
    }

    #[test]
    fn a_source_in_another_workspace_is_rejected() {
        let elsewhere = CreateRenderRequest { parent: "workspaces/other".into(), ..request() };
        assert_eq!(
            reason_of(&new_render("CreateRender", elsewhere).unwrap_err()),
            Some(Reason::InvalidField)
        );
        new_render("CreateRender", request()).unwrap();
    }

    #[test]
    fn unknown_enum_values_are_rejected() {
        for options in [
            RenderOptions { format: 99, ..Default::default() },
            RenderOptions { paper: 99, ..Default::default() },
        ] {
            let unknown = CreateRenderRequest { options: Some(options), ..request() };
            assert_eq!(
                reason_of(&new_render("CreateRender", unknown).unwrap_err()),
                Some(Reason::InvalidField)
            );
        }
        let unknown = CreateRenderRequest { priority: 99, ..request() };
        assert_eq!(reason_of(&new_render("CreateRender", unknown).unwrap_err()), Some(Reason::InvalidField));
    }

    #[test]
    fn malformed_render_names_are_rejected() {
        for name in ["", "workspaces/default/renders/xyz", "renders/0123456789abcdef0123456789abcdef"] {
            assert_eq!(reason_of(&render_name(name).unwrap_err()), Some(Reason::InvalidName), "{name}");
        }
    }
}

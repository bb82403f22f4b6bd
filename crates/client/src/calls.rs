//! The unary calls, with their deadlines and retries.

use std::time::Duration;

use chancery_proto::admin::v1 as admin;
use chancery_proto::brief::v1 as brief;
use chancery_proto::render::v1 as render;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Request, Response, Status};

use crate::channel::Client;
use crate::error::{Error, is_transient};
use crate::request_ids::with_request_id;
use crate::retry::retry_delay;

/// The maximum page size, for reading whole lists.
const MAX_PAGE_SIZE: i32 = 1_000;

/// Defines a method for each RPC. `$retry` says whether it is retried when the server cannot be reached. `with_request_id`
/// at the end makes a retry idempotent.
macro_rules! unary {
    ($($(#[$doc:meta])* $service:ident.$method:ident($request:ty) -> $response:ty, $retry:ident, $deadline:ident
        $(, $with_request_id:ident)?;)+) => {
        impl Client {
            $(
                $(#[$doc])*
                pub async fn $method(&self, request: $request) -> Result<$response, Error> {
                    $(let request = $with_request_id(request);)?
                    let call = |request| {
                        let mut service = self.$service();
                        async move { service.$method(request).await }
                    };
                    self.call(stringify!($method), $retry, self.deadlines.$deadline, request, call).await
                }
            )+
        }

        /// The name of each method and whether it is retried.
        #[cfg(test)]
        const METHODS: &[(&str, bool)] = &[$((stringify!($method), $retry)),+];
    };
}

const RETRY: bool = true;
const NO_RETRY: bool = false;

unary! {
    /// Creates a brief with a draft. Writes get a request id unless they have one, so that a retry has no second effect.
    briefs.create_brief(brief::CreateBriefRequest) -> brief::Brief, RETRY, call, with_request_id;
    /// Returns the newest revision visible to the caller.
    briefs.get_brief(brief::GetBriefRequest) -> brief::Brief, RETRY, call;
    /// Lists a page of briefs.
    briefs.list_briefs(brief::ListBriefsRequest) -> brief::ListBriefsResponse, RETRY, call;
    /// Returns the draft of a brief.
    briefs.get_brief_draft(brief::GetBriefDraftRequest) -> brief::BriefDraft, RETRY, call;
    /// Replaces the content of a draft.
    briefs.update_brief_draft(brief::UpdateBriefDraftRequest) -> brief::BriefDraft, RETRY, call, with_request_id;
    /// Publishes the draft as the next revision.
    briefs.publish_brief(brief::PublishBriefRequest) -> brief::BriefRevision, RETRY, call, with_request_id;
    /// Lints a draft.
    briefs.lint_brief(brief::LintBriefRequest) -> brief::LintBriefResponse, RETRY, call;
    /// Returns several briefs.
    briefs.batch_get_briefs(brief::BatchGetBriefsRequest) -> brief::BatchGetBriefsResponse, RETRY, call;
    /// Deletes a brief.
    briefs.delete_brief(brief::DeleteBriefRequest) -> brief::Brief, RETRY, call, with_request_id;
    /// Restores a deleted brief.
    briefs.undelete_brief(brief::UndeleteBriefRequest) -> brief::Brief, RETRY, call, with_request_id;
    /// Withdraws a revision.
    briefs.withdraw_brief_revision(brief::WithdrawBriefRevisionRequest)
        -> brief::WithdrawBriefRevisionResponse, RETRY, call, with_request_id;
    /// Destroys the content of a revision.
    briefs.purge_brief_revision(brief::PurgeBriefRevisionRequest)
        -> brief::PurgeBriefRevisionResponse, RETRY, call, with_request_id;
    /// Returns the differences between two revisions.
    briefs.diff_brief_revisions(brief::DiffBriefRevisionsRequest) -> brief::DiffBriefRevisionsResponse, RETRY, call;
    /// Returns a page of statements and titles that match a query.
    briefs.search_briefs(brief::SearchBriefsRequest) -> brief::SearchBriefsResponse, RETRY, call;
    /// Returns a revision.
    briefs.get_brief_revision(brief::GetBriefRevisionRequest) -> brief::BriefRevision, RETRY, call;
    /// Lists a page of the revisions of a brief.
    briefs.list_brief_revisions(brief::ListBriefRevisionsRequest) -> brief::ListBriefRevisionsResponse, RETRY, call;
    /// Imports revisions that were published elsewhere. Idempotent.
    briefs.import_brief(brief::ImportBriefRequest) -> brief::ImportBriefResponse, RETRY, import, with_request_id;
    /// Lists a page of the images of a workspace.
    briefs.list_attachments(brief::ListAttachmentsRequest) -> brief::ListAttachmentsResponse, RETRY, call;
    /// Exports the revisions of a brief as documents.
    briefs.export_brief(brief::ExportBriefRequest) -> brief::ExportBriefResponse, RETRY, import;
    /// Lists a page of statements across briefs.
    knowledge.list_statements(brief::ListStatementsRequest) -> brief::ListStatementsResponse, RETRY, call;
    /// Lists a page of actors across briefs, optionally by a similar name.
    knowledge.list_actors(brief::ListActorsRequest) -> brief::ListActorsResponse, RETRY, call;
    /// Returns an actor with its data from all briefs.
    knowledge.get_actor(brief::GetActorRequest) -> brief::GetActorResponse, RETRY, call;
    /// Lists a page of relationships across briefs, optionally around an actor or place.
    knowledge.list_relationships(brief::ListRelationshipsRequest) -> brief::ListRelationshipsResponse, RETRY, call;
    /// Lists a page of events across briefs.
    knowledge.list_events(brief::ListEventsRequest) -> brief::ListEventsResponse, RETRY, call;
    /// Lists a page of sources across briefs.
    knowledge.list_sources(brief::ListSourcesRequest) -> brief::ListSourcesResponse, RETRY, call;
    /// Returns everything that rests on a part, and the delivered PDFs that contain it.
    knowledge.trace_impact(brief::TraceImpactRequest) -> brief::TraceImpactResponse, RETRY, call;
    /// Requests a PDF.
    renders.create_render(render::CreateRenderRequest) -> render::Render, RETRY, call, with_request_id;
    /// Returns a render.
    renders.get_render(render::GetRenderRequest) -> render::Render, RETRY, call;
    /// Lists a page of renders.
    renders.list_renders(render::ListRendersRequest) -> render::ListRendersResponse, RETRY, call;
    /// Cancels a render.
    renders.cancel_render(render::CancelRenderRequest) -> render::Render, RETRY, call, with_request_id;
    /// Deletes a finished render.
    renders.delete_render(render::DeleteRenderRequest) -> (), RETRY, call, with_request_id;
    /// Waits until a render has finished, or for the timeout of the request, and returns the render.
    renders.wait_render(render::WaitRenderRequest) -> render::Render, RETRY, render;
    /// Creates a workspace.
    admin.create_workspace(admin::CreateWorkspaceRequest) -> admin::Workspace, NO_RETRY, call;
    /// Returns a workspace.
    admin.get_workspace(admin::GetWorkspaceRequest) -> admin::Workspace, RETRY, call;
    /// Sets the display name and the publication rules of a workspace. Idempotent.
    admin.update_workspace(admin::UpdateWorkspaceRequest) -> admin::Workspace, RETRY, call;
    /// Creates a token; only this response contains its secret.
    admin.create_api_token(admin::CreateApiTokenRequest) -> admin::CreateApiTokenResponse, NO_RETRY, call;
    /// Lists a page of tokens.
    admin.list_api_tokens(admin::ListApiTokensRequest) -> admin::ListApiTokensResponse, RETRY, call;
    /// Revokes a token. Idempotent.
    admin.revoke_api_token(admin::RevokeApiTokenRequest) -> admin::ApiToken, RETRY, call;
    /// Suspends a token. Idempotent.
    admin.suspend_api_token(admin::SuspendApiTokenRequest) -> admin::ApiToken, RETRY, call;
    /// Ends the suspension of a token. Idempotent.
    admin.resume_api_token(admin::ResumeApiTokenRequest) -> admin::ApiToken, RETRY, call;
    /// Lists a page of refused uploads.
    admin.list_proof_refusals(admin::ListProofRefusalsRequest) -> admin::ListProofRefusalsResponse, RETRY, call;
    /// Deletes a PDF in all workspaces.
    admin.invalidate_artifact(admin::InvalidateArtifactRequest) -> admin::InvalidateArtifactResponse, NO_RETRY, call;
    /// Returns statistics of the render queue.
    admin.get_queue_stats(admin::GetQueueStatsRequest) -> admin::QueueStats, RETRY, call;
    /// Lists a page of workers.
    admin.list_workers(admin::ListWorkersRequest) -> admin::ListWorkersResponse, RETRY, call;
    /// Stops leasing tasks to a worker. Idempotent.
    admin.drain_worker(admin::DrainWorkerRequest) -> admin::Worker, RETRY, call;
    /// Resumes leasing tasks to a drained worker. Idempotent.
    admin.undrain_worker(admin::UndrainWorkerRequest) -> admin::Worker, RETRY, call;
    /// Lists a page of dead tasks.
    admin.list_dead_tasks(admin::ListDeadTasksRequest) -> admin::ListDeadTasksResponse, RETRY, call;
    /// Queues the inputs of a dead task again. Idempotent: a repeated call returns the successor.
    admin.requeue_task(admin::RequeueTaskRequest) -> admin::RenderTask, RETRY, call;
}

impl Client {
    /// Lists all briefs of a workspace that have an edition for the caller, by id.
    pub async fn all_briefs(&self, workspace: &str) -> Result<Vec<brief::Brief>, Error> {
        let mut all = Vec::new();
        let mut request = brief::ListBriefsRequest {
            parent: workspace.to_owned(),
            page_size: MAX_PAGE_SIZE,
            ..Default::default()
        };
        loop {
            let page = self.list_briefs(request.clone()).await?;
            all.extend(page.briefs);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Lists all revisions of a brief that have an edition for the caller, newest first.
    pub async fn all_revisions(&self, brief_name: &str) -> Result<Vec<brief::BriefRevision>, Error> {
        let mut all = Vec::new();
        let mut request = brief::ListBriefRevisionsRequest {
            parent: brief_name.to_owned(),
            page_size: MAX_PAGE_SIZE,
            ..Default::default()
        };
        loop {
            let page = self.list_brief_revisions(request.clone()).await?;
            all.extend(page.revisions);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Lists all images of a workspace up to the caller's clearance, by SHA-256.
    pub async fn all_attachments(&self, workspace: &str) -> Result<Vec<brief::Attachment>, Error> {
        let mut all = Vec::new();
        let mut request = brief::ListAttachmentsRequest {
            parent: workspace.to_owned(),
            page_size: MAX_PAGE_SIZE,
            ..Default::default()
        };
        loop {
            let page = self.list_attachments(request.clone()).await?;
            all.extend(page.attachments);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Lists all tokens that match a request, oldest first.
    pub async fn all_api_tokens(
        &self,
        mut request: admin::ListApiTokensRequest,
    ) -> Result<Vec<admin::ApiToken>, Error> {
        let mut all = Vec::new();
        request.page_size = MAX_PAGE_SIZE;
        loop {
            let page = self.list_api_tokens(request.clone()).await?;
            all.extend(page.api_tokens);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Lists all workers seen in the last day, by display name.
    pub async fn all_workers(&self) -> Result<Vec<admin::Worker>, Error> {
        let mut all = Vec::new();
        let mut request = admin::ListWorkersRequest { page_size: MAX_PAGE_SIZE, ..Default::default() };
        loop {
            let page = self.list_workers(request.clone()).await?;
            all.extend(page.workers);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Calls a method, retrying transient failures within the deadline if `retry`.
    pub(crate) async fn call<Q, A, F, R>(
        &self,
        method: &str,
        retry: bool,
        limit: Duration,
        message: Q,
        call: F,
    ) -> Result<A, Error>
    where
        Q: Clone,
        F: Fn(Request<Q>) -> R,
        R: Future<Output = Result<Response<A>, Status>>,
    {
        let deadline = Instant::now() + limit;
        let timed_out = || Error::TimedOut { call: method.to_owned(), limit };
        let attempts = if retry { self.retries.attempts.max(1) } else { 1 };
        let mut failed = 0;
        loop {
            let mut request = Request::new(message.clone());
            // Lets the server cancel work after the client has stopped waiting.
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
            let response = timeout_at(deadline, call(request)).await.map_err(|_| timed_out())?;
            let status = match response {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => status,
            };
            failed += 1;
            if failed >= attempts || !is_transient(&status) {
                return Err(Error::of(&status, self.server()));
            }
            let delay = retry_delay(&self.retries, failed, &status);
            if Instant::now() + delay >= deadline {
                return Err(Error::of(&status, self.server()));
            }
            sleep(delay).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chancery_proto::descriptors;

    use super::METHODS;

    /// Writes that are idempotent, by their request id or by their nature.
    const IDEMPOTENT_WRITES: [&str; 12] = [
        "create_brief",
        "create_render",
        "delete_brief",
        "delete_render",
        "import_brief",
        "publish_brief",
        "purge_brief_revision",
        "revoke_api_token",
        "undelete_brief",
        "update_brief_draft",
        "withdraw_brief_revision",
        "update_workspace",
    ];

    #[test]
    fn only_idempotent_methods_are_retried() {
        let methods: BTreeMap<_, _> = METHODS.iter().copied().collect();
        for service in descriptors::pool().services() {
            for method in service.methods() {
                let name = snake_case(method.name());
                let Some(retry) = methods.get(name.as_str()) else { continue };
                // google.protobuf.MethodOptions.IdempotencyLevel: NO_SIDE_EFFECTS or IDEMPOTENT.
                let level = method
                    .method_descriptor_proto()
                    .options
                    .as_ref()
                    .and_then(|options| options.idempotency_level);
                let is_idempotent = matches!(level, Some(1 | 2));
                assert_eq!(*retry, is_idempotent || IDEMPOTENT_WRITES.contains(&name.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn every_unary_method_of_the_public_services_is_defined() {
        let defined: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
        for service in descriptors::pool().services() {
            let is_public = !service.full_name().starts_with("chancery.worker.");
            for method in service.methods().filter(|_| is_public) {
                if method.is_server_streaming() || method.is_client_streaming() {
                    continue;
                }
                assert!(defined.contains(&snake_case(method.name()).as_str()), "{}", method.full_name());
            }
        }
    }

    fn snake_case(name: &str) -> String {
        let mut snake = String::new();
        for character in name.chars() {
            if character.is_ascii_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        }
        snake
    }
}

//! The unary calls: each with its deadline, repeated where repeating changes nothing twice.

use std::time::Duration;

use chancery_proto::admin::v1 as admin;
use chancery_proto::brief::v1 as brief;
use chancery_proto::render::v1 as render;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Request, Response, Status};

use crate::channel::Client;
use crate::error::{Error, is_transient};
use crate::request_ids::identified;
use crate::retry::pause;

/// A page's size when all of a list is wanted: the largest that the protos allow.
const PAGE: i32 = 1_000;

/// Defines a method for each RPC. `repeats` marks those that are tried again when the server cannot be reached; those
/// that end with `identified` are known again by the server then.
macro_rules! unary {
    ($($(#[$doc:meta])* $service:ident.$method:ident($request:ty) -> $answer:ty, $repeats:ident, $deadline:ident
        $(, $identified:ident)?;)+) => {
        impl Client {
            $(
                $(#[$doc])*
                pub async fn $method(&self, request: $request) -> Result<$answer, Error> {
                    $(let request = $identified(request);)?
                    let call = |request| {
                        let mut service = self.$service();
                        async move { service.$method(request).await }
                    };
                    self.call(stringify!($method), $repeats, self.deadlines.$deadline, request, call).await
                }
            )+
        }

        /// Each method's name and whether it repeats.
        #[cfg(test)]
        const METHODS: &[(&str, bool)] = &[$((stringify!($method), $repeats)),+];
    };
}

const REPEATS: bool = true;
const ONCE: bool = false;

unary! {
    /// Makes a brief with a draft. Calls that write get a request id unless they have one, so a repeated one is done once.
    briefs.create_brief(brief::CreateBriefRequest) -> brief::Brief, REPEATS, call, identified;
    /// The newest revision that the caller may see.
    briefs.get_brief(brief::GetBriefRequest) -> brief::Brief, REPEATS, call;
    /// A page of briefs.
    briefs.list_briefs(brief::ListBriefsRequest) -> brief::ListBriefsResponse, REPEATS, call;
    /// A brief's draft.
    briefs.get_brief_draft(brief::GetBriefDraftRequest) -> brief::BriefDraft, REPEATS, call;
    /// Replaces a draft's content.
    briefs.update_brief_draft(brief::UpdateBriefDraftRequest) -> brief::BriefDraft, REPEATS, call, identified;
    /// Makes the draft the next revision.
    briefs.publish_brief(brief::PublishBriefRequest) -> brief::BriefRevision, REPEATS, call, identified;
    /// Remarks on a draft.
    briefs.lint_brief(brief::LintBriefRequest) -> brief::LintBriefResponse, REPEATS, call;
    /// Several briefs.
    briefs.batch_get_briefs(brief::BatchGetBriefsRequest) -> brief::BatchGetBriefsResponse, REPEATS, call;
    /// Hides a brief.
    briefs.delete_brief(brief::DeleteBriefRequest) -> brief::Brief, REPEATS, call, identified;
    /// Brings a deleted brief back.
    briefs.undelete_brief(brief::UndeleteBriefRequest) -> brief::Brief, REPEATS, call, identified;
    /// Takes a revision back.
    briefs.withdraw_brief_revision(brief::WithdrawBriefRevisionRequest)
        -> brief::WithdrawBriefRevisionResponse, REPEATS, call, identified;
    /// Destroys a revision's content.
    briefs.purge_brief_revision(brief::PurgeBriefRevisionRequest)
        -> brief::PurgeBriefRevisionResponse, REPEATS, call, identified;
    /// What changed between two revisions.
    briefs.diff_brief_revisions(brief::DiffBriefRevisionsRequest) -> brief::DiffBriefRevisionsResponse, REPEATS, call;
    /// A page of statements and titles that match a query.
    briefs.search_briefs(brief::SearchBriefsRequest) -> brief::SearchBriefsResponse, REPEATS, call;
    /// One revision.
    briefs.get_brief_revision(brief::GetBriefRevisionRequest) -> brief::BriefRevision, REPEATS, call;
    /// A page of a brief's revisions.
    briefs.list_brief_revisions(brief::ListBriefRevisionsRequest) -> brief::ListBriefRevisionsResponse, REPEATS, call;
    /// Writes revisions that were published elsewhere. Importing twice changes nothing, so this repeats.
    briefs.import_brief(brief::ImportBriefRequest) -> brief::ImportBriefResponse, REPEATS, import, identified;
    /// A page of a workspace's images.
    briefs.list_attachments(brief::ListAttachmentsRequest) -> brief::ListAttachmentsResponse, REPEATS, call;
    /// A brief's revisions as documents.
    briefs.export_brief(brief::ExportBriefRequest) -> brief::ExportBriefResponse, REPEATS, import;
    /// A page of statements across briefs.
    knowledge.list_statements(brief::ListStatementsRequest) -> brief::ListStatementsResponse, REPEATS, call;
    /// A page of actors across briefs, or those with a name like the query.
    knowledge.list_actors(brief::ListActorsRequest) -> brief::ListActorsResponse, REPEATS, call;
    /// One actor, in all briefs that show it.
    knowledge.get_actor(brief::GetActorRequest) -> brief::GetActorResponse, REPEATS, call;
    /// A page of ties across briefs, or those around an actor or place.
    knowledge.list_relationships(brief::ListRelationshipsRequest) -> brief::ListRelationshipsResponse, REPEATS, call;
    /// A page of the timeline.
    knowledge.list_events(brief::ListEventsRequest) -> brief::ListEventsResponse, REPEATS, call;
    /// A page of sources across briefs.
    knowledge.list_sources(brief::ListSourcesRequest) -> brief::ListSourcesResponse, REPEATS, call;
    /// Everything that rests on a part, and the PDFs of it that were delivered.
    knowledge.trace_impact(brief::TraceImpactRequest) -> brief::TraceImpactResponse, REPEATS, call;
    /// Requests a PDF. The call gets a request id unless it has one, so a repeated one makes no second render.
    renders.create_render(render::CreateRenderRequest) -> render::Render, REPEATS, call, identified;
    /// A render's state.
    renders.get_render(render::GetRenderRequest) -> render::Render, REPEATS, call;
    /// A page of renders.
    renders.list_renders(render::ListRendersRequest) -> render::ListRendersResponse, REPEATS, call;
    /// Gives a render up. The call gets a request id unless it has one.
    renders.cancel_render(render::CancelRenderRequest) -> render::Render, REPEATS, call, identified;
    /// Removes a render that has ended. The call gets a request id unless it has one.
    renders.delete_render(render::DeleteRenderRequest) -> (), REPEATS, call, identified;
    /// A render's state once it has ended, or after the request's timeout.
    renders.wait_render(render::WaitRenderRequest) -> render::Render, REPEATS, render;
    /// Makes a workspace.
    admin.create_workspace(admin::CreateWorkspaceRequest) -> admin::Workspace, ONCE, call;
    /// A workspace.
    admin.get_workspace(admin::GetWorkspaceRequest) -> admin::Workspace, REPEATS, call;
    /// Makes a token; its secret is in this answer only.
    admin.create_api_token(admin::CreateApiTokenRequest) -> admin::CreateApiTokenResponse, ONCE, call;
    /// A page of tokens.
    admin.list_api_tokens(admin::ListApiTokensRequest) -> admin::ListApiTokensResponse, REPEATS, call;
    /// Ends a token's use. Revoking a revoked one changes nothing, so this repeats.
    admin.revoke_api_token(admin::RevokeApiTokenRequest) -> admin::ApiToken, REPEATS, call;
    /// How the render queue stands.
    admin.get_queue_stats(admin::GetQueueStatsRequest) -> admin::QueueStats, REPEATS, call;
    /// A page of workers.
    admin.list_workers(admin::ListWorkersRequest) -> admin::ListWorkersResponse, REPEATS, call;
    /// Gives a worker no more tasks. Draining a drained one changes nothing, so this repeats.
    admin.drain_worker(admin::DrainWorkerRequest) -> admin::Worker, REPEATS, call;
    /// Gives a drained worker tasks again. Doing so twice changes nothing, so this repeats.
    admin.undrain_worker(admin::UndrainWorkerRequest) -> admin::Worker, REPEATS, call;
    /// A page of tasks that were given up.
    admin.list_dead_tasks(admin::ListDeadTasksRequest) -> admin::ListDeadTasksResponse, REPEATS, call;
    /// Queues a dead task's inputs anew. One that was requeued is answered with its successor, so this repeats.
    admin.requeue_task(admin::RequeueTaskRequest) -> admin::RenderTask, REPEATS, call;
}

impl Client {
    /// All briefs of a workspace that the caller has an edition of, by id.
    pub async fn all_briefs(&self, workspace: &str) -> Result<Vec<brief::Brief>, Error> {
        let mut all = Vec::new();
        let mut request =
            brief::ListBriefsRequest { parent: workspace.to_owned(), page_size: PAGE, ..Default::default() };
        loop {
            let page = self.list_briefs(request.clone()).await?;
            all.extend(page.briefs);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// All revisions of a brief that the caller has an edition of, newest first.
    pub async fn all_revisions(&self, brief_name: &str) -> Result<Vec<brief::BriefRevision>, Error> {
        let mut all = Vec::new();
        let mut request = brief::ListBriefRevisionsRequest {
            parent: brief_name.to_owned(),
            page_size: PAGE,
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

    /// All images of a workspace up to the caller's clearance, by SHA-256.
    pub async fn all_attachments(&self, workspace: &str) -> Result<Vec<brief::Attachment>, Error> {
        let mut all = Vec::new();
        let mut request = brief::ListAttachmentsRequest {
            parent: workspace.to_owned(),
            page_size: PAGE,
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

    /// All tokens of a workspace, oldest first.
    pub async fn all_api_tokens(&self, workspace: &str) -> Result<Vec<admin::ApiToken>, Error> {
        let mut all = Vec::new();
        let mut request = admin::ListApiTokensRequest {
            parent: workspace.to_owned(),
            page_size: PAGE,
            ..Default::default()
        };
        loop {
            let page = self.list_api_tokens(request.clone()).await?;
            all.extend(page.api_tokens);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// All workers that were seen in the last day, by display name.
    pub async fn all_workers(&self) -> Result<Vec<admin::Worker>, Error> {
        let mut all = Vec::new();
        let mut request = admin::ListWorkersRequest { page_size: PAGE, ..Default::default() };
        loop {
            let page = self.list_workers(request.clone()).await?;
            all.extend(page.workers);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Calls until an answer, a refusal, the last attempt or the deadline.
    pub(crate) async fn call<Q, A, F, R>(
        &self,
        method: &str,
        repeats: bool,
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
        let timed_out = || Error::TimedOut { what: method.to_owned(), limit };
        let attempts = if repeats { self.retries.attempts.max(1) } else { 1 };
        let mut failed = 0;
        loop {
            let mut request = Request::new(message.clone());
            // The server stops working for a caller who has stopped waiting.
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
            let answer = timeout_at(deadline, call(request)).await.map_err(|_| timed_out())?;
            let status = match answer {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) => status,
            };
            failed += 1;
            if failed >= attempts || !is_transient(&status) {
                return Err(Error::of(&status, self.server()));
            }
            let rest = pause(&self.retries, failed, &status);
            if Instant::now() + rest >= deadline {
                return Err(Error::of(&status, self.server()));
            }
            sleep(rest).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chancery_proto::descriptors;

    use super::METHODS;

    /// Those that write, but nothing twice: by their request id, or by what they are about.
    const WRITES_THAT_REPEAT: [&str; 11] = [
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
    ];

    #[test]
    fn what_repeats_has_no_side_effects_or_says_why() {
        let methods: BTreeMap<_, _> = METHODS.iter().copied().collect();
        for service in descriptors::pool().services() {
            for method in service.methods() {
                let name = snake_case(method.name());
                let Some(repeats) = methods.get(name.as_str()) else { continue };
                // google.protobuf.MethodOptions.IdempotencyLevel: NO_SIDE_EFFECTS or IDEMPOTENT.
                let level = method
                    .method_descriptor_proto()
                    .options
                    .as_ref()
                    .and_then(|options| options.idempotency_level);
                let is_harmless = matches!(level, Some(1 | 2));
                assert_eq!(*repeats, is_harmless || WRITES_THAT_REPEAT.contains(&name.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn every_unary_method_of_the_public_services_is_here() {
        let here: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
        for service in descriptors::pool().services() {
            let is_public = !service.full_name().starts_with("chancery.worker.");
            for method in service.methods().filter(|_| is_public) {
                if method.is_server_streaming() || method.is_client_streaming() {
                    continue;
                }
                assert!(here.contains(&snake_case(method.name()).as_str()), "{}", method.full_name());
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

//! Requests renders: pins everything that the print depends on, then joins the task that prints exactly this, or queues
//! a new one.

use chancery_proto::names::{BriefOrRevisionName, RenderName};
use chancery_proto::render::v1::{RenderOptions, RenderPriority};
use prost::Message;

use crate::access::principal::{Access, Principal, Role};
use crate::changes::idempotency_keys::{IdempotencyKey, is_repeated_request, recorded_response};
use crate::convert::{damaged, generated_id};
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::fair_share::class_of;
use crate::renders::pinning::{Pinned, name_of};
use crate::renders::render::Render;

/// Maximum number of retries after losing a race for a task's generation. Each lost race means that another call made
/// progress.
const MAX_RACE_RETRIES: u32 = 16;

/// A request for a render.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// The brief or the revision to print.
    pub source: BriefOrRevisionName,
    /// The print options.
    pub options: RenderOptions,
    /// The priority, which does not affect the print.
    pub priority: RenderPriority,
    /// Identifies repeated requests, if given.
    pub write: Option<IdempotencyKey>,
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestedRender {
    /// The render.
    pub render: Render,
    /// Whether a new task was queued: then notify waiting workers.
    pub is_new_task: bool,
}

/// A request with its pinned inputs.
struct PinnedRequest<'a> {
    principal: &'a Principal,
    request: &'a RenderRequest,
    pinned: &'a Pinned,
    name: &'a RenderName,
}

/// The outcome of looking for the newest task of a render key.
enum Joined {
    /// The render was attached to it.
    Render(JoinedRender),
    /// The request is a repetition.
    Repeated,
    /// There is no task to join: none exists, its PDF has expired, or it is a dead letter. The next generation is
    /// given.
    Next(i32),
}

/// A task that a render was attached to.
struct JoinedRender {
    task: String,
    /// The task's class while it is live.
    class: Option<i16>,
}

/// The outcome of queueing a task.
enum Queued {
    /// The task was queued with its first render.
    Render,
    /// The request is a repetition.
    Repeated,
    /// Another request queued the generation first.
    LostRace,
    /// A quoted edition was purged in the meantime.
    Outdated,
    /// The workspace has no room left, as far as is recorded.
    NoRoom,
}

impl Renders<'_> {
    /// Requests a PDF at normal priority: see [`Self::request`].
    pub async fn create(
        self,
        principal: &Principal,
        source: &BriefOrRevisionName,
        options: &RenderOptions,
    ) -> Result<RequestedRender> {
        let (source, options, priority) = (source.clone(), options.clone(), RenderPriority::Normal);
        self.request(principal, &RenderRequest { source, options, priority, write: None }).await
    }

    /// Requests a PDF of the principal's edition. Joins a task with the same inputs, so that the render may be finished
    /// at once; a task waiting in a lower class is moved up. A repetition of an earlier request returns that request's
    /// render in its current state.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] and [`StoreError::AllWithdrawn`] when the principal has no edition of the source;
    /// [`StoreError::RevisionPurged`] when they had one; [`StoreError::InvalidOptions`] for sections or a logo that do
    /// not exist, and for a revision to compare with that is not an earlier one of the brief; [`StoreError::NotFound`]
    /// when that revision is not visible to the principal; [`StoreError::LimitExceeded`] for too many bytes of images
    /// or too many changes; [`StoreError::RenderQuarantined`]; [`StoreError::NoPrintEnvironment`];
    /// [`StoreError::QueueFull`]; [`StoreError::RequestIdReused`].
    pub async fn request(self, principal: &Principal, request: &RenderRequest) -> Result<RequestedRender> {
        let workspace = request.source.brief_name().workspace;
        let access = principal.access(&workspace)?;
        let made = self.make_render(principal, access, request).await;
        if let Ok(Some(made)) = made {
            return Ok(made);
        }
        // A repetition must get the first response even if the request would be rejected now.
        let before = match &request.write {
            Some(write) => recorded_response(self.pool, principal, &workspace, write).await?,
            None => None,
        };
        let Some(name) = before else {
            return made?.ok_or_else(|| damaged("the stored response of a repeated request is missing"));
        };
        let name = String::from_utf8(name).map_err(damaged)?.parse().map_err(damaged)?;
        Ok(RequestedRender { render: self.get(principal, &name).await?, is_new_task: false })
    }

    /// Creates a render; `None` when the request is a repetition.
    async fn make_render(
        self,
        principal: &Principal,
        access: Access,
        request: &RenderRequest,
    ) -> Result<Option<RequestedRender>> {
        let mut pinned = self.pin_render_input(principal, access, &request.source, &request.options).await?;
        let name = RenderName { workspace: pinned.brief.workspace.clone(), render: generated_id()? };
        let mut made_room = false;
        for _ in 0..MAX_RACE_RETRIES {
            let pinned_request = PinnedRequest { principal, request, pinned: &pinned, name: &name };
            let is_new_task = match self.join_render_task(&pinned_request).await? {
                Joined::Render(joined) => {
                    if joined.class.is_some_and(|class| class > class_of(request.priority)) {
                        self.raise_priority(&joined.task, request.priority).await?;
                    }
                    false
                }
                Joined::Repeated => return Ok(None),
                Joined::Next(generation) => {
                    match self.queue_render_task(&pinned_request, generation).await? {
                        Queued::Render => true,
                        Queued::Repeated => return Ok(None),
                        Queued::LostRace => continue,
                        Queued::Outdated => {
                            pinned = self
                                .pin_render_input(principal, access, &request.source, &request.options)
                                .await?;
                            continue;
                        }
                        // Other requests took the room that was found.
                        Queued::NoRoom if made_room => {
                            return Err(StoreError::QueueFull { limit: self.queue_limit });
                        }
                        Queued::NoRoom => {
                            self.recount_room(&name.workspace).await?;
                            made_room = true;
                            continue;
                        }
                    }
                }
            };
            return Ok(Some(RequestedRender { render: self.get(principal, &name).await?, is_new_task }));
        }
        Err(damaged("lost the race for the next task of a render key too often"))
    }

    /// Attaches the render to the newest task of its key, if that is live or has a result: a PDF, or a failure that the
    /// same inputs would repeat.
    async fn join_render_task(self, pinned_request: &PinnedRequest<'_>) -> Result<Joined> {
        let PinnedRequest { principal, request, pinned, name } = pinned_request;
        let write = request.write.as_ref();
        // Nobody learns by a guess for whom another's copy is: that is printed again.
        let is_personal = !(pinned.options.recipient.is_empty() && pinned.options.watermark.is_empty());
        let may_join_others = !is_personal || principal.roles.allow(Role::Publisher);
        let row = sqlx::query!(
            r#"-- renders::requests::join_render_task
            with task as materialized (
                select task_id, quarantined, failure_message,
                    state in ('QUEUED', 'RUNNING', 'FAILED') or artifact_digest is not null as joinable
                from render_tasks t
                where render_key = $1::bytea
                    and ($14 or exists (select from renders r where r.task_id = t.task_id and r.created_by = $8))
                order by generation desc
                limit 1
                -- The key lock races with a cancel: either the cancel sees this render, or this sees the task cancelled.
                for key share
            ), remembered as (
                insert into request_ids (workspace_id, subject, method, request_id, request_digest, response)
                select $2, $8, $10, $11, $12::bytea, convert_to($13, 'UTF8')
                from task where joinable and $11::text is not null
                on conflict do nothing
                returning request_id
            ), joined as (
                insert into renders (
                    workspace_id, render_id, task_id, brief_id, revision, visible_from, edition_digest, options,
                    created_by
                )
                select $2, $9, task_id, $3, $4, $5::smallint, $6::bytea, $7, $8
                from task where joinable and ($11::text is null or exists (select from remembered))
                returning render_id
            )
            select task.task_id as "task_id?", task.failure_message, q.priority as "class?",
                coalesce(task.quarantined, false) as "quarantined!", coalesce(task.joinable, false) as "joinable!",
                exists (select from joined) as "joined!", coalesce(newest.generation, 0) as "newest!"
            from (select max(generation) as generation from render_tasks where render_key = $1::bytea) newest
            left join task on true
            left join render_queue q on q.task_id = task.task_id"#,
            pinned.render_key.as_bytes().as_slice(),
            /* workspace_id */ pinned.brief.workspace.as_str(),
            /* brief_id */ pinned.brief.brief.as_str(),
            pinned.revision,
            pinned.visible_from,
            pinned.edition_digest.as_bytes().as_slice(),
            pinned.options.encode_to_vec(),
            principal.subject,
            /* render_id */ name.render.as_str(),
            write.map(|write| write.method),
            /* request_id */ write.map(|write| &write.id),
            write.map(|write| write.request_digest.as_bytes().as_slice()),
            /* response */ name.to_string(),
            /* may join another's */ may_join_others,
        )
        .fetch_one(self.pool)
        .await?;
        match row.task_id {
            Some(_) if row.quarantined => {
                Err(StoreError::RenderQuarantined(row.failure_message.unwrap_or_default()))
            }
            Some(task) if row.joined => Ok(Joined::Render(JoinedRender { task, class: row.class })),
            Some(_) if row.joinable => Ok(Joined::Repeated),
            Some(_) | None => Ok(Joined::Next(row.newest + 1)),
        }
    }

    /// Queues a task of a key and generation, with its first render.
    async fn queue_render_task(self, pinned_request: &PinnedRequest<'_>, generation: i32) -> Result<Queued> {
        let PinnedRequest { principal, request, pinned, name } = pinned_request;
        let write = request.write.as_ref();
        let quoted: Vec<Vec<u8>> = pinned.quoted.iter().map(|digest| digest.as_bytes().to_vec()).collect();
        // Start-time fair queueing: a workspace's next task is ranked after its last one, and not before the task that
        // is served now. A workspace with many requests therefore waits for itself and does not delay the others.
        let row = sqlx::query!(
            r#"-- renders::requests::queue_render_task
            with before as materialized (
                select request_id from request_ids
                where workspace_id = $2 and subject = $8 and method = $18 and request_id = $19
            ), quoted as materialized (
                -- Races with a purge, which locks the editions and then looks for tasks that refer to them: either the
                -- purge sees this task, or this finds an edition missing. Editions of one revision for different
                -- clearances may have equal digests.
                select digest from editions
                where brief_key = $11 and digest = any ($22::bytea[])
                order by revision, from_rank
                for key share
            ), share as (
                update render_shares
                set room = room - 1,
                    next_ranks[$15::smallint + 1] = 1 + greatest(
                        next_ranks[$15::smallint + 1],
                        (select last_value from render_virtual_time)
                    )
                where workspace_id = $2 and room > 0 and queue_limit = $16 and not exists (select from before)
                    and (select count(distinct digest) from quoted) = cardinality($22::bytea[])
                returning next_ranks[$15::smallint + 1] - 1 as fair_rank
            ), task as (
                insert into render_tasks
                    (workspace_id, render_key, generation, manifest, brief_key, revision, from_rank)
                select $2, $1::bytea, $9, $10, $11, $4, $14::smallint from share
                on conflict (render_key, generation) do nothing
                returning task_id, epoch
            ), queued as (
                insert into render_queue
                    (task_id, workspace_id, printer_version, fonts_digest, priority, fair_rank, epoch, marking,
                    needs_agreement)
                select task_id, $2, $12::bytea, $13::bytea, $15, fair_rank, epoch, $5::smallint,
                    print_needs_agreement($2, $5::smallint)
                from task, share
            ), remembered as (
                -- Fails, and undoes everything above, if a concurrent request has the same key.
                insert into request_ids (workspace_id, subject, method, request_id, request_digest, response)
                select $2, $8, $18, $19, $20::bytea, convert_to($21, 'UTF8') from task where $19::text is not null
            ), render as (
                insert into renders (
                    workspace_id, render_id, task_id, brief_id, revision, visible_from, edition_digest, options,
                    created_by
                )
                select $2, $17, task_id, $3, $4, $5::smallint, $6::bytea, $7, $8 from task
                returning render_id
            )
            select exists (select from before) as "before!", exists (select from share) as "had_room!",
                (select count(distinct digest) from quoted) = cardinality($22::bytea[]) as "is_quoted!", exists (select from render) as "made!""#,
            pinned.render_key.as_bytes().as_slice(),
            /* workspace_id */ pinned.brief.workspace.as_str(),
            /* brief_id */ pinned.brief.brief.as_str(),
            pinned.revision,
            pinned.visible_from,
            pinned.edition_digest.as_bytes().as_slice(),
            pinned.options.encode_to_vec(),
            principal.subject,
            generation,
            pinned.manifest,
            pinned.brief_key,
            pinned.environment.printer_version.as_bytes().as_slice(),
            pinned.environment.fonts_digest.as_bytes().as_slice(),
            pinned.from_rank,
            class_of(request.priority),
            self.queue_limit,
            /* render_id */ name.render.as_str(),
            write.map(|write| write.method),
            /* request_id */ write.map(|write| &write.id),
            write.map(|write| write.request_digest.as_bytes().as_slice()),
            /* response */ name.to_string(),
            /* quoted digests */ &quoted,
        )
        .fetch_one(self.pool)
        .await;
        match row {
            Ok(row) if row.made => Ok(Queued::Render),
            Ok(row) if row.before => Ok(Queued::Repeated),
            Ok(row) if !row.is_quoted => Ok(Queued::Outdated),
            Ok(row) if row.had_room => Ok(Queued::LostRace),
            Ok(_) => Ok(Queued::NoRoom),
            Err(error) if is_repeated_request(&error) => Ok(Queued::Repeated),
            Err(error) if edition_is_gone(&error) => {
                Err(StoreError::RevisionPurged(name_of(&request.source)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns whether a statement failed because the edition was purged after it was pinned.
fn edition_is_gone(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|refused| refused.constraint()) == Some("render_tasks_edition_fkey")
}

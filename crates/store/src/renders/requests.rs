//! Requesting a render: pin what is printed, then join the task that prints exactly this, or queue one.

use chancery_brief::digest::{Digest, body_digest};
use chancery_brief::render_options::with_defaults;
use chancery_proto::brief::v1::Change;
use chancery_proto::names::{BriefName, BriefOrRevisionName, RenderName};
use chancery_proto::render::v1::{RenderOptions, RenderPriority};
use chancery_proto::worker::v1::RenderInputManifest;
use prost::Message;

use crate::access::principal::{Access, Principal};
use crate::briefs::import_records::ImportRecord;
use crate::changes::idempotency_keys::{IdempotencyKey, is_repeated_request, recorded_response};
use crate::convert::{damaged, generated_id, to_number};
use crate::error::{Result, StoreError};
use crate::renders::Renders;
use crate::renders::comparisons::PinnedComparison;
use crate::renders::downloads::Render;
use crate::renders::environments::{PrintEnvironment, digest, environment};
use crate::renders::fair_share::class_of;
use crate::renders::inputs::PinnedEdition;
use crate::timestamps::timestamp;

/// How often a request that lost a race for a task's generation looks again. Each time somebody else got on.
const MAX_RACE_RETRIES: u32 = 16;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// The brief or the revision to print.
    pub source: BriefOrRevisionName,
    /// How.
    pub options: RenderOptions,
    /// How soon. It changes nothing of what is printed.
    pub priority: RenderPriority,
    /// By which a repeated request is known, if it is to be.
    pub write: Option<IdempotencyKey>,
}

/// A render that was just requested.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestedRender {
    /// The render.
    pub render: Render,
    /// Whether its task was queued with it: then a worker that waits should hear of it.
    pub is_new_task: bool,
}

/// What a render prints, pinned.
struct Pinned {
    brief: BriefName,
    brief_key: i64,
    revision: i32,
    from_rank: i16,
    /// The lowest clearance that may see all that goes into the print, and so the print.
    visible_from: i16,
    edition_digest: Digest,
    /// The editions whose changes the manifest quotes. They must not be purged before the task refers to them.
    quoted: Vec<Digest>,
    options: RenderOptions,
    environment: PrintEnvironment,
    manifest: Vec<u8>,
    render_key: Digest,
}

/// What a render is compared with; empty where there is no earlier revision.
#[derive(Default)]
struct Comparison {
    digest: String,
    revision: u32,
    visible_from: Option<i16>,
    changes: Vec<Change>,
    quoted: Vec<Digest>,
}

impl Comparison {
    /// With the parent revision, where there is one.
    fn of_parent(revision: Option<i32>, bytes: Option<&[u8]>, visible_from: Option<i16>) -> Result<Self> {
        let (Some(revision), Some(bytes)) = (revision, bytes) else { return Ok(Self::default()) };
        let (digest, revision) = (digest(bytes)?.to_string(), to_number(revision)?);
        Ok(Self { digest, revision, visible_from, ..Self::default() })
    }

    /// With a revision that the caller chose.
    fn chosen(pinned: PinnedComparison) -> Result<Self> {
        Ok(Self {
            digest: pinned.digest.to_string(),
            revision: to_number(pinned.revision)?,
            visible_from: Some(pinned.visible_from),
            changes: pinned.changes,
            quoted: pinned.between,
        })
    }
}

/// A render that is about to be made.
struct PinnedRequest<'a> {
    principal: &'a Principal,
    request: &'a RenderRequest,
    pinned: &'a Pinned,
    name: &'a RenderName,
}

/// What became of the newest task of a render key.
enum Joined {
    /// The request waits for it.
    Render(JoinedRender),
    /// This very request was done before.
    Before,
    /// There is none, or its PDF is gone, or it died: this generation is the next.
    Next(i32),
}

/// A render that was attached to a task which was there.
struct JoinedRender {
    task: String,
    /// The task's class while it lives.
    class: Option<i16>,
}

/// What became of a new task.
enum Queued {
    /// It is queued with its first render.
    Render,
    /// This very request was done before.
    Before,
    /// Somebody else made it in the meantime.
    LostRace,
    /// An edition that the manifest quotes was purged in the meantime.
    Outdated,
    /// Nothing is known of room in the workspace's queue.
    NoRoom,
}

impl Renders<'_> {
    /// Requests a PDF of the principal's edition, at normal priority: see [`Self::request_render`].
    pub async fn create(
        self,
        principal: &Principal,
        source: &BriefOrRevisionName,
        options: &RenderOptions,
    ) -> Result<RequestedRender> {
        let (source, options, priority) = (source.clone(), options.clone(), RenderPriority::Normal);
        self.request(principal, &RenderRequest { source, options, priority, write: None }).await
    }

    /// Requests a PDF of the principal's edition. A task with the same inputs is joined: when it has finished
    /// already, the render has too. One that waits in a lower class is lifted. A request that was done before under
    /// the same id answers the render that was made then, as it is now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] and [`StoreError::AllWithdrawn`] when the principal has no edition of the source;
    /// [`StoreError::RevisionPurged`] when he had one;
    /// [`StoreError::InvalidOptions`] for sections that it has not, for a logo that the workspace has not, and for a
    /// revision to compare with that is not an earlier one of the brief; [`StoreError::NotFound`] for one that the
    /// principal may not see; [`StoreError::LimitExceeded`] for images of too many bytes and for too many changes; [`StoreError::RenderQuarantined`],
    /// [`StoreError::NoPrintEnvironment`]; [`StoreError::QueueFull`] when a new task would be one too many;
    /// [`StoreError::RequestIdReused`].
    pub async fn request(self, principal: &Principal, request: &RenderRequest) -> Result<RequestedRender> {
        let workspace = request.source.brief_name().workspace;
        let access = principal.access(&workspace)?;
        let made = self.make_render(principal, access, request).await;
        if let Ok(Some(made)) = made {
            return Ok(made);
        }
        // What is refused now may have been done before: whoever repeats it gets the answer that he missed.
        let before = match &request.write {
            Some(write) => recorded_response(self.pool, principal, &workspace, write).await?,
            None => None,
        };
        let Some(name) = before else {
            return made?.ok_or_else(|| damaged("a request that was done before is forgotten"));
        };
        let name = String::from_utf8(name).map_err(damaged)?.parse().map_err(damaged)?;
        Ok(RequestedRender { render: self.get(principal, &name).await?, is_new_task: false })
    }

    /// Makes a render, unless this very request was done before.
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
                Joined::Before => return Ok(None),
                Joined::Next(generation) => {
                    match self.queue_render_task(&pinned_request, generation).await? {
                        Queued::Render => true,
                        Queued::Before => return Ok(None),
                        Queued::LostRace => continue,
                        Queued::Outdated => {
                            pinned = self
                                .pin_render_input(principal, access, &request.source, &request.options)
                                .await?;
                            continue;
                        }
                        // Others took what was left.
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
        Err(damaged("the tasks of a render key end as fast as they are made"))
    }

    /// Everything that the print depends on, as it is now. A newer revision and an earlier one, which the print tells of,
    /// are looked up for the caller: who may not see them will not see the render.
    async fn pin_render_input(
        self,
        principal: &Principal,
        access: Access,
        source: &BriefOrRevisionName,
        options: &RenderOptions,
    ) -> Result<Pinned> {
        let brief = source.brief_name();
        let named = source.revision().map(|number| i32::try_from(number.0).unwrap_or(i32::MAX));
        let row = sqlx::query!(
            r#"-- renders::requests::pin_render_input
            select b.brief_key, e.revision, e.from_rank as "from_rank!", e.digest, r.published_at, r.creator,
                r.recorded_at, r.importer,
                r.withdrawn_at is not null as "is_withdrawn!", r.withdraw_reason,
                p.revision as "comparison_revision?", p.digest as "comparison?",
                p.from_rank::smallint as "comparison_from?",
                n.revision as "newest?", n.floor::smallint as "newest_from?",
                v.printer_version as "printer_version?", v.fonts_digest as "fonts_digest?"
            from briefs b
            cross join lateral (
                select revision, from_rank, digest from editions
                where brief_key = b.brief_key
                    and from_rank <= $3::smallint
                    and case when $4::integer is null then current_until > $3 else revision = $4 end
                order by revision desc, from_rank desc
                limit 1
            ) e
            join revisions r on r.brief_key = b.brief_key and r.revision = e.revision
            left join lateral (
                select c.revision, c.digest, c.from_rank
                from editions c join revisions s using (brief_key, revision)
                where c.brief_key = b.brief_key and c.revision < e.revision and c.from_rank <= $3::smallint
                    and s.withdrawn_at is null
                order by c.revision desc, c.from_rank desc
                limit 1
            ) p on true
            left join lateral (
                select c.revision, s.floor from editions c join revisions s using (brief_key, revision)
                where c.brief_key = b.brief_key and c.from_rank <= $3::smallint and c.current_until > $3
                limit 1
            ) n on true
            left join print_environments v on v.active
            where b.workspace_id = $1 and b.brief_id = $2 and b.deleted_at is null"#,
            brief.workspace.as_str(),
            brief.brief.as_str(),
            i16::from(access.clearance.0),
            named,
        )
        .fetch_optional(self.pool)
        .await?;
        let Some(row) = row else { return Err(self.missing_edition_error(principal, source).await?) };
        let environment = active_environment(row.printer_version.as_deref(), row.fonts_digest.as_deref())?;
        let edition_digest = digest(&row.digest)?;
        let options = with_defaults(options.clone());
        let edition = PinnedEdition { key: row.brief_key, revision: row.revision, from_rank: row.from_rank };
        self.check_sections(&edition, &options).await?;
        let comparison = if options.compare_to.is_empty() {
            Comparison::of_parent(row.comparison_revision, row.comparison.as_deref(), row.comparison_from)?
        } else {
            Comparison::chosen(self.pin_comparison(access, &brief, &edition, &options.compare_to).await?)?
        };
        let logo = self.pin_logo(access, &brief, &options).await?;
        let attachments = self.pin_images(&edition, logo.as_ref()).await?;
        let seen = [Some(row.from_rank), comparison.visible_from, logo.as_ref().map(|logo| logo.marking)];
        let newer = row.newest.filter(|newest| *newest > row.revision);
        let newer_from = newer.and(row.newest_from);
        let visible_from = seen.into_iter().chain([newer_from]).flatten().max().unwrap_or(row.from_rank);
        let manifest = RenderInputManifest {
            workspace: format!("workspaces/{}", brief.workspace),
            brief: brief.to_string(),
            revision: u32::try_from(row.revision).map_err(damaged)?,
            edition_digest: edition_digest.to_string(),
            comparison_edition_digest: comparison.digest,
            comparison_revision: comparison.revision,
            combined_changes: comparison.changes,
            combined_edition_digests: comparison.quoted.iter().map(Digest::to_string).collect(),
            attachment_digests: attachments,
            asset_digests: logo.into_iter().map(|logo| logo.digest.to_string()).collect(),
            // The comparison is pinned by its digests: naming the parent revision prints what naming none prints.
            options: Some(RenderOptions { compare_to: String::new(), ..options.clone() }),
            publish_time: Some(timestamp(row.published_at)),
            creator: row.creator,
            import_record: ImportRecord::of_columns(row.importer, row.recorded_at)
                .map(|import| import.to_message()),
            superseded_by: newer.map_or(Ok(0), to_number)?,
            withdrawn: row.is_withdrawn,
            withdraw_reason: row.withdraw_reason.unwrap_or_default(),
            environment: Some(environment.to_message()),
            marking_scheme: access.scheme.to_string(),
        }
        .encode_to_vec();
        Ok(Pinned {
            brief,
            brief_key: row.brief_key,
            revision: row.revision,
            from_rank: row.from_rank,
            visible_from,
            edition_digest,
            quoted: comparison.quoted,
            options,
            environment,
            render_key: body_digest(&manifest),
            manifest,
        })
    }

    /// What it means that the principal has no edition to print.
    async fn missing_edition_error(
        self,
        principal: &Principal,
        source: &BriefOrRevisionName,
    ) -> Result<StoreError> {
        let answer = match source {
            BriefOrRevisionName::Revision(name) => self.briefs.edition(principal, name).await.map(drop),
            BriefOrRevisionName::Brief(name) => self.briefs.newest_edition(principal, name).await.map(drop),
        };
        match answer {
            // It was deleted, or is there since just now.
            Ok(()) => Ok(StoreError::NotFound(name_of(source))),
            Err(
                error @ (StoreError::RevisionPurged(_)
                | StoreError::AllWithdrawn(_)
                | StoreError::NotFound(_)),
            ) => Ok(error),
            Err(StoreError::NotPublished(name)) => Ok(StoreError::NotFound(name)),
            Err(error) => Err(error),
        }
    }

    /// Adds the request to the newest task of its key, if that one lives or has its result: a PDF, or a failure
    /// that the same inputs would meet again.
    async fn join_render_task(self, pinned_request: &PinnedRequest<'_>) -> Result<Joined> {
        let PinnedRequest { principal, request, pinned, name } = pinned_request;
        let write = request.write.as_ref();
        let row = sqlx::query!(
            r#"-- renders::requests::join_render_task
            with task as materialized (
                select task_id, generation, quarantined, failure_message,
                    state in ('QUEUED', 'RUNNING', 'FAILED') or artifact_digest is not null as joinable
                from render_tasks
                where render_key = $1::bytea
                order by generation desc
                limit 1
                -- Against cancelling: either that one sees this render, or this one sees the task cancelled.
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
            select task.task_id, task.generation, task.quarantined, task.failure_message, q.priority as "class?",
                task.joinable as "joinable!", exists (select from joined) as "joined!"
            from task left join render_queue q on q.task_id = task.task_id"#,
            pinned.render_key.as_bytes().as_slice(),
            pinned.brief.workspace.as_str(),
            pinned.brief.brief.as_str(),
            pinned.revision,
            pinned.visible_from,
            pinned.edition_digest.as_bytes().as_slice(),
            pinned.options.encode_to_vec(),
            principal.subject,
            name.render.as_str(),
            write.map(|write| write.method),
            write.map(|write| &write.id),
            write.map(|write| write.request_digest.as_bytes().as_slice()),
            name.to_string(),
        )
        .fetch_optional(self.pool)
        .await?;
        match row {
            None => Ok(Joined::Next(1)),
            Some(task) if task.quarantined => {
                Err(StoreError::RenderQuarantined(task.failure_message.unwrap_or_default()))
            }
            Some(task) if task.joined => {
                Ok(Joined::Render(JoinedRender { task: task.task_id, class: task.class }))
            }
            Some(task) if task.joinable => Ok(Joined::Before),
            Some(task) => Ok(Joined::Next(task.generation + 1)),
        }
    }

    /// Makes the task of a key and generation with its queue row and this first render.
    async fn queue_render_task(self, pinned_request: &PinnedRequest<'_>, generation: i32) -> Result<Queued> {
        let PinnedRequest { principal, request, pinned, name } = pinned_request;
        let write = request.write.as_ref();
        let quoted: Vec<Vec<u8>> = pinned.quoted.iter().map(|digest| digest.as_bytes().to_vec()).collect();
        // Start-time fair queueing: a workspace's next task comes after its last one, and not before the one that
        // is served now; so who asks for much waits behind himself and not before others.
        let row = sqlx::query!(
            r#"-- renders::requests::queue_render_task
            with before as materialized (
                select request_id from request_ids
                where workspace_id = $2 and subject = $8 and method = $18 and request_id = $19
            ), quoted as materialized (
                -- Against a purge, which locks the editions and then looks for tasks that refer to them: either that one sees
                -- this task, or this one finds an edition missing. Editions of one revision for different clearances may
                -- have equal digests.
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
                    (task_id, workspace_id, printer_version, fonts_digest, priority, fair_rank, epoch)
                select task_id, $2, $12::bytea, $13::bytea, $15, fair_rank, epoch from task, share
            ), remembered as (
                -- Another request under the same id, at the same time, undoes all of this here.
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
            pinned.brief.workspace.as_str(),
            pinned.brief.brief.as_str(),
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
            name.render.as_str(),
            write.map(|write| write.method),
            write.map(|write| &write.id),
            write.map(|write| write.request_digest.as_bytes().as_slice()),
            name.to_string(),
            &quoted,
        )
        .fetch_one(self.pool)
        .await;
        match row {
            Ok(row) if row.made => Ok(Queued::Render),
            Ok(row) if row.before => Ok(Queued::Before),
            Ok(row) if !row.is_quoted => Ok(Queued::Outdated),
            Ok(row) if row.had_room => Ok(Queued::LostRace),
            Ok(_) => Ok(Queued::NoRoom),
            Err(error) if is_repeated_request(&error) => Ok(Queued::Before),
            Err(error) if edition_is_gone(&error) => {
                Err(StoreError::RevisionPurged(name_of(&request.source)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The active print environment, of a row that has none where none is active.
fn active_environment(
    printer_version: Option<&[u8]>,
    fonts_digest: Option<&[u8]>,
) -> Result<PrintEnvironment> {
    let digests = printer_version.zip(fonts_digest);
    let (printer_version, fonts_digest) = digests.ok_or(StoreError::NoPrintEnvironment)?;
    environment(printer_version, fonts_digest)
}

/// Whether a statement was refused because the edition was purged since it was pinned.
fn edition_is_gone(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|refused| refused.constraint()) == Some("render_tasks_edition_fkey")
}

fn name_of(source: &BriefOrRevisionName) -> String {
    match source {
        BriefOrRevisionName::Brief(name) => name.to_string(),
        BriefOrRevisionName::Revision(name) => name.to_string(),
    }
}

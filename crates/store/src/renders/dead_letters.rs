//! Dead letters: render tasks that exhausted their attempts, and their requeueing by operators.

use chancery_proto::names::{BriefName, GeneratedId, ResourceId, TaskName};
use chancery_proto::worker::v1::{PrintEnvironment, RenderInputManifest};
use prost::Message;
use time::OffsetDateTime;

use crate::access::principal::Principal;
use crate::access::workspaces::SYSTEM;
use crate::changes::log::{self, Change};
use crate::convert::damaged;
use crate::error::{Result, StoreError};
use crate::renders::RenderQueue;
use crate::renders::environments::of_message;

/// Maximum number of retries after losing a race for the next generation. Each lost race means that another call made
/// progress.
const MAX_RACE_RETRIES: u32 = 16;

/// A task as operators see it: names only, no content.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderTask {
    /// Its name.
    pub name: TaskName,
    /// The brief that it prints.
    pub brief: BriefName,
    /// The revision.
    pub revision: u32,
    /// Its state.
    pub state: TaskState,
    /// The stable reason for its failure; empty for other states.
    pub reason: String,
    /// The reason in words.
    pub message: String,
    /// The number of charged attempts.
    pub attempts: u32,
    /// The number of expired leases.
    pub crashes: u32,
    /// Whether it is quarantined for crashing its workers.
    pub quarantined: bool,
    /// Its number among the tasks with the same inputs, from 1.
    pub generation: u32,
    /// The print environment.
    pub environment: PrintEnvironment,
    /// When it was queued.
    pub created_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// The newest task with the same inputs, if it is another one.
    pub successor: Option<TaskName>,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// In the queue.
    Queued,
    /// Leased by a worker.
    Running,
    /// Finished with a PDF, which may have expired.
    Succeeded,
    /// Failed in a way that the same inputs would repeat.
    Failed,
    /// Out of attempts, or quarantined.
    Dead,
    /// Cancelled with its last render.
    Cancelled,
}

/// The page key of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadTaskPageKey {
    /// When the task became a dead letter.
    pub died_at: OffsetDateTime,
    /// Breaks ties.
    pub task: GeneratedId,
}

/// A filter of dead letters.
#[derive(Debug, Clone, Default)]
pub struct DeadTaskFilter {
    /// Only those of this workspace.
    pub workspace: Option<ResourceId>,
    /// Include those with a successor.
    pub with_successor: bool,
    /// Include tasks that failed in a way that a retry would repeat, as their worker said.
    pub with_failed: bool,
}

/// The outcome of a requeue.
#[derive(Debug, Clone, PartialEq)]
pub struct Requeued {
    /// The newest task with the same inputs.
    pub task: RenderTask,
    /// Whether this call queued it: then notify waiting workers.
    pub is_new: bool,
}

struct Row {
    task_id: String,
    workspace_id: String,
    brief_id: String,
    revision: i32,
    state: String,
    reason: Option<String>,
    message: Option<String>,
    attempts: i32,
    crashes: i32,
    quarantined: bool,
    generation: i32,
    manifest: Vec<u8>,
    created_at: OffsetDateTime,
    ended_at: Option<OffsetDateTime>,
    successor: Option<String>,
}

/// Selects the [`Row`]s of tasks `t`, with their successors `n`, that match a condition. The method's name opens the
/// statement.
macro_rules! select_tasks {
    ($method:literal, $condition:literal, $($bind:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            "-- " + $method + r#"
            select t.task_id, t.workspace_id, b.brief_id, t.revision, t.state, t.failure_reason as reason,
                t.failure_message as message, t.attempts, t.crashes, t.quarantined, t.generation, t.manifest,
                t.created_at, t.ended_at, n.task_id as "successor?"
            from render_tasks t
            join briefs b using (brief_key)
            left join lateral (
                select task_id from render_tasks
                where render_key = t.render_key and generation > t.generation
                order by generation desc
                limit 1
            ) n on true
            "# + $condition,
            $($bind),+
        )
    };
}

impl RenderQueue<'_> {
    /// Lists at most `limit` dead letters, and failed tasks if the filter says so, after a page key, newest first.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for all but operators.
    pub async fn list_dead_tasks(
        self,
        principal: &Principal,
        filter: &DeadTaskFilter,
        after: Option<&DeadTaskPageKey>,
        limit: i64,
    ) -> Result<Vec<RenderTask>> {
        principal.operates("render tasks")?;
        let rows = select_tasks!(
            "renders::dead_letters::list_dead_tasks",
            "where t.state in ('DEAD', 'FAILED') and (t.state = 'DEAD' or $6)
                and ($1::text is null or t.workspace_id = $1)
                and ($2 or n.task_id is null)
                and ($3::timestamptz is null or (t.ended_at, t.task_id) < ($3, $4))
            order by t.ended_at desc, t.task_id desc
            limit $5",
            filter.workspace.as_ref().map(ResourceId::as_str),
            filter.with_successor,
            after.map(|key| key.died_at),
            after.map(|key| key.task.as_str()),
            limit,
            filter.with_failed,
        )
        .fetch_all(self.pool)
        .await?;
        rows.into_iter().map(Row::into_task).collect()
    }

    /// Queues the inputs of a dead letter or of a task that failed again as their next generation. The task, and the renders
    /// that ended with it, do not change. Returns the successor if there is one already.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::TaskNotDead`]; [`StoreError::Forbidden`] for all but operators.
    pub async fn requeue_task(self, principal: &Principal, name: &TaskName) -> Result<Requeued> {
        principal.operates("render tasks")?;
        for _ in 0..MAX_RACE_RETRIES {
            let task = self.render_task(name).await?;
            if let Some(successor) = &task.successor {
                return Ok(Requeued { task: self.render_task(successor).await?, is_new: false });
            }
            if !matches!(task.state, TaskState::Dead | TaskState::Failed) {
                return Err(StoreError::TaskNotDead { state: task.state.as_str() });
            }
            if let Some(next) = self.queue_next_generation(principal, &task).await? {
                return Ok(Requeued { task: self.render_task(&next).await?, is_new: true });
            }
        }
        Err(damaged("lost the race for the next task of a render key too often"))
    }

    /// Queues the next task with a dead letter's inputs; `None` when another call queued it first.
    async fn queue_next_generation(
        self,
        principal: &Principal,
        dead: &RenderTask,
    ) -> Result<Option<TaskName>> {
        let environment = of_message(&dead.environment)?;
        let mut transaction = self.pool.begin().await?;
        // The task takes its turn as a new task of the workspace's normal class: its position in the queue did not
        // cause the failure. Operators may exceed the workspace's limit, but the task counts towards it.
        let id = sqlx::query_scalar!(
            "-- renders::dead_letters::queue_next_generation
            with share as (
                update render_shares s
                set room = greatest(s.room - 1, 0),
                    next_ranks[2] = 1 + greatest(s.next_ranks[2], (select last_value from render_virtual_time))
                from render_tasks t
                where t.task_id = $1 and s.workspace_id = t.workspace_id
                returning s.next_ranks[2] - 1 as fair_rank
            ), task as (
                insert into render_tasks
                    (workspace_id, render_key, generation, manifest, brief_key, revision, from_rank)
                select workspace_id, render_key, generation + 1, manifest, brief_key, revision, from_rank
                from render_tasks
                where task_id = $1
                on conflict (render_key, generation) do nothing
                returning task_id, workspace_id, epoch
            )
            insert into render_queue
                (task_id, workspace_id, printer_version, fonts_digest, fair_rank, epoch, marking, needs_agreement)
            select task_id, workspace_id, $2::bytea, $3::bytea,
                coalesce((select fair_rank from share), (select last_value from render_virtual_time)),
                epoch, dead.marking, print_needs_agreement(workspace_id, dead.marking)
            from task, (select max(visible_from) as marking from renders where task_id = $1) dead
            returning task_id",
            dead.name.task.as_str(),
            environment.printer_version.as_bytes().as_slice(),
            environment.fonts_digest.as_bytes().as_slice(),
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(id) = id else { return Ok(None) };
        let change = Change::of_no_brief("render_task_requeued", dead.name.to_string());
        log::record(&mut transaction, SYSTEM, &principal.subject, &[change]).await?;
        transaction.commit().await?;
        Ok(Some(TaskName { task: id.parse().map_err(damaged)? }))
    }

    async fn render_task(self, name: &TaskName) -> Result<RenderTask> {
        let row =
            select_tasks!("renders::dead_letters::render_task", "where t.task_id = $1", name.task.as_str(),)
                .fetch_optional(self.pool)
                .await?;
        row.ok_or_else(|| StoreError::NotFound(name.to_string()))?.into_task()
    }
}

impl Row {
    fn into_task(self) -> Result<RenderTask> {
        let manifest = RenderInputManifest::decode(self.manifest.as_slice()).map_err(damaged)?;
        let number = |integer: i32| u32::try_from(integer).map_err(damaged);
        let named = |id: String| -> Result<TaskName> { Ok(TaskName { task: id.parse().map_err(damaged)? }) };
        Ok(RenderTask {
            name: named(self.task_id)?,
            brief: BriefName {
                workspace: self.workspace_id.parse().map_err(damaged)?,
                brief: self.brief_id.parse().map_err(damaged)?,
            },
            revision: number(self.revision)?,
            state: TaskState::of_word(&self.state)?,
            reason: self.reason.unwrap_or_default(),
            message: self.message.unwrap_or_default(),
            attempts: number(self.attempts)?,
            crashes: number(self.crashes)?,
            quarantined: self.quarantined,
            generation: number(self.generation)?,
            environment: manifest.environment.unwrap_or_default(),
            created_at: self.created_at,
            ended_at: self.ended_at,
            successor: self.successor.map(named).transpose()?,
        })
    }
}

impl TaskState {
    const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Dead, Self::Cancelled];

    /// Returns the state as the database stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Dead => "DEAD",
            Self::Cancelled => "CANCELLED",
        }
    }

    fn of_word(word: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == word);
        known.ok_or_else(|| damaged(format!("{word:?} is not a task state")))
    }
}

impl DeadTaskPageKey {
    /// Returns a task's page key; `None` while it has not ended.
    pub fn of(task: &RenderTask) -> Option<Self> {
        Some(Self { died_at: task.ended_at?, task: task.name.task.clone() })
    }
}

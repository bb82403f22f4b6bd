-- Fair shares of a bounded queue, writes that may be repeated, and PDFs that expire. Forward only: never edited once
-- released.

-- Start-time fair queueing. Each workspace has a line for each class. A task's fair_rank is its start tag: one after the
-- task before it in its line, and not before the virtual time, which is the highest start tag that was ever leased. So
-- what a workspace has got counts also after its line ran empty, and the time that others were served in its absence does
-- not. A sequence holds the virtual time because nobody waits for it and it costs one page: claims by several workers at
-- once do not get into each other's way.
create sequence render_virtual_time minvalue 0 start 0;
comment on sequence render_virtual_time is 'The highest fair_rank that was ever leased: its last_value, set by claims';

create table render_shares (
    workspace_id text collate "C" primary key references workspaces,
    next_ranks bigint[] not null default '{0,0,0}' check (array_length(next_ranks, 1) = 3),
    queue_limit integer not null check (queue_limit > 0),
    room integer not null check (room >= 0)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
comment on table render_shares is 'What a workspace may still queue, and where in the order. Whoever queues a new task locks its row until he commits; nobody who serves the queue does';
comment on column render_shares.workspace_id is 'The workspace';
comment on column render_shares.next_ranks is 'The lowest fair_rank of its next task, by class';
comment on column render_shares.queue_limit is 'The limit that room was counted for';
comment on column render_shares.room is 'Tasks that may be queued before the live ones are counted again: at most what is left of the limit';

-- The order is one number, so that a claim reads it from an index: a class lower stands 100 rounds behind. That is the
-- ageing as well, without anybody who rewrites waiting rows: the virtual time rises with what is served, so after 100
-- rounds new tasks of the higher class stand behind the waiting ones of the lower.
update render_queue set priority = 1;
alter table render_queue
    drop constraint render_queue_priority_check,
    add constraint render_queue_priority_check check (priority between 0 and 2),
    alter column priority set default 1,
    add column order_rank bigint not null generated always as (fair_rank + 100 * priority) stored;
drop index render_queue_claim;
create index render_queue_claim on render_queue (printer_version, fonts_digest, order_rank, queued_at);
drop index render_queue_fairness;
create index render_queue_of_workspace on render_queue (workspace_id);
comment on column render_queue.priority is 'The class: 0 interactive, 1 normal, 2 bulk';
comment on column render_queue.fair_rank is 'Start-time fair queueing between workspaces: the start tag in the line of its class';
comment on column render_queue.order_rank is 'The lowest goes first';

-- Tasks that wait already keep their order.
select setval('render_virtual_time', greatest(min(fair_rank), 0)) from render_queue having count(*) > 0;
insert into render_shares (workspace_id, next_ranks, queue_limit, room)
select workspace_id, array[0, max(fair_rank) + 1, 0], 1, 0 from render_queue group by workspace_id;

-- Writes that may be repeated (AIP-155).
create table request_ids (
    workspace_id text collate "C" not null references workspaces,
    subject text collate "C" not null,
    method text collate "C" not null,
    request_id text collate "C" not null check (request_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    request_digest sha256 not null,
    response bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (workspace_id, subject, method, request_id)
);
create index request_ids_by_age on request_ids (created_at);
comment on table request_ids is 'Writes that were done, by the ids that their callers gave them: written in the write''s own transaction, swept after a day';
comment on column request_ids.workspace_id is 'The workspace that was written to';
comment on column request_ids.subject is 'Who wrote';
comment on column request_ids.method is 'The RPC: ids of two methods have nothing to do with each other';
comment on column request_ids.request_id is 'The id';
comment on column request_ids.request_digest is 'SHA-256 of the request without the id: the same id with another one is refused';
comment on column request_ids.response is 'What the answer is made from again: the name of what was made, or nothing';
comment on column request_ids.created_at is 'When it was done';

-- PDFs that expire.
alter table artifacts add column finished_at timestamptz not null default clock_timestamp();
update artifacts set finished_at = created_at;
create index artifacts_by_age on artifacts (finished_at);
create index render_tasks_of_artifact on render_tasks (workspace_id, artifact_digest)
    where artifact_digest is not null;
comment on column artifacts.finished_at is 'When the last task that made it was finished: it ages from then on';

-- Pauses between attempts.
alter table render_tasks add column pause_seconds double precision not null default 0 check (pause_seconds >= 0);
comment on column render_tasks.pause_seconds is 'The last pause before another attempt, which the next one is drawn from';

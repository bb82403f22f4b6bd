-- The render queue: requests, the tasks that they share, leases, and the PDFs. Forward only: never edited once
-- released. All times are the database's own, from clock_timestamp().

create table print_environments (
    printer_version sha256 not null,
    fonts_digest sha256 not null,
    active boolean not null,
    set_at timestamptz not null default clock_timestamp(),
    primary key (printer_version, fonts_digest)
);
create unique index print_environments_active on print_environments (active) where active;
comment on table print_environments is 'What decides a PDF''s bytes besides its inputs; every environment that was ever active';
comment on column print_environments.printer_version is 'SHA-256 over the printer''s sources';
comment on column print_environments.fonts_digest is 'SHA-256 over the fonts';
comment on column print_environments.active is 'Whether new renders are printed by it; one at most is';
comment on column print_environments.set_at is 'When it last became active';

create table artifact_blobs (
    blob_id text collate "C" primary key default replace(gen_random_uuid()::text, '-', '')
        check (blob_id ~ '^[0-9a-f]{32}$'),
    task_id text collate "C" not null,
    epoch bigint not null,
    created_at timestamptz not null default clock_timestamp()
);
create index artifact_blobs_by_age on artifact_blobs (created_at);
comment on table artifact_blobs is 'Bytes on their way in: the staging record. A blob counts from the moment that an artifact refers to it; one that none refers to is swept';
comment on column artifact_blobs.blob_id is 'Made at random';
comment on column artifact_blobs.task_id is 'The task that it was printed for; no reference, a blob outlives its task';
comment on column artifact_blobs.epoch is 'The lease that it was uploaded under';
comment on column artifact_blobs.created_at is 'When the upload began';

create table artifact_chunks (
    blob_id text collate "C" not null references artifact_blobs on delete cascade,
    ordinal integer not null check (ordinal >= 0),
    bytes bytea not null check (octet_length(bytes) between 1 and 262144),
    primary key (blob_id, ordinal)
);
alter table artifact_chunks alter column bytes set storage external;
comment on table artifact_chunks is 'The bytes of blobs: every chunk but a blob''s last has exactly 256 KiB, so that an offset says which chunk holds it';
comment on column artifact_chunks.blob_id is 'The blob';
comment on column artifact_chunks.ordinal is 'From 0, without gaps';
comment on column artifact_chunks.bytes is 'The bytes; PDFs are compressed already';

create table artifacts (
    workspace_id text collate "C" not null references workspaces,
    digest sha256 not null,
    size_bytes bigint not null check (size_bytes between 1 and 268435456),
    pages integer not null check (pages >= 0),
    blob_id text collate "C" not null unique references artifact_blobs,
    created_at timestamptz not null default clock_timestamp(),
    primary key (workspace_id, digest)
);
comment on table artifacts is 'Finished PDFs';
comment on column artifacts.workspace_id is 'The workspace: equal bytes of two workspaces are two artifacts';
comment on column artifacts.digest is 'SHA-256 of its bytes';
comment on column artifacts.size_bytes is 'Their number';
comment on column artifacts.pages is 'The PDF''s number of pages';
comment on column artifacts.blob_id is 'Where the bytes are';
comment on column artifacts.created_at is 'When the first task that made it was finished';

create table render_tasks (
    task_id text collate "C" primary key default replace(gen_random_uuid()::text, '-', '')
        check (task_id ~ '^[0-9a-f]{32}$'),
    workspace_id text collate "C" not null references workspaces,
    render_key sha256 not null,
    generation integer not null check (generation > 0),
    manifest bytea not null,
    brief_key bigint not null,
    revision integer not null,
    from_rank marking_rank not null,
    state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'DEAD')),
    epoch bigint not null default 0 check (epoch >= 0),
    attempts integer not null default 0 check (attempts >= 0),
    crashes integer not null default 0 check (crashes >= 0),
    phase smallint not null default 0,
    pages integer not null default 0 check (pages >= 0),
    artifact_digest sha256,
    warnings text[] not null default '{}',
    failure_reason text,
    failure_message text,
    quarantined boolean not null default false,
    finished_epoch bigint,
    created_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    ended_at timestamptz,
    unique (render_key, generation),
    foreign key (brief_key, revision, from_rank) references editions,
    foreign key (workspace_id, artifact_digest) references artifacts,
    check ((state = 'SUCCEEDED') = (finished_epoch is not null)),
    check (state = 'SUCCEEDED' or artifact_digest is null),
    check ((state in ('FAILED', 'DEAD')) = (failure_reason is not null)),
    check ((state in ('SUCCEEDED', 'FAILED', 'DEAD')) = (ended_at is not null)),
    check (not quarantined or state = 'DEAD')
) with (fillfactor = 70);
comment on table render_tasks is 'The work that all renders with the same inputs share. Whoever changes a live task locks its row in render_queue first';
comment on column render_tasks.task_id is 'Made at random';
comment on column render_tasks.workspace_id is 'The workspace of all its renders';
comment on column render_tasks.render_key is 'SHA-256 of manifest';
comment on column render_tasks.generation is 'From 1; the next one begins when a task of the key died or its PDF is gone';
comment on column render_tasks.manifest is 'Canonical bytes of the RenderInputManifest';
comment on column render_tasks.brief_key is 'The brief that is printed';
comment on column render_tasks.revision is 'The revision';
comment on column render_tasks.from_rank is 'The edition: the lowest clearance that sees it';
comment on column render_tasks.state is 'FAILED: the same inputs fail again. DEAD: given up after too many attempts or crashes';
comment on column render_tasks.epoch is 'The fence: rises whenever the right to the task begins or ends, never falls';
comment on column render_tasks.attempts is 'Attempts that were charged';
comment on column render_tasks.crashes is 'Leases that ran out';
comment on column render_tasks.phase is 'RenderPhase''s number, of the current attempt';
comment on column render_tasks.pages is 'Pages laid out so far in the current attempt';
comment on column render_tasks.artifact_digest is 'The PDF, once SUCCEEDED and until it expires';
comment on column render_tasks.warnings is 'What the printer has to say about the PDF';
comment on column render_tasks.failure_reason is 'A stable reason in upper snake case';
comment on column render_tasks.failure_message is 'For people';
comment on column render_tasks.quarantined is 'Crashed its workers too often: new renders of it are refused';
comment on column render_tasks.finished_epoch is 'The lease that finished it';
comment on column render_tasks.created_at is 'When it was queued';
comment on column render_tasks.started_at is 'When it was first leased';
comment on column render_tasks.ended_at is 'When it ended';

create table render_queue (
    task_id text collate "C" primary key references render_tasks,
    workspace_id text collate "C" not null,
    printer_version sha256 not null,
    fonts_digest sha256 not null,
    priority smallint not null default 0 check (priority between 0 and 9),
    fair_rank bigint not null,
    queued_at timestamptz not null default clock_timestamp(),
    visible_at timestamptz not null default clock_timestamp(),
    epoch bigint not null,
    leased_at timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
-- What a claim changes (visible_at, epoch, leased_at) stays out of every index, so that claims and renewals are
-- heap-only updates. Rows under a lease are passed over; there are only as many as the workers have slots.
create index render_queue_claim on render_queue (printer_version, fonts_digest, priority, fair_rank, queued_at);
create index render_queue_fairness on render_queue (workspace_id, fair_rank);
comment on table render_queue is 'The live tasks only, waiting or leased: narrow, with room for heap-only updates. Its row is what worker writes are fenced by';
comment on column render_queue.task_id is 'The task';
comment on column render_queue.workspace_id is 'Its workspace, for fairness';
comment on column render_queue.printer_version is 'What may print it';
comment on column render_queue.fonts_digest is 'What may print it';
comment on column render_queue.priority is 'The class: lower ones go first';
comment on column render_queue.fair_rank is 'Start-time fair queueing between workspaces: set when queued, the lowest goes first';
comment on column render_queue.queued_at is 'Decides between equal ranks';
comment on column render_queue.visible_at is 'From when on it may be claimed: the end of a lease or of a pause';
comment on column render_queue.epoch is 'The task''s epoch';
comment on column render_queue.leased_at is 'When the current lease began; null while nobody has one';

create table render_attempts (
    task_id text collate "C" not null references render_tasks,
    epoch bigint not null,
    event text not null check (event in ('LEASED', 'SUCCEEDED', 'FAILED', 'RELEASED', 'EXPIRED')),
    worker text not null default '',
    reason text not null default '',
    at timestamptz not null default clock_timestamp(),
    primary key (task_id, epoch, event)
);
comment on table render_attempts is 'What happened to each lease. Append only';
comment on column render_attempts.task_id is 'The task';
comment on column render_attempts.epoch is 'The lease';
comment on column render_attempts.event is 'What happened';
comment on column render_attempts.worker is 'The name that the worker gives itself; with LEASED';
comment on column render_attempts.reason is 'Why; with FAILED';
comment on column render_attempts.at is 'When';

create table renders (
    workspace_id text collate "C" not null references workspaces,
    render_id text collate "C" not null default replace(gen_random_uuid()::text, '-', '')
        check (render_id ~ '^[0-9a-f]{32}$'),
    task_id text collate "C" not null references render_tasks,
    brief_id text collate "C" not null,
    revision integer not null,
    visible_from marking_rank not null,
    edition_digest sha256 not null,
    options bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (workspace_id, render_id)
);
create index renders_of_task on renders (task_id);
comment on table renders is 'Callers'' requests. A render''s state is its task''s';
comment on column renders.workspace_id is 'The workspace';
comment on column renders.render_id is 'The id in workspaces/{workspace}/renders/{render}, made at random';
comment on column renders.task_id is 'The work, shared with equal renders';
comment on column renders.brief_id is 'The brief';
comment on column renders.revision is 'The revision that is printed, pinned';
comment on column renders.visible_from is 'The lowest clearance that sees the edition, and so the render';
comment on column renders.edition_digest is 'SHA-256 of the edition that is printed';
comment on column renders.options is 'Canonical bytes of the RenderOptions, defaults filled in';
comment on column renders.created_at is 'When it was requested';
comment on column renders.created_by is 'The subject who requested it';

create table render_deliveries (
    delivery_id bigint generated always as identity primary key,
    workspace_id text collate "C" not null,
    render_id text collate "C" not null,
    brief_id text collate "C" not null,
    revision integer not null,
    edition_digest sha256 not null,
    artifact_digest sha256 not null,
    event text not null check (event in ('BEGUN', 'COMPLETED')),
    read_offset bigint not null check (read_offset >= 0),
    subject text not null,
    at timestamptz not null default clock_timestamp()
);
create index render_deliveries_of_revision on render_deliveries (workspace_id, brief_id, revision);
comment on table render_deliveries is 'Who got which PDF. Append only, without references: it survives what was delivered';
comment on column render_deliveries.delivery_id is 'In the order of writing';
comment on column render_deliveries.workspace_id is 'The workspace';
comment on column render_deliveries.render_id is 'The render';
comment on column render_deliveries.brief_id is 'The brief';
comment on column render_deliveries.revision is 'The revision';
comment on column render_deliveries.edition_digest is 'SHA-256 of the edition that was printed';
comment on column render_deliveries.artifact_digest is 'SHA-256 of the PDF';
comment on column render_deliveries.event is 'BEGUN before the first byte leaves, COMPLETED after the last';
comment on column render_deliveries.read_offset is 'The first byte that was asked for';
comment on column render_deliveries.subject is 'Who got it';
comment on column render_deliveries.at is 'When';

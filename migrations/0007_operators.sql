-- What operators look at: the workers, and the tasks that died. Forward only: never edited once released.

create table workers (
    worker_id text collate "C" primary key check (worker_id ~ '^[0-9a-f]{32}$'),
    name text not null check (char_length(name) between 1 and 200),
    printer_version sha256 not null,
    fonts_digest sha256 not null,
    free_slots integer not null check (free_slots >= 0),
    first_seen timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp(),
    drained_at timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
-- last_seen stays out of every index, so that a worker who is seen again is a heap-only update.
create index workers_of_environment on workers (printer_version, fonts_digest);
create index workers_by_name on workers (name, worker_id);
comment on table workers is 'Who asks for tasks. Told by the workers themselves every few seconds; who is not seen for a day is forgotten';
comment on column workers.worker_id is 'The id in workers/{worker}: made from the name and the print environment';
comment on column workers.name is 'The name that the worker gives itself; several processes may share one';
comment on column workers.printer_version is 'What it prints with';
comment on column workers.fonts_digest is 'What it prints with';
comment on column workers.free_slots is 'How many tasks it had room for when it last asked';
comment on column workers.first_seen is 'When it first asked for a task';
comment on column workers.last_seen is 'When it last asked for a task or renewed a lease, to a few seconds';
comment on column workers.drained_at is 'From when on it gets no more tasks; null while it gets some';

-- Only tasks that died have a value, so that the updates of all others stay heap-only.
alter table render_tasks add column died_at timestamptz generated always as (case when state = 'DEAD' then ended_at end) stored;
create index render_tasks_dead on render_tasks (died_at desc, task_id desc) where died_at is not null;
comment on column render_tasks.died_at is 'When it was given up; null for all that were not';

-- Written in the order of time and never changed: a few pages of this index cover them all.
create index render_attempts_by_time on render_attempts using brin (at) with (pages_per_range = 32, autosummarize = on);

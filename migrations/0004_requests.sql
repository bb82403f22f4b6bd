-- Renders as their callers see them: lists and cancelling.

-- Cancelling: a render is let go of by itself; its task ends when no other render waits for it.
alter table renders add column cancelled_at timestamptz;
comment on column renders.cancelled_at is 'When its callers gave it up; such a render does not wait for its task any more';
comment on table renders is 'Callers'' requests. A render''s state is its task''s, unless it was cancelled';

create index renders_newest on renders (workspace_id, created_at desc, render_id desc);
create index renders_newest_of_brief on renders (workspace_id, brief_id, created_at desc, render_id desc);

alter table render_tasks
    drop constraint render_tasks_state_check,
    drop constraint render_tasks_check3,
    add constraint render_tasks_state_check
        check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'DEAD', 'CANCELLED')),
    add constraint render_tasks_ended_check
        check ((state in ('SUCCEEDED', 'FAILED', 'DEAD', 'CANCELLED')) = (ended_at is not null));
comment on column render_tasks.state is 'FAILED: the same inputs fail again. DEAD: given up after too many attempts or crashes. CANCELLED: no render waits for it any more';

alter table render_attempts
    drop constraint render_attempts_event_check,
    add constraint render_attempts_event_check
        check (event in ('LEASED', 'SUCCEEDED', 'FAILED', 'RELEASED', 'EXPIRED', 'CANCELLED'));

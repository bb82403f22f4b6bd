-- Agreement: prints that a second worker repeats with the same bytes before they are delivered.

alter table workspaces
    add column agreement_from marking_rank,
    add column agreement_percent smallint not null default 0 check (agreement_percent between 0 and 100);
comment on column workspaces.agreement_from is 'Prints with this marking or a higher one need agreement; null means that no marking decides it';
comment on column workspaces.agreement_percent is 'The share of all other prints that need agreement, drawn at random when they are queued';

-- One home of the rule, for each statement that queues a task. A task without a known marking counts as the highest.
create function print_needs_agreement(workspace text, marking smallint) returns boolean
language sql volatile
return (
    select coalesce(coalesce(print_needs_agreement.marking, 32767) >= w.agreement_from, false)
        or (w.agreement_percent > 0 and random() * 100 < w.agreement_percent)
    from workspaces w
    where w.workspace_id = print_needs_agreement.workspace
);
comment on function print_needs_agreement is 'Whether a print that is queued now needs agreement';

-- Whether the limits of a worker's token admit a task.
create function worker_token_admits(token text, workspace text, marking smallint) returns boolean
language sql stable parallel safe
return exists (
    select from api_tokens t
    where t.token_id = worker_token_admits.token
        and (t.workspaces is null or worker_token_admits.workspace = any (t.workspaces))
        and (
            not exists (select from api_token_markings m where m.token_id = coalesce(t.enrolled_by, t.token_id))
            or exists (
                select from api_token_markings m join workspaces w using (scheme)
                where m.token_id = coalesce(t.enrolled_by, t.token_id)
                    and w.workspace_id = worker_token_admits.workspace
                    and worker_token_admits.marking <= m.highest
            )
        )
);
comment on function worker_token_admits is 'Whether a worker with this token may get a task of a workspace with a marking';

alter table render_queue add column needs_agreement boolean not null default false;
comment on column render_queue.needs_agreement is 'Whether two workers with different tokens must print the same bytes';

alter table render_attempts
    drop constraint render_attempts_event_check,
    add constraint render_attempts_event_check
        check (event in ('LEASED', 'SUCCEEDED', 'FAILED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'PRINTED')),
    add column artifact_digest sha256,
    add constraint render_attempts_printed_check check ((event = 'PRINTED') = (artifact_digest is not null));
create index render_attempts_printed on render_attempts (task_id) where event = 'PRINTED';
comment on column render_attempts.artifact_digest is 'SHA-256 of a PDF that another worker must print as well; with PRINTED, which has token_id, too';

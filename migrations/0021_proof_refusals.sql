-- What the service's proof of uploaded PDFs found.

alter table render_tasks add column proven boolean not null default false;
comment on column render_tasks.proven is 'Whether the service proved the PDF against its input; false for PDFs of other print environments than the service''s, and of earlier versions';

create table proof_refusals (
    refusal_id bigint generated always as identity primary key,
    task_id text collate "C" not null,
    epoch bigint not null,
    token_id text collate "C" not null,
    worker text not null,
    printer_version sha256 not null,
    fonts_digest sha256 not null,
    code text not null check (code ~ '^[A-Z0-9_]{1,63}$'),
    message text not null check (char_length(message) <= 2000),
    at timestamptz not null default clock_timestamp()
);
create index proof_refusals_of_token on proof_refusals (token_id, printer_version);
comment on table proof_refusals is 'Uploaded files that were not what they had to be. Append only, without references: it survives tokens and tasks';
comment on column proof_refusals.refusal_id is 'In the order of writing';
comment on column proof_refusals.task_id is 'The task';
comment on column proof_refusals.epoch is 'The lease that the file was uploaded under';
comment on column proof_refusals.token_id is 'The token that uploaded it';
comment on column proof_refusals.worker is 'The name that its worker reported';
comment on column proof_refusals.printer_version is 'The print environment';
comment on column proof_refusals.fonts_digest is 'The print environment';
comment on column proof_refusals.code is 'What was wrong: a stable code';
comment on column proof_refusals.message is 'What was wrong and where, without content of the brief';
comment on column proof_refusals.at is 'When';

-- For the limit of staged uploads of a lease.
create index artifact_blobs_of_lease on artifact_blobs (task_id, epoch);

-- Operators look at tasks that failed as well, and requeue them when a worker was to blame.
create index render_tasks_without_pdf on render_tasks (ended_at desc, task_id desc) where state in ('DEAD', 'FAILED');

alter table api_tokens add column resumed_at timestamptz;
comment on column api_tokens.resumed_at is 'When a suspension last ended: refusals before do not count towards the next';

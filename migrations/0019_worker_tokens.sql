-- A token for each worker process, and leases that only the token that took them can use.

-- Workers exchange an enrolment token for one of their own, which may be bound to the client certificate that they
-- present.
alter table api_tokens
    drop constraint api_tokens_roles_check,
    drop constraint api_tokens_check1,
    drop constraint api_tokens_check2,
    add constraint api_tokens_roles_check check (
        cardinality(roles) > 0
        and roles <@ array['reader', 'author', 'publisher', 'renderer', 'admin', 'worker', 'operator', 'enroller']
    ),
    add constraint api_tokens_system_roles_check check (
        (workspace_id = 'system') = (roles && array['worker', 'operator', 'enroller'])
        and (workspace_id <> 'system' or roles <@ array['worker', 'operator', 'enroller'])
    ),
    add column enrolled_by text collate "C" references api_tokens,
    add column certificate_key sha256,
    add column workspaces text[] check (cardinality(workspaces) between 1 and 100),
    add column suspended_at timestamptz,
    add column suspension_reason text not null default '',
    add column last_used_at timestamptz,
    add constraint api_tokens_enrolled_check check (enrolled_by is null or (roles = array['worker'] and expires_at is not null));
create index api_tokens_by_creator on api_tokens (created_by);
create index api_tokens_enrolled on api_tokens (enrolled_by, expires_at) where enrolled_by is not null;
comment on column api_tokens.enrolled_by is 'The enrolment token that a worker process exchanged for this one; null for all that people made';
comment on column api_tokens.certificate_key is 'SHA-256 of the public key of the client certificate that calls must present; null when there was none';
comment on column api_tokens.workspaces is 'The workspaces whose tasks a worker gets; null means all';
comment on column api_tokens.suspended_at is 'When it was suspended, which an operator can lift; null while it holds';
comment on column api_tokens.suspension_reason is 'Why, for people';
comment on column api_tokens.last_used_at is 'When it was last used, to ten minutes; null when it never was, or not since this is recorded';

create table api_token_markings (
    token_id text collate "C" not null references api_tokens on delete cascade,
    scheme text not null check (scheme in ('tlp', 'us', 'corporate')),
    highest marking_rank not null,
    primary key (token_id, scheme)
);
comment on table api_token_markings is 'The highest marking that a worker prints, by scheme. A token without rows prints all; with rows, no scheme that has none';
comment on column api_token_markings.token_id is 'The token that people made; those enrolled by it have the same limits';
comment on column api_token_markings.scheme is 'The marking scheme of the workspaces that it is about';
comment on column api_token_markings.highest is 'The highest marking';

-- Whether a token may work, asked by every statement of a worker: revocation, expiry and suspension end its leases at
-- once, and so do those of the enrolment token that it comes from.
create function worker_token_holds(token text) returns boolean
language sql stable parallel safe
return exists (
    select from api_tokens t
    left join api_tokens e on e.token_id = t.enrolled_by
    where t.token_id = worker_token_holds.token
        and 'worker' = any (t.roles)
        and t.revoked_at is null
        and t.suspended_at is null
        and (t.expires_at is null or t.expires_at > clock_timestamp())
        and e.revoked_at is null
        and e.suspended_at is null
        and (e.expires_at is null or e.expires_at > clock_timestamp())
);
comment on function worker_token_holds is 'Whether a worker may use this token now';

alter table workers add column token_id text collate "C";
create index workers_of_token on workers (token_id);
comment on column workers.token_id is 'The token of its last call';

-- Leases of earlier versions have no secret: they are taken back without charging an attempt.
update render_tasks t
set epoch = t.epoch + 1, state = 'QUEUED', attempts = greatest(t.attempts - 1, 0), phase = 0, pages = 0
from render_queue q
where q.task_id = t.task_id and q.leased_at is not null;
update render_queue set epoch = epoch + 1, leased_at = null, visible_at = clock_timestamp() where leased_at is not null;

alter table render_queue
    add column marking marking_rank,
    add column lease_token text collate "C",
    add column lease_secret bytea,
    add constraint render_queue_lease_check check (
        leased_at is null or (lease_token is not null and octet_length(lease_secret) = 16)
    );
update render_queue q
set marking = (select max(r.visible_from) from renders r where r.task_id = q.task_id);
comment on column render_queue.marking is 'The highest marking of its input; null when it is not known, which only workers without a limit print';
comment on column render_queue.lease_token is 'The token that took the current lease; no other can use it';
comment on column render_queue.lease_secret is 'The secret of the current lease: 128 random bits';

alter table render_attempts
    add column token_id text collate "C" not null default '',
    add column lease_secret bytea not null default '';
comment on column render_attempts.token_id is 'The token that took the lease; with LEASED';
comment on column render_attempts.lease_secret is 'The secret of the lease, for uploads that are repeated after the task has ended; with LEASED';

-- Workspaces, tokens, briefs, the change log and the projections. Forward only: never edited once released.
-- Ranks of markings and clearances are smallint, 0 the lowest of the workspace's scheme.

create domain marking_rank as smallint check (value between 0 and 15);
comment on domain marking_rank is 'A marking''s place in its workspace''s scheme, 0 the lowest';

create domain sha256 as bytea check (octet_length(value) = 32);
comment on domain sha256 is 'A SHA-256';

create table workspaces (
    workspace_id text collate "C" primary key check (workspace_id ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$'),
    uid text not null unique check (uid ~ '^[0-9a-f]{32}$'),
    display_name text not null,
    scheme text not null check (scheme in ('tlp', 'us', 'corporate')),
    policy text not null check (policy in ('omit', 'mark')),
    created_at timestamptz not null default clock_timestamp()
);
comment on table workspaces is 'Tenants. `system` is reserved: it holds no briefs, and its tokens carry the SYSTEM roles';
comment on column workspaces.workspace_id is 'The id in workspaces/{workspace}';
comment on column workspaces.uid is 'Made at random; never used again';
comment on column workspaces.display_name is 'For people';
comment on column workspaces.scheme is 'How its parts are marked; fixed for good';
comment on column workspaces.policy is 'What stands in place of withheld parts; fixed for good';
comment on column workspaces.created_at is 'When it was made';

create table api_tokens (
    token_id text collate "C" primary key check (token_id ~ '^[0-9a-f]{32}$'),
    workspace_id text collate "C" not null references workspaces,
    display_name text not null,
    roles text[] not null check (
        cardinality(roles) > 0
        and roles <@ array['reader', 'author', 'publisher', 'renderer', 'admin', 'worker', 'operator']
    ),
    clearance marking_rank,
    secret_sha256 sha256 not null unique,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    -- SYSTEM roles live in workspace system and have no clearance; the others live elsewhere and have one.
    check ((workspace_id = 'system') = (clearance is null)),
    check ((workspace_id = 'system') = (roles && array['worker', 'operator'])),
    check (workspace_id <> 'system' or roles <@ array['worker', 'operator'])
);
create index api_tokens_of_workspace on api_tokens (workspace_id, created_at, token_id);
comment on table api_tokens is 'Credentials. The secret itself is stored nowhere';
comment on column api_tokens.token_id is 'The id in workspaces/{workspace}/apiTokens/{token}, made at random';
comment on column api_tokens.workspace_id is 'Where its roles hold';
comment on column api_tokens.display_name is 'For people';
comment on column api_tokens.roles is 'What it allows';
comment on column api_tokens.clearance is 'The highest marking that its holder may read; null for SYSTEM roles';
comment on column api_tokens.secret_sha256 is 'SHA-256 of the whole secret, "chy_" included: 256 random bits need no slow hash';
comment on column api_tokens.created_at is 'When it was made';
comment on column api_tokens.created_by is 'The subject who made it';
comment on column api_tokens.expires_at is 'From when on it does not hold; null means never';
comment on column api_tokens.revoked_at is 'When it was revoked; null while it holds';

create table change_counters (
    workspace_id text collate "C" primary key references workspaces,
    epoch text not null check (epoch ~ '^[0-9a-f]{32}$'),
    last_number bigint not null default 0 check (last_number >= 0)
);
comment on table change_counters is 'The newest number of each workspace''s change log. A transaction locks its row as its last statement';
comment on column change_counters.workspace_id is 'The workspace';
comment on column change_counters.epoch is 'Made at random, and anew after a restore: cursors of another epoch are refused';
comment on column change_counters.last_number is 'The newest number that was given';

create table briefs (
    brief_key bigint generated always as identity primary key,
    workspace_id text collate "C" not null references workspaces check (workspace_id <> 'system'),
    brief_id text collate "C" not null check (brief_id ~ '^[a-z][a-z0-9-]{0,61}[a-z0-9]$'),
    uid text not null unique check (uid ~ '^[0-9a-f]{32}$'),
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    unique (workspace_id, brief_id)
);
comment on table briefs is 'The lasting things: envelopes. Whoever writes to a brief locks its row first';
comment on column briefs.brief_key is 'The key inside this database; leaves it never';
comment on column briefs.workspace_id is 'Its workspace';
comment on column briefs.brief_id is 'The id in workspaces/{workspace}/briefs/{brief}';
comment on column briefs.uid is 'Made at random; never used again';
comment on column briefs.created_at is 'When it was made';
comment on column briefs.created_by is 'The subject who made it';

create table drafts (
    brief_key bigint primary key references briefs,
    content bytea not null,
    content_schema integer not null check (content_schema > 0),
    etag text not null check (etag ~ '^[0-9a-f]{32}$'),
    base_revision integer not null check (base_revision >= 0),
    edited boolean not null,
    floor marking_rank not null,
    highest marking_rank not null check (highest >= floor),
    updated_at timestamptz not null default clock_timestamp(),
    updated_by text not null
);
alter table drafts alter column content set storage external;
comment on table drafts is 'Each brief''s one mutable working copy';
comment on column drafts.brief_key is 'The brief';
comment on column drafts.content is 'Canonical bytes of its BriefContent';
comment on column drafts.content_schema is 'The content schema that the bytes are of';
comment on column drafts.etag is 'Made at random with every write';
comment on column drafts.base_revision is 'The revision that it is based on; 0 when nothing was published then';
comment on column drafts.edited is 'Whether it was written to since the base revision; only one that was not follows an import';
comment on column drafts.floor is 'Its default marking';
comment on column drafts.highest is 'The highest marking in it';
comment on column drafts.updated_at is 'When it was last written';
comment on column drafts.updated_by is 'The subject who last wrote it';

create table revisions (
    brief_key bigint not null references briefs,
    revision integer not null check (revision > 0),
    body bytea not null,
    digest sha256 not null,
    content_digest sha256 not null,
    content_schema integer not null check (content_schema > 0),
    redaction_version integer not null check (redaction_version > 0),
    floor marking_rank not null,
    highest marking_rank not null check (highest >= floor),
    published_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    creator text not null,
    recorded_by text not null,
    primary key (brief_key, revision)
);
alter table revisions alter column body set storage external;
comment on table revisions is 'Immutable published content, whole: what editions and projections are made from';
comment on column revisions.brief_key is 'The brief';
comment on column revisions.revision is 'The number, from 1, without gaps';
comment on column revisions.body is 'Canonical bytes of its RevisionBody';
comment on column revisions.digest is 'SHA-256 of body. Never shown below the clearance that sees all of it: it would confirm guesses';
comment on column revisions.content_digest is 'SHA-256 of the content alone';
comment on column revisions.content_schema is 'The content schema that the bytes are of';
comment on column revisions.redaction_version is 'The version of the redaction that made its editions';
comment on column revisions.floor is 'Its default marking: a caller below it has no edition';
comment on column revisions.highest is 'The highest marking in it';
comment on column revisions.published_at is 'When it was published; for an imported one, as the import states';
comment on column revisions.recorded_at is 'When this database recorded it';
comment on column revisions.creator is 'Who published it, as it is shown';
comment on column revisions.recorded_by is 'The subject who published or imported it here';

create table editions (
    brief_key bigint not null,
    revision integer not null,
    from_rank marking_rank not null,
    body bytea not null,
    digest sha256 not null,
    content_digest sha256 not null,
    marking text not null,
    title text not null,
    change_summary text not null,
    summary bytea not null,
    primary key (brief_key, revision, from_rank),
    foreign key (brief_key, revision) references revisions
);
alter table editions alter column body set storage external;
comment on table editions is 'Each revision as each clearance that matters sees it. A clearance reads the row with the highest from_rank that is not above it';
comment on column editions.brief_key is 'The brief';
comment on column editions.revision is 'The revision';
comment on column editions.from_rank is 'The lowest clearance that sees this edition';
comment on column editions.body is 'Canonical bytes of the RevisionBody with the edition''s content';
comment on column editions.digest is 'SHA-256 of body';
comment on column editions.content_digest is 'SHA-256 of the edition''s content alone';
comment on column editions.marking is 'Its banner';
comment on column editions.title is 'Its title';
comment on column editions.change_summary is 'What changed since the parent, in a sentence';
comment on column editions.summary is 'Encoded BriefContent with what lists show';

create table change_log (
    workspace_id text collate "C" not null references change_counters,
    number bigint not null check (number > 0),
    kind text not null check (kind ~ '^[a-z_]{1,40}$'),
    target text not null,
    visible_from marking_rank,
    subject text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (workspace_id, number)
);
comment on table change_log is 'What happened in each workspace, numbered densely in the order of commits';
comment on column change_log.workspace_id is 'The workspace';
comment on column change_log.number is 'From 1, without gaps';
comment on column change_log.kind is 'What happened, such as revision_published';
comment on column change_log.target is 'The resource name of what it happened to';
comment on column change_log.visible_from is 'The lowest clearance that may hear of it; null when it is not about content';
comment on column change_log.subject is 'Who did it';
comment on column change_log.recorded_at is 'When';

-- Projections: one row a part, made from the revision's bytes in the same transaction and rebuilt from them at will.
-- References to other parts are rows of part_references, because an edition may show a part without one of them.

create table statements (
    brief_key bigint not null,
    revision integer not null,
    statement_id text collate "C" not null,
    position integer not null check (position >= 0),
    text text not null,
    type smallint not null,
    status smallint not null,
    likelihood_term smallint not null,
    likelihood_low smallint not null,
    likelihood_high smallint not null,
    confidence smallint not null,
    marking text not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, statement_id),
    foreign key (brief_key, revision) references revisions
);
comment on table statements is 'Projection: the sentences of a revision';
comment on column statements.brief_key is 'The brief';
comment on column statements.revision is 'The revision';
comment on column statements.statement_id is 'The id in the content';
comment on column statements.position is 'Its place in reading order, from 0';
comment on column statements.text is 'The sentence';
comment on column statements.type is 'StatementType''s number';
comment on column statements.status is 'StatementStatus''s number';
comment on column statements.likelihood_term is 'LikelihoodTerm''s number; 0 when there is none';
comment on column statements.likelihood_low is 'Percent';
comment on column statements.likelihood_high is 'Percent';
comment on column statements.confidence is 'ConfidenceLevel''s number; 0 when there is none';
comment on column statements.marking is 'Its effective marking';
comment on column statements.visible_from is 'The lowest clearance whose edition shows it';

create table actors (
    brief_key bigint not null,
    revision integer not null,
    actor_id text collate "C" not null,
    position integer not null check (position >= 0),
    name text not null,
    short_name text not null,
    kind smallint not null,
    country_code text not null,
    marking text not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, actor_id),
    foreign key (brief_key, revision) references revisions
);
comment on table actors is 'Projection: who acts in a revision';
comment on column actors.brief_key is 'The brief';
comment on column actors.revision is 'The revision';
comment on column actors.actor_id is 'The id in the content';
comment on column actors.position is 'Its place in the content, from 0';
comment on column actors.name is 'Its full name';
comment on column actors.short_name is 'Its usual short name';
comment on column actors.kind is 'ActorKind''s number';
comment on column actors.country_code is 'ISO 3166-1 alpha-3, for states';
comment on column actors.marking is 'Its effective marking';
comment on column actors.visible_from is 'The lowest clearance whose edition shows it';

create table relationships (
    brief_key bigint not null,
    revision integer not null,
    relationship_id text collate "C" not null,
    position integer not null check (position >= 0),
    from_id text not null,
    to_id text not null,
    type text not null,
    symmetric_tie boolean not null,
    period text not null,
    status smallint not null,
    marking text not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, relationship_id),
    foreign key (brief_key, revision) references revisions
);
comment on table relationships is 'Projection: the ties of a revision. Its ends are columns: without one of them no edition shows it';
comment on column relationships.brief_key is 'The brief';
comment on column relationships.revision is 'The revision';
comment on column relationships.relationship_id is 'The id in the content';
comment on column relationships.position is 'Its place in the content, from 0';
comment on column relationships.from_id is 'The actor or place that it starts from';
comment on column relationships.to_id is 'The actor or place that it leads to';
comment on column relationships.type is 'What ties them';
comment on column relationships.symmetric_tie is 'Whether it holds both ways';
comment on column relationships.period is 'When it holds, EDTF; empty when not known';
comment on column relationships.status is 'RelationshipStatus''s number';
comment on column relationships.marking is 'Its effective marking';
comment on column relationships.visible_from is 'The lowest clearance whose edition shows it';

create table events (
    brief_key bigint not null,
    revision integer not null,
    event_id text collate "C" not null,
    position integer not null check (position >= 0),
    title text not null,
    date text not null,
    precision smallint not null,
    type smallint not null,
    marking text not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, event_id),
    foreign key (brief_key, revision) references revisions
);
comment on table events is 'Projection: what happened in a revision';
comment on column events.brief_key is 'The brief';
comment on column events.revision is 'The revision';
comment on column events.event_id is 'The id in the content';
comment on column events.position is 'Its place in the content, from 0';
comment on column events.title is 'What happened';
comment on column events.date is 'When, EDTF; empty when not known';
comment on column events.precision is 'DatePrecision''s number';
comment on column events.type is 'PloverType''s number';
comment on column events.marking is 'Its effective marking';
comment on column events.visible_from is 'The lowest clearance whose edition shows it';

create table sources (
    brief_key bigint not null,
    revision integer not null,
    source_id text collate "C" not null,
    position integer not null check (position >= 0),
    title text not null,
    publisher text not null,
    date text not null,
    url text not null,
    type smallint not null,
    reliability smallint not null,
    marking text not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, source_id),
    foreign key (brief_key, revision) references revisions
);
comment on table sources is 'Projection: what the statements of a revision rest on';
comment on column sources.brief_key is 'The brief';
comment on column sources.revision is 'The revision';
comment on column sources.source_id is 'The id in the content';
comment on column sources.position is 'Its place in the content, from 0';
comment on column sources.title is 'Its title';
comment on column sources.publisher is 'Who published it';
comment on column sources.date is 'When, EDTF; empty when not known';
comment on column sources.url is 'Where';
comment on column sources.type is 'SourceType''s number';
comment on column sources.reliability is 'SourceReliability''s number';
comment on column sources.marking is 'Its effective marking';
comment on column sources.visible_from is 'The lowest clearance whose edition shows it';

create table part_references (
    brief_key bigint not null,
    revision integer not null,
    from_id text collate "C" not null,
    role text collate "C" not null check (role ~ '^[a-z_]{1,40}$'),
    to_id text collate "C" not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, from_id, role, to_id),
    foreign key (brief_key, revision) references revisions
);
create index part_references_to on part_references (brief_key, revision, to_id);
comment on table part_references is 'Projection: which part of a revision refers to which other part';
comment on column part_references.brief_key is 'The brief';
comment on column part_references.revision is 'The revision';
comment on column part_references.from_id is 'The id of the part that refers; for a change, the id of its statement';
comment on column part_references.role is 'What for, such as cites or rests_on';
comment on column part_references.to_id is 'The id of the part that is referred to';
comment on column part_references.visible_from is 'The lowest clearance whose edition shows the reference';

-- The reserved workspace of SYSTEM roles and of the changes that concern no other workspace.
insert into workspaces (workspace_id, uid, display_name, scheme, policy)
values ('system', replace(gen_random_uuid()::text, '-', ''), 'System', 'tlp', 'omit');
insert into change_counters (workspace_id, epoch)
values ('system', replace(gen_random_uuid()::text, '-', ''));

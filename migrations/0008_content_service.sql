-- Withdrawing, purging and deleting; who hears of a change; projections by ranges of clearances. Forward only: never
-- edited once released.

create domain rank_end as smallint check (value between 0 and 16);
comment on domain rank_end is 'The end of a range of ranks, itself excluded: 16 is past the highest';

-- Deleting: a deleted brief is hidden until purge_at, then gone.
alter table briefs
    add column deleted_at timestamptz,
    add column deleted_by text,
    add column purge_at timestamptz,
    add constraint briefs_deleted_check
        check ((deleted_at is null) = (deleted_by is null) and (deleted_at is null) = (purge_at is null));
create index briefs_deleted on briefs (purge_at) where deleted_at is not null;
comment on column briefs.deleted_at is 'When it was deleted; null while it is not';
comment on column briefs.deleted_by is 'The subject who deleted it';
comment on column briefs.purge_at is 'From when on a deleted brief is removed for good';

-- Withdrawing and purging.
alter table revisions
    alter column body drop not null,
    add column title text not null default '',
    add column withdrawn_at timestamptz,
    add column withdrawn_by text,
    add column withdraw_reason text,
    add column purged_at timestamptz,
    add column purged_by text,
    add column purge_reason text,
    add column current_until rank_end not null default 0,
    add column projection_version integer not null default 0,
    add constraint revisions_withdrawn_check
        check ((withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdraw_reason is null)),
    add constraint revisions_purged_check
        check ((purged_at is null) = (purged_by is null) and (purged_at is null) = (purge_reason is null)
            and (purged_at is null) = (body is not null));
create index revisions_current on revisions (brief_key, current_until) where current_until > 0;
comment on column revisions.body is 'Canonical bytes of its RevisionBody; null when it was purged';
comment on column revisions.title is 'Its title, which stands at the floor; empty when it was purged';
comment on column revisions.withdrawn_at is 'When it was taken back; null while it stands';
comment on column revisions.withdrawn_by is 'The subject who took it back';
comment on column revisions.withdraw_reason is 'Why, for everyone who may see the revision';
comment on column revisions.purged_at is 'When its content was destroyed; null while it is there';
comment on column revisions.purged_by is 'The subject who had it destroyed';
comment on column revisions.purge_reason is 'Why, for the audit';
create index revisions_behind on revisions (projection_version) where purged_at is null;
comment on column revisions.current_until is 'It is the newest for clearances from its floor up to this rank, excluded; 0 for none';
comment on column revisions.projection_version is 'Which version of the code made its projections; 0 for one that made others';

-- Editions know on their own whom they answer, so that the hottest read is one row of one table.
alter table editions
    add column workspace_id text collate "C",
    add column brief_id text collate "C",
    add column until_rank rank_end not null default 16,
    add column current_until rank_end not null default 0,
    add column envelope bytea not null default '';
alter table editions alter column envelope set storage external;
update editions e set workspace_id = b.workspace_id, brief_id = b.brief_id from briefs b where b.brief_key = e.brief_key;
update editions e set until_rank = next.from_rank
from (
    select brief_key, revision, from_rank as rank,
        lead(from_rank) over (partition by brief_key, revision order by from_rank) as from_rank
    from editions
) as next
where next.brief_key = e.brief_key and next.revision = e.revision and next.rank = e.from_rank
    and next.from_rank is not null;
update revisions r set title = e.title
from (select distinct on (brief_key, revision) brief_key, revision, title from editions order by 1, 2, from_rank) as e
where e.brief_key = r.brief_key and e.revision = r.revision;
alter table editions
    alter column workspace_id set not null,
    alter column brief_id set not null,
    add constraint editions_range_check check (until_rank > from_rank);
create unique index editions_current on editions (workspace_id, brief_id, from_rank) where current_until > from_rank;
comment on table editions is 'Each revision as each clearance that matters sees it: from from_rank up to until_rank, excluded';
comment on column editions.workspace_id is 'The brief''s workspace';
comment on column editions.brief_id is 'The brief''s id';
comment on column editions.until_rank is 'The lowest clearance above from_rank that sees another edition; 16 for none';
comment on column editions.current_until is 'It is the newest for clearances from from_rank up to this rank, excluded';
comment on column editions.envelope is 'Encoded Brief without content, as GetBrief answers while this is the newest';

create table purged_editions (
    brief_key bigint not null,
    revision integer not null,
    from_rank marking_rank not null,
    until_rank rank_end not null,
    digest sha256 not null,
    content_digest sha256 not null,
    primary key (brief_key, revision, from_rank),
    foreign key (brief_key, revision) references revisions
);
comment on table purged_editions is 'What is left of the editions of purged revisions';
comment on column purged_editions.brief_key is 'The brief';
comment on column purged_editions.revision is 'The revision';
comment on column purged_editions.from_rank is 'The lowest clearance that saw this edition';
comment on column purged_editions.until_rank is 'The lowest clearance above that saw another; 16 for none';
comment on column purged_editions.digest is 'SHA-256 of its body';
comment on column purged_editions.content_digest is 'SHA-256 of its content alone';

-- Whom a change concerns is a set of clearances: whose edition did not change does not hear of it.
alter table change_log
    add column audience integer check (audience between 0 and 65535),
    add column brief_id text collate "C",
    add column revision integer;
update change_log set
    audience = (65535 << visible_from) & 65535,
    brief_id = split_part(target, '/', 4),
    revision = split_part(target, '/', 6)::integer
where kind = 'revision_published';
alter table change_log drop column visible_from;
comment on column change_log.audience is 'The clearances that hear of it, bit n for rank n; null when it is not about content';
comment on column change_log.brief_id is 'The brief that it is about; null when it is about none';
comment on column change_log.revision is 'The revision that it is about; null when it is about none';

-- A cursor is of one life of the log. Which database this is, down to the table's file, tells a restored one.
create function database_home() returns text language sql volatile as $$
    select concat_ws(':', (select system_identifier from pg_control_system()),
        case when pg_is_in_recovery() then '' else left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) end,
        (select oid from pg_database where datname = current_database()),
        'change_counters'::regclass::oid)
$$;
comment on function database_home() is 'Changes when this database is restored from a dump, recovered to another timeline or moved';

alter table change_counters
    add column home text not null default '',
    add column cursor_key bytea not null
        default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
        check (octet_length(cursor_key) = 32);
update change_counters set home = database_home();
alter table change_counters alter column home set default database_home();
comment on column change_counters.home is 'The database that the epoch is of: in another one it is over';
comment on column change_counters.cursor_key is 'Seals cursors, so that they tell nothing of changes that their holder does not hear of';

-- Projections, made from the editions: a row stands for the clearances from from_rank up to until_rank, excluded, whose
-- editions hold exactly what the row says. A caller of rank r sees now: from_rank <= r < least(until_rank, current_until).
drop table statements, actors, relationships, events, sources, part_references;

create table projection_version (
    only_row boolean primary key default true check (only_row),
    version integer not null
);
comment on table projection_version is 'One row: which version of the code made the projections';
comment on column projection_version.only_row is 'True';
comment on column projection_version.version is 'Older than the code''s: they are to be rebuilt before anything is served';
insert into projection_version (version) values (0);

create function search_vector(language text, document text) returns tsvector language sql immutable parallel safe as $$
    select to_tsvector('simple', document)
$$;
comment on function search_vector(text, text) is 'The words of a text in a language, as search looks for them';

create function folded_name(name text) returns text language sql immutable parallel safe as $$ select lower(name) $$;
comment on function folded_name(text) is 'A name without what people get wrong';

create table statements (
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    statement_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    position integer not null check (position >= 0),
    place smallint not null check (place between 1 and 4),
    holder_id text collate "C" not null,
    brief_kind smallint not null,
    language text collate "C" not null,
    published_at timestamptz not null,
    recorded_at timestamptz not null,
    text text not null,
    type smallint not null,
    status smallint not null,
    likelihood_term smallint not null,
    likelihood_low smallint not null,
    likelihood_high smallint not null,
    confidence smallint not null,
    marking marking_rank not null,
    domain text collate "C" not null,
    actor_ids text[] collate "C" not null,
    place_ids text[] collate "C" not null,
    source_ids text[] collate "C" not null,
    topics text[] collate "C" not null,
    period_from bigint,
    period_until bigint,
    horizon_from bigint,
    horizon_until bigint,
    body bytea not null,
    search_vector tsvector,
    primary key (brief_key, revision, statement_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
comment on table statements is 'Projection: the sentences of a revision, and its titles as they are searched';
comment on column statements.workspace_id is 'The workspace';
comment on column statements.brief_id is 'The brief''s id';
comment on column statements.brief_key is 'The brief';
comment on column statements.revision is 'The revision';
comment on column statements.statement_id is 'The id in the content; for titles empty, or a colon and the language';
comment on column statements.from_rank is 'The lowest clearance whose edition holds this';
comment on column statements.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column statements.current_until is 'The revision is the newest up to this rank, excluded';
comment on column statements.position is 'Its place in reading order in the whole content, from 0; titles come first';
comment on column statements.place is 'SearchHitKind''s number: 1 a title, 2 a key judgment''s, 3 the bottom line''s, 4 the body''s';
comment on column statements.holder_id is 'The key judgment or section that it stands in; empty for none';
comment on column statements.brief_kind is 'BriefKind''s number';
comment on column statements.language is 'BCP 47';
comment on column statements.published_at is 'The revision''s';
comment on column statements.recorded_at is 'The revision''s';
comment on column statements.text is 'The sentence';
comment on column statements.type is 'StatementType''s number; 0 for titles';
comment on column statements.status is 'StatementStatus''s number';
comment on column statements.likelihood_term is 'LikelihoodTerm''s number; 0 when there is none';
comment on column statements.likelihood_low is 'Percent';
comment on column statements.likelihood_high is 'Percent';
comment on column statements.confidence is 'ConfidenceLevel''s number; 0 when there is none';
comment on column statements.marking is 'Its effective marking';
comment on column statements.domain is 'The id of its domain; empty for none';
comment on column statements.actor_ids is 'Ids of the actors that it is about';
comment on column statements.place_ids is 'Ids of the places that it is about';
comment on column statements.source_ids is 'Ids of the sources that it cites, each once';
comment on column statements.topics is 'Free labels';
comment on column statements.period_from is 'The first day that its period may begin on, in days from 1970-01-01; null for open, unknown or no period';
comment on column statements.period_until is 'The last day that its period may end on';
comment on column statements.horizon_from is 'The first day that its horizon may stand for';
comment on column statements.horizon_until is 'The last day that its horizon may stand for';
comment on column statements.body is 'Encoded Statement as the edition holds it; empty for titles';
comment on column statements.search_vector is 'Its words; null when no clearance sees it now';

create table actors (
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    actor_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    position integer not null check (position >= 0),
    published_at timestamptz not null,
    recorded_at timestamptz not null,
    name text not null,
    kind smallint not null,
    country_code text collate "C" not null,
    marking marking_rank not null,
    body bytea not null,
    primary key (brief_key, revision, actor_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
create index actors_current on actors (workspace_id, actor_id, published_at desc) where current_until > from_rank;
comment on table actors is 'Projection: who acts in a revision';
comment on column actors.workspace_id is 'The workspace';
comment on column actors.brief_id is 'The brief''s id';
comment on column actors.brief_key is 'The brief';
comment on column actors.revision is 'The revision';
comment on column actors.actor_id is 'The id in the content';
comment on column actors.from_rank is 'The lowest clearance whose edition holds this';
comment on column actors.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column actors.current_until is 'The revision is the newest up to this rank, excluded';
comment on column actors.position is 'Its place in the whole content, from 0';
comment on column actors.published_at is 'The revision''s';
comment on column actors.recorded_at is 'The revision''s';
comment on column actors.name is 'Its full name';
comment on column actors.kind is 'ActorKind''s number';
comment on column actors.country_code is 'ISO 3166-1 alpha-3, for states';
comment on column actors.marking is 'Its effective marking';
comment on column actors.body is 'Encoded Actor as the edition holds it';

create table actor_labels (
    workspace_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    actor_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    language text collate "C" not null,
    label text not null,
    folded text not null generated always as (folded_name(label)) stored,
    primary key (brief_key, revision, actor_id, from_rank, language, label),
    foreign key (brief_key, revision) references revisions
);
comment on table actor_labels is 'Projection: every name of an actor';
comment on column actor_labels.workspace_id is 'The workspace';
comment on column actor_labels.brief_key is 'The brief';
comment on column actor_labels.revision is 'The revision';
comment on column actor_labels.actor_id is 'The actor''s id in the content';
comment on column actor_labels.from_rank is 'The lowest clearance whose edition holds this';
comment on column actor_labels.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column actor_labels.current_until is 'The revision is the newest up to this rank, excluded';
comment on column actor_labels.language is 'BCP 47';
comment on column actor_labels.label is 'The name';
comment on column actor_labels.folded is 'The name as it is compared';

create table relationships (
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    relationship_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    position integer not null check (position >= 0),
    published_at timestamptz not null,
    recorded_at timestamptz not null,
    from_id text collate "C" not null,
    to_id text collate "C" not null,
    type text collate "C" not null,
    symmetric_tie boolean not null,
    status smallint not null,
    domain text collate "C" not null,
    place_id text collate "C" not null,
    period_from bigint,
    period_until bigint,
    marking marking_rank not null,
    body bytea not null,
    primary key (brief_key, revision, relationship_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
create index relationships_current_from on relationships (workspace_id, from_id) where current_until > from_rank;
create index relationships_current_to on relationships (workspace_id, to_id) where current_until > from_rank;
create index relationships_current on relationships (workspace_id, brief_id, position) where current_until > from_rank;
comment on table relationships is 'Projection: the ties of a revision';
comment on column relationships.workspace_id is 'The workspace';
comment on column relationships.brief_id is 'The brief''s id';
comment on column relationships.brief_key is 'The brief';
comment on column relationships.revision is 'The revision';
comment on column relationships.relationship_id is 'The id in the content';
comment on column relationships.from_rank is 'The lowest clearance whose edition holds this';
comment on column relationships.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column relationships.current_until is 'The revision is the newest up to this rank, excluded';
comment on column relationships.position is 'Its place in the whole content, from 0';
comment on column relationships.published_at is 'The revision''s';
comment on column relationships.recorded_at is 'The revision''s';
comment on column relationships.from_id is 'The actor or place that it starts from';
comment on column relationships.to_id is 'The actor or place that it leads to';
comment on column relationships.type is 'What ties them';
comment on column relationships.symmetric_tie is 'Whether it holds both ways';
comment on column relationships.status is 'RelationshipStatus''s number';
comment on column relationships.domain is 'The id of its domain; empty for none';
comment on column relationships.place_id is 'The id of the place where it shows; empty for none';
comment on column relationships.period_from is 'The first day that its period may begin on, in days from 1970-01-01; null for open, unknown or no period';
comment on column relationships.period_until is 'The last day that its period may end on';
comment on column relationships.marking is 'Its effective marking';
comment on column relationships.body is 'Encoded Relationship as the edition holds it';

create table events (
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    event_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    position integer not null check (position >= 0),
    published_at timestamptz not null,
    recorded_at timestamptz not null,
    title text not null,
    precision smallint not null,
    type smallint not null,
    actor_ids text[] collate "C" not null,
    place_ids text[] collate "C" not null,
    source_ids text[] collate "C" not null,
    date_from bigint,
    date_until bigint,
    marking marking_rank not null,
    body bytea not null,
    primary key (brief_key, revision, event_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
create index events_current on events (workspace_id, brief_id, position) where current_until > from_rank;
comment on table events is 'Projection: what happened in a revision';
comment on column events.workspace_id is 'The workspace';
comment on column events.brief_id is 'The brief''s id';
comment on column events.brief_key is 'The brief';
comment on column events.revision is 'The revision';
comment on column events.event_id is 'The id in the content';
comment on column events.from_rank is 'The lowest clearance whose edition holds this';
comment on column events.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column events.current_until is 'The revision is the newest up to this rank, excluded';
comment on column events.position is 'Its place in the whole content, from 0';
comment on column events.published_at is 'The revision''s';
comment on column events.recorded_at is 'The revision''s';
comment on column events.title is 'What happened';
comment on column events.precision is 'DatePrecision''s number';
comment on column events.type is 'PloverType''s number';
comment on column events.actor_ids is 'Ids of the actors';
comment on column events.place_ids is 'Ids of the places';
comment on column events.source_ids is 'Ids of the sources';
comment on column events.date_from is 'The first day that it may have begun on, in days from 1970-01-01; null for open or not known';
comment on column events.date_until is 'The last day that it may have ended on';
comment on column events.marking is 'Its effective marking';
comment on column events.body is 'Encoded Event as the edition holds it';

create table sources (
    workspace_id text collate "C" not null,
    brief_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    source_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    position integer not null check (position >= 0),
    published_at timestamptz not null,
    recorded_at timestamptz not null,
    title text not null,
    publisher text not null,
    url text collate "C" not null,
    type smallint not null,
    reliability smallint not null,
    citing_statements integer not null,
    date_from bigint,
    date_until bigint,
    marking marking_rank not null,
    body bytea not null,
    primary key (brief_key, revision, source_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
create index sources_current on sources (workspace_id, brief_id, position) where current_until > from_rank;
create index sources_by_id on sources (workspace_id, source_id);
create index sources_by_url on sources (workspace_id, url) where url <> '';
comment on table sources is 'Projection: what the statements of a revision rest on';
comment on column sources.workspace_id is 'The workspace';
comment on column sources.brief_id is 'The brief''s id';
comment on column sources.brief_key is 'The brief';
comment on column sources.revision is 'The revision';
comment on column sources.source_id is 'The id in the content';
comment on column sources.from_rank is 'The lowest clearance whose edition holds this';
comment on column sources.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column sources.current_until is 'The revision is the newest up to this rank, excluded';
comment on column sources.position is 'Its place in the whole content, from 0';
comment on column sources.published_at is 'The revision''s';
comment on column sources.recorded_at is 'The revision''s';
comment on column sources.title is 'Its title';
comment on column sources.publisher is 'Who published it';
comment on column sources.url is 'Where';
comment on column sources.type is 'SourceType''s number';
comment on column sources.reliability is 'SourceReliability''s number';
comment on column sources.citing_statements is 'How many statements of the edition cite it';
comment on column sources.date_from is 'The first day that its date may stand for, in days from 1970-01-01; null when not known';
comment on column sources.date_until is 'The last day that its date may stand for';
comment on column sources.marking is 'Its effective marking';
comment on column sources.body is 'Encoded Source as the edition holds it';

create table part_references (
    workspace_id text collate "C" not null,
    brief_key bigint not null,
    revision integer not null,
    from_kind smallint not null,
    from_id text collate "C" not null,
    role text collate "C" not null check (role ~ '^[a-z_]{1,40}$'),
    to_id text collate "C" not null,
    from_rank marking_rank not null,
    until_rank rank_end not null check (until_rank > from_rank),
    current_until rank_end not null,
    primary key (brief_key, revision, from_kind, from_id, role, to_id, from_rank),
    foreign key (brief_key, revision) references revisions
);
create index part_references_to on part_references (brief_key, revision, to_id);
comment on table part_references is 'Projection: which part of a revision refers to which other part';
comment on column part_references.workspace_id is 'The workspace';
comment on column part_references.brief_key is 'The brief';
comment on column part_references.revision is 'The revision';
comment on column part_references.from_kind is 'PartKind''s number of the part that refers';
comment on column part_references.from_id is 'The id of the part that refers; for a change, the id of its statement';
comment on column part_references.role is 'The field of the content that refers, such as citations or rests_on';
comment on column part_references.to_id is 'The id of the part that is referred to';
comment on column part_references.from_rank is 'The lowest clearance whose edition holds this';
comment on column part_references.until_rank is 'The lowest clearance above whose edition does not; 16 for none';
comment on column part_references.current_until is 'The revision is the newest up to this rank, excluded';

-- Says of one revision up to which rank it is the newest, wherever that is said.
create function set_current(key bigint, number integer, until_now smallint) returns void language plpgsql as $$
begin
    update revisions set current_until = until_now where brief_key = key and revision = number;
    update editions set current_until = least(until_rank, until_now) where brief_key = key and revision = number;
    update statements set current_until = until_now,
        search_vector = case when until_now > from_rank then search_vector(language, text) end
    where brief_key = key and revision = number;
    update actors set current_until = until_now where brief_key = key and revision = number;
    update actor_labels set current_until = until_now where brief_key = key and revision = number;
    update relationships set current_until = until_now where brief_key = key and revision = number;
    update events set current_until = until_now where brief_key = key and revision = number;
    update sources set current_until = until_now where brief_key = key and revision = number;
    update part_references set current_until = until_now where brief_key = key and revision = number;
end
$$;
comment on function set_current(bigint, integer, smallint) is 'Says of a revision up to which rank it is the newest';

-- After a revision was written: those before it are the newest below its floor only.
create function supersede(key bigint, number integer) returns void language plpgsql as $$
declare
    new_floor smallint;
    old record;
begin
    select floor into new_floor from revisions where brief_key = key and revision = number;
    for old in
        select revision, floor from revisions
        where brief_key = key and current_until > 0 and current_until > new_floor and revision < number
    loop
        perform set_current(key, old.revision, case when new_floor > old.floor then new_floor else 0::smallint end);
    end loop;
end
$$;
comment on function supersede(bigint, integer) is 'Lets a new revision take the place of those before it';

-- After anything else: works out anew which revision is the newest for whom.
create function settle_current(key bigint) returns void language plpgsql as $$
declare
    is_deleted boolean;
    below smallint := 16;
    due smallint;
    found record;
begin
    select deleted_at is not null into is_deleted from briefs where brief_key = key;
    for found in
        select revision, floor, current_until, withdrawn_at is not null or purged_at is not null as is_gone
        from revisions where brief_key = key order by revision desc
    loop
        due := case when is_deleted or found.is_gone or found.floor >= below then 0 else below end;
        if found.current_until <> due then
            perform set_current(key, found.revision, due);
        end if;
        if not found.is_gone then
            below := least(below, found.floor);
        end if;
    end loop;
end
$$;
comment on function settle_current(bigint) is 'Works out which revision of a brief is the newest for whom';

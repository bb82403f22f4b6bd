-- Images that figures and themes show. Forward only: never edited once released.

create table attachments (
    workspace_id text collate "C" not null references workspaces check (workspace_id <> 'system'),
    digest sha256 not null,
    media_type text not null check (media_type in ('image/png', 'image/jpeg', 'image/svg+xml')),
    marking marking_rank not null,
    width integer not null check (width >= 0),
    height integer not null check (height >= 0),
    size_bytes integer not null check (size_bytes between 1 and 20971520),
    bytes bytea not null check (octet_length(bytes) = size_bytes),
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (workspace_id, digest)
);
alter table attachments alter column bytes set storage external;
comment on table attachments is 'Images, as they were uploaded. Never changed: equal bytes of two workspaces are two attachments';
comment on column attachments.workspace_id is 'The workspace';
comment on column attachments.digest is 'SHA-256 of its bytes: the id in workspaces/{workspace}/attachments/{sha256}';
comment on column attachments.media_type is 'What its bytes are';
comment on column attachments.marking is 'Its marking: a block that shows it is marked at least so';
comment on column attachments.width is 'In pixels; 0 for an SVG that does not say';
comment on column attachments.height is 'In pixels; 0 for an SVG that does not say';
comment on column attachments.size_bytes is 'The number of its bytes';
comment on column attachments.bytes is 'Uncompressed, so that a piece is read without the rest: images are compressed already';
comment on column attachments.created_at is 'When it was uploaded';
comment on column attachments.created_by is 'The subject who uploaded it';

create table revision_attachments (
    brief_key bigint not null,
    revision integer not null,
    workspace_id text collate "C" not null,
    digest sha256 not null,
    visible_from marking_rank not null,
    primary key (brief_key, revision, digest),
    foreign key (brief_key, revision) references revisions,
    foreign key (workspace_id, digest) references attachments
);
create index revision_attachments_of_digest on revision_attachments (workspace_id, digest, visible_from);
comment on table revision_attachments is 'Projection: the images that a revision shows';
comment on column revision_attachments.brief_key is 'The brief';
comment on column revision_attachments.revision is 'The revision';
comment on column revision_attachments.workspace_id is 'The brief''s workspace';
comment on column revision_attachments.digest is 'The image';
comment on column revision_attachments.visible_from is 'The lowest clearance whose edition shows it';

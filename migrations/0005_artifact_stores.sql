-- Where the bytes of PDFs are: in artifact_chunks, or in a store outside the database. Forward only: never edited once
-- released.

create table artifact_stores (
    store_id integer generated always as identity primary key,
    url text collate "C" not null unique check (url ~ '^[a-z0-9]+://'),
    added_at timestamptz not null default clock_timestamp()
);
comment on table artifact_stores is 'The stores outside the database that ever got bytes. Whoever moves all bytes of one changes its url here';
comment on column artifact_stores.store_id is 'What blobs refer to it by';
comment on column artifact_stores.url is 'As the services'' setting names it: scheme, bucket or folder, prefix; never a credential';
comment on column artifact_stores.added_at is 'When a service first used it';

alter table artifact_blobs add column store_id integer references artifact_stores;
comment on column artifact_blobs.store_id is 'Where its bytes are; null: in artifact_chunks';

create table artifact_discards (
    blob_id text collate "C" primary key,
    store_id integer not null references artifact_stores,
    discarded_at timestamptz not null default clock_timestamp()
);
create index artifact_discards_of_store on artifact_discards (store_id, discarded_at);
comment on table artifact_discards is 'Bytes in stores outside the database that nothing can refer to any more: to be deleted there, then here';
comment on column artifact_discards.blob_id is 'The blob, whose row is gone';
comment on column artifact_discards.store_id is 'Where its bytes are';
comment on column artifact_discards.discarded_at is 'When its row went';

-- Whichever statement drops a blob, its bytes outside are not forgotten: they are noted in the same transaction.
create function note_artifact_discards() returns trigger language plpgsql as $$
begin
    insert into artifact_discards (blob_id, store_id)
    select blob_id, store_id from dropped where store_id is not null;
    return null;
end
$$;
create trigger artifact_blobs_dropped
    after delete on artifact_blobs
    referencing old table as dropped
    for each statement execute function note_artifact_discards();

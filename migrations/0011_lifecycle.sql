-- Deliveries as they are told of, and prints that outlive their editions. Forward only: never edited once released.

-- Which clearance may hear of a delivery, and which end belongs to which beginning.
alter table render_deliveries
    add column visible_from marking_rank not null default 15,
    add column begun_as bigint,
    add constraint render_deliveries_begun_check check (begun_as is null or event = 'COMPLETED');
update render_deliveries d set visible_from = r.visible_from
from renders r where r.workspace_id = d.workspace_id and r.render_id = d.render_id;
update render_deliveries d set begun_as = (
    select max(b.delivery_id) from render_deliveries b
    where b.workspace_id = d.workspace_id and b.render_id = d.render_id and b.event = 'BEGUN'
        and b.subject = d.subject and b.read_offset = d.read_offset and b.delivery_id < d.delivery_id
)
where d.event = 'COMPLETED';
create index render_deliveries_completed on render_deliveries (begun_as) where begun_as is not null;
comment on column render_deliveries.visible_from is 'The lowest clearance that may hear of it: the render''s';
comment on column render_deliveries.begun_as is 'The delivery that ended with this; null for one that begins';

-- A task outlives the edition that it printed: then it has no rank any more. The reference keeps new tasks from editions
-- that are just being purged.
alter table render_tasks
    alter column from_rank drop not null,
    drop constraint render_tasks_brief_key_revision_from_rank_fkey,
    add constraint render_tasks_edition_fkey foreign key (brief_key, revision, from_rank) references editions
        on delete set null (from_rank);
create index render_tasks_of_edition on render_tasks (brief_key, revision, from_rank);
comment on column render_tasks.from_rank is 'The edition that is printed; null when it was purged';

-- Everything that was made from a revision, but its own row and what is kept of purged ones and of prints. Such tables
-- are told by their columns, so that one that is added later is not forgotten in a spill.
create function forget_revisions(key bigint, number integer) returns void language plpgsql as $$
declare
    made regclass;
begin
    for made in
        select c.oid::regclass from pg_class c
        where c.relnamespace = (select relnamespace from pg_class where oid = 'revisions'::regclass)
            and c.relkind in ('r', 'p') and not c.relispartition
            and c.oid not in ('revisions'::regclass, 'purged_editions'::regclass, 'render_tasks'::regclass)
            and 2 = (
                select count(*) from pg_attribute a
                where a.attrelid = c.oid and not a.attisdropped and a.attname in ('brief_key', 'revision')
            )
        order by c.oid desc
    loop
        execute format('delete from %s where brief_key = $1 and ($2 is null or revision = $2)', made)
        using key, number;
    end loop;
end
$$;
comment on function forget_revisions(bigint, integer) is 'Removes what was made from a revision, or with null from all of a brief';

comment on column statements.topics is 'Free labels; of the brief''s own title, its tags';
comment on column statements.place_ids is 'Ids of the places that it is about; of the brief''s own title, its regions';

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

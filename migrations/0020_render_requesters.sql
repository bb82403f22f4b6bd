-- Who cancelled a render: only its requester, publishers and admins may.

alter table renders add column cancelled_by text;
comment on column renders.cancelled_by is 'The subject who cancelled it; null while it is not cancelled, and for those that were cancelled before this was recorded';

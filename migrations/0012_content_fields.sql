-- Fields of relationships and sources that lists filter by. Forward only: never edited once released.
-- The rows are made anew by `chancery migrate`; until then the defaults stand for what was not recorded.

alter table relationships add column polarity smallint not null default 0;
alter table relationships alter column polarity drop default;
comment on column relationships.polarity is 'RelationshipPolarity''s number; 0 when it was not assessed';

alter table sources
    add column short_title text not null default '',
    add column accessed_from bigint,
    add column accessed_until bigint;
alter table sources alter column short_title drop default;
comment on column sources.short_title is 'The name under which notes cite it; empty for the publisher''s';
comment on column sources.accessed_from is 'The first day on which the URL may have been retrieved, in days from 1970-01-01';
comment on column sources.accessed_until is 'The last day on which the URL may have been retrieved';

comment on table projection_version is 'One row: which version of the code made the editions and projections';

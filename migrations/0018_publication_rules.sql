-- Stores what drafts of a workspace must satisfy to be published.

alter table workspaces
    add column require_no_warnings boolean not null default false,
    add column refused_codes text[] not null default '{}' check (array_position(refused_codes, null) is null),
    add column require_declared_changes boolean not null default false;
comment on column workspaces.require_no_warnings is 'Whether a draft with any warning of lint is refused';
comment on column workspaces.refused_codes is 'Codes of lint, in order: a draft with a warning of one of them is refused';
comment on column workspaces.require_declared_changes is 'Whether a draft with differences that its changes do not declare is refused';

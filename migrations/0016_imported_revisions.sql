-- Marks imported revisions, whose publish time and creator are statements of the import.

alter table revisions add column importer text;
comment on column revisions.importer is 'The display name of the token that imported it; empty when unknown; null for a revision published here';

-- A revision published here has the publish time of its own insert and the display name of its token. One that differs
-- in either was imported. An import that stated neither cannot be told from a publication, and stated nothing.
update revisions r set importer = coalesce(t.display_name, '')
from revisions s
left join api_tokens t on s.recorded_by = 'workspaces/' || t.workspace_id || '/apiTokens/' || t.token_id
where s.brief_key = r.brief_key and s.revision = r.revision
    and (abs(extract(epoch from s.published_at - s.recorded_at)) > 1 or s.creator <> t.display_name);

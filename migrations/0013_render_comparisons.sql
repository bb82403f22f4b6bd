-- Print warnings with a code and a part, beside the texts that render_tasks.warnings has; manifests that quote.
alter table render_tasks
    add column warning_codes text[] not null default '{}',
    add column warning_part_ids text[] not null default '{}';
comment on column render_tasks.warnings is 'The texts of the print warnings';
comment on column render_tasks.warning_codes is 'Their codes, in step with warnings; empty where the worker sent texts only';
comment on column render_tasks.warning_part_ids is 'The ids of the parts that they are about, in step with warning_codes';
comment on column render_tasks.render_key is 'SHA-256 of manifest as it was pinned; a purge takes the quotes out of the manifest and leaves the key';

-- Results of reading uploaded images to their end, so that an image that cannot be printed is refused before it is
-- published. Forward only: never edited once released.

alter table attachments
    add column check_version smallint,
    add column refusal text check (refusal <> ''),
    add column warning_codes text[] not null default '{}',
    add column warning_texts text[] not null default '{}',
    add check (cardinality(warning_codes) = cardinality(warning_texts));
comment on column attachments.check_version is 'Version of the check whose result follows; null for an image uploaded before there was one';
comment on column attachments.refusal is 'The reason why the image cannot be printed; null when it can';
comment on column attachments.warning_codes is 'Codes of differences between the image and its print';
comment on column attachments.warning_texts is 'The differences in words, in the order of the codes';
comment on column attachments.width is 'As displayed, in pixels; 0 for an unchecked SVG that does not state it';
comment on column attachments.height is 'As the width';
comment on table attachments is 'Images, as they were uploaded. Their bytes never change: equal bytes of two workspaces are two attachments';

-- How each revision of a file was to be read: a dataset made of several files is read anew from all of them. Null for
-- what was uploaded before.
alter table backend_core.file_revisions add column reading jsonb;

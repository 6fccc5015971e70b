-- An appended file whose dataset is still reading another one: it is read next. Null for all others.
alter table backend_core.file_revisions add column waiting jsonb;
create index file_revisions_waiting on backend_core.file_revisions (workspace_id, dataset_id, created_at) where waiting is not null;

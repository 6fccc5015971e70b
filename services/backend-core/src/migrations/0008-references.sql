-- What the sweep of the object store looks up: who still leads to an object.
create index dataset_versions_object on backend_core.dataset_versions (workspace_id, object_key);
create index file_revisions_dataset on backend_core.file_revisions (workspace_id, dataset_id, created_at);
create index runs_unfinished on backend_core.runs (workspace_id, finished_at) where status not in ('succeeded', 'partly_succeeded');

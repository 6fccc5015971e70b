-- The trace that a run was asked for in: its spans are told once it is over.
alter table backend_core.runs add column traceparent text;

-- What a run took is summed whenever it is shown, and past stages are looked up for every plan.
create index usage_run on backend_core.usage (workspace_id, run_id) where run_id is not null;
create index usage_stages on backend_core.usage (workspace_id, digest, occurred_at desc) where meter = 'compute.cpu' and run_id is not null;
create index runs_river on backend_core.runs (workspace_id, river_id, id desc);
-- What starts and sweeps look for over all workspaces.
create index rivers_drafts on backend_core.rivers (expires_at) where draft;
create index datasets_unread on backend_core.datasets (updated_at) where reading is not null;

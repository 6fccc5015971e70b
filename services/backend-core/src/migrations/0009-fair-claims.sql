-- Which workspace was served the longest ago, and what it has waiting: each claim of a run asks.
create index runs_served on backend_core.runs (workspace_id, started_at desc);
create index runs_waiting on backend_core.runs (workspace_id, created_at) where status in ('queued', 'running');

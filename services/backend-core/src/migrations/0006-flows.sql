-- Flows of a workspace: trees of nodes over records, by name; a version never changes.
create table backend_core.flows (
  workspace_id text not null,
  id text not null,
  name text not null,
  version integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index flows_name on backend_core.flows (workspace_id, name) where deleted_at is null;
select rivergen.tenant_table('backend_core.flows');
create table backend_core.flow_versions (
  workspace_id text not null,
  flow_id text not null,
  version integer not null,
  -- json, not jsonb: the order of routes is the one people wrote.
  document json not null,
  digest text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, flow_id, version),
  foreign key (workspace_id, flow_id) references backend_core.flows (workspace_id, id) on delete cascade
);
select rivergen.tenant_table('backend_core.flow_versions');

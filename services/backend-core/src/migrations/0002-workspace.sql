-- The log of a workspace: numbers come from a counter row in the writer's transaction, so there are no gaps.
create table backend_core.event_counters (
  workspace_id text primary key not null,
  last_seq bigint not null default 0
);
select rivergen.tenant_table('backend_core.event_counters');
create table backend_core.events (
  workspace_id text not null,
  seq bigint not null,
  id text not null,
  type text not null,
  source text not null,
  subject text not null,
  -- Narrower channels the event belongs to (run:<id>, dataset:<id>), and the number of the event before it on each.
  channels text[] not null,
  prev_seqs bigint[] not null,
  time timestamptz not null default now(),
  data jsonb not null,
  primary key (workspace_id, seq)
);
create index on backend_core.events using gin (channels);
select rivergen.tenant_table('backend_core.events');
create table backend_core.event_channels (
  workspace_id text not null,
  channel text not null,
  last_seq bigint not null,
  primary key (workspace_id, channel)
);
select rivergen.tenant_table('backend_core.event_channels');

create table backend_core.datasets (
  workspace_id text not null,
  id text not null,
  name text not null,
  title text not null,
  description text not null default '',
  synonyms text[] not null default '{}',
  status text not null check (status in ('profiling', 'ready', 'rejected')),
  version integer not null default 0,
  source jsonb not null,
  -- What people said of its columns: name → { labels?, description?, synonyms? }.
  described jsonb not null default '{}',
  reason text,
  rejected jsonb,
  dialect jsonb,
  -- The file revision being read; a newer one wins.
  reading jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, name)
);
select rivergen.tenant_table('backend_core.datasets');
-- What became of each uploaded revision of a file.
create table backend_core.file_revisions (
  workspace_id text not null,
  object_key text not null,
  file_id text not null,
  dataset_id text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, object_key)
);
select rivergen.tenant_table('backend_core.file_revisions');
create table backend_core.dataset_versions (
  workspace_id text not null,
  dataset_id text not null,
  version integer not null,
  object_key text not null,
  row_count bigint not null,
  size_bytes bigint not null,
  sha256 text not null,
  columns jsonb not null,
  profile jsonb,
  -- Frequent values for the planner: [{ column, values, complete }].
  column_values jsonb not null default '[]',
  source jsonb not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, dataset_id, version),
  foreign key (workspace_id, dataset_id) references backend_core.datasets (workspace_id, id) on delete cascade
);
select rivergen.tenant_table('backend_core.dataset_versions');
-- Keys between the newest versions, found by evidence; recomputed when the catalog changes.
create table backend_core.dataset_keys (
  workspace_id text primary key not null,
  fingerprint text not null,
  keys jsonb not null,
  primary_keys jsonb not null,
  updated_at timestamptz not null default now()
);
select rivergen.tenant_table('backend_core.dataset_keys');

create table backend_core.rivers (
  workspace_id text not null,
  id text not null,
  name text not null,
  version integer not null,
  draft boolean not null,
  -- Drafts end here unless saved.
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index rivers_name on backend_core.rivers (workspace_id, name) where deleted_at is null and not draft;
select rivergen.tenant_table('backend_core.rivers');
create table backend_core.river_versions (
  workspace_id text not null,
  river_id text not null,
  version integer not null,
  -- json, not jsonb: the order of columns in a document's maps has a meaning.
  document json not null,
  digest text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, river_id, version),
  foreign key (workspace_id, river_id) references backend_core.rivers (workspace_id, id) on delete cascade
);
select rivergen.tenant_table('backend_core.river_versions');

create table backend_core.prompts (
  workspace_id text not null,
  id text not null,
  request json not null,
  prompt json not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
select rivergen.tenant_table('backend_core.prompts');

create table backend_core.runs (
  workspace_id text not null,
  id text not null,
  river_id text not null,
  river_name text not null,
  river_version integer not null,
  draft boolean not null,
  document json not null,
  digest text not null,
  parameters jsonb not null,
  status text not null,
  attempt integer not null default 1,
  -- Source name → what it reads, pinned when the run was asked for.
  inputs jsonb not null,
  steps jsonb not null,
  stages jsonb not null,
  progress jsonb not null,
  error jsonb,
  quote jsonb,
  metered jsonb,
  logical_time timestamptz not null,
  seed integer not null,
  deadline_ms integer not null,
  lease text,
  worker text,
  lease_until timestamptz,
  cancel_requested boolean not null default false,
  -- Attempts that ended by the platform's fault; bounded so that a run that kills workers ends.
  faults integer not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id)
);
create index on backend_core.runs (status, created_at) where status in ('queued', 'running');
select rivergen.tenant_table('backend_core.runs');
create table backend_core.run_stages (
  workspace_id text not null,
  run_id text not null,
  stage text not null,
  attempt integer not null,
  result jsonb not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, run_id, stage),
  foreign key (workspace_id, run_id) references backend_core.runs (workspace_id, id) on delete cascade
);
select rivergen.tenant_table('backend_core.run_stages');

-- Immutable: neither role may change or delete a line.
create table backend_core.usage (
  workspace_id text not null,
  id text not null,
  -- What makes it count once: run/stage/attempt/meter, or the query's id and meter.
  key text not null,
  meter text not null,
  quantity double precision not null,
  unit text not null,
  amount numeric not null,
  run_id text,
  stage text,
  step text,
  attempt integer,
  digest text,
  facts jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, key)
);
create index on backend_core.usage (workspace_id, occurred_at);
select rivergen.tenant_table('backend_core.usage');
revoke update, delete on backend_core.usage from backend_core_app, backend_core_system;

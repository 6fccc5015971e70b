-- One row for each path, with its newest revision.
create table storage.files (
  workspace_id text not null,
  id text not null,
  -- Compared and sorted by bytes, so that pages do not depend on the database's locale.
  path text collate "C" not null,
  object_key text not null,
  size_bytes bigint not null,
  sha256 text not null,
  content_type text not null,
  -- Dataset the uploader asked for; null: after the path's stem.
  dataset text,
  mode text not null check (mode in ('replace', 'append')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, path)
);
select rivergen.tenant_table('storage.files');

-- Every object that was ever published, so that a dataset can be read anew from the bytes it was made from. Outlives
-- its file by the time that readers of a deleted file may still need.
create table storage.revisions (
  workspace_id text not null,
  object_key text not null,
  file_id text not null,
  size_bytes bigint not null,
  sha256 text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (workspace_id, object_key)
);
create index on storage.revisions (workspace_id, file_id);
create index on storage.revisions (deleted_at) where deleted_at is not null;
select rivergen.tenant_table('storage.revisions');

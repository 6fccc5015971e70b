-- Objects that nothing was found to lead to, with the time of that: those that stay here for a while are deleted.
create table storage.unreferenced_objects (
  workspace_id text not null,
  object_key text not null,
  size_bytes bigint not null,
  found_at timestamptz not null,
  primary key (workspace_id, object_key)
);
create index on storage.unreferenced_objects (found_at, object_key);
select rivergen.tenant_table('storage.unreferenced_objects');
-- The object up to which the store was looked through; null: the next look begins anew.
create table storage.sweep_places (
  name text primary key,
  object_key text
);
select rivergen.shared_table('storage.sweep_places');
-- A revision is forgotten with its file.
insert into storage.unreferenced_objects (workspace_id, object_key, size_bytes, found_at)
  select workspace_id, object_key, size_bytes, deleted_at from storage.revisions where deleted_at is not null;
delete from storage.revisions where deleted_at is not null;
alter table storage.revisions drop column deleted_at;
